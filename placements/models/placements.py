"""Placements under grants, how far each has come, and what came of it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from enterprises.models import Enterprise
from programmes.acts import one_act
from programmes.formats import day
from programmes.models import Organisation, YearField
from programmes.periods import Precision, add_months, last_possible_day
from programmes.records import Record, RecordQuerySet
from programmes.text import Line

from .grants import Grant
from .participants import Participant
from .readings import Reading


class State(models.TextChoices):
    """How far a placement has come on a day. It is derived, never stored."""

    PLANNED = "planned", _("planned")
    ONGOING = "ongoing", _("going on")
    ENDED = "ended", _("finished")


class PlacementQuerySet(RecordQuerySet):
    def read_by(self, user, where):
        """The placements as a list; that `user` read each of them is noted."""
        rows = list(self.select_related("grant__programme"))
        if rows:
            Reading.objects.note(user, rows, where, rows[0].grant.programme)
        return rows

    def with_outcomes(self):
        """Each with those of its outcomes that stand, as `standing_outcomes`, the earliest known first."""
        outcomes = Outcome.objects.standing().order_by("known_on", "pk")
        return self.prefetch_related(
            models.Prefetch("outcomes", outcomes, to_attr="standing_outcomes")
        )

    def in_state(self, state, today):
        """Those that have come so far on `today`: rough dates are read in Python, in one more query."""
        rows = self.order_by().select_related("grant").with_outcomes()
        return self.filter(pk__in=[row.pk for row in rows if row.state(today) == state])


class Placement(Record):
    """One participant's supervised place under one grant; an extension is a placement of its own.

    It counts in the year it starts, and for the use of its grant in the grant's year. `starts_on`
    is the first possible day, by `precision`. `planned_ends_on` is a planned end somebody wrote
    down; without it the grant's months tell it. An end, planned or not, is its last day: what
    extends it begins the day after.
    """

    PROGRAMME = "grant__programme"
    YEAR = "year"
    READS = ("grant__municipality", "grant__initiative", "grant__months", "participant__sex")
    CLOSED = True

    class Referrer(models.TextChoices):
        EMPLOYMENT_SERVICE = "employment_service", _("the employment service")
        MUNICIPALITY = "municipality", _("the municipality")
        OTHER = "other", _("other referrer")

    grant = models.ForeignKey(
        Grant, models.PROTECT, related_name="placements", verbose_name=_("grant")
    )
    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="placements", verbose_name=_("participant")
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name=_("enterprise"),
    )
    supervisor = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("supervising organisation"),
    )
    referrer = models.CharField(
        _("referrer"), max_length=20, choices=Referrer, default=Referrer.MUNICIPALITY
    )
    starts_on = models.DateField(_("start"))
    precision = models.CharField(
        _("precision"), max_length=10, choices=Precision, default=Precision.DAY
    )
    year = YearField(_("year"), editable=False)
    planned_ends_on = models.DateField(_("planned end"), null=True, blank=True)
    ends_on = models.DateField(_("end"), null=True, blank=True)
    ends_precision = models.CharField(
        _("precision of the end"), max_length=10, choices=Precision, default=Precision.DAY
    )
    extent = models.PositiveSmallIntegerField(
        _("extent, percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    extension_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="extension",
        verbose_name=_("extension of"),
    )

    LASTS = ("starts_on", "precision", "planned_ends_on", "ends_on", "ends_precision")

    objects = PlacementQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("placement")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="placement_ends_after_it_starts",
                violation_error_message=_("A placement cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(planned_ends_on=None) | Q(planned_ends_on__gte=F("starts_on")),
                name="placement_is_planned_to_end_after_it_starts",
                violation_error_message=_("A placement cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(extent=None) | Q(extent__range=(1, 100)),
                name="placement_extent_is_a_percentage",
                violation_error_message=_("The extent is between 1 and 100 percent."),
            ),
            models.CheckConstraint(
                condition=~Q(extension_of=F("id")),
                name="placement_does_not_extend_itself",
                violation_error_message=_("A placement cannot extend itself."),
            ),
        ]

    def __str__(self):
        return f"{self.participant}, {self.starts_on}"

    @property
    def counting_years(self):
        """The year it starts, and that of the grant whose place it uses."""
        return super().counting_years | {self.grant.year}

    def clean(self):
        earlier = self.extension_of
        if earlier and self.participant_id and earlier.participant_id != self.participant_id:
            raise ValidationError(
                {"extension_of": _("An extension is of the same participant's placement.")}
            )
        if self.starts_on:
            self._check_order(earlier, getattr(self, "extension", None))

    def _check_order(self, earlier, later):
        """It can have begun after what it extends, and before what extends it."""
        if earlier and last_possible_day(self.starts_on, self.precision) <= earlier.starts_on:
            early = _("An extension begins after the placement it extends, which began %(day)s.")
            began = day(earlier.starts_on, earlier.precision)
            raise ValidationError({"starts_on": ValidationError(early, params={"day": began})})
        if later and last_possible_day(later.starts_on, later.precision) <= self.starts_on:
            late = _("Its extension began before that, %(day)s.")
            began = day(later.starts_on, later.precision)
            raise ValidationError({"starts_on": ValidationError(late, params={"day": began})})

    def save(self, *args, **kwargs):
        self.year = self.starts_on.year
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """A participant without any placement is not kept."""
        with transaction.atomic(), one_act():
            participant = self.participant
            deleted = super().delete(*args, **kwargs)
            if not participant.placements.exists():
                participant.delete()
            return deleted

    delete.alters_data = True

    def get_absolute_url(self):
        return reverse("placements:placement", args=[self.grant.programme.slug, self.pk])

    @staticmethod
    def shown(rows, user, programme):
        Reading.objects.note(user, rows, Reading.Where.ELSEWHERE, programme)

    @property
    def planned_end(self):
        """As written down; otherwise the start's last possible day and the grant's months."""
        return planned_end(self.starts_on, self.precision, self.planned_ends_on, self.grant.months)

    @property
    def end(self):
        """The last possible day of its end; without one, that of its planned end."""
        return end_of(self.grant.months, *(getattr(self, name) for name in self.LASTS))

    @property
    def known_on(self):
        """The last possible days its outcomes are of. Needs `standing_outcomes`."""
        return [last_possible_day(row.known_on, row.precision) for row in self.standing_outcomes]

    @property
    def last_day(self):
        """Its end; where none is noted the planned one, or earlier if an outcome tells so.

        Needs `standing_outcomes`.
        """
        return self.end if self.ends_on else min([self.end, *self.known_on])

    def overlaps(self, other):
        """Whether both surely went on at the same time. Both need `standing_outcomes`."""
        return all(
            last_possible_day(one.starts_on, one.precision) <= another.last_day
            for one, another in ((self, other), (other, self))
        )

    def state(self, today):
        """How far it has come on `today`. Needs `standing_outcomes`."""
        if has_ended(self.end, self.known_on, today):
            return State.ENDED
        return State.ONGOING if self.starts_on <= today else State.PLANNED


def planned_end(starts_on, precision, planned_ends_on, months):
    """The planned end somebody wrote down, or the start's last possible day and the grant's `months`."""
    return planned_ends_on or add_months(last_possible_day(starts_on, precision), months)


def end_of(months, starts_on, precision, planned_ends_on, ends_on, ends_precision):
    """The last possible day of a placement's end (see `LASTS`); of its planned end where none is known."""
    if ends_on:
        return last_possible_day(ends_on, ends_precision)
    return planned_end(starts_on, precision, planned_ends_on, months)


def has_ended(end, known_on, by):
    """Whether a placement has ended by a day: its end or planned end has come, or an outcome was known."""
    return end <= by or any(known <= by for known in known_on)


class OutcomeQuerySet(RecordQuerySet):
    def standing(self):
        """Those that no later row corrects."""
        return self.filter(stands=True)

    def with_writers(self):
        """As a list, each with `noted_by`: who wrote it down, None for a command or one who has left."""
        rows = list(self)
        written = Outcome.history.filter(history_type="+", id__in=[row.pk for row in rows])
        writers = {row.id: row.history_user for row in written.select_related("history_user")}
        for row in rows:
            row.noted_by = writers.get(row.pk)
        return rows


class Outcome(Record):
    """What came of a placement, as known on a day. Append-only: a correction is a new row with a reason.

    `stands` is True until a correction takes its place, and is written with the correction alone:
    by it the database holds that one outcome stands for each follow-up of a placement.
    """

    PROGRAMME = "placement__grant__programme"
    YEAR = "year"
    READS = (
        "placement__participant",
        "placement__grant__municipality",
        "placement__grant__initiative",
    )
    CLOSED = True

    class Result(models.TextChoices):
        WORK = "work", _("work")
        SUBSIDISED_WORK = "subsidised_work", _("subsidised work")
        STUDIES = "studies", _("studies")
        JOBSEEKER = "jobseeker", _("registered jobseeker")
        EXTENSION = "extension", _("extension")
        BACK_ON_PUBLIC_SUPPORT = "back_on_public_support", _("back on public support")
        OTHER = "other", _("other outcome")
        UNKNOWN = "unknown", _("unknown")

    class FollowUp(models.IntegerChoices):
        END = 0, _("at the end")
        THREE_MONTHS = 3, _("after 3 months")
        SIX_MONTHS = 6, _("after 6 months")
        TWELVE_MONTHS = 12, _("after 12 months")

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="outcomes")
    result = models.CharField(_("result"), max_length=30, choices=Result)
    known_on = models.DateField(_("date"))
    precision = models.CharField(
        _("precision"), max_length=10, choices=Precision, default=Precision.DAY
    )
    year = YearField(_("year"), editable=False)
    follow_up = models.PositiveSmallIntegerField(
        _("follow-up"), choices=FollowUp, default=FollowUp.END
    )
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        verbose_name=_("corrects"),
    )
    reason = Line(_("reason for the correction"), max_length=300, blank=True)
    stands = models.BooleanField(default=True, editable=False)

    objects = OutcomeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("outcome")
        ordering = ["known_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(reason=""),
                name="outcome_corrected_with_a_reason",
                violation_error_message=_("A correction says why."),
            ),
            models.UniqueConstraint(
                fields=["placement", "follow_up"],
                condition=Q(stands=True),
                name="one_outcome_stands_at_a_follow_up",
                violation_error_message=_(
                    "There is an outcome of this follow-up already. Correct that one instead."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.placement}: {self.get_result_display()}"

    @property
    def counting_years(self):
        """Its own, and that of the outcome it corrects, which no longer stands there."""
        corrected = {self.corrects.year} if self.corrects_id else set()
        return super().counting_years | corrected

    @property
    def standing(self):
        """The outcome that stands in its place now: itself, or the last correction."""
        row = self
        while not row.stands:
            row = Outcome.objects.get(corrects=row.pk)
        return row

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("an outcome is never changed: add a correction")
        self.year = self.known_on.year
        with transaction.atomic(), one_act():
            if self.corrects_id:
                self.corrects._give_way(getattr(self, "_change_reason", None))
            super().save(*args, **kwargs)

    save.alters_data = True

    def _give_way(self, reason):
        """Stand no more, since a correction does. Another one at the same time is a lost update."""
        self.stands = False
        self._change_reason = reason
        super().save(update_fields=["stands"])

    def delete(self, *args, **kwargs):
        raise TypeError("an outcome is never deleted: add a correction")
