"""The yearly census: open it, ask those who came later, close it, open it again, delete it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.deletion import confirm_delete

from ..forms.census import CensusAsItStandsForm, CensusForm, ClosingForm
from ..models import Census, CensusReturn, SentAnswer


def census_of(found, programme, year):
    """The census of a programme (its slug) in a year among those `found`, or 404."""
    found = found.select_related("programme")
    return get_object_or_404(found, programme__slug=programme, year=year)


def census_open(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    year = timezone.localdate().year
    is_there = programme.censuses.filter(year=year).exists()
    initial = {"year": "" if is_there else year}
    form = CensusForm(request.POST or None, programme=programme, initial=initial)
    if form.is_valid():
        census = form.save()
        messages.success(request, _asked(form.asked))
        if early := is_early(census):
            messages.warning(request, early)
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


def is_early(census):
    """That the day a census is about has not come yet, in words; nothing once it has."""
    if census.reference_date <= timezone.localdate():
        return ""
    return _(
        "The reference date, %(day)s, has not come yet: nobody knows the answer before it."
    ) % {"day": census.reference_date}


def census_edit(request, programme, year):
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    form = CensusForm(request.POST or None, instance=census, programme=census.programme)
    if form.is_valid():
        return redirect(form.save())
    intro = _("Enterprises that were active on the new reference date are asked as well.")
    return _census_page(request, form, _("Change the census"), intro)


def census_ask(request, programme, year):
    """Take up enterprises that came into the register after the census was opened."""
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    form = CensusAsItStandsForm(request.POST or None, instance=census, programme=census.programme)
    if form.is_valid():
        messages.success(request, _asked(census.ask(form.cleaned_data.get("change_reason"))))
        return redirect(census)
    intro = _("They were active on the reference date but came into the register later.")
    return _census_page(request, form, _("Ask those who are missing"), intro, _("Ask them too"))


def census_close(request, programme, year):
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    form = ClosingForm(request.POST or None, instance=census, programme=census.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The census is closed."))
        return redirect(census)
    remarks = _left(census)
    intro = _(
        "No more answers are expected, and the enterprises' own links stop working. "
        "You can still correct an answer."
    )
    return _census_page(request, form, _("Close the census"), intro, _("Close the census"), remarks)


def _left(census):
    """(in words, where) what is left to do in a census: answers to look at, and those not given."""
    at = [census.programme.slug, census.year]
    sent = SentAnswer.objects.waiting().filter(answer__census=census).count()
    if sent:
        words = ngettext(
            "%(n)s answer waits to be looked at.", "%(n)s answers wait to be looked at.", sent
        )
        yield words % {"n": sent}, reverse("enterprises:sent", args=at)
    open_ = census.returns.waiting().count()
    if open_:
        words = ngettext(
            "%(n)s enterprise has not answered, or is a draft.",
            "%(n)s enterprises have not answered, or are drafts.",
            open_,
        )
        yield words % {"n": open_}, f"{census.get_absolute_url()}?show=waiting"


def census_reopen(request, programme, year):
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    form = CensusAsItStandsForm(request.POST or None, instance=census, programme=census.programme)
    if form.is_valid():
        census.closed_on = None
        form.save()
        messages.success(request, _("The census is open again."))
        return redirect(census)
    intro = _("Answers can come in again.")
    return _census_page(request, form, _("Reopen the census"), intro, _("Reopen the census"))


def census_delete(request, programme, year):
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    return confirm_delete(
        request,
        census,
        programme=census.programme,
        title=_("Delete the census of %(year)s?") % {"year": census},
        consequence=_what_goes(census),
        back=census.get_absolute_url(),
        onward=reverse("enterprises:list", args=[programme]),
        done=_("The census is deleted."),
    )


def _what_goes(census):
    """What disappears with a census, in words."""
    answers = census.returns.exclude(state=CensusReturn.State.NOT_ANSWERED).count()
    if not answers:
        return _("Nobody has answered it yet.")
    words = ngettext(
        "%(n)s answer to it disappears too, and leaves the figures.",
        "%(n)s answers to it disappear too, and leave the figures.",
        answers,
    )
    return words % {"n": answers}


def _census_page(request, form, title, intro, submit=None, remarks=()):
    census = form.instance
    context = {
        "programme": form.programme,
        "form": form,
        "title": title,
        "intro": intro,
        "submit": submit,
        "remarks": remarks,
        "back_url": reverse("enterprises:census", args=[form.programme.slug, census.year]),
        "back_label": _("Census"),
    }
    return render(request, "form_page.html", context)
