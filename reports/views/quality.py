"""Quality: what is missing or differs, with what follows from it and where it is mended."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..asked import all_years
from ..quality import HEADINGS, findings


def quality(request, programme):
    """Every finding of the years begun, in its group; what is explained stands apart."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    figure_set = all_years(request.user, programme)
    found = findings(programme, figure_set, today=timezone.localdate())
    open_ones = [finding for finding in found if not finding.is_settled]
    settled = [finding for finding in found if finding.is_settled]
    context = {
        "programme": programme,
        "open": open_ones,
        "settled": settled,
        "groups": list(_grouped(open_ones)),
        "settled_groups": list(_grouped(settled)),
    }
    return render(request, "reports/quality.html", context)


def _grouped(found):
    for kind, heading in HEADINGS.items():
        of_kind = [finding for finding in found if finding.kind == kind]
        if of_kind:
            yield kind, heading, of_kind
