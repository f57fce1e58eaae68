"""A number of the overview with what must be known of it: its change, what it covers, its basis."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from programmes.figures import Kind
from programmes.formats import number, signed

from ..charts.spark import spark
from ..charts.words import sentence
from ..figures import Basis, View
from ..wording import card_url, shown
from .compared import Fact, from_to


@dataclass(frozen=True)
class Value:
    """What stands for a figure: its number, "protected", "missing" or a dash; always with its card."""

    text: str
    url: str
    kind: str  # number, protected, absent

    @classmethod
    def of(cls, programme, figure):
        kind = "number" if figure.value is not None else "absent"
        if figure.is_protected:
            kind = "protected"
        return cls(shown(figure, briefly=True), card_url(programme, figure), kind)


@dataclass(frozen=True)
class Tile:
    """A number with what must be known of it. `earlier` is the first year of a stock over a period."""

    label: str
    value: Value
    small: str = ""
    earlier: Value = None
    facts: tuple = ()
    spark: tuple = ()
    spark_words: str = ""


def tile(page, code, label=None, small="", facts=(), **dimensions):
    """A figure as a tile: of a year with its change, of a period with its series."""
    if not page.period.is_year:
        return _tile_of_period(page, code, label, small, facts, **dimensions)
    figure = page.figure(code, **dimensions)
    return Tile(
        label=str(label or figure.indicator.label),
        value=Value.of(page.programme, figure),
        small=small if figure.value is not None else "",
        facts=(
            *page.change(code, **dimensions),
            *facts,
            *basis(page, figure, covered=bool(facts)),
        ),
    )


def _tile_of_period(page, code, label, small, facts, **dimensions):
    series = page.figures.series(code, **dimensions)
    indicator = series[0].indicator
    figure, earlier = page.figure(code, **dimensions), None
    if indicator.kind == Kind.STOCK:
        known = page.settled(series)
        figure = known[-1] if known else series[-1]
        earlier = known[0] if len(known) > 1 else None
        small = ""
        facts = (*from_to(earlier, figure), *facts) if earlier else facts
    return Tile(
        label=str(label or indicator.label),
        value=Value.of(page.programme, figure),
        earlier=Value.of(page.programme, earlier) if earlier else None,
        small=small if figure.value is not None else "",
        facts=(*facts, *basis(page, figure, covered=True)),
        spark=spark(series),
        spark_words=sentence(series),
    )


def basis(page, figure, covered=False):
    """What a figure stands on, how whole it is, and what was printed about it."""
    if figure.is_protected:
        return
    if figure.value is None:
        if figure.is_applicable:
            yield Fact("empty", _("No figure is known"))
        return
    if figure.known < figure.years:
        yield Fact(
            "coverage",
            _("%(known)s of %(all)s years") % {"known": figure.known, "all": figure.years},
        )
    if figure.incomplete:
        yield Fact("part", _("Incomplete"))
    elif figure.basis == Basis.PUBLISHED:
        yield Fact("file", _("Printed figure"))
    elif figure.basis == Basis.MIXED:
        yield Fact("file", _("Partly printed figures"))
    elif not covered and page.is_over and figure.basis == Basis.RECORDS:
        yield Fact("good", pgettext("records of a year", "Complete"))
    if figure.difference:
        printed = number(figure.published)
        if figure.main.approximate:
            printed = f"{_('about')} {printed}"
        yield Fact(
            "file" if figure.main.explanation else "warning",
            _("%(difference)s against the printed %(printed)s")
            % {"difference": signed(figure.difference), "printed": printed},
        )
    if figure.indicator.protected and page.figures.view == View.FULL:
        yield Fact("shield", _("Protected for partners and board"))
