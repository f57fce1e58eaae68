"""The first steps: an empty programme goes through the forms to its first event and figure."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Membership
from activities.models import Event

from .factories import AttendanceFactory, EventFactory, InitiativeFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


def address(programme):
    return reverse("reports:first_steps", args=[programme.slug])


def steps(client, programme):
    """Which steps are done, and what the page suggests next."""
    context = client.get(address(programme)).context
    return [step.done for step in context["steps"]], context["next"]


def test_an_empty_programme_reaches_its_first_event(client, programme):
    client.force_login(member_of(programme, Role.ADMINISTRATOR))
    year = timezone.localdate().year
    answers = [
        {
            "name": programme.name,
            "association": programme.association,
            "starts_on": f"{year}-01-01",
            "contact": "Kansliet, kansliet@example.se",
            "target_group": "De som står längst från arbete",
            "purpose": "Fler vägar till arbete",
            "disclosure_threshold": "5",
            "codes_kept": "5",
            "contacts_kept": "1",
            "version": "1",
        },
        {"name": "Fler vägar", "direction": "structural", "starts_on": f"{year}-01-01"},
        {"position": "1", "title": "Fler vet vad ett ASF är"},
        {"name": "Ockelbo", "code": "2101"},
        {"name": "Ockelbo kommun", "kind": "member_party"},
        {"email": "styrelsen@example.se", "role": "board"},
        {"initiative": lambda: programme.initiatives.get().pk, "year": str(year)},
        {
            "title": "Frukost om upphandling",
            "when": f"{year}-01-01",
            "where": "2101",
            "kind": "breakfast_meeting",
            "status": "held",
            "initiative": lambda: programme.initiatives.get().pk,
            "format": "on_site",
            "mode": "audience",
            "officer-women": "5",
        },
    ]

    for number, typed in enumerate(answers):
        done, step = steps(client, programme)
        assert done == [True] * number + [False] * (9 - number)
        data = {name: value() if callable(value) else value for name, value in typed.items()}
        response = client.post(step.url, data)
        assert response.status_code == 302, response.context["form"].errors

    assert steps(client, programme) == ([True] * 9, None)
    assert Event.objects.get().place_code == "2101"


def test_a_form_from_the_steps_leads_back_to_them(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    _done, step = steps(client, programme)

    response = client.post(
        step.url, {"name": "Insats", "direction": "structural", "starts_on": "2016-01-01"}
    )

    assert response.url == address(programme)


def test_the_process_leader_is_led_past_what_the_administrator_does(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    done, step = steps(client, programme)

    assert done == [False] * 9
    assert step.url.startswith(reverse("programmes:initiative_add", args=[programme.slug]))


def test_an_event_without_counts_is_not_a_figure_yet(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    event = EventFactory(programme=programme)

    before = steps(client, programme)[0][-2:]
    AttendanceFactory(event=event)

    assert (before, steps(client, programme)[0][-2:]) == ([True, False], [True, True])


def test_an_invitation_counts_while_it_is_open(client, programme):
    client.force_login(member_of(programme, Role.ADMINISTRATOR))
    invitation = Invitation(programme=programme, email="ny@example.se", role=Role.BOARD)
    invitation.issue_token()
    invitation.save()

    before = steps(client, programme)[0][5]
    invitation.expires_at = timezone.now()
    invitation.save()

    assert (before, steps(client, programme)[0][5]) == (True, False)


def test_another_programmes_records_tick_nothing_off(client, programme):
    AttendanceFactory()
    InitiativeFactory()
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    assert steps(client, programme)[0] == [False] * 9


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_the_steps_are_for_those_who_write(client, programme, role):
    client.force_login(member_of(programme, role))

    assert client.get(address(programme)).status_code == 404
