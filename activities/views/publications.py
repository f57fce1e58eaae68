"""Publications: list, read, make, change, delete."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from programmes.deletion import confirm_delete

from ..forms.publications import PublicationForm
from ..models import Publication

A_PAGE = 50


def publication_list(request, programme):
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    found = (
        Publication.objects.visible_to(request.user)
        .filter(programme=programme)
        .prefetch_related("organisations")
        .order_by("-year", "-starts_on", "-pk")
    )
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme,
        "page": page,
        "years": [(year, list(rows)) for year, rows in groupby(page, key=lambda row: row.year)],
    }
    return render(request, "activities/publication_list.html", context)


def publication_detail(request, programme, pk):
    publication = get_object_or_404(
        Publication.objects.visible_to(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    context = {
        "programme": publication.programme,
        "publication": publication,
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
    publication = _editable(request, programme, pk)
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
