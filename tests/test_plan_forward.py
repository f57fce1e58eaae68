"""A plan taken along to the next year: what goes along, what is said of it, and nothing overwritten."""

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import ActionPlan, PlannedActivity
from programmes.models import ClosedYear

from .factories import (
    ActionPlanFactory,
    EventFactory,
    InitiativeFactory,
    ObjectiveFactory,
    OrganisationFactory,
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
    return ActionPlanFactory(
        programme=world, initiative=world.initiatives.get(), year=2017, introduction="Möten."
    )


@pytest.fixture
def breakfast(plan):
    responsible = OrganisationFactory(programme=plan.programme)
    row = PlannedActivityFactory(
        plan=plan, title="Frukost", quarter=2, target_attendances=60, responsible=responsible
    )
    row.objectives.add(ObjectiveFactory(programme=plan.programme))
    return row


def where(plan):
    return reverse("activities:plan_forward", args=[plan.programme.slug, plan.pk])


def form_of(client, plan):
    return client.get(where(plan)).context["form"]


def sent(form, **changes):
    """What a browser would send of the page as it stands, with some of it changed."""
    data = {"form_key": str(form["form_key"].value())}
    for row in form.rows:
        for box in row:
            if box.name != "take" or box.value():
                data[box.html_name] = "on" if box.name == "take" else box.value() or ""
    return {name: value for name, value in (data | changes).items() if value is not None}


def coming(plan):
    return ActionPlan.objects.get(initiative=plan.initiative_id, year=plan.year + 1)


def test_a_plan_becomes_the_draft_of_the_next_year(client, plan, breakfast):
    answer = client.post(where(plan), sent(form_of(client, plan)))

    made = coming(plan)
    copy = made.activities.get()
    assert answer.url == made.get_absolute_url()
    assert (made.is_adopted, made.introduction) == (False, "Möten.")
    assert [getattr(copy, name) for name in ("title", "kind", "quarter", "target_attendances")] == [
        "Frukost",
        "seminar",
        2,
        60,
    ]
    assert copy.responsible == breakfast.responsible
    assert list(copy.objectives.all()) == list(breakfast.objectives.all())


def test_quarter_and_target_are_changed_on_the_way(client, plan, breakfast):
    name = f"a{breakfast.pk}"
    changes = {f"{name}-quarter": "4", f"{name}-target": ""}

    client.post(where(plan), sent(form_of(client, plan), **changes))

    copy = coming(plan).activities.get()
    assert (copy.quarter, copy.target_attendances) == (4, None)


def test_a_cancelled_activity_is_not_ticked_and_events_stay(client, plan, breakfast):
    EventFactory(programme=plan.programme, planned_activity=breakfast)
    PlannedActivityFactory(plan=plan, title="Mässa", cancelled_reason="Ingen lokal")
    PlannedActivityFactory(plan=plan, title="Sen")

    form = form_of(client, plan)
    client.post(where(plan), sent(form))

    states = {str(r.activity): (r.activity.state_now, r["take"].value()) for r in form.rows}
    assert states == {
        "Frukost": ("done", True),
        "Mässa": ("cancelled", False),
        "Sen": ("overdue", True),
    }
    copied = coming(plan).activities.with_held_events()
    assert sorted((row.title, row.held_events) for row in copied) == [("Frukost", 0), ("Sen", 0)]


def test_only_what_is_ticked_goes_along_and_is_judged(client, plan, breakfast):
    other = PlannedActivityFactory(plan=plan, title="Temadag")
    changes = {f"a{other.pk}-take": None, f"a{other.pk}-target": "tolv"}

    client.post(where(plan), sent(form_of(client, plan), **changes))

    assert [row.title for row in coming(plan).activities.all()] == ["Frukost"]


@pytest.mark.parametrize(
    ("box", "value", "message"),
    [
        ("target", "tolv", "Skriv ett heltal med siffror."),
        ("target", "0", "mellan 1 och 100 000"),
        ("quarter", "5", "Välj ett giltigt alternativ i listan."),
    ],
)
def test_what_cannot_be_is_refused_at_its_box(client, plan, breakfast, box, value, message):
    response = client.post(
        where(plan), sent(form_of(client, plan), **{f"a{breakfast.pk}-{box}": value})
    )

    (problem,) = response.context["problems"]
    assert message in problem["text"]
    assert f'id="id_a{breakfast.pk}-{box}_error"' in response.content.decode()
    assert ActionPlan.objects.count() == 1


def test_nothing_ticked_makes_nothing(client, plan, breakfast):
    response = client.post(
        where(plan), sent(form_of(client, plan), **{f"a{breakfast.pk}-take": None})
    )

    assert "Kryssa för minst en aktivitet." in response.content.decode()
    assert ActionPlan.objects.count() == 1


def test_a_draft_there_is_added_to_after_asking(client, plan, breakfast):
    draft = ActionPlanFactory(
        programme=plan.programme, initiative=plan.initiative, year=2018, introduction="Nytt."
    )
    own = PlannedActivityFactory(plan=draft, title="Egen")
    data = sent(form_of(client, plan))

    refused = client.post(where(plan), data)
    client.post(where(plan), data | {"add": "on"})

    draft.refresh_from_db()
    assert "add" in refused.context["form"].errors
    assert (draft.introduction, sorted(str(row) for row in draft.activities.all())) == (
        "Nytt.",
        ["Egen", "Frukost"],
    )
    assert PlannedActivity.objects.get(pk=own.pk).version == own.version


def test_what_the_draft_holds_already_is_not_ticked_again(client, plan, breakfast):
    draft = ActionPlanFactory(programme=plan.programme, initiative=plan.initiative, year=2018)
    PlannedActivityFactory(plan=draft, title="Frukost")

    (row,) = form_of(client, plan).rows

    assert (row.is_there, row["take"].value()) == (True, False)


def test_an_adopted_plan_is_left_alone(client, plan, breakfast):
    ActionPlanFactory(
        programme=plan.programme,
        initiative=plan.initiative,
        year=2018,
        adopted_on="2017-12-12",
        reference="§ 9",
    )

    page = client.get(where(plan))
    client.post(where(plan), sent(page.context["form"], add="on"))

    assert "Planen för 2018 är antagen. Inget kopieras dit." in page.content.decode()
    assert coming(plan).activities.count() == 0


@pytest.mark.parametrize("there", [False, True])
def test_a_form_sent_twice_copies_once(client, plan, breakfast, there):
    if there:
        ActionPlanFactory(programme=plan.programme, initiative=plan.initiative, year=2018)
    data = sent(form_of(client, plan), add="on")

    answers = [client.post(where(plan), data).url for _time in range(2)]

    assert answers == [coming(plan).get_absolute_url()] * 2
    assert coming(plan).activities.count() == 1


def test_an_objective_that_is_gone_is_named(client, plan, breakfast):
    objective = breakfast.objectives.get()
    title = objective.title
    objective.delete()

    page = client.get(where(plan)).content.decode()

    assert f"Det här målet finns inte längre och följer inte med: {title}." in page


def test_a_closed_next_year_asks_for_a_reason(client, plan, breakfast):
    ClosedYear.objects.create(programme=plan.programme, year=2018)
    data = sent(form_of(client, plan))

    refused = client.post(where(plan), data)
    client.post(where(plan), data | {"change_reason": "Glömdes"})

    assert list(refused.context["form"].errors) == ["change_reason"]
    copy = coming(plan).activities.get()
    assert copy.history.last().history_change_reason == "Glömdes"


def test_a_plan_without_activities_offers_an_empty_one(client, plan):
    page = client.get(where(plan)).content.decode()

    assert "Det finns inget att ta med" in page


def test_the_next_year_leads_to_what_can_be_taken_along(client, plan, breakfast):
    page = client.get(
        reverse("activities:plan", args=[plan.programme.slug]), {"year": "2018"}
    ).content.decode()

    assert f'href="{where(plan)}">Ta med från 2017' in page


@pytest.mark.parametrize(("ends", "offered"), [(2017, False), (2018, True)])
def test_a_plan_is_taken_along_while_the_initiative_goes_on(client, plan, breakfast, ends, offered):
    plan.initiative.ends_on = f"{ends}-12-31"
    plan.initiative.save()

    page = client.get(plan.get_absolute_url()).content.decode()

    assert ("Ta med till 2018" in page) is offered


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_questions(client, plan, rows, django_assert_num_queries):
    for _row in range(rows):
        PlannedActivityFactory(plan=plan).objectives.add(ObjectiveFactory(programme=plan.programme))
    client.get(where(plan))

    with django_assert_num_queries(10):
        client.get(where(plan))
