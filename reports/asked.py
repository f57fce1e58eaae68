"""What a page of figures was asked for: which years, and in whose view."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from programmes.periods import Period

from .figures import FigureSet, View, figures


@dataclass(frozen=True)
class Years:
    """The years of a programme as a reader can choose among them."""

    whole: Period
    today: date

    @classmethod
    def of(cls, programme, today):
        return cls(programme.period(today), today)

    @property
    def so_far(self):
        """The years begun: figures of years to come would be zeros nobody counted."""
        last = max(self.whole.first, min(self.whole.last, self.today.year))
        return Period(self.whole.first, last)

    @property
    def default(self):
        """This year while the programme goes on, else its last (or, before it starts, its first)."""
        return Period.of_year(min(max(self.today.year, self.whole.first), self.whole.last))

    def asked(self, query):
        """The year or period a query asks for; the default where it asks for none of the programme's."""
        if query.get("period"):
            return self.so_far
        year = _year(query.get("year"))
        if year in self.whole:
            return Period.of_year(year)
        first, last = _year(query.get("from")), _year(query.get("to"))
        if first in self.so_far and last in self.whole and first <= last:
            return Period(first, min(last, self.so_far.last))
        return self.default

    def counted(self, period):
        """The years to work out figures for: a period's own, or all, to set a year among the others."""
        if not period.is_year:
            return period
        return Period(self.whole.first, max(self.so_far.last, period.last))


def _year(text):
    """The year written in a query; 0, which is no programme's, for anything else."""
    return int(text) if text and len(text) == 4 and text.isascii() and text.isdigit() else 0


@dataclass(frozen=True)
class Choice:
    """A year, or the whole period, to go to; `state` is closed, open or nothing."""

    label: str
    url: str
    is_current: bool
    state: str = ""


@dataclass(frozen=True)
class Asked:
    """The figures that a page of `period` needs: a year is shown among all years of the programme."""

    years: Years
    period: Period
    figures: FigureSet
    closed: frozenset

    @property
    def programme(self):
        return self.figures.programme

    @property
    def today(self):
        return self.years.today

    @property
    def ongoing(self):
        """This year, where it is among those shown."""
        return self.today.year if self.today.year in self.figures.period else None

    @property
    def state(self):
        """Whether the year asked for is closed or open; a period is neither."""
        return self._state(self.period.first) if self.period.is_year else ""

    def _state(self, year):
        return "closed" if year in self.closed else "open"

    def choices(self, address):
        """The years and the period that `address` can be asked for, with the state of each year."""
        for year in self.years.whole.years:
            current = self.period == Period.of_year(year)
            yield Choice(str(year), f"{address}?year={year}", current, self._state(year))
        so_far = self.years.so_far
        if not so_far.is_year:
            yield Choice(str(so_far), f"{address}?period=1", self.period == so_far)


def view_of(user, programme):
    """The view a member has of the figures; everybody else has the protected one."""
    membership = user.membership_in(programme)
    return View.FULL if membership and membership.sees_full_figures else View.PROTECTED


def asked_for(programme, query, user, *, today, year_only=False):
    """What a query asks for, as `user` may see it; with `year_only` the last year of a period."""
    years = Years.of(programme, today)
    period = years.asked(query)
    if year_only:
        period = Period.of_year(period.last)
    view = view_of(user, programme)
    closed = programme.closed_years.in_force()
    return Asked(
        years,
        period,
        figures(programme, years.counted(period), view, today=today),
        frozenset(closed.values_list("year", flat=True)),
    )


def all_years(user, programme):
    """The figures of all years begun, as `user` may see them."""
    today = timezone.localdate()
    period = Years.of(programme, today).so_far
    return figures(programme, period, view_of(user, programme), today=today)
