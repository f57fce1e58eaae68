"""Contacts that need not be kept any longer: which, why, and erasing one for good."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

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
        Contact.objects.editable_by(request.user).select_related("enterprise__programme"),
        enterprise__programme__slug=programme,
        pk=pk,
    )
    back = reverse("enterprises:contacts", args=[programme])
    if request.method == "POST":
        retention.erase(contact)
        messages.success(request, _("The contact is erased."))
        return redirect(back)
    context = {
        "programme": contact.enterprise.programme,
        "contact": contact,
        "back_url": back,
    }
    return render(request, "enterprises/contact_erase.html", context)
