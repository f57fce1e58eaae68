"""The census as a workbook: out, filled in, looked at, taken in; and what is not taken in."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from django.contrib.auth import get_user
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Membership
from enterprises.models import CensusReturn
from enterprises.workbook import FIRST_ROW, columns, mark
from programmes import workbooks
from programmes.models import ClosedYear
from programmes.restoring import undo_all_address

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    EventFactory,
    MunicipalityFactory,
    ProgrammeFactory,
    SentAnswerFactory,
    member_of,
)
from .worlds import in_any

pytestmark = pytest.mark.django_db
Role = Membership.Role
State = CensusReturn.State
NUMBERS = (*CensusReturn.EMPLOYED, *CensusReturn.PLACED)
FIRST = FIRST_ROW + 1  # the row of the first enterprise, as Excel counts


@pytest.fixture
def census(programme, client):
    """A census after one of the year before; the process leader is signed in."""
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    CensusFactory(programme=programme, year=2017)
    return CensusFactory(programme=programme, year=2018)


def asked(census, name="A", last=None, **values):
    """An enterprise's row, unanswered unless said, with last year's numbers where `last` gives them."""
    enterprise = EnterpriseFactory(programme=census.programme, name=name)
    EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(2015, 1, 1))
    if last:
        before = census.programme.censuses.get(year=census.year - 1)
        CensusReturnFactory(census=before, enterprise=enterprise, **dict.fromkeys(NUMBERS) | last)
    values = {"state": State.NOT_ANSWERED} | dict.fromkeys(NUMBERS) | values
    return CensusReturnFactory(census=census, enterprise=enterprise, **values)


def address(census, name="census_file"):
    return reverse(f"enterprises:{name}", args=[census.programme.slug, census.year])


def fetched(client, census):
    response = client.get(address(census, "census_workbook_file"))
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def cell(book, census, name, row=0):
    """The cell of a column in the row of an enterprise, the first is 0."""
    return book.worksheets[0].cell(FIRST + row, columns(census).index(name) + 1)


def filled(client, census, *rows):
    """The workbook with what is typed in the rows, in their order."""
    book = fetched(client, census)
    for at, values in enumerate(rows):
        for name, value in values.items():
            cell(book, census, name, at).value = value
    return book


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sent(client, census, file, name="inventering.xlsx"):
    """The page that answers to a file."""
    content = file if isinstance(file, bytes) else saved(file)
    return client.post(address(census), {"file": SimpleUploadedFile(name, content)})


def taken(client, census, page, *, take=()):
    values = {"seal": page.context["seal"], "take": [row.pk for row in take]}
    return client.post(address(census, "census_file_take"), values)


def take_in(client, census, *rows):
    """Fetch, fill in, look and take in."""
    return taken(client, census, sent(client, census, filled(client, census, *rows)))


def changes(page):
    return [
        (row.answer.enterprise.name, *change)
        for row in page.context["found"].changed
        for change in row.changes
    ]


def problems(page):
    return [(one.cell or one.row, one.text) for one in page.context["found"].problems]


def refusal(page):
    return " ".join(page.context["form"].errors["file"])


def standing(census):
    """All that stands in the answers of a census, with their versions."""
    rows = census.returns.order_by("pk")
    return list(rows.values_list(*NUMBERS, "state", "comment", "change_reason", "version"))


# What the file holds


def test_a_row_an_enterprise_with_last_years_number_beside_each(client, census):
    asked(census, "Å", last={"employed_women": 4, "employed_men": 0})
    asked(census, "A", employed_women=0, state="draft", comment="=1+1", not_given=["placed_other"])

    book = fetched(client, census)

    rows = list(book.worksheets[0].iter_rows(min_row=FIRST, values_only=True))
    assert [row[0] for row in rows] == ["A", "Å"]
    assert rows[0][2:16] == ("utkast", "ej tillfrågat", 0, *[None] * 9, "–", None)
    assert rows[1][2:16] == ("ej svarat", "bekräftat", None, 4, None, 0, *[None, "–"] * 4)
    assert rows[0][17] == "=1+1"
    assert cell(book, census, "comment").data_type == "s"
    assert book.sheetnames == ["Inventering 2018", "Så här fyller du i"]


def test_keys_are_hidden_and_locked_and_boxes_are_open(client, census):
    row = asked(census)

    book = fetched(client, census)

    sheet, key = book.worksheets[0], cell(book, census, mark(census))
    assert (key.value, cell(book, census, "version").value) == (row.pk, row.version)
    hidden = [letter for letter, column in sheet.column_dimensions.items() if column.hidden]
    assert (hidden, sheet.row_dimensions[1].hidden) == ([key.column_letter], True)
    assert (key.protection.locked, sheet.protection.sheet) == (True, True)
    open_ones = [name for name in columns(census)[:-2] if name and name != "enterprise"]
    assert {cell(book, census, name).protection.locked for name in open_ones} == {False}
    (states,) = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert states.formula1 == '"ej svarat,utkast,bekräftat,ej aktuellt,samma som 2017"'


def test_no_cell_is_a_formula(client, census):
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1"):
        asked(census, text.strip() + "x", comment=text, change_reason=text.strip())

    book = fetched(client, census)

    kinds = {one.data_type for sheet in book for row in sheet.iter_rows() for one in row}
    assert kinds == {"s", "n"}


def test_the_file_is_made_with_the_same_queries_for_one_row_and_three(client, census):
    numbers = []
    for name in ("A", "B", "C"):
        asked(census, name, last={"employed_women": 4})
        with CaptureQueriesContext(connection) as queries:
            fetched(client, census)
        numbers.append(len(queries))

    assert numbers == [numbers[0]] * 3


def test_an_empty_census_has_an_empty_file(client, census):
    page = sent(client, census, fetched(client, census))

    assert (page.context["found"].edited, page.context["seal"]) == ([], "")


# What is filled in


def test_the_four_things_stay_four(client, census):
    for name in "ABCD":
        asked(census, name, last={"employed_women": 4, "employed_men": 3, "placed_other": 0})

    take_in(
        client,
        census,
        {"state": "bekräftat", "employed_women": 0, "employed_men": "–", "placed_other": 1,
         "explanation": "Stängt"},
        {"state": "ej aktuellt"},
        {"state": "Samma som 2017"},
        {},
    )  # fmt: skip

    found = {
        row.enterprise.name: (row.state, [row.typed(name) for name in NUMBERS])
        for row in census.returns.all()
    }
    assert found == {
        "A": ("confirmed", ["0", "–", "–", "–", "–", "1"]),
        "B": ("not_applicable", [""] * 6),
        "C": ("confirmed", ["4", "3", "–", "–", "–", "0"]),
        "D": ("not_answered", [""] * 6),
    }
    assert sent(client, census, fetched(client, census)).context["found"].edited == []


def test_an_empty_box_leaves_what_stands(client, census):
    row = asked(census, state="draft", employed_women=5, comment="Kvar")

    page = sent(client, census, filled(client, census, {"employed_women": None, "comment": None}))

    row.refresh_from_db()
    assert (page.context["found"].edited, row.employed_women, row.comment) == ([], 5, "Kvar")


def test_a_dash_is_not_answered_and_takes_a_text_away(client, census):
    row = asked(census, state="draft", employed_women=5, placed_other=1, comment="Bort")

    take_in(client, census, {"employed_women": "-", "comment": "-"})

    row.refresh_from_db()
    assert (row.typed("employed_women"), row.placed_other, row.comment) == ("–", 1, "")


def test_where_nothing_applies_emptied_boxes_are_emptied_and_others_refused(client, census):
    emptied = asked(census, "A", state="draft", employed_women=5)
    asked(census, "B", state="draft", employed_women=5)

    typed = {"state": "ej aktuellt"}
    first = sent(client, census, filled(client, census, typed | {"employed_women": None}, typed))
    page = taken(
        client,
        census,
        sent(client, census, filled(client, census, typed | {"employed_women": None}, {})),
    )

    emptied.refresh_from_db()
    assert problems(first) == [(f"C{FIRST + 1}", "Töm rutorna om inventeringen inte är aktuell.")]
    assert (page.status_code, emptied.state, emptied.employed_women) == (
        302,
        "not_applicable",
        None,
    )


def test_every_change_is_shown_and_nothing_is_stored_before_it_is_taken_in(client, census):
    asked(census, "A", last={"employed_women": 4})
    asked(census, "B")
    before = standing(census)

    page = sent(client, census, filled(client, census, {"state": "samma som 2017"}))

    assert changes(page) == [
        ("A", "Läge", "Ej svarat", "Bekräftat"),
        ("A", "Anställda kvinnor", "ej ifyllt", "4"),
        ("A", "Anställda män", "ej ifyllt", "–"),
        ("A", "Anställda, ej uppgivet kön", "ej ifyllt", "–"),
        ("A", "Placerade av Arbetsförmedlingen", "ej ifyllt", "–"),
        ("A", "Placerade av kommunen", "ej ifyllt", "–"),
        ("A", "Placerade av övriga", "ej ifyllt", "–"),
    ]
    assert [row.enterprise.name for row in page.context["found"].unchanged] == ["B"]
    assert ("Ta in 7 ändringar" in page.content.decode(), standing(census)) == (True, before)


def test_a_large_change_without_its_reason_comes_in_as_a_draft(client, census):
    row = asked(census, last={"employed_women": 8})

    page = sent(
        client, census, filled(client, census, {"state": "bekräftat", "employed_women": 20})
    )
    taken(client, census, page)

    row.refresh_from_db()
    assert "8 → 20" in page.content.decode()
    assert (row.state, row.employed_women) == ("draft", 20)
    take_in(client, census, {"state": "bekräftat", "explanation": "Ny verkstad"})
    row.refresh_from_db()
    assert (row.state, row.change_reason) == ("confirmed", "Ny verkstad")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("employed_women", "fem", "helt tal"),
        ("employed_women", 2.5, "helt tal"),
        ("employed_women", -1, "mellan 0 och 9 999"),
        ("employed_women", 10_000, "mellan 0 och 9 999"),
        ("employed_women", 10**300, "helt tal"),
        ("employed_women", "9" * 400, "mellan 0 och 9 999"),
        ("employed_women", date(2026, 3, 1), "helt tal"),
        ("employed_women", True, "helt tal"),
        ("employed_women", "'=1+1", "helt tal"),
        ("employed_women", "١٢", "helt tal"),
        ("employed_women", "1e309", "helt tal"),
        ("employed_women", "#REF!", "fel"),
        ("employed_women", "=1+1", "Formeln har inget värde"),
        ("state", "kanske", "Välj"),
        ("state", "bekräftat", "Fyll i minst ett antal"),
        ("comment", "811228-9874", "personnummer"),
        ("explanation", "x" * 301, "300"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_of_the_file_is_stored(
    client, census, name, value, words
):
    asked(census, "A"), asked(census, "B")
    before = standing(census)

    page = sent(client, census, filled(client, census, {"placed_other": 1}, {name: value}))

    ((where, text),) = problems(page)
    assert where == cell(fetched(client, census), census, name, 1).coordinate
    assert (words in text, page.context["seal"], standing(census)) == (True, "", before)


def test_a_formula_with_a_value_is_read_by_its_value(client, census):
    row = asked(census)
    book = filled(client, census, {"employed_women": "=2+3"})
    at = cell(book, census, "employed_women").coordinate
    content = changed(
        saved(book), "xl/worksheets/sheet1.xml", b"<f>2+3</f><v></v>", b"<f>2+3</f><v>5</v>"
    )

    page = sent(client, census, content)

    assert (at, changes(page)[-1][1:]) == ("E5", ("Anställda kvinnor", "ej ifyllt", "5"))
    assert row.version == 1


# Who was first, and what is taken in twice


def test_a_row_somebody_else_changed_is_left_unless_it_is_chosen(client, census):
    theirs, mine = asked(census, "A"), asked(census, "B")
    book = filled(client, census, {"employed_women": 7}, {"employed_women": 1})
    take_in(client, census, {"employed_women": 4, "placed_other": 2})

    page = sent(client, census, book)
    taken(client, census, page)
    theirs.refresh_from_db(), mine.refresh_from_db()

    (overtaken,) = page.context["found"].overtaken
    assert overtaken.changes == [("Anställda kvinnor", "4", "7")]
    assert (theirs.employed_women, mine.employed_women) == (4, 1)
    taken(client, census, sent(client, census, book), take=[theirs])
    theirs.refresh_from_db()
    assert (theirs.employed_women, theirs.placed_other) == (7, 2)


def test_a_row_that_was_not_touched_here_undoes_nothing(client, census):
    row = asked(census)
    book = fetched(client, census)
    take_in(client, census, {"employed_women": 4})

    page = sent(client, census, book)

    row.refresh_from_db()
    assert (page.context["found"].edited, row.employed_women) == ([], 4)


def test_what_is_changed_while_one_looks_stops_all_of_it(client, census):
    asked(census, "A"), asked(census, "B")
    page = sent(client, census, filled(client, census, {"placed_other": 1}, {"placed_other": 1}))
    take_in(client, census, {}, {"placed_other": 3})
    before = standing(census)

    answer = taken(client, census, page)

    assert (answer.status_code, standing(census)) == (409, before)
    assert [row.answer.enterprise.name for row in answer.context["found"].overtaken] == ["B"]


def test_taking_in_twice_stores_once(client, census):
    asked(census, last={"employed_women": 4})
    book = filled(client, census, {"state": "oförändrat", "comment": "Två\nrader"})
    page = sent(client, census, book)

    answers = [taken(client, census, page) for _time in range(2)]

    assert [answer.url for answer in answers] == [census.get_absolute_url()] * 2
    assert [row[-1] for row in standing(census)] == [2]
    assert sent(client, census, book).context["seal"] == ""


def test_one_file_is_one_act_of_the_history(client, census):
    rows = [asked(census, name) for name in "ABC"]

    take_in(client, census, *[{"employed_women": 1}] * 3)

    found = [row.history.latest() for row in rows]
    assert len({row.history_date for row in found}) == 1
    assert [row.history_user for row in found] == [get_user(client)] * 3
    assert [row.history.count() for row in rows] == [2, 2, 2]


def undone(client, answer):
    """The page after what was taken in is undone, by the button in the message about it."""
    (message,) = get_messages(answer.wsgi_request)
    return client.post(message.extra_tags, follow=True)


def test_a_file_taken_in_is_undone_as_a_whole(client, census):
    for name in "AB":
        asked(census, name, state="draft", employed_women=5, comment="Kvar")
    before = standing(census)

    page = undone(client, take_in(client, census, {"employed_women": 1}, {"comment": "-"}))

    assert page.request["PATH_INFO"] == census.get_absolute_url()
    assert ([row[:-1] for row in standing(census)], "Allt är ångrat" in page.content.decode()) == (
        [row[:-1] for row in before],
        True,
    )


def test_what_was_changed_since_a_file_was_taken_in_is_not_lost(client, census):
    asked(census, "A"), asked(census, "B")
    answer = take_in(client, census, *[{"employed_women": 1}] * 2)
    row = census.returns.get(enterprise__name="B")
    row.employed_women = 7
    row.save()
    before = standing(census)

    page = undone(client, answer)

    assert ("”B, 2018” har ändrats sedan dess" in page.content.decode(), standing(census)) == (
        True,
        before,
    )


def test_only_what_can_be_taken_in_is_undone_as_a_whole(client, census):
    event = EventFactory(programme=census.programme)
    answer = asked(census)

    def undo(record):
        return client.post(undo_all_address(census.programme, record), follow=True)

    assert undo(event).status_code == 404
    assert "Så här började det" in undo(answer).content.decode()


def test_nothing_is_written_if_one_row_cannot_be(client, census, monkeypatch):
    asked(census, "A"), asked(census, "B")
    page = sent(client, census, filled(client, census, *[{"employed_women": 1}] * 2))
    before, save, calls = standing(census), CensusReturn.save, []

    def fails_the_second_time(self, *args, **kwargs):
        calls.append(self)
        if len(calls) == 2:
            raise OSError("full")
        save(self, *args, **kwargs)

    monkeypatch.setattr(CensusReturn, "save", fails_the_second_time)
    with pytest.raises(OSError, match="full"):
        taken(client, census, page)

    assert standing(census) == before


# Who may, and when


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_take_nothing_in(client, census, role):
    asked(census)
    page = sent(client, census, filled(client, census, {"employed_women": 1}))
    before = standing(census)
    client.force_login(member_of(census.programme, role))

    answers = [sent(client, census, b"x"), taken(client, census, page)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert standing(census) == before


def test_what_was_sealed_for_another_or_altered_is_not_taken_in(client, census):
    asked(census)
    page = sent(client, census, filled(client, census, {"employed_women": 1}))
    seal, before = page.context["seal"], standing(census)
    where = address(census, "census_file_take")

    for altered in ("", "x", "a\x00:b:c", seal[:-1], seal[1:]):
        assert client.post(where, {"seal": altered}).url == address(census)
    other = CensusFactory(programme=census.programme, year=2019)
    assert client.post(address(other, "census_file_take"), {"seal": seal}).url == address(other)
    client.force_login(member_of(census.programme, Role.ADMINISTRATOR))
    assert client.post(where, {"seal": seal}).url == address(census)

    assert standing(census) == before


@pytest.mark.parametrize("closed", ["census", "year"])
def test_a_closed_census_and_a_closed_year_take_no_file_in(client, census, closed):
    asked(census)
    book = filled(client, census, {"employed_women": 1})
    page = sent(client, census, book)
    if closed == "census":
        census.closed_on = date(2018, 12, 1)
        census.save()
    else:
        ClosedYear.objects.create(programme=census.programme, year=2018)
    before = standing(census)

    answers = [client.get(address(census)), sent(client, census, book), taken(client, census, page)]

    words = {"census": "stängdes 2018-12-01", "year": "Rapporten för 2018 är fastställd"}[closed]
    assert [words in answer.content.decode() for answer in answers] == [True] * 3
    assert standing(census) == before
    assert fetched(client, census).worksheets[0].title == "Inventering 2018"


def test_rows_of_another_programme_cannot_be_named(client, census):
    elsewhere = ProgrammeFactory()
    MunicipalityFactory(programme=elsewhere)
    foreign = asked(CensusFactory(programme=elsewhere, year=2018), "Hemliga")
    asked(census)

    book = filled(client, census, {mark(census): foreign.pk, "employed_women": 1})
    page = sent(client, census, book)

    assert problems(page) == [
        (FIRST, "Företaget är inte med i den här inventeringen. Ta bort raden.")
    ]
    assert "Hemliga" not in page.content.decode()


@pytest.mark.parametrize("key", ["x", -1, 1.5, "9" * 40, None])
def test_a_row_without_its_key_is_refused(client, census, key):
    asked(census)

    page = sent(client, census, filled(client, census, {mark(census): key, "employed_women": 1}))

    assert problems(page) == [(FIRST, "Raden fanns inte i filen när den hämtades. Ta bort den.")]


def test_rows_sorted_without_their_keys_are_noticed(client, census):
    asked(census, "A"), asked(census, "B")

    book = filled(client, census, {"enterprise": "B"}, {"enterprise": "A"})
    page = sent(client, census, book)

    assert [where for where, _text in problems(page)] == [f"A{FIRST}", f"A{FIRST + 1}"]


def test_an_enterprise_renamed_meanwhile_is_known_by_its_earlier_name(client, census):
    row = asked(census, "Gamla")
    book = filled(client, census, {"employed_women": 1})
    row.enterprise.name = "Nya"
    row.enterprise.save()

    page = sent(client, census, book)

    assert (problems(page), [change[0] for change in changes(page)]) == ([], ["Nya", "Nya"])


def test_a_row_that_stands_twice_and_one_that_was_added_are_refused(client, census):
    row = asked(census)
    book = fetched(client, census)
    cell(book, census, mark(census), 1).value = row.pk
    cell(book, census, "version", 1).value = row.version
    cell(book, census, "enterprise", 2).value = "Summa"

    page = sent(client, census, book)

    assert [where for where, _text in problems(page)] == [FIRST + 1, FIRST + 2]


def test_the_file_of_another_year_is_refused(client, census):
    asked(census)
    before = census.programme.censuses.get(year=2017)

    page = sent(client, census, fetched(client, before))

    assert "en annan inventering (2017)" in refusal(page)


def test_a_column_that_was_taken_away_is_told(client, census):
    asked(census)
    book = fetched(client, census)
    book.worksheets[0].delete_cols(3)

    assert "Kolumner har tagits bort" in refusal(sent(client, census, book))


def test_merged_cells_are_told(client, census):
    asked(census, "A"), asked(census, "B")
    book = fetched(client, census)
    book.worksheets[0].merge_cells("E5:E6")

    page = sent(client, census, book)

    assert problems(page) == [("E5", "Cellerna E5:E6 är sammanfogade. Dela dem igen.")]


# Files nobody should send


def changed(content, part, old, new):
    """A workbook with one of its parts changed by hand."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", 8) as after:
        for row in before.infolist():
            data = before.read(row)
            if row.filename == part:
                assert old in data
                data = data.replace(old, new, 1)
            after.writestr(row.filename, data)
    return file.getvalue()


def with_part(content, name, data):
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", 8) as archive:
        archive.writestr(name, data)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
END = b"</sheetData>"
ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def understated(content):
    """The directory says that a part is smaller than it is."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    at = content.rindex(SHEET.encode()) - 46 + 24
    assert content[at : at + 4] == size.to_bytes(4, "little")
    return content[:at] + (100).to_bytes(4, "little") + content[at + 4 :]


def locked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0].filename.encode()
    at = content.index(b"PK\x01\x02") + 8
    assert first in content
    return content[:at] + bytes([content[at] | 1]) + content[at + 1 :]


HOSTILE = {
    "empty": (lambda _c: b"", "tom"),
    "larger than may be sent": (lambda c: c + bytes(6 * 1024 * 1024), "större än 5"),
    "larger than is received": (lambda c: c + bytes(11 * 1024 * 1024), "större än 5"),
    "unpacks to fifty times": (lambda c: with_part(c, "x.bin", bytes(60_000_000)), "för stor"),
    "ratio": (lambda c: with_part(c, "x.bin", bytes(8_000_000)), "för stor"),
    "understated": (understated, "skadad"),
    "many parts": (lambda c: c + b"PK\x01\x02" * 2_000, "för stor"),
    "old or locked": (lambda _c: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), "äldre format"),
    "locked part": (locked, "lösenord"),
    "html": (lambda _c: b"<html><table><tr><td>1</table>", "ingen Excelarbetsbok"),
    "not an archive": (lambda _c: b"PK\x03\x04" + b"x" * 100, "skadad"),
    "cut off": (lambda c: c[: len(c) // 2], "skadad"),
    "entities": (lambda c: changed(c, SHEET, b"<worksheet", ENTITY + b"<worksheet"), "skadad"),
    "a comment": (lambda c: changed(c, SHEET, END, b"<!-- x -->" + END), "skadad"),
    "an instruction": (lambda c: changed(c, SHEET, END, b"<?x y?>" + END), "skadad"),
    "a long tag": (lambda c: changed(c, SHEET, END, b"<row a='" + b">" * 400_000 + b"'/>" + END), "för stor"),
    "many texts": (
        lambda c: changed(c, SHEET, END, b"<c><is/></c>" * 40_000 + END),
        "för stor",
    ),
    "NUL": (lambda c: changed(c, SHEET, END, b"\x00" + END), "skadad"),
    "not closed": (lambda c: changed(c, SHEET, END, b""), "skadad"),
    "no such text": (
        lambda c: changed(c, SHEET, END, b"<row r='9'><c r='A9' t='s'><v>9999</v></c></row>" + END),
        "skadad",
    ),
    "5 000 digits": (
        lambda c: changed(c, SHEET, END, b"<row r='9'><c r='A9'><v>%b</v></c></row>" % (b"9" * 5_000) + END),
        "skadad",
    ),
    "a million rows": (lambda c: changed(c, SHEET, END, b"<row/>" * 1_000_000 + END), "för stor|10.000"),
    "ten thousand rows": (lambda c: changed(c, SHEET, END, b"<row/>" * 10_001 + END), "10.000"),
    "16 384 columns": (
        lambda c: changed(c, SHEET, END, b"<row r='9'><c r='XFD9'><v>1</v></c></row>" + END),
        "cell XFD9",
    ),
    "no such column": (
        lambda c: changed(c, SHEET, END, b"<row r='9'><c r='ZZZZ9'><v>1</v></c></row>" + END),
        "skadad",
    ),
    "many cells": (lambda c: changed(c, SHEET, END, b"<row>" + b"<c/>" * 300_000 + b"</row>" + END), "för stor"),
    "macros": (
        lambda c: changed(c, "[Content_Types].xml", b"<Override", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override'),
        "makron",
    ),
    "a letter": (
        lambda c: changed(c, "[Content_Types].xml", b"spreadsheetml.sheet.main", b"wordprocessingml.document.main"),
        "ingen Excelarbetsbok",
    ),
    "another workbook": (lambda _c: saved(openpyxl.Workbook()), "inte inventeringens fil"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_words(client, census, kind):
    asked(census)
    before = standing(census)
    make, words = HOSTILE[kind]
    content = make(saved(filled(client, census, {"employed_women": 1})))

    page = sent(client, census, content)

    assert page.status_code == 200
    assert any(word.replace(".", "\xa0") in refusal(page) for word in words.split("|"))
    assert standing(census) == before


@pytest.mark.parametrize(
    ("name", "words"),
    [("svar.xls", ".xlsx"), ("svar.xlsm", ".xlsx"), ("svar", ".xlsx"), ("svar.csv", ".xlsx")],
)
def test_a_file_by_another_name_is_refused(client, census, name, words):
    page = sent(client, census, fetched(client, census), name)

    assert words in refusal(page)


def test_no_file_is_told(client, census):
    assert refusal(client.post(address(census), {"x": 1})) == "Välj en fil."


def test_far_rows_that_hold_nothing_take_no_time(client, census):
    asked(census)
    far = b"<row r='1048576'><c r='A1048576'/></row>"
    content = changed(saved(filled(client, census, {"placed_other": 1})), SHEET, END, far + END)

    assert len(changes(sent(client, census, content))) == 2


# As text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("between", ";\t,")
def test_the_same_table_comes_in_as_text(client, census, encoding, between):
    asked(census, "Åkern", last={"employed_women": 4})
    book = filled(client, census, {"state": "oförändrat", "employed_men": "–"})
    rows = book.worksheets[0].iter_rows(values_only=True)
    text = "\r\n".join(
        between.join("" if value is None or "," in str(value) else str(value) for value in row)
        for row in rows
    )

    page = sent(client, census, text.encode(encoding), "svar.csv")

    assert changes(page)[:2] == [
        ("Åkern", "Läge", "Ej svarat", "Bekräftat"),
        ("Åkern", "Anställda kvinnor", "ej ifyllt", "4"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a;b\x00", "skadad"),
        (b'a;"b', "skadad"),
        (b"a;b\n" * 10_002, "10\xa0000"),
        (b"x" * 200_000, "skadad"),
        (b"a;b", "inte inventeringens fil"),
        (b"\n\n", "inte inventeringens fil"),
    ],
)
def test_text_that_is_no_census_is_refused(client, census, content, words):
    assert words in refusal(sent(client, census, content, "svar.csv"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (7, "7"),
        (7.0, "7"),
        (2.5, "2,5"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (1e300, "1e+300"),
        (date(2026, 3, 1), "2026-03-01"),
    ],
)
def test_a_value_is_read_as_one_types_it(value, text):
    assert workbooks._text(value) == text


# Any table


TEXTS = st.one_of(
    st.just(""),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=40),
    st.sampled_from(["=1+1", "–", "_x0041_", "Två\nrader", " x ", "'x"]),
)
ANSWERS = st.fixed_dictionaries(
    {name: st.one_of(st.none(), st.integers(0, 9_999)) for name in NUMBERS}
    | {
        "state": st.sampled_from(State.values),
        "comment": TEXTS,
        "change_reason": TEXTS,
        "not_given": st.lists(st.sampled_from(NUMBERS), unique=True),
    }
)


def sound(answer):
    """The answer as a form could have stored it."""
    answered = any(answer[name] is not None for name in NUMBERS)
    if answer["state"] == State.CONFIRMED and not answered:
        answer["state"] = State.DRAFT
    answer["not_given"] = [name for name in answer["not_given"] if answer[name] is None]
    return answer


@in_any
@given(st.lists(ANSWERS.map(sound), min_size=1, max_size=3))
def test_any_table_fetched_and_sent_back_changes_nothing(client, census, answers):
    census.returns.all().delete()
    for number, answer in enumerate(answers):
        asked(census, f"F{number}", **answer)
    before = standing(census)

    page = sent(client, census, fetched(client, census))

    assert (problems(page), page.context["found"].edited) == ([], [])
    assert standing(census) == before


TYPED = st.lists(
    st.dictionaries(
        st.sampled_from(NUMBERS),
        st.one_of(st.integers(0, 9_999), st.sampled_from(["–", "-", None])),
        max_size=6,
    ),
    min_size=1,
    max_size=3,
)


@in_any
@given(TYPED)
def test_exactly_what_is_typed_comes_in(client, census, rows):
    census.returns.all().delete()
    for number in range(len(rows)):
        asked(census, f"F{number}")

    if any(value is not None for row in rows for value in row.values()):
        take_in(client, census, *rows)

    found = census.returns.order_by("enterprise__sort_name", "pk")
    wanted = [
        ["–" if row.get(n) == "-" else "" if row.get(n) is None else str(row[n]) for n in NUMBERS]
        for row in rows
    ]
    assert [[row.typed(name) for name in NUMBERS] for row in found] == wanted


def test_the_file_says_that_it_goes_over_an_answer_nobody_has_looked_at(client, census):
    row = asked(census)
    waiting = SentAnswerFactory(answer=row, employed_women=9)

    page = sent(client, census, filled(client, census, {"state": "bekräftat", "employed_women": 5}))
    taken(client, census, page)

    waiting.refresh_from_db()
    assert "Filens svar kommer att gälla i stället." in page.content.decode()
    assert (waiting.is_waiting, waiting.settled_at is not None) == (False, True)


def test_the_same_as_another_year_is_no_state(client, census):
    asked(census, last={"employed_women": 4})

    page = sent(client, census, filled(client, census, {"state": "samma som 2016"}))

    assert [text for _cell, text in problems(page)] == ["Välj ett giltigt alternativ i listan."]


def test_a_file_fetched_before_the_words_changed_is_still_read(client, census):
    asked(census, last={"employed_women": 4})

    take_in(client, census, {"state": "oförändrat"})

    assert census.returns.get().state == "confirmed"
