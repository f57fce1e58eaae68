"""What a document is made of, before it becomes a page, a PDF, a Word file or a workbook.

`content` fills these in from figures and records; every renderer draws the same objects. Text comes
as runs: plain strings and `Live` figures between them. Numbers stay numbers until they are drawn,
so a workbook can calculate with them; what has no number says why with a `Mark`.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum


class Mark(Enum):
    """Why a cell has no number: hidden for somebody's protection, unknown, or nothing to record."""

    PROTECTED = "protected"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


class Form(StrEnum):
    """How the cells of a column are written."""

    WORDS = "words"
    NUMBER = "number"
    SHARE = "share"  # a share of one, shown in percent
    SIGNED = "signed"  # a difference, with its sign


@dataclass(frozen=True)
class Live:
    """A figure in running text: as it reads there, and the indicator whose definition it leads to."""

    text: str
    code: str


# Runs: a tuple of `str` and `Live`. Cells: int, float, str, None (a dash) or a `Mark`.


@dataclass(frozen=True)
class Lead:
    """The one paragraph that says what the chapter comes to."""

    runs: tuple


@dataclass(frozen=True)
class Paragraph:
    runs: tuple


@dataclass(frozen=True)
class Bullets:
    """A list; each item is runs."""

    items: tuple


@dataclass(frozen=True)
class Facts:
    """Terms with what is said about each: (term, runs)."""

    items: tuple


@dataclass(frozen=True)
class KeyFigure:
    """A number shown large: the cell, its form, its unit and what to bear in mind."""

    value: object
    form: Form
    label: str
    comment: str
    code: str


@dataclass(frozen=True)
class KeyFigures:
    items: tuple


@dataclass(frozen=True)
class Column:
    """The head of a column: a label, and a unit on a line of its own where there is one."""

    label: str
    unit: str = ""
    form: Form = Form.NUMBER


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns; the first column heads its row. `has_total`: the last row sums up.

    `codes` are the indicators whose definitions its numbers have.
    """

    caption: str
    columns: tuple
    rows: tuple
    has_total: bool = False
    note: str = ""
    codes: tuple = ()


@dataclass(frozen=True)
class Series:
    """A line or a layer of a chart: one cell a label."""

    name: str
    values: tuple


class ChartKind(StrEnum):
    STACKED = "stacked"
    COLUMNS = "columns"
    LINES = "lines"
    DOTS = "dots"  # a dot for each; the cover


@dataclass(frozen=True)
class Chart:
    """A drawing of `series` over `labels`; `alt` says in words what it shows, the table stands beside.

    `events` are (index of the label it comes before, words): changes in the world outside.
    """

    kind: ChartKind
    caption: str
    alt: str
    labels: tuple
    series: tuple
    unit: str = ""
    events: tuple = ()


@dataclass(frozen=True)
class Difference:
    """A derived value against a printed one; the difference is derived minus printed."""

    label: str
    derived: object
    printed: object
    difference: object
    approximate: bool = False


@dataclass(frozen=True)
class Remark:
    """Printed values that differ from the derived, and what explains it."""

    rows: tuple
    runs: tuple = ()


@dataclass(frozen=True)
class Moment:
    """Something of a year: when, as precisely as it is known, where, and what; `kind` says what sort.

    `when` leaves the year out, the heading has it. `outside`: a change around the programme.
    """

    when: str
    where: str
    title: str
    text: str = ""
    outside: bool = False
    kind: str = ""


@dataclass(frozen=True)
class Timeline:
    """The milestones of one year. It stands under a heading that names the year, and repeats no heading."""

    year: int
    moments: tuple


@dataclass(frozen=True)
class Goal:
    """An objective with its judgement: a word, and its value for the scale (fulfilled … unclear).

    One that nobody has judged is "unclear", and its reason says so.
    """

    number: int
    title: str
    judgement: str
    value: str
    reason: str
    evidence: str = ""


@dataclass(frozen=True)
class Goals:
    items: tuple


@dataclass(frozen=True)
class Meaning:
    """The definition of an indicator as it held in the period."""

    code: str
    label: str
    unit: str
    text: str


@dataclass(frozen=True)
class Meanings:
    items: tuple


@dataclass(frozen=True)
class Section:
    """A heading (level 1 or 2) and the blocks under it. `is_plain`: without a number."""

    title: str
    blocks: tuple
    level: int = 1
    is_plain: bool = False
    starts_page: bool = False


@dataclass(frozen=True)
class Cover:
    """The figure of the report itself: a dot for each attendance, with the words for it."""

    chart: Chart
    legend: str


@dataclass(frozen=True)
class Document:
    """A report, complete: what stands on the cover, its sections, and every figure behind it.

    `dated` is the day its figures were derived, passed in, so that the same data give the same
    bytes. `figures` is the figure set of its view; the flat sheet of the workbook lists them all.
    """

    title: str
    kind: str
    association: str
    subtitle: str
    summary: str
    language: str
    dated: date
    cover: Cover
    sections: tuple
    figures: object
    contact: str = ""
    is_practice: bool = False
    marking: str = ""  # what the file may be used for, on the cover and every page; empty for all
    guide: Facts = None  # how to read the figures: beside or after the contents

    @property
    def meanings(self):
        """The definitions in it, by the code of their indicator."""
        blocks = (block for section in self.sections for block in section.blocks)
        return {m.code: m for block in blocks if isinstance(block, Meanings) for m in block.items}
