"""The settings: what a programme stands on, who may change it, and when a closed year opens."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from programmes.models import (
    ClosedYear,
    Completeness,
    Initiative,
    Judgement,
    Municipality,
    Organisation,
    Staffing,
)
from programmes.parts import PARTS
from programmes.periods import Period

from .factories import (
    CompletenessFactory,
    EventFactory,
    InitiativeFactory,
    JudgementFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OrganisationFactory,
    ProgrammeFactory,
    StaffingFactory,
    SubregionFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


def initiative_year(programme, **values):
    return InitiativeFactory(programme=programme).years.create(**{"year": 2017} | values)


# For each part: a row of it, and what a person would send for a new one.
ROWS = {
    "initiative": lambda programme: InitiativeFactory(programme=programme),
    "initiative_year": initiative_year,
    "objective": lambda programme: ObjectiveFactory(programme=programme),
    "judgement": lambda programme: JudgementFactory(objective__programme=programme),
    "municipality": lambda programme: MunicipalityFactory(programme=programme),
    "subregion": lambda programme: SubregionFactory(programme=programme),
    "organisation": lambda programme: OrganisationFactory(programme=programme),
    "staffing": lambda programme: StaffingFactory(programme=programme),
}
TYPED = {
    "initiative": lambda p: {
        "name": "Ny väg",
        "direction": "structural",
        "starts_on": "2016-01-01",
    },
    "initiative_year": lambda p: {
        "initiative": InitiativeFactory(programme=p).pk,
        "year": "2018",
        "budget": "120000",
    },
    "objective": lambda p: {"position": "1", "title": "Fler vet vad ett ASF är"},
    "judgement": lambda p: {
        "objective": ObjectiveFactory(programme=p).pk,
        "first_year": "2018",
        "last_year": "2018",
        "value": "partly",
        "reason": "Halva vägen.",
        "judged_by": "Styrgruppen",
    },
    "municipality": lambda p: {"name": "Ockelbo", "code": "2101"},
    "subregion": lambda p: {"name": "Hälsingland"},
    "organisation": lambda p: {"name": "Regionen", "kind": "member_party"},
    "staffing": lambda p: {"starts_on": "2017-01-01", "percent": "75"},
}
EVERY_PART = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)


@pytest.fixture
def leader(programme, client):
    """The process leader of the programme, signed in."""
    user = member_of(programme, Role.PROCESS_LEADER)
    client.force_login(user)
    return user


@pytest.fixture
def administrator(programme, client):
    user = member_of(programme, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def address(name, programme, *more):
    return reverse(f"programmes:{name}", args=[programme.slug, *more])


def add(client, programme, part, **changes):
    return client.post(address(f"{part}_add", programme), TYPED[part](programme) | changes)


@EVERY_PART
def test_a_row_is_added_and_listed(client, programme, leader, part):
    response = add(client, programme, part.name)

    row = part.model.objects.get()
    assert response.url == address(part.name, programme)
    assert list(client.get(response.url).context["page"]) == [row]


@EVERY_PART
def test_a_row_is_changed(client, programme, leader, part):
    row = ROWS[part.name](programme)
    typed = TYPED[part.name](programme) | {"version": row.version}

    client.post(address(f"{part.name}_edit", programme, row.pk), typed)

    assert part.model.objects.get(pk=row.pk).version == 2


@EVERY_PART
def test_deleting_a_row_asks_first(client, programme, leader, part):
    row = ROWS[part.name](programme)
    where = address(f"{part.name}_delete", programme, row.pk)

    client.get(where)
    before = part.model.objects.count()
    client.post(where)

    assert (before, part.model.objects.count()) == (1, 0)


@EVERY_PART
@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_cannot_write(client, programme, part, role):
    row = ROWS[part.name](programme)
    client.force_login(member_of(programme, role))

    answers = [
        client.post(address(f"{part.name}_add", programme)).status_code,
        client.post(address(f"{part.name}_edit", programme, row.pk)).status_code,
        client.post(address(f"{part.name}_delete", programme, row.pk)).status_code,
    ]

    assert answers == [404, 404, 404]
    assert part.model.objects.filter(pk=row.pk, version=1).exists()


@EVERY_PART
def test_a_row_of_another_programme_is_not_there(client, programme, leader, part):
    theirs = ROWS[part.name](ProgrammeFactory())

    answers = [
        client.get(address(f"{part.name}_{action}", programme, theirs.pk)).status_code
        for action in ("edit", "delete")
    ]

    assert answers == [404, 404]
    assert list(client.get(address(part.name, programme)).context["page"]) == []


@EVERY_PART
def test_an_empty_list_says_what_to_do(client, programme, leader, part):
    page = client.get(address(part.name, programme)).content.decode()

    assert str(part.empty) in page
    assert address(f"{part.name}_add", programme) in page


@EVERY_PART
def test_a_list_asks_the_same_number_of_questions(
    client, programme, leader, part, django_assert_num_queries
):
    where = address(part.name, programme)
    ROWS[part.name](programme)
    client.get(where)
    with django_assert_num_queries(6 + len(part.prefetched)):
        client.get(where)

    for _row in range(2):
        ROWS[part.name](programme) if part.name != "judgement" else JudgementFactory(
            objective__programme=programme
        )

    with django_assert_num_queries(6 + len(part.prefetched)):
        client.get(where)


@pytest.mark.parametrize(("name", "queries"), [("settings", 17), ("completeness", 5)])
def test_an_overview_asks_the_same_number_of_questions(
    client, programme, leader, name, queries, django_assert_num_queries
):
    where = address(name, programme)
    for year in (2017, 2018, 2019):
        client.get(where)
        with django_assert_num_queries(queries):
            client.get(where)
        for make in ROWS.values():
            make(programme)
        CompletenessFactory(programme=programme, year=year)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.PROCESS_LEADER, 200),
        (Role.AUDITOR, 200),
        (Role.PARTNER, 404),
        (Role.BOARD, 404),
        (None, 404),
    ],
)
@pytest.mark.parametrize("name", ["settings", "objective", "completeness", "closed_years"])
def test_the_settings_are_read_by_those_who_see_everything(client, programme, role, status, name):
    client.force_login(member_of(programme, role))

    assert client.get(address(name, programme)).status_code == status


def test_the_settings_count_what_is_there_and_name_what_is_missing(client, programme, leader):
    ObjectiveFactory(programme=programme)
    JudgementFactory(objective__programme=programme)
    ObjectiveFactory()

    context = client.get(address("settings", programme)).context

    assert {name: number for name, (_part, number) in context["parts"].items() if number} == {
        "objective": 2,
        "judgement": 1,
    }
    assert context["judged"] == {"period": Period.of_year(2017), "objectives": 1}
    assert len(context["texts_missing"]) == 5


def test_the_settings_say_for_which_years_the_objectives_are_judged(client, programme, leader):
    for year in (2016, 2017):
        JudgementFactory(objective__programme=programme, first_year=year)

    page = client.get(address("settings", programme)).content.decode()

    assert "För 2017 är 1 av 2 mål bedömda, för 2020 är det 0 av 2." in " ".join(page.split())


def test_the_programme_is_changed_by_the_administrator(client, programme, administrator):
    typed = {
        "name": "Nytt namn",
        "association": "Förbundet",
        "starts_on": "2016-01-01",
        "disclosure_threshold": "5",
        "codes_kept": "7",
        "contacts_kept": "1",
        "version": programme.version,
    }
    client.post(address("programme_edit", programme), typed | {"slug": "annan", "is_practice": "1"})

    slug = programme.slug
    programme.refresh_from_db()
    assert (programme.name, programme.slug, programme.is_practice) == ("Nytt namn", slug, False)


def test_the_process_leader_does_not_change_the_programme(client, programme, leader):
    assert client.post(address("programme_edit", programme), {"name": "x"}).status_code == 404


def test_a_threshold_that_protects_nobody_is_refused_at_its_field(client, programme, administrator):
    typed = {"name": "A", "association": "B", "starts_on": "2016-01-01", "disclosure_threshold": 1}
    typed |= {"codes_kept": 5, "contacts_kept": 1}
    response = client.post(address("programme_edit", programme), typed)

    assert response.context["form"].errors == {
        "disclosure_threshold": ["Röjandegränsen är mellan 3 och 50."]
    }


def test_a_short_name_follows_the_name(client, programme, leader):
    add(client, programme, "organisation", name="Söderhamns kommun & Åsa")
    add(client, programme, "organisation", name="Söderhamns kommun, Åsa")
    OrganisationFactory(slug="soderhamns-kommun-asa-3")

    slugs = programme.organisations.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["soderhamns-kommun-asa", "soderhamns-kommun-asa-2"]


def test_a_short_name_stays_when_it_is_emptied(client, programme, leader):
    row = OrganisationFactory(programme=programme, slug="kvar")
    typed = {"name": "Nytt", "kind": "other", "slug": "", "version": 1}

    client.post(address("organisation_edit", programme, row.pk), typed)

    row.refresh_from_db()
    assert (row.name, row.slug) == ("Nytt", "kvar")


def test_a_name_without_letters_still_gets_a_short_name(client, programme, leader):
    add(client, programme, "organisation", name="!!!")

    assert Organisation.objects.get().slug == "organisation"


@pytest.mark.parametrize(
    ("part", "changes", "field", "message"),
    [
        ("initiative", {"ends_on": "2015-01-01"}, "ends_on", "kan inte sluta innan den börjar"),
        ("initiative", {"slug": "å b"}, "slug", "bokstäver"),
        (
            "initiative_year",
            {"budget": "-1"},
            "budget",
            "Skriv ett tal mellan 0 och 999\xa0999\xa0999.",
        ),
        ("initiative_year", {"year": "1812"}, "year", "1990"),
        ("objective", {"position": "x"}, "position", "heltal"),
        ("objective", {"title": ""}, "title", "måste fyllas i"),
        ("judgement", {"last_year": "2017"}, "last_year", "sista året"),
        ("judgement", {"reason": "811228-9874"}, "reason", "personnummer"),
        ("municipality", {"code": "21"}, "code", "fyra siffror"),
        ("municipality", {"code": "٢١٠١"}, "code", "fyra siffror"),
        ("staffing", {"percent": "501"}, "percent", "500"),
        ("staffing", {"starts_on": "2017-02-30"}, "starts_on", "30 februari finns inte"),
    ],
)
def test_bad_input_is_told_at_its_field(client, programme, leader, part, changes, field, message):
    response = add(client, programme, part, **changes)

    assert message in " ".join(response.context["form"].errors[field])


def test_a_second_municipality_with_the_code_is_refused_at_it(client, programme, leader):
    MunicipalityFactory(programme=programme, code="2101")
    MunicipalityFactory(code="2104")

    refused = add(client, programme, "municipality")
    add(client, programme, "municipality", code="2104")

    assert list(refused.context["form"].errors) == ["code"]
    assert programme.municipalities.count() == 2


def test_another_programmes_choices_are_refused(client, programme, leader):
    theirs = OrganisationFactory(municipality=MunicipalityFactory())

    response = add(
        client, programme, "organisation", part_of=theirs.pk, municipality=theirs.municipality_id
    )

    assert sorted(response.context["form"].errors) == ["municipality", "part_of"]


def test_an_organisation_is_not_offered_as_its_own_whole(client, programme, leader):
    row = OrganisationFactory(programme=programme)

    page = client.get(address("organisation_edit", programme, row.pk))

    assert list(page.context["form"].fields["part_of"].queryset) == []


def test_what_is_used_is_not_deleted(client, programme, leader):
    event = EventFactory(programme=programme)

    page = client.post(address("initiative_delete", programme, event.initiative_id))

    assert page.context["protected"] == [event]
    assert Initiative.objects.count() == 1


def test_what_counts_in_a_closed_year_does_not_go_with_its_objective(client, programme, leader):
    judgement = JudgementFactory(objective__programme=programme, first_year=2017)
    ClosedYear.objects.create(programme=programme, year=2017)

    page = client.post(address("objective_delete", programme, judgement.objective_id))

    assert page.context["protected"] == [judgement]
    assert Judgement.objects.count() == 1


def test_a_year_of_an_initiative_stays_when_it_is_closed(client, programme, leader):
    year = initiative_year(programme)
    ClosedYear.objects.create(programme=programme, year=2017)

    page = client.post(address("initiative_delete", programme, year.initiative_id))

    assert page.context["protected"] == [year]
    assert Initiative.objects.count() == 1


def test_a_new_objective_comes_last(client, programme, leader):
    ObjectiveFactory(programme=programme, position=4)

    page = client.get(address("objective_add", programme))

    assert page.context["form"]["position"].value() == 5


def test_a_judgement_starts_with_the_objective_and_year_asked_for(client, programme, leader):
    objective = ObjectiveFactory(programme=programme)
    asked = {"objective": objective.pk, "year": 2018}

    form = client.get(address("judgement_add", programme), asked).context["form"]

    assert [str(form[name].value()) for name in ("objective", "first_year", "last_year")] == [
        str(objective.pk),
        "2018",
        "2018",
    ]


@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "٣", "1 OR 1"])
def test_an_odd_question_fills_nothing_in(client, programme, leader, value):
    page = client.get(address("judgement_add", programme), {"objective": value, "year": value})

    assert page.context["form"]["objective"].value() is None


def test_a_judgement_in_a_closed_year_asks_for_a_reason(client, programme, leader):
    ClosedYear.objects.create(programme=programme, year=2018)

    refused = add(client, programme, "judgement")
    add(client, programme, "judgement", change_reason="Glömdes bort")

    assert list(refused.context["form"].errors) == ["change_reason"]
    assert Judgement.objects.get().history.first().history_change_reason == "Glömdes bort"


def test_a_form_sent_twice_makes_one_row(client, programme, leader):
    key = str(client.get(address("staffing_add", programme)).context["form"]["form_key"].value())

    for _time in range(2):
        add(client, programme, "staffing", form_key=key)

    assert Staffing.objects.count() == 1


def test_a_lost_update_is_shown_and_not_made(client, programme, leader):
    row = MunicipalityFactory(programme=programme, name="Före", code="2101")
    where = address("municipality_edit", programme, row.pk)
    client.post(where, {"name": "Deras", "code": "2101", "version": 1})

    response = client.post(where, {"name": "Min", "code": "2101", "version": 1})

    assert response.context["form"].conflicts == [("Namn", "Deras")]
    assert Municipality.objects.get().name == "Deras"


def test_completeness_is_year_by_area_and_complete_where_nothing_is_stated(
    client, programme, leader
):
    row = CompletenessFactory(programme=programme, year=2018)

    table = client.get(address("completeness", programme)).context["table"]

    assert [year for year, _cells in table] == [2016, 2017, 2018, 2019, 2020]
    stated = [(year, area) for year, cells in table for area, cell in cells if cell]
    assert stated == [(2018, row.area)]


def test_a_cell_is_stated_and_changed(client, programme, leader):
    where = address("completeness_edit", programme, 2018, "census")

    client.post(where, {"level": "none", "note": "Enkäten är borta."})
    client.post(where, {"level": "partial", "note": "Halva är funnen.", "version": 1})

    row = Completeness.objects.get()
    assert (row.year, row.area, row.level, row.history.count()) == (2018, "census", "partial", 2)


def test_a_cell_in_a_closed_year_asks_for_a_reason(client, programme, leader):
    ClosedYear.objects.create(programme=programme, year=2018)

    page = client.post(address("completeness_edit", programme, 2018, "census"), {"level": "none"})

    assert list(page.context["form"].errors) == ["change_reason"]


@pytest.mark.parametrize(("year", "area"), [(2018, "weather"), (1700, "census"), (99999, "census")])
def test_there_is_no_such_cell(client, programme, leader, year, area):
    assert client.get(address("completeness_edit", programme, year, area)).status_code == 404


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_those_who_only_read_state_no_completeness(client, programme, role):
    client.force_login(member_of(programme, role))
    where = address("completeness_edit", programme, 2018, "census")

    assert client.post(where, {"level": "none"}).status_code == 404
    assert Completeness.objects.count() == 0


def closed_year(programme):
    return ClosedYear.objects.create(programme=programme, year=2017, reference="§ 12, 2018-03-01")


def test_a_closed_year_opens_for_a_while_with_a_reason(client, programme, administrator):
    closed = closed_year(programme)
    until = timezone.localdate() + timedelta(days=3)
    where = address("closed_year_reopen", programme, closed.pk)

    client.post(where, {"reopened_until": until.isoformat(), "reopened_reason": "Import av 2017"})

    closed.refresh_from_db()
    assert timezone.localtime(closed.reopened_until).date() == until
    assert (closed.reopened_by, closed.reopened_reason) == (administrator, "Import av 2017")
    assert list(ClosedYear.objects.in_force()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reopened_reason": ""}, "reopened_reason"),
        ({"reopened_until": ""}, "reopened_until"),
        ({"reopened_until": "2018-01-01"}, "reopened_until"),
        ({"reopened_until": "2099-01-01"}, "reopened_until"),
    ],
)
def test_a_year_does_not_open_without_reason_and_end(
    client, programme, administrator, changes, field
):
    closed = closed_year(programme)
    typed = {"reopened_until": str(timezone.localdate()), "reopened_reason": "Import"} | changes

    page = client.post(address("closed_year_reopen", programme, closed.pk), typed)

    assert list(page.context["form"].errors) == [field]
    assert list(ClosedYear.objects.in_force()) == [closed]


def test_a_reopened_year_is_closed_before_its_time(client, programme, administrator):
    closed = closed_year(programme)
    closed.reopened_until = timezone.now() + timedelta(days=3)
    closed.reopened_reason = "Import"
    closed.save()

    client.post(address("closed_year_close", programme, closed.pk))

    assert list(ClosedYear.objects.in_force()) == [closed]


@pytest.mark.parametrize("name", ["closed_year_reopen", "closed_year_close"])
def test_only_the_administrator_opens_and_closes(client, programme, leader, name):
    closed = closed_year(programme)

    assert client.post(address(name, programme, closed.pk)).status_code == 404


def test_closed_years_are_shown_with_their_decision(client, programme, leader):
    closed_year(programme)

    page = client.get(address("closed_years", programme)).content.decode()

    assert "§ 12, 2018-03-01" in page
    assert "oppna" not in page


def test_staffing_knows_no_end_while_it_goes_on(client, programme, leader):
    add(client, programme, "staffing")

    assert (Staffing.objects.get().starts_on, Staffing.objects.get().ends_on) == (
        date(2017, 1, 1),
        None,
    )
