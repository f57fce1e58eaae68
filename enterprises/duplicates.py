"""Rows of the register that look like the same enterprise twice."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from programmes.records import sort_name

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
        """Two with a number of their own each are two enterprises."""
        numbered = self.number and other.number
        return self.place == other.place and not numbered and _alike(self.key, other.key)


def likely_duplicates(programme):
    """Pairs of enterprises of one municipality whose names are nearly the same; one query.

    Names are set in order and each is held against the next alone, so a long register costs hardly
    more than a short one.
    """
    rows = programme.enterprises.order_by("pk").values_list(
        "municipality__name", "sort_name", "pk", "name", "organisation_number"
    )
    ordered = sorted(Twin(place, _key(sort), *rest) for place, sort, *rest in rows)
    return [(one, after) for one, after in pairwise(ordered) if one.is_like(after)]


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
    return SequenceMatcher(None, key, other, autojunk=False).ratio() >= ALIKE
