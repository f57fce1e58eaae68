"""Nothing typed is lost, in a browser: no network, no sign-in, a closed tab; and nobody else's is shown."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import Membership
from activities.models import Draft, Event

from . import test_browser
from .factories import PASSWORD, EventFactory, OrganisationFactory, PlacementFactory, member_of
from .test_browser import sign_in

office, watched = test_browser.office, test_browser.watched
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
Role = Membership.Role
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('draft:'))"
FILL_THE_DEVICE = """for (let size = 2 ** 20, n = 0; size >= 1; size /= 2)
    try { for (;;) localStorage.setItem(`other:${n++}`, "x".repeat(size)); } catch {}"""


def log_form(page, live_server, programme):
    page.goto(f"{live_server.url}{reverse('activities:add', args=[programme.slug])}")


def write(page):
    """Everything a breakfast meeting needs, and something under More details."""
    page.get_by_label("Vad?").fill("Frukost om upphandling")
    page.get_by_label("Datum").fill("idag")
    page.get_by_label("Plats").select_option(label="Ockelbo")
    page.get_by_label("Slag").select_option(value="breakfast_meeting")
    page.locator("#id_officer-women").fill("5")
    page.locator("#id_officer-men").fill("4")
    page.get_by_text("Fler uppgifter").click()
    page.locator("#id_outcome").fill("Två förvaltningar\nvill pröva.")
    page.locator("#id_objectives_0").check()
    page.locator(".draft-kept").wait_for()


def save(page):
    page.get_by_role("button", name="Spara", exact=True).click()


def saved(page):
    """Save, and what the one event holds then."""
    with page.expect_navigation():
        save(page)
    event = Event.objects.get()
    cell = event.attendance.get()
    return event.title, event.outcome, event.objectives.count(), cell.women, cell.men


WHOLE = ("Frukost om upphandling", "Två förvaltningar\r\nvill pröva.", 1, 5, 4)


def test_the_network_dies_in_the_middle(watched, live_server, office):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    write(page)

    page.context.set_offline(True)
    save(page)
    page.get_by_text("Det du skrivit är kvar på den här enheten.").wait_for()
    assert Event.objects.count() == 0
    page.context.set_offline(False)
    page.get_by_text("Förbindelsen är tillbaka.").wait_for()

    assert saved(page) == WHOLE
    assert page.evaluate(KEPT) == []
    log_form(page, live_server, programme)
    assert page.locator(".draft-offer").count() == 0


def test_the_sign_in_runs_out_in_the_middle(watched, live_server, office):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    write(page)

    Session.objects.all().delete()
    save(page)
    page.wait_for_url("**/login/**")
    assert len(page.evaluate(KEPT)) == 1
    page.get_by_text("Det du skrev finns kvar på den här enheten.").wait_for()
    page.get_by_label("E-post").fill(user.email)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_text("Utkastet är ifyllt.").wait_for()

    assert page.locator(".whole-sum").inner_text() == "9"
    assert saved(page) == WHOLE
    assert page.evaluate(KEPT) == []
    assert page.complaints == []


def test_what_was_filled_in_is_taken_away_again(watched, live_server, office):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    page.get_by_label("Vad?").fill("Frukost")
    page.locator(".draft-kept").wait_for()
    log_form(page, live_server, programme)

    page.get_by_role("button", name="Fortsätt med det").click()
    page.get_by_role("button", name="Ta bort det").click()
    page.get_by_text("Utkastet är borttaget.").wait_for()

    assert page.get_by_label("Vad?").input_value() == ""
    assert page.evaluate(KEPT) == []


def test_counts_in_a_row_are_kept_among_the_drafts_of_the_office(watched, live_server, office):
    programme, user = office
    event = EventFactory(programme=programme, title="Frukost")
    Draft.objects.create(programme=programme, written_by=user, title="Seminarium")
    page = watched
    sign_in(page, live_server, user)
    page.goto(f"{live_server.url}{reverse('activities:missing', args=[programme.slug])}")
    page.locator(".counting-row summary").click()
    page.locator(".counting-row [name=unspecified]").fill("12")
    page.locator(".draft-kept").wait_for()

    page.context.set_offline(True)
    page.locator(".counting-row").get_by_role("button", name="Spara").click()
    page.get_by_text("Det du skrivit är kvar på den här enheten.").wait_for()
    page.context.set_offline(False)

    draft = page.evaluate(f"JSON.parse(localStorage.getItem({KEPT}[0]))")
    assert (draft["about"], draft["typed"]["unspecified"]) == (event.title, ["12"])


def test_a_sign_in_in_another_tab_costs_nothing(watched, live_server, office):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    write(page)

    Session.objects.all().delete()
    other = page.context.new_page()
    sign_in(other, live_server, user)

    assert saved(page) == WHOLE


def test_a_closed_tab_is_offered_again_with_its_rows(watched, live_server, office):
    programme, user = office
    body = OrganisationFactory(programme=programme)
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    page.get_by_label("Vad?").fill("Frukost")
    page.get_by_text("Dela upp på organisation").click()
    page.locator("#id_split-organisation").select_option(value=str(body.pk))
    with page.expect_navigation():
        page.get_by_role("button", name="Lägg till raden").click()
    page.locator(f"#id_politician-{body.pk}-women").fill("7")
    page.locator(".draft-kept").wait_for()
    again = page.context.new_page()
    page.close()

    log_form(again, live_server, programme)
    again.get_by_role("button", name="Fortsätt med det").click()
    again.get_by_text("Utkastet är ifyllt.").wait_for()

    assert again.get_by_label("Vad?").input_value() == "Frukost"
    assert again.locator(f"#id_politician-{body.pk}-women").input_value() == "7"
    assert len(again.evaluate(KEPT)) == 1


def test_a_record_changed_meanwhile_is_compared(watched, live_server, office):
    programme, user = office
    event = EventFactory(programme=programme, title="Frukost")
    page = watched
    sign_in(page, live_server, user)
    edit = f"{live_server.url}{reverse('activities:edit', args=[programme.slug, event.pk])}"
    page.goto(edit)
    page.get_by_label("Vad?").fill("Min frukost")
    page.locator(".draft-kept").wait_for()
    event.title = "Hennes frukost"
    event.save()

    page.goto(edit)
    page.get_by_text("Uppgifterna har ändrats sedan dess.").wait_for()
    page.get_by_role("button", name="Fortsätt med det").click()
    with page.expect_navigation():
        save(page)

    assert page.locator(".conflict").inner_text().count("Hennes frukost") == 1
    assert page.get_by_label("Vad?").input_value() == "Min frukost"


def test_drafts_are_ones_own_and_end(watched, live_server, office):
    programme, user = office
    colleague = member_of(programme, Role.ADMINISTRATOR)
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    page.get_by_label("Vad?").fill("Frukost")
    page.locator(".draft-kept").wait_for()

    Session.objects.all().delete()  # ran out: another's is not offered, one's own is
    sign_in(page, live_server, colleague)
    log_form(page, live_server, programme)
    assert (page.locator(".draft-offer").count(), len(page.evaluate(KEPT))) == (0, 1)
    Session.objects.all().delete()
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    page.get_by_text("Du har ett utkast").wait_for()

    page.goto(f"{live_server.url}{reverse('account_logout')}")  # signed out: erased
    page.get_by_text("De raderas när du loggar ut").wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="Logga ut").click()
    assert page.evaluate(KEPT) == []


def sign_out(page, live_server):
    page.goto(f"{live_server.url}{reverse('account_logout')}")
    with page.expect_navigation():
        page.get_by_role("button", name="Logga ut").click()


def test_a_full_device_is_not_relied_on_and_still_cleared(watched, live_server, office):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    page.get_by_label("Vad?").fill("Frukost")
    page.locator(".draft-kept").wait_for()
    page.evaluate(FILL_THE_DEVICE)
    page.get_by_label("Vad?").fill("Frukost om upphandling i Ockelbo")

    page.context.set_offline(True)
    save(page)
    page.get_by_text("Det du skrivit är kvar så länge sidan är öppen.").wait_for()
    page.context.set_offline(False)
    sign_out(page.context.new_page(), live_server)

    assert page.evaluate(KEPT) == []


def test_a_tab_left_open_keeps_its_words_after_signing_out(watched, live_server, office):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    write(page)

    other = page.context.new_page()
    sign_out(other, live_server)
    save(page)
    page.get_by_text("Du är inte inloggad längre.").wait_for()
    assert (page.evaluate(KEPT), page.locator(".draft-kept").count()) == ([], 0)

    sign_in(other, live_server, user)
    assert saved(page) == WHOLE


@pytest.mark.parametrize(
    "planted",
    ["at: 1e300, place: location.pathname", "at: Date.now(), place: '//example.org/'"],
)
def test_what_somebody_else_put_on_the_device_is_not_believed(
    watched, live_server, office, planted
):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    page.evaluate(
        "localStorage.setItem(`draft:${document.body.dataset.reader}:1`,"
        f" JSON.stringify({{ {planted}, typed: {{}} }}))"
    )

    log_form(page, live_server, programme)

    assert (page.evaluate(KEPT), page.complaints) == ([], [])


def test_a_draft_is_erased_after_seven_days(watched, live_server, office):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    log_form(page, live_server, programme)
    for days in (6, 8):
        page.evaluate(
            "days => localStorage.setItem(`draft:anybody:${days}`,"
            " JSON.stringify({ at: Date.now() - days * 864e5, place: '/', typed: {} }))",
            days,
        )

    page.goto(live_server.url)

    assert page.evaluate(KEPT) == ["draft:anybody:6"]


@pytest.mark.parametrize(("municipality", "about"), [("", ""), ("Ockelbo", "Ockelbo 2024")])
def test_a_draft_is_called_by_what_it_is_about(watched, live_server, office, municipality, about):
    programme, user = office
    page = watched
    sign_in(page, live_server, user)
    page.goto(f"{live_server.url}{reverse('placements:add', args=[programme.slug])}")

    if municipality:
        page.locator("#id_municipality").select_option(label=municipality)
    page.locator("#id_year").fill("2024")
    page.goto(f"{live_server.url}{reverse('placements:list', args=[programme.slug])}")

    told = f"{KEPT}.map(key => JSON.parse(localStorage.getItem(key)).about)"
    assert page.evaluate(told) == [about]


def test_leaving_warns_and_closed_records_stay_on_the_page(watched, live_server, office):
    programme, user = office
    placement = PlacementFactory(grant__programme=programme)
    page = watched
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    sign_in(page, live_server, user)
    where = reverse("placements:placement_edit", args=[programme.slug, placement.pk])
    page.goto(f"{live_server.url}{where}")
    page.goto(f"{live_server.url}{where}")
    assert asked == []
    page.locator("#id_extent").press_sequentially("50")
    page.context.set_offline(True)
    save(page)
    page.get_by_text("Det du skrivit är kvar så länge sidan är öppen.").wait_for()
    page.context.set_offline(False)

    assert page.evaluate(KEPT) == []
    Session.objects.all().delete()
    save(page)
    page.get_by_text("Du är inte inloggad längre.").wait_for()
    page.goto(live_server.url)
    assert asked == ["beforeunload"]
