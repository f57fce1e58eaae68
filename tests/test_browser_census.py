"""The census typed by keyboard: how many keys it takes, and what survives a reload, a colleague, a dead line."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import Membership
from enterprises.models import Census, CensusReturn, EnterpriseStatus

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    MunicipalityFactory,
    ProgrammeFactory,
    member_of,
)
from .test_browser import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
Role = Membership.Role
State = CensusReturn.State
ASKED = 30
LAST_YEAR = {
    "employed_women": 14,
    "employed_men": 12,
    "employed_unspecified": 0,
    "placed_employment_service": 11,
    "placed_municipality": 13,
    "placed_other": 1,
}
NOTHING = dict.fromkeys(LAST_YEAR)
TWO = ("employed_women", "placed_other")  # as far from each other as can be
CHANGED = {name: 10 for name in TWO}


@pytest.fixture
def office(db):
    """A census just opened among enterprises that all answered last year, and the process leader."""
    programme = ProgrammeFactory(starts_on=date(2015, 1, 1), ends_on=None)
    place = MunicipalityFactory(programme=programme)
    last = CensusFactory(programme=programme, year=2017)
    census = CensusFactory(programme=programme, year=2018)
    for number in range(ASKED):
        enterprise = EnterpriseFactory(
            programme=programme, municipality=place, name=f"Företag {number + 1:02}"
        )
        EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(2015, 1, 1))
        CensusReturnFactory(census=last, enterprise=enterprise, **LAST_YEAR)
        CensusReturnFactory(
            census=census, enterprise=enterprise, state=State.NOT_ANSWERED, **NOTHING
        )
    return census, member_of(programme, Role.PROCESS_LEADER)


class Keyboard:
    """Presses keys and counts them; reasons and dates are written without being counted."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, text):
        self.page.keyboard.type(text)

    def comes_to(self, name):
        self.page.wait_for_selector(f"[name$='-{name}']:focus")

    @property
    def at(self):
        """The box one is in: the row's number by name, and the column."""
        return self.page.evaluate(
            "[document.activeElement.closest('tr')?.querySelector('th a')?.textContent || '',"
            " (document.activeElement.name || '').replace(/^\\d+-/, '')]"
        )


def open_table(page, live_server, office):
    census, user = office
    sign_in(page, live_server, user)
    page.goto(f"{live_server.url}{census.get_absolute_url()}")
    return Keyboard(page)


def is_saved(page):
    """Wait until no row is on its way."""
    expect(page.locator(".saving", has_text="Sparar")).to_have_count(0)


def returned(census, number):
    return census.returns.get(enterprise__name=f"Företag {number:02}")


def numbers(answer):
    return {name: getattr(answer, name) for name in LAST_YEAR}


def test_a_census_of_30_takes_at_most_120_keys(page, live_server, office):
    census, _user = office
    keyboard = open_table(page, live_server, office)

    keyboard.press("Tab", "Enter")  # to the content
    while keyboard.at[1] != "employed_women":
        begin = page.evaluate("document.activeElement.matches('.begin a')")
        keyboard.press("Enter" if begin else "Tab")
    for number in range(1, ASKED + 1):
        if keyboard.at != [f"Företag {number:02}", "employed_women"]:
            pytest.fail(f"at {keyboard.at} instead of {number}")
        if number <= 20:
            keyboard.press("Enter")
        elif number <= 28:
            keyboard.press(*"10", *["ArrowRight"] * 5, *"10", "Enter")
            keyboard.comes_to("explanation")
            keyboard.write("Ny verksamhet")
            keyboard.press("Enter")
            keyboard.comes_to("employed_women")
        elif number == 29:
            keyboard.press("x", "Tab")
            keyboard.write("2018-03-01")
            keyboard.press("Enter")
            keyboard.comes_to("employed_women")
    is_saved(page)

    assert [row.state for row in census.returns.all()] == [
        *[State.CONFIRMED] * 28,
        State.NOT_APPLICABLE,
        State.NOT_ANSWERED,
    ]
    assert [numbers(returned(census, number)) for number in (1, 20)] == [LAST_YEAR] * 2
    assert [numbers(returned(census, number)) for number in (21, 28)] == [LAST_YEAR | CHANGED] * 2
    closed = EnterpriseStatus.objects.get(status="closed")
    assert (closed.enterprise.name, closed.starts_on) == ("Företag 29", date(2018, 3, 1))
    assert "28 av 29" in page.locator("#coverage").inner_text()
    assert keyboard.pressed <= 120
