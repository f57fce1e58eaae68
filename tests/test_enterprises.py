"""The register: what is stored, what is refused and where, who reads contacts, what the list shows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from enterprises.models import Contact, Enterprise, EnterpriseStatus, Industry
from programmes.models import ClosedYear

from .factories import (
    CensusReturnFactory,
    ContactFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    IndustryFactory,
    MunicipalityFactory,
    ProgrammeFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
OWN_NUMBER = "999000-0003"  # a made-up number with a right checksum


@pytest.fixture
def world(programme, client):
    """A programme with a municipality, and its process leader signed in."""
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def address(name, programme, *args):
    return reverse(f"enterprises:{name}", args=[programme.slug, *args])


def typed(programme, **changes):
    """What a person would send for an enterprise in Ockelbo."""
    return {
        "name": "Björkens Hantverk",
        "municipality": programme.municipalities.earliest("pk").pk,
        "organisation_number": "",
        "legal_form": "cooperative",
        "integrates": "yes",
        "participates": "yes",
        "reinvests": "unknown",
        "independent": "no",
        "basis": "own",
        "offers_work_training": "on",
    } | changes


def add(client, programme, **changes):
    return client.post(address("add", programme), typed(programme, **changes))


def test_an_enterprise_is_added_with_the_status_it_begins_with(client, world):
    add(client, world, active_since="mars 2015", source="Egen uppgift")

    enterprise = Enterprise.objects.get()
    assert (enterprise.name, enterprise.integrates, enterprise.offers_work_training) == (
        "Björkens Hantverk",
        "yes",
        True,
    )
    statuses = enterprise.statuses.values_list("status", "starts_on", "precision", "source")
    assert list(statuses) == [("active", date(2015, 3, 1), "month", "Egen uppgift")]


def test_without_a_day_no_status_is_made_up(client, world):
    add(client, world)

    assert Enterprise.objects.count() == 1
    assert EnterpriseStatus.objects.count() == 0


def test_a_status_that_begins_in_a_closed_year_needs_a_reason(client, world):
    ClosedYear.objects.create(programme=world, year=2015)

    refused = add(client, world, active_since="mars 2015")
    stored = Enterprise.objects.count()
    add(client, world, active_since="mars 2015", change_reason="Bortglömt")

    assert (list(refused.context["form"].errors), stored) == (["change_reason"], 0)
    status = EnterpriseStatus.objects.get()
    assert status.history.get().history_change_reason == "Bortglömt"
    response = client.post(address("status_delete", world, status.pk))
    assert list(response.context["form"].errors) == ["change_reason"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": ""}, "name", "Skriv företagets namn."),
        ({"municipality": ""}, "municipality", "Välj kommun."),
        ({"active_since": "imorgon"}, "active_since", "Den dagen har inte kommit."),
        ({"organisation_number": "999000-0004"}, "organisation_number", "stämmer inte"),
        ({"organisation_number": "811228-9874"}, "organisation_number", "personnummer"),
        ({"active_since": "snart"}, "active_since", "Skriv datumet som 2026-03-12"),
        ({"note": "Ring 811228-9874"}, "note", "Det här ser ut som ett personnummer."),
        ({"source": "811228-9874"}, "source", "Det här ser ut som ett personnummer."),
        ({"legal_form": "okänd"}, "legal_form", "Välj ett giltigt alternativ"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    client, world, changes, field, message
):
    response = add(client, world, **changes)

    assert message in " ".join(response.context["form"].errors[field])
    assert "<title>Fel: " in response.content.decode()
    assert Enterprise.objects.count() == 0


def test_an_organisation_number_is_written_one_way_and_is_unique(client, world):
    add(client, world, organisation_number=OWN_NUMBER.replace("-", ""))
    response = add(client, world, name="Ett annat", organisation_number=OWN_NUMBER)

    assert Enterprise.objects.get().organisation_number == OWN_NUMBER
    assert list(response.context["form"].errors) == ["organisation_number"]


def test_the_same_name_in_the_same_municipality_is_refused(client, world):
    add(client, world)
    response = add(client, world)

    assert response.context["form"].errors == {"name": ["Registret har redan det här företaget."]}


def test_another_programmes_choices_are_refused(client, world):
    response = add(
        client, world, municipality=MunicipalityFactory().pk, industries=[IndustryFactory().pk]
    )

    assert sorted(response.context["form"].errors) == ["industries", "municipality"]
    assert Enterprise.objects.count() == 0


@pytest.mark.parametrize("key", ["9" * 30, "9" * 5000, "-1", "x", "\x00", "٣" * 20])
def test_a_choice_that_is_no_key_is_refused(client, world, key):
    response = add(client, world, industries=[key], municipality=key)

    assert sorted(response.context["form"].errors) == ["industries", "municipality"]


def test_a_form_sent_twice_makes_one_enterprise_with_one_status(client, world):
    page = client.get(address("add", world))
    key = str(page.context["form"]["form_key"].value())

    for _time in range(2):
        add(client, world, form_key=key, active_since="2015")

    assert (Enterprise.objects.count(), EnterpriseStatus.objects.count()) == (1, 1)


def test_a_lost_update_is_shown_and_not_made(client, world):
    enterprise = EnterpriseFactory(programme=world)
    edit = address("edit", world, enterprise.pk)
    client.post(edit, typed(world, version=1, name="Deras namn"))

    response = client.post(edit, typed(world, version=1, name="Mitt namn"))

    enterprise.refresh_from_db()
    assert enterprise.name == "Deras namn"
    assert ("Namn", "Deras namn") in response.context["form"].conflicts


def test_a_status_keeps_its_rough_date_and_its_source(client, world):
    enterprise = EnterpriseFactory(programme=world)
    sent = {"status": "dormant", "when": "hösten 2018", "source": "Samtal", "merged_into": ""}

    client.post(address("status_add", world, enterprise.pk), sent)

    stored = enterprise.statuses.values_list("status", "starts_on", "precision", "source")
    assert list(stored) == [("dormant", date(2018, 7, 1), "season", "Samtal")]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"when": "2015-01-01"}, "when", "redan en status från den dagen"),
        ({"merged": True}, "status", "Bara ett sammanslaget företag"),
        ({"source": "811228-9874"}, "source", "personnummer"),
        ({"when": ""}, "when", "Skriv från och med när."),
        ({"when": "imorgon"}, "when", "Den dagen har inte kommit."),
    ],
)
def test_a_bad_status_is_told_at_its_field(client, world, changes, field, message):
    enterprise = EnterpriseStatusFactory(enterprise__programme=world).enterprise
    sent = {"status": "closed", "when": "2018", "source": ""} | changes
    if sent.pop("merged", False):
        sent["merged_into"] = EnterpriseFactory(programme=world).pk

    response = client.post(address("status_add", world, enterprise.pk), sent)

    assert message in " ".join(response.context["form"].errors[field])
    assert enterprise.statuses.count() == 1


def test_nothing_merges_into_itself_or_into_another_programmes_enterprise(client, world):
    enterprise = EnterpriseFactory(programme=world)
    for other in (enterprise, EnterpriseFactory()):
        sent = {"status": "merged", "when": "2018", "merged_into": other.pk}
        response = client.post(address("status_add", world, enterprise.pk), sent)

        assert list(response.context["form"].errors) == ["merged_into"]


def test_the_status_now_is_the_latest_begun():
    enterprise = EnterpriseStatusFactory(starts_on=date(2015, 1, 1)).enterprise
    EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(2018, 1, 1), status="closed")

    then = [
        Enterprise.objects.with_status(date(year, 12, 31)).get().status_then
        for year in (2014, 2016, 2018)
    ]

    assert then == [None, "active", "closed"]


PAGES = [
    ("edit", "enterprise"),
    ("delete", "enterprise"),
    ("status_add", "enterprise"),
    ("contact_add", "enterprise"),
    ("status_edit", "status"),
    ("status_delete", "status"),
    ("contact_edit", "contact"),
    ("contact_delete", "contact"),
    ("industry_edit", "industry"),
    ("industry_delete", "industry"),
]


@pytest.fixture
def rows(programme):
    enterprise = EnterpriseFactory(programme=programme)
    return {
        "enterprise": enterprise,
        "status": EnterpriseStatusFactory(enterprise=enterprise),
        "contact": ContactFactory(enterprise=enterprise),
        "industry": IndustryFactory(programme=programme),
    }


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize(("name", "row"), PAGES)
def test_those_who_only_read_cannot_write(client, programme, rows, role, name, row):
    client.force_login(member_of(programme, role))

    response = client.post(address(name, programme, rows[row].pk), {"version": 1})

    assert response.status_code == 404
    assert (Enterprise.objects.count(), Contact.objects.count()) == (1, 1)


@pytest.mark.parametrize(("name", "row"), PAGES)
def test_a_writer_of_another_programme_cannot_write_here(client, programme, rows, name, row):
    client.force_login(member_of(ProgrammeFactory(), Role.ADMINISTRATOR))

    response = client.post(address(name, programme, rows[row].pk), {"version": 1})

    assert response.status_code == 404


@pytest.mark.parametrize(("name", "row"), PAGES)
def test_a_writer_reaches_every_form(client, world, name, row):
    enterprise = EnterpriseFactory(programme=world)
    own = {
        "enterprise": enterprise,
        "status": EnterpriseStatusFactory(enterprise=enterprise),
        "contact": ContactFactory(enterprise=enterprise),
        "industry": IndustryFactory(programme=world),
    }

    assert client.get(address(name, world, own[row].pk)).status_code == 200


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
def test_contacts_and_answers_are_for_those_who_see_everything(client, programme, role, seen):
    enterprise = EnterpriseFactory(programme=programme)
    ContactFactory(enterprise=enterprise, name="Kontaktperson A", email="a@example.se")
    CensusReturnFactory(enterprise=enterprise, census__programme=programme, employed_women=4711)
    client.force_login(member_of(programme, role))

    page = client.get(enterprise.get_absolute_url()).content.decode()

    found = [text in page for text in ("Kontaktperson A", "a@example.se", "4\u00a0711")]
    assert found == [seen] * 3


def test_a_contact_is_saved_and_deleted(client, world):
    enterprise = EnterpriseFactory(programme=world)
    client.post(
        address("contact_add", world, enterprise.pk),
        {"name": "Kontaktperson A", "email": "a@example.se", "telephone": ""},
    )
    contact = enterprise.contacts.get()
    assert (contact.name, contact.email) == ("Kontaktperson A", "a@example.se")

    client.post(address("contact_delete", world, contact.pk))
    assert enterprise.contacts.count() == 0


def test_deleting_an_enterprise_asks_first(client, world):
    enterprise = EnterpriseStatusFactory(enterprise__programme=world).enterprise
    delete = address("delete", world, enterprise.pk)

    client.get(delete)
    before = Enterprise.objects.count()
    client.post(delete)

    assert (before, Enterprise.objects.count()) == (1, 0)


def test_an_enterprise_with_answers_stays(client, world):
    enterprise = EnterpriseFactory(programme=world)
    CensusReturnFactory(enterprise=enterprise, census__programme=world)

    response = client.post(address("delete", world, enterprise.pk))

    assert len(response.context["protected"]) == 1
    assert Enterprise.objects.count() == 1


def test_an_industry_is_added_changed_and_deleted(client, world):
    client.post(address("industry_add", world), {"name": "Café"})
    industry = Industry.objects.get()
    again = client.post(address("industry_add", world), {"name": "Café"})
    client.post(address("industry_edit", world, industry.pk), {"name": "Kafé", "version": 1})

    assert again.context["form"].errors == {"name": ["En annan bransch har det namnet."]}
    assert [row.name for row in Industry.objects.all()] == ["Kafé"]

    client.post(address("industry_delete", world, industry.pk))
    assert Industry.objects.count() == 0


def listed(client, programme, **filters):
    response = client.get(address("list", programme), filters)
    return [row.name for _place, rows in response.context["municipalities"] for row in rows]


def test_the_list_shows_its_own_programme_by_municipality(client, world):
    gavle = MunicipalityFactory(programme=world, name="Gävle")
    EnterpriseFactory(programme=world, name="Ö", municipality=gavle)
    EnterpriseFactory(programme=world, name="Ä", municipality=gavle)
    EnterpriseFactory(programme=world, name="A", municipality=world.municipalities.get(code="2101"))
    EnterpriseFactory(name="En annans")

    assert listed(client, world) == ["Ä", "Ö", "A"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"q": "björk"}, ["Björken"]),
        ({"q": "999000-0003"}, ["Björken"]),
        ({"q": "9990000003"}, ["Björken"]),
        ({"status": "active"}, ["Björken"]),
        ({"status": "missing"}, ["Eken"]),
        ({"industry": "café"}, ["Eken"]),
        ({"municipality": "ockelbo"}, ["Björken"]),
        ({"status": "x", "municipality": "x", "page": "-3", "q": "\x00"}, ["Björken", "Eken"]),
        ({"q": "inget"}, []),
    ],
)
def test_the_list_is_narrowed(client, world, filters, names):
    ockelbo = world.municipalities.get()
    first = EnterpriseFactory(
        programme=world, name="Björken", municipality=ockelbo, organisation_number=OWN_NUMBER
    )
    EnterpriseStatusFactory(enterprise=first)
    second = EnterpriseFactory(
        programme=world, name="Eken", municipality__name="Öde", municipality__programme=world
    )
    cafe = IndustryFactory(programme=world)
    second.industries.add(cafe)
    chosen = {"café": cafe.pk, "ockelbo": ockelbo.pk}

    filters = {name: chosen.get(value, value) for name, value in filters.items()}
    assert listed(client, world, **filters) == names


@pytest.mark.parametrize("name", ["list", "industries"])
def test_lists_ask_the_same_number_of_questions(client, world, name):
    counts = []
    for _time in range(2):
        enterprise = EnterpriseStatusFactory(enterprise__programme=world).enterprise
        enterprise.industries.add(IndustryFactory(programme=world))
        client.get(address(name, world))
        counts.append(_questions(client, address(name, world)))
        EnterpriseFactory(programme=world).industries.add(IndustryFactory(programme=world))

    assert counts[0] == counts[1]


def _questions(client, url):
    with CaptureQueriesContext(connection) as questions:
        client.get(url)
    return len(questions)


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.PARTNER])
def test_the_detail_asks_the_same_number_of_questions(client, programme, role):
    client.force_login(member_of(programme, role))
    enterprise = EnterpriseFactory(programme=programme)
    counts = []
    for year in (2017, 2018, 2019):
        EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(year, 1, 1))
        ContactFactory(enterprise=enterprise)
        CensusReturnFactory(enterprise=enterprise, census__programme=programme, census__year=year)
        if year != 2018:
            client.get(enterprise.get_absolute_url())
            counts.append(_questions(client, enterprise.get_absolute_url()))

    assert counts[0] == counts[1]


def test_without_a_municipality_the_form_says_what_is_missing(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    response = client.get(address("add", programme))

    way = reverse("programmes:municipality_add", args=[programme.slug])
    assert ("form" in response.context, way in response.content.decode()) == (False, True)


def test_an_empty_register_says_what_to_do(client, world):
    page = client.get(address("list", world)).content.decode()

    assert "Lägg till det första" in page
    assert "Ingen inventering har öppnats än." in page


def test_a_status_of_a_closed_year_does_not_go_with_its_enterprise(client, programme):
    status = EnterpriseStatusFactory(enterprise__programme=programme, starts_on=date(2017, 3, 1))
    ClosedYear.objects.create(programme=programme, year=2017)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    page = client.post(reverse("enterprises:delete", args=[programme.slug, status.enterprise_id]))

    assert page.context["protected"] == [status]
    assert Enterprise.objects.count() == 1


def test_a_new_enterprise_that_looks_like_another_is_remarked(client, world):
    client.force_login(member_of(world, Role.PROCESS_LEADER))
    new = reverse("enterprises:add", args=[world.slug])
    client.post(new, typed(world, name="Dubbel Verkstad"))

    page = client.post(new, typed(world, name="Dubbelverkstad"), follow=True)

    assert [one.message for one in page.context["messages"]][-1] == (
        "Det kan vara samma företag som ”Dubbel Verkstad”, som redan finns."
    )


def test_on_what_basis_a_new_enterprise_counts_is_unknown_until_chosen(client, world):
    client.force_login(member_of(world, Role.PROCESS_LEADER))

    form = client.get(reverse("enterprises:add", args=[world.slug])).context["form"]

    assert form["basis"].value() == "unknown"
