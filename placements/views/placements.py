"""Placements, for those who see everything. That somebody was shown one is noted."""

from collections import defaultdict
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models.functions import TruncDate
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from programmes.deletion import confirm_delete, get_to_change
from programmes.exports import Listing, download
from programmes.formats import day
from programmes.text import whole_number

from .. import columns
from ..follow_ups import agenda, asked_about, asked_for, followed
from ..forms.placements import CodeForm, NewPlacementForm, PlacementFilter, PlacementForm
from ..models import Grant, Outcome, Placement, Reading

A_PAGE = 100
READINGS = 10  # lines of a day and a person, on the page of a placement
Where = Reading.Where


def placement_list(request, programme):
    programme, filters, found = _narrowed(request, programme)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    Reading.objects.note(request.user, page, Where.LIST, programme)
    context = {
        "programme": programme,
        "filters": filters,
        "page": page,
        "rows": [(row, row.state(today)) for row in page],
        "due": _due(programme, request.user, today),
        "code": CodeForm(programme=programme),
    }
    return render(request, "placements/placement_list.html", context)


def _due(programme, user, today):
    """How many follow-ups are due."""
    placements = Placement.objects.visible_to(user).of([programme.pk])
    return agenda(asked_about(programme, placements), today).number


def placement_list_file(request, programme, format):
    """All that is found, with codes: for those who see the placements, and noted for each."""
    programme, filters, found = _narrowed(request, programme)
    rows = found.read_by(request.user, Where.FILE)
    heads, title = columns.of_placements(timezone.localdate()), _("Placements")
    return download(
        Listing(programme, "placeringar", title, heads, rows, filters.in_words(), is_full=True),
        format,
    )


def _narrowed(request, programme):
    """The programme, the filters of the address, and the placements that are found, latest first."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    placements = Placement.objects.visible_to(request.user).of([programme.pk])
    filters = PlacementFilter(
        request.GET,
        programme=programme,
        years=placements.order_by("-year").values_list("year", flat=True).distinct(),
        today=timezone.localdate(),
    )
    found = _told(filters.narrow(placements))
    return programme, filters, found.order_by("-starts_on", "-pk")


@require_POST
def placement_find(request, programme):
    """To the latest placement of the participant whose code was typed. No address holds a code."""
    programme = get_object_or_404(request.user.full_programmes(), slug=programme)
    form = CodeForm(request.POST, programme=programme)
    if form.is_valid():
        placements = Placement.objects.visible_to(request.user)
        theirs = placements.filter(participant=form.cleaned_data["code"])
        if latest := theirs.select_related("grant__programme").order_by("starts_on", "pk").last():
            return redirect(latest)
    for error in form.errors.get("code", [_("Nobody with that code has a placement.")]):
        messages.error(request, error)
    return redirect("placements:placement_list", programme.slug)


def placement_file(request, programme, pk, format):
    """The placements of a grant, for those who see the placements."""
    grant = get_object_or_404(
        Grant.objects.of(request.user.full_programmes()).select_related(
            "programme", "municipality"
        ),
        programme__slug=programme,
        pk=pk,
    )
    rows = placements_under(grant, request.user).read_by(request.user, Where.FILE)
    chosen = [(_("Grant"), str(grant))]
    return download(
        Listing(
            grant.programme,
            "placeringar",
            _("Placements"),
            columns.of_placements(timezone.localdate()),
            rows,
            chosen,
            is_full=True,
        ),
        format,
    )


def placements_under(grant, user):
    """The placements of a grant that `user` sees, each with the outcomes that stand."""
    placements = Placement.objects.visible_to(user).filter(grant=grant)
    return _told(placements).order_by("starts_on", "pk")


def _told(placements):
    """Placements as lists tell them: with what they point at and the outcomes that stand."""
    return placements.select_related(
        "grant__municipality", "participant", "enterprise", "supervisor"
    ).with_outcomes()


def placement_detail(request, programme, pk):
    placement = get_object_or_404(
        followed(Placement.objects.visible_to(request.user)).select_related(
            "grant__programme",
            "grant__municipality",
            "participant",
            "enterprise",
            "supervisor",
            "extension_of",
            "extension",
        ),
        grant__programme__slug=programme,
        pk=pk,
    )
    today = timezone.localdate()
    others = placement.participant.placements.visible_to(request.user).exclude(pk=placement.pk)
    others = others.select_related("grant__municipality").order_by("starts_on", "pk")
    told = {placement.extension_of_id, getattr(getattr(placement, "extension", None), "pk", None)}
    others = [row for row in others.read_by(request.user, Where.PAGE) if row.pk not in told]
    Reading.objects.note(request.user, [placement], Where.PAGE, placement.grant.programme)
    outcomes = Outcome.objects.visible_to(request.user).filter(placement=placement)
    context = {
        "programme": placement.grant.programme,
        "placement": placement,
        "state": placement.state(today),
        "due": asked_for(placement, today),
        "others": others,
        "outcomes": outcomes.select_related("correction", "corrects")
        .order_by("-known_on", "-pk")
        .with_writers(),
        "page": _readings(request, placement),
        "changes": request.user.membership_in(placement.grant.programme).changes_of(placement),
    }
    return render(request, "placements/placement_detail.html", context)


def _readings(request, placement):
    """A page of who read it: a line for each person and day, with how often and on which pages."""
    readings = Reading.objects.visible_to(request.user).filter(placement=placement)
    page = Paginator(readings.by_day(), READINGS).get_page(request.GET.get("page"))
    lines = list(page)
    users = get_user_model().objects.in_bulk({line["user"] for line in lines} - {None})
    pages = defaultdict(set)
    shown = readings.filter(read_at__date__in={line["day"] for line in lines}).order_by()
    for user, on, where in shown.values_list("user", TruncDate("read_at"), "where").distinct():
        pages[user, on].add(where)
    for line in lines:
        kinds = pages[line["user"], line["day"]]
        line["where"] = capfirst(", ".join(str(k.label) for k in Where if k in kinds))
        line["user"] = users.get(line["user"])
    page.object_list = lines
    return page


def placement_add(request, programme, pk):
    """A placement under the grant `pk`; `extends` takes over an earlier placement's details."""
    grant = get_object_or_404(
        Grant.objects.editable_by(request.user).select_related("programme", "municipality"),
        programme__slug=programme,
        pk=pk,
    )
    earlier = _extended(request, grant)
    if earlier and request.method == "GET" and (later := _extension_of(earlier)):
        messages.info(request, _("The placement is extended already: this is the extension."))
        return redirect(later)
    form = NewPlacementForm(
        request.POST or None,
        instance=Placement(grant=grant),
        programme=grant.programme,
        initial=_taken_over(earlier) if earlier else {},
    )
    if form.is_valid():
        placement = form.save()
        messages.success(request, _saved(placement))
        _remark_use(request, placement.grant)
        _remark_overlaps(request, placement)
        return redirect(placement)
    back = earlier or grant
    context = {
        "programme": grant.programme,
        "form": form,
        "earlier": earlier,
        "title": _("Extend the placement") if earlier else _("Add a placement"),
        "back_url": back.get_absolute_url(),
        "back_label": earlier.participant if earlier else grant,
    }
    return render(request, "placements/placement_form.html", context)


def _saved(placement):
    told = _("The placement is saved. The participant's code is %(code)s.")
    if placement.extension_of_id:
        told = _("The extension of %(code)s is saved. It uses a place of the grant %(grant)s.")
    return told % {"code": placement.participant, "grant": placement.grant}


def _remark_overlaps(request, placement):
    """Say which other placements of the participant go on at the same time: nothing is refused."""
    theirs = Placement.objects.visible_to(request.user).filter(participant=placement.participant_id)
    rows = theirs.select_related("grant__municipality").with_outcomes().order_by("starts_on", "pk")
    by_key = {row.pk: row for row in rows}
    placement = by_key.pop(placement.pk)
    for other in by_key.values():
        if placement.overlaps(other):
            messages.warning(
                request,
                _(
                    "%(code)s has a placement at the same time: %(grant)s, from %(start)s to %(end)s."
                )
                % {
                    "code": placement.participant,
                    "grant": other.grant,
                    "start": day(other.starts_on, other.precision),
                    "end": day(other.last_day),
                },
            )


def _remark_use(request, grant):
    """Say when more places are used than were granted: it can be right, so nothing is refused."""
    used = grant.placements.count()
    if used > grant.places:
        messages.warning(
            request,
            ngettext(
                "%(used)s placements under %(places)s granted place. That can be right: an extension uses a place too.",
                "%(used)s placements under %(places)s granted places. That can be right: an extension uses a place too.",
                grant.places,
            )
            % {"used": used, "places": grant.places},
        )


def _extended(request, grant):
    """The earlier placement that is to be extended; None where the address names none."""
    asked = whole_number(request.GET.get("extends"))
    if asked is None:
        return None
    placements = Placement.objects.editable_by(request.user).select_related(
        "grant__programme", "participant"
    )
    earlier = placements.filter(grant__programme=grant.programme, pk=asked).first()
    if earlier and request.method == "GET":
        Reading.objects.note(request.user, [earlier], Where.FORM, grant.programme)
    return earlier


def _extension_of(earlier):
    return Placement.objects.filter(extension_of=earlier).select_related("grant__programme").first()


def _taken_over(earlier):
    """What an extension starts with: the same participant, enterprise and supervision, from the day after."""
    first = earlier.end + timedelta(1)
    return {
        "participant": earlier.participant.code,
        "extension_of": earlier.pk,
        "when": first.isoformat(),
        "grant": _grant_of(earlier, first.year),
        "enterprise": earlier.enterprise_id,
        "supervisor": earlier.supervisor_id,
        "referrer": earlier.referrer,
        "extent": earlier.extent,
    }


def _grant_of(earlier, year):
    """The key of the municipality's grant of that year; without one that of the earlier placement."""
    grant = earlier.grant
    same = {"programme": grant.programme_id, "municipality": grant.municipality_id, "year": year}
    found = list(Grant.objects.filter(**same).order_by("pk"))
    found.sort(key=lambda one: one.initiative_id != grant.initiative_id)
    return grant.pk if grant in found or not found else found[0].pk


def placement_edit(request, programme, pk):
    placement = editable_placement(request, programme, pk)
    form = PlacementForm(
        request.POST or None, instance=placement, programme=placement.grant.programme
    )
    if form.is_valid():
        form.save()
        messages.success(request, _("The placement is saved."))
        _remark_overlaps(request, placement)
        return redirect(placement)
    context = {
        "programme": placement.grant.programme,
        "form": form,
        "title": _("Change the placement"),
        "back_url": placement.get_absolute_url(),
        "back_label": placement.participant,
    }
    return render(request, "placements/placement_form.html", context)


def placement_delete(request, programme, pk):
    placement = editable_placement(request, programme, pk)
    return confirm_delete(
        request,
        placement,
        programme=placement.grant.programme,
        title=_("Delete the placement of %(code)s?") % {"code": placement.participant},
        consequence=_(
            "The code disappears too, unless the participant has another placement. "
            "A placement with outcomes cannot be deleted."
        ),
        back=placement.get_absolute_url(),
        onward=placement.grant.get_absolute_url(),
        done=_("The placement is deleted."),
    )


def editable_placement(request, programme, pk):
    """The placement, for whoever may change it; that a page of it is shown is noted."""
    placements = Placement.objects.editable_by(request.user).select_related(
        "grant__programme", "grant__municipality", "participant"
    )
    placement = get_to_change(request, placements, programme, pk)
    if request.method == "GET":
        Reading.objects.note(request.user, [placement], Where.FORM, placement.grant.programme)
    return placement
