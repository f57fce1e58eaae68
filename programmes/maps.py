"""A county drawn with a number in each of its municipalities."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import formats
from .figures import share

SHADES = 4  # beside that of nothing: five classes, and one for what is missing
MISSING = "missing"


@dataclass(frozen=True)
class Area:
    """A municipality on the map; `shade` 0 (nothing) to 4 (most), or `MISSING`."""

    code: str
    name: str
    path: str
    x: float
    y: float
    shade: int | str
    words: str


@dataclass(frozen=True)
class Drawing:
    """The municipalities, the box they are drawn in, and what each shade on it stands for."""

    areas: tuple
    box: str
    key: tuple


@cache
def _counties():
    folder = Path(__file__).parent / "counties"
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def draw(names, numbers, words):
    """The map of the municipalities in `names` {code: name}; None where no county holds them all.

    `numbers` {code: number} decides the shade, None is missing; `words` {code: text} stand on it.
    """
    county = next((c for c in _counties() if names and names.keys() <= c["areas"].keys()), None)
    if county is None:
        return None
    most = max((number for number in numbers.values() if number), default=0)
    areas = []
    for code, name in names.items():
        shape, shade = county["areas"][code], _shade(numbers[code], most)
        areas.append(Area(code, name, shape["d"], shape["x"], shape["y"], shade, words[code]))
    is_known = None not in numbers.values()
    key = [(shade, text) for shade, text in _key(most) if not (is_known and shade == MISSING)]
    return Drawing(tuple(areas), f"-4 -4 {county['width'] + 8} {county['height'] + 8}", tuple(key))


def _shade(number, most):
    return MISSING if number is None else math.ceil(SHADES * (share(number, most) or 0))


def _key(most):
    """(shade, the whole numbers it stands for); what is missing has no numbers."""
    yield 0, formats.number(0)
    for shade in range(1, SHADES + 1):
        first, last = (shade - 1) * most // SHADES + 1, shade * most // SHADES
        if first <= last:
            yield shade, "–".join(formats.number(number) for number in sorted({first, last}))
    yield MISSING, ""
