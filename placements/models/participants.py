"""Those who are placed: each a random code and a sex, and nothing that names anybody."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.models import Programme
from programmes.records import Record, RecordQuerySet

# Without vowels and look-alikes: a code spells no word and is read out over a telephone.
CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
# How a key begins that took the place of an erased code: no printed code looks like it.
KEY = "GA-"


def random_code():
    """A code of eight signs (38 bits), such as "KX4T-9PDM"; it says nothing about the person."""
    signs = "".join(secrets.choice(CODE_LETTERS) for _sign in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def as_code(text):
    """A code as it is kept, however it was typed: "kx4t 9pdm" is "KX4T-9PDM"."""
    signs = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    return f"{signs[:4]}-{signs[4:]}" if len(signs) == 8 else signs


def has_shape_of_code(text):
    """Whether what was typed looks like a code. What does not may name somebody: it is not repeated."""
    signs = as_code(text).replace("-", "")
    return len(signs) == 8 and set(signs) <= set(CODE_LETTERS) and not signs.isdigit()


class Sex(models.TextChoices):
    WOMEN = "women", _("woman")
    MEN = "men", _("man")
    UNSPECIFIED = "unspecified", _("not specified")


class ParticipantQuerySet(RecordQuerySet):
    def with_code(self, text):
        """The one whose code was typed as `text`, or None; a programme has each code once."""
        return self.filter(Q(code=as_code(text)) | Q(code__iexact=text.strip())).first()


class Participant(Record):
    """Someone placed, known here by a random code and a sex alone; the municipality knows who it is."""

    CLOSED = True

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="participants")
    code = models.CharField(_("code"), max_length=12, default=random_code, editable=False)
    sex = models.CharField(_("sex"), max_length=12, choices=Sex)

    objects = ParticipantQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("participant")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="participant_code_is_unique",
                violation_error_message=_("Another participant has this code."),
            )
        ]

    def __str__(self):
        """The code as a person reads it, said to be replaced where no slip has it any more."""
        if self.has_lost_code:
            return gettext("replaced code %(key)s") % {"key": self.code}
        return self.code

    @property
    def has_lost_code(self):
        """Whether a key, which no slip has, took the place of the code."""
        return self.code.startswith(KEY)
