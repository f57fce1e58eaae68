"""Links and files, each on one event, publication, milestone or group."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.models import Programme
from programmes.records import Record
from programmes.text import Address, Line

from ..file_kinds import BY_CONTENT_TYPE
from .events import Event
from .groups import CollaborationGroup
from .milestones import Milestone
from .publications import Publication


def stored_name(attachment, filename):
    """A random name: what the file was called is kept in the row, never in the file system."""
    return f"attachments/{secrets.token_hex(16)}"


class Supplement(models.Model):
    """Hangs on one event, publication, milestone or collaboration group."""

    OWNERS = ("event", "publication", "milestone", "group")

    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    publication = models.ForeignKey(
        Publication, models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    milestone = models.ForeignKey(
        Milestone, models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    group = models.ForeignKey(
        CollaborationGroup, models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    @property
    def owner(self):
        """The record it hangs on."""
        return next(filter(None, (getattr(self, name) for name in self.OWNERS)))

    @classmethod
    def of_record(cls, record, **fields):
        """A new one, not stored yet, on `record`."""
        owner = next(
            name
            for name in cls.OWNERS
            if isinstance(record, cls._meta.get_field(name).related_model)
        )
        return cls(programme_id=record.programme_id, **{owner: record}, **fields)

    @staticmethod
    def owner_constraint(model):
        alone = Q()
        for owner in Supplement.OWNERS:
            others = {f"{other}__isnull": other != owner for other in Supplement.OWNERS}
            alone |= Q(**others)
        return models.CheckConstraint(
            condition=alone,
            name=f"{model}_hangs_on_one_record",
            violation_error_message=_("It belongs to one event, publication, milestone or group."),
        )


class Link(Supplement, Record):
    """An address where more is to be read about a record."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="links")
    url = Address(_("address"))
    label = Line(_("text of the link"), max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("link")
        ordering = ["pk"]
        constraints = [Supplement.owner_constraint("link")]

    def __str__(self):
        return self.label or self.url


class Attachment(Supplement, Record):
    """A file on a record: stored under a random name outside the web root, given out as attachment."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="attachments")
    file = models.FileField(_("file"), upload_to=stored_name)
    name = Line(_("name"), max_length=200)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(_("bytes"), editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("attachment")
        ordering = ["pk"]
        constraints = [Supplement.owner_constraint("attachment")]

    def __str__(self):
        return self.name

    @property
    def kind(self):
        """What it is, as said to a person; told by the content when it came."""
        kind = BY_CONTENT_TYPE.get(self.content_type)
        return kind.name if kind else ""
