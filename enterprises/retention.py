"""How long the contacts of the register are kept, and how they are erased.

A contact is a named person, kept to be written to. It may be erased when its enterprise has been
gone for as long as the programme keeps contacts, or when the two latest censuses have passed
without a letter to it. One that was deleted is left in the history, from where it can be put back
for a while; after that it may be erased there too.
"""

import re
from urllib.parse import quote_plus

from django.db import transaction
from django.db.models import DateTimeField, Exists, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes import erasing
from programmes.acts import one_act
from programmes.models import Erasure
from programmes.periods import add_months
from programmes.restoring import oldest

from .models import AnswerLink, Contact, Enterprise, EnterpriseStatus, Letter

Status = EnterpriseStatus.Status
GONE = (Status.CLOSED, Status.BANKRUPT, Status.MERGED)
CENSUSES = 2
LEAST_DIGITS = 6  # of a telephone number that is looked for in texts
BETWEEN_DIGITS, BETWEEN_NAMES = r"[\s/()-]{0,3}", r"\s+"

ENTERPRISE_GONE = gettext_lazy("The enterprise has been gone for longer than contacts are kept.")
UNUSED = gettext_lazy("Not written to in the two latest censuses.")


def to_erase(programme, today):
    """The contacts that need not be kept any longer, each with `why`, by enterprise. Two queries."""
    enterprises = Enterprise.objects.filter(programme=programme).with_status(today)
    since = add_months(today, -12 * programme.contacts_kept)
    gone = enterprises.filter(status_then__in=GONE, status_since__lt=since)
    contacts = Contact.objects.filter(enterprise__programme=programme).annotate(
        is_of_gone=Exists(gone.filter(pk=OuterRef("enterprise")))
    )
    found = Q(is_of_gone=True)
    latest = list(programme.censuses.order_by("-year")[:CENSUSES])
    if len(latest) == CENSUSES:
        made = Contact.history.filter(id=OuterRef("pk"), history_type="+").order_by("history_id")
        links = AnswerLink.objects.filter(contact=OuterRef("pk"), answer__census__in=latest)
        contacts = contacts.annotate(
            made_at=Subquery(made.values("history_date")[:1], output_field=DateTimeField()),
            is_written_to=Exists(links),
        )
        found |= Q(is_written_to=False, made_at__date__lt=latest[-1].reference_date)
    contacts = contacts.filter(found).select_related("enterprise__programme")
    contacts = contacts.order_by("enterprise__sort_name", "name", "pk")
    for contact in contacts:
        contact.why = ENTERPRISE_GONE if contact.is_of_gone else UNUSED
        yield contact


def deleted_long_ago(programme):
    """The ids of contacts that were deleted, and that nobody can put back any more. One query."""
    ever = Enterprise.history.filter(programme=programme.pk).order_by().values("id")
    deleted = Contact.history.filter(~Exists(Contact.objects.filter(pk=OuterRef("id"))))
    latest = deleted.filter(enterprise__in=ever).order_by().values("id")
    latest = latest.annotate(at=Max("history_date")).filter(at__lt=oldest())
    return sorted(latest.values_list("id", flat=True))


@transaction.atomic
def erase(programme, contacts, decision):
    """Erase `contacts` (ids, of those there and those deleted) from rows, history and texts.

    Their links and letters go too; what was answered stays with the enterprise. Returns the entry
    of the log; None where none of them was left.
    """
    ever = Enterprise.history.filter(programme=programme.pk).order_by().values("id")
    past = Contact.history.filter(id__in=contacts, enterprise__in=ever)
    there = Contact.objects.filter(pk__in=contacts, enterprise__programme=programme)
    there = there.select_for_update(of=("self",))
    persons = [*past, *there]
    ids = {row.id for row in persons}
    if not ids:
        return None
    with one_act():
        for contact in there:
            contact.delete()
        links = AnswerLink.history.filter(contact__in=ids).values_list("id", flat=True)
        Letter.history.filter(link__in=list(links)).delete()
        AnswerLink.history.filter(contact__in=ids).delete()
        Contact.history.filter(id__in=ids).delete()
        texts = _take_out_of_texts(programme, persons, decision)
        erasing.leave_nothing_behind()
        return erasing.enter(
            Erasure.What.CONTACTS,
            len(ids),
            decision,
            programme=programme,
            texts=texts,
            records={"enterprises": sorted({row.enterprise_id for row in persons})},
        )


def _take_out_of_texts(programme, persons, decision):
    """Addresses and numbers wherever they are written, names where the register tells of its enterprises.

    What another contact of the programme has too stays, and so do members and their invitations.
    """
    kept = Contact.objects.filter(enterprise__programme=programme)
    kept = {
        text.casefold() for row in kept.values_list("name", "email", "telephone") for text in row
    }
    gone = [(row.name, row.email, row.telephone) for row in persons]
    names, emails, numbers = (
        {text for text in column if text} for column in zip(*gone, strict=True)
    )
    names, emails, numbers = (
        {text for text in column if text.casefold() not in kept}
        for column in (names, emails, numbers)
    )
    addresses = [_address(text) for email in emails for text in {email, quote_plus(email)}]
    numbers = [_number(text) for text in numbers]
    told = [_name(text) for text in names if " " in text.strip()]
    reason = (_("Erased: %(decision)s") % {"decision": decision.reference})[:100]
    how = {"by": decision.by, "reason": reason}
    return _take_out([*addresses, *filter(None, numbers)], _is_of_a_member, **how) + _take_out(
        told, _is_no_place_for_a_name, **how
    )


def _take_out(patterns, spare, **how):
    if not patterns:
        return 0
    found, instead = re.compile("|".join(patterns), re.IGNORECASE), _("[erased]")
    return erasing.rewrite(lambda text: found.sub(instead, text), spare=spare, **how)


def _address(text):
    return rf"(?<![\w.%+-]){re.escape(text)}(?![\w-])"


def _number(text):
    """As people write the digits of a telephone number; None where they are too few to be one."""
    digits = re.sub(r"\D", "", text, flags=re.ASCII)
    if len(digits) < LEAST_DIGITS:
        return None
    return rf"(?<!\d){BETWEEN_DIGITS.join(digits)}(?!\d)"


def _name(text):
    """Also in the genitive."""
    return rf"(?<!\w){BETWEEN_NAMES.join(map(re.escape, text.split()))}s?(?!\w)"


def _is_of_a_member(model, field):
    return model._meta.app_label == "accounts" and field.name != "query"


def _is_no_place_for_a_name(model, field):
    if field.name == "history_change_reason":
        return False
    return model._meta.app_label != Contact._meta.app_label or field.name == "name"
