"""Writes `data/settings.env` for the demo where there is none. Run by `make setup`."""

import os
import secrets
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "data" / "settings.env"


def write_settings():
    """A random secret and the demo on; kept if it is there."""
    if FILE.exists():
        return
    FILE.parent.mkdir(exist_ok=True)
    handle = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"DEMO=true\nSECRET_KEY={secrets.token_urlsafe(50)}\n")


if __name__ == "__main__":
    write_settings()
