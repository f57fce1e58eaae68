"""Charts of documents as SVG: columns, stacked columns, lines with gaps, and the dots of the cover.

One unit is one point, so sizes are printed sizes. A `Paint` says how colours are written: as values
for a PDF, as classes for a page, which follows the reader's light or dark. What is unknown or
protected leaves a gap with the word in it.
"""

import math
from html import escape

from programmes.formats import number

from ..charts.drawing import round_step
from .parts import ChartKind, Mark

PALETTE = {
    "ink": "#14262a",
    "muted": "#4a5e62",
    "deep": "#073f3b",
    "spruce": "#0b5751",
    "mid": "#4d9d93",
    "pale": "#c4e0db",
    "tint": "#f1f5f4",
    "line": "#c6d2d0",
    "accent": "#7d5200",
    "gold": "#b87a00",
    "warm": "#fdf4dc",
    "sun": "#ffd84d",
    "paper": "#ffffff",
    "black": "#000000",
}
WIDTH = 351  # the text column of the PDF
LEFT, FLOOR = 34, 20
# Layers from the base up: fill, text on it, outline. The first three survive greyscale.
LAYERS = (
    ("spruce", "paper", "paper"),
    ("pale", "ink", "spruce"),
    ("gold", "black", "paper"),
    ("mid", "black", "paper"),
    ("tint", "ink", "muted"),
    ("muted", "paper", "paper"),
)
LINES = ("spruce", "accent", "mid", "muted")
WORDS = {
    Mark.PROTECTED: "skyddas",
    Mark.MISSING: "saknas",
    Mark.NOT_APPLICABLE: "ej aktuellt",
    None: "saknas",
}


class Paint:
    """Colours as values, and the font's weight for typst, which reads it from the style alone."""

    def fill(self, name):
        return f'fill="{PALETTE.get(name, name)}"'

    def stroke(self, name):
        return f'stroke="{PALETTE.get(name, name)}"'

    def weight(self, weight):
        # Without the style, weight 400 comes out as the variable font's thinnest.
        return f'font-weight="{weight}" style="font-variation-settings:&quot;wght&quot; {weight}"'


class ClassPaint(Paint):
    """Colours as classes `f-…` and `s-…` of the page's stylesheet; no style attributes."""

    def fill(self, name):
        return f'class="f-{name}"'

    def stroke(self, name):
        return f'class="s-{name}"'

    def weight(self, weight):
        return f'font-weight="{weight}"'


PRINT, SCREEN = Paint(), ClassPaint()


def draw(chart, paint=PRINT, *, name=""):
    """The SVG of a chart. With a `name` it carries its title and description for the screen reader."""
    if chart.kind == ChartKind.DOTS:
        width, height, parts = _dots(chart, paint)
    elif chart.kind == ChartKind.LINES:
        width, height, parts = _lines(chart, paint)
    else:
        width, height, parts = _columns(chart, paint)
    head, said = "", ""
    if name:
        head = f' role="img" aria-labelledby="{name}-t {name}-d"'
        said = (
            f'<title id="{name}-t">{escape(chart.caption)}</title>'
            f'<desc id="{name}-d">{escape(chart.alt)}</desc>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" preserveAspectRatio="xMinYMid" font-family="\'Source Sans 3\'"{head}>'
        f"{said}{''.join(parts)}</svg>"
    )


# Marks on the paper


def _text(paint, x, y, words, size=8.5, fill="ink", anchor="start", weight=400):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" {paint.fill(fill)} '
        f'text-anchor="{anchor}" {paint.weight(weight)}>{escape(str(words))}</text>'
    )


def _line(paint, x1, x2, y, colour="line", width=0.5):
    return f'<path d="M{x1:.1f} {y:.1f}H{x2:.1f}" {paint.stroke(colour)} stroke-width="{width}"/>'


def _rect(paint, x, y, width, height, fill, outline=None):
    """Outlined ones are two shapes, so that one class says one colour."""
    box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    shape = f"<rect {box} {paint.fill(fill)}/>"
    if outline:
        shape += f'<rect {box} fill="none" {paint.stroke(outline)} stroke-width="0.6"/>'
    return shape


def _width(words, size):
    """About how wide words are in the font."""
    return 0.5 * size * len(str(words))


class _Plot:
    """The field between the axis and the last label: scale, grid, years and changes outside."""

    def __init__(self, chart, paint, *, height, most, right=2):
        self.chart, self.paint = chart, paint
        self.left, self.right = LEFT, WIDTH - right
        self.slot = (self.right - self.left) / max(len(chart.labels), 1)
        self.key = _key_places(chart) if chart.kind != ChartKind.LINES else []
        self.labels = _event_places(chart, self.left, self.slot)
        above = 13 * (self.key[-1][1] + 1) + 3 if self.key else 0
        strip = 11 * (max((row for _x, row, *_rest in self.labels), default=-1) + 1)
        self.below_key = above
        self.top = 16 + above + strip
        self.height = height + strip + max(above - 16, 0)
        self.floor = self.height - FLOOR
        self.step, self.most = _round_scale(most)

    def y(self, value):
        return self.top + (self.floor - self.top) * (1 - value / self.most)

    def middle(self, index):
        return self.left + self.slot * (index + 0.5)

    def frame(self):
        paint = self.paint
        value = 0
        while value <= self.most + self.step / 2:
            y = self.y(value)
            yield _line(paint, self.left, self.right, y)
            yield _text(paint, self.left - 6, y + 3, number(value), 8, "muted", "end")
            value += self.step
        every = max(1, math.ceil(len(self.chart.labels) / 12))
        for index, label in enumerate(self.chart.labels):
            if index % every == 0:
                yield _text(
                    paint, self.middle(index), self.height - 6, label, 8.5, "muted", "middle"
                )

    def base(self):
        """The base line goes last: outlines of columns would bite into it."""
        return _line(self.paint, self.left, self.right, self.floor, "muted", 0.8)

    def events(self):
        """A dashed line for each year with a change outside, named above the field."""
        for x, row, words, anchor in self.labels:
            y = self.below_key + 9 + 11 * row
            yield (
                f'<path d="M{x:.1f} {y - 7:.1f}V{self.floor:.1f}" {self.paint.stroke("accent")} '
                f'stroke-width="0.8" stroke-dasharray="2 2"/>'
            )
            beside = x + 4 if anchor == "start" else x - 4
            yield _text(self.paint, beside, y, words, 8, "accent", anchor)

    def gap(self, index, mark):
        """The field of a year without a number, with the word that says why."""
        x = self.left + self.slot * index + 2
        yield _rect(self.paint, x, self.top, self.slot - 4, self.floor - self.top, "tint")
        y = (self.top + self.floor) / 2
        if _width(WORDS[mark].split()[0], 8) > self.slot + 8:
            return
        for row, word in enumerate(WORDS[mark].split()):
            yield _text(self.paint, self.middle(index), y + 10 * row, word, 8, "muted", "middle")


def _event_places(chart, left, slot):
    """Where the names of changes outside go: (x, row, words, anchor), none over another."""
    by_year = {}
    for index, words in chart.events:
        by_year.setdefault(index, []).append(words)
    places, taken = [], []
    for index, names in sorted(by_year.items()):
        words = names[0] if len(names) == 1 else f"{len(names)} förändringar"
        words = words if len(words) <= 60 else f"{words[:58].rstrip()} …"
        x, wide = left + slot * index + 1, _width(words, 8) + 8
        anchor = "end" if x + wide > WIDTH else "start"
        start, end = (x - wide, x) if anchor == "end" else (x, x + wide)
        row = next(r for r in range(99) if all(r != q or end < a or b < start for q, a, b in taken))
        taken.append((row, start, end))
        places.append((x, row, words, anchor))
    return places


def _key_places(chart):
    """Where the names of layers go: (x, row, name) over as many rows as they need."""
    if len(chart.series) < 2:
        return []
    places, x, row = [], LEFT, 0
    for series in chart.series:
        wide = 30 + _width(series.name, 8.5)
        if x > LEFT and x + wide - 14 > WIDTH:
            x, row = LEFT, row + 1
        places.append((x, row, series.name))
        x += wide
    return places


def _shown_labels(values, room):
    """Which values are printed: all where there is room, else the first, the last and the most."""
    known = [i for i, value in enumerate(values) if isinstance(value, int | float)]
    widest = max((_width(number(values[i]), 9.5) for i in known), default=0)
    if widest <= room or not known:
        return set(known)
    most = max(known, key=lambda i: values[i])
    return {i for i in (known[0], known[-1]) if abs(i - most) * room > widest} | {most}


def _round_scale(most):
    """A round step and a round top for the axis."""
    step = round_step(most)
    return step, max(math.ceil(most / step), 1) * step


def _known(cells):
    return [value for value in cells if isinstance(value, int | float)]


def _sums(chart):
    """For each label the sum of what is known, or the mark of one without any number."""
    for index in range(len(chart.labels)):
        cells = [series.values[index] for series in chart.series]
        known = _known(cells)
        yield sum(known) if known else cells[0] if cells else None


def _columns(chart, paint):
    """Columns of one or more layers; a part is printed inside where it fits, the sum above."""
    sums = list(_sums(chart))
    plot = _Plot(chart, paint, height=190, most=max(_known(sums), default=0))
    wide = min(plot.slot * 0.6, 46)
    shown = _shown_labels(sums, plot.slot - 2)
    parts = list(plot.frame())
    parts += plot.events()
    for index, total in enumerate(sums):
        if not isinstance(total, int | float):
            parts += plot.gap(index, total)
            continue
        parts += _column(chart, paint, plot, index, wide)
        if index in shown:
            x, y, wide_of = plot.middle(index), plot.y(total) - 5, _width(number(total), 9.5)
            # The paper behind it: a line of the grid would strike it out.
            parts.append(_rect(paint, x - wide_of / 2 - 1, y - 8, wide_of + 2, 10, "paper"))
            parts.append(_text(paint, x, y, number(total), 9.5, "ink", "middle", 600))
    parts.append(plot.base())
    for layer, (x, row, name) in enumerate(plot.key):
        fill, _on, outline = LAYERS[layer % len(LAYERS)]
        parts.append(_rect(paint, x, 1 + 13 * row, 9, 9, fill, outline))
        parts.append(_text(paint, x + 14, 9 + 13 * row, name, 8.5))
    return WIDTH, plot.height, parts


def _column(chart, paint, plot, index, wide):
    base, x = 0, plot.middle(index) - wide / 2
    for layer, series in enumerate(chart.series):
        value = series.values[index]
        if not isinstance(value, int | float) or not value:
            continue
        fill, on, outline = LAYERS[layer % len(LAYERS)]
        top, bottom = plot.y(base + value), plot.y(base)
        yield _rect(paint, x, top, wide, bottom - top, fill, outline)
        if len(chart.series) > 1 and bottom - top > 11 and wide > _width(number(value), 8.5) + 4:
            middle = (top + bottom) / 2 + 3
            yield _text(paint, plot.middle(index), middle, number(value), 8.5, on, "middle")
        base += value


def _lines(chart, paint):
    """Series over time. A gap breaks the line; a year nobody knows says so in its field."""
    most = max((v for series in chart.series for v in _known(series.values)), default=0)
    several = len(chart.series) > 1
    names = max((_width(series.name, 9) for series in chart.series), default=0)
    right = min(names + 8, 110) if several else 2
    plot = _Plot(chart, paint, height=170, most=most, right=right)
    parts = []
    for index, total in enumerate(_sums(chart)):
        if not isinstance(total, int | float):
            parts += plot.gap(index, total)
    parts += plot.frame()
    parts += plot.events()
    parts.append(plot.base())
    for layer, series in enumerate(chart.series):
        parts += _series(paint, plot, layer, series, several)
    return WIDTH, plot.height, parts


def _series(paint, plot, layer, series, several):
    colour = LINES[layer % len(LINES)]
    path, last = "", None
    for index, value in enumerate(series.values):
        if isinstance(value, int | float):
            before = index and isinstance(series.values[index - 1], int | float)
            path += f"{'L' if before else 'M'}{plot.middle(index):.1f} {plot.y(value):.1f}"
            last = value
    if path:
        yield f'<path d="{path}" {paint.stroke(colour)} stroke-width="1.6" fill="none"/>'
    below = several and layer % 2
    shown = _shown_labels(series.values, plot.slot - 2)
    for index, value in enumerate(series.values):
        if isinstance(value, int | float):
            x, y = plot.middle(index), plot.y(value)
            yield _point(paint, layer, x, y, colour)
            lower = below and y + 14 < plot.floor
            if index not in shown:
                continue
            yield _text(
                paint, x, y + (14 if lower else -7), number(value), 8.5, "ink", "middle", 600
            )
    if several and last is not None:
        yield _text(paint, plot.right + 4, plot.y(last) + 3, series.name, 9, colour, "start", 600)


def _point(paint, layer, x, y, colour):
    """Filled circle, open square, and so on: a series is told apart without its colour."""
    if layer % 2 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" {paint.fill(colour)}/>'
    box = f'x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4"'
    return (
        f"<rect {box} {paint.fill('paper')}/>"
        f'<rect {box} fill="none" {paint.stroke(colour)} stroke-width="1.4"/>'
    )


# The cover

PITCH, COVER_WIDTH, MOST_ROWS = 6.4, 467, 62


def _field(chart):
    """How many dots stand beside each other, the gap between fields, and what one dot stands for."""
    values = chart.series[0].values if chart.series else ()
    columns = max(len(values), 1)
    gap = 3 if columns <= 12 else 1 if columns <= 36 else 0
    across = max(int((COVER_WIDTH / PITCH + gap) / columns) - gap, 1)
    most = max(_known(values), default=0)
    return across, gap, max(1, math.ceil(most / (across * MOST_ROWS)))


def dots_each(chart):
    """How many one dot of the cover stands for."""
    return _field(chart)[2]


def _dots(chart, paint):
    """A field of dots for each label, one dot for each; a dot stands for more where they are many."""
    values = chart.series[0].values if chart.series else ()
    known = _known(values)
    most = max(known, default=0)
    across, gap, each = _field(chart)
    rows = max(math.ceil(math.ceil(most / each) / across), 1)
    height = round(rows * PITCH + 40)
    shown = _shown_labels(values, (across + gap) * PITCH)
    parts = []
    for index, value in enumerate(values):
        x = index * (across + gap) * PITCH + PITCH / 2
        if isinstance(value, int | float):
            count = math.ceil(value / each)
            path = "".join(
                f"M{x + (i % across) * PITCH:.1f} {rows * PITCH - (i // across + 0.5) * PITCH:.1f}h.01"
                for i in range(count)
            )
            colour = "sun" if value == most and len(known) > 1 else "pale"
            if path:
                parts.append(
                    f'<path d="{path}" {paint.stroke(colour)} stroke-width="4" stroke-linecap="round"/>'
                )
        x -= 2
        size = 15 if isinstance(value, int | float) else 10
        small = min(1, (across + gap) * PITCH / 44)
        if index in shown or not isinstance(value, int | float):
            words = number(value) if isinstance(value, int | float) else WORDS[value]
            parts.append(
                _text(paint, x, rows * PITCH + 20, words, size * small, "paper", "start", 600)
            )
        if small > 0.5 or index % 2 == 0:
            label = chart.labels[index]
            parts.append(_text(paint, x, rows * PITCH + 35, label, max(10.5 * small, 6), "pale"))
    return COVER_WIDTH, height, parts
