"""Quality: what is listed for the real programme, and each kind of finding in a small world."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from programmes.periods import Period
from reports.figures import View, figures
from reports.quality import HEADINGS, PARTS, PRINTED, UNITS, findings, to_do

from .factories import (
    AttendanceFactory,
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseFactory,
    EventFactory,
    ObjectiveFactory,
    OutcomeFactory,
    PlacementFactory,
    PublishedFigureFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2021, 3, 1)
PERIOD = Period(2016, 2020)


def found_in(programme):
    figure_set = figures(programme, PERIOD, View.FULL, today=TODAY)
    return findings(programme, figure_set, today=TODAY)


def titles(programme):
    return [(finding.kind, finding.title) for finding in found_in(programme)]


def test_the_real_programme_differs_from_print_in_these_places_alone(gavleborg):
    compared = [
        (finding.kind, str(finding.period), *finding.figure)
        for finding in found_in(gavleborg)
        if finding.kind in (PRINTED, PARTS, UNITS)
    ]

    assert compared == [
        (PRINTED, "2016", "employees", "", 200, 179),
        (PRINTED, "2016", "engaged", "", 350, 335),
        (PRINTED, "2016–2020", "outcomes", "result=back_on_public_support", 8, 7),
        (PRINTED, "2016–2020", "outcomes", "result=back_on_public_support;sex=women", 8, 6),
        (PRINTED, "2016–2020", "reach.attendances", "", 1257, 1275),
        (PRINTED, "2018", "outcomes", "municipality=2132;result=jobseeker;sex=men", 1, 0),
        (PARTS, "2018", "placed", "", 244, 243),
        (PARTS, "2020", "placed", "", 123, 117),
        (UNITS, "2016–2020", "outcomes", "", 11, 10),
    ]


def test_other_checks_rest_in_years_that_are_not_complete(gavleborg):
    kinds = {f.kind for f in found_in(gavleborg)} - {PRINTED, PARTS, UNITS}

    assert kinds == {"outcomes"}


def test_an_empty_programme_has_nothing_to_mend(programme):
    assert found_in(programme) == []


def test_a_difference_is_settled_by_its_explanation(programme):
    PublishedFigureFactory(programme=programme, value=12)
    PublishedFigureFactory(programme=programme, value=7, first_year=2018, explanation="Avrundat.")

    assert [(f.consequence, f.is_settled) for f in found_in(programme)] == [
        ("Ingen har förklarat skillnaden.", False),
        ("Avrundat.", True),
    ]


def test_what_agrees_and_what_is_unknown_is_no_finding(programme):
    AttendanceFactory(event=EventFactory(programme=programme), women=12, men=0)
    PublishedFigureFactory(programme=programme, value=12)
    CompletenessFactory(programme=programme, year=2018, level="none")
    PublishedFigureFactory(programme=programme, value=7, first_year=2018)

    assert found_in(programme) == []


def test_a_share_agrees_as_exactly_as_it_was_printed(programme):
    grant = PlacementFactory(grant__programme=programme, grant__places=3).grant
    OutcomeFactory(placement=grant.placements.get())
    for value in ("0.333", "0.3"):
        PublishedFigureFactory(
            programme=programme, indicator="grants.utilisation", value=value, is_main=value == "0.3"
        )

    assert found_in(programme) == []


def test_a_period_within_the_programme_is_counted_anew(programme):
    AttendanceFactory(event=EventFactory(programme=programme), women=12, men=0)
    PublishedFigureFactory(programme=programme, first_year=2017, last_year=2018, value=10)

    assert titles(programme) == [
        (PRINTED, "Deltagartillfällen 2017–2018: tryckt 10, vi räknar till 12")
    ]


def test_events_without_counts_are_found(programme):
    EventFactory(programme=programme)
    EventFactory(programme=programme)

    assert titles(programme) == [("counts", "Fyll i antal för 2 händelser 2017")]


@pytest.mark.parametrize("level", ["partial", "none", "not_applicable"])
def test_events_without_counts_are_no_finding_where_attendance_is_not_complete(programme, level):
    EventFactory(programme=programme)
    CompletenessFactory(programme=programme, level=level)

    assert found_in(programme) == []


def test_ended_placements_without_an_outcome_are_found(programme):
    PlacementFactory(grant__programme=programme)
    OutcomeFactory(placement=PlacementFactory(grant__programme=programme))
    PlacementFactory(
        grant__programme=programme, starts_on=date(2020, 12, 1), precision="day", grant__year=2020
    )

    assert titles(programme) == [("outcomes", "1 avslutad placering från 2017 saknar utfall")]


def answered(programme, year, enterprise, women, **more):
    census = programme.censuses.filter(year=year).first()
    census = census or CensusFactory(programme=programme, year=year)
    return CensusReturnFactory(
        census=census, enterprise=enterprise, employed_women=women, employed_men=0, **more
    )


@pytest.mark.parametrize(
    ("before", "now", "reason", "kinds"),
    [(8, 12, "", ["change"]), (8, 10, "", []), (8, 12, "Ny butik", []), (2, 3, "", [])],
)
def test_a_large_change_without_a_reason_is_found(programme, before, now, reason, kinds):
    enterprise = EnterpriseFactory(programme=programme)
    answered(programme, 2017, enterprise, before)
    answered(programme, 2018, enterprise, now, change_reason=reason)

    assert [finding.kind for finding in found_in(programme)] == kinds


def test_one_referrer_for_most_is_told_and_asks_for_nothing(programme):
    for _number in range(3):
        enterprise = EnterpriseFactory(programme=programme)
        answered(programme, 2017, enterprise, 1, placed_employment_service=7, placed_municipality=3)

    assert [(f.title, f.is_settled, f.is_open) for f in found_in(programme)] == [
        ("2017: 70,0\xa0% av de placerade kommer från Arbetsförmedlingen", False, False)
    ]


def test_what_is_left_of_a_year_is_in_order(programme):
    EventFactory(programme=programme)
    ObjectiveFactory(programme=programme, position=1)
    PublishedFigureFactory(programme=programme, indicator="events.held", value=9)
    figure_set = figures(programme, PERIOD, View.FULL, today=TODAY)

    tasks = to_do(programme, 2017, figure_set, today=TODAY)

    assert [task.title for task in tasks] == [
        "Fyll i antal för 1 händelse 2017",
        "Bedöm mål 1",
        "Förklara skillnaden: Händelser 2017: tryckt 9, vi räknar till 1",
    ]


# The page


def page_of(client, programme, role=Role.PROCESS_LEADER):
    client.force_login(member_of(programme, role))
    return client.get(reverse("reports:quality", args=[programme.slug]))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.PROCESS_LEADER, 200),
        (Role.AUDITOR, 200),
        (Role.PARTNER, 404),
        (Role.BOARD, 404),
        (None, 404),
    ],
)
def test_the_page_is_for_those_who_see_everything(client, programme, role, status):
    assert page_of(client, programme, role).status_code == status


def test_the_page_groups_by_kind_and_sets_the_explained_apart(client, gavleborg):
    response = page_of(client, gavleborg)

    kinds = [kind for kind, _heading, _rows in response.context["groups"]]
    assert kinds == [kind for kind in HEADINGS if kind in kinds]
    assert [f for f in response.context["open"] if f.is_settled] == []
    assert len(response.context["open"]) + len(response.context["settled"]) == 10


def test_an_empty_programme_has_nothing_recorded(client, programme):
    words = page_of(client, programme).content.decode()

    assert ("Inget registrerat än" in words, "Allt stämmer" in words) == (True, False)


def test_what_is_left_of_the_year_stands_in_a_group_of_its_own(client, programme):
    ObjectiveFactory(programme=programme, position=1)

    response = page_of(client, programme)

    assert [task.title for task in response.context["left"]] == ["Bedöm mål 1"]
    assert response.context["count"] == 1


def test_an_empty_page_says_that_everything_agrees(client, programme):
    AttendanceFactory(event=EventFactory(programme=programme))

    assert "Allt stämmer" in page_of(client, programme).content.decode()


def test_a_reader_is_led_to_the_card_and_a_writer_to_the_form(client, programme):
    row = PublishedFigureFactory(programme=programme, value=12)
    form = reverse("reports:printed_edit", args=[programme.slug, row.pk])

    written, read = (
        form in page_of(client, programme, role).content.decode()
        for role in (Role.PROCESS_LEADER, Role.AUDITOR)
    )

    assert (written, read) == (True, False)


def test_the_page_asks_the_same_number_of_questions(client, programme):
    enterprise = EnterpriseFactory(programme=programme)
    answered(programme, 2016, enterprise, 1)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    def questions():
        EventFactory(programme=programme)
        PublishedFigureFactory(programme=programme, is_main=False, value=12)
        PlacementFactory(grant__programme=programme)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("reports:quality", args=[programme.slug]))
        return len(captured)

    questions()
    first = questions()
    questions()
    assert questions() == first


def test_follow_ups_that_are_due_are_found_in_the_year_of_their_day(programme):
    row = PlacementFactory(
        grant__programme=programme,
        grant__year=2020,
        starts_on=date(2020, 1, 1),
        precision="day",
        ends_on=date(2020, 5, 1),
    )
    OutcomeFactory(placement=row, known_on=date(2020, 5, 1))

    assert titles(programme) == [("follow_ups", "1 uppföljning från 2020 väntar")]
