"""A closed year stays closed, whichever way somebody comes in."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import Event
from enterprises.models import CensusReturn, Enterprise, EnterpriseStatus
from placements.models import Outcome
from programmes.models import ClosedYear, Objective, Organisation, Staffing
from programmes.records import YearIsClosed

from .factories import (
    CensusReturnFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    EventFactory,
    GroupFactory,
    GroupStatusFactory,
    InitiativeFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OrganisationFactory,
    OutcomeFactory,
    PlacementFactory,
    ProgrammeFactory,
    StaffingFactory,
    SubregionFactory,
    member_of,
)
from .test_census_table import send
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


def post(client, name, programme, /, *args, **data):
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


# What counts in more years than the one it begins in


@pytest.fixture
def enterprise(closed):
    """Active since 2015, in a municipality of a subregion, with no other status."""
    municipality = MunicipalityFactory(
        programme=closed, subregion=SubregionFactory(programme=closed)
    )
    enterprise = EnterpriseFactory(programme=closed, municipality=municipality)
    row = EnterpriseStatusFactory.build(enterprise=enterprise)
    row._change_reason = REASON
    row.save()
    return enterprise


def register(enterprise, **more):
    """What the form of an enterprise sends."""
    criteria = dict.fromkeys((*Enterprise.CRITERIA, "basis"), "unknown")
    stands = {"name": enterprise.name, "municipality": enterprise.municipality_id}
    return stands | criteria | {"legal_form": "unknown"} | more


def test_an_enterprise_active_since_before_it_asks_for_a_reason(client, closed):
    municipality = MunicipalityFactory(programme=closed)
    new = register(EnterpriseFactory.build(municipality=municipality), active_since="2015")

    page = post(client, "enterprises:add", closed, **new)
    assert asks_for_a_reason(page)
    assert not closed.enterprises.exists()
    post(client, "enterprises:add", closed, **new, change_reason=REASON)

    told = EnterpriseStatus.objects.get().history.get()
    assert (told.history_change_reason, told.starts_on) == (REASON, date(2015, 1, 1))


def test_an_enterprise_active_after_it_asks_for_none(client, closed):
    municipality = MunicipalityFactory(programme=closed)
    new = register(EnterpriseFactory.build(municipality=municipality), active_since="2018")

    post(client, "enterprises:add", closed, **new)

    assert EnterpriseStatus.objects.get().starts_on == date(2018, 1, 1)


def test_a_status_from_before_it_asks_for_a_reason(client, closed, enterprise):
    sent = {"status": "closed", "when": "2016-05-01"}

    page = post(client, "enterprises:status_add", closed, enterprise.pk, **sent)
    assert asks_for_a_reason(page)
    post(client, "enterprises:status_add", closed, enterprise.pk, **sent, change_reason=REASON)

    assert enterprise.statuses.last().history.get().history_change_reason == REASON


def test_a_status_that_another_follows_before_it_asks_for_none(client, closed, enterprise):
    sent = {"status": "dormant", "when": "2014", "source": "Årsredovisningen"}

    post(client, "enterprises:status_add", closed, enterprise.pk, **sent)

    assert enterprise.statuses.count() == 2


def test_deleting_a_status_that_holds_in_it_asks_for_a_reason(client, closed, enterprise):
    status = enterprise.statuses.get()

    post(client, "enterprises:status_delete", closed, status.pk)
    assert enterprise.statuses.get() == status
    post(client, "enterprises:status_delete", closed, status.pk, change_reason=REASON)

    assert not enterprise.statuses.exists()


def test_gone_since_before_it_asks_for_a_reason_in_a_later_census(client, closed, enterprise):
    answer = CensusReturnFactory(
        census__programme=closed,
        census__year=2018,
        enterprise=enterprise,
        state="not_answered",
        **dict.fromkeys(CensusReturn.EMPLOYED),
    )
    gone = {"state": "not_applicable", "became": "closed", "since": "2017-03-01"}

    refused = send(client, answer, **gone)
    assert f'name="{answer.pk}-change_reason"' in refused.content.decode()
    assert enterprise.statuses.count() == 1
    send(client, answer, **gone, change_reason=REASON)

    assert enterprise.statuses.last().history.get().history_change_reason == REASON


def test_another_municipality_of_an_enterprise_asks_for_a_reason(client, closed, enterprise):
    elsewhere = MunicipalityFactory(programme=closed)
    sent = register(enterprise, municipality=elsewhere.pk)

    page = post(client, "enterprises:edit", closed, enterprise.pk, **sent)
    assert asks_for_a_reason(page)
    post(client, "enterprises:edit", closed, enterprise.pk, **sent, change_reason=REASON)

    assert closed.enterprises.get().municipality == elsewhere


def test_another_name_of_an_enterprise_asks_for_none(client, closed, enterprise):
    post(client, "enterprises:edit", closed, enterprise.pk, **register(enterprise, name="Kaféet"))

    assert closed.enterprises.get().name == "Kaféet"


def test_an_enterprise_that_counts_in_it_stays(client, closed, enterprise):
    page = post(client, "enterprises:delete", closed, enterprise.pk)

    assert page.context["protected"] == [enterprise.statuses.get()]


def test_another_subregion_of_a_municipality_asks_for_a_reason(client, closed, enterprise):
    municipality = enterprise.municipality
    stands = {"name": municipality.name, "code": municipality.code}

    page = post(client, "programmes:municipality_edit", closed, municipality.pk, **stands)
    assert asks_for_a_reason(page)
    stands |= {"name": "Nya staden", "subregion": municipality.subregion_id}
    post(client, "programmes:municipality_edit", closed, municipality.pk, **stands)

    municipality.refresh_from_db()
    assert municipality.name == "Nya staden"


def test_a_group_that_was_active_in_it_stays_where_it_was(client, closed):
    group = GroupFactory(programme=closed)
    row = GroupStatusFactory.build(group=group, starts_on=date(2016, 1, 1))
    row._change_reason = REASON
    row.save()
    sent = {"name": group.name, "kind": "asf", "municipality": group.municipality_id}

    post(client, "activities:group_edit", closed, group.pk, **sent | {"name": "Ny grupp"})
    sent |= {"municipality": MunicipalityFactory(programme=closed).pk}
    page = post(client, "activities:group_edit", closed, group.pk, **sent)

    assert asks_for_a_reason(page)
    assert closed.groups.get().name == "Ny grupp"


def test_staffing_that_goes_on_in_it_asks_for_a_reason(client, closed):
    sent = {"starts_on": "2015-01-01", "percent": "50"}

    page = post(client, "programmes:staffing_add", closed, **sent)
    post(client, "programmes:staffing_add", closed, **sent, ends_on="2016-12-31")

    assert asks_for_a_reason(page)
    assert Staffing.objects.get().ends_on == date(2016, 12, 31)


def test_a_grant_with_placements_in_it_stays_where_it_was(closed):
    ClosedYear.objects.all().delete()
    grant = PlacementFactory(
        grant__programme=closed, grant__year=2016, starts_on=date(2017, 5, 1)
    ).grant
    ClosedYear.objects.create(programme=closed, year=2017)

    grant.reference = "§ 12"
    grant.save()
    grant.municipality = MunicipalityFactory(programme=closed)

    with pytest.raises(YearIsClosed):
        grant.save()


def test_many_at_once_are_refused(closed, enterprise):
    rows = closed.enterprises.all()
    elsewhere = MunicipalityFactory(programme=closed)
    rows.update(note="Utan betydelse för siffrorna")
    enterprise.municipality = elsewhere
    status = EnterpriseStatusFactory.build(
        enterprise=EnterpriseFactory(programme=closed), starts_on=date(2016, 1, 1)
    )

    for act in (
        lambda: rows.update(municipality=elsewhere),
        lambda: rows.bulk_update([enterprise], ["municipality"]),
        lambda: EnterpriseStatus.objects.bulk_create([status]),
        lambda: enterprise.statuses.update(source="Ringde dem"),
        enterprise.statuses.all().delete,
        rows.delete,
    ):
        with pytest.raises(YearIsClosed):
            act()
    rows.bulk_update([enterprise], ["note"])


def test_a_change_in_it_is_undone_with_a_reason(client, closed, enterprise):
    enterprise.municipality = MunicipalityFactory(programme=closed)
    enterprise._change_reason = REASON
    enterprise.save()
    told = enterprise.history.first()

    page = post(client, "programmes:restore", closed, "enterprise", told.pk)

    assert "change_reason" in page.context["form"].fields
    assert closed.enterprises.get().municipality == enterprise.municipality


@pytest.mark.parametrize("number", [1, 3])
def test_a_subregion_is_looked_up_in_as_many_questions(
    closed, enterprise, number, django_assert_num_queries
):
    municipality = enterprise.municipality
    for _n in range(number - 1):
        row = EnterpriseStatusFactory.build(
            enterprise=EnterpriseFactory(programme=closed, municipality=municipality)
        )
        row._change_reason = REASON
        row.save()
    municipality.subregion = None

    with django_assert_num_queries(4), pytest.raises(YearIsClosed):
        municipality.refuse_closed_year()


def test_an_adopted_year_is_not_said_to_be_unready(client, closed, enterprise):
    page = client.get(reverse("reports:reports", args=[closed.slug]))

    told = {report.period.first: report.is_adopted for report in page.context["reports"]}
    assert told[2017]
    assert page.content.decode().count("fastställd</") == 1
