"""Asking by mail: who was written to, what became of it, and the links that were sent."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ..answer_links import expiry, issue, revoke
from ..letters import (
    QUESTION,
    REMINDER,
    Standing,
    address_of,
    ahead,
    follow,
    mail,
    receivers,
    send,
)
from ..models import AnswerLink, Census, Contact, Letter
from .census import census_of, is_early

A_PAGE = 100
KINDS = {"fraga": QUESTION, "paminnelse": REMINDER}


def base_of(request):
    """Where the installation is reached, for addresses in mails."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/")


def letters(request, programme, year):
    """Each enterprise: who was written to, what became of the letter, and what came in."""
    census = census_of(Census.objects.of(request.user.full_programmes()), programme, year)
    followed = follow(census)
    counts = dict.fromkeys(Standing, 0)
    for row in followed:
        counts[row.standing] += 1
    chosen = request.GET.get("show")
    chosen = Standing(chosen) if chosen in Standing.values else None
    rows = [row for row in followed if chosen in (None, row.standing)]
    context = {
        "programme": census.programme,
        "census": census,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "counts": [(standing, n) for standing, n in counts.items() if n],
        "everybody": len(followed),
        "ahead": ahead(followed),
        "now": timezone.now(),
        "has_links": any(contact.link for row in followed for contact in row.contacts),
    }
    return render(request, "enterprises/letters.html", context)


def letters_send(request, programme, year, kind):
    """Look at the letter and at who gets it (GET), and send it to all of them (POST)."""
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    if kind not in KINDS:
        raise Http404
    kind = KINDS[kind]
    followed = follow(census)
    those = [] if census.closed_on else receivers(followed, kind)
    if request.method == "POST":
        tell(request, send(those, kind, base=base_of(request)))
        return redirect("enterprises:letters", programme, year)
    context = {
        "programme": census.programme,
        "census": census,
        "reminder": kind == REMINDER,
        "early": is_early(census),
        "receivers": those,
        "unreachable": [
            row.answer.enterprise
            for row in followed
            if row.is_waited_for and row.standing in (Standing.NO_ADDRESS, Standing.REVOKED)
        ],
        "letter": _example(census, kind, those, base=base_of(request)),
    }
    return render(request, "enterprises/letters_send.html", context)


def _example(census, kind, those, *, base):
    """The letter as the first of `those` would read it, with an address that leads nowhere."""
    if not those:
        return None
    first = those[0]
    until = expiry(census, now=timezone.now())
    link = AnswerLink(answer=first.answer, contact=first.contact, seed="", expires_at=until)
    first.answer.census = census
    return mail(Letter(link=link, kind=kind), base=base, address="…")


def tell(request, sending):
    """Say what became of a sending."""
    if sending.sent:
        words = ngettext("%(number)s letter is sent.", "%(number)s letters are sent.", sending.sent)
        messages.success(request, words % {"number": sending.sent})
        if settings.DEMO:
            messages.info(request, _("No mail leaves the demo: read the letters in the list."))
    if sending.refused:
        words = ngettext(
            "%(number)s letter was refused; the list says why.",
            "%(number)s letters were refused; the list says why.",
            sending.refused,
        )
        messages.error(request, words % {"number": sending.refused})
    if not sending.sent and not sending.refused:
        messages.info(request, _("Nothing was sent: they have all just got a letter."))


def _contacted(request, programme, year, pk):
    """The row of one contact in an open census, for who may write to them."""
    contact = get_object_or_404(
        Contact.objects.editable_by(request.user), enterprise__programme__slug=programme, pk=pk
    )
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    followed = follow(census, enterprise=contact.enterprise_id)
    if not followed:
        raise Http404
    return census, next(one for one in followed[0].contacts if one.contact.pk == pk)


@require_POST
def letter_send(request, programme, year, pk):
    """Write to one contact: the question, a reminder, or after a revocation a new link."""
    census, contacted = _contacted(request, programme, year, pk)
    if census.closed_on or not contacted.contact.email:
        messages.error(request, _("Nothing was sent: the census is closed, or there is no e-mail."))
    else:
        tell(request, send([contacted], contacted.next_kind, base=base_of(request)))
    return redirect("enterprises:letters", programme, year)


@require_POST
def link_show(request, programme, year, pk):
    """The address itself, to be handed over in another way than by mail."""
    census, contacted = _contacted(request, programme, year, pk)
    if census.closed_on:
        messages.error(request, _("The census is closed: its links do not work."))
        return redirect("enterprises:letters", programme, year)
    link = issue(contacted.answer, contacted.contact, now=timezone.now())
    context = {
        "programme": census.programme,
        "census": census,
        "contact": contacted.contact,
        "enterprise": contacted.answer.enterprise,
        "link": link,
        "address": address_of(link, base=base_of(request)),
    }
    return render(request, "enterprises/letters_link.html", context)


@require_POST
def link_revoke(request, programme, year, pk):
    _census, contacted = _contacted(request, programme, year, pk)
    links = AnswerLink.objects.filter(answer=contacted.answer, contact=contacted.contact)
    if revoke(links, now=timezone.now()):
        messages.success(
            request, _("The link of %(contact)s is revoked.") % {"contact": contacted.contact}
        )
    return redirect("enterprises:letters", programme, year)


def links_revoke(request, programme, year):
    """Revoke every link of a census: asked first."""
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    links = AnswerLink.objects.filter(answer__census=census)
    if request.method == "POST":
        number = revoke(links, now=timezone.now())
        words = ngettext("%(number)s link is revoked.", "%(number)s links are revoked.", number)
        messages.success(request, words % {"number": number})
        return redirect("enterprises:letters", programme, year)
    context = {
        "programme": census.programme,
        "census": census,
        "number": links.filter(revoked_at=None).count(),
    }
    return render(request, "enterprises/letters_revoke.html", context)


def letter(request, programme, pk):
    """In the demo: a letter as it would have been sent."""
    letter = get_object_or_404(
        Letter.objects.editable_by(request.user).select_related(
            "link__contact", "link__answer__enterprise", "link__answer__census__programme"
        ),
        link__answer__census__programme__slug=programme,
        pk=pk,
    )
    if not settings.DEMO:
        raise Http404
    census = letter.link.answer.census
    context = {
        "programme": census.programme,
        "census": census,
        "letter": mail(letter, base=base_of(request)),
    }
    return render(request, "enterprises/letters_letter.html", context)
