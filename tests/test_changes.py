"""What the history tells: who, when, what stood there before."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import Event
from programmes.acts import one_act
from programmes.changes import changes_of
from programmes.models import Judgement, Objective
from programmes.restoring import restore

from .factories import (
    AttendanceFactory,
    EventFactory,
    JudgementFactory,
    MunicipalityFactory,
    OrganisationFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


def told(record):
    return [(c.what, c.subject, c.fields) for c in changes_of(record)]


def test_a_change_tells_what_stood_there_before(programme):
    place = MunicipalityFactory(programme=programme, name="Ockelbo")
    event = EventFactory(programme=programme, title="Frukost")
    event.title, event.place, event.municipality = "Lunch", "municipality", place
    event.save()

    assert told(event) == [
        (
            "Ändrad",
            "",
            (
                ("Slags plats", "länet", "en kommun"),
                ("Kommun", "–", "Ockelbo"),
                ("Vad", "Frukost", "Lunch"),
            ),
        ),
        ("Skapad", "", ()),
    ]


def test_changed_counts_are_told_with_the_event(programme):
    cell = AttendanceFactory(event__programme=programme, women=9000, men=0)
    cell.women = 9
    cell.save()

    assert told(cell.event) == [
        ("Ändrad", "tjänstepersoner", (("Kvinnor", "9000", "9"),)),
        ("Skapad", "tjänstepersoner", (("Kvinnor", "", "9000"),)),
        ("Skapad", "", ()),
    ]


@pytest.mark.parametrize(("role", "shown"), [(Role.PROCESS_LEADER, True), (Role.BOARD, False)])
def test_the_history_is_for_those_who_write(client, programme, role, shown):
    event = EventFactory(programme=programme, starts_on=date(2017, 3, 1), title="Hemlig rubrik")
    event.title = "Ny rubrik"
    event.save()
    client.force_login(member_of(programme, role))

    page = client.get(reverse("activities:detail", args=[programme.slug, event.pk]))

    assert ("Hemlig rubrik" in page.content.decode()) == shown


def test_one_act_is_one_change_with_its_lists_and_rows(programme):
    cell = AttendanceFactory(event__programme=programme, event__title="Frukost", women=3, men=0)
    event, other = cell.event, OrganisationFactory(programme=programme, name="Region Exempel")
    with one_act():
        event.title = "Lunch"
        event.save()
        event.organisers.add(other)
        cell.women = 30
        cell.save()

    first, second, *_earlier = changes_of(event)
    assert (first.fields, first.continues) == (
        (("Vad", "Frukost", "Lunch"), ("Arrangörer", "–", "Region Exempel")),
        False,
    )
    assert (second.fields, second.continues) == ((("Kvinnor", "3", "30"),), True)


def test_only_what_can_be_undone_offers_it(programme):
    cell = AttendanceFactory(event__programme=programme, event__title="Frukost")
    event = cell.event
    with one_act():
        event.title = "Lunch"
        event.save()
        cell.women = 30
        cell.save()
    changed = event.history.latest()
    event.save()

    assert [change.undo for change in changes_of(event)] == [None, changed, None, None, None]


def test_what_was_put_back_is_told(programme):
    event = EventFactory(programme=programme)
    pk = event.pk
    event.delete()
    restore(Event.history.get(history_type="-"))

    assert [what for what, *_rest in told(Event.objects.get(pk=pk))] == [
        "Återställd",
        "Borttagen",
        "Skapad",
    ]


def test_every_change_tells_who(client, programme):
    """Also of what goes with a deletion and of what loses what it pointed at."""
    user = member_of(programme, Role.PROCESS_LEADER)
    objective = JudgementFactory(objective__programme=programme).objective
    event = EventFactory(programme=programme)
    event.objectives.add(objective)
    client.force_login(user)
    client.post(reverse("programmes:objective_delete", args=[programme.slug, objective.pk]))

    latest = [model.history.latest() for model in (Objective, Judgement, Event)]
    assert [(row.history_type, row.history_user) for row in latest] == [
        ("-", user),
        ("-", user),
        ("~", user),
    ]
    assert {row.history_date for row in latest} == {latest[0].history_date}
