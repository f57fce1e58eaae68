"""Answers that came in by link: what is to be looked at, accepted or sent back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ..forms.links import AcceptForm, DeclineForm
from ..letters import REMINDER, follow, send
from ..models import Census, CensusReturn, SentAnswer
from ..sent_answers import Compared, accept
from ..table import COLUMNS, last_years
from .census import census_of
from .letters import base_of, tell

A_PAGE = 100


def sent(request, programme, year):
    """What came in and waits: what differs from last year, and from what stands."""
    census = census_of(Census.objects.of(request.user.full_programmes()), programme, year)
    return _sent_page(request, census)


def _sent_page(request, census, form=None):
    waiting = _waiting(request.user, census)
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    rows = _compared(request.user, census, page)
    plain = [row for row in rows if row.is_plain]
    seen = " ".join(row.seen for row in plain)
    context = {
        "programme": census.programme,
        "census": census,
        "columns": COLUMNS,
        "last_year": census.year - 1,
        "page": page,
        "rows": rows,
        "plain": plain,
        "others": [row for row in rows if not row.is_plain],
        "form": form
        or AcceptForm(
            initial={"seen": seen}, year_is_closed=census.programme.has_closed(census.year)
        ),
    }
    return render(request, "enterprises/sent.html", context)


def _waiting(user, census):
    waiting = SentAnswer.objects.visible_to(user).waiting().filter(answer__census=census)
    waiting = waiting.select_related("answer__enterprise__municipality", "link__contact")
    return waiting.order_by("answer__enterprise__sort_name", "pk")


def _compared(user, census, waiting):
    waiting = list(waiting)
    before = last_years(user, census, [sent.answer for sent in waiting])
    return [Compared(sent, before.get(sent.answer.enterprise_id)) for sent in waiting]


@require_POST
def sent_accept_all(request, programme, year):
    """Accept those that were seen on the page and are as they were seen."""
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    form = AcceptForm(request.POST, year_is_closed=census.programme.has_closed(census.year))
    if not form.is_valid():
        return _sent_page(request, census, form)
    _accept(request, census, form)
    return redirect("enterprises:sent", programme, year)


def _accept(request, census, form):
    """Accept what the form names, and say what was and what was not."""
    reason, now = form.cleaned_data.get("change_reason"), timezone.now()
    seen = form.cleaned_data["seen"]
    accepted = [accept(one, census=census, now=now, reason=reason) for one in seen]
    number = sum(answer is not None for answer in accepted)
    if number:
        words = ngettext(
            "%(number)s answer is accepted and counts.",
            "%(number)s answers are accepted and count.",
            number,
        )
        messages.success(request, words % {"number": number})
    if number < len(seen):
        messages.warning(
            request,
            _("What was changed since you looked at it is not accepted. Look at it again."),
        )
    return number


def sent_answer(request, programme, pk):
    """What one enterprise sent, beside what stands and last year's."""
    answer = _answer(CensusReturn.objects.visible_to(request.user), programme, pk)
    return _answer_page(request, answer)


def _answer(found, programme, pk):
    found = found.select_related("census__programme", "enterprise__municipality", "sent")
    return get_object_or_404(found, census__programme__slug=programme, sent__isnull=False, pk=pk)


def _answer_page(request, answer, form=None):
    sent, census = answer.sent, answer.census
    before = last_years(request.user, census, [answer]).get(answer.enterprise_id)
    compared = Compared(sent, before)
    context = {
        "programme": census.programme,
        "census": census,
        "columns": COLUMNS,
        "last_year": census.year - 1,
        "row": compared,
        "form": form
        or AcceptForm(
            initial={"seen": compared.seen}, year_is_closed=census.programme.has_closed(census.year)
        ),
    }
    return render(request, "enterprises/sent_answer.html", context)


@require_POST
def sent_accept(request, programme, pk):
    answer = _answer(CensusReturn.objects.editable_by(request.user), programme, pk)
    census = answer.census
    form = AcceptForm(request.POST, year_is_closed=census.programme.has_closed(census.year))
    if not form.is_valid():
        return _answer_page(request, answer, form)
    if not _accept(request, census, form):
        return redirect("enterprises:sent_answer", programme, pk)
    if answer.sent.not_applicable:
        messages.info(request, _("The register still says that it is active: give it a status."))
        return redirect(answer.enterprise)
    return redirect("enterprises:sent", programme, census.year)


def sent_decline(request, programme, pk):
    """Send an answer back with what is to be mended; the contact who sent it gets a mail."""
    answer = _answer(CensusReturn.objects.editable_by(request.user), programme, pk)
    sent, census = answer.sent, answer.census
    if sent.accepted_at:
        raise Http404
    form = DeclineForm(request.POST or None, instance=sent, programme=census.programme)
    if form.is_valid():
        sent.declined_at, sent.settled_at = timezone.now(), None
        form.save()
        _write_to_sender(request, sent)
        return redirect("enterprises:sent", programme, census.year)
    context = {
        "programme": census.programme,
        "form": form,
        "title": _("Send back the answer of %(enterprise)s") % {"enterprise": answer.enterprise},
        "intro": _("It does not count. The enterprise can mend it and send it again."),
        "submit": _("Send it back"),
        "crumb": _("Send back"),
        "back_url": reverse("enterprises:sent_answer", args=[programme, pk]),
        "back_label": answer.enterprise,
    }
    return render(request, "form_page.html", context)


def _write_to_sender(request, sent):
    contact = sent.link and sent.link.contact
    if contact is None or not contact.email or sent.answer.census.closed_on:
        messages.info(request, _("The answer is sent back. Nobody could be written to about it."))
        return
    (followed,) = follow(sent.answer.census, pk=sent.answer_id)
    those = [one for one in followed.contacts if one.contact.pk == contact.pk]
    tell(request, send(those, REMINDER, base=base_of(request)))
