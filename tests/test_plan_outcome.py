"""Plan against outcome: what came of each activity, of each objective and of the whole plan."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.figures import PlanOutcome, events_of, plan_outcome
from activities.models import PlannedActivity
from programmes.models import ClosedYear

from .factories import (
    ActionPlanFactory,
    AttendanceFactory,
    EventFactory,
    InitiativeFactory,
    ObjectiveFactory,
    PlannedActivityFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2018, 1, 15)


@pytest.fixture
def world(programme, client):
    InitiativeFactory(programme=programme, slug="struktur")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


@pytest.fixture
def plan(world):
    return ActionPlanFactory(programme=world, initiative=world.initiatives.get(), year=2017)


def activity(plan, *counts, status="held", **fields):
    """A planned activity with an event for each of `counts`; None was not counted."""
    row = PlannedActivityFactory(plan=plan, **fields)
    for count in counts:
        event = EventFactory(programme=plan.programme, planned_activity=row, status=status)
        if count is not None:
            AttendanceFactory(event=event, women=count, men=0)
    return row


def outcome(*activities):
    rows = PlannedActivity.objects.filter(pk__in=[row.pk for row in activities])
    rows = list(rows.with_held_events().select_related("plan"))
    return plan_outcome(rows, events_of(rows), TODAY)


def page(client, programme, **query):
    where = reverse("activities:plan_outcome", args=[programme.slug])
    return client.get(where, {"year": "2017", **query})


def words(response):
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def test_attendances_are_added_up_against_the_target(plan):
    found = outcome(activity(plan, 34, 7, target_attendances=60))

    assert found == PlanOutcome(
        planned=1, done=1, events=2, held=2, target=60, reached=41, reached_uncounted=0
    )
    assert round(found.reached_share, 4) == 0.6833


@pytest.mark.parametrize(
    ("counts", "reached", "uncounted"),
    [((), None, 0), ((None,), None, 1), ((34, None), 34, 1), ((0,), 0, 0)],
)
def test_what_is_not_counted_is_unknown_and_never_zero(plan, counts, reached, uncounted):
    found = outcome(activity(plan, *counts, target_attendances=60))

    assert (found.reached, found.reached_uncounted) == (reached, uncounted)


def test_only_held_events_bring_attendances(plan):
    row = activity(plan, None, status="planned", target_attendances=60)
    EventFactory(
        programme=plan.programme, planned_activity=row, status="cancelled", cancelled_reason="Snö"
    )

    found = outcome(row)

    assert (found.events, found.held, found.events_cancelled, found.reached) == (1, 0, 1, None)


def test_what_has_no_target_stands_beside_it(plan):
    found = outcome(
        activity(plan, 10, target_attendances=20),
        activity(plan, 5, None),
        activity(plan, 3, target_attendances=40, cancelled_reason="Ingen lokal"),
    )

    assert (found.target, found.reached, found.beside, found.beside_uncounted) == (20, 10, 8, 1)
    assert (found.planned, found.done, found.cancelled, found.attendances) == (2, 2, 1, 18)


def test_nothing_planned_is_nothing_known():
    found = plan_outcome([], {}, TODAY)

    assert found == PlanOutcome()
    assert (found.done_share, found.reached_share, found.attendances) == (None, None, None)


def test_an_event_with_several_cells_counts_each_once(plan):
    row = activity(plan, 4, target_attendances=10)
    AttendanceFactory(event=row.events.get(), audience="politician", women=1, men=2)

    assert outcome(row).reached == 7


def test_an_activity_under_two_objectives_counts_once_in_the_plan(client, world, plan):
    first, second = ObjectiveFactory(programme=world), ObjectiveFactory(programme=world)
    both = activity(plan, 41, target_attendances=60)
    both.objectives.set([first, second])
    activity(plan, 5)

    context = page(client, world).context

    by_objective = [(group, found.reached) for group, found in context["objectives"]]
    assert by_objective == [(first, 41), (second, 41), (None, None)]
    assert (context["whole"].reached, context["whole"].planned) == (41, 2)


@pytest.mark.parametrize(
    ("counts", "target", "said"),
    [
        ((41,), 60, "41 av 60 (68,3 %)"),
        ((72,), 60, "72 av 60 (120,0 %)"),
        ((34, None), 60, "minst 34 av 60 (56,7 %)"),
        ((None,), 60, "saknas, måltal 60"),
        ((), 60, "ingen hållen, måltal 60"),
        ((12,), None, "12 utan måltal"),
        ((12, None), None, "minst 12 utan måltal"),
        ((None,), None, "<p>saknas</p>"),
    ],
)
def test_the_page_says_what_came_of_an_activity(client, world, plan, counts, target, said):
    activity(plan, *counts, target_attendances=target)

    text = words(page(client, world))

    assert said in text
    assert ("1 händelse saknar antal" in text) is (None in counts)


def test_a_remark_is_written_and_read(client, world, plan):
    row = activity(plan)
    where = reverse("activities:activity_remark", args=[world.slug, row.pk])

    answer = client.post(where, {"remark": "Halt väglag", "version": row.version})
    client.force_login(member_of(world, Role.BOARD))

    assert answer.url == row.outcome_url()
    text = words(page(client, world))
    assert "Halt väglag" in text
    assert where not in text


def test_a_remark_in_a_closed_year_asks_for_a_reason(client, world, plan):
    row = activity(plan)
    ClosedYear.objects.create(programme=world, year=2017)
    where = reverse("activities:activity_remark", args=[world.slug, row.pk])
    data = {"remark": "Halt väglag", "version": row.version}

    refused = client.post(where, data)
    client.post(where, data | {"change_reason": "Glömdes"})

    row.refresh_from_db()
    assert (list(refused.context["form"].errors), row.remark) == (["change_reason"], "Halt väglag")


def test_a_remark_refuses_a_personal_number(client, world, plan):
    row = activity(plan)
    where = reverse("activities:activity_remark", args=[world.slug, row.pk])

    refused = client.post(where, {"remark": "Ring 811228-9874", "version": row.version})

    assert list(refused.context["form"].errors) == ["remark"]


def test_without_initiative_plan_or_activities_the_page_says_what_to_do(client, world):
    empty = words(page(client, world))
    plan = ActionPlanFactory(programme=world, initiative=world.initiatives.get(), year=2017)
    without = words(page(client, world))
    plan.delete()
    world.initiatives.all().delete()

    assert "Ingen plan för 2017 än" in empty
    assert "Planen har inga aktiviteter än" in without
    assert "Det finns ingen insats att planera för" in words(page(client, world))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_questions(
    client, world, plan, rows, django_assert_num_queries
):
    objective = ObjectiveFactory(programme=world)
    for _row in range(rows):
        activity(plan, *[4] * rows).objectives.add(objective)
    page(client, world)

    with django_assert_num_queries(12):
        page(client, world)


def test_the_file_holds_what_the_page_shows(client, world, plan):
    activity(plan, 34, None, title="=Frukost", target_attendances=60, remark="Halt")
    where = reverse("activities:plan_outcome_file", args=[world.slug, "csv"])

    answer = client.get(where, {"year": "2017"})

    head, row = b"".join(answer).decode("utf-8-sig").splitlines()
    cells = dict(zip(head.split(";"), row.split(";"), strict=True))
    assert cells["Utfall (deltagartillfällen)"] == "34"
    assert cells["Händelser utan antal"] == "1"
    assert cells["Andel av måltalet (procent)"] == "56,7"
    assert "plan-och-utfall-2017" in answer["Content-Disposition"]
