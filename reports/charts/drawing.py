"""Where things lie in a chart: the width shared by its columns, the height by its numbers."""

import math
from dataclasses import dataclass
from itertools import groupby

from programmes.formats import UNKNOWN

from ..wording import written
from .cells import starred

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


class Slots:
    """The width of a chart divided among its columns."""

    def __init__(self, count):
        self.slot = (RIGHT - LEFT) / count
        self.width = min(self.slot * 0.53, 96)

    def left(self, index):
        return LEFT + self.slot * index

    def middle(self, index):
        return round(self.left(index) + self.slot / 2, 1)


def round_step(most, least=1):
    """A round step for an axis up to `most`, at least `least` and never a half of it."""
    rough = max(most, least) / 4
    power = 10 ** math.floor(math.log10(rough))
    halves = (2.5,) if power > least else ()
    step = next(m * power for m in sorted((1, 2, *halves, 5, 10)) if m * power >= rough)
    return max(int(step) if step == int(step) else step, least)


class Scale:
    """From numbers of an indicator to points, with round steps on the axis."""

    def __init__(self, indicator, most):
        self.step = round_step(most, 0.05 if indicator.unit == "share" else 1)
        self.top = max(most, self.step)
        self.indicator = indicator

    def y(self, value):
        return FLOOR - (FLOOR - TOP) * value / self.top

    def ticks(self):
        value = 0
        while value <= self.top:
            yield round(self.y(value), 1), written(self.indicator, value, 0)
            value += self.step


def column(scale, totals, index, parts, is_current):
    slots = Slots(len(totals))
    middle, total = slots.middle(index), totals[index]
    year = total.period.first
    bars, base = [], 0
    for (css, texture), name, value in parts:
        if value:
            said = f"{year}, {name}" if name else str(year)
            top, bottom = scale.y(base + value), scale.y(base)
            bars.append(
                Bar(
                    css=css,
                    texture=texture,
                    x=round(middle - slots.width / 2, 1),
                    y=round(top, 1),
                    width=round(slots.width, 1),
                    height=round(max(bottom - top - 1.5, 0.5), 1),
                    words=f"{said}: {written(scale.indicator, value)}",
                )
            )
            base += value
    return Column(
        label=year_label(year, len(totals)),
        middle=middle,
        above=round(scale.y(base) - 9, 1),
        total=above_text(total, len(totals)),
        bars=tuple(bars),
        is_current=is_current,
    )


def line(scale, slots, css, name, series):
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
        tuple((x, y, f"{f.period}, {name}: {written(f.indicator, f.value)}") for x, y, f in points),
    )


def above_points(scale, rows, index):
    values = [series[index].value for _name, series in rows]
    return round(scale.y(max((value or 0 for value in values), default=0)) - 14, 1)


def above_text(figure, columns):
    """What stands above a column: many columns leave no room for words."""
    if figure.value is None and columns > DENSE:
        return UNKNOWN
    return starred(figure)


def year_label(year, columns):
    return f"{year % 100:02d}" if columns > 2 * DENSE else str(year)
