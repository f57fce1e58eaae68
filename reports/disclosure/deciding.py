"""Which cells are shown: year by year, then the whole period, as far as every hidden number is safe.

A number from 1 to threshold − 1 is hidden. Beginning with all of a release hidden, the others are
shown one by one, totals first and then the largest, wherever every number still hidden stays safe.
So the smallest are left to hide behind, none is hidden that could be shown alone, and whatever goes
wrong hides more. What an earlier release has shown or hidden stays so: a later one contains it.
"""

from programmes.periods import Period

from .ranges import Ranges
from .relations import COUNTED, TOTAL, Tables

RULES = 2  # counted up with every change of what is decided: it is part of the cache's key


def shown_places(ledger):
    """The places of the ledger whose numbers may be shown in the latest release."""
    tables, shown = Tables(ledger), set()
    years = [span.first for span in ledger.periods if span.is_year]
    for year in range(min(years, default=ledger.last + 1), ledger.last + 1):
        wholes = [s for s in ledger.periods if not s.is_year and s.last == year]
        for span in [Period.of_year(year), *wholes]:
            new = tables.release(span, year)
            if new:
                shown |= _shown(tables, new, shown, ledger.threshold)
    return frozenset(
        place
        for place in ledger.numbers
        if tables.current(place) in shown and (place, None) not in ledger.begun
    )


def _shown(tables, new, before, threshold):
    """Of the cells that are new, those that may be shown beside those shown before."""
    known = tables.known.intersection(new)
    open_ = before | known
    connected = _connected(tables, new, open_)
    if not connected:
        return known
    ranges = Ranges(connected, tables.numbers, tables.relations, tables.presences, threshold)
    wanted = sorted(
        (c for c in new if c not in known and not 1 <= tables.numbers[c] < threshold),
        key=lambda cell: _rank(cell, tables.numbers[cell]),
    )
    told, narrow = ranges.tell(wanted)
    wanted = [cell for cell in wanted if cell not in told]
    if narrow and not (narrow := ranges.show(narrow, wanted)):
        return known.union(told)
    wanted = [cell for cell in wanted if cell not in narrow]
    return known.union(told, narrow, _as_many_as_possible(ranges, wanted))


def _as_many_as_possible(ranges, wanted):
    """What is shown if each in turn is shown where it can be; tried several at a time."""
    shown, size = [], 1
    while wanted:
        tried = wanted[:size]
        if done := ranges.show(tried, wanted):
            shown += done
            wanted = [cell for cell in wanted if cell not in done]
            size *= 2
        elif len(tried) == 1:
            wanted = wanted[1:]
        else:
            size = len(tried) // 2
    return shown


def _rank(cell, number):
    """Totals first, then the largest; the order is fixed, so that the same data give the same."""
    code, span, key, _year = cell
    return key != TOTAL, -number, key, COUNTED.index(code), span


def _connected(tables, new, open_):
    """The hidden cells that can move together with the new ones, in the order in which they came."""
    neighbours = {}
    groups = [r.coefficients for r in tables.relations]
    groups += [(p.of, p.needs) for p in tables.presences]
    for group in groups:
        hidden = [cell for cell in group if cell not in open_]
        for cell in hidden:
            neighbours.setdefault(cell, set()).update(hidden)
    found, waiting = set(), [cell for cell in new if cell not in open_]
    while waiting:
        cell = waiting.pop()
        if cell not in found:
            found.add(cell)
            waiting += neighbours.get(cell, ())
    return [cell for cell in tables.numbers if cell in found]
