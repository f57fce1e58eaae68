"""Publications: items, plays and views, each by itself."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import Publication
from programmes.models import ClosedYear

from .factories import OrganisationFactory, ProgrammeFactory, PublicationFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def add(client, programme, **changes):
    data = {
        "title": "Podden om ASF",
        "kind": "podcast",
        "when": "2020",
        "items": "10",
        "plays": "1 240",
        "views": "",
        "url": "https://example.se/podd",
    }
    return client.post(reverse("activities:publication_add", args=[programme.slug]), data | changes)


def test_a_publication_is_stored_and_unknown_views_stay_unknown(client, world):
    add(client, world)

    row = Publication.objects.get()
    assert (row.items, row.plays, row.views) == (10, 1240, None)
    assert (row.starts_on, row.ends_on, row.year) == (date(2020, 1, 1), date(2020, 12, 31), 2020)


def test_a_typed_zero_is_an_answer(client, world):
    add(client, world, plays="0")

    assert Publication.objects.get().plays == 0


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": ""}, "title", "måste fyllas i"),
        ({"when": "32/1"}, "when", "finns inte"),
        ({"items": "0"}, "items", "mellan 1 och 9 999"),
        ({"items": "tio"}, "items", "Skriv ett heltal med siffror."),
        ({"items": ""}, "items", "måste fyllas i"),
        ({"plays": "-1"}, "plays", "mellan 0 och 999 999 999"),
        ({"views": "9" * 400}, "views", "mellan 0 och 999 999 999"),
        ({"views": "1,5"}, "views", "Skriv ett heltal med siffror."),
        ({"counted_on": "2099-01-01"}, "counted_on", "Den dagen har inte kommit."),
        ({"url": "javascript:alert(1)"}, "url", "URL"),
        ({"url": "ftp://example.se/podd"}, "url", "URL"),
        ({"url": f"https://example.se/{'a' * 500}"}, "url", "som mest 500 tecken"),
        ({"note": "Av 811228-9874"}, "note", "ser ut som ett personnummer"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    client, world, changes, field, message
):
    response = add(client, world, **changes)

    assert message in " ".join(response.context["form"].errors[field])
    assert Publication.objects.count() == 0


def test_an_address_without_a_scheme_is_https(client, world):
    add(client, world, url="example.se/podd")

    assert Publication.objects.get().url == "https://example.se/podd"


def test_another_programmes_organisation_is_refused(client, world):
    response = add(client, world, organisations=[OrganisationFactory().pk])

    assert sorted(response.context["form"].errors) == ["organisations"]


def test_the_list_is_by_year_newest_first_and_its_own(client, world):
    PublicationFactory(programme=world, title="A", starts_on=date(2017, 1, 1))
    PublicationFactory(programme=world, title="B", starts_on=date(2018, 1, 1))
    PublicationFactory(programme=ProgrammeFactory(), title="En annans")

    years = client.get(reverse("activities:publications", args=[world.slug])).context["years"]

    assert [(year, [row.title for row in rows]) for year, rows in years] == [
        (2018, ["B"]),
        (2017, ["A"]),
    ]


def test_the_list_shows_the_numbers_that_are_known(client, world):
    PublicationFactory(programme=world, items=10, plays=1240)

    page = client.get(reverse("activities:publications", args=[world.slug])).content.decode()

    assert "1\xa0240 lyssningar" in page
    assert "0 visningar" not in page
    assert page.count("räknas aldrig in bland deltagarna") == 1


def test_the_detail_says_what_is_not_known(client, world):
    row = PublicationFactory(programme=world, plays=None, views=7, counted_on=date(2018, 1, 2))

    page = client.get(row.get_absolute_url()).content.decode()

    assert page.count("uppgift saknas") == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(client, world, rows, django_assert_num_queries):
    for _row in range(rows):
        row = PublicationFactory(programme=world)
        row.organisations.add(OrganisationFactory(programme=world))
    address = reverse("activities:publications", args=[world.slug])
    client.get(address)

    with django_assert_num_queries(9):
        client.get(address)


def test_an_empty_list_says_what_to_do(client, world):
    page = client.get(reverse("activities:publications", args=[world.slug])).content.decode()

    assert "Inga publikationer än" in page


def test_an_edit_in_a_closed_year_asks_for_a_reason(client, world):
    row = PublicationFactory(programme=world)
    ClosedYear.objects.create(programme=world, year=2017)
    address = reverse("activities:publication_edit", args=[world.slug, row.pk])
    data = {"title": "Ny", "kind": "film", "when": "2018", "items": "1", "version": row.version}

    refused = client.post(address, data)
    client.post(address, data | {"change_reason": "Fel år"})

    row.refresh_from_db()
    assert "change_reason" in refused.context["form"].errors
    assert (row.title, row.year) == ("Ny", 2018)


def test_deleting_asks_first(client, world):
    row = PublicationFactory(programme=world)
    address = reverse("activities:publication_delete", args=[world.slug, row.pk])

    client.get(address)
    before = Publication.objects.count()
    client.post(address)

    assert (before, Publication.objects.count()) == (1, 0)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize("name", ["publication_add", "publication_edit", "publication_delete"])
def test_those_who_only_read_cannot_write(client, programme, role, name):
    row = PublicationFactory(programme=programme)
    client.force_login(member_of(programme, role))
    pk = [] if name == "publication_add" else [row.pk]

    response = client.post(reverse(f"activities:{name}", args=[programme.slug, *pk]))

    assert response.status_code == 404
    assert Publication.objects.count() == 1


def test_a_stranger_sees_none(client, programme):
    row = PublicationFactory(programme=programme)
    client.force_login(member_of(programme, None))

    answers = [
        client.get(reverse("activities:publications", args=[programme.slug])).status_code,
        client.get(row.get_absolute_url()).status_code,
    ]

    assert answers == [404, 404]
