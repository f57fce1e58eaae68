"""The steps of a training: add, change, delete, or all at once. They are read on their event's page."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from programmes.deletion import confirm_delete

from ..forms.all_steps import StepsForm
from ..forms.steps import StepForm
from ..models import Event, TrainingStep


def steps_edit(request, programme, event):
    """All steps in one table: order, days and participants, and a few rows more."""
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=event,
    )
    form = StepsForm(request.POST or None, event=event)
    if form.is_valid():
        form.save()
        messages.success(request, _("The steps are saved."))
        return redirect(f"{event.get_absolute_url()}#steps")
    context = {"programme": event.programme, "event": event, "form": form}
    return render(request, "activities/steps_form.html", context)


def step_add(request, programme, event):
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=event,
    )
    form = StepForm(
        request.POST or None, instance=TrainingStep(event=event), programme=event.programme
    )
    return _step_page(request, event, form, _("Add a step"))


def step_edit(request, programme, pk):
    step = _editable(request, programme, pk)
    form = StepForm(request.POST or None, instance=step, programme=step.event.programme)
    delete_url = reverse("activities:step_delete", args=[programme, pk])
    return _step_page(request, step.event, form, _("Change the step"), delete_url)


def _step_page(request, event, form, title, delete_url=None):
    if form.is_valid():
        form.save()
        messages.success(request, _("The step is saved."))
        return redirect(event)
    context = {
        "programme": event.programme,
        "form": form,
        "title": title,
        "crumb": _("Step"),
        "back_url": event.get_absolute_url(),
        "back_label": event.title,
        "delete_url": delete_url,
    }
    return render(request, "form_page.html", context)


def step_delete(request, programme, pk):
    step = _editable(request, programme, pk)
    back = step.event.get_absolute_url()
    return confirm_delete(
        request,
        step,
        programme=step.event.programme,
        title=_("Delete the step “%(step)s”?") % {"step": step},
        consequence=_("The step and its number of participants disappear. No figure changes."),
        back=back,
        back_label=step.event.title,
        onward=back,
        done=_("The step is deleted."),
    )


def _editable(request, programme, pk):
    steps = TrainingStep.objects.editable_by(request.user).select_related("event__programme")
    return get_object_or_404(steps, event__programme__slug=programme, pk=pk)
