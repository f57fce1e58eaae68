"""The plan of a year: read, make, adopt, and what stands in it."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programmes.deletion import confirm_delete
from programmes.models import Initiative
from programmes.records import closed_years
from programmes.text import whole_number

from ..forms.plans import ActivityForm, AdoptionForm, CancelActivityForm, NewPlanForm, PlanForm
from ..models import ActionPlan, Event, PlannedActivity

State = PlannedActivity.State
QUARTERS = (
    (1, gettext_lazy("Quarter 1"), gettext_lazy("January–March")),
    (2, gettext_lazy("Quarter 2"), gettext_lazy("April–June")),
    (3, gettext_lazy("Quarter 3"), gettext_lazy("July–September")),
    (4, gettext_lazy("Quarter 4"), gettext_lazy("October–December")),
    (None, gettext_lazy("Without quarter"), gettext_lazy("Not set in time")),
)


def plan(request, programme):
    """An initiative's plan of a year, by quarter; `year` and `initiative` choose which.

    With `objective` its activities alone.
    """
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    today = timezone.localdate()
    plans = list(ActionPlan.objects.filter(programme=programme).select_related("initiative"))
    years = _years(programme, plans, today)
    year = _chosen_year(request.GET.get("year"), years, plans, today)
    initiatives = _going_on(programme, year, plans)
    objective = _asked_objective(request, programme)
    initiative = _chosen_initiative(
        request.GET.get("initiative"), initiatives, _serving(objective, year), year, plans
    )
    shown = next((p for p in plans if p.year == year and p.initiative == initiative), None)
    activities = _activities(shown, today) if shown else []
    if objective:
        activities = [row for row in activities if objective in row.objectives.all()]
    context = {
        "programme": programme,
        "year": year,
        "years": years,
        "closed": set(closed_years().filter(programme=programme).values_list("year", flat=True)),
        "initiatives": initiatives,
        "initiative": initiative,
        "plan": shown,
        "objective": objective,
        "activities": activities,
        "states": _states(activities),
        "quarters": [
            (name, months, number, [a for a in activities if a.quarter == number])
            for number, name, months in QUARTERS
            if any(a.quarter == number for a in activities) or (number and not objective)
        ],
        "earlier": any(p.initiative == initiative and p.year < year for p in plans),
    }
    return render(request, "activities/plan.html", context)


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


def _activities(plan, today):
    """The plan's activities with their state today and their events, oldest first."""
    events = Event.objects.with_attendances().select_related("municipality")
    rows = (
        plan.activities.with_held_events()
        .select_related("plan", "responsible")
        .prefetch_related(
            "objectives", Prefetch("events", events.order_by("starts_on", "pk"), "its_events")
        )
    )
    rows = list(rows)
    for row in rows:
        row.state_now = row.state(today)
    return rows


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


def _way_to(plan):
    address = reverse("activities:plan", args=[plan.programme.slug])
    return f"{address}?year={plan.year}&initiative={plan.initiative.slug}"


def _plan_of(request, programme, pk):
    plans = ActionPlan.objects.editable_by(request.user).select_related("programme", "initiative")
    return get_object_or_404(plans, programme__slug=programme, pk=pk)


def _activity_of(request, programme, pk):
    activities = PlannedActivity.objects.editable_by(request.user).select_related(
        "plan__programme", "plan__initiative"
    )
    return get_object_or_404(activities, plan__programme__slug=programme, pk=pk)


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
        return redirect(_way_to(made))
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
        return redirect(_way_to(plan))
    title = _("Change the plan of %(year)s") % {"year": plan.year}
    context = _beside(plan, form=form, title=title, crumb=_("Change"))
    context["delete_url"] = reverse("activities:plan_delete", args=[programme, plan.pk])
    return render(request, "form_page.html", context)


def plan_adopt(request, programme, pk):
    plan = _plan_of(request, programme, pk)
    form = AdoptionForm(request.POST or None, instance=plan, programme=plan.programme)
    adopted = plan.is_adopted
    if form.is_valid():
        form.save()
        messages.success(request, _("The plan is marked as adopted."))
        return redirect(_way_to(plan))
    words = {"year": plan.year}
    context = _beside(
        plan,
        form=form,
        title=_("Change the decision on the plan of %(year)s") % words
        if adopted
        else _("Adopt the plan of %(year)s") % words,
        crumb=_("Decision"),
        intro=_("When was it decided, and where is the decision to be found?"),
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
        back=_way_to(plan),
        back_label=_("Plan"),
        onward=reverse("activities:plan", args=[programme]),
        done=_("The plan is deleted."),
        used_by=events.order_by("starts_on", "pk"),
    )


def activity_add(request, programme, plan):
    plan = _plan_of(request, programme, plan)
    form = ActivityForm(
        request.POST or None,
        instance=PlannedActivity(plan=plan),
        programme=plan.programme,
        initial={"quarter": request.GET.get("quarter")},
    )
    if form.is_valid():
        activity = form.save()
        messages.success(request, _("“%(activity)s” is in the plan.") % {"activity": activity})
        return redirect(_way_to(plan))
    return render(request, "form_page.html", _beside(plan, form=form, title=_("Plan an activity")))


def activity_edit(request, programme, pk):
    activity = _activity_of(request, programme, pk)
    form = ActivityForm(request.POST or None, instance=activity, programme=activity.plan.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The activity is saved."))
        return redirect(_way_to(activity.plan))
    context = _beside(activity.plan, form=form, title=_("Change the activity"))
    context["delete_url"] = reverse("activities:activity_delete", args=[programme, activity.pk])
    return render(request, "form_page.html", context)


def activity_cancel(request, programme, pk):
    activity = _activity_of(request, programme, pk)
    title = (
        _("Why is “%(activity)s” cancelled?")
        if activity.cancelled_reason
        else _("Cancel “%(activity)s”")
    ) % {"activity": activity}
    form = CancelActivityForm(
        request.POST or None, instance=activity, programme=activity.plan.programme
    )
    if form.is_valid():
        form.save()
        messages.success(
            request,
            _("The activity is cancelled.")
            if activity.cancelled_reason
            else _("The activity is in the plan again."),
        )
        return redirect(_way_to(activity.plan))
    context = _beside(
        activity.plan,
        form=form,
        title=title,
        crumb=_("Cancel the activity"),
        intro=_("It stays in the plan, marked as cancelled, with the reason beside it."),
    )
    return render(request, "form_page.html", context)


def activity_delete(request, programme, pk):
    activity = _activity_of(request, programme, pk)
    return confirm_delete(
        request,
        activity,
        programme=activity.plan.programme,
        title=_("Delete “%(activity)s”?") % {"activity": activity},
        consequence=_(
            "It disappears from the plan. If it was planned but not carried out, cancel it instead."
        ),
        back=_way_to(activity.plan),
        back_label=_("Plan"),
        onward=_way_to(activity.plan),
        done=_("The activity is deleted."),
        used_by=activity.events.select_related("programme").order_by("starts_on", "pk"),
    )


def _beside(plan, **context):
    """The surroundings of a form about `plan`: the way back to it."""
    return {
        "programme": plan.programme,
        "back_url": _way_to(plan),
        "back_label": _("Plan %(year)s") % {"year": plan.year},
    } | context
