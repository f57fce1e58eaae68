"""A personal link in a browser: when it counts as opened, and the answer sent from a phone by keyboard."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from enterprises.answer_links import issue, token_of
from enterprises.models import AnswerLink, CensusReturn, SentAnswer

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    ContactFactory,
    EnterpriseFactory,
    ProgrammeFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
A_MOMENT = 2_100  # milliseconds: a person has looked at the page by then
HIDDEN = """
  window.hides = true;
  Object.defineProperty(document, "visibilityState", {get: () => window.hides ? "hidden" : "visible"});
"""


@pytest.fixture
def link(db):
    """The link of a contact whose enterprise answered last year, and has not answered now."""
    programme = ProgrammeFactory(ends_on=None)
    enterprise = EnterpriseFactory(programme=programme, name="Ekern")
    last, census = (CensusFactory(programme=programme, year=year) for year in (2017, 2018))
    CensusReturnFactory(census=last, enterprise=enterprise, employed_women=4, employed_men=0)
    answer = CensusReturnFactory(
        census=census,
        enterprise=enterprise,
        state=CensusReturn.State.NOT_ANSWERED,
        employed_women=None,
        employed_men=None,
    )
    census.answer_by = date(2018, 12, 1)
    census.save()
    contact = ContactFactory(enterprise=enterprise, email="ekern@example.se")
    return issue(answer, contact, now=timezone.now())


@pytest.fixture
def where(live_server, link):
    return live_server.url + reverse("answers:answer", args=[token_of(link)])


def is_opened():
    return AnswerLink.objects.get().opened_at is not None


def is_told(answer):
    return answer.url.endswith("/oppnad/")


def test_a_link_counts_as_opened_once_a_person_has_it_before_them(page, where):
    page.clock.install()
    page.goto(where)
    before = is_opened()

    with page.expect_response(is_told) as told:
        page.clock.fast_forward(A_MOMENT)

    assert (before, told.value.status, is_opened()) == (False, 204, True)


def test_what_reads_mail_by_machine_opens_nothing(page, where):
    """Fetched plainly, shown without scripts, and left again at once."""
    plain = page.request.get(where)
    head = page.request.head(where)
    without = page.context.browser.new_context(java_script_enabled=False)
    shown = without.new_page().goto(where)
    without.close()
    page.clock.install()
    page.goto(where)
    page.clock.fast_forward(A_MOMENT - 500)
    page.goto("about:blank")

    assert [plain.status, head.status, shown.status, is_opened()] == [200, 200, 200, False]


def test_a_page_in_the_background_is_opened_when_it_is_looked_at(page, where):
    asked = []
    page.on("request", lambda request: asked.append(is_told(request)))
    page.add_init_script(HIDDEN)
    page.clock.install()
    page.goto(where)
    page.clock.fast_forward(A_MOMENT)
    before = any(asked)

    with page.expect_response(is_told):
        page.evaluate("window.hides = false; document.dispatchEvent(new Event('visibilitychange'))")

    assert (before, is_opened()) == (False, True)


def test_an_answer_is_sent_from_a_phone_by_keyboard_alone(page, where):
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(where)
    page.get_by_role("link", name="Fyll i samma som 2017").press("Enter")
    page.wait_for_url("**same=1")
    expect(page.get_by_label("Kvinnor")).to_have_value("4")

    page.get_by_label("Kvinnor").focus()
    for key in ("Control+A", "9", "Enter"):
        page.keyboard.press(key)
    why = page.get_by_label("Varför har det ändrats så mycket?")
    expect(why).to_be_visible()
    why.focus()
    page.keyboard.type("En ny verkstad")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Tack")
    sent = SentAnswer.objects.get()
    assert (sent.employed_women, sent.employed_men, sent.explanation) == (9, 0, "En ny verkstad")
    assert (is_opened(), complaints) == (True, [])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
