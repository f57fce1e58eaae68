"""The page where an enterprise answers, by its personal link and without an account.

Whoever has the address is taken for the contact: the page shows the one enterprise, what it
answered last year and what it has sent, and nothing else.
"""

from functools import wraps

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from ..answer_links import (
    find,
    may_send,
    may_try,
    note_wrong_token,
    open_for_the_first_time,
)
from ..forms.links import LinkForm
from ..letters import reply_to
from ..models import CensusReturn, SentAnswer


def by_link(view):
    """Give the view the working link of the token; the same page for every other token."""

    @login_not_required
    @wraps(view)
    def guarded(request, token):
        if not may_try(request):
            return ratelimit.respond_429(request)
        link = find(token, now=timezone.now())
        if link is None:
            note_wrong_token(request)
            return render(request, "enterprises/answer_gone.html", status=404)
        return view(request, link, token)

    return guarded


@by_link
def answer(request, link, token):
    """Answer, or answer anew until it is accepted. `same` fills in last year's numbers."""
    sent = getattr(link.answer, "sent", None)
    if sent and sent.accepted_at:
        return render(request, "enterprises/answer_receipt.html", _context(link, token))
    previous = _last_year(link.answer)
    now = timezone.now()
    context = _context(link, token) | {"previous": previous}
    form = LinkForm(
        request.POST or None,
        instance=sent or SentAnswer(answer=link.answer, sent_at=now),
        programme=link.answer.census.programme,
        previous=previous,
        initial=_same_as(previous) if request.method == "GET" and "same" in request.GET else None,
    )
    if request.method == "POST":
        if not may_send(request, link):
            return ratelimit.respond_429(request)
        open_for_the_first_time(link, now=now)
        if form.is_valid():
            form.save(link=link, now=now)
            return redirect("answers:receipt", token)
    return render(request, "enterprises/answer.html", context | {"form": form})


@by_link
def receipt(request, link, token):
    """What was sent and when; before anything was, the way to the form."""
    if getattr(link.answer, "sent", None) is None:
        return redirect("answers:answer", token)
    return render(request, "enterprises/answer_receipt.html", _context(link, token))


@require_POST
@by_link
def opened(request, link, token):
    """Told by the page itself once somebody has it before them: what reads mail by machine does not."""
    open_for_the_first_time(link, now=timezone.now())
    return HttpResponse(status=204)


def _context(link, token):
    census = link.answer.census
    return {
        "programme": census.programme,
        "census": census,
        "enterprise": link.answer.enterprise,
        "sent": getattr(link.answer, "sent", None),
        "token": token,
        "last_year": census.year - 1,
        "write_to": next(iter(reply_to(census.programme)), ""),
    }


def _last_year(answer):
    return CensusReturn.objects.year_before(answer).first()


def _same_as(previous):
    return {name: getattr(previous, name, None) for name in LinkForm.NUMBERS}
