"""What events, publications, milestones and groups add up to."""

from datetime import date

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from programmes.figures import SEX, Definition, Dimension, Indicator, Kind, Tally, breakdown
from programmes.models import Completeness
from programmes.periods import Period

from .models import Attendance, Audience, Event, GroupStatus, Milestone, Publication

AUDIENCE = Dimension("audience", _("audience"), (*Audience.values, "unspecified"))
MUNICIPALITY = Dimension("municipality", _("place"))
KIND = Dimension("kind", _("kind"))
ORGANISATION = Dimension("organisation", _("organisation"))

EVENTS_HELD = Indicator(
    code="events.held",
    label=_("Events"),
    unit="events",
    unit_label=_("events"),
    kind=Kind.SUM,
    area=Completeness.Area.EVENTS,
    dimensions=(KIND, MUNICIPALITY),
    by_initiative=True,
    definitions=(
        Definition(
            _(
                "Events that were held, in the year they began. Planned and cancelled ones are not counted."
            )
        ),
    ),
)
EVENTS_WITHOUT_ATTENDANCE = Indicator(
    code="events.without_attendance",
    label=_("Events without counts"),
    unit="events",
    unit_label=_("events"),
    kind=Kind.SUM,
    area=Completeness.Area.EVENTS,
    by_initiative=True,
    definitions=(
        Definition(
            _("Events that were held and whose attendance nobody has reported. That is not 0.")
        ),
    ),
)
REACH = Indicator(
    code="reach.attendances",
    label=_("Attendances"),
    unit="attendances",
    unit_label=_("attendances"),
    kind=Kind.SUM,
    area=Completeness.Area.ATTENDANCE,
    dimensions=(AUDIENCE, SEX, ORGANISATION, MUNICIPALITY, KIND),
    pairs=(("audience", "sex"),),
    by_initiative=True,
    definitions=(
        Definition(
            _(
                "The number present at each event held, added up. Someone who came to two events "
                "counts twice; a training counts each participant once. Plays and views are not added."
            )
        ),
    ),
)
PUBLICATIONS = Indicator(
    code="publications.items",
    label=_("Publications"),
    unit="items",
    unit_label=_("items published"),
    kind=Kind.SUM,
    area=Completeness.Area.PUBLICATIONS,
    dimensions=(KIND,),
    definitions=(
        Definition(
            _("Items published, by their number: a podcast of ten programmes is ten items.")
        ),
    ),
)
MILESTONES = Indicator(
    code="milestones",
    label=_("Milestones"),
    unit="milestones",
    unit_label=_("milestones"),
    kind=Kind.SUM,
    area=Completeness.Area.MILESTONES,
    dimensions=(KIND, MUNICIPALITY),
    definitions=(
        Definition(
            _("Changes in the structures around the programme. External changes are not counted.")
        ),
    ),
)
GROUPS = Indicator(
    code="groups.active",
    label=_("Active collaboration groups"),
    unit="groups",
    unit_label=_("groups"),
    kind=Kind.DISTINCT,
    area=Completeness.Area.GROUPS,
    dimensions=(MUNICIPALITY,),
    definitions=(
        Definition(
            _(
                "Groups that were active on 31 December; for several years, at any time in them. Each once."
            )
        ),
    ),
)
INDICATORS = (EVENTS_HELD, EVENTS_WITHOUT_ATTENDANCE, REACH, PUBLICATIONS, MILESTONES, GROUPS)


def tally(programme, period, levels, initiative=None):
    """All of the above for each year of `period`, and groups for the period itself.

    What belongs to no initiative is left out where one is asked for.
    """
    result = Tally()
    _tally_events(result, programme, period, initiative)
    _tally_reach(result, programme, period, initiative)
    if initiative is None:
        _tally_publications(result, programme, period)
        _tally_milestones(result, programme, period)
        _tally_groups(result, programme, period, levels.kept(period, GROUPS.area))
    return result


def _held(programme, period, initiative):
    events = Event.objects.filter(programme=programme).held_in(period)
    return events.filter(initiative=initiative) if initiative else events


def _tally_events(result, programme, period, initiative):
    held = _held(programme, period, initiative)
    for of_year, number, parts in _by_kind_and_place(held):
        result.add(EVENTS_HELD.code, of_year, number, *parts)
    for of_year, number, parts in _by_kind_and_place(held.without_attendance()):
        result.add(EVENTS_WITHOUT_ATTENDANCE.code, of_year, number, *parts)
    for year in period.years:
        of_year = Period.of_year(year)
        for key, number in result.numbers[EVENTS_WITHOUT_ATTENDANCE.code, of_year].items():
            if number == result.number(EVENTS_HELD.code, of_year, key):
                result.unknown.add((REACH.code, of_year, key))


def _by_kind_and_place(records):
    """How many there are, by year, with the parts they belong to."""
    rows = records.order_by().values_list("year", "kind", "place", "municipality__code")
    for year, kind, place, code, number in rows.annotate(n=Count("pk")):
        parts = breakdown(kind=kind), breakdown(municipality=code or place)
        yield Period.of_year(year), number, parts


def _tally_reach(result, programme, period, initiative):
    cells = Attendance.objects.filter(event__in=_held(programme, period, initiative)).order_by()
    rows = cells.values_list(
        "event__year",
        "event__kind",
        "event__place",
        "event__municipality__code",
        "audience",
        "organisation__slug",
    ).annotate(women=Sum("women"), men=Sum("men"), unspecified=Sum("unspecified"))
    for year, kind, place, code, audience, organisation, *persons in rows:
        audience = audience or "unspecified"
        for sex, number in zip(SEX.values, persons, strict=True):
            result.add(
                REACH.code,
                Period.of_year(year),
                number,
                breakdown(audience=audience),
                breakdown(sex=sex),
                breakdown(organisation=organisation or "unspecified"),
                breakdown(municipality=code or place),
                breakdown(kind=kind),
                breakdown(audience=audience, sex=sex),
            )


def _tally_publications(result, programme, period):
    published = Publication.objects.filter(
        programme=programme, year__range=(period.first, period.last)
    ).order_by()
    for year, kind, items in published.values_list("year", "kind").annotate(n=Sum("items")):
        result.add(PUBLICATIONS.code, Period.of_year(year), items, breakdown(kind=kind))


def _tally_milestones(result, programme, period):
    reached = Milestone.objects.filter(
        programme=programme, year__range=(period.first, period.last)
    ).exclude(kind=Milestone.Kind.EXTERNAL_CHANGE)
    for of_year, number, parts in _by_kind_and_place(reached):
        result.add(MILESTONES.code, of_year, number, *parts)


def _tally_groups(result, programme, period, kept):
    """Those active on the last day of a year; in a period, on any day of the years `kept`."""
    for code, spells in group_spells(programme).values():
        part = breakdown(municipality=code)
        for year in period.years:
            if active_between(spells, date(year, 12, 31), date(year, 12, 31)):
                result.add(GROUPS.code, Period.of_year(year), 1, part)
        ever = any(active_between(spells, date(y, 1, 1), date(y, 12, 31)) for y in kept)
        if ever and not period.is_year:
            result.add(GROUPS.code, period, 1, part)


def active_between(spells, first_day, last_day):
    """Whether a group was active on any day from the first to the last."""
    return any(
        status == GroupStatus.Status.ACTIVE
        and start <= last_day
        and (end is None or end > first_day)
        for start, end, status in spells
    )


def group_spells(programme):
    """For each group its municipality's code and its spells: (first day, day after the last, status)."""
    rows = (
        GroupStatus.objects.filter(group__programme=programme)
        .order_by("group", "starts_on", "pk")
        .values_list("group", "group__municipality__code", "starts_on", "status")
    )
    groups = {}
    for group, code, starts_on, status in rows:
        spells = groups.setdefault(group, (code, []))[1]
        if spells:
            spells[-1] = (spells[-1][0], starts_on, spells[-1][2])
        spells.append((starts_on, None, status))
    return groups
