"""The yearly census: open it, read it, answer it for an enterprise, close it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.changes import changes_of
from programmes.deletion import confirm_delete

from ..forms.census import CensusAsItStandsForm, CensusForm, ClosingForm, ReturnForm
from ..models import Census, CensusReturn, Contact

A_PAGE = 100


def census(request, programme, year):
    """Full roles read each answer beside last year's; the others who was asked, and the coverage."""
    census = get_object_or_404(
        Census.objects.visible_to(request.user).select_related("programme"),
        programme__slug=programme,
        year=year,
    )
    me = request.user.membership_in(census.programme)
    only_waiting = me.sees_full_figures and request.GET.get("show") == "waiting"
    if me.sees_full_figures:
        rows = CensusReturn.objects.visible_to(request.user).filter(census=census)
        rows = rows.waiting() if only_waiting else rows
        rows = rows.select_related("enterprise__municipality")
        rows = rows.order_by("enterprise__sort_name", "pk")
    else:
        rows = census.asked().select_related("municipality")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": census.programme,
        "census": census,
        "last_year": census.year - 1,
        "coverage": census.coverage(),
        "full": me.sees_full_figures,
        "only_waiting": only_waiting,
        "page": page,
        "rows": _beside_last_year(request.user, census, page) if me.sees_full_figures else [],
        "years": census.programme.censuses.order_by("year"),
        "not_asked": census.not_asked().select_related("municipality") if me.writes else [],
    }
    return render(request, "enterprises/census.html", context)


def _beside_last_year(user, census, answers):
    """Each answer with its six numbers, and with last year's confirmed ones (None: there is none)."""
    earlier = CensusReturn.objects.visible_to(user).confirmed()
    earlier = earlier.filter(census__programme=census.programme, census__year=census.year - 1)
    before = {row.enterprise_id: row for row in earlier}
    names = (*CensusReturn.EMPLOYED, *CensusReturn.PLACED)
    rows = []
    for answer in answers:
        last = before.get(answer.enterprise_id)
        numbers = [(getattr(answer, name), getattr(last, name, None)) for name in names]
        rows.append({"answer": answer, "employed": numbers[:3], "placed": numbers[3:]})
    return rows


def census_open(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    this_year = {"year": timezone.localdate().year}
    form = CensusForm(request.POST or None, programme=programme, initial=this_year)
    if form.is_valid():
        census = form.save()
        messages.success(request, _asked(form.asked))
        return redirect(census)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Open a census"),
        "intro": _("Every enterprise active on the reference date gets a row to answer in."),
        "submit": _("Open the census"),
        "back_url": reverse("enterprises:list", args=[programme.slug]),
        "back_label": _("Enterprises"),
    }
    return render(request, "form_page.html", context)


def _asked(number):
    return ngettext(
        "%(number)s enterprise is asked.", "%(number)s enterprises are asked.", number
    ) % {"number": number}


def census_edit(request, programme, year):
    census = _editable_census(request, programme, year)
    form = CensusForm(request.POST or None, instance=census, programme=census.programme)
    if form.is_valid():
        return redirect(form.save())
    intro = _("Enterprises that were active on the new reference date are asked as well.")
    return _census_page(request, form, _("Change the census"), intro)


def census_ask(request, programme, year):
    """Take up enterprises that came into the register after the census was opened."""
    census = _editable_census(request, programme, year)
    form = CensusAsItStandsForm(request.POST or None, instance=census, programme=census.programme)
    if form.is_valid():
        messages.success(request, _asked(census.ask(form.cleaned_data.get("change_reason"))))
        return redirect(census)
    intro = _("They were active on the reference date but came into the register later.")
    return _census_page(request, form, _("Ask those who are missing"), intro, _("Ask them too"))


def census_close(request, programme, year):
    census = _editable_census(request, programme, year)
    form = ClosingForm(request.POST or None, instance=census, programme=census.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The census is closed."))
        return redirect(census)
    intro = _(
        "No more answers are expected, and the enterprises' own links stop working. "
        "You can still correct an answer."
    )
    return _census_page(request, form, _("Close the census"), intro, _("Close the census"))


def census_reopen(request, programme, year):
    census = _editable_census(request, programme, year)
    form = CensusAsItStandsForm(request.POST or None, instance=census, programme=census.programme)
    if form.is_valid():
        census.closed_on = None
        form.save()
        messages.success(request, _("The census is open again."))
        return redirect(census)
    intro = _("Answers can come in again.")
    return _census_page(request, form, _("Reopen the census"), intro, _("Reopen the census"))


def census_delete(request, programme, year):
    census = _editable_census(request, programme, year)
    return confirm_delete(
        request,
        census,
        programme=census.programme,
        title=_("Delete the census of %(year)s?") % {"year": census},
        consequence=_("Every answer to it disappears too, and leaves the figures."),
        back=census.get_absolute_url(),
        onward=reverse("enterprises:list", args=[programme]),
        done=_("The census is deleted."),
    )


def _editable_census(request, programme, year):
    return get_object_or_404(
        Census.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        year=year,
    )


def _census_page(request, form, title, intro, submit=None):
    census = form.instance
    context = {
        "programme": form.programme,
        "form": form,
        "title": title,
        "intro": intro,
        "submit": submit,
        "back_url": reverse("enterprises:census", args=[form.programme.slug, census.year]),
        "back_label": _("Census"),
    }
    return render(request, "form_page.html", context)


def return_edit(request, programme, pk):
    """One enterprise's answer; `same` fills in last year's numbers, to be looked at and saved."""
    answer = get_object_or_404(
        CensusReturn.objects.editable_by(request.user).select_related(
            "census__programme", "enterprise__municipality"
        ),
        census__programme__slug=programme,
        pk=pk,
    )
    census = answer.census
    previous = _last_year(request.user, answer)
    initial = _same_as(previous) if request.method == "GET" and "same" in request.GET else {}
    form = ReturnForm(
        request.POST or None,
        instance=answer,
        programme=census.programme,
        previous=previous,
        initial=initial,
    )
    if form.is_valid():
        form.save()
        saved = _("%(enterprise)s is saved.") % {"enterprise": answer.enterprise}
        messages.success(request, saved)
        following = _next_to_answer(request.user, answer) if "next" in request.POST else None
        return redirect(following or census)
    context = {
        "programme": census.programme,
        "census": census,
        "answer": answer,
        "previous": previous,
        "filled_in": bool(initial),
        "following": _next_to_answer(request.user, answer),
        "contacts": Contact.objects.visible_to(request.user).filter(enterprise=answer.enterprise),
        "changes": changes_of(answer),
        "form": form,
    }
    return render(request, "enterprises/return_form.html", context)


def _last_year(user, answer):
    """The enterprise's confirmed answer to the census of the year before, or None."""
    earlier = CensusReturn.objects.visible_to(user).confirmed()
    return earlier.filter(enterprise=answer.enterprise, census__year=answer.census.year - 1).first()


def _same_as(previous):
    """What the form starts with when nothing has changed since last year."""
    if previous is None:
        return {}
    return {name: getattr(previous, name) for name in ReturnForm.NUMBERS}


def _next_to_answer(user, answer):
    """The next enterprise by name that has not answered; after the last, from the beginning."""
    waiting = CensusReturn.objects.editable_by(user).filter(census=answer.census).waiting()
    waiting = waiting.exclude(pk=answer.pk).select_related("census__programme", "enterprise")
    waiting = waiting.order_by("enterprise__sort_name", "pk")
    later = waiting.filter(enterprise__sort_name__gt=answer.enterprise.sort_name)
    return later.first() or waiting.first()
