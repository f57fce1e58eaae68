"""The records behind a figure: they add up to it, for every indicator, part, year and period."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Event, Milestone
from placements.models import Placement, Sex
from programmes.models import Completeness
from programmes.periods import Period
from reports.evidence.behind import evidence
from reports.figures import Basis, View, figures

from .factories import (
    AttendanceFactory,
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    EventFactory,
    GrantFactory,
    GroupFactory,
    GroupStatusFactory,
    MilestoneFactory,
    MunicipalityFactory,
    OrganisationFactory,
    OutcomeFactory,
    ParticipantFactory,
    PlacementFactory,
    ProgrammeFactory,
    PublicationFactory,
    PublishedFigureFactory,
    StaffingFactory,
    SubregionFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2021, 3, 1)
PERIOD = Period(2016, 2020)


def of(programme, view=View.FULL, period=PERIOD):
    return figures(programme, period, view, today=TODAY)


def behind(programme, code, period=None, view=View.FULL, **part):
    figure_set = of(programme, view)
    return evidence(figure_set, figure_set.get(code, period, **part))


def rows(found):
    return [(row.what, row.number) for row in found.rows]


@pytest.fixture
def world(programme):
    """Something of everything, spread over the years, with gaps and stand-ins."""
    region = SubregionFactory(programme=programme, slug="nord")
    places = [
        MunicipalityFactory(programme=programme, subregion=region),
        MunicipalityFactory(programme=programme),
    ]
    party = OrganisationFactory(programme=programme)
    for n, year in enumerate(PERIOD.years):
        kind = ("seminar", "training")[n % 2]
        place = [*places, None][n % 3]
        day = date(year, 1 + n, 5)
        event = EventFactory(programme=programme, starts_on=day, kind=kind, municipality=place)
        AttendanceFactory(event=event, audience="officer", women=n, men=2, unspecified=1)
        AttendanceFactory(event=event, audience="manager", organisation=party, women=1, men=n)
        AttendanceFactory(
            event=EventFactory(programme=programme, starts_on=day), audience="", men=7, women=0
        )
        EventFactory(programme=programme, starts_on=day, title="Oräknad")
        EventFactory(programme=programme, starts_on=day, status=Event.Status.PLANNED)
        PublicationFactory(programme=programme, starts_on=day, items=n + 1, plays=100)
        MilestoneFactory(programme=programme, starts_on=day, municipality=place)
        MilestoneFactory(programme=programme, starts_on=day, kind=Milestone.Kind.EXTERNAL_CHANGE)
    _enterprises(programme, places)
    _groups(programme, places)
    _placements(programme, places)
    StaffingFactory(programme=programme, starts_on=date(2017, 1, 1), percent=80)
    return programme


def _enterprises(programme, places):
    for n, place in enumerate((*places, places[0])):
        enterprise = EnterpriseFactory(programme=programme, municipality=place)
        EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(2015 + n, 1, 1))
        for year in (2018, 2019, 2020):
            census = programme.censuses.filter(year=year).first()
            census = census or CensusFactory(programme=programme, year=year)
            CensusReturnFactory(
                census=census,
                enterprise=enterprise,
                employed_men=None if n else 2,
                placed_municipality=n,
                state="draft" if (n, year) == (1, 2019) else "confirmed",
            )


def _groups(programme, places):
    for n, place in enumerate((*places, places[1])):
        group = GroupFactory(programme=programme, municipality=place)
        GroupStatusFactory(group=group, starts_on=date(2016 + n, 6, 1))
        GroupStatusFactory(group=group, starts_on=date(2018 + n, 6, 1), status="ended")


def _placements(programme, places):
    person = ParticipantFactory(programme=programme, sex=Sex.MEN)
    first = GrantFactory(programme=programme, municipality=places[0], year=2017)
    second = GrantFactory(programme=programme, municipality=places[1], year=2018, places=7)
    begun = PlacementFactory(grant=first, participant=person)
    OutcomeFactory(placement=begun, result="extension")
    again = PlacementFactory(grant=second, participant=person, extension_of=begun)
    OutcomeFactory(placement=again, result="work")
    PlacementFactory(grant=second)
    PlacementFactory(grant=second, starts_on=date(2020, 12, 1), precision="day")


def check_sums(programme, view):
    """Each figure that stands on records is the sum of its rows; returns how many were checked."""
    figure_set, checked = of(programme, view), 0
    for figure in figure_set:
        found = evidence(figure_set, figure)
        if figure.is_protected:
            assert found.rows == found.left_out == ()
        elif figure.value is None:
            assert found.rows == ()
        elif found.adds_up and not found.is_closed:
            assert (found.total, figure) == (figure.value, figure)
            checked += figure.basis == Basis.RECORDS and figure.value > 0
    return checked


def test_the_records_add_up_to_every_figure(world):
    assert check_sums(world, View.FULL) > 200
    assert check_sums(world, View.PROTECTED) > 100


def test_records_of_years_that_nobody_kept_are_left_out_of_a_sum(world):
    CompletenessFactory(programme=world, year=2018, area="events", level="none")
    CompletenessFactory(programme=world, year=2019, area="attendance", level="partial")
    PublishedFigureFactory(programme=world, first_year=2019, value=50, stands_in=True)

    assert check_sums(world, View.FULL) > 200
    years = rows(behind(world, "reach.attendances"))
    assert [what for what, _number in years] == ["2016", "2017", "2018", "2019", "2020"]
    assert ("2019", 50) in years


def test_printed_parts_that_stand_in_are_the_rows(programme):
    CompletenessFactory(programme=programme, area="census", level=Completeness.Level.NONE)
    for referrer, value in (("employment_service", 152), ("municipality", 74), ("other", 17)):
        PublishedFigureFactory(
            programme=programme,
            indicator="placed",
            breakdown=f"referrer={referrer}",
            value=value,
            stands_in=True,
        )

    found = behind(programme, "placed", 2017)

    assert rows(found) == [("Arbetsförmedlingen", 152), ("Kommunen", 74), ("Övriga", 17)]


def test_what_was_held_but_not_counted_is_left_out_with_the_reason(programme):
    EventFactory(programme=programme, title="Oräknad")
    EventFactory(programme=programme, title="Snö", status="cancelled", cancelled_reason="Snöfall")

    found = behind(programme, "reach.attendances", 2017)

    assert [(row.what, row.why, row.number) for row in found.left_out] == [
        ("Oräknad, 2017-03-12", "Genomförd, men ingen har uppgett hur många som kom", "saknas"),
        ("Snö, 2017-03-12", "Inställd: Snöfall", None),
    ]


def test_plays_are_told_beside_and_never_added(programme):
    PublicationFactory(programme=programme, plays=1240)

    found = behind(programme, "reach.attendances", 2017)

    assert (found.total, [row.number for row in found.left_out]) == (0, ["1\xa0240"])


def test_one_person_with_two_placements_is_one_row_and_one_left_out(world):
    found = behind(world, "placements.persons")

    assert (found.total, len(found.left_out)) == (3, 1)


def test_an_outcome_is_shown_where_it_counts_though_the_person_has_moved_on(world):
    first = Placement.objects.get(extension=None, outcomes__result="work").extension_of
    elsewhere = PlacementFactory(
        grant=GrantFactory(programme=world, year=first.year),
        participant=first.participant,
        starts_on=date(first.year, 12, 1),
        precision="day",
    )

    (row,) = behind(world, "outcomes", first.year).rows

    assert (row.where, row.url) == (str(first.grant.municipality), first.get_absolute_url())
    assert elsewhere.grant.municipality != first.grant.municipality


def test_a_placement_goes_on_until_its_planned_end_has_come(programme):
    going_on = PlacementFactory(
        grant=GrantFactory(programme=programme, months=6),
        starts_on=date(2017, 6, 25),
        precision="day",
    )
    found = figures(programme, Period.of_year(2017), View.FULL, today=date(2017, 11, 28))

    persons = evidence(found, found.get("outcomes", 2017))

    assert [row.url for row in persons.left_out] == [going_on.get_absolute_url()]
    assert persons.rows == ()


def test_single_persons_and_single_answers_are_for_the_full_view_alone(world):
    answers = behind(world, "employees", 2018, View.PROTECTED)
    persons = behind(world, "placements.persons", None, View.PROTECTED)

    assert (answers.rows, answers.is_closed) == ((), True)
    assert persons.rows == ()


def test_another_programme_stands_behind_nothing(programme):
    AttendanceFactory(event=EventFactory(programme=ProgrammeFactory()))

    assert rows(behind(programme, "reach.attendances", 2017)) == []


def test_the_reason_of_a_large_change_follows_the_number(programme):
    answer = CensusReturnFactory(census__programme=programme, change_reason="Ny verkstad")

    (row,) = behind(programme, "employees", 2017).rows

    assert row.where == f"{answer.enterprise.municipality}. Ny verkstad"


@pytest.mark.parametrize("code", ["reach.attendances", "employees", "placements.persons"])
def test_many_records_ask_no_more_questions_than_one(
    programme, code, django_assert_max_num_queries
):
    def make():
        AttendanceFactory(event=EventFactory(programme=programme))
        CensusReturnFactory(census=census)
        PlacementFactory(grant__programme=programme)

    census = CensusFactory(programme=programme)
    make()
    figure_set = of(programme)
    figure = figure_set.get(code, 2017)
    with CaptureQueriesContext(connection) as one:
        evidence(figure_set, figure)
    make()
    make()
    with django_assert_max_num_queries(len(one)):
        assert len(evidence(figure_set, figure).rows) == 3
