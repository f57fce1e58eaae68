"""Logging an event beside the car: how many taps and keys it takes, with a telephone and without."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Membership
from activities.models import Event

from .factories import (
    AttendanceFactory,
    EventFactory,
    InitiativeFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OrganisationFactory,
    ProgrammeFactory,
    member_of,
)
from .test_browser import is_at, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
Role = Membership.Role
TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "locale": "sv-SE"}
COUNTS = {"politician": (1, 2), "officer": (9, 4), "enterprise": (2, 1)}
TODAY = timezone.localdate


class Hand:
    """What a person does: counts each tap and each key beyond the text, date and numbers themselves."""

    def __init__(self, page):
        self.page = page
        self.done = 0

    def tap(self, target):
        self.done += 1
        self.page.locator(target).first.tap()

    def enter(self, field):
        """A tap into a field; it is entered when the tap has come through."""
        self.tap(f"#{field}")
        is_at(self.page, field)

    def choose(self, select, value):
        """One tap opens the list, one chooses."""
        self.done += 2
        self.page.select_option(select, value)

    def press(self, *keys):
        for key in keys:
            self.done += 1
            self.page.keyboard.press(key)

    def write(self, text):
        self.page.keyboard.type(str(text))


@pytest.fixture
def office(db):
    """A programme with a series of breakfast meetings, and its process leader."""
    programme = ProgrammeFactory(starts_on=date(TODAY().year, 1, 1), ends_on=None)
    InitiativeFactory(programme=programme)
    ockelbo = MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    objective = ObjectiveFactory(programme=programme)
    organiser = OrganisationFactory(programme=programme, name="Verket")
    for weeks in (1, 2, 3):
        event = EventFactory(
            programme=programme,
            title="Frukost i Ockelbo",
            municipality=ockelbo,
            starts_on=TODAY() - timedelta(weeks=weeks),
        )
        event.objectives.add(objective)
        event.organisers.add(organiser)
        for audience, (women, men) in COUNTS.items():
            AttendanceFactory(event=event, audience=audience, women=women + weeks, men=men)
    return programme, member_of(programme, Role.PROCESS_LEADER)


def begin(browser, live_server, office, **options):
    """The page where an event is logged, on a telephone."""
    programme, user = office
    page = browser.new_context(**TELEPHONE | options).new_page()
    sign_in(page, live_server, user)
    page.goto(f"{live_server.url}/p/{programme.slug}/handelser/ny/")
    is_at(page, "id_title")
    return page, Hand(page)


def logged():
    """The latest event: what, where, when, for what, by whom, and who came."""
    event = Event.objects.latest("pk")
    cells = event.attendance.order_by("pk").values_list("audience", "women", "men", "unspecified")
    return {
        "title": event.title,
        "kind": event.kind,
        "where": event.place_code,
        "when": event.starts_on,
        "objectives": event.objectives.count(),
        "organisers": event.organisers.count(),
        "cells": {audience: tuple(persons) for audience, *persons in cells},
    }


AS_COUNTED = {audience: (*persons, 0) for audience, persons in COUNTS.items()}
AGAIN = {
    "title": "Frukost i Ockelbo",
    "kind": "breakfast_meeting",
    "where": "2101",
    "objectives": 1,
    "organisers": 1,
    "cells": AS_COUNTED,
}


def test_a_first_event_takes_at_most_25_taps(browser, live_server, office):
    page, hand = begin(browser, live_server, office)

    hand.write("Seminarium om upphandling")
    hand.enter("id_when")
    hand.write("i fredags")
    hand.choose("#id_where", "2101")
    hand.choose("#id_kind", "seminar")
    hand.choose(
        "#id_serves", page.locator("#id_serves optgroup option").first.get_attribute("value")
    )
    for audience, numbers in COUNTS.items():
        for sex, number in zip(("women", "men"), numbers, strict=True):
            hand.enter(f"id_{audience}-{sex}")
            hand.write(number)
    with page.expect_navigation():
        hand.tap(".actions .btn-primary")

    event = logged()
    assert (event["title"], event["kind"], event["where"]) == (
        "Seminarium om upphandling",
        "seminar",
        "2101",
    )
    assert (event["when"].weekday(), event["objectives"], event["cells"]) == (4, 1, AS_COUNTED)
    assert hand.done == 14


def test_a_first_event_takes_at_most_25_keys(browser, live_server, office):
    page, hand = begin(browser, live_server, office)

    hand.write("Seminarium om upphandling")
    hand.press("Tab", "Tab", *"Ock", "Tab", *"Se", "Tab", "ArrowDown", "Tab", "Tab")
    for number, onward in ((1, "ArrowRight"), (2, "ArrowDown"), (7, "ArrowDown"), (4, "Tab")):
        hand.write(number)
        hand.press(onward)
    hand.press("Tab")
    hand.write(2)
    with page.expect_navigation():
        hand.press("Enter")

    event = logged()
    assert (event["kind"], event["where"], event["when"]) == ("seminar", "2101", TODAY())
    assert event["cells"] == {
        "politician": (1, 2, 0),
        "manager": (0, 7, 0),
        "officer": (0, 4, 0),
        "enterprise": (2, 0, 0),
    }
    assert hand.done == 18


def test_a_known_series_takes_at_most_10_taps(browser, live_server, office):
    page, hand = begin(browser, live_server, office)

    with page.expect_navigation():
        hand.tap(".again a")
    is_at(page, "id_politician-women")
    for audience, numbers in COUNTS.items():
        for sex, number in zip(("women", "men"), numbers, strict=True):
            if page.evaluate("document.activeElement.id") != f"id_{audience}-{sex}":
                hand.enter(f"id_{audience}-{sex}")
            hand.write(number)
    with page.expect_navigation():
        hand.press("Enter")

    assert logged() == AGAIN | {"when": TODAY()}
    assert hand.done == 7


def test_a_known_series_takes_at_most_10_keys_from_its_name(browser, live_server, office):
    page, hand = begin(browser, live_server, office)

    hand.write("frukost i ockelbo")
    assert page.locator(".by-audience tbody tr:visible").count() == 3
    hand.press("Tab", "Enter")
    is_at(page, "id_politician-women")
    (a, b), (c, d), (e, f) = COUNTS.values()
    down, up = ["ArrowDown"] * 2, ["ArrowUp"] * 2
    for number, onward in zip((a, c, e, f, d, b), (*down, "ArrowRight", *up, "Enter"), strict=True):
        hand.write(number)
        if onward == "Enter":
            expect(page.locator(".usual")).to_have_text(
                "19 deltagare. Färre än vanligt. ”Frukost i Ockelbo” brukar ha 22–28."
            )
            with page.expect_navigation():
                hand.press(onward)
        else:
            hand.press(onward)

    assert logged() == AGAIN | {"title": "frukost i ockelbo", "when": TODAY()}
    assert hand.done == 8


def test_what_is_chosen_by_hand_is_not_filled_in(browser, live_server, office):
    page, _hand = begin(browser, live_server, office)

    page.select_option("#id_kind", "seminar")
    page.fill("#id_title", "Frukost i Ockelbo")

    assert page.input_value("#id_kind") == "seminar"
    assert page.input_value("#id_where") == "2101"
    page.locator(".others").click()
    assert page.locator(".by-audience tbody tr:visible").count() == 5
    is_at(page, "id_manager-women")


def test_sums_are_unknown_until_they_are_known_and_numbers_stay(browser, live_server, office):
    page, _hand = begin(browser, live_server, office)
    whole = page.locator(".by-audience .whole-sum")

    assert whole.inner_text() == "–"
    page.fill("#id_officer-women", "5")
    page.fill("#id_officer-men", "12 st")
    assert whole.inner_text() == "–"
    page.fill("#id_officer-men", "1 200")
    assert whole.inner_text() == "1\u00a0205"
    page.locator("#id_mode_1").check()
    page.locator("#id_mode_0").check()
    assert page.input_value("#id_officer-women") == "5"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_row_is_divided_and_what_is_typed_stays(browser, live_server, office, scripts):
    page, _hand = begin(browser, live_server, office, java_script_enabled=scripts)

    page.fill("#id_title", "Möte")
    page.fill("#id_officer-women", "5")
    page.locator(".split summary").click()
    page.select_option("#id_split-audience", "officer")
    page.select_option("#id_split-organisation", label="Verket")
    with page.expect_navigation():
        page.get_by_role("button", name="Lägg till raden").click()
    row = page.locator("tr.divided input").first
    row.fill("3")

    expect(row).to_be_focused()
    assert page.get_by_label("Kvinnor, Tjänstepersoner, Verket").count() == 1
    assert page.input_value("#id_title") == "Möte"
    page.select_option("#id_where", "2101")
    page.select_option("#id_kind", "seminar")
    with page.expect_navigation():
        row.press("Enter")
    cells = Event.objects.get(title="Möte").attendance.order_by("pk")
    assert [(c.organisation and c.organisation.name, c.women) for c in cells] == [
        (None, 5),
        ("Verket", 3),
    ]


def test_a_known_series_works_without_scripts(browser, live_server, office):
    page, hand = begin(browser, live_server, office, java_script_enabled=False)

    with page.expect_navigation():
        hand.tap(".again a")
    assert page.locator(".by-audience tbody tr:visible").count() == 5
    is_at(page, "id_politician-women")
    hand.write(4)
    with page.expect_navigation():
        hand.press("Enter")

    assert logged()["cells"] == {"politician": (4, 0, 0)}
    assert hand.done == 2
    assert "med 4 deltagare. Färre än vanligt." in page.locator(".messages").inner_text()
