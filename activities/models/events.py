"""Events, the series they may belong to, who came to them, and the steps of a training."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.models import (
    Dated,
    Initiative,
    Municipality,
    Objective,
    Organisation,
    Placed,
    Programme,
)
from programmes.periods import Precision
from programmes.records import Record
from programmes.text import Line, Text

from .searched import PlacedQuerySet, at_place


class EventKind(models.TextChoices):
    INFORMATION_MEETING = "information_meeting", _("information meeting")
    BREAKFAST_MEETING = "breakfast_meeting", _("breakfast meeting")
    SEMINAR = "seminar", _("seminar")
    CONFERENCE = "conference", _("conference")
    WORKSHOP = "workshop", _("workshop")
    THEME_DAY = "theme_day", _("theme day")
    TRAINING = "training", _("training")
    KNOWLEDGE_DIALOGUE = "knowledge_dialogue", _("knowledge dialogue")
    NETWORK_MEETING = "network_meeting", _("network meeting")
    GROUP_MEETING = "group_meeting", _("group meeting")
    STUDY_VISIT = "study_visit", _("study visit")
    OTHER = "other", _("other event")


class EventSeries(Record):
    """Serie: events planned together, such as a meeting every second Tuesday. Each is an event of its own."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="event_series")
    title = Line(_("what"), max_length=200)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("series of events")
        verbose_name_plural = _("series of events")
        ordering = ["title", "pk"]

    def __str__(self):
        return self.title


class EventQuerySet(PlacedQuerySet):
    def held(self):
        return self.filter(status=Event.Status.HELD)

    def held_in(self, period):
        return self.held().filter(year__range=(period.first, period.last))

    def without_attendance(self):
        return self.filter(attendance=None)

    def with_audience(self, audience):
        """Those where somebody of this audience was counted."""
        return self.filter(
            models.Exists(Attendance.objects.filter(event=models.OuterRef("pk"), audience=audience))
        )

    def with_attendances(self):
        """Each with `attendances`, the sum of its cells; None where none was reported."""
        return self.annotate(attendances=_of_its_cells(F("women") + F("men") + F("unspecified")))

    def with_attendances_by_sex(self):
        """Each with the same, and with `women`, `men` and `unspecified` that add up to it."""
        by_sex = {sex: _of_its_cells(F(sex)) for sex in Attendance.SEXES}
        return self.with_attendances().annotate(**by_sex)

    def at_or_about(self, code):
        """Those at a place, and those that count elsewhere and concern it."""
        concerning = Event.municipalities.through.objects.filter(municipality__code=code)
        return self.filter(at_place(code) | Q(pk__in=concerning.values("event")))

    def overlapping(self, first, last):
        """Those that may fall on a day from `first` to `last`."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


def _of_its_cells(persons):
    """An event's cells added up, asked for each event that is shown and no other."""
    cells = Attendance.objects.filter(event=models.OuterRef("pk")).order_by().values("event")
    return models.Subquery(cells.annotate(sum=models.Sum(persons)).values("sum"))


class Event(Placed, Dated, Record):
    """Something the programme held for others on one or more days.

    `starts_on` and `ends_on` are the first and the last possible day, by `precision`; an event
    counts in the year it starts.
    """

    SEARCHED = ("title", "outcome")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    class Format(models.TextChoices):
        ON_SITE = "on_site", _("on site")
        DIGITAL = "digital", _("digital")
        HYBRID = "hybrid", _("hybrid")

    Kind = EventKind

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="events")
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="events", verbose_name=_("initiative")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=EventKind)
    title = Line(_("what"), max_length=200)
    starts_on = models.DateField(_("date"))
    ends_on = models.DateField(_("last day"))
    precision = models.CharField(
        _("precision"), max_length=10, choices=Precision, default=Precision.DAY
    )
    starts_at = models.TimeField(_("starts at"), null=True, blank=True)
    ends_at = models.TimeField(_("ends at"), null=True, blank=True)
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.ON_SITE)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.HELD)
    cancelled_reason = Line(_("cancelled because"), max_length=300, blank=True)
    outcome = Text(_("what came of it"), blank=True)
    planned_activity = models.ForeignKey(
        "PlannedActivity",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("planned activity"),
    )
    group = models.ForeignKey(
        "CollaborationGroup",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("collaboration group"),
    )
    series = models.ForeignKey(
        EventSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("series"),
        editable=False,
    )
    objectives = models.ManyToManyField(
        Objective, blank=True, related_name="events", verbose_name=_("objectives")
    )
    municipalities = models.ManyToManyField(
        Municipality,
        blank=True,
        related_name="events_concerning",
        verbose_name=_("municipalities it concerns"),
    )
    organisers = models.ManyToManyField(
        Organisation, blank=True, related_name="events_organised", verbose_name=_("organisers")
    )
    partners = models.ManyToManyField(
        Organisation, blank=True, related_name="events_attended", verbose_name=_("partners present")
    )

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[objectives, municipalities, organisers, partners])

    class Meta:
        verbose_name = _("event")
        ordering = ["-starts_on", "-pk"]
        indexes = [
            models.Index(
                fields=["programme", "year", "kind", "municipality"], name="event_by_year_and_place"
            ),
            models.Index(fields=["programme", "-starts_on"], name="event_latest_first"),
        ]
        constraints = [
            Placed.place_constraint("event"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="event_ends_after_it_starts",
                violation_error_message=_("An event cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None)
                | Q(ends_at=None)
                | Q(ends_on__gt=F("starts_on"))
                | Q(ends_at__gte=F("starts_at")),
                name="event_hours_in_order",
                violation_error_message=_("An event cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancelled_reason=""),
                name="event_cancelled_with_a_reason",
                violation_error_message=_("A cancelled event says why."),
            ),
        ]

    def __str__(self):
        return self.title

    def check_whole(self):
        """Counts are of an event that was held; a total stands alone."""
        cells = list(self.attendance.values_list("audience", flat=True))
        if cells and self.status != self.Status.HELD:
            raise ValidationError(
                _("Only an event that was held has counts. Undo the counts first.")
            )
        if "" in cells and len(cells) > 1:
            raise ValidationError(_("A total stands alone. Undo the later counts first."))

    def get_absolute_url(self):
        return reverse("activities:detail", args=[self.programme.slug, self.pk])


class Draft(Record):
    """Utkast: an event that is written but not saved yet. It counts nowhere.

    `typed` holds what stood in each box of the form, as {name: [text, ...]}. Whoever writes in the
    programme goes on with it; auditors, who read everything, see that it is there. For the other
    members there is no record before the event is saved.
    """

    CLOSED = True

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="drafts")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    title = Line(_("what"), max_length=200, blank=True)
    typed = models.JSONField(default=dict, editable=False)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("draft")
        ordering = ["-saved_at", "-pk"]

    def __str__(self):
        return self.title or gettext("without a name")

    def get_absolute_url(self):
        """The log form, with what was typed in its boxes."""
        return f"{reverse('activities:add', args=[self.programme.slug])}?draft={self.pk}"


class TrainingStep(Record):
    """A step of a training, with the participants of that step: beside the figures, added to nothing."""

    PROGRAMME = "event__programme"
    YEAR = "event__year"

    event = models.ForeignKey(Event, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("step"))
    title = Line(_("title"), max_length=200)
    held_on = models.DateField(_("date"), null=True, blank=True)
    participants = models.PositiveSmallIntegerField(_("participants"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("training step")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "position"],
                name="training_step_is_unique",
                violation_error_message=_("The training already has this step."),
            )
        ]

    def __str__(self):
        return self.title


class Audience(models.TextChoices):
    POLITICIAN = "politician", _("politicians")
    MANAGER = "manager", _("managers")
    OFFICER = "officer", _("officers")
    ENTERPRISE = "enterprise", _("enterprises")
    OTHER = "other", _("others")


class Attendance(Record):
    """Who came to an event, counted: one cell an audience and, where split, an organisation.

    A cell without audience is a total only, and then the event's only one. An event without cells
    is not reported, which is not 0. Unit: attendances; someone who came twice counts twice.
    """

    PROGRAMME = "event__programme"
    YEAR = "event__year"
    MOST = 9_999  # persons in one box
    SEXES = ("women", "men", "unspecified")

    event = models.ForeignKey(Event, models.CASCADE, related_name="attendance")
    audience = models.CharField(_("audience"), max_length=20, choices=Audience, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendance",
        verbose_name=_("organisation"),
    )
    women = models.PositiveIntegerField(_("women"), default=0)
    men = models.PositiveIntegerField(_("men"), default=0)
    unspecified = models.PositiveIntegerField(_("not specified"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        indexes = [
            models.Index(
                fields=["event"],
                include=["audience", "organisation", "women", "men", "unspecified"],
                name="attendance_covering",
            )
        ]
        constraints = [
            # SQLite cannot hold nulls to be equal, so each pattern of nulls has its constraint.
            models.UniqueConstraint(
                fields=["event", "audience"],
                condition=Q(organisation=None),
                name="attendance_cell_is_unique",
                violation_error_message=_("The audience is counted already."),
            ),
            models.UniqueConstraint(
                fields=["event", "audience", "organisation"],
                condition=Q(organisation__isnull=False),
                name="attendance_cell_of_organisation_is_unique",
                violation_error_message=_("The audience of this organisation is counted already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    women__range=(0, 9_999), men__range=(0, 9_999), unspecified__range=(0, 9_999)
                ),
                name="attendance_is_possible",
                violation_error_message=_("A number is between 0 and 9,999."),
            ),
        ]

    def __str__(self):
        return f"{self.get_audience_display()}: {self.total}"

    @classmethod
    def sum_of(cls, cells):
        """The cells of an event added up, as one that is not stored."""
        return cls(**{sex: sum(getattr(cell, sex) for cell in cells) for sex in cls.SEXES})

    @property
    def total(self):
        return self.women + self.men + self.unspecified

    @property
    def sexes_known(self):
        return sexes_known(self)


def sexes_known(counted):
    """Whether women and men were told apart, of a cell or of the cells of an event added up.

    A box left empty is stored as 0, so that no woman and no man beside persons of unstated sex
    means that nobody was asked: then both are unknown, not 0.
    """
    return not counted.unspecified or bool(counted.women or counted.men)
