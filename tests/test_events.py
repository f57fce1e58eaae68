"""Logging events: what is stored, what is refused and where the message stands."""

import uuid
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities.earlier import EarlierEvents
from activities.models import Attendance, Audience, Event
from programmes.models import ClosedYear

from .factories import (
    AttendanceFactory,
    EventFactory,
    InitiativeFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OrganisationFactory,
    PlannedActivityFactory,
    ProgrammeFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    """A programme with what a form needs, and its process leader signed in."""
    InitiativeFactory(programme=programme)
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def typed(programme, **changes):
    """What a person would send for a breakfast meeting in Ockelbo."""
    return {
        "title": "Frukost om upphandling",
        "when": "2017-03-12",
        "where": "2101",
        "kind": "breakfast_meeting",
        "serves": "",
        "status": "held",
        "initiative": programme.initiatives.earliest("pk").pk,
        "format": "on_site",
        "mode": "audience",
        "politician-women": "2",
        "politician-men": "1",
        "officer-women": "5",
        "officer-unspecified": "1",
    } | changes


def log(client, programme, follow=False, **changes):
    return client.post(
        reverse("activities:add", args=[programme.slug]),
        typed(programme, **changes),
        follow=follow,
    )


def test_an_event_is_logged_with_its_counts(client, world):
    log(client, world)

    event = Event.objects.get()
    assert (event.title, event.starts_on, event.ends_on, event.place_code, event.year) == (
        "Frukost om upphandling",
        date(2017, 3, 12),
        date(2017, 3, 12),
        "2101",
        2017,
    )
    cells = event.attendance.order_by("audience").values_list(
        "audience", "women", "men", "unspecified"
    )
    assert list(cells) == [("officer", 5, 0, 1), ("politician", 2, 1, 0)]


@pytest.mark.parametrize(
    ("typed_as", "first", "precision"),
    [
        ("2026-03-12", date(2026, 3, 12), "day"),
        ("12/3", date(2026, 3, 12), "day"),
        ("igår", date(2026, 11, 23), "day"),
        ("i fredags", date(2026, 11, 20), "day"),
        ("våren 2017", date(2017, 1, 1), "season"),
    ],
)
def test_a_date_is_logged_as_roughly_as_it_is_known(
    client, world, monkeypatch, typed_as, first, precision
):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 24))

    log(client, world, when=typed_as)

    event = Event.objects.get()
    assert (event.starts_on, event.precision) == (first, precision)


def test_a_total_alone_is_one_cell_without_audience(client, world):
    log(client, world, **{"mode": "total", "total-unspecified": "45"})

    cells = Attendance.objects.values_list("audience", "women", "men", "unspecified")
    assert list(cells) == [("", 0, 0, 45)]


def test_of_a_total_women_and_men_are_a_part(client, world):
    boxes = {"total-unspecified": "45", "total-women": "20", "total-men": "15"}
    log(client, world, **{"mode": "total"} | boxes)
    event = Event.objects.get()
    edit = client.get(reverse("activities:edit", args=[world.slug, event.pk])).context["grid"]

    cells = Attendance.objects.values_list("audience", "women", "men", "unspecified")
    assert list(cells) == [("", 20, 15, 10)]
    assert {name: str(edit[name].value()) for name in boxes} == boxes


def test_more_women_than_came_are_refused(client, world):
    answer = log(client, world, **{"mode": "total", "total-unspecified": "4", "total-women": "5"})

    message = "Kvinnor och män är fler än totalen."
    assert answer.context["grid"].errors == {"total-unspecified": [message]}


def test_sexes_nobody_was_asked_for_are_unknown(client, world):
    event = AttendanceFactory(event__programme=world, audience="", women=0, men=0, unspecified=45)
    page = client.get(event.event.get_absolute_url()).content.decode()

    assert page.count(">–</td>") == 2
    assert not event.sexes_known


def test_not_counted_yet_stores_no_cells(client, world):
    log(client, world, mode="not_counted")

    assert Event.objects.count() == 1
    assert Attendance.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": ""}, "title", "Skriv vad det var."),
        ({"when": ""}, "when", "Skriv när det var."),
        ({"where": ""}, "where", "Välj plats."),
        ({"kind": ""}, "kind", "Välj slag."),
        (
            {"title": "x" * 201},
            "title",
            "För långt: som mest 200 tecken, och det här är 201.",
        ),
        ({"when": "31/11 2017"}, "when", "31 november finns inte. November har 30 dagar."),
        ({"when": "snart"}, "when", "Skriv datumet som 2026-03-12"),
        ({"when": "2999-01-01"}, "when", "Året ska vara mellan 1990 och 2100."),
        ({"until": "2017-03-11"}, "until", "En händelse kan inte sluta innan den börjar."),
        ({"where": "9999"}, "where", "Det finns ingen sådan plats här."),
        ({"title": "Möte med 811228-9874"}, "title", "Det här ser ut som ett personnummer."),
        ({"status": "cancelled", "mode": "not_counted"}, "cancelled_reason", "anger varför"),
        ({"starts_at": "10.00", "ends_at": "09.00"}, "ends_at", "sluta innan den börjar"),
        ({"starts_at": "kvart"}, "starts_at", "Skriv klockslaget som 08.30."),
        ({"when": "hösten 2017", "until": "2017-12-01"}, "until", "skriv hela datumet ovan"),
        ({"outcome": "Ring 811228-9874"}, "outcome", "Det här ser ut som ett personnummer."),
        ({"kind": "fest"}, "kind", "Välj ett giltigt alternativ i listan."),
        ({"status": "kanske"}, "status", "Välj ett giltigt alternativ i listan."),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    client, world, changes, field, message
):
    response = log(client, world, **changes)

    assert list(response.context["form"].errors) == [field]
    assert message in " ".join(response.context["form"].errors[field])
    assert 'value="5"' in response.content.decode()
    assert "<title>Fel: " in response.content.decode()
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("box", "number", "message"),
    [
        ("officer-women", "-1", "Ett antal är mellan 0 och 9 999."),
        ("officer-women", "10000", "Ett antal är mellan 0 och 9 999."),
        ("officer-women", "9" * 400, "Ett antal är mellan 0 och 9 999."),
        ("officer-women", "1000000000", "Ett antal är mellan 0 och 9 999."),
        ("officer-women", "tolv", "Skriv bara siffror, till exempel 12."),
        ("officer-women", "1e9", "Skriv bara siffror, till exempel 12."),
        ("officer-women", "12 st", "Skriv bara siffror, till exempel 12."),
        ("officer-women", "1,5", "Skriv bara siffror, till exempel 12."),
    ],
)
def test_absurd_counts_are_refused_in_their_box(client, world, box, number, message):
    response = log(client, world, **{box: number})

    page = response.content.decode()
    assert list(response.context["grid"].errors[box]) == [message]
    assert f'value="{number}"' in page
    assert f'<a href="#id_officer-women">Tjänstepersoner, kvinnor: {message}</a>' in page
    assert Event.objects.count() == 0


def test_counts_by_audience_need_a_number(client, world):
    nothing = {"politician-women": "", "politician-men": "", "officer-women": ""}
    response = log(client, world, **nothing, **{"officer-unspecified": ""})

    assert "Skriv minst ett antal" in response.context["grid"].errors["mode"][0]


def test_a_typed_zero_is_an_answer(client, world):
    nobody = {"politician-women": "0", "politician-men": "", "officer-women": ""}
    log(client, world, **nobody, **{"officer-unspecified": ""})

    assert list(Attendance.objects.values_list("women", "men")) == [(0, 0)]


def test_only_a_held_event_has_counts(client, world):
    response = log(client, world, status="planned")

    assert response.context["grid"].errors["mode"] == ["Bara en genomförd händelse har antal."]
    assert Event.objects.count() == 0


def test_a_day_to_come_cannot_have_been_held(client, world):
    response = log(client, world, when="2099-01-01")

    assert "Den dagen har inte kommit" in response.context["form"].errors["when"][0]


def test_a_day_to_come_without_counts_is_planned(client, world):
    nothing = {"politician-women": "", "politician-men": "", "officer-women": ""}
    log(client, world, when="2099-01-01", **nothing, **{"officer-unspecified": ""})

    assert Event.objects.get().status == "planned"
    page = client.get(Event.objects.get().get_absolute_url()).content.decode()
    assert "är planerad, eftersom dagen inte har kommit." in page


@pytest.mark.parametrize(
    ("changes", "is_open"),
    [
        ({"title": ""}, False),
        ({"officer-women": "-1"}, False),
        ({"until": "2017-03-11"}, True),
        ({"title": "", "starts_at": "kvart"}, True),
        ({"when": "2099-01-01"}, True),
        ({"organisers": ["0"]}, True),
    ],
)
def test_more_details_open_where_something_in_them_is_to_be_mended(client, world, changes, is_open):
    page = log(client, world, **changes).content.decode()

    assert ('<details class="fold" open><summary>Fler uppgifter' in page) == is_open


def test_a_row_split_by_organisation_stands_under_its_audience(client, world):
    log(client, world)
    event = Event.objects.get()
    agency = OrganisationFactory(programme=world, name="Verket")
    AttendanceFactory(event=event, audience="manager", organisation=agency, women=4, men=0)

    grid = client.get(reverse("activities:edit", args=[world.slug, event.pk])).context["grid"]
    detail = client.get(event.get_absolute_url()).context["cells"]

    labels = ["Politiker", "Chefer", "Chefer", "Tjänstepersoner", "Företag", "Övriga"]
    assert [row["label"] for row in grid.rows()] == labels
    assert [cell.audience for cell in detail] == ["politician", "manager", "officer"]


def test_an_edit_shows_the_hours_as_they_are_typed(client, world):
    log(client, world, starts_at="8:30", ends_at="10")

    edit = reverse("activities:edit", args=[world.slug, Event.objects.get().pk])
    page = client.get(edit).content.decode()

    assert 'value="08.30"' in page
    assert 'value="10.00"' in page


def logged_before(programme, counts, day=1, **details):
    """Held events, one for each of the counts, the first of them the latest."""
    for ago, number in enumerate(counts):
        event = EventFactory(
            programme=programme, starts_on=date(2017, 12 - ago, day), **{"title": "F"} | details
        )
        AttendanceFactory(event=event, women=number, men=0)


def test_a_title_offers_what_it_last_had(client, world):
    place, objective = world.municipalities.get(), ObjectiveFactory(programme=world)
    organiser = OrganisationFactory(programme=world)
    EventFactory(programme=world, title="Frukost", starts_on=date(2017, 1, 1))
    event = EventFactory(
        programme=world,
        title="Frukost",
        kind="seminar",
        municipality=place,
        starts_on=date(2018, 1, 1),
    )
    event.objectives.add(objective)
    event.organisers.add(organiser)
    AttendanceFactory(event=event, audience="manager")
    AttendanceFactory(event=event, audience="politician")

    titles = client.get(reverse("activities:add", args=[world.slug])).context["titles"]

    assert titles == [
        {
            "title": "Frukost",
            "label": "Ockelbo, 2018-01-01",
            "kind": "seminar",
            "where": "2101",
            "format": "on_site",
            "initiative": str(event.initiative_id),
            "serves": f"o{objective.pk}",
            "objectives": [objective.pk],
            "organisers": [organiser.pk],
            "audiences": ["politician", "manager"],
            "usual": None,
        }
    ]


@pytest.mark.parametrize(
    ("counts", "numbers"),
    [
        ([5, 9], None),
        ([5, 9, 7], (5, 9)),
        ([1, 40, 15, 16, 17, 18, 39, 200], (15, 40)),
        ([15] * 3 + [40] * 7 + [99, 99], (15, 40)),
    ],
)
def test_what_is_usual_are_the_last_ten_without_the_odd_ones(world, counts, numbers):
    logged_before(world, counts)

    usual = EarlierEvents(world.events.all()).usual(Event(title=" f ", kind="other"))

    assert (usual and (usual.least, usual.most)) == numbers


def test_usual_is_said_of_the_name_else_of_kind_and_place_else_of_the_kind(world):
    logged_before(world, [20, 21, 22], title="A", municipality=world.municipalities.get())
    logged_before(world, [30], title="B", day=2)
    earlier = EarlierEvents(world.events.all())
    ockelbo = {"place": "municipality", "municipality": world.municipalities.get()}

    said = [
        str(earlier.usual(Event(title=title, kind=kind, **where)))
        for title, kind, where in (
            ("A", "seminar", {}),
            ("B", "breakfast_meeting", ockelbo),
            ("B", "breakfast_meeting", {}),
            ("B", "seminar", {}),
        )
    ]

    assert said == [
        "”A” brukar ha 20–22.",
        "Frukostmöten i Ockelbo brukar ha 20–22.",
        "Frukostmöten brukar ha 20–30.",
        "None",
    ]


def test_what_was_not_counted_or_not_held_says_nothing_about_the_usual(world):
    logged_before(world, [20, 21])
    EventFactory(programme=world, title="F")
    logged_before(world, [9], title="F", status="cancelled", cancelled_reason="Snö")

    assert EarlierEvents(world.events.all()).usual(Event(title="F", kind="other")) is None


@pytest.mark.parametrize(
    ("women", "said"),
    [
        ("3", "”F” är loggad med 5 deltagare. Färre än vanligt. ”F” brukar ha 20–22."),
        ("19", "”F” är loggad med 21 deltagare. ”F” brukar ha 20–22."),
        ("99", "”F” är loggad med 101 deltagare. Fler än vanligt. ”F” brukar ha 20–22."),
    ],
)
def test_after_saving_the_sum_stands_beside_the_usual(client, world, women, said):
    logged_before(world, [20, 21, 22])
    numbers = {"politician-women": women, "politician-men": "", "officer-women": "1"}

    response = log(client, world, title="F", follow=True, **numbers)

    assert list(map(str, get_messages(response.wsgi_request))) == [said]


def rows_of(response):
    return [(row["label"], str(row["explanation"])) for row in response.context["grid"].rows()]


def test_a_row_more_is_asked_for_and_nothing_is_stored_or_judged(client, world):
    agency = OrganisationFactory(programme=world, name="Verket")
    asked = {"split": "1", "split-audience": "manager", "split-organisation": str(agency.pk)}

    response = log(client, world, title="", **asked, **{"manager-men": "4"})

    page = response.content.decode()
    assert Event.objects.count() == 0
    assert response.context["form"].errors == {}
    assert rows_of(response)[1:3] == [("Chefer", "Organisation ej uppgiven"), ("Chefer", "Verket")]
    assert f'id="id_manager-{agency.pk}-women" value="" autofocus' in page
    assert 'id="id_manager-men" value="4"' in page
    assert page.count("autofocus") == 1
    assert "<title>Fel" not in page


def test_a_divided_row_is_stored_with_its_organisation(client, world):
    agency = OrganisationFactory(programme=world)

    log(client, world, split_rows=f"officer-{agency.pk}", **{f"officer-{agency.pk}-men": "4"})

    cells = Attendance.objects.filter(audience="officer").order_by("men")
    assert [(c.organisation, c.women, c.men, c.unspecified) for c in cells] == [
        (None, 5, 0, 1),
        (agency, 0, 4, 0),
    ]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ("", "Välj organisation."),
        ("other", "Välj ett giltigt alternativ i listan."),
        ("again", "Den raden finns redan i tabellen."),
        ("\x00", "Välj ett giltigt alternativ i listan."),
    ],
)
def test_a_row_that_cannot_be_is_told_at_the_choice(client, world, chosen, message):
    own, foreign = OrganisationFactory(programme=world), OrganisationFactory()
    key = {"other": str(foreign.pk), "again": str(own.pk)}.get(chosen, chosen)

    response = log(
        client,
        world,
        split="1",
        split_rows=f"manager-{own.pk} manager-{foreign.pk} x",
        **{"split-audience": "manager", "split-organisation": key},
    )

    assert len(rows_of(response)) == 6
    assert response.context["grid"].split_form.errors == {"organisation": [message]}
    assert "<title>Fel: " in response.content.decode()


def test_there_is_an_end_to_the_rows(client, world):
    agencies = OrganisationFactory.create_batch(13, programme=world)
    every = [f"{a}-{o.pk}" for a in Audience.values for o in agencies]
    asked = {"split-audience": "other", "split-organisation": str(agencies[-1].pk)}

    response = log(client, world, split="1", split_rows=" ".join(every), **asked)

    assert len(rows_of(response)) == 5 + 60
    assert "Högst 60 rader" in str(response.context["grid"].split_form.errors)


def test_what_is_not_shown_in_the_grid_is_not_judged(client, world):
    log(client, world, **{"mode": "total", "total-women": "7", "officer-women": "tolv"})

    assert list(Attendance.objects.values_list("audience", "women")) == [("", 7)]


def test_a_planned_event_needs_no_counts(client, world):
    nothing = {"politician-women": "", "politician-men": "", "officer-women": ""}
    log(
        client, world, status="planned", when="2099-01-01", **nothing, **{"officer-unspecified": ""}
    )

    assert Event.objects.get().status == "planned"
    assert Attendance.objects.count() == 0


def test_a_planned_event_whose_day_has_come_is_offered_as_held(client, world):
    event = EventFactory(programme=world, status="planned")

    context = client.get(reverse("activities:edit", args=[world.slug, event.pk])).context

    assert context["form"]["status"].value() == "held"
    assert context["grid"]["mode"].value() == "audience"


@pytest.mark.parametrize(("query", "mode"), [("", "not_counted"), ("?counts=1", "audience")])
def test_the_grid_opens_for_missing_counts(client, world, query, mode):
    event = EventFactory(programme=world)

    page = client.get(reverse("activities:edit", args=[world.slug, event.pk]) + query)

    assert page.context["grid"]["mode"].value() == mode


def test_links_are_typed_one_to_a_line_and_kept_where_they_stand(client, world):
    log(client, world, links="https://example.se/a Inbjudan\n\nhttps://example.se/b")
    event = Event.objects.get()
    first = event.links.earliest("pk")

    client.post(*edited(world, event, links="https://example.se/c\nhttps://example.se/a Inbjudan"))

    kept, new = event.links.order_by("url")
    assert (kept.pk, kept.label) == (first.pk, "Inbjudan")
    assert new.url == "https://example.se/c"


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ("javascript:alert(1)", "börjar inte med en adress"),
        ("se bilagan", "börjar inte med en adress"),
        (f"https://example.se/{'a' * 500}", "börjar inte med en adress"),
        ("https://example.se " + "a" * 201, "högst 200 tecken"),
        ("https://example.se Om 811228-9874", "ser ut som ett personnummer"),
        ("https://example.se/1\n" * 21, "Högst 20 länkar"),
    ],
)
def test_links_that_cannot_be_are_refused(client, world, links, message):
    response = log(client, world, links=links)

    assert message in " ".join(response.context["form"].errors["links"])
    assert Event.objects.count() == 0


def test_another_programmes_choices_are_refused(client, world):
    other = ObjectiveFactory()
    activity = PlannedActivityFactory()

    response = log(client, world, objectives=[other.pk], serves=f"a{activity.pk}")

    chosen_of_others = ["Välj ett giltigt alternativ i listan."]
    assert response.context["form"].errors == {
        "objectives": chosen_of_others,
        "serves": chosen_of_others,
    }
    assert Event.objects.count() == 0


def test_the_purpose_becomes_objective_or_planned_activity(client, world):
    objective = ObjectiveFactory(programme=world)
    activity = PlannedActivityFactory(plan__programme=world)
    activity.objectives.add(objective)

    log(client, world, serves=f"o{objective.pk}")
    log(client, world, serves=f"a{activity.pk}")

    first, second = Event.objects.order_by("pk")
    assert (list(first.objectives.all()), first.planned_activity) == ([objective], None)
    assert (list(second.objectives.all()), second.planned_activity) == ([objective], activity)


def test_a_form_sent_twice_makes_one_event(client, world):
    page = client.get(reverse("activities:add", args=[world.slug]))
    key = page.context["form"]["form_key"].value()

    for _time in range(2):
        response = log(client, world, form_key=str(key))

    assert Event.objects.count() == 1
    assert response.url == Event.objects.get().get_absolute_url()


@pytest.mark.parametrize(
    "later",
    [
        {"title": "Annat namn"},
        {"when": "2017-03-13"},
        {"outcome": "Fem skrev på."},
        {"links": "https://example.se/b"},
        {"officer-women": "30"},
        {"mode": "not_counted"},
        {"title": ""},
    ],
)
def test_what_is_changed_before_sending_again_is_not_dropped_unseen(client, world, later):
    key = str(uuid.uuid4())
    log(client, world, form_key=key)
    event = Event.objects.get()

    answer = log(client, world, form_key=key, **later)

    page = answer.content.decode()
    assert (answer.status_code, Event.objects.get().title) == (200, event.title)
    assert "var redan sparad. Det du ändrade efteråt togs inte med." in page
    assert f'href="{reverse("activities:edit", args=[world.slug, event.pk])}"' in page


def test_an_objective_chosen_as_purpose_is_no_change_when_sent_again(client, world):
    objective = ObjectiveFactory(programme=world)
    for _time in range(2):
        answer = log(
            client,
            world,
            form_key="6a1f0f5e-1111-4444-8888-0123456789ab",
            serves=f"o{objective.pk}",
        )

    assert (answer.status_code, Event.objects.count()) == (302, 1)


def edited(programme, event, **changes):
    data = typed(programme, version=event.version, **changes)
    return reverse("activities:edit", args=[programme.slug, event.pk]), data


def test_an_edit_changes_the_event_and_only_the_cells_that_differ(client, world):
    log(client, world)
    event = Event.objects.get()
    address, data = edited(world, event, title="Nytt namn", **{"officer-women": "9"})

    client.post(address, data)

    event.refresh_from_db()
    assert event.title == "Nytt namn"
    officer = event.attendance.get(audience="officer")
    assert (officer.women, officer.history.count()) == (9, 2)
    assert event.attendance.get(audience="politician").history.count() == 1


def test_a_lost_update_is_shown_and_not_made(client, world):
    log(client, world)
    event = Event.objects.get()
    address, data = edited(world, event, title="Min text")
    client.post(*edited(world, event, title="Deras text"))

    response = client.post(address, data)

    event.refresh_from_db()
    assert event.title == "Deras text"
    assert ("Vad?", "Deras text") in response.context["form"].conflicts
    assert "Min text" in response.content.decode()


def test_a_closed_year_asks_for_a_reason(client, world):
    log(client, world)
    event = Event.objects.get()
    ClosedYear.objects.create(programme=world, year=2017)
    address, data = edited(world, event, title="Rättad")

    refused = client.post(address, data)
    client.post(address, data | {"change_reason": "Fel rubrik"})

    assert "change_reason" in refused.context["form"].errors
    event.refresh_from_db()
    assert event.title == "Rättad"
    assert event.history.first().history_change_reason == "Fel rubrik"


def test_deleting_asks_first(client, world):
    event = EventFactory(programme=world)
    address = reverse("activities:delete", args=[world.slug, event.pk])

    client.get(address)
    before = Event.objects.count()
    client.post(address)

    assert (before, Event.objects.count()) == (1, 0)


def test_deleting_in_a_closed_year_asks_for_a_reason(client, world):
    event = EventFactory(programme=world)
    ClosedYear.objects.create(programme=world, year=2017)
    address = reverse("activities:delete", args=[world.slug, event.pk])

    client.post(address)
    before = Event.objects.count()
    client.post(address, {"change_reason": "Dubblett"})

    assert (before, Event.objects.count()) == (1, 0)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize("name", ["edit", "delete"])
def test_those_who_only_read_cannot_write(client, programme, role, name):
    event = EventFactory(programme=programme)
    client.force_login(member_of(programme, role))

    response = client.post(reverse(f"activities:{name}", args=[programme.slug, event.pk]))

    assert response.status_code == 404
    assert Event.objects.count() == 1


def listed(client, programme, **filters):
    response = client.get(reverse("activities:list", args=[programme.slug]), filters)
    return [event.title for _month, events in response.context["months"] for event in events]


def test_the_list_shows_its_own_programme_latest_first(client, world):
    EventFactory(programme=world, title="Först", starts_on=date(2017, 1, 2))
    EventFactory(programme=world, title="Sist", starts_on=date(2017, 2, 2))
    EventFactory(programme=ProgrammeFactory(), title="En annans")

    assert listed(client, world) == ["Sist", "Först"]


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"year": "2018"}, ["B"]),
        ({"kind": "seminar"}, ["B"]),
        ({"place": "2101"}, ["A"]),
        ({"place": "county"}, ["B"]),
        ({"audience": "officer"}, ["A"]),
        ({"status": "missing"}, ["B"]),
        ({"q": "ÄPPLE"}, ["B"]),
        ({"year": "x", "kind": "<", "page": "-3"}, ["B", "A"]),
        ({"q": "inget"}, []),
        ({"q": "\x00"}, ["B", "A"]),
    ],
)
def test_the_list_is_narrowed(client, world, filters, titles):
    ockelbo = world.municipalities.get()
    first = EventFactory(programme=world, title="A", municipality=ockelbo)
    AttendanceFactory(event=first, audience="officer")
    EventFactory(
        programme=world, title="B", kind="seminar", starts_on=date(2018, 1, 1), outcome="Äpplen"
    )

    assert listed(client, world, **filters) == titles


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(client, world, rows, django_assert_num_queries):
    for _row in range(rows):
        AttendanceFactory(event=EventFactory(programme=world))
    address = reverse("activities:list", args=[world.slug])
    client.get(address)

    with django_assert_num_queries(11):
        client.get(address)


def test_an_empty_list_says_what_to_do(client, world):
    page = client.get(reverse("activities:list", args=[world.slug])).content.decode()

    assert "Logga den första" in page


def test_the_detail_sums_its_own_cells(client, world):
    log(client, world)

    response = client.get(Event.objects.get().get_absolute_url())

    whole = response.context["sum"]
    assert (whole.women, whole.men, whole.unspecified, whole.total) == (7, 1, 1, 9)


def test_a_new_event_takes_over_an_earlier_one(client, world):
    event = EventFactory(programme=world, title="Frukost", municipality=world.municipalities.get())

    response = client.get(reverse("activities:add", args=[world.slug]), {"like": event.pk})

    form = response.context["form"]
    today = timezone.localdate().isoformat()
    assert [form[name].value() for name in ("title", "where", "when")] == ["Frukost", "2101", today]


@pytest.mark.parametrize(
    ("years_ago", "reason", "serves"),
    [(0, "", "activity"), (1, "", "objective"), (0, "Sjukdom", "objective")],
)
def test_a_repeat_serves_the_activity_while_it_is_planned_this_year(
    client, world, years_ago, reason, serves
):
    activity = PlannedActivityFactory(
        plan__programme=world,
        plan__year=timezone.localdate().year - years_ago,
        cancelled_reason=reason,
    )
    event = EventFactory(programme=world, planned_activity=activity)
    objective = ObjectiveFactory(programme=world)
    event.objectives.add(objective)

    response = client.get(reverse("activities:add", args=[world.slug]), {"like": event.pk})

    keys = {"activity": f"a{activity.pk}", "objective": f"o{objective.pk}"}
    assert response.context["form"]["serves"].value() == keys[serves]


def test_without_an_initiative_the_page_says_so_first(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    page = client.get(reverse("activities:add", args=[programme.slug])).content.decode()

    assert "Det finns ingen insats att logga för" in page
    assert reverse("programmes:initiative_add", args=[programme.slug]) in page


@pytest.mark.parametrize(
    ("filters", "is_open"), [({}, False), ({"q": "frukost"}, False), ({"year": "2017"}, True)]
)
def test_the_filters_stand_open_where_one_is_chosen(client, world, filters, is_open):
    EventFactory(programme=world, title="Frukost", starts_on=date(2017, 3, 12))

    page = client.get(reverse("activities:list", args=[world.slug]), filters)

    assert page.context["filters"].is_chosen == is_open


@pytest.mark.parametrize("asked", ["x", "0", "-1", "9" * 30, "٣"])
def test_an_earlier_event_that_is_not_there_is_no_error(client, world, asked):
    response = client.get(reverse("activities:add", args=[world.slug]), {"like": asked})

    assert response.context["form"]["title"].value() is None


def test_a_new_event_is_dated_today(client, world):
    response = client.get(reverse("activities:add", args=[world.slug]))

    assert response.context["form"]["when"].value() == timezone.localdate().isoformat()


def test_what_is_like_an_earlier_one_begins_in_the_first_box_that_counted(client, world):
    agency = OrganisationFactory(programme=world)
    event = EventFactory(programme=world)
    AttendanceFactory(event=event, audience="manager", organisation=agency, women=0, men=3)

    page = client.get(reverse("activities:add", args=[world.slug]), {"like": event.pk})

    assert page.context["grid"].focus == f"manager-{agency.pk}-women"
    assert page.content.decode().count("autofocus") == 1


def test_what_is_like_one_counted_in_all_is_counted_in_all(client, world):
    event = EventFactory(programme=world)
    AttendanceFactory(event=event, audience="", women=0, men=0, unspecified=40)

    grid = client.get(reverse("activities:add", args=[world.slug]), {"like": event.pk}).context[
        "grid"
    ]

    assert (grid["mode"].value(), grid.focus) == ("total", "total-unspecified")


@pytest.mark.parametrize(("button", "where"), [("another", "add"), ("repeat", "repeat")])
def test_after_saving_one_goes_on_where_one_wants(client, world, button, where):
    response = log(client, world, **{button: "1"})

    keys = [world.slug] if where == "add" else [world.slug, Event.objects.get().pk]
    assert response.url == reverse(f"activities:{where}", args=keys)


def test_the_form_asks_the_same_number_of_questions(client, world):
    address, asked = reverse("activities:add", args=[world.slug]), []
    for rows in (1, 2, 27):
        for _row in range(rows):
            event = EventFactory(programme=world)
            AttendanceFactory(event=event)
            event.objectives.add(ObjectiveFactory(programme=world))
            event.organisers.add(OrganisationFactory(programme=world))
        with CaptureQueriesContext(connection) as questions:
            client.get(address)
        asked.append(len(questions))

    assert asked == asked[:1] * 3
