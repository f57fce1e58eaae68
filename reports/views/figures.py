"""Figures: all of a year or period as tables, one of them on its card, and as a file."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from defusedcsv import csv
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.figures import Kind
from programmes.models import Completeness

from .. import quality
from ..asked import asked_for, view_of
from ..breakdowns import part_of
from ..charts.words import external_changes
from ..charts.years import column_chart
from ..evidence.behind import evidence
from ..evidence.sentence import sentence
from ..figures import View, plain
from ..indicators import INDICATORS
from ..wording import basis_in_words, written, years_query

A_PAGE = 100
SECTIONS = (
    (
        "done",
        gettext_lazy("What have we done?"),
        gettext_lazy("Events, publications, milestones and groups."),
        (
            "events.held",
            "events.without_attendance",
            "publications.items",
            "milestones",
            "groups.active",
        ),
    ),
    (
        "reached",
        gettext_lazy("Whom do we reach?"),
        gettext_lazy("Somebody who came twice counts twice."),
        ("reach.attendances",),
    ),
    (
        "enterprises",
        gettext_lazy("How are the enterprises?"),
        gettext_lazy("As they answered the autumn census. A state on a day, never added up."),
        ("enterprises.count", "employees", "placed", "census.returns", "census.expected"),
    ),
    (
        "places",
        gettext_lazy("How were the places used?"),
        gettext_lazy("Supervised places, the placements under them, and what came of them."),
        (
            "grants.granted",
            "grants.used",
            "grants.utilisation",
            "placements.started",
            "placements.persons",
            "outcomes",
        ),
    ),
    (
        "staffing",
        gettext_lazy("Who worked with it?"),
        gettext_lazy("The process leader's share of full time."),
        ("staffing.percent",),
    ),
)


def _asked(programme, request, **how):
    return asked_for(programme, request.GET, request.user, today=timezone.localdate(), **how)


def figure_list(request, programme):
    """The figures of a year, or of a period with its years side by side."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    asked = _asked(programme, request)
    period, figure_set = asked.period, asked.figures
    context = {
        "programme": programme,
        "asked": asked,
        "period": period,
        "figures": figure_set,
        "choices": list(asked.choices(reverse("reports:figures", args=[programme.slug]))),
        "sections": [Section(*words, *_tables(asked, codes)) for *words, codes in SECTIONS],
        "changes": external_changes(programme, figure_set.period),
        "is_full": figure_set.view == View.FULL,
    }
    return render(request, "reports/figures.html", context)


@dataclass(frozen=True)
class Section:
    """A question and its figures; `splits` are (indicator's label, its tables by dimension)."""

    name: str
    heading: str
    text: str
    lines: list
    splits: list


@dataclass(frozen=True)
class Line:
    """A row of a table: one year's figure, or a period's after those of its years.

    A stock has no figure of a period: how it moved, from the `first` year known to the `last`.
    """

    label: str
    unit: str
    figure: object
    years: tuple = ()
    change: float = None
    first: object = None
    last: object = None


def _tables(asked, codes):
    """The lines of the indicators, and for each with parts that tell something its own tables."""
    indicators = [INDICATORS[code] for code in codes]
    lines = [_line(asked, indicator, (), str(indicator.label)) for indicator in indicators]
    splits = []
    for indicator in indicators:
        tables = [
            (capfirst(str(dimension.label)), parts)
            for dimension in indicator.dimensions
            if (parts := _lines_of_parts(asked, indicator, dimension))
        ]
        if tables:
            splits.append((indicator.label, tables))
    return lines, splits


def _line(asked, indicator, key, label):
    figure_set, period = asked.figures, asked.period
    part, unit = dict(key), str(indicator.unit_label)
    figure = figure_set.get(indicator.code, period, **part)
    if period.is_year:
        return Line(label, unit, figure, change=change(figure_set, figure))
    series = [figure_set.get(indicator.code, year, **part) for year in period.years]
    if indicator.kind != Kind.STOCK:
        return Line(label, unit, figure, tuple(series))
    known = [of_year for of_year in series if of_year.value is not None]
    if len(known) < 2:
        return Line(label, unit, None, tuple(series))
    moved = plain(Decimal(str(known[-1].value)) - Decimal(str(known[0].value)))
    return Line(label, unit, None, tuple(series), moved, known[0], known[-1])


def change(figure_set, figure):
    """What a year's figure is more, or less, than the year before's; None where either is unknown."""
    if not figure.period.is_year or figure.value is None:
        return None
    before = figure_set.get(figure.indicator.code, figure.period.first - 1, **dict(figure.key))
    if before.value is None:
        return None
    return plain(Decimal(str(figure.value)) - Decimal(str(before.value)))


def _lines_of_parts(asked, indicator, dimension):
    """A line for each value with a number, a hidden or a printed one; none where nothing is known."""
    lines, is_known = [], False
    for value in asked.figures.values(indicator.code, dimension.name):
        label = capfirst(asked.figures.words.value(dimension.name, value))
        line = _line(asked, indicator, ((dimension.name, value),), label)
        cells = [*line.years, *([line.figure] if line.figure else [])]
        knows = any(figure.value or figure.printed for figure in cells)
        if knows or any(figure.is_protected for figure in cells):
            lines.append(line)
        is_known = is_known or knows
    return lines if is_known else []


def figures_csv(request, programme):
    """The page's figures as a file that opens in a Swedish Excel."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    asked = _asked(programme, request)
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
        ]
    )
    for figure in figure_set:
        if figure.period.first in period and figure.period.last in period:
            writer.writerow(_cells(figure_set, figure))
    return response


def _cells(figure_set, figure):
    return [
        figure.indicator.label,
        figure_set.words.part(figure.key),
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
    ]


def _decimal(value):
    """A number with decimal comma and nothing else; empty where there is none."""
    if value is None:
        return ""
    return f"{round(value, 6):.6f}".rstrip("0").rstrip(".").replace(".", ",")


def figure(request, programme, code):
    """The card of one figure: why it is what it is."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    indicator = INDICATORS.get(code)
    if indicator is None:
        raise Http404
    key = _key(programme, indicator, request)
    asked = _asked(programme, request, year_only=indicator.kind == Kind.STOCK)
    period, figure_set = asked.period, asked.figures
    found = figure_set.get(code, period, **dict(key))
    records = evidence(figure_set, found)
    page = Paginator(records.rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme,
        "figure": found,
        "total": figure_set.get(code, period),
        "title": _title(found),
        "part": figure_set.words.part(key),
        "years": urlencode(years_query(period)),
        "sentence": sentence(found, records),
        "change": change(figure_set, found),
        "year_before": period.first - 1,
        "records": records,
        "record_heading": RECORD_HEADINGS.get(records.noun, _("Record")),
        "where_heading": WHERE_HEADINGS.get(records.noun, _("Place")),
        "page": page,
        "groups": records.groups(page.object_list),
        "left_out": records.left_out[:A_PAGE],
        "left_out_more": max(len(records.left_out) - A_PAGE, 0),
        "definition": indicator.definition(period.last),
        "breaks": _breaks(indicator, figure_set.period),
        "completeness": _completeness(programme, indicator, period),
        "over_years": _over_years(programme, asked, found),
        "splits": _parts(figure_set, found),
        "printed": _printed(found),
        "printed_query": urlencode(_printed_query(found)),
        "by_answers": indicator.by_answers,
        "is_closed_year": asked.state == "closed",
    }
    return render(request, "reports/figure.html", context)


RECORD_HEADINGS = {
    "years": gettext_lazy("Year"),
    "printed": gettext_lazy("What"),
    "figures": gettext_lazy("Figure"),
    "spells": gettext_lazy("Part of full time"),
    "enterprises": gettext_lazy("Enterprise"),
    "answers": gettext_lazy("Enterprise"),
    "persons": gettext_lazy("Participant"),
    "placements": gettext_lazy("Participant"),
    "grants": gettext_lazy("Municipality"),
}
WHERE_HEADINGS = {
    "years": gettext_lazy("Basis"),
    "printed": gettext_lazy("Source"),
    "figures": gettext_lazy("Basis"),
    "spells": gettext_lazy("Note"),
    "publications": gettext_lazy("Kind"),
    "grants": gettext_lazy("Decision"),
}


def _printed_query(figure):
    """What a new printed figure starts with when it is added from the card."""
    query = {"indicator": figure.indicator.code, "first_year": figure.period.first}
    if not figure.period.is_year:
        query["last_year"] = figure.period.last
    if figure.key:
        query["breakdown"] = figure.breakdown
    return query


def _over_years(programme, asked, figure):
    """A small chart of the years; none where there is only one."""
    if asked.figures.period.is_year:
        return None
    return column_chart(
        asked.figures,
        figure.indicator.code,
        changes=external_changes(programme, asked.figures.period),
        ongoing=asked.ongoing,
        current=figure.period.first if figure.period.is_year else None,
        **dict(figure.key),
    )


def _key(programme, indicator, request):
    """The part asked for; 404 where there is none such, or none such in this view."""
    try:
        key = part_of(programme, indicator, request.GET.get("breakdown", ""))
    except ValidationError:
        raise Http404 from None
    names = tuple(name for name, _value in key)
    full = view_of(request.user, programme) == View.FULL
    if len(names) > 1 and names not in indicator.pairs and not full:
        raise Http404
    return key


def _title(figure):
    if figure.is_protected:
        return _("Why is this protected?")
    if figure.value is None:
        return _("Why is this not available?")
    return _("Why is this %(value)s?") % {"value": written(figure.indicator, figure.value)}


def _breaks(indicator, period):
    """The definitions that came into force within the years shown."""
    return [d for d in indicator.definitions if d.since and d.since in period]


def _completeness(programme, indicator, period):
    """How complete the records of each year are, with its note: what is not stated is complete."""
    if indicator.area is None:
        return []
    stated = {
        row.year: row
        for row in programme.completeness.filter(
            area=indicator.area, year__range=(period.first, period.last)
        )
    }
    complete = Completeness(area=indicator.area, level=Completeness.Level.COMPLETE)
    return [(year, stated.get(year, complete)) for year in period.years]


def _parts(figure_set, figure):
    """The tables of a figure's parts, each part leading to its own card: (dimension, figures).

    A table without a single number, known or printed, tells nothing and is left out.
    """
    indicator, own = figure.indicator, set(figure.key)
    tables = {}
    for part in figure_set:
        if part.indicator is not indicator or part.period != figure.period:
            continue
        rest = set(part.key) - own
        if len(rest) == 1 and own < set(part.key):
            ((name, value),) = rest
            tables.setdefault(name, []).append(
                (capfirst(figure_set.words.value(name, value)), part)
            )
    return [
        (capfirst(str(indicator.dimension(name).label)), rows)
        for name, rows in tables.items()
        if any(part.value is not None or part.printed for _name, part in rows)
    ]


@dataclass(frozen=True)
class Beside:
    """A printed value in words, and what ours is more; None where they cannot be compared."""

    printed: object
    words: str
    difference: float


def _printed(figure):
    rows = []
    for printed in figure.printed:
        comparable = figure.value is not None and not printed.unit
        difference = quality.difference(figure.value, printed.value) if comparable else None
        rows.append(Beside(printed, quality.in_words(figure.indicator, printed), difference))
    return rows
