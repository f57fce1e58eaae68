"""Dates as people type them, and as roughly as they know them.

One box takes "2026-03-12", "12/3", "12 mars", "igår", "i fredags", "oktober 2019", "hösten 2019" and
"2019". What is stored is the first and the last possible day and how well the date is known.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import formats
from .models import FIRST_YEAR, LAST_YEAR
from .periods import SEASONS, Precision, last_possible_day

MONTHS = {
    name: number
    for names in (
        "januari februari mars april maj juni juli augusti september oktober november december",
        "january february march april may june july august september october november december",
        "jan feb mar apr maj jun jul aug sep okt nov dec",
        "jan feb mar apr may jun jul aug sept oct nov dec",
    )
    for number, name in enumerate(names.split(), 1)
}
WEEKDAYS = {
    name: number
    for names in (
        "måndag tisdag onsdag torsdag fredag lördag söndag",
        "måndags tisdags onsdags torsdags fredags lördags söndags",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for number, name in enumerate(names.split())
}
SEASON_NAMES = {
    "våren": "spring",
    "vår": "spring",
    "sommaren": "summer",
    "sommar": "summer",
    "hösten": "autumn",
    "höst": "autumn",
    "spring": "spring",
    "summer": "summer",
    "autumn": "autumn",
}
DAYS_AGO = {"idag": 0, "i dag": 0, "today": 0, "igår": 1, "i går": 1, "yesterday": 1}
DAYS_AGO |= {"i förrgår": 2, "förrgår": 2, "imorgon": -1, "i morgon": -1, "tomorrow": -1}
HOW = _("Write the date like 2026-03-12, 12/3, October 2019, autumn 2019 or 2019.")
SUCH_AS = _("Such as 12/3, October 2019, autumn 2019 or 2019")


@dataclass(frozen=True)
class RoughDate:
    """A date as well as it is known: its first and last possible day."""

    first: date
    precision: str = Precision.DAY

    @property
    def last(self):
        return last_possible_day(self.first, self.precision)

    def __str__(self):
        return formats.day(self.first, self.precision)


def parse(text, today, ahead=False, until=None):
    """The date typed as `text`. Raises ValidationError with words on how to write it.

    Without a year it is the latest there has been: what is logged has happened. With `ahead` it is
    the next to come; with `until` the latest of those there had been then.
    """
    at = min(today, until or today)
    words = re.sub(r"\s+", " ", text.strip().lower()).rstrip(".")
    if len(words) > 40 or not words.isprintable():
        raise ValidationError(HOW, code="date")
    for reader in (_relative, _iso, _day_and_month, _month, _season, _year):
        found = reader(words, today if reader is _relative else at, ahead)
        if found:
            return found
    raise ValidationError(HOW, code="date")


def _relative(words, today, ahead):
    if words in DAYS_AGO:
        return RoughDate(today - timedelta(DAYS_AGO[words]))
    weekday = WEEKDAYS.get(words.removeprefix("i ").removeprefix("last "))
    if weekday is None:
        return None
    return RoughDate(today - timedelta((today.weekday() - weekday - 1) % 7 + 1))


def _iso(words, today, ahead):
    match = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", words, re.ASCII)
    return match and RoughDate(_day(*map(int, match.groups())))


def _day_and_month(words, today, ahead):
    match = re.fullmatch(
        r"(?:den )?(\d{1,2})[/. ] ?(\d{1,2}|[a-zåäö]+)\.?(?:[-/. ](\d{4}))?", words, re.ASCII
    )
    if not match:
        return None
    day, name, year = match.groups()
    month = MONTHS.get(name) or (int(name) if name.isdigit() else None)
    if month is None:
        return None
    years = [int(year)] if year else _likely_years(today, ahead)
    return RoughDate(_first_that_fits(years, month, int(day), today, ahead))


def _likely_years(today, ahead):
    """This year and those about it, the likeliest first; eight hold a 29 February."""
    onward = 1 if ahead else -1
    return [today.year + onward * n for n in range(9)]


def _first_that_fits(years, month, day, today, ahead):
    """The day in the first of `years` that has it and lies on the right side of today."""
    for year in years:
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
            found = _day(year, month, day)
            if len(years) == 1 or (found >= today if ahead else found <= today):
                return found
    return _day(years[0], month, day)


def _month(words, today, ahead):
    match = re.fullmatch(r"([a-zåäö]+)\.? ?(\d{4})?|(\d{4})-(\d{2})", words, re.ASCII)
    if not match:
        return None
    name, year, iso_year, number = match.groups()
    month = int(number) if number else MONTHS.get(name)
    if month is None:
        return None
    years = [int(iso_year or year)] if iso_year or year else _likely_years(today, ahead)
    beginning = today.replace(day=1)
    return RoughDate(_first_that_fits(years, month, 1, beginning, ahead), Precision.MONTH)


def _season(words, today, ahead):
    match = re.fullmatch(r"([a-zåäö]+) ?(\d{4})?", words, re.ASCII)
    season = match and SEASON_NAMES.get(match.group(1))
    if not season:
        return None
    (month, day), (last_month, last_day) = SEASONS[season]
    year = int(match.group(2) or today.year)
    if not match.group(2) and ahead and date(year, last_month, last_day) < today:
        year += 1
    elif not match.group(2) and not ahead and date(year, month, day) > today:
        year -= 1
    return RoughDate(_day(year, month, day), Precision.SEASON)


def _year(words, today, ahead):
    match = re.fullmatch(r"\d{4}", words, re.ASCII)
    return match and RoughDate(_day(int(words), 1, 1), Precision.YEAR)


def _day(year, month, day):
    """The day, or a message that says which part of it there is none of."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            _("The year must be between %(first)s and %(last)s."),
            code="date",
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )
    if not 1 <= month <= 12:
        raise ValidationError(_("There is no month %(month)s."), params={"month": month})
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        name = formats.month_name(month)
        of_year = f"{name} {year}" if month == MONTHS["februari"] else name
        raise ValidationError(
            _("There is no %(day)s %(name)s. %(month)s has %(days)s days."),
            params={"day": day, "name": name, "month": of_year.capitalize(), "days": days},
        )
    return date(year, month, day)


def not_ahead(found):
    """The day or rough date `found`, refused if it lies ahead: what is told has happened.

    Of a rough date the first possible day counts. None is let through.
    """
    day = found.first if isinstance(found, RoughDate) else found
    if day and day > timezone.localdate():
        raise ValidationError(_("That day has not come."), code="date")
    return found


class RoughDateField(forms.CharField):
    """A date as it is typed; its value is a `RoughDate`, or None where nothing is typed.

    `ahead` says that a date without a year is one to come, `until` that it is none after that day.
    """

    until = None

    def __init__(self, *args, exact=False, ahead=False, **kwargs):
        self.exact, self.ahead = exact, ahead
        super().__init__(*args, max_length=60, **kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = parse(text, timezone.localdate(), self.ahead, self.until)
        if self.exact and found.precision != Precision.DAY:
            raise ValidationError(_("Write the whole date, like 2026-03-12."), code="date")
        return found


class DayField(RoughDateField):
    """A whole date; its value is a `date`, or None where nothing is typed."""

    def __init__(self, *args, **kwargs):
        kwargs.pop("input_formats", None)
        super().__init__(*args, exact=True, **kwargs)

    def clean(self, value):
        found = super().clean(value)
        return found.first if found else None

    def prepare_value(self, value):
        return value.isoformat() if isinstance(value, date) else value

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)
