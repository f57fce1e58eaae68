"""What a figure stands on, as rows: the records that add up to it, and those left out with the reason."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.formats import number
from programmes.periods import Period

from ..figures import FigureSet


@dataclass(frozen=True)
class Row:
    """A record and what it adds. `group` is the heading it stands under, `parts` what it consists of.

    `placement` is the placement it tells of, whose readers are noted.
    """

    when: str
    what: str
    url: str
    where: str
    number: float
    group: str = ""
    parts: tuple = ()
    placement: object = None


@dataclass(frozen=True)
class LeftOut:
    """A record, or a kind of number, that could have been counted, and why it is not."""

    what: str
    why: str
    number: object = None
    url: str = ""
    placement: object = None


@dataclass(frozen=True)
class Evidence:
    """What a figure stands on. `noun` names the rows; `parts` the columns beside their sum.

    `is_closed`: there are records, and they are not for this reader. `adds_up` is False where the
    figure is no sum of its rows (a share, a weighted mean).
    """

    rows: tuple = ()
    left_out: tuple = ()
    noun: str = "records"
    parts: tuple = ()
    adds_up: bool = True
    is_closed: bool = False

    @property
    def total(self):
        return sum(row.number for row in self.rows)

    @property
    def count(self):
        """How many rows there are, in words: "36 events"."""
        return counted(self.noun, len(self.rows))

    @property
    def uncounted(self):
        """How many of those left out were held without anybody counting."""
        return sum(1 for row in self.left_out if row.number == _("missing"))

    def groups(self, rows):
        """`rows` (a page of them) under their headings, each with the sum and number of all its rows."""
        sums, numbers = Counter(), Counter()
        for row in self.rows:
            sums[row.group] += row.number
            numbers[row.group] += 1
        return [
            (
                name,
                [row for row in rows if row.group == name],
                counted(self.noun, numbers[name]),
                sums[name],
            )
            for name in dict.fromkeys(row.group for row in rows)
        ]


NOUNS = {
    "records": lambda n: ngettext("%(n)s record", "%(n)s records", n),
    "events": lambda n: ngettext("%(n)s event", "%(n)s events", n),
    "publications": lambda n: ngettext("%(n)s publication", "%(n)s publications", n),
    "milestones": lambda n: ngettext("%(n)s milestone", "%(n)s milestones", n),
    "groups": lambda n: ngettext("%(n)s group", "%(n)s groups", n),
    "enterprises": lambda n: ngettext("%(n)s enterprise", "%(n)s enterprises", n),
    "answers": lambda n: ngettext("%(n)s answer", "%(n)s answers", n),
    "grants": lambda n: ngettext("%(n)s grant", "%(n)s grants", n),
    "placements": lambda n: ngettext("%(n)s placement", "%(n)s placements", n),
    "persons": lambda n: ngettext("%(n)s person", "%(n)s persons", n),
    "spells": lambda n: ngettext("%(n)s period of staffing", "%(n)s periods of staffing", n),
    "years": lambda n: ngettext("%(n)s year", "%(n)s years", n),
    "printed": lambda n: ngettext("%(n)s printed figure", "%(n)s printed figures", n),
    "figures": lambda n: ngettext("%(n)s figure", "%(n)s figures", n),
}


def counted(noun, n):
    return NOUNS[noun](n) % {"n": number(n)}


@dataclass(frozen=True)
class Part:
    """A part of an indicator in a period; `years` are those of it that stand on records."""

    figures: FigureSet
    period: Period
    years: tuple
    key: dict

    @property
    def programme(self):
        return self.figures.programme


def in_region(records, key, path):
    if "municipality" in key:
        records = records.filter(**{f"{path}municipality__code": key["municipality"]})
    if "subregion" in key:
        records = records.filter(**{f"{path}municipality__subregion__slug": key["subregion"]})
    return records
