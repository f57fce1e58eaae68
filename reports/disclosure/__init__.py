"""Disclosure control: what the protected view may show of figures about single persons.

It works on the assembled figures, before anything is rendered; a hidden cell loses its value, its
printed values, its difference and its reservations at once. Three rules:

1. Of the indicators marked `protected` there are figures for the years that have ended and for the
   programme's whole period once it has, as a total and by one dimension. Everything else is hidden.
2. Of these, counts from 1 to threshold - 1 are hidden, and so many others that every hidden number
   keeps a possible range of at least the threshold, all tables, years and earlier releases taken
   together: `deciding` says which, from the `relations` among the numbers and their possible `ranges`.
   A share is shown with the number of places used, and hidden with it; what is shown keeps no printed
   value that differs and no explanation.
3. By municipality the enterprises' answers are shown from three up: `answers`.

What it takes for granted and what it does not cover stands in docs/disclosure.md.
"""

import hashlib
import logging
from dataclasses import replace

from django.core.cache import cache

from placements.figures import GRANTED, USED, UTILISATION
from programmes.figures import share

from .answers import protect_answered, thin
from .deciding import RULES, shown_places
from .ledger import ledger, shown_periods

__all__ = ["protect", "protect_answered", "shown_periods"]

logger = logging.getLogger(__name__)


def protect(found, counted, programme, periods, numbers, *, today):
    """The figures by (indicator, period, breakdown) as those outside the office may see them.

    `periods` are those that may be shown at all, `numbers` the counts of persons in all of them.
    """
    shown = _shown(programme, ledger(numbers, counted, periods, programme, today))
    hidden = thin(found, counted, programme) | {
        place
        for place, figure in found.items()
        if figure.indicator.protected and not _is_shown(place, found, periods, numbers, shown)
    }
    return {
        place: figure.hidden() if place in hidden else _without_words(figure)
        for place, figure in found.items()
    }


def _without_words(figure):
    """A shown number of persons keeps the printed values that say the same.

    Others have a reason that somebody wrote down, or count something else that may be hidden.
    """
    if not figure.indicator.protected or not figure.printed:
        return figure
    same = (p for p in figure.printed if not p.unit and p.value == figure.value)
    return replace(figure, printed=tuple(replace(p, explanation="") for p in same))


def _is_shown(place, found, periods, numbers, shown):
    """Whether a figure is shown: its number is, or it is unknown as everybody may know."""
    code, period, key = place
    if period not in periods or not _is_share_of_used(place, found):
        return False
    counted = (USED.code if code == UTILISATION.code else code, period, key)
    return counted in shown or (counted in numbers and numbers[counted] is None)


def _is_share_of_used(place, found):
    """Whether a share tells no more than the places used: not if it leaves out some years of them."""
    code, period, key = place
    if code != UTILISATION.code or found[place].value is None:
        return True
    used, granted = (found.get((each.code, period, key)) for each in (USED, GRANTED))
    return None not in (used, granted) and found[place].value == share(used.value, granted.value)


def _shown(programme, inputs):
    """The places whose numbers may be shown: decided once as long as the inputs stand."""
    ordered = [*inputs.numbers.items()], sorted(inputs.begun.items(), key=str)
    ordered += sorted(inputs.ungranted), inputs.periods, inputs.last, inputs.threshold, RULES
    state = hashlib.sha256(repr(ordered).encode()).hexdigest()
    key = f"disclosure-{programme.pk}"
    kept = cache.get(key)
    if kept and kept[0] == state:
        return kept[1]
    try:
        shown = shown_places(inputs)
    except (
        Exception
    ):  # whatever it is: a page with too little on it is better than one with too much
        logger.exception("disclosure control failed: all is hidden")
        return frozenset()
    cache.set(key, (state, shown), timeout=None)
    return shown
