"""Reports: which there are and what is missing, one on the page, and its files."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from programmes.periods import Period

from ..asked import Years, all_years, view_of
from ..document import files
from ..document.content import write
from ..document.html import page
from ..figures import View
from ..quality import Task, left_by_period, nothing_recorded
from ..wording import years_query


@dataclass(frozen=True)
class Available:
    """A report that can be made, the `first` thing left before it can be adopted, and how many `others`.

    Of one that is adopted (`is_adopted`) they are left to look at all the same.
    """

    period: Period
    page: str
    downloads: list
    first: Task
    others: int
    is_empty: bool = False
    is_adopted: bool = False


def report_list(request, programme):
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    today = timezone.localdate()
    years = Years.of(programme, today).so_far
    spans = [Period.of_year(year) for year in reversed(years.years)]
    if not years.is_year:
        spans.insert(0, years)
    sees_what_is_left = view_of(request.user, programme) == View.FULL
    tasks, empty = {}, set()
    if sees_what_is_left:
        figure_set = all_years(request.user, programme)
        tasks = left_by_period(figure_set, today=today)
        empty = {span for span in spans if nothing_recorded(figure_set, span)}
    closed = set(programme.closed_years.in_force().values_list("year", flat=True))
    context = {
        "programme": programme,
        "reports": [
            _available(
                programme,
                span,
                tasks.get(span, []),
                is_empty=span in empty,
                is_adopted=span.is_year and span.first in closed,
            )
            for span in spans
        ],
        "knows_what_is_left": sees_what_is_left,
    }
    return render(request, "reports/reports.html", context)


def _available(programme, span, tasks, *, is_empty, is_adopted):
    page, downloads = _addresses(programme, span)
    first = tasks[0] if tasks else None
    return Available(span, page, downloads, first, len(tasks) - 1, is_empty, is_adopted)


def _addresses(programme, period):
    """The address of the report's page, and (name, address) of each of its files."""
    years = [period.first] if period.is_year else [period.first, period.last]
    page = reverse("reports:report", args=[programme.slug, *years])
    return page, [
        (label, reverse("reports:report_file", args=[programme.slug, *years, ending]))
        for ending, label in files.FORMATS.items()
    ]


def report(request, programme, first, last=None):
    """The report inside the site; each figure leads to its card."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    period, view = _period(programme, first, last), _view(request, programme)
    document = write(programme, period, view, today=timezone.localdate())
    here, downloads = _addresses(programme, period)
    context = {
        "programme": programme,
        "period": period,
        "here": here,
        "downloads": downloads,
        "is_full": view == View.FULL,
        "may_choose": view_of(request.user, programme) == View.FULL,
        **page(document, card=_cards(programme, period)),
    }
    return render(request, "reports/report.html", context)


def report_file(request, programme, first, format, last=None):
    """The report as a file, in the member's own view, or protected for those who ask for it."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    if format not in files.FORMATS:
        raise Http404
    period, view = _period(programme, first, last), _view(request, programme)
    document = write(programme, period, view, today=timezone.localdate())
    return HttpResponse(
        files.rendered(document, format),
        content_type=files.CONTENT_TYPES[format],
        headers={
            "Content-Disposition": content_disposition_header(
                True, files.name(programme, period, view, format)
            )
        },
    )


def _period(programme, first, last):
    """The years of the address; 404 where they are none or not the programme's."""
    today = timezone.localdate()
    reach = Years.of(programme, today).so_far
    last = first if last is None else last
    if first > last or first not in reach or last not in reach:
        raise Http404
    return Period(first, last)


def _view(request, programme):
    """The member's own view; those who see everything may ask for the protected one."""
    if request.GET.get("view") == View.PROTECTED:
        return View.PROTECTED
    return view_of(request.user, programme)


def _cards(programme, period):
    """The address of a figure's card, by its code."""

    def card(code):
        address = reverse("reports:figure", args=[programme.slug, code])
        return f"{address}?{urlencode(years_query(period))}"

    return card
