"""Printed figures: numbers that stand in some document, kept beside ours."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.changes import changes_of
from programmes.deletion import confirm_delete
from programmes.figures import parse_breakdown

from .. import quality
from ..asked import all_years
from ..forms import CHECKED, PublishedFigureForm
from ..models import PublishedFigure
from ..wording import difference_in_words, named, written

A_PAGE = 50


@dataclass(frozen=True)
class Compared:
    """A printed figure beside ours; `card` leads to why ours is what it is."""

    record: PublishedFigure
    what: str
    printed: str
    ours: str
    difference: str
    card: str
    differs: bool
    explained: bool


def printed_list(request, programme):
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    rows = programme.published_figures.order_by(
        "-last_year", "first_year", "indicator", "breakdown", "pk"
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    ours = quality.Ours(all_years(request.user, programme), today=timezone.localdate())
    context = {
        "programme": programme,
        "page": page,
        "rows": [_compared(ours, row) for row in page],
    }
    return render(request, "reports/printed_list.html", context)


def _compared(ours, row):
    indicator, key = CHECKED[row.indicator], parse_breakdown(row.breakdown)
    value, _basis = ours.beside(row)
    differs = quality.difference(value, row.value) if value is not None else None
    return Compared(
        record=row,
        what=named(ours.figures.words, indicator, key),
        printed=quality.in_words(indicator, row),
        ours=written(indicator, value),
        difference=difference_in_words(indicator, differs),
        card=ours.card(row),
        differs=bool(differs),
        explained=bool(differs and row.explanation),
    )


def printed_add(request, programme):
    """Add one; a card hands over the figure, its part and its years."""
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    initial = {
        name: request.GET[name][:200]
        for name in ("indicator", "breakdown", "first_year", "last_year")
        if name in request.GET
    }
    form = PublishedFigureForm(request.POST or None, programme=programme, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, _("The printed figure is saved."))
        return redirect("reports:printed", programme.slug)
    return _form_page(request, programme, form, _("Add a printed figure"))


def printed_edit(request, programme, pk):
    row = get_object_or_404(
        PublishedFigure.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    form = PublishedFigureForm(request.POST or None, instance=row, programme=row.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The printed figure is saved."))
        return redirect("reports:printed", programme)
    return _form_page(request, row.programme, form, _("Change the printed figure"))


def _form_page(request, programme, form, title):
    row = form.instance
    context = {
        "programme": programme,
        "form": form,
        "title": title,
        "back_url": reverse("reports:printed", args=[programme.slug]),
        "suggestions": form.suggestions(),
        "changes": changes_of(row) if row.pk else [],
    }
    return render(request, "reports/printed_form.html", context)


def printed_delete(request, programme, pk):
    row = get_object_or_404(
        PublishedFigure.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    back = reverse("reports:printed_edit", args=[programme, pk])
    return confirm_delete(
        request,
        row,
        programme=row.programme,
        title=_("Delete the printed figure?"),
        consequence=_("It is no longer compared, and stands in for nothing. The history keeps it."),
        back=back,
        onward=reverse("reports:printed", args=[programme]),
        done=_("The printed figure is deleted."),
    )
