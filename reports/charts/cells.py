"""What stands in the tables beside charts: the words of a figure, and the way to its card."""

from dataclasses import dataclass

from ..wording import card_url, shown


@dataclass(frozen=True)
class Cell:
    """What stands in a table: the words of a figure, and the way to its card."""

    text: str
    url: str = ""


def starred(figure):
    """A figure in few words, with an asterisk where the records are only partial."""
    return shown(figure, briefly=True) + ("*" if figure.incomplete else "")


def cell_of(figure_set, figure):
    return Cell(starred(figure), card_url(figure_set.programme, figure))
