"""Series of events: which days a rule means, making the events, and changing those to come."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import chain, islice

from dateutil.rrule import MONTHLY, WEEKLY, rrule
from dateutil.rrule import weekday as on_weekday
from django.db import transaction
from django.db.models import Q
from django.utils.text import capfirst

from programmes.holidays import holiday
from programmes.models import LAST_YEAR
from programmes.periods import Precision
from programmes.records import YearIsClosed, closed_years

from .models import Event, EventSeries, PlannedActivity

MOST = 60  # events made at once
NEXT = 3  # of those to come, before the others fold
LAST = -1  # the last of a month's weekdays
FAR_AHEAD = date(LAST_YEAR, 12, 31)


def weekly(first, weekday, weeks):
    """From the first such weekday on or after `first`, every so many weeks. Monday is 0."""
    begin = first + timedelta((weekday - first.weekday()) % 7)
    return _days(WEEKLY, begin, interval=weeks)


def monthly_on(first, weekday, nth):
    """The first, second, … or `LAST` such weekday of each month."""
    return _days(MONTHLY, first, byweekday=on_weekday(weekday, nth))


def monthly_by_date(first):
    """The same day of each month; the last of a month that does not have it."""
    days = range(min(first.day, 28), first.day + 1)
    return _days(MONTHLY, first, bymonthday=days, bysetpos=-1)


def _days(frequency, first, **rule):
    begin = datetime.combine(first, time())
    end = datetime.combine(FAR_AHEAD, time())
    return (moment.date() for moment in rrule(frequency, dtstart=begin, until=end, **rule))


def limited(days, until=None, times=None):
    """Those up to a day, and so many at most; one more than `MOST` tells that there are too many."""
    wanted = islice(days, min(times or MOST + 1, MOST + 1))
    return [day for day in wanted if until is None or day <= until]


@dataclass(frozen=True)
class Day:
    """A day an event is to be repeated on, and what speaks against it."""

    date: date
    is_past: bool
    is_closed: bool
    holiday: str
    same: Event | None  # which stands there already: of the series, or of the same name

    @property
    def can_be_made(self):
        return not self.is_closed and self.same is None

    @property
    def is_likely(self):
        """Ticked from the beginning: a working day to come."""
        return self.can_be_made and not self.is_past and not self.holiday


def looked_at(event, days, *, today):
    """Each of `days` as a `Day`, for repeating `event`."""
    programme = event.programme_id
    closed = set(closed_years().filter(programme=programme).values_list("year", flat=True))
    alike = Q(title=event.title)
    if event.series_id:
        alike |= Q(series=event.series_id)
    there = Event.objects.filter(alike, programme=programme, starts_on__in=days)
    taken = {row.starts_on: row for row in there.select_related("programme")}
    taken[event.starts_on] = event
    return [
        Day(
            date=day,
            is_past=day < today,
            is_closed=day.year in closed,
            holiday=capfirst(holiday(day) or ""),
            same=taken.get(day),
        )
        for day in days
    ]


def others_of(event):
    """The other events of its series, in order of time."""
    if event.series_id is None:
        return Event.objects.none()
    rest = Event.objects.filter(series=event.series_id).exclude(pk=event.pk)
    return rest.order_by("starts_on", "pk")


def to_come_after(event):
    """The later events of its series that are still planned and whose years are open."""
    closed = closed_years().filter(programme=event.programme_id).values("year")
    rest = others_of(event).filter(status=Event.Status.PLANNED, starts_on__gte=event.starts_on)
    return rest.exclude(year__in=closed)


@dataclass(frozen=True)
class TheRest:
    """The other events of a series, as the page of one of them lists them."""

    earlier: list
    to_come: list

    @property
    def others(self):
        return [*self.earlier, *self.to_come]

    @property
    def next(self):
        return self.to_come[:NEXT]

    @property
    def after_those(self):
        return self.to_come[NEXT:]

    @property
    def can_be_changed(self):
        return any(event.status == Event.Status.PLANNED for event in self.to_come)


def the_rest(event):
    """The series of an event without itself; None where it belongs to none."""
    if event.series_id is None:
        return None
    rows = list(others_of(event).with_attendances().select_related("municipality"))
    return TheRest(
        earlier=[row for row in rows if row.starts_on < event.starts_on],
        to_come=[row for row in rows if row.starts_on >= event.starts_on],
    )


def activity_in(activity, year):
    """What corresponds to a planned activity in another year: that plan's of the same title."""
    if activity is None or activity.cancelled_reason:
        return None
    if activity.plan.year == year:
        return activity
    return PlannedActivity.objects.filter(
        plan__initiative=activity.plan.initiative_id,
        plan__year=year,
        title=activity.title,
        cancelled_reason="",
    ).first()


# What is the same in each event of a series. Fields that belong together are changed together.
TOGETHER = (
    ("title",),
    ("kind",),
    ("place", "municipality"),
    ("format",),
    ("starts_at", "ends_at"),
    ("initiative",),
    ("group",),
)
ACTIVITY = ("planned_activity",)  # of the year's own plan
LISTS = ("objectives", "organisers", "municipalities")


@transaction.atomic
def repeat(event, days, *, today, form_key=None):
    """Make `event` again on each of `days`: planned from today on, before it held and not counted.

    The event itself joins the series, unless its year is closed. Returns the events made: none on a
    day that somebody else took since the days were looked at.
    """
    event = Event.objects.select_for_update().filter(pk=event.pk).first()
    looked = looked_at(event, sorted(days), today=today) if event else []
    days = [day.date for day in looked if day.can_be_made]
    if not days:
        return []
    series = event.series or _begun_by(event)
    same = {name: getattr(event, name) for names in TOGETHER for name in names}
    lists = {name: list(getattr(event, name).all()) for name in LISTS}
    serves = {year: activity_in(event.planned_activity, year) for year in {d.year for d in days}}
    length = event.ends_on - event.starts_on
    made = []
    for day in days:
        again = Event(
            programme=event.programme,
            series=series,
            form_key=None if made else form_key,
            status=Event.Status.HELD if day < today else Event.Status.PLANNED,
            starts_on=day,
            ends_on=day + length if event.precision == Precision.DAY else day,
            planned_activity=serves[day.year],
            **same,
        )
        again.save()
        for name, rows in lists.items():
            getattr(again, name).set(rows)
        made.append(again)
    return made


def _begun_by(event):
    """A new series with `event` in it, or without where its year is closed: then it stays as it is."""
    series = EventSeries.objects.create(programme=event.programme, title=event.title)
    event.series = series
    try:
        event.save()
    except YearIsClosed:
        event.series = None
    return series


def details(event):
    """What an event of a series says, by the fields that are changed together."""
    single = {names: tuple(getattr(event, name) for name in names) for names in TOGETHER}
    several = {(name,): (set(getattr(event, name).all()),) for name in LISTS}
    return single | several | {ACTIVITY: (event.planned_activity,)}


@transaction.atomic
def carry_over(event, before):
    """Give what was changed in `event` since `before`, its details, to the later ones that said the same.

    Returns how many were changed, and how many kept something of their own.
    """
    now = details(event)
    in_year = cache(lambda year: (_in_year(before, year), _in_year(now, year)))
    rows = to_come_after(event).select_related(
        "municipality", "initiative", "group", "planned_activity__plan"
    )
    results = [_carry(other, *in_year(other.year)) for other in rows.prefetch_related(*LISTS)]
    return sum(changed for changed, _kept in results), sum(kept for _changed, kept in results)


def _in_year(said, year):
    (activity,) = said[ACTIVITY]
    return said | {ACTIVITY: (activity_in(activity, year),)}


def _carry(other, before, now):
    """Change `other`; whether something was carried over, and whether something of its own stood."""
    theirs = details(other)
    differing = [names for names in now if now[names] not in (before[names], theirs[names])]
    free = [names for names in differing if theirs[names] == before[names]]
    if free:
        said = (zip(names, now[names], strict=True) for names in free)
        _save(other, dict(chain.from_iterable(said)))
    return bool(free), len(free) < len(differing)


def _save(event, values):
    lists = {name: values.pop(name) for name in LISTS if name in values}
    for name, value in values.items():
        setattr(event, name, value)
    event.save()
    for name, rows in lists.items():
        getattr(event, name).set(rows)


@transaction.atomic
def cancel_to_come(event, reason):
    """Cancel the later events of its series for the same reason. Returns how many."""
    rows = list(to_come_after(event))
    for other in rows:
        other.status = Event.Status.CANCELLED
        other.cancelled_reason = reason
        other.save()
    return len(rows)
