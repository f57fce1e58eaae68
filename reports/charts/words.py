"""What a series of figures shows and what must be known of it, in words."""

from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Milestone
from enterprises.figures import (
    ANSWERING,
    EXPECTED,
    MUNICIPALITY,
    PLACED,
    RETURNS,
    SUBREGION,
    TO_GIVE,
    one_referrer,
)
from enterprises.figures import COUNT as ENTERPRISES
from enterprises.figures import not_given as parts_not_given
from programmes.figures import Kind
from programmes.formats import number, percent
from programmes.periods import Period

from ..figures import Basis
from ..wording import is_rate, named, with_unit, written

PLACES = {MUNICIPALITY.name, SUBREGION.name}


def external_changes(programme, period):
    """(year, title) of what changed around the programme: it marks the charts and is never counted."""
    rows = Milestone.objects.filter(
        programme=programme,
        kind=Milestone.Kind.EXTERNAL_CHANGE,
        year__range=(period.first, period.last),
    )
    return list(rows.order_by("starts_on", "pk").values_list("year", "title"))


def by_dimension(indicator, dimension, period):
    return _("%(label)s by %(dimension)s %(period)s") % {
        "label": indicator.label,
        "dimension": indicator.dimension(dimension).label,
        "period": period,
    }


def finding(figure_set, series):
    """What a series shows, where every year of it is known and whole; else what it is about."""
    indicator = series[0].indicator
    label = named(figure_set.words, series[0].indicator, series[0].key)
    whole = all(figure.value is not None and not figure.incomplete for figure in series)
    if not whole or len(series) < 2 or unanswered(figure_set, series):
        return label
    first, last = series[0], series[-1]
    if indicator.kind == Kind.STOCK:
        return _("%(label)s: %(first)s in %(from)s, %(last)s in %(to)s") % {
            "label": label,
            "first": written(indicator, first.value),
            "from": first.period,
            "last": written(indicator, last.value),
            "to": last.period,
        }
    most = max(figure.value for figure in series)
    top = [figure for figure in series if figure.value == most]
    if most and len(top) == 1 and not first.key and not is_rate(indicator):
        return _("Most %(unit)s in %(year)s") % {
            "unit": indicator.unit_label,
            "year": top[0].period,
        }
    return label


def sentence(series):
    """How a series went, in one sentence: first, last and the most."""
    if hidden := [str(figure.period) for figure in series if figure.is_protected]:
        if len(hidden) == len(series):
            return _("The single years are protected.")
        return _("Protected: %(years)s.") % {"years": ", ".join(hidden)}
    known = [figure for figure in series if figure.value is not None]
    if not known:
        return _("No year is known.")
    first, last = known[0], known[-1]
    indicator = first.indicator
    if len(known) == 1:
        text = _("%(year)s: %(value)s.") % {
            "year": first.period,
            "value": with_unit(indicator, first.value),
        }
    else:
        text = _("From %(first)s in %(from)s to %(last)s in %(to)s.") % {
            "first": with_unit(indicator, first.value),
            "from": first.period,
            "last": written(indicator, last.value),
            "to": last.period,
        }
    most = max(known, key=lambda figure: figure.value)
    if most not in (first, last):
        template = _("Highest in %(year)s: %(value)s.")
        if not is_rate(indicator):
            template = _("Most in %(year)s: %(value)s.")
        text += " " + template % {
            "year": most.period,
            "value": written(indicator, most.value),
        }
    unknown = len(series) - len(known)
    if unknown:
        text += " " + ngettext(
            "%(n)s year is not known.", "%(n)s years are not known.", unknown
        ) % {"n": unknown}
    return text


def reservations(series, ongoing=None):
    """What a reader must know of a series: years not over, from print, not whole, not known."""
    if ongoing and any(ongoing in figure.period for figure in series):
        yield _("%(year)s is not over.") % {"year": ongoing}
    for template, fits in (
        (_("Printed figures: %(years)s."), lambda f: f.basis == Basis.PUBLISHED),
        (_("* Incomplete: %(years)s."), lambda f: f.incomplete),
        (
            _("Missing: %(years)s."),
            lambda f: f.value is None and f.is_applicable and not f.is_protected,
        ),
    ):
        found = [year for figure in series if fits(figure) for year in figure.period.years]
        if found:
            yield template % {"years": ", ".join(runs_of(found))}


def runs_of(years):
    """Years in order with runs of them drawn together: 2016, 2018–2020."""
    runs = groupby(enumerate(years), key=lambda pair: pair[1] - pair[0])
    spans = [[year for _index, year in run] for _key, run in runs]
    return [str(Period(span[0], span[-1])) for span in spans]


def standing(figure_set, figure):
    """Where the enterprises asked in the figure's place stand; None where nothing may be told."""
    return figure_set.answered.get((figure.period, _place(figure)))


def _place(figure):
    return tuple(pair for pair in figure.key if pair[0] in PLACES)


def _part(figure):
    """The part of a figure whose answers are counted apart; empty for totals and places."""
    parts = tuple(pair for pair in figure.key if pair[0] not in PLACES)
    return parts if parts and parts[0] in TO_GIVE.get(figure.indicator.code, ()) else ()


def answers(figure_set, figure):
    """How many enterprises gave what a figure of the census adds up, in its place; None where on no answers."""
    if not figure.indicator.by_answers or figure.basis != Basis.RECORDS:
        return None
    known = standing(figure_set, figure)
    return known and known.of_question(figure.indicator.code, _part(figure))


def covered_by_itself(figure):
    """Whether it is a total, or a place's, and no part of one that says the same beside it."""
    return {name for name, _value in figure.key} <= PLACES


def coverage(figure_set, figure):
    """ "27 of 31 enterprises have answered; the numbers are about those": said wherever a sum of answers stands.

    A part is covered by those who gave it, in its own place. The number of enterprises is the
    register's and stands whether they answered or not. Empty where the figure rests on no answers.
    """
    known = covering(figure_set, figure) if figure.value is not None else None
    if not known:
        return ""
    return known.words if figure.indicator.by_answers else known.brief


def covering(figure_set, figure):
    """How many have answered what `coverage` says in words; None where a figure rests on no answers."""
    if figure.indicator.by_answers:
        return answers(figure_set, figure)
    if figure.indicator is not ENTERPRISES or figure.basis != Basis.RECORDS:
        return None
    sums = [figure_set.get(code, figure.period) for code in ANSWERING]
    known = standing(figure_set, figure)
    return known.answered if known and any(answers(figure_set, one) for one in sums) else None


def not_given(figure_set, figure):
    """ "27 of 28 have given women": of a total, or a place's, the parts that some left unknown.

    They are not zero, and so the total lacks them. Empty where everybody gave every part.
    """
    if figure.value is None or not covered_by_itself(figure) or not answers(figure_set, figure):
        return ""
    return parts_not_given(figure.indicator.code, standing(figure_set, figure))


def account(figure_set, figure):
    """All the enterprises a figure of the census is about, in one sentence; empty for other figures."""
    code = figure.indicator.code
    is_of_answers = figure.indicator.by_answers or code in (RETURNS.code, EXPECTED.code)
    if figure.value is None or figure.basis != Basis.RECORDS or not is_of_answers:
        return ""
    known = standing(figure_set, figure)
    if not known or not known.is_asked:
        return ""
    return known.account(code, _part(figure)) if figure.indicator.by_answers else known.account()


def one_referrer_in(figure_set, year):
    """The referrer behind most of those placed in a year whose records are whole, and its share; or None."""
    total = figure_set.get(PLACED.code, year)
    known = answers(figure_set, total)
    if total.incomplete or not known:
        return None
    parts = figure_set.parts(PLACED.code, "referrer", year)
    return one_referrer({value: figure.value for value, figure in parts}, known.answered)


def one_referrer_remark(figure_set, figure):
    """ "65,4 % of those placed come from the employment service", of a year's total; else empty."""
    if figure.indicator is not PLACED or figure.key or not figure.period.is_year:
        return ""
    found = one_referrer_in(figure_set, figure.period.first)
    if not found:
        return ""
    referrer, part = found
    return _("%(share)s of those placed come from %(referrer)s") % {
        "share": percent(part),
        "referrer": figure_set.words.value("referrer", referrer),
    }


def unanswered(figure_set, series):
    """(year, answered, asked) of each year whose figure stands on fewer answers than were asked for."""
    found = [(figure.period, answers(figure_set, figure)) for figure in series]
    return [
        (year, known.answered, known.asked) for year, known in found if known and not known.is_whole
    ]


def answered_only(figure_set, series):
    some = [
        _("%(year)s: %(answered)s of %(asked)s")
        % {"year": year, "answered": number(answered), "asked": number(asked)}
        for year, answered, asked in unanswered(figure_set, series)
    ]
    if some:
        yield _("Not all have answered: %(years)s.") % {"years": ", ".join(some)}
