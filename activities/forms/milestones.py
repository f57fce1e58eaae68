"""A milestone, and what the list of them is narrowed to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.forms import DatedForm, PlacedForm

from ..models import Milestone
from .links import LinkedForm


class MilestoneForm(LinkedForm, PlacedForm, DatedForm):
    """A change in the structures around the programme, or an external one."""

    SHOWN_AT = {**DatedForm.SHOWN_AT, **PlacedForm.SHOWN_AT}

    field_order = ["title", "kind", "when", "where", "text", "evidence", "links"]

    class Meta:
        model = Milestone
        fields = ["title", "kind", "text", "evidence", "objective", "organisations"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "evidence": forms.Textarea(attrs={"rows": 3}),
            "organisations": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "kind": _("An external change explains other changes. It is shown but not counted."),
        }

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        self.fields["where"].help_text = _("The municipality where the milestone counts")


class MilestoneFilter(forms.Form):
    """What the list is narrowed to; a filter that cannot be read narrows nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, data, *, programme, years):
        super().__init__(data)
        every = ("", _("All"))
        self.fields["year"].choices = [every, *((year, year) for year in years)]
        self.fields["kind"].choices = [every, *Milestone.Kind.choices]
        self.fields["place"].choices = [
            every,
            *((m.code, m.name) for m in programme.municipalities.all()),
            *(choice for choice in Milestone._meta.get_field("place").choices[1:]),
        ]

    def narrow(self, milestones):
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        self.active = bool(chosen)
        if "year" in chosen:
            milestones = milestones.filter(year=chosen["year"])
        if "kind" in chosen:
            milestones = milestones.filter(kind=chosen["kind"])
        if "place" in chosen:
            milestones = milestones.at_place(chosen["place"])
        return milestones.matching(chosen["q"]) if "q" in chosen else milestones
