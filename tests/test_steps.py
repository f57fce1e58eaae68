"""The steps of a training: read on its page, kept beside the figures."""

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
