"""The plan of a year: read, make, adopt, delete."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programmes.deletion import confirm_delete
from programmes.models import Initiative
from programmes.text import whole_number

from ..adoption import after_decision
from ..forms.plans import AdoptionForm, NewPlanForm, PlanForm, WithdrawalForm
from ..models import ActionPlan, Event, PlannedActivity
from .chosen_plan import by_objective, chosen_plan

State = PlannedActivity.State
QUARTERS = (
    (1, gettext_lazy("Quarter 1"), gettext_lazy("January–March")),
    (2, gettext_lazy("Quarter 2"), gettext_lazy("April–June")),
    (3, gettext_lazy("Quarter 3"), gettext_lazy("July–September")),
    (4, gettext_lazy("Quarter 4"), gettext_lazy("October–December")),
    (None, gettext_lazy("Without quarter"), gettext_lazy("Not set in time")),
)


def plan(request, programme):
    """An initiative's plan of a year; `year` and `initiative` choose which.

    It stands by quarter, or with `by=objective` by objective; with `objective` its activities alone.
    """
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    chosen = chosen_plan(request, programme)
    shown, objective, activities = chosen["plan"], chosen["objective"], chosen["activities"]
    grouped = request.GET.get("by") == "objective" and not objective
    context = chosen | {
        "view": "objective" if grouped else "quarter",
        "states": _states(activities),
        "quarters": [] if grouped else _quarters(activities, objective),
        "objectives": _objectives(programme, activities) if grouped else [],
        "decision": after_decision(shown) if shown else None,
        "changes": request.user.membership_in(programme).changes_of(shown) if shown else [],
    }
    return render(request, "activities/plan.html", context)


def _quarters(activities, objective):
    """Every quarter with its activities; for one objective those alone that hold something."""
    return [
        (name, months, number, [a for a in activities if a.quarter == number])
        for number, name, months in QUARTERS
        if any(a.quarter == number for a in activities) or (number and not objective)
    ]


@dataclass(frozen=True)
class Row:
    """An activity as it stands under one objective: `also` are the other ones it stands under.

    `first`: it has not been on the page before, so that links lead here.
    """

    activity: PlannedActivity
    also: tuple
    first: bool


def _objectives(programme, activities):
    """The rows of each objective, as the page has them."""
    groups, shown = [], set()
    for objective, own in by_objective(programme, activities):
        rows = []
        for activity in own:
            also = tuple(other for other in activity.objectives.all() if other != objective)
            rows.append(Row(activity, also, activity.pk not in shown))
            shown.add(activity.pk)
        groups.append((objective, rows))
    return groups


def _states(activities):
    """How many activities are in each state, in words, for the states that occur."""
    counts = {state: sum(a.state_now == state for a in activities) for state in State}
    done, planned = counts[State.DONE], counts[State.PLANNED]
    overdue, cancelled = counts[State.OVERDUE], counts[State.CANCELLED]
    words = [
        (done, ngettext("%(number)s done", "%(number)s done", done)),
        (planned, ngettext("%(number)s planned", "%(number)s planned", planned)),
        (overdue, ngettext("%(number)s overdue", "%(number)s overdue", overdue)),
        (cancelled, ngettext("%(number)s cancelled", "%(number)s cancelled", cancelled)),
    ]
    return ", ".join(text % {"number": number} for number, text in words if number)


def _plan_of(request, programme, pk):
    plans = ActionPlan.objects.editable_by(request.user).select_related("programme", "initiative")
    return get_object_or_404(plans, programme__slug=programme, pk=pk)


def plan_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    if not (request.POST or programme.initiatives.exists()):
        return redirect("activities:plan", programme.slug)  # which says what to do first
    form = NewPlanForm(
        request.POST or None, programme=programme, initial=_likely_plan(request, programme)
    )
    if form.is_valid():
        made = form.save()
        messages.success(request, _("The plan is made. Change what does not fit."))
        return redirect(made)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Make the plan of a year"),
        "crumb": _("New plan"),
        "back_url": reverse("activities:plan", args=[programme.slug]),
        "back_label": _("Plan"),
        "submit": _("Make the plan"),
    }
    return render(request, "form_page.html", context)


def _likely_plan(request, programme):
    """What a new plan starts with: the year and initiative looked at, and the plan before it."""
    initiatives = list(programme.initiatives.all())
    asked = request.GET.get("initiative")
    likely = [row for row in initiatives if row.slug == asked] or [
        row for row in initiatives if row.direction == Initiative.Direction.STRUCTURAL
    ]
    initiative = (likely or initiatives or [None])[0]
    year = whole_number(request.GET.get("year")) or timezone.localdate().year
    before = ActionPlan.objects.filter(initiative=initiative, year__lt=year).last()
    return {"initiative": initiative, "year": year, "earlier": before}


def plan_edit(request, programme, pk):
    plan = _plan_of(request, programme, pk)
    form = PlanForm(request.POST or None, instance=plan, programme=plan.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The plan is saved."))
        return redirect(plan)
    title = _("Change the plan of %(year)s") % {"year": plan.year}
    context = beside(plan, form=form, title=title, crumb=_("Change"))
    context["delete_url"] = reverse("activities:plan_delete", args=[programme, plan.pk])
    return render(request, "form_page.html", context)


def plan_adopt(request, programme, pk):
    plan = _plan_of(request, programme, pk)
    adopted, words = plan.is_adopted, {"year": plan.year}
    form = AdoptionForm(request.POST or None, instance=plan, programme=plan.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The plan is marked as adopted."))
        return redirect(plan)
    context = beside(
        plan,
        form=form,
        title=_("Change the decision on the plan of %(year)s") % words
        if adopted
        else _("Adopt the plan of %(year)s") % words,
        crumb=_("Decision"),
        intro=_("When was it decided, and where is the decision to be found?"),
    )
    if adopted:
        context["other_url"] = reverse("activities:plan_withdraw", args=[programme, plan.pk])
        context["other_label"] = _("Withdraw the decision")
    return render(request, "form_page.html", context)


def plan_withdraw(request, programme, pk):
    plan = _plan_of(request, programme, pk)
    if not plan.is_adopted:
        return redirect(plan)
    form = WithdrawalForm(request.POST or None, instance=plan, programme=plan.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The plan is a draft again."))
        return redirect(plan)
    context = beside(
        plan,
        form=form,
        title=_("Withdraw the decision on the plan of %(year)s?") % {"year": plan.year},
        crumb=_("Decision"),
        intro=_("The plan becomes a draft again. The history keeps the decision and the reason."),
        submit=_("Withdraw the decision"),
    )
    return render(request, "form_page.html", context)


def plan_delete(request, programme, pk):
    plan = _plan_of(request, programme, pk)
    events = Event.objects.filter(planned_activity__plan=plan).select_related("programme")
    return confirm_delete(
        request,
        plan,
        programme=plan.programme,
        title=_("Delete the plan of %(year)s?") % {"year": plan.year},
        consequence=_("The plan and its activities disappear. The history keeps them."),
        back=plan.get_absolute_url(),
        back_label=_("Plan"),
        onward=reverse("activities:plan", args=[programme]),
        done=_("The plan is deleted."),
        used_by=events.order_by("starts_on", "pk"),
    )


def beside(plan, **context):
    """The surroundings of a form about `plan` or something in it: the way back to it."""
    return {
        "programme": plan.programme,
        "back_url": plan.get_absolute_url(),
        "back_label": _("Plan %(year)s") % {"year": plan.year},
    } | context
