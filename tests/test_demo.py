"""The demo: the programme of 2016–2020 gives the contract's table, and the exercise is all there."""

import stat
from datetime import date
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.test import override_settings

from accounts.models import Membership, User
from activities.models import (
    Attendance,
    Event,
    EventKind,
    GroupStatus,
    PlannedActivity,
    TrainingStep,
)
from enterprises.letters import Standing, follow
from enterprises.models import (
    CensusReturn,
    Contact,
    Enterprise,
    EnterpriseStatus,
    Letter,
    SentAnswer,
)
from enterprises.sent_answers import Compared
from placements.follow_ups import agenda, asked_about, followed
from placements.models import Grant, Outcome, Placement
from programmes.models import Completeness, Place, Programme
from programmes.periods import Period
from programmes.text import holds_identity_number
from reports import quality
from reports.demo import practice
from reports.demo.practice.base import working_day
from reports.figures import View, figures
from reports.management.commands import load_demo
from reports.models import PublishedFigure

from .copies import copy_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 15)
PERIOD = Period(2016, 2020)
THREE_YEARS = Period(2024, 2026)
TEXTS = ("CharField", "TextField")


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """Both programmes, loaded once for this file; each test's own changes are taken back."""
    data = tmp_path_factory.mktemp("data")
    with (
        override_settings(DEMO=True, DATA_DIR=data, MEDIA_ROOT=data / "files"),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        load_demo.load(TODAY)
        yield data
        transaction.set_rollback(True)


@pytest.fixture
def gavleborg(loaded, db):
    return Programme.objects.get(slug="asf-gavleborg")


@pytest.fixture
def ovning(loaded, db):
    return Programme.objects.get(slug="ovning")


@pytest.fixture
def full(gavleborg):
    return figures(gavleborg, PERIOD, View.FULL, today=date(2021, 3, 1))


@pytest.fixture
def practised(ovning):
    return figures(ovning, THREE_YEARS, View.FULL, today=TODAY)


def rows(capsys, code, view="full", years=(2016, 2020)):
    """What the command prints about an indicator: breakdown, period, value, published, difference."""
    first, last = map(str, years)
    call_command("figures", "asf-gavleborg", "--from", first, "--to", last, "--view", view)
    lines = [line.split(",") for line in capsys.readouterr().out.splitlines()]
    return [
        (breakdown, period, value, published, difference)
        for indicator, breakdown, period, value, _u, _b, published, difference in lines
        if indicator == code and value
    ]


def values(series):
    return [figure.value for figure in series]


# The contract's table


def test_reach(gavleborg, capsys):
    assert rows(capsys, "reach.attendances") == [
        ("", "2016", "95", "95", "0"),
        ("", "2017", "586", "586", "0"),
        ("", "2018", "235", "235", "0"),
        ("", "2019", "183", "183", "0"),
        ("", "2020", "176", "176", "0"),
        ("", "2016-2020", "1275", "1257", "18"),
    ]


def stock(parts):
    """Rows of a stock whose printed values all stand in."""
    return [
        (part, str(year), str(number), str(number), "0")
        for year, row in parts.items()
        for part, number in row.items()
    ]


def test_enterprises(gavleborg, capsys):
    table = {2016: (34, 12, 22), 2017: (34, 10, 24), 2018: (30, 10, 20)}
    table |= {2019: (28, 11, 17), 2020: (28, 11, 17)}
    names = ("", "subregion=gastrikland", "subregion=halsingland")

    expected = {year: dict(zip(names, row, strict=True)) for year, row in table.items()}
    assert rows(capsys, "enterprises.count") == stock(expected)


def test_employees(gavleborg, capsys):
    table = {2016: (179, 113, 66), 2017: (228, 137, 91), 2018: (204, 113, 91)}
    table |= {2019: (206, 108, 98), 2020: (209, 111, 98)}
    names = ("", "sex=women", "sex=men")

    expected = {year: dict(zip(names, row, strict=True)) for year, row in table.items()}
    assert rows(capsys, "employees") == stock(expected)


def test_placed(gavleborg, capsys):
    result = rows(capsys, "placed")

    assert [row for row in result if not row[0]] == [
        ("", "2016", "156", "156", "0"),
        ("", "2017", "230", "230", "0"),
        ("", "2018", "243", "244", "-1"),
        ("", "2019", "130", "130", "0"),
        ("", "2020", "117", "123", "-6"),
    ]
    parts = [int(value) for breakdown, _p, value, *_rest in result if breakdown]
    assert parts == [96, 57, 3, 155, 65, 10, 152, 74, 17, 93, 26, 11, 81, 26, 10]


def test_grants(gavleborg, capsys):
    granted, used = rows(capsys, "grants.granted"), rows(capsys, "grants.used")

    assert [row[1:] for row in granted if not row[0]] == [
        ("2016", "4", "", ""),
        ("2017", "4", "", ""),
        ("2018", "15", "", ""),
        ("2016-2020", "23", "23", "0"),
    ]
    assert [row[1:] for row in used if not row[0]] == [
        ("2016", "0", "", ""),
        ("2017", "1", "", ""),
        ("2018", "10", "", ""),
        ("2016-2020", "11", "11", "0"),
    ]
    share = rows(capsys, "grants.utilisation")
    assert [row[2] for row in share if row[:2] == ("", "2016-2020")] == ["0.478261"]


def test_grants_by_municipality_agree_with_what_is_printed(gavleborg, capsys):
    def printed(code):
        return [row for row in rows(capsys, code) if row[0] and row[3]]

    assert printed("grants.granted") == [
        ("municipality=2104", "2016", "4", "4", "0"),
        ("municipality=2184", "2017", "4", "4", "0"),
        ("municipality=2104", "2018", "4", "4", "0"),
        ("municipality=2132", "2018", "7", "7", "0"),
        ("municipality=2184", "2018", "4", "4", "0"),
    ]
    assert printed("grants.used") == [
        ("municipality=2104", "2016", "0", "0", "0"),
        ("municipality=2184", "2017", "1", "1", "0"),
        ("municipality=2104", "2018", "1", "1", "0"),
        ("municipality=2132", "2018", "7", "7", "0"),
        ("municipality=2184", "2018", "2", "2", "0"),
    ]


def test_persons(full):
    assert values(full.series("placements.persons")) == [0, 1, 10, None, None]
    period = full.get("placements.persons")
    assert (period.value, period.published, period.difference) == (10, 10, 0)
    assert full.get("placements.persons", sex="women").value == 8
    assert full.get("placements.persons", sex="men").value == 2
    assert full.get("placements.started").value == 11


def test_outcomes(gavleborg, capsys):
    result = [row for row in rows(capsys, "outcomes") if row[2] != "0" or row[3]]

    pairs = [row for row in result if row[1] == "2016-2020" and "municipality" not in row[0]]
    assert pairs == [
        ("", "2016-2020", "10", "", ""),
        ("result=work", "2016-2020", "1", "1", "0"),
        ("result=jobseeker", "2016-2020", "1", "1", "0"),
        ("result=back_on_public_support", "2016-2020", "7", "8", "-1"),
        ("result=unknown", "2016-2020", "1", "", ""),
        ("sex=women", "2016-2020", "8", "", ""),
        ("sex=men", "2016-2020", "2", "", ""),
        ("result=work;sex=men", "2016-2020", "1", "1", "0"),
        ("result=jobseeker;sex=women", "2016-2020", "1", "1", "0"),
        ("result=back_on_public_support;sex=women", "2016-2020", "6", "8", "-2"),
        ("result=back_on_public_support;sex=men", "2016-2020", "1", "", ""),
        ("result=unknown;sex=women", "2016-2020", "1", "", ""),
    ]
    assert [row[0] for row in result if row[1] == "2017" and row[0].startswith("result")] == [
        "result=extension",
        "result=extension;sex=women",
    ]


def test_staffing_is_not_known_any_year(full):
    assert values(full.series("staffing.percent")) == [None] * 5
    assert full.programme.staffing.count() == 0


def test_of_the_period_reach_knows_all_years_and_grants_those_they_apply_to(full):
    assert [(f.known, f.years) for f in map(full.get, ("reach.attendances", "grants.used"))] == [
        (5, 5),
        (3, 3),
    ]


def test_completeness(gavleborg):
    levels = {}
    for row in gavleborg.completeness.all():
        levels.setdefault(row.area, []).append(row.level)

    assert levels == {
        "events": ["partial"] * 5,
        "attendance": ["none", "none", "partial", "none", "none"],
        "publications": ["partial"] * 5,
        "milestones": ["partial"] * 5,
        "groups": ["partial"] * 5,
        "census": ["none"] * 5,
        "placements": ["complete"] * 3 + ["not_applicable"] * 2,
    }


# What the report prints


def test_the_findings_are_the_known_ones(gavleborg, full):
    found = [
        (finding.kind, *finding.figure, str(finding.period))
        for finding in quality.findings(gavleborg, full, today=date(2021, 3, 1))
        if finding.kind in (quality.PRINTED, quality.PARTS, quality.UNITS)
    ]

    woman, back = "municipality=2132;result=jobseeker;sex=men", "result=back_on_public_support"
    assert sorted(found) == [
        ("parts", "placed", "", 123, 117, "2020"),  # A3
        ("parts", "placed", "", 244, 243, "2018"),  # A2
        ("printed", "employees", "", 200, 179, "2016"),  # A9
        ("printed", "engaged", "", 350, 335, "2016"),  # A9
        ("printed", "outcomes", woman, 1, 0, "2018"),  # A4
        ("printed", "outcomes", back, 8, 7, "2016–2020"),  # A6
        ("printed", "outcomes", f"{back};sex=women", 8, 6, "2016–2020"),  # A5
        ("printed", "reach.attendances", "", 1257, 1275, "2016–2020"),  # A1
        ("units", "outcomes", "", 11, 10, "2016–2020"),  # A7
    ]


def test_other_checks_rest_where_records_are_known_to_be_missing(gavleborg, full):
    found = quality.findings(gavleborg, full, today=date(2021, 3, 1))

    kinds = {finding.kind for finding in found} - {quality.PRINTED, quality.PARTS, quality.UNITS}
    assert kinds == {quality.OUTCOMES}


def test_each_printed_number_is_compared(gavleborg, full):
    compared = [
        quality.Ours(full, today=date(2021, 3, 1)).beside(row)[0]
        for row in gavleborg.published_figures.exclude(breakdown="kind=training")
    ]

    assert None not in compared


def test_every_printed_number_has_its_place_in_the_report(gavleborg):
    assert not gavleborg.published_figures.filter(models.Q(place="") | models.Q(source="")).exists()
    assert gavleborg.published_figures.count() > 90


def test_the_forty_five_are_one_training_counted_in_total_only(gavleborg):
    event = gavleborg.events.get(kind="training")
    cell = Attendance.objects.get(event__programme=gavleborg)

    assert (event.precision, event.year) == ("year", 2018)
    assert (cell.event, cell.audience, cell.total) == (event, "", 45)


def test_no_target_group_points_at_a_person(gavleborg):
    assert {grant.target_group for grant in gavleborg.grants.all()} == {""}


def test_groups_are_six_and_then_four(full):
    assert values(full.series("groups.active")) == [None, 6, 6, 4, 4]


# The protected view


def test_the_protected_view_shows_ten_persons_and_nothing_to_take_them_apart_with(gavleborg):
    result = figures(gavleborg, PERIOD, View.PROTECTED, today=date(2021, 3, 1))

    shown = {
        (f.indicator.code, f.period.code): f.value
        for f in result
        if f.indicator.protected and f.value and not f.key
    }
    assert shown == {
        ("grants.used", "2018"): 10,
        ("grants.utilisation", "2018"): 10 / 15,
        ("placements.started", "2018"): 10,
        ("placements.persons", "2018"): 10,
        ("placements.persons", "2016-2020"): 10,
        # That of 2018 is hidden: nine of ten would tell that one was without an outcome.
        ("outcomes", "2016-2020"): 10,
    }
    assert {f.value for f in result if f.indicator.protected and f.key} == {None, 0}


def test_no_printed_value_says_what_is_hidden(gavleborg):
    """Eleven places used are hidden: they would tell of the one of 2017."""
    result = figures(gavleborg, PERIOD, View.PROTECTED, today=date(2021, 3, 1))

    printed = [p for f in result if f.indicator.protected for p in f.printed]
    assert {(p.value, p.unit, p.explanation) for p in printed} <= {(10, "", ""), (0, "", "")}


@pytest.mark.parametrize("today", [date(2020, 12, 31), date(2021, 3, 1), TODAY])
def test_the_protected_view_hides_every_small_number_of_persons(gavleborg, today):
    result = figures(gavleborg, PERIOD, View.PROTECTED, today=today)

    shown = {f.value for f in result if f.indicator.protected and f.unit != "share"} - {None, 0}
    assert {number for number in shown if number < 5} == set()


def test_the_protected_view_is_open_about_the_rest(gavleborg, capsys):
    for code in ("reach.attendances", "employees", "placed", "grants.granted"):
        assert rows(capsys, code, "protected") == rows(capsys, code, "full")


# The exercise programme


def picture(programme):
    """Every figure and every code: what must be the same each time."""
    found = figures(programme, THREE_YEARS, View.FULL, today=TODAY)
    codes = sorted(programme.participants.values_list("code", "sex"))
    return [(f.indicator.code, f.breakdown, f.period, f.value) for f in found], codes


def test_the_exercise_is_the_same_for_the_same_day(ovning):
    first = picture(ovning)
    Programme.objects.filter(pk=ovning.pk).update(slug="annan")

    assert picture(practice.load(TODAY)) == first


ANY_DAY = [date(2027, 1, 1), date(2028, 2, 29), date(2026, 12, 31)]


@pytest.fixture(params=ANY_DAY, ids=str)
def any_day(ovning, request):
    """The exercise made on another day, beside the one of this file."""
    Programme.objects.filter(pk=ovning.pk).update(slug="annan")
    return request.param, copy_of(str(request.param), lambda: practice.load(request.param))


def test_the_exercise_can_be_made_any_day(any_day):
    today, programme = any_day

    assert not programme.events.held().filter(ends_on__gte=today).exists()
    assert programme.events.filter(status="planned", starts_on__gt=today).count() >= 3
    assert not programme.milestones.filter(starts_on__gt=today).exists()
    assert not Outcome.objects.of([programme.pk]).filter(known_on__gt=today).exists()
    assert not Placement.objects.of([programme.pk]).filter(starts_on__gt=today).exists()
    assert not EnterpriseStatus.objects.of([programme.pk]).filter(starts_on__gt=today).exists()


def test_any_day_each_of_three_years_has_forty_events_of_every_kind(any_day):
    today, programme = any_day

    for year in range(today.year - 2, today.year + 1):
        kinds = list(programme.events.filter(year=year).values_list("kind", flat=True))
        assert (len(kinds) >= 40, set(kinds)) == (True, set(EventKind.values))


def test_any_day_nobody_is_called_to_a_meeting_on_a_day_off(any_day):
    _today, programme = any_day
    days = programme.events.filter(precision="day").values_list("starts_on", flat=True)

    assert [day for day in days if working_day(day) != day] == []


def test_any_day_a_series_has_some_behind_some_ahead_and_one_cancelled(any_day):
    _today, programme = any_day
    series = programme.event_series.get(title="Nätverksfika varannan tisdag")

    statuses = list(series.events.values_list("status", flat=True))
    assert (statuses.count("held") >= 3, statuses.count("planned") >= 3) == (True, True)
    assert statuses.count("cancelled") == 1


def test_in_the_last_quarter_the_next_plan_is_a_draft(any_day):
    today, programme = any_day

    drafts = programme.action_plans.filter(adopted_on=None).values_list("year", flat=True)
    assert list(drafts) == ([today.year + 1] if today.month >= 10 else [])


def test_events_of_the_exercise_are_of_every_sort(ovning):
    events = ovning.events.all()

    assert {event.format for event in events} == set(Event.Format.values)
    assert {event.place for event in events} == set(Place.values)
    assert {event.status for event in events} == set(Event.Status.values)
    assert {event.precision for event in events} == {"day", "month"}
    assert events.filter(status="cancelled").exclude(cancelled_reason="").count() == 3
    assert events.filter(ends_on__gt=models.F("starts_on"), precision="day").count() >= 6
    assert events.annotate(n=models.Count("objectives")).filter(n=2).exists()


def test_events_of_the_exercise_are_counted_in_every_way(ovning):
    held = ovning.events.held()

    assert held.without_attendance().count() == 3
    assert held.filter(attendance__audience="").exists()
    assert held.filter(attendance__organisation__isnull=False).exists()
    assert held.with_audience("politician").exists()
    assert TrainingStep.objects.filter(event__programme=ovning).count() == 12


def test_the_exercise_holds_something_of_everything(ovning):
    statuses = GroupStatus.objects.of([ovning.pk]).values_list("status", flat=True)

    assert ovning.is_practice
    assert ovning.drafts.count() == 2
    assert [closed.year for closed in ovning.closed_years.all()] == [2024]
    assert ovning.milestones.filter(kind="external_change").count() == 1
    assert set(statuses) == set(GroupStatus.Status.values)


def test_files_of_the_exercise_can_be_read_and_loading_again_adds_no_bytes(loaded, ovning):
    with override_settings(MEDIA_ROOT=loaded / "files"):
        contents = [len(row.file.read()) for row in ovning.attachments.all()]
        stored = sorted((loaded / "files" / "attachments").iterdir())
        Programme.objects.filter(pk=ovning.pk).update(slug="annan")
        practice.load(TODAY)

    assert contents == [row.size for row in ovning.attachments.all()]
    assert sorted((loaded / "files" / "attachments").iterdir()) == stored
    assert len(stored) == 5


def test_plans_of_the_exercise_hold_each_state_and_miss_and_pass_their_targets(ovning):
    activities = PlannedActivity.objects.of([ovning.pk]).with_held_events()
    came = {
        row.pk: row.came
        for row in activities.annotate(
            came=models.Sum(
                models.F("events__attendance__women")
                + models.F("events__attendance__men")
                + models.F("events__attendance__unspecified")
            )
        )
    }
    beside = {
        came[row.pk] >= row.target_attendances
        for row in activities.filter(plan__year=2025)
        if came[row.pk] and row.target_attendances
    }

    assert {row.state(TODAY) for row in activities} == set(PlannedActivity.State)
    assert beside == {True, False}


def test_the_register_of_the_exercise_has_openings_closures_and_a_merger(ovning):
    ends = EnterpriseStatus.objects.of([ovning.pk])

    assert ovning.enterprises.count() == 30
    assert ovning.censuses.count() == 3
    assert {row.status for row in ends} == set(EnterpriseStatus.Status.values)
    assert ends.get(status="merged").merged_into.name == "Tallkottens återbruk"


def test_sixty_placements_of_the_exercise_are_followed_up(ovning):
    placements = Placement.objects.of([ovning.pk])
    outcomes = Outcome.objects.of([ovning.pk])

    assert placements.count() == 60
    assert placements.values("grant__municipality").distinct().count() == 6
    assert {row.follow_up for row in outcomes} == {0, 3, 6, 12}
    assert {row.result for row in outcomes} == set(Outcome.Result.values)
    assert placements.exclude(extension_of=None).count() == 3


def test_each_municipality_of_the_exercise_has_an_enterprise(ovning):
    assert {m.code for m in ovning.municipalities.filter(enterprises=None)} == set()


def test_this_years_census_of_the_exercise_is_partly_answered(practised):
    asked, answered = map(practised.series, ("census.expected", "census.returns"))

    assert values(asked) == [28, 27, 26]
    assert values(answered) == [26, 24, 13]


def test_this_years_census_of_the_exercise_is_on_every_step_of_its_way(ovning):
    census = ovning.censuses.get(year=TODAY.year)
    come = [row.standing for row in follow(census)]

    assert census.answer_by > TODAY
    assert {standing.value: come.count(standing) for standing in set(come)} == {
        "accepted": 10,
        "answered": 3,
        "sent_in": 4,
        "sent_back": 1,
        "opened": 4,
        "unopened": 2,
        "refused": 1,
        "no_address": 1,
    }


def test_of_the_answers_of_the_exercise_that_wait_one_differs_much(ovning):
    census = ovning.censuses.get(year=TODAY.year)
    before = census.programme.censuses.get(year=TODAY.year - 1).returns
    waiting = SentAnswer.objects.waiting().filter(answer__census=census)
    rows = [Compared(one, before.get(enterprise=one.answer.enterprise)) for one in waiting]

    assert sorted(row.is_same_as_last_year for row in rows) == [False, False, True, True]
    assert [bool(row.changes) for row in rows].count(True) == 1
    assert [row.is_plain for row in rows].count(True) == 2


def test_loading_the_demo_sends_no_mail(ovning):
    assert mail.outbox == []
    assert Letter.objects.of([ovning.pk]).count() > 25


def test_any_day_the_census_of_the_year_can_still_be_answered(any_day):
    today, programme = any_day
    census = programme.censuses.get(year=today.year)
    letters = Letter.objects.of([programme.pk])
    sent = SentAnswer.objects.of([programme.pk])

    assert (census.answer_by > today, census.closed_on) == (True, None)
    assert not letters.filter(sent_at__date__gt=today).exists()
    assert not sent.filter(accepted_at__date__gt=today).exists()
    assert {row.standing for row in follow(census)} >= {*Standing} - {
        Standing.UNSENT,
        Standing.REVOKED,
    }


@pytest.mark.parametrize("year", THREE_YEARS.years)
def test_parts_of_the_exercise_sum_to_their_totals(practised, year):
    for indicator in {figure.indicator.code: figure.indicator for figure in practised}.values():
        for dimension in indicator.dimensions if indicator.unit != "share" else ():
            parts = practised.parts(indicator.code, dimension.name, year)
            known = [figure.value for _value, figure in parts if figure.value is not None]
            total = practised.get(indicator.code, year).value
            assert (dimension.name, sum(known)) == (dimension.name, total)


def test_the_exercise_names_no_person_and_no_number(ovning):
    assert {row.organisation_number for row in Enterprise.objects.all()} == {""}
    assert {row.name for row in Contact.objects.all()} == {"Verksamhetsansvarig"}
    assert {row.email.split("@")[1] for row in Contact.objects.all()} == {"example.se"}


@pytest.mark.parametrize("slug", ["gavleborg", "ovning"])
def test_no_text_holds_an_identity_number(slug, request):
    request.getfixturevalue(slug)

    for model in (Event, Grant, Completeness, PublishedFigure, CensusReturn, Programme):
        names = [f.name for f in model._meta.fields if f.get_internal_type() in TEXTS]
        for row in model.objects.values_list(*names):
            assert not any(holds_identity_number(text) for text in row)


def test_the_exercise_has_one_unexplained_difference(ovning, practised):
    found = quality.findings(ovning, practised, today=TODAY)

    printed = [(str(f.period), f.is_settled) for f in found if f.kind == quality.PRINTED]
    assert printed == [("2024", True), ("2025", False)]


# The command


def test_both_programmes_have_the_five_members(gavleborg, ovning):
    for programme in (gavleborg, ovning):
        roles = programme.memberships.values_list("role", flat=True)
        assert sorted(roles) == sorted(Membership.Role.values)
    assert User.objects.filter(is_demo=True).count() == 5


def test_the_partner_comes_from_a_municipality(gavleborg):
    partners = Membership.objects.filter(role="partner")

    assert [row.organisation.municipality.name for row in partners] == ["Söderhamn"] * 2


def test_loading_once_more_does_nothing(gavleborg, django_assert_num_queries):
    with django_assert_num_queries(1):
        call_command("load_demo", "--once")


def test_loading_it_again_is_refused(gavleborg):
    with pytest.raises(CommandError, match="already"):
        call_command("load_demo")


def test_the_password_is_told_and_works(gavleborg):
    out = StringIO()

    call_command("load_demo", "--sign-ins", stdout=out)

    _head, *addresses, last = out.getvalue().splitlines()
    assert all(user.check_password(last.split()[-1]) for user in User.objects.all())
    assert [line.split()[0] for line in addresses] == [
        "administrator@example.se",
        "processledare@example.se",
        "part@example.se",
        "styrelse@example.se",
        "revisor@example.se",
    ]


def test_the_password_is_for_its_owner_alone(loaded, gavleborg):
    mode = stat.S_IMODE((loaded / "demo-password").stat().st_mode)

    assert mode == 0o600


def test_a_lost_password_is_made_anew(loaded, gavleborg):
    file = loaded / "demo-password"
    before = file.rename(loaded / "kept")

    call_command("load_demo", "--once")

    password = file.read_text().strip()
    before.rename(file)
    assert all(user.check_password(password) for user in User.objects.all())


def test_changes_of_the_demo_are_the_process_leaders(gavleborg):
    by = set(Event.history.values_list("history_user__email", flat=True))

    assert by == {"processledare@example.se"}


def test_placements_of_the_exercise_wait_for_their_follow_ups(ovning):
    placements = Placement.objects.of([ovning.pk]).select_related("grant")
    found = agenda(asked_about(ovning, placements), TODAY)

    assert all((found.overdue, found.now, found.soon))
    assert {row.state(TODAY) for row in followed(placements)} == {"ended", "ongoing"}
