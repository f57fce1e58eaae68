"""Who has answered a census and who has not, said the same way wherever a sum of the answers stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes import formats
from programmes.figures import share

FEWEST_ALL = 3  # of fewer enterprises nobody says "all"


class Answered(NamedTuple):
    """Of the enterprises `asked`, how many have `answered`: those whose answers count.

    `not_applicable` of the others had nothing to answer. `is_part`: more have answered, but not this.
    """

    answered: int
    asked: int
    not_applicable: int = 0
    is_part: bool = False

    @property
    def is_whole(self):
        return self.answered == self.asked

    @property
    def words(self):
        """ "27 of 31 enterprises have answered; the numbers are about those", "All 31 enterprises have answered"."""
        return f"{self.share} {self.rest}"

    @property
    def brief(self):
        """The same beside a number of enterprises, which stands whether they answered or not."""
        return f"{self.share} {self._have_answered}"

    @property
    def within(self):
        """`brief` as it stands within a sentence."""
        return self.brief[:1].lower() + self.brief[1:]

    @property
    def share(self):
        """Its beginning: "27 of 31", "All 31"."""
        if self.is_whole and self.asked >= FEWEST_ALL:
            return _("All %(asked)s") % {"asked": formats.number(self.asked)}
        return of(self.answered, self.asked)

    @property
    def rest(self):
        """What follows the share; where all or none have answered there is nothing to add."""
        if self.is_whole or not self.answered:
            return self._have_answered
        whose = ngettext(
            "the numbers are about that one", "the numbers are about those", self.answered
        )
        return f"{self._have_answered}; {whose}"

    @property
    def _have_answered(self):
        words = (
            _("enterprises have answered this question")
            if self.is_part
            else _("enterprises have answered")
        )
        if self.not_applicable:
            words += " " + _("(%(n)s not applicable)") % {"n": formats.number(self.not_applicable)}
        return words


@dataclass(frozen=True)
class Coverage:
    """Where the enterprises a census is about stand. The five states together are all those `asked`.

    `waiting` have an answer to give and have not begun; `never_asked` came into the register later
    and have no return. `uncounted` are confirmed answers of enterprises that were not active on its
    day. `given` says how many of the confirmed gave a number at all, and how many each of its
    parts, by (indicator, part).
    """

    asked: int
    confirmed: int = 0
    drafts: int = 0
    not_applicable: int = 0
    waiting: int = 0
    never_asked: int = 0
    uncounted: int = 0
    given: Mapping = field(default_factory=dict)

    @classmethod
    def of(cls, asked, states, **more):
        """Of numbers of returns by their state, of the enterprises `asked`."""
        return cls(
            asked=asked,
            confirmed=states.get("confirmed", 0),
            drafts=states.get("draft", 0),
            not_applicable=states.get("not_applicable", 0),
            waiting=states.get("not_answered", 0),
            never_asked=asked - sum(states.values()),
            **more,
        )

    @property
    def states(self):
        return (
            self.confirmed,
            self.drafts,
            self.waiting,
            self.not_applicable,
            self.never_asked,
        )

    @property
    def silent(self):
        """How many have something to answer, were asked and have not confirmed."""
        return self.drafts + self.waiting

    @property
    def is_asked(self):
        """Whether anybody was asked at all."""
        return self.never_asked < self.asked

    @property
    def answered(self):
        return Answered(self.confirmed, self.asked, self.not_applicable)

    def of_question(self, code, part=()):
        """How many have answered what an indicator, or a part of it, adds up."""
        number = self.given.get((code, part), 0)
        is_part = number < self.confirmed
        return Answered(number, self.asked, self.not_applicable, is_part)

    @property
    def meter(self):
        """How far the bar is filled, of 100, as a drawing wants it written."""
        return f"{100 * min(share(self.confirmed, self.asked) or 0, 1):.1f}"

    def account(self, code="", part=()):
        """All of those asked in one sentence: who answered (the question of `code`) and who did not."""
        number = self.given.get((code, part), 0) if code else self.confirmed
        skipped = self.confirmed - number
        rows = (
            (
                number,
                ngettext(
                    "%(n)s has answered this question", "%(n)s have answered this question", number
                )
                if skipped
                else ngettext("%(n)s has answered", "%(n)s have answered", number),
            ),
            (
                skipped,
                ngettext(
                    "%(n)s has answered but not this question",
                    "%(n)s have answered but not this question",
                    skipped,
                ),
            ),
            (self.drafts, ngettext("%(n)s has a draft", "%(n)s have a draft", self.drafts)),
            (
                self.waiting,
                ngettext("%(n)s has not answered", "%(n)s have not answered", self.waiting),
            ),
            (self.not_applicable, not_applicable(self.not_applicable)),
            (self.never_asked, never_asked(self.never_asked)),
        )
        said = [words % {"n": formats.number(n)} for n, words in rows if n]
        template = ngettext(
            "Of %(asked)s enterprise: %(said)s.", "Of %(asked)s enterprises: %(said)s.", self.asked
        )
        return template % {"asked": formats.number(self.asked), "said": ", ".join(said)}


def of(number, whole):
    return _("%(answered)s of %(asked)s") % {
        "answered": formats.number(number),
        "asked": formats.number(whole),
    }


def not_applicable(number):
    return ngettext("%(n)s is not applicable", "%(n)s are not applicable", number) % {
        "n": formats.number(number)
    }


def never_asked(number):
    return ngettext("%(n)s was never asked", "%(n)s were never asked", number) % {
        "n": formats.number(number)
    }


def gaps(words, given, answered):
    """Which parts not all of those who `answered` have given: "27 of 28 have given women, 26 of 28 men".

    `words` are the parts in words, `given` how many gave each; empty where all gave every part.
    """
    found = [(part, given.get(part, 0)) for part in words if given.get(part, 0) < answered]
    if not found or not answered:
        return ""
    (first, number), *rest = found
    said = _("%(share)s have given %(part)s") % {
        "share": of(number, answered),
        "part": words[first],
    }
    return ", ".join([said, *(f"{of(number, answered)} {words[part]}" for part, number in rest)])
