"""The decision on a plan: made, changed, withdrawn, and what is done to the plan after it."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities.adoption import after_decision, vanished_objectives
from activities.models import ActionPlan, PlannedActivity

from .factories import (
    ActionPlanFactory,
    InitiativeFactory,
    ObjectiveFactory,
    PlannedActivityFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    InitiativeFactory(programme=programme, slug="struktur")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


@pytest.fixture
def plan(world):
    """Adopted on 12 December, typed in the same day."""
    plan = ActionPlanFactory(programme=world, initiative=world.initiatives.get(), year=2017)
    plan.adopted_on, plan.reference = datetime(2016, 12, 12).date(), "§ 45"
    plan.save()
    told_at(plan, datetime(2016, 12, 12, 9))
    return plan


def told_at(record, moment):
    """What the history knows of the record was written then."""
    record.history.update(history_date=timezone.make_aware(moment))


def activity(plan, moment=datetime(2016, 12, 1), **fields):
    row = PlannedActivityFactory(plan=plan, **fields)
    told_at(row, moment)
    return row


def address(name, plan):
    return reverse(f"activities:{name}", args=[plan.programme.slug, plan.pk])


def changes(plan):
    return [(row.what, row.title) for row in after_decision(plan).changes]


def test_a_draft_has_no_decision(world):
    assert after_decision(ActionPlanFactory(programme=world)) is None


def test_what_is_done_after_the_decision_is_told(plan):
    cancelled, gone, changed = (activity(plan, title=title) for title in "ABC")
    activity(plan, title="D")
    activity(plan, title="E", moment=datetime(2017, 2, 1))
    cancelled.cancelled_reason = "Ingen lokal"
    cancelled.save()
    changed.quarter = 3
    changed.save()
    gone.delete()

    assert sorted(changes(plan)) == [
        ("added", "E"),
        ("cancelled", "A"),
        ("changed", "C"),
        ("removed", "B"),
    ]


def test_a_change_tells_what_stood_there_and_what_stands_now(plan):
    objective = ObjectiveFactory(programme=plan.programme)
    row = activity(plan, target_attendances=40)
    row.target_attendances = 60
    row.save()
    row.objectives.add(objective)

    (change,) = after_decision(plan).changes

    assert (change.what, change.key) == ("changed", row.pk)
    assert [(before, now) for _label, before, now in change.fields] == [
        ("40", "60"),
        ("–", str(objective)),
    ]


def test_a_remark_and_a_change_taken_back_are_no_changes_of_the_plan(plan):
    row = activity(plan, title="Seminarium")
    for title in ("Temadag", "Seminarium"):
        row.title = title
        row.save()
    row.remark = "Färre kom."
    row.save()

    assert changes(plan) == []


def test_an_objective_deleted_later_is_no_change_of_the_plan(plan):
    objective = ObjectiveFactory(programme=plan.programme, title="Nå politiker")
    row = PlannedActivityFactory(plan=plan)
    row.objectives.add(objective)
    told_at(row, datetime(2016, 12, 1))
    objective.delete()

    assert changes(plan) == []


def test_objectives_that_are_gone_are_named(plan):
    objective = ObjectiveFactory(programme=plan.programme, title="Nå politiker")
    row = PlannedActivityFactory(plan=plan)
    row.objectives.set([objective, ObjectiveFactory(programme=plan.programme)])
    before = vanished_objectives([row])
    objective.delete()

    assert (before, vanished_objectives([row])) == ([], ["Nå politiker"])


@pytest.mark.parametrize(
    ("made", "marked", "since", "typed_in_later"),
    [
        (datetime(2016, 12, 1), datetime(2016, 12, 12, 9), datetime(2016, 12, 12, 9), False),
        (datetime(2016, 12, 1), datetime(2017, 1, 9), datetime(2016, 12, 13), False),
        (datetime(2017, 1, 8), datetime(2017, 1, 9), datetime(2017, 1, 9), True),
    ],
)
def test_changes_count_from_the_decision(plan, made, marked, since, typed_in_later):
    first, second = plan.history.order_by("history_id")
    for row, moment in ((first, made), (second, marked)):
        row.history_date = timezone.make_aware(moment)
        row.save()

    decision = after_decision(plan)

    assert decision.since == timezone.make_aware(since)
    assert decision.typed_in_later is typed_in_later


@pytest.mark.parametrize("rows", [1, 3])
def test_the_changes_are_read_with_as_many_queries(plan, rows, django_assert_num_queries):
    for _row in range(rows):
        row = activity(plan)
        row.objectives.add(ObjectiveFactory(programme=plan.programme))

    with django_assert_num_queries(7):
        assert len(after_decision(plan).changes) == rows


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR])
def test_all_members_read_what_changed_and_not_who(client, plan, role):
    activity(plan, title="Ny temadag", moment=datetime(2017, 2, 1))
    client.force_login(member_of(plan.programme, role))

    page = client.get(plan.get_absolute_url()).content.decode()

    assert "1 aktivitet ändrad efter beslutet" in page
    assert "Vem ändrade vad och när" not in page


def test_a_decision_is_changed_with_a_reason(client, plan):
    data = {"adopted_on": "2016-12-13", "reference": "§ 46", "version": plan.version}

    refused = client.post(address("plan_adopt", plan), data)
    client.post(address("plan_adopt", plan), data | {"change_reason": "Fel paragraf"})

    plan.refresh_from_db()
    assert list(refused.context["form"].errors) == ["change_reason"]
    assert plan.reference == "§ 46"
    assert plan.history.first().history_change_reason == "Fel paragraf"


def test_a_decision_is_withdrawn_with_a_reason(client, plan):
    before = client.get(address("plan_withdraw", plan)).status_code
    refused = client.post(address("plan_withdraw", plan), {"version": plan.version})
    data = {"version": plan.version, "change_reason": "Ärendet återremitterades"}
    client.post(address("plan_withdraw", plan), data)

    plan.refresh_from_db()
    assert (before, list(refused.context["form"].errors)) == (200, ["change_reason"])
    assert (plan.is_adopted, plan.reference) == (False, "")
    assert plan.history.first().history_change_reason == "Ärendet återremitterades"


def test_a_draft_has_no_decision_to_withdraw(client, world):
    plan = ActionPlanFactory(programme=world, initiative=world.initiatives.get())

    answer = client.get(address("plan_withdraw", plan))

    assert answer.url == plan.get_absolute_url()


def test_a_plan_adopted_today_shows_what_is_changed_today(client, world):
    today = timezone.localdate()
    plan = ActionPlanFactory(programme=world, initiative=world.initiatives.get(), year=today.year)
    row = PlannedActivityFactory(plan=plan, title="Seminarium")
    client.post(
        address("plan_adopt", plan),
        {"adopted_on": today.isoformat(), "reference": "§ 1", "version": plan.version},
    )
    plan = ActionPlan.objects.get(pk=plan.pk)
    later = PlannedActivity.objects.get(pk=row.pk)
    later.quarter = 4
    later._history_date = timezone.now() + timedelta(minutes=1)
    later.save()

    assert changes(plan) == [("changed", "Seminarium")]
