"""What events, publications, milestones and groups add up to."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from programmes.figures import SEX, Definition, Dimension, Indicator, Kind, Tally, breakdown, share
from programmes.models import Completeness
from programmes.periods import Period

from .models import (
    Attendance,
    Audience,
    Event,
    GroupStatus,
    Milestone,
    PlannedActivity,
    Publication,
)

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


@dataclass(frozen=True)
class PlanOutcome:
    """What came of planned activities, each counted once.

    `planned` are meant to be done: all but the `cancelled` ones. `events` are theirs, the cancelled
    events apart, and `held` of them were held. `target` adds up the targets of those meant to be
    done, None where there is none; `reached` are the attendances at held events of those with a
    target, `beside` at those of the others: None where nobody has counted. `uncounted` events were
    held and not counted, `reached_uncounted` of them for a target: what is known is then the least.
    """

    planned: int = 0
    done: int = 0
    overdue: int = 0
    cancelled: int = 0
    events: int = 0
    held: int = 0
    events_cancelled: int = 0
    target: int = None
    reached: int = None
    reached_uncounted: int = 0
    beside: int = None
    beside_uncounted: int = 0

    @property
    def activities(self):
        return self.planned + self.cancelled

    @property
    def done_share(self):
        return share(self.done, self.planned)

    @property
    def reached_share(self):
        """Of the target; more than 1 where more came than were hoped for."""
        return share(self.reached, self.target)

    @property
    def attendances(self):
        """At all held events, with a target or not; None where nobody has counted."""
        return _sum_known((self.reached, self.beside))

    @property
    def uncounted(self):
        return self.reached_uncounted + self.beside_uncounted


def events_of(activities):
    """By the key of each planned activity its events, as (status, attendances or None). One query."""
    events = Event.objects.filter(planned_activity__in=activities).with_attendances().order_by()
    found = defaultdict(list)
    for activity, *event in events.values_list("planned_activity", "status", "attendances"):
        found[activity].append(tuple(event))
    return found


def plan_outcome(activities, events, today):
    """What came of `activities` (with `held_events`) by `today`; `events` as `events_of` gives them."""
    states = [activity.state(today) for activity in activities]
    State, Status = PlannedActivity.State, Event.Status
    meant = [a for a, state in zip(activities, states, strict=True) if state != State.CANCELLED]
    aimed = [activity for activity in meant if activity.target_attendances]
    statuses = [status for a in activities for status, _attendances in events[a.pk]]
    for_target = _held_counts(aimed, events)
    for_others = _held_counts([a for a in activities if a not in aimed], events)
    return PlanOutcome(
        planned=len(meant),
        done=states.count(State.DONE),
        overdue=states.count(State.OVERDUE),
        cancelled=states.count(State.CANCELLED),
        events=len(statuses) - statuses.count(Status.CANCELLED),
        held=statuses.count(Status.HELD),
        events_cancelled=statuses.count(Status.CANCELLED),
        target=_sum_known(activity.target_attendances for activity in aimed),
        reached=_sum_known(for_target),
        reached_uncounted=for_target.count(None),
        beside=_sum_known(for_others),
        beside_uncounted=for_others.count(None),
    )


def _held_counts(activities, events):
    """The attendances at each held event of these activities; None where it was not counted."""
    return [
        attendances
        for activity in activities
        for status, attendances in events[activity.pk]
        if status == Event.Status.HELD
    ]


def _sum_known(numbers):
    """What is known, added up; None where nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
