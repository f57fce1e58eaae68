"""One event: log, read, change, delete."""

import json
from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes import formats
from programmes.deletion import confirm_delete, get_to_change
from programmes.text import whole_number

from ..attachments import files_of
from ..earlier import EarlierEvents
from ..forms.drafts import DraftForm, filled_in, goes_into_detail
from ..forms.events import AttendanceForm, EventForm
from ..forms.files import FilesForm
from ..models import (
    Attendance,
    Audience,
    CollaborationGroup,
    Draft,
    Event,
    PlannedActivity,
)
from ..series import others_of, the_rest


def event_detail(request, programme, pk):
    event = get_object_or_404(
        Event.objects.visible_to(request.user).select_related(
            "programme",
            "municipality",
            "initiative",
            "planned_activity__plan__programme",
            "planned_activity__plan__initiative",
            "group",
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
        "series": the_rest(event),
        "files": files_of(event),
        "files_form": FilesForm(record=event),
        "changes": request.user.membership_in(event.programme).changes_of(event),
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
    events = Event.objects.visible_to(request.user).filter(programme=programme)
    like = _asked_for(events.select_related("planned_activity__plan"), request, "like")
    draft = _draft(request, programme)
    if draft:
        initial = filled_in(draft)
    else:
        initial = _like(like) if like else _taken_over(request, programme)
    form = EventForm(request.POST or None, programme=programme, initial=initial)
    grid = AttendanceForm(
        request.POST or None, programme=programme, like=like, initial=_begun(request, draft)
    )
    draft_form = DraftForm(request.POST or None, programme=programme, instance=draft)
    form.goes_on = draft is not None and goes_into_detail(draft)
    if grid.focus:
        form.focus_elsewhere()
    event = _saved(form, grid, draft if draft and draft_form.is_valid() else None)
    if event:
        if draft and draft.pk:
            messages.warning(request, _("Somebody else changed the draft meanwhile. It is kept."))
        told = _told(
            event,
            EarlierEvents(events.exclude(pk=event.pk)),
            turned_planned=form.turned_planned,
        )
        messages.success(request, told)
        if "another" in request.POST:
            return redirect("activities:add", programme.slug)
        if "repeat" in request.POST:
            return redirect("activities:repeat", programme.slug, event.pk)
        return redirect(event)
    return form_page(request, programme, form, grid, draft=draft, draft_form=draft_form)


def _draft(request, programme):
    """The draft the address names; None where it names none.

    One that is gone is not there for who opens it; who sends its form has it all on the page.
    """
    if "draft" not in request.GET:
        return None
    drafts = Draft.objects.editable_by(request.user).filter(programme=programme)
    draft = _asked_for(drafts.select_related("programme"), request, "draft")
    if draft is None and request.method != "POST":
        raise Http404
    return draft


def _begun(request, draft=None):
    """What stands in the grid at the start: a draft's numbers, and the rows the address asks for."""
    begun = filled_in(draft) if draft else {}
    if "split_rows" in request.GET:
        begun["split_rows"] = request.GET["split_rows"]
    return begun


def event_edit(request, programme, pk):
    """Change an event; `counts` opens the grid of one whose counts are missing."""
    events = Event.objects.editable_by(request.user).select_related("programme")
    event = get_to_change(request, events, programme, pk)
    form = EventForm(
        request.POST or None, instance=event, programme=event.programme, initial=_likely_now(event)
    )
    asked = {"mode": AttendanceForm.PER_AUDIENCE} if "counts" in request.GET else {}
    grid = AttendanceForm(
        request.POST or None,
        programme=event.programme,
        event=event,
        initial=asked | _begun(request),
    )
    if asked:
        grid.focus_first()
    if _saved(form, grid):
        messages.success(request, _changed(event))
        return redirect(event)
    return form_page(request, event.programme, form, grid)


def _changed(event):
    """That it is saved, with the sum as it is now."""
    cells = event.attendance.all()
    if not cells:
        return _("The event is saved.")
    number = Attendance.sum_of(cells).total
    return ngettext(
        "The event is saved, with %(number)s participant.",
        "The event is saved, with %(number)s participants.",
        number,
    ) % {"number": formats.number(number)}


def _likely_now(event):
    """A planned event whose day has come was most likely held."""
    planned = event.status == Event.Status.PLANNED
    come = planned and event.starts_on <= timezone.localdate()
    return {"status": Event.Status.HELD} if come else {}


def _saved(form, grid, draft=None):
    """The event with its cells, both or neither; None where something is to be mended or added.

    With the event its draft is done with.
    """
    if not form.is_bound:
        return None
    if grid.is_splitting:
        form.leave_unjudged()
        grid.split()
        return None
    form.may_be_planned = grid.is_untouched
    sound = [form.is_valid()]
    grid.is_held = not form.turned_planned
    sound.append(grid.is_valid())
    if form.repeated and grid.says_otherwise_than(form.repeated):
        form.go_on_with(form.repeated)
        return None
    if form.repeated:
        return form.repeated
    if form.is_overtaken:
        form.conflicts += grid.conflicts()
    if all(sound) and form.cleaned_data["status"] != Event.Status.HELD and grid.counted():
        grid.add_error("mode", _("Only an event that was held has counts."))
    if not all(sound) or grid.errors:
        return None
    with transaction.atomic():
        event = form.save()
        if not form.repeated:
            grid.save(event)
            if draft:
                draft.delete()
    return event


def _told(event, earlier, *, turned_planned):
    """What was logged, with the sum: beside it how many usually come, as a note."""
    cells = event.attendance.all()
    if not cells and turned_planned:
        return _("“%(event)s” is planned, as its day has not come.") % {"event": event}
    if not cells and event.status == Event.Status.PLANNED:
        return _("“%(event)s” is planned.") % {"event": event}
    if not cells:
        return _("“%(event)s” is logged.") % {"event": event}
    number = Attendance.sum_of(cells).total
    counted = ngettext(
        "“%(event)s” is logged with %(number)s participant.",
        "“%(event)s” is logged with %(number)s participants.",
        number,
    ) % {"event": event, "number": formats.number(number)}
    usual = earlier.usual(event)
    return f"{counted} {usual.compared(number)}" if usual else counted


def _like(earlier):
    """What a new event starts with that is like an earlier one."""
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


def _taken_over(request, programme):
    """What a new event starts with: the details of a planned activity or of a group."""
    activities = PlannedActivity.objects.visible_to(request.user).filter(plan__programme=programme)
    activities = activities.select_related("plan", "responsible__municipality")
    planned = _asked_for(activities, request, "activity")
    if planned:
        return _of_activity(planned, ahead=request.GET.get("status") == Event.Status.PLANNED)
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
    return _that_day(request.GET.get("date", ""))


def _of_activity(planned, ahead):
    """A planned activity as an event held today, if today is in its quarter, or one that lies `ahead`.

    Its place is that of the responsible organisation, where that one belongs to a municipality.
    """
    responsible, today = planned.responsible, timezone.localdate()
    here = responsible.municipality if responsible else None
    return {
        "title": planned.title,
        "kind": planned.kind,
        "serves": f"a{planned.pk}",
        "initiative": planned.plan.initiative_id,
        "objectives": list(planned.objectives.all()),
        "organisers": [responsible] if responsible else [],
        "when": today.isoformat() if planned.is_in_time(today) and not ahead else "",
        "where": here.code if here else "",
        **({"status": Event.Status.PLANNED} if ahead else {}),
    }


def _that_day(text):
    """The day somebody chose in the calendar; what lies ahead is planned."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return {}
    ahead = day > timezone.localdate()
    return {"when": day.isoformat(), **({"status": Event.Status.PLANNED} if ahead else {})}


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


def form_page(request, programme, form, grid, *, draft=None, draft_form=None):
    events = Event.objects.visible_to(request.user).filter(programme=programme)
    today = timezone.localdate()
    earlier = EarlierEvents(events.exclude(pk=form.instance.pk))
    suggestions = earlier.suggestions()
    context = {
        "programme": programme,
        "form": form,
        "grid": grid,
        "problems": grid.problems() if grid.is_bound else [],
        "draft": draft,
        "draft_form": draft_form,
        "drafts": Draft.objects.visible_to(request.user)
        .filter(programme=programme)
        .exclude(pk=draft.pk if draft else None)
        .select_related("programme", "written_by")[:5],
        "earlier": events.held()
        .with_attendances()
        .order_by("-starts_on", "-pk")
        .select_related("municipality")[:5],
        "titles": suggestions,
        "known": json.dumps({"titles": suggestions, "usual": earlier.usual_numbers()}),
        "waiting": events.filter(status=Event.Status.PLANNED, starts_on__lte=today)
        .select_related("municipality")
        .order_by("starts_on")[:5],
    }
    return render(request, "activities/event_form.html", context)


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
        consequence=_leaving(event),
        back=event.get_absolute_url(),
        onward=reverse("activities:list", args=[programme]),
        done=_("The event is deleted."),
    )


def _leaving(event):
    """What becomes of an event that is deleted, and of the others of its series."""
    told = [
        _(
            "The event disappears from every figure. It can be restored for 30 days, with counts,"
            " files and links."
        )
    ]
    others = others_of(event).count()
    if others:
        text = ngettext(
            "The other event of the series stays.",
            "The %(n)s other events of the series stay.",
            others,
        )
        told.append(text % {"n": formats.number(others)})
    return " ".join(told)
