"""How long participants' codes are kept, and how they are replaced.

A grant says until when (`retain_until`). When the day has passed for every grant that a participant
was placed under, the code may go: a new key takes its place everywhere, one for one, so that every
count of persons stays, and no slip at a municipality matches any more.
"""

import re
import secrets
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.utils.translation import gettext as _

from programmes import erasing
from programmes.acts import one_act
from programmes.models import Erasure

from .models import CODE_LETTERS, KEY, Grant, Participant, Placement

# How people write the four and four signs of a code, also in an address.
BETWEEN = r"(?:[\s\-\u00a0‐‑‒–—−_.:/+]|%20|%E2%80%9[0-5]|%E2%88%92){0,3}"
FOUR = f"[{CODE_LETTERS}]{{4}}"
# Looked for at each sign, so that one that is written into something else is found too.
WRITTEN = re.compile(f"(?=(({FOUR})({BETWEEN})({FOUR})))", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class OfGrant:
    """A grant whose day has passed: how many participants' codes may go, and how many another grant keeps."""

    grant: Grant
    due: frozenset
    kept: int


class Codes:
    """The codes of a programme's participants on `today`; four queries, whatever their number.

    Those deleted with their placement are among them: their code is left in the history.
    """

    def __init__(self, programme, today):
        self.programme, self.today = programme, today

    @cached_property
    def grants(self):
        rows = Grant.objects.filter(programme=self.programme).select_related(
            "municipality", "programme"
        )
        return {row.pk: row for row in rows.order_by("year", "municipality__sort_name", "pk")}

    def has_passed(self, grant):
        """Whether the day of the grant (its key) is over."""
        return self.grants[grant].codes_may_go(self.today)

    @cached_property
    def _printed(self):
        """The ids of those, there or deleted, whose code was never replaced."""
        told = Participant.history.filter(programme=self.programme.pk).order_by()
        there = Participant.objects.filter(programme=self.programme).order_by()
        told, there = told.values_list("id", "code"), there.values_list("pk", "code")
        return {pk for pk, code in told.union(there) if not code.startswith(KEY)}

    @cached_property
    def _placed_under(self):
        """The ids of the grants each of them was placed under; of who is deleted, as the history tells."""
        mine = Placement.objects.filter(grant__programme=self.programme).order_by()
        found = defaultdict(set)
        for participant, grant in mine.values_list("participant", "grant"):
            found[participant].add(grant)
        gone = self._printed - found.keys()
        past = Placement.history.filter(participant__in=gone).order_by()
        for participant, grant in past.values_list("participant", "grant").distinct():
            found[participant].add(grant)
        return found

    @cached_property
    def due(self):
        """The ids of the participants whose code may go: each of their grants is over, or is gone."""
        return frozenset(
            participant
            for participant, under in self._placed_under.items()
            if participant in self._printed
            and all(self.has_passed(grant) for grant in under if grant in self.grants)
        )

    @cached_property
    def of_grants(self):
        """Each grant whose day has passed and which has codes, with how many may go."""
        under = defaultdict(set)
        for participant, grants in self._placed_under.items():
            for grant in grants if participant in self._printed else ():
                under[grant].add(participant)
        return [
            OfGrant(grant, self.due & under[pk], len(under[pk] - self.due))
            for pk, grant in self.grants.items()
            if self.has_passed(pk) and under[pk]
        ]

    @cached_property
    def of_no_grant(self):
        """The deleted ones whose grants are deleted too: nothing but the history holds their codes."""
        return frozenset(
            participant
            for participant in self.due
            if not self._placed_under[participant] & self.grants.keys()
        )

    @property
    def without_a_day(self):
        """The grants that do not say until when their codes are kept."""
        return [grant for grant in self.grants.values() if grant.retain_until is None]

    @property
    def next_day(self):
        """The next day on which codes fall due; None where no grant says one."""
        days = [grant.retain_until for pk, grant in self.grants.items() if not self.has_passed(pk)]
        return min(filter(None, days), default=None)

    def of(self, grants, with_no_grant=False):
        """The ids of those whose code may go and who were placed under one of `grants` (their keys)."""
        chosen = {one for row in self.of_grants if row.grant.pk in grants for one in row.due}
        return chosen | (self.of_no_grant if with_no_grant else set())


@transaction.atomic
def replace_codes(codes, grants, decision, *, with_no_grant=False):
    """Give those of `Codes` who were placed under `grants` (keys), and may lose their code, new keys.

    `with_no_grant` takes those along whose grants are deleted. Returns the entry of the log; None
    where there was nothing to do. All of it or nothing.
    """
    for model in (Grant, Participant):
        mine = model.objects.select_for_update().filter(programme=codes.programme)
        list(mine.order_by("pk").values_list("pk"))
    chosen = Codes(codes.programme, codes.today).of(grants, with_no_grant)
    if not chosen:
        return None
    keys = _new_keys(codes.programme, chosen)
    codes_of = {row.pk: row.code for row in Participant.objects.filter(pk__in=chosen)}
    codes_of |= dict(Participant.history.filter(id__in=chosen).values_list("id", "code"))
    instead = {_plain(code): keys[participant] for participant, code in codes_of.items()}
    reason = (_("Erased: %(decision)s") % {"decision": decision.reference})[:100]
    with one_act():
        for participant, key in keys.items():
            Participant.history.filter(id=participant).update(code=key)
        for row in Participant.objects.select_for_update().filter(pk__in=chosen):
            row.code = keys[row.pk]
            row._history_user, row._change_reason = decision.by, reason
            row.save()
        texts = erasing.rewrite(
            lambda text: without_codes(text, instead),
            by=decision.by,
            reason=reason,
            spare=lambda model, field: _is_of_participants(model) and field.name == "code",
        )
        erasing.leave_nothing_behind()
        return erasing.enter(
            Erasure.What.CODES,
            len(chosen),
            decision,
            programme=codes.programme,
            texts=texts,
            records={"grants": sorted(grants)},
        )


def _is_of_participants(model):
    return model is Participant or model is Participant.history.model


def _new_keys(programme, participants):
    """A key of its own for each id, that nobody in the programme has or had."""
    taken = set(Participant.history.filter(programme=programme.pk).values_list("code", flat=True))
    keys = {}
    for participant in sorted(participants):
        key = _random_key()
        while key in taken:
            key = _random_key()
        taken.add(key)
        keys[participant] = key
    return keys


def _random_key():
    """Such as "GA-7K2MPQ": as long as a code, and in it the vowel that no code has."""
    return KEY + "".join(secrets.choice(CODE_LETTERS) for _sign in range(6))


def _plain(code):
    return re.sub("[^0-9A-Z]", "", code.upper())


def without_codes(text, instead):
    """`text` with each code in `instead` ({"KX4T9PDM": key}) replaced by its key, however it is written.

    The text never gets longer by it.
    """
    parts, end = [], 0
    for found in WRITTEN.finditer(text):
        _whole, first, between, last = found.groups()
        key = instead.get(f"{first}{last}".upper())
        if key and found.start() >= end:
            parts += [text[end : found.start()], key if between else key.replace("-", "")]
            end = found.end(1)
    return "".join([*parts, text[end:]])
