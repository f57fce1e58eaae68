"""Lists kept as somebody narrowed them: theirs alone, and only what the list knows."""

import pytest
from django.urls import reverse

from accounts.models import Membership, SavedFilter
from accounts.saved_filters import MOST
from programmes.filters import LISTS

from .factories import EventFactory, SavedFilterFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


def save(client, programme, query, name="Seminarier", page="activities:list"):
    where = reverse("accounts:filter_add", args=[programme.slug, page])
    return client.post(f"{where}?{query}", {"name": name})


@pytest.fixture
def user(client, programme):
    user = member_of(programme, Role.BOARD)
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", Role.values)
def test_every_member_saves_their_own(client, programme, role):
    client.force_login(member_of(programme, role))

    answer = save(client, programme, "kind=seminar&q=upphandling")

    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("Seminarier", "q=upphandling&kind=seminar")
    assert answer["Location"] == (f"/p/{programme.slug}/handelser/?q=upphandling&kind=seminar")


def test_only_what_the_list_knows_is_kept(client, programme, user):
    save(client, programme, "kind=seminar&page=3&next=//example.se&user=1&csrfmiddlewaretoken=x")

    assert SavedFilter.objects.get().query == "kind=seminar"


def test_it_stands_above_the_list_it_narrows(client, programme, user):
    EventFactory(programme=programme, kind="seminar")
    saved = SavedFilterFactory(programme=programme, user=user, query="kind=seminar")
    SavedFilterFactory(programme=programme, user=user, page="activities:milestones")

    page = client.get(f"/p/{programme.slug}/handelser/?{saved.query}")

    assert list(page.context["saved"]) == [saved]
    assert f'<a href="?kind=seminar" aria-current="page">{saved.name}</a>' in page.content.decode()


def test_it_works_when_a_choice_is_gone(client, programme, user):
    event = EventFactory(programme=programme, kind="seminar")
    saved = SavedFilterFactory(
        programme=programme, user=user, query="kind=seminar&objective=999999&place=9999"
    )

    page = client.get(f"/p/{programme.slug}/handelser/?{saved.query}")

    assert list(page.context["page"]) == [event]


def test_another_members_is_not_there(client, programme, user):
    theirs = SavedFilterFactory(programme=programme, user=member_of(programme, Role.BOARD))

    for name in ("accounts:filter_edit", "accounts:filter_delete"):
        where = reverse(name, args=[programme.slug, theirs.pk])
        assert client.get(where).status_code == client.post(where, {"name": "x"}).status_code == 404
    assert client.get(reverse("accounts:filters", args=[programme.slug])).context["lists"] == []
    assert SavedFilter.objects.get().name == theirs.name


def test_it_is_renamed_and_deleted(client, programme, user):
    saved = SavedFilterFactory(programme=programme, user=user)
    where = reverse("accounts:filter_edit", args=[programme.slug, saved.pk])

    client.post(where, {"name": "Bara seminarier", "version": saved.version})
    assert SavedFilter.objects.get().name == "Bara seminarier"
    client.post(reverse("accounts:filter_delete", args=[programme.slug, saved.pk]))
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("query", "name", "field", "message"),
    [
        ("kind=seminar", "", "name", "Skriv ett namn"),
        ("kind=seminar", "Taget", "name", "ett urval med det namnet"),
        ("kind=seminar", "x" * 61, "name", "För långt"),
        ("", "Allt", "__all__", "det finns inget att spara"),
        ("q=811228-9874", "Sökt", "__all__", "personnummer"),
        ("kind=seminar", "811228-9874", "name", "personnummer"),
    ],
)
def test_what_cannot_be_saved_is_told(client, programme, user, query, name, field, message):
    SavedFilterFactory(programme=programme, user=user, name="Taget")

    answer = save(client, programme, query, name)

    assert message in " ".join(answer.context["form"].errors[field])
    assert SavedFilter.objects.count() == 1


def test_a_list_has_room_for_twenty(client, programme, user):
    SavedFilterFactory.create_batch(MOST, programme=programme, user=user)

    answer = save(client, programme, "kind=seminar")

    assert "Du har sparat 20" in answer.content.decode()
    assert SavedFilter.objects.count() == MOST
    save(client, programme, "kind=policy", page="activities:milestones")
    assert SavedFilter.objects.count() == MOST + 1


def test_a_page_that_is_no_list_has_none(client, programme, user):
    assert save(client, programme, "kind=seminar", page="activities:add").status_code == 404


def test_a_get_saves_nothing(client, programme, user):
    where = reverse("accounts:filter_add", args=[programme.slug, "activities:list"])

    assert client.get(f"{where}?kind=seminar&name=x").status_code == 200
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("page", sorted(LISTS))
def test_every_list_with_filters_opens_as_saved(client, programme, page):
    client.force_login(member_of(programme, Role.AUDITOR))

    answer = client.get(reverse(page, args=[programme.slug]), {"q": "x", "year": "2017"})

    assert answer.status_code == 200
    assert page == answer.context["filters"].PAGE
