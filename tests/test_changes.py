"""What the history tells: who, when, what stood there before."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import Attendance
from programmes.changes import changes_of

from .factories import AttendanceFactory, EventFactory, MunicipalityFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


def told(record, *parts):
    return [(c.what, c.subject, c.fields) for c in changes_of(record, *parts)]


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

    assert told(cell.event, Attendance.history.filter(event=cell.event_id)) == [
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
