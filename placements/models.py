"""Grants for supervised places, the placements under them, and what came of them.

Nothing here names a person: a participant is a random code and a sex.
"""

import secrets
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from enterprises.models import Enterprise
from programmes.acts import one_act
from programmes.models import Initiative, Municipality, Organisation, Programme, YearField
from programmes.periods import Precision, add_months, last_possible_day
from programmes.records import Record, RecordQuerySet
from programmes.text import Line, Text


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
    amount = models.PositiveBigIntegerField(_("amount, kronor"), null=True, blank=True)
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

    def get_absolute_url(self):
        return reverse("placements:detail", args=[self.programme.slug, self.pk])

    @staticmethod
    def usual_retention(programme, year):
        """Until when the codes of a grant of `year` are kept, unless another day is set."""
        return date(year + programme.codes_kept, 12, 31)


class Instalment(Record):
    """A part of a grant's amount (kronor), due or paid on a day."""

    PROGRAMME = "grant__programme"
    YEAR = "grant__year"

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="instalments")
    amount = models.PositiveBigIntegerField(_("amount, kronor"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("instalment")
        ordering = [F("due_on").asc(nulls_last=True), "pk"]

    def __str__(self):
        return f"{self.grant}: {self.amount}"


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
        return self.code

    @property
    def has_lost_code(self):
        """Whether a key, which no slip has, took the place of the code."""
        return self.code.startswith(KEY)


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

    def in_state(self, state, today):
        """Those that have come so far on `today`: rough dates are read in Python, in one more query."""
        outcomes = Outcome.objects.standing().order_by("known_on", "pk")
        rows = (
            self.order_by()
            .select_related("grant")
            .prefetch_related(models.Prefetch("outcomes", outcomes, to_attr="standing_outcomes"))
        )
        return self.filter(pk__in=[row.pk for row in rows if row.state(today) == state])


class Placement(Record):
    """One participant's supervised place under one grant; an extension is a placement of its own.

    It counts in the year it starts, and for the use of its grant in the grant's year. `starts_on`
    is the first possible day, by `precision`. `planned_ends_on` is a planned end somebody wrote
    down; without it the grant's months tell it.
    """

    PROGRAMME = "grant__programme"
    YEAR = "year"
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
        if self.ends_on is None:
            return self.planned_end
        return last_possible_day(self.ends_on, self.ends_precision)

    def state(self, today):
        """Ended: it has an end or an outcome, or its planned end has passed. Needs `standing_outcomes`."""
        known = (last_possible_day(row.known_on, row.precision) for row in self.standing_outcomes)
        if self.end <= today or any(day <= today for day in known):
            return State.ENDED
        return State.ONGOING if self.starts_on <= today else State.PLANNED


def planned_end(starts_on, precision, planned_ends_on, months):
    """The planned end somebody wrote down, or the start's last possible day and the grant's `months`."""
    return planned_ends_on or add_months(last_possible_day(starts_on, precision), months)


class OutcomeQuerySet(RecordQuerySet):
    def standing(self):
        """Those that no later row corrects."""
        return self.filter(stands=True)


class Outcome(Record):
    """What came of a placement, as known on a day. Append-only: a correction is a new row with a reason.

    `stands` is True until a correction takes its place, and is written with the correction alone:
    by it the database holds that one outcome stands for each follow-up of a placement.
    """

    PROGRAMME = "placement__grant__programme"
    YEAR = "year"
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


class ReadingQuerySet(models.QuerySet):
    """Readings are added to, and never changed or taken away one by one."""

    def visible_to(self, user):
        return self.filter(programme__in=user.full_programmes())

    def note(self, user, placements, where, programme):
        """Note that `user` was shown each of `placements`, in one query."""
        now = timezone.now()
        self.bulk_create(
            Reading(programme=programme, placement_id=pk, user=user, read_at=now, where=where)
            for pk in dict.fromkeys(row.pk for row in placements)
        )

    def update(self, **kwargs):
        raise TypeError("a reading is never changed")

    def delete(self):
        raise TypeError("a reading is never deleted")

    update.alters_data = delete.alters_data = True


class Reading(models.Model):
    """That somebody was shown a placement: who, when, which, and on what kind of page.

    It points at the placement by its id alone, which the database does not hold it to: a reading
    outlives what was read, and keeps neither code nor sex.
    """

    class Where(models.TextChoices):
        PAGE = "page", _("its page")
        FORM = "form", _("a form")
        LIST = "list", _("the list of placements")
        DUE = "due", _("the follow-ups due")
        GRANT = "grant", _("the page of the grant")
        ENTERPRISE = "enterprise", _("the page of the enterprise")
        FIGURE = "figure", _("the records of a figure")
        SLIP = "slip", _("a slip")
        FILE = "file", _("a file")
        ELSEWHERE = "elsewhere", _("a list of what uses a record, or of what was deleted")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", db_index=False)
    placement = models.ForeignKey(
        Placement,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="readings",
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    read_at = models.DateTimeField(_("read"))
    where = models.CharField(_("where"), max_length=12, choices=Where)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        ordering = ["-read_at", "-pk"]
        indexes = [
            models.Index(fields=["placement", "-read_at"], name="reading_of_placement"),
            models.Index(fields=["programme", "-read_at"], name="reading_by_time"),
        ]

    def __str__(self):
        return f"{self.placement_id}, {self.read_at:%Y-%m-%d %H.%M}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a reading is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a reading is never deleted")

    save.alters_data = delete.alters_data = True
