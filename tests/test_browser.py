"""The main job by hand, in a browser: signing in, logging an event, finding it in every figure."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Membership

from .factories import (
    PASSWORD,
    InitiativeFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    ProgrammeFactory,
    UserFactory,
    member_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
Role = Membership.Role


@pytest.fixture
def office(db):
    """A programme that goes on this year, and its process leader."""
    year = timezone.localdate().year
    programme = ProgrammeFactory(starts_on=date(year, 1, 1), ends_on=None)
    InitiativeFactory(programme=programme)
    ObjectiveFactory(programme=programme)
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    return programme, member_of(programme, Role.PROCESS_LEADER)


@pytest.fixture
def watched(page):
    """A page whose complaints are kept: scripts and styles the policy refused, errors of scripts."""
    page.complaints = []
    page.on(
        "console", lambda said: page.complaints.append(said.text) if said.type == "error" else None
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def sign_in(page, live_server, user):
    page.goto(f"{live_server.url}/konto/login/")
    page.get_by_label("E-post").fill(user.email)
    page.get_by_label("Lösenord").fill(PASSWORD)
    with page.expect_navigation(url=lambda address: "login" not in address):
        page.get_by_role("button", name="Logga in").click()


def is_at(page, field):
    """Wait until one is in a field: what is typed before that goes nowhere."""
    expect(page.locator(f"#{field}")).to_be_focused()


def test_the_process_leaders_main_job(watched, live_server, office):
    programme, user = office
    page, year = watched, timezone.localdate().year
    sign_in(page, live_server, user)

    with page.expect_navigation():
        page.get_by_role("link", name="Logga händelse").first.click()
    page.get_by_label("Vad?").fill("Frukost om upphandling")
    page.get_by_label("Datum").fill("idag")
    page.get_by_label("Plats").select_option(label="Ockelbo")
    page.get_by_label("Slag").select_option(value="breakfast_meeting")
    page.locator("#id_politician-women").fill("2")
    page.locator("#id_officer-women").fill("5")
    page.locator("#id_officer-men").fill("4")
    expect(page.locator(".whole-sum")).to_have_text("11")
    with page.expect_navigation():
        page.get_by_role("button", name="Spara", exact=True).click()
    assert page.locator("h1").inner_text() == "Frukost om upphandling"

    page.goto(f"{live_server.url}/p/{programme.slug}/handelser/")
    assert page.locator(".records li").count() == 1
    assert "11" in page.locator(".records li").inner_text()

    page.goto(f"{live_server.url}/p/{programme.slug}/?year={year}")
    assert page.locator("a.fig[href*='reach.attendances']").first.inner_text() == "11"

    page.goto(f"{live_server.url}/p/{programme.slug}/siffror/?year={year}")
    row = page.get_by_role("row").filter(has_text="Deltagartillfällen").first
    assert "11" in row.inner_text()

    page.goto(f"{live_server.url}/p/{programme.slug}/rapporter/")
    with page.expect_download() as waiting:
        page.locator(f"a[href$='/rapporter/{year}/pdf/']").first.click()
    assert Path(waiting.value.path()).read_bytes()[:5] == b"%PDF-"
    assert page.complaints == []


def test_an_event_is_logged_by_keyboard_alone(watched, live_server, office):
    programme, user = office
    sign_in(watched, live_server, user)
    watched.goto(f"{live_server.url}/p/{programme.slug}/handelser/ny/")

    keys = watched.keyboard
    is_at(watched, "id_title")
    keys.type("Seminarium")
    with watched.expect_navigation():
        keys.press("Enter")
    assert watched.title().startswith("Fel: ")
    is_at(watched, "errors")
    keys.press("Tab")
    keys.press("Enter")
    is_at(watched, "id_where")
    keys.press("Shift+Tab")
    keys.type("igår")
    keys.press("Tab")
    keys.type("Ock")
    keys.press("Tab")
    keys.type("Sem")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Tab")
    while "women" not in watched.evaluate("document.activeElement.id"):
        keys.press("Tab")
    keys.type("7")
    keys.press("ArrowRight")
    keys.type("6")
    with watched.expect_navigation():
        keys.press("Enter")

    assert watched.locator("h1").inner_text() == "Seminarium"
    assert watched.complaints == []


def test_it_works_without_scripts(browser, live_server, office):
    programme, user = office
    page = browser.new_context(java_script_enabled=False, locale="sv-SE").new_page()
    sign_in(page, live_server, user)
    page.goto(f"{live_server.url}/p/{programme.slug}/handelser/ny/")
    page.get_by_label("Vad?").fill("Studiebesök")
    page.get_by_label("Datum").fill("idag")
    page.get_by_label("Plats").select_option(label="Ockelbo")
    page.get_by_label("Slag").select_option(value="study_visit")
    page.locator("#id_mode_1").check()
    page.locator("#id_total-unspecified").fill("12")
    with page.expect_navigation():
        page.get_by_role("button", name="Spara", exact=True).click()

    assert page.locator("h1").inner_text() == "Studiebesök"


def test_a_stranger_signs_in_and_is_told_what_to_do(watched, live_server):
    sign_in(watched, live_server, UserFactory())

    assert "bjuda in dig" in watched.locator("main").inner_text()
