"""What is to be typed into Uppföljning Finsam, the associations' national follow-up: each initiative, each year.

A structural initiative has its participants as one number, attendances; an individual one its women
and men, persons. Both have budgeted participants, budget and outturn (kronor). Unknown is None,
never 0. It is for those who see full figures alone.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.models import Initiative, InitiativeYear
from programmes.periods import Period

from .figures import Figure, View, figures
from .models import NationalEntry
from .wording import shown

MONTHS = (1, 2)  # when the numbers of the year before are typed in

STRUCTURAL = (("participants", gettext_lazy("Participants"), "reach.attendances", {}),)
INDIVIDUAL = (
    ("women", gettext_lazy("Women"), "placements.persons", {"sex": "women"}),
    ("men", gettext_lazy("Men"), "placements.persons", {"sex": "men"}),
)
UNSPECIFIED = (
    "unspecified",
    gettext_lazy("Sex not specified"),
    "placements.persons",
    {"sex": "unspecified"},
)
MONEY = (
    ("budgeted_participants", gettext_lazy("Budgeted participants")),
    ("budget", gettext_lazy("Budget (kronor)")),
    ("outturn", gettext_lazy("Outturn (kronor)")),
)
LABELS = {name: label for name, label, *_more in (*STRUCTURAL, *INDIVIDUAL, UNSPECIFIED, *MONEY)}


@dataclass(frozen=True)
class Number:
    """One number to type: its value as digits alone, and where it comes from or is mended."""

    name: str
    value: int | None
    figure: Figure | None = None

    @property
    def label(self):
        return LABELS[self.name]

    @property
    def plain(self):
        """Digits as they are copied; in words where there are none."""
        if self.value is not None:
            return str(self.value)
        return shown(self.figure) if self.figure else _("not available")

    @property
    def is_incomplete(self):
        return bool(self.figure and self.figure.incomplete)


@dataclass(frozen=True)
class Changed:
    """A number that is another than the one that was typed in; None is not available."""

    label: str
    typed: int | None
    now: int | None


@dataclass(frozen=True)
class Entry:
    """An initiative's numbers of a year, and whether they are typed in."""

    initiative: Initiative
    year: int
    numbers: tuple
    money_url: str
    tick: NationalEntry | None

    @property
    def values(self):
        return {number.name: number.value for number in self.numbers}

    @property
    def seen(self):
        """Which numbers are shown: a tick takes no others."""
        return ";".join(f"{name}={value}" for name, value in self.values.items())

    @property
    def persons(self):
        return [number for number in self.numbers if number.figure]

    @property
    def money(self):
        return [number for number in self.numbers if not number.figure]

    @property
    def is_structural(self):
        return self.initiative.direction == Initiative.Direction.STRUCTURAL

    @property
    def records(self):
        """The list of the records that the numbers of persons come from."""
        name = "activities:list" if self.is_structural else "placements:list"
        address = reverse(name, args=[self.initiative.programme.slug])
        return f"{address}?{urlencode({'year': self.year})}"

    @property
    def changed(self):
        """What is another now than when it was typed in."""
        if self.tick is None:
            return []
        typed, now = self.tick.numbers, self.values
        return [
            Changed(LABELS[name], typed.get(name), now.get(name))
            for name in LABELS
            if typed.get(name) != now.get(name)
        ]


def initiatives_of(programme, year):
    """The initiatives that went on in a year, or have a budget in it."""
    goes_on = Q(starts_on__year__lte=year) & (Q(ends_on=None) | Q(ends_on__year__gte=year))
    found = Initiative.objects.filter(programme=programme).select_related("programme")
    return found.filter(goes_on | Q(years__year=year)).distinct().order_by("sort_name", "pk")


def entries(programme, year, *, today):
    """Every initiative's numbers of `year`, in the full view; one set of figures for each."""
    initiatives = list(initiatives_of(programme, year))
    money = {row.initiative_id: row for row in _years(initiatives, year)}
    ticks = NationalEntry.objects.filter(initiative__in=initiatives, year=year)
    ticks = {row.initiative_id: row for row in ticks.select_related("entered_by")}
    return [
        Entry(
            initiative,
            year,
            tuple(_numbers(initiative, year, money.get(initiative.pk), today)),
            _money_url(programme, initiative, year, money.get(initiative.pk)),
            ticks.get(initiative.pk),
        )
        for initiative in initiatives
    ]


def entry(programme, year, pk, *, today):
    """The numbers of one initiative; None where it is none of that year's."""
    return next((e for e in entries(programme, year, today=today) if e.initiative.pk == pk), None)


def nothing_typed(programme, today):
    """The year before, if it is time to type its numbers and none of its initiatives is ticked; or None."""
    year = today.year - 1
    if today.month not in MONTHS or year not in programme.period(today):
        return None
    initiatives = initiatives_of(programme, year)
    ticked = NationalEntry.objects.filter(initiative__programme=programme, year=year)
    return year if initiatives.exists() and not ticked.exists() else None


def _years(initiatives, year):
    return InitiativeYear.objects.filter(initiative__in=initiatives, year=year)


def _numbers(initiative, year, money, today):
    figure_set = figures(
        initiative.programme, Period.of_year(year), View.FULL, today=today, initiative=initiative
    )
    structural = initiative.direction == Initiative.Direction.STRUCTURAL
    for name, _label, code, part in STRUCTURAL if structural else (*INDIVIDUAL, UNSPECIFIED):
        figure = figure_set.get(code, year, **part)
        if name != "unspecified" or figure.value:
            yield Number(name, figure.value, figure)
    for name, _label in MONEY:
        yield Number(name, getattr(money, name, None))


def _money_url(programme, initiative, year, money):
    """Where budget and outturn are typed."""
    if money:
        return reverse("programmes:initiative_year_edit", args=[programme.slug, money.pk])
    address = reverse("programmes:initiative_year_add", args=[programme.slug])
    return f"{address}?{urlencode({'initiative': initiative.pk, 'year': year})}"
