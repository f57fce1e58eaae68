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
CHANGED = dict.fromkeys(TWO, 10)


def just_opened(asked):
    """A census just opened among enterprises that all answered last year, and the process leader."""
    programme = ProgrammeFactory(starts_on=date(2015, 1, 1), ends_on=None)
    place = MunicipalityFactory(programme=programme)
    last = CensusFactory(programme=programme, year=2017)
    census = CensusFactory(programme=programme, year=2018)
    for number in range(asked):
        enterprise = EnterpriseFactory(
            programme=programme, municipality=place, name=f"Företag {number + 1:02}"
        )
        EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(2015, 1, 1))
        CensusReturnFactory(census=last, enterprise=enterprise, **LAST_YEAR)
        CensusReturnFactory(
            census=census, enterprise=enterprise, state=State.NOT_ANSWERED, **NOTHING
        )
    return census, member_of(programme, Role.PROCESS_LEADER)


@pytest.fixture
def office(db):
    return just_opened(ASKED)


@pytest.fixture
def few(db):
    return just_opened(3)


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
    expect(page.locator("#coverage")).to_contain_text("28 av 29")
    assert keyboard.pressed <= 120


def box(census, number, name="employed_women"):
    return f"#id_{returned(census, number).pk}-{name}"


def typed(row):
    return row.state, [row.typed(name) for name in CensusReturn.EMPLOYED]


def in_time(page, asked, expected):
    """Wait until what is asked is as expected: what a page sends on leaving, nobody there sees come."""
    for _moment in range(600):
        if asked() == expected:
            break
        page.wait_for_timeout(50)
    assert asked() == expected


def test_leaving_at_any_moment_loses_at_most_the_box_one_is_in(page, live_server, few):
    census, _user = few
    keyboard = open_table(page, live_server, few)

    page.focus(box(census, 1))
    keyboard.press(*"15", "ArrowRight", *"0", "ArrowRight", "-", "ArrowDown", *"9")
    page.goto("about:blank")
    in_time(page, lambda: typed(returned(census, 1)), ("draft", ["15", "0", "–"]))
    page.goto(f"{live_server.url}{census.get_absolute_url()}")

    shown = [page.input_value(box(census, 1, name)) for name in (*CensusReturn.EMPLOYED, TWO[1])]
    assert shown == ["15", "0", "–", ""]


def test_what_is_typed_while_a_row_is_on_its_way_goes_along(page, live_server, few):
    census, _user = few
    keyboard = open_table(page, live_server, few)
    page.route("**/rad/", lambda route: None, times=1)  # it never comes in

    page.focus(box(census, 1))
    keyboard.press(*"15", "ArrowRight", *"7")
    page.goto("about:blank")

    in_time(page, lambda: typed(returned(census, 1)), ("draft", ["15", "7", ""]))


def slowed(page):
    """A slow line: each row is under way for a while."""

    def later(route):
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/rad/", later)


def test_enter_on_a_slow_line_confirms_all_the_same(page, live_server, few):
    census, _user = few
    keyboard = open_table(page, live_server, few)
    slowed(page)

    page.focus(box(census, 1))
    for _row in range(3):
        keyboard.press(*"15", "Tab", *"13", "Enter")
    expect(page.locator("#coverage")).to_contain_text("3 bekräftade")

    assert [row.state for row in census.returns.all()] == ["confirmed"] * 3
    assert [returned(census, n).employed_men for n in (1, 2, 3)] == [13] * 3


def test_enter_in_the_reason_confirms_with_boxes_left_empty(page, live_server, few):
    census, _user = few
    before = CensusReturn.objects.filter(census__year=2017)
    before.update(employed_unspecified=None)
    keyboard = open_table(page, live_server, few)

    page.focus(box(census, 1))
    keyboard.press(*"40", "Enter")
    keyboard.comes_to("explanation")
    keyboard.write("Ny verksamhet")
    keyboard.press("Enter")
    keyboard.comes_to("employed_women")
    is_saved(page)

    assert keyboard.at == ["Företag 02", "employed_women"]
    assert typed(returned(census, 1)) == ("confirmed", ["40", "12", "–"])


def test_who_has_closed_is_asked_since_when_before_anything_is_sent(page, live_server, few):
    census, _user = few
    keyboard = open_table(page, live_server, few)

    page.focus(box(census, 1))
    keyboard.press("x", "Enter")
    keyboard.comes_to("since")
    expect(page.locator(".problem")).to_have_count(0)
    keyboard.write("12/3")
    keyboard.press("Enter")
    expect(page.locator(".saving", has_text="2018-03-12")).to_have_count(1)

    assert EnterpriseStatus.objects.get(status="closed").starts_on == date(2018, 3, 12)


def test_who_is_overtaken_sees_both_and_chooses(page, live_server, few):
    census, _user = few
    keyboard = open_table(page, live_server, few)
    colleague = returned(census, 1)
    colleague.employed_women, colleague.state = 21, "draft"
    colleague.save()

    page.focus(box(census, 1))
    keyboard.press(*"17", "ArrowDown")
    shown = page.locator("tr.more", has_text="Någon annan")
    expect(shown).to_contain_text("nu står 21, du skrev 17")
    assert returned(census, 1).employed_women == 21
    page.get_by_role("button", name="Behåll mitt").click()
    expect(shown).to_have_count(0)
    assert returned(census, 1).employed_women == 17


def test_a_dead_line_is_waited_out(page, live_server, few):
    census, _user = few
    keyboard = open_table(page, live_server, few)

    page.context.set_offline(True)
    page.focus(box(census, 1))
    keyboard.press("Enter", *"12", "ArrowDown")
    expect(page.locator(".saving", has_text="Väntar")).to_have_count(2)
    assert returned(census, 1).state == "not_answered"
    page.context.set_offline(False)
    expect(page.locator(".saving", has_text="Sparat")).to_have_count(2)

    first, second = returned(census, 1), returned(census, 2)
    assert (first.state, numbers(first)) == ("confirmed", LAST_YEAR)
    assert (second.state, second.employed_women) == ("draft", 12)


def test_what_one_row_says_is_read_out_once(page, live_server, few):
    census, _user = few
    keyboard = open_table(page, live_server, few)
    said = page.locator(".said")

    page.focus(box(census, 1))
    keyboard.press(*"15", "ArrowRight")
    is_saved(page)
    assert said.inner_text() == ""
    keyboard.press(*"q", "ArrowRight")
    expect(said).to_contain_text("Företag 01: Inte sparat. Män: Skriv ett helt tal")
    assert returned(census, 1).employed_women == 15


def test_without_scripts_the_table_is_a_form(browser, live_server, few):
    census, user = few
    page = browser.new_context(java_script_enabled=False, locale="sv-SE").new_page()
    open_table(page, live_server, (census, user))
    choose = [box(census, number, "state") for number in (1, 2, 3)]

    page.select_option(choose[0], "same")
    page.fill(box(census, 2), "fem")
    page.select_option(choose[2], "not_applicable")
    page.get_by_role("button", name="Spara tabellen").click()
    expect(page.locator(".messages")).to_contain_text("2 rader är sparade.")
    assert page.input_value(box(census, 2)) == "fem"
    page.fill(box(census, 2), "13")
    page.select_option(choose[1], "same")
    with page.expect_navigation():
        page.get_by_role("button", name="Spara tabellen").click()

    states = [row.state for row in Census.objects.get(pk=census.pk).returns.all()]
    assert states == ["confirmed", "confirmed", "not_applicable"]
    assert numbers(returned(census, 2)) == LAST_YEAR | {"employed_women": 13}
