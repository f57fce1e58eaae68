"""When it is asked what came of a placement, and what is noted then."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from placements.follow_ups import agenda, asked_about, followed, known
from placements.models import Outcome, Placement
from programmes.models import ClosedYear

from .factories import (
    CompletenessFactory,
    GrantFactory,
    OutcomeFactory,
    PlacementFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2018, 6, 15)


@pytest.fixture
def grant(programme):
    return GrantFactory(programme=programme, months=6)


def placed(grant, began, **more):
    return PlacementFactory(grant=grant, starts_on=began, precision="day", **more)


def told(programme, today=TODAY):
    """(overdue, now, soon) as (follow-up, day)."""
    found = agenda(asked_about(programme, Placement.objects.of([programme.pk])), today)
    return tuple(
        [(due.follow_up.value, due.day) for due in part]
        for part in (found.overdue, found.now, found.soon)
    )


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        (date(2018, 6, 15), [(0, date(2018, 6, 15))]),
        (date(2018, 6, 16), []),
        (date(2018, 3, 15), [(3, date(2018, 6, 15))]),
        (date(2018, 3, 16), [(0, date(2018, 3, 16))]),
        (date(2017, 12, 15), [(6, date(2018, 6, 15))]),
        (date(2017, 6, 15), [(12, date(2018, 6, 15))]),
    ],
)
def test_the_latest_follow_up_whose_day_has_come_is_due(programme, grant, ended, due):
    placed(grant, date(2017, 2, 1), ends_on=ended)

    overdue, now, _soon = told(programme)

    assert overdue + now == due


def test_without_an_end_the_days_are_reckoned_from_the_planned_one(programme, grant):
    placed(grant, date(2017, 12, 15))
    placed(grant, date(2018, 1, 1), planned_ends_on=date(2018, 5, 1))

    assert told(programme) == ([(0, date(2018, 5, 1))], [(0, date(2018, 6, 15))], [])


def test_an_outcome_tells_that_it_had_ended(programme, grant):
    early = placed(grant, date(2018, 1, 1))
    OutcomeFactory(placement=early, known_on=date(2018, 3, 10))

    assert told(programme) == ([], [(3, date(2018, 6, 10))], [])


@pytest.mark.parametrize("answered", [3, 6])
def test_what_is_known_then_or_later_is_not_asked_for(programme, grant, answered):
    known_already = placed(grant, date(2017, 9, 1), ends_on=date(2018, 3, 1))
    OutcomeFactory(placement=known_already, follow_up=answered, known_on=date(2018, 6, 2))

    assert told(programme)[:2] == ([], [])


def test_a_corrected_outcome_is_known_too(programme, grant):
    row = placed(grant, date(2017, 9, 1), ends_on=date(2018, 6, 1))
    wrong = OutcomeFactory(placement=row, known_on=date(2018, 6, 1))
    OutcomeFactory(placement=row, known_on=date(2018, 6, 1), corrects=wrong, reason="Fel rad")

    assert told(programme)[:2] == ([], [])


def test_a_year_after_the_last_follow_up_nothing_more_is_asked_unless_nothing_is_known(
    programme, grant
):
    OutcomeFactory(placement=placed(grant, date(2015, 1, 1), ends_on=date(2016, 6, 14)))
    placed(grant, date(2015, 1, 1), ends_on=date(2016, 6, 14))

    assert told(programme) == ([(12, date(2017, 6, 14))], [], [])


def test_after_an_extension_the_last_of_the_chain_is_followed_up(programme, grant):
    first = placed(grant, date(2017, 3, 1), ends_on=date(2017, 9, 1))
    placed(
        grant,
        date(2017, 9, 2),
        ends_on=date(2018, 3, 2),
        participant=first.participant,
        extension_of=first,
    )

    overdue, now, _soon = told(programme)
    OutcomeFactory(placement=first, result="extension", known_on=date(2017, 9, 1))

    assert overdue + now == [(0, date(2017, 9, 1)), (3, date(2018, 6, 2))]
    assert told(programme)[:2] == ([], [(3, date(2018, 6, 2))])


def test_a_year_known_to_have_gaps_is_not_asked_about(programme, grant):
    placed(grant, date(2017, 2, 1), ends_on=date(2018, 6, 1))
    CompletenessFactory(programme=programme, year=2017, area="placements", level="partial")

    assert told(programme) == ([], [], [])


def test_what_comes_within_two_months_is_told(programme, grant):
    placed(grant, date(2018, 2, 14))
    placed(grant, date(2018, 2, 15))

    assert told(programme) == ([], [], [(0, date(2018, 8, 14))])


def test_a_rate_is_of_those_known_and_the_others_are_counted(programme, grant):
    results = ["work", "studies", "jobseeker", "unknown", None]
    for result in results:
        row = placed(grant, date(2017, 6, 1), ends_on=date(2017, 12, 1))
        if result:
            OutcomeFactory(placement=row, result=result, known_on=date(2017, 12, 1))

    at_end, *_later = known(Placement.objects.of([programme.pk]), TODAY)

    assert (at_end.due, at_end.known, at_end.at_work, at_end.unknown, at_end.missing) == (
        5,
        3,
        2,
        1,
        1,
    )
    assert round(at_end.share, 3) == 0.667


def test_without_anything_known_there_is_no_rate(programme):
    assert [row.share for row in known(Placement.objects.of([programme.pk]), TODAY)] == [None] * 4


# The page


@pytest.fixture
def leader(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return client


def address(name, programme, *args):
    return reverse(f"placements:{name}", args=[programme.slug, *args])


def due_today(grant):
    return placed(grant, timezone.localdate() - timedelta(100), ends_on=timezone.localdate())


def test_one_tap_says_that_nobody_was_reached(leader, programme, grant):
    row = due_today(grant)

    for _tap in range(2):
        answer = leader.post(address("not_reached", programme, row.pk), {"follow_up": "0"})

    assert answer.url == address("due", programme)
    stored = Outcome.objects.values_list("placement", "result", "known_on", "follow_up")
    assert list(stored) == [(row.pk, "unknown", timezone.localdate(), 0)]


def test_a_result_from_the_list_leads_back_to_it(leader, programme, grant):
    row = due_today(grant)
    due = address("due", programme)

    before = leader.get(due).context["agenda"].number
    answer = leader.post(
        address("outcome_add", programme, row.pk) + "?then=due",
        {"result": "work", "when": "idag", "follow_up": "0"},
    )

    assert (before, answer.url, leader.get(due).context["agenda"].number) == (1, due, 0)


def test_the_auditor_sees_what_is_due_and_has_nothing_to_press(client, programme, grant):
    due_today(grant)
    client.force_login(member_of(programme, Role.AUDITOR))

    page = client.get(address("due", programme))

    assert page.context["agenda"].number == 1
    assert "inte-nadd" not in page.content.decode()


def test_a_later_follow_up_belongs_to_the_extension(leader, programme, grant):
    first = placed(grant, date(2017, 3, 1), ends_on=date(2017, 9, 1))
    placed(grant, date(2017, 9, 2), participant=first.participant, extension_of=first)
    typed = {"result": "work", "when": "2018-01-01"}

    refused = leader.post(
        address("outcome_add", programme, first.pk), typed | {"follow_up": "3"}
    ).context["form"]
    leader.post(address("outcome_add", programme, first.pk), typed | {"follow_up": "0"})

    assert list(refused.errors) == ["follow_up"]
    assert [row.follow_up for row in Outcome.objects.all()] == [0]


def test_an_outcome_of_a_closed_year_asks_for_a_reason(leader, programme, grant):
    row = placed(grant, date(2017, 3, 1), ends_on=date(2017, 9, 1))
    ClosedYear.objects.create(programme=programme, year=2018)
    add = address("outcome_add", programme, row.pk)
    typed = {"result": "work", "when": "2018-01-01", "follow_up": "3"}

    refused = leader.post(add, typed).context["form"]
    leader.post(add, typed | {"change_reason": "Kommunen ringde"})

    assert list(refused.errors) == ["change_reason"]
    assert Outcome.objects.get().history.get().history_change_reason == "Kommunen ringde"


def test_the_page_asks_as_often_for_many(leader, programme, grant):
    counts = []
    for number in (1, 2, 7):
        for _row in range(number):
            due_today(grant)
            OutcomeFactory(placement=placed(grant, date(2017, 1, 1), ends_on=date(2017, 5, 1)))
        leader.get(address("due", programme))
        with CaptureQueriesContext(connection) as asked:
            leader.get(address("due", programme))
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2]


# One outcome stands


def test_the_database_lets_one_outcome_stand_at_a_follow_up(grant):
    row = placed(grant, date(2017, 1, 1))
    first = OutcomeFactory(placement=row)

    with pytest.raises(IntegrityError), transaction.atomic():
        OutcomeFactory(placement=row)
    second = OutcomeFactory(placement=row, corrects=first, reason="Fel rad")
    OutcomeFactory(placement=row, follow_up=3)

    assert [r.pk for r in Outcome.objects.standing().filter(follow_up=0)] == [second.pk]
    first.refresh_from_db()
    assert (first.stands, first.history.first().history_type, first.result) == (
        False,
        "~",
        second.result,
    )


def test_standing_is_what_no_later_row_corrects(grant):
    row = placed(grant, date(2017, 1, 1))
    for _time in range(3):
        last = Outcome.objects.standing().last()
        OutcomeFactory(placement=row, corrects=last, reason="Fel rad" if last else "")

    standing = set(Outcome.objects.standing())
    assert standing == set(Outcome.objects.filter(correction=None))
    assert len(standing) == 1


def test_followed_placements_hold_what_the_reckoning_needs(grant, django_assert_num_queries):
    placed(grant, date(2017, 1, 1))
    with django_assert_num_queries(2):
        (row,) = followed(Placement.objects.select_related("grant"))
        assert (row.standing_outcomes, row.is_extended, row.state(TODAY)) == ([], False, "ended")
