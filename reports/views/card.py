"""The card of one figure: why it is what it is."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.models import Reading
from programmes.figures import Kind
from programmes.models import Completeness

from .. import quality
from ..asked import asked_for, view_of
from ..breakdowns import part_of
from ..charts.words import (
    account,
    coverage,
    external_changes,
    not_given,
    one_referrer_remark,
)
from ..charts.years import column_chart
from ..evidence.behind import CLOSED, evidence
from ..evidence.sentence import sentence
from ..figures import View
from ..indicators import INDICATORS
from ..tables import change
from ..wording import written, years_query

A_PAGE = 100


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


def card(request, programme, code):
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    indicator = INDICATORS.get(code)
    if indicator is None:
        raise Http404
    key = _key(programme, indicator, request)
    asked = asked_for(
        programme,
        request.GET,
        request.user,
        today=timezone.localdate(),
        year_only=indicator.kind == Kind.STOCK,
    )
    period, figure_set = asked.period, asked.figures
    found = figure_set.get(code, period, **dict(key))
    records = evidence(figure_set, found)
    page = Paginator(records.rows, A_PAGE).get_page(request.GET.get("page"))
    left_out = records.left_out[:A_PAGE]
    shown = [row.placement for row in (*page, *left_out) if row.placement]
    Reading.objects.note(request.user, shown, Reading.Where.FIGURE, programme)
    context = {
        "programme": programme,
        "figure": found,
        "figures": figure_set,
        "total": figure_set.get(code, period),
        "title": _title(found),
        "part": figure_set.words.part(key),
        "years": urlencode(years_query(period)),
        "sentence": sentence(found, records),
        "change": change(asked, found),
        "year_before": period.first - 1,
        "covered": coverage(figure_set, found),
        "account": account(figure_set, found),
        "not_given": not_given(figure_set, found),
        "one_referrer": one_referrer_remark(figure_set, found),
        "change_url": _change_url(programme, found),
        "records": records,
        "record_heading": RECORD_HEADINGS.get(records.noun, _("Record")),
        "where_heading": WHERE_HEADINGS.get(records.noun, _("Place")),
        "page": page,
        "groups": records.groups(page.object_list),
        "left_out": left_out,
        "left_out_more": max(len(records.left_out) - A_PAGE, 0),
        "definition": indicator.definition(period.last),
        "breaks": _breaks(indicator, figure_set.period),
        "area": Completeness.Area(indicator.area).label if indicator.area else "",
        "completeness": _completeness(programme, indicator, period),
        "tells_notes": figure_set.tells_notes_on(indicator.area),
        "over_years": _over_years(programme, asked, found),
        "splits": _parts(figure_set, found),
        "printed": _printed(found),
        "printed_query": urlencode(_printed_query(found)),
        "by_answers": indicator.by_answers,
        "is_closed": code in CLOSED,
        "is_census": indicator.area == Completeness.Area.CENSUS,
        "is_closed_year": asked.state == "closed",
    }
    return render(request, "reports/figure.html", context)


def _printed_query(figure):
    """What a new printed figure starts with when it is added from the card."""
    query = {"indicator": figure.indicator.code, "first_year": figure.period.first}
    if not figure.period.is_year:
        query["last_year"] = figure.period.last
    if figure.key:
        query["breakdown"] = figure.breakdown
    return query


def _change_url(programme, figure):
    """Where the change of a total of the census since the year before is explained."""
    if figure.key or figure.indicator.code not in ("enterprises.count", "employees", "placed"):
        return ""
    if not programme.censuses.filter(year=figure.period.last).exists():
        return ""
    address = reverse("reports:census_change", args=[programme.slug, figure.period.last])
    return f"{address}#{figure.indicator.code.partition('.')[0]}"


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
    """How complete the records of each year are, with its note: None where nobody has stated it."""
    if indicator.area is None:
        return []
    stated = {
        row.year: row
        for row in programme.completeness.filter(
            area=indicator.area, year__range=(period.first, period.last)
        )
    }
    return [(year, stated.get(year)) for year in period.years]


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
