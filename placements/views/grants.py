"""Grants for every member; their instalments and placements for those who see everything."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.saved_filters import saved_for
from programmes.deletion import confirm_delete
from programmes.exports import Listing, download

from .. import columns
from ..forms.grants import GrantFilter, GrantForm, InstalmentForm
from ..models import Grant, Instalment, Placement
from .placements import placements_under

A_PAGE = 100


def grant_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme,
        "filters": filters,
        "saved": saved_for(request.user, programme, filters),
        "page": page,
        "years": [(year, list(rows)) for year, rows in groupby(page, key=lambda row: row.year)],
    }
    return render(request, "placements/grant_list.html", context)


def grant_file(request, programme, format):
    """The decisions for every member; what they are for, for full roles."""
    programme, filters, found = _narrowed(request, programme)
    full = request.user.membership_in(programme).sees_full_figures
    found = found.select_related("municipality", "initiative", "organisation")
    heads, title = columns.of_grants(full), _("Grants and places")
    return download(
        Listing(programme, "beviljade-platser", title, heads, found, filters.in_words(), full),
        format,
    )


def _narrowed(request, programme):
    """The programme, the filters of the address, and the grants that are found."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    grants = Grant.objects.visible_to(request.user).filter(programme=programme)
    full = request.user.membership_in(programme).sees_full_figures
    filters = GrantFilter(
        request.GET,
        programme=programme,
        years=grants.order_by("-year").values_list("year", flat=True).distinct(),
        placements=Placement.objects.visible_to(request.user) if full else None,
    )
    found = filters.narrow(grants).select_related("municipality")
    return programme, filters, found.order_by("-year", "municipality__sort_name", "pk")


def grant_detail(request, programme, pk):
    """The decision for every member; what it is for, its money and its placements for full roles."""
    grant = get_object_or_404(
        Grant.objects.visible_to(request.user).select_related(
            "programme", "municipality", "initiative", "organisation"
        ),
        programme__slug=programme,
        pk=pk,
    )
    me = request.user.membership_in(grant.programme)
    context = {
        "programme": grant.programme,
        "grant": grant,
        "full": me.sees_full_figures,
        "changes": me.changes_of(grant),
    }
    if me.sees_full_figures:
        page = Paginator(placements_under(grant, request.user), A_PAGE).get_page(
            request.GET.get("page")
        )
        context |= {
            "page": page,
            "more_than_places": page.paginator.count > grant.places,
            "instalments": grant.instalments.all(),
        }
    return render(request, "placements/grant_detail.html", context)


def grant_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    needed = {
        "has_municipalities": programme.municipalities.exists(),
        "has_initiatives": programme.initiatives.exists(),
    }
    if not (request.POST or all(needed.values())):
        context = {"programme": programme, **needed}
        return render(request, "placements/grant_impossible.html", context)
    form = GrantForm(request.POST or None, programme=programme)
    if form.is_valid():
        grant = form.save()
        messages.success(request, _("The grant is saved."))
        return redirect(grant)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Add a grant"),
        "back_url": reverse("placements:list", args=[programme.slug]),
        "back_label": _("Places"),
    }
    return render(request, "form_page.html", context)


def grant_edit(request, programme, pk):
    grant = _editable_grant(request, programme, pk)
    form = GrantForm(request.POST or None, instance=grant, programme=grant.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The grant is saved."))
        return redirect(grant)
    return _under_grant(request, grant, form, _("Change the grant"))


def grant_delete(request, programme, pk):
    grant = _editable_grant(request, programme, pk)
    return confirm_delete(
        request,
        grant,
        programme=grant.programme,
        title=_("Delete the grant to %(grant)s?") % {"grant": grant},
        consequence=_("Its instalments go with it. A grant with placements cannot be deleted."),
        back=grant.get_absolute_url(),
        onward=reverse("placements:list", args=[programme]),
        done=_("The grant is deleted."),
    )


def _editable_grant(request, programme, pk):
    return get_object_or_404(
        Grant.objects.editable_by(request.user).select_related("programme", "municipality"),
        programme__slug=programme,
        pk=pk,
    )


def _under_grant(request, grant, form, title, **more):
    """A form of something that belongs to a grant, with the way back to it."""
    back = reverse("placements:detail", args=[grant.programme.slug, grant.pk])
    context = {
        "programme": grant.programme,
        "form": form,
        "title": title,
        "back_url": back,
        "back_label": _("The grant"),
    }
    return render(request, "form_page.html", context | more)


def instalment_add(request, programme, pk):
    grant = _editable_grant(request, programme, pk)
    return _instalment_page(request, Instalment(grant=grant), _("New instalment"))


def instalment_edit(request, programme, pk):
    instalment = _editable_instalment(request, programme, pk)
    return _instalment_page(request, instalment, _("Change the instalment"))


def instalment_delete(request, programme, pk):
    instalment = _editable_instalment(request, programme, pk)
    grant = instalment.grant
    return confirm_delete(
        request,
        instalment,
        programme=grant.programme,
        title=_("Delete this instalment?"),
        consequence=_("The amount of the grant itself stays as it is."),
        back=grant.get_absolute_url(),
        back_label=grant,
        onward=grant.get_absolute_url(),
        done=_("The instalment is deleted."),
    )


def _editable_instalment(request, programme, pk):
    return get_object_or_404(
        Instalment.objects.editable_by(request.user).select_related(
            "grant__programme", "grant__municipality"
        ),
        grant__programme__slug=programme,
        pk=pk,
    )


def _instalment_page(request, instalment, title):
    grant = instalment.grant
    form = InstalmentForm(request.POST or None, instance=instalment, programme=grant.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The instalment is saved."))
        return redirect(grant)
    more = {}
    if not form.is_new:
        slug = grant.programme.slug
        more["delete_url"] = reverse("placements:instalment_delete", args=[slug, instalment.pk])
    return _under_grant(request, grant, form, title, **more)
