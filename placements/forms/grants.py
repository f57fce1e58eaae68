"""Grants with their instalments, and what their list is narrowed to."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.dates import not_ahead
from programmes.filters import ListFilter, YearChoice
from programmes.forms import RecordForm, number_box
from programmes.models import Initiative

from ..models import Grant, Instalment


class GrantForm(RecordForm):
    """Places granted to a municipality in a year. The target group stands here, never on a person."""

    UNWRITTEN = {
        "year": _("Write the year."),
        "municipality": _("Choose a municipality."),
        "places": _("Write how many places."),
        "months": _("Write how many months a place lasts."),
        "initiative": _("Choose an initiative."),
    }

    class Meta:
        model = Grant
        fields = [
            "year",
            "municipality",
            "places",
            "months",
            "amount",
            "decided_on",
            "reference",
            "initiative",
            "organisation",
            "target_group",
            "conditions",
        ]
        widgets = {
            "year": number_box(maxlength=4),
            "places": number_box(maxlength=3),
            "months": number_box(maxlength=2),
            "amount": number_box(maxlength=12),
            "conditions": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "amount": _("Such as 84 000"),
            "reference": _("Such as the paragraph of the minutes"),
            "organisation": _("Whom the money goes to, if not the municipality itself"),
            "target_group": _(
                "Not shown to partners and board. Never write about a single person."
            ),
            "conditions": _("Not shown to partners and board."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].empty_label = _("Choose a municipality")
        self.fields["organisation"].empty_label = _("None")
        if self.is_new:
            self.initial.setdefault("year", timezone.localdate().year)
            self._preselect_initiative()

    def _preselect_initiative(self):
        """The one there is of the kind: places belong to the line of work about individuals."""
        rows = list(self.fields["initiative"].queryset)
        individual = [r for r in rows if r.direction == Initiative.Direction.INDIVIDUAL]
        likely = individual if len(individual) == 1 else rows
        if len(likely) == 1:
            self.initial.setdefault("initiative", likely[0].pk)

    def clean_decided_on(self):
        return not_ahead(self.cleaned_data["decided_on"])


class InstalmentForm(RecordForm):
    """A part of a grant's amount."""

    AHEAD = ("due_on",)
    UNWRITTEN = {"amount": _("Write the amount.")}

    class Meta:
        model = Instalment
        fields = ["amount", "due_on", "paid_on"]
        widgets = {"amount": number_box(maxlength=12)}
        help_texts = {
            "amount": _("Such as 84 000"),
            "due_on": _("Such as 2020-03-31"),
            "paid_on": _("Leave it empty until it is paid"),
        }

    def clean_paid_on(self):
        return not_ahead(self.cleaned_data["paid_on"])


class GrantFilter(ListFilter):
    """What the list of grants is narrowed to."""

    PAGE, TITLE = "placements:list", _("Grants and places")

    year = YearChoice()
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), required=False, queryset=None, empty_label=_("All")
    )
    code = forms.CharField(label=_("Participant's code"), required=False, max_length=12)

    def __init__(self, data, *, programme, years, placements):
        """`placements` are those the reader sees; None for who sees none."""
        super().__init__(data)
        self.placements = placements
        self.fields["year"].offer(years)
        self.fields["municipality"].queryset = programme.municipalities.all()
        if placements is None:
            del self.fields["code"]

    def narrowed(self, records, chosen):
        if "year" in chosen:
            records = records.filter(year=chosen["year"])
        if "municipality" in chosen:
            records = records.filter(municipality=chosen["municipality"])
        if "code" in chosen:
            theirs = self.placements.filter(participant__code__icontains=chosen["code"])
            records = records.filter(pk__in=theirs.order_by().values("grant"))
        return records
