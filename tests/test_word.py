"""The Word file: real styles and headings, marked tables, links that lead somewhere, stable bytes."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from itertools import pairwise

import docx
import pytest
from docx.oxml.ns import qn

from reports.document import word
from reports.document.parts import (
    Column,
    Facts,
    Form,
    KeyFigure,
    KeyFigures,
    Live,
    Paragraph,
    Section,
    Table,
)

from .documents import YEARS, document_texts, empty, sample, word_texts

HOSTILE = (
    "=cmd|'/c calc'!A1",
    "<script>alert(1)</script>",
    "a\x00b\x0bc\x1f\ud800d",
    "&amp; ]]> \u202e",
)


@pytest.fixture(scope="module")
def data():
    return word.render(sample())


@pytest.fixture
def file(data):
    return docx.Document(io.BytesIO(data))


def opened(document):
    return docx.Document(io.BytesIO(word.render(document)))


def with_blocks(*blocks):
    return sample(sections=(Section("Kapitel", tuple(blocks)),))


def texts(file, *styles):
    """What paragraphs of these styles say, in the body and in tables."""
    ids = {file.styles[style].style_id for style in styles}
    return [
        "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        for paragraph in file.element.body.iter(qn("w:p"))
        if paragraph.style in ids
    ]


def attributes(file, tag, name):
    return [element.get(qn(name)) for element in file.element.body.iter(qn(tag))]


def test_headings_are_real_and_in_order(file):
    found = [
        (paragraph.style.name, paragraph.text)
        for paragraph in file.paragraphs
        if paragraph.style.name.startswith("Heading")
    ]

    assert found == [
        ("Heading 1", "Perioden i korthet"),
        ("Heading 1", "Insatsen"),
        ("Heading 2", "Mål"),
        ("Heading 1", "Utvecklingen"),
        ("Heading 2", "Räckvidd"),
        ("Heading 2", "2017"),
        ("Heading 1", "Bedömning"),
        ("Heading 1", "Definitioner"),
    ]
    assert texts(file, "Title") == ["Ökad kompetens"]


def test_no_heading_skips_a_level():
    file = opened(sample(sections=(Section("Ensam del", (), level=2),)))

    assert [p.style.name for p in file.paragraphs if p.text == "Ensam del"] == ["Heading 1"]


def test_contents_are_the_headings_with_their_numbers(file):
    entries = [
        "".join(
            node.text or "" if node.tag == qn("w:t") else "|"
            for node in p._p.iter(qn("w:t"), qn("w:tab"))
            if node.getparent().tag != qn("w:tabs")
        )
        for p in file.paragraphs
        if p.style.name.startswith("toc")
    ]

    assert entries == [
        "Perioden i korthet|",
        "1|Insatsen|",
        "1.1|Mål|",
        "2|Utvecklingen|",
        "2.1|Räckvidd|",
        "2017|",
        "3|Bedömning|",
        "Definitioner|",
    ]


def test_every_link_leads_to_a_bookmark(file):
    bookmarks = attributes(file, "w:bookmarkStart", "w:name")
    targets = attributes(file, "w:hyperlink", "w:anchor")

    assert len(bookmarks) == len(set(bookmarks))
    assert set(targets) == set(bookmarks)


def test_a_live_figure_leads_to_its_definition(file):
    lead = next(p for p in file.paragraphs if p.style.name == "Lead")

    assert lead.text == "Det blev 681 tillfällen."
    assert [(link.text, link.fragment) for link in lead.hyperlinks] == [("681", "definition_1")]


def test_a_live_figure_without_definition_is_no_link():
    file = opened(with_blocks(Paragraph((Live("7", "okänd"),))))

    assert texts(file, "Body Text") == ["7"]
    assert "definition_1" not in attributes(file, "w:hyperlink", "w:anchor")


def test_every_table_has_a_head_and_is_described(file):
    for table in file.tables:
        properties = table._tbl.tblPr
        assert properties.find(qn("w:tblCaption")).get(qn("w:val"))
        assert properties.find(qn("w:tblDescription")).get(qn("w:val"))
        assert properties.find(qn("w:tblLook")).get(qn("w:firstColumn")) == "1"
    heads = [
        table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        for table in file.tables
        if table.style.name != "Key Figures"
    ]
    assert heads == [True] * len(heads)


def test_tables_hold_the_cells_of_the_document():
    document = with_blocks(YEARS)

    table = opened(document).tables[-1]

    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        [
            "År",
            "Räckvidd\ntillfällen",
            "Nyttjade\nplatser",
            "Andel\nprocent",
            "Skillnad",
            "Underlag",
        ],
        ["2016", "95", "skyddas", "skyddas", "0", "poster"],
        ["2017", "586", "uppgift saknas", "14,0\u00a0%", "−6", "tryckt uppgift"],
        ["2016–2017", "681", "11", "–", "+18", "2 av 2 år"],
    ]


def test_numbers_are_those_of_the_document(data):
    assert word_texts(data) == document_texts(sample())


def test_a_chart_is_a_picture_with_words_and_a_numbered_caption(file):
    pictures = [(e.get("name"), e.get("descr")) for e in file.element.body.iter(qn("wp:docPr"))]

    assert pictures == [
        ("Omslagets diagram", "Punkter: 95 och 586."),
        ("Diagram 1", "Staplar: 95 år 2016 och 586 år 2017."),
        ("Diagram 2", "Linje: uppgift saknas år 2016, 6 år 2017."),
    ]
    assert texts(file, "Caption")[1:] == [
        "Diagram 1  Deltagartillfällen per år",
        "Tabell 1  Deltagartillfällen och platser",
        "Diagram 2  Aktiva grupper",
        "Tabell 2  Aktiva grupper",
    ]


def test_the_language_is_swedish(data, file):
    languages = {element.get(qn("w:val")) for element in file.styles.element.iter(qn("w:lang"))}
    settings = zipfile.ZipFile(io.BytesIO(data)).read("word/settings.xml").decode()

    assert languages == {"sv-SE"}
    assert '<w:themeFontLang w:val="sv-SE"/>' in settings
    assert file.core_properties.language == "sv-SE"


def test_no_font_comes_from_a_theme(data):
    parts = zipfile.ZipFile(io.BytesIO(data))
    styles = parts.read("word/styles.xml").decode()

    assert re.findall(r"(?:ascii|hAnsi|cs|eastAsia)Theme|themeColor", styles) == []
    assert "word/document.xml" in parts.namelist()
    assert b"w:rFonts" not in parts.read("word/document.xml")


def test_properties_say_what_whose_and_when(file):
    properties = file.core_properties

    assert (properties.title, properties.author) == ("Ökad kompetens", "Exempelförbundet")
    assert properties.created.date() == properties.modified.date() == date(2021, 3, 31)


def test_head_and_foot_of_the_page():
    section = opened(sample(marking="Stannar på kontoret")).sections[0]

    said = [paragraph.text for paragraph in section.header.paragraphs]
    assert said == ["Periodrapport 2016–2017", "Stannar på kontoret"]
    assert section.footer.paragraphs[0].text == "Exempelförbundet\tSida 1 av 1"


def test_a_practice_report_says_so_on_every_page():
    file = opened(sample(is_practice=True))

    header = file.sections[0].header.paragraphs
    assert [p.text for p in header][1:] == ["ÖVNING – uppgifterna är påhittade."]
    assert texts(file, "Marking") == ["ÖVNING – uppgifterna är påhittade."]


def test_no_paragraph_is_empty(file):
    empty_ones = [
        paragraph
        for paragraph in file.element.body.iter(qn("w:p"))
        if not list(paragraph.iter(qn("w:t"), qn("w:drawing")))
    ]

    assert empty_ones == []


def test_two_tables_never_touch():
    facts = Facts((("A", ("b",)),))

    body = opened(with_blocks(facts, facts, facts)).element.body

    tags = [child.tag for child in body]
    pairs = list(pairwise(tags))
    assert (qn("w:tbl"), qn("w:tbl")) not in pairs
    assert (qn("w:tbl"), qn("w:sectPr")) not in pairs


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    table = Table(text, (Column(text, text), Column(text)), ((text, 1),), note=text)
    items = KeyFigures((KeyFigure(1, Form.NUMBER, text, text, text),))
    document = replace(with_blocks(table, items, Paragraph((text, Live(text, text)))), title=text)

    file = opened(document)

    kept = re.sub("[\x00-\x08\x0b\x1f\ud800]", "", text)
    assert texts(file, "Title") == [kept]
    assert texts(file, "Body Text") == [kept * 2]


def test_very_long_text_and_properties_are_written():
    file = opened(sample(title="Lång " * 2000, association="å" * 5000))

    assert len(texts(file, "Title")[0]) == 10_000
    assert len(file.core_properties.title) == 255


def test_the_same_document_gives_the_same_bytes(data):
    assert word.render(sample()) == data


def test_every_part_carries_the_date_of_the_document(data):
    times = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(data)).infolist()}

    assert times == {(2021, 3, 31, 0, 0, 0)}


def test_an_empty_document_opens():
    file = opened(empty())

    assert len(file.tables) == 0
    assert [p.style.name for p in file.paragraphs] == ["Cover Line", "Title", "Table Note"]
