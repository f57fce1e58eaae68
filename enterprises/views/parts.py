"""What belongs to one enterprise: its status over time, and whom to write to."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from programmes.deletion import confirm_delete

from ..forms.register import ContactForm, StatusForm
from ..models import Contact, Enterprise, EnterpriseStatus


def _enterprise(request, programme, pk):
    """The enterprise a status or a contact is added to, for whoever may change it."""
    return get_object_or_404(
        Enterprise.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )


def status_add(request, programme, pk):
    enterprise = _enterprise(request, programme, pk)
    return _status_page(request, EnterpriseStatus(enterprise=enterprise))


def status_edit(request, programme, pk):
    return _status_page(request, _editable_part(request, EnterpriseStatus, programme, pk))


def status_delete(request, programme, pk):
    status = _editable_part(request, EnterpriseStatus, programme, pk)
    return _delete_part(
        request,
        status,
        title=_("Delete this status?"),
        consequence=_("The one before it then lasts until the next. Figures may change."),
        done=_("The status is deleted."),
    )


def contact_add(request, programme, pk):
    enterprise = _enterprise(request, programme, pk)
    return _contact_page(request, Contact(enterprise=enterprise))


def contact_edit(request, programme, pk):
    return _contact_page(request, _editable_part(request, Contact, programme, pk))


def contact_delete(request, programme, pk):
    contact = _editable_part(request, Contact, programme, pk)
    return _delete_part(
        request,
        contact,
        title=_("Delete “%(name)s”?") % {"name": contact},
        consequence=_("The census is then not sent to this person."),
        done=_("The contact is deleted."),
    )


def _editable_part(request, model, programme, pk):
    """A status or a contact, for whoever may change it."""
    return get_object_or_404(
        model.objects.editable_by(request.user).select_related("enterprise__programme"),
        enterprise__programme__slug=programme,
        pk=pk,
    )


def _status_page(request, status):
    form = StatusForm(request.POST or None, instance=status, programme=status.enterprise.programme)
    return _part_page(
        request,
        form,
        title=_("New status") if form.is_new else _("Change the status"),
        intro=_("It lasts until the next status begins."),
        done=_("The status is saved."),
        delete="enterprises:status_delete",
    )


def _contact_page(request, contact):
    form = ContactForm(
        request.POST or None, instance=contact, programme=contact.enterprise.programme
    )
    return _part_page(
        request,
        form,
        title=_("New contact") if form.is_new else _("Change the contact"),
        intro=_("Only the programme's office and the auditor see who it is."),
        done=_("The contact is saved."),
        delete="enterprises:contact_delete",
        erase="enterprises:contact_erase",
    )


def _part_page(request, form, *, title, intro, done, delete, erase=None):
    enterprise = form.instance.enterprise
    if form.is_valid():
        form.save()
        messages.success(request, done)
        return redirect(enterprise)
    slug = enterprise.programme.slug
    context = {
        "programme": enterprise.programme,
        "form": form,
        "title": title,
        "intro": intro,
        "back_url": enterprise.get_absolute_url(),
        "back_label": enterprise,
        "other_url": reverse(erase, args=[slug, form.instance.pk])
        if erase and not form.is_new
        else None,
        "other_label": _("Erase the contact for good"),
        "delete_url": None if form.is_new else reverse(delete, args=[slug, form.instance.pk]),
    }
    return render(request, "form_page.html", context)


def _delete_part(request, part, **words):
    enterprise = part.enterprise
    return confirm_delete(
        request,
        part,
        programme=enterprise.programme,
        back=enterprise.get_absolute_url(),
        back_label=enterprise,
        onward=enterprise.get_absolute_url(),
        **words,
    )
