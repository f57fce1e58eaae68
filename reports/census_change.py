"""From last year's census to this year's: which enterprises came and went, and whose answers moved the numbers.

Each list leads from one number to the other: last year's figure and the sum of the steps make this
year's, exactly.
"""

from dataclasses import dataclass
from functools import partial
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.figures import FEWEST_ANSWERS
from enterprises.models import Census, CensusReturn, EnterpriseStatus
from programmes.formats import day

from .charts.words import answers
from .figures import Basis, Figure

Status, State = EnterpriseStatus.Status, CensusReturn.State
NEW, AGAIN, SAME = "new", "again", "same"
GONE = (Status.DORMANT, Status.CLOSED, Status.BANKRUPT, Status.MERGED)
CAME_AND_WENT = {
    NEW: gettext_lazy("New in the register"),
    AGAIN: gettext_lazy("Active again"),
    Status.DORMANT: gettext_lazy("Dormant"),
    Status.CLOSED: gettext_lazy("Closed down"),
    Status.BANKRUPT: gettext_lazy("Bankrupt"),
    Status.MERGED: gettext_lazy("Merged into others"),
}
MORE, FEWER, OTHERS, ONLY_NOW, ONLY_BEFORE = "more", "fewer", "others", "only_now", "only_before"
STEPS = {
    MORE: gettext_lazy("Answered more"),
    FEWER: gettext_lazy("Answered fewer"),
    OTHERS: gettext_lazy("Did not give the same numbers both years"),
    ONLY_NOW: gettext_lazy("Answered this year only"),
    ONLY_BEFORE: gettext_lazy("Answered last year only"),
}


@dataclass(frozen=True)
class Moved:
    """An enterprise on two reference dates: how it stands now, since when, and whether it was active then."""

    enterprise: object
    what: str  # NEW, AGAIN, SAME or the status it left for
    status: EnterpriseStatus

    @property
    def since(self):
        return day(self.status.starts_on, self.status.precision)

    @property
    def words(self):
        """Such as "closed down 2024-03-01", "merged 2024 into B"."""
        if self.what == SAME:
            return ""
        if self.what in (NEW, AGAIN):
            return _("active from %(day)s") % {"day": self.since}
        if self.status.merged_into:
            return _("merged into %(other)s %(day)s") % {
                "other": self.status.merged_into,
                "day": self.since,
            }
        return f"{self.status.get_status_display()} {self.since}"


@dataclass(frozen=True)
class Group:
    """Enterprises that came or went in one way; `difference` is what they add to the number."""

    label: str
    difference: int
    rows: tuple


@dataclass(frozen=True)
class Line:
    """What one enterprise adds to a number, with its two answers and why they differ."""

    enterprise: object
    step: str
    before: int | None
    now: int | None
    why: str

    @property
    def difference(self):
        return (self.now or 0) - (self.before or 0)


@dataclass(frozen=True)
class Step:
    """The enterprises whose answers moved a number in one way, and by how much together."""

    label: str
    rows: tuple

    @property
    def difference(self):
        return sum(row.difference for row in self.rows)


@dataclass(frozen=True)
class Way:
    """The way from last year's figure to this year's.

    `steps` add up to the difference; it is None where there is nothing to lead along: a year
    without a number, or one that stands on a printed figure.
    """

    before: Figure
    now: Figure
    steps: tuple | None
    same: int = 0  # enterprises that moved nothing

    @property
    def both(self):
        return (self.before, self.now)

    @property
    def difference(self):
        if None in (self.before.value, self.now.value):
            return None
        return self.now.value - self.before.value


class Change:
    """The change to `census` from the year before, out of the figures of both years.

    `full` readers see whose answers they are; of the others nobody reads an answer.
    """

    def __init__(self, census, figure_set, *, full):
        self.census, self.figures, self.full = census, figure_set, full
        self.earlier = Census.objects.filter(
            programme=census.programme_id, year=census.year - 1
        ).first()
        self.moved = {row.enterprise.pk: row for row in self._register()}

    @property
    def day_before(self):
        return (
            self.earlier.reference_date if self.earlier else Census.usual_day(self.census.year - 1)
        )

    def enterprises(self):
        """The register: last year's active, those who came and went, this year's active."""
        same = sum(row.what == SAME for row in self.moved.values())
        return self._way("enterprises.count", tuple(self._came_and_went()), same)

    def _came_and_went(self):
        for what, label in CAME_AND_WENT.items():
            rows = tuple(row for row in self.moved.values() if row.what == what)
            if rows:
                yield Group(str(label), -len(rows) if what in GONE else len(rows), rows)

    def employees(self):
        return self._answers("employees", CensusReturn.EMPLOYED)

    def placed(self):
        return self._answers("placed", CensusReturn.PLACED)

    def _register(self):
        """Each enterprise active on either reference date, by name."""
        rows = EnterpriseStatus.objects.filter(enterprise__programme=self.census.programme_id)
        rows = rows.select_related("enterprise__municipality", "merged_into")
        rows = rows.order_by("enterprise__sort_name", "enterprise", "starts_on", "pk")
        for _enterprise, own in groupby(rows, key=lambda row: row.enterprise_id):
            own = list(own)
            earlier = [row for row in own if row.starts_on <= self.day_before]
            now = [row for row in own if row.starts_on <= self.census.reference_date]
            was_active = bool(earlier) and earlier[-1].status == Status.ACTIVE
            is_active = bool(now) and now[-1].status == Status.ACTIVE
            if was_active and is_active:
                yield Moved(now[-1].enterprise, SAME, now[-1])
            elif is_active:
                yield Moved(now[-1].enterprise, AGAIN if earlier else NEW, now[-1])
            elif was_active and now:
                yield Moved(now[-1].enterprise, now[-1].status, now[-1])

    def _way(self, code, steps, same):
        before = self.figures.get(code, self.census.year - 1)
        now = self.figures.get(code, self.census.year)
        of_records = before.basis == now.basis == Basis.RECORDS
        return Way(before, now, steps if of_records else None, same)

    def _answers(self, code, names):
        if not self.full:
            return self._way(code, (), 0) if self._is_for_all(code) else None
        total = "employed" if names == CensusReturn.EMPLOYED else "placed"
        lines = list(self._lines(total, names))
        steps = tuple(
            Step(str(label), rows)
            for step, label in STEPS.items()
            if (rows := tuple(line for line in lines if line.step == step))
        )
        return self._way(code, steps, sum(not line.step for line in lines))

    def _is_for_all(self, code):
        """Whether both sums are of so many answers that they tell no single one, to those who read none."""
        both = (self.figures.get(code, self.census.year - n) for n in (1, 0))
        known = [of.answered for figure in both if (of := answers(self.figures, figure))]
        return all(not number or number >= FEWEST_ANSWERS for number in known)

    def _lines(self, total, names):
        for before, now in self._pairs():
            one = getattr(before, total) if _counts(before) else None
            other = getattr(now, total) if _counts(now) else None
            line = partial(Line, (now or before).enterprise, before=one, now=other)
            if one is None and other is None:
                continue
            if other is None:
                yield line(step=ONLY_BEFORE, why=self._why_not(now, (now or before).enterprise))
            elif one is None:
                yield line(step=ONLY_NOW, why=self._why_not_before(before, now))
            elif not now.gives_the_same(before, names):
                yield line(step=OTHERS, why=_not_the_same(before, now, names))
            elif one == other:
                yield line(step="", why="")
            else:
                yield line(step=MORE if other > one else FEWER, why=now.change_reason)

    def _pairs(self):
        """Each enterprise's returns of both years, None where it has none; by name."""
        if not hasattr(self, "_returns"):
            years = (self.census.year - 1, self.census.year)
            found = (
                CensusReturn.objects.with_expected()
                .filter(census__programme=self.census.programme_id, census__year__in=years)
                .select_related("census", "enterprise__municipality")
            )
            pairs = {}
            for row in found.order_by("enterprise__sort_name", "enterprise"):
                pairs.setdefault(row.enterprise_id, {})[row.census.year] = row
            self._returns = [tuple(pair.get(year) for year in years) for pair in pairs.values()]
        return self._returns

    def _why_not(self, now, enterprise):
        """Why there is no number this year: it is gone, or what its return says."""
        moved = self.moved.get(enterprise.pk)
        if moved and moved.what in GONE:
            return capfirst(moved.words)
        return _lacking(now)

    def _why_not_before(self, before, now):
        """Why there was none last year: it is new, or what its return said."""
        moved = self.moved.get(now.enterprise_id)
        came = capfirst(moved.words) if moved and moved.what in (NEW, AGAIN) else _lacking(before)
        return " · ".join(filter(None, [came, now.change_reason]))


def _counts(answer):
    return answer is not None and answer.counts


def _not_the_same(before, now, names):
    """What was given in one of the years only: "Employed women: not given this year"."""
    earlier, later = (row.given(names) - CensusReturn.MAY_BE_EMPTY for row in (before, now))
    said = [
        _("%(what)s: %(when)s") % {"what": _list_of(names, found), "when": when}
        for when, found in (
            (_("not given this year"), earlier - later),
            (_("not given last year"), later - earlier),
        )
        if found
    ]
    return "; ".join(capfirst(words) for words in [*said, now.change_reason] if words)


def _list_of(names, found):
    fields = [CensusReturn._meta.get_field(name) for name in names if name in found]
    return ", ".join(str(field.verbose_name) for field in fields)


def _lacking(answer):
    if answer is None:
        return _("Was not asked")
    if answer.state == State.CONFIRMED:
        if not answer.is_expected:
            return _("Was not active on the reference date")
        return _("Did not answer this question")
    if answer.state == State.DRAFT:
        return _("Draft, not confirmed")
    return capfirst(answer.get_state_display())
