"""What changed in the structures around the programme."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.models import Dated, Objective, Organisation, Placed, Programme
from programmes.periods import Precision
from programmes.records import Record
from programmes.text import Line, Text

from .searched import PlacedQuerySet


class Milestone(Placed, Dated, Record):
    """Milstolpe: a change in the structures around the programme, or an external change that explains others."""

    SEARCHED = ("title", "text", "evidence")

    class Kind(models.TextChoices):
        POLICY = "policy", _("policy")
        ACTION_PLAN = "action_plan", _("action plan")
        COLLABORATION_GROUP = "collaboration_group", _("collaboration group")
        PROCUREMENT = "procurement", _("procurement")
        AWARD = "award", _("award")
        PROJECT = "project", _("project")
        PUBLICATION = "publication", _("publication")
        AUDIT = "audit", _("audit")
        OTHER = "other", _("other milestone")
        EXTERNAL_CHANGE = "external_change", _("external change")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="milestones")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    title = Line(_("title"), max_length=200)
    text = Text(_("what happened"), blank=True)
    starts_on = models.DateField(_("date"))
    ends_on = models.DateField(_("last possible day"))
    precision = models.CharField(
        _("precision"), max_length=10, choices=Precision, default=Precision.DAY
    )
    objective = models.ForeignKey(
        Objective,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="milestones",
        verbose_name=_("objective"),
    )
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="milestones", verbose_name=_("organisations")
    )
    evidence = Text(_("evidence"), blank=True, help_text=_("A document, a decision, an address."))

    objects = PlacedQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[organisations])

    class Meta:
        verbose_name = _("milestone")
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["programme", "year", "kind"], name="milestone_by_year")]
        constraints = [
            Placed.place_constraint("milestone"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="milestone_dates_in_order",
                violation_error_message=_("The last possible day cannot come before the first."),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_external(self):
        """A change nobody here brought about: it explains other changes and is not counted."""
        return self.kind == self.Kind.EXTERNAL_CHANGE

    def get_absolute_url(self):
        return reverse("activities:milestone", args=[self.programme.slug, self.pk])
