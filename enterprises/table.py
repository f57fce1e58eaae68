"""The census as a table: a row an enterprise, this year's boxes above last year's numbers."""

import json
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from programmes.formats import percent

from .answered import gaps
from .figures import EMPLOYEES, PLACED, REFERRER_WORDS, TO_GIVE, one_referrer
from .models import Census, CensusReturn, usual_range

State = CensusReturn.State
COLUMNS = {
    "employed_women": _("Women"),
    "employed_men": _("Men"),
    "employed_unspecified": _("Not specified"),
    "placed_employment_service": _("Employ­ment service"),
    "placed_municipality": _("The municipality"),
    "placed_other": _("Others"),
}
OTHERS = {
    "state": _("State"),
    "comment": _("Comment"),
    "explanation": _("Reason"),
    "since": _("From"),
    "change_reason": _("Reason for the correction"),
}
HEADS = {"employed": _("Employed"), "placed": _("Placed by")}
GROUPS = {"employed": CensusReturn.EMPLOYED, "placed": CensusReturn.PLACED}
WORDS = {CensusReturn.EMPLOYED: _("Employed"), CensusReturn.PLACED: _("Placed")}
CODES = {"employed": EMPLOYEES.code, "placed": PLACED.code}


@dataclass(frozen=True)
class Cell:
    """A box of the table: what stands in it, what the enterprise answered last year, what is wrong."""

    name: str
    group: str
    begins_group: bool
    typed: str
    number: int | None
    last: int | None
    is_wrong: bool


@dataclass
class Row:
    """An enterprise's answer, beside last year's confirmed one (`before`, or None).

    `form` is what was sent and refused, kept as it was typed; `asks_why` says that the answer lacks
    nothing but its reason; `is_saved` that it was stored just now. A row sent by itself and refused
    (`is_alone`) shows the state that stands; one of many the state that was chosen. `told` is the
    status in the register that was stored along with it, in words; `was` why there is no `before`.
    """

    answer: CensusReturn
    before: CensusReturn | None = None
    form: object = None
    asks_why: bool = False
    is_saved: bool = False
    is_alone: bool = False
    told: str = ""
    was: str = ""

    @property
    def key(self):
        """The return's id, as the names of its boxes begin."""
        return str(self.answer.pk)

    @property
    def tone(self):
        """How the row looks."""
        if self.form:
            return "unsure refused"
        return {State.CONFIRMED: "confirmed", State.DRAFT: "unsure"}.get(self.answer.state, "")

    @cached_property
    def state(self):
        """The state the answer has, or that was chosen and refused."""
        if not self.form:
            return self.answer.state
        chosen = None if self.is_alone else self.form["state"].value()
        return chosen if chosen in State.values else self.form.initial["state"]

    @property
    def is_waiting(self):
        return self.answer.is_waiting

    @property
    def takes_numbers(self):
        return self.state != State.NOT_APPLICABLE

    @cached_property
    def cells(self):
        return [
            Cell(
                name,
                group,
                name == names[0],
                self._typed(name),
                getattr(self.answer, name),
                getattr(self.before, name, None),
                bool(self.form) and name in self.form.errors,
            )
            for group, names in GROUPS.items()
            for name in names
        ]

    def _typed(self, name):
        return self._text(name, self.answer.typed(name))

    @property
    def comment(self):
        return self._text("comment", self.answer.comment)

    @property
    def reason(self):
        return self._text("explanation", self.answer.change_reason)

    def _text(self, name, stored):
        if not self.form:
            return stored
        value = self.form[name].value()
        return "" if value is None else str(value)

    @cached_property
    def changes(self):
        """Each large change since last year, with the words of what changed."""
        if self.form:
            large = [] if self.form.has_wrong_numbers else self.form.large_changes()
        elif self.answer.state in (State.DRAFT, State.CONFIRMED):
            large = self.answer.large_changes(self.before)
        else:
            large = []
        return [(WORDS[change.names], change) for change in large]

    @property
    def ranges(self):
        """Between which totals no reason is asked for: "6 10" of each group, empty where nothing is known."""
        totals = {group: getattr(self.before, group) if self.before else None for group in GROUPS}
        return {
            group: "" if total is None else "{} {}".format(*usual_range(total))
            for group, total in totals.items()
        }

    @property
    def closed_year(self):
        """The box for the reason a closed year asks for."""
        return self.form["change_reason"] if self._has("change_reason") else None

    @property
    def leaving(self):
        """The boxes about an enterprise that is gone, where they are to be mended."""
        wrong = self.form and {"became", "since"} & self.form.errors.keys()
        return self.form if wrong else None

    def _has(self, name):
        return bool(self.form) and name in self.form.fields

    @cached_property
    def problems(self):
        """(id of the box, label, message) of each thing to mend."""
        if not self.form:
            return []
        labels = COLUMNS | OTHERS
        return [
            (f"id_{self.answer.pk}-{name}", labels.get(name, ""), text)
            for name, texts in self.form.errors.items()
            for text in texts
        ]

    @property
    def compared(self):
        """Where somebody else was first: (label, what stands now, what was typed here)."""
        return self.form.compared() if self.form and self.form.is_overtaken else []

    @property
    def theirs(self):
        """What stands now, box by box, for the script that puts it in."""
        return json.dumps(self.form.standing)

    @property
    def shows_reason(self):
        return bool(self.changes or self.reason)

    @property
    def has_more(self):
        return bool(self.problems or self.shows_reason)


@dataclass(frozen=True)
class Total:
    """The sum of a column, beside last year's; None where nobody has answered."""

    name: str
    begins_group: bool
    number: int | None
    last: int | None


@dataclass
class Foot:
    """What the answers of a census that count add up to, beside those of the year before (`earlier`, or None)."""

    census: Census
    earlier: Census | None

    def __post_init__(self):
        counted = CensusReturn.objects.filter(census__in=filter(None, (self.census, self.earlier)))
        names = CensusReturn.EMPLOYED + CensusReturn.PLACED
        told = {f"{group}__given": Count(Coalesce(*own)) for group, own in GROUPS.items()}
        told |= {f"{name}__given": Count(name) for name in names}
        rows = counted.counted().order_by().values("census")
        rows = rows.annotate(**told).annotate(**{name: Sum(name) for name in names})
        found = {row["census"]: row for row in rows}
        self.now = found.get(self.census.pk, {})
        self.before = found.get(self.earlier.pk, {}) if self.earlier else {}

    @property
    def answered_before(self):
        """How many had answered last year; None where there was no census."""
        return self.earlier and self.earlier.coverage().answered

    @property
    def not_given(self):
        """Which parts of the sums not all of those who answered have given, a sentence each."""
        for group, code in CODES.items():
            parts = {f"{group}_{value}": words for (_d, value), words in TO_GIVE[code].items()}
            given = {name: self._given(name) for name in parts}
            if said := gaps(parts, given, self._given(group)):
                yield said

    def _given(self, name):
        return self.now.get(f"{name}__given", 0)

    @property
    def columns(self):
        return [
            Total(name, name == names[0], self.now.get(name), self.before.get(name))
            for names in GROUPS.values()
            for name in names
        ]

    @property
    def wholes(self):
        """Employed and placed in all: (words, this year, last year)."""
        for names, words in WORDS.items():
            yield words, _sum_of(self.now, names), _sum_of(self.before, names)

    @property
    def one_referrer(self):
        """The referrer of most of those placed, in words, and its share; None where there is none."""
        found = one_referrer(
            {name.removeprefix("placed_"): self.now.get(name) for name in CensusReturn.PLACED},
            self._given("placed"),
        )
        return found and (REFERRER_WORDS[found[0]], percent(found[1]))


def _sum_of(sums, names):
    known = [sums[name] for name in names if sums.get(name) is not None]
    return sum(known) if known else None


def answers_of(user, census):
    """The rows of the table, in its order."""
    answers = CensusReturn.objects.visible_to(user).filter(census=census)
    answers = answers.select_related("enterprise__municipality", "sent")
    return answers.order_by("enterprise__sort_name", "pk")


def last_years(user, census, answers):
    """Last year's confirmed return of each enterprise among `answers`, by enterprise."""
    earlier = CensusReturn.objects.visible_to(user).confirmed()
    earlier = earlier.filter(
        census__programme=census.programme_id,
        census__year=census.year - 1,
        enterprise__in=[answer.enterprise_id for answer in answers],
    )
    return {row.enterprise_id: row for row in earlier}


def unconfirmed_before(census, answers):
    """Where an enterprise of `answers` confirmed nothing last year: why, in words, by enterprise.

    Nothing where there was no census then: nobody was asked.
    """
    earlier = Census.objects.filter(programme=census.programme_id, year=census.year - 1).first()
    if earlier is None:
        return {}
    asked = dict(
        earlier.returns.filter(enterprise__in=[answer.enterprise_id for answer in answers])
        .order_by()
        .values_list("enterprise", "state")
    )
    words = {state: label for state, label in State.choices if state != State.CONFIRMED}
    words[None] = _("not asked")
    return {
        answer.enterprise_id: words[state]
        for answer in answers
        if (state := asked.get(answer.enterprise_id)) in words
    }
