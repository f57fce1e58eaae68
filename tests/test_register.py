"""The register as a whole: where its enterprises are, what looks alike, what a page tells, whom to erase."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from enterprises.duplicates import likely_duplicates, tell_apart
from enterprises.merging import Merge
from enterprises.models import AnswerLink, Contact, Enterprise, Letter, ToldApart
from enterprises.retention import to_erase
from programmes.restoring import deleted_since, oldest, restore

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    ContactFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    EventFactory,
    MunicipalityFactory,
    OrganisationFactory,
    PlacementFactory,
    SubregionFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2026, 11, 24)


@pytest.fixture
def ockelbo(programme):
    return MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")


@pytest.fixture
def writer(programme, client):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return client


def active(place, name, **fields):
    row = EnterpriseFactory(programme=place.programme, municipality=place, name=name, **fields)
    EnterpriseStatusFactory(enterprise=row)
    return row


def listed(client, programme, **filters):
    answer = client.get(reverse("enterprises:list", args=[programme.slug]), filters)
    return [row.name for row in answer.context["page"]]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"criteria": "met"}, ["A"]),
        ({"criteria": "not_met"}, ["B"]),
        ({"criteria": "unknown"}, ["B", "C"]),
        ({"offer": "offers_work_trial"}, ["B"]),
        ({"no_contact": "1"}, ["A", "C"]),
        ({"unconfirmed": "1"}, ["B", "C"]),
        ({"q": "hette förr"}, ["C"]),
        ({"offer": "x", "criteria": "x", "subregion": "x"}, ["A", "B", "C"]),
    ],
)
def test_the_register_is_narrowed_to_what_is_asked_about(writer, ockelbo, filters, names):
    yes = dict.fromkeys(("integrates", "participates", "reinvests", "independent"), "yes")
    a = active(ockelbo, "A", **yes)
    b = active(ockelbo, "B", integrates="no", offers_work_trial=True)
    active(ockelbo, "C", note="Hette förr något annat.")
    ContactFactory(enterprise=b)
    census = CensusFactory(programme=ockelbo.programme)
    CensusReturnFactory(census=census, enterprise=a)
    CensusReturnFactory(census=census, enterprise=b, state="draft")

    assert listed(writer, ockelbo.programme, **filters) == names


def test_a_subregion_brings_its_municipalities(writer, ockelbo):
    ockelbo.subregion = SubregionFactory(programme=ockelbo.programme)
    ockelbo.save()
    active(ockelbo, "Här")
    active(MunicipalityFactory(programme=ockelbo.programme), "Där")

    assert listed(writer, ockelbo.programme, subregion=ockelbo.subregion_id) == ["Här"]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD])
def test_contacts_and_answers_cannot_be_asked_for_by_who_does_not_see_them(client, ockelbo, role):
    ContactFactory(enterprise=active(ockelbo, "A"))
    active(ockelbo, "B")
    client.force_login(member_of(ockelbo.programme, role))

    assert listed(client, ockelbo.programme, no_contact="1", unconfirmed="1") == ["A", "B"]


def where(client, programme, **filters):
    answer = client.get(reverse("enterprises:list", args=[programme.slug]), filters)
    return answer.context["where"]


def test_the_map_counts_the_active_and_tells_missing_from_none(writer, ockelbo):
    programme = ockelbo.programme
    gavle = MunicipalityFactory(programme=programme, code="2180", name="Gävle")
    hofors = MunicipalityFactory(programme=programme, code="2104", name="Hofors")
    active(ockelbo, "A")
    EnterpriseFactory(programme=programme, municipality=gavle)
    EnterpriseStatusFactory(
        enterprise__programme=programme, enterprise__municipality=hofors, status="closed"
    )

    found = where(writer, programme)

    assert {place.name: place.number for place in found.places} == {
        "Ockelbo": 1,
        "Gävle": None,
        "Hofors": 0,
    }
    assert {area.name: (area.shade, area.words) for area in found.drawing.areas} == {
        "Ockelbo": (4, "1"),
        "Gävle": ("missing", "saknas"),
        "Hofors": (0, "0"),
    }
    assert found.sentence == "Flest i Ockelbo: 1 av 1. Inget i Hofors. Uppgift saknas i Gävle."


def test_the_map_follows_the_filter(writer, ockelbo):
    EnterpriseStatusFactory(
        enterprise__programme=ockelbo.programme, enterprise__municipality=ockelbo, status="closed"
    )

    assert where(writer, ockelbo.programme, status="closed").total == 1


def test_without_a_county_there_is_a_table_and_no_map(writer, programme):
    active(MunicipalityFactory(programme=programme, code="9999"), "A")

    found = where(writer, programme)

    assert (found.drawing, found.total) == (None, 1)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Björken", "Björken ek. för.", True),
        ("Björkens Hantverk", "Björkens hantverk AB", True),
        ("Björkens Hantverk", "Björkes Hantverk", True),
        ("Björkens Hantverk", "Björkens kafé", False),
        ("Huset 1", "Huset 2", False),
        ("Tallen", "Granen", False),
    ],
)
def test_names_that_are_nearly_the_same_are_told(ockelbo, one, other, alike):
    active(ockelbo, one)
    active(ockelbo, other)

    assert bool(likely_duplicates(ockelbo.programme)) == alike


def test_another_name_between_two_that_are_alike_does_not_hide_them(ockelbo):
    for name in ("Björkens Hantverk", "Björkens Hatt", "Björkens Hntverk"):
        active(ockelbo, name)

    pairs = likely_duplicates(ockelbo.programme)

    assert [(one.name, other.name) for one, other in pairs] == [
        ("Björkens Hantverk", "Björkens Hntverk")
    ]


def test_two_with_numbers_of_their_own_or_in_two_places_are_two(ockelbo):
    active(ockelbo, "Björken", organisation_number="999000-0003")
    active(ockelbo, "Björken AB", organisation_number="999000-0011")
    active(MunicipalityFactory(programme=ockelbo.programme), "Björken")

    assert likely_duplicates(ockelbo.programme) == []


def say(client, name, enterprise, **sent):
    return client.post(
        reverse(f"enterprises:{name}", args=[enterprise.programme.slug, enterprise.pk]), sent
    )


def test_two_that_are_told_apart_are_not_proposed_again(writer, ockelbo):
    one, other = active(ockelbo, "Björken"), active(ockelbo, "Björken AB")

    for _time in range(2):  # from either side
        say(writer, "apart", other, other=one.pk)
        one, other = other, one

    choosing = writer.get(reverse("enterprises:merge", args=[ockelbo.programme.slug, one.pk]))
    assert (likely_duplicates(ockelbo.programme), ToldApart.objects.count()) == ([], 1)
    assert (choosing.context["likely"], list(choosing.context["apart"])) == ([], [other])


def test_two_that_were_told_apart_can_be_proposed_again(writer, ockelbo):
    one, other = active(ockelbo, "Björken"), active(ockelbo, "Björken AB")
    tell_apart(one, other)

    say(writer, "apart", other, other=one.pk, again="1")

    (pair,) = likely_duplicates(ockelbo.programme)
    assert {twin.pk for twin in pair} == {one.pk, other.pk}


def test_an_enterprise_is_told_apart_from_others_of_its_register_alone(writer, ockelbo):
    one, foreign = active(ockelbo, "Björken"), EnterpriseFactory()

    answers = [say(writer, "apart", one, other=pk) for pk in (one.pk, foreign.pk)]

    assert [list(answer.context["form"].errors) for answer in answers] == [["other"]] * 2
    assert ToldApart.objects.count() == 0


def test_a_merge_keeps_what_was_told_apart_of_the_one_that_goes(ockelbo):
    kept, gone, third = (active(ockelbo, name) for name in ("Björken", "Björken AB", "Björkan"))
    tell_apart(kept, gone)
    tell_apart(gone, third)

    pk = gone.pk
    Merge(kept, gone).do({})
    left = list(ToldApart.objects.values_list("one", "other"))
    restore(Enterprise.history.get(id=pk, history_type="-"))

    assert left == [(kept.pk, third.pk)]
    assert sorted(ToldApart.objects.values_list("one", "other")) == [(kept.pk, pk), (pk, third.pk)]


def test_a_page_tells_the_events_of_its_organisation(writer, ockelbo):
    programme = ockelbo.programme
    row = active(ockelbo, "A", organisation=OrganisationFactory(programme=programme))
    held = EventFactory(programme=programme, starts_on=date(2017, 5, 1))
    been = EventFactory(programme=programme, starts_on=date(2017, 6, 1))
    held.organisers.add(row.organisation)
    held.partners.add(row.organisation)
    been.partners.add(row.organisation)

    answer = writer.get(row.get_absolute_url())

    assert answer.context["events"] == [(been, False), (held, True)]


@pytest.mark.parametrize(
    ("role", "seen"), [(Role.PROCESS_LEADER, True), (Role.AUDITOR, True), (Role.PARTNER, False)]
)
def test_placements_are_for_those_who_see_everything(client, ockelbo, role, seen):
    row = active(ockelbo, "A")
    placement = PlacementFactory(grant__programme=ockelbo.programme, enterprise=row)
    client.force_login(member_of(ockelbo.programme, role))

    page = client.get(row.get_absolute_url()).content.decode()

    assert (str(placement.participant) in page) == seen


def test_what_went_into_an_enterprise_is_told_on_its_page(writer, ockelbo):
    row, gone = active(ockelbo, "Det stora"), active(ockelbo, "Det lilla")
    EnterpriseStatusFactory(
        enterprise=gone, starts_on=date(2020, 1, 1), status="merged", merged_into=row
    )

    answer = writer.get(row.get_absolute_url())

    assert [status.enterprise for status in answer.context["merged_here"]] == [gone]


def test_contacts_of_who_is_gone_for_a_year_may_be_erased(ockelbo):
    for name, days in (("Länge", 400), ("Nyss", 300)):
        row = active(ockelbo, name)
        day = TODAY - timedelta(days)
        EnterpriseStatusFactory(enterprise=row, starts_on=day, status="bankrupt")
        ContactFactory(enterprise=row, name=name)

    assert [contact.name for contact in to_erase(ockelbo.programme, TODAY)] == ["Länge"]


def linked(contact, census):
    answer = CensusReturnFactory(census=census, enterprise=contact.enterprise)
    return AnswerLink.objects.create(
        answer=answer,
        contact=contact,
        seed="s",
        token_hash=str(contact.pk),
        expires_at=timezone.now(),
    )


def test_contacts_not_written_to_in_two_censuses_may_be_erased(ockelbo):
    programme = ockelbo.programme
    censuses = [CensusFactory(programme=programme, year=year) for year in (2027, 2028)]
    used, unused = (ContactFactory(enterprise=active(ockelbo, name)) for name in "AB")
    linked(used, censuses[0])

    assert list(to_erase(programme, TODAY)) == [unused]


def test_with_one_census_nobody_is_unused(ockelbo):
    CensusFactory(programme=ockelbo.programme, year=2027)
    ContactFactory(enterprise=active(ockelbo, "A"))

    assert list(to_erase(ockelbo.programme, TODAY)) == []


@pytest.fixture
def administrator(programme, client):
    client.force_login(member_of(programme, Role.ADMINISTRATOR))
    return client


def test_an_erased_contact_is_nowhere_and_does_not_come_back(administrator, ockelbo):
    contact = ContactFactory(enterprise=active(ockelbo, "A"), name="Kontakt A")
    contact.name = "Kontakt B"
    contact.save()
    link = linked(contact, CensusFactory(programme=ockelbo.programme))
    Letter.objects.create(link=link, kind="question", sent_at=timezone.now(), refused="a@b")

    administrator.post(
        reverse("enterprises:contact_erase", args=[ockelbo.programme.slug, contact.pk]),
        {"reference": "§ 3", "decided_on": "2025-01-15", "meant": "on"},
    )

    left = [m.history.count() for m in (Contact, AnswerLink, Letter)]
    assert (Contact.objects.count(), left) == (0, [0, 0, 0])
    assert list(deleted_since(ockelbo.programme, oldest())) == []


def test_asking_about_erasing_erases_nothing(administrator, ockelbo):
    contact = ContactFactory(enterprise=active(ockelbo, "A"))

    administrator.get(
        reverse("enterprises:contact_erase", args=[ockelbo.programme.slug, contact.pk])
    )

    assert Contact.objects.count() == 1


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize("name", ["merge", "contact_erase"])
def test_those_who_only_read_neither_merge_nor_erase(client, ockelbo, role, name):
    contact = ContactFactory(enterprise=active(ockelbo, "A"))
    pk = contact.pk if name == "contact_erase" else contact.enterprise_id
    client.force_login(member_of(ockelbo.programme, role))

    answer = client.post(
        reverse(f"enterprises:{name}", args=[ockelbo.programme.slug, pk]), {"x": "1"}
    )

    assert (answer.status_code, Contact.objects.count()) == (404, 1)
