"""From planned to logged in one row of a list: how many came, as a total alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities.models import Attendance, Event
from programmes.models import ClosedYear

from .factories import AttendanceFactory, EventFactory, member_of

pytestmark = pytest.mark.django_db
Role, Status = Membership.Role, Event.Status


@pytest.fixture
def world(programme, client):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def way(name, event):
    return reverse(f"activities:{name}", args=[event.programme.slug, event.pk])


def counted(client, event, **numbers):
    return client.post(way("count", event), {"version": event.version} | numbers)


@pytest.mark.parametrize("status", [Status.PLANNED, Status.HELD])
def test_a_total_makes_an_event_held_and_counted(client, world, status):
    event = EventFactory(programme=world, status=status)

    answer = counted(client, event, women="7", men="4", onward="/p/x/?page=2")

    cells = Attendance.objects.values_list("audience", "women", "men", "unspecified")
    assert (Event.objects.get().status, list(cells)) == ("held", [("", 7, 4, 0)])
    assert answer.url == f"/p/x/?page=2#event-{event.pk}"


@pytest.mark.parametrize("elsewhere", ["https://example.se/", "//example.se", "javascript:x", "x"])
def test_it_never_leads_to_another_site(client, world, elsewhere):
    event = EventFactory(programme=world)

    answer = counted(client, event, women="7", onward=elsewhere)

    assert answer.url == event.get_absolute_url()


@pytest.mark.parametrize(
    ("numbers", "box", "message"),
    [
        ({}, "unspecified", "Skriv minst ett antal."),
        ({"women": "3", "men": "tolv"}, "men", "Skriv bara siffror, till exempel 12."),
        ({"unspecified": "3", "women": "4"}, "unspecified", "är fler än"),
        ({"women": "-1"}, "women", "Ett antal är mellan 0 och 9 999."),
    ],
)
def test_what_is_wrong_in_a_row_is_told_on_a_page_of_its_own(client, world, numbers, box, message):
    event = EventFactory(programme=world, status=Status.PLANNED)

    answer = counted(client, event, **numbers)

    total = answer.context["total"]
    assert message in " ".join(total.errors[box])
    assert [total[name].value() for name in numbers] == list(numbers.values())
    assert Event.objects.get().status == Status.PLANNED


def test_a_day_to_come_cannot_be_counted(client, world):
    tomorrow = timezone.localdate() + timedelta(1)
    event = EventFactory(programme=world, status=Status.PLANNED, starts_on=tomorrow)

    answer = counted(client, event, women="3")

    assert "Den dagen har inte kommit" in answer.context["form"].non_field_errors()[0]
    assert Attendance.objects.count() == 0


def test_counts_sent_twice_are_kept_once(client, world):
    event = EventFactory(programme=world)

    for _time in range(2):
        answer = counted(client, event, women="3", onward="/p/")

    assert answer.url == f"/p/#event-{event.pk}"
    assert Attendance.objects.count() == 1


def test_counts_that_stand_already_are_not_overwritten(client, world):
    event = AttendanceFactory(event__programme=world).event

    answer = counted(client, event, women="300")

    assert answer.url == way("edit", event)
    assert list(Attendance.objects.values_list("women", "men")) == [(3, 2)]


def test_an_event_changed_meanwhile_is_looked_at_first(client, world):
    event = EventFactory(programme=world)
    Event.objects.get().save()

    answer = counted(client, event, women="3")

    assert "ändrade" in answer.context["form"].non_field_errors()[0]
    assert Attendance.objects.count() == 0


def test_counts_of_a_closed_year_need_a_reason(client, world):
    event = EventFactory(programme=world)
    ClosedYear.objects.create(programme=world, year=2017)

    refused = counted(client, event, women="3")
    counted(client, event, women="3", change_reason="Listan kom sent")

    assert list(refused.context["form"].errors) == ["change_reason"]
    assert Attendance.objects.get().history.get().history_change_reason == "Listan kom sent"


@pytest.mark.parametrize(
    ("status", "days", "cells", "shown"),
    [
        (Status.PLANNED, 0, 0, True),
        (Status.PLANNED, 1, 0, False),
        (Status.HELD, -1, 0, True),
        (Status.HELD, -1, 1, False),
        (Status.CANCELLED, -1, 0, False),
    ],
)
def test_the_row_offers_to_fill_in_what_has_been(client, world, status, days, cells, shown):
    event = EventFactory(
        programme=world,
        status=status,
        starts_on=timezone.localdate() + timedelta(days),
        cancelled_reason="Snö" if status == Status.CANCELLED else "",
    )
    AttendanceFactory.create_batch(cells, event=event)

    page = client.get(reverse("activities:list", args=[world.slug])).content.decode()

    assert (way("count", event) in page) == shown


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_cannot_count(client, world, role):
    event = EventFactory(programme=world)
    client.force_login(member_of(world, role))

    answers = [client.get(way("count", event)), counted(client, event, women="3")]

    assert [answer.status_code for answer in answers] == [404, 404]
