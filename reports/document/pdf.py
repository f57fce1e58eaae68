"""The report as PDF: tagged (PDF/UA-1) and for the archive (PDF/A-2a) in one file, set by typst.

Text goes to `report.typ` as JSON, so nothing a person typed can become markup. The font is our own
and the only one: a character it lacks is shown as a box. The same document gives the same bytes.
"""

import json
import re
import struct
import threading
from datetime import UTC, datetime, time
from functools import cache
from itertools import count
from pathlib import Path

import fontpkg_source_sans_3
import typst

from programmes.formats import number, signed

from . import charts
from .parts import (
    Form,
    Live,
    Mark,
)
from .words import clean, is_number, marking, numbered, written

HERE = Path(__file__).parent
FONTS = Path(fontpkg_source_sans_3.__file__).parent / "files"
STANDARDS = ["ua-1", "a-2a"]
BOX = "\u25a1"
ONE_AT_A_TIME = threading.Lock()  # the compiler holds the data it was last given
INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)
LONG_WORD = re.compile(r"\S{36,}")
LONG_FACT, LONG_FACTS = 700, 1000  # signs; what is shorter is kept on one page
TEXT_WIDTH, HEAD_SIZE = 351, 8.5  # points
KEEP_TOGETHER = 16  # rows; a longer table may break over pages, its head repeated


def render(document):
    """The PDF of a document. Raises ValueError if typst has anything to remark."""
    return compile_report(**inputs(document))


def inputs(document):
    """What typst is given: the data, as text, and the document's day as the file's time."""
    dated = datetime.combine(document.dated, time(), tzinfo=UTC)
    return {"data": _printable(json.dumps(_data(document), ensure_ascii=False)), "dated": dated}


def compile_report(data, dated):
    with ONE_AT_A_TIME:
        pdf, warnings = _compiler().compile_with_warnings(
            format="pdf", sys_inputs={"data": data}, pdf_standards=STANDARDS, timestamp=dated
        )
    if warnings:
        raise ValueError("\n".join(warning.message for warning in warnings))
    return pdf


@cache
def _compiler():
    """One for the process: the template is parsed and the font read once."""
    return typst.Compiler(
        HERE / "report.typ",
        root=HERE,
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
        ),
        ignore_system_fonts=True,
    )


# What the font can write


def _printable(text):
    """The text with what cannot be seen taken out and what the font lacks shown as a box."""
    missing = {character for character in set(text) if ord(character) not in _coverage()}
    if not missing:
        return text
    text = INVISIBLE.sub("", text)
    return text.translate({ord(character): BOX for character in missing - {"\u200b", "\u200a"}})


@cache
def _coverage():
    """The code points of the font, from its cmap table (formats 4 and 12)."""
    font = next(file for file in FONTS.glob("*.ttf") if "Italic" not in file.name).read_bytes()
    tables = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sLLL", font, 12 + 16 * i) for i in range(tables))
    start = next(offset for tag, _sum, offset, _length in entries if tag == b"cmap")
    found = {0x0A, 0x09, 0x0D}
    for i in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">HHL", font, start + 4 + 8 * i)[2]
        kind = struct.unpack_from(">H", font, at)[0]
        if kind == 12:
            for group in range(struct.unpack_from(">L", font, at + 12)[0]):
                first, last, _glyph = struct.unpack_from(">LLL", font, at + 16 + 12 * group)
                found.update(range(first, last + 1))
        elif kind == 4:
            segments = struct.unpack_from(">H", font, at + 6)[0] // 2
            ends = struct.unpack_from(f">{segments}H", font, at + 14)
            starts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
            for first, last in zip(starts, ends, strict=True):
                found.update(range(first, min(last, 0xFFFE) + 1))
    return frozenset(found)


def _words(text):
    """Typed text for typst: long words may break where they must."""
    text = INVISIBLE.sub("", clean(text))
    return LONG_WORD.sub(lambda match: _breakable(match.group()), text)


def _breakable(word):
    return "\u200b".join(word[i : i + 18] for i in range(0, len(word), 18))


# The document as plain data


def _data(document):
    draft = _Data(document.meanings)
    return {
        "title": _words(document.title),
        "kind": document.kind,
        "association": _words(document.association),
        "subtitle": _words(document.subtitle),
        "summary": _words(document.summary),
        "marking": marking(document),
        "palette": charts.PALETTE,
        "cover": {
            "svg": charts.draw(document.cover.chart),
            "alt": _words(document.cover.chart.alt),
            "legend": _words(document.cover.legend),
        },
        "guide": draft.block(document.guide) if document.guide else {"items": []},
        "sections": [
            {
                "title": _words(section.title),
                "level": level,
                "numbered": bool(text),
                "starts_page": section.starts_page,
                "blocks": [draft.block(block) for block in section.blocks],
            }
            for text, level, section in numbered(document.sections)
        ],
    }


class _Data:
    """Blocks as the template takes them; `defined` are the codes a live figure can lead to."""

    def __init__(self, defined):
        self.defined = defined
        self.tables, self.diagrams = count(1), count(1)

    def runs(self, runs):
        return [
            [run.text, run.code if run.code in self.defined else None]
            if isinstance(run, Live)
            else _words(run)
            for run in runs
        ]

    def block(self, block):
        name = type(block).__name__.lower()
        return {"type": name, **getattr(self, name)(block)}

    def lead(self, block):
        return {"runs": self.runs(block.runs)}

    paragraph = lead

    def bullets(self, block):
        return {"items": [self.runs(item) for item in block.items]}

    def facts(self, block):
        lengths = [_length(runs) for _term, runs in block.items]
        return {
            "long": sum(lengths) > LONG_FACTS,
            "items": [
                {"term": _words(term), "runs": self.runs(runs), "long": length > LONG_FACT}
                for (term, runs), length in zip(block.items, lengths, strict=True)
            ],
        }

    def keyfigures(self, block):
        return {
            "items": [
                {
                    "value": written(item.value, item.form),
                    "label": _words(item.label),
                    "comment": _words(item.comment),
                }
                for item in block.items
            ]
        }

    def chart(self, block):
        return {
            "number": next(self.diagrams),
            "caption": _words(block.caption),
            "alt": _words(block.alt),
            "svg": charts.draw(block),
        }

    def table(self, block):
        forms = [column.form for column in block.columns]
        return {
            "number": next(self.tables),
            "caption": _words(block.caption),
            "note": _words(block.note),
            "total": block.has_total,
            "long": len(block.rows) > KEEP_TOGETHER,
            "head": [{"label": _words(c.label), "unit": _words(c.unit)} for c in block.columns],
            "left": [index == 0 or form == Form.WORDS for index, form in enumerate(forms)],
            "widths": _widths(block),
            "rows": [
                [_cell(cell, form) for cell, form in zip(row, forms, strict=True)]
                for row in block.rows
            ],
        }

    def remark(self, block):
        return {
            "runs": self.runs(block.runs),
            "rows": [
                {
                    "label": _words(row.label),
                    "derived": number(row.derived),
                    "printed": f"ca {number(row.printed)}"
                    if row.approximate
                    else number(row.printed),
                    "difference": signed(row.difference),
                }
                for row in block.rows
            ],
        }

    def timeline(self, block):
        return {
            "moments": [
                {
                    "kind": _words(moment.kind),
                    "side": _words(", ".join(filter(None, [moment.when, moment.where]))),
                    "title": _words(moment.title),
                    "text": _words(moment.text),
                    "outside": moment.outside,
                }
                for moment in block.moments
            ]
        }

    def goals(self, block):
        return {
            "items": [
                {
                    "number": goal.number,
                    "value": goal.value,
                    **{
                        name: _words(getattr(goal, name))
                        for name in ("title", "judgement", "reason", "evidence")
                    },
                }
                for goal in block.items
            ]
        }

    def meanings(self, block):
        return {
            "type": "definitions",
            "items": [
                {
                    "code": item.code,
                    "label": _words(item.label),
                    "unit": _words(item.unit),
                    "text": _words(item.text),
                }
                for item in block.items
            ],
        }


def _cell(cell, form):
    """Text, or what stands out: a word for a number that is not there, a difference."""
    text = written(cell, form)
    if isinstance(cell, Mark) and cell != Mark.NOT_APPLICABLE:
        return {"word": text}
    if form == Form.SIGNED and is_number(cell) and cell:
        return {"signed": text}
    return _words(text)


def _length(runs):
    return sum(len(run.text if isinstance(run, Live) else run) for run in runs)


def _widths(table):
    """Shares of the width (0: as wide as it needs): even columns while their heads fit."""
    shares = [1.6 if c.form == Form.WORDS else 1 for c in table.columns]
    whole = sum(shares)
    for column, part in zip(table.columns[1:], shares[1:], strict=True):
        room = TEXT_WIDTH * part / whole - 8
        if column.form != Form.WORDS and _longest(column) * 0.53 * HEAD_SIZE > room:
            return [
                part if c.form == Form.WORDS else 0
                for c, part in zip(table.columns, shares, strict=True)
            ]
    return shares


def _longest(column):
    return max(map(len, [*column.label.split(), *column.unit.split(), ""]))
