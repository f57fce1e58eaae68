"""The workbook: numbers stay numbers, words stay words, nothing is a formula, bytes are stable."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from reports.document import excel
from reports.document.parts import Column, Facts, Form, Paragraph, Section, Table
from reports.figures import View, figures
from reports.models import PublishedFigure

from .documents import YEARS, document_numbers, empty, excel_numbers, sample
from .factories import (
    AttendanceFactory,
    EventFactory,
    GrantFactory,
    PlacementFactory,
    PublishedFigureFactory,
)

HOSTILE = (
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "http://example.se",
    "a\x00b\x0bc\ud800d",
    "1275",
)


@pytest.fixture(scope="module")
def data():
    return excel.render(sample())


def opened(document):
    return openpyxl.load_workbook(io.BytesIO(excel.render(document)))


def with_blocks(*blocks):
    return sample(sections=(Section("Kapitel", tuple(blocks)),))


def cells(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]


def rows(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_a_sheet_a_chapter_then_definitions_and_facts(data):
    book = openpyxl.load_workbook(io.BytesIO(data))

    assert book.sheetnames == [
        "Innehåll",
        "Perioden i korthet",
        "Insatsen",
        "Utvecklingen",
        "Bedömning",
        "Definitioner",
        "Fakta",
    ]


def test_the_first_sheet_links_to_every_other(data):
    book = openpyxl.load_workbook(io.BytesIO(data))

    cells = (cell for row in book["Innehåll"].iter_rows() for cell in row if cell.hyperlink)
    targets = [cell.hyperlink.location for cell in cells]
    assert [target.split("!")[0].strip("'") for target in targets] == book.sheetnames[1:]


def test_numbers_are_those_of_the_document(data):
    expected = document_numbers(sample())
    expected.pop("Definitioner")

    assert excel_numbers(data) == expected


def test_cells_of_a_table_keep_their_kind_and_form():
    sheet = opened(with_blocks(YEARS))["Kapitel"]

    found = [[cell.value for cell in row[:6]] for row in sheet.iter_rows(min_row=5, max_row=7)]
    assert found == [
        ["2016", 95, "skyddas", "skyddas", 0, "poster"],
        ["2017", 586, "uppgift saknas", 0.1395, -6, "tryckt uppgift"],
        ["2016–2017", 681, 11, "–", 18, "2 av 2 år"],
    ]
    assert sheet["D6"].number_format == "[$-41D]0.0\u00a0%"
    assert sheet["E7"].number_format == '[$-41D]"+"#,##0;[$-41D]"−"#,##0;[$-41D]0'
    assert sheet["B7"].font.bold


def test_a_chart_is_native_and_described(data):
    parts = zipfile.ZipFile(io.BytesIO(data))
    drawing = parts.read("xl/drawings/drawing1.xml").decode()

    assert re.findall('descr="([^"]*)"', drawing) == [
        "Staplar: 95 år 2016 och 586 år 2017.",
        "Linje: uppgift saknas år 2016, 6 år 2017.",
    ]


def test_a_chart_draws_the_cells_of_a_table(data):
    parts = zipfile.ZipFile(io.BytesIO(data))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Utvecklingen"]

    charts = [parts.read(f"xl/charts/chart{n}.xml").decode() for n in (1, 2)]
    drawn = [
        [
            [cell.value for (cell,) in sheet[place.replace("$", "")]]
            for place in re.findall("<c:f>Utvecklingen!([^<]*)</c:f>", chart)
        ]
        for chart in charts
    ]
    assert drawn == [[["2016", "2017"], [95, 586]], [["2016", "2017"], [None, 6]]]


def test_a_gap_of_a_chart_is_an_empty_cell_not_zero(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Utvecklingen"]

    head = next(c.row for c in sheet["A"] if c.value == "Underlag till diagrammet: Aktiva grupper")

    assert rows(sheet)[head + 1][:2] == ["2016", None]
    assert rows(sheet)[head + 2][:2] == ["2017", 6]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_never_a_formula_a_link_or_a_number(text):
    table = Table(text, (Column(text, form=Form.WORDS), Column(text)), ((text, text),), note=text)
    facts = Facts(((text, (text,)),))
    document = replace(with_blocks(table, facts, Paragraph((text,))), title=text, association=text)

    book = opened(document)

    kept = re.sub("[\x00\x0b\ud800]", "", text)
    found = [cell for cell in cells(book) if cell.value == kept]
    assert len(found) == 11
    assert {cell.data_type for cell in cells(book)} == {"s"}
    assert [c for c in cells(book) if c.hyperlink and c.hyperlink.target] == []
    if text[0] in "=+-@":
        assert all(cell.quotePrefix for cell in found)


def test_text_too_long_for_a_cell_is_cut_or_goes_on_below():
    words = "ord " * 20_000
    facts = Facts((("x" * 40_000, (words,)),))

    sheet = opened(with_blocks(facts, Paragraph((words,))))["Kapitel"]

    values = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    assert max(map(len, values)) == 32_767
    assert sum(value.split().count("ord") for value in values) == 40_000


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["A/B: [c]*?\\"], ["A B c"]),
        (["Fakta", "innehåll"], ["Fakta 2", "innehåll 2"]),
        (["Samma", "samma"], ["Samma", "samma 2"]),
        (["Skillnader mot tryckta uppgifter i rapporten"], ["Skillnader mot tryckta…"]),
        (["x" * 40, "x" * 40], ["x" * 30 + "…", "x" * 29 + " 2"]),
        (["", "'", "History"], ["Blad", "Blad 2", "History 2"]),
    ],
)
def test_names_of_sheets_are_allowed_and_unique(titles, names):
    sections = tuple(Section(title, (Paragraph(("Text",)),)) for title in titles)

    assert opened(sample(sections=sections)).sheetnames[1:-2] == names


def test_sheets_are_ready_to_print(data):
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        assert sheet.freeze_panes == "A2"
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)


def test_definitions_have_a_sheet(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Definitioner"]

    assert rows(sheet) == [
        ["Beteckning", "Uppgift", "Enhet", "Definition"],
        ["reach.attendances", "Räckvidd", "tillfällen", "Alla möten räknas."],
    ]


def test_the_same_document_gives_the_same_bytes(data):
    assert excel.render(sample()) == data


def test_properties_say_what_whose_and_when(data):
    properties = openpyxl.load_workbook(io.BytesIO(data)).properties

    assert (properties.title, properties.creator) == ("Ökad kompetens", "Exempelförbundet")
    assert properties.created.date() == date(2021, 3, 31)


def test_an_empty_document_opens():
    assert opened(empty()).sheetnames == ["Innehåll", "Definitioner", "Fakta"]


@pytest.fixture
def figure_set(programme):
    AttendanceFactory(event=EventFactory(programme=programme), audience="officer", women=3, men=2)
    PlacementFactory.create_batch(2, grant=GrantFactory(programme=programme))
    PublishedFigureFactory(programme=programme, value=7, indicator="reach.attendances")
    assert PublishedFigure.objects.count() == 1

    def of(view):
        period = programme.period(date(2021, 3, 1))
        return figures(programme, period, view, today=date(2021, 3, 1))

    return of


def test_facts_are_all_figures_in_order(figure_set):
    found = figure_set(View.FULL)

    sheet = opened(sample(figures=found))["Fakta"]

    assert sheet.tables["Fakta"].ref == f"A1:K{len(list(found)) + 1}"
    assert [[row[9], row[10] or "", row[2]] for row in rows(sheet)[1:]] == [
        [f.indicator.code, f.breakdown, f.period.code] for f in found
    ]


def test_a_fact_says_part_value_basis_and_printed(figure_set):
    sheet = opened(sample(figures=figure_set(View.FULL)))["Fakta"]

    found = [r for r in rows(sheet) if r[9] == "reach.attendances" and r[2] == "2017"]
    label, unit = found[0][0], "deltagartillfällen"
    assert found[0] == [label, None, "2017", 5, unit, "poster", 7, -2, None, *found[0][9:]]
    women = next(r for r in found if r[10] == "sex=women")
    assert women[1:9] == ["kvinnor", "2017", 3, unit, "poster", None, None, None]


def test_protected_facts_hold_no_number(figure_set):
    found = figure_set(View.PROTECTED)

    sheet = opened(sample(figures=found))["Fakta"]

    hidden = [row for row in rows(sheet) if row[5] == "skyddas"]
    assert len(hidden) == sum(f.is_protected for f in found)
    assert {tuple(row[3:4] + row[6:9]) for row in hidden} == {("skyddas", None, None, None)}
