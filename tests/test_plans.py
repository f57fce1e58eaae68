"""The plan of a year: made, adopted, filled, and what its activities came to."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities.models import ActionPlan, Event, PlannedActivity
from programmes.models import ClosedYear, Initiative

from .factories import (
    ActionPlanFactory,
    AttendanceFactory,
    EventFactory,
    InitiativeFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OrganisationFactory,
    PlannedActivityFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    """A programme with an initiative, and its process leader signed in."""
    InitiativeFactory(programme=programme, slug="struktur")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


@pytest.fixture
def plan(world):
    return ActionPlanFactory(programme=world, initiative=world.initiatives.get(), year=2017)


def address(name, *args):
    return reverse(f"activities:{name}", args=args)


def shown(client, programme, **query):
    return client.get(address("plan", programme.slug), query).context


def test_a_plan_is_made(client, world):
    initiative = world.initiatives.get()

    client.post(
        address("plan_add", world.slug),
        {"initiative": initiative.pk, "year": "2017", "introduction": "Vi möter politiker."},
    )

    plan = ActionPlan.objects.get()
    assert (plan.programme, plan.initiative, plan.year) == (world, initiative, 2017)
    assert plan.introduction == "Vi möter politiker."


def test_a_plan_takes_over_the_activities_that_were_not_cancelled(client, world, plan):
    objective = ObjectiveFactory(programme=world)
    kept = PlannedActivityFactory(plan=plan, title="Frukostar", quarter=2, target_attendances=80)
    kept.objectives.add(objective)
    PlannedActivityFactory(plan=plan, cancelled_reason="Ingen lokal")
    EventFactory(programme=world, planned_activity=kept)

    client.post(
        address("plan_add", world.slug),
        {"initiative": plan.initiative_id, "year": "2018", "earlier": plan.pk},
    )

    copy = PlannedActivity.objects.get(plan__year=2018)
    assert (copy.title, copy.quarter, copy.target_attendances) == ("Frukostar", 2, 80)
    assert (list(copy.objectives.all()), copy.events.count()) == ([objective], 0)
    assert (kept.events.count(), plan.activities.count()) == (1, 2)


def test_a_plan_sent_twice_is_made_and_filled_once(client, world, plan):
    PlannedActivityFactory(plan=plan)
    page = client.get(address("plan_add", world.slug), {"year": "2018", "initiative": "struktur"})
    form = page.context["form"]
    assert form["earlier"].value() == plan.pk
    data = {
        "form_key": str(form["form_key"].value()),
        "initiative": plan.initiative_id,
        "year": "2018",
        "earlier": plan.pk,
    }

    for _time in range(2):
        client.post(address("plan_add", world.slug), data)

    assert PlannedActivity.objects.filter(plan__year=2018).count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"year": "2017"}, "year", "Insatsen har redan en plan för det här året."),
        ({"year": "1066"}, "year", "1990"),
        ({"year": "i år"}, "year", "heltal"),
        ({"initiative": ""}, "initiative", "måste fyllas i"),
        ({"introduction": "Ring 811228-9874"}, "introduction", "ser ut som ett personnummer"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(
    client, world, plan, changes, field, message
):
    data = {"initiative": plan.initiative_id, "year": "2018", "introduction": "Min text"} | changes
    response = client.post(address("plan_add", world.slug), data)

    assert message in " ".join(response.context["form"].errors[field])
    assert ActionPlan.objects.count() == 1


def test_another_programmes_initiative_and_plan_are_refused(client, world, plan):
    theirs = ActionPlanFactory()
    data = {"initiative": theirs.initiative_id, "year": "2018", "earlier": theirs.pk}

    response = client.post(address("plan_add", world.slug), data)

    assert sorted(response.context["form"].errors) == ["earlier", "initiative"]
    assert ActionPlan.objects.count() == 2


def test_a_plan_is_adopted_with_day_and_reference(client, world, plan):
    client.post(
        address("plan_adopt", world.slug, plan.pk),
        {"adopted_on": "2016-12-12", "reference": "styrelsen § 45", "version": plan.version},
    )

    page = client.get(address("plan", world.slug), {"year": "2017"}).content.decode()
    assert "Antagen 2016-12-12, styrelsen § 45." in page


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"reference": ""}, "reference", "måste fyllas i"),
        ({"adopted_on": ""}, "adopted_on", "måste fyllas i"),
        ({"adopted_on": "2099-01-01"}, "adopted_on", "Den dagen har inte kommit"),
        ({"adopted_on": "hösten 2016"}, "adopted_on", "Skriv hela datumet"),
    ],
)
def test_an_adoption_names_day_and_decision(client, world, plan, changes, field, message):
    data = {"adopted_on": "2016-12-12", "reference": "§ 45", "version": plan.version}

    response = client.post(address("plan_adopt", world.slug, plan.pk), data | changes)

    assert message in " ".join(response.context["form"].errors[field])
    plan.refresh_from_db()
    assert not plan.is_adopted


def test_an_activity_is_planned(client, world, plan):
    objective = ObjectiveFactory(programme=world)
    region = OrganisationFactory(programme=world)

    client.post(
        address("activity_add", world.slug, plan.pk),
        {
            "title": "Frukostmöten i tre kommuner",
            "kind": "breakfast_meeting",
            "quarter": "2",
            "responsible": region.pk,
            "target_attendances": "60",
            "objectives": [objective.pk],
        },
    )

    activity = plan.activities.get()
    assert (activity.quarter, activity.target_attendances, activity.responsible) == (2, 60, region)
    assert list(activity.objectives.all()) == [objective]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": ""}, "title", "Skriv vad det är."),
        ({"quarter": "5"}, "quarter", "Välj ett giltigt alternativ i listan."),
        ({"target_attendances": "0"}, "target_attendances", "mellan 1 och 100 000"),
        ({"target_attendances": "1000000000"}, "target_attendances", "mellan 1 och 100 000"),
        ({"target_attendances": "tolv"}, "target_attendances", "Skriv ett heltal med siffror."),
    ],
)
def test_an_activity_that_cannot_be_is_refused_at_its_field(
    client, world, plan, changes, field, message
):
    data = {"title": "Seminarium", "kind": "seminar"} | changes
    response = client.post(address("activity_add", world.slug, plan.pk), data)

    assert message in " ".join(response.context["form"].errors[field])
    assert plan.activities.count() == 0


def test_another_programmes_objective_and_organisation_are_refused(client, world, plan):
    data = {
        "title": "Seminarium",
        "kind": "seminar",
        "objectives": [ObjectiveFactory().pk],
        "responsible": OrganisationFactory().pk,
    }
    response = client.post(address("activity_add", world.slug, plan.pk), data)

    assert sorted(response.context["form"].errors) == ["objectives", "responsible"]


def test_an_activity_is_cancelled_with_a_reason_and_taken_up_again(client, world, plan):
    activity = PlannedActivityFactory(plan=plan)
    cancel = address("activity_cancel", world.slug, activity.pk)

    refused = client.post(cancel, {"cancelled_reason": "", "version": "1"})
    client.post(cancel, {"cancelled_reason": "Ingen lokal", "version": "1"})
    activity.refresh_from_db()
    reason = activity.cancelled_reason
    client.post(cancel, {"cancelled_reason": "", "version": "2"})

    activity.refresh_from_db()
    assert "cancelled_reason" in refused.context["form"].errors
    assert (reason, activity.cancelled_reason) == ("Ingen lokal", "")


def test_the_state_follows_from_the_events(client, world, plan):
    done = PlannedActivityFactory(plan=plan, title="A")
    PlannedActivityFactory(plan=plan, title="B")
    PlannedActivityFactory(plan=plan, title="C", cancelled_reason="Ingen lokal")
    EventFactory(programme=world, planned_activity=done)

    states = [activity.state_now for activity in shown(client, world, year="2017")["activities"]]

    assert states == ["done", "overdue", "cancelled"]


def test_an_activity_shows_its_events_with_their_own_counts(client, world, plan):
    activity = PlannedActivityFactory(plan=plan, target_attendances=1200)
    for women in (3, 4):
        event = EventFactory(programme=world, planned_activity=activity)
        AttendanceFactory(event=event, women=women, men=0)
        AttendanceFactory(event=event, women=1, men=0, audience="other")
    EventFactory(programme=world, planned_activity=activity)

    response = client.get(address("plan", world.slug), {"year": "2017"})

    (row,) = response.context["activities"]
    assert [event.attendances for event in row.its_events] == [4, 5, None]
    assert "Måltal: 1\xa0200 deltagartillfällen" in response.content.decode()


@pytest.mark.parametrize(
    ("status", "counted", "lacks"),
    [("held", True, False), ("held", False, True), ("planned", False, False)],
)
def test_events_are_folded_under_their_number(client, world, plan, status, counted, lacks):
    activity = PlannedActivityFactory(plan=plan, title="Seminarium")
    event = EventFactory(programme=world, planned_activity=activity, status=status)
    if counted:
        AttendanceFactory(event=event)

    page = client.get(address("plan", world.slug), {"year": "2017"}).content.decode()

    summary = page.split("<summary>1 händelse", 1)[1].split("</summary>", 1)[0]
    assert ("antal saknas" in summary) is lacks


def test_an_activity_without_quarter_stands_last(client, world, plan):
    PlannedActivityFactory(plan=plan, title="Någon gång", quarter=None)
    PlannedActivityFactory(plan=plan, title="I höst", quarter=4)

    quarters = shown(client, world, year="2017")["quarters"]

    assert [[str(row) for row in rows] for _name, _months, _number, rows in quarters] == [
        [],
        [],
        [],
        ["I höst"],
        ["Någon gång"],
    ]


def test_the_year_and_the_initiative_choose_the_plan(client, world, plan):
    other = InitiativeFactory(programme=world, slug="individ", direction="individual")
    theirs = ActionPlanFactory(programme=world, initiative=other, year=2018)

    chosen = [
        shown(client, world, **query)["plan"]
        for query in (
            {"year": "2017"},
            {"year": "2018"},
            {"year": "2017", "initiative": "individ"},
            {},
        )
    ]

    assert chosen == [plan, theirs, None, theirs]


@pytest.mark.parametrize("year", ["x", "-1", "9" * 40, "2٠17", "\x00", "1066"])
def test_a_year_that_is_not_there_shows_the_latest_plan(client, world, plan, year):
    assert shown(client, world, year=year)["plan"] == plan


def test_a_year_without_plan_offers_to_make_it(client, world):
    page = client.get(address("plan", world.slug), {"year": "2018"}).content.decode()

    assert "Ingen plan för 2018 än" in page
    assert f"{address('plan_add', world.slug)}?year=2018&amp;initiative=struktur" in page


def test_a_reader_is_not_offered_to_write(client, programme):
    InitiativeFactory(programme=programme)
    client.force_login(member_of(programme, Role.PARTNER))

    page = client.get(address("plan", programme.slug)).content.decode()

    assert address("plan_add", programme.slug) not in page
    assert "när processledaren har gjort den" in page


def test_a_programme_without_initiative_says_what_to_do(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    page = client.get(address("plan", programme.slug)).content.decode()

    assert "Det finns ingen insats att planera för" in page
    assert reverse("programmes:initiative_add", args=[programme.slug]) in page
    assert client.get(address("plan_add", programme.slug)).url == address("plan", programme.slug)


def test_the_plan_shows_the_activities_of_one_objective(client, world, plan):
    objective = ObjectiveFactory(programme=world)
    ours = PlannedActivityFactory(plan=plan, quarter=2)
    ours.objectives.add(objective)
    PlannedActivityFactory(plan=plan, quarter=3).objectives.add(ObjectiveFactory(programme=world))

    context = shown(client, world, year="2017", objective=objective.pk)

    assert (context["objective"], context["activities"]) == (objective, [ours])
    assert [number for _name, _months, number, _rows in context["quarters"]] == [2]


def test_the_plan_shown_for_an_objective_is_one_that_serves_it(client, world, plan):
    other = ActionPlanFactory(
        programme=world,
        initiative=InitiativeFactory(programme=world, direction=Initiative.Direction.INDIVIDUAL),
        year=2017,
    )
    objective = ObjectiveFactory(programme=world)
    PlannedActivityFactory(plan=other).objectives.add(objective)

    assert shown(client, world, year="2017")["plan"] == plan
    assert shown(client, world, year="2017", objective=objective.pk)["plan"] == other


@pytest.mark.parametrize("asked", ["x", "0", "9" * 30, "foreign"])
def test_an_objective_that_is_not_there_leaves_the_plan_whole(client, world, plan, asked):
    activity = PlannedActivityFactory(plan=plan)
    asked = ObjectiveFactory().pk if asked == "foreign" else asked

    context = shown(client, world, year="2017", objective=asked)

    assert (context["objective"], context["activities"]) == (None, [activity])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_plan_asks_the_same_number_of_questions(
    client, world, plan, rows, django_assert_num_queries
):
    for _row in range(rows):
        activity = PlannedActivityFactory(
            plan=plan, responsible=OrganisationFactory(programme=world)
        )
        activity.objectives.add(ObjectiveFactory(programme=world))
        AttendanceFactory(event=EventFactory(programme=world, planned_activity=activity))
    client.get(address("plan", world.slug), {"year": "2017"})

    with django_assert_num_queries(18):
        client.get(address("plan", world.slug), {"year": "2017"})


def test_deleting_a_plan_asks_first(client, world, plan):
    PlannedActivityFactory(plan=plan)
    delete = address("plan_delete", world.slug, plan.pk)

    client.get(delete)
    before = ActionPlan.objects.count()
    client.post(delete)

    assert (before, ActionPlan.objects.count(), PlannedActivity.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize("name", ["plan_delete", "activity_delete"])
def test_what_has_events_is_not_deleted(client, world, plan, name):
    activity = PlannedActivityFactory(plan=plan)
    EventFactory(programme=world, planned_activity=activity, title="Seminariet")
    pk = plan.pk if name == "plan_delete" else activity.pk

    page = client.post(address(name, world.slug, pk)).content.decode()

    assert "Seminariet" in page
    assert (PlannedActivity.objects.count(), Event.objects.count()) == (1, 1)


def test_a_change_in_a_closed_year_asks_for_a_reason(client, world, plan):
    activity = PlannedActivityFactory(plan=plan)
    ClosedYear.objects.create(programme=world, year=2017)
    data = {"title": "Nytt", "kind": "seminar", "version": activity.version}
    edit = address("activity_edit", world.slug, activity.pk)

    refused = client.post(edit, data)
    client.post(edit, data | {"change_reason": "Fel rubrik"})

    activity.refresh_from_db()
    assert "change_reason" in refused.context["form"].errors
    assert activity.title == "Nytt"


def test_a_plan_copied_into_a_closed_year_carries_its_reason(client, world, plan):
    PlannedActivityFactory(plan=plan)
    ClosedYear.objects.create(programme=world, year=2018)
    data = {"initiative": plan.initiative_id, "year": "2018", "earlier": plan.pk}

    client.post(address("plan_add", world.slug), data)
    refused = ActionPlan.objects.filter(year=2018).count()
    client.post(address("plan_add", world.slug), data | {"change_reason": "Glömdes"})

    copy = PlannedActivity.objects.get(plan__year=2018)
    assert (refused, copy.history.first().history_change_reason) == (0, "Glömdes")


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_cannot_write(client, programme, role):
    activity = PlannedActivityFactory(plan__programme=programme)
    plan, slug = activity.plan, programme.slug
    client.force_login(member_of(programme, role))

    answers = [
        client.post(address(name, slug, *pk)).status_code
        for name, pk in (
            ("plan_add", ()),
            ("plan_edit", (plan.pk,)),
            ("plan_adopt", (plan.pk,)),
            ("plan_withdraw", (plan.pk,)),
            ("plan_forward", (plan.pk,)),
            ("activity_remark", (activity.pk,)),
            ("plan_delete", (plan.pk,)),
            ("activity_add", (plan.pk,)),
            ("activity_edit", (activity.pk,)),
            ("activity_cancel", (activity.pk,)),
            ("activity_delete", (activity.pk,)),
        )
    ]

    assert answers == [404] * 11
    assert PlannedActivity.objects.count() == 1


def test_a_stranger_does_not_see_the_plan(client, programme):
    client.force_login(member_of(programme, None))

    assert client.get(address("plan", programme.slug)).status_code == 404


def begun(client, programme, activity, **query):
    return client.get(address("add", programme.slug), {"activity": activity.pk, **query}).context[
        "form"
    ]


def test_an_event_is_started_from_an_activity(client, world, plan):
    here = MunicipalityFactory(programme=world)
    responsible = OrganisationFactory(programme=world, municipality=here)
    objective = ObjectiveFactory(programme=world)
    activity = PlannedActivityFactory(plan=plan, title="Seminarium", responsible=responsible)
    activity.objectives.add(objective)

    form = begun(client, world, activity)

    assert {
        name: form[name].value()
        for name in ("title", "kind", "serves", "initiative", "objectives", "organisers", "where")
    } == {
        "title": "Seminarium",
        "kind": "seminar",
        "serves": f"a{activity.pk}",
        "initiative": plan.initiative_id,
        "objectives": [objective.pk],
        "organisers": [responsible.pk],
        "where": here.code,
    }


@pytest.mark.parametrize(
    ("years", "quarter", "status", "today"),
    [
        (0, "this", "", True),
        (0, None, "", True),
        (0, "other", "", False),
        (-1, "this", "", False),
        (0, "this", "planned", False),
    ],
)
def test_the_event_is_today_if_today_is_in_the_quarter(
    client, world, years, quarter, status, today
):
    day = timezone.localdate()
    now = (day.month + 2) // 3
    plan = ActionPlanFactory(
        programme=world, initiative=world.initiatives.get(), year=day.year + years
    )
    quarter = {"this": now, "other": now % 4 + 1}.get(quarter)
    activity = PlannedActivityFactory(plan=plan, quarter=quarter)

    form = begun(client, world, activity, status=status)

    assert form["when"].value() == (day.isoformat() if today else "")
    assert form["status"].value() == (status or "held")


def test_the_plan_stands_by_objective(client, world, plan):
    first, second, idle = (ObjectiveFactory(programme=world) for _n in range(3))
    both, one, none = (PlannedActivityFactory(plan=plan, title=title) for title in "ABC")
    both.objectives.set([first, second])
    one.objectives.set([first])

    response = client.get(address("plan", world.slug), {"year": "2017", "by": "objective"})

    groups = [
        (group, [(row.activity, row.also, row.first) for row in rows])
        for group, rows in response.context["objectives"]
    ]
    assert groups == [
        (first, [(both, (second,), True), (one, (), True)]),
        (second, [(both, (first,), False)]),
        (idle, []),
        (None, [(none, (), True)]),
    ]
    page = response.content.decode()
    assert page.count(f'id="activity-{both.pk}"') == 1
    assert f"Står också under mål {second}" in page


def test_an_activity_is_planned_for_the_objective_it_is_asked_from(client, world, plan):
    objective = ObjectiveFactory(programme=world)

    page = client.get(address("activity_add", world.slug, plan.pk), {"objective": objective.pk})

    assert list(page.context["form"]["objectives"].value()) == [objective.pk]


def test_the_coming_year_can_be_planned_while_the_programme_goes_on(client, world):
    world.ends_on = None
    world.save()

    years = shown(client, world)["years"]

    assert years == list(range(2016, date.today().year + 2))
