"""All figures of a year, or of a period with its years side by side, as tables under five questions."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from programmes.figures import Kind

from .charts.words import unanswered
from .figures import plain
from .indicators import INDICATORS

SECTIONS = (
    (
        "done",
        gettext_lazy("What have we done?"),
        gettext_lazy("Events, publications, milestones and groups."),
        (
            "events.held",
            "events.without_attendance",
            "publications.items",
            "milestones",
            "groups.active",
        ),
    ),
    (
        "reached",
        gettext_lazy("Whom do we reach?"),
        gettext_lazy("Somebody who came twice counts twice."),
        ("reach.attendances",),
    ),
    (
        "enterprises",
        gettext_lazy("How are the enterprises?"),
        gettext_lazy("As they answered the autumn census. A state on a day, never added up."),
        ("enterprises.count", "employees", "placed", "census.returns", "census.expected"),
    ),
    (
        "places",
        gettext_lazy("How were the places used?"),
        gettext_lazy("Supervised places, the placements under them, and what came of them."),
        (
            "grants.granted",
            "grants.used",
            "grants.utilisation",
            "placements.started",
            "placements.persons",
            "outcomes",
        ),
    ),
    (
        "staffing",
        gettext_lazy("Who worked with it?"),
        gettext_lazy("The process leader's share of full time."),
        ("staffing.percent",),
    ),
)


@dataclass(frozen=True)
class Section:
    """A question and its figures; `splits` are (indicator's label, its tables by dimension)."""

    name: str
    heading: str
    text: str
    lines: list
    splits: list


@dataclass(frozen=True)
class Line:
    """A row of a table: one year's figure, or a period's after those of its years.

    A stock has no figure of a period: how it moved, from the `first` year known to the `last`.
    """

    label: str
    unit: str
    figure: object
    years: tuple = ()
    change: float = None
    first: object = None
    last: object = None


def sections(asked):
    return [Section(*words, *_tables(asked, codes)) for *words, codes in SECTIONS]


def _tables(asked, codes):
    """The lines of the indicators, and for each with parts that tell something its own tables."""
    indicators = [INDICATORS[code] for code in codes]
    lines = [_line(asked, indicator, (), str(indicator.label)) for indicator in indicators]
    splits = []
    for indicator in indicators:
        tables = [
            (capfirst(str(dimension.label)), parts)
            for dimension in indicator.dimensions
            if (parts := _lines_of_parts(asked, indicator, dimension))
        ]
        if tables:
            splits.append((indicator.label, tables))
    return lines, splits


def _line(asked, indicator, key, label):
    figure_set, period = asked.figures, asked.period
    part, unit = dict(key), str(indicator.unit_label)
    figure = figure_set.get(indicator.code, period, **part)
    if period.is_year:
        return Line(label, unit, figure, change=change(asked, figure))
    series = [figure_set.get(indicator.code, year, **part) for year in period.years]
    if indicator.kind != Kind.STOCK:
        return Line(label, unit, figure, tuple(series))
    known = [f for f in series if f.value is not None and not unanswered(figure_set, [f])]
    if len(known) < 2:
        return Line(label, unit, None, tuple(series))
    return Line(label, unit, None, tuple(series), moved(known[0], known[-1]), known[0], known[-1])


def _lines_of_parts(asked, indicator, dimension):
    """A line for each value with a number, a hidden or a printed one; none where nothing is known."""
    lines, is_known = [], False
    for value in asked.figures.values(indicator.code, dimension.name):
        label = capfirst(asked.figures.words.value(dimension.name, value))
        line = _line(asked, indicator, ((dimension.name, value),), label)
        cells = [*line.years, *([line.figure] if line.figure else [])]
        knows = any(figure.value or figure.printed for figure in cells)
        if knows or any(figure.is_protected for figure in cells):
            lines.append(line)
        is_known = is_known or knows
    return lines if is_known else []


def change(asked, figure):
    """What a year's figure is more, or less, than the year before's.

    None where either is unknown, where a year that is not over is set against a whole one, and
    where not all have answered.
    """
    figure_set = asked.figures
    if not figure.period.is_year or figure.value is None:
        return None
    if figure.period.last >= asked.today.year and figure.indicator.kind != Kind.STOCK:
        return None
    before = figure_set.get(figure.indicator.code, figure.period.first - 1, **dict(figure.key))
    if before.value is None or unanswered(figure_set, [before, figure]):
        return None
    return moved(before, figure)


def moved(first, last):
    """What one figure is more, or less, than an earlier one."""
    return plain(Decimal(str(last.value)) - Decimal(str(first.value)))
