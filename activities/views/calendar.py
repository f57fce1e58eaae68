"""The events in a calendar: a month day by day, a year quarter by quarter."""

import calendar as almanac
import re
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from programmes.models import FIRST_YEAR, LAST_YEAR
from programmes.periods import Precision, days_in
from programmes.text import whole_number

from ..forms.filters import CalendarFilter
from ..models import Event, PlannedActivity, TrainingStep
from .plans import QUARTERS

MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
AT_ONCE = 6  # events of a day shown before the others fold
WEEKS = almanac.Calendar(almanac.MONDAY)


def calendar(request, programme):
    """The month or the year the address asks for; else this month, or that of the latest event."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    today = timezone.localdate()
    events = Event.objects.visible_to(request.user).filter(programme=programme)
    year, month = _asked(request, programme, events, today)
    shown = ("month", f"{year}-{month:02d}") if month else ("year", str(year))
    filters = CalendarFilter(request.GET, programme=programme, kept=[shown])
    found = filters.narrow(events).order_by("starts_on", "starts_at", "pk")
    context = {"programme": programme, "filters": filters, "year": year, "today": today}
    if month:
        shown = found.with_attendances().select_related("municipality")
        context |= _month(shown, year, month, today)
        return render(request, "activities/calendar_month.html", context)
    context |= _year(found, year, today)
    activities = PlannedActivity.objects.visible_to(request.user).filter(
        plan__programme=programme, plan__year=year
    )
    _add_activities(context["quarters"], activities, filters.chosen, today)
    return render(request, "activities/calendar_year.html", context)


def _asked(request, programme, events, today):
    """The year and the month, or None, of the address, within what the programme can have to do with."""
    month = MONTH.fullmatch(request.GET.get("month", ""))
    if month and 1 <= int(month[2]) <= 12:
        return _within(int(month[1])), int(month[2])
    year = whole_number(request.GET.get("year"))
    if year is not None:
        return _within(year), None
    goes_on = programme.ends_on is None or programme.ends_on >= today
    latest = None if goes_on else events.order_by("-starts_on").first()
    day = latest.starts_on if latest else today
    return day.year, day.month


def _within(year):
    return min(max(year, FIRST_YEAR), LAST_YEAR)


@dataclass
class Day:
    """A day of the calendar, and its events: each with which of its days this is."""

    date: date
    is_outside: bool = False
    is_today: bool = False
    events: list = field(default_factory=list)

    @property
    def first(self):
        return self.events[:AT_ONCE]

    @property
    def others(self):
        return self.events[AT_ONCE:]


def _month(found, year, month, today):
    first, last = _ends_of(year, month)
    found = list(found.overlapping(first, last))
    precise = [event for event in found if event.precision == Precision.DAY]
    weeks = _weeks(year, month, today)
    _place(precise, weeks, first, last)
    return {
        "first": first,
        "weeks": weeks,
        "rough": [event for event in found if event.precision != Precision.DAY],
        "number": len(found),
        "earlier": _month_before(first),
        "later": _month_after(last),
    }


def _ends_of(year, month):
    return date(year, month, 1), date(year, month, almanac.monthrange(year, month)[1])


def _weeks(year, month, today):
    """The weeks of a month, each with its number and its seven days."""
    return [
        (
            week[0].isocalendar().week,
            [Day(day, day.month != month, day == today and day.month == month) for day in week],
        )
        for week in WEEKS.monthdatescalendar(year, month)
    ]


def _place(events, weeks, first, last):
    """Put events of known days on each of their days between `first` and `last`.

    A training with `dated_steps` stands on the days of those alone.
    """
    days = {day.date: day for _number, week in weeks for day in week if not day.is_outside}
    for event in events:
        steps = {step.held_on for step in getattr(event, "dated_steps", ())}
        length = (event.ends_on - event.starts_on).days + 1
        for day in days_in(max(event.starts_on, first), min(event.ends_on, last)):
            if steps and day not in steps:
                continue
            nth = (day - event.starts_on).days + 1
            days[day].events.append((event, nth if length > 1 else None, length))


def _month_before(first):
    if first.month > 1:
        return first.replace(month=first.month - 1)
    return date(first.year - 1, 12, 1) if first.year > FIRST_YEAR else None


def _month_after(last):
    if last.month < 12:
        return date(last.year, last.month + 1, 1)
    return date(last.year + 1, 1, 1) if last.year < LAST_YEAR else None


@dataclass
class Quarter:
    """A quarter of the calendar's year: its months as (first day, weeks, events), and what is planned."""

    number: int
    name: str
    span: str
    months: list
    activities: list = field(default_factory=list)


def _year(found, year, today):
    start, end = date(year, 1, 1), date(year, 12, 31)
    found = found.only("title", "starts_on", "ends_on", "precision", "status")
    dated = TrainingStep.objects.exclude(held_on=None)
    found = found.prefetch_related(Prefetch("steps", dated, to_attr="dated_steps"))
    found = list(found.overlapping(start, end))
    months = [_month_of_year(found, year, month, today) for month in range(1, 13)]
    wide = (Precision.SEASON, Precision.YEAR)
    return {
        "quarters": [
            Quarter(number, name, span, months[3 * number - 3 : 3 * number])
            for number, name, span in QUARTERS
            if number
        ],
        "rough": [event for event in found if event.precision in wide],
        "number": len(found),
        "earlier": year - 1 if year > FIRST_YEAR else None,
        "later": year + 1 if year < LAST_YEAR else None,
    }


def _month_of_year(found, year, month, today):
    first, last = _ends_of(year, month)
    here = [event for event in found if event.starts_on <= last and event.ends_on >= first]
    weeks = _weeks(year, month, today)
    _place([event for event in here if event.precision == Precision.DAY], weeks, first, last)
    number = sum(event.precision in (Precision.DAY, Precision.MONTH) for event in here)
    return first, weeks, number


def _add_activities(quarters, activities, chosen, today):
    """The planned activities by quarter; what has no place or audience is not narrowed by those."""
    if "kind" in chosen:
        activities = activities.filter(kind=chosen["kind"])
    if "objective" in chosen:
        activities = activities.filter(objectives=chosen["objective"])
    words = chosen.get("q", "").casefold()
    by_quarter = {quarter.number: quarter for quarter in quarters}
    for row in activities.with_held_events().select_related("plan"):
        if row.quarter in by_quarter and words in row.title.casefold():
            row.state_now = row.state(today)
            by_quarter[row.quarter].activities.append(row)
