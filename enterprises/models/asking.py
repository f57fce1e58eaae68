"""Asking by link: personal links, the letters they went out with, and what was sent in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.records import Record, RecordQuerySet
from programmes.text import Line, Text

from .census import CensusNumbers, CensusReturn
from .register import Contact


class AnswerLinkQuerySet(RecordQuerySet):
    def working(self, now):
        """Neither expired nor revoked, and the census takes answers."""
        return self.filter(
            expires_at__gt=now, revoked_at=None, answer__census__closed_on__isnull=True
        )


class AnswerLink(Record):
    """Svarslänk: the personal address where a contact answers a census for one enterprise, without account.

    The token follows from `seed` and the secret of the installation, so that a reminder carries the
    same address and the database alone opens nothing; only the token's hash is looked up.
    """

    PROGRAMME = "answer__census__programme"
    CLOSED = True
    DAYS = 60

    answer = models.ForeignKey(CensusReturn, models.CASCADE, related_name="links")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="links")
    seed = models.CharField(max_length=64, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True, editable=False)

    objects = AnswerLinkQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["seed", "token_hash"])

    class Meta:
        verbose_name = _("personal link")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "contact"],
                condition=Q(revoked_at=None),
                name="answer_link_is_one_a_contact",
                violation_error_message=_("The contact already has a link to this answer."),
            )
        ]

    def __str__(self):
        return f"{self.contact}, {self.answer}"


class Letter(Record):
    """Utskick: one mail with a personal link, asking for the answer or reminding of it."""

    PROGRAMME = "link__answer__census__programme"
    CLOSED = True

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        REMINDER = "reminder", _("reminder")

    link = models.ForeignKey(AnswerLink, models.CASCADE, related_name="letters")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    sent_at = models.DateTimeField(_("sent"))
    refused = Line(_("refused because"), max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("letter")
        ordering = ["sent_at", "pk"]

    def __str__(self):
        return f"{self.link}: {self.get_kind_display()}"


class SentAnswerQuerySet(RecordQuerySet):
    def waiting(self):
        """To be looked at: neither accepted nor sent back, and no other answer given instead."""
        return self.acceptable().filter(settled_at=None)

    def acceptable(self):
        """Neither accepted nor sent back."""
        return self.filter(accepted_at=None, declined_at=None)


class SentAnswer(CensusNumbers, Record):
    """What an enterprise sent by its link. It counts nowhere until the process leader accepts it.

    Each sending replaces the one before, until one is accepted; one that was sent back is to be
    mended and sent again. It is settled once the process leader gives the enterprise's answer
    another way: then nobody waits for it, neither to look at it nor to have it mended.
    """

    PROGRAMME = "answer__census__programme"
    CLOSED = True

    answer = models.OneToOneField(CensusReturn, models.CASCADE, related_name="sent")
    link = models.ForeignKey(
        AnswerLink, models.SET_NULL, null=True, related_name="+", editable=False
    )
    not_applicable = models.BooleanField(_("not active any more"), default=False)
    comment = Text(_("comment"), blank=True)
    explanation = Line(_("reason for a large change"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("sent back"), null=True, blank=True, editable=False)
    settled_at = models.DateTimeField(
        _("answered another way"), null=True, blank=True, editable=False
    )
    declined_because = Text(_("what is to be mended"), blank=True, max_length=1000)

    objects = SentAnswerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sent answer")
        ordering = ["sent_at"]

    def __str__(self):
        return str(self.answer)

    @property
    def is_waiting(self):
        """To be looked at, as `SentAnswerQuerySet.waiting`."""
        return not (self.accepted_at or self.declined_at or self.settled_at)

    @property
    def is_to_mend(self):
        """Whether the enterprise is asked to mend it and send it again."""
        return bool(self.declined_at and not self.settled_at)
