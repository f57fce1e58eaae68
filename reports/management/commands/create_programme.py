"""`manage.py create_programme`: an empty programme and the one who is to manage it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Invitation, Membership, User
from programmes.models import Programme

ADMINISTRATOR = Membership.Role.ADMINISTRATOR


class Command(BaseCommand):
    help = "Make an empty programme with an administrator; somebody new gets a link to accept."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="short name in addresses: a-z, 0-9 and hyphens")
        parser.add_argument("--name", required=True)
        parser.add_argument("--administrator", required=True, metavar="EMAIL")
        parser.add_argument("--association", help="the name, unless given")
        parser.add_argument(
            "--starts-on",
            type=date.fromisoformat,
            metavar="DATE",
            help="1 January this year, unless given",
        )

    def handle(self, *args, slug, name, administrator, association, starts_on, **options):
        email = administrator.strip().lower()
        programme = Programme(
            slug=slug,
            name=name,
            association=association or name,
            starts_on=starts_on or timezone.localdate().replace(month=1, day=1),
        )
        with translation.override("en"), transaction.atomic():
            _check(validate_email, email, about="administrator")
            _check(programme.full_clean)
            programme.save()
            link = appoint(email, programme)
        self.stdout.write(f"{programme} is made: /p/{slug}/")
        if link:
            self.stdout.write(f"{email} accepts within {Invitation.DAYS} days at {link}")
        else:
            self.stdout.write(f"{email} is its administrator.")


def appoint(email, programme):
    """Make a known user the administrator; invite somebody new and return the link to accept at."""
    user = User.objects.filter(email=email).first()
    if user:
        Membership.objects.create(user=user, programme=programme, role=ADMINISTRATOR)
        return None
    invitation = Invitation(programme=programme, email=email, role=ADMINISTRATOR)
    token = invitation.issue_token()
    invitation.save()
    return reverse("accounts:accept", args=[token])


def _check(check, *values, about=None):
    """Run a validation; what it refuses is told as one line a field."""
    try:
        check(*values)
    except ValidationError as error:
        fields = error.message_dict if hasattr(error, "error_dict") else {about: error.messages}
        lines = [f"{name}: {' '.join(messages)}" for name, messages in fields.items()]
        raise CommandError("\n".join(lines)) from None
