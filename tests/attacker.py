"""An outsider with a solver: what can be worked out from a protected release.

Written from the rule (docs/disclosure.md) and not from the code that protects: it shares no line with
`reports.disclosure`. It is told the true numbers only to know which relations are true, since
whoever guesses one of these is right.
"""

from math import ceil, floor

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp

STARTED, PERSONS, OUTCOMES, USED = (
    "placements.started",
    "placements.persons",
    "outcomes",
    "grants.used",
)
MANY = 500  # nobody thinks of so many more than there are


class Attacker:
    """Knows `numbers` where they are in `shown`, all by place, and `old`: numbers that were shown once."""

    def __init__(self, numbers, shown, old=None, ungranted=()):
        self.numbers, self.shown = dict(numbers), {*shown, *ungranted}
        for place, number in (old or {}).items():
            if numbers[place] != number:  # the use of a year's grants has grown since
                self.numbers[(*place, "old")] = number
                self.shown.add((*place, "old"))
            else:
                self.shown.add(place)
        self.places = [place for place in self.numbers if place not in self.shown]
        self.index = {place: n for n, place in enumerate(self.places)}
        self.rows, self.low, self.high = [], [], []
        self.left = []
        self.keys = {}
        self.most = max(numbers.values()) + MANY
        for place in numbers:
            self.keys.setdefault(place[:2], []).append(place[2])
        self._relations()
        self.matrix = self._matrix()
        self.least = np.zeros(len(self.places))
        for code, span, key in [p for p in self.places if p[0] == PERSONS and len(p) == 3]:
            if (STARTED, span, key) in self.shown and self._somebody(span, key):
                self.least[self.index[code, span, key]] = 1

    def ranges(self, enough, whole=False, only=None):
        """How far the possible values of each hidden place lie apart; no closer look where `enough`."""
        values = np.array([self.numbers[place] for place in self.places], dtype=float)
        least, greatest = values.copy(), values.copy()
        for n, place in enumerate(self.places):
            if only is not None and place not in only:
                continue
            for sign in (-1, 1):
                if floor(greatest[n] + 1e-6) - ceil(least[n] - 1e-6) >= enough:
                    continue
                found = self._extreme(n, sign, whole)
                least, greatest = np.minimum(least, found), np.maximum(greatest, found)
        ends = zip(greatest + 1e-6, least - 1e-6, strict=True)
        return {
            place: floor(most) - ceil(fewest)
            for place, (most, fewest) in zip(self.places, ends, strict=True)
            if only is None or place in only
        }

    def few_left(self, threshold):
        """Where two shown numbers tell that fewer persons than the threshold have no outcome yet."""
        left = {
            (span, key): self.numbers[PERSONS, span, key] - self.numbers[OUTCOMES, span, key]
            for span, key in self.left
            if {(PERSONS, span, key), (OUTCOMES, span, key)} <= self.shown
        }
        return {place: number for place, number in left.items() if 1 <= number < threshold}

    def _extreme(self, n, sign, whole):
        aim = np.zeros(len(self.places))
        aim[n] = -sign
        if whole:
            found = milp(
                aim,
                constraints=LinearConstraint(self.matrix, self.low, self.high),
                integrality=np.ones(len(aim)),
                bounds=(self.least, np.full(len(aim), self.most)),
            )
        else:
            low, high = np.array(self.low), np.array(self.high)
            same = low == high
            above, below = ~same & np.isfinite(high), ~same & np.isfinite(low)
            found = linprog(
                aim,
                A_eq=self.matrix[same],
                b_eq=high[same],
                A_ub=np.vstack([self.matrix[above], -self.matrix[below]]),
                b_ub=np.concatenate([high[above], -low[below]]),
                bounds=np.column_stack([self.least, np.full(len(aim), self.most)]),
            )
        assert found.status == 0, found.message
        return found.x

    # What is true

    def _relations(self):
        years = sorted({span for _code, span in self.keys if span.is_year})
        for code, span in self.keys:
            for dimension in ("sex", "municipality", "result"):
                parts = [
                    (code, span, key)
                    for key in self.keys[code, span]
                    if key and key[0][0] == dimension
                ]
                if parts:
                    self._same([(code, span, ())], parts)
        for code, span in self.keys:
            if not span.is_year:
                own = [year for year in years if year.first in span]
                for key in self.keys[code, span]:
                    self._period(code, span, key, [(code, year, key) for year in own])
        for code, span in self.keys:
            for key in self.keys[code, span]:
                if code == PERSONS:
                    self._at_most([(PERSONS, span, key)], [(STARTED, span, key)])
                    if self._somebody(span, key):
                        self._at_most([(STARTED, span, key)], [(PERSONS, span, key)] * self.most)
                if code == OUTCOMES and (not key or key[0][0] != "result"):
                    self._at_most([(OUTCOMES, span, key)], [(PERSONS, span, key)])
                    self.left.append((span, key))
        for last in years:
            so_far = [year for year in years if year <= last]
            for key in self.keys[USED, last]:
                self._at_most([(STARTED, y, key) for y in so_far], [(USED, y, key) for y in so_far])
        for place in [p for p in self.numbers if len(p) == 4]:
            self._at_most([place], [place[:3]])

    def _period(self, code, span, key, of_years):
        if code in (STARTED, USED):
            self._same([(code, span, key)], of_years)
        if code == USED and self._sum([(USED, span, key)]) == self._sum([(STARTED, span, key)]):
            self._same([(USED, span, key)], [(STARTED, span, key)])
        if code == OUTCOMES and (not key or key[0][0] != "municipality"):
            self._at_most([(code, span, key)], of_years)
            for of_year in of_years:
                self._at_most([of_year], [(code, span, key)])
        if code == PERSONS:
            self._at_most([(code, span, key)], of_years)
            for of_year in of_years if not key or key[0][0] == "sex" else of_years[-1:]:
                self._at_most([of_year], [(code, span, key)])

    def _somebody(self, span, key):
        return self.numbers[STARTED, span, key] >= 1 and self.numbers[PERSONS, span, key] >= 1

    def _sum(self, places):
        return sum(self.numbers[place] for place in places)

    def _same(self, some, others):
        assert self._sum(some) == self._sum(others), (some, others)
        self._row(some, others, 0)

    def _at_most(self, some, others):
        if self._sum(some) <= self._sum(others):
            self._row(some, others, -np.inf)

    def _row(self, some, others, low):
        row, known = {}, 0
        for places, sign in ((some, 1), (others, -1)):
            for place in places:
                if place in self.shown:
                    known += sign * self.numbers[place]
                else:
                    row[self.index[place]] = row.get(self.index[place], 0) + sign
        if row:
            self.rows.append(row)
            self.low.append(low - known)
            self.high.append(-known)

    def _matrix(self):
        matrix = np.zeros((len(self.rows), len(self.places)))
        for n, row in enumerate(self.rows):
            matrix[n, list(row)] = list(row.values())
        return matrix


def reference(numbers, threshold, ungranted=()):
    """The plain way: hide the smallest shown number of each line through what is not safe, until all is."""
    lines = {}
    for code, span, key in numbers:
        dimensions = [key[0][0]] if key else ["sex", "municipality", "result"]
        own = [(code, span, dimension) for dimension in dimensions]
        if code in (STARTED, USED):
            own.append((code, key))
        for line in own:
            lines.setdefault(line, []).append((code, span, key))
    through = {}
    for line in lines.values():
        for place in line:
            through.setdefault(place, []).append(line)
    hidden = {place for place, number in numbers.items() if 1 <= number < threshold}
    weak = sorted(hidden)
    while weak:
        for place in weak:
            for line in through[place]:
                shown = [p for p in line if p not in hidden and p not in ungranted]
                if shown:
                    hidden.add(min(shown, key=lambda p: (numbers[p], p)))
        ranges = Attacker(numbers, {*numbers} - hidden, ungranted=ungranted).ranges(threshold)
        weak = sorted(place for place, width in ranges.items() if width < threshold)
        if all(p in hidden for place in weak for line in through[place] for p in line):
            break
    return hidden
