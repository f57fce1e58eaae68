"""Grants for every member; their use, instalments and placements for those who see everything."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.saved_filters import saved_for
from programmes import formats
from programmes.deletion import confirm_delete
from programmes.exports import Listing, download
from programmes.restoring import undo_address, undo_all_address
from programmes.text import whole_number

from .. import columns
from ..by_year import by_year
from ..figures import uses
from ..forms.forward import ForwardForm
from ..forms.grants import GrantFilter, GrantForm, LastYears, PaidForm, latest_grantable
from ..models import Grant, Instalment, Reading
from ..money import Money
from .placements import placements_under

A_PAGE = 100


def grant_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    full = request.user.membership_in(programme).sees_full_figures
    context = {
        "programme": programme,
        "filters": filters,
        "saved": saved_for(request.user, programme, filters),
        "page": page,
        "full": full,
        "years": list(by_year(page, found, timezone.localdate(), full=full)),
        "latest": _latest_year(programme),
    }
    return render(request, "placements/grant_list.html", context)


def grant_file(request, programme, format):
    """The decisions for every member; what they are for and how they are used, for full roles."""
    programme, filters, found = _narrowed(request, programme)
    full = request.user.membership_in(programme).sees_full_figures
    used = uses(found, timezone.localdate()) if full else None
    found = found.select_related("municipality", "initiative", "organisation")
    heads, title = columns.of_grants(used), _("Grants and places")
    return download(
        Listing(programme, "beviljade-platser", title, heads, found, filters.in_words(), full),
        format,
    )


def _narrowed(request, programme):
    """The programme, the filters of the address, and the grants that are found."""
    programme = get_object_or_404(request.user.visible_programmes(), slug=programme)
    grants = Grant.objects.visible_to(request.user).filter(programme=programme)
    years = grants.order_by("-year").values_list("year", flat=True).distinct()
    filters = GrantFilter(request.GET, programme=programme, years=years)
    found = filters.narrow(grants).select_related("municipality")
    return programme, filters, found.order_by("-year", "municipality__sort_name", "pk")


def grant_detail(request, programme, pk):
    """The decision for every member; what it is for, its use, money and placements for full roles."""
    grants = Grant.objects.visible_to(request.user).filter(programme__slug=programme, pk=pk)
    grant = get_object_or_404(
        grants.select_related("programme", "municipality", "initiative", "organisation")
    )
    me, today = request.user.membership_in(grant.programme), timezone.localdate()
    context = {
        "programme": grant.programme,
        "grant": grant,
        "full": me.sees_full_figures,
        "changes": me.changes_of(grant),
        "today": today,
    }
    if me.sees_full_figures:
        page = Paginator(placements_under(grant, request.user), A_PAGE).get_page(
            request.GET.get("page")
        )
        Reading.objects.note(request.user, page, Reading.Where.GRANT, grant.programme)
        money = Money(grant.amount, list(grant.instalments.all()), today)
        context |= {
            "page": page,
            "use": uses(grants, today)[grant.pk],
            "money": money,
            "early": money.paid_before(grant.decided_on),
            "alike": _alike(grant) if me.writes else [],
            "report_is_late": grant.report_is_late(today),
            "codes_may_go": grant.codes_may_go(today),
        }
    return render(request, "placements/grant_detail.html", context)


def _alike(grant):
    """Other grants to the municipality for the year and in the initiative: one may be a copy."""
    others = grant.programme.grants.filter(
        year=grant.year, municipality=grant.municipality, initiative=grant.initiative
    ).exclude(pk=grant.pk)
    return list(others.select_related("programme").order_by("pk")[:A_PAGE])


def grant_add(request, programme):
    """A new grant; `like` an earlier one it starts as the next year's."""
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    needed = {
        "has_municipalities": programme.municipalities.exists(),
        "has_initiatives": programme.initiatives.exists(),
    }
    if not (request.POST or all(needed.values())):
        context = {"programme": programme, **needed}
        return render(request, "placements/grant_impossible.html", context)
    start = {}
    if pattern := _pattern(request, programme):
        year = max(pattern.grant.year + 1, timezone.localdate().year)
        start = {"like": pattern, "instance": pattern.in_year(min(year, latest_grantable()))}
    form = GrantForm(request.POST or None, programme=programme, **start)
    return _grant_page(
        request,
        form,
        title=_("Add a grant"),
        back=(reverse("placements:list", args=[programme.slug]), _("Places")),
        pattern=pattern,
        earlier=_grants_of(programme, _latest_year(programme)),
    )


def _pattern(request, programme):
    asked = whole_number(request.GET.get("like"))
    grants = Grant.objects.editable_by(request.user).filter(programme=programme, pk=asked)
    grant = grants.select_related("programme", "municipality").first()
    return grant and LastYears(grant)


def _latest_year(programme):
    """The latest year there are grants of and that has begun; the first of those ahead if none has."""
    this_year = timezone.localdate().year
    begun = programme.grants.filter(year__lte=this_year).aggregate(year=Max("year"))["year"]
    return begun or programme.grants.aggregate(year=Min("year"))["year"]


def _grants_of(programme, year):
    """The grants of a year: one of them is often given again."""
    grants = programme.grants.filter(year=year).select_related("municipality", "initiative")
    return list(grants.order_by("municipality__sort_name", "pk")[:A_PAGE])


def grant_edit(request, programme, pk):
    grant = _editable_grant(request, programme, pk)
    form = GrantForm(request.POST or None, instance=grant, programme=grant.programme)
    back = reverse("placements:detail", args=[programme, pk])
    return _grant_page(
        request, form, title=_("Change the grant"), back=(back, _("The grant")), pattern=None
    )


def _grant_page(request, form, *, title, back, pattern, earlier=()):
    if form.is_valid():
        grant = form.save()
        messages.success(request, _("The grant is saved."))
        return redirect(grant)
    context = {
        "programme": form.programme,
        "form": form,
        "problems": form.problems(),
        "title": title,
        "back": back,
        "pattern": pattern,
        "earlier": earlier,
    }
    return render(request, "placements/grant_form.html", context)


def grant_forward(request, programme):
    """The grants of a year (`from`, the latest unless it says) granted again for another, together."""
    programme = get_object_or_404(request.user.editable_programmes(), slug=programme)
    years = list(programme.grants.order_by("-year").values_list("year", flat=True).distinct())
    asked = whole_number(request.GET.get("from"))
    year = asked if asked in years else _latest_year(programme)
    coming = min((year or timezone.localdate().year) + 1, latest_grantable())
    grants = programme.grants.filter(year=year).order_by("municipality__sort_name", "pk")
    grants = grants.select_related("programme", "municipality", "initiative", "organisation")
    form = ForwardForm(
        request.POST or None,
        programme=programme,
        source=year,
        year=coming,
        grants=list(grants.prefetch_related("instalments")),
    )
    if form.is_valid():
        made = form.save()
        text = ngettext("%(n)s grant is added.", "%(n)s grants are added.", len(made))
        undo = undo_all_address(programme, made[0])
        messages.success(request, text % {"n": formats.number(len(made))}, extra_tags=undo)
        where = reverse("placements:list", args=[programme.slug])
        return redirect(f"{where}?year={made[0].year}")
    context = {
        "programme": programme,
        "form": form,
        "problems": form.problems(),
        "year": year,
        "years": years,
    }
    return render(request, "placements/grant_forward.html", context)


def grant_delete(request, programme, pk):
    grant = _editable_grant(request, programme, pk)
    return confirm_delete(
        request,
        grant,
        programme=grant.programme,
        title=_("Delete the grant to %(grant)s?") % {"grant": grant},
        consequence=_("Its instalments go with it. A grant with placements cannot be deleted."),
        back=grant.get_absolute_url(),
        onward=reverse("placements:list", args=[programme]),
        done=_("The grant is deleted."),
    )


def _editable_grant(request, programme, pk):
    return get_object_or_404(
        Grant.objects.editable_by(request.user).select_related("programme", "municipality"),
        programme__slug=programme,
        pk=pk,
    )


def instalment_paid(request, programme, pk):
    """An instalment is paid: in one tap today, or on the day that is typed."""
    instalment = get_object_or_404(
        Instalment.objects.editable_by(request.user).select_related(
            "grant__programme", "grant__municipality"
        ),
        grant__programme__slug=programme,
        pk=pk,
    )
    grant = instalment.grant
    initial = {} if instalment.paid_on else {"paid_on": timezone.localdate()}
    form = PaidForm(
        request.POST or None, instance=instalment, programme=grant.programme, initial=initial
    )
    amount = formats.kronor(instalment.amount)
    if form.is_valid():
        paid = form.save()
        undo = undo_address(grant.programme, Instalment, paid.pk)
        text = _("The instalment of %(amount)s is paid.") % {"amount": amount}
        messages.success(request, text, extra_tags=undo)
        return redirect(f"{grant.get_absolute_url()}#instalments")
    context = {
        "programme": grant.programme,
        "form": form,
        "title": _("Paid: %(amount)s") % {"amount": amount},
        "crumb": _("Instalment"),
        "back_url": grant.get_absolute_url(),
        "back_label": grant,
    }
    return render(request, "form_page.html", context)
