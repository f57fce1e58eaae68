"""When it is asked what came of a placement: at its end, and 3, 6 and 12 months after it.

The day at hand asks for one follow-up of a placement: the latest whose day has come. One that was
missed is not asked for any more, since the next tells more; a placement of which nothing is known
is asked for until something is. A placement that was extended is followed up at its end alone (the
extension is what came of it): what came later belongs to the last placement of the chain.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from programmes.figures import share
from programmes.models import Completeness
from programmes.periods import add_months

from .models import Outcome, Placement

FollowUp, Result = Outcome.FollowUp, Outcome.Result
OVERDUE = timedelta(days=30)  # after its day
SOON = timedelta(days=60)  # before it
GIVEN_UP = 12  # months after the last follow-up, where an earlier one is known
AT_WORK_OR_STUDIES = (Result.WORK, Result.SUBSIDISED_WORK, Result.STUDIES)


@dataclass(frozen=True)
class Due:
    """A follow-up of a placement, and the day it is for."""

    placement: Placement
    follow_up: FollowUp
    day: date
    is_overdue: bool = False

    @property
    def label(self):
        return self.follow_up.label


@dataclass(frozen=True)
class Agenda:
    """What is to be followed up on a day: overdue and due, the oldest first, and soon to come."""

    overdue: tuple
    now: tuple
    soon: tuple

    @property
    def number(self):
        return len(self.overdue) + len(self.now)


def followed(placements):
    """The placements of a queryset as follow-ups are reckoned from them: with their standing outcomes."""
    extensions = Placement.objects.filter(extension_of=OuterRef("pk"))
    return placements.annotate(is_extended=Exists(extensions)).with_outcomes()


def asked_about(programme, placements):
    """The placements whose outcome is asked for: none of a year whose records are known to have gaps."""
    gaps = Completeness.objects.filter(programme=programme, area=Completeness.Area.PLACEMENTS)
    gaps = gaps.exclude(level=Completeness.Level.COMPLETE)
    return placements.exclude(year__in=gaps.values("year"))


def agenda(placements, today):
    """What is to be followed up of a queryset of placements."""
    rows = list(followed(placements).select_related("grant").order_by("pk"))
    due, soon = [], []
    for row in rows:
        if found := asked_for(row, today):
            due.append(found)
        elif found := coming(row, today):
            soon.append(found)
    due.sort(key=lambda one: one.day)
    soon.sort(key=lambda one: one.day)
    return Agenda(
        overdue=tuple(one for one in due if one.is_overdue),
        now=tuple(one for one in due if not one.is_overdue),
        soon=tuple(soon),
    )


def days_of(placement):
    """The day of each of its follow-ups, earliest first.

    They are reckoned from its last day.
    """
    end = placement.last_day
    kinds = [FollowUp.END] if placement.is_extended else FollowUp
    return [(follow_up, add_months(end, follow_up.value)) for follow_up in kinds]


def asked_for(placement, today):
    """The follow-up that is asked for on `today`; None where none is, or it or a later one is known."""
    begun = [(follow_up, day) for follow_up, day in days_of(placement) if day <= today]
    if not begun:
        return None
    follow_up, day = begun[-1]
    answered = {row.follow_up for row in placement.standing_outcomes}
    if answered and max(answered) >= follow_up:
        return None
    if answered and follow_up == max(FollowUp) and today > add_months(day, GIVEN_UP):
        return None
    return Due(placement, follow_up, day, is_overdue=day < today - OVERDUE)


def coming(placement, today):
    """The next follow-up, if its day comes soon and it is not known already."""
    answered = {row.follow_up for row in placement.standing_outcomes}
    for follow_up, day in days_of(placement):
        if day > today:
            is_next = follow_up not in answered and day <= today + SOON
            return Due(placement, follow_up, day) if is_next else None
    return None


@dataclass(frozen=True)
class Known:
    """What is known at one follow-up, of the placements whose day for it has come. Unit: placements.

    `known` of them have a result, of which `at_work` are at work or studying; of `unknown` somebody
    noted that nobody knows; of `missing` nothing is noted.
    """

    follow_up: FollowUp
    known: int
    at_work: int
    unknown: int
    missing: int

    @property
    def due(self):
        return self.known + self.unknown + self.missing

    @property
    def share(self):
        """At work or studying, of those known."""
        return share(self.at_work, self.known)


def known_at(follow_up, placements, today):
    """What is known of `placements` at a follow-up."""
    counts = {"known": 0, "at_work": 0, "unknown": 0, "missing": 0}
    for placement in placements:
        results = [r.result for r in placement.standing_outcomes if r.follow_up == follow_up]
        day = dict(days_of(placement)).get(follow_up)
        if results:
            counts["unknown" if results[-1] == Result.UNKNOWN else "known"] += 1
            counts["at_work"] += results[-1] in AT_WORK_OR_STUDIES
        elif day and day <= today:
            counts["missing"] += 1
    return Known(follow_up, **counts)


def known(placements, today):
    """What is known of a queryset of placements, at each follow-up."""
    rows = list(followed(placements).select_related("grant"))
    return [known_at(follow_up, rows, today) for follow_up in FollowUp]
