"""What every page shows of its surroundings."""

from django.conf import settings

THEMES = ("light", "dark")


def surroundings(request):
    """Whether this is the demo, and the theme the reader chose ("" follows the device)."""
    theme = request.COOKIES.get("theme", "")
    return {"demo": settings.DEMO, "theme": theme if theme in THEMES else ""}
