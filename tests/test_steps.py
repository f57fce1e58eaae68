"""The steps of a training: read on its page, kept beside the figures."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import TrainingStep
from programmes.models import ClosedYear

from .factories import EventFactory, TrainingStepFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def training(programme, client):
    """A training, and the process leader of its programme signed in."""
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return EventFactory(programme=programme, kind="training")


def address(name, training, pk):
    return reverse(f"activities:{name}", args=[training.programme.slug, pk])


def test_a_step_is_kept_with_its_participants(client, training):
    data = {"title": "Grunderna", "position": "1", "held_on": "2017-03-12", "participants": "18"}

    response = client.post(address("step_add", training, training.pk), data)

    step = training.steps.get()
    assert response.url == training.get_absolute_url()
    assert (step.title, step.held_on, step.participants) == ("Grunderna", date(2017, 3, 12), 18)


def test_a_new_step_comes_last(client, training):
    TrainingStepFactory(event=training, position=3)

    form = client.get(address("step_add", training, training.pk)).context["form"]

    assert form["position"].value() == 4


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"position": "1"}, "position", "Utbildningen har redan det steget."),
        ({"position": "0"}, "position", "Skriv ett tal mellan 1 och 999."),
        ({"title": "Med 811228-9874"}, "title", "Det här ser ut som ett personnummer."),
        ({"participants": "10000"}, "participants", "Ett antal är mellan 0 och 9 999."),
        ({"held_on": "mars"}, "held_on", "Skriv hela datumet"),
    ],
)
def test_bad_input_is_told_at_its_field(client, training, changes, field, message):
    TrainingStepFactory(event=training, position=1)
    data = {"title": "Grunderna", "position": "2"} | changes

    response = client.post(address("step_add", training, training.pk), data)

    assert list(response.context["form"].errors) == [field]
    assert message in response.context["form"].errors[field][0]
    assert training.steps.count() == 1


def test_the_page_of_the_training_shows_its_steps_in_order(client, training):
    TrainingStepFactory(event=training, position=2, title="Fördjupning", participants=None)
    TrainingStepFactory(event=training, position=1, title="Grunderna", participants=18)

    response = client.get(training.get_absolute_url())

    page = response.content.decode()
    assert [step.title for step in response.context["steps"]] == ["Grunderna", "Fördjupning"]
    assert page.count("18 deltagare") == 1
    assert page.count("uppgift saknas") == 1


def test_other_events_do_not_ask_for_steps(client, training):
    meeting = EventFactory(programme=training.programme)

    assert "Vilka steg" in client.get(training.get_absolute_url()).content.decode()
    assert "Vilka steg" not in client.get(meeting.get_absolute_url()).content.decode()


def test_a_step_is_changed_and_deleted(client, training):
    step = TrainingStepFactory(event=training, position=1)
    data = {"title": "Nytt namn", "position": "1", "version": step.version}

    client.post(address("step_edit", training, step.pk), data)
    step.refresh_from_db()
    client.post(address("step_delete", training, step.pk))

    assert step.title == "Nytt namn"
    assert TrainingStep.objects.count() == 0


def test_a_step_of_a_closed_year_asks_for_a_reason(client, training):
    ClosedYear.objects.create(programme=training.programme, year=2017)
    data = {"title": "Grunderna", "position": "1"}

    response = client.post(address("step_add", training, training.pk), data)

    assert list(response.context["form"].errors) == ["change_reason"]
    assert training.steps.count() == 0


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_cannot_write(client, programme, role):
    step = TrainingStepFactory(event__programme=programme)
    client.force_login(member_of(programme, role))

    response = client.post(address("step_delete", step.event, step.pk))

    assert response.status_code == 404
    assert TrainingStep.objects.count() == 1


# All steps at once


def every(client, training, *rows, **more):
    """The table sent with these rows: (key, position, title, day, participants)."""
    data = dict(more)
    for key, *typed in rows:
        data |= {
            f"{name}_{key}": value
            for name, value in zip(
                ("position", "title", "held_on", "participants"), typed, strict=True
            )
        }
    return client.post(address("steps_edit", training, training.pk), data)


def stands(training):
    return [(step.position, step.title, step.participants) for step in training.steps.all()]


def test_all_steps_are_written_down_at_once(client, training):
    response = every(
        client,
        training,
        ("new1", "", "Grunderna", "2017-03-12", "18"),
        ("new2", "", "Fördjupning", "", ""),
        ("new3", "", "", "", ""),
    )

    assert response.url == f"{training.get_absolute_url()}#steps"
    assert stands(training) == [(1, "Grunderna", 18), (2, "Fördjupning", None)]


@pytest.fixture
def three(training):
    return [
        TrainingStepFactory(event=training, position=n, title=title)
        for n, title in enumerate(("Ett", "Två", "Tre"), start=1)
    ]


def as_read(steps, **changes):
    """What stands in the rows of the steps, some of it changed: {title: position}."""
    return [(step.pk, changes.get(step.title, step.position), step.title, "", "") for step in steps]


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ({"Tre": 1}, ["Tre", "Ett", "Två"]),
        ({"Ett": 3}, ["Två", "Ett", "Tre"]),
        ({"Ett": 9}, ["Två", "Tre", "Ett"]),
        ({"Ett": 2, "Två": 1}, ["Två", "Ett", "Tre"]),
    ],
)
def test_a_step_moves_to_the_number_that_is_typed(client, training, three, changes, order):
    every(client, training, *as_read(three, **changes))

    assert stands(training) == [(n, title, None) for n, title in enumerate(order, start=1)]


def test_a_step_beyond_the_numbers_of_the_table_stays_there(client, training):
    last = TrainingStepFactory(event=training, position=60, title="Sist")

    every(client, training, *as_read([last]), ("new1", "", "Ny", "", ""))

    assert stands(training) == [(60, "Sist", None), (61, "Ny", None)]


def test_steps_left_alone_leave_no_trace(client, training, three):
    every(client, training, *as_read(three))

    assert [step.history.count() for step in three] == [1, 1, 1]


@pytest.mark.parametrize(
    ("row", "field", "message"),
    [
        (("new1", "", "", "", "18"), "title_new1", "Skriv vad steget heter."),
        (("new1", "", "Ett", "mars", ""), "held_on_new1", "Skriv hela datumet"),
        (("new1", "", "Ett", "", "-1"), "participants_new1", "Ett antal är mellan 0 och 9 999."),
        (("new1", "", "Med 811228-9874", "", ""), "title_new1", "ser ut som ett personnummer"),
        (("new1", "", "x" * 201, "", ""), "title_new1", "För långt: som mest 200 tecken"),
    ],
)
def test_what_is_wrong_in_the_table_is_told_at_its_box(client, training, row, field, message):
    response = every(client, training, row)

    assert list(response.context["form"].errors) == [field]
    assert message in response.context["form"].errors[field][0].replace("\xa0", " ")
    assert training.steps.count() == 0


def test_a_title_is_not_emptied(client, training, three):
    response = every(client, training, (three[0].pk, 1, "", "", ""), *as_read(three[1:]))

    assert list(response.context["form"].errors) == [f"title_{three[0].pk}"]


def test_the_table_does_not_overwrite_what_somebody_else_wrote(client, training, three):
    version = three[0].version
    three[0].participants = 7
    three[0].save()
    row = (three[0].pk, 1, "Ett", "", "9")

    response = every(client, training, row, **{f"version_{three[0].pk}": version})

    assert response.context["form"].conflicts == [("Deltagare, Ett", 7)]
    assert training.steps.first().participants == 7


def test_a_table_sent_twice_makes_its_steps_once(client, training):
    key = str(uuid.uuid4())
    for _time in range(2):
        every(client, training, ("new1", "", "Ett", "", ""), form_key=key)

    assert stands(training) == [(1, "Ett", None)]


def test_the_table_of_a_closed_year_asks_for_a_reason(client, training):
    ClosedYear.objects.create(programme=training.programme, year=2017)
    row = ("new1", "", "Ett", "", "")

    response = every(client, training, row)
    before = training.steps.count()
    every(client, training, row, change_reason="Ett steg glömdes.")

    assert list(response.context["form"].errors) == ["change_reason"]
    assert (before, training.steps.get().history.get().history_change_reason) == (
        0,
        "Ett steg glömdes.",
    )


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_do_not_see_the_table(client, programme, role):
    training = EventFactory(programme=programme, kind="training")
    client.force_login(member_of(programme, role))

    assert client.get(address("steps_edit", training, training.pk)).status_code == 404
