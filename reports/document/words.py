"""How the parts of a document read: its cells, the numbers of its sections, text a file can hold."""

from programmes.formats import UNKNOWN, number, percent, signed
from programmes.text import writable as clean

from .parts import Column, Form, Mark, Table
from .phrases import MISSING, PROTECTED

MARKS = {Mark.PROTECTED: PROTECTED, Mark.MISSING: MISSING, Mark.NOT_APPLICABLE: UNKNOWN}

PRACTICE = "ÖVNING – uppgifterna är påhittade."


def is_number(cell):
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def written(cell, form=Form.NUMBER):
    """A cell as a reader sees it: "1 275", "47,8 %", "+18", "skyddas", "uppgift saknas", "–"."""
    if cell is None:
        return UNKNOWN
    if isinstance(cell, Mark):
        return MARKS[cell]
    if not is_number(cell) or form == Form.WORDS:
        return clean(cell)
    if form == Form.SHARE:
        return percent(cell)
    if form == Form.SIGNED:
        return signed(cell)
    return number(cell, 0 if cell == int(cell) else 1)


def marking(document):
    """What the cover and every page say about the use of the file; empty for a file for all."""
    return " ".join(filter(None, [PRACTICE if document.is_practice else "", document.marking]))


def numbered(sections):
    """Each section with its number ("2", "2.1") and level; plain ones have none, nor what is under them.

    No level is skipped: a section stands at most one level below the one before it.
    """
    chapter = part = level = 0
    is_plain = True
    for section in sections:
        level = min(section.level, level + 1)
        text = ""
        if level == 1:
            is_plain = section.is_plain
            if not is_plain:
                chapter, part = chapter + 1, 0
                text = str(chapter)
        elif not (is_plain or section.is_plain):
            part += 1
            text = f"{chapter}.{part}"
        yield text, level, section


def as_table(chart):
    """The numbers of a chart: a row for each label, a column for each series."""
    head = "År" if all(str(label).isdecimal() for label in chart.labels) else "Uppgift"
    columns = (Column(head, form=Form.WORDS), *(Column(s.name, chart.unit) for s in chart.series))
    rows = zip(chart.labels, *(series.values for series in chart.series), strict=True)
    return Table(chart.caption, columns, tuple(rows))


def columns_of(chart, table):
    """Where a table has the series of a chart: the index of each one's column, or None if it has not."""
    rows = table.rows[: len(chart.labels)]
    if tuple(str(row[0]) for row in rows) != tuple(map(str, chart.labels)):
        return None
    cells = list(zip(*rows, strict=True))
    found = [
        next((i for i, column in enumerate(cells) if i and column == series.values), None)
        for series in chart.series
    ]
    return None if None in found else found


def table_beside(chart, blocks):
    """The first table among the blocks that has the numbers of a chart, or None."""
    tables = (block for block in blocks if isinstance(block, Table) and block.rows)
    return next((table for table in tables if columns_of(chart, table)), None)
