"""Quality: what is missing or differs, with what follows from it and where it is mended."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..asked import Years, all_years
from ..quality import HEADINGS, findings, left_beside_findings, nothing_recorded


def quality(request, programme):
    """Every finding of the years begun, in its group; what asks for nothing, or is explained, stands apart.

    What else is left of the year going on, which the overview lists, has a group of its own.
    """
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    figure_set = all_years(request.user, programme)
    today = timezone.localdate()
    found = findings(programme, figure_set, today=today)
    year = Years.of(programme, today).so_far.last
    is_closed = programme.has_closed(year)
    left = [] if is_closed else left_beside_findings(programme, year, figure_set, today=today)
    open_ones = [finding for finding in found if finding.is_open]
    to_know = [finding for finding in found if not finding.asks]
    settled = [finding for finding in found if finding.is_settled]
    context = {
        "programme": programme,
        "open": open_ones,
        "left": left,
        "year": year,
        "count": len(open_ones) + len(left),
        "is_empty": nothing_recorded(figure_set, figure_set.period),
        "to_know": to_know,
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
