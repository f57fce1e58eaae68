"""How far hidden numbers may move: the question protection asks, answered by a solver.

A *move* changes hidden numbers and keeps to every relation: the numbers after it are as possible as
the true ones. A hidden number is safe if moves lead to two values of it that differ by at least the
threshold. Moves are of whole numbers, so what is found safe is safe from whoever knows that persons
are whole; each number is moved by `REACH` thresholds at most, which finds fewer moves, never more.

What the solver does not answer counts as not safe.
"""

import logging
from dataclasses import dataclass

logger = logging.getLogger(__name__)

REACH = 2
# The smallest move is looked for: it stays possible when other numbers are shown. The weight is so
# light that it never outweighs one step of the number asked about.
LIGHT = 1e-3
NEARLY = 1e-6
# So much for one question, counted and not timed, so that a busy machine decides no other way.
STEPS, QUESTIONS = 100_000, 100


@dataclass(frozen=True)
class Relation:
    """Something true of the numbers: `low` ≤ the sum of coefficient × change ≤ `high`."""

    coefficients: dict
    low: float
    high: float


@dataclass(frozen=True)
class Presence:
    """Where one number (of placements) is 1 or more, the other (of persons) is so too."""

    of: int
    needs: int


class Unanswered(Exception):
    """The solver gave no answer that can be relied on."""


class Ranges:
    """The hidden numbers of one decision, with the moves found so far.

    `cells` are those that are hidden so far, `numbers` the true values of all, `relations` and
    `presences` what holds among them: shown numbers do not move.
    """

    def __init__(self, cells, numbers, relations, presences, threshold):
        import highspy  # takes a quarter of a second: only where there is something to protect
        import numpy

        self.highspy, self.np = highspy, numpy
        self.threshold, self.reach = threshold, REACH * threshold
        self.cells = list(cells)
        self.index = {cell: n for n, cell in enumerate(self.cells)}
        self.values = numpy.array([numbers[cell] for cell in self.cells], dtype=int)
        self.presences, in_step = [], []
        self.gain = numpy.full(len(self.cells), self.reach)
        self.loss = numpy.minimum(self.values, self.reach)
        for presence in presences:
            of, needs = self.index.get(presence.of), self.index.get(presence.needs)
            if None not in (of, needs) and numbers[presence.of]:
                self.presences.append((of, needs))
            elif None not in (of, needs):
                in_step.append(Relation({presence.of: 1, presence.needs: -1}, 0, 0))
            elif needs is not None and numbers[presence.of]:
                self.loss[needs] = min(self.values[needs] - 1, self.reach)
            elif of is not None and not numbers[presence.needs]:
                self.gain[of] = 0
        self.rows = self._rows([*relations, *in_step])
        self.sums = self._sums()
        self.shown = numpy.zeros(len(self.cells), dtype=bool)
        self.moves = numpy.zeros((0, len(self.cells)), dtype=int)
        self.suspect = None
        self.most = self._most(self.shown)
        self.model = self._model()
        self._begin(self.shown)

    # The question

    def show(self, cells, beside=()):
        """Show `cells` if every number still hidden stays safe; return what is shown, nothing if not.

        What they would tell too much of is shown with them, where it is one of `beside`.
        """
        tried = self.shown.copy()
        tried[[self.index[cell] for cell in cells]] = True
        beside = {self.index[cell] for cell in beside}
        while (weak := self._weak(tried)) is not None:
            if weak not in beside:
                self.suspect = weak
                return []
            tried[weak] = True
        shown = [self.cells[n] for n in self.np.flatnonzero(tried & ~self.shown)]
        self.shown = tried
        self.moves = self.moves[~self.moves[:, tried].any(axis=1)]
        return shown

    def tell(self, cells):
        """Show those of `cells` that everybody can work out: it tells nobody anything new. Return them.

        Others that are not safe although all are hidden are returned too, and not shown yet.
        """
        self._begin(self.shown)
        weak = [cell for cell in cells if not self._is_safe(self.index[cell])]
        told = [c for c in weak if self.up[self.index[c]] == self.down[self.index[c]] == 0]
        told = [cell for cell in told if self._is_certain(self.index[cell])]
        self.shown[[self.index[cell] for cell in told]] = True
        return told, [cell for cell in weak if cell not in told]

    def _is_certain(self, n):
        """Whether a number cannot be another one, also by the solver's own answer."""
        columns = [2 * n, 2 * n + 1]
        try:
            for sign in (1, -1):
                self.model.changeColsCost(2, columns, [LIGHT - sign, LIGHT + sign])
                move = self._solution()
                if move is None or abs(move[n]) > NEARLY:
                    return False
        except Unanswered:
            return False
        finally:
            self.model.changeColsCost(2, columns, [LIGHT, LIGHT])
        return True

    # The answer

    def _weak(self, shown):
        """A hidden number that is not safe when `shown` are shown; None if all are."""
        told = self.np.flatnonzero(self._told(shown))
        if len(told):
            return int(told[0])
        self._begin(shown)
        first = [] if self.suspect is None else [self.suspect]
        for n in [*first, *self.np.flatnonzero(self.hidden)]:
            if self.hidden[n] and not self._is_safe(n):
                return int(n)
        return None

    def _told(self, shown):
        """The hidden parts that a sum alone tells too much of: no need to ask the solver."""
        hidden = self.sums * ~shown
        parts = abs(hidden)
        one_sided = abs(hidden.sum(axis=1)) == parts.sum(axis=1)
        told = (parts.sum(axis=1) == 1) | (parts @ self.values < self.threshold)
        return parts[one_sided & told].any(axis=0)

    def _begin(self, shown):
        """Ask from now on as if `shown` did not move; moves found before serve where they still can."""
        self.hidden = ~shown
        self.most = self._most(shown)
        self.bounds = [(0, high) for high in self.most]
        count = len(self.most)
        columns = self.np.arange(count, dtype=self.np.int32)
        self.model.changeColsBounds(count, columns, self.np.zeros(count), self.most)
        possible = self.moves[~self.moves[:, shown].any(axis=1)]
        self.up, self.down = possible.max(axis=0, initial=0), possible.min(axis=0, initial=0)

    def _is_safe(self, n):
        """Whether a number can be moved so far, by moves found before or by new ones."""
        try:
            for sign in (1, -1):
                if self.up[n] - self.down[n] < self.threshold:
                    self._find(n, sign)
        except Unanswered as why:
            logger.warning("disclosure control: %s; more is hidden", why)
        return bool(self.up[n] - self.down[n] >= self.threshold)

    def _find(self, n, sign):
        """Find the move that takes a number farthest up (1) or down (-1)."""
        self.questions = 0
        self.model.changeColsCost(2, [2 * n, 2 * n + 1], [LIGHT - sign, LIGHT + sign])
        try:
            self._try_usual(n, sign)
            self._search(n, sign)
        finally:
            self.model.changeColsCost(2, [2 * n, 2 * n + 1], [LIGHT, LIGHT])

    def _try_usual(self, n, sign):
        """Find a move, often the farthest, that leaves somebody wherever somebody is."""
        bounded = []
        move = self._solution()
        while move is not None and (alone := self._left_alone(move)):
            for _of, needs in alone:
                self._bound(2 * needs + 1, 0, self._leaving_one(needs))
                bounded.append(2 * needs + 1)
            move = self._solution()
        if move is not None:
            self._keep(move)
        for column in bounded:
            self._bound(column, 0, self.most[column])

    def _search(self, n, sign):
        """Keep a move that is farther than those found, if the bounds as they stand allow one.

        Where a move leaves placements without a person, it is looked for among those that keep a
        person there and among those that take the placements away.
        """
        if self.up[n] - self.down[n] >= self.threshold:
            return
        self.questions += 1
        if self.questions > QUESTIONS:
            return
        move = self._solution()
        found = self.up[n] if sign > 0 else -self.down[n]
        if move is None or sign * move[n] < found + 1 - NEARLY:
            return
        alone = self._left_alone(move)
        if not alone:
            self._keep(move)
            return
        of, needs = alone[0]
        there = 2 * needs + 1, 0, self._leaving_one(needs)
        away = 2 * of + 1, self.values[of], self.values[of]
        for column, low, high in (there, away):
            if high <= self.most[column]:
                before = self.bounds[column]
                self._bound(column, low, high)
                self._search(n, sign)
                self._bound(column, *before)

    def _leaving_one(self, needs):
        return min(self.most[2 * needs + 1], self.values[needs] - 1)

    def _left_alone(self, move):
        """Where a move leaves placements without a person."""
        after = self.values + move
        return [
            (of, needs)
            for of, needs in self.presences
            if after[of] > NEARLY and after[needs] < 1 - NEARLY
        ]

    def _keep(self, move):
        whole = self.np.rint(move).astype(int)
        if abs(move - whole).max() < NEARLY and not self._left_alone(whole):
            self.moves = self.np.vstack([self.moves, whole])
            self.up = self.np.maximum(self.up, whole)
            self.down = self.np.minimum(self.down, whole)

    # The solver

    def _rows(self, relations):
        """The relations as the solver wants them: shown numbers do not move."""
        rows = []
        for relation in relations:
            own = {
                self.index[cell]: factor
                for cell, factor in relation.coefficients.items()
                if cell in self.index
            }
            if own:
                rows.append((own, relation.low, relation.high))
        return rows

    def _sums(self):
        """The sums among the relations: what is added up, and what to."""
        sums = [own for own, low, high in self.rows if low == high]
        matrix = self.np.zeros((len(sums), len(self.cells)), dtype=int)
        for row, own in zip(matrix, sums, strict=True):
            row[list(own)] = list(own.values())
        return matrix

    def _model(self):
        """A linear program in the changes: what each number gains and loses, as lightly as can be."""
        np, rows = self.np, self.rows
        count = 2 * len(self.cells)
        starts, indices, factors = [0], [], []
        for own, _low, _high in rows:
            for n, factor in own.items():
                indices += [2 * n, 2 * n + 1]
                factors += [factor, -factor]
            starts.append(len(indices))
        lp = self.highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, len(rows)
        lp.col_cost_ = np.full(count, LIGHT)
        lp.col_lower_, lp.col_upper_ = np.zeros(count), self.most
        lp.row_lower_ = np.array([low for _own, low, _high in rows], dtype=float)
        lp.row_upper_ = np.array([high for _own, _low, high in rows], dtype=float)
        lp.a_matrix_.format_ = self.highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array(starts), np.array(indices)
        lp.a_matrix_.value_ = np.array(factors, dtype=float)
        model = self._silent_solver()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
            "presolve": "off",
            "simplex_iteration_limit": STEPS,
        }.items():
            model.setOptionValue(option, value)
        model.passModel(lp)
        return model

    def _silent_solver(self):
        """A solver that prints nothing: enabling its callbacks prints a banner among a command's rows."""

        class Silent(self.highspy.Highs):
            def enableCallbacks(self):
                """None are used."""

        return Silent()

    def _most(self, shown):
        """How much each number may gain and lose: nothing where it is shown."""
        gain, loss = self.np.where(shown, 0, self.gain), self.np.where(shown, 0, self.loss)
        for of, needs in self.presences:
            if shown[of]:
                loss[needs] = min(loss[needs], self.values[needs] - 1)
        return self.np.column_stack([gain, loss]).ravel().astype(float)

    def _bound(self, column, low, high):
        self.bounds[column] = low, high
        self.model.changeColBounds(column, low, high)

    def _solution(self):
        """The lightest of the moves that take the number asked about farthest; None if there is none."""
        self.model.run()
        status = self.model.getModelStatus()
        if status == self.highspy.HighsModelStatus.kInfeasible:
            return None
        if status != self.highspy.HighsModelStatus.kOptimal:
            raise Unanswered(f"the solver says {status}")
        values = self.np.array(self.model.getSolution().col_value)
        return values[0::2] - values[1::2]
