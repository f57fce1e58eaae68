"""Do we reach the objectives? How far the plan has come for each, and how it is judged."""

from dataclasses import dataclass, replace

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.figures import PlanOutcome, events_of, plan_outcome
from activities.models import ActionPlan, Event, PlannedActivity
from programmes.formats import day, number
from programmes.models import Judgement

JUDGED = {
    Judgement.Value.FULFILLED: "good",
    Judgement.Value.LARGELY: "good",
    Judgement.Value.PARTLY: "part",
    Judgement.Value.NOT: "bad",
    Judgement.Value.UNCLEAR: "unclear",
}


@dataclass(frozen=True)
class Progress:
    """How far something has come: the words, the bar in percent, and where on it the target lies."""

    words: str
    percent: float = None
    target: float = None
    url: str = ""


@dataclass(frozen=True)
class Goal:
    """An objective: how far the plan has come, and the judgement in words with its icon.

    `judged_for` names the years of a judgement that is not of the year or period shown.
    """

    title: str
    description: str
    progress: tuple
    icon: str
    judgement: str
    judged_for: str = ""
    judged_by: str = ""
    reason: str = ""
    is_judged: bool = False


def plan(shown):
    """What the objectives are measured against."""
    plans = list(
        ActionPlan.objects.filter(
            programme=shown.programme, year__range=(shown.period.first, shown.period.last)
        ).order_by("adopted_on")
    )
    if not plans:
        return _("There is no action plan to measure against.")
    adopted = [plan for plan in plans if plan.is_adopted]
    if len(adopted) < len(plans):
        return _("What came of the action plan. It is not adopted yet.")
    if not shown.period.is_year:
        return _("What came of the action plans.")
    return _("What came of the action plan, adopted %(day)s.") % {
        "day": day(adopted[-1].adopted_on)
    }


def goals(shown):
    """Each objective with how far its planned activities have come, and its judgement."""
    outcomes = _outcomes(shown)
    judgements = _judgements(shown)
    events = dict(
        Event.objects.filter(programme=shown.programme, objectives__isnull=False)
        .held_in(shown.period)
        .order_by()
        .values_list("objectives")
        .annotate(n=Count("pk"))
    )
    goals = []
    for objective in shown.programme.objectives.all():
        outcome = outcomes.get(objective.pk, PlanOutcome())
        progress = [
            replace(found, url=_plan_url(shown, objective))
            for found in (
                *_activities_done(outcome),
                *_attendances_reached(outcome),
            )
        ]
        if not progress and events.get(objective.pk):
            count = events[objective.pk]
            words = ngettext("%(n)s event", "%(n)s events", count) % {"n": number(count)}
            progress = [Progress(words)]
        goals.append(_goal(shown, objective, tuple(progress), judgements.get(objective.pk)))
    return tuple(goals)


def _plan_url(shown, objective):
    """Where the planned activities for the objective stand: one plan a year."""
    if not shown.period.is_year:
        return ""
    plan = reverse("activities:plan", args=[shown.programme.slug])
    return f"{plan}?year={shown.year}&objective={objective.pk}"


def _goal(shown, objective, progress, judgement):
    icon = JUDGED[judgement.value] if judgement else "empty"
    of_other_years = judgement and judgement.period != shown.period
    return Goal(
        title=str(objective),
        description=objective.description,
        progress=progress,
        icon=icon,
        judgement=str(judgement.get_value_display()) if judgement else _("not judged"),
        judged_for=str(judgement.period) if of_other_years else "",
        judged_by=_judged_by(judgement) if judgement else "",
        reason=judgement.reason if judgement else "",
        is_judged=bool(judgement) and not of_other_years,
    )


def _outcomes(shown):
    """What came of the planned activities for each objective: its plan's outcome."""
    years = (shown.period.first, shown.period.last)
    planned = list(
        PlannedActivity.objects.filter(plan__programme=shown.programme, plan__year__range=years)
        .with_held_events()
        .select_related("plan")
        .prefetch_related("objectives")
    )
    events = events_of(planned)
    by_objective = {}
    for activity in planned:
        for objective in activity.objectives.all():
            by_objective.setdefault(objective.pk, []).append(activity)
    return {
        objective: plan_outcome(own, events, shown.today) for objective, own in by_objective.items()
    }


def _judgements(shown):
    """The judgement of each objective: of exactly these years, else of the fewest that cover them."""
    rows = Judgement.objects.filter(
        objective__programme=shown.programme,
        first_year__lte=shown.period.first,
        last_year__gte=shown.period.last,
    )
    found = {}
    for row in sorted(rows, key=lambda row: (row.last_year - row.first_year, row.pk)):
        found.setdefault(row.objective_id, row)
    return found


def _judged_by(judgement):
    if judgement.judged_on:
        return f"{judgement.judged_by}, {day(judgement.judged_on)}"
    return judgement.judged_by


def _activities_done(outcome):
    """Planned activities done of those still meant to be done; cancelled and overdue ones are told."""
    if not outcome.activities:
        return
    words = [
        ngettext(
            "%(done)s of %(planned)s activity done",
            "%(done)s of %(planned)s activities done",
            outcome.planned,
        )
        % {"done": number(outcome.done), "planned": number(outcome.planned)}
    ]
    if outcome.overdue:
        words.append(_("%(n)s overdue") % {"n": number(outcome.overdue)})
    if outcome.cancelled:
        words.append(_("%(n)s cancelled") % {"n": number(outcome.cancelled)})
    yield Progress(", ".join(words), _filled(outcome.done_share))


def _attendances_reached(outcome):
    """Attendances at the events of planned activities that have a target, against those targets."""
    if outcome.target is None:
        return
    if outcome.reached is None:
        words = _("target %(target)s attendances, none counted yet")
        yield Progress(words % {"target": number(outcome.target)}, 0)
        return
    words = (
        _("at least %(reached)s of %(target)s attendances")
        if outcome.reached_uncounted
        else _("%(reached)s of %(target)s attendances")
    ) % {"reached": number(outcome.reached), "target": number(outcome.target)}
    beyond = round(100 / outcome.reached_share, 1) if outcome.reached_share > 1 else None
    yield Progress(words, _filled(outcome.reached_share), beyond)


def _filled(share):
    """A bar's length in percent, full at most."""
    return round(min(100 * (share or 0), 100), 1)
