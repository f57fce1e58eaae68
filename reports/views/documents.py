"""Reports: which there are and what is missing, one on the page, and its files."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from programmes.models import Judgement
from programmes.periods import Period

from ..asked import Years, view_of
from ..document import files
from ..document.content import write
from ..document.html import page
from ..figures import View, figures
from ..quality import findings
from ..wording import years_query


@dataclass(frozen=True)
class Available:
    """A report that can be made: of which years, and what is left to do before it can be adopted."""

    period: Period
    page: str
    downloads: list
    left: int = 0
    first: str = ""
    url: str = ""

    @property
    def others(self):
        return self.left - 1


def report_list(request, programme):
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    today = timezone.localdate()
    years = Years.of(programme, today).so_far
    spans = [Period.of_year(year) for year in reversed(years.years)]
    if not years.is_year:
        spans.insert(0, years)
    tasks = {}
    if request.user.membership_in(programme).sees_full_figures:
        tasks = _left(programme, years, today)
    context = {
        "programme": programme,
        "reports": [_available(programme, span, tasks.get(span, [])) for span in spans],
        "knows_what_is_left": request.user.membership_in(programme).sees_full_figures,
    }
    return render(request, "reports/reports.html", context)


def _available(programme, span, tasks):
    page, downloads = _addresses(programme, span)
    title, url = tasks[0] if tasks else ("", "")
    return Available(span, page, downloads, len(tasks), title, url)


def _addresses(programme, period):
    """The address of the report's page, and (name, address) of each of its files."""
    years = [period.first] if period.is_year else [period.first, period.last]
    page = reverse("reports:report", args=[programme.slug, *years])
    return page, [
        (label, reverse("reports:report_file", args=[programme.slug, *years, ending]))
        for ending, label in files.FORMATS.items()
    ]


def _left(programme, years, today):
    """For each year and the whole period what is left, as (words, address)."""
    figure_set = figures(programme, years, View.FULL, today=today)
    left = {}
    for finding in findings(programme, figure_set, today=today):
        if not finding.is_settled:
            for span in {finding.period, years}:
                left.setdefault(span, []).append((finding.title, finding.url))
    judged = set(
        Judgement.objects.filter(objective__programme=programme).values_list(
            "objective", "first_year", "last_year"
        )
    )
    judge = reverse("programmes:judgement_add", args=[programme.slug])
    objectives = list(programme.objectives.all())
    for span in {*map(Period.of_year, years.years), years}:
        for objective in objectives:
            if (objective.pk, span.first, span.last) not in judged:
                url = f"{judge}?objective={objective.pk}&year={span.last}"
                words = _("Judge objective %(n)s") % {"n": objective.position}
                left.setdefault(span, []).append((words, url))
    return left


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
