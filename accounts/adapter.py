"""How sign-in differs from allauth's: accounts by invitation alone, demo users only in the demo."""

import logging
from ipaddress import ip_address
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied

log = logging.getLogger(__name__)


class InvitedOnly(DefaultAccountAdapter):
    """Nobody makes an account without an invitation."""

    def is_open_for_signup(self, request):
        return False

    def pre_login(self, request, user, **kwargs):
        """The backend alone is not asked: allauth signs in whom it refuses, if they are active."""
        if user.is_demo and not settings.DEMO:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def get_client_ip(self, request):
        """Of an IPv4 address written as IPv6, the IPv4: else all of them would be counted as one."""
        try:
            address = ip_address(super().get_client_ip(request))
        except (ImproperlyConfigured, ValueError):
            # It did not come through the proxies that stand in front.
            raise PermissionDenied from None
        return str(getattr(address, "ipv4_mapped", None) or address)

    def send_mail(self, template_prefix, email, context):
        """A mail server that is gone is no error of the page, which says what to do without mail."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            log.exception("a mail about an account could not be sent")


class DemoAwareBackend(AuthenticationBackend):
    """By e-mail; users of the demo are unknown, and their sessions end, once it is off."""

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)
