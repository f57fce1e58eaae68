"""Files of events, publications, milestones and groups: add, download, rename, delete."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.deletion import confirm_delete

from ..file_kinds import BY_CONTENT_TYPE
from ..forms.files import FileNameForm, FilesForm
from ..models import Attachment
from ..uploads import refused_uploads


def file_add(request, programme, pk, owner):
    """Put files on the record; `owner` is the field of an attachment that points at its kind."""
    kind = Attachment._meta.get_field(owner).related_model
    record = get_object_or_404(
        kind.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    form = FilesForm(
        request.POST if request.method == "POST" else None,
        request.FILES,
        record=record,
        refused=refused_uploads(request, "files"),
    )
    if form.is_bound:
        form.is_valid()  # the sound files are kept even if others are refused
        kept = form.save(by=request.user)
        if kept:
            added = ngettext("“%(name)s” is added.", "%(number)s files are added.", len(kept))
            messages.success(request, added % {"name": kept[0], "number": len(kept)})
        if not form.errors:
            return redirect(f"{record.get_absolute_url()}#files")
    context = {
        "programme": record.programme,
        "form": form,
        "title": _("Add files"),
        "crumb": _("Files"),
        "intro": _("All members of the programme can open them: no lists of persons here."),
        "errors_heading": _("These files are not added"),
        "submit": _("Add"),
        "back_url": record.get_absolute_url(),
        "back_label": str(record),
    }
    return render(request, "form_page.html", context)


def file_download(request, programme, pk):
    file = get_object_or_404(
        Attachment.objects.visible_to(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    try:
        stored = file.file.open("rb")
    except FileNotFoundError:
        context = {"programme": file.programme, "file": file}
        return render(request, "activities/file_missing.html", context, status=404)
    known = file.content_type in BY_CONTENT_TYPE
    response = FileResponse(
        stored,
        as_attachment=True,
        filename=file.name,
        content_type=file.content_type if known else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def file_edit(request, programme, pk):
    file = _editable(request, programme, pk)
    back = file.owner.get_absolute_url()
    form = FileNameForm(request.POST or None, instance=file, programme=file.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The file has a new name."))
        return redirect(f"{back}#files")
    context = {
        "programme": file.programme,
        "form": form,
        "title": _("Rename the file"),
        "crumb": _("File"),
        "back_url": back,
        "back_label": str(file.owner),
        "delete_url": reverse("activities:file_delete", args=[programme, pk]),
    }
    return render(request, "form_page.html", context)


def file_delete(request, programme, pk):
    file = _editable(request, programme, pk)
    back = file.owner.get_absolute_url()
    return confirm_delete(
        request,
        file,
        programme=file.programme,
        title=_("Delete “%(file)s”?") % {"file": file},
        consequence=_("Nobody can open the file any more. Its content is erased after 30 days."),
        back=back,
        back_label=str(file.owner),
        onward=f"{back}#files",
        done=_("The file is deleted."),
    )


def _editable(request, programme, pk):
    files = Attachment.objects.editable_by(request.user).select_related("programme")
    return get_object_or_404(files, programme__slug=programme, pk=pk)
