"""The day from which the exercise is told, its chance, its days and places."""

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from programmes.holidays import holiday
from programmes.models import Place

from ..loading import Loader, read

SLUG = "ovning"
SEED = 8101
PLACES = {"länet": Place.COUNTY, "landet": Place.NATIONAL, "online": Place.ONLINE}


class Practice(Loader):
    """The programme as seen on `today`: what is later has not happened yet."""

    def __init__(self, today, by):
        super().__init__(by)
        self.today = today
        self.years = range(today.year - 2, today.year + 1)

    def read(self, name):
        return read(f"{SLUG}/{name}")

    def chance(self, subject):
        """The same numbers each time, whatever was drawn for other subjects."""
        return random.Random(f"{SEED} {subject}")  # noqa: S311  an exercise, no secret

    def save(self, record, on=None, **related):
        """As ever; the history says that it was written the day after `on`, in working hours."""
        self._written(record, on)
        return super().save(record, **related)

    def save_each(self, dated, related=()):
        """Records of one model with the day each is known from, saved at once."""
        for record, on in dated:
            self._written(record, on)
        return self.save_all([record for record, _on in dated], related)

    def _written(self, record, on):
        if on:
            written = datetime.combine(on + timedelta(1), time(9, 30))
            record._history_date = min(timezone.make_aware(written), timezone.now())

    def day(self, year, text):
        """The day "04-15" of this year (0) or of one before it."""
        month, day = map(int, text.split("-"))
        return date(self.today.year + year, month, day)

    def where(self, row):
        """The one place a row counts in, by its name; the county where it says nothing."""
        at = row.get("at", "länet")
        if at in PLACES:
            return {"place": PLACES[at], "municipality": None}
        return {"place": Place.MUNICIPALITY, "municipality": self.named_place(at)}

    def named_place(self, name):
        return self.by_name[name]

    def local(self, name):
        """The municipality's own organisation, by the municipality's name."""
        return self.local_organisations[name]


def working_day(day):
    """The day itself, or the next one on which people are at work."""
    while day.weekday() > 4 or holiday(day):
        day += timedelta(1)
    return day


def weekday_of_week(day, weekday):
    """The given weekday (Monday is 0) of the same week."""
    return day + timedelta(weekday - day.weekday())
