"""What every page shows of its surroundings."""

from django.conf import settings


def surroundings(request):
    return {"demo": settings.DEMO}
