"""The census: who is asked, what counts as an answer, and who reads it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from enterprises.models import Census, CensusReturn
from programmes.models import ClosedYear

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    ContactFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    ProgrammeFactory,
    SentAnswerFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
State = CensusReturn.State


@pytest.fixture
def world(programme, client):
    """A programme whose process leader is signed in."""
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def address(name, programme, *args):
    return reverse(f"enterprises:{name}", args=[programme.slug, *args])


def active(programme, name, since=date(2015, 1, 1)):
    enterprise = EnterpriseFactory(programme=programme, name=name)
    EnterpriseStatusFactory(enterprise=enterprise, starts_on=since)
    return enterprise


def unanswered(census, name):
    return CensusReturnFactory(
        census=census,
        enterprise=active(census.programme, name),
        state=State.NOT_ANSWERED,
        employed_women=None,
        employed_men=None,
    )


def test_opening_a_census_asks_those_active_on_its_date(client, world):
    active(world, "A")
    active(world, "För sent", since=date(2017, 11, 1))
    EnterpriseStatusFactory(
        enterprise=active(world, "Nedlagt"), starts_on=date(2016, 5, 1), status="closed"
    )
    EnterpriseFactory(programme=world, name="Utan status")
    active(ProgrammeFactory(), "En annans")

    client.post(address("census_open", world), {"year": "2017", "reference_date": ""})

    census = Census.objects.get()
    assert census.reference_date == date(2017, 10, 31)
    assert [(row.enterprise.name, row.state) for row in census.returns.all()] == [
        ("A", "not_answered")
    ]


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"year": "2016"}, "year", "Det finns redan en inventering"),
        ({"year": "x"}, "year", "heltal"),
        ({"year": "1066"}, "year", "1990"),
        ({"year": "0"}, "year", "1990"),
        ({"year": "99999"}, "year", "2100"),
        ({"year": ""}, "year", "Skriv året."),
        ({"year": "2017", "reference_date": "hösten 2017"}, "reference_date", "hela datumet"),
        ({"year": "2017", "reference_date": "2019-10-31"}, "reference_date", "för långt"),
    ],
)
def test_a_census_that_cannot_be_is_told_at_its_field(client, world, sent, field, message):
    CensusFactory(programme=world, year=2016)

    response = client.post(address("census_open", world), {"reference_date": ""} | sent)

    assert message in " ".join(response.context["form"].errors[field])
    assert Census.objects.count() == 1


def test_a_census_opened_twice_by_one_form_asks_once(client, world):
    active(world, "A")
    key = str(client.get(address("census_open", world)).context["form"]["form_key"].value())

    for _time in range(2):
        client.post(address("census_open", world), {"year": "2017", "form_key": key})

    assert (Census.objects.count(), CensusReturn.objects.count()) == (1, 1)


def test_those_who_came_later_are_shown_and_asked(client, world):
    census = CensusFactory(programme=world)
    unanswered(census, "A")
    active(world, "B")

    page = client.get(census.get_absolute_url())
    client.post(address("census_ask", world, 2017), {"version": 1})

    assert [row.name for row in page.context["not_asked"]] == ["B"]
    assert [row.enterprise.name for row in census.returns.all()] == ["A", "B"]


def test_a_new_reference_date_asks_those_it_finds(client, world):
    census = CensusFactory(programme=world)
    active(world, "A", since=date(2017, 11, 15))

    client.post(address("census_edit", world, 2017), {"version": 1, "reference_date": "2017-11-30"})

    census.refresh_from_db()
    assert census.reference_date == date(2017, 11, 30)
    assert census.returns.count() == 1


def test_a_census_is_closed_and_reopened(client, world):
    census = CensusFactory(programme=world)

    client.post(address("census_close", world, 2017), {"version": 1, "closed_on": "idag"})
    census.refresh_from_db()
    closed = census.closed_on
    client.post(address("census_reopen", world, 2017), {"version": 2})
    census.refresh_from_db()

    assert (closed, census.closed_on) == (timezone.localdate(), None)


@pytest.mark.parametrize(
    "name", ["census_ask", "census_close", "census_reopen", "census_delete", "census_edit"]
)
def test_a_get_changes_nothing(client, world, name):
    census = CensusFactory(programme=world, closed_on=date(2017, 12, 1))
    active(world, "A")

    response = client.get(address(name, world, 2017))

    census.refresh_from_db()
    assert response.status_code == 200
    assert (census.version, census.closed_on, census.returns.count()) == (1, date(2017, 12, 1), 0)


def test_a_census_is_deleted_with_its_answers(client, world):
    unanswered(CensusFactory(programme=world), "A")

    client.post(address("census_delete", world, 2017))

    assert (Census.objects.count(), CensusReturn.objects.count()) == (0, 0)


def test_the_coverage_tells_who_is_missing(world):
    census = CensusFactory(programme=world)
    for name, state in (("A", "confirmed"), ("B", "draft"), ("C", "not_applicable")):
        CensusReturnFactory(census=census, enterprise=active(world, name), state=state)
    unanswered(census, "D")
    active(world, "E")

    coverage = census.coverage()

    assert (coverage.confirmed, coverage.asked, coverage.drafts) == (1, 5, 1)
    assert (coverage.not_applicable, coverage.waiting, coverage.never_asked) == (1, 1, 1)
    assert coverage.meter == "20.0"


def answered(client, row, **changes):
    sent = {"version": row.version, "state": "confirmed", "explanation": "", "comment": ""}
    return client.post(row.get_absolute_url(), sent | changes)


def test_an_answer_keeps_zero_apart_from_nothing(client, world):
    row = unanswered(CensusFactory(programme=world), "A")

    answered(client, row, employed_women="4", employed_men="0", explanation="Ny verkstad")

    row.refresh_from_db()
    assert (row.employed_women, row.employed_men, row.employed_unspecified) == (4, 0, None)
    assert (row.state, row.change_reason) == ("confirmed", "Ny verkstad")


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({}, "state", "Fyll i minst ett antal för att bekräfta."),
        ({"employed_women": "4", "state": "not_answered"}, "state", "välj utkast"),
        ({"employed_women": "4", "state": "not_applicable"}, "state", "Töm rutorna"),
        ({"employed_women": "4", "state": ""}, "state", "Välj om svaret är ett utkast"),
        ({"employed_women": "4", "state": "kanske"}, "state", "giltigt alternativ"),
        ({"employed_women": "-1"}, "employed_women", "mellan 0 och 9 999"),
        ({"employed_women": "10000"}, "employed_women", "mellan 0 och 9 999"),
        ({"employed_women": "9" * 400}, "employed_women", "mellan 0 och 9 999"),
        ({"placed_other": "1,5"}, "placed_other", "ett helt tal"),
        ({"placed_other": "fem"}, "placed_other", "ett helt tal"),
        ({"employed_men": "1", "comment": "811228-9874"}, "comment", "personnummer"),
        ({"employed_men": "1", "explanation": "811228-9874"}, "explanation", "personnummer"),
    ],
)
def test_a_bad_answer_is_told_at_its_field_and_not_stored(client, world, changes, field, message):
    row = unanswered(CensusFactory(programme=world), "A")

    response = answered(client, row, **changes)

    assert message in " ".join(response.context["form"].errors[field])
    row.refresh_from_db()
    assert (row.state, row.version) == ("not_answered", 1)


def test_last_years_answer_stands_beside_and_counts_for_nothing(client, world):
    row = unanswered(CensusFactory(programme=world, year=2018), "A")
    CensusReturnFactory(
        census=CensusFactory(programme=world, year=2017),
        enterprise=row.enterprise,
        employed_women=4,
        employed_men=None,
    )

    form = client.get(row.get_absolute_url()).context["form"]
    filled = client.get(row.get_absolute_url(), {"same": "1"}).context["form"]

    assert [form["employed_women"].help_text, form["employed_men"].help_text] == [
        "2017: 4",
        "2017: –",
    ]
    assert (form["employed_women"].value(), filled["employed_women"].value()) == (None, 4)
    row.refresh_from_db()
    assert row.state == "not_answered"


def test_nobody_is_taken_to_have_confirmed(client, world):
    row = unanswered(CensusFactory(programme=world, year=2018), "A")
    CensusReturnFactory(census=CensusFactory(programme=world, year=2017), enterprise=row.enterprise)

    first = client.get(row.get_absolute_url())
    filled = client.get(row.get_absolute_url(), {"same": "1"})

    chosen = [page.context["form"]["state"].value() for page in (first, filled)]
    assert (chosen, "Fyll i samma som 2017" in first.content.decode()) == ([None, None], True)
    assert "checked" not in filled.content.decode()


def test_the_years_run_upward_and_a_closed_census_is_no_adopted_year(client, world):
    CensusFactory(programme=world, year=2018)
    CensusFactory(programme=world, year=2017, closed_on=date(2017, 12, 1))

    pages = [client.get(address("census", world, 2018)), client.get(address("list", world))]

    years = [pages[0].context["years"], pages[1].context["censuses"]]
    assert [[row.year for row in rows] for rows in years] == [[2017, 2018]] * 2
    said = [
        (">stängd<" in text, "fastställt" in text) for text in (p.content.decode() for p in pages)
    ]
    assert said == [(True, False)] * 2


def test_a_census_is_not_closed_on_a_day_to_come(client, world):
    census = CensusFactory(programme=world)

    response = client.post(
        address("census_close", world, census.year), {"version": 1, "closed_on": "imorgon"}
    )

    assert response.context["form"].errors == {"closed_on": ["Den dagen har inte kommit."]}


def test_saving_leads_to_the_next_who_has_not_answered(client, world):
    census = CensusFactory(programme=world)
    last, first = unanswered(census, "Ö"), unanswered(census, "A")
    CensusReturnFactory(census=census, enterprise=active(world, "B"))

    after_first = answered(client, first, employed_women="1", next="1")
    after_last = answered(client, last, employed_women="1", next="1")

    assert after_first.url == last.get_absolute_url()
    assert after_last.url == census.get_absolute_url()


def test_a_lost_update_is_shown_and_not_made(client, world):
    row = unanswered(CensusFactory(programme=world), "A")
    answered(client, row, employed_women="4")

    response = answered(client, row, employed_women="7")

    row.refresh_from_db()
    assert row.employed_women == 4
    assert ("Kvinnor", "4") in response.context["form"].conflicts


def test_a_closed_year_asks_for_a_reason_beside_the_answers_own(client, world):
    row = unanswered(CensusFactory(programme=world), "A")
    ClosedYear.objects.create(programme=world, year=2017)

    refused = answered(client, row, employed_women="4", explanation="Ny verkstad")
    answered(
        client, row, employed_women="4", explanation="Ny verkstad", change_reason="Kom för sent"
    )

    assert list(refused.context["form"].errors) == ["change_reason"]
    row.refresh_from_db()
    assert (row.employed_women, row.change_reason) == (4, "Ny verkstad")
    assert row.history.first().history_change_reason == "Kom för sent"


NAMES = ["census_edit", "census_ask", "census_close", "census_reopen", "census_delete"]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize("name", [*NAMES, "return_edit", "census_open"])
def test_those_who_only_read_cannot_write(client, programme, role, name):
    row = unanswered(CensusFactory(programme=programme), "A")
    client.force_login(member_of(programme, role))
    args = {"return_edit": [row.pk], "census_open": []}.get(name, [2017])

    response = client.post(address(name, programme, *args), {"version": 1})

    assert response.status_code == 404
    assert Census.objects.get().closed_on is None


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD])
def test_partner_and_board_read_who_was_asked_and_no_answer(client, programme, role):
    census = CensusFactory(programme=programme)
    CensusReturnFactory(
        census=census,
        enterprise=active(programme, "A"),
        employed_women=4711,
        change_reason="Ny verkstad",
    )
    client.force_login(member_of(programme, role))

    response = client.get(census.get_absolute_url(), {"show": "waiting"})

    assert [row.name for row in response.context["page"]] == ["A"]
    page = response.content.decode()
    assert [text in page for text in ("1 av 1", "4\u00a0711", "Ny verkstad", "Bekräftat")] == [
        True,
        False,
        False,
        False,
    ]


def test_the_auditor_reads_answers_beside_last_years(client, programme):
    census = CensusFactory(programme=programme, year=2018)
    enterprise = active(programme, "A")
    CensusReturnFactory(census=census, enterprise=enterprise, employed_women=5)
    CensusReturnFactory(census=CensusFactory(programme=programme, year=2017), enterprise=enterprise)
    client.force_login(member_of(programme, Role.AUDITOR))

    response = client.get(census.get_absolute_url())

    cells = response.context["rows"][0].cells[:3]
    assert [(cell.number, cell.last) for cell in cells] == [(5, 4), (3, 3), (None, None)]
    assert "/svar/" not in response.content.decode()


def test_a_stranger_finds_no_census(client, programme):
    census = CensusFactory(programme=programme)
    client.force_login(member_of(programme, None))

    assert client.get(census.get_absolute_url()).status_code == 404


def test_the_census_can_be_narrowed_to_those_waiting(client, world):
    census = CensusFactory(programme=world)
    unanswered(census, "A")
    CensusReturnFactory(census=census, enterprise=active(world, "B"))

    response = client.get(census.get_absolute_url(), {"show": "waiting"})

    assert [row.enterprise.name for row in response.context["page"]] == ["A"]


def questions(client, url):
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.AUDITOR, Role.PARTNER])
def test_the_census_asks_the_same_number_of_questions(client, programme, role):
    client.force_login(member_of(programme, role))
    census = CensusFactory(programme=programme, year=2018)
    before = CensusFactory(programme=programme, year=2017)
    counts = []
    for names in ("A", "BC"):
        for name in names:
            enterprise = active(programme, name)
            active(programme, f"{name} som inte tillfrågats")
            CensusReturnFactory(census=census, enterprise=enterprise)
            CensusReturnFactory(census=before, enterprise=enterprise)
        client.get(census.get_absolute_url())
        counts.append(questions(client, census.get_absolute_url()))

    assert counts[0] == counts[1]


def test_the_answer_page_asks_the_same_number_of_questions(client, world):
    census = CensusFactory(programme=world)
    row = unanswered(census, "A")
    counts = []
    for names in ("B", "CD"):
        for name in names:
            unanswered(census, name)
            ContactFactory(enterprise=row.enterprise)
        client.get(row.get_absolute_url())
        counts.append(questions(client, row.get_absolute_url()))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.PARTNER])
def test_an_empty_census_says_so(client, programme, role):
    census = CensusFactory(programme=programme)
    client.force_login(member_of(programme, role))

    assert (
        "Inget företag var aktivt på referensdagen."
        in client.get(census.get_absolute_url()).content.decode()
    )


def test_closing_says_what_is_left_and_keeps_it_in_sight(client, world):
    census = CensusFactory(programme=world, year=2018)
    for name in ("A", "B"):
        enterprise = EnterpriseFactory(programme=world, name=name)
        answer = CensusReturnFactory(census=census, enterprise=enterprise, state="not_answered")
    SentAnswerFactory(answer=answer)
    client.force_login(member_of(world, Role.PROCESS_LEADER))
    at = [world.slug, 2018]

    page = client.get(reverse("enterprises:census_close", args=at))
    client.post(reverse("enterprises:census_close", args=at), {"closed_on": "idag"})
    closed = client.get(census.get_absolute_url()).content.decode()

    for words in (
        "1 svar väntar på granskning.",
        "2 företag har inte svarat, eller har bara ett utkast.",
    ):
        assert words in page.content.decode()
    assert "Granska 1 svar" in closed
    assert reverse("enterprises:census_file", args=at) not in closed


def test_a_census_of_a_day_to_come_is_opened_with_a_remark(client, world):
    client.force_login(member_of(world, Role.PROCESS_LEADER))
    year = date.today().year + 1

    page = client.post(
        reverse("enterprises:census_open", args=[world.slug]), {"year": year}, follow=True
    )
    letter = client.get(reverse("enterprises:letters_send", args=[world.slug, year, "fraga"]))

    remark = f"Referensdagen, {year}-10-31, har inte varit än"
    assert [remark in one.message for one in page.context["messages"]][-1] is True
    assert letter.context["early"].startswith(remark)


def test_deleting_a_census_says_how_many_answers_go(client, world):
    census = CensusFactory(programme=world, year=2018)
    for state in ("confirmed", "draft", "not_answered"):
        CensusReturnFactory(census=census, enterprise__programme=world, state=state)
    client.force_login(member_of(world, Role.PROCESS_LEADER))

    page = client.get(reverse("enterprises:census_delete", args=[world.slug, 2018]))

    assert page.context["consequence"].startswith("2 svar")
