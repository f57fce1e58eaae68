"""Sign-in, password, e-mail, second factor and language of one's own account; safe settings."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret
from allauth.mfa.totp.internal.auth import hotp_value as hotp
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as hotp_counters
from django.urls import reverse

from accounts.models import Membership, User

from .factories import PASSWORD, member_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
NEW_PASSWORD = "sju-stigar-genom-skogen"


@pytest.fixture
def user(db):
    return User.objects.create_user("anna@example.se", PASSWORD, name="Anna")


def sign_in(client, email="anna@example.se", password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password} | more)


def confirm(client):
    """Write the password again, as one does before changing anything about the account."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_who_knows_the_password_comes_in(client, user):
    response = sign_in(client, "Anna@Example.se")

    assert (response.url, signed_in(client)) == (reverse("reports:home"), True)


@pytest.mark.parametrize(
    ("email", "password"), [("anna@example.se", "fel"), ("ingen@example.se", PASSWORD)]
)
def test_known_and_unknown_accounts_get_the_same_answer(client, user, email, password):
    page = sign_in(client, email, password)

    assert page.context["form"].non_field_errors() == [
        "Epost-adressen och/eller lösenordet är felaktigt."
    ]
    assert not signed_in(client)


def test_a_deactivated_account_does_not_come_in(client, user):
    User.objects.update(is_active=False)

    sign_in(client)

    assert not signed_in(client)


def test_five_failures_stop_an_account(client, user):
    for _try in range(5):
        sign_in(client, password="fel")

    sign_in(client)

    assert not signed_in(client)


def test_a_spoofed_address_does_not_lift_the_limit(client, user):
    for number in range(12):
        sign_in(
            client, f"person{number}@example.se", headers={"x-forwarded-for": f"10.0.0.{number}"}
        )

    page = client.post(
        reverse("account_login"),
        {"login": "anna@example.se", "password": PASSWORD},
        headers={"x-forwarded-for": "10.9.9.9"},
    )

    assert page.status_code != 302


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)", r"\\example.com"]
)
def test_sign_in_leads_nowhere_else(client, user, elsewhere):
    assert sign_in(client, next=elsewhere).url == reverse("reports:home")


def test_users_of_the_demo_come_in_only_while_it_is_on(client, user, settings):
    User.objects.update(is_demo=True)
    settings.DEMO = False
    sign_in(client)
    outside = signed_in(client)
    settings.DEMO = True
    sign_in(client)

    assert (outside, signed_in(client)) == (False, True)


def test_a_demo_session_ends_with_the_demo(client, user, settings):
    User.objects.update(is_demo=True)
    settings.DEMO = True
    sign_in(client)
    settings.DEMO = False

    response = client.get(reverse("accounts:account"))

    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(("demo", "shown"), [(True, True), (False, False)])
def test_the_demo_says_who_can_sign_in(client, user, settings, demo, shown):
    settings.DEMO = demo
    User.objects.update(is_demo=True)

    page = client.get(reverse("account_login")).content.decode()

    assert ("anna@example.se" in page) is shown
    assert PASSWORD not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_makes_an_account_without_an_invitation(client, db, method):
    typed = {"email": "ny@example.se", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    page = getattr(client, method)(reverse("account_signup"), typed).content.decode()

    assert "Konton ges efter inbjudan" in page
    assert User.objects.count() == 0


def test_signing_out_is_asked_first(client, user):
    client.force_login(user)
    client.get(reverse("account_logout"))
    before = signed_in(client)
    client.post(reverse("account_logout"))

    assert (before, signed_in(client)) == (True, False)


def test_a_forgotten_password_is_chosen_anew(client, user, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = re.search(r"/konto/password/reset/key/\S+", mailoutbox[0].body).group()
    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert "fungerar inte längre" in client.get(link, follow=True).content.decode()


def test_a_forgotten_password_tells_nothing_of_who_has_an_account(client, user, mailoutbox):
    answers = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (user.email, "ingen@example.se")
    ]

    first, second = (re.sub(r'"[A-Za-z0-9]{64}"', "", a.content.decode()) for a in answers)
    assert first == second
    assert [mail.subject for mail in mailoutbox] == ["Nytt lösenord i ASF Tracker"] * 2
    assert "Det finns inget konto" in mailoutbox[1].body


def test_a_mail_server_that_is_gone_is_no_error_of_the_page(client, user, monkeypatch):
    def gone(mail, fail_silently=False):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", gone)
    response = client.post(reverse("account_reset_password"), {"email": user.email})

    assert response.url == reverse("account_reset_password_done")


def test_a_password_is_changed_by_who_knows_the_old_one(client, user):
    sign_in(client)
    typed = {"oldpassword": "fel", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    refused = client.post(reverse("account_change_password"), typed)
    client.post(reverse("account_change_password"), typed | {"oldpassword": PASSWORD})

    user.refresh_from_db()
    assert list(refused.context["form"].errors) == ["oldpassword"]
    assert user.check_password(NEW_PASSWORD)


def test_a_new_address_counts_once_its_link_is_followed(client, user, mailoutbox):
    sign_in(client)
    confirm(client)
    client.post(reverse("account_email"), {"email": "ny@example.se", "action_add": "1"})
    user.refresh_from_db()
    before = user.email
    link = re.search(r"/konto/confirm-email/\S+", mailoutbox[-1].body).group()
    client.get(link)
    client.post(link)

    user.refresh_from_db()
    assert (before, user.email) == ("anna@example.se", "ny@example.se")
    assert mailoutbox[-1].to == ["ny@example.se"]


def test_an_address_is_not_changed_without_the_password(client, user, mailoutbox):
    sign_in(client)

    response = client.post(reverse("account_email"), {"email": "ny@example.se", "action_add": "1"})

    assert response.url.startswith(reverse("account_reauthenticate"))
    assert mailoutbox == []


def test_looking_at_the_address_writes_nothing(client, user):
    sign_in(client)
    before = list(user.emailaddress_set.values())

    client.get(reverse("account_email"))

    assert list(user.emailaddress_set.values()) == before


def code(secret):
    return format_hotp_value(hotp(secret, next(iter(hotp_counters()))))


def test_a_second_step_is_turned_on_with_the_apps_code(client, user):
    sign_in(client)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    refused = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    client.post(reverse("mfa_activate_totp"), {"code": code(secret)})

    assert list(refused.context["form"].errors) == ["code"]
    assert sorted(user.authenticator_set.values_list("type", flat=True)) == [
        "recovery_codes",
        "totp",
    ]


def test_a_second_step_is_not_turned_on_without_the_password(client, user):
    sign_in(client)

    response = client.get(reverse("mfa_activate_totp"))

    assert response.url.startswith(reverse("account_reauthenticate"))


def test_with_a_second_step_the_password_is_not_enough(client, user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    recovery = RecoveryCodes.activate(user)

    response = sign_in(client)
    before = signed_in(client)
    client.post(response.url, {"code": recovery.get_unused_codes()[0]})

    assert (response.url, before, signed_in(client)) == (
        reverse("mfa_authenticate"),
        False,
        True,
    )


def test_a_code_is_used_once(client, user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    client.post(sign_in(client).url, {"code": code(secret)})
    first = signed_in(client)
    client.post(reverse("account_logout"))
    client.post(sign_in(client).url, {"code": code(secret)})

    assert (first, signed_in(client)) == (True, False)


def test_a_second_step_is_turned_off_after_the_password(client, user):
    TOTP.activate(user, generate_totp_secret())
    client.force_login(user)
    refused = client.post(reverse("mfa_deactivate_totp"))
    confirm(client)
    client.post(reverse("mfa_deactivate_totp"))

    assert refused.url.startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.count() == 0


def test_a_name_is_changed_and_holds_no_identity_number(client, user):
    client.force_login(user)
    client.post(reverse("accounts:account"), {"name": "Anna A"})
    refused = client.post(reverse("accounts:account"), {"name": "Anna 811228-9874"})

    user.refresh_from_db()
    assert user.name == "Anna A"
    assert list(refused.context["form"].errors) == ["name"]


def test_only_the_name_is_changed(client, user):
    client.force_login(user)
    client.post(
        reverse("accounts:account"),
        {"name": "Anna", "email": "x@example.se", "is_staff": "1", "is_superuser": "1"},
    )

    user.refresh_from_db()
    assert (user.email, user.is_staff, user.is_superuser) == ("anna@example.se", False, False)


ENGLISH = re.compile(r"\b(the|your|password|sign|please|code|account|email)\b", re.IGNORECASE)
PAGES = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_inactive",
    "account_email_verification_sent",
    "accounts:accessibility",
    "accounts:privacy",
    "accounts:account",
    "account_change_password",
    "account_email",
    "account_reauthenticate",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
]
OPEN = PAGES[:9]


def words(page):
    """What a person reads on the page."""
    main = re.sub(r'<[^>]*lang="en".*?</[^>]*>', "", page, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", main)


@pytest.mark.parametrize("name", PAGES)
def test_pages_about_the_account_are_swedish_and_hold_no_code(client, user, name):
    if name not in OPEN:
        sign_in(client)
        confirm(client)
    if name in ("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)

    page = client.get(reverse(name), follow=True)

    text = page.content.decode()
    assert page.status_code == 200
    assert page.redirect_chain == []
    assert (text.count("<h1"), ENGLISH.findall(words(text))) == (1, [])
    assert re.findall(r"<script(?! src=\"/static/)|<style|\sstyle=|\son\w+=", text) == []


def test_the_statement_says_what_the_law_asks(client, db):
    page = client.get(reverse("accounts:accessibility")).content.decode()

    parts = ["2018:1937", "WCAG 2.1", "AA", "delvis förenlig", "DIGG", "digg.se/tdosanmalan"]
    assert [part for part in parts if part not in page] == []


def test_pages_of_somebody_signed_in_are_not_kept(client, programme):
    client.force_login(member_of(programme, Membership.Role.BOARD))

    assert client.get(reverse("accounts:account"))["Cache-Control"] == "no-store, private"


def manage(*arguments, **environment):
    """Run manage.py as on a server: nothing from this machine's settings but what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | {"DEMO": "false", "DEBUG": "false", "SECRET_KEY": ""} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


SECRET = "kX9-vQ2_mR7tYw4zPb8LhN3sDfG6jKc1aEuVxTiOoZ5qWyMn0BrC"


def test_the_settings_of_a_server_are_safe():
    found = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS="asf.example.se",
    )

    assert (found.returncode, found.stderr) == (0, "")


def test_without_a_mail_server_mails_are_printed():
    found = manage(
        "shell",
        "--no-imports",
        "--command",
        "from django.conf import settings; print(settings.EMAIL_BACKEND)",
        SECRET_KEY=SECRET,
    )

    assert found.stdout.split() == ["django.core.mail.backends.console.EmailBackend"]


@pytest.mark.parametrize(
    "secret", ["", "short", "a" * 60, "change-this-example-secret-key-1234567890-abcdef"]
)
def test_a_server_does_not_start_without_a_secret(secret):
    found = manage("check", SECRET_KEY=secret, ALLOWED_HOSTS="asf.example.se")

    assert found.returncode != 0
    assert "Set SECRET_KEY to at least 40 random characters" in found.stderr


def test_the_database_is_spoken_to_in_one_way():
    assert find_spec("psycopg2") is not None
    assert find_spec("psycopg") is None
