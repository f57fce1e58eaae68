"""Collaboration groups: who, where, and whether they are alive."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import CollaborationGroup, GroupStatus
from programmes.models import ClosedYear

from .factories import (
    AttendanceFactory,
    EventFactory,
    GroupFactory,
    GroupStatusFactory,
    InitiativeFactory,
    MunicipalityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


@pytest.fixture
def group(world):
    return GroupFactory(
        programme=world, name="ASF i Ockelbo", municipality=world.municipalities.get()
    )


def address(name, *args):
    return reverse(f"activities:{name}", args=args)


def test_a_group_is_added_and_its_status_asked_for(client, world):
    member = OrganisationFactory(programme=world)

    response = client.post(
        address("group_add", world.slug),
        {
            "name": "ASF i Ockelbo",
            "kind": "asf",
            "municipality": world.municipalities.get().pk,
            "members": [member.pk],
        },
    )

    group = CollaborationGroup.objects.get()
    assert (group.name, list(group.members.all())) == ("ASF i Ockelbo", [member])
    assert response.url == address("group_status_add", world.slug, group.pk)


def test_two_groups_cannot_share_a_name(client, world, group):
    data = {"name": group.name, "kind": "asf", "municipality": group.municipality_id}
    response = client.post(address("group_add", world.slug), data)

    assert response.context["form"].errors["name"] == ["En annan grupp har det namnet."]


def test_another_programmes_choices_are_refused(client, world):
    data = {
        "name": "Grupp",
        "kind": "asf",
        "municipality": MunicipalityFactory().pk,
        "members": [OrganisationFactory().pk],
    }
    response = client.post(address("group_add", world.slug), data)

    assert sorted(response.context["form"].errors) == ["members", "municipality"]
    assert CollaborationGroup.objects.count() == 0


def test_a_status_is_stored_as_roughly_as_it_is_known(client, world, group):
    client.post(
        address("group_status_add", world.slug, group.pk),
        {"status": "dormant", "when": "hösten 2019", "source": "Mejl"},
    )

    row = GroupStatus.objects.get()
    assert (row.group, row.status, row.starts_on, row.precision, row.source) == (
        group,
        "dormant",
        date(2019, 7, 1),
        "season",
        "Mejl",
    )


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"when": "2017-01-01"}, "when", "Gruppen har redan en status från den dagen."),
        ({"when": "någon gång"}, "when", "Skriv datumet som"),
        ({"status": ""}, "status", "måste fyllas i"),
        ({"source": "Samtal med 811228-9874"}, "source", "ser ut som ett personnummer"),
    ],
)
def test_a_status_that_cannot_be_is_refused_at_its_field(
    client, world, group, changes, field, message
):
    GroupStatusFactory(group=group, starts_on=date(2017, 1, 1))
    data = {"status": "ended", "when": "2018"} | changes

    response = client.post(address("group_status_add", world.slug, group.pk), data)

    assert message in " ".join(response.context["form"].errors[field])
    assert group.statuses.count() == 1


def test_a_status_is_changed_and_deleted(client, world, group):
    row = GroupStatusFactory(group=group)
    data = {"status": "ended", "when": "2018", "version": row.version}

    client.post(address("group_status_edit", world.slug, row.pk), data)
    row.refresh_from_db()
    client.post(address("group_status_delete", world.slug, row.pk))

    assert (row.status, row.starts_on, row.precision) == ("ended", date(2018, 1, 1), "year")
    assert group.statuses.count() == 0


def test_a_status_that_began_in_a_closed_year_changes_with_a_reason(client, world, group):
    row = GroupStatusFactory(group=group, starts_on=date(2017, 5, 1))
    ClosedYear.objects.create(programme=world, year=2017)
    data = {"status": "ended", "when": "2018", "version": row.version}

    response = client.post(address("group_status_edit", world.slug, row.pk), data)

    assert "change_reason" in response.context["form"].errors


def test_the_list_shows_the_status_of_today_and_the_last_meeting(client, world, group):
    GroupStatusFactory(group=group, starts_on=date(2017, 1, 1), status="active")
    GroupStatusFactory(group=group, starts_on=date(2018, 1, 1), status="dormant")
    GroupStatusFactory(group=group, starts_on=date(2099, 1, 1), status="ended")
    EventFactory(programme=world, group=group, starts_on=date(2017, 2, 1))
    last = EventFactory(programme=world, group=group, starts_on=date(2018, 2, 1))
    EventFactory(programme=world, group=group, starts_on=date(2019, 2, 1), status="planned")

    (row,) = client.get(address("groups", world.slug)).context["groups"]

    assert (row.now.status, row.met) == ("dormant", last)


def test_the_list_is_its_own_by_name(client, world):
    for name in ("Östra", "Alfa"):
        GroupFactory(programme=world, name=name)
    GroupFactory(programme=ProgrammeFactory(), name="En annans")

    rows = client.get(address("groups", world.slug)).context["groups"]

    assert [row.name for row in rows] == ["Alfa", "Östra"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(client, world, rows, django_assert_num_queries):
    for _row in range(rows):
        status = GroupStatusFactory(group__programme=world)
        status.group.members.add(OrganisationFactory(programme=world))
        EventFactory(programme=world, group=status.group)
    client.get(address("groups", world.slug))

    with django_assert_num_queries(11):
        client.get(address("groups", world.slug))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_detail_asks_the_same_number_of_questions(
    client, world, group, rows, django_assert_num_queries
):
    for row in range(rows):
        GroupStatusFactory(group=group, starts_on=date(2017, 1 + row, 1))
        AttendanceFactory(event=EventFactory(programme=world, group=group))
    client.get(group.get_absolute_url())

    with django_assert_num_queries(20):
        client.get(group.get_absolute_url())


def test_an_empty_list_says_what_to_do(client, world):
    assert "Inga grupper än" in client.get(address("groups", world.slug)).content.decode()


def test_a_group_without_status_says_so(client, world, group):
    assert "status saknas" in client.get(group.get_absolute_url()).content.decode()


def test_a_group_that_has_met_is_not_deleted(client, world, group):
    EventFactory(programme=world, group=group, title="Vårmötet")

    page = client.post(address("group_delete", world.slug, group.pk)).content.decode()

    assert "Vårmötet" in page
    assert CollaborationGroup.objects.count() == 1


def test_deleting_asks_first(client, world, group):
    client.get(address("group_delete", world.slug, group.pk))
    before = CollaborationGroup.objects.count()
    client.post(address("group_delete", world.slug, group.pk))

    assert (before, CollaborationGroup.objects.count()) == (1, 0)


def test_a_meeting_is_started_from_its_group(client, world, group):
    InitiativeFactory(programme=world)

    form = client.get(address("add", world.slug), {"group": group.pk}).context["form"]

    assert [form[name].value() for name in ("kind", "where", "group")] == [
        "group_meeting",
        "2101",
        group.pk,
    ]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_cannot_write(client, programme, role):
    status = GroupStatusFactory(group__programme=programme)
    group, slug = status.group, programme.slug
    client.force_login(member_of(programme, role))

    answers = [
        client.post(address(name, slug, *pk)).status_code
        for name, pk in (
            ("group_add", ()),
            ("group_edit", (group.pk,)),
            ("group_delete", (group.pk,)),
            ("group_status_add", (group.pk,)),
            ("group_status_edit", (status.pk,)),
            ("group_status_delete", (status.pk,)),
        )
    ]

    assert answers == [404] * 6


def test_a_stranger_sees_none(client, programme):
    group = GroupFactory(programme=programme)
    client.force_login(member_of(programme, None))

    answers = [
        client.get(address("groups", programme.slug)).status_code,
        client.get(group.get_absolute_url()).status_code,
    ]

    assert answers == [404, 404]
