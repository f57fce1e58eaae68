"""Gallring: what is due, carrying it out under a decision, and the log of what was erased."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enterprises.retention import erase
from placements.retention import replace_codes
from programmes.exports import WIDE, WIDEST, Column, Listing, download
from programmes.models import Erasure

from ..retention import CodesForm, ContactsForm, Due, entries, files_due

A_PAGE = 100
LATEST = 5


def retention(request, programme):
    """What is due by class, and the latest of the log; for the administrator and the auditor."""
    programme = get_object_or_404(request.user.audited_programmes(), slug=programme)
    context = {
        "programme": programme,
        "due": Due(programme, timezone.localdate()),
        "files": files_due(),
        "entries": entries(_log(request.user, programme)[:LATEST]),
    }
    return render(request, "reports/retention.html", context)


def _log(user, programme):
    log = Erasure.objects.visible_to(user)
    return (log.filter(programme=programme) | log.filter(programme=None)).order_by(
        "-erased_at", "-pk"
    )


def retention_codes(request, programme):
    """Replace codes that are due by new keys, one for one."""
    programme = get_object_or_404(request.user.managed_programmes(), slug=programme)
    due = Due(programme, timezone.localdate())
    form = CodesForm(request.POST or None, due=due)
    if form.is_valid():
        grants, with_deleted = form.chosen()
        done = replace_codes(
            due.codes, grants, form.decision(request.user), with_no_grant=with_deleted
        )
        if done:
            messages.success(
                request,
                ngettext(
                    "%(n)s code is exchanged for a new one that stands on no slip.",
                    "%(n)s codes are exchanged for new ones that stand on no slip.",
                    done.number,
                )
                % {"n": done.number},
            )
        return redirect("reports:retention", programme.slug)
    return _form_page(
        request,
        programme,
        form,
        due.number_of_codes,
        title=_("Replace participants' codes"),
        intro=_(
            "Each code is exchanged for a new one that stands on no slip: in the records, in their "
            "history and in every text where it is written. Every count stays. Printed slips, sent mails, files, "
            "what a browser keeps and backup copies are not reached from here."
        ),
    )


def retention_contacts(request, programme):
    """Erase contacts that are due, from rows, history and texts."""
    programme = get_object_or_404(request.user.managed_programmes(), slug=programme)
    due = Due(programme, timezone.localdate())
    form = ContactsForm(request.POST or None, due=due)
    if form.is_valid():
        done = erase(programme, form.chosen(), form.decision(request.user))
        if done:
            messages.success(
                request,
                ngettext("%(n)s contact is erased.", "%(n)s contacts are erased.", done.number)
                % {"n": done.number},
            )
        return redirect("reports:retention", programme.slug)
    return _form_page(
        request,
        programme,
        form,
        due.number_of_contacts,
        title=_("Erase contact persons"),
        intro=_(
            "Name, address and number go for good, also from the history, from letters and from "
            "notes about their enterprise. Answers to the census stay. Sent mails, files and backup "
            "copies are not reached from here."
        ),
    )


def _form_page(request, programme, form, number, **words):
    """The form, or back to what is due where nothing is."""
    if not number:
        messages.info(request, _("Nothing of that kind is due."))
        return redirect("reports:retention", programme.slug)
    context = {
        "programme": programme,
        "form": form,
        "submit": _("Erase for good"),
        "is_final": True,
        "errors_heading": _("Nothing is erased yet"),
        "back_url": reverse("reports:retention", args=[programme.slug]),
        "back_label": _("Erasure"),
        **words,
    }
    return render(request, "form_page.html", context)


def erasures(request, programme):
    """The whole log."""
    programme = get_object_or_404(request.user.audited_programmes(), slug=programme)
    page = Paginator(_log(request.user, programme), A_PAGE).get_page(request.GET.get("page"))
    context = {"programme": programme, "page": page, "entries": entries(page)}
    return render(request, "reports/erasures.html", context)


def erasures_file(request, programme, format):
    programme = get_object_or_404(request.user.audited_programmes(), slug=programme)
    columns = (
        Column(
            _("Erased"),
            lambda entry: f"{timezone.localtime(entry.erasure.erased_at):%Y-%m-%d %H.%M}",
            WIDE,
        ),
        Column(_("What"), lambda entry: str(entry.erasure.get_what_display()), WIDE),
        Column(_("Number"), lambda entry: entry.erasure.number),
        Column(_("Other texts rewritten"), lambda entry: entry.erasure.texts),
        Column(_("Decision"), lambda entry: entry.erasure.decision, WIDE),
        Column(_("Decided on"), lambda entry: entry.erasure.decided_on),
        Column(_("Carried out by"), lambda entry: entry.erasure.by or None, WIDE),
        Column(_("Of what"), lambda entry: entry.about, WIDEST),
    )
    found = entries(_log(request.user, programme))
    listing = Listing(
        programme, "gallringslogg", _("Log of erasure"), columns, found, [], is_full=True
    )
    return download(listing, format)
