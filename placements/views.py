"""Grants for every member; instalments, placements and outcomes for those who see everything."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.saved_filters import saved_for
from programmes.deletion import confirm_delete
from programmes.exports import Listing, download
from programmes.text import whole_number

from . import columns
from .forms import (
    CorrectionForm,
    GrantFilter,
    GrantForm,
    InstalmentForm,
    NewPlacementForm,
    OutcomeForm,
    PlacementForm,
)
from .models import Grant, Instalment, Outcome, Placement

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
        page = Paginator(_placements_under(grant, request.user), A_PAGE).get_page(
            request.GET.get("page")
        )
        context |= {
            "page": page,
            "more_than_places": page.paginator.count > grant.places,
            "instalments": grant.instalments.all(),
        }
    return render(request, "placements/grant_detail.html", context)


def placement_file(request, programme, pk, format):
    """The placements of a grant, for those who see the placements."""
    grant = get_object_or_404(
        Grant.objects.of(request.user.full_programmes()).select_related(
            "programme", "municipality"
        ),
        programme__slug=programme,
        pk=pk,
    )
    rows = list(_placements_under(grant, request.user))
    chosen = [(_("Grant"), str(grant))]
    return download(
        Listing(
            grant.programme,
            "placeringar",
            _("Placements"),
            columns.of_placements(),
            rows,
            chosen,
            is_full=True,
        ),
        format,
    )


def _placements_under(grant, user):
    """The placements of a grant that `user` sees, each with the outcomes that stand."""
    outcomes = Outcome.objects.visible_to(user).standing().order_by("known_on", "pk")
    placements = Placement.objects.visible_to(user).filter(grant=grant)
    placements = placements.select_related("grant", "participant", "enterprise")
    placements = placements.prefetch_related(
        Prefetch("outcomes", outcomes, to_attr="standing_outcomes")
    )
    return placements.order_by("starts_on", "pk")


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


def placement_detail(request, programme, pk):
    placement = get_object_or_404(
        Placement.objects.visible_to(request.user).select_related(
            "grant__programme",
            "grant__municipality",
            "participant",
            "enterprise",
            "supervisor",
            "extension_of",
            "extension",
        ),
        grant__programme__slug=programme,
        pk=pk,
    )
    outcomes = Outcome.objects.visible_to(request.user).filter(placement=placement)
    context = {
        "programme": placement.grant.programme,
        "placement": placement,
        "outcomes": outcomes.select_related("correction").order_by("-known_on", "-pk"),
        "changes": request.user.membership_in(placement.grant.programme).changes_of(placement),
    }
    return render(request, "placements/placement_detail.html", context)


def placement_add(request, programme, pk):
    """A placement under the grant `pk`; `extends` takes over an earlier placement's details."""
    grant = _editable_grant(request, programme, pk)
    form = NewPlacementForm(
        request.POST or None,
        instance=Placement(grant=grant),
        programme=grant.programme,
        initial=_taken_over(request, grant),
    )
    if form.is_valid():
        placement = form.save()
        messages.success(
            request,
            _("The placement is saved. The participant's code is %(code)s.")
            % {"code": placement.participant},
        )
        return redirect(placement)
    context = {
        "programme": grant.programme,
        "form": form,
        "title": _("Add a placement"),
        "back_url": grant.get_absolute_url(),
        "back_label": grant,
    }
    return render(request, "placements/placement_form.html", context)


def _taken_over(request, grant):
    """What an extension starts with: the same participant, enterprise and supervision."""
    asked = whole_number(request.GET.get("extends"))
    placements = Placement.objects.editable_by(request.user)
    earlier = placements.filter(grant__programme=grant.programme, pk=asked).first()
    if earlier is None:
        return {}
    return {
        "participant": earlier.participant_id,
        "extension_of": earlier.pk,
        "enterprise": earlier.enterprise_id,
        "supervisor": earlier.supervisor_id,
        "referrer": earlier.referrer,
        "extent": earlier.extent,
    }


def placement_edit(request, programme, pk):
    placement = _editable_placement(request, programme, pk)
    form = PlacementForm(
        request.POST or None, instance=placement, programme=placement.grant.programme
    )
    if form.is_valid():
        form.save()
        messages.success(request, _("The placement is saved."))
        return redirect(placement)
    context = {
        "programme": placement.grant.programme,
        "form": form,
        "title": _("Change the placement"),
        "back_url": placement.get_absolute_url(),
        "back_label": placement.participant,
    }
    return render(request, "placements/placement_form.html", context)


def placement_delete(request, programme, pk):
    placement = _editable_placement(request, programme, pk)
    return confirm_delete(
        request,
        placement,
        programme=placement.grant.programme,
        title=_("Delete the placement of %(code)s?") % {"code": placement.participant},
        consequence=_(
            "The code disappears too, unless the participant has another placement. "
            "A placement with outcomes cannot be deleted."
        ),
        back=placement.get_absolute_url(),
        onward=placement.grant.get_absolute_url(),
        done=_("The placement is deleted."),
    )


def _editable_placement(request, programme, pk):
    return get_object_or_404(
        Placement.objects.editable_by(request.user).select_related(
            "grant__programme", "grant__municipality", "participant"
        ),
        grant__programme__slug=programme,
        pk=pk,
    )


def outcome_add(request, programme, pk):
    placement = _editable_placement(request, programme, pk)
    form = OutcomeForm(
        request.POST or None,
        instance=Outcome(placement=placement),
        programme=placement.grant.programme,
    )
    return _outcome_page(
        request,
        placement,
        form,
        _("Add an outcome"),
        _("An outcome is never changed: what turns out to be wrong is corrected by a new row."),
    )


def outcome_correct(request, programme, pk):
    """A new row with a reason; the wrong one stays, marked as corrected."""
    wrong = get_object_or_404(
        Outcome.objects.editable_by(request.user).select_related(
            "placement__grant__programme",
            "placement__grant__municipality",
            "placement__participant",
        ),
        placement__grant__programme__slug=programme,
        pk=pk,
    )
    correction = Outcome(
        placement=wrong.placement,
        corrects=wrong,
        result=wrong.result,
        known_on=wrong.known_on,
        precision=wrong.precision,
        follow_up=wrong.follow_up,
    )
    form = CorrectionForm(
        request.POST or None, instance=correction, programme=wrong.placement.grant.programme
    )
    return _outcome_page(
        request,
        wrong.placement,
        form,
        _("Correct an outcome"),
        _("The wrong one stays, with your reason beside it, and counts no more."),
    )


def _outcome_page(request, placement, form, title, intro):
    if form.is_valid():
        form.save()
        messages.success(request, _("The outcome is saved."))
        return redirect(placement)
    context = {
        "programme": placement.grant.programme,
        "form": form,
        "title": title,
        "intro": intro,
        "back_url": placement.get_absolute_url(),
        "back_label": placement.participant,
    }
    return render(request, "form_page.html", context)
