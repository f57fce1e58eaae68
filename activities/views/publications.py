"""Publications: list, read, make, change, delete."""

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
from ..forms.filters import PublicationFilter
from ..forms.publications import PublicationForm
from ..models import Publication

A_PAGE = 100


def publication_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    found = found.prefetch_related("organisations")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme,
        "filters": filters,
        "saved": saved_for(request.user, programme, filters),
        "page": page,
        "years": [(year, list(rows)) for year, rows in groupby(page, key=lambda row: row.year)],
    }
    return render(request, "activities/publication_list.html", context)


def publication_file(request, programme, format):
    programme, filters, found = _narrowed(request, programme)
    heads, rows = columns.of_publications(found)
    full = request.user.membership_in(programme).sees_full_figures
    return download(
        Listing(
            programme, "publikationer", _("Publications"), heads, rows, filters.in_words(), full
        ),
        format,
    )


def _narrowed(request, programme):
    """The programme, the filters of the address, and the publications that are found."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    publications = Publication.objects.visible_to(request.user).filter(programme=programme)
    years = publications.order_by("-year").values_list("year", flat=True).distinct()
    filters = PublicationFilter(request.GET, years=years)
    found = filters.narrow(publications).order_by("-year", "-starts_on", "-pk")
    return programme, filters, found


def publication_detail(request, programme, pk):
    publication = get_object_or_404(
        Publication.objects.visible_to(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    context = {
        "programme": publication.programme,
        "publication": publication,
        "files": files_of(publication),
        "files_form": FilesForm(record=publication),
        "changes": request.user.membership_in(publication.programme).changes_of(publication),
    }
    return render(request, "activities/publication_detail.html", context)


def publication_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    form = PublicationForm(request.POST or None, programme=programme)
    if form.is_valid():
        publication = form.save()
        messages.success(
            request,
            _("“%(publication)s” is among the publications.") % {"publication": publication},
        )
        return redirect(publication)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Add a publication"),
        "crumb": _("New"),
        "back_url": reverse("activities:publications", args=[programme.slug]),
        "back_label": _("Publications"),
    }
    return render(request, "form_page.html", context)


def publication_edit(request, programme, pk):
    publications = Publication.objects.editable_by(request.user).select_related("programme")
    publication = get_to_change(request, publications, programme, pk)
    back = publication.get_absolute_url()
    form = PublicationForm(
        request.POST or None, instance=publication, programme=publication.programme
    )
    if form.is_valid():
        form.save()
        messages.success(request, _("The publication is saved."))
        return redirect(back)
    context = {
        "programme": publication.programme,
        "form": form,
        "title": _("Change the publication"),
        "crumb": _("Change"),
        "back_url": back,
        "back_label": _("The publication"),
        "delete_url": reverse("activities:publication_delete", args=[programme, pk]),
    }
    return render(request, "form_page.html", context)


def publication_delete(request, programme, pk):
    publication = _editable(request, programme, pk)
    return confirm_delete(
        request,
        publication,
        programme=publication.programme,
        title=_("Delete “%(publication)s”?") % {"publication": publication},
        consequence=_("The publication disappears from every figure. The history keeps it."),
        back=publication.get_absolute_url(),
        back_label=_("The publication"),
        onward=reverse("activities:publications", args=[programme]),
        done=_("The publication is deleted."),
    )


def _editable(request, programme, pk):
    publications = Publication.objects.editable_by(request.user).select_related("programme")
    return get_object_or_404(publications, programme__slug=programme, pk=pk)
