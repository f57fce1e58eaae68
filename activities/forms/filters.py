"""What a list of records is narrowed to, by its address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.forms import place_choices

from ..models import Audience, Event, EventKind

ALL = ("", _("All"))


class PlacedFilter(forms.Form):
    """Words, year, kind and place; a filter that cannot be read narrows nothing.

    `KINDS` are the kinds of the records. After `narrow`, `active` tells whether anything is chosen and
    `is_chosen` whether anything but words to search for is.
    """

    KINDS = None
    active = is_chosen = False

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, data, *, programme, years):
        super().__init__(data)
        self.fields["year"].choices = [ALL, *((year, year) for year in years)]
        self.fields["kind"].choices = [ALL, *self.KINDS.choices]
        self.fields["place"].choices = [ALL, *place_choices(programme)]

    def narrow(self, records):
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        self.active = bool(chosen)
        self.is_chosen = bool(chosen.keys() - {"q"})
        return self.narrowed(records, chosen)

    def narrowed(self, records, chosen):
        """Those of `records` that fit what is `chosen`."""
        if "year" in chosen:
            records = records.filter(year=chosen["year"])
        if "kind" in chosen:
            records = records.filter(kind=chosen["kind"])
        if "place" in chosen:
            records = records.at_place(chosen["place"])
        return records.matching(chosen["q"]) if "q" in chosen else records


class EventFilter(PlacedFilter):
    """What the list of events is narrowed to."""

    KINDS = EventKind
    MISSING = "missing"

    audience = forms.ChoiceField(label=_("Audience"), required=False)
    objective = forms.ModelChoiceField(
        label=_("Objective"), required=False, queryset=None, empty_label=_("All")
    )
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, data, *, programme, years):
        super().__init__(data, programme=programme, years=years)
        self.fields["audience"].choices = [ALL, *Audience.choices]
        self.fields["objective"].queryset = programme.objectives.all()
        self.fields["status"].choices = [
            ALL,
            *Event.Status.choices,
            (self.MISSING, _("held, without counts")),
        ]

    def narrowed(self, records, chosen):
        events = super().narrowed(records, chosen)
        if "audience" in chosen:
            events = events.with_audience(chosen["audience"])
        if "objective" in chosen:
            events = events.filter(objectives=chosen["objective"])
        if chosen.get("status") == self.MISSING:
            return events.held().without_attendance()
        return events.filter(status=chosen["status"]) if "status" in chosen else events
