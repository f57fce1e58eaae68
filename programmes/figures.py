"""What a figure is: indicators with their definitions, breakdowns, and the tally each app fills in.

The apps count their own records and fill a `Tally`; `reports` sets the tallies side by side, lets
printed values stand in where records are missing, and protects. Unknown is `None`, never 0.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from .models import Completeness, Staffing
from .periods import Period, days_in


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


SEX = Dimension("sex", _("sex"), ("women", "men", "unspecified"))
MUNICIPALITY = Dimension("municipality", _("municipality"))


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
    single persons. `by_answers` ones add up answers: what nobody answered is unknown, not 0.
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
    by_answers: bool = False

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

    A part that is not there is 0 where the records are complete. `unknown` names the parts the
    records cannot tell, by (indicator, period, breakdown); where it is the total, no part is known.
    `occurring` adds values of open dimensions that get a row although they are 0. `possible` are
    all values, by (indicator, dimension), where a row alone would tell that something happened.
    """

    numbers: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    unknown: set = field(default_factory=set)
    occurring: dict = field(default_factory=lambda: defaultdict(set))
    possible: dict = field(default_factory=lambda: defaultdict(set))

    def add(self, code, period, number, *keys):
        """Add `number` to the total and to each part in `keys`."""
        parts = self.numbers[code, period]
        for key in ((), *keys):
            parts[key] += number

    def number(self, code, period, key=(), absent=0):
        """The number of a part, `absent` where no record is; None where the records cannot tell."""
        if {(code, period, ()), (code, period, key)} & self.unknown:
            return None
        return self.numbers[code, period].get(key, absent)

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
        self.possible.update(other.possible)


class Levels:
    """How complete the records of a programme are, year by year and area by area."""

    KEPT = (Completeness.Level.COMPLETE, Completeness.Level.PARTIAL)

    def __init__(self, programme, period):
        rows = Completeness.objects.filter(
            programme=programme, year__range=(period.first, period.last)
        ).values_list("year", "area", "level")
        self._stated = {(year, area): level for year, area, level in rows}

    def of(self, year, area):
        """The level stated; what is not stated, and what has no area, is complete."""
        return self._stated.get((year, area), Completeness.Level.COMPLETE)

    def kept(self, period, area):
        """The years of `period` whose records count, be they complete or partial."""
        return tuple(year for year in period.years if self.of(year, area) in self.KEPT)


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


def tally(programme, period, levels, initiative=None):
    """Staffing of each year; it belongs to no initiative."""
    result = Tally()
    if initiative:
        return result
    rows = list(
        Staffing.objects.filter(programme=programme).values_list("starts_on", "ends_on", "percent")
    )
    for year in period.years:
        of_year = Period.of_year(year)
        percent = _staffing(rows, of_year)
        if percent is None:
            result.unknown.add((STAFFING.code, of_year, ()))
        else:
            result.add(STAFFING.code, of_year, percent)
    return result


def _staffing(rows, year):
    """Percent of full time over the days of `year`; None if a day is without a row."""
    days = set(days_in(year.start, year.end))
    covered, weighted = set(), 0
    for starts_on, ends_on, percent in rows:
        own = days.intersection(days_in(starts_on, min(ends_on or year.end, year.end)))
        covered |= own
        weighted += percent * len(own)
    return weighted / len(days) if covered == days else None
