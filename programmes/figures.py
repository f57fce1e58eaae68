"""What a figure is: indicators with their definitions, breakdowns, and the tally each app fills in.

The apps count their own records and fill a `Tally`; `reports` sets the tallies side by side, lets
printed values stand in where records are missing, and protects. Unknown is `None`, never 0.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from .models import Completeness, Staffing


def share(part, whole):
    """The part of the whole, between 0 and 1; None where either is unknown or the whole is 0."""
    return part / whole if whole and part is not None else None


class Kind(StrEnum):
    """How values of several years belong together."""

    SUM = "sum"  # a period is the sum of its years
    DISTINCT = "distinct"  # a period is counted anew: persons, groups, shares
    STOCK = "stock"  # a state on a day: years are a series, a period has no value


@dataclass(frozen=True)
class Dimension:
    """Something a figure can be split by. `values` is None for what is open, as municipalities."""

    name: str
    label: str
    values: tuple = None


@dataclass(frozen=True)
class Definition:
    """What is counted, in words, for years from `since` on (None: from the beginning)."""

    text: str
    since: int = None


@dataclass(frozen=True)
class Indicator:
    """A figure by its contract name, such as `reach.attendances`.

    `unit` is the contract's word, `unit_label` the reader's. `area` is the area whose completeness
    decides whether records can be trusted. `pairs` are combinations of dimensions that are figures
    too; `full_pairs` only for those who see everything. `checked_pairs` are counted to be compared
    with printed values, for those who see everything, and are no figures. `protected` ones count
    single persons.
    """

    code: str
    label: str
    unit: str
    unit_label: str
    kind: Kind
    definitions: tuple
    area: str = None
    dimensions: tuple = ()
    pairs: tuple = ()
    full_pairs: tuple = ()
    checked_pairs: tuple = ()
    protected: bool = False
    by_initiative: bool = False

    def definition(self, year):
        """The definition in force in `year`."""
        fitting = [d for d in self.definitions if d.since is None or d.since <= year]
        return fitting[-1]

    def dimension(self, name):
        return next(d for d in self.dimensions if d.name == name)


def breakdown(**dimensions):
    """The key of a part: pairs of dimension and value in alphabetical order; empty for a total."""
    return tuple(sorted(dimensions.items()))


def breakdown_code(key):
    """The contract's way to write a breakdown: "audience=officer;sex=women"."""
    return ";".join(f"{name}={value}" for name, value in key)


def parse_breakdown(code):
    """The key written as `code`. Raises ValueError if it is not in the contract's form."""
    key = tuple(tuple(part.split("=", 1)) for part in code.split(";")) if code else ()
    if any(len(pair) != 2 or not all(pair) for pair in key) or key != tuple(sorted(key)):
        raise ValueError(f"not a breakdown: {code!r}")
    return key


@dataclass
class Tally:
    """What the records of an app add up to: numbers by (indicator, period) and breakdown.

    A part that is not there is 0 where the records are complete. `unknown` names the indicators
    and periods the records cannot tell: there every part is None. `occurring` adds values of open
    dimensions that get a row although they are 0.
    """

    numbers: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    unknown: set = field(default_factory=set)
    occurring: dict = field(default_factory=lambda: defaultdict(set))

    def add(self, code, period, number, *keys):
        """Add `number` to the total and to each part in `keys`."""
        parts = self.numbers[code, period]
        for key in ((), *keys):
            parts[key] += number

    def number(self, code, period, key=()):
        if (code, period) in self.unknown:
            return None
        return self.numbers[code, period].get(key, 0)

    def values(self, code, period, dimension):
        """The values of an open dimension that occur."""
        found = {
            key[0][1]
            for key in self.numbers[code, period]
            if len(key) == 1 and key[0][0] == dimension
        }
        return found | self.occurring[code, period, dimension]

    def merge(self, other):
        self.numbers.update(other.numbers)
        self.unknown |= other.unknown
        self.occurring.update(other.occurring)


STAFFING = Indicator(
    code="staffing.percent",
    label=_("Staffing"),
    unit="percent",
    unit_label=_("percent of full time"),
    kind=Kind.STOCK,
    definitions=(
        Definition(
            _(
                "The process leader's share of full time, weighted by days. "
                "Known only if every day of the year is known."
            )
        ),
    ),
)
INDICATORS = (STAFFING,)


def tally(programme, period, initiative=None):
    """Staffing of each year; it belongs to no initiative."""
    result = Tally()
    if initiative:
        return result
    rows = list(
        Staffing.objects.filter(programme=programme).values_list("starts_on", "ends_on", "percent")
    )
    for year in period.years:
        of_year = type(period)(year, year)
        percent = _staffing(rows, of_year)
        if percent is None:
            result.unknown.add((STAFFING.code, of_year))
        else:
            result.add(STAFFING.code, of_year, percent)
    return result


def _staffing(rows, year):
    """Percent of full time over the days of `year`; None if a day is without a row."""
    days = (year.end - year.start).days + 1
    covered, weighted = set(), 0
    for starts_on, ends_on, percent in rows:
        first, last = max(starts_on, year.start), min(ends_on or year.end, year.end)
        length = (last - first).days + 1
        if length > 0:
            covered.update((first + timedelta(n)).toordinal() for n in range(length))
            weighted += percent * length
    return weighted / days if len(covered) == days else None


def completeness_levels(programme, period):
    """The level of each (year, area) that is stated; what is not stated is complete."""
    rows = Completeness.objects.filter(
        programme=programme, year__range=(period.first, period.last)
    ).values_list("year", "area", "level")
    return {(year, area): level for year, area, level in rows}
