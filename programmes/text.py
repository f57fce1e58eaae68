"""Free text, and what it may not hold."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum import luhn

# Twelve or ten digits written as a personal identity number: 19811218-9876, 811218+9876,
# 8112189876, 811218 - 9876, and with the date taken apart: 1981-12-18-9876, 81 12 18 9876.
# Coordination numbers have 60 added to the day.
MONTH, DAY = r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
IDENTITY_NUMBERS = tuple(
    re.compile(rf"(?<![\d-])(?:18|19|20)?(\d{{2}}){rest}(\d{{4}})(?![\d-])", re.ASCII)
    for rest in (
        rf"{MONTH}{DAY}[\s\-+./:_]{{0,3}}",
        rf"(?P<between>[\s\-./]){MONTH}(?P=between){DAY}(?:(?P=between)|-)",
    )
)
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def holds_identity_number(text):
    """True if `text` holds what looks like a Swedish personal identity or coordination number.

    The checksum must be right, so an organisation number (third digit 2 or more, never a month)
    or a telephone number is not taken for one. Wide digits, other dashes and what cannot be seen
    hide nothing.
    """
    plain = unicodedata.normalize("NFKC", text or "").translate(DASHES)
    plain = INVISIBLE.sub("", plain)
    return any(
        luhn.is_valid("".join(part for part in match.groups() if part.isdigit()))
        for pattern in IDENTITY_NUMBERS
        for match in pattern.finditer(plain)
    )


def refuse_identity_number(text):
    if isinstance(text, str) and holds_identity_number(text):
        raise ValidationError(
            _("This looks like a personal identity number. Take it out: persons are not recorded."),
            code="identity_number",
        )


def refuse_unwritable(text):
    """NUL and lone surrogates cannot be stored by PostgreSQL, nor written in any document."""
    if isinstance(text, str) and ("\x00" in text or any("\ud800" <= c <= "\udfff" for c in text)):
        raise ValidationError(
            _("The text holds characters that cannot be stored. Type it again."), code="unwritable"
        )


UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text):
    """The text without the characters that no XML file can hold: controls and lone surrogates."""
    return UNWRITABLE.sub("", str(text))


TYPED = [refuse_unwritable, refuse_identity_number]


def whole_number(text):
    """The number written as `text` in an address; None for what no key or year can be."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class Line(models.CharField):
    """One line typed by a person."""

    default_validators = TYPED


class Text(models.TextField):
    """Paragraphs typed by a person, at most 20 000 characters."""

    default_validators = TYPED

    def __init__(self, *args, max_length=20_000, **kwargs):
        super().__init__(*args, max_length=max_length, **kwargs)


class Address(models.URLField):
    """An address on the web, at most 500 characters; typed without a scheme it is https."""

    default_validators = [URLValidator(schemes=["http", "https"]), refuse_unwritable]

    def __init__(self, *args, max_length=500, **kwargs):
        super().__init__(*args, max_length=max_length, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https"} | kwargs)
