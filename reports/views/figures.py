"""Figures: all of a year or period as tables, and as a file."""

from defusedcsv import csv
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from programmes.exports import harmless

from ..asked import asked_for
from ..charts.words import coverage, external_changes
from ..figures import View
from ..place_months import place_months
from ..tables import sections
from ..wording import basis_in_words


def figure_list(request, programme):
    """The figures of a year, or of a period with its years side by side."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    today = timezone.localdate()
    asked = asked_for(programme, request.GET, request.user, today=today)
    period, figure_set = asked.period, asked.figures
    context = {
        "programme": programme,
        "asked": asked,
        "period": period,
        "figures": figure_set,
        "choices": list(asked.choices(reverse("reports:figures", args=[programme.slug]))),
        "sections": sections(asked),
        "changes": external_changes(programme, figure_set.period),
        "is_full": figure_set.view == View.FULL,
        "place_months": place_months(programme, figure_set, period, today=today),
    }
    return render(request, "reports/figures.html", context)


def figures_csv(request, programme):
    """The page's figures as a file that opens in a Swedish Excel."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    asked = asked_for(programme, request.GET, request.user, today=timezone.localdate())
    period, figure_set = asked.period, asked.figures
    name = f"{programme.slug}-{_('figures')}-{period.code}.csv"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            _("Figure"),
            _("Part"),
            _("Period"),
            _("Value"),
            _("Unit"),
            _("Basis"),
            _("Incomplete"),
            _("Known years"),
            _("Printed"),
            _("Difference"),
            _("Indicator"),
            _("Breakdown"),
            _("Answers"),
        ]
    )
    for figure in figure_set:
        if figure.period.first in period and figure.period.last in period:
            writer.writerow(_cells(figure_set, figure))
    return response


def _cells(figure_set, figure):
    return [
        figure.indicator.label,
        harmless(str(figure_set.words.part(figure.key))),
        str(figure.period),
        _decimal(figure.value),
        figure.indicator.unit_label,
        basis_in_words(figure),
        _("yes") if figure.incomplete else "",
        _("%(known)s of %(years)s") % {"known": figure.known, "years": figure.years}
        if not figure.period.is_year and not figure.is_protected
        else "",
        _decimal(figure.published),
        _decimal(figure.difference),
        figure.indicator.code,
        figure.breakdown,
        coverage(figure_set, figure),
    ]


def _decimal(value):
    """A number with decimal comma and nothing else; empty where there is none."""
    if value is None:
        return ""
    return f"{round(value, 6):.6f}".rstrip("0").rstrip(".").replace(".", ",")
