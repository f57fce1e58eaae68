"""What a file on a record may be: told by its content, never by its name alone."""

import html
import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import puremagic
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programmes import formats

MOST_BYTES = 10 * 1024 * 1024  # 10 MB
MOST_OF_A_NAME = 200

OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"

# What an archive may be once unpacked; read from its directory, nothing is unpacked.
MOST_PARTS = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200
MOST_OF_A_PART = 1_000_000
ROW_OF_DIRECTORY = b"PK\x01\x02"
MACROS = re.compile(r"vbaproject|^(basic|scripts)/|macrosheets?/|activex", re.IGNORECASE)
DECLARED = re.compile("macroenabled|vbaproject|vbadata|macrosheet|activex", re.IGNORECASE)

CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
# One class before the name, no two in a row: what is searched may be ten million spaces.
MARKUP = re.compile(
    r"<[\s!?/]*(doctype|html|head|body|script|svg|xml|php|iframe|object|embed|style|img)",
    re.IGNORECASE,
)
COMMANDS = ("#!", "{\\rtf", "@echo", "<%", "%!ps", "%pdf")
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    EOFError,
)


@dataclass(frozen=True)
class Kind:
    """A kind of file that may be kept. `endings` of its name, the usual one first."""

    name: str
    content_type: str
    endings: tuple[str, ...]
    is_of: Callable[[bytes], bool]


class Unwelcome(ValidationError):
    """A file that cannot be kept, and why."""


def _signed(*endings):
    """Begins as files with one of these endings do."""

    def is_of(content):
        try:
            found = puremagic.magic_string(content[:4096])
        except (puremagic.PureError, ValueError):
            return False
        return not {match.extension for match in found}.isdisjoint(endings)

    return is_of


def _pdf(content):
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]


def _picture_of_a_telephone(content):
    return content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"msf1"}


def _film(content):
    brands = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "}
    return content[4:8] == b"ftyp" and content[8:12] in brands


def _sound(content):
    frame = len(content) > 3 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
    return frame or content.startswith(b"ID3")


def _office(main):
    """An office document of Microsoft's form whose main part is of this kind; without macros."""
    declared = f"{OFFICE}.{main}.main+xml".encode()

    def is_of(content):
        parts = _parts(content)
        return declared in parts.get("[Content_Types].xml", b"")

    return is_of


def _open(kind):
    """An OpenDocument file, which says in its first part what it is."""

    def is_of(content):
        return _parts(content).get("mimetype") == f"{OPEN}.{kind}".encode()

    return is_of


def _parts(content):
    """The parts that say what an archive is; empty for what is no archive."""
    if not content.startswith(b"PK\x03\x04"):
        return {}
    if content.count(ROW_OF_DIRECTORY) > MOST_PARTS:  # before the rows are read, which takes long
        raise _bomb()
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _refuse_dangerous(archive, len(content))
            parts = {
                name: archive.open(name).read(MOST_OF_A_PART + 1)
                for name in ("[Content_Types].xml", "mimetype")
                if name in archive.namelist()
            }
    except UNREADABLE:
        raise _damaged() from None
    _refuse_declared(parts.get("[Content_Types].xml", b""))
    return parts


def _refuse_dangerous(archive, packed):
    rows = archive.infolist()
    if sum(row.file_size for row in rows) > min(MOST_UNPACKED, MOST_RATIO * packed):
        raise _bomb()
    if any(row.flag_bits & 1 for row in rows):
        raise Unwelcome(_("It is locked with a password. Save it without one."), code="locked")
    if any(MACROS.search(row.filename) for row in rows):
        raise _macros()
    if any(row.filename.startswith("/") or ".." in row.filename.split("/") for row in rows):
        raise Unwelcome(_("It holds files that point outside it."), code="outside")


def _refuse_declared(types):
    """A macro under another name is still declared by its type, in letters or in their numbers."""
    if len(types) > MOST_OF_A_PART:
        raise _damaged()
    if DECLARED.search(html.unescape(types.decode("utf-8", "replace"))):
        raise _macros()


def _macros():
    return Unwelcome(_("It holds macros. Save it without them."), code="macros")


def _damaged():
    return Unwelcome(_("It is damaged and cannot be opened."), code="damaged")


def _bomb():
    return Unwelcome(_("It would become far too large when it is opened."), code="bomb")


def _text(content):
    """Text in UTF-8 or as Windows writes it, with nothing a browser or a shell would run."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        begins_as_a_command = text.lstrip().lower().startswith(COMMANDS)
        return not (CONTROL.search(text) or MARKUP.search(text) or begins_as_a_command)
    return False


KINDS = (
    Kind(_("PDF"), "application/pdf", (".pdf",), _pdf),
    Kind(
        _("Word document"),
        f"{OFFICE}.wordprocessingml.document",
        (".docx",),
        _office("wordprocessingml.document"),
    ),
    Kind(
        _("Excel workbook"),
        f"{OFFICE}.spreadsheetml.sheet",
        (".xlsx",),
        _office("spreadsheetml.sheet"),
    ),
    Kind(
        _("PowerPoint presentation"),
        f"{OFFICE}.presentationml.presentation",
        (".pptx",),
        _office("presentationml.presentation"),
    ),
    Kind(_("text document"), f"{OPEN}.text", (".odt",), _open("text")),
    Kind(_("spreadsheet"), f"{OPEN}.spreadsheet", (".ods",), _open("spreadsheet")),
    Kind(_("presentation"), f"{OPEN}.presentation", (".odp",), _open("presentation")),
    Kind(_("picture"), "image/jpeg", (".jpg", ".jpeg"), _signed(".jpg")),
    Kind(_("picture"), "image/png", (".png",), _signed(".png")),
    Kind(_("picture"), "image/webp", (".webp",), _signed(".webp")),
    Kind(_("picture"), "image/gif", (".gif",), _signed(".gif")),
    Kind(_("picture"), "image/heic", (".heic", ".heif"), _picture_of_a_telephone),
    Kind(_("film"), "video/mp4", (".mp4", ".m4v"), _film),
    Kind(_("sound"), "audio/mp4", (".m4a",), _signed(".m4a")),
    Kind(_("sound"), "audio/mpeg", (".mp3",), _sound),
    Kind(_("text"), "text/plain", (".txt",), _text),
    Kind(_("table as text"), "text/csv", (".csv",), _text),
)
BY_CONTENT_TYPE = {kind.content_type: kind for kind in KINDS}
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # of Office before 2007, or locked


def recognise(name, content):
    """(the name to show, the kind) of a file; `Unwelcome` says why it cannot be kept.

    A name without an ending gets that of its kind; one with another kind's ending is refused.
    """
    if not content:
        raise Unwelcome(_("It is empty."), code="empty")
    if len(content) > MOST_BYTES:
        raise Unwelcome(too_large(), code="too_large")
    name = shown_name(name)
    ending = _ending(name)
    if content.startswith(OLD_OFFICE):
        raise Unwelcome(
            _(
                "It is of Office's old form, or locked with a password. "
                "Save it as docx, xlsx, pptx or PDF, without a password."
            ),
            code="old",
        )
    kinds = [kind for kind in KINDS if kind.is_of(content)]
    if not kinds:
        raise Unwelcome(
            _("Its content is none of the kinds that can be kept: %(kinds)s."),
            code="unknown",
            params={"kinds": welcome()},
        )
    if not ending:
        return with_ending(name, kinds[0].endings[0]), kinds[0]
    for kind in kinds:
        if ending in kind.endings:
            return name, kind
    raise Unwelcome(
        _("Its name ends in %(ending)s, but its content is %(kind)s. Name it %(right)s."),
        code="misnamed",
        params={
            "ending": ending[:20],
            "kind": f"{kinds[0].name} ({kinds[0].endings[0]})",
            "right": kinds[0].endings[0],
        },
    )


def _ending(name):
    """The ending that says a kind, in small letters: none for "Protokoll nr.3"."""
    found = re.search(r"\.[a-z0-9]*[a-z][a-z0-9]*\Z", name.lower())
    return found.group() if found else ""


def welcome():
    """The kinds that can be kept, as said to a person."""
    return _(
        "PDF, Word, Excel, PowerPoint and OpenDocument without macros, "
        "pictures (JPEG, PNG, WebP, GIF, HEIC), MP3, MP4, text and CSV"
    )


def too_large():
    return _("It is larger than %(most)s.") % {"most": formats.bytes_of(MOST_BYTES)}


def shown_name(name):
    """The name without folders, without what cannot be seen, and no longer than is kept."""
    plain = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c if c.isprintable() else " " for c in plain)
    stem, ending = os.path.splitext(" ".join(plain.split()).strip(". "))
    return with_ending(stem or str(_("file")), ending[:20])


def with_ending(stem, ending):
    """The name with its ending, shortened before it where it is too long."""
    return stem[: MOST_OF_A_NAME - len(ending)].rstrip(". ") + ending
