"""What is due of the grants: money to pay, reports to ask for, places that stay free as the year ends."""

from datetime import date

from django.db.models import Count, Sum

from .figures import together, uses
from .models import Grant

# Month and day from which free places are told: then they are hard to fill.
LATE_IN_THE_YEAR = (10, 1)


def with_late_instalments(programme, period, today):
    """Grants with instalments whose day has passed unpaid: `late` of them, `kronor` together."""
    late = _grants(programme, period).filter(
        instalments__due_on__lt=today, instalments__paid_on=None
    )
    return late.annotate(late=Count("instalments"), kronor=Sum("instalments__amount"))


def with_late_reports(programme, period, today):
    """Grants whose report was to come before `today` and has not."""
    return _grants(programme, period).filter(report_due_on__lt=today, reported_on=None)


def free_places(programme, period, today):
    """Free places of this year's grants, from October on; 0 before, and where it is not this year."""
    if today.year not in period or today < date(today.year, *LATE_IN_THE_YEAR):
        return 0
    grants = _grants(programme, period).filter(year=today.year)
    return together(uses(grants, today).values()).free


def _grants(programme, period):
    grants = Grant.objects.filter(programme=programme, year__range=(period.first, period.last))
    return grants.select_related("programme", "municipality").order_by(
        "year", "municipality__sort_name", "pk"
    )
