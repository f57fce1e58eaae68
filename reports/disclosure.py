"""Disclosure control: what the protected view may show of figures about single persons.

It works on the assembled figures, before anything is rendered; a hidden cell loses its value, its
printed values, its difference and its reservations at once. Two rules:

1. Of the indicators marked `protected` only the total of the programme's whole period is shown,
   once it has ended, and only where it and the persons behind it reach the threshold. Everything
   else reads "skyddas".
2. `employees` and `placed` are open for county and subregion; by municipality from three enterprises
   that answered the question, and never so that a hidden municipality is what is left of its
   subregion when those shown are taken away. How many have answered in a municipality is told where
   both numbers are.
"""

from collections import defaultdict

from enterprises.figures import ANSWERING
from placements.figures import PERSONS, USED, UTILISATION

FEWEST_ANSWERING = 3


def protect(found, counted, programme, period, *, today, initiative):
    """The figures by (indicator, period, breakdown) as those outside the office may see them."""
    whole = (
        initiative is None
        and programme.ends_on is not None
        and programme.ends_on < today
        and period == programme.period(today)
    )
    hidden = {
        place
        for place, figure in found.items()
        if figure.indicator.protected
        and not (
            whole and place[1:] == (period, ()) and _reaches_threshold(found, programme, place)
        )
    }
    for code, answering in ANSWERING.items():
        hidden |= _thin_municipalities(found, counted, programme, code, answering)
    return {
        place: figure.hidden() if place in hidden else figure for place, figure in found.items()
    }


def protect_answered(answered, found):
    """How many have answered, by (year, breakdown): not of a municipality whose numbers are not told."""
    return {
        (year, key): of
        for (year, key), of in answered.items()
        if "municipality" not in dict(key)
        or all(
            figure is not None and not figure.is_protected
            for figure in (found.get((code, year, key)) for code in ANSWERING)
        )
    }


def _reaches_threshold(found, programme, place):
    """Whether a total is large enough, and so many persons that it tells nothing of their number.

    Of five placements shown beside a hidden number of persons it would follow that they are fewer.
    A share stands or falls with the places used.
    """
    code, span, key = place
    behind = {USED.code if code == UTILISATION.code else code, PERSONS.code}
    counts = [found[each, span, key].value or 0 for each in behind]
    return min(counts) >= programme.disclosure_threshold and found[place].value is not None


def _thin_municipalities(found, counted, programme, code, answering):
    """Municipalities to hide: of too few answers, and more until those hidden have enough together."""
    subregions = dict(programme.municipalities.values_list("code", "subregion__slug"))
    by_region = defaultdict(list)
    for place in found:
        indicator, span, key = place
        if indicator == code and len(key) == 1 and key[0][0] == "municipality":
            answers = counted.number(answering, span, key)
            by_region[span, subregions.get(key[0][1])].append((answers, place))
    thin = set()
    for places in by_region.values():
        hidden, behind = set(), 0
        for answers, place in sorted(places, key=lambda pair: (pair[0], pair[1][2])):
            if answers < FEWEST_ANSWERING or (hidden and behind < FEWEST_ANSWERING):
                hidden.add(place)
                behind += answers
        thin |= hidden
    return thin
