"""Figures in tables and sentences: the value with its way back, and what to bear in mind."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from reports import wording
from reports.charts.words import coverage, covered_by_itself, not_given, one_referrer_remark
from reports.figures import Basis
from reports.wording import card_url, shown

register = template.Library()
register.filter(shown)


@register.simple_tag
def way_back(programme, figure):
    """The value, leading to the card that says why it is what it is."""
    css = "fig protected" if figure.is_protected else "fig" if figure.value is not None else "quiet"
    return format_html(
        '<a class="{}" href="{}">{}</a>', css, card_url(programme, figure), shown(figure)
    )


@register.simple_tag
def card(programme, figure):
    return card_url(programme, figure)


@register.filter
def basis(figure):
    return wording.basis_in_words(figure)


@register.filter
def marks(figure):
    """What to bear in mind beside the number."""
    found = []
    if figure.incomplete:
        found.append(_("incomplete"))
    if figure.basis == Basis.PUBLISHED:
        found.append(_("printed figure"))
    elif figure.basis == Basis.MIXED:
        found.append(_("partly printed figures"))
    if figure.value is not None and 0 < figure.known < figure.years:
        found.append(
            _("%(known)s of %(years)s years") % {"known": figure.known, "years": figure.years}
        )
    return found


@register.simple_tag
def answers_of(figure_set, figure):
    """How many enterprises a total of the census, or of a place, rests on; empty for other figures.

    Women and men of the same answers rest on what their total does.
    """
    return coverage(figure_set, figure) if covered_by_itself(figure) else ""


@register.simple_tag
def remark_of(figure_set, figure):
    """What to know of a total of the census: parts that some left unknown, one referrer for most."""
    said = [not_given(figure_set, figure), one_referrer_remark(figure_set, figure)]
    return "; ".join(filter(None, said)) if not figure.key else ""


@register.filter
def answers_registered(row):
    return wording.answers_registered(row)


@register.filter
def in_form(value, figure):
    """A number written as the figure's own: a share in percent."""
    return wording.written(figure.indicator, value)


@register.filter
def difference(value, figure):
    """A change or a difference with its sign; of shares in percentage points."""
    return wording.difference_in_words(figure.indicator, value)
