"""Inviting somebody and becoming a member: what concerns several records, or leaves the house."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth import login
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .models import Membership, User

log = logging.getLogger(__name__)


def invitation_mail(invitation, token, *, request):
    """The message with the link; Swedish whatever language the sender reads."""
    link = request.build_absolute_uri(reverse("accounts:accept", args=[token]))
    with translation.override("sv"):
        context = {"invitation": invitation, "programme": invitation.programme, "link": link}
        # A line break in a name must not become a header.
        subject = _("Invitation to %(programme)s") % {"programme": invitation.programme}
        return EmailMessage(
            subject=" ".join(subject.split()),
            body=render_to_string("accounts/invitation_mail.txt", context),
            to=[invitation.email],
        )


def send(mail):
    """True if the mail went out; a mail server that is gone is no error of the page."""
    try:
        mail.send()
    except (OSError, SMTPException):
        log.exception("an invitation could not be sent")
        return False
    return True


@transaction.atomic
def make_account(invitation, *, name, password, request):
    """A user with the invitation's address, which the link has proven, signed in."""
    user = User.objects.create_user(invitation.email, password, name=name)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    become_member(invitation, by=user)
    return user


@transaction.atomic
def become_member(invitation, *, by):
    """The invitation is used up; whoever is a member already keeps the role they have."""
    invitation.accepted_at = timezone.now()
    invitation.save()
    if not by.memberships.filter(programme=invitation.programme_id).exists():
        Membership.objects.create(
            user=by,
            programme_id=invitation.programme_id,
            role=invitation.role,
            organisation_id=invitation.organisation_id,
        )
