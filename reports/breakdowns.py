"""Which parts a figure has: the values of its dimensions in a programme, and how they combine."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.models import EventKind, Milestone, Publication
from programmes.figures import parse_breakdown
from programmes.models import Completeness, Place

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


def part_of(programme, indicator, code):
    """The key of the part written as `code`. Raises ValidationError with words on how to write it."""
    pairs = sorted(pair.strip() for pair in code.split(";") if pair.strip())
    try:
        key = parse_breakdown(";".join(pairs))
    except ValueError:
        raise ValidationError(
            _("Write a part like sex=women or audience=officer;sex=women.")
        ) from None
    dimensions = {dimension.name: dimension for dimension in indicator.dimensions}
    for name, value in key:
        if name not in dimensions:
            raise _refused(indicator, name, list(dimensions))
        known = values_of(programme, indicator, dimensions[name])
        if value not in known:
            raise _unknown(name, value, known)
    names = tuple(name for name, _value in key)
    if len(names) > 1 and names not in _combinations(indicator):
        raise ValidationError(
            _("“%(indicator)s” is not split by %(names)s together."),
            params={"indicator": indicator.label, "names": ", ".join(names)},
        )
    return key


def _combinations(indicator):
    return (*indicator.pairs, *indicator.full_pairs, *indicator.checked_pairs)


def _refused(indicator, name, known):
    if not known:
        text = _("“%(indicator)s” is not split into parts: leave this empty.")
        return ValidationError(text, params={"indicator": indicator.label})
    return ValidationError(
        _("“%(indicator)s” is not split by “%(name)s”. Choose among %(known)s."),
        params={"indicator": indicator.label, "name": name[:40], "known": ", ".join(known)},
    )


def _unknown(name, value, known):
    if not known:
        text = _("The programme has no values for %(name)s yet.")
        return ValidationError(text, params={"name": name})
    return ValidationError(
        _("“%(value)s” is no value of %(name)s. Choose among %(known)s."),
        params={"value": value[:40], "name": name, "known": ", ".join(known[:SHOWN_VALUES])},
    )
