"""The events, latest first, as somebody narrowed them: on the screen and as a file."""

from itertools import groupby

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext as _

from accounts.saved_filters import saved_for
from programmes.exports import Listing, download
from programmes.records import closed_years

from .. import columns
from ..forms.filters import EventFilter
from ..models import Event

A_PAGE = 100
SHOWN = (
    *("title", "kind", "status", "starts_on", "ends_on", "precision", "year", "version"),
    *("place", "municipality__name"),
)


def event_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    found = found.with_attendances().select_related("municipality").only(*SHOWN)
    today = timezone.localdate()
    page = Paginator(found.filter(starts_on__lte=today), A_PAGE).get_page(request.GET.get("page"))
    ahead = Ahead(found.filter(starts_on__gt=today))
    context = {
        "programme": programme,
        "filters": filters,
        "saved": saved_for(request.user, programme, filters),
        "page": page,
        "ahead": ahead,
        "number": page.paginator.count + ahead.number,
        "closed": SimpleLazyObject(lambda: _closed_years(programme)),
        "months": [(month, list(rows)) for month, rows in groupby(page, key=_month_of)],
    }
    return render(request, "activities/event_list.html", context)


class Ahead:
    """The events whose day has not come, the next first: apart, so that a list begins where one is."""

    def __init__(self, found):
        self.found = found.order_by("starts_on", "pk")
        self.events = list(self.found[: A_PAGE + 1])

    @property
    def shown(self):
        return self.events[:A_PAGE]

    @cached_property
    def number(self):
        return self.found.count() if len(self.events) > A_PAGE else len(self.events)

    @property
    def others(self):
        return self.number - len(self.shown)

    @property
    def last(self):
        return self.events[-1] if self.number <= A_PAGE else self.found.last()


def event_file(request, programme, format):
    """What the list shows, every page of it, with all that is known of each event."""
    programme, filters, found = _narrowed(request, programme)
    heads, events = columns.of_events(found)
    full = request.user.membership_in(programme).sees_full_figures
    return download(
        Listing(programme, "handelser", _("Events"), heads, events, filters.in_words(), full),
        format,
    )


def _narrowed(request, programme):
    """The programme, the filters of the address, and the events that are found."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    events = Event.objects.visible_to(request.user).filter(programme=programme)
    years = events.order_by("-year").values_list("year", flat=True).distinct()
    filters = EventFilter(request.GET, programme=programme, years=years)
    return programme, filters, filters.narrow(events).order_by("-starts_on", "-pk")


def _closed_years(programme):
    """Asked for where a row asks for counts."""
    return set(closed_years().filter(programme=programme).values_list("year", flat=True))


def _month_of(event):
    """The heading an event stands under: its month where that is known, else its year alone."""
    month = event.starts_on.month if event.precision in ("day", "month") else None
    return event.year, month
