"""The settings: what the programme stands on. Members and invitations are in `accounts`."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .deletion import confirm_delete
from .models import FIRST_YEAR, LAST_YEAR, ClosedYear, Completeness, Judgement
from .parts import PARTS
from .periods import Period
from .settings_forms import CompletenessForm, ProgrammeForm, ReopeningForm
from .text import whole_number

A_PAGE = 100


def settings(request, programme):
    """Every part of the settings, with how much is there and what is missing."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    today = timezone.localdate()
    counts = {part.name: part.rows(programme).count() for part in PARTS}
    texts = ("contact", "target_group", "purpose", "background", "description")
    context = {
        "programme": programme,
        "parts": {part.name: (part, counts[part.name]) for part in PARTS},
        "period": programme.period(today),
        "texts_missing": [
            programme._meta.get_field(name).verbose_name
            for name in texts
            if not getattr(programme, name)
        ],
        "judged": _judged(programme),
        "unjudged": programme.period(today).last,
        "staffing": programme.staffing.order_by("starts_on").last(),
        "stated": programme.completeness.exclude(level=Completeness.Level.COMPLETE).count(),
        "closed": programme.closed_years.order_by("year"),
        "members": programme.memberships.count(),
    }
    return render(request, "programmes/settings.html", context)


def _judged(programme):
    """The latest years with a judgement, and how many objectives are judged for them; None for none."""
    rows = Judgement.objects.filter(objective__programme=programme)
    by_years = rows.values_list("first_year", "last_year").annotate(n=Count("objective"))
    latest = by_years.order_by("-last_year", "-first_year").first()
    return latest and {"period": Period(*latest[:2]), "objectives": latest[2]}


def programme_edit(request, programme):
    programme = get_object_or_404(request.user.managed_programmes(), slug=programme)
    form = ProgrammeForm(request.POST or None, instance=programme, programme=programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The programme is saved."))
        return redirect(_onward(request, "programmes:settings"), programme.slug)
    context = {
        "programme": get_object_or_404(request.user.managed_programmes(), pk=programme.pk),
        "form": form,
        "title": _("Change the programme"),
        "back_url": reverse("programmes:settings", args=[programme.slug]),
        "back_label": _("Settings"),
    }
    return render(request, "form_page.html", context)


def part_list(request, programme, part):
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    page = Paginator(part.rows(programme), A_PAGE).get_page(request.GET.get("page"))
    add_url = reverse(part.address("add"), args=[programme.slug])
    context = {"programme": programme, "part": part, "page": page, "add_url": add_url}
    return render(request, "programmes/part_list.html", context)


def part_add(request, programme, part):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    form = part.form(request.POST or None, programme=programme, initial=_asked_for(request, part))
    if form.is_valid():
        row = form.save()
        messages.success(request, _("“%(row)s” is saved.") % {"row": row})
        return redirect(_onward(request, part.address()), programme.slug)
    return _part_form(request, programme, part, form, part.add)


def part_edit(request, programme, part, pk):
    row, programme = _row_to_edit(request, programme, part, pk)
    form = part.form(request.POST or None, instance=row, programme=programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("“%(row)s” is saved.") % {"row": row})
        return redirect(part.address(), programme.slug)
    delete_url = reverse(part.address("delete"), args=[programme.slug, row.pk])
    return _part_form(request, programme, part, form, part.edit, delete_url=delete_url)


def part_delete(request, programme, part, pk):
    row, programme = _row_to_edit(request, programme, part, pk)
    return confirm_delete(
        request,
        row,
        programme=programme,
        title=_("Delete “%(row)s”?") % {"row": row},
        consequence=part.consequence,
        back=reverse(part.address(), args=[programme.slug]),
        back_label=part.title,
        onward=reverse(part.address(), args=[programme.slug]),
        done=_("“%(row)s” is deleted.") % {"row": row},
    )


def _row_to_edit(request, programme, part, pk):
    """The row of this part, and its programme, if the user may write it."""
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    row = get_object_or_404(part.model.objects.editable_by(request.user).of([programme.pk]), pk=pk)
    return row, programme


def _asked_for(request, part):
    """What a new row starts with, from the address: only whole numbers, whatever they point at."""
    initial = {}
    for parameter, names in part.asked:
        value = whole_number(request.GET.get(parameter))
        if value is not None:
            initial |= dict.fromkeys(names, value)
    return initial


def _onward(request, usual):
    """Where a saved form leads: back to the first steps for those who came from them."""
    return "reports:first_steps" if request.GET.get("steg") == "1" else usual


def _part_form(request, programme, part, form, title, **more):
    context = {
        "programme": programme,
        "form": form,
        "title": title,
        "back_url": reverse(part.address(), args=[programme.slug]),
        "back_label": part.title,
        **more,
    }
    return render(request, "form_page.html", context)


def completeness(request, programme):
    """Year by area: what is stated, and complete where nothing is."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    stated = {(row.year, row.area): row for row in programme.completeness.all()}
    period = programme.period(timezone.localdate())
    years = sorted({*period.years, *(year for year, _area in stated)})
    table = [
        (year, [(area, stated.get((year, area.value))) for area in Completeness.Area])
        for year in years
    ]
    context = {
        "programme": programme,
        "areas": Completeness.Area,
        "table": table,
        "notes": [row for row in stated.values() if row.note],
    }
    return render(request, "programmes/completeness.html", context)


def completeness_edit(request, programme, year, area):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    if area not in Completeness.Area.values or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    cell = programme.completeness.filter(year=year, area=area).first()
    cell = cell or Completeness(programme=programme, year=year, area=area)
    form = CompletenessForm(request.POST or None, instance=cell, programme=programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("“%(row)s” is saved.") % {"row": cell})
        return redirect("programmes:completeness", programme.slug)
    context = {
        "programme": programme,
        "form": form,
        "title": _("How complete are the records?"),
        "crumb": f"{cell.year}, {cell.get_area_display()}",
        "intro": _("%(area)s in %(year)s")
        % {"area": str(cell.get_area_display()).capitalize(), "year": year},
        "back_url": reverse("programmes:completeness", args=[programme.slug]),
        "back_label": _("Completeness"),
    }
    return render(request, "form_page.html", context)


def closed_years(request, programme):
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    rows = programme.closed_years.select_related("closed_by", "reopened_by").order_by("-year")
    context = {"programme": programme, "rows": rows, "now": timezone.now()}
    return render(request, "programmes/closed_years.html", context)


def closed_year_reopen(request, programme, pk):
    closed = _closed_year(request, programme, pk)
    form = ReopeningForm(
        request.POST or None, instance=closed, programme=closed.programme, by=request.user
    )
    if form.is_valid():
        form.save()
        messages.success(request, _("%(year)s is open for corrections.") % {"year": closed})
        return redirect("programmes:closed_years", programme)
    context = {
        "programme": closed.programme,
        "form": form,
        "title": _("Open %(year)s again?") % {"year": closed},
        "intro": _("Import, merging and bulk changes become possible. The adopted files stay."),
        "crumb": str(closed),
        "submit": _("Open the year"),
        "back_url": reverse("programmes:closed_years", args=[programme]),
        "back_label": _("Closed years"),
    }
    return render(request, "form_page.html", context)


@require_POST
def closed_year_close(request, programme, pk):
    """End a reopening before its time."""
    closed = _closed_year(request, programme, pk)
    if closed.reopened_until and closed.reopened_until > timezone.now():
        closed.reopened_until = timezone.now()
        closed.save()
        messages.success(request, _("%(year)s is closed again.") % {"year": closed})
    return redirect("programmes:closed_years", programme)


def _closed_year(request, programme, pk):
    return get_object_or_404(
        ClosedYear.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
