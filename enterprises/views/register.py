"""The register: list, read, add, change and delete enterprises, their status, contacts and industries."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.saved_filters import saved_for
from programmes.deletion import confirm_delete
from programmes.exports import Listing, download

from .. import columns
from ..forms.register import (
    ContactForm,
    EnterpriseFilter,
    EnterpriseForm,
    IndustryForm,
    NewEnterpriseForm,
    StatusForm,
)
from ..models import CensusReturn, Contact, Enterprise, EnterpriseStatus, Industry

A_PAGE = 100


def enterprise_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    found = found.select_related("municipality").prefetch_related("industries")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme,
        "filters": filters,
        "saved": saved_for(request.user, programme, filters),
        "page": page,
        "municipalities": [
            (municipality, list(rows))
            for municipality, rows in groupby(page, key=lambda row: row.municipality)
        ],
        "censuses": programme.censuses.order_by("year"),
    }
    return render(request, "enterprises/enterprise_list.html", context)


def enterprise_file(request, programme, format):
    programme, filters, found = _narrowed(request, programme)
    heads, rows = columns.of_enterprises(found)
    full = request.user.membership_in(programme).sees_full_figures
    return download(
        Listing(programme, "foretag", _("Enterprises"), heads, rows, filters.in_words(), full),
        format,
    )


def _narrowed(request, programme):
    """The programme, the filters of the address, and the enterprises that are found."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    enterprises = Enterprise.objects.visible_to(request.user).filter(programme=programme)
    filters = EnterpriseFilter(request.GET, programme=programme)
    found = filters.narrow(enterprises.with_status(timezone.localdate()))
    return programme, filters, found.order_by("municipality__sort_name", "sort_name", "pk")


def enterprise_detail(request, programme, pk):
    enterprise = get_object_or_404(
        Enterprise.objects.visible_to(request.user)
        .with_status(timezone.localdate())
        .select_related("programme", "municipality", "organisation"),
        programme__slug=programme,
        pk=pk,
    )
    me = request.user.membership_in(enterprise.programme)
    answers = CensusReturn.objects.visible_to(request.user).filter(enterprise=enterprise)
    contacts = Contact.objects.visible_to(request.user).filter(enterprise=enterprise)
    context = {
        "programme": enterprise.programme,
        "enterprise": enterprise,
        "statuses": enterprise.statuses.select_related("merged_into").order_by("-starts_on", "-pk"),
        "answers": answers.select_related("census").order_by("census__year"),
        "contacts": contacts,
        "full": me.sees_full_figures,
        "changes": me.changes_of(enterprise),
    }
    return render(request, "enterprises/enterprise_detail.html", context)


def enterprise_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    if not (request.POST or programme.municipalities.exists()):
        context = {"programme": programme}
        return render(request, "enterprises/enterprise_impossible.html", context)
    form = NewEnterpriseForm(request.POST or None, programme=programme)
    if form.is_valid():
        enterprise = form.save()
        messages.success(request, _("“%(name)s” is in the register.") % {"name": enterprise})
        return redirect(enterprise)
    context = {"programme": programme, "form": form}
    return render(request, "enterprises/enterprise_form.html", context)


def enterprise_edit(request, programme, pk):
    enterprise = _editable(request, programme, pk)
    form = EnterpriseForm(request.POST or None, instance=enterprise, programme=enterprise.programme)
    if form.is_valid():
        form.save()
        messages.success(request, _("The enterprise is saved."))
        return redirect(enterprise)
    context = {"programme": enterprise.programme, "form": form}
    return render(request, "enterprises/enterprise_form.html", context)


def enterprise_delete(request, programme, pk):
    enterprise = _editable(request, programme, pk)
    return confirm_delete(
        request,
        enterprise,
        programme=enterprise.programme,
        title=_("Delete “%(name)s”?") % {"name": enterprise},
        consequence=_(
            "Its status and contacts go with it, and it leaves the figures of every year. "
            "If it has closed down, give it that status instead."
        ),
        back=enterprise.get_absolute_url(),
        onward=reverse("enterprises:list", args=[programme]),
        done=_("The enterprise is deleted."),
    )


def _editable(request, programme, pk):
    """The enterprise, for whoever may change it."""
    return get_object_or_404(
        Enterprise.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )


def status_add(request, programme, pk):
    enterprise = _editable(request, programme, pk)
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
    enterprise = _editable(request, programme, pk)
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
    )


def _part_page(request, form, *, title, intro, done, delete):
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


def industry_list(request, programme):
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    industries = Industry.objects.visible_to(request.user).filter(programme=programme)
    page = Paginator(industries, A_PAGE).get_page(request.GET.get("page"))
    context = {"programme": programme, "page": page}
    return render(request, "enterprises/industry_list.html", context)


def industry_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    form = IndustryForm(request.POST or None, programme=programme)
    return _industry_page(request, form, _("New industry"))


def industry_edit(request, programme, pk):
    industry = _editable_industry(request, programme, pk)
    form = IndustryForm(request.POST or None, instance=industry, programme=industry.programme)
    return _industry_page(request, form, _("Change the industry"))


def industry_delete(request, programme, pk):
    industry = _editable_industry(request, programme, pk)
    industries = reverse("enterprises:industries", args=[programme])
    return confirm_delete(
        request,
        industry,
        programme=industry.programme,
        title=_("Delete “%(name)s”?") % {"name": industry},
        consequence=_("The enterprises stay, without this industry."),
        back=industries,
        back_label=_("Industries"),
        onward=industries,
        done=_("The industry is deleted."),
    )


def _editable_industry(request, programme, pk):
    return get_object_or_404(
        Industry.objects.editable_by(request.user).select_related("programme"),
        programme__slug=programme,
        pk=pk,
    )


def _industry_page(request, form, title):
    industries = reverse("enterprises:industries", args=[form.programme.slug])
    if form.is_valid():
        form.save()
        messages.success(request, _("The industry is saved."))
        return redirect(industries)
    context = {
        "programme": form.programme,
        "form": form,
        "title": title,
        "back_url": industries,
        "back_label": _("Industries"),
    }
    return render(request, "form_page.html", context)
