"""Putting back what was changed or deleted, and the page of what was deleted lately."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from . import restoring
from .deletion import ReasonForm, SeenForm, WhyForm
from .parts import PARTS
from .records import YearIsClosed

A_PAGE = 50
WHY = {
    ReasonForm: gettext_lazy("It counts in a closed year, so the change needs a reason."),
    WhyForm: gettext_lazy("A decision on it becomes another, so the change needs a reason."),
}


def deleted(request, programme):
    """What was deleted in the last 30 days and can be put back."""
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    rows = restoring.deleted_since(programme, restoring.oldest())
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    for kind in {type(row.record) for row in page}:
        found = [row.record for row in page if type(row.record) is kind]
        kind.shown(found, request.user, programme)
    context = {"programme": programme, "page": page, "days": restoring.DAYS}
    return render(request, "programmes/deleted.html", context)


def restore(request, programme, kind, change):
    """Put a record back to how it stood before a change of it.

    A closed year and a decision that becomes another ask for a reason. The address is for a button:
    it is no page, so that who opens it finds none.
    """
    programme, change = _change(request, programme, kind, change)
    if request.method != "POST":
        raise Http404
    given = ReasonForm(request.POST)
    reason = given.cleaned_data["change_reason"] if given.is_valid() else None
    try:
        done = restoring.restore(change, reason, seen=_seen(request))
    except YearIsClosed:
        return _ask_for_reason(request, programme, change, ReasonForm)
    except restoring.NeedsReason:
        return _ask_for_reason(request, programme, change, WhyForm)
    except restoring.CannotRestore as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(_where_from(request, programme))
    if done is None:
        messages.info(request, _("It stands so already."))
        return HttpResponseRedirect(_where_from(request, programme))
    messages.success(request, _("“%(record)s” is restored.") % {"record": done.record})
    if done.left_out:
        names = ", ".join(done.left_out)
        messages.warning(request, _("No longer there and left out: %(names)s.") % {"names": names})
    return HttpResponseRedirect(_back(request) or _page_of(programme, done.record))


@require_POST
def undo_all(request, programme, kind, change):
    """Undo the whole of what was taken in from a file or made together, by one of its rows; or nothing."""
    programme, change = _change(request, programme, kind, change)
    if not restoring.is_undone_as_a_whole(change.instance_type):
        raise Http404
    record = get_object_or_404(change.instance_type, pk=change.id)
    try:
        restoring.undo_all(change)
        messages.success(request, _("All of it is undone."))
    except restoring.CannotRestore as refused:
        messages.error(request, str(refused))
    listed = restoring.list_of(change.instance_type, programme)
    return HttpResponseRedirect(listed or _page_of(programme, restoring.owners_of(record)[0]))


def _change(request, programme, kind, change):
    """The programme and the row of a history, if the user may write what it tells of."""
    model = restoring.kinds().get(kind)
    if model is None:
        raise Http404
    managed = request.user.managed_programmes()
    programmes = managed if model.MANAGED else request.user.editable_programmes()
    programme = get_object_or_404(programmes, slug=programme)
    row = get_object_or_404(model.history, pk=change, history_date__gte=restoring.oldest())
    if restoring.programme_of(row) != programme.pk:
        raise Http404
    return programme, row


def _ask_for_reason(request, programme, change, kind_of_form):
    context = {
        "programme": programme,
        "form": kind_of_form(request.POST if "change_reason" in request.POST else None),
        "why": WHY[kind_of_form],
        "name": restoring.name_of(change),
        "next": _back(request),
        "seen": _seen(request),
        "back_url": _where_from(request, programme),
    }
    return render(request, "programmes/restore.html", context)


def _seen(request):
    """The version of the record that stood beside the history one came from; None if none did."""
    form = SeenForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


def _back(request):
    """The page one came from, if it is a path of ours."""
    back = request.POST.get("next", "")
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if ours else ""


def _where_from(request, programme):
    return _back(request) or reverse("programmes:deleted", args=[programme.slug])


def _page_of(programme, record):
    """Its own page, or that of what it is a part of; else the list it stands in."""
    for one in (record, *restoring.owners_of(record)):
        if hasattr(one, "get_absolute_url"):
            return one.get_absolute_url()
    part = next((part for part in PARTS if part.model is type(record)), None)
    return reverse(part.address() if part else "programmes:deleted", args=[programme.slug])
