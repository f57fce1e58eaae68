"""The report as a workbook: a sheet a chapter to read, the definitions, and every figure in one list.

Numbers stay numbers, so they can be summed and sorted; what has no number says why in words.
Nothing a person typed can become a formula: text is written as text, and marked as such where it
begins like one.
"""

import io
import math
import re
import textwrap
from datetime import datetime, time
from functools import singledispatchmethod

import xlsxwriter
from django.utils import translation

from programmes.exports import LIKE_A_FORMULA

from ..charts.words import coverage
from ..figures import View
from .charts import PALETTE
from .parts import (
    Bullets,
    Chart,
    ChartKind,
    Facts,
    Form,
    Goals,
    KeyFigures,
    Lead,
    Live,
    Mark,
    Meanings,
    Paragraph,
    Remark,
    Table,
    Timeline,
)
from .phrases import basis_words, cell, long_date
from .words import as_table, clean, columns_of, is_number, marking, numbered, table_beside, written

LONGEST_CELL, LONGEST_NAME, LONGEST_PROPERTY = 32_767, 31, 255
FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FIRST_COLUMN, FRONT_COLUMN = 34, 90  # widths, in characters
NARROWEST, WIDEST = 14, 32
FEWEST_COLUMNS, LINES_A_ROW = 7, 24
UNDER_CHART = "Underlag till diagrammet"  # a table with gaps, where words would be drawn as zero
SWEDISH = "[$-41D]"
NUMBERS = {
    Form.NUMBER: '#,##0;"−"#,##0',
    Form.SIGNED: '"+"#,##0;"−"#,##0;0',
    Form.SHARE: "0.0\u00a0%",
}
WITH_DECIMALS = {
    Form.NUMBER: '#,##0.0;"−"#,##0.0',
    Form.SIGNED: '"+"#,##0.0;"−"#,##0.0;0',
    Form.SHARE: "0.0\u00a0%",
}
APPROXIMATE = '"ca "#,##0'
# Words for those who read, and last the codes of the command line's contract for those who compare.
FACTS = (
    ("Uppgift", 30),
    ("Del", 32),
    ("Period", 12),
    ("Värde", 15),
    ("Enhet", 18),
    ("Underlag", 24),
    ("Tryckt", 12),
    ("Skillnad", 12),
    ("Svar", 58),
    ("Kod för uppgiften", 26),
    ("Kod för delen", 36),
)
MEANINGS = (("Beteckning", 28), ("Uppgift", 32), ("Enhet", 20), ("Definition", 90))
VIEWS = {
    View.FULL: "Fullständig: alla uppgifter visas.",
    View.PROTECTED: "Skyddad: små antal personer visas som ”skyddas”.",
}
LAYERS = ("spruce", "pale", "gold", "mid", "tint", "muted")
LINES = ("spruce", "accent", "mid", "muted")
MARKERS = ("circle", "square", "diamond", "triangle")


def render(document):
    """The document as the bytes of an .xlsx file; the same document gives the same bytes."""
    with translation.override(document.language.split("-")[0]):
        return _Workbook(document).write()


class _Workbook:
    def __init__(self, document):
        self.document = document
        self.bytes = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(self.bytes, options)
        self.formats = {}
        self.names = set()

    def write(self):
        self.properties()
        front = self.sheet("Innehåll")
        self.names |= {"definitioner", "fakta"}
        links = []
        for title, parts in _chapters(self.document.sections):
            chapter = _Chapter(self, title, parts)
            links.append((chapter.sheet.get_name(), title))
            chapter.write()
        links.append(("Definitioner", "Vad varje uppgift betyder"))
        self.definitions()
        links.append(("Fakta", "Alla siffror, en rad för varje"))
        self.facts()
        self.front(front, links)
        self.book.close()
        return self.bytes.getvalue()

    def properties(self):
        document = self.document
        self.book.set_properties(
            {
                "title": clean(document.title)[:LONGEST_PROPERTY],
                "subject": clean(document.kind)[:LONGEST_PROPERTY],
                "author": clean(document.association)[:LONGEST_PROPERTY],
                "comments": clean(document.summary)[:LONGEST_PROPERTY],
                "created": datetime.combine(document.dated, time()),
            }
        )

    def sheet(self, title, *, header=0):
        """A new sheet that prints on A4, its head row fixed and repeated."""
        name = self.name(title)
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(header)
        sheet.freeze_panes(header + 1, 0)
        left = " · ".join(filter(None, (self.document.association, marking(self.document))))
        sheet.set_footer(f"&L{clean(left)[:120].replace('&', '&&')}&RSida &P av &N")
        return sheet

    def name(self, title):
        """A sheet's name out of a title: what Excel allows, short enough, and not there yet."""
        base = FORBIDDEN_IN_NAMES.sub(" ", clean(title))
        base = " ".join(base.split()).strip("' ") or "Blad"
        if len(base) > LONGEST_NAME:
            cut = base[: LONGEST_NAME - 1]
            base = f"{cut.rpartition(' ')[0] or cut}…"
        name, number = base, 1
        while name.lower() in self.names or name.lower() == "history":
            number += 1
            name = f"{base[: LONGEST_NAME - len(f' {number}')]} {number}"
        self.names.add(name.lower())
        return name

    def format(self, **properties):
        """One format for each look, however often it is asked for."""
        properties = {"valign": "top", "font_color": PALETTE["ink"]} | properties
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    # Cells

    def text(self, sheet, row, column, text, **look):
        """Words, never a formula, an address or a number."""
        text = clean(text)
        if len(text.encode("utf-16-le")) > 2 * LONGEST_CELL:
            short = text.encode("utf-16-le")[: 2 * (LONGEST_CELL - 1)]
            text = short.decode("utf-16-le", "ignore") + "…"
        if LIKE_A_FORMULA.match(text):
            look["quote_prefix"] = True
        sheet.write_string(row, column, text, self.format(**look))

    def value(self, sheet, row, column, value, form=Form.NUMBER, *, approximate=False, **look):
        """A number as a number in its form; otherwise the word that says why there is none."""
        if not is_number(value) or form == Form.WORDS:
            look |= {"align": "left" if form == Form.WORDS else "right"}
            if value is None or isinstance(value, Mark):
                look |= {"font_color": PALETTE["muted"]}
            self.text(sheet, row, column, written(value, form), **look)
            return
        forms = NUMBERS if value == int(value) else WITH_DECIMALS
        pattern = APPROXIMATE if approximate else forms[form]
        pattern = ";".join(SWEDISH + section for section in pattern.split(";"))
        look |= {"num_format": pattern, "align": "right"}
        sheet.write_number(row, column, value, self.format(**look))

    # The sheets that are the same in every workbook

    def front(self, sheet, links):
        document = self.document
        sheet.set_column(0, 0, FIRST_COLUMN)
        sheet.set_column(1, 1, FRONT_COLUMN)
        self.text(sheet, 0, 0, document.title, **TITLE)
        sheet.set_row(0, 30)
        rows = [
            ("Rapport", document.kind),
            ("Utgivare", document.association),
            ("Om", document.subtitle),
            ("Innehåll", document.summary),
            ("Version", VIEWS.get(getattr(document.figures, "view", None), "")),
            ("Obs", marking(document)),
            ("Siffrorna hämtade", long_date(document.dated)),
            ("Kontakt", document.contact),
        ]
        row = 2
        for term, said in rows:
            if said:
                self.front_row(sheet, row, term, said)
                row += 1
        self.text(sheet, row + 1, 0, "Blad", **HEAD)
        self.text(sheet, row + 1, 1, "Vad det visar", **HEAD)
        row += 2
        link = self.format(font_color=PALETTE["spruce"], underline=1)
        for name, said in links:
            target = name.replace("'", "''")
            sheet.write_url(row, 0, f"internal:'{target}'!A1", link, string=name)
            self.text(sheet, row, 1, said)
            row += 1
        guide = document.guide.items if document.guide else ()
        if guide:
            self.text(sheet, row + 1, 0, "Så läser du siffrorna", **HEAD)
            self.text(sheet, row + 1, 1, "", **HEAD)
            row += 2
        for term, runs in guide:
            self.front_row(sheet, row, term, _plain(runs))
            row += 1

    def front_row(self, sheet, row, term, said):
        self.text(sheet, row, 0, term, **TERM)
        self.text(sheet, row, 1, said, text_wrap=True)
        sheet.set_row(
            row, min(15 * sum(_lines(line, FRONT_COLUMN) for line in said.split("\n")), 409)
        )

    def definitions(self):
        self.names.discard("definitioner")
        sheet = self.sheet("Definitioner")
        for column, (head, width) in enumerate(MEANINGS):
            sheet.set_column(column, column, width)
            self.text(sheet, 0, column, head, **HEAD)
        for row, meaning in enumerate(self.document.meanings.values(), 1):
            words = (meaning.code, meaning.label, meaning.unit, meaning.text)
            for column, said in enumerate(words):
                self.text(sheet, row, column, said, text_wrap=True, **HAIRLINE)

    def facts(self):
        """Every figure of the report's view, in the order of the contract."""
        self.names.discard("fakta")
        sheet = self.sheet("Fakta")
        words = getattr(self.document.figures, "words", None)
        figures = list(self.document.figures or ())
        for column, (head, width) in enumerate(FACTS):
            sheet.set_column(column, column, width)
            self.text(sheet, 0, column, head, **HEAD)
        last = max(len(figures), 1)
        columns = [{"header": head, "header_format": self.format(**HEAD)} for head, _w in FACTS]
        sheet.add_table(
            0,
            0,
            last,
            len(FACTS) - 1,
            {"name": "Fakta", "columns": columns, "style": None},
        )
        sheet.ignore_errors({"number_stored_as_text": f"A2:K{last + 1}"})
        for row, figure in enumerate(figures, 1):
            form = Form.SHARE if figure.unit == "share" else Form.NUMBER
            said = {
                0: figure.indicator.label,
                1: words.part(figure.key) if words else "",
                2: figure.period.code,
                4: figure.indicator.unit_label,
                5: basis_words(figure),
                8: coverage(self.document.figures, figure),
                9: figure.indicator.code,
                10: figure.breakdown,
            }
            for column, text in said.items():
                if text:
                    self.text(sheet, row, column, text)
            self.value(sheet, row, 3, cell(figure), form)
            if figure.published is not None:
                self.value(sheet, row, 6, figure.published, form)
            if figure.difference is not None:
                signed = form if form == Form.SHARE else Form.SIGNED
                self.value(sheet, row, 7, figure.difference, signed)


TITLE = {"bold": True, "font_size": 18, "font_color": PALETTE["deep"]}
PART = {"bold": True, "font_size": 13, "font_color": PALETTE["deep"]}
TERM = {"bold": True, "font_color": PALETTE["deep"], "text_wrap": True}
QUIET = {"font_color": PALETTE["muted"], "font_size": 9, "text_wrap": True}
HAIRLINE = {"bottom": 1, "bottom_color": PALETTE["line"]}
HEAD = {
    "bold": True,
    "font_color": PALETTE["muted"],
    "text_wrap": True,
    "valign": "bottom",
    "top": 2,
    "bottom": 1,
    "top_color": PALETTE["deep"],
    "bottom_color": PALETTE["deep"],
}
TOTAL = {
    "bold": True,
    "top": 1,
    "bottom": 2,
    "top_color": PALETTE["deep"],
    "bottom_color": PALETTE["deep"],
}
WARM = {"bg_color": PALETTE["warm"]}


class _Chapter:
    """One sheet: a chapter with its parts, from top to bottom."""

    def __init__(self, workbook, title, parts):
        self.workbook, self.title, self.parts = workbook, title, parts
        self.sheet = workbook.sheet(title)
        blocks = [block for _title, blocks in parts for block in blocks]
        tables = [block for block in blocks if isinstance(block, Table)]
        tables += [as_table(block) for block in blocks if isinstance(block, Chart)]
        self.columns = max([FEWEST_COLUMNS, *(len(table.columns) for table in tables)])
        self.widths = [FIRST_COLUMN, *(_width(tables, i) for i in range(1, self.columns))]
        self.row = 2
        self.tables = []  # (table, row of its head)
        self.drawings = []  # (chart, row, table with its numbers)

    def write(self):
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.workbook.text(self.sheet, 0, 0, self.title, **TITLE)
        self.sheet.set_row(0, 30)
        for title, blocks in self.parts:
            if title:
                self.workbook.text(self.sheet, self.row, 0, title, **PART)
                self.row += 1
            self.siblings = blocks
            for block in blocks:
                self.block(block)
                self.row += 1
        for drawing in self.drawings:
            self.draw(*drawing)

    # Blocks

    @singledispatchmethod
    def block(self, block):
        raise TypeError(f"no way to write {type(block).__name__} in Excel")

    @block.register
    def _(self, block: Lead):
        self.words(block.runs, font_size=13, font_color=PALETTE["deep"])

    @block.register
    def _(self, block: Paragraph):
        self.words(block.runs)

    @block.register
    def _(self, block: Bullets):
        for item in block.items:
            self.words(("– ", *item))

    @block.register
    def _(self, block: Facts):
        for term, runs in block.items:
            self.said(term, runs)

    @block.register
    def _(self, block: Goals):
        for goal in block.items:
            texts = (goal.title, goal.reason, goal.evidence)
            self.said(f"Mål {goal.number}: {goal.judgement}", (_sentences(texts),))

    @block.register
    def _(self, block: Meanings):
        self.words(("Definitionerna står på bladet Definitioner.",))

    @block.register
    def _(self, block: Timeline):
        for moment in block.moments:
            kind = moment.kind or ("Omvärld" if moment.outside else "")
            term = " · ".join(filter(None, (kind, moment.when, moment.where)))
            self.said(term, (_sentences((moment.title, moment.text)),))

    @block.register
    def _(self, block: KeyFigures):
        for item in block.items:
            self.workbook.text(self.sheet, self.row, 0, item.label, **TERM)
            look = {"bold": True, "font_size": 14, "font_color": PALETTE["deep"]}
            self.workbook.value(self.sheet, self.row, 1, item.value, item.form, **look)
            self.merged(2, item.comment, QUIET | {"indent": 1})

    @block.register
    def _(self, block: Table):
        self.words((block.caption,), bold=True)
        self.table(block)
        if block.note:
            self.words((block.note,), **QUIET)

    @block.register
    def _(self, block: Chart):
        """Room for the drawing; it is drawn when the place of its numbers is known."""
        beside = table_beside(block, self.siblings)
        row = self.row
        self.row += 17
        if block.events:
            said = "; ".join(
                f"{words}, före {block.labels[index]}" for index, words in block.events
            )
            self.words((f"Förändringar i omvärlden: {said}.",), **QUIET)
        table = beside or as_table(block)
        if beside is None:
            self.words((block.caption,), bold=True)
            self.table(table)
            self.row += 1
        if any(not is_number(value) for series in block.series for value in series.values):
            table = as_table(block)
            self.words((f"{UNDER_CHART}: {block.caption}",), bold=True)
            self.table(table, gaps=True)
            self.words(("En tom ruta: uppgiften saknas eller skyddas.",), **QUIET)
        self.drawings.append((block, row, table))

    @block.register
    def _(self, block: Remark):
        """What differs from a printed value, and why: the one warm surface."""
        if block.rows:
            heads = ("Skillnad mot tryckt uppgift", "Härledd", "Tryckt", "Skillnad")
            for column, head in enumerate(heads):
                align = {"align": "right"} if column else {}
                look = {"bold": True, "font_color": PALETTE["accent"]} | WARM | align
                self.workbook.text(self.sheet, self.row, column, head, **look)
            self.row += 1
        for difference in block.rows:
            label = {"text_wrap": True} | WARM
            self.workbook.text(self.sheet, self.row, 0, difference.label, **label)
            write = self.workbook.value
            write(self.sheet, self.row, 1, difference.derived, **WARM)
            approximate = {"approximate": True} if difference.approximate else {}
            write(self.sheet, self.row, 2, difference.printed, **approximate, **WARM)
            write(self.sheet, self.row, 3, difference.difference, Form.SIGNED, **WARM)
            self.sheet.set_row(self.row, 15 * _lines(difference.label, FIRST_COLUMN))
            self.row += 1
        if block.runs:
            self.words(block.runs, **WARM)

    # Rows

    def words(self, runs, **look):
        """A paragraph over the whole width; a very long one goes on in the next row."""
        size = look.get("font_size", 11)
        wide = int(sum(self.widths) * 11 / size)
        lines = textwrap.wrap(clean(_plain(runs)), wide, break_on_hyphens=False) or [""]
        for first in range(0, len(lines), LINES_A_ROW):
            some = lines[first : first + LINES_A_ROW]
            self.merged(0, " ".join(some), look, height=size * 1.4 * len(some))

    def said(self, term, runs):
        """A term with what is said about it."""
        text = _plain(runs)
        width = sum(self.widths[1:])
        lines = textwrap.wrap(clean(text), width, break_on_hyphens=False) or [""]
        for first in range(0, len(lines), LINES_A_ROW):
            some = lines[first : first + LINES_A_ROW]
            rows = max(len(some), 1 if first else _lines(term, FIRST_COLUMN))
            self.workbook.text(self.sheet, self.row, 0, "" if first else term, **TERM, **HAIRLINE)
            self.merged(1, " ".join(some), HAIRLINE, height=15 * rows)

    def merged(self, column, text, look, *, height=None):
        look = {"text_wrap": True} | look
        last = self.columns - 1
        self.sheet.merge_range(self.row, column, self.row, last, "", self.workbook.format(**look))
        self.workbook.text(self.sheet, self.row, column, text, **look)
        if height:
            self.sheet.set_row(self.row, min(max(height, 15), 409))
        self.row += 1

    def table(self, table, *, gaps=False):
        """Head, rows and total. With `gaps` what has no number stays empty, so that a chart has a gap."""
        self.tables.append((table, self.row))
        heads = 1
        for index, column in enumerate(table.columns):
            is_words = not index or column.form == Form.WORDS
            look = HEAD | (_left(index) if is_words else {"align": "right"})
            text = f"{column.label}\n{column.unit}" if column.unit else column.label
            lines = sum(_lines(line, self.widths[index]) for line in text.split("\n"))
            heads = max(heads, lines)
            self.workbook.text(self.sheet, self.row, index, text, **look)
        self.sheet.set_row(self.row, 15 * heads + 3)
        self.row += 1
        for position, cells in enumerate(table.rows, 1):
            look = TOTAL if table.has_total and position == len(table.rows) else HAIRLINE
            self.table_row(table.columns, cells, look, gaps)

    def table_row(self, columns, cells, look, gaps):
        height = 1
        for index, (column, value) in enumerate(zip(columns, cells, strict=True)):
            if not index or column.form == Form.WORDS:
                text = written(value, Form.WORDS)
                height = max(height, _lines(text, self.widths[index]))
                words = {"text_wrap": True} | _left(index) | look
                self.workbook.text(self.sheet, self.row, index, text, **words)
            elif gaps and not is_number(value):
                self.sheet.write_blank(self.row, index, None, self.workbook.format(**look))
            else:
                self.workbook.value(self.sheet, self.row, index, value, column.form, **look)
        self.sheet.set_row(self.row, min(15 * height, 409))
        self.row += 1

    # Charts

    def draw(self, chart, row, table):
        """The workbook's own chart over the cells of a table."""
        head = next(head for written_table, head in self.tables if written_table is table)
        is_lines = chart.kind == ChartKind.LINES
        kind = {"type": "line" if is_lines else "column"}
        if chart.kind == ChartKind.STACKED:
            kind["subtype"] = "stacked"
        drawing = self.workbook.book.add_chart(kind)
        name, first, last = self.sheet.get_name(), head + 1, head + len(chart.labels)
        places = columns_of(chart, table)
        for layer, (series, column) in enumerate(zip(chart.series, places, strict=True)):
            look = _line(layer) if is_lines else _layer(layer, several=len(chart.series) > 1)
            drawing.add_series(
                {
                    "name": clean(series.name)[:LONGEST_PROPERTY],
                    "categories": [name, first, 0, last, 0],
                    "values": [name, first, column, last, column],
                    **look,
                }
            )
        font = {"color": PALETTE["ink"], "size": 11, "bold": True}
        drawing.set_title({"name": clean(chart.caption)[:LONGEST_PROPERTY], "name_font": font})
        drawing.set_y_axis(
            {
                "min": 0,
                "num_format": "#,##0",
                "major_gridlines": {"visible": True, "line": {"color": PALETTE["line"]}},
                "line": {"none": True},
            }
        )
        drawing.set_x_axis({"line": {"color": PALETTE["muted"]}})
        drawing.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
        drawing.show_blanks_as("gap")
        drawing.set_size({"width": 820, "height": 320})
        place = {"description": clean(chart.alt), "object_position": 1}
        self.sheet.insert_chart(row, 0, drawing, place)


def _layer(layer, *, several):
    fill = LAYERS[layer % len(LAYERS)]
    on = PALETTE["paper"] if fill in ("spruce", "muted") and several else PALETTE["ink"]
    return {
        "fill": {"color": PALETTE[fill]},
        "border": {"color": PALETTE["spruce" if fill in ("pale", "tint") else "paper"]},
        "gap": 70,
        "data_labels": {"value": True, "font": {"color": on}},
    }


def _line(layer):
    colour = PALETTE[LINES[layer % len(LINES)]]
    fill = colour if layer % 2 == 0 else PALETTE["paper"]
    return {
        "line": {"color": colour, "width": 2},
        "marker": {
            "type": MARKERS[layer % len(MARKERS)],
            "size": 7,
            "fill": {"color": fill},
            "border": {"color": colour},
        },
        "data_labels": {"value": True, "position": "below" if layer % 2 else "above"},
    }


def _chapters(sections):
    """Each chapter with its parts as (title, [(title of the part, blocks)]).

    One with definitions alone is left out: they have a sheet of their own.
    """
    chapters = []
    for number, level, section in numbered(sections):
        title = f"{number} {section.title}" if number else section.title
        if level == 1:
            chapters.append((section.title, [("", section.blocks)]))
        else:
            chapters[-1][1].append((title, section.blocks))
    for title, parts in chapters:
        blocks = [block for _title, blocks in parts for block in blocks]
        if not blocks or not all(isinstance(block, Meanings) for block in blocks):
            yield title, parts


def _plain(runs):
    """Runs as one text."""
    return "".join(run.text if isinstance(run, Live) else str(run) for run in runs)


def _sentences(texts):
    """Texts set one after the other, each closed by its mark."""
    texts = [text.strip() for text in texts if text and text.strip()]
    ended = [text if text.endswith((".", "!", "?", "…")) else f"{text}." for text in texts[:-1]]
    return " ".join([*ended, *texts[-1:]])


def _lines(text, width):
    """About how many lines a text takes in a column."""
    return max(1, math.ceil(len(str(text)) * 1.1 / width))


def _left(index):
    """Words keep a little distance from the numbers to their left."""
    return {"align": "left", "indent": 1} if index else {}


def _width(tables, index):
    """The width of a column that the tables of a sheet share: their words fit in it."""
    longest = NARROWEST
    for table in (table for table in tables if index < len(table.columns)):
        column = table.columns[index]
        heads = [len(word) + 3 for word in f"{column.label} {column.unit}".split()]
        cells = [len(written(row[index], column.form)) + 3 for row in table.rows]
        longest = max([longest, *heads, *cells])
    return min(longest, WIDEST)
