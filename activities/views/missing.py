"""What the records still lack, each with what mends it in place."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from programmes.records import closed_years

from ..missing import Missing

SHOWN = 50  # of each kind, before the rest are summed up


def missing(request, programme):
    """Read by those who see everything; mended by those who write."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    lacks = Missing(programme, timezone.localdate())
    context = {
        "programme": programme,
        "lacks": lacks,
        "unlogged": lacks.unlogged.with_attendances().select_related("municipality")[:SHOWN],
        "uncounted": lacks.uncounted.with_attendances().select_related("municipality")[:SHOWN],
        "overdue": lacks.overdue[:SHOWN],
        "drafts": lacks.drafts.select_related("written_by")[:SHOWN],
        "closed": set(closed_years().filter(programme=programme).values_list("year", flat=True)),
        "shown": SHOWN,
    }
    return render(request, "activities/missing.html", context)
