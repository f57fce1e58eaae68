"""Collaboration groups and their dated status."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.models import Municipality, Organisation, Programme
from programmes.periods import Precision
from programmes.records import Named, Record, UntilNext
from programmes.text import Line, Text

from .events import Event
from .searched import SearchedQuerySet


class GroupQuerySet(SearchedQuerySet):
    def with_status(self, day):
        """Each with `status_then` in force on `day` and when it began, or None: see `status_on`."""
        latest = GroupStatus.objects.filter(group=models.OuterRef("pk"), starts_on__lte=day)
        latest = latest.order_by("-starts_on", "-pk")
        return self.annotate(
            status_then=models.Subquery(latest.values("status")[:1]),
            status_since=models.Subquery(latest.values("starts_on")[:1]),
        )

    def with_last_meeting(self):
        """Each with `last_meeting`, the event it last met at, and `last_met`, the day of that."""
        held = Event.objects.held().filter(group=models.OuterRef("pk"))
        held = held.order_by("-starts_on", "-pk")
        return self.annotate(
            last_meeting=models.Subquery(held.values("pk")[:1]),
            last_met=models.Subquery(held.values("starts_on")[:1]),
        )


class CollaborationGroup(Named, Record):
    """Samverkansgrupp: a local group for ASF, or the local managers' group (Mysam)."""

    SEARCHED = ("name", "description")

    class Kind(models.TextChoices):
        ASF = "asf", _("ASF group")
        MYSAM = "mysam", _("Mysam group")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="groups")
    name = Line(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ASF)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="groups", verbose_name=_("municipality")
    )
    members = models.ManyToManyField(
        Organisation, blank=True, related_name="groups", verbose_name=_("members")
    )
    description = Text(_("description"), blank=True)

    objects = GroupQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[members])

    class Meta:
        verbose_name = _("collaboration group")
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="group_name_is_unique",
                violation_error_message=_("Another group has this name."),
            )
        ]

    def get_absolute_url(self):
        return reverse("activities:group", args=[self.programme.slug, self.pk])

    def status_on(self, day):
        """The row of its status history in force on `day`; None where none is known."""
        begun = [row for row in self.statuses.all() if row.starts_on <= day]
        return max(begun, key=lambda row: (row.starts_on, row.pk), default=None)


class GroupStatus(UntilNext, Record):
    """From a day on a group is active, dormant, ended or of unknown status, until the next row."""

    PROGRAMME = "group__programme"
    YEAR = "starts_on__year"
    OF = "group"
    READS = ("group__municipality",)

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        DORMANT = "dormant", _("dormant")
        ENDED = "ended", _("ended")
        UNKNOWN = "unknown", _("unknown")

    group = models.ForeignKey(CollaborationGroup, models.CASCADE, related_name="statuses")
    status = models.CharField(_("status"), max_length=10, choices=Status)
    starts_on = models.DateField(_("from"))
    precision = models.CharField(
        _("precision"), max_length=10, choices=Precision, default=Precision.DAY
    )
    source = Line(_("source"), max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("status of a group")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "starts_on"],
                name="group_status_is_one_a_day",
                violation_error_message=_("The group already has a status from this day."),
            )
        ]

    def __str__(self):
        return f"{self.starts_on}: {self.get_status_display()}"

    @property
    def reading_years(self):
        return self.counting_years if self.status == self.Status.ACTIVE else set()
