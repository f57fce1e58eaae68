"""What protection is decided from: which periods are shown, and the counts of persons in them."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils import timezone

from placements.figures import BEGUN, GRANTED, USED
from programmes.figures import breakdown
from programmes.periods import Period


@dataclass(frozen=True)
class Ledger:
    """Every input of the decision, and nothing else.

    `numbers` are the counts of each period shown, by place: (indicator, period, breakdown); what is
    unknown is not among them. `begun` says how many placements under a year's grants began in a
    later year, by (place, that year); the year is None where it has not ended. `ungranted` are the
    places where nobody was granted anything: everybody knows that nothing was used. `periods` are
    the years and whole periods that are or were shown, `last` is the last year that has ended.
    """

    numbers: dict
    begun: dict
    ungranted: frozenset
    periods: tuple
    last: int
    threshold: int


def shown_periods(programme, today):
    """The years that have ended and the whole period once it has, in order; earlier whole ones too.

    A programme that is prolonged after its end has shown its first period already.
    """
    whole = programme.period(today)
    wholes = {whole} if programme.ends_on and programme.ends_on < today else set()
    wholes.update(_earlier_wholes(programme))
    wholes = {period for period in wholes if period.end < today}
    years = {Period.of_year(year) for period in {whole, *wholes} for year in period.years}
    return tuple(sorted({year for year in years if year.end < today} | wholes))


def _earlier_wholes(programme):
    """The whole periods that the programme had before, and that had ended when they were changed."""
    rows = programme.history.order_by("history_date", "history_id")
    rows = list(rows.values_list("history_date", "starts_on", "ends_on"))
    for (_when, starts_on, ends_on), (changed, *_later) in pairwise(rows):
        if ends_on and date(ends_on.year, 12, 31) < timezone.localdate(changed):
            yield Period(starts_on.year, ends_on.year)


def ledger(numbers, counted, periods, programme, today):
    """The ledger of `numbers` by place, None where unknown; `counted` is what the records add up to."""
    known = {place: number for place, number in numbers.items() if number is not None}
    last = today.year - 1
    begun = {}
    for year in (period for period in periods if period.is_year):
        of_records = known.get((USED.code, year, ())) == counted.number(USED.code, year)
        for key, number in counted.numbers.get((BEGUN, year), {}).items() if of_records else ():
            parts = dict(key)
            if not parts or parts["begun"] <= year.last:
                continue
            when = parts["begun"] if parts["begun"] <= last else None
            for period in (p for p in periods if year.first in p):
                for own in ((), breakdown(municipality=parts["municipality"])):
                    place = USED.code, period, own
                    if place in known:
                        begun[place, when] = begun.get((place, when), 0) + number
    ungranted = frozenset(
        (code, period, key)
        for code, period, key in known
        if code == USED.code
        and period.is_year
        and key
        and not known[code, period, key]
        and not counted.number(GRANTED.code, period, key)
    )
    return Ledger(known, begun, ungranted, periods, last, programme.disclosure_threshold)
