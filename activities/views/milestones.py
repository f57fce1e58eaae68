"""Milestones: list, read, make, change, delete."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.saved_filters import saved_for
from programmes.deletion import confirm_delete, get_to_change
from programmes.exports import Listing, download

from .. import columns
from ..attachments import files_of
from ..forms.files import FilesForm
from ..forms.milestones import MilestoneFilter, MilestoneForm
from ..models import Milestone

A_PAGE = 100


def milestone_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    found = found.select_related("municipality").prefetch_related("organisations")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme,
        "filters": filters,
        "saved": saved_for(request.user, programme, filters),
        "page": page,
        "years": [(year, list(rows)) for year, rows in groupby(page, key=lambda row: row.year)],
    }
    return render(request, "activities/milestone_list.html", context)


def milestone_file(request, programme, format):
    programme, filters, found = _narrowed(request, programme)
    heads, rows = columns.of_milestones(found)
    full = request.user.membership_in(programme).sees_full_figures
    return download(
        Listing(programme, "milstolpar", _("Milestones"), heads, rows, filters.in_words(), full),
        format,
    )


def _narrowed(request, programme):
    """The programme, the filters of the address, and the milestones that are found."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    milestones = Milestone.objects.visible_to(request.user).filter(programme=programme)
    years = milestones.order_by("-year").values_list("year", flat=True).distinct()
    filters = MilestoneFilter(request.GET, programme=programme, years=years)
    found = filters.narrow(milestones).order_by("-year", "-starts_on", "-pk")
    return programme, filters, found


def milestone_detail(request, programme, pk):
    milestone = get_object_or_404(
        Milestone.objects.visible_to(request.user)
        .select_related("programme", "municipality", "objective")
        .prefetch_related("links"),
        programme__slug=programme,
        pk=pk,
    )
    context = {
        "programme": milestone.programme,
        "milestone": milestone,
        "files": files_of(milestone),
        "files_form": FilesForm(record=milestone),
        "changes": request.user.membership_in(milestone.programme).changes_of(milestone),
    }
    return render(request, "activities/milestone_detail.html", context)


def milestone_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    form = MilestoneForm(request.POST or None, programme=programme)
    if form.is_valid():
        milestone = form.save()
        messages.success(
            request, _("“%(milestone)s” is among the milestones.") % {"milestone": milestone}
        )
        return redirect(milestone)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Add a milestone"),
        "crumb": _("New"),
        "back_url": reverse("activities:milestones", args=[programme.slug]),
        "back_label": _("Milestones"),
    }
    return render(request, "form_page.html", context)


def milestone_edit(request, programme, pk):
    milestones = Milestone.objects.editable_by(request.user).select_related(
        "programme", "municipality"
    )
    milestone = get_to_change(request, milestones, programme, pk)
    back = milestone.get_absolute_url()
    form = MilestoneForm(request.POST or None, instance=milestone, programme=milestone.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The milestone is saved."))
        return redirect(back)
    context = {
        "programme": milestone.programme,
        "form": form,
        "title": _("Change the milestone"),
        "crumb": _("Change"),
        "back_url": back,
        "back_label": _("The milestone"),
        "delete_url": reverse("activities:milestone_delete", args=[programme, pk]),
    }
    return render(request, "form_page.html", context)


def milestone_delete(request, programme, pk):
    milestone = _editable(request, programme, pk)
    return confirm_delete(
        request,
        milestone,
        programme=milestone.programme,
        title=_("Delete “%(milestone)s”?") % {"milestone": milestone},
        consequence=_("The milestone disappears from every figure. The history keeps it."),
        back=milestone.get_absolute_url(),
        back_label=_("The milestone"),
        onward=reverse("activities:milestones", args=[programme]),
        done=_("The milestone is deleted."),
    )


def _editable(request, programme, pk):
    milestones = Milestone.objects.editable_by(request.user).select_related(
        "programme", "municipality"
    )
    return get_object_or_404(milestones, programme__slug=programme, pk=pk)
