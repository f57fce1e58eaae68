"""The way in: which programme, its overview of a year, and the first steps of an empty one."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from .. import steps
from ..overview import page as overviews


def home(request):
    """The one programme a person has; a choice where there are several."""
    memberships = list(request.user.memberships_by_programme.values())
    if len(memberships) == 1 and "val" not in request.GET:
        return redirect("reports:overview", memberships[0].programme.slug)
    return render(request, "reports/home.html", {"memberships": memberships})


def overview(request, programme):
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    if overviews.is_empty(programme):
        return render(request, "reports/overview_empty.html", {"programme": programme})
    page = overviews.overview(programme, request.GET, request.user, today=timezone.localdate())
    return render(request, "reports/overview.html", {"programme": programme, "page": page})


def first_steps(request, programme):
    """What an empty programme needs before its first event can be logged, and what is done."""
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    all_steps = steps.first_steps(programme, timezone.localdate())
    context = {
        "programme": programme,
        "steps": all_steps,
        "done": sum(step.done for step in all_steps),
        "next": steps.next_step(all_steps, request.user.membership_in(programme)),
    }
    return render(request, "reports/first_steps.html", context)
