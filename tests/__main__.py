"""`make test`: the suite on SQLite, on PostgreSQL and in a browser, and a line on what could not run.

`python -m tests --full` takes the large numbers along. With REQUIRE=all in the environment
anything that could not run is a failure. The migrations are run on PostgreSQL, once, and each worker
begins with a copy; elsewhere the tables are made from the models, which is quicker, and `make lint`
holds the two to be the same.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

import psycopg2

from .postgres import NoPostgres, temporary_postgres

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments):
    full = "--full" in arguments
    chosen = [argument for argument in arguments if argument != "--full"]
    failed, left_out, begun = [], [], time.monotonic()
    small = "" if full else " and not full"
    _announce("SQLite")
    if not _pytest("-n", "auto", "--nomigrations", "-m", f"not browser{small}", *chosen):
        failed.append("SQLite")
    try:
        with temporary_postgres() as url:
            _announce("PostgreSQL")
            where = _migrated(url)
            if not where or not _pytest(
                *("-n", "auto", "--nomigrations", "-m", f"not browser{small}", *chosen), **where
            ):
                failed.append("PostgreSQL")
    except NoPostgres as reason:
        left_out.append(f"PostgreSQL ({reason})")
    if any(map(shutil.which, BROWSERS)):
        _announce("browser")
        if not _pytest("-n", "auto", "--nomigrations", "-m", f"browser{small}", *chosen):
            failed.append("browser")
    else:
        left_out.append("browser (no Chromium)")
    if not shutil.which("xgettext"):
        left_out.append("translations (no gettext)")
    seconds = time.monotonic() - begun
    print(
        f"\nFailed: {', '.join(failed) or 'nothing'}. "
        f"Could not run: {', '.join(left_out) or 'nothing'}. {seconds:.0f} s."
    )
    strict = os.environ.get("REQUIRE") == "all"
    return 1 if failed or (left_out and strict) else 0


def _announce(name):
    print(f"\n== {name} ==", flush=True)


def _migrated(url):
    """A database on the server in which the migrations are run, for the workers to copy; or none."""
    with contextlib.closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        server.cursor().execute("CREATE DATABASE migrated")
    where = {"DATABASE_URL": f"{url.rpartition('/')[0]}/migrated", "TEST_TEMPLATE": "migrated"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, env={**os.environ, **where}, check=False)
    return None if done.returncode else where


def _pytest(*arguments, **environment):
    """True if the tests pass; none to run is no failure."""
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, check=False)
    return done.returncode in (0, 5)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(1))  # so that PostgreSQL goes with us
    sys.exit(main(sys.argv[1:]))
