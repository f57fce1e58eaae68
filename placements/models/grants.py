"""Grants for supervised places, and the instalments of their money."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from simple_history.models import HistoricalRecords

from programmes import formats
from programmes.models import Initiative, Municipality, Organisation, Programme, YearField
from programmes.records import Record
from programmes.text import Line, Text

MOST_KRONOR = 100_000_000  # of one grant


class Grant(Record):
    """Beviljade medel: supervised places granted to a municipality in a year.

    It counts in its municipality; an organisation is named where the money goes elsewhere. The
    target group stands here, never on a person, and is for those who see everything, as are the
    conditions and the report that is to be handed in (`report_due_on`, `reported_on`).
    """

    YEAR = "year"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="grants")
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="grants", verbose_name=_("initiative")
    )
    year = YearField(_("year"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="grants", verbose_name=_("municipality")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("organisation"),
    )
    places = models.PositiveSmallIntegerField(
        _("places"), validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    months = models.PositiveSmallIntegerField(
        _("months a place"), default=6, validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    amount = models.PositiveBigIntegerField(
        _("amount, kronor"), null=True, blank=True, validators=[MaxValueValidator(MOST_KRONOR)]
    )
    target_group = Line(_("target group"), max_length=300, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    reference = Line(_("decision"), max_length=200, blank=True)
    conditions = Text(_("conditions"), blank=True)
    retain_until = models.DateField(_("codes are kept until"), null=True, blank=True)
    report_due_on = models.DateField(_("report due"), null=True, blank=True)
    reported_on = models.DateField(_("reported on"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("grant")
        ordering = ["year", "municipality__sort_name", "pk"]
        indexes = [models.Index(fields=["programme", "year"], name="grant_by_year")]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__range=(1, 999)),
                name="grant_has_places",
                violation_error_message=_("A grant has between 1 and 999 places."),
            ),
            models.CheckConstraint(
                condition=Q(months__range=(1, 36)),
                name="grant_months_are_possible",
                violation_error_message=_("A place lasts between 1 and 36 months."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality} {self.year}"

    @property
    def summary(self):
        """What tells it from another of the same municipality and year."""
        places = ngettext("%(number)s place", "%(number)s places", self.places)
        told = places % {"number": self.places}
        return told if self.amount is None else f"{told}, {formats.kronor(self.amount)}"

    def get_absolute_url(self):
        return reverse("placements:detail", args=[self.programme.slug, self.pk])

    def report_is_late(self, today):
        """Whether its report was to come before `today` and has not."""
        return self.reported_on is None and _has_passed(self.report_due_on, today)

    def codes_may_go(self, today):
        """Whether the day its participants' codes are kept until is over; without a day they are kept."""
        return _has_passed(self.retain_until, today)

    @staticmethod
    def usual_retention(programme, year):
        """Until when the codes of a grant of `year` are kept, unless another day is set."""
        return date(year + programme.codes_kept, 12, 31)


class Instalment(Record):
    """A part of a grant's amount (kronor), due or paid on a day."""

    PROGRAMME = "grant__programme"
    YEAR = "grant__year"

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="instalments")
    amount = models.PositiveBigIntegerField(
        _("amount, kronor"), validators=[MaxValueValidator(MOST_KRONOR)]
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("instalment")
        ordering = [F("due_on").asc(nulls_last=True), "pk"]

    def __str__(self):
        return f"{self.grant}: {formats.kronor(self.amount)}"

    @property
    def summary(self):
        """What tells it from the others of its grant."""
        amount = formats.kronor(self.amount)
        return f"{amount}, {self.due_on.isoformat()}" if self.due_on else amount

    def is_overdue(self, today):
        """Whether its day has passed without its being paid."""
        return self.paid_on is None and _has_passed(self.due_on, today)


def _has_passed(day, today):
    return day is not None and day < today
