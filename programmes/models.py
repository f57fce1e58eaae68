"""The programme and what it stands on: places, organisations, objectives, completeness."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .periods import FIRST_YEAR, LAST_YEAR, Period
from .records import Named, Record, RecordQuerySet, years_held
from .text import Line, Text


class YearField(models.PositiveSmallIntegerField):
    """A calendar year the programme can have to do with."""

    BETWEEN = format_lazy(
        _("Write a year between {first} and {last}."), first=FIRST_YEAR, last=LAST_YEAR
    )
    default_validators = [
        MinValueValidator(FIRST_YEAR, BETWEEN),
        MaxValueValidator(LAST_YEAR, BETWEEN),
    ]


class Programme(Record):
    """What an association finances and reports on: one programme for work-integrating enterprises."""

    PROGRAMME = "pk"
    MANAGED = True

    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    name = Line(_("name"), max_length=200)
    association = Line(_("association"), max_length=200)
    contact = Text(_("contact"), blank=True, help_text=_("Name of the office, address, e-mail."))
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    target_group = Text(_("target group"), blank=True)
    purpose = Text(_("purpose"), blank=True)
    background = Text(_("background"), blank=True)
    description = Text(_("description"), blank=True)
    disclosure_threshold = models.PositiveSmallIntegerField(
        _("disclosure threshold"),
        default=5,
        help_text=_("Numbers of persons below this are not shown outside the programme's office."),
    )
    codes_kept = models.PositiveSmallIntegerField(
        _("participants' codes are kept, years"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("After the year of the grant. A grant may have another day."),
    )
    contacts_kept = models.PositiveSmallIntegerField(
        _("contact persons are kept, years"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("After their enterprise is gone."),
    )
    is_practice = models.BooleanField(_("exercise programme"), default=False)
    publishes_reports = models.BooleanField(_("adopted reports are public"), default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("programme")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="programme_ends_after_it_starts",
                violation_error_message=_("A programme cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(disclosure_threshold__gte=3) & Q(disclosure_threshold__lte=50),
                name="programme_threshold_protects",
                violation_error_message=_("The disclosure threshold is between 3 and 50."),
            ),
            models.CheckConstraint(
                condition=Q(codes_kept__range=(1, 50)),
                name="programme_keeps_codes_for_a_time",
                violation_error_message=_("Codes are kept for 1 to 50 years."),
            ),
            models.CheckConstraint(
                condition=Q(contacts_kept__range=(1, 50)),
                name="programme_keeps_contacts_for_a_time",
                violation_error_message=_("Contact persons are kept for 1 to 50 years."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("reports:overview", args=[self.slug])

    def has_closed(self, year):
        """Whether the records of a year change only with a reason."""
        return self.closed_years.in_force().filter(year=year).exists()

    def period(self, today):
        """The programme's whole period in calendar years; up to this year while it goes on."""
        last = self.ends_on.year if self.ends_on else max(today.year, self.starts_on.year)
        return Period(self.starts_on.year, last)


class Initiative(Named, Record):
    """Insats: one line of work, about individuals or about structures, with a period of its own."""

    class Direction(models.TextChoices):
        INDIVIDUAL = "individual", _("individual")
        STRUCTURAL = "structural", _("structural")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="initiatives")
    slug = models.SlugField(_("short name in addresses"), max_length=60)
    name = Line(_("name"), max_length=200)
    direction = models.CharField(_("direction"), max_length=20, choices=Direction)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    description = Text(_("description"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("initiative")
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "slug"],
                name="initiative_slug_is_unique",
                violation_error_message=_("Another initiative has this short name."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="initiative_ends_after_it_starts",
                violation_error_message=_("An initiative cannot end before it starts."),
            ),
        ]


class InitiativeYear(Record):
    """What an initiative was given and used in a year: participants (persons), budget and outturn (kronor)."""

    PROGRAMME = "initiative__programme"
    YEAR = "year"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="years")
    year = YearField(_("year"))
    budgeted_participants = models.PositiveIntegerField(
        _("budgeted participants"), null=True, blank=True
    )
    budget = models.PositiveBigIntegerField(_("budget, kronor"), null=True, blank=True)
    outturn = models.PositiveBigIntegerField(_("outturn, kronor"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("year of an initiative")
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "year"],
                name="initiative_year_is_unique",
                violation_error_message=_("The initiative already has this year."),
            )
        ]

    def __str__(self):
        return f"{self.initiative} {self.year}"


class Subregion(Named, Record):
    """Delregion: a part of the county that figures are shown for, such as Hälsingland."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="subregions")
    slug = models.SlugField(_("short name in addresses"), max_length=60)
    name = Line(_("name"), max_length=100)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("subregion")
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "slug"],
                name="subregion_slug_is_unique",
                violation_error_message=_("Another subregion has this short name."),
            )
        ]


class Municipality(Named, Record):
    """A municipality of the programme's area, by Statistics Sweden's four-digit code."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="municipalities")
    code = models.CharField(
        _("code"),
        max_length=4,
        validators=[RegexValidator(r"\A[0-9]{4}\Z", _("A municipality code is four digits."))],
    )
    name = Line(_("name"), max_length=100)
    subregion = models.ForeignKey(
        Subregion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="municipalities",
        verbose_name=_("subregion"),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("municipality")
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="municipality_code_is_unique",
                violation_error_message=_("Another municipality has this code."),
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{4}$"),
                name="municipality_code_is_four_digits",
                violation_error_message=_("A municipality code is four digits."),
            ),
        ]


class Place(models.TextChoices):
    """Where something counts: in one municipality, or in none of them."""

    MUNICIPALITY = "municipality", _("one municipality")
    COUNTY = "county", _("the county")
    NATIONAL = "national", _("the country")
    ONLINE = "online", _("online")


class Placed(models.Model):
    """A record with one place that counts; its place code is four digits, or county, national, online."""

    place = models.CharField(_("kind of place"), max_length=20, choices=Place, default=Place.COUNTY)
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("municipality"),
    )

    class Meta:
        abstract = True

    @staticmethod
    def place_constraint(model):
        """The rule that a municipality is named just when the place is one."""
        return models.CheckConstraint(
            condition=Q(place=Place.MUNICIPALITY, municipality__isnull=False)
            | (~Q(place=Place.MUNICIPALITY) & Q(municipality__isnull=True)),
            name=f"{model}_place_is_one",
            violation_error_message=_(
                "Choose one place: a municipality, the county, the country or online."
            ),
        )

    @property
    def place_code(self):
        return self.municipality.code if self.municipality_id else self.place

    @property
    def place_name(self):
        return self.municipality.name if self.municipality_id else self.get_place_display()


class Dated(models.Model):
    """A record that counts in the calendar year of its `starts_on`, the first day it may mean."""

    YEAR = "year"

    year = YearField(_("year"), editable=False)

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        self.year = self.starts_on.year
        if update_fields is not None and "starts_on" in update_fields:
            update_fields = {*update_fields, "year"}
        super().save(*args, update_fields=update_fields, **kwargs)

    save.alters_data = True


class Organisation(Named, Record):
    """A member of the association, a collaborating partner, an enterprise or another body."""

    class Kind(models.TextChoices):
        MEMBER_PARTY = "member_party", _("member party")
        COLLABORATING_PARTNER = "collaborating_partner", _("collaborating partner")
        ENTERPRISE = "enterprise", _("enterprise")
        OTHER = "other", _("other")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="organisations")
    slug = models.SlugField(_("short name in addresses"), max_length=60)
    name = Line(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("municipality"),
    )
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
    )
    mail_domains = Line(
        _("mail domains"),
        max_length=500,
        blank=True,
        help_text=_("Such as kommun.example.se, separated by spaces."),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("organisation")
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "slug"],
                name="organisation_slug_is_unique",
                violation_error_message=_("Another organisation has this short name."),
            ),
            models.CheckConstraint(
                condition=~Q(part_of=F("id")),
                name="organisation_is_not_its_own_part",
                violation_error_message=_("An organisation cannot be a part of itself."),
            ),
        ]


class Objective(Record):
    """Mål: what the programme sets out to reach."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="objectives")
    position = models.PositiveSmallIntegerField(_("number"))
    title = Line(_("title"), max_length=300)
    description = Text(_("description"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("objective")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "position"],
                name="objective_position_is_unique",
                violation_error_message=_("Another objective has this number."),
            )
        ]

    def __str__(self):
        return f"{self.position}. {self.title}"


class YearsCovered(models.Model):
    """A statement about whole calendar years, first and last included."""

    first_year = YearField(_("from year"))
    last_year = YearField(_("to year"))

    class Meta:
        abstract = True

    @staticmethod
    def years_constraint(model):
        return models.CheckConstraint(
            condition=Q(last_year__gte=F("first_year")),
            name=f"{model}_years_in_order",
            violation_error_message=_("The last year cannot come before the first."),
        )

    @property
    def period(self):
        return Period(self.first_year, self.last_year)


class Judgement(YearsCovered, Record):
    """How far an objective was reached in a year or a period, why, on what evidence, and who says so."""

    PROGRAMME = "objective__programme"
    YEAR = "last_year"

    class Value(models.TextChoices):
        FULFILLED = "fulfilled", _("fulfilled")
        LARGELY = "largely", _("largely fulfilled")
        PARTLY = "partly", _("partly fulfilled")
        NOT = "not", _("not fulfilled")
        UNCLEAR = "unclear", _("unclear")

    objective = models.ForeignKey(
        Objective, models.CASCADE, related_name="judgements", verbose_name=_("objective")
    )
    value = models.CharField(_("judgement"), max_length=20, choices=Value)
    reason = Text(_("reason"))
    evidence = Text(_("evidence"), blank=True)
    judged_by = Line(_("judged by"), max_length=200)
    judged_on = models.DateField(_("judged on"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("judgement")
        ordering = ["objective__position", "first_year", "last_year"]
        constraints = [
            YearsCovered.years_constraint("judgement"),
            models.UniqueConstraint(
                fields=["objective", "first_year", "last_year"],
                name="judgement_is_unique",
                violation_error_message=_("The objective is already judged for these years."),
            ),
        ]

    def __str__(self):
        return f"{self.objective} {self.period}: {self.get_value_display()}"


class Staffing(Record):
    """The process leader's share of full time (percent) over days; a day without a row is unknown."""

    YEAR = "starts_on__year"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="staffing")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent of full time"))
    note = Line(_("note"), max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("staffing")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="staffing_ends_after_it_starts",
                violation_error_message=_("Staffing cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(percent__lte=500),
                name="staffing_percent_is_possible",
                violation_error_message=_("Staffing is between 0 and 500 percent."),
            ),
        ]

    def __str__(self):
        return f"{self.starts_on}: {self.percent} %"

    @property
    def counting_years(self):
        return years_held(self.starts_on, self.ends_on)


class Completeness(Record):
    """How complete the programme's records of an area are in a year; complete unless stated.

    `complete`: no record means 0. `partial`: what is derived is marked incomplete. `none`: there is
    no value. `not_applicable`: there is nothing to record.
    """

    YEAR = "year"

    class Area(models.TextChoices):
        EVENTS = "events", _("events")
        ATTENDANCE = "attendance", _("attendance")
        PUBLICATIONS = "publications", _("publications")
        MILESTONES = "milestones", _("milestones")
        GROUPS = "groups", _("groups")
        CENSUS = "census", _("census")
        PLACEMENTS = "placements", _("grants and placements")

    class Level(models.TextChoices):
        COMPLETE = "complete", _("complete")
        PARTIAL = "partial", _("partial")
        NONE = "none", _("no records")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="completeness")
    year = YearField(_("year"))
    area = models.CharField(_("area"), max_length=20, choices=Area)
    level = models.CharField(_("completeness"), max_length=20, choices=Level)
    note = Text(_("note"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("completeness")
        verbose_name_plural = _("completeness")
        ordering = ["year", "area"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "area"],
                name="completeness_is_unique",
                violation_error_message=_("Completeness is already stated for this year and area."),
            )
        ]

    def __str__(self):
        return f"{self.year}, {self.get_area_display()}: {self.get_level_display()}"


class ClosedYearQuerySet(RecordQuerySet):
    def in_force(self):
        """Closed now: not reopened, or the reopening has run out."""
        return self.filter(Q(reopened_until=None) | Q(reopened_until__lte=timezone.now()))


class ClosedYear(Record):
    """A year whose report is adopted. Its records change only with a reason, or while reopened."""

    MANAGED = True

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="closed_years")
    year = YearField(_("year"))
    closed_at = models.DateTimeField(_("closed"), default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reference = Line(_("decision"), max_length=200, blank=True)
    reopened_until = models.DateTimeField(_("reopened until"), null=True, blank=True)
    reopened_reason = Line(_("reason for reopening"), max_length=500, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ClosedYearQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("closed year")
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year"],
                name="closed_year_is_unique",
                violation_error_message=_("The year is closed already."),
            ),
            models.CheckConstraint(
                condition=Q(reopened_until=None) | ~Q(reopened_reason=""),
                name="closed_year_reopened_with_a_reason",
                violation_error_message=_("A reopening needs a reason."),
            ),
        ]

    def __str__(self):
        return str(self.year)


class ErasureQuerySet(RecordQuerySet):
    """Entries of the log, which are read and added to, never changed."""

    def visible_to(self, user):
        """Those of the programmes whose records somebody audits, and of what belonged to none."""
        return self.filter(Q(programme__in=user.audited_programmes()) | Q(programme=None))

    def _refuse(self, *_args, **_kwargs):
        raise TypeError("an entry of the log of erasure is never changed or deleted")

    update = delete = bulk_update = _refuse


class Erasure(Record):
    """Gallring: an entry of the log of what was erased for good, under which decision. Append-only.

    It names nobody: `number` says how many were erased, `records` the keys of what they belonged to
    ({"grants": [3]}), and `texts` how many other rows were rewritten since they told of it.
    `by` stands also when the user is gone; it is empty for a command. Without a programme it is
    about what belonged to none.
    """

    MANAGED = True

    class What(models.TextChoices):
        CODES = "codes", _("participants' codes")
        CONTACTS = "contacts", _("contact persons")
        FILES = "files", _("deleted files")

    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="erasures"
    )
    what = models.CharField(_("what was erased"), max_length=20, choices=What)
    number = models.PositiveIntegerField(_("number"))
    texts = models.PositiveIntegerField(_("texts rewritten"), default=0)
    records = models.JSONField(default=dict, blank=True)
    decision = Line(_("decision"), max_length=200)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), default=timezone.now)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = Line(_("carried out by"), max_length=200, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the log of erasure")
        ordering = ["-erased_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision=""),
                name="erasure_has_a_decision",
                violation_error_message=_("Nothing is erased without a decision."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="erasure_is_of_something",
                violation_error_message=_("Nothing was erased."),
            ),
        ]

    def __str__(self):
        return f"{self.erased_at:%Y-%m-%d}: {self.number} {self.get_what_display()}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("an entry of the log of erasure is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("an entry of the log of erasure is never deleted")
