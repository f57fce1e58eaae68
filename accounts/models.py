"""Who signs in, and what each may see and change: written here, once."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from programmes.changes import changes_of
from programmes.models import Organisation, Programme
from programmes.records import Record, RecordQuerySet
from programmes.text import Line


class UserManager(BaseUserManager):
    """People are known by their e-mail, in lower case."""

    def create_user(self, email, password=None, **fields):
        """A user whose address counts as proven: by the invitation, or by who runs the command."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class User(AbstractUser):
    """Someone who signs in by e-mail. What they see and change follows from memberships."""

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail"), unique=True)
    name = Line(_("name"), max_length=200, blank=True)
    is_demo = models.BooleanField(default=False, help_text=_("Signs in only while the demo is on."))

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        ordering = ["email"]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    @property
    def device_key(self):
        """What they are called in what a browser keeps on a device; says nothing about who they are."""
        return salted_hmac("accounts.device_key", str(self.pk)).hexdigest()[:20]

    def visible_programmes(self):
        """Programmes whose common records they read."""
        return self._programmes(Membership.Role.values)

    def full_programmes(self):
        """Programmes whose closed records and full figures they read."""
        return self._programmes(Membership.FULL)

    def editable_programmes(self):
        """Programmes they write in."""
        return self._programmes(Membership.WRITERS)

    def audited_programmes(self):
        """Programmes whose log of erasure they read."""
        return self._programmes(Membership.AUDITORS)

    def managed_programmes(self):
        """Programmes whose members, settings and closed years they manage."""
        return self._programmes([Membership.Role.ADMINISTRATOR])

    def membership_in(self, programme):
        """Their membership in `programme`, or None; read once a request."""
        return self.memberships_by_programme.get(programme.pk)

    @cached_property
    def memberships_by_programme(self):
        rows = self.memberships.select_related("programme").order_by("programme__name")
        return {row.programme_id: row for row in rows}

    def _programmes(self, roles):
        return Programme.objects.filter(memberships__user=self, memberships__role__in=roles)


def partner_constraint(name):
    """The rule that a partner comes from an organisation."""
    return models.CheckConstraint(
        condition=~Q(role="partner") | Q(organisation__isnull=False),
        name=name,
        violation_error_message=_("A partner comes from an organisation: choose which."),
    )


class Membership(Record):
    """A user's one role in a programme; a partner's with the organisation they come from."""

    MANAGED = True
    CLOSED = True

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("administrator")
        PROCESS_LEADER = "process_leader", _("process leader")
        PARTNER = "partner", _("partner")
        BOARD = "board", _("board")
        AUDITOR = "auditor", _("auditor")

    WRITERS = (Role.ADMINISTRATOR, Role.PROCESS_LEADER)
    FULL = (Role.ADMINISTRATOR, Role.PROCESS_LEADER, Role.AUDITOR)
    AUDITORS = (Role.ADMINISTRATOR, Role.AUDITOR)

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("organisation"),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("membership")
        ordering = ["user__email"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "programme"],
                name="membership_is_unique",
                violation_error_message=_("The user is a member already."),
            ),
            partner_constraint("partner_has_an_organisation"),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}"

    @property
    def sees_full_figures(self):
        return self.role in self.FULL

    @property
    def audits(self):
        return self.role in self.AUDITORS

    @property
    def writes(self):
        return self.role in self.WRITERS

    @property
    def manages(self):
        return self.role == self.Role.ADMINISTRATOR

    def changes_of(self, record):
        """The latest changes of a record and the rows within it: for those who may write it alone."""
        return changes_of(record) if self.writes else []

    @property
    def is_last_administrator(self):
        """True for the one stored administrator of the programme, who cannot be lost."""
        others = Membership.objects.filter(
            programme=self.programme_id, role=self.Role.ADMINISTRATOR
        ).exclude(pk=self.pk)
        stored = Membership.objects.filter(pk=self.pk, role=self.Role.ADMINISTRATOR)
        return stored.exists() and not others.exists()


class SavedFilter(Record):
    """A list as somebody narrowed it, kept under a name: theirs alone. `page` is the list's URL name."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=60, editable=False)
    name = Line(_("name"), max_length=60)
    query = models.CharField(max_length=1000, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("saved filter")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "programme", "page", "name"],
                name="saved_filter_name_is_unique",
                violation_error_message=_("You already have a filter with this name."),
            )
        ]

    def __str__(self):
        return self.name


class InvitationQuerySet(RecordQuerySet):
    def open(self):
        return self.filter(accepted_at=None, expires_at__gt=timezone.now())

    def for_token(self, token):
        return self.open().filter(token_hash=Invitation.hash(token))


class Invitation(Record):
    """An offer of a membership, sent to an e-mail address as a link that works once and runs out.

    Only the hash of the token is kept.
    """

    MANAGED = True
    CLOSED = True
    DAYS = 14

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Membership.Role)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = InvitationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["token_hash"])

    class Meta:
        verbose_name = _("invitation")
        ordering = ["-expires_at"]
        constraints = [partner_constraint("invited_partner_has_an_organisation")]

    def __str__(self):
        return f"{self.email}, {self.get_role_display()}"

    @staticmethod
    def hash(token):
        return hashlib.sha256(token.encode()).hexdigest()

    def issue_token(self):
        """Give the invitation a new token, good for `DAYS` days; return it, it is kept nowhere."""
        token = secrets.token_urlsafe(32)
        self.token_hash = self.hash(token)
        self.expires_at = timezone.now() + timedelta(days=self.DAYS)
        return token
