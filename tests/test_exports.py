"""Lists as files: all that is found, typed cells, text that stays text, and nothing that is not for the reader."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from activities.models import Event
from programmes.periods import Precision

from . import factories
from .factories import AttendanceFactory, EventFactory, GrantFactory, PlacementFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role
HOSTILE = "=cmd|'/c calc'!A1"


def file_of(client, name, programme, format, *more, **query):
    answer = client.get(reverse(name, args=[programme.slug, *more, format]), query)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content), answer


def csv_rows(client, name, programme, *more, **query):
    content, _answer = file_of(client, name, programme, "csv", *more, **query)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def workbook(client, name, programme, **query):
    content, _answer = file_of(client, name, programme, "xlsx", **query)
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture
def reader(client, programme):
    client.force_login(member_of(programme, Role.BOARD))
    return client


def test_csv_is_as_a_swedish_excel_opens_it(reader, programme):
    EventFactory(programme=programme, title="Åtta; öron")

    content, answer = file_of(reader, "activities:list_file", programme, "csv")

    assert content.startswith("\ufeffDatum;Första möjliga dag;".encode())
    assert b'"\xc3\x85tta; \xc3\xb6ron"' in content
    assert answer["Content-Disposition"].startswith(
        f'attachment; filename="handelser-{programme.slug}-'
    )


def test_every_count_of_an_event_has_its_column(reader, programme):
    event = EventFactory(programme=programme)
    AttendanceFactory(event=event, women=3, men=2)
    AttendanceFactory(event=event, audience="manager", women=1, men=0, unspecified=4)
    event.organisers.add(factories.OrganisationFactory(programme=programme, name="Region"))
    event.organisers.add(factories.OrganisationFactory(programme=programme, name="Arbetet"))

    (row,) = csv_rows(reader, "activities:list_file", programme)

    counts = [text for head, text in row.items() if "(deltagartillfällen)" in head]
    assert counts == ["4", "2", "4", "10"]
    assert row["Antalsuppgift"] == "per målgrupp"
    assert row["Arrangörer"] == "Arbetet; Region"


@pytest.mark.parametrize(
    ("status", "said"), [(Event.Status.HELD, "saknas"), (Event.Status.PLANNED, "")]
)
def test_what_is_not_counted_is_empty_and_never_0(reader, programme, status, said):
    EventFactory(programme=programme, status=status)

    (row,) = csv_rows(reader, "activities:list_file", programme)

    assert [row["Alla (deltagartillfällen)"], row["Kvinnor (deltagartillfällen)"]] == ["", ""]
    assert row["Antalsuppgift"] == said


def test_a_rough_date_is_said_in_words_and_by_its_days(reader, programme):
    EventFactory(programme=programme, starts_on=date(2017, 7, 1), precision=Precision.SEASON)

    sheet = workbook(reader, "activities:list_file", programme).worksheets[0]

    assert sheet["A2"].value == "hösten 2017"
    assert [sheet["B2"].value.date(), sheet["C2"].value.date()] == [
        date(2017, 7, 1),
        date(2017, 12, 31),
    ]
    assert sheet["B2"].number_format == "yyyy-mm-dd"


def test_the_file_holds_what_the_filters_find_on_all_pages(reader, programme):
    initiative = factories.InitiativeFactory(programme=programme)
    EventFactory.create_batch(105, programme=programme, initiative=initiative, kind="seminar")
    EventFactory(programme=programme, initiative=initiative, kind="training")

    rows = csv_rows(reader, "activities:list_file", programme, kind="seminar", page="2")

    assert len(rows) == 105
    assert {row["Slag"] for row in rows} == {"Seminarium"}


def test_the_workbook_says_what_list_it_is(reader, programme):
    EventFactory(programme=programme, kind="seminar")

    book = workbook(reader, "activities:list_file", programme, kind="seminar")

    about = {row[0]: row[1] for row in book["Om listan"].iter_rows(values_only=True)}
    assert about["Program"] == programme.name
    assert about["Lista"] == "Händelser"
    assert about["Slag"] == "Seminarium"
    assert about["Rader"] == "1"
    assert about["Vy"].startswith("skyddad")
    assert book.worksheets[0].freeze_panes == "A2"
    assert book.worksheets[0].auto_filter.ref


@pytest.mark.parametrize(
    "beginning", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "\u200b=", "\ufeff＠"]
)
def test_nothing_typed_becomes_a_formula(reader, programme, beginning):
    title = f"{beginning}1+1|x"
    Event.objects.filter(pk=EventFactory(programme=programme).pk).update(title=title)

    (row,) = csv_rows(reader, "activities:list_file", programme)
    book = workbook(reader, "activities:list_file", programme)

    assert row["Vad"].startswith("'")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n", "d"}
    assert any(str(cell.value).endswith("1+1|x") for cell in cells)


def test_text_that_is_like_a_command_stays_as_it_is_in_a_workbook(reader, programme):
    Event.objects.filter(pk=EventFactory(programme=programme).pk).update(title="|cmd ' /C calc'!A0")

    book = workbook(reader, "activities:list_file", programme)

    cells = [cell.value for line in book.worksheets[0].iter_rows() for cell in line]
    assert "|cmd ' /C calc'!A0" in cells


def test_what_no_file_can_hold_is_left_out(reader, programme):
    Event.objects.filter(pk=EventFactory(programme=programme).pk).update(title="a\x0bb\x1fc")

    assert csv_rows(reader, "activities:list_file", programme)[0]["Vad"] == "abc"
    assert workbook(reader, "activities:list_file", programme)


@pytest.mark.parametrize(("role", "shown"), [(Role.AUDITOR, True), (Role.PARTNER, False)])
def test_what_a_grant_is_for_is_given_to_full_roles_alone(client, programme, role, shown):
    grant = GrantFactory(programme=programme, target_group="Unga", conditions="Inga")
    PlacementFactory(grant=grant)
    client.force_login(member_of(programme, role))

    content, _answer = file_of(client, "placements:list_file", programme, "csv")
    (row,) = csv_rows(client, "placements:list_file", programme)

    assert ("Unga" in content.decode()) == ("Målgrupp" in row) == ("Villkor" in row) == shown
    assert row["Platser"] == "4"


def test_placements_are_given_to_those_who_see_them(client, programme):
    placement = PlacementFactory(grant__programme=programme)
    client.force_login(member_of(programme, Role.AUDITOR))

    (row,) = csv_rows(client, "placements:placements_file", programme, placement.grant.pk)

    assert row["Kod"] == placement.participant.code
    assert row["Start"] == "2017"


def test_the_register_comes_without_contacts_and_answers(client, programme):
    enterprise = factories.EnterpriseFactory(programme=programme, name="Bageriet")
    factories.ContactFactory(enterprise=enterprise, name="En kontaktperson")
    factories.CensusReturnFactory(
        census__programme=programme, enterprise=enterprise, employed_women=77
    )
    client.force_login(member_of(programme, Role.ADMINISTRATOR))

    content, _answer = file_of(client, "enterprises:list_file", programme, "csv")

    assert "Bageriet" in content.decode()
    assert "En kontaktperson" not in content.decode()
    assert "77" not in content.decode()


def test_unknown_plays_are_empty(reader, programme):
    factories.PublicationFactory(programme=programme, plays=None, views=12)

    (row,) = csv_rows(reader, "activities:publications_file", programme)

    assert [row["Lyssningar"], row["Visningar"]] == ["", "12"]


def test_a_group_comes_with_its_status_of_today(reader, programme):
    group = factories.GroupFactory(programme=programme)
    factories.GroupStatusFactory(group=group, starts_on=date(2017, 1, 1))
    EventFactory(programme=programme, group=group, starts_on=date(2018, 2, 3))

    (row,) = csv_rows(reader, "activities:groups_file", programme)

    assert [row["Status nu"], row["Sedan"], row["Senaste möte"]] == [
        "Aktiv",
        "2017-01-01",
        "2018-02-03",
    ]


def test_another_programmes_rows_are_not_there(reader, programme):
    EventFactory(title="Någon annans")

    assert csv_rows(reader, "activities:list_file", programme) == []


def test_there_is_no_other_format(reader, programme):
    where = reverse("activities:list_file", args=[programme.slug, "exe"])

    assert reader.get(where).status_code == 404


FILES = {
    "activities:list_file": "events",
    "activities:publications_file": "publications",
    "activities:milestones_file": "milestones",
    "activities:groups_file": "groups",
    "enterprises:list_file": "enterprises",
    "placements:list_file": "grants",
}


@pytest.mark.parametrize("many", [3, pytest.param(1000, marks=pytest.mark.full)])
@pytest.mark.parametrize("name", FILES)
def test_a_file_asks_as_often_for_many_rows(client, programme, name, many):
    from . import test_lists

    factories.one_of_each(programme)
    client.force_login(member_of(programme, Role.AUDITOR))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            file_of(client, name, programme, "xlsx")
        return len(queries)

    asked()
    for_one = asked()
    getattr(test_lists, FILES[name])(programme, many - 1)

    assert asked() == for_one
