"""Undo: what was changed or deleted comes back whole, for 30 days, by who may write it."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities.models import Attachment, Attendance, Event, Link
from placements.models import Participant, Placement
from programmes.changes import changes_of
from programmes.models import ClosedYear, Organisation
from programmes.periods import Period
from programmes.records import Record
from programmes.restoring import NOT_RESTORED, RESTORED, CannotRestore, kinds, restore
from reports.figures import figures

from . import factories
from .factories import AttendanceFactory, EventFactory, OrganisationFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


def deletion_of(model, pk):
    return model.history.filter(id=pk, history_type="-").latest("history_id")


@pytest.fixture
def whole(programme):
    """An event with everything that can hang on one."""
    place = factories.MunicipalityFactory(programme=programme)
    activity = factories.PlannedActivityFactory(plan__programme=programme)
    event = EventFactory(programme=programme, municipality=place, planned_activity=activity)
    organisation = OrganisationFactory(programme=programme)
    event.organisers.add(organisation)
    event.partners.add(organisation)
    event.objectives.add(factories.ObjectiveFactory(programme=programme))
    event.municipalities.add(place)
    AttendanceFactory(event=event)
    AttendanceFactory(event=event, audience="officer", organisation=organisation, women=7)
    factories.TrainingStepFactory(event=event, participants=4)
    Link.objects.create(programme=programme, event=event, url="https://example.se/a")
    file = Attachment(programme=programme, event=event, name="a.pdf", content_type="x/y", size=3)
    file.file.save("a", ContentFile(b"abc"))
    return event


def all_of(event):
    """Everything that is kept of an event but its version."""
    rows = [Event.objects.filter(pk=event.pk)]
    rows += [getattr(event, name).all() for name in ("attendance", "steps", "links", "attachments")]
    fields = [sorted(sorted(row.items()) for row in found.values()) for found in rows]
    lists = ("organisers", "partners", "objectives", "municipalities")
    joined = [set(getattr(event, name).values_list("pk", flat=True)) for name in lists]
    quiet = ("version",)
    return [[[p for p in row if p[0] not in quiet] for row in found] for found in fields], joined


def test_a_deleted_event_comes_back_whole(whole):
    before = all_of(whole)
    pk = whole.pk
    Event.objects.get(pk=pk).delete()

    restore(deletion_of(Event, pk))

    assert all_of(Event.objects.get(pk=pk)) == before
