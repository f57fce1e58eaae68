"""How a year's census came to its numbers from those of the year before."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from enterprises.figures import EMPLOYEES, PLACED
from enterprises.models import Census
from programmes.periods import Period

from ..asked import view_of
from ..census_change import Change
from ..figures import View, figures


def census_change(request, programme, year):
    """The enterprises that came and went, for all members; whose answers moved the numbers, for full roles."""
    census = get_object_or_404(
        Census.objects.visible_to(request.user).select_related("programme"),
        programme__slug=programme,
        year=year,
    )
    programme = census.programme
    view = view_of(request.user, programme)
    both = Period(census.year - 1, census.year)
    found = figures(programme, both, view, today=timezone.localdate())
    change = Change(census, found, full=view == View.FULL)
    context = {
        "programme": programme,
        "census": census,
        "last_year": census.year - 1,
        "change": change,
        "register": change.enterprises(),
        "ways": [
            (EMPLOYEES.code, EMPLOYEES.label, change.employees()),
            (PLACED.code, PLACED.label, change.placed()),
        ],
        "is_full": change.full,
    }
    return render(request, "reports/census_change.html", context)
