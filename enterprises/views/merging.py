"""Merging two enterprises that are one: choose the other, look at both, merge."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from programmes.restoring import undo_address

from ..duplicates import likely_duplicates, take_for_one_again, tell_apart, told_apart_from
from ..forms.merging import MergeForm, MergeWithForm
from ..merging import CannotMerge, Merge
from ..models import Enterprise


def merge(request, programme, pk):
    enterprise = _editable(request, programme, pk)
    choice = MergeWithForm(request.GET if "other" in request.GET else None, enterprise=enterprise)
    if not choice.is_valid():
        return _choose(request, enterprise, choice)
    merging = Merge(enterprise, choice.cleaned_data["other"])
    form = MergeForm(request.POST or None, merge=merging)
    if form.is_valid():
        gone = merging.other.pk
        try:
            merging.do(form.chosen())
        except CannotMerge as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                _("The two are one, with all that belonged to either."),
                extra_tags=undo_address(enterprise.programme, Enterprise, gone),
            )
            return redirect(enterprise)
    context = {"programme": enterprise.programme, "merge": merging, "form": form}
    return render(request, "enterprises/merge.html", context)


def _choose(request, enterprise, form):
    context = {
        "programme": enterprise.programme,
        "enterprise": enterprise,
        "form": form,
        "is_alone": not form.fields["other"].queryset.exists(),
        "likely": [
            next(one for one in pair if one.pk != enterprise.pk)
            for pair in likely_duplicates(enterprise.programme)
            if enterprise.pk in {one.pk for one in pair}
        ],
        "apart": told_apart_from(enterprise),
    }
    return render(request, "enterprises/merge_choose.html", context)


@require_POST
def apart(request, programme, pk):
    """Two that look alike are two: they are not proposed again, unless `again` says so."""
    enterprise = _editable(request, programme, pk)
    choice = MergeWithForm(request.POST, enterprise=enterprise)
    if not choice.is_valid():
        return _choose(request, enterprise, choice)
    other = choice.cleaned_data["other"]
    if "again" in request.POST:
        take_for_one_again(enterprise, other)
        return redirect("enterprises:merge", programme, pk)
    tell_apart(enterprise, other)
    words = _("“%(one)s” and “%(other)s” are two enterprises. They are not proposed again.")
    messages.success(request, words % {"one": enterprise, "other": other})
    return redirect("enterprises:list", programme)


def _editable(request, programme, pk):
    return get_object_or_404(
        Enterprise.objects.editable_by(request.user).select_related("programme", "organisation"),
        programme__slug=programme,
        pk=pk,
    )
