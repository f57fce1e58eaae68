"""A series by hand, in a browser: planned, one cancelled, those to come changed, counts in a row."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from activities.models import Attendance, Event

from .factories import EventFactory, MunicipalityFactory, ProgrammeFactory, member_of
from .test_browser import is_at, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
Role, Status = Membership.Role, Event.Status
TODAY = timezone.localdate()
DAYS = [TODAY + timedelta(14 * n) for n in range(1, 5)]


@pytest.fixture
def breakfast(db):
    """A planned breakfast in a fortnight, and the one of last week that nobody has logged."""
    programme = ProgrammeFactory(starts_on=date(TODAY.year, 1, 1), ends_on=None)
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    event = EventFactory(
        programme=programme, title="Frukost", starts_on=DAYS[0], status=Status.PLANNED
    )
    EventFactory(
        programme=programme,
        initiative=event.initiative,
        title="Lunch",
        starts_on=TODAY - timedelta(7),
        status=Status.PLANNED,
    )
    return event


@pytest.fixture
def telephone(browser, live_server, breakfast):
    """The process leader's page, signed in."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="sv-SE")
    page = context.new_page()
    sign_in(page, live_server, member_of(breakfast.programme, Role.PROCESS_LEADER))
    yield page
    context.close()


def press(page, name):
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name, exact=True).last.click()


def follow(page, name):
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=name, exact=True).click()


def in_order(field):
    rows = Event.objects.filter(starts_on__gt=TODAY).order_by("starts_on")
    return list(rows.values_list(field, flat=True))


def test_a_series_is_planned_cancelled_and_changed(telephone, live_server, breakfast):
    page, address = telephone, f"{live_server.url}{breakfast.get_absolute_url()}"
    page.goto(address)
    follow(page, "Planera fler datum")
    press(page, "Visa dagarna")
    is_at(page, "errors")
    page.get_by_label("Till och med").fill(str(DAYS[-1]))
    press(page, "Visa dagarna")
    for box in page.locator(".days input:enabled").all():
        box.check()
    press(page, "Lägg in de kryssade dagarna")
    assert in_order("starts_on") == DAYS

    with page.expect_navigation():
        page.locator("main .records a").first.click()
    follow(page, "Ställ in")
    press(page, "Ställ in")
    page.get_by_label("Inställd därför att").fill("För få anmälda")
    press(page, "Ställ in")
    assert in_order("status") == ["planned", "cancelled", "planned", "planned"]

    page.goto(address)
    follow(page, "Ändra den här och de kommande")
    other_tab = page.context.new_page()
    other_tab.goto(page.url)
    page.get_by_label("Vad?").fill("Fika")
    press(page, "Spara")
    other_tab.get_by_label("Vad?").fill("Lunch")
    press(other_tab, "Spara")
    assert "Fika" in other_tab.locator(".conflict").inner_text()
    assert in_order("title") == ["Fika", "Frukost", "Fika", "Fika"]


@pytest.mark.parametrize("room", ["handelser", "att-fylla-i"])
def test_counts_are_filled_in_where_they_are_missing(telephone, live_server, breakfast, room):
    page, address = telephone, f"{live_server.url}/p/{breakfast.programme.slug}/{room}/"
    page.goto(address)
    page.locator(".counting-row summary").click()
    page.get_by_label("Kvinnor").fill("tolv")
    press(page, "Spara")
    is_at(page, "errors")
    page.get_by_label("Kvinnor").fill("12")
    press(page, "Spara")

    assert page.url.partition("#")[0] == address
    assert list(Attendance.objects.values_list("event__title", "women")) == [("Lunch", 12)]
