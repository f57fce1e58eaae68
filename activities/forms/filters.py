"""What the lists of activities are narrowed to, by their address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.filters import ALL, ListFilter, SearchField, YearChoice
from programmes.forms import place_choices

from ..models import Audience, CollaborationGroup, Event, EventKind, GroupStatus, Publication


class KindFilter(ListFilter):
    """Words, year and kind. `KINDS` are the kinds of the records."""

    KINDS = None

    q = SearchField()
    year = YearChoice()
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, data, *, years, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["year"].offer(years)
        self.fields["kind"].choices = [ALL, *self.KINDS.choices]

    def narrowed(self, records, chosen):
        if "year" in chosen:
            records = records.filter(year=chosen["year"])
        if "kind" in chosen:
            records = records.filter(kind=chosen["kind"])
        return records.matching(chosen["q"]) if "q" in chosen else records


class PlacedFilter(KindFilter):
    """Words, year, kind and the one place that counts."""

    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, data, *, programme, years):
        super().__init__(data, years=years)
        self.fields["place"].choices = [ALL, *place_choices(programme)]

    def narrowed(self, records, chosen):
        records = super().narrowed(records, chosen)
        return self.placed(records, chosen) if "place" in chosen else records

    def placed(self, records, chosen):
        return records.at_place(chosen["place"])


class EventFilter(PlacedFilter):
    """What the list of events is narrowed to.

    With `concerning` a place brings along the events that count elsewhere and concern it.
    """

    PAGE, TITLE = "activities:list", _("Events")
    KINDS = EventKind
    MISSING = "missing"

    audience = forms.ChoiceField(label=_("Audience"), required=False)
    objective = forms.ModelChoiceField(
        label=_("Objective"), required=False, queryset=None, empty_label=_("All")
    )
    status = forms.ChoiceField(label=_("Status"), required=False)
    concerning = forms.BooleanField(label=_("Also events that concern the place"), required=False)

    def __init__(self, data, *, programme, years):
        super().__init__(data, programme=programme, years=years)
        self.fields["audience"].choices = [ALL, *Audience.choices]
        self.fields["objective"].queryset = programme.objectives.only("position", "title")
        self.fields["status"].choices = [
            ALL,
            *Event.Status.choices,
            (self.MISSING, _("held, without counts")),
        ]

    def placed(self, records, chosen):
        if "concerning" in chosen:
            return records.at_or_about(chosen["place"])
        return super().placed(records, chosen)

    def narrowed(self, records, chosen):
        events = super().narrowed(records, chosen)
        if "audience" in chosen:
            events = events.with_audience(chosen["audience"])
        if "objective" in chosen:
            events = events.filter(objectives=chosen["objective"])
        if chosen.get("status") == self.MISSING:
            return events.held().without_attendance()
        return events.filter(status=chosen["status"]) if "status" in chosen else events


class CalendarFilter(EventFilter):
    """What the calendar is narrowed to, beside the month or year it shows, which is `kept`."""

    PAGE = TITLE = None

    def __init__(self, data, *, programme, kept):
        super().__init__(data, programme=programme, years=())
        self.kept = kept
        del self.fields["year"]


class PublicationFilter(KindFilter):
    """What the list of publications is narrowed to."""

    PAGE, TITLE = "activities:publications", _("Publications")
    KINDS = Publication.Kind


class GroupFilter(ListFilter):
    """What the list of collaboration groups is narrowed to."""

    PAGE, TITLE = "activities:groups", _("Collaboration groups")
    MISSING = "missing"

    q = SearchField()
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), required=False, queryset=None, empty_label=_("All")
    )
    status = forms.ChoiceField(label=_("Status now"), required=False)

    def __init__(self, data, *, programme, today):
        super().__init__(data)
        self.today = today
        self.fields["kind"].choices = [ALL, *CollaborationGroup.Kind.choices]
        self.fields["municipality"].queryset = programme.municipalities.all()
        self.fields["status"].choices = [
            ALL,
            *GroupStatus.Status.choices,
            (self.MISSING, _("status missing")),
        ]

    def narrowed(self, records, chosen):
        if "kind" in chosen:
            records = records.filter(kind=chosen["kind"])
        if "municipality" in chosen:
            records = records.filter(municipality=chosen["municipality"])
        if "status" in chosen:
            wanted = None if chosen["status"] == self.MISSING else chosen["status"]
            records = records.with_status(self.today).filter(status_then=wanted)
        return records.matching(chosen["q"]) if "q" in chosen else records
