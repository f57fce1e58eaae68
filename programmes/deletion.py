"""Deleting one record: asked first, with a reason where the year is closed, refused where it is used.

Who saves what somebody else deleted meanwhile is told so, and can put it back.
"""

from django import forms
from django.contrib import messages
from django.db.models import ProtectedError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from .forms import ReasonField, WhyField
from .records import Record, YearIsClosed
from .restoring import lately_deleted, name_of, undo_address


class ReasonForm(forms.Form):
    """Why a record of a closed year is deleted or put back."""

    change_reason = ReasonField()


class WhyForm(forms.Form):
    """Why a decision becomes another when something is put back."""

    change_reason = WhyField()


class SeenForm(forms.Form):
    """Which version of the record was seen by who deletes it or puts it back."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DeletedMeanwhile(Http404):
    """What is being saved was deleted after its form was opened; `undo` is where it is put back."""

    def __init__(self, programme, change):
        super().__init__()
        self.programme, self.name = programme, name_of(change)
        self.undo = undo_address(programme, change.instance_type, change.id)


def get_to_change(request, records, programme, pk):
    """The one of `records` whose form is shown or sent; 404, which tells who sends it of a deletion."""
    try:
        return get_object_or_404(
            records, **{f"{records.model.PROGRAMME}__slug": programme, "pk": pk}
        )
    except Http404:
        model, user = records.model, request.user
        writes = user.managed_programmes() if model.MANAGED else user.editable_programmes()
        room = writes.filter(slug=programme).first() if request.method == "POST" else None
        change = lately_deleted(model, room, pk) if room else None
        if change:
            raise DeletedMeanwhile(room, change) from None
        raise


def confirm_delete(
    request,
    record,
    *,
    programme,
    title,
    consequence,
    back,
    onward,
    done,
    back_label=None,
    used_by=(),
):
    """Ask on GET, delete on POST and go `onward` with the message `done`, which offers to undo it.

    What is in `used_by` forbids it, and so do rows of closed years that would go with it and what
    the database protects. If somebody changed the record since it was asked, it is asked again.
    """
    form = _reason_form(request, record)
    used_by = [*used_by[:20], *record.closed_rows()[:20]]
    seen = SeenForm(request.POST)
    changed = seen.is_valid() and seen.cleaned_data["version"] not in (None, record.version)
    sound = not changed and (form is None or form.is_valid())
    if request.method == "POST" and not used_by and sound:
        record._change_reason = form.cleaned_data["change_reason"] if form else None
        kind, pk = type(record), record.pk
        try:
            record.delete()
        except ProtectedError as error:
            used_by = sorted(error.protected_objects, key=str)[:20]
        else:
            messages.success(request, done, extra_tags=undo_address(programme, kind, pk))
            return redirect(onward)
    for kind in {type(row) for row in used_by if isinstance(row, Record)}:
        kind.shown([row for row in used_by if type(row) is kind], request.user, programme)
    context = {
        "programme": programme,
        "title": title,
        "consequence": consequence,
        "back_url": back,
        "back_label": back_label or _("Back"),
        "form": form,
        "protected": used_by,
        "seen": SeenForm(initial={"version": record.version}),
        "changed": changed,
    }
    return render(request, "confirm_delete.html", context)


def _reason_form(request, record):
    """The form that asks for a reason, where the record's year is closed."""
    try:
        record.refuse_closed_year()
    except YearIsClosed:
        return ReasonForm(request.POST if request.method == "POST" else None)
    return None
