"""The parts of one figure, largest first: a table whose rows carry bars."""

from dataclasses import dataclass

from django.utils.text import capfirst

from programmes.figures import share

from .cells import Cell, cell_of
from .words import by_dimension, reservations


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
        title=". ".join([by_dimension(indicator, dimension, total.period), *reservations([total])]),
        corner=capfirst(str(indicator.dimension(dimension).label)),
        unit=capfirst(str(indicator.unit_label)),
        rows=tuple(
            Part(
                capfirst(figure_set.words.value(dimension, value)),
                cell_of(figure_set, figure),
                round(100 * share(figure.value, most), 1),
            )
            for value, figure in rows
        ),
        total=cell_of(figure_set, total),
    )
