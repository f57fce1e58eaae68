"""Grants: the decision for every member, what it is for and its money for those who see everything."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from placements.models import Grant, Instalment
from programmes.models import ClosedYear

from .factories import (
    GrantFactory,
    InitiativeFactory,
    MunicipalityFactory,
    PlacementFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    """A programme with what a grant needs, and its process leader signed in."""
    InitiativeFactory(programme=programme, direction="individual")
    InitiativeFactory(programme=programme, direction="structural")
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def address(name, programme, *args):
    return reverse(f"placements:{name}", args=[programme.slug, *args])


def typed(programme, **changes):
    """What a person would send for four places in Ockelbo."""
    return {
        "year": "2017",
        "municipality": programme.municipalities.get(code="2101").pk,
        "places": "4",
        "months": "6",
        "amount": "240000",
        "decided_on": "2017-01-20",
        "reference": "§ 12",
        "initiative": programme.initiatives.get(direction="individual").pk,
        "target_group": "Unga",
        "conditions": "",
    } | changes


def test_a_grant_is_added(client, world):
    client.post(address("add", world), typed(world))

    grant = Grant.objects.get()
    assert (grant.year, grant.places, grant.months, grant.amount) == (2017, 4, 6, 240000)
    assert (grant.decided_on, grant.reference, str(grant)) == (
        date(2017, 1, 20),
        "§ 12",
        "Ockelbo 2017",
    )


def test_the_line_of_work_about_individuals_is_chosen_beforehand(client, world):
    form = client.get(address("add", world)).context["form"]

    assert form["initiative"].value() == world.initiatives.get(direction="individual").pk


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"places": "0"}, "places", "Skriv ett tal mellan 1 och 999."),
        ({"places": "1000"}, "places", "Skriv ett tal mellan 1 och 999."),
        ({"places": "fyra"}, "places", "heltal"),
        ({"months": "37"}, "months", "Skriv ett tal mellan 1 och 36."),
        ({"amount": "-1"}, "amount", "kan inte stämma"),
        ({"amount": "9" * 30}, "amount", "kan inte stämma"),
        ({"year": ""}, "year", "Skriv året."),
        ({"year": "1917"}, "year", "Skriv ett år mellan 1990 och 2100."),
        ({"municipality": ""}, "municipality", "Välj kommun."),
        ({"initiative": "9" * 9}, "initiative", "Välj ett giltigt alternativ i listan."),
        ({"decided_on": "imorgon"}, "decided_on", "Den dagen har inte kommit."),
        ({"decided_on": "31/11 2017"}, "decided_on", "31 november finns inte"),
        ({"target_group": "811228-9874"}, "target_group", "personnummer"),
        ({"conditions": "811228-9874"}, "conditions", "personnummer"),
        ({"reference": "811228-9874"}, "reference", "personnummer"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    client, world, changes, field, message
):
    response = client.post(address("add", world), typed(world, **changes))

    assert message in " ".join(response.context["form"].errors[field])
    assert Grant.objects.count() == 0


def test_another_programmes_choices_are_refused(client, world):
    other = GrantFactory()
    sent = typed(world, municipality=other.municipality_id, initiative=other.initiative_id)

    response = client.post(address("add", world), sent)

    assert sorted(response.context["form"].errors) == ["initiative", "municipality"]


def test_a_form_sent_twice_makes_one_grant(client, world):
    key = str(client.get(address("add", world)).context["form"]["form_key"].value())

    for _time in range(2):
        client.post(address("add", world), typed(world, form_key=key))

    assert Grant.objects.count() == 1


def test_a_lost_update_is_shown_and_not_made(client, world):
    client.post(address("add", world), typed(world))
    edit = address("edit", world, Grant.objects.get().pk)
    client.post(edit, typed(world, version=1, places="5"))

    response = client.post(edit, typed(world, version=1, places="6"))

    assert Grant.objects.get().places == 5
    assert ("Platser", "5") in response.context["form"].conflicts


def test_a_closed_year_asks_for_a_reason(client, world):
    ClosedYear.objects.create(programme=world, year=2017)

    refused = client.post(address("add", world), typed(world))
    client.post(address("add", world), typed(world, change_reason="Beslutet kom bort"))

    assert list(refused.context["form"].errors) == ["change_reason"]
    assert Grant.objects.get().history.get().history_change_reason == "Beslutet kom bort"


def test_a_grant_with_placements_stays(client, world):
    grant = PlacementFactory(grant__programme=world).grant

    response = client.post(address("delete", world, grant.pk))

    assert len(response.context["protected"]) == 1
    assert Grant.objects.count() == 1


def test_an_instalment_may_be_due_but_not_paid_on_a_day_to_come(client, world):
    grant = GrantFactory(programme=world)
    add, sent = address("instalment_add", world, grant.pk), {"amount": "1", "due_on": "2099-01-31"}

    refused = client.post(add, sent | {"paid_on": "imorgon"})
    client.post(add, sent)

    assert refused.context["form"].errors == {"paid_on": ["Den dagen har inte kommit."]}
    assert Instalment.objects.get().due_on == date(2099, 1, 31)


def test_an_instalment_is_added_changed_and_deleted(client, world):
    grant = GrantFactory(programme=world)
    sent = {"amount": "120000", "due_on": "2017-03-31", "paid_on": ""}
    client.post(address("instalment_add", world, grant.pk), sent)
    row = Instalment.objects.get()
    client.post(
        address("instalment_edit", world, row.pk), sent | {"version": 1, "paid_on": "2017-04-02"}
    )
    row.refresh_from_db()
    assert (row.amount, row.due_on, row.paid_on) == (120000, date(2017, 3, 31), date(2017, 4, 2))

    client.post(address("instalment_delete", world, row.pk))
    assert Instalment.objects.count() == 0


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize(
    "name",
    [
        "add",
        "edit",
        "delete",
        "placement_add",
        "instalment_add",
        "instalment_edit",
        "instalment_delete",
    ],
)
def test_those_who_only_read_cannot_write(client, programme, role, name):
    grant = GrantFactory(programme=programme)
    row = Instalment.objects.create(grant=grant, amount=1)
    client.force_login(member_of(programme, role))
    args = {"add": [], "instalment_edit": [row.pk], "instalment_delete": [row.pk]}

    response = client.post(address(name, programme, *args.get(name, [grant.pk])), {"version": 1})

    assert response.status_code == 404
    assert (Grant.objects.count(), Instalment.objects.count()) == (1, 1)


CLOSED = ("Unga utan examen", "Träff varje månad", "77\u00a0777", "KOD")


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.ADMINISTRATOR, True),
        (Role.PROCESS_LEADER, True),
        (Role.AUDITOR, True),
        (Role.PARTNER, False),
        (Role.BOARD, False),
    ],
)
def test_partner_and_board_read_the_decision_alone(client, programme, role, seen):
    grant = GrantFactory(
        programme=programme,
        amount=240000,
        reference="§ 12",
        target_group="Unga utan examen",
        conditions="Träff varje månad",
    )
    Instalment.objects.create(grant=grant, amount=77777)
    placement = PlacementFactory(grant=grant)
    client.force_login(member_of(programme, role))

    page = client.get(grant.get_absolute_url()).content.decode()

    assert [text in page for text in ("240\u00a0000\u00a0kr", "§ 12", "4 platser")] == [True] * 3
    closed = [text.replace("KOD", placement.participant.code) in page for text in CLOSED]
    assert closed == [seen] * 4
    assert ("Placeringar" in page) is seen


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD])
def test_the_pages_of_partner_and_board_are_the_same_whatever_the_use(client, programme, role):
    grant = GrantFactory(programme=programme, places=1)
    client.force_login(member_of(programme, role))
    pages = [address("list", programme), grant.get_absolute_url()]
    before = [_body(client, page) for page in pages]

    for _time in range(3):
        PlacementFactory(grant=grant)

    assert [_body(client, page) for page in pages] == before


def _body(client, page):
    """The page's own part; the frame around it holds tokens that differ each time."""
    return client.get(page).content.decode().split("<main")[1].split("</main>")[0]


def test_more_placements_than_places_is_remarked(client, world):
    grant = GrantFactory(programme=world, places=1)
    PlacementFactory(grant=grant)
    before = client.get(grant.get_absolute_url()).content.decode()
    PlacementFactory(grant=grant)
    after = client.get(grant.get_absolute_url()).content.decode()

    assert ["Fler placeringar än platser" in page for page in (before, after)] == [False, True]


def listed(client, programme, **filters):
    response = client.get(address("list", programme), filters)
    return [str(grant) for _year, grants in response.context["years"] for grant in grants]


@pytest.fixture
def three(world):
    """Grants of two years to two municipalities, and one of another programme."""
    ockelbo = world.municipalities.get()
    gavle = MunicipalityFactory(programme=world, name="Gävle")
    GrantFactory()
    return [
        GrantFactory(programme=world, municipality=ockelbo, year=2018),
        GrantFactory(programme=world, municipality=gavle, year=2018),
        GrantFactory(programme=world, municipality=ockelbo, year=2017),
    ]


def test_the_list_is_by_year_and_municipality(client, world, three):
    assert listed(client, world) == ["Gävle 2018", "Ockelbo 2018", "Ockelbo 2017"]


def test_the_list_is_narrowed(client, world, three):
    placement = PlacementFactory(grant=three[2])
    ockelbo = three[0].municipality_id

    assert listed(client, world, year="2017") == ["Ockelbo 2017"]
    assert listed(client, world, municipality=ockelbo, year="2018") == ["Ockelbo 2018"]
    assert listed(client, world, code=placement.participant.code.lower()) == ["Ockelbo 2017"]
    assert listed(client, world, code="AAAA") == []
    assert len(listed(client, world, year="x", municipality="x", page="-1")) == 3


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD])
def test_partner_and_board_cannot_search_by_code(client, world, three, role):
    placement = PlacementFactory(grant=three[2])
    client.force_login(member_of(world, role))

    assert len(listed(client, world, code=placement.participant.code)) == 3


def questions(client, url):
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.PARTNER])
def test_pages_ask_the_same_number_of_questions(client, programme, role):
    client.force_login(member_of(programme, role))
    grant = GrantFactory(programme=programme, year=2018)
    pages = [address("list", programme), grant.get_absolute_url()]
    counts = []
    for rows in (1, 2):
        for _row in range(rows):
            GrantFactory(programme=programme, year=2015 + rows)
            PlacementFactory(grant=grant)
            Instalment.objects.create(grant=grant, amount=1)
        client.get(pages[0])
        counts.append([questions(client, page) for page in pages])

    assert counts[0] == counts[1]


def test_without_municipality_and_initiative_the_form_says_what_is_missing(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    ways = [
        reverse(f"programmes:{name}", args=[programme.slug])
        for name in ("municipality_add", "initiative_add")
    ]

    def offered():
        response = client.get(address("add", programme))
        page = response.content.decode()
        return "form" in response.context, [way in page for way in ways]

    nothing = offered()
    MunicipalityFactory(programme=programme)
    one = offered()
    InitiativeFactory(programme=programme)

    assert [nothing, one, offered()[0]] == [(False, [True, True]), (False, [False, True]), True]


def test_an_empty_list_says_what_to_do(client, world):
    assert "Lägg till det första beslutet" in client.get(address("list", world)).content.decode()
