"""Drafts: what is typed and not saved yet, on the server and, as far as the server has a say, on the device."""

import uuid

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.middleware import kept_drafts
from accounts.models import Membership
from activities.models import Draft, Event

from .factories import (
    DraftFactory,
    InitiativeFactory,
    MunicipalityFactory,
    OrganisationFactory,
    PlacementFactory,
    ProgrammeFactory,
    UserFactory,
    member_of,
)
from .test_events import typed

pytestmark = pytest.mark.django_db
Role = Membership.Role
NUMBER = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def world(programme, client):
    InitiativeFactory(programme=programme)
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def keep(client, programme, draft=None, **changes):
    """Press “save as draft” with this typed."""
    where = (
        reverse("activities:draft_edit", args=[programme.slug, draft.pk])
        if draft
        else reverse("activities:draft_add", args=[programme.slug])
    )
    return client.post(where, typed(programme, **changes))


def log_form(programme, draft=None):
    return draft.get_absolute_url() if draft else reverse("activities:add", args=[programme.slug])


# ---- On the server


def test_a_draft_keeps_every_box_as_it_is_typed(client, world):
    town = world.municipalities.get()

    answer = keep(
        client, world, when="31/11", **{"officer-men": "fyra"}, municipalities=[str(town.pk)]
    )

    draft = Draft.objects.get()
    kept = {name: draft.typed[name] for name in ("when", "officer-men", "municipalities", "mode")}
    assert (draft.title, draft.written_by.email, answer["Location"]) == (
        "Frukost om upphandling",
        world.memberships.get().user.email,
        draft.get_absolute_url(),
    )
    assert kept == {
        "when": ["31/11"],
        "officer-men": ["fyra"],
        "municipalities": [str(town.pk)],
        "mode": ["audience"],
    }


def test_a_draft_fills_in_the_form_again(client, world):
    town = world.municipalities.get()
    keep(client, world, when="31/11", **{"officer-men": "fyra"}, municipalities=[str(town.pk)])

    page = client.get(Draft.objects.get().get_absolute_url())
    form, grid = page.context["form"], page.context["grid"]

    assert [form[name].value() for name in ("title", "when", "municipalities", "kind")] == [
        "Frukost om upphandling",
        "31/11",
        [str(town.pk)],
        "breakfast_meeting",
    ]
    assert [grid[name].value() for name in ("mode", "officer-men", "officer-women")] == [
        "audience",
        "fyra",
        "5",
    ]
    assert form.is_bound is False


def test_a_draft_keeps_the_rows_of_organisations(client, world):
    body = OrganisationFactory(programme=world)
    row = f"officer-{body.pk}"
    keep(client, world, split_rows=row, **{f"{row}-women": "4"})

    grid = client.get(Draft.objects.get().get_absolute_url()).context["grid"]

    assert grid[f"{row}-women"].value() == "4"


def test_saving_the_event_takes_its_draft_away(client, world):
    keep(client, world)
    draft = Draft.objects.get()

    client.post(log_form(world, draft), typed(world, **{"draft-version": draft.version}))

    assert (Event.objects.count(), Draft.objects.count()) == (1, 0)


def test_sending_it_twice_makes_one_event(client, world):
    keep(client, world)
    draft = Draft.objects.get()
    sent = typed(world, form_key=str(uuid.uuid4()), **{"draft-version": draft.version})

    first, second = (client.post(log_form(world, draft), sent) for _ in range(2))

    assert (first["Location"], Event.objects.count()) == (second["Location"], 1)


def test_an_event_that_is_refused_leaves_the_draft(client, world):
    keep(client, world)
    draft = Draft.objects.get()

    page = client.post(log_form(world, draft), typed(world, when="31/11"))

    assert (page.status_code, Event.objects.count(), Draft.objects.count()) == (200, 0, 1)


def test_a_draft_changed_by_somebody_else_outlives_the_event(client, world):
    keep(client, world)
    draft = Draft.objects.get()
    keep(client, world, draft, title="En annans ord", **{"draft-version": draft.version})

    answer = client.post(log_form(world, draft), typed(world, **{"draft-version": draft.version}))

    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert (Event.objects.count(), Draft.objects.get().title) == (1, "En annans ord")
    assert any("någon annan" in text.lower() for text in said)


def test_saving_as_draft_again_changes_the_same_draft(client, world):
    keep(client, world)
    draft = Draft.objects.get()

    keep(client, world, draft, title="Frukost två", **{"draft-version": draft.version})

    draft.refresh_from_db()
    assert (Draft.objects.count(), draft.title, draft.version) == (1, "Frukost två", 2)


def test_pressing_twice_makes_one_draft(client, world):
    key = {"draft-form_key": str(uuid.uuid4())}

    keep(client, world, **key)
    keep(client, world, **key)

    assert Draft.objects.count() == 1


def test_what_is_typed_after_a_lost_answer_goes_into_the_same_draft(client, world):
    key = {"draft-form_key": str(uuid.uuid4())}
    keep(client, world, **key)

    keep(client, world, title="Frukost i två delar", **key)

    draft = Draft.objects.get()
    assert (draft.title, draft.typed["title"]) == ("Frukost i två delar", ["Frukost i två delar"])


def test_two_who_change_a_draft_see_both_texts(client, world):
    draft = DraftFactory(programme=world, title="Min rubrik")
    keep(client, world, draft, title="Hennes rubrik", **{"draft-version": 1})

    page = client.post(
        reverse("activities:draft_edit", args=[world.slug, draft.pk]),
        typed(world, title="Min nya rubrik", **{"draft-version": 1}),
    )

    draft.refresh_from_db()
    assert draft.title == "Hennes rubrik"
    assert page.context["form"]["title"].value() == "Min nya rubrik"
    assert page.context["form"].conflicts == [("Vad?", "Hennes rubrik")]

    keep(client, world, draft, title="Min nya rubrik", **{"draft-version": draft.version})
    draft.refresh_from_db()
    assert draft.title == "Min nya rubrik"


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ("outcome", "Ring 19811218-9876"),
        ("title", "Ring 811218-9876"),
        ("officer-men", "8112189876"),
        ("outcome", "a\x00b"),
        ("outcome", "å" * 20_001),
    ],
)
def test_what_may_not_be_stored_is_told_at_its_box(client, world, box, text):
    page = keep(client, world, **{box: text})

    part = page.context["form"] if box in page.context["form"].fields else page.context["grid"]
    assert (list(part.errors), part[box].value(), Draft.objects.count()) == ([box], text, 0)
    assert page.context["form"]["title"].value() == (
        text if box == "title" else typed(world)["title"]
    )


def test_a_row_that_may_not_be_stored_is_told_on_top(client, world):
    answer = keep(client, world, split_rows="officer-1 \x00")

    told = [problem["id"] for problem in answer.context["problems"]]
    assert (told, Draft.objects.count()) == (["id_mode_0"], 0)
    assert "tecken som inte kan sparas" in answer.content.decode()


def test_a_draft_that_is_too_long_in_all_is_refused_and_kept_on_the_page(client, world):
    answer = keep(client, world, objectives=["å" * 1_000] * 110)

    assert Draft.objects.count() == 0
    assert "för långt för ett utkast: högst 200\xa0kB" in answer.content.decode()


@pytest.mark.parametrize(
    "much", [{"outcome": "a" * 2_600_000}, {f"box{n}": "1" for n in range(5_001)}]
)
def test_a_form_that_is_far_too_large_is_told_in_words(client, world, much):
    answer = keep(client, world, **much)

    page = answer.content.decode()
    assert (answer.status_code, Draft.objects.count()) == (400, 0)
    assert "Texten är för lång" in page
    assert "inget av det är sparat" in page


def test_boxes_that_are_not_the_forms_are_not_kept(client, world):
    keep(client, world, password="hemligt", version="7", csrfmiddlewaretoken="x")

    assert {"password", "version", "form_key", "csrfmiddlewaretoken"} & set(
        Draft.objects.get().typed
    ) == set()


def test_a_draft_with_nothing_typed_is_no_draft(client, world):
    initiative = world.initiatives.get().pk
    page = client.post(
        reverse("activities:draft_add", args=[world.slug]),
        {
            "when": timezone.localdate().isoformat(),
            "initiative": initiative,
            "mode": "audience",
            "status": "held",
            "format": "on_site",
        },
    )

    assert (list(page.context["form"].errors), Draft.objects.count()) == (["title"], 0)


def test_drafts_stand_beside_the_log_form_and_are_deleted(client, world):
    draft = DraftFactory(programme=world)
    assert draft.title in client.get(log_form(world)).content.decode()

    client.post(reverse("activities:draft_delete", args=[world.slug, draft.pk]))

    assert Draft.objects.count() == 0


def test_all_who_write_share_the_drafts(client, world):
    keep(client, world)
    client.force_login(member_of(world, Role.ADMINISTRATOR))

    page = client.get(log_form(world, Draft.objects.get()))

    assert page.context["form"]["title"].value() == "Frukost om upphandling"


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_nobody_else_opens_a_draft(client, programme, role):
    draft = DraftFactory(programme=programme)
    client.force_login(member_of(programme, role) if role else UserFactory())
    where = [
        reverse(f"activities:draft_{way}", args=[programme.slug, draft.pk])
        for way in ("edit", "delete")
    ]

    assert [client.get(url).status_code for url in (log_form(programme, draft), *where)] == [
        404
    ] * 3


@pytest.mark.parametrize(("role", "seen"), [(Role.AUDITOR, 1), (Role.BOARD, 0), (Role.PARTNER, 0)])
def test_auditors_see_that_there_is_a_draft(programme, role, seen):
    DraftFactory(programme=programme)

    assert Draft.objects.visible_to(member_of(programme, role)).count() == seen


def test_a_draft_of_another_programme_or_gone_is_not_there(client, world):
    foreign = DraftFactory(programme=ProgrammeFactory())
    add = reverse("activities:add", args=[world.slug])

    found = [
        client.get(f"{add}?draft={key}").status_code for key in (foreign.pk, 0, "x", "9" * 400)
    ]

    assert found == [404] * 4


def test_who_signs_in_again_on_the_way_comes_back_to_the_form(client, world):
    draft = DraftFactory(programme=world)
    edit = reverse("activities:draft_edit", args=[world.slug, draft.pk])
    add = reverse("activities:draft_add", args=[world.slug])

    assert client.get(edit)["Location"] == log_form(world, draft)
    assert client.get(add)["Location"] == log_form(world)


def test_the_log_form_asks_as_often_for_one_draft_as_for_three(client, world):
    DraftFactory(programme=world)
    where = log_form(world)
    client.get(where)
    with CaptureQueriesContext(connection) as for_one:
        client.get(where)
    DraftFactory.create_batch(2, programme=world)

    with CaptureQueriesContext(connection) as for_three:
        client.get(where)
    assert len(for_one) == len(for_three)


# ---- On the device


def saved(response):
    cookie = response.cookies.get(kept_drafts.COOKIE)
    return cookie.value if cookie else None


def test_a_save_names_the_draft_that_is_done_with(client, world):
    answer = client.post(log_form(world), typed(world, kept_draft=NUMBER))

    assert (answer.status_code, saved(answer)) == (302, NUMBER)


def test_two_saves_name_both(client, world):
    other = NUMBER[::-1]
    client.post(log_form(world), typed(world, kept_draft=NUMBER))

    assert (
        saved(client.post(log_form(world), typed(world, kept_draft=other))) == f"{NUMBER}.{other}"
    )


def test_a_form_that_is_shown_again_keeps_its_draft(client, world):
    page = client.post(log_form(world), typed(world, when="31/11", kept_draft=NUMBER))

    assert saved(page) is None
    assert f'data-posted="{NUMBER}"' in page.content.decode()


def test_a_form_sent_after_the_sign_in_ran_out_keeps_its_draft(client, world):
    client.logout()

    answer = client.post(log_form(world), typed(world, kept_draft=NUMBER))

    assert answer["Location"] == f"{reverse(settings.LOGIN_URL)}?next={log_form(world)}"
    assert (saved(answer), Event.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    "number", ["", "x", NUMBER + "0", NUMBER[:-1] + "\n", "é" * 32, "../" * 11]
)
def test_what_is_no_number_of_a_draft_is_not_echoed(client, world, number):
    answer = client.post(log_form(world), typed(world, kept_draft=number))

    assert (answer.status_code, saved(answer)) == (302, None)


def test_an_old_token_leads_back_to_the_form(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.memberships.get().user)

    page = client.post(log_form(world), typed(world, kept_draft=NUMBER))

    assert page.status_code == 403
    assert f'href="{log_form(world)}"' in page.content.decode()
    assert "finns kvar på den här enheten" in page.content.decode()


def test_records_about_persons_are_not_kept_on_a_device(client, world):
    placement = PlacementFactory(grant__programme=world)
    pages = {
        "device": log_form(world),
        "page": reverse("placements:placement_edit", args=[world.slug, placement.pk]),
    }

    for where, address in pages.items():
        assert f'data-kept="{where}"' in client.get(address).content.decode()


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_change_password"]
)
def test_forms_with_secrets_are_not_kept(client, world, name):
    if name == "account_login":
        client.logout()

    assert "data-kept" not in client.get(reverse(name)).content.decode()


def test_two_people_have_two_names_on_a_device(client, world):
    mine = world.memberships.get().user
    other = UserFactory()

    assert mine.device_key != other.device_key
    assert mine.email not in mine.device_key


def test_the_server_says_who_is_signed_in(client, world):
    mine = world.memberships.get().user

    answer = client.get(reverse("accounts:here"))

    assert answer.json()["reader"] == mine.device_key
    assert answer["Cache-Control"] == "no-store, private"
