"""Contacts that need not be kept any longer: which, why, and erasing one for good."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.erasing_forms import ErasingForm

from .. import retention
from ..models import Contact

A_PAGE = 100


def contacts(request, programme):
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    found = list(retention.to_erase(programme, timezone.localdate()))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "enterprises/contacts.html", {"programme": programme, "page": page})


def contact_erase(request, programme, pk):
    contact = get_object_or_404(
        Contact.objects.of(request.user.managed_programmes()).select_related(
            "enterprise__programme"
        ),
        enterprise__programme__slug=programme,
        pk=pk,
    )
    programme = contact.enterprise.programme
    back = reverse("enterprises:contacts", args=[programme.slug])
    form = ErasingForm(request.POST or None)
    if form.is_valid():
        retention.erase(programme, [contact.pk], form.decision(request.user))
        messages.success(request, _("The contact is erased."))
        return redirect(back)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Erase “%(name)s”?") % {"name": contact.name},
        "intro": _(
            "Name, address and number go for good, also from what was changed when, and from notes about the enterprise. Answers to the census stay. The log of erasure tells that a contact was erased, not whose."
        ),
        "submit": _("Erase for good"),
        "is_final": True,
        "errors_heading": _("Nothing is erased yet"),
        "back_url": back,
        "back_label": _("Contacts to erase"),
    }
    return render(request, "form_page.html", context)
