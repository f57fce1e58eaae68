"""Merging two rows of the register: what stands, what is taken along, what forbids it, and the way back."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from enterprises.merging import KEPT, OTHER, CannotMerge, Merge
from enterprises.models import CensusReturn, Enterprise, EnterpriseStatus, SentAnswer
from programmes.acts import one_act
from programmes.models import ClosedYear, Organisation
from programmes.restoring import CannotRestore, deleted_since, oldest, restore

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    ContactFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    EventFactory,
    IndustryFactory,
    MunicipalityFactory,
    OrganisationFactory,
    PlacementFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def pair(programme):
    """The same enterprise twice, in one municipality."""
    place = MunicipalityFactory(programme=programme)
    return [
        EnterpriseFactory(programme=programme, municipality=place, name=name)
        for name in ("Björken", "Björken ek. för.")
    ]


def merged(pair, **chosen):
    kept, other = (Enterprise.objects.get(pk=row.pk) for row in pair)
    return Merge(kept, other).do(chosen)


def everything(programme):
    """All that is said of enterprises in the programme, as it can be compared."""
    rows = Enterprise.objects.filter(programme=programme).order_by("pk")
    skipped = ("version", "form_key")
    return [
        (
            {f.attname: getattr(row, f.attname) for f in row._meta.fields if f.name not in skipped},
            sorted(row.industries.values_list("pk", flat=True)),
            list(row.statuses.order_by("pk").values_list("pk", "status", "starts_on", "source")),
            list(row.contacts.order_by("pk").values_list("pk", "name", "email")),
            list(
                row.returns.order_by("pk").values_list("pk", "state", "employed_women", "comment")
            ),
            list(row.placements.order_by("pk").values_list("pk", flat=True)),
            list(row.organisation.events_organised.order_by("pk").values_list("pk", flat=True))
            if row.organisation
            else None,
        )
        for row in rows
    ]


def test_what_only_one_states_is_taken_along(pair):
    kept, other = pair
    cafe = IndustryFactory(programme=kept.programme)
    other.industries.add(cafe)
    Enterprise.objects.filter(pk=other.pk).update(
        organisation_number="999000-0003", integrates="yes", offers_work_trial=True, note="Nytt."
    )

    row = merged(pair)

    row.refresh_from_db()
    assert Enterprise.objects.count() == 1
    assert (row.name, row.organisation_number, row.integrates, row.offers_work_trial) == (
        "Björken",
        "999000-0003",
        "yes",
        True,
    )
    assert row.note == "Nytt.\n\nÄven registrerat som ”Björken ek. för.”."
    assert list(row.industries.all()) == [cafe]


def test_of_what_both_state_the_chosen_one_stands(pair):
    kept, other = pair
    Enterprise.objects.filter(pk=kept.pk).update(integrates="no", reinvests="no")
    Enterprise.objects.filter(pk=other.pk).update(integrates="yes", reinvests="yes")

    row = merged(pair, integrates=OTHER, reinvests=KEPT, name=OTHER)

    row.refresh_from_db()
    assert (row.integrates, row.reinvests, row.name) == ("yes", "no", "Björken ek. för.")
    assert row.note == "Även registrerat som ”Björken”."


def test_statuses_contacts_and_placements_go_along(pair):
    kept, other = pair
    EnterpriseStatusFactory(enterprise=kept, starts_on=date(2015, 1, 1))
    EnterpriseStatusFactory(enterprise=other, starts_on=date(2018, 1, 1), status="closed")
    third = EnterpriseStatusFactory(
        enterprise__programme=kept.programme, status="merged", merged_into=other
    )
    ContactFactory(enterprise=kept, name="A")
    ContactFactory(enterprise=other, name="B")
    placement = PlacementFactory(grant__programme=kept.programme, enterprise=other)

    merged(pair)

    assert list(kept.statuses.values_list("status", flat=True)) == ["active", "closed"]
    assert list(kept.contacts.values_list("name", flat=True)) == ["A", "B"]
    placement.refresh_from_db()
    third.refresh_from_db()
    assert (placement.enterprise, third.merged_into) == (kept, kept)


def test_the_same_contact_at_both_is_one(pair):
    for row in pair:
        ContactFactory(enterprise=row, name="Kontakt A", email="a@example.se")

    assert merged(pair).contacts.count() == 1


@pytest.mark.parametrize(("choice", "status"), [(KEPT, "active"), (OTHER, "dormant")])
def test_of_two_statuses_from_one_day_the_chosen_one_stands(pair, choice, status):
    mine = EnterpriseStatusFactory(enterprise=pair[0])
    EnterpriseStatusFactory(enterprise=pair[1], status="dormant")

    merged(pair, **{f"status_{mine.pk}": choice})

    assert [row.status for row in EnterpriseStatus.objects.all()] == [status]


@pytest.mark.parametrize(("choice", "women"), [(KEPT, 4), (OTHER, 9)])
def test_of_two_answers_to_one_census_one_stands_and_the_other_is_told(pair, choice, women):
    census = CensusFactory(programme=pair[0].programme)
    for row, number in zip(pair, (4, 9), strict=True):
        CensusReturnFactory(census=census, enterprise=row, employed_women=number)

    merged(pair, **{f"answer_{census.pk}": choice})

    answer = CensusReturn.objects.get()
    assert (answer.enterprise, answer.employed_women) == (pair[0], women)
    assert f"anställda kvinnor {13 - women}" in answer.comment


def test_an_answer_nobody_gave_leaves_no_word(pair):
    census = CensusFactory(programme=pair[0].programme)
    CensusReturnFactory(census=census, enterprise=pair[0])
    CensusReturnFactory(
        census=census,
        enterprise=pair[1],
        state="not_answered",
        employed_women=None,
        employed_men=None,
    )

    merged(pair)

    assert CensusReturn.objects.get().comment == ""


def test_what_was_sent_waits_at_the_answer_that_stands(pair):
    census = CensusFactory(programme=pair[0].programme)
    answers = [CensusReturnFactory(census=census, enterprise=row) for row in pair]
    sent = SentAnswer.objects.create(answer=answers[1], employed_men=2, sent_at=timezone.now())

    merged(pair)

    sent.refresh_from_db()
    assert sent.answer == answers[0]


def test_of_two_organisations_one_stays_with_the_events_of_both(pair):
    kept, other = pair
    for row in pair:
        row.organisation = OrganisationFactory(programme=row.programme, kind="enterprise")
        row.save()
    event = EventFactory(programme=kept.programme)
    event.organisers.add(other.organisation)

    row = merged(pair)

    assert row.organisation == kept.organisation
    assert list(event.organisers.all()) == [kept.organisation]
    assert not Organisation.objects.filter(pk=other.organisation_id).exists()


def test_one_that_went_into_the_other_was_an_enterprise_of_its_own(pair):
    EnterpriseStatusFactory(enterprise=pair[1], status="merged", merged_into=pair[0])

    with pytest.raises(CannotMerge):
        merged(pair)

    assert Enterprise.objects.count() == 2


def test_in_a_closed_year_nothing_is_merged(pair):
    for row in pair:
        EnterpriseStatusFactory(enterprise=row)
    ClosedYear.objects.create(programme=pair[0].programme, year=2017)

    with pytest.raises(CannotMerge, match="2017"):
        merged(pair)

    assert (Enterprise.objects.count(), EnterpriseStatus.objects.count()) == (2, 2)


def test_a_merge_is_undone_as_a_whole(pair):
    kept, other = pair
    programme = kept.programme
    census = CensusFactory(programme=programme)
    for n, row in enumerate(pair):
        row.organisation = OrganisationFactory(programme=programme, kind="enterprise")
        row.save()
        row.industries.add(IndustryFactory(programme=programme))
        EventFactory(programme=programme).organisers.add(row.organisation)
        EnterpriseStatusFactory(enterprise=row, starts_on=date(2015 + n, 1, 1))
        EnterpriseStatusFactory(enterprise=row, starts_on=date(2019, 1, 1))
        ContactFactory(enterprise=row)
        CensusReturnFactory(census=census, enterprise=row, employed_women=n)
        PlacementFactory(grant__programme=programme, enterprise=row)
    other.organisation_number = "999000-0003"
    other.save()
    before = everything(programme)

    with one_act():
        merged(pair, name=OTHER, organisation=OTHER, **{f"answer_{census.pk}": OTHER})
    gone = list(deleted_since(programme, oldest()))
    assert [one.kind for one in gone] == ["enterprise"]
    restore(gone[0].change)

    assert everything(programme) == before


def test_a_merge_is_undone_from_the_one_that_stays_too(pair):
    before = everything(pair[0].programme)
    merged(pair)

    restore(pair[0].history.latest())

    assert everything(pair[0].programme) == before


def test_what_was_changed_after_a_merge_is_not_lost_by_undoing_it(pair):
    row = merged(pair)
    row.refresh_from_db()
    row.note = "Senare."
    row.save()

    with pytest.raises(CannotRestore):
        restore(Enterprise.history.get(history_type="-"))

    assert Enterprise.objects.count() == 1


def page(pair, kept=0):
    address = reverse("enterprises:merge", args=[pair[0].programme.slug, pair[kept].pk])
    return f"{address}?other={pair[1 - kept].pk}"


def versions(pair, **changes):
    kept, other = (Enterprise.objects.get(pk=row.pk) for row in pair)
    return {"kept_version": kept.version, "other_version": other.version} | changes


@pytest.fixture
def writer(pair, client):
    client.force_login(member_of(pair[0].programme, Role.PROCESS_LEADER))
    return client


def test_the_page_merges_and_offers_to_undo(pair, writer):
    answer = writer.post(page(pair), versions(pair, name=KEPT, basis=KEPT), follow=True)

    assert [row.name for row in Enterprise.objects.all()] == ["Björken"]
    assert "De två är nu ett" in answer.content.decode()
    change = Enterprise.history.get(history_type="-")
    undo = reverse(
        "programmes:restore", args=[pair[0].programme.slug, "enterprise", change.history_id]
    )
    writer.post(undo)
    assert Enterprise.objects.count() == 2


def test_each_difference_has_to_be_chosen(pair, writer):
    answer = writer.post(page(pair), versions(pair))

    assert list(answer.context["form"].errors) == ["name"]
    assert Enterprise.objects.count() == 2


def test_what_somebody_changed_meanwhile_is_looked_at_again(pair, writer):
    seen = versions(pair, name=KEPT)
    pair[1].save()

    answer = writer.post(page(pair), seen)

    assert list(answer.context["form"].errors) == ["__all__"]
    assert Enterprise.objects.count() == 2


@pytest.mark.parametrize("other", ["", "x", "9" * 30, "\x00"])
def test_nothing_is_merged_with_what_is_not_there(pair, writer, other):
    address = page(pair).split("?")[0]

    answer = writer.post(address, {"other": other}, QUERY_STRING=f"other={other}")

    assert (answer.status_code, Enterprise.objects.count()) == (200, 2)


def test_neither_itself_nor_another_programmes_enterprise_can_be_chosen(pair, writer):
    address = page(pair).split("?")[0]
    for other in (pair[0], EnterpriseFactory()):
        answer = writer.get(address, {"other": other.pk})

        assert list(answer.context["form"].errors) == ["other"]


def test_a_closed_year_is_told_before_anything_is_chosen(pair, writer):
    EnterpriseStatusFactory(enterprise=pair[1], starts_on=date(2017, 3, 1))
    ClosedYear.objects.create(programme=pair[0].programme, year=2017)

    answer = writer.get(page(pair))

    assert [one.words.split(":")[0] for one in answer.context["merge"].obstacles] == ["2017"]
