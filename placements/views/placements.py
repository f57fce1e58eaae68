"""Placements and what came of them, for those who see everything."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from programmes.deletion import confirm_delete
from programmes.exports import Listing, download
from programmes.text import whole_number

from .. import columns
from ..forms.placements import CorrectionForm, NewPlacementForm, OutcomeForm, PlacementForm
from ..models import Grant, Outcome, Placement


def placement_file(request, programme, pk, format):
    """The placements of a grant, for those who see the placements."""
    grant = get_object_or_404(
        Grant.objects.of(request.user.full_programmes()).select_related(
            "programme", "municipality"
        ),
        programme__slug=programme,
        pk=pk,
    )
    rows = list(placements_under(grant, request.user))
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


def placements_under(grant, user):
    """The placements of a grant that `user` sees, each with the outcomes that stand."""
    outcomes = Outcome.objects.visible_to(user).standing().order_by("known_on", "pk")
    placements = Placement.objects.visible_to(user).filter(grant=grant)
    placements = placements.select_related("grant", "participant", "enterprise")
    placements = placements.prefetch_related(
        Prefetch("outcomes", outcomes, to_attr="standing_outcomes")
    )
    return placements.order_by("starts_on", "pk")


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
    grant = get_object_or_404(
        Grant.objects.editable_by(request.user).select_related("programme", "municipality"),
        programme__slug=programme,
        pk=pk,
    )
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
