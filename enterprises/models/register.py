"""The register: enterprises, their industries, contacts and dated status."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from stdnum.exceptions import ValidationError as NumberError
from stdnum.se import orgnr

from programmes.models import Municipality, Organisation, Programme
from programmes.periods import Precision
from programmes.records import Named, Record, RecordQuerySet, UntilNext
from programmes.searching import with_words
from programmes.text import Line, Text


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


def latest_status(enterprise, day):
    """The statuses of the enterprise in that field begun by `day`, the latest first."""
    return EnterpriseStatus.objects.filter(
        enterprise=models.OuterRef(enterprise), starts_on__lte=day
    ).order_by("-starts_on", "-pk")


class EnterpriseQuerySet(RecordQuerySet):
    def with_status(self, day):
        """Each with `status_then` and when it began: the latest status begun by `day`, or None.

        The first possible day of a rough date counts.
        """
        latest = latest_status("pk", day)
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
        settled = census.returns.settled()
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
        _("counted on the basis of"), max_length=10, choices=Basis, default=Basis.UNKNOWN
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


class EnterpriseStatus(UntilNext, Record):
    """From a day on an enterprise is active, dormant or gone, until the next row; with its source."""

    PROGRAMME = "enterprise__programme"
    YEAR = "starts_on__year"
    OF = "enterprise"
    READS = ("enterprise__municipality__subregion",)

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

    @property
    def reading_years(self):
        return self.counting_years if self.status == self.Status.ACTIVE else set()


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
