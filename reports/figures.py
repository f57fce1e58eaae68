"""The figures service: every figure of a programme and period, for one view, as one set of objects.

Screens, record lists, documents, exports and the command line all show what `figures` returns.
Nothing is stored. The order of things is: count the records (the apps), look at completeness and
let printed values stand in where a person said so, sum the years, and protect; rendering comes after.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import product

import enterprises.figures
import placements.figures
from placements.figures import GRANTED, USED, UTILISATION
from programmes.figures import (
    Indicator,
    Kind,
    Levels,
    Tally,
    breakdown,
    breakdown_code,
    parse_breakdown,
    share,
)
from programmes.models import Completeness
from programmes.periods import Period

from .disclosure import protect, protect_answered, shown_periods
from .indicators import INDICATORS, SOURCES, Words
from .models import PublishedFigure

Level = Completeness.Level


class View(StrEnum):
    """Who looks: those who see everything, or everybody else."""

    FULL = "full"
    PROTECTED = "protected"


class Basis(StrEnum):
    """What a value stands on."""

    RECORDS = "records"
    PUBLISHED = "published"
    MIXED = "mixed"
    MISSING = "missing"
    PROTECTED = "protected"


@dataclass(frozen=True)
class Printed:
    """A value somebody printed; `unit` only where it is another than the indicator's."""

    value: Decimal
    approximate: bool
    unit: str
    is_main: bool
    stands_in: bool
    source: str
    place: str
    explanation: str
    pk: int


@dataclass(frozen=True)
class Figure:
    """One value: of an indicator, a part of it or its total, and a year or a period.

    `value` is a whole number, a share, or None where it is unknown or protected. `known` of
    `years` years are in it. `incomplete` says that records of a year in it are only partial.
    """

    indicator: Indicator
    key: tuple
    period: Period
    value: float = None
    basis: Basis = Basis.MISSING
    printed: tuple = ()
    incomplete: bool = False
    known: int = 0
    years: int = 1

    @property
    def unit(self):
        return self.indicator.unit

    @property
    def breakdown(self):
        return breakdown_code(self.key)

    @property
    def main(self):
        """The printed value to compare with, if there is one."""
        return next((p for p in self.printed if p.is_main and not p.unit), None)

    @property
    def published(self):
        return plain(self.main.value) if self.main else None

    @property
    def difference(self):
        """The value minus the printed one; None where either is unknown."""
        if self.value is None or self.main is None:
            return None
        return plain(Decimal(str(self.value)) - self.main.value)

    @property
    def is_protected(self):
        return self.basis == Basis.PROTECTED

    @property
    def is_applicable(self):
        """False where the programme has nothing to record: the value is "–", not missing."""
        return self.years > 0

    def hidden(self):
        """The same cell with everything it could give away taken out."""
        return replace(
            self, value=None, basis=Basis.PROTECTED, printed=(), incomplete=False, known=0
        )


def plain(value):
    """A decimal as the plainest number: 1257.0000 as 1257."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


@dataclass(frozen=True)
class FigureSet:
    """All figures of a programme and period in one view, as known on `today`, in the contract's order.

    `checked` holds what printed values are compared with that are no figures of their own;
    `unknown` names the parts that records cannot tell, by (indicator, period, breakdown);
    `answered` how many enterprises answered each year's census, by (year, breakdown by place).
    """

    programme: object
    period: Period
    view: View
    today: date
    figures: dict = field(repr=False)
    words: Words = field(repr=False)
    checked: dict = field(repr=False, default_factory=dict)
    unknown: frozenset = field(repr=False, default=frozenset())
    answered: dict = field(repr=False, default_factory=dict)

    def __iter__(self):
        return iter(self.figures.values())

    def get(self, code, period=None, **dimensions):
        """The figure, or one without value if there is no such part."""
        span = Period.of_year(period) if isinstance(period, int) else period or self.period
        key = breakdown(**dimensions)
        found = self.figures.get((code, span, key)) or self.checked.get((code, span, key))
        return found or self._absent(INDICATORS[code], span, key)

    def _absent(self, indicator, span, key):
        """A part without a row is 0 where the total is known from complete records, else unknown.

        A combination that is never counted is not known at all, nor is a part that nobody answered
        for or whose events nobody counted. Of what is protected nothing is told that has no row,
        not even that it is 0.
        """
        total = self.figures.get((indicator.code, span, ()))
        if total is None:
            return Figure(indicator, key, span)
        if total.is_protected or (indicator.protected and self.view == View.PROTECTED):
            return replace(total, key=key).hidden()
        recorded = total.basis == Basis.RECORDS and not total.incomplete
        known = recorded and self._is_counted(indicator, span, key)
        return replace(
            total,
            key=key,
            value=0 if known else None,
            basis=Basis.RECORDS if known else Basis.MISSING,
            incomplete=False,
            printed=(),
        )

    def _is_counted(self, indicator, span, key):
        names = tuple(name for name, _value in key)
        pairs = indicator.pairs + indicator.full_pairs
        if indicator.by_answers or (len(key) > 1 and names not in pairs):
            return False
        spans = [span, *map(Period.of_year, span.years)]
        return not any((indicator.code, each, key) in self.unknown for each in spans)

    def tells_notes_on(self, area):
        """Whether the notes on an area's records are told: one on placements may tell what is protected."""
        return self.view == View.FULL or area != Completeness.Area.PLACEMENTS

    def series(self, code, **dimensions):
        """The figure of each year."""
        return [self.get(code, year, **dimensions) for year in self.period.years]

    def parts(self, code, dimension, period=None):
        """The parts of a figure by one dimension, as (value of the dimension, figure)."""
        span = Period.of_year(period) if isinstance(period, int) else period or self.period
        return [
            (figure.key[0][1], figure)
            for (indicator, its_span, key), figure in self.figures.items()
            if indicator == code and its_span == span and len(key) == 1 and key[0][0] == dimension
        ]

    def values(self, code, dimension):
        """The values of a dimension that have a part in any year or the period, in order."""
        found = {
            key[0][1]: None
            for (indicator, _span, key) in self.figures
            if indicator == code and len(key) == 1 and key[0][0] == dimension
        }
        return list(found)


def figures(programme, period, view, *, today, initiative=None):
    """Every figure of `programme` in `period` (whole years), as `view` may see it.

    `today` decides whether a period has ended, which protection asks for, and a placement. With an `initiative`
    only what belongs to it is counted. The number of queries does not depend on the data.
    """
    view = View(view)
    words = Words(programme)
    counted = Tally()
    shown = shown_periods(programme, today) if view == View.PROTECTED and not initiative else ()
    levels = Levels(programme, _spanning([period, *shown]))
    for source in SOURCES:
        more = {"others": shown, "today": today} if source is placements.figures else {}
        counted.merge(source.tally(programme, period, levels, initiative, **more))
    printed = _printed(programme, initiative)
    found, checked = {}, {}
    for indicator in INDICATORS.values():
        if initiative and not indicator.by_initiative:
            continue
        assembly = _SharesAssembly if indicator is UTILISATION else _Assembly
        assembled = assembly(indicator, period, view, counted, levels, printed, words, found)
        found.update(assembled.figures())
        checked.update(assembled.checked())
    answered = enterprises.figures.answered(counted)
    if view == View.PROTECTED:
        of_persons = _of_persons(shown, counted, levels, printed, words)
        found = protect(found, counted, programme, shown, of_persons, today=today)
        answered = protect_answered(answered, found)
    unknown = frozenset(counted.unknown)
    return FigureSet(programme, period, view, today, found, words, checked, unknown, answered)


def _spanning(periods):
    """The years from the first to the last of several periods."""
    return Period(min(p.first for p in periods), max(p.last for p in periods))


def _of_persons(shown, counted, levels, printed, words):
    """The counts of single persons in each of the periods ever shown, whatever years a page asks for.

    By (indicator, period, breakdown); None where it is unknown.
    """
    numbers = {}
    for indicator in INDICATORS.values():
        if not indicator.protected or indicator is UTILISATION:
            continue
        for period in {_spanning(shown), *shown} if shown else ():
            if period.is_year and len(shown) > 1:
                continue
            assembly = _Assembly(
                indicator, period, View.PROTECTED, counted, levels, printed, words, {}
            )
            for place, figure in assembly.figures().items():
                if figure.period in shown:
                    numbers[place] = assembly.number(figure)
    return numbers


def _printed(programme, initiative):
    """Printed values by (indicator, breakdown, period)."""
    rows = PublishedFigure.objects.filter(programme=programme, initiative=initiative)
    printed = {}
    for row in rows.order_by("-is_main", "pk"):
        key = row.indicator, parse_breakdown(row.breakdown), row.period
        printed.setdefault(key, []).append(
            Printed(
                value=row.value,
                approximate=row.approximate,
                unit=row.unit,
                is_main=row.is_main,
                stands_in=row.stands_in,
                source=row.source,
                place=row.place,
                explanation=row.explanation,
                pk=row.pk,
            )
        )
    return printed


@dataclass
class _Assembly:
    """One indicator's figures: each year from records or stand-ins, then the period.

    `earlier` are the figures of the indicators before it.
    """

    indicator: Indicator
    period: Period
    view: View
    counted: Tally
    levels: Levels
    printed: dict
    words: Words
    earlier: dict

    def __post_init__(self):
        self.years = [Period.of_year(year) for year in self.period.years]
        self.stand_ins = {span: self.standing_in(span) for span in self.years}

    def figures(self):
        code = self.indicator.code
        result = {
            (code, span, key): self.of_year(span, key)
            for span in self.years
            for key in self.keys([span])
        }
        if not self.period.is_year and self.indicator.kind != Kind.STOCK:
            for key in self.keys([*self.years, self.period]):
                result[code, self.period, key] = self.of_period(key)
        return result

    def checked(self):
        """Pairs that somebody printed and that are counted for that comparison alone."""
        result = {}
        if self.view != View.FULL:
            return result
        for code, key, span in self.printed:
            names = tuple(name for name, _value in key)
            if code != self.indicator.code or names not in self.indicator.checked_pairs:
                continue
            if span in self.years:
                result[code, span, key] = self.of_year(span, key)
            elif span == self.period:
                result[code, span, key] = self.of_period(key)
        return result

    # Rows

    def keys(self, spans):
        """The total, each value of each dimension in any of `spans`, and the pairs."""
        indicator = self.indicator
        yield ()
        values = {d.name: self.values(d, spans) for d in indicator.dimensions}
        for name, found in values.items():
            for value in found:
                yield breakdown(**{name: value})
        pairs = indicator.pairs + (indicator.full_pairs if self.view == View.FULL else ())
        for names in pairs:
            for combination in product(*(values[name] for name in names)):
                yield breakdown(**dict(zip(names, combination, strict=True)))

    def values(self, dimension, spans):
        """All values of a closed dimension; those that occur of an open one, sorted."""
        if dimension.name == "subregion":
            return list(self.words.subregions)
        if dimension.values:
            return list(dimension.values)
        code, found = self.indicator.code, set()
        if self.indicator.protected and self.view == View.PROTECTED:
            found |= self.counted.possible[code, dimension.name]
            if any(self.stand_ins.values()):  # nor does what somebody printed
                found |= self.words.municipalities.keys()
        for span in spans:
            if self.stand_ins.get(span):
                found |= _printed_parts(self.stand_ins[span], dimension).keys()
            elif self.level(span) in Levels.KEPT:
                found |= self.counted.values(code, span, dimension.name)
        return sorted(found)

    # Years

    def level(self, span):
        """How complete the records of a year are; a period is asked for by its years."""
        return self.levels.of(span.first, self.indicator.area) if span.is_year else Level.COMPLETE

    def standing_in(self, span):
        """Printed values that stand in for the records of a year, by breakdown."""
        if self.level(span) not in (Level.PARTIAL, Level.NONE):
            return {}
        return {
            key: plain(row.value)
            for (code, key, of), rows in self.printed.items()
            for row in rows
            if code == self.indicator.code and of == span and row.stands_in
        }

    def of_year(self, span, key):
        level = self.level(span)
        figure = Figure(
            self.indicator,
            key,
            span,
            printed=self.prints(span, key),
            years=0 if level == Level.NOT_APPLICABLE else 1,
        )
        if self.stand_ins[span]:
            value, basis = self.stand_in(span, key), Basis.PUBLISHED
        elif level not in Levels.KEPT or self.nothing_recorded(span):
            return figure
        else:
            value, basis = self.count(span, key), Basis.RECORDS
        if value is None:
            return figure
        partly = basis == Basis.RECORDS and level == Level.PARTIAL
        return replace(figure, value=value, basis=basis, known=1, incomplete=partly)

    def stand_in(self, span, key):
        """A part's printed value; a total is the sum of its printed parts where they are printed."""
        printed = self.stand_ins[span]
        for dimension in self.indicator.dimensions if not key else ():
            if parts := _printed_parts(printed, dimension):
                return sum(parts.values())
        return printed.get(key)

    def nothing_recorded(self, span):
        """Where records of an area are only partial, none at all tells nothing: it is not 0."""
        return self.level(span) == Level.PARTIAL and not any(
            self.counted.numbers.get((indicator.code, span))
            for indicator in INDICATORS.values()
            if indicator.area == self.indicator.area
        )

    def count(self, span, key):
        partly = bool(key) and self.level(span) == Level.PARTIAL
        absent = None if partly or self.indicator.by_answers else 0
        return self.counted.number(self.indicator.code, span, key, absent)

    def prints(self, span, key):
        return tuple(self.printed.get((self.indicator.code, key, span), ()))

    # Periods

    def of_period(self, key):
        """A sum of the years known, or what is counted anew; how many years it knows, and on what basis."""
        # What is counted anew counts in every year kept, also one in which this part has no record.
        anew = self.indicator.kind == Kind.DISTINCT
        own = [self.of_year(span, () if anew else key) for span in self.years]
        applicable = [figure for figure in own if figure.is_applicable]
        known = [figure for figure in applicable if figure.value is not None]
        if not known:
            value = None
        elif anew:
            value = self.counted_anew(key)
        else:
            value = sum(figure.value for figure in known)
        figure = Figure(
            self.indicator,
            key,
            self.period,
            value=value,
            basis=_basis(known) if value is not None else Basis.MISSING,
            printed=self.prints(self.period, key),
            known=len(known),
            years=len(applicable),
            incomplete=any(figure.incomplete for figure in known),
        )
        return self.without_traces(figure)

    def without_traces(self, figure):
        """A period's figure as the protected view has it: its reservations tell nothing of a year's part.

        Which years are known, and on what basis, is then what is stated of the years, not what the
        records of the part say.
        """
        if self.view == View.FULL or not self.indicator.protected or figure.value is None:
            return figure
        bases = {
            span: Basis.PUBLISHED if self.stand_ins[span] else Basis.RECORDS
            for span in self.years
            if self.stand_ins[span] or self.level(span) in Levels.KEPT
        }
        return replace(
            figure,
            known=len(bases),
            basis=figure.basis if len({*bases.values()}) == 1 else Basis.MIXED,
            incomplete=any(
                basis == Basis.RECORDS and self.level(span) == Level.PARTIAL
                for span, basis in bases.items()
            ),
        )

    def number(self, figure):
        """The whole number behind a figure: 0 also where partial records have none, None if unknown."""
        if figure.value is not None:
            return int(figure.value)
        spans = [Period.of_year(year) for year in figure.period.years]
        if self.indicator.kind == Kind.DISTINCT and any(self.stand_ins[span] for span in spans):
            return None
        kept = (not self.stand_ins[s] and self.level(s) in Levels.KEPT for s in spans)
        return 0 if any(kept) else None

    def counted_anew(self, key):
        """From the records of the years kept; a stand-in of a year cannot tell who came back."""
        return None if any(self.stand_ins.values()) else self.count(self.period, key)


class _SharesAssembly(_Assembly):
    """Places used as a share of those granted: of the years that know both, on the same basis."""

    def of_year(self, span, key):
        figure = super().of_year(span, key)
        if self.stand_ins[span]:
            return figure
        return replace(self.divided(figure, [span], key), years=figure.years)

    def of_period(self, key):
        return self.without_traces(self.divided(super().of_period(key), self.years, key))

    def divided(self, figure, years, key):
        pairs = [(self.part(USED, span, key), self.part(GRANTED, span, key)) for span in years]
        pairs = [
            (used, granted)
            for used, granted in pairs
            if None not in (used.value, granted.value) and used.basis == granted.basis
        ]
        value = share(sum(u.value for u, _g in pairs), sum(g.value for _u, g in pairs))
        both = [part for pair in pairs for part in pair]
        return replace(
            figure,
            value=value,
            basis=_basis(both) if value is not None else Basis.MISSING,
            known=len(pairs),
            incomplete=any(part.incomplete for part in both),
        )

    def part(self, indicator, span, key):
        """A part without a row is 0 where the total is known from records."""
        if found := self.earlier.get((indicator.code, span, key)):
            return found
        total = self.earlier[indicator.code, span, ()]
        return replace(total, key=key, value=0 if total.basis == Basis.RECORDS else None)


def _printed_parts(stand_ins, dimension):
    """The values that stand in for the parts by one dimension."""
    return {
        key[0][1]: value
        for key, value in stand_ins.items()
        if len(key) == 1 and key[0][0] == dimension.name
    }


def _basis(figures):
    """What figures stand on together."""
    bases = {figure.basis for figure in figures}
    return bases.pop() if len(bases) == 1 else Basis.MIXED
