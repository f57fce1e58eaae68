"""Collaboration groups: list, read, make, change, delete, and their status over time."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.saved_filters import saved_for
from programmes.deletion import confirm_delete, get_to_change
from programmes.exports import Listing, download

from .. import columns
from ..attachments import files_of
from ..forms.files import FilesForm
from ..forms.filters import GroupFilter
from ..forms.groups import GroupForm, GroupStatusForm
from ..models import CollaborationGroup, Event, GroupStatus

A_PAGE = 100
MEETINGS = 20


def group_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    found = found.with_last_meeting().select_related("municipality")
    found = found.prefetch_related("members", "statuses")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    groups = _as_of(timezone.localdate(), page)
    active = sum(
        bool(group.now and group.now.status == GroupStatus.Status.ACTIVE) for group in groups
    )
    context = {
        "programme": programme,
        "filters": filters,
        "saved": saved_for(request.user, programme, filters),
        "page": page,
        "groups": groups,
        "active": active,
    }
    return render(request, "activities/group_list.html", context)


def group_file(request, programme, format):
    programme, filters, found = _narrowed(request, programme)
    heads, rows = columns.of_groups(found, timezone.localdate())
    full = request.user.membership_in(programme).sees_full_figures
    title = _("Collaboration groups")
    return download(
        Listing(programme, "samverkansgrupper", title, heads, rows, filters.in_words(), full),
        format,
    )


def _narrowed(request, programme):
    """The programme, the filters of the address, and the groups that are found."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    groups = CollaborationGroup.objects.visible_to(request.user).filter(programme=programme)
    filters = GroupFilter(request.GET, programme=programme, today=timezone.localdate())
    return programme, filters, filters.narrow(groups).order_by("sort_name", "pk")


def _as_of(today, groups):
    """The groups with `now`, their status row in force, and `met`, the event they last met at."""
    groups = list(groups)
    meetings = Event.objects.in_bulk([g.last_meeting for g in groups if g.last_meeting])
    for group in groups:
        group.now = group.status_on(today)
        group.met = meetings.get(group.last_meeting)
    return groups


def group_detail(request, programme, pk):
    group = get_object_or_404(
        CollaborationGroup.objects.visible_to(request.user)
        .select_related("programme", "municipality")
        .prefetch_related("links"),
        programme__slug=programme,
        pk=pk,
    )
    meetings = (
        group.meetings.with_attendances()
        .select_related("municipality")
        .order_by("-starts_on", "-pk")
    )
    today = timezone.localdate()
    ahead = group.meetings.filter(status=Event.Status.PLANNED, starts_on__gte=today)
    context = {
        "programme": group.programme,
        "group": group,
        "next_meeting": ahead.select_related("programme").order_by("starts_on", "pk").first(),
        "statuses": group.statuses.order_by("-starts_on", "-pk"),
        "now": group.status_on(today),
        "page": Paginator(meetings, MEETINGS).get_page(request.GET.get("page")),
        "files": files_of(group),
        "files_form": FilesForm(record=group),
        "changes": request.user.membership_in(group.programme).changes_of(group),
    }
    return render(request, "activities/group_detail.html", context)


def group_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    form = GroupForm(request.POST or None, programme=programme)
    if form.is_valid():
        group = form.save()
        messages.success(request, _("The group is saved. Say next whether it is active."))
        return redirect("activities:group_status_add", programme.slug, group.pk)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Add a group"),
        "crumb": _("New"),
        "back_url": reverse("activities:groups", args=[programme.slug]),
        "back_label": _("Collaboration groups"),
    }
    return render(request, "form_page.html", context)


def group_edit(request, programme, pk):
    groups = CollaborationGroup.objects.editable_by(request.user).select_related("programme")
    group = get_to_change(request, groups, programme, pk)
    back, name = group.get_absolute_url(), group.name
    form = GroupForm(request.POST or None, instance=group, programme=group.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The group is saved."))
        return redirect(back)
    context = {
        "programme": group.programme,
        "form": form,
        "title": _("Change the group"),
        "crumb": _("Change"),
        "back_url": back,
        "back_label": name,
        "delete_url": reverse("activities:group_delete", args=[programme, pk]),
    }
    return render(request, "form_page.html", context)


def group_delete(request, programme, pk):
    group = _editable(request, programme, pk)
    return confirm_delete(
        request,
        group,
        programme=group.programme,
        title=_("Delete “%(group)s”?") % {"group": group},
        consequence=_(
            "The group and its status history disappear. If it has ended, give it that status instead."
        ),
        back=group.get_absolute_url(),
        back_label=group.name,
        onward=reverse("activities:groups", args=[programme]),
        done=_("The group is deleted."),
        used_by=group.meetings.select_related("programme").order_by("starts_on", "pk"),
    )


def group_status_add(request, programme, group):
    group = _editable(request, programme, group)
    form = GroupStatusForm(
        request.POST or None, instance=GroupStatus(group=group), programme=group.programme
    )
    return _status_page(request, group, form, _("Give the group a status"))


def group_status_edit(request, programme, pk):
    status = _editable_status(request, programme, pk)
    form = GroupStatusForm(request.POST or None, instance=status, programme=status.group.programme)
    delete_url = reverse("activities:group_status_delete", args=[programme, pk])
    return _status_page(request, status.group, form, _("Change the status"), delete_url)


def _status_page(request, group, form, title, delete_url=None):
    if form.is_valid():
        form.save()
        messages.success(request, _("The status is saved."))
        return redirect(group)
    context = {
        "programme": group.programme,
        "form": form,
        "title": title,
        "crumb": _("Status"),
        "back_url": group.get_absolute_url(),
        "back_label": group.name,
        "delete_url": delete_url,
    }
    return render(request, "form_page.html", context)


def group_status_delete(request, programme, pk):
    status = _editable_status(request, programme, pk)
    return confirm_delete(
        request,
        status,
        programme=status.group.programme,
        title=_("Delete this status?"),
        consequence=_("The status before it then lasts until the next one begins."),
        back=status.group.get_absolute_url(),
        back_label=status.group.name,
        onward=status.group.get_absolute_url(),
        done=_("The status is deleted."),
    )


def _editable(request, programme, pk):
    groups = CollaborationGroup.objects.editable_by(request.user).select_related("programme")
    return get_object_or_404(groups, programme__slug=programme, pk=pk)


def _editable_status(request, programme, pk):
    statuses = GroupStatus.objects.editable_by(request.user).select_related("group__programme")
    return get_object_or_404(statuses, group__programme__slug=programme, pk=pk)
