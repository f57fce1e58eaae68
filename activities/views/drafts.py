"""Drafts of events: keep one, go on with it, delete it. They count nowhere until they are saved."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from programmes.deletion import confirm_delete

from ..forms.drafts import DraftForm
from ..forms.events import AttendanceForm, EventForm
from ..models import Draft
from .events import form_page


def draft_add(request, programme):
    """Keep what stands in the log form. Who signs in again on the way comes back to that form."""
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    if request.method != "POST":
        return _to_the_form(programme, request.GET.urlencode())
    return _kept(request, programme, None)


def draft_edit(request, programme, pk):
    draft = get_object_or_404(
        Draft.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    if request.method != "POST":
        return _to_the_form(draft.programme, f"draft={draft.pk}")
    return _kept(request, draft.programme, draft)


def _to_the_form(programme, query):
    return redirect(f"{reverse('activities:add', args=[programme.slug])}?{query}".rstrip("?"))


def _kept(request, programme, draft):
    form = EventForm(request.POST, programme=programme)
    grid = AttendanceForm(request.POST, programme=programme)
    kept = DraftForm(request.POST, programme=programme, instance=draft, parts=(form, grid))
    if kept.is_valid():
        draft = kept.save(by=request.user)
        messages.success(request, _("The draft is saved. It counts when you save the event."))
        return _to_the_form(programme, f"draft={draft.pk}")
    return form_page(request, programme, form, grid, draft=draft, draft_form=kept)


def draft_delete(request, programme, pk):
    draft = get_object_or_404(
        Draft.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    return confirm_delete(
        request,
        draft,
        programme=draft.programme,
        title=_("Delete the draft “%(draft)s”?") % {"draft": draft},
        consequence=_("What stands in it is gone. The history keeps it."),
        back=draft.get_absolute_url(),
        onward=reverse("activities:add", args=[programme]),
        done=_("The draft is deleted."),
    )
