"""A small report made by hand, and readers that give the numbers of a file back by chapter."""

import io
from datetime import date

import docx
import openpyxl
from docx.oxml.ns import qn

from reports.document.excel import UNDER_CHART
from reports.document.parts import (
    Bullets,
    Chart,
    ChartKind,
    Column,
    Cover,
    Difference,
    Document,
    Facts,
    Form,
    Goal,
    Goals,
    KeyFigure,
    KeyFigures,
    Lead,
    Live,
    Mark,
    Meaning,
    Meanings,
    Moment,
    Paragraph,
    Remark,
    Section,
    Series,
    Table,
    Timeline,
)
from reports.document.words import as_table, is_number, table_beside, written

REACH = Chart(
    ChartKind.COLUMNS,
    "Deltagartillfällen per år",
    "Staplar: 95 år 2016 och 586 år 2017.",
    ("2016", "2017"),
    (Series("Deltagartillfällen", (95, 586)),),
    "tillfällen",
)
GROUPS = Chart(
    ChartKind.LINES,
    "Aktiva grupper",
    "Linje: uppgift saknas år 2016, 6 år 2017.",
    ("2016", "2017"),
    (Series("Grupper", (Mark.MISSING, 6)),),
    "grupper",
    events=((1, "Reformen"),),
)
YEARS = Table(
    "Deltagartillfällen och platser",
    (
        Column("År", form=Form.WORDS),
        Column("Räckvidd", "tillfällen"),
        Column("Nyttjade", "platser"),
        Column("Andel", "procent", Form.SHARE),
        Column("Skillnad", form=Form.SIGNED),
        Column("Underlag", form=Form.WORDS),
    ),
    (
        ("2016", 95, Mark.PROTECTED, Mark.PROTECTED, 0, "poster"),
        ("2017", 586, Mark.MISSING, 0.1395, -6, "tryckt uppgift"),
        ("2016–2017", 681, 11, None, 18, "2 av 2 år"),
    ),
    has_total=True,
    note="Samma person kan räknas flera gånger.",
)


def sample(**changes):
    """A report with every kind of part, three chapters and two parts of chapters."""
    figure = KeyFigure(1275, Form.NUMBER, "deltagartillfällen", "Två år.", "reach.attendances")
    hidden = KeyFigure(Mark.PROTECTED, Form.SHARE, "av platserna", "", "grants.utilisation")
    reach = Live("681", "reach.attendances")
    remark = Remark(
        (
            Difference("Räckvidd 2016–2017", 681, 663, 18),
            Difference("Anställda 2016", 179, 200, -21, True),
        ),
        ("Två siffror kan ha bytt plats.",),
    )
    moments = (
        Moment("oktober", "Bollnäs", "En policy antas", "Av fullmäktige.", kind="Policy"),
        Moment("våren", "", "Pandemin", outside=True),
    )
    sections = (
        Section(
            "Perioden i korthet",
            (Lead(("Det blev ", reach, " tillfällen.")), KeyFigures((figure, hidden))),
            is_plain=True,
        ),
        Section("Insatsen", (Facts((("Målgrupp", ("Länets parter",)),)),), starts_page=True),
        Section("Mål", (Bullets((("Veta mer.",), ("Göra mer.",))),), level=2),
        Section("Utvecklingen", (Paragraph(("Så gick det.",)),)),
        Section("Räckvidd", (REACH, YEARS, remark, GROUPS), level=2),
        Section("2017", (Timeline(2017, moments),), level=2, is_plain=True),
        Section(
            "Bedömning",
            (Goals((Goal(1, "Veta mer", "Delvis uppfyllt", "partly", "Halvvägs.", "Enkät."),)),),
        ),
        Section(
            "Definitioner",
            (
                Meanings(
                    (Meaning("reach.attendances", "Räckvidd", "tillfällen", "Alla möten räknas."),)
                ),
            ),
            is_plain=True,
        ),
    )
    dots = Chart(ChartKind.DOTS, "", "Punkter: 95 och 586.", REACH.labels, REACH.series)
    content = {
        "title": "Ökad kompetens",
        "kind": "Periodrapport 2016–2017",
        "association": "Exempelförbundet",
        "subtitle": "Två år",
        "summary": "Vad som gjordes.",
        "language": "sv-SE",
        "dated": date(2021, 3, 31),
        "cover": Cover(dots, "En punkt för varje tillfälle."),
        "sections": sections,
        "figures": (),
        "guide": Facts((("Okänt", ("Det är aldrig noll.",)),)),
    }
    return Document(**(content | changes))


def empty():
    """A report of nothing."""
    cover = Cover(Chart(ChartKind.DOTS, "", "", (), ()), "")
    return sample(title="", subtitle="", summary="", sections=(), cover=cover, guide=None)


# Readers: the numbers of each chapter, in order, as a document, a Word file and a workbook have them


def document_cells(document):
    """By chapter the cells of its key figures, tables and remarks, as (value, form)."""
    chapters, cells = {}, []
    for section in document.sections:
        if section.level == 1:
            cells = chapters.setdefault(section.title, [])
        for block in section.blocks:
            cells += _cells(block)
            if isinstance(block, Chart) and table_beside(block, section.blocks) is None:
                cells += _cells(as_table(block))
    return chapters


def _cells(block):
    if isinstance(block, KeyFigures):
        yield from ((item.value, item.form) for item in block.items)
    elif isinstance(block, Table):
        for row in block.rows:
            pairs = list(zip(row, block.columns, strict=True))[1:]
            yield from ((value, c.form) for value, c in pairs if c.form != Form.WORDS)
    elif isinstance(block, Remark):
        for row in block.rows:
            yield row.derived, Form.NUMBER
            yield row.printed, Form.NUMBER
            yield row.difference, Form.SIGNED


def document_texts(document):
    """By chapter the same cells as a reader sees them, but for the "ca" of a rough one."""
    return {
        title: [written(value, form).removeprefix("ca ") for value, form in cells]
        for title, cells in document_cells(document).items()
    }


def document_numbers(document):
    """By chapter the same cells where they are numbers, to the digits a workbook keeps."""
    return {
        title: [round(value, 12) for value, _form in cells if is_number(value)]
        for title, cells in document_cells(document).items()
    }


def word_texts(data):
    """By chapter what stands in the number cells of a Word file, but for the "ca" of a rough one."""
    chapters, cells = {}, []
    body = docx.Document(io.BytesIO(data)).element.body
    for paragraph in body.iter(qn("w:p")):
        style = paragraph.style
        text = "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        if style == "Heading1":
            cells = chapters.setdefault(text, [])
        elif style in ("TableNumber", "KeyFigure", "KeyFigureWords"):
            cells.append(text.removeprefix("ca "))
    return chapters


def excel_numbers(data):
    """By chapter the numbers of its sheet, in reading order, but for those under a chart with gaps."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    own = ("Innehåll", "Definitioner", "Fakta")
    return {sheet["A1"].value: list(_numbers(sheet)) for sheet in book if sheet.title not in own}


def _numbers(sheet):
    is_under_chart = False
    for row in sheet.iter_rows():
        first = row[0].value
        is_under_chart = bool(first) and (is_under_chart or str(first).startswith(UNDER_CHART))
        for cell in row:
            if is_number(cell.value) and not is_under_chart:
                yield round(cell.value, 12)
