"""One enterprise's answer to a census, on a page of its own."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from programmes.changes import changes_of

from ..forms.answers import ReturnForm
from ..models import CensusReturn, Contact


def return_edit(request, programme, pk):
    """One enterprise's answer; `same` fills in last year's numbers, to be looked at and saved."""
    answer = get_object_or_404(
        CensusReturn.objects.editable_by(request.user).select_related(
            "census__programme", "enterprise__municipality", "sent"
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
        "sent": getattr(answer, "sent", None),
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
    return CensusReturn.objects.visible_to(user).year_before(answer).first()


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
