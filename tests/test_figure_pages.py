"""Figures, their cards and the file: what the pages show is what the service says."""

import csv
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from programmes.models import ClosedYear, Completeness
from programmes.periods import Period
from reports.asked import asked_for
from reports.evidence.behind import evidence
from reports.figures import View, figures
from reports.models import PublishedFigure
from reports.tables import change

from .factories import (
    AttendanceFactory,
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseStatusFactory,
    EventFactory,
    GrantFactory,
    InitiativeFactory,
    MunicipalityFactory,
    OrganisationFactory,
    OutcomeFactory,
    ParticipantFactory,
    PlacementFactory,
    ProgrammeFactory,
    PublishedFigureFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
READERS = [Role.ADMINISTRATOR, Role.PROCESS_LEADER, Role.AUDITOR, Role.PARTNER, Role.BOARD]
CODE = "reach.attendances"


def sign_in(client, programme, role=Role.PROCESS_LEADER):
    client.force_login(member_of(programme, role))


def address(name, programme, *args, **query):
    url = reverse(f"reports:{name}", args=[programme.slug, *args])
    return f"{url}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else url


def card(client, programme, code=CODE, **query):
    return client.get(address("figure", programme, code, **query))


def text(response):
    """The words of a page, without its markup."""
    page = re.sub(r"<[^>]*>", " ", response.content.decode())
    return re.sub(r"\s+", " ", page.replace("\xa0", " "))


def lines(response, section):
    found = next(s for s in response.context["sections"] if s.name == section)
    return {line.figure.indicator.code if line.figure else line.label: line for line in found.lines}


# Access


@pytest.mark.parametrize("name", ["figures", "figures_csv"])
@pytest.mark.parametrize("role", [*READERS, None])
def test_members_read_the_figures_and_strangers_find_nothing(client, programme, name, role):
    sign_in(client, programme, role)

    response = client.get(address(name, programme))

    assert response.status_code == (404 if role is None else 200)


@pytest.mark.parametrize("role", [*READERS, None])
def test_members_read_a_card_and_strangers_find_nothing(client, programme, role):
    sign_in(client, programme, role)

    assert card(client, programme).status_code == (404 if role is None else 200)


# The figures of a year and a period


def test_the_page_of_an_empty_programme_says_what_is_known(client, programme):
    CompletenessFactory(programme=programme, year=2017, area="attendance", level="none")
    sign_in(client, programme)

    year = client.get(address("figures", programme, year=2017))
    period = client.get(address("figures", programme, period=1))

    assert lines(year, "reached")[CODE].figure.value is None
    assert "uppgift saknas" in text(year)
    assert "4 av 5 år" in text(period)


def test_a_year_shows_value_change_basis_and_difference(client, programme):
    for year, women in ((2016, 40), (2017, 52)):
        event = EventFactory(programme=programme, starts_on=date(year, 3, 1))
        AttendanceFactory(event=event, women=women, men=0)
    PublishedFigureFactory(programme=programme, value=60)
    sign_in(client, programme)

    response = client.get(address("figures", programme, year=2017))

    line = lines(response, "reached")[CODE]
    assert (line.figure.value, line.change, line.figure.difference) == (52, 12, -8)
    assert "Deltagartillfällen 52 +12 Poster 60 −8" in text(response)


def test_a_period_shows_its_years_beside_it(client, gavleborg):
    sign_in(client, gavleborg)

    response = client.get(address("figures", gavleborg, period=1))

    line = lines(response, "reached")[CODE]
    assert [figure.value for figure in line.years] == [95, 586, 235, 183, 176]
    assert "1 275 tryckt uppgift tryckt 1 257, +18" in text(response)


def test_a_year_going_on_is_not_compared_with_a_whole_one(programme):
    leader = member_of(programme, Role.PROCESS_LEADER)
    for year in (2016, 2017):
        AttendanceFactory(event=EventFactory(programme=programme, starts_on=date(year, 2, 1)))
    query = {"year": "2017"}

    asked = [
        asked_for(programme, query, leader, today=date(2017, 6, 1)),
        asked_for(programme, query, leader, today=date(2018, 6, 1)),
    ]

    reach = [change(each, each.figures.get("reach.attendances", 2017)) for each in asked]
    assert reach == [None, 0]


def test_answers_of_some_are_not_compared(programme):
    leader = member_of(programme, Role.PROCESS_LEADER)
    for year, states in ((2016, ["confirmed"]), (2017, ["confirmed", "not_answered"])):
        census = CensusFactory(programme=programme, year=year)
        for state in states:
            answer = CensusReturnFactory(census=census, state=state)
            EnterpriseStatusFactory(enterprise=answer.enterprise, starts_on=date(year, 1, 1))

    asked = asked_for(programme, {"year": "2017"}, leader, today=date(2018, 6, 1))

    assert change(asked, asked.figures.get("employees", 2017)) is None


def test_a_stock_has_no_sum_but_says_how_it_moved(client, gavleborg):
    sign_in(client, gavleborg)

    response = client.get(address("figures", gavleborg, period=1))

    line = lines(response, "enterprises")["Företag"]
    assert (line.figure, line.change, line.first.value, line.last.value) == (None, -6, 34, 28)


def test_a_closed_year_is_marked(client, programme):
    ClosedYear.objects.create(programme=programme, year=2017)
    sign_in(client, programme)

    choices = client.get(address("figures", programme, year=2017)).context["choices"]

    assert [choice.state for choice in choices] == ["open", "closed", "open", "open", "open", ""]


@pytest.mark.parametrize(
    "asked", ["year=1066", "year=x", "year=٢٠١٧", "from=2019&to=2017", "year="]
)
def test_odd_years_fall_back(client, programme, asked):
    sign_in(client, programme)

    response = client.get(f"{address('figures', programme)}?{asked}")

    assert response.context["period"] == Period(2020, 2020)


def test_a_partner_sees_no_protected_number(client, programme):
    grant = GrantFactory(programme=programme, places=97)
    for sex in ["women"] * 12 + ["men"]:
        participant = ParticipantFactory(programme=programme, sex=sex)
        placement = PlacementFactory(grant=grant, participant=participant)
        OutcomeFactory(placement=placement, result="work")
    sign_in(client, programme, Role.PARTNER)

    for name, query in (("figures", {"year": 2017}), ("figures_csv", {"year": 2017})):
        response = client.get(address(name, programme, **query))
        assert {*re.findall(r"(?<!\d)(12|13|97)(?![\d.])", text(response))} == {"13", "97"}
        assert "skyddas" in text(response)


def figures_of(programme, view, period=None):
    return figures(programme, period or Period(2016, 2020), view, today=date(2026, 1, 1))


@pytest.mark.parametrize("name", ["figures", "figures_csv"])
def test_the_pages_ask_the_same_number_of_questions(client, programme, name):
    sign_in(client, programme)
    url = address(name, programme, period=1)

    def questions():
        AttendanceFactory(
            event=EventFactory(
                programme=programme, municipality=MunicipalityFactory(programme=programme)
            ),
            organisation=OrganisationFactory(programme=programme),
        )
        PublishedFigureFactory(programme=programme, is_main=False)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    questions()
    first = questions()
    questions()
    assert questions() == first


# The file


def rows_of(response):
    content = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def test_the_file_opens_in_a_swedish_excel(client, gavleborg):
    sign_in(client, gavleborg)

    response = client.get(address("figures_csv", gavleborg, period=1))

    assert response.content.startswith(b"\xef\xbb\xbfSiffra;Del;Period;V")
    row = next(
        r for r in rows_of(response) if r["Indikator"] == CODE and r["Period"] == "2016–2020"
    )
    assert row == {
        "Siffra": "Deltagartillfällen",
        "Del": "",
        "Period": "2016–2020",
        "Värde": "1275",
        "Enhet": "deltagartillfällen",
        "Underlag": "tryckt uppgift",
        "Ofullständigt": "",
        "Kända år": "5 av 5",
        "Tryckt": "1257",
        "Skillnad": "18",
        "Indikator": CODE,
        "Uppdelning": "",
        "Svar": "",
    }


def test_a_share_in_the_file_has_a_decimal_comma(client, gavleborg):
    sign_in(client, gavleborg)

    rows = rows_of(client.get(address("figures_csv", gavleborg, period=1)))

    shares = [r["Värde"] for r in rows if r["Indikator"] == "grants.utilisation" and not r["Del"]]
    assert shares == ["0", "0,25", "0,666667", "", "", "0,478261"]


def test_words_in_the_file_cannot_become_formulas(client, programme):
    organisation = OrganisationFactory(programme=programme, name="=1+1")
    AttendanceFactory(event=EventFactory(programme=programme), organisation=organisation)
    sign_in(client, programme)

    rows = rows_of(client.get(address("figures_csv", programme, year=2017)))

    assert {row["Del"] for row in rows if "1+1" in row["Del"]} == {"'=1+1"}


def test_the_file_of_a_year_holds_that_year_alone(client, gavleborg):
    sign_in(client, gavleborg)

    rows = rows_of(client.get(address("figures_csv", gavleborg, year=2017)))

    assert {row["Period"] for row in rows} == {"2017"}


# The card


def test_a_card_answers_with_the_records(client, programme):
    event = EventFactory(programme=programme, title="Frukost i mars")
    AttendanceFactory(event=event, women=3, men=2)
    EventFactory(programme=programme, title="Oräknad")
    sign_in(client, programme)

    page = text(card(client, programme, year=2017))

    assert "Varför är det här 5?" in page
    assert "Deltagarna vid 1 händelse, sammanlagt. 1 till har inget antal än." in page
    assert "2017-03-12 Frukost i mars Länet 3 2 0 5" in page
    assert "Oräknad, 2017-03-12 Genomförd, men ingen har uppgett hur många som kom saknas" in page


def test_many_records_are_paged_and_their_sums_stay_of_all(client, programme):
    for number in range(101):
        AttendanceFactory(event=EventFactory(programme=programme, title=f"H{number}"))
    sign_in(client, programme)

    response = card(client, programme, year=2017, page=2)

    ((name, rows, count, total),) = response.context["groups"]
    assert (name, len(rows), count, total) == ("Januari–mars", 1, "101 händelser", 505)


@pytest.mark.parametrize("code", [CODE, "employees", "placements.persons", "outcomes"])
def test_a_card_asks_the_same_number_of_questions(client, programme, code):
    sign_in(client, programme)
    census = CensusFactory(programme=programme)

    def questions():
        AttendanceFactory(event=EventFactory(programme=programme))
        CensusReturnFactory(census=census)
        OutcomeFactory(placement__grant__programme=programme)
        PublishedFigureFactory(programme=programme, indicator=code, is_main=False)
        with CaptureQueriesContext(connection) as captured:
            assert card(client, programme, code, year=2017).status_code == 200
        return len(captured)

    questions()
    first = questions()
    questions()
    assert questions() == first


def test_a_card_says_the_printed_values_and_their_difference(client, gavleborg):
    sign_in(client, gavleborg)

    response = card(client, gavleborg, "placed", year=2018)

    assert [(row.words, row.difference) for row in response.context["printed"]] == [("244", -1)]
    assert "Arbetsförmedlingen" in text(response)
    assert response.context["records"].total == 243


def test_the_assumption_about_one_person_stands_on_its_card(client, gavleborg):
    sign_in(client, gavleborg)

    page = text(card(client, gavleborg, "placements.persons", period=1))

    assert "Varför är det här 10?" in page
    assert "det är ett antagande" in page


def test_a_stock_asked_for_over_a_period_is_that_of_its_last_year(client, gavleborg):
    sign_in(client, gavleborg)

    response = card(client, gavleborg, "enterprises.count", **{"from": 2016, "to": 2018})

    assert response.context["figure"].period == Period(2018, 2018)


def test_parts_lead_to_cards_of_their_own(client, programme):
    AttendanceFactory(event=EventFactory(programme=programme), audience="manager", women=4, men=1)
    sign_in(client, programme)

    total = card(client, programme, year=2017)
    part = card(client, programme, year=2017, breakdown="audience=manager")

    assert [name for name, _rows in total.context["splits"]] == [
        "Målgrupp",
        "Kön",
        "Organisation",
        "Plats",
        "Slag",
    ]
    assert [name for name, _rows in part.context["splits"]] == ["Kön"]
    assert part.context["figure"].value == 5


@pytest.mark.parametrize(
    ("code", "breakdown"),
    [
        ("no.such", ""),
        (CODE, "sex"),
        (CODE, "sex=x"),
        (CODE, "referrer=other"),
        (CODE, "sex=women;sex=men"),
        (CODE, "kind=seminar;sex=women"),
        (CODE, "municipality=9999"),
        (CODE, "%00"),
        ("engaged", ""),
    ],
)
def test_an_unknown_figure_or_part_is_not_there(client, programme, code, breakdown):
    sign_in(client, programme)

    assert card(client, programme, code, year=2017, breakdown=breakdown).status_code == 404


def test_another_programmes_municipality_is_no_part(client, programme):
    MunicipalityFactory(programme=ProgrammeFactory(), code="2101")
    sign_in(client, programme)

    assert card(client, programme, breakdown="municipality=2101").status_code == 404


def test_a_protected_card_gives_nothing_away(client, programme):
    PublishedFigureFactory(
        programme=programme, indicator="outcomes", value=77, explanation="Hemlighet"
    )
    OutcomeFactory(placement__grant__programme=programme)
    sign_in(client, programme, Role.PARTNER)

    response = card(client, programme, "outcomes", year=2017)

    assert "Varför skyddas siffran?" in text(response)
    assert response.context["records"].rows == ()
    assert response.context["printed"] == []
    assert "77" not in text(response)
    assert "Hemlighet" not in text(response)


def test_crossed_parts_of_single_persons_are_for_the_full_view_alone(client, programme):
    query = {"year": 2017, "breakdown": "result=work;sex=men"}
    sign_in(client, programme)
    full = card(client, programme, "outcomes", **query).status_code
    sign_in(client, programme, Role.BOARD)

    assert (full, card(client, programme, "outcomes", **query).status_code) == (200, 404)


def test_participants_codes_are_shown_to_full_roles_alone(client, programme):
    placements = [PlacementFactory(grant__programme=programme) for _n in range(9)]
    codes = {placement.participant.code for placement in placements}
    seen = {}
    for role in (Role.AUDITOR, Role.PARTNER):
        sign_in(client, programme, role)
        page = text(card(client, programme, "placements.persons", period=1))
        seen[role] = {code for code in codes if code in page}

    assert seen == {Role.AUDITOR: codes, Role.PARTNER: set()}


def test_every_card_of_the_real_programme_opens_and_shows_the_services_number(client, gavleborg):
    sign_in(client, gavleborg)
    figure_set = figures_of(gavleborg, View.FULL)

    for figure in [f for f in figure_set if len(f.key) < 2 and f.period.first in (2018, 2016)]:
        years = {"year": figure.period.first}
        if not figure.period.is_year:
            years = {"period": 1}
        if figure.key and figure.key[0][0] in ("municipality", "kind"):
            continue
        response = card(
            client, gavleborg, figure.indicator.code, breakdown=figure.breakdown, **years
        )
        assert response.context["figure"] == figure


def test_the_records_of_the_real_programme_add_up(gavleborg):
    figure_set = figures_of(gavleborg, View.FULL)

    for figure in figure_set:
        found = evidence(figure_set, figure)
        if figure.value is not None and found.adds_up:
            assert (found.total, figure) == (figure.value, figure)


# Printed figures


@pytest.fixture
def office(client, programme):
    sign_in(client, programme)
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    return programme


def typed(**changes):
    return {
        "indicator": CODE,
        "breakdown": "",
        "first_year": "2016",
        "last_year": "2020",
        "value": "1 257",
        "is_main": "on",
        "source": "Slutrapporten",
        "place": "avsnitt 14",
    } | changes


def add(client, programme, **changes):
    return client.post(address("printed_add", programme), typed(**changes))


def test_a_printed_figure_is_saved(client, office):
    add(client, office, breakdown="sex=women; audience=officer", value="47,5")

    row = PublishedFigure.objects.get()
    assert (row.breakdown, row.value, str(row.period)) == (
        "audience=officer;sex=women",
        47.5,
        "2016–2020",
    )


def test_a_part_is_written_in_the_readers_own_words(client, office):
    add(client, office, breakdown="Målgrupp=Tjänstepersoner; kön=kvinnor")

    row = PublishedFigure.objects.get()
    form = client.get(address("printed_edit", office, row.pk)).context["form"]
    assert row.breakdown == "audience=officer;sex=women"
    assert form["breakdown"].value() == "målgrupp=tjänstepersoner; kön=kvinnor"
    assert "kön=kvinnor" in form.suggestions()


def test_two_organisations_of_one_name_are_told_apart_by_their_codes(client, office):
    for slug in ("a", "b"):
        OrganisationFactory(programme=office, slug=slug, name="Namne")

    response = add(client, office, breakdown="organisation=Namne")

    assert "Välj bland a, b, " in response.context["form"].errors["breakdown"][0]


def test_one_year_is_enough(client, office):
    add(client, office, last_year="")

    assert PublishedFigure.objects.get().period == Period(2016, 2016)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"indicator": "x"}, "indicator", "Välj ett giltigt alternativ"),
        ({"breakdown": "kön"}, "breakdown", "Skriv en del som kön=kvinnor"),
        ({"breakdown": "color=red"}, "breakdown", "Välj bland målgrupp, kön, organisation"),
        ({"breakdown": "sex=men;kind=seminar"}, "breakdown", "tillsammans"),
        ({"breakdown": "kön=katt"}, "breakdown", "Välj bland kvinnor, män, ej uppgivet"),
        ({"breakdown": "municipality=9999"}, "breakdown", "Välj bland Ockelbo, länet"),
        ({"indicator": "engaged", "breakdown": "sex=men"}, "breakdown", "lämna tomt"),
        ({"value": "många"}, "value", "Skriv ett tal med siffror"),
        ({"value": "-1"}, "value", "inte negativ"),
        ({"value": "1e309"}, "value", ""),
        ({"value": "NaN"}, "value", ""),
        ({"value": "9" * 400}, "value", ""),
        ({"breakdown": "\x00"}, "breakdown", ""),
        ({"breakdown": "sex=" + "x" * 300}, "breakdown", "som mest 200 tecken"),
        ({"indicator": "grants.utilisation", "value": "47,8"}, "value", "skriv 0,478"),
        ({"first_year": "2020", "last_year": "2016"}, "last_year", "före det första"),
        ({"first_year": "1066"}, "first_year", ""),
        ({"source": "811228-9874"}, "source", "personnummer"),
        ({"is_main": "", "stands_in": "on"}, "unit", "Bara huvuduppgiften"),
    ],
)
def test_bad_input_is_told_at_its_field(client, office, changes, field, message):
    response = add(client, office, **changes)

    assert message in " ".join(response.context["form"].errors[field])
    assert PublishedFigure.objects.count() == 0


def test_only_one_is_compared(client, office):
    add(client, office)
    response = add(client, office, value="1 300")

    assert response.context["form"].errors["is_main"] == [
        "En annan tryckt uppgift är den att jämföra med."
    ]
    add(client, office, value="1 300", is_main="")
    assert PublishedFigure.objects.count() == 2


def test_another_programmes_initiative_is_refused(client, office):
    response = add(client, office, initiative=InitiativeFactory().pk)

    assert list(response.context["form"].errors) == ["initiative"]


def test_a_printed_figure_is_changed_and_deleted(client, office):
    row = PublishedFigureFactory(programme=office, value=100)
    edit = client.get(address("printed_edit", office, row.pk))
    form = edit.context["form"]
    assert form["value"].value() == "100"

    client.post(
        address("printed_edit", office, row.pk),
        typed(version=row.version, explanation="Avrundat"),
    )
    row.refresh_from_db()
    client.get(address("printed_delete", office, row.pk))
    kept = PublishedFigure.objects.count()
    client.post(address("printed_delete", office, row.pk))

    assert (row.explanation, kept, PublishedFigure.objects.count()) == ("Avrundat", 1, 0)


def test_a_closed_year_asks_for_a_reason(client, office):
    ClosedYear.objects.create(programme=office, year=2020)

    response = add(client, office)

    assert "change_reason" in response.context["form"].errors


def test_the_list_sets_each_beside_ours(client, gavleborg):
    sign_in(client, gavleborg)

    response = client.get(address("printed", gavleborg))
    rows = {row.what: row for row in response.context["rows"] if row.record.last_year == 2020}

    reach = next(
        row
        for row in response.context["rows"]
        if row.record.indicator == CODE and not row.record.period.is_year
    )
    assert (reach.printed, reach.ours, reach.difference) == ("1\xa0257", "1\xa0275", "+18")
    assert (rows["Placerade"].ours, rows["Placerade"].differs) == ("117", True)


def test_an_empty_list_says_what_to_do(client, office):
    assert "Inga tryckta uppgifter än" in text(client.get(address("printed", office)))


def test_the_list_asks_the_same_number_of_questions(client, office):
    def questions():
        PublishedFigureFactory(programme=office, is_main=False)
        with CaptureQueriesContext(connection) as captured:
            client.get(address("printed", office))
        return len(captured)

    questions()
    first = questions()
    questions()
    assert questions() == first


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, None])
def test_the_list_is_for_full_roles(client, programme, role):
    sign_in(client, programme, role)

    assert client.get(address("printed", programme)).status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PARTNER, Role.BOARD, None])
@pytest.mark.parametrize("name", ["printed_edit", "printed_delete"])
def test_those_who_only_read_cannot_write(client, programme, role, name):
    row = PublishedFigureFactory(programme=programme)
    sign_in(client, programme, role)

    assert client.post(address(name, programme, row.pk), {"a": 1}).status_code == 404
    assert client.get(address("printed_add", programme)).status_code == 404


def test_a_card_hands_over_what_a_new_one_is_about(client, office):
    form = client.get(
        address("printed_add", office, indicator=CODE, first_year=2017, breakdown="sex=men")
    ).context["form"]

    assert [form[n].value() for n in ("indicator", "first_year", "breakdown")] == [
        CODE,
        "2017",
        "sex=men",
    ]


def test_a_stand_in_shows_which_records_it_is_not_mixed_with(client, programme):
    CompletenessFactory(programme=programme, level=Completeness.Level.PARTIAL)
    PublishedFigureFactory(programme=programme, value=95, stands_in=True)
    AttendanceFactory(event=EventFactory(programme=programme), women=45, men=0)
    sign_in(client, programme)

    response = card(client, programme, year=2017)

    assert [(row.what, row.number) for row in response.context["left_out"]] == [
        ("1 händelse", "45")
    ]
