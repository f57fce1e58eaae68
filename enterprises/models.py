"""The register of work-integrating social enterprises (ASF) and its autumn census."""

import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from stdnum.exceptions import ValidationError as NumberError
from stdnum.se import orgnr

from programmes.figures import share
from programmes.formats import UNKNOWN
from programmes.models import Municipality, Organisation, Programme, YearField
from programmes.periods import Precision
from programmes.records import Named, Record, RecordQuerySet
from programmes.searching import with_words
from programmes.text import Line, Text

from .answered import Answered


def check_organisation_number(value):
    """Ten digits with a right checksum, and no person's: the third digit is 2 or more."""
    try:
        digits = orgnr.validate(value)
    except NumberError:
        raise ValidationError(
            _("The organisation number is not right: check each digit.")
        ) from None
    if digits[2] < "2":
        raise ValidationError(
            _("This is a personal number. The register holds organisations only.")
        )


REFERENCE_DAY = (10, 31)  # of a census, unless another is set


class Industry(Named, Record):
    """What an enterprise lives by, from the programme's own list."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="industries")
    name = Line(_("name"), max_length=100)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("industry")
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="industry_name_is_unique",
                violation_error_message=_("Another industry has this name."),
            )
        ]


class Answer(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("unknown")


def _latest_status(enterprise, day):
    """The statuses of the enterprise in that field begun by `day`, the latest first."""
    return EnterpriseStatus.objects.filter(
        enterprise=models.OuterRef(enterprise), starts_on__lte=day
    ).order_by("-starts_on", "-pk")


class EnterpriseQuerySet(RecordQuerySet):
    def with_status(self, day):
        """Each with `status_then` and when it began: the latest status begun by `day`, or None.

        The first possible day of a rough date counts.
        """
        latest = _latest_status("pk", day)
        return self.annotate(
            status_then=models.Subquery(latest.values("status")[:1]),
            status_since=models.Subquery(latest.values("starts_on")[:1]),
            status_precision=models.Subquery(latest.values("precision")[:1]),
        )

    def active_on(self, day):
        """Whose status on `day` is active."""
        return self.with_status(day).filter(status_then=EnterpriseStatus.Status.ACTIVE)

    def criteria_met(self):
        """Whose four criteria are all met."""
        return self.filter(**dict.fromkeys(self.model.CRITERIA, Answer.YES))

    def criteria_not_met(self):
        """Who does not meet one of the criteria or more."""
        return self._some_criterion(Answer.NO)

    def criteria_unknown(self):
        """Of whom one of the criteria or more is not known."""
        return self._some_criterion(Answer.UNKNOWN)

    def _some_criterion(self, answer):
        found = Q()
        for name in self.model.CRITERIA:
            found |= Q(**{name: answer})
        return self.filter(found)

    def unconfirmed_in(self, census):
        """Asked in a census, or to be asked, without a confirmed answer; none where there is no census."""
        if census is None:
            return self.none()
        asked = census.asked().values("pk")
        returns = census.returns.values("enterprise")
        settled = census.returns.filter(
            state__in=(CensusReturn.State.CONFIRMED, CensusReturn.State.NOT_APPLICABLE)
        )
        return self.filter(Q(pk__in=asked) | Q(pk__in=returns)).exclude(
            pk__in=settled.values("enterprise")
        )

    def matching(self, text):
        """With this in the name, in the note (where earlier names stand) or as organisation number."""
        found = with_words(("name", "note"), text)
        digits = re.sub(r"\D", "", text, flags=re.ASCII)
        if len(digits) >= 6:
            found |= Q(organisation_number__startswith=f"{digits[:6]}-{digits[6:10]}")
        return self.filter(found)


class Enterprise(Named, Record):
    """A work-integrating social enterprise in the programme's register."""

    class LegalForm(models.TextChoices):
        COOPERATIVE = "cooperative", _("economic association")
        NON_PROFIT = "non_profit", _("non-profit association")
        LIMITED = "limited", _("limited company")
        FOUNDATION = "foundation", _("foundation")
        OTHER = "other", _("other legal form")
        UNKNOWN = "unknown", _("unknown")

    class Basis(models.TextChoices):
        OWN = "own", _("own judgement")
        LISTED = "listed", _("on the branch's list")
        DECLARED = "declared", _("declared by itself")
        UNKNOWN = "unknown", _("unknown")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="enterprises")
    name = Line(_("name"), max_length=200)
    organisation_number = models.CharField(
        _("organisation number"), max_length=13, blank=True, validators=[check_organisation_number]
    )
    legal_form = models.CharField(
        _("legal form"), max_length=20, choices=LegalForm, default=LegalForm.UNKNOWN
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="enterprises", verbose_name=_("municipality")
    )
    industries = models.ManyToManyField(
        Industry, blank=True, related_name="enterprises", verbose_name=_("industries")
    )
    organisation = models.OneToOneField(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enterprise",
        verbose_name=_("acts as organisation"),
    )
    integrates = models.CharField(
        _("exists to bring people into work"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    participates = models.CharField(
        _("gives those who work there a say"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    reinvests = models.CharField(
        _("reinvests its profit"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    independent = models.CharField(
        _("is independent of public bodies"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    basis = models.CharField(
        _("counted on the basis of"), max_length=10, choices=Basis, default=Basis.OWN
    )
    offers_work_training = models.BooleanField(_("offers work training"), default=False)
    offers_work_trial = models.BooleanField(_("offers work trial"), default=False)
    offers_rehabilitation = models.BooleanField(_("offers rehabilitation"), default=False)
    offers_employment = models.BooleanField(_("offers employment"), default=False)
    note = Text(_("note"), blank=True)

    objects = EnterpriseQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[industries])

    class Meta:
        verbose_name = _("enterprise")
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "municipality", "name"],
                name="enterprise_name_is_unique",
                violation_error_message=_("The register already holds this enterprise."),
            ),
            models.UniqueConstraint(
                fields=["programme", "organisation_number"],
                condition=~Q(organisation_number=""),
                name="enterprise_number_is_unique",
                violation_error_message=_("Another enterprise has this organisation number."),
            ),
        ]

    CRITERIA = ("integrates", "participates", "reinvests", "independent")
    OFFERS = {
        "offers_work_training": _("work training"),
        "offers_work_trial": _("work trial"),
        "offers_rehabilitation": _("rehabilitation"),
        "offers_employment": _("employment"),
    }

    def get_absolute_url(self):
        return reverse("enterprises:detail", args=[self.programme.slug, self.pk])

    def clean(self):
        if self.organisation_number:
            self.organisation_number = orgnr.format(self.organisation_number)

    def criteria(self):
        """The four criteria of an ASF, each with its answer in words."""
        for name in self.CRITERIA:
            yield (
                self._meta.get_field(name).verbose_name,
                self._get_display(name),
                getattr(self, name),
            )

    def offers(self):
        """What it offers, in words."""
        return [label for name, label in self.OFFERS.items() if getattr(self, name)]

    def _get_display(self, name):
        return getattr(self, f"get_{name}_display")()


class EnterpriseStatus(Record):
    """From a day on an enterprise is active, dormant or gone, until the next row; with its source."""

    PROGRAMME = "enterprise__programme"
    YEAR = "starts_on__year"

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        DORMANT = "dormant", _("dormant")
        CLOSED = "closed", _("closed down")
        BANKRUPT = "bankrupt", _("bankrupt")
        MERGED = "merged", _("merged")

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="statuses")
    status = models.CharField(_("status"), max_length=10, choices=Status)
    starts_on = models.DateField(_("from"))
    precision = models.CharField(
        _("precision"), max_length=10, choices=Precision, default=Precision.DAY
    )
    merged_into = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("merged into"),
    )
    source = Line(_("source"), max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("status of an enterprise")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "starts_on"],
                name="enterprise_status_is_one_a_day",
                violation_error_message=_("The enterprise already has a status from this day."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(status="merged"),
                name="only_merged_enterprises_merge_into_others",
                violation_error_message=_("Only a merged enterprise goes into another."),
            ),
        ]

    def __str__(self):
        return f"{self.starts_on}: {self.get_status_display()}"


class ToldApart(Record):
    """Two enterprises whose names look alike and that are two all the same: never taken for one again.

    The one with the lower key is `one`, so that a pair is there once.
    """

    PROGRAMME = "one__programme"

    one = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    other = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("two enterprises that are told apart")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other"],
                name="told_apart_is_one_a_pair",
                violation_error_message=_("These two are told apart already."),
            ),
            models.CheckConstraint(
                condition=Q(one__lt=models.F("other")),
                name="told_apart_are_two",
                violation_error_message=_("An enterprise is not told apart from itself."),
            ),
        ]

    def __str__(self):
        return f"{self.one}, {self.other}"


class Contact(Record):
    """A person to write to at an enterprise. Closed: read by those who see everything."""

    PROGRAMME = "enterprise__programme"
    CLOSED = True

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="contacts")
    name = Line(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    telephone = Line(_("telephone"), max_length=50, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contact")
        ordering = ["name"]

    def __str__(self):
        return self.name


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
        asked, uncounted, states = self.asked().count(), 0, {}
        rows = self.returns.with_expected().order_by().values_list("state", "is_expected")
        for state, is_expected, number in rows.annotate(models.Count("pk")):
            if is_expected:
                states[state] = number
            elif state == CensusReturn.State.CONFIRMED:
                uncounted = number
        begun = (
            CensusReturn.State.CONFIRMED,
            CensusReturn.State.DRAFT,
            CensusReturn.State.NOT_APPLICABLE,
        )
        confirmed, drafts, not_applicable = (states.get(state, 0) for state in begun)
        return Coverage(
            asked=asked,
            confirmed=confirmed,
            drafts=drafts,
            not_applicable=not_applicable,
            waiting=asked - confirmed - drafts - not_applicable,
            uncounted=uncounted,
        )


@dataclass(frozen=True)
class Coverage:
    """What a census rests on, in enterprises: `confirmed` of `asked` have answered, `waiting` not at all.

    `uncounted` are confirmed answers of enterprises that were not asked: not active on its day.
    """

    asked: int
    confirmed: int
    drafts: int
    not_applicable: int
    waiting: int
    uncounted: int

    @property
    def answered(self):
        return Answered(self.confirmed, self.asked)

    @property
    def meter(self):
        """How far the bar is filled, of 100, as a drawing wants it written."""
        return f"{100 * min(share(self.confirmed, self.asked) or 0, 1):.1f}"


class CensusNumbers(models.Model):
    """What a census asks, as of its reference date: persons employed, and persons placed by referrer.

    A number that was not answered is None, which is not 0.
    """

    EMPLOYED = ("employed_women", "employed_men", "employed_unspecified")
    PLACED = ("placed_employment_service", "placed_municipality", "placed_other")

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

    def large_changes(self, before):
        """What changed so much since `before`, last year's confirmed return or None, that one asks why."""
        found = []
        for names in (self.EMPLOYED, self.PLACED):
            earlier = _sum(getattr(before, name, None) for name in names)
            now = _sum(getattr(self, name) for name in names)
            if earlier is None or now is None:
                continue
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
        status = _latest_status("enterprise", models.OuterRef("census__reference_date"))
        active = Q(status_then=EnterpriseStatus.Status.ACTIVE)
        return self.annotate(status_then=models.Subquery(status.values("status")[:1])).annotate(
            is_expected=models.Case(models.When(active, then=True), default=False)
        )

    def counted(self):
        """The answers that count in every figure: confirmed, and expected."""
        return self.confirmed().with_expected().filter(is_expected=True)

    def uncounted(self):
        """Confirmed answers that count nowhere: of enterprises that were not active on the day."""
        return self.confirmed().with_expected().filter(is_expected=False)

    def confirmed(self):
        """Whose enterprise has answered, whether it was expected to or not."""
        return self.filter(state=CensusReturn.State.CONFIRMED)

    def waiting(self):
        """Not answered, or begun and not confirmed."""
        return self.filter(state__in=(CensusReturn.State.NOT_ANSWERED, CensusReturn.State.DRAFT))


class CensusReturn(CensusNumbers, Record):
    """One enterprise's answer to one census; an empty field is not answered, not 0.

    It counts once confirmed, if the enterprise was active on the reference date.
    """

    PROGRAMME = "census__programme"
    YEAR = "census__year"
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


class AnswerLinkQuerySet(RecordQuerySet):
    def working(self, now):
        """Neither expired nor revoked, and the census takes answers."""
        return self.filter(
            expires_at__gt=now, revoked_at=None, answer__census__closed_on__isnull=True
        )


class AnswerLink(Record):
    """Svarslänk: the personal address where a contact answers a census for one enterprise, without account.

    The token follows from `seed` and the secret of the installation, so that a reminder carries the
    same address and the database alone opens nothing; only the token's hash is looked up.
    """

    PROGRAMME = "answer__census__programme"
    CLOSED = True
    DAYS = 60

    answer = models.ForeignKey(CensusReturn, models.CASCADE, related_name="links")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="links")
    seed = models.CharField(max_length=64, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True, editable=False)

    objects = AnswerLinkQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["seed", "token_hash"])

    class Meta:
        verbose_name = _("personal link")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "contact"],
                condition=Q(revoked_at=None),
                name="answer_link_is_one_a_contact",
                violation_error_message=_("The contact already has a link to this answer."),
            )
        ]

    def __str__(self):
        return f"{self.contact}, {self.answer}"


class Letter(Record):
    """Utskick: one mail with a personal link, asking for the answer or reminding of it."""

    PROGRAMME = "link__answer__census__programme"
    CLOSED = True

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        REMINDER = "reminder", _("reminder")

    link = models.ForeignKey(AnswerLink, models.CASCADE, related_name="letters")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    sent_at = models.DateTimeField(_("sent"))
    refused = Line(_("refused because"), max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("letter")
        ordering = ["sent_at", "pk"]

    def __str__(self):
        return f"{self.link}: {self.get_kind_display()}"


class SentAnswerQuerySet(RecordQuerySet):
    def waiting(self):
        """To be looked at: neither accepted nor sent back."""
        return self.filter(accepted_at=None, declined_at=None)


class SentAnswer(CensusNumbers, Record):
    """What an enterprise sent by its link. It counts nowhere until the process leader accepts it.

    Each sending replaces the one before, until one is accepted; one that was sent back is to be
    mended and sent again.
    """

    PROGRAMME = "answer__census__programme"
    CLOSED = True

    answer = models.OneToOneField(CensusReturn, models.CASCADE, related_name="sent")
    link = models.ForeignKey(
        AnswerLink, models.SET_NULL, null=True, related_name="+", editable=False
    )
    not_applicable = models.BooleanField(_("not active any more"), default=False)
    comment = Text(_("comment"), blank=True)
    explanation = Line(_("reason for a large change"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("sent back"), null=True, blank=True, editable=False)
    declined_because = Text(_("what is to be mended"), blank=True, max_length=1000)

    objects = SentAnswerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sent answer")
        ordering = ["sent_at"]

    def __str__(self):
        return str(self.answer)


def _sum(numbers):
    """The sum of those answered; None where none is."""
    answered = [number for number in numbers if number is not None]
    return sum(answered) if answered else None
