"""What became of an adopted plan after the decision: its activities then and now, by the history."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from programmes.changes import Fields
from programmes.formats import UNKNOWN
from programmes.models import Objective

from .models import PlannedActivity

# A change of its own; no change of the plan; and told without the objectives that are gone.
TOLD_APART = ("cancelled_reason", "remark", "objectives")


class What(models.TextChoices):
    """What was done with an activity after the plan was adopted."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    CANCELLED = "cancelled", _("cancelled")
    RESUMED = "resumed", _("in the plan again")
    REMOVED = "removed", _("removed")


@dataclass(frozen=True)
class LaterChange:
    """An activity that is not as it was adopted; `key` is None where it is gone.

    `fields` are (label, as adopted, now).
    """

    what: What
    title: str
    key: int
    when: datetime
    reason: str
    fields: tuple


@dataclass(frozen=True)
class Decision:
    """From when on changes of an adopted plan are changes after the decision, and which they are.

    `typed_in_later`: the plan was not here yet on the day of the decision, so what is compared is
    how it stood when it was marked as adopted.
    """

    since: datetime
    typed_in_later: bool
    changes: tuple


def after_decision(plan):
    """The `Decision` of an adopted plan; None for a draft. A constant number of queries."""
    if not plan.is_adopted:
        return None
    since, typed_in_later = _since(plan)
    rows = list(
        PlannedActivity.history.filter(plan=plan.pk).order_by("id", "history_date", "history_id")
    )
    fields, objectives = Fields(rows), _objectives(rows)
    found = [
        _change(list(own), since, fields, objectives)
        for _key, own in groupby(rows, key=lambda row: row.id)
    ]
    changes = sorted(filter(None, found), key=lambda change: change.when)
    return Decision(since, typed_in_later, tuple(changes))


def _since(plan):
    """When the decision stood: the end of its day, or when it was written down on that day.

    A plan that was made here only later stands as it was when it was marked as adopted.
    """
    rows = list(plan.history.order_by("history_date", "history_id"))
    made = marked = rows[0].history_date if rows else timezone.now()
    for row in reversed(rows):
        if row.adopted_on != plan.adopted_on:
            break
        marked = row.history_date
    next_day = datetime.combine(plan.adopted_on + timedelta(1), time())
    decided = timezone.make_aware(next_day)
    if marked < decided:
        return marked, False
    return (decided, False) if made < decided else (marked, True)


def _change(own, since, fields, objectives):
    """What happened to one activity, by its rows in the history; None where it is as adopted."""
    then = next((row for row in reversed(own) if row.history_date <= since), None)
    then = None if then is None or then.history_type == "-" else then
    now = None if own[-1].history_type == "-" else own[-1]
    if own[-1].history_date <= since or (then is None and now is None):
        return None
    told = ()
    if then and now:
        told = (*fields.differences(then, now, TOLD_APART), *objectives.differences(then, now))
    what = _what(then, now, told)
    if what is None:
        return None
    last = own[-1]
    return LaterChange(
        what=what,
        title=(now or then).title,
        key=now.id if now else None,
        when=last.history_date,
        reason=(now.cancelled_reason if now else "") or last.history_change_reason or "",
        fields=told,
    )


def _what(then, now, told):
    if then is None:
        return What.ADDED
    if now is None:
        return What.REMOVED
    if bool(then.cancelled_reason) != bool(now.cancelled_reason):
        return What.CANCELLED if now.cancelled_reason else What.RESUMED
    return What.CHANGED if told else None


class _Objectives:
    """Which objectives an activity served in each row of its history."""

    def __init__(self, links):
        self.served = {}
        for row, objective in links:
            self.served.setdefault(row, set()).add(objective)
        self.known = Objective.objects.in_bulk({objective for _row, objective in links})

    def of(self, row):
        return self.served.get(row.history_id, set())

    def told(self, row):
        titles = [str(self.known[key]) for key in sorted(self.of(row)) if key in self.known]
        return ", ".join(titles) or UNKNOWN

    def differences(self, then, now):
        # An objective that was deleted since is no change of the plan.
        if self.of(then) & self.known.keys() != self.of(now) & self.known.keys():
            field = PlannedActivity._meta.get_field("objectives")
            yield capfirst(field.verbose_name), self.told(then), self.told(now)


def _objectives(rows):
    links = PlannedActivity.history.model.objectives.model.objects
    links = links.filter(history__in=rows).values_list("history_id", "objective_id")
    return _Objectives(list(links))


def vanished_objectives(activities):
    """The titles of objectives that the activities served once and that exist no more."""
    rows = PlannedActivity.history.filter(id__in=[activity.pk for activity in activities])
    objectives = _objectives(rows)
    gone = {key for keys in objectives.served.values() for key in keys} - objectives.known.keys()
    titles = Objective.history.filter(id__in=gone).order_by("history_date", "history_id")
    return sorted({row.id: row.title for row in titles}.values())
