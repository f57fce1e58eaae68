"""Milestones: what is stored, refused, listed and set apart."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import Link, Milestone
from programmes.models import ClosedYear

from .factories import (
    MilestoneFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OrganisationFactory,
    ProgrammeFactory,
    file_on,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def add(client, programme, **changes):
    data = {
        "title": "Policy för ASF",
        "kind": "policy",
        "when": "hösten 2017",
        "where": "2101",
        "text": "Nämnden antog en policy.",
        "evidence": "Protokoll § 12",
    }
    return client.post(reverse("activities:milestone_add", args=[programme.slug]), data | changes)


def listed(client, programme, **filters):
    response = client.get(reverse("activities:milestones", args=[programme.slug]), filters)
    return [row.title for _year, rows in response.context["years"] for row in rows]


def test_a_milestone_is_stored_as_roughly_as_it_is_known(client, world):
    objective = ObjectiveFactory(programme=world)
    region = OrganisationFactory(programme=world)

    add(client, world, objective=objective.pk, organisations=[region.pk])

    row = Milestone.objects.get()
    assert (row.starts_on, row.ends_on, row.precision, row.year, row.place_code) == (
        date(2017, 7, 1),
        date(2017, 12, 31),
        "season",
        2017,
        "2101",
    )
    assert (row.objective, list(row.organisations.all())) == (objective, [region])


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": ""}, "title", "Skriv vad det var."),
        ({"when": "31/11 2017"}, "when", "31 november finns inte"),
        ({"when": ""}, "when", "Skriv när det var."),
        ({"where": "9999"}, "where", "Det finns ingen sådan plats här."),
        ({"kind": "fest"}, "kind", "Välj ett giltigt alternativ i listan."),
        ({"text": "Enligt 811228-9874"}, "text", "ser ut som ett personnummer"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    client, world, changes, field, message
):
    response = add(client, world, **changes)

    assert message in " ".join(response.context["form"].errors[field])
    assert "Protokoll § 12" in response.content.decode()
    assert Milestone.objects.count() == 0


def test_another_programmes_choices_are_refused(client, world):
    response = add(
        client,
        world,
        objective=ObjectiveFactory().pk,
        organisations=[OrganisationFactory().pk],
        where=MunicipalityFactory(code="2183").code,
    )

    assert sorted(response.context["form"].errors) == ["objective", "organisations", "where"]


def test_an_edit_keeps_the_rough_date_and_moves_the_place(client, world):
    add(client, world)
    row = Milestone.objects.get()
    edit = reverse("activities:milestone_edit", args=[world.slug, row.pk])
    form = client.get(edit).context["form"]
    typed = {name: form[name].value() or "" for name in ("title", "kind", "when", "text")}

    client.post(edit, typed | {"where": "county", "version": row.version})

    row.refresh_from_db()
    assert (row.starts_on, row.precision, row.place_code) == (date(2017, 7, 1), "season", "county")


def test_a_lost_update_is_shown_and_not_made(client, world):
    row = MilestoneFactory(programme=world, title="Först")
    edit = reverse("activities:milestone_edit", args=[world.slug, row.pk])
    data = {"kind": "policy", "when": "2017-10-01", "where": "county", "version": row.version}
    client.post(edit, data | {"title": "Deras"})

    response = client.post(edit, data | {"title": "Min"})

    row.refresh_from_db()
    assert row.title == "Deras"
    assert ("Rubrik", "Deras") in response.context["form"].conflicts


def test_only_what_was_changed_here_goes_over_what_somebody_else_saved(client, world):
    first, second, third = (OrganisationFactory(programme=world, name=name) for name in "ABC")
    add(client, world, organisations=[first.pk])
    row = Milestone.objects.get()
    edit = reverse("activities:milestone_edit", args=[world.slug, row.pk])
    form = client.get(edit).context["form"]
    read = {name: form[name].value() or "" for name in ("title", "kind", "when", "where", "text")}
    read |= {"organisations": [first.pk], "version": row.version}
    theirs = {"when": "2018-03-01", "where": "county", "organisations": [second.pk], "text": "De"}
    client.post(edit, read | theirs)

    mine = client.post(edit, read | {"title": "Min", "text": "Jag", "kind": "award"})
    both = client.post(edit, read | {"organisations": [first.pk, third.pk]})
    form = mine.context["form"]
    client.post(edit, {box.html_name: box.value() or "" for box in form})

    row.refresh_from_db()
    assert [(now, typed) for _label, now, typed in form.stands_now] == [
        ("Policy för ASF", "Min"),
        ("styrdokument", "Utmärkelse"),
        ("De", "Jag"),
    ]
    assert both.context["form"].stands_now == [("Organisationer", "B", "A, C")]
    assert (row.starts_on, row.place_code, row.title, row.text) == (
        date(2018, 3, 1),
        "county",
        "Min",
        "Jag",
    )
    assert list(row.organisations.all()) == [second]


def test_the_list_is_newest_first_and_its_own(client, world):
    MilestoneFactory(programme=world, title="A", starts_on=date(2016, 5, 1))
    MilestoneFactory(programme=world, title="B", starts_on=date(2019, 5, 1))
    MilestoneFactory(programme=world, title="C", starts_on=date(2019, 10, 1))
    MilestoneFactory(programme=ProgrammeFactory(), title="En annans")

    assert listed(client, world) == ["C", "B", "A"]


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"year": "2018"}, ["B"]),
        ({"kind": "audit"}, ["B"]),
        ({"place": "2101"}, ["A"]),
        ({"place": "county"}, ["B"]),
        ({"q": "ÄPPLE"}, ["B"]),
        ({"year": "x", "kind": "<", "place": "\x00", "page": "-3"}, ["B", "A"]),
        ({"q": "inget"}, []),
    ],
)
def test_the_list_is_narrowed(client, world, filters, titles):
    MilestoneFactory(programme=world, title="A", municipality=world.municipalities.get())
    MilestoneFactory(
        programme=world, title="B", kind="audit", starts_on=date(2018, 1, 1), text="Äpplen"
    )

    assert listed(client, world, **filters) == titles


def test_an_external_change_is_set_apart(client, world):
    MilestoneFactory(programme=world, kind="external_change", title="Pandemin")

    page = client.get(reverse("activities:milestones", args=[world.slug])).content.decode()

    assert page.count('<li class="outside">') == 1
    assert "räknas inte" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(client, world, rows, django_assert_num_queries):
    for _row in range(rows):
        row = MilestoneFactory(programme=world, municipality=world.municipalities.get())
        row.organisations.add(OrganisationFactory(programme=world))
    address = reverse("activities:milestones", args=[world.slug])
    client.get(address)

    with django_assert_num_queries(10):
        client.get(address)


def test_an_empty_list_says_what_to_do(client, world):
    page = client.get(reverse("activities:milestones", args=[world.slug])).content.decode()

    assert "Inga milstolpar än" in page


def test_the_detail_shows_evidence_and_links(client, world):
    row = MilestoneFactory(programme=world, evidence="Protokoll § 4")
    Link.objects.create(
        programme=world, milestone=row, url="https://example.se/a", label="Beslutet"
    )

    page = client.get(row.get_absolute_url()).content.decode()

    assert "Protokoll § 4" in page
    assert 'href="https://example.se/a"' in page
    assert "underlag saknas" not in page


@pytest.mark.parametrize("has_a_file", [True, False])
def test_a_file_is_evidence_too(client, world, has_a_file):
    row = MilestoneFactory(programme=world, evidence="")
    if has_a_file:
        file_on(row, "Policyn.pdf")

    page = client.get(row.get_absolute_url()).content.decode()

    assert ["Policyn.pdf" in page, "underlag saknas" in page] == [has_a_file, not has_a_file]


def test_deleting_asks_first_and_in_a_closed_year_for_a_reason(client, world):
    row = MilestoneFactory(programme=world)
    ClosedYear.objects.create(programme=world, year=2017)
    address = reverse("activities:milestone_delete", args=[world.slug, row.pk])

    client.get(address)
    client.post(address)
    before = Milestone.objects.count()
    client.post(address, {"change_reason": "Dubblett"})

    assert (before, Milestone.objects.count()) == (1, 0)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize("name", ["milestone_add", "milestone_edit", "milestone_delete"])
def test_those_who_only_read_cannot_write(client, programme, role, name):
    row = MilestoneFactory(programme=programme)
    client.force_login(member_of(programme, role))
    pk = [] if name == "milestone_add" else [row.pk]

    response = client.post(reverse(f"activities:{name}", args=[programme.slug, *pk]))

    assert response.status_code == 404
    assert Milestone.objects.count() == 1


def test_a_stranger_sees_none(client, programme):
    row = MilestoneFactory(programme=programme)
    client.force_login(member_of(programme, None))

    answers = [
        client.get(reverse("activities:milestones", args=[programme.slug])).status_code,
        client.get(row.get_absolute_url()).status_code,
    ]

    assert answers == [404, 404]
