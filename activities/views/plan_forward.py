"""Taking a plan along to the next year: its activities, looked through one by one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..adoption import vanished_objectives
from ..forms.plan_forward import ForwardForm
from ..models import ActionPlan
from .chosen_plan import activities_of


def plan_forward(request, programme, pk):
    """Make the draft of the next year out of this plan, or add to the draft there is."""
    plan = get_object_or_404(
        ActionPlan.objects.editable_by(request.user).select_related("programme", "initiative"),
        programme__slug=programme,
        pk=pk,
    )
    activities = activities_of(plan, timezone.localdate())
    coming = ActionPlan.objects.filter(initiative=plan.initiative_id, year=plan.year + 1)
    there = coming.select_related("programme", "initiative").first()
    form = ForwardForm(request.POST or None, earlier=plan, activities=activities, draft=there)
    if form.is_valid():
        made = form.save()
        messages.success(request, _("The activities are in the plan of %(year)s.") % {"year": made})
        return redirect(made)
    context = {
        "programme": plan.programme,
        "plan": plan,
        "coming": plan.year + 1,
        "there": there,
        "form": form,
        "problems": form.problems(),
        "vanished": vanished_objectives(activities),
    }
    return render(request, "activities/plan_forward.html", context)
