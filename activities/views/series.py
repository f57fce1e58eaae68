"""Repeating an event, changing and cancelling those to come, and filling in how many came."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.records import LostUpdate

from .. import series
from ..forms.series import (
    CancelForm,
    HeldForm,
    RepetitionForm,
    ResumeForm,
    RuleForm,
    SeriesForm,
    TotalForm,
)
from ..models import Event


def _editable(request, programme, pk):
    events = Event.objects.editable_by(request.user).select_related(
        "programme", "municipality", "series", "planned_activity__plan"
    )
    return get_object_or_404(events, programme__slug=programme, pk=pk)


def repeat(request, programme, pk):
    """Which days, asked in the address and looked at first; what is ticked is made by POST."""
    event = _editable(request, programme, pk)
    rule = RuleForm(request.GET if "way" in request.GET else None, event=event)
    today = timezone.localdate()
    days = series.looked_at(event, rule.days, today=today) if rule.is_valid() else []
    form = RepetitionForm(request.POST or None, days=days)
    before = form.repeated(event.programme) if form.is_bound else None
    if before:
        return redirect(before)
    if form.is_valid():
        chosen, key = form.chosen(), form.unused_key()
        try:
            made = series.repeat(event, chosen, today=today, form_key=key)
        except IntegrityError:  # the same form twice at once: the other was first
            before = form.repeated(event.programme)
            if before is None:
                raise
            return redirect(before)
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
    event = _editable(request, programme, pk)
    to_come = series.to_come_after(event)
    if not to_come:
        return redirect("activities:edit", programme, event.pk)
    before = series.Details.of(event)
    form = SeriesForm(request.POST or None, instance=event, programme=event.programme)
    if form.is_valid():
        with transaction.atomic():
            event = form.save()
            changed, kept = series.carry_over(event, before)
        messages.success(request, _carried(changed, kept))
        return redirect(event)
    context = _beside(
        event,
        form=form,
        title=_("Change this and those to come"),
        crumb=_("The series"),
        intro=ngettext(
            "What you change here is changed in the %(n)s event to come as well, unless it says something of its own.",
            "What you change here is changed in the %(n)s events to come as well, unless they say something of their own.",
            len(to_come),
        )
        % {"n": len(to_come)},
    )
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


def cancel(request, programme, pk):
    """Cancel an event with a reason, and those to come in its series if that is ticked."""
    event = _editable(request, programme, pk)
    is_cancelled = event.status == Event.Status.CANCELLED
    to_come = len(series.to_come_after(event))
    form = CancelForm(
        request.POST or None, instance=event, programme=event.programme, to_come=to_come
    )
    if form.is_valid():
        with transaction.atomic():
            event = form.save()
            others = (
                series.cancel_to_come(event, event.cancelled_reason)
                if form.cleaned_data.get("to_come")
                else 0
            )
        text = ngettext("The event is cancelled.", "%(n)s events are cancelled.", others + 1)
        messages.success(request, text % {"n": others + 1})
        return redirect(event)
    context = _beside(
        event,
        form=form,
        title=(_("Why is “%(event)s” cancelled?") if is_cancelled else _("Cancel “%(event)s”"))
        % {"event": event},
        crumb=_("Cancel the event"),
        submit=_("Save") if is_cancelled else _("Cancel the event"),
        is_cancelled=is_cancelled,
    )
    return render(request, "activities/series_cancel.html", context)


def resume(request, programme, pk):
    """Plan a cancelled event again."""
    event = _editable(request, programme, pk)
    if event.status != Event.Status.CANCELLED:
        return redirect(event)
    form = ResumeForm(request.POST or None, instance=event, programme=event.programme)
    if form.is_valid():
        event = form.save()
        messages.success(request, _("The event is planned again."))
        return redirect(event)
    context = _beside(
        event,
        form=form,
        title=_("Plan “%(event)s” again?") % {"event": event},
        crumb=_("Plan again"),
        intro=_("It is listed among the planned ones. The history keeps why it was cancelled."),
        submit=_("Plan again"),
    )
    return render(request, "form_page.html", context)


def count(request, programme, pk):
    """How many came, as a total alone: a planned event becomes a held one."""
    event = _editable(request, programme, pk)
    cells = list(event.attendance.all())
    form = HeldForm(request.POST or None, instance=event, programme=event.programme)
    total = TotalForm(request.POST or None)
    sound = [total.is_valid(), form.is_valid()]
    onward = form.cleaned_data.get("onward") if form.is_bound else ""
    if cells:
        return _counted_already(request, event, total, cells, onward)
    if all(sound):
        try:
            with transaction.atomic():
                event = form.save()
                total.save(event)
        except LostUpdate:  # the same form twice at once: the other was first
            cells = list(event.attendance.all())
            if not total.stands_in(cells):
                raise
        messages.success(request, _counted(event, total))
        return redirect(onward or event.get_absolute_url())
    context = _beside(
        event,
        form=form,
        total=total,
        problems=total.problems() if total.is_bound else [],
        title=_("How many came?"),
        crumb=_("How many came?"),
    )
    return render(request, "activities/_count_page.html", context)


def _counted(event, total):
    number = sum(total.numbers.values())
    text = ngettext(
        "“%(event)s” is held, with %(n)s participant.",
        "“%(event)s” is held, with %(n)s participants.",
        number,
    )
    return text % {"event": event, "n": number}


def _counted_already(request, event, total, cells, onward):
    """The same form sent twice has done its work; other numbers are looked at beside those stored."""
    if total.is_bound and total.is_valid():
        if total.stands_in(cells):
            return redirect(onward or event.get_absolute_url())
        typed = ", ".join(
            f"{total.fields[sex].label.lower()} {number}" for sex, number in total.numbers.items()
        )
        messages.warning(
            request,
            _("The counts are there already, so yours are not saved. You wrote: %(typed)s.")
            % {"typed": typed},
        )
    return redirect("activities:edit", event.programme.slug, event.pk)


def _beside(event, **context):
    """The surroundings of a form about `event`: the way back to it."""
    return {
        "programme": event.programme,
        "event": event,
        "back_url": event.get_absolute_url(),
        "back_label": event.title,
    } | context
