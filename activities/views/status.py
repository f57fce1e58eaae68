"""What becomes of one event: cancelled, planned again, or held with so many participants."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes import formats

from .. import series
from ..forms.status import CancelForm, HeldForm, ResumeForm, TotalForm
from ..models import Event


def cancel(request, programme, pk):
    """Cancel an event with a reason, and those to come in its series if that is ticked."""
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
    is_cancelled = event.status == Event.Status.CANCELLED
    to_come = series.to_come_after(event).count()
    form = CancelForm(
        request.POST or None, instance=event, programme=event.programme, to_come=to_come
    )
    if form.is_valid():
        with transaction.atomic():
            event = form.save()
            with_others = form.cleaned_data.get("to_come")
            others = series.cancel_to_come(event, event.cancelled_reason) if with_others else 0
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
    return render(request, "activities/event_cancel.html", context)


def resume(request, programme, pk):
    """Plan a cancelled event again."""
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )
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
    event = get_object_or_404(
        Event.objects.editable_by(request.user).select_related("programme", "municipality"),
        programme__slug=programme,
        pk=pk,
    )
    cells = list(event.attendance.all())
    form = HeldForm(request.POST or None, instance=event, programme=event.programme)
    total = TotalForm(request.POST or None)
    sound = [total.is_valid(), form.is_valid()]
    onward = form.cleaned_data.get("onward") if form.is_bound else ""
    if cells:
        return _counted_already(request, event, total, cells, onward)
    if all(sound):
        with transaction.atomic():
            event = form.save()
            total.save(event)
        messages.success(request, _counted(event, total))
        return redirect(_back_to_the_row(onward, event))
    context = _beside(
        event,
        form=form,
        total=total,
        problems=total.problems() if total.is_bound else [],
        title=_("How many came?"),
        crumb=_("How many came?"),
    )
    return render(request, "activities/event_count.html", context)


def _back_to_the_row(onward, event):
    """The row of the list it was counted in, with the filters and the page; else its own page."""
    return f"{onward.partition('#')[0]}#event-{event.pk}" if onward else event.get_absolute_url()


def _counted(event, total):
    number = sum(total.numbers.values())
    text = ngettext(
        "“%(event)s” is held, with %(n)s participant.",
        "“%(event)s” is held, with %(n)s participants.",
        number,
    )
    return text % {"event": event, "n": formats.number(number)}


def _counted_already(request, event, total, cells, onward):
    """The same form sent twice has done its work; other numbers are looked at beside those stored."""
    if total.is_bound and total.is_valid():
        if total.stands_in(cells):
            return redirect(_back_to_the_row(onward, event))
        messages.warning(
            request,
            _("The counts are there already, so yours are not saved. You wrote: %(typed)s.")
            % {"typed": total.typed},
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
