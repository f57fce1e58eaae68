"""Which plan is looked at: the year, the initiative and the objective an address names."""

from django.db.models import Prefetch
from django.utils import timezone

from programmes.models import Initiative
from programmes.records import closed_years
from programmes.text import whole_number

from ..models import ActionPlan, Event, PlannedActivity


def chosen_plan(request, programme):
    """What every page of plans shows: the years, the initiatives, the plan asked for, its activities."""
    today = timezone.localdate()
    plans = list(
        ActionPlan.objects.filter(programme=programme).select_related("programme", "initiative")
    )
    years = _years(programme, plans, today)
    year = _chosen_year(request.GET.get("year"), years, plans, today)
    initiatives = _going_on(programme, year, plans)
    objective = _asked_objective(request, programme)
    initiative = _chosen_initiative(
        request.GET.get("initiative"), initiatives, _serving(objective, year), year, plans
    )
    shown = next((p for p in plans if p.year == year and p.initiative == initiative), None)
    activities = activities_of(shown, today) if shown else []
    if objective:
        activities = [row for row in activities if objective in row.objectives.all()]
    return {
        "programme": programme,
        "year": year,
        "years": years,
        "closed": set(closed_years().filter(programme=programme).values_list("year", flat=True)),
        "initiatives": initiatives,
        "initiative": initiative,
        "plan": shown,
        "objective": objective,
        "activities": activities,
        "earlier": any(p.initiative == initiative and p.year < year for p in plans),
        "before": next(
            (p for p in plans if p.initiative == initiative and p.year == year - 1), None
        ),
        "onward": _onward(shown, initiative, programme),
    }


def _onward(plan, initiative, programme):
    """The year a plan can be taken along to; None where programme or initiative has ended by then."""
    if plan is None:
        return None
    ends = [row.ends_on for row in (initiative, programme) if row.ends_on]
    coming = plan.year + 1
    return None if any(day.year < coming for day in ends) else coming


def _years(programme, plans, today):
    """The years of the programme, the coming one while it goes on, and those with a plan."""
    period = programme.period(today)
    coming = {period.last + 1} if programme.ends_on is None else set()
    return sorted({*period.years, *coming, *(plan.year for plan in plans)})


def _chosen_year(asked, years, plans, today):
    """The year asked for; else this year, the latest with a plan, or the last there is."""
    if asked in map(str, years):
        return int(asked)
    if today.year in years:
        return today.year
    return max((plan.year for plan in plans), default=years[-1])


def _going_on(programme, year, plans):
    """The initiatives that go on in `year`, or have a plan for it."""
    planned = {plan.initiative_id for plan in plans if plan.year == year}
    rows = list(Initiative.objects.filter(programme=programme))
    current = [
        row
        for row in rows
        if row.starts_on.year <= year and (row.ends_on is None or row.ends_on.year >= year)
    ]
    return [row for row in rows if row in current or row.pk in planned] or rows


def _serving(objective, year):
    """The initiatives whose plans of the year hold something for the objective."""
    if objective is None:
        return set()
    activities = objective.planned_activities.filter(plan__year=year)
    return set(activities.order_by().values_list("plan__initiative", flat=True))


def _chosen_initiative(asked, initiatives, serving, year, plans):
    """The one asked for; else one that serves, has a plan for the year, is structural, or the first."""
    planned = {plan.initiative_id for plan in plans if plan.year == year}
    ranked = sorted(
        initiatives,
        key=lambda row: (
            row.slug != asked,
            row.pk not in serving,
            row.pk not in planned,
            row.direction != Initiative.Direction.STRUCTURAL,
        ),
    )
    return ranked[0] if ranked else None


def _asked_objective(request, programme):
    """The objective the address names; None where it names none of the programme's."""
    asked = whole_number(request.GET.get("objective"))
    return programme.objectives.filter(pk=asked).first() if asked else None


def activities_of(plan, today):
    """The plan's activities with `its_events`, oldest first, and how they stand by today.

    `state_now` is their state; `lacks_counts`, whether one of the events was held and not counted.
    """
    events = Event.objects.with_attendances().select_related("municipality")
    rows = list(
        plan.activities.with_held_events()
        .select_related("plan", "responsible")
        .prefetch_related(
            "objectives", Prefetch("events", events.order_by("starts_on", "pk"), "its_events")
        )
        .order_by(*PlannedActivity._meta.ordering)  # which grouping has dropped
    )
    for row in rows:
        row.state_now = row.state(today)
        row.lacks_counts = any(
            event.status == Event.Status.HELD and event.attendances is None
            for event in row.its_events
        )
    return rows


def by_objective(programme, activities):
    """Each objective with the activities that serve it; under None, if any, those that serve none."""
    groups = [
        (objective, [a for a in activities if objective in a.objectives.all()])
        for objective in programme.objectives.all()
    ]
    without = [a for a in activities if not a.objectives.all()]
    return [*groups, (None, without)] if without else groups
