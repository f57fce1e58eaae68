"""The events, latest first, as somebody narrowed them."""

from itertools import groupby

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from ..forms.filters import EventFilter
from ..models import Event

A_PAGE = 50


def event_list(request, programme):
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    events = Event.objects.visible_to(request.user).filter(programme=programme)
    years = events.order_by("-year").values_list("year", flat=True).distinct()
    filters = EventFilter(request.GET, programme=programme, years=years)
    found = filters.narrow(events).with_attendances().order_by("-starts_on", "-pk")
    page = Paginator(found.select_related("municipality"), A_PAGE).get_page(request.GET.get("page"))
    months = [
        (month, list(rows)) for month, rows in groupby(page, key=lambda event: _month_of(event))
    ]
    context = {"programme": programme, "filters": filters, "page": page, "months": months}
    return render(request, "activities/event_list.html", context)


def _month_of(event):
    """The heading an event stands under: its month where that is known, else its year alone."""
    month = event.starts_on.month if event.precision in ("day", "month") else None
    return event.year, month
