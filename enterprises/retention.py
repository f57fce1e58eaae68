"""How long the contacts of the register are kept, and how they are erased.

A contact is a named person, kept to be written to. It may be erased when its enterprise has been
gone for more than a year, or when the two latest censuses have passed without a letter to it.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from programmes.acts import one_act

from .models import AnswerLink, Contact, Enterprise, EnterpriseStatus, Letter

Status = EnterpriseStatus.Status
GONE = (Status.CLOSED, Status.BANKRUPT, Status.MERGED)
KEPT_AFTER = timedelta(days=365)
CENSUSES = 2

ENTERPRISE_GONE = _("The enterprise has been gone for more than a year.")
UNUSED = _("Not written to in the two latest censuses.")


def to_erase(programme, today):
    """The contacts that need not be kept any longer, each with `why`, by enterprise. Two queries."""
    enterprises = Enterprise.objects.filter(programme=programme).with_status(today)
    gone = enterprises.filter(status_then__in=GONE, status_since__lt=today - KEPT_AFTER)
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


@transaction.atomic
def erase(contact):
    """Delete a contact with all that its history tells, so that it cannot be put back.

    Its links and letters go too; what was answered stays with the enterprise.
    """
    pk = contact.pk
    links = list(AnswerLink.history.filter(contact=pk).values_list("id", flat=True))
    with one_act():
        contact.delete()
    Letter.history.filter(link__in=links).delete()
    AnswerLink.history.filter(contact=pk).delete()
    Contact.history.filter(id=pk).delete()
