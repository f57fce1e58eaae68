"""The autumn census: who is asked, what they answer, and what a year's answers rest on."""

from dataclasses import dataclass
from datetime import date

from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.formats import UNKNOWN
from programmes.models import Programme, YearField
from programmes.records import Record, RecordQuerySet
from programmes.text import Line, Text

from ..answered import Coverage
from .register import Enterprise, EnterpriseStatus, latest_status

REFERENCE_DAY = (10, 31)  # of a census, unless another is set


class Census(Record):
    """Höstinventering: the yearly question to each active enterprise, as of one reference date."""

    YEAR = "year"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="censuses")
    year = YearField(_("year"))
    reference_date = models.DateField(_("reference date"))
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("census")
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year"],
                name="census_is_one_a_year",
                violation_error_message=_("There is a census of this year already."),
            )
        ]

    def __str__(self):
        return str(self.year)

    def get_absolute_url(self):
        return reverse("enterprises:census", args=[self.programme.slug, self.year])

    @staticmethod
    def usual_day(year):
        """The reference date of a census unless another is set: 31 October."""
        return date(year, *REFERENCE_DAY)

    def asked(self):
        """The enterprises the census is about: those active on its reference date."""
        return self.programme.enterprises.active_on(self.reference_date)

    def not_asked(self):
        """Active on the reference date but without a return: added to the register later."""
        return self.asked().exclude(returns__census=self)

    @transaction.atomic
    def ask(self, reason=None):
        """Give everyone `not_asked` an unanswered return. Returns how many were made."""
        enterprises = list(self.not_asked())
        for enterprise in enterprises:
            answer = CensusReturn(census=self, enterprise=enterprise)
            answer._change_reason = reason
            answer.save()
        return len(enterprises)

    def coverage(self):
        """How many enterprises were asked, and how many of their returns stand in each state.

        Numbers of enterprises, for every member; what an enterprise answered is closed.
        """
        uncounted, states = 0, {}
        rows = self.returns.with_expected().order_by().values_list("state", "is_expected")
        for state, is_expected, number in rows.annotate(models.Count("pk")):
            if is_expected:
                states[state] = number
            elif state == CensusReturn.State.CONFIRMED:
                uncounted = number
        return Coverage.of(self.asked().count(), states, uncounted=uncounted)


class CensusNumbers(models.Model):
    """What a census asks, as of its reference date: persons employed, and persons placed by referrer.

    A number that was not answered is None, which is not 0.
    """

    EMPLOYED = ("employed_women", "employed_men", "employed_unspecified")
    PLACED = ("placed_employment_service", "placed_municipality", "placed_other")
    MAY_BE_EMPTY = {"employed_unspecified"}

    employed_women = models.PositiveIntegerField(
        _("employed women"), null=True, blank=True, validators=[MaxValueValidator(9_999)]
    )
    employed_men = models.PositiveIntegerField(
        _("employed men"), null=True, blank=True, validators=[MaxValueValidator(9_999)]
    )
    employed_unspecified = models.PositiveIntegerField(
        _("employed, not specified"), null=True, blank=True, validators=[MaxValueValidator(9_999)]
    )
    placed_employment_service = models.PositiveIntegerField(
        _("placed by the employment service"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(9_999)],
    )
    placed_municipality = models.PositiveIntegerField(
        _("placed by the municipality"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(9_999)],
    )
    placed_other = models.PositiveIntegerField(
        _("placed by others"), null=True, blank=True, validators=[MaxValueValidator(9_999)]
    )

    class Meta:
        abstract = True

    @property
    def employed(self):
        return _sum(getattr(self, name) for name in self.EMPLOYED)

    @property
    def placed(self):
        return _sum(getattr(self, name) for name in self.PLACED)

    def given(self, names):
        """Which of `names` have a number."""
        return {name for name in names if getattr(self, name) is not None}

    def gives_the_same(self, before, names):
        """Whether this and `before` give the same of `names`, so that they can be compared.

        Unknown is not zero; of persons not specified one says nothing where there are none.
        """
        if before is None:
            return False
        now, earlier = self.given(names), before.given(names)
        return bool(now and earlier) and now - self.MAY_BE_EMPTY == earlier - self.MAY_BE_EMPTY

    def large_changes(self, before):
        """What changed so much since `before`, last year's confirmed return or None, that one asks why."""
        found = []
        for names in (self.EMPLOYED, self.PLACED):
            if not self.gives_the_same(before, names):
                continue
            earlier, now = (_sum(getattr(row, name) for name in names) for row in (before, self))
            least, most = usual_range(earlier)
            if not least <= now <= most:
                found.append(LargeChange(names, earlier, now))
        return found


def usual_range(before):
    """Between which totals no reason is asked for, after `before` the year before: (least, most).

    A change asks for a reason if it is more than a quarter and at least three persons.
    """
    slack = max(before // 4, 2)
    return max(before - slack, 0), before + slack


@dataclass(frozen=True)
class LargeChange:
    """A total, of EMPLOYED or of PLACED, that lies outside the usual range since the year before."""

    names: tuple
    before: int
    now: int

    @property
    def difference(self):
        return self.now - self.before


class CensusReturnQuerySet(RecordQuerySet):
    def with_expected(self):
        """Each with `is_expected`: its enterprise was active on the census's reference date."""
        status = latest_status("enterprise", models.OuterRef("census__reference_date"))
        active = Q(status_then=EnterpriseStatus.Status.ACTIVE)
        return self.annotate(status_then=models.Subquery(status.values("status")[:1])).annotate(
            is_expected=models.Case(models.When(active, then=True), default=False)
        )

    def expected(self):
        """Those of enterprises that were active on the census's reference date."""
        return self.with_expected().filter(is_expected=True)

    def counted(self):
        """The answers that count in every figure: confirmed, and expected."""
        return self.confirmed().expected()

    def uncounted(self):
        """Confirmed answers that count nowhere: of enterprises that were not active on the day."""
        return self.confirmed().with_expected().filter(is_expected=False)

    def confirmed(self):
        """Whose enterprise has answered, whether it was expected to or not."""
        return self.filter(state=CensusReturn.State.CONFIRMED)

    def settled(self):
        """Confirmed, or with nothing to answer."""
        done = (CensusReturn.State.CONFIRMED, CensusReturn.State.NOT_APPLICABLE)
        return self.filter(state__in=done)

    def year_before(self, answer):
        """What the enterprise of `answer` confirmed the year before."""
        return self.confirmed().filter(
            enterprise=answer.enterprise_id, census__year=answer.census.year - 1
        )

    def waiting(self):
        """Not answered, or begun and not confirmed."""
        return self.filter(state__in=(CensusReturn.State.NOT_ANSWERED, CensusReturn.State.DRAFT))


class CensusReturn(CensusNumbers, Record):
    """One enterprise's answer to one census; an empty field is not answered, not 0.

    It counts once confirmed, if the enterprise was active on the reference date.
    """

    PROGRAMME = "census__programme"
    YEAR = "census__year"
    READS = ("enterprise__municipality__subregion",)
    CLOSED = True
    TOLD = ("not_given",)

    class State(models.TextChoices):
        NOT_ANSWERED = "not_answered", _("not answered")
        DRAFT = "draft", _("draft")
        CONFIRMED = "confirmed", _("confirmed")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    census = models.ForeignKey(Census, models.CASCADE, related_name="returns")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="returns")
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.NOT_ANSWERED)
    change_reason = Line(_("reason for the change"), max_length=300, blank=True)
    comment = Text(_("comment"), blank=True)
    # The numbers said to be missing; another number that is None is not typed yet.
    not_given = models.JSONField(_("not given"), default=list, blank=True, editable=False)

    objects = CensusReturnQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("census return")
        ordering = ["enterprise__sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["census", "enterprise"],
                name="census_return_is_one_an_enterprise",
                violation_error_message=_("The enterprise has answered this census already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(employed_women__isnull=False)
                | Q(employed_men__isnull=False)
                | Q(employed_unspecified__isnull=False)
                | Q(placed_employment_service__isnull=False)
                | Q(placed_municipality__isnull=False)
                | Q(placed_other__isnull=False),
                name="confirmed_return_answers_something",
                violation_error_message=_("A confirmed return answers at least one question."),
            ),
        ]

    def __str__(self):
        return f"{self.enterprise}, {self.census}"

    def get_absolute_url(self):
        return reverse("enterprises:return_edit", args=[self.census.programme.slug, self.pk])

    @property
    def reading_years(self):
        return self.counting_years if self.state == self.State.CONFIRMED else set()

    @property
    def is_waiting(self):
        """Not answered, or begun and not confirmed."""
        return self.state in (self.State.NOT_ANSWERED, self.State.DRAFT)

    @property
    def counts(self):
        """Whether it counts in the figures; of a return read `with_expected`."""
        return self.state == self.State.CONFIRMED and self.is_expected

    def typed(self, name):
        """A number as one types it: 0 is zero, a dash not answered, and nothing not typed yet."""
        number = getattr(self, name)
        if number is not None:
            return str(number)
        is_known_to_be_missing = self.state == self.State.CONFIRMED or name in self.not_given
        return UNKNOWN if is_known_to_be_missing else ""


def _sum(numbers):
    """The sum of those answered; None where none is."""
    answered = [number for number in numbers if number is not None]
    return sum(answered) if answered else None
