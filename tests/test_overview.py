"""The overview: the right years, the service's own numbers, and nothing that is protected."""

import re
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from activities.models import Event
from programmes.models import ClosedYear, Completeness, Judgement
from programmes.periods import Period, Precision
from reports.asked import Years
from reports.figures import View, figures
from reports.overview.page import overview

from .factories import (
    ActionPlanFactory,
    AttendanceFactory,
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseStatusFactory,
    EventFactory,
    GrantFactory,
    GroupStatusFactory,
    JudgementFactory,
    MilestoneFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OutcomeFactory,
    ParticipantFactory,
    PlacementFactory,
    PlannedActivityFactory,
    ProgrammeFactory,
    PublicationFactory,
    PublishedFigureFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2021, 3, 1)


@pytest.fixture
def leader(programme):
    return member_of(programme, Role.PROCESS_LEADER)


@pytest.fixture
def going_on():
    """A programme without an end, in its third year."""
    return ProgrammeFactory(starts_on=date(2019, 1, 1), ends_on=None)


def shown(programme, user, query="year=2017", today=TODAY):
    return overview(programme, QueryDict(query), user, today=today)


def tiles(page):
    every = (*page.done, *page.reached, *page.enterprises, *page.places)
    return {tile.label: tile.value.text for tile in every}


def facts(page, label):
    every = (*page.done, *page.reached, *page.enterprises, *page.places)
    return [fact.text for tile in every if tile.label == label for fact in tile.facts]


def held(programme, day, women=3, men=2, **kwargs):
    return AttendanceFactory(
        event=EventFactory(programme=programme, starts_on=day, **kwargs), women=women, men=men
    ).event


# Which years


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ("", Period(2020, 2020)),
        ("year=2017", Period(2017, 2017)),
        ("period=1", Period(2016, 2020)),
        ("from=2017&to=2019", Period(2017, 2019)),
        ("year=2015", Period(2020, 2020)),
        ("year=x", Period(2020, 2020)),
        ("year=٢٠١٧", Period(2020, 2020)),
        ("year=99999999999", Period(2020, 2020)),
        ("year=%00", Period(2020, 2020)),
        ("from=2019&to=2017", Period(2020, 2020)),
        ("from=2017", Period(2020, 2020)),
    ],
)
def test_only_years_of_the_programme_are_shown(query, period):
    assert Years(Period(2016, 2020), TODAY).asked(QueryDict(query)) == period


@pytest.mark.parametrize(
    ("whole", "year"),
    [(Period(2016, 2020), 2020), (Period(2019, 2023), 2021), (Period(2024, 2026), 2024)],
)
def test_this_year_comes_first_while_the_programme_goes_on(whole, year):
    assert Years(whole, TODAY).default == Period.of_year(year)


def test_a_period_ends_with_the_years_begun():
    years = Years(Period(2019, 2023), TODAY)

    assert years.asked(QueryDict("period=1")) == Period(2019, 2021)
    assert years.asked(QueryDict("from=2020&to=2023")) == Period(2020, 2021)


def test_the_years_say_which_are_closed(programme, leader):
    EventFactory(programme=programme)
    ClosedYear.objects.create(programme=programme, year=2017)

    page = shown(programme, leader)

    assert [(c.label, c.state) for c in page.choices][:2] == [("2016", "open"), ("2017", "closed")]
    assert (page.state, page.left) == ("closed", None)
    assert "Året är fastställt." in page.lead


# The numbers


def test_the_tiles_show_the_services_own_figures(programme, leader):
    held(programme, date(2017, 2, 1), women=12, men=5)
    EventFactory(programme=programme)
    PublicationFactory(programme=programme)
    MilestoneFactory(programme=programme)
    CensusReturnFactory(census__programme=programme)
    PlacementFactory(grant=GrantFactory(programme=programme))

    page = shown(programme, leader)

    result = figures(programme, Period(2017, 2017), View.FULL, today=TODAY)
    expected = {
        figure.indicator.label: str(figure.value)
        for figure in result
        if not figure.key and figure.indicator.label in tiles(page) and figure.value is not None
    }
    assert {label: tiles(page)[label] for label in expected} == expected
    assert tiles(page)["Deltagartillfällen"] == "17"
    assert facts(page, "Händelser")[-1] == "1 av 2 är räknade"


def test_a_number_leads_to_its_card(programme, leader):
    held(programme, date(2017, 2, 1))

    women = shown(programme, leader).reached[1]

    card = reverse("reports:figure", args=[programme.slug, "reach.attendances"])
    assert women.value.url == f"{card}?year=2017&breakdown=sex%3Dwomen"


def test_unknown_is_missing_and_never_zero(programme, leader):
    EventFactory(programme=programme)

    page = shown(programme, leader)

    assert (tiles(page)["Deltagartillfällen"], tiles(page)["Anställda"]) == ("saknas", "saknas")
    assert "Hur många som kom är inte känt." in page.lead


def test_a_printed_figure_says_so(programme, leader):
    EventFactory(programme=programme)
    PublishedFigureFactory(programme=programme, value=586, stands_in=True)
    CompletenessFactory(programme=programme, level=Completeness.Level.NONE)

    page = shown(programme, leader)

    assert "Tryckt uppgift" in facts(page, "Deltagartillfällen")
    assert facts(page, "Kvinnor") == ["Inte uppdelat på kön"]
    assert "586 deltagartillfällen</a> enligt tryckta uppgifter" in page.lead


def test_partial_records_are_marked(programme, leader):
    held(programme, date(2017, 2, 1))
    CompletenessFactory(programme=programme, area=Completeness.Area.EVENTS)

    page = shown(programme, leader)

    assert facts(page, "Händelser") == ["Ofullständigt"]
    assert page.months is None


def test_a_difference_from_print_is_told(programme, leader):
    held(programme, date(2017, 2, 1), women=10, men=8)
    PublishedFigureFactory(programme=programme, value=20)

    assert "−2 mot tryckt uppgift, 20" in facts(shown(programme, leader), "Deltagartillfällen")


def test_a_rough_printed_figure_is_told_as_rough(programme, leader):
    held(programme, date(2017, 2, 1), women=10, men=8)
    PublishedFigureFactory(programme=programme, value=20, approximate=True, explanation="Avrundat")

    fact = next(f for f in shown(programme, leader).reached[0].facts if f.icon == "file")

    assert fact.text == "−2 mot tryckt uppgift, cirka 20"


def test_a_sex_under_two_fifths_is_remarked_on(programme, leader):
    held(programme, date(2017, 2, 1), women=70, men=30)

    page = shown(programme, leader)

    assert [tile.small for tile in page.reached] == ["", "70,0\xa0%", "30,0\xa0%"]
    assert (facts(page, "Kvinnor"), facts(page, "Män")) == ([], ["Under 40 procent"])


def test_the_months_add_up_to_the_events(programme, leader):
    held(programme, date(2017, 3, 1))
    held(programme, date(2017, 3, 1), precision=Precision.MONTH)
    held(programme, date(2017, 7, 1), precision=Precision.SEASON)

    page = shown(programme, leader)

    assert [cell.text for cell in page.months.table[0][1]].count("2") == 1
    assert page.months.measure == "Händelser per månad 2017. Månaden är okänd för 1 händelse."


# Change


def test_a_year_is_compared_with_the_one_before(programme, leader):
    held(programme, date(2016, 2, 1), women=10, men=0)
    held(programme, date(2017, 2, 1), women=10, men=5)

    page = shown(programme, leader)

    assert facts(page, "Deltagartillfällen")[0] == "5 fler än 2016 (+50,0\xa0%)"
    assert facts(page, "Händelser")[0] == "Lika många som 2016"


def test_the_first_year_is_compared_with_nothing(programme, leader):
    held(programme, date(2016, 2, 1))

    assert facts(shown(programme, leader, "year=2016"), "Publikationer") == ["Komplett"]


@pytest.mark.parametrize("year", [2016, 2017])
def test_a_year_that_is_not_whole_is_compared_with_nothing(programme, leader, year):
    held(programme, date(2016, 2, 1))
    held(programme, date(2017, 2, 1))
    CompletenessFactory(programme=programme, year=year, area=Completeness.Area.EVENTS)

    assert not any("2016" in text for text in facts(shown(programme, leader), "Händelser"))


def test_a_year_not_over_is_compared_with_the_same_time_last_year(going_on):
    user = member_of(going_on, Role.PROCESS_LEADER)
    held(going_on, date(2020, 3, 1), women=4, men=0)
    held(going_on, date(2020, 3, 2), women=40, men=0)
    held(going_on, date(2020, 10, 1), precision=Precision.MONTH)
    held(going_on, date(2021, 2, 1), women=6, men=0)

    page = shown(going_on, user, "")

    assert facts(page, "Händelser")[0] == "Lika många som samma tid 2020"
    assert facts(page, "Deltagartillfällen")[0] == "2 fler än samma tid 2020 (+50,0\xa0%)"


@pytest.mark.parametrize("precision", [Precision.MONTH, Precision.SEASON, Precision.YEAR])
def test_nothing_is_said_where_last_year_is_known_too_roughly(going_on, precision):
    user = member_of(going_on, Role.PROCESS_LEADER)
    day = date(2020, 3 if precision == Precision.MONTH else 1, 1)
    held(going_on, day, precision=precision)
    held(going_on, date(2021, 2, 1))

    assert not any("2020" in text for text in facts(shown(going_on, user, ""), "Händelser"))


def surveyed(programme, year, answers, asked):
    """A census of `asked` enterprises, of which the first `answers` have answered: 7 employees each."""
    census = CensusFactory(programme=programme, year=year)
    for number in range(asked):
        state = "confirmed" if number < answers else "not_answered"
        status = EnterpriseStatusFactory(
            enterprise__programme=programme, starts_on=date(year, 1, 1)
        )
        CensusReturnFactory(census=census, enterprise=status.enterprise, state=state)


def test_the_lead_says_how_many_have_answered(programme, leader):
    surveyed(programme, 2017, answers=2, asked=3)

    page = shown(programme, leader)

    assert "De 2 av 3 företag som har svarat hade" in page.lead
    assert facts(page, "Anställda") == ["2 av 3 företag har svarat; siffrorna avser dem"]


def test_a_census_still_being_answered_is_compared_with_nothing(going_on):
    user = member_of(going_on, Role.PROCESS_LEADER)
    surveyed(going_on, 2020, answers=1, asked=1)
    surveyed(going_on, 2021, answers=1, asked=2)

    page = shown(going_on, user, "")
    period = shown(going_on, user, "period=1")

    assert facts(page, "Anställda") == ["1 av 3 företag har svarat; siffrorna avser det"]
    assert (period.enterprises[1].value.text, period.enterprises[1].earlier) == ("7", None)


def test_a_year_to_come_has_not_begun():
    programme = ProgrammeFactory(starts_on=date(2019, 1, 1), ends_on=date(2023, 12, 31))
    user = member_of(programme, Role.PROCESS_LEADER)

    page = shown(programme, user, "year=2022")

    assert (page.lead, page.left) == ("Året har inte börjat.", None)
    assert facts(page, "Milstolpar") == []


# Objectives


def test_the_lead_counts_the_objectives_not_judged(programme, leader):
    objective, *_others = [ObjectiveFactory(programme=programme) for _number in range(3)]
    JudgementFactory(objective=objective, value=Judgement.Value.LARGELY)

    lead = shown(programme, leader).lead

    assert "1 av 3 mål är helt eller i stort sett uppfyllda. 2 är inte bedömda." in lead


def test_an_objective_shows_plan_target_and_judgement(programme, leader):
    objective = ObjectiveFactory(programme=programme)
    plan = ActionPlanFactory(programme=programme)
    for target in (20, 10):
        activity = PlannedActivityFactory(plan=plan, target_attendances=target)
        activity.objectives.add(objective)
    held(programme, date(2017, 2, 1), women=5, men=1, planned_activity=activity)
    JudgementFactory(objective=objective, value=Judgement.Value.LARGELY)

    (goal,) = shown(programme, leader).goals

    plan_page = reverse("activities:plan", args=[programme.slug])
    assert {progress.url for progress in goal.progress} == {
        f"{plan_page}?year=2017&objective={objective.pk}"
    }

    assert [(p.words, p.percent) for p in goal.progress] == [
        ("1 av 2 aktiviteter gjorda, 1 försenad", 50.0),
        ("6 av 30 deltagartillfällen", 20.0),
    ]
    assert (goal.icon, goal.judgement, goal.judged_for) == ("good", "i stort sett uppfyllt", "")


def test_a_judgement_of_other_years_says_which(programme, leader):
    objective = ObjectiveFactory(programme=programme)
    JudgementFactory(objective=objective, first_year=2016, last_year=2020)
    EventFactory(programme=programme).objectives.add(objective)

    page = shown(programme, leader)

    assert (page.goals[0].judged_for, page.goals[0].progress[0].words) == (
        "2016–2020",
        "1 händelse",
    )
    assert "mål" not in page.lead


# Periods


def test_a_period_sums_and_shows_stocks_from_first_to_last(programme, leader):
    held(programme, date(2016, 2, 1), women=10, men=0)
    held(programme, date(2018, 2, 1), women=7, men=0)
    CensusReturnFactory(census__programme=programme, census__year=2016, employed_women=1)
    CensusReturnFactory(census__programme=programme, census__year=2018, employed_women=9)

    page = shown(programme, leader, "from=2016&to=2018")

    employees = page.enterprises[1]
    assert tiles(page)["Deltagartillfällen"] == "17"
    assert (employees.earlier.text, employees.value.text) == ("4", "12")
    assert facts(page, "Anställda")[0] == "+8 från 2016 till 2018"
    assert (page.state, page.left, page.months) == ("", None, None)


def test_a_period_says_how_many_years_it_knows(programme, leader):
    held(programme, date(2016, 2, 1))
    CompletenessFactory(programme=programme, year=2018, level=Completeness.Level.NONE)

    page = shown(programme, leader, "period=1")

    assert "4 av 5 år" in facts(page, "Deltagartillfällen")


# Protection


@pytest.fixture
def sensitive(programme):
    """Four persons placed in one year, which are too few to be shown, and their share."""
    grant = GrantFactory(programme=programme, places=19)
    for _person in range(4):
        participant = ParticipantFactory(programme=programme)
        OutcomeFactory(placement=PlacementFactory(grant=grant, participant=participant))
    PublishedFigureFactory(programme=programme, indicator="grants.used", value=8)
    return programme


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD])
def test_no_protected_number_of_a_year_reaches_the_page(client, sensitive, role):
    client.force_login(member_of(sensitive, role))

    page = client.get(reverse("reports:overview", args=[sensitive.slug]), {"year": 2017})

    html = page.content.decode()
    words = re.sub(r"<[^>]*>", " ", html[html.index("<main") : html.index("</main>")])
    assert words.count("skyddas") == 2 + 1 + 2  # the tiles, the chart's table, and its words twice
    assert not re.search(r"\b(4|8)\b|21,1|Till arbete", words)
    assert tiles(page.context["page"])["Beviljade platser"] == "19"


def test_those_who_see_everything_see_it_and_that_it_is_protected(sensitive, leader):
    page = shown(sensitive, leader)

    assert (tiles(page)["Nyttjade platser"], page.places[1].small) == ("4", "av 19 (21,1\xa0%)")
    assert "Skyddas för part och styrelse" in facts(page, "Nyttjade platser")


# The page


def opened(client, programme, user, **query):
    client.force_login(user)
    return client.get(reverse("reports:overview", args=[programme.slug]), query)


def test_a_stranger_finds_no_overview(client, programme):
    EventFactory(programme=programme)

    assert opened(client, programme, member_of(programme, None)).status_code == 404


@pytest.mark.parametrize(("role", "leads"), [(Role.PROCESS_LEADER, True), (Role.PARTNER, False)])
def test_an_empty_programme_leads_to_the_first_steps(client, programme, role, leads):
    html = opened(client, programme, member_of(programme, role)).content.decode()

    assert (reverse("reports:first_steps", args=[programme.slug]) in html) is leads
    assert "Här är tomt än" in html


def test_an_unknown_year_is_no_error(client, programme, leader):
    EventFactory(programme=programme)

    response = opened(client, programme, leader, year="1066", **{"from": "\x00", "to": "9" * 400})

    assert response.context["page"].title == "Året 2020"


@pytest.mark.parametrize(("role", "box"), [(Role.PROCESS_LEADER, True), (Role.AUDITOR, False)])
def test_what_is_left_is_for_those_who_write(client, programme, role, box):
    EventFactory(programme=programme)

    html = opened(client, programme, member_of(programme, role), year=2017).content.decode()

    assert ("Kvar av 2017" in html) is box


def test_until_the_end_of_march_last_year_is_what_is_left(going_on):
    user = member_of(going_on, Role.PROCESS_LEADER)
    EventFactory(programme=going_on, starts_on=date(2020, 5, 1))

    before = shown(going_on, user, "", today=date(2021, 3, 1)).left
    after = shown(going_on, user, "", today=date(2021, 4, 1)).left

    assert (before.title, before.aside) == ("Kvar av 2020 före 31 mars", "30 dagar kvar")
    assert after.title == "Kvar före 31 mars"


def fill(programme, rows):
    grant = GrantFactory(programme=programme)
    for row in range(rows):
        municipality = MunicipalityFactory(programme=programme)
        objective = ObjectiveFactory(programme=programme)
        plan = ActionPlanFactory(programme=programme)
        activity = PlannedActivityFactory(plan=plan, target_attendances=5)
        activity.objectives.add(objective)
        event = held(
            programme, date(2017, 2, 1), municipality=municipality, planned_activity=activity
        )
        event.objectives.add(objective)
        EventFactory(programme=programme, status=Event.Status.PLANNED)
        JudgementFactory(objective=objective)
        GroupStatusFactory(group__programme=programme, group__municipality=municipality)
        CensusReturnFactory(census__programme=programme, census__year=2016 + row)
        OutcomeFactory(placement=PlacementFactory(grant=grant))
    # A status holds on through the years to come, so none is closed before the last is written.
    for row in range(rows):
        ClosedYear.objects.create(programme=programme, year=2030 + row)


@pytest.mark.parametrize("query", [{"year": 2017}, {"period": 1}])
@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.PARTNER])
def test_the_page_asks_the_same_number_of_questions(client, role, query):
    asked = []
    for rows in (1, 3):
        programme = ProgrammeFactory()
        fill(programme, rows)
        user = member_of(programme, role)
        opened(client, programme, user, **query)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("reports:overview", args=[programme.slug]), query)
        asked.append(len(queries))

    assert asked[0] == asked[1]


# The way in


def test_the_only_programme_opens_by_itself(client, programme, leader):
    client.force_login(leader)

    assert client.get(reverse("reports:home")).url == programme.get_absolute_url()


def test_several_programmes_are_offered_and_no_others(client, programme, leader):
    other, foreign = ProgrammeFactory(name="Det andra"), ProgrammeFactory(name="Främmande")
    Membership.objects.create(user=leader, programme=other, role=Role.AUDITOR)
    client.force_login(leader)

    response = client.get(reverse("reports:home"))

    assert [m.programme for m in response.context["memberships"]] == [other, programme]
    assert foreign.name not in response.content.decode()


def test_a_person_without_a_programme_is_told_whom_to_ask(client, programme):
    client.force_login(member_of(programme, None))

    html = client.get(reverse("reports:home")).content.decode()

    assert "Du är inte medlem i något program än" in html
