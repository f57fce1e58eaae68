"""How a figure reads: its number in its own form, what it stands on, and the way to its card."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from programmes.formats import number, percent, signed
from programmes.models import Completeness

from .figures import Basis

BASES = {
    Basis.RECORDS: lambda: _("records"),
    Basis.PUBLISHED: lambda: _("printed figure"),
    Basis.MIXED: lambda: _("records and printed figures"),
    Basis.MISSING: lambda: _("not available"),
    Basis.PROTECTED: lambda: _("protected"),
}


def is_rate(indicator):
    """Whether its numbers are written in percent."""
    return indicator.unit in ("share", "percent")


def written(indicator, value, decimals=None):
    """A value of an indicator as it is read: "1 275", "47,8 %", "80 %", "–"."""
    if value is None or not is_rate(indicator):
        return number(value)
    if decimals is None:
        decimals = 0 if float(value).is_integer() and indicator.unit == "percent" else 1
    return percent(value if indicator.unit == "share" else value / 100, decimals)


def with_unit(indicator, value):
    """A value and what is counted: "1 275 attendances"; a rate needs no more than its sign."""
    text = written(indicator, value)
    return text if is_rate(indicator) else f"{text} {indicator.unit_label}"


def difference_in_words(indicator, value):
    """A difference with its sign: "+18", of shares in percentage points."""
    if value is None or not is_rate(indicator):
        return signed(value)
    points = value * 100 if indicator.unit == "share" else value
    return _("%(n)s points") % {"n": ("+" if points > 0 else "") + number(points, 1)}


def shown(figure, *, briefly=False):
    """What stands for a figure: its number, "protected", that it is missing, or a dash.

    `briefly` is for charts and tiles, which have little room.
    """
    if figure.is_protected:
        return _("protected")
    if figure.value is None and figure.is_applicable:
        return _("missing") if briefly else _("not available")
    return written(figure.indicator, figure.value)


def basis_in_words(figure):
    return BASES[figure.basis]() if figure.is_applicable else _("nothing to record")


def answers_registered(row):
    """How complete the records of a census are, `row` None where nobody has stated it.

    It tells how the answers that came in are kept, not how many came in: that is their coverage.
    """
    if row is None:
        return _("all answers that came in are assumed to be registered")
    if row.level == Completeness.Level.COMPLETE:
        return _("all answers that came in are registered")
    return row.get_level_display()


def named(words, indicator, key=()):
    """An indicator, or a part of it, by name: "Attendances", "Attendances, women"."""
    part = words.part(key)
    return f"{indicator.label}, {part}" if part else str(indicator.label)


def card_url(programme, figure):
    """The address of a figure's card."""
    query = years_query(figure.period)
    if figure.key:
        query["breakdown"] = figure.breakdown
    address = reverse("reports:figure", args=[programme.slug, figure.indicator.code])
    return f"{address}?{urlencode(query)}"


def years_query(period):
    """How an address asks for a year or for a period."""
    if period.is_year:
        return {"year": period.first}
    return {"from": period.first, "to": period.last}
