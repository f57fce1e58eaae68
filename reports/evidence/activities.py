"""The events, publications, milestones and groups behind a figure."""

from datetime import date

from django.db.models import Sum
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from activities.figures import SEX, active_between, group_spells
from activities.models import (
    Attendance,
    CollaborationGroup,
    Event,
    Milestone,
    Publication,
    TrainingStep,
)
from programmes.formats import number, span

from ..indicators import SEX_WORDS
from .rows import Evidence, LeftOut, Row


def _heading(part, record):
    """The quarter within a year, the year within a period."""
    if not part.period.is_year:
        return str(record.year)
    if record.precision not in ("day", "month"):
        return _("No date within the year")
    names = (_("January–March"), _("April–June"), _("July–September"), _("October–December"))
    return capfirst(names[(record.starts_on.month - 1) // 3])


def _of_part(records, key):
    """Narrowed to the kind and the place of a part."""
    if "kind" in key:
        records = records.filter(kind=key["kind"])
    if "municipality" in key:
        code = key["municipality"]
        records = records.filter(
            **({"municipality__code": code} if code.isdigit() else {"place": code})
        )
    return records


def _events_of(part):
    events = Event.objects.filter(programme=part.programme, year__in=part.years)
    return (
        _of_part(events, part.key)
        .select_related("programme", "municipality")
        .order_by("starts_on", "pk")
    )


def _event_row(part, event, number, parts=()):
    return Row(
        when=span(event.starts_on, event.ends_on, event.precision),
        what=event.title,
        url=event.get_absolute_url(),
        where=capfirst(str(event.place_name)),
        number=number,
        group=_heading(part, event),
        parts=parts,
    )


def _event_left_out(event, why, number=None):
    when = span(event.starts_on, event.ends_on, event.precision)
    return LeftOut(f"{event.title}, {when}", why, number, event.get_absolute_url())


def _not_held(part):
    for event in _events_of(part).exclude(status=Event.Status.HELD):
        cancelled = event.status == Event.Status.CANCELLED
        why = (
            _("Cancelled: %(why)s") % {"why": event.cancelled_reason}
            if cancelled
            else _("Planned, not held")
        )
        yield _event_left_out(event, why)


def events(part):
    rows = tuple(_event_row(part, event, 1) for event in _events_of(part).held())
    return Evidence(rows, tuple(_not_held(part)), "events")


def uncounted(part):
    held = _events_of(part).held().without_attendance()
    return Evidence(tuple(_event_row(part, event, 1) for event in held), (), "events")


def reach(part):
    cells = Attendance.objects.filter(
        event__programme=part.programme, event__year__in=part.years
    ).order_by()
    key = part.key
    if "audience" in key:
        cells = cells.filter(audience=key["audience"].replace("unspecified", ""))
    if "organisation" in key:
        slug = None if key["organisation"] == "unspecified" else key["organisation"]
        cells = cells.filter(
            **({"organisation__slug": slug} if slug else {"organisation__isnull": True})
        )
    names = (key["sex"],) if "sex" in key else SEX.values
    sums = cells.values_list("event").annotate(*(Sum(name) for name in names))
    numbers = {event: persons for event, *persons in sums}
    held = list(_events_of(part).held())
    rows = tuple(
        _event_row(part, e, sum(numbers[e.pk]), tuple(numbers[e.pk]) if len(names) > 1 else ())
        for e in held
        if sum(numbers.get(e.pk, ()))
    )
    missing = (
        _event_left_out(event, _("Held, but nobody has reported how many came"), _("missing"))
        for event in _events_of(part).held().without_attendance()
    )
    left_out = (*missing, *_not_held(part), *(_never_added(part) if not key else ()))
    labels = tuple(SEX_WORDS[name] for name in names) if len(names) > 1 else ()
    return Evidence(rows, left_out, "events", labels)


def _never_added(part):
    """Numbers of the years that are counted apart and never added to attendances."""
    steps = TrainingStep.objects.filter(event__programme=part.programme, event__year__in=part.years)
    publications = Publication.objects.filter(programme=part.programme, year__in=part.years)
    beside = publications.aggregate(plays=Sum("plays"), views=Sum("views"))
    apart = (
        (
            _("Participants at single steps of trainings"),
            _("A training counts each participant once"),
            steps.aggregate(n=Sum("participants"))["n"],
        ),
        (
            _("Plays of what was published"),
            _("A play is not a person at an event"),
            beside["plays"],
        ),
        (
            _("Views of what was published"),
            _("A view is not a person at an event"),
            beside["views"],
        ),
    )
    return [LeftOut(what, why, number(n)) for what, why, n in apart if n]


def _dated_row(part, record, where, number):
    return Row(
        when=span(record.starts_on, record.ends_on, record.precision),
        what=record.title,
        url=record.get_absolute_url(),
        where=capfirst(str(where)),
        number=number,
        group=_heading(part, record),
    )


def publications(part):
    found = Publication.objects.filter(programme=part.programme, year__in=part.years)
    found = _of_part(found, part.key).select_related("programme").order_by("starts_on", "pk")
    rows = tuple(_dated_row(part, row, row.get_kind_display(), row.items) for row in found)
    return Evidence(rows, (), "publications")


def milestones(part):
    found = Milestone.objects.filter(programme=part.programme, year__in=part.years)
    found = _of_part(found, part.key).select_related("programme", "municipality")
    found = found.order_by("starts_on", "pk")
    outside = Milestone.Kind.EXTERNAL_CHANGE
    rows = tuple(_dated_row(part, row, row.place_name, 1) for row in found.exclude(kind=outside))
    left_out = tuple(
        LeftOut(
            f"{row.title}, {span(row.starts_on, row.ends_on, row.precision)}",
            _("A change in the world around is not a milestone"),
            url=row.get_absolute_url(),
        )
        for row in found.filter(kind=outside)
    )
    return Evidence(rows, left_out, "milestones")


def groups(part):
    spells = group_spells(part.programme)
    days = [(date(year, 1, 1), date(year, 12, 31)) for year in part.years]
    if part.period.is_year:
        days = [(part.period.end, part.period.end)]
    groups = CollaborationGroup.objects.filter(programme=part.programme)
    rows, left_out = [], []
    for group in groups.select_related("programme", "municipality"):
        _code, own = spells.get(group.pk, ("", []))
        if part.key.get("municipality", group.municipality.code) != group.municipality.code:
            continue
        url = group.get_absolute_url()
        if any(active_between(own, first, last) for first, last in days):
            rows.append(Row("", group.name, url, str(group.municipality), 1))
        else:
            left_out.append(LeftOut(group.name, _("Not known to be active then"), url=url))
    return Evidence(tuple(rows), tuple(left_out), "groups")
