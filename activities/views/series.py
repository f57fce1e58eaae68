"""Repeating an event, and changing those to come in its series."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import series
from ..forms.repetition import RepetitionForm, RuleForm
from ..forms.series import SeriesForm
from ..models import Event


def repeat(request, programme, pk):
    """Which days, asked in the address and looked at first; what is ticked is made by POST."""
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related(
            "programme", "municipality", "initiative", "group", "series", "planned_activity__plan"
        ),
        programme__slug=programme,
        pk=pk,
    )
    rule = RuleForm(request.GET if "way" in request.GET else None, event=event)
    today = timezone.localdate()
    days = series.looked_at(event, rule.days, today=today) if rule.is_valid() else []
    form = RepetitionForm(request.POST or None, days=days)
    before = form.repeated(event.programme) if form.is_bound else None
    if before:
        return redirect(before)
    if form.is_valid():
        chosen, key = form.chosen(), form.unused_key()
        made = series.repeat(event, chosen, today=today, form_key=key)
        messages.success(request, _made(made))
        return redirect(event)
    context = {
        "programme": event.programme,
        "event": event,
        "rule": rule,
        "repetition": form,
        "days": list(form.rows()),
        "form": form if form.is_bound else rule,
        "errors_heading": _("No day is made yet"),
    }
    return render(request, "activities/repeat.html", context)


def _made(events):
    if not events:
        return _("Those days are there already. Nothing more was made.")
    planned = sum(event.status == Event.Status.PLANNED for event in events)
    held = len(events) - planned
    sentences = []
    if planned:
        text = ngettext("%(n)s event is planned.", "%(n)s events are planned.", planned)
        sentences.append(text % {"n": planned})
    if held:
        text = ngettext(
            "%(n)s is held and its counts are missing.",
            "%(n)s are held and their counts are missing.",
            held,
        )
        sentences.append(text % {"n": held})
    return " ".join(sentences)


def series_edit(request, programme, pk):
    """Change an event and those to come in its series, which keep what is their own."""
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related(
            "programme", "municipality", "initiative", "group", "planned_activity__plan"
        ),
        programme__slug=programme,
        pk=pk,
    )
    to_come = series.to_come_after(event).count()
    if not to_come:
        return redirect("activities:edit", programme, event.pk)
    before = series.details(event)
    form = SeriesForm(request.POST or None, instance=event, programme=event.programme)
    if form.is_valid():
        with transaction.atomic():
            event = form.save()
            changed, kept = series.carry_over(event, before)
        messages.success(request, _carried(changed, kept))
        return redirect(event)
    context = {"programme": event.programme, "event": event, "form": form, "to_come": to_come}
    return render(request, "activities/series_form.html", context)


def _carried(changed, kept):
    sentences = [_("The event is saved.")]
    if changed:
        text = ngettext(
            "%(n)s to come was changed as well.", "%(n)s to come were changed as well.", changed
        )
        sentences.append(text % {"n": changed})
    if kept:
        text = ngettext(
            "%(n)s kept something of its own.", "%(n)s kept something of their own.", kept
        )
        sentences.append(text % {"n": kept})
    return " ".join(sentences)
