"""What the programme published."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.models import Dated, Organisation, Programme
from programmes.periods import Precision
from programmes.records import Record
from programmes.text import Address, Line, Text

from .searched import SearchedQuerySet


class Publication(Dated, Record):
    """Something the programme published. Plays and views are counted apart and never added to reach."""

    SEARCHED = ("title", "note")

    class Kind(models.TextChoices):
        FILM = "film", _("film")
        PODCAST = "podcast", _("podcast")
        HANDBOOK = "handbook", _("handbook")
        REPORT = "report", _("report")
        SOCIAL_MEDIA = "social_media", _("social media")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="publications")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = Line(_("title"), max_length=200)
    starts_on = models.DateField(_("published"))
    ends_on = models.DateField(_("last possible day"))
    precision = models.CharField(
        _("precision"), max_length=10, choices=Precision, default=Precision.DAY
    )
    items = models.PositiveIntegerField(
        _("number of items"), default=1, validators=[MinValueValidator(1), MaxValueValidator(9_999)]
    )
    plays = models.PositiveIntegerField(_("plays"), null=True, blank=True)
    views = models.PositiveIntegerField(_("views"), null=True, blank=True)
    counted_on = models.DateField(_("plays and views counted on"), null=True, blank=True)
    url = Address(_("address"), blank=True)
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="publications", verbose_name=_("together with")
    )
    note = Text(_("note"), blank=True)

    objects = SearchedQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[organisations])

    class Meta:
        verbose_name = _("publication")
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["programme", "year", "kind"], name="publication_by_year")]
        constraints = [
            models.CheckConstraint(
                condition=Q(items__range=(1, 9_999)),
                name="publication_has_items",
                violation_error_message=_("A publication has between 1 and 9,999 items."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="publication_dates_in_order",
                violation_error_message=_("The last possible day cannot come before the first."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("activities:publication", args=[self.programme.slug, self.pk])
