"""What came of placements: what is to be followed up, and outcomes, which are only added to."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from programmes.text import whole_number

from ..follow_ups import agenda, asked_about, known
from ..forms.placements import CorrectionForm, OutcomeForm
from ..models import Outcome, Placement, Reading
from .placements import editable_placement

A_PAGE = 50
Result = Outcome.Result


def due_list(request, programme):
    """What is to be followed up, the oldest first; for those who see everything."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    today = timezone.localdate()
    placements = Placement.objects.visible_to(request.user).of([programme.pk])
    placements = asked_about(programme, placements)
    found = agenda(placements.select_related(*SHOWN), today)
    page = Paginator((*found.overdue, *found.now), A_PAGE).get_page(request.GET.get("page"))
    soon = found.soon[:A_PAGE]
    shown = [due.placement for due in (*page, *soon)]
    Reading.objects.note(request.user, shown, Reading.Where.DUE, programme)
    context = {
        "programme": programme,
        "agenda": found,
        "page": page,
        "overdue": [due for due in page if due.is_overdue],
        "now": [due for due in page if not due.is_overdue],
        "soon": soon,
        "results": [(v, capfirst(label)) for v, label in Result.choices if v != Result.UNKNOWN],
        "today": today.isoformat(),
        "known": known(placements, today),
    }
    return render(request, "placements/due.html", context)


SHOWN = ("grant__municipality", "participant", "enterprise")


def outcome_add(request, programme, pk):
    """`then=due` in the address leads back to what is to be followed up."""
    placement = editable_placement(request, programme, pk)
    form = OutcomeForm(
        request.POST or None,
        instance=Outcome(placement=placement),
        programme=placement.grant.programme,
        initial=_asked(request),
    )
    return _outcome_page(
        request,
        placement,
        form,
        _("Add an outcome"),
        _("An outcome is never changed: what turns out to be wrong is corrected by a new row."),
    )


def _asked(request):
    """What the form starts with, from the address; what there is none of is left out."""
    follow_up, result = whole_number(request.GET.get("follow_up")), request.GET.get("result")
    initial = {"when": timezone.localdate().isoformat()} if "follow_up" in request.GET else {}
    if follow_up in Outcome.FollowUp.values:
        initial["follow_up"] = follow_up
    if result in Result.values:
        initial["result"] = result
    return initial


@require_POST
def not_reached(request, programme, pk):
    """Nobody could be reached: the outcome of that follow-up is unknown, as of today."""
    placement = editable_placement(request, programme, pk)
    form = OutcomeForm(
        {
            "result": Result.UNKNOWN,
            "when": timezone.localdate().isoformat(),
            "follow_up": request.POST.get("follow_up", ""),
        },
        instance=Outcome(placement=placement),
        programme=placement.grant.programme,
    )
    if form.is_valid():
        noted = form.save()
        slug = placement.grant.programme.slug
        told = _("Noted for %(code)s: not reached, the outcome is unknown.")
        correct = reverse("placements:outcome_correct", args=[slug, noted.pk])
        link = format_html('<a href="{}?then=due">{}</a>', correct, _("Correct"))
        told = format_html("{} {}", told % {"code": placement.participant}, link)
        messages.success(request, told)
    else:
        for errors in form.errors.values():
            messages.error(request, errors[0])
    return redirect("placements:due", placement.grant.programme.slug)


def outcome_correct(request, programme, pk):
    """A new row with a reason; the wrong one stays, marked as corrected."""
    wrong = get_object_or_404(
        Outcome.objects.editable_by(request.user).select_related(
            "placement__grant__programme",
            "placement__grant__municipality",
            "placement__participant",
        ),
        placement__grant__programme__slug=programme,
        pk=pk,
    )
    if request.method == "GET":
        placement = wrong.placement
        if not wrong.stands:
            messages.info(
                request, _("That outcome was corrected already. This is the one that stands.")
            )
            return redirect("placements:outcome_correct", programme, wrong.standing.pk)
        Reading.objects.note(
            request.user, [placement], Reading.Where.FORM, placement.grant.programme
        )
    correction = Outcome(
        placement=wrong.placement,
        corrects=wrong,
        result=wrong.result,
        known_on=wrong.known_on,
        precision=wrong.precision,
        follow_up=wrong.follow_up,
    )
    form = CorrectionForm(
        request.POST or None, instance=correction, programme=wrong.placement.grant.programme
    )
    return _outcome_page(
        request,
        wrong.placement,
        form,
        _("Correct an outcome"),
        _("The wrong one stays, with your reason beside it, and counts no more."),
    )


def _outcome_page(request, placement, form, title, intro):
    slug = placement.grant.programme.slug
    from_due = request.GET.get("then") == "due"
    if form.is_valid():
        form.save()
        messages.success(request, _("The outcome is saved."))
        return redirect("placements:due", slug) if from_due else redirect(placement)
    context = {
        "programme": placement.grant.programme,
        "form": form,
        "title": title,
        "intro": intro,
        "back_url": reverse("placements:due", args=[slug])
        if from_due
        else placement.get_absolute_url(),
        "back_label": _("To follow up") if from_due else placement.participant,
    }
    return render(request, "form_page.html", context)
