"""Merging: two rows of the register that are one enterprise become one, and nothing is lost.

One row stays, the other goes. What both say is chosen between; what only one says is taken along:
statuses, contacts, answers, placements, and all that points at it. Two answers to one census are
never added: one stands, and what the other said is written in its comment. A merge is one act and
is undone as a whole (`programmes.restoring`). In a closed year it is refused, reason or not.
"""

from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes import formats
from programmes.acts import one_act
from programmes.records import LostUpdate, Record, YearIsClosed, closed_years

from .duplicates import in_order
from .models import (
    Answer,
    AnswerLink,
    Census,
    CensusReturn,
    Enterprise,
    EnterpriseStatus,
    SentAnswer,
    ToldApart,
)

KEPT, OTHER = "kept", "other"
CHOSEN = (
    *("name", "organisation_number", "municipality", "legal_form"),
    *Enterprise.CRITERIA,
    *("basis", "organisation"),
)
SAYS_NOTHING = {None, "", Answer.UNKNOWN}


class CannotMerge(Exception):
    """Why two enterprises cannot be merged, in words for who tries; nothing was written."""


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way of a merge, and the page where that can be changed ("" for none)."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class Both:
    """What both rows say about one thing: `name` of the choice, and how each says it.

    `preset` is the one that stands unless the other is chosen.
    """

    name: str
    label: str
    kept: str
    other: str
    preset: str = KEPT
    remark: str = ""


class Merge:
    """What becomes of two enterprises of one programme: `kept` stays, `other` goes."""

    def __init__(self, kept, other):
        self.kept, self.other = kept, other
        self.programme = kept.programme

    # What is looked at before

    @cached_property
    def obstacles(self):
        """What forbids the merge altogether."""
        return [*self._merged_already(), *self._in_closed_years()]

    @cached_property
    def fields(self):
        """What both state, and differently."""
        return [
            Both(
                name, self._label(name), self._words(self.kept, name), self._words(self.other, name)
            )
            for name in CHOSEN
            if self._states(self.kept, name)
            and self._states(self.other, name)
            and self._value(self.kept, name) != self._value(self.other, name)
        ]

    @cached_property
    def taken_over(self):
        """What only the one that goes states: (label, how it says it)."""
        return [
            (self._label(name), self._words(self.other, name))
            for name in CHOSEN
            if self._states(self.other, name) and not self._states(self.kept, name)
        ]

    @cached_property
    def joined(self):
        """The lists that both bring to: (label, all of it)."""
        offers = [str(label) for name, label in Enterprise.OFFERS.items() if self._offers(name)]
        industries = {*self.kept.industries.all(), *self.other.industries.all()}
        lists = [
            (_("Offers"), offers),
            (_("Industries"), sorted(map(str, industries))),
            (_("Note"), [self._notes()] if self._notes() else []),
        ]
        return [(label, ", ".join(words)) for label, words in lists if words]

    @cached_property
    def statuses(self):
        """Those of both as they will stand, oldest first; of two from one day both are here."""
        rows = EnterpriseStatus.objects.filter(enterprise__in=[self.kept, self.other])
        return list(rows.select_related("enterprise", "merged_into").order_by("starts_on", "pk"))

    @cached_property
    def days(self):
        """Days from which both have a status."""
        return [
            Both(
                f"status_{mine.pk}",
                formats.day(mine.starts_on, mine.precision),
                self._status_words(mine),
                self._status_words(theirs),
            )
            for mine, theirs in self._same_days
        ]

    @cached_property
    def censuses(self):
        """Censuses that have an answer, or a question, of both."""
        return [
            Both(
                f"answer_{mine.census_id}",
                _("Census %(year)s") % {"year": mine.census.year},
                answer_words(mine),
                answer_words(theirs),
                KEPT if _weight(mine) >= _weight(theirs) else OTHER,
            )
            for mine, theirs in self._same_censuses
        ]

    @cached_property
    def moving(self):
        """How much of what belongs to the one that goes alone goes over: (label, number of rows)."""
        asked = self.other.returns.exclude(census__in=self.kept.returns.values("census"))
        return [
            (_("Contacts"), self.other.contacts.count()),
            (_("Answers to the census"), asked.count()),
            (_("Placements"), self.other.placements.count()),
        ]

    # What is done

    def do(self, chosen):
        """Merge: `chosen` holds KEPT or OTHER for each of `fields`, `days` and `censuses` by name.

        Raises `CannotMerge`, and `LostUpdate` where somebody else changed one of the two meanwhile.
        """
        with transaction.atomic(), one_act():
            self._lock()
            if self.obstacles:
                raise CannotMerge(" ".join(obstacle.words for obstacle in self.obstacles))
            self._reason = (_("Merged: %(name)s") % {"name": self.other})[:100]
            try:
                self._join_statuses(chosen)
                self._join_answers(chosen)
                self._drop_contacts_told_twice()
                self._keep_told_apart()
                self._hand_over(self.other, self.kept)
                self._join_rows(chosen)
            except YearIsClosed as closed:
                raise CannotMerge(self._closed_words(closed.years)) from closed
        return self.kept

    def _lock(self):
        """Both as they were read, kept from others until the merge is done."""
        versions = {self.kept.pk: self.kept.version, self.other.pk: self.other.version}
        rows = Enterprise.objects.select_for_update().filter(pk__in=versions)
        if dict(rows.values_list("pk", "version")) != versions:
            raise LostUpdate(f"{Enterprise._meta.label} {self.kept.pk}")

    def _join_statuses(self, chosen):
        for mine, theirs in self._same_days:
            self._delete(mine if chosen.get(f"status_{mine.pk}") == OTHER else theirs)

    def _join_answers(self, chosen):
        """Of two answers to one census one stands; what the other said is told in its comment."""
        for mine, theirs in self._same_censuses:
            stands, goes = mine, theirs
            if chosen.get(f"answer_{mine.census_id}") == OTHER:
                stands, goes = theirs, mine
            words = [answer_words(goes)] if _weight(goes) else []
            words += self._sent_to(stands, goes)
            for link in AnswerLink.objects.filter(answer=goes):
                link.answer = stands
                self._save(link)
            self._delete(goes)
            if words:
                told = _("“%(name)s” was registered twice. Its other answer: %(words)s")
                told = told % {"name": self.other, "words": "; ".join(words)}
                stands.comment = "\n\n".join(filter(None, [stands.comment, told]))
            stands.enterprise = self.kept
            self._save(stands)

    def _sent_to(self, stands, goes):
        """What was sent by link and waits to be accepted waits at the answer that stands, or is told."""
        sent = SentAnswer.objects.filter(answer=goes).first()
        if sent is None:
            return []
        if sent.accepted_at or SentAnswer.objects.filter(answer=stands).exists():
            told = [*_numbers_in_words(sent), sent.explanation, sent.comment]
            words = ", ".join(filter(None, told))
            return [_("sent by link: %(words)s") % {"words": words or formats.UNKNOWN}]
        sent.answer = stands
        self._save(sent)
        return []

    def _drop_contacts_told_twice(self):
        """The same name, address and number at both is one person, unless letters went to both."""
        known = {_person(contact) for contact in self.kept.contacts.all()}
        for contact in self.other.contacts.filter(links=None):
            if _person(contact) in known:
                self._delete(contact)

    def _keep_told_apart(self):
        """What was told apart from the one that goes is told apart from the other; not the two themselves."""
        for pair in ToldApart.objects.filter(Q(one=self.other) | Q(other=self.other)):
            apart = pair.one if pair.other == self.other else pair.other
            one, other = in_order(self.kept, apart)
            if apart == self.kept or ToldApart.objects.filter(one=one, other=other).exists():
                self._delete(pair)
            else:
                pair.one, pair.other = one, other
                self._save(pair)

    def _join_rows(self, chosen):
        """The one goes, and then the other holds what both stated: a name and a number are one row's."""
        values = {
            name: getattr(self.other, name)
            for name in CHOSEN
            if self._states(self.other, name)
            and (chosen.get(name) == OTHER or not self._states(self.kept, name))
        }
        values |= {name: self._offers(name) for name in Enterprise.OFFERS} | {
            "note": self._note(chosen)
        }
        if len(values["note"]) > Enterprise._meta.get_field("note").max_length:
            raise CannotMerge(_("The two notes are too long together: shorten one of them."))
        industries = list(self.other.industries.all())
        organisations = {self.kept.organisation, self.other.organisation} - {None}
        self._delete(self.other)
        for name, value in values.items():
            setattr(self.kept, name, value)
        self._save(self.kept)
        self.kept.industries.add(*industries)
        for organisation in organisations - {self.kept.organisation}:
            self._hand_over(organisation, self.kept.organisation)
            self._delete(organisation)

    def _hand_over(self, goes, stays):
        """All that points at what goes points at what stays."""
        for pointer in _pointing_at(goes):
            for row in pointer.model._base_manager.filter(**{pointer.name: goes.pk}):
                if pointer.many_to_many:
                    self._save(row)
                    getattr(row, pointer.name).add(stays)
                    getattr(row, pointer.name).remove(goes)
                else:
                    setattr(row, pointer.name, stays)
                    self._refuse_twice(row)
                    self._save(row)

    def _refuse_twice(self, row):
        """Two rows that must not stand side by side are not joined behind anybody's back."""
        try:
            row.validate_unique()
            row.validate_constraints()
        except ValidationError as error:
            why = " ".join(error.messages)
            words = _("“%(row)s” stands in the way: %(why)s") % {"row": row, "why": why}
            raise CannotMerge(words) from error

    def _save(self, row):
        """With why in the history, though that is no reason for a correction of a closed year."""
        self._refuse_closed_year(row)
        row._change_reason = self._reason
        row.save()

    def _delete(self, row):
        self._refuse_closed_year(row)
        row._change_reason = self._reason
        row.delete()

    @staticmethod
    def _refuse_closed_year(row):
        """A status counts in later years too; what it changes there `_years` looked at day by day."""
        if not isinstance(row, EnterpriseStatus):
            row._change_reason = None
            row.refuse_closed_year()

    # How it is said

    def _notes(self):
        mine, theirs = self.kept.note, self.other.note
        return "\n\n".join(filter(None, [mine, theirs if theirs != mine else ""]))

    def _note(self, chosen):
        """Both notes, and what else the enterprise was registered as."""
        told = [self._notes()]
        for name, words in (
            ("name", _("Also registered as “%(it)s”.")),
            ("organisation_number", _("Also registered with the number %(it)s.")),
        ):
            stands, goes = getattr(self.kept, name), getattr(self.other, name)
            if chosen.get(name) == OTHER:
                stands, goes = goes, stands
            if stands and goes and stands != goes:
                told.append(words % {"it": goes})
        return "\n\n".join(filter(None, told))

    def _offers(self, name):
        return getattr(self.kept, name) or getattr(self.other, name)

    @cached_property
    def _same_days(self):
        theirs = {row.starts_on: row for row in self.statuses if row.enterprise_id == self.other.pk}
        return [
            (row, theirs[row.starts_on])
            for row in self.statuses
            if row.enterprise_id == self.kept.pk and row.starts_on in theirs
        ]

    @cached_property
    def _same_censuses(self):
        rows = CensusReturn.objects.filter(enterprise__in=[self.kept, self.other])
        rows = rows.select_related("census").order_by("census__year")
        theirs = {row.census_id: row for row in rows if row.enterprise_id == self.other.pk}
        return [
            (row, theirs[row.census_id])
            for row in rows
            if row.enterprise_id == self.kept.pk and row.census_id in theirs
        ]

    def _merged_already(self):
        """One that went into the other was an enterprise of its own: its status tells that."""
        between = EnterpriseStatus.objects.filter(
            enterprise__in=[self.kept, self.other], merged_into__in=[self.kept, self.other]
        )
        if between.exists():
            yield Obstacle(
                _(
                    "One of them merged into the other, so they were two enterprises. "
                    "Take that status away first if that is wrong."
                )
            )

    def _in_closed_years(self):
        closed = set(closed_years().filter(programme=self.programme).values_list("year", flat=True))
        years = closed & self._years(closed)
        if years:
            url = reverse("programmes:closed_years", args=[self.programme.slug])
            yield Obstacle(self._closed_words(years), url)

    def _years(self, closed):
        """Of the `closed` years those whose figures the merge would change."""
        years = {row.starts_on.year for row in self._same_day_rows}
        for pointer in _pointing_at(self.other):
            if pointer.model.YEAR:
                rows = pointer.model._base_manager.filter(**{pointer.name: self.other.pk})
                years.update(rows.values_list(pointer.model.YEAR, flat=True))
        days = dict(self.programme.censuses.values_list("year", "reference_date"))
        for year in closed:
            mine, theirs, both = self._active_on(days.get(year) or Census.usual_day(year))
            moved = theirs and self.kept.municipality_id != self.other.municipality_id
            if moved or mine + theirs != both:
                years.add(year)
        return years

    @property
    def _same_day_rows(self):
        return [row for pair in self._same_days for row in pair]

    def _active_on(self, day):
        """Whether the one is active that day, the other, and the two as one."""
        begun = [row for row in self.statuses if row.starts_on <= day]
        mine = [row for row in begun if row.enterprise_id == self.kept.pk]
        theirs = [row for row in begun if row.enterprise_id == self.other.pk]
        return [
            bool(rows) and rows[-1].status == EnterpriseStatus.Status.ACTIVE
            for rows in (mine, theirs, begun)
        ]

    def _closed_words(self, years):
        return _(
            "%(years)s: the report is adopted, and a merge changes its figures. "
            "Ask the administrator to reopen the year first."
        ) % {"years": ", ".join(map(str, sorted(years)))}

    @staticmethod
    def _label(name):
        return capfirst(str(Enterprise._meta.get_field(name).verbose_name))

    @staticmethod
    def _value(enterprise, name):
        return getattr(enterprise, Enterprise._meta.get_field(name).attname)

    def _states(self, enterprise, name):
        return self._value(enterprise, name) not in SAYS_NOTHING

    @staticmethod
    def _words(enterprise, name):
        display = getattr(enterprise, f"get_{name}_display", None)
        return capfirst(str(display())) if display else str(getattr(enterprise, name))

    @staticmethod
    def _status_words(status):
        words = str(status.get_status_display())
        return f"{words} ({status.source})" if status.source else words


def _pointing_at(record):
    """The fields of records that point at this one, but for an enterprise's own of its organisation."""
    for relation in record._meta.get_fields(include_hidden=True):
        if relation.auto_created and relation.is_relation:
            owner = relation.related_model
            if issubclass(owner, Record) and owner is not Enterprise:
                yield relation.field


def answer_words(answer):
    """An answer to a census in a line: its state, each number that was answered, its comment."""
    words = [str(answer.get_state_display()), *_numbers_in_words(answer)]
    words += filter(None, [answer.change_reason, answer.comment])
    return capfirst(", ".join(words))


def _numbers_in_words(numbers):
    names = (*CensusReturn.EMPLOYED, *CensusReturn.PLACED)
    return [
        f"{CensusReturn._meta.get_field(name).verbose_name} {formats.number(getattr(numbers, name))}"
        for name in names
        if getattr(numbers, name) is not None
    ]


def _weight(answer):
    """How much an answer says: confirmed most, one nobody gave nothing."""
    State = CensusReturn.State
    order = [State.NOT_ANSWERED, State.NOT_APPLICABLE, State.DRAFT, State.CONFIRMED]
    return order.index(answer.state)


def _person(contact):
    texts = (contact.name, contact.email, contact.telephone)
    return tuple(text.strip().casefold() for text in texts)
