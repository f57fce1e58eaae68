"""Numbers that somebody printed, kept beside those derived, and those typed into the national follow-up."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.models import Initiative, Programme, YearField, YearsCovered
from programmes.records import Record
from programmes.text import Line, Text


class PublishedFigure(YearsCovered, Record):
    """A number that stands in a printed source, and where.

    It stands in for a value only where a person marked it so and the records of its area are
    partial or missing that year; otherwise it checks the derived value. `unit` is filled in only
    where the source counts in another unit than the indicator does.
    """

    YEAR = "last_year"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="published_figures")
    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="published_figures",
        verbose_name=_("initiative"),
    )
    indicator = models.CharField(_("indicator"), max_length=60)
    breakdown = models.CharField(
        _("breakdown"),
        max_length=200,
        blank=True,
        help_text=_("Such as sex=women, or nothing for a total."),
    )
    value = models.DecimalField(_("printed value"), max_digits=14, decimal_places=4)
    approximate = models.BooleanField(_("printed as approximate"), default=False)
    unit = models.CharField(_("other unit"), max_length=30, blank=True)
    is_main = models.BooleanField(_("the one to compare with"), default=True)
    stands_in = models.BooleanField(_("stands in for missing records"), default=False)
    source = Line(_("source"), max_length=200)
    place = Line(_("place in the source"), max_length=200)
    explanation = Text(_("explanation of the difference"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("printed figure")
        ordering = ["indicator", "first_year", "last_year", "breakdown", "pk"]
        constraints = [
            YearsCovered.years_constraint("published_figure"),
            models.UniqueConstraint(
                fields=["programme", "indicator", "breakdown", "first_year", "last_year"],
                condition=Q(is_main=True, initiative=None),
                name="published_figure_has_one_main",
                violation_error_message=_("Another printed figure is the one to compare with."),
            ),
            models.UniqueConstraint(
                fields=[
                    "programme",
                    "initiative",
                    "indicator",
                    "breakdown",
                    "first_year",
                    "last_year",
                ],
                condition=Q(is_main=True, initiative__isnull=False),
                name="published_figure_of_initiative_has_one_main",
                violation_error_message=_("Another printed figure is the one to compare with."),
            ),
            models.CheckConstraint(
                condition=Q(stands_in=False) | Q(is_main=True, unit=""),
                name="stand_in_is_main_and_in_its_own_unit",
                violation_error_message=_(
                    "Only the main figure, in the indicator's unit, can stand in."
                ),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="published_figure_is_not_negative",
                violation_error_message=_("A printed figure is not negative."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.breakdown} {self.period}: {self.value}"


class NationalEntry(Record):
    """That an initiative's numbers of a year are typed into Uppföljning Finsam: which, when and by whom.

    `numbers` are those typed, by name, None where something was not available. They are kept to be
    compared with what the records come to later, and are no figures: closed years do not ask for them.
    """

    PROGRAMME = "initiative__programme"
    CLOSED = True

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="national_entries", verbose_name=_("initiative")
    )
    year = YearField(_("year"))
    numbers = models.JSONField(default=dict, editable=False)
    entered_at = models.DateTimeField(_("typed in"), default=timezone.now)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("entry in Uppföljning Finsam")
        ordering = ["year", "initiative__sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "year"],
                name="national_entry_is_one_a_year",
                violation_error_message=_("The year of the initiative is ticked off already."),
            )
        ]

    def __str__(self):
        return f"{self.initiative} {self.year}"
