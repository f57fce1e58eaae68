"""The grants of a list, year by year, with what all that are found come to."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from .figures import Use, together, uses


@dataclass(frozen=True)
class OfAYear:
    """The grants of a year on a page, and the sums of all that are found of it, on other pages too.

    `amount` is kronor, the sum of the known ones, None where none is known. `use`, and that of each
    grant, is None for those who see the decisions alone.
    """

    year: int
    grants: list  # (grant, its use or None)
    places: int
    amount: int | None
    without_amount: int
    use: Use | None
    over: list  # (municipality, placements beyond what was granted), of those with any


def by_year(page, found, today, *, full):
    """The grants of a page of `found`, in its order; their use as known on `today`, in the full view."""
    of_grants = uses(found, today) if full else {}
    rows = defaultdict(list)
    for year, *row in found.values_list("year", "pk", "places", "amount", "municipality__name"):
        rows[year].append(row)
    for year, grants in groupby(page, key=lambda grant: grant.year):
        amounts = [amount for _pk, _places, amount, _name in rows[year] if amount is not None]
        yield OfAYear(
            year=year,
            grants=[(grant, of_grants.get(grant.pk)) for grant in grants],
            places=sum(places for _pk, places, *_rest in rows[year]),
            amount=sum(amounts) if amounts else None,
            without_amount=len(rows[year]) - len(amounts),
            use=together(of_grants[pk] for pk, *_rest in rows[year]) if full else None,
            over=_over((of_grants[pk], name) for pk, *_rest, name in rows[year]) if full else [],
        )


def _over(used):
    """(municipality, placements beyond what was granted) of (use, municipality), in their order."""
    beyond = defaultdict(int)
    for use, municipality in used:
        if use.over:
            beyond[municipality] += use.over
    return list(beyond.items())
