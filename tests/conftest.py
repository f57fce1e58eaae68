"""What every test stands on: fast passwords, plain static files, no files left behind, a browser."""

import os
import shutil

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import expect

from reports.demo import gavleborg as gavleborg_demo

from .copies import copy_of
from .factories import ProgrammeFactory, one_of_each

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in the tests' own thread
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# A slow machine is no failure: what a page is expected to show is waited for as long as a click is.
expect.set_options(timeout=30_000)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    cache.clear()


@pytest.fixture(scope="module")
def without_history():
    """For many random worlds in a row, whose rules ask nothing of the history."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.SIMPLE_HISTORY_ENABLED", False, raising=False)
        yield


@pytest.fixture
def programme(db):
    return ProgrammeFactory()


@pytest.fixture
def world(programme):
    """A programme with one record of each kind, and those of another programme."""
    return {
        "of": programme,
        "programme": programme.slug,
        "foreign": one_of_each(ProgrammeFactory(), token="a-token-elsewhere"),
        **one_of_each(programme),
    }


@pytest.fixture
def gavleborg(db):
    """The real programme of 2016–2020; it has no members."""
    return copy_of("gavleborg", gavleborg_demo.load)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, request, tmp_path_factory):
    """A file for those that a browser asks of a server in its own thread: there, as in production,
    whoever writes waits for others, which connections to memory do not. On PostgreSQL a copy of
    what was migrated once.
    """
    database = settings.DATABASES["default"]
    if template := os.environ.get("TEST_TEMPLATE"):
        database["TEST"]["TEMPLATE"] = template
    is_sqlite = database["ENGINE"] == "django.db.backends.sqlite3"
    if is_sqlite and any(item.get_closest_marker("browser") for item in request.session.items):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        # Nothing is kept, so nothing needs to reach a disk.
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    names = ("chromium", "chromium-browser", "google-chrome")
    browser = next(filter(None, map(shutil.which, names)), None)
    if browser is None:
        pytest.skip("no Chromium on this machine")
    return {**browser_type_launch_args, "executable_path": browser, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "sv-SE",
        "timezone_id": "Europe/Stockholm",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture
def context(context):
    """No test passes while a script went wrong on one of its pages."""
    errors = []
    context.on("weberror", lambda wrong: errors.append(str(wrong.error)))
    yield context
    assert errors == []
