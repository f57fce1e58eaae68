"""Placement-months and their cost, beside the places granted and used; for those who see everything.

They are told where `grants.*` are told and are no indicators: those are a contract.
"""

from dataclasses import dataclass

from placements.figures import Use, together, uses
from placements.models import Grant
from programmes.periods import Period

from .figures import Basis, View


@dataclass(frozen=True)
class PlaceMonths:
    """The grants of a year, or of a period, and their use; `use` is None where the records are not known."""

    period: Period
    use: Use | None


def place_months(programme, figure_set, period, *, today):
    """Each year of `period` with its use as known on `today`, then the period's, of the years known.

    Empty in the protected view, and where no year is known to have granted anything.
    """
    if figure_set.view != View.FULL:
        return []
    grants = Grant.objects.filter(programme=programme, year__range=(period.first, period.last))
    found = uses(grants, today)
    by_year = {year: [] for year in period.years}
    for pk, year in grants.values_list("pk", "year"):
        by_year[year].append(found[pk])
    rows = [
        PlaceMonths(Period.of_year(year), together(of) if _is_known(figure_set, year) else None)
        for year, of in by_year.items()
    ]
    known = [row.use for row in rows if row.use]
    if not any(use.granted for use in known):
        return []
    return rows if period.is_year else [*rows, PlaceMonths(period, together(known))]


def _is_known(figure_set, year):
    used = figure_set.get("grants.used", year)
    return used.value is not None and used.basis == Basis.RECORDS
