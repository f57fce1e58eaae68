"""The figures of the year or period shown, and how they changed from the year before."""

import calendar
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from activities.models import Event
from programmes.figures import Kind, share
from programmes.formats import number, percent, signed
from programmes.periods import Period, Precision

from ..asked import Asked
from ..charts.words import unanswered
from ..figures import Basis


@dataclass(frozen=True)
class Fact:
    """A line under a number: how it changed, what it covers, what it stands on."""

    icon: str
    text: str


@dataclass
class Shown:
    """What the page was asked for, with the year before it where a year is shown."""

    asked: Asked

    def __post_init__(self):
        self.programme, self.today = self.asked.programme, self.asked.today
        self.period, self.figures = self.asked.period, self.asked.figures

    @property
    def year(self):
        return self.period.first if self.period.is_year else None

    @property
    def is_ongoing(self):
        return self.year == self.today.year

    @property
    def is_over(self):
        return self.period.last < self.today.year

    def figure(self, code, **dimensions):
        return self.figures.get(code, self.period, **dimensions)

    def before(self, code, **dimensions):
        """The figure of the year before; None where the year shown is the first."""
        if not self.period.is_year or self.year - 1 not in self.figures.period:
            return None
        return self.figures.get(code, self.year - 1, **dimensions)

    def change(self, code, with_share=True, **dimensions):
        """How a figure changed from the year before; nothing where that cannot be said fairly."""
        now, before = self.figure(code, **dimensions), self.before(code, **dimensions)
        if before is None or self.year > self.today.year or not _comparable(now, before):
            return ()
        if unanswered(self.figures, [before, now]):
            return ()  # not all have answered
        than, earlier = str(before.period), before.value
        if self.is_ongoing and now.indicator.kind == Kind.SUM:
            earlier = None if dimensions else self.same_time.get(code)
            than = _("the same time %(year)s") % {"year": before.period}
            if earlier is None:
                return ()
        return (_changed(now.value, earlier, than, with_share and code == "reach.attendances"),)

    @cached_property
    def same_time(self):
        """What the year before had come to on the same date: events and attendances by indicator.

        An event known only roughly counts if it was surely over by then; where that cannot be told
        there is no comparison. Years that are not whole, or not of records, compare with nothing.
        """
        cut = _same_date(self.today)
        past = Event.objects.filter(programme=self.programme).held_in(Period.of_year(cut.year))
        rows = list(
            past.with_attendances()
            .order_by()
            .values_list("starts_on", "ends_on", "precision", "attendances")
        )
        held = [_by(cut, *row[:3]) for row in rows]
        if None in held:
            return {}
        counted = [row[3] for row, was in zip(rows, held, strict=True) if was]
        known = [attendances for attendances in counted if attendances is not None]
        found = {"events.held": len(counted)}
        if known or not counted:
            found["reach.attendances"] = sum(known)
        whole = all(
            self.before(code).basis == Basis.RECORDS and not self.before(code).incomplete
            for code in found
        )
        return found if whole else {}

    def settled(self, series):
        """The years of a stock that are known; one still being asked about only if there is no other."""
        known = [figure for figure in series if figure.value is not None]
        asking = {year for year, *_counts in unanswered(self.figures, known)}
        over = [f for f in known if f.period not in asking or f.period.first != self.today.year]
        return over or known


def _comparable(now, before):
    """Both known, both whole, and counted by the same definition."""
    definition = now.indicator.definition
    return (
        now.value is not None
        and before.value is not None
        and not now.incomplete
        and not before.incomplete
        and definition(now.period.last) is definition(before.period.last)
    )


def _changed(now, before, than, with_share):
    """A change in words, such as "46 more than 2024 (+12,6 %)"."""
    step = now - before
    if not step:
        return Fact("same", _("As many as %(then)s") % {"then": than})
    template = _("%(n)s more than %(then)s") if step > 0 else _("%(n)s fewer than %(then)s")
    text = template % {"n": number(abs(step)), "then": than}
    if with_share and before:
        relative = percent(share(step, before))
        text += f" ({'+' if step > 0 else ''}{relative})"
    return Fact("up" if step > 0 else "down", text)


def from_to(first, last):
    """How a stock went from the first known year of a period to the last."""
    step = last.value - first.value
    icon = "up" if step > 0 else "down" if step else "same"
    yield Fact(
        icon,
        _("%(change)s from %(first)s to %(last)s")
        % {"change": signed(step), "first": first.period, "last": last.period},
    )


def _same_date(today):
    """The same date a year before; the last of February for a leap day."""
    last = calendar.monthrange(today.year - 1, today.month)[1]
    return today.replace(year=today.year - 1, day=min(today.day, last))


def _by(cut, starts_on, ends_on, precision):
    """Whether an event had begun by `cut`; None where its date is too rough to tell."""
    if precision == Precision.DAY or starts_on > cut:
        return starts_on <= cut
    return True if ends_on <= cut else None
