"""A county with a number in each of its municipalities."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.formats import UNKNOWN, number
from programmes.maps import draw

from ..figures import Basis
from ..wording import shown
from .cells import Cell, cell_of
from .words import reservations


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


def county_map(figure_set, code, period=None):
    """The municipalities' parts of a figure in a year or period; None where there is no map of them."""
    places = figure_set.words.municipalities
    found = dict(figure_set.parts(code, "municipality", period))
    own = {place: figure_set.get(code, period, municipality=place) for place in places}
    uncounted = _uncounted(figure_set, code, period, places)
    cells = {place: cell_of(figure_set, figure) for place, figure in own.items()}
    cells |= {place: Cell(_("missing"), cells[place].url) for place in uncounted}
    numbers = {place: None if place in uncounted else own[place].value for place in places}
    on_map = {place: UNKNOWN if cell.text == "0" else cell.text for place, cell in cells.items()}
    drawing = draw(places, numbers, on_map)
    if drawing is None or not any(numbers.values()):
        return None
    total = figure_set.get(code, period)
    rows = [(own[place].value or 0, name, cells[place]) for place, name in places.items()]
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
        areas=drawing.areas,
        rows=tuple(table),
        total=cell_of(figure_set, total),
        unit=capfirst(str(total.indicator.unit_label)),
        box=drawing.box,
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
