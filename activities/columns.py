"""The columns of the lists of activities, as files give them out."""

from django.db.models import Exists, OuterRef
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.exports import WIDE, WIDEST, Column, named, rough_days

from .models import (
    Attendance,
    CollaborationGroup,
    Event,
    GroupStatus,
    Milestone,
    Publication,
    sexes_known,
)


def of_events(found):
    """The columns, and the events with what these need."""
    events = (
        found.with_attendances_by_sex()
        .annotate(
            is_total_only=Exists(Attendance.objects.filter(event=OuterRef("pk"), audience=""))
        )
        .select_related("municipality", "initiative", "planned_activity", "series", "group")
    )
    those = {"event__in": found.order_by().values("pk")}
    objectives = named(
        Event.objectives.through.objects.filter(**those), "event", "objective__title"
    )
    concerned = named(
        Event.municipalities.through.objects.filter(**those), "event", "municipality__name"
    )
    organisers = named(
        Event.organisers.through.objects.filter(**those), "event", "organisation__name"
    )
    partners = named(Event.partners.through.objects.filter(**those), "event", "organisation__name")
    columns = (
        *rough_days(_("Date")),
        Column(_("Starts at"), lambda event: _clock(event.starts_at)),
        Column(_("Ends at"), lambda event: _clock(event.ends_at)),
        Column(_("Year"), lambda event: str(event.year)),
        Column(_("What"), lambda event: event.title, WIDE),
        Column(_("Kind"), lambda event: capfirst(event.get_kind_display()), WIDE),
        Column(_("Status"), lambda event: capfirst(event.get_status_display())),
        Column(_("Cancelled because"), lambda event: event.cancelled_reason, WIDE),
        Column(_("Place"), lambda event: capfirst(event.place_name)),
        Column(_("Place code"), lambda event: event.place_code),
        Column(_("Concerns municipalities"), lambda event: concerned.get(event.pk), WIDE),
        Column(_("Format"), lambda event: capfirst(event.get_format_display())),
        Column(_("Initiative"), lambda event: event.initiative.name, WIDE),
        Column(_("Objectives"), lambda event: objectives.get(event.pk), WIDE),
        Column(_("Planned activity"), lambda event: _text(event.planned_activity), WIDE),
        Column(_("Series"), lambda event: _text(event.series), WIDE),
        Column(_("Collaboration group"), lambda event: _text(event.group), WIDE),
        Column(_("Organisers"), lambda event: organisers.get(event.pk), WIDE),
        Column(_("Partners present"), lambda event: partners.get(event.pk), WIDE),
        Column(_("Counts"), _counts),
        Column(_("Women (attendances)"), lambda event: event.women if sexes_known(event) else None),
        Column(_("Men (attendances)"), lambda event: event.men if sexes_known(event) else None),
        Column(_("Not specified (attendances)"), lambda event: event.unspecified),
        Column(_("All (attendances)"), lambda event: event.attendances),
        Column(_("What came of it"), lambda event: event.outcome, WIDEST),
    )
    return columns, events


def _counts(event):
    """The state of an event's counts; only one that was held can have some."""
    if event.status != Event.Status.HELD:
        return None
    if event.attendances is None:
        return _("missing")
    return _("total only") if event.is_total_only else _("by audience")


def of_publications(found):
    those = Publication.organisations.through.objects.filter(
        publication__in=found.order_by().values("pk")
    )
    others = named(those, "publication", "organisation__name")
    columns = (
        *rough_days(_("Published")),
        Column(_("Year"), lambda row: str(row.year)),
        Column(_("Title"), lambda row: row.title, WIDE),
        Column(_("Kind"), lambda row: capfirst(row.get_kind_display())),
        Column(_("Number of items"), lambda row: row.items),
        Column(_("Plays"), lambda row: row.plays),
        Column(_("Views"), lambda row: row.views),
        Column(_("Plays and views counted on"), lambda row: row.counted_on),
        Column(_("Address"), lambda row: row.url, WIDE),
        Column(_("Together with"), lambda row: others.get(row.pk), WIDE),
        Column(_("Note"), lambda row: row.note, WIDEST),
    )
    return columns, found


def of_milestones(found):
    those = Milestone.organisations.through.objects.filter(
        milestone__in=found.order_by().values("pk")
    )
    organisations = named(those, "milestone", "organisation__name")
    columns = (
        *rough_days(_("Date")),
        Column(_("Year"), lambda row: str(row.year)),
        Column(_("Title"), lambda row: row.title, WIDE),
        Column(_("Kind"), lambda row: capfirst(row.get_kind_display()), WIDE),
        Column(_("Counted"), lambda row: _("no") if row.is_external else _("yes")),
        Column(_("Place"), lambda row: capfirst(row.place_name)),
        Column(_("Place code"), lambda row: row.place_code),
        Column(_("Objective"), lambda row: _text(row.objective), WIDE),
        Column(_("Organisations"), lambda row: organisations.get(row.pk), WIDE),
        Column(_("What happened"), lambda row: row.text, WIDEST),
        Column(_("Evidence"), lambda row: row.evidence, WIDEST),
    )
    return columns, found.select_related("municipality", "objective")


def of_groups(found, today):
    """The columns, and the groups with their status of today and the day they last met."""
    those = CollaborationGroup.members.through.objects.filter(
        collaborationgroup__in=found.order_by().values("pk")
    )
    members = named(those, "collaborationgroup", "organisation__name")
    statuses = dict(GroupStatus.Status.choices)
    columns = (
        Column(_("Name"), lambda row: row.name, WIDE),
        Column(_("Kind"), lambda row: row.get_kind_display()),
        Column(_("Municipality"), lambda row: row.municipality.name),
        Column(_("Municipality code"), lambda row: row.municipality.code),
        Column(_("Status now"), lambda row: capfirst(statuses.get(row.status_then, ""))),
        Column(_("Since"), lambda row: row.status_since),
        Column(_("Last met"), lambda row: row.last_met),
        Column(_("Members"), lambda row: members.get(row.pk), WIDE),
        Column(_("Description"), lambda row: row.description, WIDEST),
    )
    groups = found.with_status(today).with_last_meeting()
    return columns, groups.select_related("municipality")


def _text(record):
    return None if record is None else str(record)


def _clock(time):
    return time.strftime("%H.%M") if time else None
