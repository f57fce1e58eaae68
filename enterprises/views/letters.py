"""Asking by mail and following the answers: who was written to, what came in, what is accepted."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from programmes.models import ClosedYear

from ..answer_links import expiry, issue, revoke
from ..forms.links import AcceptForm, DeclineForm
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
from ..models import AnswerLink, Census, CensusReturn, Contact, Letter, SentAnswer
from ..sent_answers import Compared, accept
from ..table import COLUMNS, last_years

A_PAGE = 100
KINDS = {"fraga": QUESTION, "paminnelse": REMINDER}


def _base(request):
    """Where the installation is reached, for addresses in mails."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/")


def _census_of(found, programme, year):
    found = found.select_related("programme")
    return get_object_or_404(found, programme__slug=programme, year=year)


def letters(request, programme, year):
    """Each enterprise: who was written to, what became of the letter, and what came in."""
    census = _census_of(Census.objects.of(request.user.full_programmes()), programme, year)
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
    census = _census_of(Census.objects.editable_by(request.user), programme, year)
    if kind not in KINDS:
        raise Http404
    kind = KINDS[kind]
    followed = follow(census)
    those = [] if census.closed_on else receivers(followed, kind)
    if request.method == "POST":
        _tell(request, send(those, kind, base=_base(request)))
        return redirect("enterprises:letters", programme, year)
    context = {
        "programme": census.programme,
        "census": census,
        "reminder": kind == REMINDER,
        "receivers": those,
        "unreachable": [
            row.answer.enterprise
            for row in followed
            if row.is_waited_for and row.standing in (Standing.NO_ADDRESS, Standing.REVOKED)
        ],
        "letter": _example(census, kind, those, base=_base(request)),
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


def _tell(request, sending):
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
    census = _census_of(Census.objects.editable_by(request.user), programme, year)
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
        _tell(request, send([contacted], contacted.next_kind, base=_base(request)))
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
        "address": address_of(link, base=_base(request)),
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
    census = _census_of(Census.objects.editable_by(request.user), programme, year)
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
        "letter": mail(letter, base=_base(request)),
    }
    return render(request, "enterprises/letters_letter.html", context)


def sent(request, programme, year):
    """What came in and waits: what differs from last year, and from what stands."""
    census = _census_of(Census.objects.of(request.user.full_programmes()), programme, year)
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
        "form": form or AcceptForm(initial={"seen": seen}, year_is_closed=_is_closed(census)),
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


def _is_closed(census):
    closed = ClosedYear.objects.in_force()
    return closed.filter(programme=census.programme, year=census.year).exists()


@require_POST
def sent_accept_all(request, programme, year):
    """Accept those that were seen on the page and are as they were seen."""
    census = _census_of(Census.objects.editable_by(request.user), programme, year)
    form = AcceptForm(request.POST, year_is_closed=_is_closed(census))
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
        or AcceptForm(initial={"seen": compared.seen}, year_is_closed=_is_closed(census)),
    }
    return render(request, "enterprises/sent_answer.html", context)


@require_POST
def sent_accept(request, programme, pk):
    answer = _answer(CensusReturn.objects.editable_by(request.user), programme, pk)
    census = answer.census
    form = AcceptForm(request.POST, year_is_closed=_is_closed(census))
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
        sent.declined_at = timezone.now()
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
    _tell(request, send(those, REMINDER, base=_base(request)))
