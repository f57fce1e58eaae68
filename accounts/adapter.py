"""How sign-in differs from allauth's: accounts by invitation alone, demo users only in the demo."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings


class InvitedOnly(DefaultAccountAdapter):
    """Nobody makes an account without an invitation."""

    def is_open_for_signup(self, request):
        return False


class DemoAwareBackend(AuthenticationBackend):
    """By e-mail; users of the demo are unknown, and their sessions end, once it is off."""

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)
