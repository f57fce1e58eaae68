"""Swedish for everybody, English for those who choose it, and nothing left untranslated."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse

CATALOGUE = Path(settings.BASE_DIR) / "locale/sv/LC_MESSAGES/django.po"

APPS = (
    "asf_tracker",
    "programmes",
    "accounts",
    "activities",
    "enterprises",
    "placements",
    "reports",
    "templates",
    "locale",
)


@pytest.fixture
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="sv")


def test_every_message_has_its_swedish(catalogue):
    empty = [
        message.id
        for message in catalogue
        if message.id
        and (
            message.fuzzy
            or not message.string
            or (message.pluralizable and not all(message.string))
        )
    ]
    assert empty == []


def test_every_message_of_the_code_is_in_the_catalogue(catalogue, tmp_path):
    if not shutil.which("xgettext"):
        pytest.skip("no gettext on this machine")
    for app in APPS:
        shutil.copytree(settings.BASE_DIR / app, tmp_path / app)
    collect = ["django-admin", "makemessages", "--locale", "sv", "--no-obsolete"]
    without_settings = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    subprocess.run(
        [Path(sys.executable).parent / collect[0], *collect[1:]],
        cwd=tmp_path,
        env=without_settings,
        check=True,
    )
    with (tmp_path / CATALOGUE.relative_to(settings.BASE_DIR)).open("rb") as file:
        now = read_po(file, locale="sv")

    known = {message.id for message in catalogue}
    assert [message.id for message in now if message.id not in known] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "heading"), [(None, "Logga in"), ("en", "Sign in"), ("xx", "Logga in")]
)
def test_the_reader_chooses_the_language(client, cookie, heading):
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie

    page = client.get(reverse("account_login"), headers={"accept-language": "en"})

    assert f"<h1>{heading}</h1>" in page.content.decode()
