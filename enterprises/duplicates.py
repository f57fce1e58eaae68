"""Rows of the register that look like the same enterprise twice."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, groupby

from django.db.models import Q

from programmes.records import sort_name

from .models import Enterprise, ToldApart

# Words of a name that say nothing about which enterprise it is.
FORMS = (
    "ab ek ekonomisk for forening foreningen ideell kooperativ kooperativet stiftelsen svb asf i"
)
SAYING_NOTHING = {sort_name(word) for word in FORMS.split()} | {
    "fzzcr",
    "fzzcrening",
    "fzzcreningen",
}
ALIKE = 0.86
SHORTEST = 5


@dataclass(frozen=True, order=True)
class Twin:
    """One of two that look alike; in order those of a municipality stand together, by name."""

    place: str
    key: str
    pk: int
    name: str
    number: str

    def is_like(self, other):
        """Whether the names of two in one municipality are; with a number of their own each they are two."""
        numbered = self.number and other.number
        return not numbered and _alike(self.key, other.key)


def likely_duplicates(programme):
    """Pairs of enterprises of one municipality whose names are nearly the same, by name; two queries.

    Each is held against all of its municipality that begin with the same letter. Those that somebody
    told apart are left out.
    """
    rows = programme.enterprises.order_by("pk").values_list(
        "municipality__name", "sort_name", "pk", "name", "organisation_number"
    )
    ordered = sorted(Twin(place, _key(sort), *rest) for place, sort, *rest in rows)
    beside = groupby(ordered, key=lambda twin: (twin.place, twin.key[:1]))
    pairs = (pair for _where, twins in beside for pair in combinations(twins, 2))
    apart = set(ToldApart.objects.of([programme.pk]).values_list("one", "other"))
    return [
        (one, other)
        for one, other in pairs
        if one.is_like(other) and tuple(sorted((one.pk, other.pk))) not in apart
    ]


def tell_apart(enterprise, other):
    """Keep that the two are not the same, so that they are not proposed again."""
    one, other = in_order(enterprise, other)
    ToldApart.objects.get_or_create(one=one, other=other)


def take_for_one_again(enterprise, other):
    """The two may be proposed again."""
    one, other = in_order(enterprise, other)
    for pair in ToldApart.objects.filter(one=one, other=other):
        pair.delete()


def in_order(*two):
    """The two as a pair has them."""
    return sorted(two, key=lambda enterprise: enterprise.pk)


def told_apart_from(enterprise):
    """The enterprises that somebody told apart from this one, by name."""
    pairs = ToldApart.objects.filter(Q(one=enterprise) | Q(other=enterprise))
    others = {pk for pair in pairs.values_list("one", "other") for pk in pair} - {enterprise.pk}
    return Enterprise.objects.filter(pk__in=others).select_related("municipality")


def _key(sort):
    words = [word for word in re.split("0+", sort) if word not in SAYING_NOTHING]
    return "".join(words) or sort


def _alike(key, other):
    if key == other:
        return True
    short, long = sorted((key, other), key=len)
    if len(short) >= SHORTEST and long.startswith(short):
        return True
    # 1 and 2 at the end tell two apart, not a slip of the pen.
    if re.sub(r"\D", "", key) != re.sub(r"\D", "", other):
        return False
    match = SequenceMatcher(None, key, other, autojunk=False)
    # The first two are no less than the third, and quicker.
    ratios = (match.real_quick_ratio, match.quick_ratio, match.ratio)
    return all(ratio() >= ALIKE for ratio in ratios)
