"""Uppföljning Finsam: the numbers to type there, ticking them off, and the same as a workbook."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from programmes.exports import WIDE, Column, Listing, download
from programmes.text import whole_number

from .. import national
from ..asked import Years
from ..models import NationalEntry


def national_follow_up(request, programme):
    """Each initiative's numbers of a year as they are typed; for those who see full figures."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    today = timezone.localdate()
    year, so_far = _year(programme, request, today), Years.of(programme, today).so_far
    context = {
        "programme": programme,
        "year": year,
        "years": so_far.years,
        "goes_on": year == today.year,
        "entries": national.entries(programme, year, today=today),
    }
    return render(request, "reports/national.html", context)


def _year(programme, request, today):
    """The year asked for; else the last one that is over, or the first there is."""
    so_far = Years.of(programme, today).so_far
    asked = whole_number(request.GET.get("year")) or 0
    if asked in so_far:
        return asked
    return max(min(so_far.last, today.year - 1), so_far.first)


def national_follow_up_file(request, programme, format):
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    today = timezone.localdate()
    year = _year(programme, request, today)
    columns = (
        Column(_("Initiative"), lambda row: row.initiative.name, WIDE),
        Column(_("Direction"), lambda row: str(row.initiative.get_direction_display())),
        Column(_("Year"), lambda row: str(row.year)),
        *(_column(name, label) for name, label in national.LABELS.items()),
        Column(_("Not available"), _missing, WIDE),
        Column(_("Incomplete"), _incomplete, WIDE),
        Column(_("Typed in"), lambda row: row.tick and timezone.localdate(row.tick.entered_at)),
        Column(_("Typed in by"), lambda row: str(row.tick.entered_by or "") if row.tick else None),
    )
    listing = Listing(
        programme,
        f"uppfoljning-finsam-{year}",
        "Uppföljning Finsam",
        columns,
        national.entries(programme, year, today=today),
        [(_("Year"), str(year))],
        is_full=True,
    )
    return download(listing, format)


def _column(name, label):
    return Column(str(label), lambda row: row.values.get(name))


def _missing(row):
    return ", ".join(str(number.label) for number in row.numbers if number.value is None)


def _incomplete(row):
    return ", ".join(str(number.label) for number in row.numbers if number.is_incomplete)


@require_POST
def national_tick(request, programme, year, pk):
    """Tick off an initiative's year as typed in, with the numbers that were shown."""
    programme, found = _entry(request, programme, year, pk)
    if request.POST.get("seen") != found.seen:
        messages.error(
            request,
            _(
                "The numbers of “%(initiative)s” have changed since you opened the page. Compare again."
            )
            % {"initiative": found.initiative},
        )
        return _back(programme, year)
    tick = found.tick or NationalEntry(initiative=found.initiative, year=year)
    tick.numbers, tick.entered_at, tick.entered_by = found.values, timezone.now(), request.user
    tick.save()
    messages.success(
        request, _("“%(initiative)s” is ticked off as typed in.") % {"initiative": found.initiative}
    )
    return _back(programme, year)


@require_POST
def national_untick(request, programme, year, pk):
    programme, found = _entry(request, programme, year, pk)
    if found.tick:
        found.tick.delete()
        messages.success(
            request,
            _("“%(initiative)s” is no longer ticked off.") % {"initiative": found.initiative},
        )
    return _back(programme, year)


def _entry(request, programme, year, pk):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    today = timezone.localdate()
    if year not in Years.of(programme, today).so_far:
        raise Http404
    found = national.entry(programme, year, pk, today=today)
    if found is None:
        raise Http404
    return programme, found


def _back(programme, year):
    return redirect(f"{reverse('reports:national_follow_up', args=[programme.slug])}?year={year}")
