"""People who write at the same moment, each with a connection of their own, on either database."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from activities.models import ActionPlan, Attendance, CollaborationGroup, Event
from placements.models import Outcome
from programmes.models import Objective

from .factories import (
    ActionPlanFactory,
    AttendanceFactory,
    CensusReturnFactory,
    EventFactory,
    GrantFactory,
    InitiativeFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OutcomeFactory,
    PlacementFactory,
    PlannedActivityFactory,
    member_of,
)

pytestmark = pytest.mark.django_db(transaction=True)
Role = Membership.Role
ROUNDS = [2, pytest.param(100, marks=pytest.mark.full)]


@pytest.fixture(autouse=True)
def _on_disk(transactional_db, tmp_path):
    """SQLite's database of the tests lives in memory, where threads share one lock: here it is a file."""
    if connection.vendor != "sqlite":
        yield
        return
    file, settings = tmp_path / "database.sqlite3", connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    in_memory, name, connection.connection = connection.connection, settings["NAME"], None
    settings["NAME"] = str(file)
    yield
    settings["NAME"] = str(file)
    connection.close()
    settings["NAME"], connection.connection = name, in_memory


def at_once(*jobs):
    """What the jobs returned, each begun at the same moment in a thread of its own."""
    start = threading.Barrier(len(jobs))

    def run(job):
        try:
            start.wait(20)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [begun.result() for begun in [pool.submit(run, job) for job in jobs]]


def signed_in(user):
    """The user in a browser of their own."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def office(programme):
    """Two who write, and what an event needs."""
    InitiativeFactory(programme=programme)
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    return [signed_in(member_of(programme, Role.PROCESS_LEADER)) for _person in range(2)]


def typed(programme, **changed):
    return {
        "title": "Frukost",
        "when": "2017-03-12",
        "where": "2101",
        "kind": "breakfast_meeting",
        "status": "held",
        "format": "on_site",
        "initiative": programme.initiatives.first().pk,
        "mode": "audience",
        "officer-women": "3",
        "officer-men": "2",
    } | changed


def an_event(programme):
    place, initiative = programme.municipalities.first(), programme.initiatives.first()
    event = EventFactory(programme=programme, municipality=place, initiative=initiative)
    AttendanceFactory(event=event)
    return event


def where(name, event):
    return reverse(f"activities:{name}", args=[event.programme.slug, event.pk])


def edit_at_once(office, event, *changes):
    """Each of the two saves one of the changes of the event they both read."""
    form = typed(event.programme, version=Event.objects.get(pk=event.pk).version)
    return at_once(
        *(
            partial(client.post, where("edit", event), form | change)
            for client, change in zip(office, changes, strict=True)
        )
    )


def outcomes(answers):
    return sorted(answer.status_code for answer in answers)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_two_who_change_a_text_one_wins_and_the_other_sees_both(programme, office, rounds):
    event = an_event(programme)
    for number in range(rounds):
        texts = [f"Den ena {number}", f"Den andra {number}"]
        answers = edit_at_once(office, event, *({"title": text} for text in texts))

        assert outcomes(answers) == [200, 302]
        stands = Event.objects.get().title
        loser = next(answer for answer in answers if answer.status_code == 200)
        page = loser.content.decode()
        assert stands == texts[[a.status_code for a in answers].index(302)]
        assert [text in page for text in texts] == [True, True]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_two_who_change_the_counts_one_wins_and_the_other_sees_both(programme, office, rounds):
    event = an_event(programme)
    for number in range(rounds):
        counts = [{"officer-women": 100 + number}, {"officer-women": 300 + number}]
        answers = edit_at_once(office, event, *counts)

        assert outcomes(answers) == [200, 302]
        winner = [answer.status_code for answer in answers].index(302)
        page = answers[1 - winner].content.decode()
        assert Attendance.objects.get().women == counts[winner]["officer-women"]
        assert f"Kvinnor: {counts[winner]['officer-women']}" in page
        assert f'value="{counts[1 - winner]["officer-women"]}"' in page


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_two_who_type_a_row_of_the_census_one_wins_and_the_other_sees_both(
    programme, office, rounds
):
    row = CensusReturnFactory(census__programme=programme)
    save = reverse("enterprises:row_save", args=[programme.slug, row.pk])
    for number in range(rounds):
        row.refresh_from_db()
        typed = [100 + number, 300 + number]
        forms = [
            {"version": row.version, "state": "draft", "employed_women": count} for count in typed
        ]
        answers = at_once(
            *(
                partial(client.post, save, {f"{row.pk}-{name}": form[name] for name in form})
                for client, form in zip(office, forms, strict=True)
            )
        )

        assert outcomes(answers) == [200, 409]
        winner = [answer.status_code for answer in answers].index(200)
        row.refresh_from_db()
        assert row.employed_women == typed[winner]
        page = answers[1 - winner].content.decode()
        assert f"nu står {typed[winner]}, du skrev {typed[1 - winner]}" in page


def test_twenty_submissions_at_once_make_one_event(programme, office):
    form = typed(programme, form_key=str(uuid.uuid4()))
    clients = [signed_in(member_of(programme, Role.PROCESS_LEADER)) for _one in range(20)]
    add = reverse("activities:add", args=[programme.slug])

    answers = at_once(*(lambda client=client: client.post(add, form) for client in clients))

    event = Event.objects.get()
    assert {(a.status_code, a["Location"]) for a in answers} == {(302, event.get_absolute_url())}
    assert list(event.attendance.values_list("audience", "women", "men")) == [("officer", 3, 2)]


def test_a_repetition_sent_twice_at_once_is_made_once(programme, office):
    event = an_event(programme)
    address = where("repeat", event) + "?way=listed&listed=2017-05-02,2017-05-16"
    form = {"form_key": str(uuid.uuid4()), "days": ["2017-05-02", "2017-05-16"]}

    answers = at_once(*(partial(client.post, address, form) for client in office))

    assert (outcomes(answers), Event.objects.count()) == ([302, 302], 3)


def test_counts_sent_twice_at_once_are_kept_once(programme, office):
    event = EventFactory(programme=programme)
    form = {"version": event.version, "women": "7", "onward": "/p/"}

    answers = at_once(*(partial(client.post, where("count", event), form) for client in office))

    assert [answer.url for answer in answers] == [f"/p/#event-{event.pk}"] * 2
    assert list(Attendance.objects.values_list("women", "men")) == [(7, 0)]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_deletion_takes_away_no_text_unseen(programme, office, rounds):
    first, second = office
    for number in range(rounds):
        event = an_event(programme)
        new = f"Ny text {number}"
        edited, deleted = at_once(
            lambda event=event, new=new: first.post(
                where("edit", event), typed(programme, title=new, version=event.version)
            ),
            lambda event=event: second.post(where("delete", event), {"version": event.version}),
        )

        title = Event.objects.filter(pk=event.pk).values_list("title", flat=True).first()
        found = (edited.status_code, deleted.status_code, title)
        assert found in [(302, 200, new), (404, 302, None)]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_an_undoing_overwrites_no_text_unseen(programme, office, rounds):
    first, second = office
    for number in range(rounds):
        event = an_event(programme)
        event.title = "Ändrad"
        event.save()
        change = event.history.latest()
        undo = reverse("programmes:restore", args=[programme.slug, "event", change.pk])
        new = f"Ny text {number}"
        edited, undone = at_once(
            lambda event=event, new=new: first.post(
                where("edit", event), typed(programme, title=new, version=event.version)
            ),
            lambda event=event, undo=undo: second.post(undo, {"version": event.version}),
        )

        title = Event.objects.get(pk=event.pk).title
        assert undone.status_code == 302
        assert (edited.status_code, title == new) in [(302, True), (200, False)]


def test_of_two_restorings_at_once_one_is_enough(programme, office):
    event = an_event(programme)
    pk = event.pk
    event.delete()
    row = Event.history.filter(id=pk, history_type="-").get()
    undo = reverse("programmes:restore", args=[programme.slug, "event", row.pk])

    answers = at_once(*(lambda client=client: client.post(undo) for client in office))

    assert (outcomes(answers), Event.objects.count(), Attendance.objects.count()) == (
        [302, 302],
        1,
        1,
    )


def test_of_two_who_take_one_name_the_second_is_told_at_its_field(programme, office):
    add = reverse("activities:group_add", args=[programme.slug])
    form = {
        "name": "Norra gruppen",
        "kind": "asf",
        "municipality": programme.municipalities.get().pk,
    }

    answers = at_once(
        *(
            lambda client=client: client.post(add, form | {"form_key": str(uuid.uuid4())})
            for client in office
        )
    )

    assert (outcomes(answers), CollaborationGroup.objects.count()) == ([200, 302], 1)
    loser = next(answer for answer in answers if answer.status_code == 200)
    assert list(loser.context["form"].errors) == ["name"]


def test_of_two_who_make_the_plan_of_one_year_the_second_is_told_at_its_field(programme, office):
    add = reverse("activities:plan_add", args=[programme.slug])
    form = {"initiative": programme.initiatives.get().pk, "year": "2018", "introduction": "Möten."}

    answers = at_once(
        *(partial(client.post, add, form | {"form_key": str(uuid.uuid4())}) for client in office)
    )

    assert (outcomes(answers), ActionPlan.objects.count()) == ([200, 302], 1)
    loser = next(answer for answer in answers if answer.status_code == 200)
    assert list(loser.context["form"].errors) == ["year"]
    assert "Möten." in loser.content.decode()


def test_of_two_who_take_a_plan_along_the_second_is_asked_to_add_to_the_draft(programme, office):
    plan = ActionPlanFactory(programme=programme, initiative=programme.initiatives.get(), year=2017)
    activity = PlannedActivityFactory(plan=plan, title="Frukost")
    forward = reverse("activities:plan_forward", args=[programme.slug, plan.pk])

    answers = at_once(
        *(
            partial(
                client.post,
                forward,
                {f"a{activity.pk}-take": "on", "form_key": str(uuid.uuid4())},
            )
            for client in office
        )
    )

    made = ActionPlan.objects.get(year=2018)
    assert (outcomes(answers), made.activities.count()) == ([200, 302], 1)
    loser = next(answer for answer in answers if answer.status_code == 200)
    assert list(loser.context["form"].errors) == ["add"]


def test_a_thing_is_not_deleted_under_who_chooses_it(programme, office):
    first, second = office
    objective = ObjectiveFactory(programme=programme)
    delete = reverse("programmes:objective_delete", args=[programme.slug, objective.pk])
    add = reverse("activities:add", args=[programme.slug])

    logged, deleted = at_once(
        lambda: first.post(add, typed(programme, objectives=[objective.pk])),
        lambda: second.post(delete),
    )

    stands = Objective.objects.filter(pk=objective.pk).exists()
    assert (logged.status_code, deleted.status_code, stands) in [
        (302, 302, False),
        (200, 302, False),
    ]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_two_who_repeat_an_event_each_day_is_made_once(programme, office, rounds):
    for number in range(rounds):
        event = an_event(programme)
        event.title = f"Frukost {number}"
        event.save()
        address = where("repeat", event) + "?way=listed&listed=2018-03-06,2018-03-13"
        days = ["2018-03-06", "2018-03-13"]

        answers = at_once(
            *(
                partial(client.post, address, {"days": days, "form_key": str(uuid.uuid4())})
                for client in office
            )
        )

        made = Event.objects.filter(title=event.title).exclude(pk=event.pk)
        event.refresh_from_db()
        # Who comes while the days are made finds them made, who comes after is told that they are.
        assert outcomes(answers) in ([302, 302], [200, 302])
        assert sorted(str(row.starts_on) for row in made) == days
        assert {row.series_id for row in made} == {event.series_id}


@pytest.fixture
def placement(programme, office):
    grant = GrantFactory(programme=programme, municipality=programme.municipalities.get())
    return PlacementFactory(grant=grant)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_two_who_note_a_follow_up_one_wins_and_the_other_is_told(placement, office, rounds):
    programme = placement.grant.programme
    for _number in range(rounds):
        stay = PlacementFactory(grant=placement.grant)
        add = reverse("placements:outcome_add", args=[programme.slug, stay.pk])
        forms = [
            {"result": result, "when": "2019-06-03", "follow_up": "3"}
            for result in ("work", "studies")
        ]

        answers = at_once(
            *(partial(client.post, add, form) for client, form in zip(office, forms, strict=True))
        )

        assert outcomes(answers) == [200, 302]
        winner = [answer.status_code for answer in answers].index(302)
        assert list(stay.outcomes.values_list("result", flat=True)) == [forms[winner]["result"]]
        assert answers[1 - winner].context["form"].errors != {}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_two_who_correct_an_outcome_one_wins_and_the_other_is_told(placement, office, rounds):
    programme = placement.grant.programme
    for _number in range(rounds):
        wrong = OutcomeFactory(placement=PlacementFactory(grant=placement.grant))
        correct = reverse("placements:outcome_correct", args=[programme.slug, wrong.pk])
        form = {"when": "2019-06-03", "follow_up": "0", "reason": "Fel rad"}

        answers = at_once(
            *(
                partial(client.post, correct, form | {"result": result})
                for client, result in zip(office, ("studies", "jobseeker"), strict=True)
            )
        )

        assert outcomes(answers) == [200, 302]
        assert Outcome.objects.filter(placement=wrong.placement).standing().count() == 1
