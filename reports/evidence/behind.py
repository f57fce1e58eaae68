"""The records behind a figure: those that add up to it, and those left out with the reason why.

The numbers of the rows sum to the figure wherever it stands on records; a test holds them to it.
Where it stands on printed values the rows are those, and where years of both are added up, the
years. Records of single persons and single answers are given to the full view alone.
"""

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.formats import day, number, percent, span
from programmes.models import Staffing

from ..figures import Basis, View, plain
from ..wording import basis_in_words, card_url
from . import activities, enterprises, placements
from .rows import Evidence, LeftOut, Part, Row


def evidence(figure_set, figure):
    """What stands behind `figure`; nothing where it is protected or unknown."""
    code = figure.indicator.code
    if figure.is_protected or not figure.is_applicable:
        return Evidence()
    if figure.basis in (Basis.PUBLISHED, Basis.MIXED) and not figure.period.is_year:
        return _years(figure_set, figure)
    if code in CLOSED and figure_set.view != View.FULL:
        if figure.basis == Basis.PUBLISHED:
            return Evidence(_printed_parts(figure_set, figure), noun="printed")
        return Evidence(is_closed=figure.value is not None)
    years = _years_on_records(figure_set, figure)
    found = FINDERS[code](Part(figure_set, figure.period, tuple(years), dict(figure.key)))
    if figure.basis == Basis.RECORDS:
        return found
    if figure.basis == Basis.PUBLISHED:
        rows = _printed_parts(figure_set, figure)
        return Evidence(rows, tuple(_beside(found)), "printed")
    return Evidence(left_out=found.left_out, noun=found.noun)


def _beside(found):
    """Records of a year for which a printed value stands in: they are never mixed."""
    if found.rows and found.adds_up:
        why = _("The printed figure stands in for the whole: records are not added to it")
        url = found.rows[0].url if len(found.rows) == 1 else ""
        yield LeftOut(found.count, why, number(found.total), url)


def _years_on_records(figure_set, figure):
    """The years whose records are in the figure: it leaves out those that nobody kept."""
    if figure.period.is_year:
        return figure.period.years
    return [
        year
        for year in figure.period.years
        if figure_set.get(figure.indicator.code, year).basis == Basis.RECORDS
    ]


def _printed_parts(figure_set, figure):
    """The printed values that stand in: of the parts where those are printed, else of the figure itself."""
    indicator, programme = figure.indicator, figure_set.programme
    for dimension in indicator.dimensions if not figure.key else ():
        parts = [
            part
            for _value, part in figure_set.parts(indicator.code, dimension.name, figure.period)
            if part.value is not None and part.basis == Basis.PUBLISHED
        ]
        if parts:
            return tuple(_printed_row(figure_set, programme, part) for part in parts)
    return tuple(
        Row("", _("The printed value"), "", _stands_in(printed), plain(printed.value))
        for printed in figure.printed
        if printed.stands_in
    )


def _printed_row(figure_set, programme, part):
    source = next(printed for printed in part.printed if printed.stands_in)
    return Row(
        when="",
        what=capfirst(figure_set.words.part(part.key)),
        url=card_url(programme, part),
        where=_stands_in(source),
        number=part.value,
    )


def _stands_in(printed):
    return f"{printed.source}, {printed.place}"


def _years(figure_set, figure):
    """The years that are added up, and those that nobody knows."""
    code, programme = figure.indicator.code, figure_set.programme
    series = figure_set.series(code, **dict(figure.key))
    rows = tuple(
        Row(
            when="",
            what=str(of_year.period),
            url=card_url(programme, of_year),
            where=basis_in_words(of_year),
            number=of_year.value,
        )
        for of_year in series
        if of_year.value is not None
    )
    left_out = tuple(
        LeftOut(
            str(of_year.period),
            _("Nobody knows this year's number"),
            _("missing"),
            card_url(programme, of_year),
        )
        for of_year in series
        if of_year.value is None and of_year.is_applicable
    )
    return Evidence(rows, left_out, "years")


def _staffing(part):
    found = Staffing.objects.filter(
        programme=part.programme, starts_on__lte=part.period.end
    ).exclude(ends_on__lt=part.period.start)
    url = reverse("programmes:staffing", args=[part.programme.slug])
    rows = tuple(
        Row(
            when=span(row.starts_on, row.ends_on) if row.ends_on else f"{day(row.starts_on)} –",
            what=percent(row.percent / 100, 0),
            url=url,
            where=row.note,
            number=row.percent,
        )
        for row in found
    )
    return Evidence(rows, (), "spells", adds_up=False)


FINDERS = {
    "events.held": activities.events,
    "events.without_attendance": activities.uncounted,
    "reach.attendances": activities.reach,
    "publications.items": activities.publications,
    "milestones": activities.milestones,
    "groups.active": activities.groups,
    "enterprises.count": enterprises.enterprises,
    "census.expected": enterprises.enterprises,
    "employees": enterprises.employees,
    "placed": enterprises.placed,
    "census.returns": enterprises.returns,
    "grants.granted": placements.grants,
    "grants.used": placements.used,
    "grants.utilisation": placements.utilisation,
    "placements.started": placements.started,
    "placements.persons": placements.persons,
    "outcomes": placements.outcomes,
    "staffing.percent": _staffing,
}


CLOSED = {
    "employees",
    "placed",
    "census.returns",
    "grants.used",
    "grants.utilisation",
    "placements.started",
    "placements.persons",
    "outcomes",
}
