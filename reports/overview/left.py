"""What is left of a year before its report is to be adopted."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.formats import number

from ..quality import to_do

A_BOX = 6  # tasks shown before the rest are summed up


@dataclass(frozen=True)
class Left:
    """The box of what is left of a year before its report is to be adopted."""

    year: int
    title: str
    aside: str
    tasks: tuple
    more: int
    nothing: str


def left(shown, membership):
    """What is left of the year, for those who can do it; None where there is nothing to close."""
    if not membership.writes or not shown.period.is_year:
        return None
    year = _year(shown)
    if year in shown.asked.closed or year > shown.today.year:
        return None
    tasks = to_do(shown.programme, year, shown.figures, today=shown.today)
    days = (date(year + 1, 3, 31) - shown.today).days
    if days < 0:
        title = _("Left of %(year)s") % {"year": year}
        aside = _("31 March has passed") if tasks else ""
    else:
        title = (
            _("Left before 31 March")
            if year == shown.year
            else _("Left of %(year)s before 31 March") % {"year": year}
        )
        aside = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": number(days)}
    return Left(
        year=year,
        title=title,
        aside=aside,
        tasks=tuple(tasks[:A_BOX]),
        more=max(len(tasks) - A_BOX, 0),
        nothing=_("Nothing is missing so far.")
        if year == shown.today.year
        else _("Nothing is missing. The year's report can be adopted."),
    )


def _year(shown):
    """Until the end of March the year before is what has to be finished."""
    earlier = shown.year - 1
    before_deadline = shown.is_ongoing and shown.today <= date(shown.year, 3, 31)
    if before_deadline and earlier in shown.asked.years.whole and earlier not in shown.asked.closed:
        return earlier
    return shown.year
