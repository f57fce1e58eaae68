"""A county with a number in each of its municipalities."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.figures import share
from programmes.formats import UNKNOWN, number

from ..figures import Basis
from ..wording import shown
from .cells import Cell, cell_of
from .words import reservations


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
    folder = Path(__file__).parent.parent / "maps"
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
        cell = cell_of(figure_set, figure)
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
    table += [(capfirst(name), cell_of(figure_set, figure)) for name, figure in beyond]
    leader = max(own, key=lambda place: own[place].value or 0)
    return Map(
        code=f"{code}-map".replace(".", "-"),
        title=_map_finding(figure_set, code, period, places, leader),
        measure=" ".join(
            [
                _("%(label)s by municipality %(period)s.")
                % {"label": total.indicator.label, "period": total.period},
                *[f"{capfirst(name)}: {shown(figure, briefly=True)}." for name, figure in beyond],
                *reservations([total]),
            ]
        ),
        sentence=_("Most in %(place)s: %(value)s of %(total)s.")
        % {
            "place": places[leader],
            "value": number(own[leader].value),
            "total": shown(total, briefly=True),
        },
        areas=tuple(areas),
        rows=tuple(table),
        total=cell_of(figure_set, total),
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
