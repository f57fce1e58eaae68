"""The figures service: parts are the truth, unknown is not zero, printed values stand aside."""

from datetime import date

import pytest
from django.core.management import call_command

from activities.models import Event, GroupStatus, Milestone
from placements.figures import ended_without_outcome
from placements.models import Outcome, Sex
from programmes.models import Completeness
from programmes.periods import Period, Precision
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
    InitiativeFactory,
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


@pytest.fixture
def programme():
    return ProgrammeFactory()


def full(programme, period=PERIOD, **kwargs):
    return figures(programme, period, View.FULL, today=TODAY, **kwargs)


def protected(programme, period=PERIOD, **kwargs):
    return figures(programme, period, View.PROTECTED, today=TODAY, **kwargs)


def values(series):
    return [figure.value for figure in series]


def test_reach_is_the_sum_of_its_cells(programme):
    event = EventFactory(programme=programme)
    AttendanceFactory(event=event, audience="politician", women=1, men=2, unspecified=3)
    AttendanceFactory(event=event, audience="officer", women=10, men=20, unspecified=0)

    result = full(programme)

    assert result.get("reach.attendances", 2017).value == 36
    assert result.get("reach.attendances", 2017, sex="women").value == 11
    assert result.get("reach.attendances", 2017, audience="politician").value == 6
    assert result.get("reach.attendances", 2017, audience="officer", sex="men").value == 20
    assert result.get("reach.attendances", 2017, municipality="county").value == 36
    assert result.get("reach.attendances", 2017, kind="breakfast_meeting").value == 36
    assert result.get("reach.attendances").value == 36


@pytest.mark.parametrize("dimension", ["audience", "sex", "organisation", "municipality", "kind"])
def test_parts_of_reach_sum_to_the_whole(programme, dimension):
    region = OrganisationFactory(programme=programme)
    for municipality in (None, MunicipalityFactory(programme=programme)):
        event = EventFactory(programme=programme, municipality=municipality)
        AttendanceFactory(event=event, audience="manager", organisation=region, women=4)
    AttendanceFactory(event=EventFactory(programme=programme, kind="seminar"), audience="", men=7)

    result = full(programme)

    total = result.get("reach.attendances", 2017).value
    assert sum(f.value for _v, f in result.parts("reach.attendances", dimension, 2017)) == total


def test_total_only_counts_as_audience_unspecified(programme):
    event = EventFactory(programme=programme)
    AttendanceFactory(event=event, audience="", women=0, men=0, unspecified=45)

    result = full(programme)

    assert result.get("reach.attendances", 2017, audience="unspecified").value == 45
    assert result.get("reach.attendances", 2017, sex="unspecified").value == 45


@pytest.mark.parametrize(
    ("starts_on", "year"),
    [(date(2017, 1, 1), 2017), (date(2017, 12, 31), 2017), (date(2018, 1, 1), 2018)],
)
def test_an_event_counts_in_the_year_it_begins(programme, starts_on, year):
    event = EventFactory(programme=programme, starts_on=starts_on, ends_on=date(2018, 1, 2))
    AttendanceFactory(event=event, women=1, men=0)

    result = full(programme)

    assert [y for y in PERIOD.years if result.get("reach.attendances", y).value] == [year]


def test_planned_and_cancelled_events_are_not_counted(programme):
    EventFactory(programme=programme, status=Event.Status.PLANNED)
    EventFactory(programme=programme, status=Event.Status.CANCELLED, cancelled_reason="Snö")

    assert full(programme).get("events.held", 2017).value == 0


def test_another_programme_is_left_out(programme):
    AttendanceFactory()

    assert full(programme).get("reach.attendances", 2017).value == 0


def test_events_without_cells_are_missing_not_zero(programme):
    EventFactory(programme=programme)

    result = full(programme)

    assert result.get("events.without_attendance", 2017).value == 1
    assert result.get("reach.attendances", 2017).value is None
    assert result.get("reach.attendances", 2017).basis == Basis.MISSING


def test_an_empty_complete_year_is_zero_and_a_year_without_records_is_unknown(programme):
    CompletenessFactory(programme=programme, year=2018, level=Completeness.Level.NONE)

    result = full(programme)

    assert values(result.series("reach.attendances")) == [0, 0, None, 0, 0]
    assert result.get("reach.attendances").known == 4


def test_a_printed_value_stands_in_only_where_records_are_not_complete(programme):
    for year in (2017, 2018):
        PublishedFigureFactory(programme=programme, first_year=year, value=95, stands_in=True)
    CompletenessFactory(programme=programme, year=2018, level=Completeness.Level.PARTIAL)
    AttendanceFactory(event=EventFactory(programme=programme, starts_on=date(2018, 2, 1)))

    result = full(programme)

    complete, partial = result.get("reach.attendances", 2017), result.get("reach.attendances", 2018)
    assert (complete.value, complete.basis, complete.difference) == (0, Basis.RECORDS, -95)
    assert (partial.value, partial.basis, partial.difference) == (95, Basis.PUBLISHED, 0)
    assert result.get("reach.attendances").basis == Basis.MIXED


def test_a_stand_in_is_never_mixed_with_records_beside_it(programme):
    PublishedFigureFactory(programme=programme, value=95, stands_in=True)
    CompletenessFactory(programme=programme, level=Completeness.Level.PARTIAL)
    AttendanceFactory(event=EventFactory(programme=programme), women=3)

    assert full(programme).get("reach.attendances", 2017, sex="women").value is None


def test_a_printed_total_never_replaces_the_sum_of_printed_parts(programme):
    CompletenessFactory(programme=programme, area="census", level=Completeness.Level.NONE)
    for referrer, value in (("employment_service", 152), ("municipality", 74), ("other", 17)):
        PublishedFigureFactory(
            programme=programme,
            indicator="placed",
            breakdown=f"referrer={referrer}",
            value=value,
            stands_in=True,
        )
    PublishedFigureFactory(programme=programme, indicator="placed", value=244)

    placed = full(programme).get("placed", 2017)

    assert (placed.value, placed.published, placed.difference) == (243, 244, -1)
    assert placed.basis == Basis.PUBLISHED


def test_another_initiative_is_left_out_when_one_is_asked_for(programme):
    initiative = InitiativeFactory(programme=programme)
    EventFactory(programme=programme, initiative=initiative)
    EventFactory(programme=programme)

    result = full(programme, initiative=initiative)

    assert result.get("events.held", 2017).value == 1
    assert {f.indicator.by_initiative for f in result} == {True}


def test_publications_count_items_and_milestones_leave_external_changes_out(programme):
    PublicationFactory(programme=programme, kind="podcast", plays=1000)
    PublicationFactory(programme=programme, kind="film")
    MilestoneFactory(programme=programme)
    MilestoneFactory(programme=programme, kind=Milestone.Kind.EXTERNAL_CHANGE)

    result = full(programme)

    assert result.get("publications.items", 2017).value == 2
    assert result.get("milestones", 2017).value == 1


def test_groups_count_on_the_last_day_of_a_year_and_once_in_a_period(programme):
    group = GroupFactory(programme=programme)
    GroupStatusFactory(group=group, starts_on=date(2017, 1, 1))
    GroupStatusFactory(group=group, status=GroupStatus.Status.ENDED, starts_on=date(2018, 12, 31))

    result = full(programme)

    assert values(result.series("groups.active")) == [0, 1, 0, 0, 0]
    assert result.get("groups.active").value == 1


def test_the_register_counts_on_the_reference_date(programme):
    CensusFactory(programme=programme, year=2018, reference_date=date(2018, 9, 30))
    enterprise = EnterpriseFactory(programme=programme)
    EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(2017, 10, 31))
    EnterpriseStatusFactory(enterprise=enterprise, status="closed", starts_on=date(2018, 10, 1))

    result = full(programme)

    assert values(result.series("enterprises.count")) == [0, 1, 1, 0, 0]
    assert ("enterprises.count", PERIOD, ()) not in result.figures


def test_only_confirmed_answers_count_and_an_empty_field_is_not_zero(programme):
    census = CensusFactory(programme=programme)
    CensusReturnFactory(census=census, employed_women=4, employed_men=None, placed_other=0)
    CensusReturnFactory(census=census, state="draft", employed_women=100)

    result = full(programme)

    assert result.get("employees", 2017).value == 4
    assert result.get("placed", 2017).value == 0
    assert result.get("employees", 2018).value is None
    assert result.get("census.returns", 2017).value == 1


def test_utilisation_is_unknown_for_nothing_granted(programme):
    grant = GrantFactory(programme=programme, places=4)
    PlacementFactory(grant=grant)

    result = full(programme)

    assert result.get("grants.utilisation", 2017).value == 0.25
    assert result.get("grants.utilisation", 2018).value is None
    assert result.get("grants.utilisation").value == 0.25


def test_persons_are_counted_anew_in_a_period(programme):
    woman = ParticipantFactory(programme=programme)
    first = PlacementFactory(grant=GrantFactory(programme=programme, year=2017), participant=woman)
    PlacementFactory(
        grant=GrantFactory(programme=programme, year=2018), participant=woman, extension_of=first
    )

    result = full(programme)

    assert values(result.series("placements.persons")) == [0, 1, 1, 0, 0]
    assert result.get("placements.persons").value == 1
    assert result.get("placements.started").value == 2


def test_a_person_has_the_latest_outcome_dated_in_the_period(programme):
    woman = ParticipantFactory(programme=programme)
    first = PlacementFactory(grant=GrantFactory(programme=programme, year=2017), participant=woman)
    second = PlacementFactory(
        grant=GrantFactory(programme=programme, year=2018), participant=woman, extension_of=first
    )
    OutcomeFactory(placement=first, result=Outcome.Result.EXTENSION, precision=Precision.YEAR)
    OutcomeFactory(placement=second, result=Outcome.Result.WORK, precision=Precision.YEAR)

    result = full(programme)

    assert result.get("outcomes", 2017, result="extension").value == 1
    assert result.get("outcomes", 2018, result="work").value == 1
    assert result.get("outcomes", result="extension").value == 0
    assert result.get("outcomes").value == 1


def test_an_ended_placement_without_outcome_is_unknown_and_one_going_on_is_not_counted(programme):
    grant = GrantFactory(programme=programme, year=2018, months=6)
    PlacementFactory(grant=grant, starts_on=date(2018, 1, 15), precision=Precision.DAY)
    PlacementFactory(grant=grant, starts_on=date(2018, 9, 1), precision=Precision.DAY)

    result = full(programme)

    assert result.get("outcomes", 2018, result="unknown").value == 1
    assert result.get("outcomes", 2018).value == 1
    assert result.get("outcomes", result="unknown").value == 2


@pytest.mark.parametrize(
    ("today", "unknown"),
    [(date(2018, 11, 28), 1), (date(2018, 12, 24), 1), (date(2018, 12, 25), 2)],
)
def test_a_planned_end_that_has_not_come_yet_has_not_passed(programme, today, unknown):
    grant = GrantFactory(programme=programme, year=2018, months=6)
    for began in (date(2018, 1, 15), date(2018, 6, 25)):
        PlacementFactory(grant=grant, starts_on=began, precision=Precision.DAY)

    result = figures(programme, Period.of_year(2018), View.FULL, today=today)

    found = [result.get("outcomes", 2018, **part).value for part in ({}, {"result": "unknown"})]
    assert found == [unknown, unknown]
    assert ended_without_outcome(programme, Period.of_year(2018), today) == [(2018, unknown)]


def test_a_corrected_outcome_counts_as_corrected(programme):
    placement = PlacementFactory(grant=GrantFactory(programme=programme))
    wrong = OutcomeFactory(placement=placement, result=Outcome.Result.WORK)
    OutcomeFactory(
        placement=placement, result=Outcome.Result.STUDIES, corrects=wrong, reason="Fel rad"
    )

    result = full(programme)

    assert result.get("outcomes", 2017, result="work").value == 0
    assert result.get("outcomes", 2017, result="studies").value == 1


def test_staffing_is_known_only_when_each_day_is(programme):
    StaffingFactory(programme=programme, starts_on=date(2017, 1, 1), ends_on=date(2017, 12, 31))
    StaffingFactory(programme=programme, starts_on=date(2018, 2, 1), percent=50)

    assert values(full(programme).series("staffing.percent")) == [None, 100, None, 50, 50]


@pytest.fixture
def placed(programme):
    """Twelve persons in two municipalities under grants of 2017."""
    for places, sexes in ((10, [Sex.WOMEN] * 8), (6, [Sex.MEN] * 4)):
        grant = GrantFactory(programme=programme, places=places)
        for sex in sexes:
            participant = ParticipantFactory(programme=programme, sex=sex)
            PlacementFactory(grant=grant, participant=participant)
    return programme


def test_the_protected_view_shows_large_totals_and_hides_small_parts_with_another(placed):
    result = protected(placed)

    for period in (2017, PERIOD):
        assert result.get("grants.used", period).value == 12
        assert result.get("grants.utilisation", period).value == 0.75
        for code in ("placements.started", "placements.persons"):
            assert result.get(code, period).value == 12
            sexes = [figure.value for _sex, figure in result.parts(code, "sex", period)]
            assert sexes == [None, None, 0]


def test_the_protected_view_has_no_pairs_of_protected_indicators(placed):
    assert {len(f.key) for f in protected(placed) if f.indicator.protected} == {0, 1}


@pytest.mark.parametrize("period", [Period(2016, 2019), Period(2015, 2020)])
def test_the_protected_view_hides_every_other_period(placed, period):
    result = protected(placed, period)

    assert {f.value for f in result if f.indicator.protected and f.period == period} == {None}
    assert result.get("placements.persons", 2017).value == 12


def test_the_protected_view_hides_totals_under_the_threshold(programme):
    PlacementFactory(grant=GrantFactory(programme=programme))

    hidden = protected(programme).get("placements.persons")

    assert (hidden.value, hidden.basis) == (None, Basis.PROTECTED)


def test_a_hidden_cell_hides_its_printed_value_too(programme):
    PublishedFigureFactory(programme=programme, indicator="grants.used", value=1)
    PlacementFactory(grant=GrantFactory(programme=programme))

    hidden = protected(programme).get("grants.used", 2017)

    assert (hidden.published, hidden.difference, hidden.printed) == (None, None, ())


def test_a_period_that_goes_on_is_hidden(placed):
    placed.ends_on = None

    result = figures(placed, Period(2016, 2021), View.PROTECTED, today=TODAY)

    assert result.get("placements.persons").is_protected


def test_employees_of_few_enterprises_are_hidden_with_what_would_give_them_away(programme):
    region = SubregionFactory(programme=programme)
    census = CensusFactory(programme=programme)
    codes = []
    for answers in (1, 3, 4):
        municipality = MunicipalityFactory(programme=programme, subregion=region)
        codes.append(municipality.code)
        for _answer in range(answers):
            enterprise = EnterpriseFactory(programme=programme, municipality=municipality)
            CensusReturnFactory(census=census, enterprise=enterprise)

    result = protected(programme)

    shown = [result.get("employees", 2017, municipality=code).value for code in codes]
    assert shown == [None, None, 28]
    assert result.get("employees", 2017, subregion=region.slug).value == 56


def test_nothing_at_all_gives_rows_without_errors(programme):
    result = full(programme, Period(2017, 2017))

    assert result.get("events.held").value == 0
    assert result.get("employees").value is None
    assert result.get("grants.utilisation").value is None


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_cost_the_same_queries_for_any_number_of_records(
    programme, rows, django_assert_num_queries
):
    for _row in range(rows):
        AttendanceFactory(event=EventFactory(programme=programme))
        CensusReturnFactory(census__programme=programme, census__year=2016 + _row)
        OutcomeFactory(placement__grant__programme=programme)
        GroupStatusFactory(group__programme=programme)

    with django_assert_num_queries(19):
        full(programme)


def test_the_command_prints_the_contracts_columns(programme, capsys):
    PublishedFigureFactory(programme=programme, value=95, stands_in=True)
    CompletenessFactory(programme=programme, level=Completeness.Level.NONE)

    call_command("figures", programme.slug, "--from", "2017", "--to", "2017", "--view", "full")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "indicator,breakdown,period,value,unit,basis,published,difference"
    assert "reach.attendances,,2017,95,attendances,published,95,0" in lines
    assert "reach.attendances,sex=women,2017,,attendances,missing,," in lines


def test_no_record_at_all_in_a_partial_year_is_unknown(programme):
    CompletenessFactory(programme=programme, year=2017, area="events")
    EventFactory(programme=programme, starts_on=date(2018, 3, 1))
    found = full(programme, Period(2017, 2018))

    assert [f.value for f in found.series("events.held")] == [None, 1]
    assert (found.get("events.held").value, found.get("events.held").known) == (1, 1)


def test_an_outcome_after_a_partial_year_is_in_the_periods_parts(programme):
    CompletenessFactory(programme=programme, year=2017, area="placements")
    OutcomeFactory(
        placement__grant__programme=programme,
        placement__grant__year=2017,
        known_on=date(2018, 3, 1),
        result=Outcome.Result.WORK,
    )
    found = full(programme, Period(2017, 2018))

    assert found.get("outcomes").value == 1
    assert found.get("outcomes", result="work").value == 1
