"""The plan of a year and what it means to do."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.models import Initiative, Objective, Organisation, Programme, YearField
from programmes.records import Record, RecordQuerySet
from programmes.text import Line, Text

from .events import Event, EventKind


class ActionPlan(Record):
    """Handlingsplan: what an initiative means to do in a year; a draft until it is adopted."""

    YEAR = "year"
    DECISION = ("adopted_on", "reference")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="action_plans")
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="action_plans", verbose_name=_("initiative")
    )
    year = YearField(_("year"))
    introduction = Text(_("introduction"), blank=True)
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)
    reference = Line(_("decision"), max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("action plan")
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "year"],
                name="action_plan_is_one_a_year",
                violation_error_message=_("The initiative already has a plan for this year."),
            ),
            models.CheckConstraint(
                condition=Q(adopted_on=None) | ~Q(reference=""),
                name="action_plan_adopted_by_a_decision",
                violation_error_message=_("An adopted plan names the decision."),
            ),
        ]

    def __str__(self):
        return str(self.year)

    @property
    def is_adopted(self):
        return self.adopted_on is not None

    def get_absolute_url(self):
        return self._page("activities:plan")

    def outcome_url(self):
        """Where plan and outcome stand side by side."""
        return self._page("activities:plan_outcome")

    def _page(self, name):
        address = reverse(name, args=[self.programme.slug])
        return f"{address}?year={self.year}&initiative={self.initiative.slug}"


def _quarter(day):
    """The year and the quarter of a day."""
    return day.year, (day.month + 2) // 3


class PlannedActivityQuerySet(RecordQuerySet):
    def with_held_events(self):
        """Each with `held_events`, the number of its events that were held."""
        held = models.Count("events", filter=Q(events__status=Event.Status.HELD), distinct=True)
        return self.annotate(held_events=held)


class PlannedActivity(Record):
    """Something an action plan means to do. Its state follows from its events, see `state`."""

    PROGRAMME = "plan__programme"
    YEAR = "plan__year"

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        DONE = "done", _("done")
        OVERDUE = "overdue", _("overdue")
        CANCELLED = "cancelled", _("cancelled")

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="activities")
    title = Line(_("what"), max_length=200)
    kind = models.CharField(_("kind"), max_length=30, choices=EventKind)
    quarter = models.PositiveSmallIntegerField(
        _("quarter"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    target_attendances = models.PositiveIntegerField(
        _("target, attendances"), null=True, blank=True, validators=[MaxValueValidator(100_000)]
    )
    responsible = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible organisation"),
    )
    objectives = models.ManyToManyField(
        Objective, blank=True, related_name="planned_activities", verbose_name=_("objectives")
    )
    cancelled_reason = Line(_("cancelled because"), max_length=300, blank=True)
    remark = Text(_("remark at the follow-up"), blank=True)

    objects = PlannedActivityQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[objectives])

    class Meta:
        verbose_name = _("planned activity")
        ordering = [F("quarter").asc(nulls_last=True), "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter=None) | Q(quarter__range=(1, 4)),
                name="planned_activity_quarter_is_one_of_four",
                violation_error_message=_("A quarter is between 1 and 4."),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"{self.plan.get_absolute_url()}#activity-{self.pk}"

    def outcome_url(self):
        """Where what came of it stands, beside what was planned."""
        return f"{self.plan.outcome_url()}#activity-{self.pk}"

    def state(self, today):
        """Derived, never stored: cancelled, done (an event was held), overdue or planned.

        Needs `held_events`, see `with_held_events`.
        """
        if self.cancelled_reason:
            return self.State.CANCELLED
        if self.held_events:
            return self.State.DONE
        passed = _quarter(today) > (self.plan.year, self.quarter or 4)
        return self.State.OVERDUE if passed else self.State.PLANNED

    def is_in_time(self, day):
        """Whether a day lies in its quarter, or in its year where no quarter is set."""
        year, quarter = _quarter(day)
        return year == self.plan.year and self.quarter in (quarter, None)
