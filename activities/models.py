"""What the programme plans, does and publishes, and what came of it in the structures around it."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
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
    Place,
    Placed,
    Programme,
    YearField,
)
from programmes.periods import Precision
from programmes.records import Named, Record, RecordQuerySet
from programmes.text import Address, Line, Text

from .file_kinds import BY_CONTENT_TYPE


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


class SearchedQuerySet(RecordQuerySet):
    """Records found by their words."""

    def matching(self, text):
        """With these words in one of the fields the model names in `SEARCHED`."""
        found = Q()
        # SQLite folds the case of a-z alone, so each way to write å, ä and ö is asked for.
        for way in {text, text.lower(), text.upper(), text.capitalize()}:
            for field in self.model.SEARCHED:
                found |= Q(**{f"{field}__icontains": way})
        return self.filter(found)


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


class GroupStatus(Record):
    """From a day on a group is active, dormant, ended or of unknown status, until the next row."""

    PROGRAMME = "group__programme"
    YEAR = "starts_on__year"

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


class PlacedQuerySet(SearchedQuerySet):
    """Records with a place that counts, found by it and by their words."""

    def at_place(self, code):
        """Where they count: a municipality's code, county, national or online."""
        return self.filter(_at(code))


def _at(code):
    return Q(place=code) if code in Place.values else Q(municipality__code=code)


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
        return self.filter(_at(code) | Q(pk__in=concerning.values("event")))

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
        PlannedActivity,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("planned activity"),
    )
    group = models.ForeignKey(
        CollaborationGroup,
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
