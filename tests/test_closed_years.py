"""A closed year stays closed, whichever way somebody comes in."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import Event
from placements.models import Outcome
from programmes.models import ClosedYear, Objective, Organisation, Staffing

from .factories import (
    EventFactory,
    InitiativeFactory,
    ObjectiveFactory,
    OrganisationFactory,
    OutcomeFactory,
    ProgrammeFactory,
    StaffingFactory,
    member_of,
)
from .test_events import typed

pytestmark = pytest.mark.django_db
REASON = "Kommunen lämnade nya uppgifter."


@pytest.fixture
def closed(programme, client):
    """A programme whose 2017 is adopted, and its process leader signed in."""
    InitiativeFactory(programme=programme)
    ClosedYear.objects.create(programme=programme, year=2017)
    client.force_login(member_of(programme, Membership.Role.PROCESS_LEADER))
    return programme


def post(client, name, programme, *args, **data):
    return client.post(reverse(name, args=[programme.slug, *args]), data)


def asks_for_a_reason(page):
    return "change_reason" in page.context["form"].errors


def test_an_event_logged_in_it_asks_for_a_reason(client, closed):
    data = typed(closed, where="county")

    page = post(client, "activities:add", closed, **data)
    assert asks_for_a_reason(page)
    assert page.context["form"]["title"].value() == data["title"]
    post(client, "activities:add", closed, **data, change_reason=REASON)

    assert Event.objects.get().history.get().history_change_reason == REASON


def test_an_event_moved_into_it_asks_for_a_reason(client, closed):
    event = EventFactory(programme=closed, starts_on=date(2018, 3, 1))

    page = post(client, "activities:edit", closed, event.pk, **typed(closed, where="county"))

    assert asks_for_a_reason(page)
    assert Event.objects.get().year == 2018


def test_a_correction_of_its_outcome_asks_for_a_reason(client, closed):
    ClosedYear.objects.all().delete()
    outcome = OutcomeFactory(placement__grant__programme=closed)
    ClosedYear.objects.create(programme=closed, year=2017)

    page = post(
        client,
        "placements:outcome_correct",
        closed,
        outcome.pk,
        when="2018-02-01",
        result="studies",
        follow_up="0",
        reason="Fel",
    )

    assert asks_for_a_reason(page)
    assert Outcome.objects.count() == 1


def test_staffing_that_began_in_it_asks_for_a_reason(client, closed):
    ClosedYear.objects.all().delete()
    row = StaffingFactory(programme=closed)
    ClosedYear.objects.create(programme=closed, year=2017)

    page = post(
        client, "programmes:staffing_edit", closed, row.pk, starts_on="2017-01-01", percent="33"
    )

    assert asks_for_a_reason(page)
    assert Staffing.objects.get().percent == 100


def test_an_organisation_of_its_events_stays(client, closed):
    event = EventFactory(programme=closed, starts_on=date(2018, 3, 1))
    event.partners.add(OrganisationFactory(programme=closed))
    Event.objects.filter(pk=event.pk).update(starts_on=date(2017, 3, 1), year=2017)

    page = post(client, "programmes:organisation_delete", closed, event.partners.get().pk)

    assert page.context["protected"] == [Event.objects.get()]
    assert Organisation.objects.count() == 1


def test_a_form_key_of_another_programme_is_no_hindrance(client, closed):
    elsewhere = ObjectiveFactory(programme=ProgrammeFactory())
    Objective.objects.filter(pk=elsewhere.pk).update(
        form_key="3f6a4b1e-5a54-4f0e-9a8e-0c6a4c1f9d11"
    )

    post(
        client,
        "programmes:objective_add",
        closed,
        form_key="3f6a4b1e-5a54-4f0e-9a8e-0c6a4c1f9d11",
        position="1",
        title="Fler vet",
    )

    assert closed.objectives.get().title == "Fler vet"
