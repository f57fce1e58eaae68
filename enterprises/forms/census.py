"""The census: opening it, closing it, and what one enterprise answers."""

from datetime import timedelta

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.dates import DayField, not_ahead
from programmes.forms import RecordForm, number_box
from programmes.models import FIRST_YEAR, LAST_YEAR
from programmes.text import refuse_identity_number, refuse_unwritable

from ..models import Census, CensusReturn


class CensusForm(RecordForm):
    """A census of a year; saving it asks everyone who was active on its reference date."""

    UNWRITTEN = {"year": _("Write the year.")}

    reference_date = DayField(
        label=_("Reference date"),
        required=False,
        help_text=_("The day the answers are about. Leave it empty for 31 October."),
    )

    class Meta:
        model = Census
        fields = ["year", "reference_date"]
        widgets = {"year": number_box()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = 0
        if not self.is_new:
            del self.fields["year"]

    def clean(self):
        cleaned = super().clean()
        year = cleaned.get("year") if self.is_new else self.instance.year
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return cleaned
        day, usual = cleaned.get("reference_date"), Census.usual_day(year)
        if not day and "reference_date" not in self.errors:
            cleaned["reference_date"] = usual
        elif day and abs(day - usual) > timedelta(183):
            self.add_error(
                "reference_date",
                _("The reference date is too far from the autumn of %(year)s.") % {"year": year},
            )
        return cleaned

    def save(self, commit=True):
        with transaction.atomic():
            census = super().save(commit)
            if not self.repeated:
                self.asked = census.ask(reason=self.cleaned_data.get("change_reason"))
        return census


class ClosingForm(RecordForm):
    """The day a census was closed."""

    UNWRITTEN = {"closed_on": _("Write which day it was closed.")}

    closed_on = DayField(label=_("Closed on"), help_text=_("Such as 2020-12-18 or today"))

    class Meta:
        model = Census
        fields = ["closed_on"]

    def __init__(self, *args, initial=None, **kwargs):
        today = timezone.localdate()
        super().__init__(*args, initial={"closed_on": today} | (initial or {}), **kwargs)

    def clean_closed_on(self):
        return not_ahead(self.cleaned_data["closed_on"])


class CensusAsItStandsForm(RecordForm):
    """Nothing to fill in but a reason where the year is closed: to ask more enterprises, or reopen."""

    class Meta:
        model = Census
        fields = []


class ReturnForm(RecordForm):
    """What one enterprise answers. An empty box is not answered; 0 is zero.

    `previous` is last year's confirmed answer; it stands beside each box and counts for nothing
    until it is confirmed anew. Whoever types says what state the answer is in; none is presumed.
    """

    SHOWN_AT = {"change_reason": "explanation"}
    UNWRITTEN = {"state": _("Choose whether the answer is a draft or confirmed.")}
    NUMBERS = (*CensusReturn.EMPLOYED, *CensusReturn.PLACED)

    # Not called change_reason: that is what a closed year asks for.
    explanation = forms.CharField(
        label=_("Reason for a large change"),
        required=False,
        max_length=300,
        validators=[refuse_unwritable, refuse_identity_number],
        help_text=_("If the numbers differ much from last year's"),
    )

    class Meta:
        model = CensusReturn
        fields = [*CensusReturn.EMPLOYED, *CensusReturn.PLACED, "state", "comment"]
        labels = {
            "employed_women": _("Women"),
            "employed_men": _("Men"),
            "employed_unspecified": _("Not specified"),
            "placed_employment_service": _("The employment service"),
            "placed_municipality": _("The municipality"),
            "placed_other": _("Others"),
        }
        widgets = {
            "state": forms.RadioSelect,
            "comment": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, previous=None, initial=None, instance, **kwargs):
        initial = dict(initial or {})
        initial.setdefault("explanation", instance.change_reason)
        if instance.state == CensusReturn.State.NOT_ANSWERED:
            initial["state"] = None
        super().__init__(*args, initial=initial, instance=instance, **kwargs)
        self.previous = previous
        for name in self.NUMBERS:
            self._make_a_box(name, instance.census.year - 1)

    def _make_a_box(self, name, last_year):
        field = self.fields[name]
        field.widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 6}
        )
        field.error_messages |= {
            "invalid": _("Write a whole number in digits, or leave the box empty."),
            "min_value": _("A number is between 0 and 9,999."),
            "max_value": _("A number is between 0 and 9,999."),
        }
        if self.previous:
            number = getattr(self.previous, name)
            field.help_text = f"{last_year}: {'–' if number is None else number}"

    @property
    def employed(self):
        return [self[name] for name in CensusReturn.EMPLOYED]

    @property
    def placed(self):
        return [self[name] for name in CensusReturn.PLACED]

    def clean(self):
        cleaned = super().clean()
        state = cleaned.get("state")
        if any(name in self.errors for name in self.NUMBERS):
            return cleaned
        answered = any(cleaned.get(name) is not None for name in self.NUMBERS)
        if state == CensusReturn.State.CONFIRMED and not answered:
            self.add_error("state", _("Fill in at least one number to confirm. 0 is a number."))
        if state == CensusReturn.State.NOT_ANSWERED and answered:
            self.add_error("state", _("There are numbers: choose draft or confirmed."))
        if state == CensusReturn.State.NOT_APPLICABLE and answered:
            self.add_error("state", _("Empty the boxes where the census is not applicable."))
        return cleaned

    def _post_clean(self):
        self.instance.change_reason = self.cleaned_data.get("explanation", "")
        super()._post_clean()
