"""Answers by personal links: who is let in, what is asked and sent, and what counts when."""

from datetime import date, timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from asf_tracker.logs import WithoutTokens
from enterprises import answer_links
from enterprises.answer_links import DAYS_AFTER, LEAST_DAYS, expiry, issue, revoke, token_of
from enterprises.letters import follow, reply_to
from enterprises.models import AnswerLink, CensusReturn, Letter, SentAnswer
from programmes.models import ClosedYear
from programmes.periods import Period
from reports.figures import View, figures

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    ContactFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    LetterFactory,
    ProgrammeFactory,
    SentAnswerFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
State = CensusReturn.State
NOTHING = {"employed_women": None, "employed_men": None, "state": State.NOT_ANSWERED}


@pytest.fixture(autouse=True)
def _mails_go_out(settings):
    settings.DEMO = False


@pytest.fixture
def census(programme):
    return CensusFactory(programme=programme, year=2025)


@pytest.fixture
def leader(census):
    client = Client()
    client.force_login(member_of(census.programme, Role.PROCESS_LEADER))
    return client


def asked(census, name="Ekern", email="ekern@example.se", **numbers):
    """An unanswered return with a contact; `numbers` are last year's confirmed ones."""
    enterprise = EnterpriseFactory(programme=census.programme, name=name)
    EnterpriseStatusFactory(enterprise=enterprise)
    ContactFactory(enterprise=enterprise, name=f"Kim på {name}", email=email)
    if numbers:
        before, _new = census.programme.censuses.get_or_create(
            year=census.year - 1, reference_date=date(census.year - 1, 10, 31)
        )
        CensusReturnFactory(census=before, enterprise=enterprise, **numbers)
    return CensusReturnFactory(census=census, enterprise=enterprise, **NOTHING)


def link_to(answer):
    return issue(answer, answer.enterprise.contacts.get(), now=timezone.now())


def page(link, name="answer"):
    return reverse(f"answers:{name}", args=[token_of(link)])


def address(name, census, *args):
    return reverse(f"enterprises:{name}", args=[census.programme.slug, *args])


# The link


def test_a_token_has_256_bits_and_is_kept_nowhere(census):
    link = link_to(asked(census))

    token = token_of(link)

    assert (len(token), len(link.seed)) == (43, 64)
    kept = [str(value) for value in AnswerLink.objects.values_list()[0]]
    assert [token in value for value in kept] == [False] * len(kept)


def test_a_reminder_carries_the_same_address_and_a_new_link_another(census):
    answer = asked(census)
    first = link_to(answer)

    again = link_to(answer)
    revoke(answer.links.all(), now=timezone.now())
    other = link_to(answer)

    assert token_of(first) == token_of(again) != token_of(other)


def test_another_secret_makes_another_token(census, settings):
    link = link_to(asked(census))
    before = token_of(link)

    settings.SECRET_KEY = "another secret of the installation, long enough"

    assert token_of(link) != before
    assert Client().get(reverse("answers:answer", args=[before])).status_code == 404


def test_a_link_works_until_a_month_after_the_day_to_answer(census):
    now = timezone.now()
    census.answer_by = timezone.localdate() + timedelta(days=20)

    late = expiry(census, now=now + timedelta(days=300))

    assert timezone.localdate(expiry(census, now=now)) == census.answer_by + timedelta(days=31)
    assert late == now + timedelta(days=314)


def expired(link):
    AnswerLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())


def revoked(link):
    revoke(AnswerLink.objects.filter(pk=link.pk), now=timezone.now())


def closed(link):
    link.answer.census.closed_on = timezone.localdate()
    link.answer.census.save()


def forgotten(link):
    link.contact.delete()


@pytest.mark.parametrize("end", [expired, revoked, closed, forgotten])
@pytest.mark.parametrize("name", ["answer", "receipt", "opened"])
def test_a_link_that_ended_shows_nothing(client, census, end, name):
    answer = asked(census, "Ekern")
    link = link_to(answer)
    SentAnswerFactory(answer=answer, link=link, comment="Hemligt")
    where = page(link, name)

    end(link)
    gone = client.post(where, {"employed_women": "9"})
    unknown = client.post(reverse(f"answers:{name}", args=["x" * 43]), {"employed_women": "9"})

    assert gone.status_code == 404
    assert _without_tokens(gone) == _without_tokens(unknown)
    said = gone.content.decode()
    assert [word in said for word in ("Ekern", "Hemligt", "Exempelförbundet")] == [False] * 3
    assert SentAnswer.objects.get().employed_women == 5


def _without_tokens(response):
    """The page without what is random in each, and the address it was asked under."""
    lines = response.content.decode().splitlines()
    return [line for line in lines if "csrf" not in line and 'name="next"' not in line]


def test_closing_and_opening_a_census_stops_and_starts_its_links(client, census):
    link = link_to(asked(census))
    closed(link)
    while_closed = client.get(page(link)).status_code
    census.refresh_from_db()
    census.closed_on = None
    census.save()

    assert (while_closed, client.get(page(link)).status_code) == (404, 200)


@pytest.mark.parametrize("way", ["seen", "unknown", "without a form's token"])
def test_a_page_of_a_link_is_kept_by_nobody(census, way):
    client = Client(enforce_csrf_checks=True)
    address = page(link_to(asked(census)))
    if way == "seen":
        response = client.get(address)
    elif way == "unknown":
        response = client.get(reverse("answers:answer", args=["unknown"]))
    else:
        response = client.post(address, {"a": "1"})

    assert [response[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")] == [
        "no-store, private",
        "noindex, nofollow, noarchive",
        "strict-origin",
    ]


def test_the_address_is_not_in_the_log(client, caplog, settings):
    caplog.handler.addFilter(WithoutTokens())

    client.get(reverse("answers:answer", args=["n" * 43]))

    assert caplog.messages == ["Not Found: /svara/…/"]
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["tokens"]


def test_an_address_written_as_the_newer_kind_is_counted_as_itself(client, census):
    for n in range(20):
        address = reverse("answers:answer", args=[f"guess-{n}"])
        client.get(address, REMOTE_ADDR="::ffff:192.0.2.7")
    link = page(link_to(asked(census)))

    found = [client.get(link, REMOTE_ADDR=f"::ffff:192.0.2.{n}").status_code for n in (7, 8)]
    assert [*found, client.get(link, REMOTE_ADDR="192.0.2.7").status_code] == [429, 200, 429]


def test_who_comes_past_the_proxies_is_not_let_in(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    answer = client.get(reverse("answers:answer", args=["guess"]), HTTP_X_FORWARDED_FOR="192.0.2.7")

    assert answer.status_code == 403


def test_guessing_is_limited_for_each_sender(client, census):
    link = link_to(asked(census))
    answers = [
        client.get(
            reverse("answers:answer", args=[f"guess-{n}"]), HTTP_X_FORWARDED_FOR=f"10.0.0.{n}"
        ).status_code
        for n in range(25)
    ]

    assert answers == [404] * 20 + [429] * 5
    assert client.get(page(link)).status_code == 429
    assert client.get(page(link), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_many_senders_together_get_one_guess_each(client, census, monkeypatch):
    monkeypatch.setitem(answer_links.LIMITS, "wrong_anywhere", "3/10m/key")
    link = link_to(asked(census))
    for n in range(3):
        client.get(reverse("answers:answer", args=["guess"]), REMOTE_ADDR=f"192.0.2.{n}")

    assert client.get(page(link), REMOTE_ADDR="192.0.2.1").status_code == 429
    assert client.get(page(link), REMOTE_ADDR="192.0.2.9").status_code == 200


# The page


def test_a_link_shows_one_enterprise_and_nothing_of_others(client, census):
    mine = asked(census, "Ekern", employed_women=4, employed_men=2)
    other = asked(census, "MARKERAD", "markerad@example.se", employed_women=7771)
    SentAnswerFactory(answer=other, employed_women=7772, comment="MARKERAD")
    SentAnswerFactory(answer=mine)
    link = link_to(mine)

    pages = [
        client.get(page(link)),
        client.get(page(link), {"same": "1"}),
        client.get(page(link, "receipt")),
        client.post(page(link), {"employed_women": "x"}),
    ]

    assert [response.status_code for response in pages] == [200] * 4
    text = " ".join(response.content.decode() for response in pages).lower()
    assert [mark in text for mark in ("markerad", "777", "7\u00a077")] == [False] * 3
    assert "ekern" in text


def test_looking_at_the_page_writes_nothing(client, census):
    link = link_to(asked(census))

    client.get(page(link))
    client.get(page(link, "receipt"))

    link.refresh_from_db()
    assert (link.opened_at, link.version, SentAnswer.objects.count()) == (None, 1, 0)


def test_the_page_tells_that_it_was_opened_once(client, census):
    link = link_to(asked(census))

    answers = [client.post(page(link, "opened")).status_code for _time in range(2)]
    first = AnswerLink.objects.get().opened_at

    assert (answers, first is not None) == ([204, 204], True)
    assert AnswerLink.objects.get().version == 2


def test_the_page_about_personal_data_says_how_long_a_link_works(client):
    text = client.get(reverse("accounts:privacy")).content.decode()

    assert [
        f"{DAYS_AFTER} dagar efter sista svarsdag" in text,
        f"inom {LEAST_DAYS} dagar från det senaste mejlet" in text,
        f"{AnswerLink.DAYS} dagar efter det mejlet" in text,
    ] == [True] * 3


def test_last_years_answer_stands_beside_and_can_be_filled_in(client, census):
    link = link_to(asked(census, employed_women=4, employed_men=0))

    form = client.get(page(link)).context["form"]
    filled = client.get(page(link), {"same": "1"}).context["form"]

    names = ("employed_women", "employed_men", "placed_other")
    assert [form[name].help_text for name in names] == ["2024: 4", "2024: 0", "2024: –"]
    assert [form[name].value() for name in names] == [None] * 3
    assert [filled[name].value() for name in names] == [4, 0, None]


def test_an_answer_is_sent_and_thanked_for(client, census):
    answer = asked(census, employed_women=4)
    link = link_to(answer)

    response = client.post(
        page(link), {"employed_women": "5", "employed_men": "0", "placed_other": "–"}
    )

    assert response.url == page(link, "receipt")
    sent = SentAnswer.objects.get()
    numbers = (sent.employed_women, sent.employed_men, sent.employed_unspecified, sent.placed_other)
    assert (numbers, sent.link) == ((5, 0, None, None), link)
    assert "Tack" in client.get(response.url).content.decode()
    assert AnswerLink.objects.get().opened_at is not None


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"comment": "Hej"}, "employed_women", "minst ett antal"),
        ({"employed_women": "fem"}, "employed_women", "heltal|helt tal"),
        ({"employed_women": "10000"}, "employed_women", "mellan 0 och 9 999"),
        ({"employed_women": "4", "not_applicable": "on"}, "not_applicable", "Töm rutorna"),
        ({"employed_women": "4", "comment": "811228-9874"}, "comment", "personnummer"),
        ({"employed_women": "9", "employed_men": "0"}, "explanation", "Skriv kort varför"),
    ],
)
def test_a_bad_answer_is_told_at_its_field_and_not_kept(client, census, typed, field, message):
    link = link_to(asked(census, employed_women=4, employed_men=0))

    response = client.post(page(link), typed)

    said = " ".join(response.context["form"].errors[field])
    assert any(part in said for part in message.split("|"))
    assert SentAnswer.objects.count() == 0


def test_a_large_change_is_sent_with_its_reason(client, census):
    link = link_to(asked(census, employed_women=4, employed_men=0))

    client.post(page(link), {"employed_women": "9", "explanation": "Ny verkstad"})

    assert SentAnswer.objects.get().explanation == "Ny verkstad"


def test_each_sending_replaces_the_one_before_and_is_remembered(client, census):
    link = link_to(asked(census))

    client.post(page(link), {"version": "0", "employed_women": "5"})
    client.post(page(link), {"version": "1", "employed_women": "6"})

    sent = SentAnswer.objects.get()
    assert [row.employed_women for row in sent.history.all()] == [6, 5]


def test_the_same_sent_twice_is_sent_once(client, census):
    link = link_to(asked(census))

    answers = [
        client.post(page(link), {"version": "0", "employed_women": "5"}).url for _time in range(2)
    ]

    assert answers == [page(link, "receipt")] * 2
    assert SentAnswer.objects.get().version == 1


def test_two_contacts_at_once_do_not_overwrite_each_other(client, census):
    answer = asked(census)
    other = ContactFactory(enterprise=answer.enterprise, email="b@example.se")
    first, second = (
        issue(answer, who, now=timezone.now()) for who in answer.enterprise.contacts.all()
    )

    client.post(page(first), {"version": "0", "employed_women": "5"})
    response = client.post(page(second), {"version": "0", "employed_women": "6"})

    assert other.enterprise == answer.enterprise
    assert ("Kvinnor", "5") in response.context["form"].conflicts
    assert SentAnswer.objects.get().employed_women == 5


def test_after_acceptance_it_is_shown_and_not_changed(client, census):
    answer = asked(census)
    link = link_to(answer)
    SentAnswerFactory(answer=answer, link=link, accepted_at=timezone.now())

    response = client.post(page(link), {"version": "1", "employed_women": "9"})

    assert "godkänt" in response.content.decode()
    assert SentAnswer.objects.get().employed_women == 5


def test_what_is_sent_by_one_link_is_limited(client, census, monkeypatch):
    monkeypatch.setitem(answer_links.LIMITS, "sent", "2/h/key")
    link = link_to(asked(census))

    answers = [client.post(page(link), {"employed_women": "x"}).status_code for _n in range(3)]

    assert answers == [200, 200, 429]


def test_the_page_asks_the_same_number_of_questions(client, census):
    link = link_to(asked(census, employed_women=4))
    counts = []
    for name in ("", "B", "CDE"):
        for letter in name:
            SentAnswerFactory(answer=asked(census, letter, f"{letter}@example.se"))
        with CaptureQueriesContext(connection) as questions:
            client.get(page(link))
        counts.append(len(questions))

    assert counts == [counts[0]] * 3


# Sending


def test_the_question_goes_to_each_contact_with_an_address_of_their_own(leader, census):
    asked(census, "A", "a@example.se")
    asked(census, "B", "b@example.se")
    asked(census, "C", "")

    preview = leader.get(address("letters_send", census, 2025, "fraga"))
    leader.post(address("letters_send", census, 2025, "fraga"))

    assert [row.name for row in preview.context["unreachable"]] == ["C"]
    assert preview.context["letter"].to == ["a@example.se"]
    assert [message.to for message in mail.outbox] == [["a@example.se"], ["b@example.se"]]
    tokens = [token_of(link) for link in AnswerLink.objects.all()]
    assert [token in message.body for token, message in zip(tokens, mail.outbox, strict=True)] == [
        True,
        True,
    ]


def test_a_preview_makes_no_link(leader, census):
    asked(census)

    leader.get(address("letters_send", census, 2025, "fraga"))

    assert (AnswerLink.objects.count(), len(mail.outbox)) == (0, 0)


def test_a_button_pressed_twice_sends_once(leader, census):
    answer = asked(census)
    contact = answer.enterprise.contacts.get()

    for _time in range(2):
        leader.post(address("letter_send", census, 2025, contact.pk))
        leader.post(address("letters_send", census, 2025, "fraga"))
        leader.post(address("letters_send", census, 2025, "paminnelse"))

    assert (len(mail.outbox), Letter.objects.count()) == (1, 1)


def test_only_who_has_not_answered_is_reminded(leader, census):
    answers = [asked(census, name, f"{name}@example.se") for name in "abcdef"]
    for answer in answers[:-1]:
        LetterFactory(link=link_to(answer))
    SentAnswerFactory(answer=answers[1])
    SentAnswerFactory(answer=answers[2], accepted_at=timezone.now())
    SentAnswerFactory(answer=answers[3], declined_at=timezone.now())
    CensusReturn.objects.filter(pk=answers[4].pk).update(state="not_applicable")

    leader.post(address("letters_send", census, 2025, "paminnelse"))

    assert [message.to for message in mail.outbox] == [["a@example.se"], ["d@example.se"]]
    assert list(Letter.objects.filter(kind="reminder").values_list("refused")) == [("",), ("",)]


class Refusing(EmailBackend):
    """A mail server that does not know one address, and is gone for another."""

    def send_messages(self, messages):
        (message,) = messages
        (to,) = message.to
        if to.startswith("a"):
            raise SMTPRecipientsRefused({to: (550, f"5.1.1 <{to}> unknown".encode())})
        if to.startswith("b"):
            raise ConnectionRefusedError("no")
        return super().send_messages(messages)


def test_one_that_is_refused_holds_up_no_other_and_is_shown(leader, census, settings, caplog):
    settings.EMAIL_BACKEND = "tests.test_answer_links.Refusing"
    for name in "abc":
        asked(census, name, f"{name}@example.se")

    leader.post(address("letters_send", census, 2025, "fraga"))

    assert [message.to for message in mail.outbox] == [["c@example.se"]]
    refused = list(Letter.objects.order_by("pk").values_list("refused", flat=True))
    assert refused == ["550 5.1.1 … unknown", "Mejlservern gick inte att nå.", ""]
    assert "example.se" not in caplog.text
    standing = [row.standing for row in follow(census)]
    assert standing == ["refused", "refused", "unopened"]


def test_a_name_cannot_become_a_header(leader, census):
    census.programme.contact = "Kansliet\nkansliet@example.se\nBcc: x@example.se"
    census.programme.save()
    answer = asked(census)
    type(answer.enterprise).objects.filter(pk=answer.enterprise_id).update(
        name="Ekern\r\nBcc: onda@example.se <script>"
    )

    leader.post(address("letters_send", census, 2025, "fraga"))

    (message,) = mail.outbox
    assert (message.to, message.bcc, message.reply_to) == (
        ["ekern@example.se"],
        [],
        ["kansliet@example.se"],
    )
    assert "\n" not in message.subject
    assert "<script>" not in message.alternatives[0].content


def test_answers_to_a_letter_go_to_the_programme():
    contacts = ["", "Kansliet, tfn 026-12 34 56", "Skriv till <kansliet@example.se>.", "a@b"]

    found = [reply_to(ProgrammeFactory.build(contact=text)) for text in contacts]

    assert found == [[], [], ["kansliet@example.se"], []]


def test_the_demo_sends_nothing_and_shows_the_letter(leader, census, settings):
    settings.DEMO = True
    asked(census)

    leader.post(address("letters_send", census, 2025, "fraga"))
    shown = leader.get(address("letter", census, Letter.objects.get().pk))

    assert len(mail.outbox) == 0
    assert token_of(AnswerLink.objects.get()) in shown.context["letter"].body
    settings.DEMO = False
    assert leader.get(address("letter", census, Letter.objects.get().pk)).status_code == 404


def test_a_revoked_contact_is_written_to_only_one_by_one(leader, census):
    answer = asked(census)
    link = link_to(answer)
    leader.post(address("link_revoke", census, 2025, link.contact_id))

    leader.post(address("letters_send", census, 2025, "fraga"))
    before = len(mail.outbox)
    leader.post(address("letter_send", census, 2025, link.contact_id))

    assert (before, len(mail.outbox), AnswerLink.objects.filter(revoked_at=None).count()) == (
        0,
        1,
        1,
    )


def test_all_links_of_a_census_are_revoked_and_of_no_other(leader, census):
    link_to(asked(census, "A"))
    elsewhere = link_to(asked(CensusFactory(year=2025), "B"))

    leader.get(address("links_revoke", census, 2025))
    leader.post(address("links_revoke", census, 2025))

    assert list(AnswerLink.objects.filter(revoked_at=None)) == [elsewhere]


def test_a_closed_census_sends_nothing(leader, census):
    answer = asked(census)
    census.closed_on = timezone.localdate()
    census.save()
    contact = answer.enterprise.contacts.get()

    leader.post(address("letters_send", census, 2025, "fraga"))
    leader.post(address("letter_send", census, 2025, contact.pk))
    leader.post(address("link_show", census, 2025, contact.pk))

    assert (len(mail.outbox), AnswerLink.objects.count()) == (0, 0)


def test_the_link_itself_is_shown_on_demand(leader, census):
    contact = asked(census, email="").enterprise.contacts.get()

    response = leader.post(address("link_show", census, 2025, contact.pk))

    assert token_of(AnswerLink.objects.get()) in response.context["address"]


# The daily command


def remind(**how):
    out = StringIO()
    call_command("remind", stdout=out, **how)
    return out.getvalue().strip()


@pytest.fixture
def public(settings):
    settings.PUBLIC_URL = "https://asf.example.se"


def test_the_command_reminds_once_for_each_day(census, public):
    census.answer_by = timezone.localdate() + timedelta(days=7)
    census.save()
    link = link_to(asked(census))
    LetterFactory(link=link)

    planned = remind(dry_run=True)
    said = [remind(), remind()]

    slug = census.programme.slug
    assert planned == f"{slug} 2025: 1 to remind"
    assert said == [f"{slug} 2025: 1 reminded, 0 refused", f"{slug} 2025: 0 reminded, 0 refused"]
    assert f"https://asf.example.se{page(link)}" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("days", "last", "number"),
    [
        (15, 20, 0),
        (14, 20, 1),
        (13, 20, 1),  # the command did not run the day before
        (13, 1, 0),
        (7, 7, 1),
        (1, 6, 1),
        (0, 1, 0),
        (-1, 10, 0),
    ],
)
def test_when_the_command_reminds(census, public, days, last, number):
    """`days` to the day to answer by, `last` since the latest letter."""
    census.answer_by = timezone.localdate() + timedelta(days=days)
    census.save()
    LetterFactory(link=link_to(asked(census)), sent_at=timezone.now() - timedelta(days=last))

    remind()

    assert len(mail.outbox) == number


def test_the_command_writes_to_nobody_who_was_not_asked(census, public):
    census.answer_by = timezone.localdate() + timedelta(days=7)
    census.save()
    asked(census)

    remind()

    assert len(mail.outbox) == 0


def test_the_command_asks_where_the_installation_is(census):
    with pytest.raises(CommandError):
        remind()


# Following


def test_each_enterprise_stands_where_it_has_come(leader, census):
    answers = {name: asked(census, name, f"{name}@example.se") for name in "abcdefgh"}
    links = {name: link_to(answers[name]) for name in "bcdfgh"}
    LetterFactory(link=links["b"])
    LetterFactory(link=links["c"], refused="550 okänd")
    links["d"].opened_at = timezone.now()
    links["d"].save()
    asked(census, "e2", "")
    SentAnswerFactory(answer=answers["f"], link=links["f"])
    SentAnswerFactory(answer=answers["g"], accepted_at=timezone.now())
    revoke(answers["h"].links.all(), now=timezone.now())

    response = leader.get(address("letters", census, 2025))
    narrowed = leader.get(address("letters", census, 2025), {"show": "refused"})

    assert [row.standing for row in response.context["page"]] == [
        "unsent",
        "unopened",
        "refused",
        "opened",
        "unsent",
        "no_address",
        "sent_in",
        "accepted",
        "revoked",
    ]
    assert [row.answer.enterprise.name for row in narrowed.context["page"]] == ["c"]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, None])
def test_others_find_no_letters_and_no_answers_sent_in(client, census, role):
    answer = asked(census)
    SentAnswerFactory(answer=answer)
    client.force_login(member_of(census.programme, role))

    answers = [
        client.get(where).status_code
        for where in (
            address("letters", census, 2025),
            address("sent", census, 2025),
            address("sent_answer", census, answer.pk),
        )
    ]

    assert answers == [404] * 3


def test_the_auditor_reads_and_presses_nothing(client, census):
    answer = asked(census)
    SentAnswerFactory(answer=answer, link=link_to(answer))
    client.force_login(member_of(census.programme, Role.AUDITOR))

    pages = [
        client.get(address("letters", census, 2025)).content.decode(),
        client.get(address("sent", census, 2025)).content.decode(),
        client.get(address("sent_answer", census, answer.pk)).content.decode(),
    ]

    assert ["Visa länken" in text or "Godkänn" in text for text in pages] == [False] * 3


# Accepting


def employees(census):
    period = Period(census.year, census.year)
    found = figures(census.programme, period, View.FULL, today=timezone.localdate())
    return found.figures["employees", period, ()].value


def test_an_answer_counts_once_it_is_accepted(client, leader, census):
    answer = asked(census)
    CensusReturnFactory(
        census=census, enterprise=EnterpriseFactory(programme=census.programme), employed_women=10
    )
    link = link_to(answer)
    before = employees(census)
    client.post(page(link), {"employed_women": "5", "employed_men": "2"})
    after_sending = employees(census)

    row = leader.get(address("sent_answer", census, answer.pk)).context["row"]
    leader.post(address("sent_accept", census, answer.pk), {"seen": row.seen})

    assert (before, after_sending, employees(census)) == (13, 13, 20)
    answer.refresh_from_db()
    assert (answer.state, answer.employed_women, answer.version) == ("confirmed", 5, 2)
    assert answer.history.first().history_user is not None


def test_what_was_sent_again_since_it_was_seen_is_shown_anew(client, leader, census):
    answer = asked(census)
    link = link_to(answer)
    client.post(page(link), {"version": "0", "employed_women": "5"})
    seen = leader.get(address("sent_answer", census, answer.pk)).context["row"].seen
    client.post(page(link), {"version": "1", "employed_women": "6"})

    response = leader.post(address("sent_accept", census, answer.pk), {"seen": seen}, follow=True)

    answer.refresh_from_db()
    assert (answer.state, answer.version) == ("not_answered", 1)
    assert "har ändrats" in response.content.decode()


def test_all_that_need_no_look_are_accepted_in_one_click(leader, census):
    last = {"employed_women": 5, "employed_men": 3}
    plain = [asked(census, name, **last) for name in ("A", "B")]
    changed = asked(census, "C", employed_women=50, employed_men=3)
    wrote = asked(census, "D", **last)
    new = asked(census, "E")
    typed = asked(census, "F", **last)
    CensusReturn.objects.filter(pk=typed.pk).update(state="draft", employed_women=4)
    for answer in (*plain, changed, new, typed):
        SentAnswerFactory(answer=answer)
    SentAnswerFactory(answer=wrote, comment="Vi har flyttat")

    shown = leader.get(address("sent", census, 2025))
    leader.post(
        address("sent_accept_all", census, 2025), {"seen": shown.context["form"]["seen"].value()}
    )

    assert [row.answer.enterprise.name for row in shown.context["others"]] == ["C", "D", "E", "F"]
    confirmed = census.returns.confirmed().values_list("enterprise__name", flat=True)
    assert list(confirmed) == ["A", "B"]


def test_an_enterprise_that_is_gone_leaves_the_census(leader, census):
    answer = asked(census)
    SentAnswerFactory(
        answer=answer, employed_women=None, employed_men=None, not_applicable=True, comment="Sålt"
    )
    seen = leader.get(address("sent_answer", census, answer.pk)).context["row"].seen

    response = leader.post(address("sent_accept", census, answer.pk), {"seen": seen})

    answer.refresh_from_db()
    assert (answer.state, answer.comment) == ("not_applicable", "Sålt")
    assert response.url == answer.enterprise.get_absolute_url()


def test_the_process_leaders_own_comment_stays(leader, census):
    answer = asked(census)
    CensusReturn.objects.filter(pk=answer.pk).update(comment="Ringde i maj", state="draft")
    SentAnswerFactory(answer=answer, comment="Vi växer")
    seen = leader.get(address("sent_answer", census, answer.pk)).context["row"].seen

    leader.post(address("sent_accept", census, answer.pk), {"seen": seen})

    answer.refresh_from_db()
    assert answer.comment == "Ringde i maj\nVi växer"


def test_a_closed_year_asks_for_a_reason(leader, census):
    answer = asked(census)
    SentAnswerFactory(answer=answer)
    ClosedYear.objects.create(programme=census.programme, year=2025)
    seen = leader.get(address("sent_answer", census, answer.pk)).context["row"].seen
    where = address("sent_accept", census, answer.pk)

    refused = leader.post(where, {"seen": seen})
    leader.post(where, {"seen": seen, "change_reason": "Kom för sent"})

    assert list(refused.context["form"].errors) == ["change_reason"]
    answer.refresh_from_db()
    assert answer.state == "confirmed"
    assert answer.history.first().history_change_reason == "Kom för sent"


@pytest.mark.parametrize("seen", ["", "x", "1.2", "1.2.3 4", "9" * 400, "1.1.1\x00"])
def test_what_was_not_seen_is_not_accepted(leader, census, seen):
    SentAnswerFactory(answer=asked(census))

    response = leader.post(address("sent_accept_all", census, 2025), {"seen": seen})

    assert response.status_code == 200
    assert SentAnswer.objects.get().accepted_at is None


def test_an_answer_of_another_census_is_not_accepted_here(leader, census):
    elsewhere = asked(CensusFactory(year=2025), "B")
    SentAnswerFactory(answer=elsewhere)

    leader.post(address("sent_accept_all", census, 2025), {"seen": f"{elsewhere.pk}.1.1"})

    assert SentAnswer.objects.get().accepted_at is None


def test_an_answer_sent_back_is_mended_and_sent_again(client, leader, census):
    answer = asked(census)
    link = link_to(answer)
    client.post(page(link), {"version": "0", "employed_women": "5"})

    leader.post(
        address("sent_decline", census, answer.pk),
        {"version": "1", "declined_because": "Räknas chefen med?"},
    )
    shown = client.get(page(link)).content.decode()
    client.post(page(link), {"version": "2", "employed_women": "5"})

    assert "Räknas chefen med?" in mail.outbox[0].body
    assert "Räknas chefen med?" in shown
    sent = SentAnswer.objects.get()
    assert (sent.declined_at, sent.declined_because, sent.version) == (None, "", 3)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize("name", ["sent_accept", "sent_decline"])
def test_those_who_only_read_cannot_accept(client, census, role, name):
    answer = asked(census)
    SentAnswerFactory(answer=answer)
    client.force_login(member_of(census.programme, role))

    response = client.post(address(name, census, answer.pk), {"seen": f"{answer.pk}.1.1"})

    assert response.status_code == 404
    assert SentAnswer.objects.get().accepted_at is None


def test_a_receipt_says_what_is_to_be_mended(client, leader, census):
    answer = asked(census)
    link = link_to(answer)
    client.post(page(link), {"employed_women": "5"})
    leader.post(address("sent_decline", census, answer.pk), {"declined_because": "Vilken dag?"})

    receipt = client.get(page(link, "receipt")).content.decode()

    assert ("Vilken dag?" in receipt, "Ni behöver inte göra något mer" in receipt) == (True, False)


def test_who_answered_another_way_is_asked_to_mend_nothing(client, leader, census):
    answer = asked(census)
    link = link_to(answer)
    client.post(page(link), {"employed_women": "5"})
    leader.post(address("sent_decline", census, answer.pk), {"declined_because": "Vilken dag?"})
    answer.refresh_from_db()

    leader.post(
        address("row_save", census, answer.pk),
        {
            f"{answer.pk}-version": answer.version,
            f"{answer.pk}-state": "confirmed",
            f"{answer.pk}-employed_women": "6",
        },
    )

    shown = [client.get(page(link, name)).content.decode() for name in ("answer", "receipt")]
    assert ["Vilken dag?" in one for one in shown] == [False, False]
    (followed,) = follow(census)
    assert followed.standing == "answered"


def test_what_was_settled_can_be_accepted_all_the_same(leader, census):
    answer = asked(census)
    sent = SentAnswerFactory(answer=answer, employed_women=9, settled_at=timezone.now())

    shown = leader.get(address("sent_answer", census, answer.pk))
    leader.post(address("sent_accept", census, answer.pk), {"seen": shown.context["row"].seen})

    sent.refresh_from_db()
    answer.refresh_from_db()
    assert (answer.employed_women, bool(sent.accepted_at), sent.settled_at) == (9, True, None)


@pytest.mark.parametrize(("numbers", "promised"), [({}, False), ({"employed_women": 3}, True)])
def test_last_years_answer_is_promised_to_who_has_one(leader, census, numbers, promised):
    asked(census, **numbers)

    leader.post(address("letters_send", census, census.year, "fraga"))

    (sent,) = mail.outbox
    told = [sent.body, sent.alternatives[0][0]]
    assert ["Fjolårets svar står bredvid" in text for text in told] == [promised] * 2
