"""The table of a census: what its boxes mean, what is saved, and who was first."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.models import Membership
from enterprises.models import CensusReturn, EnterpriseStatus, usual_range
from programmes.models import ClosedYear

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    MunicipalityFactory,
    ProgrammeFactory,
    SentAnswerFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
State = CensusReturn.State
EMPTY = {"employed_women": None, "employed_men": None}


@pytest.fixture
def census(programme, client):
    """A census after one of the year before; the process leader is signed in."""
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    CensusFactory(programme=programme, year=2017)
    return CensusFactory(programme=programme, year=2018)


def asked(census, name="A", last=None, **numbers):
    """An enterprise's unanswered row, with last year's confirmed numbers where `last` gives them."""
    enterprise = EnterpriseFactory(programme=census.programme, name=name)
    EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(2015, 1, 1))
    if last:
        before = census.programme.censuses.get(year=census.year - 1)
        CensusReturnFactory(census=before, enterprise=enterprise, **EMPTY | last)
    values = {"state": State.NOT_ANSWERED} | EMPTY | numbers
    return CensusReturnFactory(census=census, enterprise=enterprise, **values)


def typed(row, **changed):
    """What a row sends: as it stands, but for what is changed."""
    boxes = {name: row.typed(name) for name in (*CensusReturn.EMPLOYED, *CensusReturn.PLACED)}
    boxes |= {"comment": row.comment, "state": row.state, "version": row.version} | changed
    return {f"{row.pk}-{name}": value for name, value in boxes.items()}


def send(client, row, **changed):
    """One row sent by itself."""
    where = reverse("enterprises:row_save", args=[row.census.programme.slug, row.pk])
    response = client.post(where, typed(row, **changed))
    row.refresh_from_db()
    return response


def send_all(client, census, *rows):
    """The whole table sent, as without scripts: each row with what is changed in it."""
    where = reverse("enterprises:census_answers", args=[census.programme.slug, census.year])
    sent = {}
    for row, changed in rows:
        sent |= typed(row, **changed)
    return client.post(where, sent)


def test_a_number_is_kept_as_a_draft_when_one_leaves_its_box(client, census):
    row = asked(census, last={"employed_women": 4})

    response = send(client, row, state="draft", employed_women="5")

    assert (response.status_code, row.state, row.employed_women) == (200, "draft", 5)


def test_zero_not_answered_not_typed_and_not_applicable_are_four_things(client, census):
    row, gone = asked(census, "A"), asked(census, "B")

    send(client, row, state="draft", employed_women="0", employed_men="-")
    send(client, gone, state="not_applicable")

    names = ("employed_women", "employed_men", "placed_other")
    assert [row.typed(name) for name in names] == ["0", "–", ""]
    assert [getattr(row, name) for name in names] == [0, None, None]
    assert (gone.state, [gone.typed(name) for name in names]) == ("not_applicable", [""] * 3)


def test_same_as_last_year_fills_the_boxes_left_empty(client, census):
    row = asked(census, last={"employed_women": 4, "employed_men": 3, "placed_other": 0})

    send(client, row, state="same", employed_women="5", employed_men="–")

    assert (row.state, row.employed_women, row.employed_men) == ("confirmed", 5, None)
    assert (row.placed_other, row.placed_municipality) == (0, None)
    assert (row.typed("employed_men"), row.typed("placed_municipality")) == ("–", "–")


def test_last_years_numbers_are_not_taken_unless_asked_for(client, census):
    row = asked(census, last={"employed_women": 4, "employed_men": 3})

    send(client, row, state="confirmed", employed_women="4")

    assert (row.employed_women, row.employed_men) == (4, None)


@pytest.mark.parametrize(
    ("before", "least", "most"), [(0, 0, 2), (1, 0, 3), (8, 6, 10), (11, 9, 13), (100, 75, 125)]
)
def test_a_reason_is_asked_beyond_a_quarter_and_three_persons(before, least, most):
    assert usual_range(before) == (least, most)


def test_a_large_change_stays_a_draft_until_it_has_its_reason(client, census):
    row = asked(census, last={"employed_women": 8})

    first = send(client, row, state="confirmed", employed_women="12")
    state = row.state
    second = send(client, row, state="confirmed", explanation="Ny verkstad")

    assert (state, row.state, row.change_reason) == ("draft", "confirmed", "Ny verkstad")
    assert [response.context["row"].asks_why for response in (first, second)] == [True, False]
    assert "8 → 12" in first.content.decode()


@pytest.mark.parametrize(
    ("changed", "name", "message"),
    [
        ({"employed_women": "4q"}, "employed_women", "ett helt tal"),
        ({"employed_women": "10000"}, "employed_women", "mellan 0 och 9 999"),
        ({"state": "confirmed"}, "state", "Fyll i minst ett antal"),
        ({"state": "same", "employed_women": "-"}, "state", "Fyll i minst ett antal"),
        ({"state": "kanske"}, "state", "Välj"),
        ({"employed_women": "1", "comment": "811228-9874"}, "comment", "personnummer"),
        ({"state": "not_applicable", "employed_women": "1"}, "state", "Töm rutorna"),
        ({"state": "not_applicable", "became": "closed"}, "since", "Skriv"),
        ({"state": "not_applicable", "became": "closed", "since": "imorgon"}, "since", "inte kom"),
    ],
)
def test_a_refused_row_says_why_and_keeps_what_was_typed(client, census, changed, name, message):
    row = asked(census)

    response = send(client, row, **changed)

    assert (response.status_code, row.version, row.state) == (422, 1, "not_answered")
    assert message in " ".join(response.context["row"].form.errors[name])
    kept = changed.get("employed_women", "")
    assert response.context["row"].cells[0].typed == kept


def test_who_is_gone_is_told_to_the_register_in_the_same_step(client, census):
    row = asked(census)

    send(client, row, state="not_applicable", became="closed", since="mars 2018")

    status = EnterpriseStatus.objects.get(status="closed")
    assert (row.state, status.enterprise, status.starts_on) == (
        "not_applicable",
        row.enterprise,
        date(2018, 3, 1),
    )
    assert (status.precision, status.source) == ("month", "Inventering 2018")


def test_a_status_that_cannot_be_is_told_and_nothing_is_saved(client, census):
    row = asked(census)

    response = send(client, row, state="not_applicable", became="closed", since="2015-01-01")

    assert list(response.context["row"].form.errors) == ["since"]
    assert (row.state, EnterpriseStatus.objects.count()) == ("not_answered", 1)


def test_of_two_who_type_one_row_the_second_is_shown_both(client, census):
    row = asked(census)
    read = typed(row, state="draft", employed_women="7")
    send(client, row, state="draft", employed_women="4")

    where = reverse("enterprises:row_save", args=[census.programme.slug, row.pk])
    response = client.post(where, read)

    row.refresh_from_db()
    assert (response.status_code, row.employed_women) == (409, 4)
    assert ("Kvinnor", "4", "7") in list(response.context["row"].compared)
    again = client.post(where, read | {f"{row.pk}-version": row.version})
    row.refresh_from_db()
    assert (again.status_code, row.employed_women) == (200, 7)


def test_the_same_row_sent_twice_is_no_conflict(client, census):
    row = asked(census)
    read = typed(row, state="draft", employed_women="7")
    where = reverse("enterprises:row_save", args=[census.programme.slug, row.pk])

    answers = [client.post(where, read).status_code for _time in range(2)]

    row.refresh_from_db()
    assert (answers, row.version) == ([200, 200], 2)


@pytest.mark.parametrize("under_way", ["first", "last", "lost"])
@pytest.mark.parametrize(
    "earlier",
    [
        {"state": "draft", "employed_women": "7"},
        {"state": "same"},
        {"state": "confirmed", "employed_women": "20"},  # lacks its reason: stays a draft
        {"state": "draft", "employed_women": "q"},
    ],
)
def test_what_is_typed_last_stands_whichever_request_comes_first(
    client, census, under_way, earlier
):
    row = asked(census, last={"employed_women": 4})
    sent = typed(row, **earlier)
    left = typed(row, state="draft", employed_women="9") | {"earlier": urlencode(sent)}
    where = reverse("enterprises:row_save", args=[census.programme.slug, row.pk])

    for body in {"first": (sent, left), "last": (left, sent), "lost": (left,)}[under_way]:
        client.post(where, body)

    row.refresh_from_db()
    assert (row.state, row.employed_women) == ("draft", 9)


def test_what_is_sent_on_leaving_does_not_undo_what_a_colleague_wrote(client, census):
    row = asked(census)
    sent = typed(row, state="draft", employed_women="7")
    left = typed(row, state="draft", employed_women="9") | {"earlier": urlencode(sent)}
    send(client, row, state="draft", employed_women="3")
    where = reverse("enterprises:row_save", args=[census.programme.slug, row.pk])

    answers = [client.post(where, body).status_code for body in (sent, left)]

    row.refresh_from_db()
    assert (answers, row.employed_women) == ([409, 409], 3)


def test_the_table_sent_whole_stores_the_rows_that_changed(client, census):
    first, second, third = (asked(census, name, last={"employed_women": 4}) for name in "ABC")

    response = send_all(
        client,
        census,
        (first, {"state": "same"}),
        (second, {"employed_women": "5"}),
        (third, {}),
    )

    assert response.url == census.get_absolute_url()
    rows = census.returns.values_list("state", "employed_women", "version")
    assert list(rows) == [("confirmed", 4, 2), ("draft", 5, 2), ("not_answered", None, 1)]


def test_right_rows_are_saved_though_another_is_refused(client, census):
    right, wrong = asked(census, "A"), asked(census, "B")

    response = send_all(
        client, census, (right, {"employed_women": "5"}), (wrong, {"employed_women": "fem"})
    )

    page = response.content.decode()
    assert list(census.returns.values_list("employed_women", flat=True)) == [5, None]
    assert [row["label"] for row in response.context["problems"]] == ["B, Kvinnor"]
    assert ('value="fem"' in page, "1 rad är sparad." in page) == (True, True)


def test_a_row_nobody_touched_here_does_not_undo_what_a_colleague_wrote(client, census):
    mine, theirs = asked(census, "A"), asked(census, "B")
    sent = typed(mine, employed_women="5") | typed(theirs)
    send(client, theirs, state="draft", employed_women="9")
    where = reverse("enterprises:census_answers", args=[census.programme.slug, census.year])

    response = client.post(where, sent)

    assert response.status_code == 302
    assert list(census.returns.values_list("employed_women", flat=True)) == [5, 9]


def test_a_closed_year_asks_in_the_row_why_it_is_corrected(client, census):
    row = asked(census)
    ClosedYear.objects.create(programme=census.programme, year=2018)

    refused = send(client, row, state="draft", employed_women="4")
    saved = send(client, row, state="draft", employed_women="4", change_reason="Kom för sent")

    assert (refused.status_code, saved.status_code, row.employed_women) == (422, 200, 4)
    assert f'name="{row.pk}-change_reason"' in refused.content.decode()
    assert row.history.first().history_change_reason == "Kom för sent"


def test_a_closed_census_can_be_corrected_and_says_that_it_is_closed(client, census):
    census.closed_on = date(2018, 12, 1)
    census.save()
    row = asked(census)

    page = client.get(census.get_absolute_url()).content.decode()
    response = send(client, row, state="draft", employed_women="4")

    assert ("Ändra ett svar bara för att rätta" in page, response.status_code) == (True, 200)


def test_line_ends_of_a_browser_are_no_change(client, census):
    row = asked(census, comment="Två\nrader")

    send(client, row, comment="Två\r\nrader")

    assert row.version == 1


def test_only_writers_get_boxes(client, census):
    asked(census)
    client.force_login(member_of(census.programme, Role.AUDITOR))

    page = client.get(census.get_absolute_url()).content.decode()

    assert ('<input class="form-control' in page, "census.js" in page) == (False, False)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_save_no_row(client, census, role):
    row = asked(census)
    client.force_login(member_of(census.programme, role))

    alone = send(client, row, state="draft", employed_women="4")
    together = send_all(client, census, (row, {"employed_women": "4"}))

    row.refresh_from_db()
    assert (alone.status_code, together.status_code, row.version) == (404, 404, 1)


def test_rows_of_another_programme_are_left_alone(client, census):
    elsewhere = ProgrammeFactory()
    MunicipalityFactory(programme=elsewhere)
    row = asked(CensusFactory(programme=elsewhere, year=2018))

    send_all(client, census, (row, {"employed_women": "4"}))

    row.refresh_from_db()
    assert row.version == 1


def test_a_row_confirmed_over_an_answer_sent_in_says_so_and_settles_it(client, census):
    row = asked(census)
    sent = SentAnswerFactory(answer=row, employed_women=9)

    drafted = send(client, row, state="draft", employed_women="5").content.decode()
    sent.refresh_from_db()
    waited = sent.is_waiting
    confirmed = send(client, row, state="confirmed").content.decode()
    sent.refresh_from_db()

    assert ("Svar inkommet" in drafted, waited) == (True, True)
    assert "Raden gäller i stället för svaret som kom in" in confirmed
    assert sent.is_waiting is False


def test_a_row_opened_again_opens_what_was_sent_in(client, census):
    row = asked(census)
    sent = SentAnswerFactory(answer=row, employed_women=9)

    send(client, row, state="confirmed", employed_women="5")
    send(client, row, state="draft")

    sent.refresh_from_db()
    assert sent.is_waiting is True


def test_a_comment_does_not_settle_what_was_sent_in(client, census):
    row = asked(census, state=State.CONFIRMED, employed_women=5)
    sent = SentAnswerFactory(answer=row, employed_women=9)

    send(client, row, comment="Ringt")

    sent.refresh_from_db()
    assert sent.is_waiting is True


@pytest.mark.parametrize(
    ("typed_date", "day"),
    [
        ("12/3", date(2018, 3, 12)),
        ("31 december", date(2018, 12, 31)),
        ("12/3 2016", date(2016, 3, 12)),
        ("mars", date(2018, 3, 1)),
    ],
)
def test_a_day_without_a_year_is_one_of_the_census_and_is_shown(client, census, typed_date, day):
    row = asked(census)

    response = send(client, row, state="not_applicable", became="closed", since=typed_date)

    status = EnterpriseStatus.objects.get(status="closed")
    assert (status.starts_on, row.state) == (day, "not_applicable")
    assert str(day.year) in response.context["row"].told


def test_only_what_differs_is_listed_where_somebody_was_first(client, census):
    row = asked(census)
    stale = row.version
    send(client, row, state="confirmed", employed_women="5")

    response = send(client, row, version=stale, employed_men="", employed_women="7")

    assert [label for label, _now, _mine in response.context["row"].compared] == ["Kvinnor"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "2017: ej tillfrågat"),
        (State.NOT_ANSWERED, "2017: ej svarat"),
        (State.DRAFT, "2017: utkast"),
        (State.NOT_APPLICABLE, "2017: ej aktuellt"),
    ],
)
def test_why_there_is_nothing_of_last_year_is_told(client, census, state, words):
    row = asked(census)
    if state:
        before = census.programme.censuses.get(year=2017)
        CensusReturnFactory(census=before, enterprise=row.enterprise, state=state, **EMPTY)

    page = client.get(census.get_absolute_url()).content.decode()

    assert words in page
    assert f'id="l{row.pk}-' not in page
