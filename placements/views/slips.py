"""Slips to print: a participant's code, for the municipality, which alone knows who it is."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from ..models import Grant, Placement, Reading


def slip(request, programme, pk):
    """The slip of one placement's participant."""
    placement = get_object_or_404(
        Placement.objects.visible_to(request.user).select_related("grant__programme"),
        grant__programme__slug=programme,
        pk=pk,
    )
    return _page(request, placement.grant, placement, _("The placement"), pk=placement.pk)


def slips(request, programme, pk):
    """The slips of all who are placed under a grant."""
    grant = get_object_or_404(
        Grant.objects.of(request.user.full_programmes()).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    return _page(request, grant, grant, grant)


def _page(request, grant, back, label, **which):
    """One slip a participant, though they may have several placements; none of who lost the code."""
    placements = Placement.objects.visible_to(request.user).filter(grant=grant, **which)
    placements = placements.select_related("participant", "grant__municipality")
    placements = placements.order_by("starts_on", "pk").read_by(request.user, Reading.Where.SLIP)
    shown = [row for row in placements if not row.participant.has_lost_code]
    context = {
        "programme": grant.programme,
        "slips": {row.participant_id: row for row in shown}.values(),
        "lost": len(placements) - len(shown),
        "back": back.get_absolute_url(),
        "back_label": label,
    }
    return render(request, "placements/slips.html", context)
