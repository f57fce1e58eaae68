"""What a page of figures was asked for: which years, and in whose view."""

from dataclasses import dataclass

from django.utils import timezone

from programmes.periods import Period

from .figures import FigureSet, View, figures
from .overview import Years


@dataclass(frozen=True)
class Asked:
    """The figures that a page of `period` needs: a year is shown among all years of the programme."""

    years: Years
    period: Period
    figures: FigureSet

    @property
    def today(self):
        return self.years.today

    @property
    def ongoing(self):
        """This year, where it is among those shown."""
        return self.today.year if self.today.year in self.figures.period else None


def view_of(user, programme):
    """The view a member has of the figures; everybody else has the protected one."""
    membership = user.membership_in(programme)
    return View.FULL if membership and membership.sees_full_figures else View.PROTECTED


def asked_for(request, programme, *, year_only=False):
    """What the page's address asks for; with `year_only` the last year of a period."""
    today = timezone.localdate()
    years = Years(programme.period(today), today)
    period = years.asked(request.GET)
    if year_only:
        period = Period.of_year(period.last)
    view = view_of(request.user, programme)
    return Asked(years, period, figures(programme, years.counted(period), view, today=today))


def all_years(user, programme):
    """The figures of all years begun, as `user` may see them."""
    today = timezone.localdate()
    period = Years(programme.period(today), today).so_far
    return figures(programme, period, view_of(user, programme), today=today)
