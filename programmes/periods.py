"""Time as the programme knows it: whole calendar years, and days known only roughly."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1990, 2100  # that something can be recorded of


@dataclass(frozen=True, order=True)
class Period:
    """Whole calendar years, both ends included: `Period(2016, 2020)`, `Period(2017, 2017)`."""

    first: int
    last: int

    def __post_init__(self):
        if not 1900 <= self.first <= self.last <= 2200:
            raise ValueError(f"not a period of years: {self.first}-{self.last}")

    @classmethod
    def of_year(cls, year):
        return cls(year, year)

    @property
    def start(self):
        return date(self.first, 1, 1)

    @property
    def end(self):
        return date(self.last, 12, 31)

    @property
    def years(self):
        return range(self.first, self.last + 1)

    @property
    def is_year(self):
        return self.first == self.last

    @property
    def code(self):
        """For machines: "2017", "2016-2020"."""
        return str(self.first) if self.is_year else f"{self.first}-{self.last}"

    def __contains__(self, year):
        return self.first <= year <= self.last

    def __str__(self):
        return str(self.first) if self.is_year else f"{self.first}–{self.last}"


class Precision(models.TextChoices):
    """How well a date is known. What is stored is the first and the last possible day."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    SEASON = "season", _("season")
    YEAR = "year", _("year")


# A season is what people mean by it in a year's plan: "våren" and "hösten" are the halves of the
# year, "sommaren" lies across them.
SEASONS = {
    "spring": ((1, 1), (6, 30)),
    "summer": ((6, 1), (8, 31)),
    "autumn": ((7, 1), (12, 31)),
}
SEASON_LABELS = {1: _("spring"), 6: _("summer"), 7: _("autumn")}


def last_possible_day(first, precision):
    """The last day a date may mean when `first` is the first day it may mean."""
    if precision == Precision.MONTH:
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    if precision == Precision.YEAR:
        return date(first.year, 12, 31)
    if precision == Precision.SEASON:
        for start, end in SEASONS.values():
            if (first.month, first.day) == start:
                return date(first.year, *end)
    return first


def add_months(day, months):
    """The same day `months` later; the last of the month where that day does not exist."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def days_in(start, end):
    """Every day from `start` to `end`, both included."""
    for offset in range((end - start).days + 1):
        yield start + timedelta(offset)
