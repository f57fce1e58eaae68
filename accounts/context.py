"""What every page shows of its surroundings."""

from django.conf import settings

from .models import User

THEMES = ("light", "dark")


def surroundings(request):
    """Whether this is the demo, and the theme the reader chose ("" follows the device)."""
    theme = request.COOKIES.get("theme", "")
    return {
        "demo": settings.DEMO,
        "demo_users": _demo_users,
        "theme": theme if theme in THEMES else "",
    }


def _demo_users():
    """Who can sign in in the demo; asked for by the sign-in page alone."""
    return User.objects.filter(is_demo=True).values_list("email", flat=True)
