"""Charts of the screens: what is drawn where, worked out once; templates only write it as SVG.

A chart shows figures of one set. A year whose figure is unknown or protected has no bar but a word;
a total whose parts are not known is drawn as one part, "not split up". Each chart carries its
finding, what is measured, one sentence that is also the alternative text, and its table.
"""

import json
import math
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Milestone
from programmes.figures import Kind, share
from programmes.formats import UNKNOWN, number
from programmes.periods import Period

from .figures import Basis

# A layer's class, and the texture that tells it from its neighbours without colour. Values that
# mean the same everywhere look the same everywhere, and lie in this order from the ground up.
LAYERS = (
    ("s-officer", ""),
    ("s-manager", ""),
    ("s-politician", ""),
    ("s-enterprise", "lines"),
    ("s-other", "dots"),
)
LOOKS = dict(zip(("officer", "manager", "politician", "enterprise", "other"), LAYERS, strict=True))
UNSPLIT = ("s-unknown", "")
ALONE, CURRENT = ("s-politician", ""), ("s-officer", "")
LEFT, RIGHT, TOP, FLOOR = 40, 672, 56, 310
DENSE = 8
ANSWERED = ("employees", "placed")  # they stand on the answers to the census
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Bar:
    """One part of one column."""

    css: str
    texture: str
    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True)
class Column:
    """A year or month: its bars, what stands above them, the label below."""

    label: str
    middle: float
    above: float
    total: str
    bars: tuple
    is_current: bool = False


@dataclass(frozen=True)
class Line:
    """A series as a line; it breaks where a year is unknown."""

    css: str
    path: str
    points: tuple


@dataclass(frozen=True)
class Mark:
    """Something that explains a change: a letter in the chart, words below it."""

    letter: str
    x: float
    text: str


@dataclass(frozen=True)
class Cell:
    """What stands in a table: the words of a figure, and the way to its card."""

    text: str
    url: str = ""


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


def card_url(programme, figure):
    """The address of a figure's card."""
    years = figure.period
    query = {"year": years.first} if years.is_year else {"from": years.first, "to": years.last}
    if figure.key:
        query["breakdown"] = figure.breakdown
    address = reverse("reports:figure", args=[programme.slug, figure.indicator.code])
    return f"{address}?{urlencode(query)}"


def shown(figure):
    """A figure in words: its number, "protected", "missing" or a dash."""
    if figure.is_protected:
        return _("protected")
    if figure.value is None:
        return _("missing") if figure.is_applicable else UNKNOWN
    return number(figure.value)


def _starred(figure):
    """The same with an asterisk where the records are only partial."""
    return shown(figure) + ("*" if figure.incomplete else "")


def _cell(figure_set, figure):
    return Cell(_starred(figure), card_url(figure_set.programme, figure))


def external_changes(programme, period):
    """(year, title) of what changed around the programme: it marks the charts and is never counted."""
    rows = Milestone.objects.filter(
        programme=programme,
        kind=Milestone.Kind.EXTERNAL_CHANGE,
        year__range=(period.first, period.last),
    )
    return list(rows.order_by("starts_on", "pk").values_list("year", "title"))


# Columns over the years


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
    scale = _Scale(max(total.value or 0 for total in totals))
    rest_name = _rest_name(figure_set, dimension)
    columns = tuple(
        _stack(scale, totals, index, layers, (rest_name, rests[index]), ongoing)
        for index, _total in enumerate(totals)
    )
    key = [(*look, name) for look, name, _series in layers]
    table = [(name, [_cell(figure_set, f) for f in series]) for _look, name, series in layers]
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
        measure=_by_dimension(totals[0].indicator, dimension, figure_set.period)
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
    scale = _Scale(max(figure.value or 0 for figure in series))
    columns = []
    for index, figure in enumerate(series):
        year = figure.period.first
        look = CURRENT if year == current else ALONE
        parts = [(look, "", figure.value or 0)]
        columns.append(_column(scale, series, index, parts, is_current=year == current))
    return _over_years(
        figure_set,
        series,
        code="-".join((code, "columns", *dimensions.values())),
        measure=f"{_label(figure_set, series[0])} {figure_set.period}",
        corner="",
        columns=tuple(columns),
        ticks=tuple(scale.ticks()),
        changes=changes,
        ongoing=ongoing,
    )


def places(figure_set, *, changes=(), ongoing=None):
    """Places granted each year and how many of them were used; None where none were granted."""
    granted, used = figure_set.series("grants.granted"), figure_set.series("grants.used")
    if not any(figure.value for figure in granted):
        return None
    scale = _Scale(max(figure.value or 0 for figure in (*granted, *used)))
    words = _("used"), _("not used")
    columns = []
    for index, (all_of, some) in enumerate(zip(granted, used, strict=True)):
        parts = [(ALONE, "", all_of.value or 0)]
        if some.value is not None:
            left = max((all_of.value or 0) - some.value, 0)
            parts = [(CURRENT, words[0], some.value), (UNSPLIT, words[1], left)]
        year = all_of.period.first
        columns.append(_column(scale, granted, index, parts, is_current=year == ongoing))
    key = ()
    if any(figure.value is not None for figure in used):
        key = ((*CURRENT, capfirst(words[0])), (*UNSPLIT, capfirst(words[1])))
    rows = [(_label(figure_set, row[0]), row) for row in (granted, used)]
    chart = _over_years(
        figure_set,
        granted,
        code="places",
        measure=_("Places granted and used %(period)s") % {"period": figure_set.period},
        corner="",
        columns=tuple(columns),
        ticks=tuple(scale.ticks()),
        key=key,
        table=tuple((name, [_cell(figure_set, figure) for figure in row]) for name, row in rows),
        changes=changes,
        ongoing=ongoing,
    )
    return replace(chart, title=_("Supervised places"), totals=())


def line_chart(figure_set, code, dimension=None, *, changes=(), ongoing=None):
    """A line over the years, or one a value of `dimension`; broken where a year is unknown."""
    totals = figure_set.series(code)
    rows = [(_label(figure_set, totals[0]), totals)]
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
    scale = _Scale(max(figure.value or 0 for _name, series in rows for figure in series))
    slots = _Slots(len(totals))
    shown_above = rows[0][1] if len(rows) == 1 else totals
    columns = tuple(
        Column(
            label=_year_label(series_year.period.first, len(totals)),
            middle=slots.middle(index),
            above=_above(scale, rows, index),
            total=_above_text(series_year, len(totals)) if len(rows) == 1 else "",
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
        else _by_dimension(totals[0].indicator, dimension, figure_set.period),
        corner=capfirst(str(totals[0].indicator.dimension(dimension).label)) if dimension else "",
        columns=columns,
        ticks=tuple(scale.ticks()),
        lines=tuple(
            _line(scale, slots, f"line-{index + 1}", name, series)
            for index, (name, series) in enumerate(rows)
        ),
        key=tuple((f"line-{index + 1}", "line", name) for index, (name, _s) in enumerate(rows))
        if len(rows) > 1
        else (),
        table=tuple((name, [_cell(figure_set, f) for f in series]) for name, series in rows)
        if dimension
        else (),
        changes=changes,
        ongoing=ongoing,
    )


def months(title, measure, sentence, counts, labels, code="months"):
    """Columns for the twelve months; `counts` are numbers, None for a month still to come."""
    scale = _Scale(max((count or 0 for count in counts), default=0))
    slots = _Slots(len(counts))
    columns = []
    for index, (count, label) in enumerate(zip(counts, labels, strict=True)):
        middle = slots.middle(index)
        bars = ()
        if count:
            top = scale.y(count)
            words = f"{label}: {number(count)}"
            bars = (
                Bar(
                    *CURRENT,
                    round(middle - slots.width / 2, 1),
                    round(top, 1),
                    round(slots.width, 1),
                    round(FLOOR - top, 1),
                    words,
                ),
            )
        total = number(count) if count else ""
        columns.append(Column(label, middle, round(scale.y(count or 0) - 9, 1), total, bars))
    return Chart(
        code=code,
        title=title,
        measure=measure,
        sentence=sentence,
        columns=tuple(columns),
        ticks=tuple(scale.ticks()),
        table_title=measure,
        corner="",
        labels=tuple(labels),
        table=((_("Events"), [Cell(number(count)) for count in counts]),),
    )


def _over_years(figure_set, totals, *, code, measure, corner, changes, ongoing, table=(), **drawn):
    """A chart of years: its words, marks and table are the same whatever is drawn."""
    slots = _Slots(len(totals))
    cells = [_cell(figure_set, total) for total in totals]
    name = _("Total") if table else _label(figure_set, totals[0])
    return Chart(
        code=code.replace(".", "-"),
        title=finding(figure_set, totals),
        measure=" ".join(
            [f"{measure}.", *reservations(totals, ongoing), *_answered_only(figure_set, totals)]
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


def _label(figure_set, figure):
    part = figure_set.words.part(figure.key)
    label = str(figure.indicator.label)
    return f"{label}, {part}" if part else label


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
    return _column(scale, totals, index, parts, is_current=totals[index].period.first == ongoing)


def _column(scale, totals, index, parts, is_current):
    slots = _Slots(len(totals))
    middle, total = slots.middle(index), totals[index]
    year = total.period.first
    bars, base = [], 0
    for (css, texture), name, value in parts:
        if value:
            top, bottom = scale.y(base + value), scale.y(base)
            bars.append(
                Bar(
                    css=css,
                    texture=texture,
                    x=round(middle - slots.width / 2, 1),
                    y=round(top, 1),
                    width=round(slots.width, 1),
                    height=round(max(bottom - top - 1.5, 0.5), 1),
                    words=f"{year}, {name}: {number(value)}"
                    if name
                    else f"{year}: {number(value)}",
                )
            )
            base += value
    return Column(
        label=_year_label(year, len(totals)),
        middle=middle,
        above=round(scale.y(base) - 9, 1),
        total=_above_text(total, len(totals)),
        bars=tuple(bars),
        is_current=is_current,
    )


def _above_text(figure, columns):
    """What stands above a column: many columns leave no room for words."""
    if figure.value is None and columns > DENSE:
        return UNKNOWN
    return _starred(figure)


def _year_label(year, columns):
    return f"{year % 100:02d}" if columns > 2 * DENSE else str(year)


def _above(scale, rows, index):
    values = [series[index].value for _name, series in rows]
    return round(scale.y(max((value or 0 for value in values), default=0)) - 14, 1)


def _line(scale, slots, css, name, series):
    points = [
        (slots.middle(index), round(scale.y(figure.value), 1), figure)
        for index, figure in enumerate(series)
        if figure.value is not None
    ]
    runs = groupby(enumerate(points), key=lambda pair: pair[1][2].period.first - pair[0])
    path = ""
    for _gap, run in runs:
        path += "M" + "L".join(f"{x} {y}" for _index, (x, y, _figure) in run)
    return Line(
        css,
        path,
        tuple((x, y, f"{f.period}, {name}: {number(f.value)}") for x, y, f in points),
    )


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


class _Slots:
    """The width of a chart divided among its columns."""

    def __init__(self, count):
        self.slot = (RIGHT - LEFT) / count
        self.width = min(self.slot * 0.53, 96)

    def left(self, index):
        return LEFT + self.slot * index

    def middle(self, index):
        return round(self.left(index) + self.slot / 2, 1)


class _Scale:
    """From numbers to points, with round steps on the axis."""

    def __init__(self, most):
        rough = max(most, 1) / 4
        power = 10 ** math.floor(math.log10(rough))
        self.step = max(next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough), 1)
        self.top = max(most, self.step)

    def y(self, value):
        return FLOOR - (FLOOR - TOP) * value / self.top

    def ticks(self):
        value = 0
        while value <= self.top:
            yield round(self.y(value), 1), number(value)
            value += self.step


# Words


def _by_dimension(indicator, dimension, period):
    return _("%(label)s by %(dimension)s %(period)s") % {
        "label": indicator.label,
        "dimension": indicator.dimension(dimension).label,
        "period": period,
    }


def finding(figure_set, series):
    """What a series shows, where every year of it is known and whole; else what it is about."""
    indicator = series[0].indicator
    label = _label(figure_set, series[0])
    whole = all(figure.value is not None and not figure.incomplete for figure in series)
    if not whole or len(series) < 2 or unanswered(figure_set, series):
        return label
    first, last = series[0], series[-1]
    if indicator.kind == Kind.STOCK:
        return _("%(label)s: %(first)s in %(from)s, %(last)s in %(to)s") % {
            "label": label,
            "first": number(first.value),
            "from": first.period,
            "last": number(last.value),
            "to": last.period,
        }
    most = max(figure.value for figure in series)
    top = [figure for figure in series if figure.value == most]
    if most and len(top) == 1 and not series[0].key:
        return _("Most %(unit)s in %(year)s") % {
            "unit": indicator.unit_label,
            "year": top[0].period,
        }
    return label


def answers(figure_set, figure):
    """(answered, asked) of the census behind a figure; None where it stands on no answers."""
    if figure.indicator.code not in ANSWERED or figure.basis != Basis.RECORDS:
        return None
    asked = figure_set.get("census.expected", figure.period).value
    answered = figure_set.get("census.returns", figure.period).value
    return (answered, asked) if asked and answered is not None else None


def unanswered(figure_set, series):
    """(year, answered, asked) of each year whose figure stands on fewer answers than were asked for."""
    found = [(figure.period, answers(figure_set, figure)) for figure in series]
    return [(year, *known) for year, known in found if known and known[0] < known[1]]


def reservations(series, ongoing=None):
    """What a reader must know of a series: years not over, from print, not whole, not known."""
    if ongoing and any(ongoing in figure.period for figure in series):
        yield _("%(year)s is not over.") % {"year": ongoing}
    for template, fits in (
        (_("Printed figures: %(years)s."), lambda f: f.basis == Basis.PUBLISHED),
        (_("* Incomplete: %(years)s."), lambda f: f.incomplete),
        (
            _("Missing: %(years)s."),
            lambda f: f.value is None and f.is_applicable and not f.is_protected,
        ),
    ):
        found = [year for figure in series if fits(figure) for year in figure.period.years]
        if found:
            yield template % {"years": runs_of(found)}


def _answered_only(figure_set, series):
    some = [
        _("%(year)s: %(answered)s of %(asked)s")
        % {"year": year, "answered": number(answered), "asked": number(asked)}
        for year, answered, asked in unanswered(figure_set, series)
    ]
    if some:
        yield _("Not all have answered: %(years)s.") % {"years": ", ".join(some)}


def runs_of(years):
    """Years in words: 2016, 2018–2020."""
    runs = groupby(enumerate(years), key=lambda pair: pair[1] - pair[0])
    spans = [[year for _index, year in run] for _key, run in runs]
    return ", ".join(str(Period(span[0], span[-1])) for span in spans)


def sentence(series):
    """How a series went, in one sentence: first, last and the most."""
    if any(figure.is_protected for figure in series):
        return _("The single years are protected.")
    known = [figure for figure in series if figure.value is not None]
    if not known:
        return _("No year is known.")
    first, last = known[0], known[-1]
    unit = str(first.indicator.unit_label)
    if len(known) == 1:
        text = _("%(year)s: %(value)s %(unit)s.") % {
            "year": first.period,
            "value": number(first.value),
            "unit": unit,
        }
    else:
        text = _("From %(first)s %(unit)s in %(from)s to %(last)s in %(to)s.") % {
            "first": number(first.value),
            "unit": unit,
            "from": first.period,
            "last": number(last.value),
            "to": last.period,
        }
    most = max(known, key=lambda figure: figure.value)
    if most not in (first, last):
        text += " " + _("Most in %(year)s: %(value)s.") % {
            "year": most.period,
            "value": number(most.value),
        }
    unknown = len(series) - len(known)
    if unknown:
        text += " " + ngettext(
            "%(n)s year is not known.", "%(n)s years are not known.", unknown
        ) % {"n": unknown}
    return text


# The parts of one figure, as a table with bars


@dataclass(frozen=True)
class Part:
    """One row: the words of a part, its number, and its bar in percent of the longest."""

    name: str
    cell: Cell
    percent: float


@dataclass(frozen=True)
class Parts:
    """The parts of a figure in one year or period, largest first: a table whose rows carry bars."""

    code: str
    title: str
    corner: str
    unit: str
    rows: tuple
    total: Cell


def parts(figure_set, code, dimension, period=None):
    """The known parts of a figure by one dimension; None where none is known or any is protected."""
    total = figure_set.get(code, period)
    found = figure_set.parts(code, dimension, period)
    if total.is_protected or any(figure.is_protected for _value, figure in found):
        return None
    known = [(value, figure) for value, figure in found if figure.value]
    if not known:
        return None
    most = max(figure.value for _value, figure in known)
    rows = sorted(known, key=lambda pair: -pair[1].value)
    indicator = total.indicator
    return Parts(
        code=f"{code}-{dimension}-parts".replace(".", "-"),
        title=". ".join(
            [_by_dimension(indicator, dimension, total.period), *reservations([total])]
        ),
        corner=capfirst(str(indicator.dimension(dimension).label)),
        unit=capfirst(str(indicator.unit_label)),
        rows=tuple(
            Part(
                capfirst(figure_set.words.value(dimension, value)),
                _cell(figure_set, figure),
                round(100 * share(figure.value, most), 1),
            )
            for value, figure in rows
        ),
        total=_cell(figure_set, total),
    )


# A series beside a number


def spark(series):
    """Small columns for a series beside its number: (x, y, height, is last) on 100 by 24; none if any is hidden."""
    if any(figure.is_protected for figure in series):
        return ()
    most = max((figure.value or 0 for figure in series), default=0)
    if not most or len(series) < 2:
        return ()
    slot = 100 / len(series)
    bars = []
    for index, figure in enumerate(series):
        height = 0 if figure.value is None else max(23 * figure.value / most, 0.8)
        x = round(slot * index + slot * 0.15, 1)
        bars.append((x, round(24 - height, 1), round(slot * 0.7, 1), round(height, 1)))
    return tuple(bars)


# Maps


@dataclass(frozen=True)
class Area:
    """A municipality on the map; `shade` 0 (nothing) to 4 (most)."""

    code: str
    name: str
    path: str
    x: float
    y: float
    shade: int
    words: str


@dataclass(frozen=True)
class Map:
    """A county with a number in each municipality, and what counts outside of them."""

    code: str
    title: str
    measure: str
    sentence: str
    areas: tuple
    rows: tuple
    total: Cell
    unit: str
    box: str


@cache
def _counties():
    folder = Path(__file__).parent / "maps"
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def county_map(figure_set, code, period=None):
    """The municipalities' parts of a figure in a year or period; None where there is no map of them."""
    places = figure_set.words.municipalities
    county = next((c for c in _counties() if places and places.keys() <= c["areas"].keys()), None)
    found = dict(figure_set.parts(code, "municipality", period))
    own = {place: figure_set.get(code, period, municipality=place) for place in places}
    if county is None or not any(own[place].value for place in places):
        return None
    total = figure_set.get(code, period)
    most = max(figure.value or 0 for figure in own.values())
    uncounted = _uncounted(figure_set, code, period, places)
    areas, rows = [], []
    for place, name in places.items():
        figure, shape = own[place], county["areas"][place]
        cell = _cell(figure_set, figure)
        if place in uncounted:
            cell = Cell(_("missing"), cell.url)
        shade = math.ceil(4 * share(figure.value or 0, most))
        on_map = UNKNOWN if cell.text == "0" else cell.text
        areas.append(Area(place, name, shape["d"], shape["x"], shape["y"], shade, on_map))
        rows.append((figure.value or 0, name, cell))
    beyond = [
        (figure_set.words.value("municipality", place), figure)
        for place, figure in found.items()
        if place not in places and figure.value
    ]
    rows.sort(key=lambda row: -row[0])
    table = [(name, cell) for _value, name, cell in rows]
    table += [(capfirst(name), _cell(figure_set, figure)) for name, figure in beyond]
    leader = max(own, key=lambda place: own[place].value or 0)
    return Map(
        code=f"{code}-map".replace(".", "-"),
        title=_map_finding(figure_set, code, period, places, leader),
        measure=" ".join(
            [
                _("%(label)s by municipality %(period)s.")
                % {"label": total.indicator.label, "period": total.period},
                *[f"{capfirst(name)}: {shown(figure)}." for name, figure in beyond],
                *reservations([total]),
            ]
        ),
        sentence=_("Most in %(place)s: %(value)s of %(total)s.")
        % {
            "place": places[leader],
            "value": number(own[leader].value),
            "total": shown(total),
        },
        areas=tuple(areas),
        rows=tuple(table),
        total=_cell(figure_set, total),
        unit=capfirst(str(total.indicator.unit_label)),
        box=f"-4 -4 {county['width'] + 8} {county['height'] + 8}",
    )


def _uncounted(figure_set, code, period, places):
    """Municipalities with events nobody has counted: their attendances are missing, not 0."""
    if code != "reach.attendances":
        return set()
    return {
        place
        for place in places
        if not figure_set.get(code, period, municipality=place).value
        and figure_set.get("events.held", period, municipality=place).value
    }


def _map_finding(figure_set, code, period, places, leader):
    """Where there was no event, where that can be said; else where there was most."""
    held = figure_set.get("events.held", period)
    if code in ("events.held", "reach.attendances") and held.basis == Basis.RECORDS:
        without = [
            name
            for place, name in places.items()
            if not figure_set.get("events.held", period, municipality=place).value
        ]
        if not held.incomplete and held.known == held.years:
            if not without:
                return _("Events in every municipality")
            if len(without) == 1:
                return _("No event in %(place)s") % {"place": without[0]}
            if len(without) == 2:
                return _("No event in %(place)s and %(other)s") % {
                    "place": without[0],
                    "other": without[1],
                }
            return _("Events in %(some)s of %(all)s municipalities") % {
                "some": number(len(places) - len(without)),
                "all": number(len(places)),
            }
    return _("Most in %(place)s") % {"place": places[leader]}
