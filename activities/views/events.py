"""One event: log, read, change, delete."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.deletion import confirm_delete
from programmes.text import whole_number

from ..forms.events import AttendanceForm, EventForm
from ..models import Attendance, Audience, CollaborationGroup, Event, PlannedActivity


def event_detail(request, programme, pk):
    event = get_object_or_404(
        Event.objects.visible_to(request.user).select_related(
            "programme", "municipality", "initiative", "planned_activity__plan", "group"
        ),
        programme__slug=programme,
        pk=pk,
    )
    cells = sorted(event.attendance.select_related("organisation"), key=_as_in_the_grid)
    context = {
        "programme": event.programme,
        "event": event,
        "cells": cells,
        "sum": Attendance.sum_of(cells),
        "steps": event.steps.all(),
        "changes": request.user.membership_in(event.programme).changes_of(
            event, Attendance.history.filter(event=event.pk)
        ),
    }
    return render(request, "activities/event_detail.html", context)


def _as_in_the_grid(cell):
    place = Audience.values.index(cell.audience) if cell.audience else -1
    return place, cell.organisation.sort_name if cell.organisation else ""


def event_add(request, programme):
    """Log an event; `like` takes over an earlier one, `activity` a planned one, `group` a group's."""
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    if not (request.POST or programme.initiatives.exists()):
        return render(request, "activities/event_impossible.html", {"programme": programme})
    initial = _taken_over(request, programme)
    form = EventForm(request.POST or None, programme=programme, initial=initial)
    grid = AttendanceForm(request.POST or None)
    event = _saved(form, grid)
    if event:
        messages.success(request, _("“%(event)s” is logged.") % {"event": event})
        if "another" in request.POST:
            return redirect("activities:add", programme.slug)
        return redirect(event)
    return _form_page(request, programme, form, grid)


def event_edit(request, programme, pk):
    """Change an event; `counts` opens the grid of one whose counts are missing."""
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    form = EventForm(
        request.POST or None, instance=event, programme=event.programme, initial=_likely_now(event)
    )
    asked = {"mode": AttendanceForm.PER_AUDIENCE} if "counts" in request.GET else None
    grid = AttendanceForm(request.POST or None, event=event, initial=asked)
    if _saved(form, grid):
        messages.success(request, _("The event is saved."))
        return redirect(event)
    return _form_page(request, event.programme, form, grid)


def _likely_now(event):
    """A planned event whose day has come was most likely held."""
    planned = event.status == Event.Status.PLANNED
    come = planned and event.starts_on <= timezone.localdate()
    return {"status": Event.Status.HELD} if come else {}


def _saved(form, grid):
    """The event with its cells, both or neither; None where something is to be mended."""
    if not form.is_bound:
        return None
    sound = [form.is_valid(), grid.is_valid()]
    if form.repeated:
        return form.repeated
    if all(sound) and form.cleaned_data["status"] != Event.Status.HELD and grid.counted():
        grid.add_error("mode", _("Only an event that was held has counts."))
    if not all(sound) or grid.errors:
        return None
    with transaction.atomic():
        event = form.save()
        if not form.repeated:
            grid.save(event)
    return event


def _taken_over(request, programme):
    """What a new event starts with: an earlier one's details, a planned activity's or a group's."""
    events = Event.objects.visible_to(request.user).filter(programme=programme)
    earlier = _asked_for(events, request, "like")
    if earlier:
        return {
            "title": earlier.title,
            "kind": earlier.kind,
            "where": earlier.place_code,
            "serves": _purpose_again(earlier),
            "format": earlier.format,
            "initiative": earlier.initiative_id,
            "objectives": list(earlier.objectives.all()),
            "organisers": list(earlier.organisers.all()),
            "municipalities": list(earlier.municipalities.all()),
        }
    activities = PlannedActivity.objects.visible_to(request.user).filter(plan__programme=programme)
    planned = _asked_for(activities, request, "activity")
    if planned:
        return {
            "title": planned.title,
            "kind": planned.kind,
            "serves": f"a{planned.pk}",
            "initiative": planned.plan.initiative_id,
            "objectives": list(planned.objectives.all()),
        }
    groups = CollaborationGroup.objects.visible_to(request.user).filter(programme=programme)
    group = _asked_for(groups.select_related("municipality"), request, "group")
    if group:
        return {
            "title": group.name,
            "kind": Event.Kind.GROUP_MEETING,
            "where": group.municipality.code,
            "group": group.pk,
            "partners": list(group.members.all()),
        }
    return {}


def _purpose_again(earlier):
    """The planned activity while its plan is this year's, as the repeat likely is; else the objective."""
    planned = earlier.planned_activity
    if planned and planned.plan.year == timezone.localdate().year and not planned.cancelled_reason:
        return f"a{planned.pk}"
    objective = earlier.objectives.first()
    return f"o{objective.pk}" if objective else ""


def _asked_for(records, request, name):
    """The record the address names; None where there is none, or none of these."""
    return records.filter(pk=whole_number(request.GET.get(name))).first()


def _form_page(request, programme, form, grid):
    events = Event.objects.visible_to(request.user).filter(programme=programme)
    today = timezone.localdate()
    context = {
        "programme": programme,
        "form": form,
        "grid": grid,
        "problems": grid.problems() if grid.is_bound else [],
        "earlier": events.held()
        .with_attendances()
        .order_by("-starts_on", "-pk")
        .select_related("municipality")[:5],
        "titles": _latest_by_title(events),
        "waiting": events.filter(status=Event.Status.PLANNED, starts_on__lte=today)
        .select_related("municipality")
        .order_by("starts_on")[:5],
    }
    return render(request, "activities/event_form.html", context)


def _latest_by_title(events):
    """What earlier events were called, latest first, with the kind and place each last had."""
    rows = events.order_by("-starts_on", "-pk").values_list(
        "title", "kind", "place", "municipality__code"
    )
    latest = {}
    for title, kind, place, code in rows[:300]:
        latest.setdefault(title, {"title": title, "kind": kind, "where": code or place})
    return list(latest.values())


def event_delete(request, programme, pk):
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    return confirm_delete(
        request,
        event,
        programme=event.programme,
        title=_("Delete “%(event)s”?") % {"event": event},
        consequence=_(
            "The event and its counts disappear from every figure. The history keeps them."
        ),
        back=event.get_absolute_url(),
        onward=reverse("activities:list", args=[programme]),
        done=_("The event is deleted."),
    )
