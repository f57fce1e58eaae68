"""Plan against outcome: what was planned, what came of it and why, on one page."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.exports import Listing, download

from .. import figures, plan_columns
from ..adoption import after_decision
from ..models import PlannedActivity
from .chosen_plan import by_objective, chosen_plan


@dataclass(frozen=True)
class Row:
    """An activity and what came of it."""

    activity: PlannedActivity
    outcome: figures.PlanOutcome


def plan_outcome(request, programme):
    """Each activity of the plan a year and an initiative choose, with what came of it.

    An activity under two objectives counts under both, so objectives are not added up; the plan's
    own sums count each activity once.
    """
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    chosen = chosen_plan(request, programme)
    plan, activities = chosen["plan"], chosen["activities"]
    events, today = figures.events_of(activities), timezone.localdate()
    context = chosen | {
        "view": "outcome",
        "whole": figures.plan_outcome(activities, events, today),
        "objectives": [
            (objective, figures.plan_outcome(own, events, today))
            for objective, own in by_objective(programme, activities)
        ],
        "rows": _rows(activities, events, today),
        "decision": after_decision(plan) if plan else None,
        "today": today,
    }
    return render(request, "activities/plan_outcome.html", context)


def plan_outcome_file(request, programme, format):
    """What the page shows, activity by activity."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    chosen = chosen_plan(request, programme)
    activities = chosen["activities"]
    rows = _rows(activities, figures.events_of(activities), timezone.localdate())
    narrowed = [
        (_("Year"), str(chosen["year"])),
        (_("Initiative"), str(chosen["initiative"] or "–")),
    ]
    full = request.user.membership_in(programme).sees_full_figures
    return download(
        Listing(
            programme,
            f"plan-och-utfall-{chosen['year']}",
            _("Plan and outcome"),
            plan_columns.of_outcomes(),
            rows,
            narrowed,
            full,
        ),
        format,
    )


def _rows(activities, events, today):
    return [Row(row, figures.plan_outcome([row], events, today)) for row in activities]
