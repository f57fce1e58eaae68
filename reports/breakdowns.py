"""Which parts a figure has: the values of its dimensions in a programme, and how they combine.

A part is stored as codes, `audience=officer;sex=women`, and read and written in the reader's own
words as well: "målgrupp=tjänstepersoner; kön=kvinnor".
"""

from collections import Counter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.models import EventKind, Milestone, Publication
from programmes.models import Completeness, Place

from .indicators import Words

Area = Completeness.Area
SHOWN_VALUES = 30
KINDS = {
    "events.held": EventKind.values,
    "reach.attendances": EventKind.values,
    "publications.items": Publication.Kind.values,
    "milestones": [k for k in Milestone.Kind.values if k != Milestone.Kind.EXTERNAL_CHANGE],
}
# Enterprises, groups and grants stand in a municipality; these may also count beyond them.
BEYOND_MUNICIPALITIES = (Area.EVENTS, Area.ATTENDANCE, Area.MILESTONES)


def values_of(programme, indicator, dimension):
    """Every value a dimension can have for this indicator in this programme."""
    if dimension.values:
        return list(dimension.values)
    if dimension.name == "kind":
        return list(KINDS[indicator.code])
    if dimension.name == "subregion":
        return list(programme.subregions.values_list("slug", flat=True))
    if dimension.name == "organisation":
        return [*programme.organisations.values_list("slug", flat=True), "unspecified"]
    places = list(programme.municipalities.values_list("code", flat=True))
    if indicator.area in BEYOND_MUNICIPALITIES:
        places += [place for place in Place.values if place != Place.MUNICIPALITY]
    return places


def named_values(programme, indicator, dimension, words):
    """The values with the word for each; the value itself where a word would be misread."""
    values = values_of(programme, indicator, dimension)
    names = {value: words.value(dimension.name, value) for value in values}
    times = Counter(name.casefold() for name in names.values())
    return {
        value: value if times[name.casefold()] > 1 or set(";=") & set(name) else name
        for value, name in names.items()
    }


def part_of(programme, indicator, text):
    """The key of the part written as `text`. Raises ValidationError with words on how to write it."""
    dimensions = {}
    for dimension in indicator.dimensions:
        dimensions[dimension.name] = dimensions[str(dimension.label).casefold()] = dimension
    words, key = None, []
    for pair in filter(None, map(str.strip, text.split(";"))):
        name, _sign, value = (part.strip() for part in pair.partition("="))
        if not name or not value:
            raise ValidationError(_("Write a part like sex=women or audience=officers; sex=women."))
        dimension = dimensions.get(name.casefold())
        if dimension is None:
            raise _refused(indicator, name)
        words = words or Words(programme)
        key.append((dimension.name, _value(programme, indicator, dimension, value, words)))
    _check_combination(indicator, tuple(sorted(name for name, _value in key)))
    return tuple(sorted(key))


def in_words(programme, indicator, key):
    """A part as a person writes it: "kön=kvinnor"."""
    words = Words(programme) if key else None
    return "; ".join(
        f"{dimension.label}={named_values(programme, indicator, dimension, words).get(value, value)}"
        for dimension, value in ((indicator.dimension(name), value) for name, value in key)
    )


def _value(programme, indicator, dimension, text, words):
    known = named_values(programme, indicator, dimension, words)
    for value, name in known.items():
        if text.casefold() in (value.casefold(), name.casefold()):
            return value
    if not known:
        without = _("The programme has no values for %(name)s yet.")
        raise ValidationError(without, params={"name": dimension.label})
    raise ValidationError(
        _("“%(value)s” is no value of %(name)s. Choose among %(known)s."),
        params={
            "value": text[:40],
            "name": dimension.label,
            "known": ", ".join(list(known.values())[:SHOWN_VALUES]),
        },
    )


def _refused(indicator, name):
    labels = [str(dimension.label) for dimension in indicator.dimensions]
    if not labels:
        text = _("“%(indicator)s” is not split into parts: leave this empty.")
        return ValidationError(text, params={"indicator": indicator.label})
    return ValidationError(
        _("“%(indicator)s” is not split by “%(name)s”. Choose among %(known)s."),
        params={"indicator": indicator.label, "name": name[:40], "known": ", ".join(labels)},
    )


def _check_combination(indicator, names):
    combined = (*indicator.pairs, *indicator.full_pairs, *indicator.checked_pairs)
    if len(names) > 1 and names not in combined:
        labels = (str(indicator.dimension(name).label) for name in names)
        raise ValidationError(
            _("“%(indicator)s” is not split by %(names)s together."),
            params={"indicator": indicator.label, "names": ", ".join(labels)},
        )
