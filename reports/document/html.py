"""The report as a page: inside the site, and as one file that needs nothing beside it.

Both are drawn by the same partial templates. In the file a figure leads to its definition; in the
site `card` gives the address of the figure's card.
"""

import base64
import re
from functools import cache
from itertools import count
from pathlib import Path

import fontpkg_source_sans_3
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from . import charts
from .parts import Chart, Form, Live, Mark, Table
from .words import clean, is_number, numbered, written

FONTS = Path(fontpkg_source_sans_3.__file__).parent / "files"
LAYOUT = re.compile(r"\n\s+")  # the templates' indentation, which a file need not carry
MOST_FONT = 700_000  # bytes; a larger font is left to the reader's own machine


def render(document):
    """The document as one self-contained HTML file: style and font inside, no script."""
    context = {
        **page(document),
        "style": mark_safe(_style()),
        "font": mark_safe(_font()),
    }
    text = render_to_string("reports/document/file.html", context)
    return LAYOUT.sub("\n", text)


def page(document, card=None):
    """What the templates draw: cover, contents and sections of a document.

    `card` gives the address that a figure leads to, by its code; without it or where it gives
    nothing, the definition in the document.
    """
    defined = document.meanings

    def way(code):
        return (card(code) if card else None) or (f"#def-{code}" if code in defined else "")

    tables, diagrams, sections = count(1), count(1), []
    for place, (number, level, section) in enumerate(numbered(document.sections), 1):
        blocks = [_block(block, way, tables, diagrams) for block in section.blocks]
        sections.append(
            {
                "id": f"avsnitt-{place}",
                "number": number,
                "title": clean(section.title),
                "level": level,
                "tag": f"h{level + 1}",
                "blocks": blocks,
                "is_year": bool(blocks) and blocks[0]["kind"] == "timeline",
            }
        )
    return {
        "document": document,
        "cover": mark_safe(charts.draw(document.cover.chart, charts.SCREEN, name="omslag")),
        "guide": _block(document.guide, way, tables, diagrams) if document.guide else None,
        "sections": sections,
        "dated": document.dated,
    }


def _block(block, way, tables, diagrams):
    """A block with what its template needs beside it: its number, runs with addresses, cells in words."""
    kind = type(block).__name__.lower()
    shown = {"kind": kind, "block": block}
    if isinstance(block, Table):
        shown |= {"number": next(tables), "rows": list(_rows(block)), "columns": _heads(block)}
    elif isinstance(block, Chart):
        number = next(diagrams)
        drawing = charts.draw(block, charts.SCREEN, name=f"diagram-{number}")
        shown |= {"number": number, "drawing": mark_safe(drawing)}
    elif kind == "bullets":
        shown["items"] = [_runs(item, way) for item in block.items]
    elif kind == "facts":
        shown["items"] = [(clean(term), _runs(runs, way)) for term, runs in block.items]
    elif kind == "keyfigures":
        shown["items"] = [
            (written(item.value, item.form), way(item.code), item) for item in block.items
        ]
    elif kind == "remark":
        shown["rows"] = [
            (
                row.label,
                written(row.derived),
                ("ca " if row.approximate else "") + written(row.printed),
                written(row.difference, Form.SIGNED),
            )
            for row in block.rows
        ]
    if hasattr(block, "runs"):
        shown["runs"] = _runs(block.runs, way)
    return shown


def _runs(runs, way):
    """Each run as (text, address); the address of plain text is empty."""
    return [
        (run.text, way(run.code), True) if isinstance(run, Live) else (clean(run), "", False)
        for run in runs
    ]


def _heads(table):
    return [
        (column, index == 0 or column.form == Form.WORDS)
        for index, column in enumerate(table.columns)
    ]


def _rows(table):
    """Each row as (is it the total, its head, its cells as (text, css class))."""
    for index, row in enumerate(table.rows):
        total = table.has_total and index == len(table.rows) - 1
        cells = [
            (written(cell, column.form), _css(cell, column))
            for cell, column in zip(row[1:], table.columns[1:], strict=True)
        ]
        yield total, written(row[0], table.columns[0].form), cells


def _css(cell, column):
    if isinstance(cell, Mark) and cell != Mark.NOT_APPLICABLE:
        return "num word"
    if column.form == Form.WORDS:
        return ""
    if column.form == Form.SIGNED and is_number(cell) and cell:
        return "num away"
    return "num"


@cache
def _style():
    return (settings.BASE_DIR / "static" / "report.css").read_text(encoding="utf-8")


@cache
def _font():
    """The font as a data address; empty where it is too large to send along with each report."""
    file = next(file for file in FONTS.glob("*.ttf") if "Italic" not in file.name)
    if file.stat().st_size > MOST_FONT:
        return ""
    return "data:font/ttf;base64," + base64.b64encode(file.read_bytes()).decode()
