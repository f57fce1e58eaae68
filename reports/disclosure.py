"""Disclosure control: what the protected view may show of figures about single persons.

It works on the assembled figures, before anything is rendered; a hidden cell loses its value, its
printed values, its difference and its reservations at once. Two rules:

1. Of the indicators marked `protected` only the total of the programme's whole period is shown,
   once it has ended, and only from the threshold up. Everything else reads "skyddas".
2. `employees` and `placed` are open for county and subregion; by municipality from three answering
   enterprises, and never so that a hidden municipality is what is left of its subregion.
"""

from collections import defaultdict

from enterprises.figures import ANSWERING, EMPLOYEES, PLACED

FEWEST_ANSWERING = 3


def protect(found, counted, programme, period, *, today, initiative):
    """The figures by (indicator, period, breakdown) as those outside the office may see them."""
    whole = (
        initiative is None
        and programme.ends_on is not None
        and programme.ends_on < today
        and period == programme.period(today)
    )
    protected = {}
    for (code, span, key), figure in found.items():
        if figure.indicator.protected:
            open_total = whole and key == () and span == period
            enough = figure.value is not None and _persons(found, code, span) >= (
                programme.disclosure_threshold
            )
            protected[code, span, key] = figure if open_total and enough else figure.hidden()
        else:
            protected[code, span, key] = figure
    for code in (EMPLOYEES.code, PLACED.code):
        for place in _thin_municipalities(found, counted, programme, code):
            protected[place] = protected[place].hidden()
    return protected


def _persons(found, code, span):
    """The count behind a protected total; a share stands or falls with the places used."""
    behind = "grants.used" if code == "grants.utilisation" else code
    value = found[behind, span, ()].value
    return value if value is not None else 0


def _thin_municipalities(found, counted, programme, code):
    """Municipalities to hide: too few answers, and those needed so that no hidden one is left alone."""
    subregions = dict(programme.municipalities.values_list("code", "subregion__slug"))
    by_region = defaultdict(list)
    for place in found:
        indicator, span, key = place
        if indicator == code and len(key) == 1 and key[0][0] == "municipality":
            answering = counted.number(ANSWERING, span, key) or 0
            by_region[span, subregions.get(key[0][1])].append((answering, place))
    for places in by_region.values():
        hidden, answers = [], 0
        for answering, place in sorted(places, key=lambda pair: (pair[0], pair[1][2])):
            alone = hidden and (len(hidden) < 2 or answers < FEWEST_ANSWERING)
            if answering < FEWEST_ANSWERING or alone:
                hidden.append(place)
                answers += answering
        yield from hidden
