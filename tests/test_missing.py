"""What is missing: who is told, what is counted, what is known to be so and left out."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities.missing import Missing
from activities.models import Draft, Event
from programmes.models import ClosedYear, Completeness

from .factories import (
    ActionPlanFactory,
    AttendanceFactory,
    CompletenessFactory,
    EventFactory,
    PlannedActivityFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role, Status = Membership.Role, Event.Status
TODAY = date(2018, 6, 15)


def lacks(programme):
    return Missing(programme, TODAY).numbers


def nothing(**but):
    return {"unlogged": 0, "uncounted": 0, "overdue": 0, "drafts": 0} | but


def page(client, programme, role=Role.PROCESS_LEADER):
    client.force_login(member_of(programme, role))
    return client.get(reverse("activities:missing", args=[programme.slug]))


def test_nothing_recorded_lacks_nothing(programme):
    assert lacks(programme) == nothing()


@pytest.mark.parametrize(
    ("last_day", "number"), [(date(2018, 6, 14), 1), (date(2018, 6, 15), 0), (date(2019, 1, 1), 0)]
)
def test_a_planned_event_is_to_be_logged_when_its_day_has_passed(programme, last_day, number):
    EventFactory(
        programme=programme, status=Status.PLANNED, starts_on=date(2018, 6, 1), ends_on=last_day
    )

    assert lacks(programme) == nothing(unlogged=number)


def test_held_events_without_counts_are_missing(programme):
    EventFactory(programme=programme)
    AttendanceFactory(event__programme=programme)
    EventFactory()

    assert lacks(programme) == nothing(uncounted=1)


@pytest.mark.parametrize(
    ("year", "quarter", "number"),
    [(2018, 1, 1), (2018, 2, 0), (2018, None, 0), (2017, None, 1), (2019, 1, 0)],
)
def test_an_activity_is_missing_when_its_quarter_has_passed(programme, year, quarter, number):
    PlannedActivityFactory(plan__programme=programme, plan__year=year, quarter=quarter)

    assert lacks(programme) == nothing(overdue=number)


@pytest.mark.parametrize(
    ("status", "number"), [(Status.PLANNED, 0), (Status.HELD, 0), (Status.CANCELLED, 1)]
)
def test_an_activity_that_something_is_planned_for_is_not_missing(programme, status, number):
    activity = PlannedActivityFactory(plan__programme=programme)
    event = EventFactory(
        programme=programme,
        planned_activity=activity,
        status=status,
        starts_on=date(2019, 1, 1),
        cancelled_reason="Snö" if status == Status.CANCELLED else "",
    )
    AttendanceFactory(event=event)

    assert lacks(programme) == nothing(overdue=number)


def test_drafts_are_to_be_finished(programme):
    Draft.objects.create(programme=programme)

    assert lacks(programme) == nothing(drafts=1)


@pytest.mark.parametrize("level", ["partial", "none", "not_applicable"])
def test_what_is_known_not_to_be_complete_is_not_asked_for(programme, level):
    for area in (Completeness.Area.EVENTS, Completeness.Area.ATTENDANCE):
        CompletenessFactory(programme=programme, area=area, level=level)
    EventFactory(programme=programme)
    EventFactory(programme=programme, status=Status.PLANNED)
    PlannedActivityFactory(plan__programme=programme)

    assert lacks(programme) == nothing()


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.PROCESS_LEADER, 200),
        (Role.AUDITOR, 200),
        (Role.PARTNER, 404),
        (Role.BOARD, 404),
        (None, 404),
    ],
)
def test_those_who_see_everything_read_the_page(client, programme, role, answer):
    assert page(client, programme, role).status_code == answer


def test_an_empty_page_says_so(client, programme):
    assert "Allt är ifyllt" in page(client, programme).content.decode()


def some_of_each(programme, number):
    plan = ActionPlanFactory(programme=programme, year=2016)
    EventFactory.create_batch(number, programme=programme)
    EventFactory.create_batch(number, programme=programme, status=Status.PLANNED)
    PlannedActivityFactory.create_batch(number, plan=plan)
    for _n in range(number):
        Draft.objects.create(programme=programme, written_by=member_of(programme, Role.BOARD))
    return plan


def test_the_page_asks_as_often_for_many_rows(client, programme):
    plan = some_of_each(programme, 1)
    page(client, programme)
    where = reverse("activities:missing", args=[programme.slug])
    with CaptureQueriesContext(connection) as for_one:
        client.get(where)
    plan.delete()
    some_of_each(programme, 2)
    with CaptureQueriesContext(connection) as for_three:
        client.get(where)

    assert len(for_three) == len(for_one)


@pytest.mark.parametrize(("number", "told"), [(1, 0), (2, 2)])
def test_what_is_not_shown_is_told(client, programme, monkeypatch, number, told):
    monkeypatch.setattr("activities.views.missing.SHOWN", 1)
    some_of_each(programme, number)

    answer = page(client, programme)

    assert [len(answer.context[kind]) for kind in nothing()] == [1, 1, 1, 1]
    assert answer.content.decode().count("De första 1 visas.") == told


def test_each_is_mended_in_place_by_those_who_write(client, programme):
    some_of_each(programme, 1)
    event = Event.objects.get(status=Status.HELD)
    ways = [
        reverse("activities:count", args=[programme.slug, event.pk]),
        reverse("activities:cancel", args=[programme.slug, event.pk]),
        f"?draft={Draft.objects.get().pk}",
        "?activity=",
    ]

    leader, auditor = (
        page(client, programme, role).content.decode()
        for role in (Role.PROCESS_LEADER, Role.AUDITOR)
    )

    assert [way in leader for way in ways] == [True] * 4
    assert [way in auditor for way in ways] == [False] * 4


def test_a_closed_year_asks_for_the_reason_in_the_row(client, programme):
    EventFactory(programme=programme)
    ClosedYear.objects.create(programme=programme, year=2017)

    assert 'name="change_reason"' in page(client, programme).content.decode()


@pytest.mark.parametrize(("role", "told"), [(Role.PROCESS_LEADER, True), (Role.BOARD, False)])
def test_the_number_stands_on_the_first_screen(client, programme, role, told):
    EventFactory(programme=programme)
    EventFactory(
        programme=programme,
        status=Status.PLANNED,
        starts_on=timezone.localdate() - timedelta(3),
    )
    client.force_login(member_of(programme, role))

    overview = client.get(programme.get_absolute_url()).content.decode()

    assert ("2 poster att fylla i</b>" in overview) == told
    assert (reverse("activities:missing", args=[programme.slug]) in overview) == told
