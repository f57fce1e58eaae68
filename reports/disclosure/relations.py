"""The protected cells release by release, and everything that is true of their numbers.

Whoever looks is taken to know each relation below that holds in the data: those that follow from the
definitions (`placements/figures.py`) and those that an outsider may guess, for a guess that is right
tells as much. A relation is about changes: how numbers may move together and stay possible.

A cell is (indicator, period, breakdown, release). A number keeps its cell from release to release;
the use of a year's grants gets a new one when a later year's placements have changed it, for then
last year's number and this year's are both known.
"""

from collections import Counter, defaultdict
from math import inf

from placements.figures import OUTCOMES, PERSONS, STARTED, USED
from programmes.periods import Period

from .ranges import Presence, Relation

BEGUN, WHO, RESULT, USE = (one.code for one in (STARTED, PERSONS, OUTCOMES, USED))
COUNTED = (WHO, BEGUN, USE, RESULT)
TOTAL = ()
WITHOUT_OUTCOME = (
    "persons without an outcome"  # in no table, but told by two numbers that are shown
)


class Tables:
    """All cells and relations, built release by release in the order of time."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.numbers = {}  # by cell
        self.relations = []
        self.presences = []
        self.known = set()  # cells everybody can work out from what is open
        self._latest = {}  # the cell that stands for a place now
        self._keys = defaultdict(dict)  # the breakdowns of an indicator and period, in order

    def release(self, span, year):
        """Take in what is new with `span`, as it was at the end of `year`; return the new cells."""
        before = dict(self._latest)
        new = self._new_cells(span, year)
        touched = {(place[0], place[1]) for place in new}
        for code, of in sorted(touched, key=str):
            self._parts_make_totals(code, of)
            if not of.is_year and code in (BEGUN, USE):
                self._years_make_period(code, of)
                self._used_is_begun(of)
        for place in new:
            if place in before:
                self._has_grown(before[place], self._latest[place])
        if span.is_year and (BEGUN, span) in touched:
            self._begun_under_grants(span, before)
        if (WHO, span) in touched:
            self._persons(span)
        return [self._latest[place] for place in new] + self._taken_apart(touched, year)

    def current(self, place):
        """The cell that stands for a place in the latest release, None if there is none."""
        return self._latest.get(place)

    # Cells

    def _new_cells(self, span, year):
        new = []
        for place in self.ledger.numbers:
            code, of, key = place
            if of != span and not (code == USE and (code, of) in self._keys):
                continue
            number = self._number(place, year)
            if place in self._latest and self.numbers[self._latest[place]] == number:
                continue
            cell = (*place, year)
            self._latest[place] = cell
            self._keys[code, of][key] = None
            self.numbers[cell] = number
            if place in self.ledger.ungranted:
                self.known.add(cell)
            new.append(place)
        return new

    def _number(self, place, year):
        """The number at the end of `year`: without what began later."""
        later = sum(
            self.ledger.begun.get((place, after), 0)
            for after in range(year + 1, self.ledger.last + 1)
        )
        return self.ledger.numbers[place] - later - self.ledger.begun.get((place, None), 0)

    def _cell(self, code, span, key=TOTAL):
        return self._latest.get((code, span, key))

    def _cells(self, code, span, *dimensions):
        """The cells of an indicator and period by breakdown; of its total and `dimensions` alone."""
        return {
            key: self._latest[code, span, key]
            for key in self._keys.get((code, span), ())
            if not dimensions or key == TOTAL or key[0][0] in dimensions
        }

    def _taken_apart(self, touched, year):
        """How many persons have no outcome yet: few of them are hidden as if they stood in a table."""
        found = []
        for span in sorted({of for code, of in touched if code == RESULT}, key=str):
            for key, outcomes in self._cells(RESULT, span).items():
                persons = self._cell(WHO, span, key)
                left = self.numbers[persons] - self.numbers[outcomes] if persons else 0
                if 1 <= left < self.ledger.threshold:
                    cell = (WITHOUT_OUTCOME, span, key, year)
                    self.numbers[cell] = left
                    self._equal([persons], [outcomes, cell])
                    found.append(cell)
        return found

    # Relations

    def _at_most(self, less, more, by=0):
        """The sum of `less` and `by` is at most that of `more`, if it is so in the data."""
        room = self._sum(more) - self._sum(less) - by
        if room >= 0:
            self._relate(less, more, -inf, room)

    def _equal(self, one, other):
        """Two sums are equal if they are so in the data; else the smaller is at most the larger."""
        if self._sum(one) == self._sum(other):
            self._relate(one, other, 0, 0)
        else:
            self._at_most(one, other)
            self._at_most(other, one)

    def _relate(self, plus, minus, low, high):
        coefficients = Counter(plus)
        coefficients.subtract(minus)
        own = {cell: factor for cell, factor in coefficients.items() if factor}
        self.relations.append(Relation(own, low, high))

    def _sum(self, cells):
        return sum(self.numbers[cell] for cell in cells)

    def _parts_make_totals(self, code, span):
        """Each table: the parts by one dimension sum to the total."""
        tables = defaultdict(list)
        for key, cell in self._cells(code, span).items():
            if key != TOTAL:
                tables[key[0][0]].append(cell)
        total = self._cell(code, span)
        for parts in tables.values() if total else ():
            self._equal([total], parts)

    def _years_make_period(self, code, period):
        for key, cell in self._cells(code, period).items():
            self._equal([cell], self._of_years(code, period, key))

    def _used_is_begun(self, period):
        for key, used in self._cells(USE, period).items():
            if begun := self._cell(BEGUN, period, key):
                self._equal([begun], [used])

    def _of_years(self, code, period, key):
        cells = (self._cell(code, Period.of_year(year), key) for year in period.years)
        return [cell for cell in cells if cell]

    def _has_grown(self, before, after):
        """Placements began under old grants: everybody sees that the number is another."""
        self._at_most([before], [after], by=1)

    def _begun_under_grants(self, year, before):
        """Placements begun in a year are those under its own grants, and those new under older ones.

        Where that does not hold, at least no more have begun than are under grants so far.
        """
        grown = defaultdict(list)
        for place, cell in self._latest.items():
            if place[0] == USE and place[1].is_year and before.get(place, cell) != cell:
                grown[place[2]].append((before[place], cell))
        for key, started in self._cells(BEGUN, year, "municipality").items():
            used = self._cell(USE, year, key)
            if used is None:
                continue
            begun = [started, *(old for old, _new in grown[key])]
            under = [used, *(new for _old, new in grown[key])]
            self._equal(begun, under)
            if self._sum(begun) != self._sum(under):
                so_far = Period(min(of.first for _code, of in self._keys), year.last)
                self._at_most(self._of_years(BEGUN, so_far, key), self._of_years(USE, so_far, key))

    def _persons(self, span):
        for key, persons in self._cells(WHO, span).items():
            started = self._cell(BEGUN, span, key)
            if started and self.numbers[persons] <= self.numbers[started]:
                self._at_most([persons], [started])
                if self.numbers[started] == 0 or self.numbers[persons] >= 1:
                    self.presences.append(Presence(of=started, needs=persons))
        self._same_throughout(WHO, BEGUN, span)
        for key, persons in self._cells(WHO, span).items():
            if outcomes := self._cell(RESULT, span, key):
                self._at_most([outcomes], [persons])
        self._same_throughout(RESULT, WHO, span)
        if not span.is_year:
            self._persons_of_period(span)
            self._outcomes_of_period(span)

    def _same_throughout(self, one, other, span):
        """Everybody was placed once, or everybody has an outcome: then the tables are the same."""
        pairs = [
            (cell, self._cell(other, span, key))
            for key, cell in self._cells(one, span, "sex", "municipality").items()
            if self._cell(other, span, key)
        ]
        totals = self._cell(one, span), self._cell(other, span)
        if None in totals or self.numbers[totals[0]] != self.numbers[totals[1]]:
            return
        for cell, same in pairs:
            if self.numbers[cell] == self.numbers[same]:
                self._equal([cell], [same])

    def _persons_of_period(self, period):
        """Persons come back: at least those of any year, at most those of all years together.

        A person counts at the place of the latest grant: those of a year at a place who are not among
        the persons of later years count there in the period too.
        """
        for key, cell in self._cells(WHO, period).items():
            self._at_most([cell], self._of_years(WHO, period, key))
            for year in period.years:
                of_year = self._of_years(WHO, Period.of_year(year), key)
                if key == TOTAL or key[0][0] == "sex":
                    self._at_most(of_year, [cell])
                else:
                    later = self._of_years(WHO, Period(year, period.last), TOTAL)[len(of_year) :]
                    self._at_most(of_year, [cell, *later])
        self._years_sum(WHO, period)

    def _outcomes_of_period(self, period):
        """By definition little holds; what an outsider would guess, if it is so in the data, does."""
        for key, cell in self._cells(RESULT, period, "sex", "result").items():
            self._at_most([cell], self._of_years(RESULT, period, key))
            for year in period.years:
                self._at_most(self._of_years(RESULT, Period.of_year(year), key), [cell])
        everybody = [
            self._sum(self._of_years(RESULT, span, TOTAL))
            == self._sum(self._of_years(WHO, span, TOTAL))
            for span in map(Period.of_year, period.years)
        ]
        if all(everybody) or self._sum([self._cell(RESULT, period)]) != self._sum(
            [self._cell(WHO, period)]
        ):
            self._years_sum(RESULT, period)

    def _years_sum(self, code, period):
        """Nobody came back: then the years sum to the period, if they do so everywhere."""
        sums = [(c, self._of_years(code, period, k)) for k, c in self._cells(code, period).items()]
        if all(self.numbers[cell] == self._sum(of_years) for cell, of_years in sums):
            for cell, of_years in sums:
                self._equal([cell], of_years)
