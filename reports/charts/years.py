"""Charts over the years: what is drawn, with its finding, its marks and its table.

A year whose figure is unknown or protected has no bar but a word; a total whose parts are not known
is drawn as one part, "not split up". Each chart carries its finding, what is measured, one sentence
that is also the alternative text, and its table.
"""

from dataclasses import dataclass, replace

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.formats import number

from ..wording import named
from .cells import Cell, cell_of
from .drawing import (
    ALONE,
    CURRENT,
    LAYERS,
    LOOKS,
    UNSPLIT,
    Column,
    Scale,
    Slots,
    above_points,
    above_text,
    column,
    line,
    year_label,
)
from .words import answered_only, by_dimension, finding, reservations, runs_of, sentence

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Mark:
    """Something that explains a change: a letter in the chart, words below it."""

    letter: str
    x: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Columns or lines with axis, key, marks, table and one sentence that is also the alternative text.

    `table` holds (name, cells) under the `labels`; `totals` the cells of its last row, if any.
    """

    code: str
    title: str
    measure: str
    sentence: str
    columns: tuple
    ticks: tuple
    table_title: str
    corner: str
    labels: tuple
    table: tuple
    totals: tuple = ()
    lines: tuple = ()
    key: tuple = ()
    marks: tuple = ()


def stacked(figure_set, code, dimension, *, changes=(), ongoing=None):
    """Columns for the years of the set, split by one dimension; None where there is nothing to draw.

    `changes` are (year, words) to mark; `ongoing` is a year that is not over.
    """
    totals = figure_set.series(code)
    if not any(total.value for total in totals):
        return None
    words = figure_set.words
    layers = _layers(figure_set, code, dimension)
    rests = [_rest(total, [row[2][i] for row in layers]) for i, total in enumerate(totals)]
    scale = Scale(totals[0].indicator, max(total.value or 0 for total in totals))
    rest_name = _rest_name(figure_set, dimension)
    columns = tuple(
        _stack(scale, totals, index, layers, (rest_name, rests[index]), ongoing)
        for index, _total in enumerate(totals)
    )
    key = [(*look, name) for look, name, _series in layers]
    table = [(name, [cell_of(figure_set, f) for f in series]) for _look, name, series in layers]
    if any(rests):
        key.append((*UNSPLIT, capfirst(rest_name)))
        hidden = any(f.is_protected for _look, _name, series in layers for f in series)
        words = [_("protected") if hidden and rest else number(rest or None) for rest in rests]
        table.append((capfirst(rest_name), [Cell(text) for text in words]))
    label = totals[0].indicator.dimension(dimension).label
    return _over_years(
        figure_set,
        totals,
        code=f"{code}-{dimension}",
        measure=by_dimension(totals[0].indicator, dimension, figure_set.period)
        if layers
        else _("%(label)s %(period)s, not split up by %(dimension)s")
        % {
            "label": totals[0].indicator.label,
            "dimension": label,
            "period": figure_set.period,
        },
        corner=capfirst(str(label)) if layers else "",
        columns=columns,
        ticks=tuple(scale.ticks()),
        key=tuple(key) if len(key) > 1 else (),
        table=tuple(table) if layers else (),
        changes=changes,
        ongoing=ongoing,
    )


def column_chart(figure_set, code, *, changes=(), ongoing=None, current=None, **dimensions):
    """One column a year; `current` is the year that stands out (the last, unless told)."""
    series = figure_set.series(code, **dimensions)
    if not any(figure.value for figure in series):
        return None
    current = current or series[-1].period.last
    scale = Scale(series[0].indicator, max(figure.value or 0 for figure in series))
    columns = []
    for index, figure in enumerate(series):
        year = figure.period.first
        look = CURRENT if year == current else ALONE
        parts = [(look, "", figure.value or 0)]
        columns.append(column(scale, series, index, parts, is_current=year == current))
    return _over_years(
        figure_set,
        series,
        code="-".join((code, "columns", *dimensions.values())),
        measure=f"{named(figure_set.words, series[0].indicator, series[0].key)} {figure_set.period}",
        corner="",
        columns=tuple(columns),
        ticks=tuple(scale.ticks()),
        changes=changes,
        ongoing=ongoing,
    )


def places_chart(figure_set, *, changes=(), ongoing=None):
    """Places granted each year and how many of them were used; None where none were granted."""
    granted, used = figure_set.series("grants.granted"), figure_set.series("grants.used")
    if not any(figure.value for figure in granted):
        return None
    scale = Scale(granted[0].indicator, max(f.value or 0 for f in (*granted, *used)))
    words = _("used"), _("not used")
    columns = []
    for index, (all_of, some) in enumerate(zip(granted, used, strict=True)):
        parts = [(ALONE, "", all_of.value or 0)]
        if some.value is not None:
            left = max((all_of.value or 0) - some.value, 0)
            parts = [(CURRENT, words[0], some.value), (UNSPLIT, words[1], left)]
        year = all_of.period.first
        columns.append(column(scale, granted, index, parts, is_current=year == ongoing))
    key = ()
    if any(figure.value is not None for figure in used):
        key = ((*CURRENT, capfirst(words[0])), (*UNSPLIT, capfirst(words[1])))
    rows = [(named(figure_set.words, row[0].indicator, row[0].key), row) for row in (granted, used)]
    chart = _over_years(
        figure_set,
        granted,
        code="places",
        measure=_("Places granted and used %(period)s") % {"period": figure_set.period},
        corner="",
        columns=tuple(columns),
        ticks=tuple(scale.ticks()),
        key=key,
        table=tuple((name, [cell_of(figure_set, figure) for figure in row]) for name, row in rows),
        changes=changes,
        ongoing=ongoing,
    )
    hidden = [figure.period.first for figure in used if figure.is_protected]
    measure = chart.measure
    if hidden:
        words = _("Places used are protected: %(years)s.") % {"years": ", ".join(runs_of(hidden))}
        measure = f"{measure} {words}"
    return replace(chart, title=_("Supervised places"), measure=measure, totals=())


def line_chart(figure_set, code, dimension=None, *, changes=(), ongoing=None):
    """A line over the years, or one a value of `dimension`; broken where a year is unknown."""
    totals = figure_set.series(code)
    rows = [(named(figure_set.words, totals[0].indicator, totals[0].key), totals)]
    if dimension:
        rows = [
            (
                capfirst(figure_set.words.value(dimension, value)),
                figure_set.series(code, **{dimension: value}),
            )
            for value in figure_set.values(code, dimension)
        ]
    rows = [(name, series) for name, series in rows if any(figure.value for figure in series)]
    if not rows:
        return None
    scale = Scale(totals[0].indicator, max(f.value or 0 for _name, series in rows for f in series))
    slots = Slots(len(totals))
    shown_above = rows[0][1] if len(rows) == 1 else totals
    columns = tuple(
        Column(
            label=year_label(series_year.period.first, len(totals)),
            middle=slots.middle(index),
            above=above_points(scale, rows, index),
            total=above_text(series_year, len(totals)) if len(rows) == 1 else "",
            bars=(),
            is_current=series_year.period.first == ongoing,
        )
        for index, series_year in enumerate(shown_above)
    )
    return _over_years(
        figure_set,
        totals,
        code=f"{code}-lines-{dimension or 'total'}",
        measure=f"{rows[0][0]} {figure_set.period}"
        if not dimension
        else by_dimension(totals[0].indicator, dimension, figure_set.period),
        corner=capfirst(str(totals[0].indicator.dimension(dimension).label)) if dimension else "",
        columns=columns,
        ticks=tuple(scale.ticks()),
        lines=tuple(
            line(scale, slots, f"line-{index + 1}", name, series)
            for index, (name, series) in enumerate(rows)
        ),
        key=tuple((f"line-{index + 1}", "line", name) for index, (name, _s) in enumerate(rows))
        if len(rows) > 1
        else (),
        table=tuple((name, [cell_of(figure_set, f) for f in series]) for name, series in rows)
        if dimension
        else (),
        changes=changes,
        ongoing=ongoing,
    )


def _over_years(figure_set, totals, *, code, measure, corner, changes, ongoing, table=(), **drawn):
    """A chart of years: its words, marks and table are the same whatever is drawn."""
    slots = Slots(len(totals))
    cells = [cell_of(figure_set, total) for total in totals]
    name = _("Total") if table else named(figure_set.words, totals[0].indicator, totals[0].key)
    return Chart(
        code=code.replace(".", "-"),
        title=finding(figure_set, totals),
        measure=" ".join(
            [f"{measure}.", *reservations(totals, ongoing), *answered_only(figure_set, totals)]
        ),
        sentence=sentence(totals),
        table_title=measure,
        corner=corner,
        labels=tuple(figure_set.period.years),
        table=table or ((name, cells),),
        totals=tuple(cells) if table else (),
        marks=tuple(_marks(totals, slots, changes)),
        **drawn,
    )


def _layers(figure_set, code, dimension):
    """The values of a dimension that are known in some year: look, name, series, from the ground up."""
    found = []
    values = [value for value in figure_set.values(code, dimension) if value != "unspecified"]
    order = list(LOOKS)
    values.sort(key=lambda value: order.index(value) if value in LOOKS else -1)
    for value in values:
        series = figure_set.series(code, **{dimension: value})
        if any(figure.value for figure in series):
            look = LOOKS.get(value) or LAYERS[len(found) % len(LAYERS)]
            found.append((look, capfirst(figure_set.words.value(dimension, value)), series))
    return found


def _rest_name(figure_set, dimension):
    """What to call the part of a total that nobody split up."""
    word = figure_set.words.value(dimension, "unspecified")
    return _("not split up") if word == "unspecified" else word


def _rest(total, parts):
    """What of a total no part accounts for."""
    known = sum(part.value or 0 for part in parts)
    return max((total.value or 0) - known, 0)


def _stack(scale, totals, index, layers, rest, ongoing):
    parts = [(look, name, series[index].value or 0) for look, name, series in layers]
    parts.append((UNSPLIT, *rest))
    return column(scale, totals, index, parts, is_current=totals[index].period.first == ongoing)


def _marks(totals, slots, changes):
    """New definitions and changes around the programme, lettered in the order of time."""
    years = [total.period.first for total in totals]
    known = [
        (definition.since, _("a new definition"))
        for definition in totals[0].indicator.definitions
        if definition.since in years[1:]
    ]
    known += [(year, title) for year, title in changes if year in years]
    beside = {}
    for letter, (year, text) in zip(LETTERS, sorted(known, key=lambda k: k[0]), strict=False):
        place = beside[year] = beside.get(year, -1) + 1
        x = slots.left(years.index(year)) + 6 + 22 * place
        yield Mark(letter, round(x, 1), f"{year}: {text}")
