"""The files of the exercise: small, made up, and the same bytes under the same name each time."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import fontpkg_source_sans_3
import typst
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from activities.attachments import FOLDER
from activities.file_kinds import recognise
from activities.models import Attachment

from .base import SLUG, Practice

HERE = Path(__file__).parent.parent / SLUG / "files"
FONTS = Path(fontpkg_source_sans_3.__file__).parent / "files"


class Files(Practice):
    def attach(self, row, on, record):
        """The file its row tells of. A demo loaded anew finds its bytes and adds none."""
        if file := row.get("file"):
            content = content_of(file["from"])
            name, kind = recognise(file["name"], content)
            stored = f"{FOLDER}/{sha256(content).hexdigest()[:32]}"
            if not default_storage.exists(stored):
                default_storage.save(stored, ContentFile(content))
            self.save(
                Attachment.of_record(
                    record,
                    name=name,
                    content_type=kind.content_type,
                    size=len(content),
                    file=stored,
                ),
                on=on,
            )


def content_of(source):
    path = HERE / source
    return pdf_of(path) if path.suffix == ".typ" else path.read_bytes()


def pdf_of(path):
    """Tagged, as each PDF given out here; dated the day it was written, not the day it is made."""
    return typst.compile(
        path,
        format="pdf",
        pdf_standards=["ua-1"],
        font_paths=[FONTS],
        ignore_system_fonts=True,
        timestamp=datetime(2024, 1, 2, tzinfo=UTC),
    )
