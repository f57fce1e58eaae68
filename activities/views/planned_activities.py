"""One planned activity: put in the plan, changed, cancelled, remarked on, deleted."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from programmes.deletion import confirm_delete
from programmes.text import whole_number

from ..forms.plans import ActivityForm, CancelActivityForm, RemarkForm
from ..models import ActionPlan, PlannedActivity
from .plans import beside


def _activity_of(request, programme, pk):
    activities = PlannedActivity.objects.editable_by(request.user).select_related(
        "plan__programme", "plan__initiative"
    )
    return get_object_or_404(activities, plan__programme__slug=programme, pk=pk)


def activity_add(request, programme, plan):
    """Plan an activity; `quarter` and `objective` are chosen already where the address names them."""
    plans = ActionPlan.objects.editable_by(request.user).select_related("programme", "initiative")
    plan = get_object_or_404(plans, programme__slug=programme, pk=plan)
    form = ActivityForm(
        request.POST or None,
        instance=PlannedActivity(plan=plan),
        programme=plan.programme,
        initial={
            "quarter": request.GET.get("quarter"),
            "objectives": plan.programme.objectives.filter(
                pk=whole_number(request.GET.get("objective"))
            ),
        },
    )
    if form.is_valid():
        activity = form.save()
        messages.success(request, _("“%(activity)s” is in the plan.") % {"activity": activity})
        return redirect(activity)
    return render(request, "form_page.html", beside(plan, form=form, title=_("Plan an activity")))


def activity_edit(request, programme, pk):
    activity = _activity_of(request, programme, pk)
    form = ActivityForm(request.POST or None, instance=activity, programme=activity.plan.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The activity is saved."))
        return redirect(activity)
    context = beside(activity.plan, form=form, title=_("Change the activity"))
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
        return redirect(activity)
    context = beside(
        activity.plan,
        form=form,
        title=title,
        crumb=_("Cancel the activity"),
        intro=_("It stays in the plan, marked as cancelled, with the reason beside it."),
    )
    return render(request, "form_page.html", context)


def activity_remark(request, programme, pk):
    activity = _activity_of(request, programme, pk)
    form = RemarkForm(request.POST or None, instance=activity, programme=activity.plan.programme)
    back = activity.outcome_url()
    if form.is_valid():
        form.save()
        messages.success(request, _("The remark is saved."))
        return redirect(back)
    context = beside(
        activity.plan,
        form=form,
        title=_("Remark on “%(activity)s”") % {"activity": activity},
        crumb=_("Remark"),
        intro=_("What should the board know? It stands beside plan and outcome."),
        back_url=back,
        back_label=_("Plan and outcome %(year)s") % {"year": activity.plan.year},
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
        back=activity.get_absolute_url(),
        back_label=_("Plan"),
        onward=activity.plan.get_absolute_url(),
        done=_("The activity is deleted."),
        used_by=activity.events.select_related("programme").order_by("starts_on", "pk"),
    )
