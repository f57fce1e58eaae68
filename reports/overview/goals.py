"""Do we reach the objectives? How far the plan has come for each, and how it is judged."""

from dataclasses import dataclass, replace

from django.db.models import Count, F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import ActionPlan, Attendance, Event, PlannedActivity
from programmes.figures import share
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
    activities, attendances = _activities(shown)
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
        own = activities.get(objective.pk, [])
        progress = [
            replace(found, url=_plan_url(shown, objective))
            for found in (
                *_activities_done(own, shown.today),
                *_attendances_reached(own, attendances),
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


def _activities(shown):
    """Planned activities by objective, and the attendances at the events of each activity."""
    years = (shown.period.first, shown.period.last)
    planned = (
        PlannedActivity.objects.filter(plan__programme=shown.programme, plan__year__range=years)
        .with_held_events()
        .select_related("plan")
        .prefetch_related("objectives")
    )
    persons = F("women") + F("men") + F("unspecified")
    attendances = dict(
        Attendance.objects.filter(
            event__planned_activity__plan__programme=shown.programme,
            event__planned_activity__plan__year__range=years,
            event__status=Event.Status.HELD,
        )
        .order_by()
        .values_list("event__planned_activity")
        .annotate(n=Sum(persons))
    )
    by_objective = {}
    for activity in planned:
        for objective in activity.objectives.all():
            by_objective.setdefault(objective.pk, []).append(activity)
    return by_objective, attendances


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


def _activities_done(activities, today):
    """Planned activities done of those still meant to be done; cancelled and overdue ones are told."""
    state = PlannedActivity.State
    states = [activity.state(today) for activity in activities]
    planned = [found for found in states if found != state.CANCELLED]
    if not states:
        return
    done, overdue = states.count(state.DONE), states.count(state.OVERDUE)
    cancelled = states.count(state.CANCELLED)
    words = [
        ngettext(
            "%(done)s of %(planned)s activity done",
            "%(done)s of %(planned)s activities done",
            len(planned),
        )
        % {"done": number(done), "planned": number(len(planned))}
    ]
    if overdue:
        words.append(_("%(n)s overdue") % {"n": number(overdue)})
    if cancelled:
        words.append(_("%(n)s cancelled") % {"n": number(cancelled)})
    yield Progress(", ".join(words), _filled(done, len(planned)))


def _attendances_reached(activities, attendances):
    """Attendances at the events of planned activities that have a target, against those targets."""
    aimed = [a for a in activities if a.target_attendances and not a.cancelled_reason]
    if not aimed:
        return
    target = sum(activity.target_attendances for activity in aimed)
    known = [attendances[activity.pk] for activity in aimed if activity.pk in attendances]
    if not known:
        words = _("target %(target)s attendances, none counted yet") % {"target": number(target)}
        yield Progress(words, 0)
        return
    reached = sum(known)
    words = _("%(reached)s of %(target)s attendances") % {
        "reached": number(reached),
        "target": number(target),
    }
    beyond = round(100 * target / reached, 1) if reached > target else None
    yield Progress(words, _filled(reached, target), beyond)


def _filled(part, whole):
    """A bar's length in percent, full at most."""
    return round(min(100 * (share(part, whole) or 0), 100), 1)
