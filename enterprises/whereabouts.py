"""Where the enterprises of a list are: the municipalities, drawn and in a table."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from programmes import formats
from programmes.maps import Drawing, draw

from .models import EnterpriseStatus


@dataclass(frozen=True)
class Place:
    """A municipality: how many of the enterprises are there (None: nobody knows who is active)."""

    name: str
    subregion: str
    number: int | None
    query: str


@dataclass(frozen=True)
class Whereabouts:
    """How many enterprises each municipality has, the most first, with the map where there is one."""

    measure: str
    sentence: str
    places: tuple
    total: int
    drawing: Drawing | None


def whereabouts(programme, found, filters):
    """Of the enterprises `found` those active today; of a status that is asked for, all."""
    all_of_them = "status" in filters.chosen
    counts = {}
    for code, status in found.order_by().values_list("municipality__code", "status_then"):
        counts.setdefault(code, []).append(status)
    municipalities = list(programme.municipalities.select_related("subregion"))
    kept = {name: filters.data[name].strip() for name in filters.chosen if name != "municipality"}
    numbers = {m.code: _number(counts.get(m.code, ()), all_of_them) for m in municipalities}
    places = [
        Place(
            name=m.name,
            subregion=str(m.subregion or ""),
            number=numbers[m.code],
            query=urlencode(kept | {"municipality": m.pk}),
        )
        for m in municipalities
    ]
    places.sort(key=lambda place: -(place.number or 0))
    names = {m.code: m.name for m in municipalities}
    words = {
        code: _("missing") if number is None else formats.number(number)
        for code, number in numbers.items()
    }
    total = sum(place.number or 0 for place in places)
    return Whereabouts(
        measure=_("Enterprises in the selection, by municipality")
        if filters.active
        else _("Active enterprises today, by municipality"),
        sentence=_sentence(places, total),
        places=tuple(places),
        total=total,
        drawing=draw(names, numbers, words),
    )


def _number(statuses, all_of_them):
    active = sum(all_of_them or status == EnterpriseStatus.Status.ACTIVE for status in statuses)
    return None if not active and None in statuses else active


def _sentence(places, total):
    """The finding: where most are, and where there is none."""
    if not total:
        return _("None in any municipality.")
    most = places[0]
    words = _("Most in %(place)s: %(number)s of %(total)s.") % {
        "place": most.name,
        "number": formats.number(most.number),
        "total": formats.number(total),
    }
    unknown = [place.name for place in places if place.number is None]
    without = [place.name for place in places if place.number == 0]
    if without:
        words += " " + _("None in %(places)s.") % {"places": ", ".join(without)}
    if unknown:
        words += " " + _("Not known in %(places)s.") % {"places": ", ".join(unknown)}
    return words
