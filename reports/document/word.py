"""The report as a Word file: real styles, headings, header rows and fields, for people to work on.

The look is that of the printed report as far as Word carries it. Everything about it stands in
`word_parts/styles.xml`; this file only says which part of the document takes which style.
"""

import io
import re
import zipfile
from datetime import datetime, time
from functools import cache, singledispatchmethod
from pathlib import Path
from string import Template

import docx
import fontpkg_source_sans_3
import typst
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Twips

from . import charts
from .parts import (
    Bullets,
    Chart,
    Column,
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
from .words import as_table, clean, is_number, marking, numbered, table_beside, written

PARTS = Path(__file__).parent / "word_parts"
FONTS = Path(fontpkg_source_sans_3.__file__).parent
GUTTER, MEASURE = 2268, 7030  # 40 and 124 mm in twentieths of a point
CHARACTER = 97  # about the width of one in a table, in twentieths of a point
KEEP_TOGETHER = 15  # rows; a longer table may break over pages
KEY_FIGURES_IN_A_ROW = 4
LONGEST_PROPERTY = 255


def render(document):
    """The document as the bytes of a .docx file; the same document gives the same bytes."""
    return _Writer(document).write()


class _Writer:
    def __init__(self, document):
        self.document = document
        self.sections = list(numbered(document.sections))
        self.file = _blank()
        self.counts = {"Tabell": 0, "Diagram": 0}
        self.bookmarks = 0
        self.after_table = False
        self.definitions = {code: f"definition_{n}" for n, code in enumerate(document.meanings, 1)}
        self.defined = set()

    def write(self):
        self.page()
        self.properties()
        self.cover()
        if self.sections:
            self.contents()
        for index, (number, level, section) in enumerate(self.sections):
            self.heading(index, number, level, section)
            for block in section.blocks:
                self.block(block)
                if isinstance(block, Chart) and table_beside(block, section.blocks) is None:
                    self.block(as_table(block))
        self.colophon()
        return _packed(self.file, self.document.dated)

    # Page, properties, cover, contents

    def page(self):
        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(22), Mm(24)
        section.top_margin, section.bottom_margin = Mm(30), Mm(27)
        section.header_distance, section.footer_distance = Mm(16), Mm(14)
        section.different_first_page_header_footer = True
        header = section.header.paragraphs[0]
        header.style = "Header"
        self.text(header, self.document.kind)
        if marking(self.document):
            self.text(
                section.header.add_paragraph(style="Header"), marking(self.document), "Difference"
            )
        footer = section.footer.paragraphs[0]
        footer.style = "Footer"
        self.text(footer, f"{self.document.association}\tSida ")
        self.field(footer, "PAGE", "1")
        self.text(footer, " av ")
        self.field(footer, "NUMPAGES", "1")

    def properties(self):
        document, properties = self.document, self.file.core_properties
        properties.title = clean(document.title)[:LONGEST_PROPERTY]
        properties.author = clean(document.association)[:LONGEST_PROPERTY]
        properties.last_modified_by = properties.author
        properties.subject = clean(document.kind)[:LONGEST_PROPERTY]
        properties.comments = clean(document.summary)[:LONGEST_PROPERTY]
        properties.keywords = ""
        properties.language = document.language
        properties.revision = 1
        properties.created = properties.modified = datetime.combine(document.dated, time())

    def cover(self):
        document = self.document
        line = self.paragraph("Cover Line")
        self.text(line, document.association, "Strong")
        self.text(line, f"\t{document.kind}")
        if marking(document):
            self.paragraph("Marking", marking(document))
        self.paragraph("Title", document.title)
        if document.subtitle:
            self.paragraph("Subtitle", document.subtitle)
        if document.cover and any(series.values for series in document.cover.chart.series):
            chart = document.cover.chart
            self.picture(chart, "Omslagets diagram", "Cover Picture", width=Mm(164), is_cover=True)
            self.paragraph("Cover Note", document.cover.legend)

    def contents(self):
        """The table of contents, ready: Word updates it on request and needs not to."""
        self.paragraph("TOC Heading", "Innehåll")
        paragraph = None
        for index, (number, level, section) in enumerate(self.sections):
            paragraph, is_first = self.paragraph(f"toc {level}"), paragraph is None
            if is_first:
                paragraph._p.append(_run(_element("w:fldChar", fldCharType="begin")))
                paragraph._p.append(_run(_instruction(r'TOC \o "1-2" \h \z \u')))
                paragraph._p.append(_run(_element("w:fldChar", fldCharType="separate")))
            link = _element("w:hyperlink", anchor=_heading_mark(index), history="1")
            paragraph._p.append(link)
            words = f"{number}\t{section.title}" if number else section.title
            _append_text(link, f"{words}\t")
            for part in _field_runs(f"PAGEREF {_heading_mark(index)} \\h", ""):
                link.append(part)
        paragraph._p.append(_run(_element("w:fldChar", fldCharType="end")))
        if self.document.guide:
            self.paragraph("Caption", "Så läser du siffrorna")
            self.block(self.document.guide)
            self.keep(self.file.tables[-1].rows[:-1])

    def heading(self, index, number, level, section):
        paragraph = self.paragraph(f"Heading {level}")
        if not number:  # no number in the gutter, the words stay on their line
            properties = paragraph._p.get_or_add_pPr()
            numbering = properties.get_or_add_numPr()
            numbering.get_or_add_numId().val = 0
            paragraph.paragraph_format.left_indent = Twips(GUTTER)
            paragraph.paragraph_format.first_line_indent = 0
        if index == 0 or section.starts_page:
            paragraph.paragraph_format.page_break_before = True
        self.bookmarked(paragraph, _heading_mark(index), section.title)

    def colophon(self):
        document = self.document
        words = [document.association, document.contact, f"Uppgifterna är från {document.dated}"]
        self.paragraph("Table Note", ". ".join(word for word in words if word) + ".")

    # Blocks

    @singledispatchmethod
    def block(self, block):
        raise TypeError(f"no way to write {type(block).__name__} in Word")

    @block.register
    def _(self, block: Lead):
        self.runs(self.paragraph("Lead"), block.runs)

    @block.register
    def _(self, block: Paragraph):
        self.runs(self.paragraph("Body Text"), block.runs)

    @block.register
    def _(self, block: Bullets):
        for item in block.items:
            self.runs(self.paragraph("List Bullet"), item)

    @block.register
    def _(self, block: Facts):
        def fill(row, term, runs):
            self.cell(row, 0, "Table Text", (term,), "Term")
            self.cell(row, 1, "Table Text", runs)

        self.terms("Fakta", ("Uppgift", "Innehåll"), block.items, fill)

    @block.register
    def _(self, block: Goals):
        def fill(row, goal):
            left = self.cell(row, 0, "Table Text", (f"Mål {goal.number}",), "Term")
            left.add_run().add_break()
            self.text(left, goal.judgement, "Strong")
            self.cell(row, 1, "Table Text", (goal.title,), "Strong")
            for text in filter(None, (goal.reason, goal.evidence)):
                self.runs(row.cells[1].add_paragraph(style="Table Text"), (text,))

        self.terms("Mål", ("Bedömning", "Mål och skäl"), [(goal,) for goal in block.items], fill)

    @block.register
    def _(self, block: Meanings):
        def fill(row, meaning):
            term = self.cell(row, 0, "Table Text", ())
            if meaning.code in self.defined:
                self.text(term, meaning.label, "Term")
            else:
                self.defined.add(meaning.code)
                self.bookmarked(term, self.definitions[meaning.code], meaning.label, "Term")
            self.cell(row, 1, "Table Text", (meaning.text,))
            unit = row.cells[1].add_paragraph(style="Table Text")
            self.text(unit, f"Enhet: {meaning.unit}", "Quiet")

        rows = [(meaning,) for meaning in block.items]
        self.terms("Definitioner", ("Uppgift", "Definition"), rows, fill)

    @block.register
    def _(self, block: KeyFigures):
        for first in range(0, len(block.items), KEY_FIGURES_IN_A_ROW):
            items = block.items[first : first + KEY_FIGURES_IN_A_ROW]
            widths = [(GUTTER + MEASURE) // len(items)] * len(items)
            table = self.table("Key Figures", widths, "Nyckeltal", indent=0)
            row = self.row(table)
            for index, item in enumerate(items):
                style = "Key Figure" if is_number(item.value) else "Key Figure Words"
                self.cell(row, index, style, (written(item.value, item.form),))
                label = row.cells[index].add_paragraph(style="Key Label")
                self.runs(label, (Live(item.label, item.code),), plain=None)
                if item.comment:
                    self.runs(row.cells[index].add_paragraph(style="Key Comment"), (item.comment,))

    @block.register
    def _(self, block: Table):
        widths = _widths(block)
        words = [self.caption("Tabell", block.caption)]
        self.ledger(block, widths)
        if block.note:
            words.append(self.paragraph("Table Note", block.note))
        if sum(widths) > MEASURE:
            for paragraph in words:
                paragraph.paragraph_format.left_indent = 0

    @block.register
    def _(self, block: Chart):
        self.caption("Diagram", block.caption)
        self.picture(block, f"Diagram {self.counts['Diagram']}", "Picture", width=Mm(124))

    @block.register
    def _(self, block: Remark):
        title = "Skillnad mot tryckt uppgift"
        if block.rows:
            widths = [MEASURE - 3 * 1150, 1150, 1150, 1150]
            description = "Jämförelse med tryckt uppgift"
            table = self.table("Remark Table", widths, description, has_header=True)
            heads = [Column(label) for label in (title, "Härledd", "Tryckt", "Skillnad")]
            self.header(table, heads, "Difference")
            for difference in block.rows:
                row = self.row(table)
                self.cell(row, 0, "Table Text", (difference.label,))
                self.value(row, 1, difference.derived, is_strong=True)
                printed = written(difference.printed)
                printed = f"ca {printed}" if difference.approximate else printed
                self.cell(row, 2, "Table Number", (printed,))
                self.value(row, 3, difference.difference, Form.SIGNED, is_strong=True)
            self.keep(table.rows if block.runs else table.rows[:-1])
        if block.runs:
            self.runs(self.paragraph("Remark", is_close=True), block.runs)

    @block.register
    def _(self, block: Timeline):
        for moment in block.moments:
            paragraph = self.paragraph("Milestone Outside" if moment.outside else "Milestone")
            kind = moment.kind or ("Omvärld" if moment.outside else "")
            self.text(paragraph, kind, "Outside Term" if moment.outside else "Term")
            circumstances = " · ".join(filter(None, (moment.when, moment.where)))
            self.text(
                paragraph, f"{' · ' if kind and circumstances else ''}{circumstances}", "Quiet"
            )
            if kind or circumstances:
                paragraph.add_run().add_break()
            self.text(paragraph, moment.title)
            if moment.text:
                end = "" if moment.title.rstrip().endswith((".", "!", "?")) else "."
                self.text(paragraph, f"{end} {moment.text}")

    # Paragraphs and runs

    def paragraph(self, style, text="", *, is_close=False):
        """A new paragraph at the end; after a table it keeps its distance, unless it is close to it."""
        paragraph = self.file.add_paragraph(style=style)
        if self.after_table and not is_close:
            before = paragraph.style.paragraph_format.space_before
            if before is None or before.pt < 14:
                paragraph.paragraph_format.space_before = Mm(5)
        self.after_table = False
        self.text(paragraph, text)
        return paragraph

    def text(self, paragraph, text, style=None):
        if text:
            paragraph.add_run(clean(text), style=style)

    def runs(self, paragraph, runs, plain=None):
        """Text in the style `plain`; live figures lead to their definition where there is one."""
        for run in runs:
            if not isinstance(run, Live):
                self.text(paragraph, run, plain)
            elif run.code in self.definitions:
                link = _element("w:hyperlink", anchor=self.definitions[run.code], history="1")
                paragraph._p.append(link)
                _append_text(link, run.text, "LiveFigure")
            else:
                self.text(paragraph, run.text, "Strong")

    def field(self, paragraph, instruction, result):
        for run in _field_runs(instruction, result):
            paragraph._p.append(run)

    def bookmarked(self, paragraph, name, text, style=None):
        self.bookmarks += 1
        start = _element("w:bookmarkStart", id=str(self.bookmarks), name=name)
        paragraph._p.append(start)
        self.text(paragraph, text, style)
        paragraph._p.append(_element("w:bookmarkEnd", id=str(self.bookmarks)))

    def caption(self, kind, text):
        self.counts[kind] += 1
        paragraph = self.paragraph("Caption")
        self.text(paragraph, f"{kind} ", "Term")
        self.field(paragraph, f"SEQ {kind} \\* ARABIC", str(self.counts[kind]))
        self.text(paragraph, f"  {text}")
        return paragraph

    def picture(self, chart, name, style, *, width, is_cover=False):
        paragraph = self.paragraph(style)
        image = _png(charts.draw(chart), is_cover=is_cover)
        inline = paragraph.add_run().add_picture(io.BytesIO(image), width=width)._inline
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")
        inline.docPr.set("name", name)
        inline.docPr.set("descr", clean(chart.alt))
        inline.graphic.graphicData.pic.nvPicPr.cNvPr.set("name", name)

    # Tables

    def table(
        self, style, widths, description, *, indent=GUTTER, has_header=False, has_total=False
    ):
        """An empty table of fixed widths; two never touch, or Word would make them one."""
        if self.after_table:
            self.paragraph("Caption", description)
        last = self.file.paragraphs[-1]
        if not last.style.name.startswith(("Heading", "Caption", "Lead")):
            last.paragraph_format.space_after = Mm(5)
        table = self.file.add_table(rows=0, cols=len(widths), style=style)
        for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            column.w = width * 635
        properties = table._tbl.tblPr
        for child in list(properties):
            if child.tag != qn("w:tblStyle"):
                properties.remove(child)
        look = {
            "firstRow": str(int(has_header)),
            "lastRow": str(int(has_total)),
            "firstColumn": "1",
            "lastColumn": "0",
            "noHBand": "1",
            "noVBand": "1",
        }
        bits = 0x20 * has_header + 0x40 * has_total + 0x80 + 0x200 + 0x400
        for element in (
            _element("w:tblW", w=str(sum(widths)), type="dxa"),
            _element("w:tblInd", w=str(indent), type="dxa"),
            _element("w:tblLayout", type="fixed"),
            _element("w:tblLook", val=f"{bits:04X}", **look),
            _element("w:tblCaption", val=clean(description)),
            _element("w:tblDescription", val=clean(description)),
        ):
            properties.append(element)
        self.after_table = True
        self.widths = widths
        return table

    def row(self, table, *, is_header=False):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(_element("w:cantSplit"))
        if is_header:
            properties.append(_element("w:tblHeader"))
        for cell, width in zip(row.cells, self.widths, strict=True):
            cell.width = width * 635
        return row

    def header(self, table, columns, first_style=None):
        """The head of a table: repeated on each page, and known as a head to a screen reader."""
        row = self.row(table, is_header=True)
        for index, column in enumerate(columns):
            style = "Table Head Number"
            if column.form == Form.WORDS or not index:
                style = "Table Head Words" if index else "Table Head"
            row.cells[index].vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
            paragraph = self.cell(
                row, index, style, (column.label,), None if index else first_style
            )
            if column.unit:
                paragraph.add_run().add_break()
                self.text(paragraph, column.unit, "Unit")

    def cell(self, row, index, style, runs, plain=None):
        paragraph = row.cells[index].paragraphs[0]
        paragraph.style = style
        self.runs(paragraph, runs, plain)
        return paragraph

    def value(self, row, index, value, form=Form.NUMBER, *, is_strong=False):
        """A cell of a table: words to the left, numbers to the right, what has no number in grey."""
        is_words = not index or form == Form.WORDS
        plain = "Strong" if is_strong else None
        if isinstance(value, Mark) and value != Mark.NOT_APPLICABLE:
            plain = "No Number"
        elif form == Form.SIGNED and is_number(value) and value:
            plain = "Difference"
        style = ("Table Words" if index else "Table Text") if is_words else "Table Number"
        self.cell(row, index, style, (written(value, form),), plain)

    def ledger(self, block, widths):
        """A table of numbers: the head repeats on each page, the first column heads its row."""
        table = self.table(
            "Ledger",
            widths,
            block.caption,
            indent=GUTTER + MEASURE - sum(widths),
            has_header=True,
            has_total=block.has_total,
        )
        self.header(table, block.columns)
        for position, cells in enumerate(block.rows, 1):
            row = self.row(table)
            is_total = block.has_total and position == len(block.rows)
            for index, (column, value) in enumerate(zip(block.columns, cells, strict=True)):
                self.value(row, index, value, column.form, is_strong=is_total)
        if len(table.rows) <= KEEP_TOGETHER:
            self.keep(table.rows if block.note else table.rows[:-1])

    def keep(self, rows):
        """Hold rows on one page with what follows them."""
        for paragraph in (p for row in rows for cell in row.cells for p in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = True

    def terms(self, description, head, rows, fill):
        """Terms in the gutter, what is said about each on the line of the text."""
        if not rows:
            return
        table = self.table("Terms", [GUTTER, MEASURE], description, indent=0, has_header=True)
        header = self.row(table, is_header=True)
        for index, column in enumerate(head):
            self.cell(header, index, "Table Head", (column,))
        for items in rows:
            fill(self.row(table), *items)


def _widths(table):
    """The width of each column by its longest word or number; a wide table takes the gutter too."""
    needed = []
    for index, column in enumerate(table.columns):
        is_words = not index or column.form == Form.WORDS
        cells = [written(row[index], column.form) for row in table.rows]
        heads = [1.05 * len(word) for word in f"{column.label} {column.unit}".split()]
        longest = max([*map(len, cells), *heads, 5])
        needed.append(min(longest + 3, 36) if is_words else min(longest + 2, 22))
    measure = MEASURE if sum(needed) * CHARACTER <= MEASURE else GUTTER + MEASURE
    return [int(measure * characters / sum(needed)) for characters in needed]


# The file


def _blank():
    """A file without content, with the house's own styles, numbering, settings and font table."""
    file = docx.Document()
    part = file.part
    kept = {RELATION.STYLES, RELATION.NUMBERING, RELATION.SETTINGS, RELATION.FONT_TABLE}
    kept |= {RELATION.THEME}
    for name, relation in list(part.rels.items()):
        if relation.reltype not in kept:
            del part.rels[name]
    for name, relation in list(part.package.rels.items()):
        if relation.reltype == RELATION.THUMBNAIL:
            del part.package.rels[name]
    part.styles.element[:] = parse_xml(_xml("styles"))[:]
    part.numbering_part.element[:] = parse_xml(_xml("numbering"))[:]
    part.settings.element[:] = parse_xml(_xml("settings"))[:]
    part.part_related_by(RELATION.FONT_TABLE)._blob = _xml("fontTable").encode()
    return file


def _png(svg, *, is_cover):
    """The drawing as a picture, for Word draws SVG unevenly; the cover's stands on its own colour."""
    fill = {"fill": charts.PALETTE["deep"]} if is_cover else {}
    return _compiler().compile(format="png", ppi=200, sys_inputs={"svg": svg, **fill})


@cache
def _compiler():
    """One for the process, so that the font is read once."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return typst.Compiler(
        PARTS / "chart.typ", root=PARTS, font_paths=fonts, ignore_system_fonts=True
    )


@cache
def _xml(name):
    template = Template((PARTS / f"{name}.xml").read_text(encoding="utf-8"))
    text = template.substitute({k: v.lstrip("#") for k, v in charts.PALETTE.items()})
    return re.sub(r"^<\?xml.*?\?>\s*", "", text)


def _packed(file, dated):
    """The bytes of the file, with the same time on every part whenever it is made."""
    loose, packed = io.BytesIO(), io.BytesIO()
    file.save(loose)
    moment = (max(dated.year, 1980), dated.month, dated.day, 0, 0, 0)
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, moment)
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _heading_mark(index):
    return f"_Toc{index + 1:08d}"


def _element(tag, **attributes):
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _run(*children, style=None):
    run = OxmlElement("w:r")
    if style:
        run.get_or_add_rPr().append(_element("w:rStyle", val=style))
    for child in children:
        run.append(child)
    return run


def _append_text(parent, text, style=None):
    run = _run(style=style)
    parent.append(run)
    run.text = clean(text)


def _instruction(text):
    element = _element("w:instrText")
    element.text = f" {text} "
    element.set(qn("xml:space"), "preserve")
    return element


def _field_runs(instruction, result):
    """A complex field with its result; without a result Word fills it in when it counts pages."""
    yield _run(_element("w:fldChar", fldCharType="begin"))
    yield _run(_instruction(instruction))
    yield _run(_element("w:fldChar", fldCharType="separate"))
    if result:
        run = _run()
        run.text = result
        yield run
    yield _run(_element("w:fldChar", fldCharType="end"))
