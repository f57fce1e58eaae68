"""The register: list, read, add, change and delete enterprises."""

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
from ..duplicates import likely_duplicates
from ..forms.filters import EnterpriseFilter
from ..forms.register import EnterpriseForm, NewEnterpriseForm
from ..models import CensusReturn, Contact, Enterprise, EnterpriseStatus
from ..whereabouts import whereabouts

A_PAGE = 100
EVENTS = 20  # the latest, on the page of an enterprise


def enterprise_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    me = request.user.membership_in(programme)
    rows = found.select_related("municipality").prefetch_related("industries")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    censuses = list(programme.censuses.order_by("year"))
    context = {
        "programme": programme,
        "filters": filters,
        "saved": saved_for(request.user, programme, filters),
        "page": page,
        "municipalities": [
            (municipality, list(rows))
            for municipality, rows in groupby(page, key=lambda row: row.municipality)
        ],
        "where": whereabouts(programme, found, filters),
        "twins": likely_duplicates(programme) if me.writes and not filters.active else [],
        "censuses": censuses,
        "latest": (censuses[-1], censuses[-1].coverage()) if censuses else None,
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
    full = request.user.membership_in(programme).sees_full_figures
    enterprises = Enterprise.objects.visible_to(request.user).filter(programme=programme)
    filters = EnterpriseFilter(request.GET, programme=programme, full=full)
    found = filters.narrow(enterprises.with_status(timezone.localdate()))
    return programme, filters, found.order_by("municipality__sort_name", "sort_name", "pk")


def enterprise_detail(request, programme, pk):
    enterprise = get_object_or_404(
        Enterprise.objects.visible_to(request.user)
        .with_status(timezone.localdate())
        .select_related("programme", "municipality__subregion", "organisation"),
        programme__slug=programme,
        pk=pk,
    )
    me = request.user.membership_in(enterprise.programme)
    answers = CensusReturn.objects.visible_to(request.user).filter(enterprise=enterprise)
    contacts = Contact.objects.visible_to(request.user).filter(enterprise=enterprise)
    placements = enterprise.placements.visible_to(request.user)
    merged_here = EnterpriseStatus.objects.filter(merged_into=enterprise)
    context = {
        "programme": enterprise.programme,
        "enterprise": enterprise,
        "statuses": enterprise.statuses.select_related("merged_into").order_by("-starts_on", "-pk"),
        "merged_here": merged_here.select_related("enterprise"),
        "answers": answers.with_expected().select_related("census").order_by("census__year"),
        "contacts": contacts,
        "events": _events_of(enterprise.organisation),
        "placements": placements.select_related("participant", "grant__municipality")
        .order_by("-starts_on", "-pk")
        .read_by(request.user, "enterprise"),
        "full": me.sees_full_figures,
        "changes": me.changes_of(enterprise),
    }
    return render(request, "enterprises/enterprise_detail.html", context)


def _events_of(organisation):
    """The latest events it held or took part in, each with whether it was an organiser."""
    if organisation is None:
        return []
    organised = list(organisation.events_organised.order_by("-starts_on", "-pk")[:EVENTS])
    attended = list(organisation.events_attended.order_by("-starts_on", "-pk")[:EVENTS])
    found = {event.pk: (event, False) for event in attended}
    found |= {event.pk: (event, True) for event in organised}
    return sorted(found.values(), key=lambda one: (one[0].starts_on, one[0].pk), reverse=True)[
        :EVENTS
    ]


def enterprise_add(request, programme):
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    if not (request.POST or programme.municipalities.exists()):
        context = {"programme": programme}
        return render(request, "enterprises/enterprise_impossible.html", context)
    form = NewEnterpriseForm(request.POST or None, programme=programme)
    if form.is_valid():
        enterprise = form.save()
        messages.success(request, _("“%(name)s” is in the register.") % {"name": enterprise})
        for one, other in likely_duplicates(programme):
            if enterprise.pk in (one.pk, other.pk):
                twin = other if one.pk == enterprise.pk else one
                words = _("It may be the same enterprise as “%(name)s”, which is there already.")
                messages.warning(request, words % {"name": twin.name})
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
