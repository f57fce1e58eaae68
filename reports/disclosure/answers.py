"""What may be shown of the enterprises' answers by municipality.

`employees` and `placed` are open for county and subregion; by municipality from three enterprises
that answered the question, and never so that a hidden municipality is what is left of its subregion
when those shown are taken away.
"""

from collections import defaultdict

from enterprises.figures import ANSWERING

FEWEST_ANSWERING = 3


def thin(found, counted, programme):
    """The places of municipalities to hide, by (indicator, period, breakdown)."""
    hidden = set()
    for code, answering in ANSWERING.items():
        hidden |= _thin_municipalities(found, counted, programme, code, answering)
    return hidden


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
