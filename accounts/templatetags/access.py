"""Who is looking: their membership in the programme of the page, and the way to its rooms."""

from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext_lazy as _

register = template.Library()

SERIES = ("repeat", "series", "cancel", "resume", "count")  # of the events
# Label, address, and how the names of the addresses in that room begin.
ROOMS = (
    (_("Overview"), "reports:overview", ("reports:overview", "reports:first_steps")),
    (
        _("Events"),
        "activities:list",
        tuple(
            f"activities:{name}"
            for name in (
                "list",
                "calendar",
                "detail",
                "add",
                "edit",
                "delete",
                "step",
                "draft",
                *SERIES,
            )
        ),
    ),
    (_("Plan"), "activities:plan", ("activities:plan", "activities:activity")),
    (_("Enterprises"), "enterprises:list", ("enterprises:", "reports:census_change")),
    (_("Places"), "placements:list", ("placements:",)),
    (_("Reports"), "reports:reports", ("reports:report",)),
)
MORE = (
    (_("Publications"), "activities:publications", ("activities:publication",)),
    (_("Milestones"), "activities:milestones", ("activities:milestone",)),
    (_("Collaboration groups"), "activities:groups", ("activities:group",)),
    (_("To fill in"), "activities:missing", ("activities:missing",)),
    (_("Figures"), "reports:figures", ("reports:figure",)),
    ("Uppföljning Finsam", "reports:national_follow_up", ("reports:national_",)),
    (_("Quality"), "reports:quality", ("reports:quality",)),
    (
        _("Settings"),
        "programmes:settings",
        (
            "programmes:",
            "accounts:member",
            "reports:printed",
            "reports:retention",
            "reports:erasure",
        ),
    ),
)
WRITERS_ONLY = (
    "activities:missing",
    "programmes:settings",
    "reports:quality",
    "reports:national_follow_up",
)


@dataclass(frozen=True)
class Way:
    label: str
    url: str
    current: bool


@register.simple_tag(takes_context=True)
def membership(context, programme):
    """The membership of the signed-in user in `programme`; None for a visitor."""
    user = getattr(context.get("request"), "user", None)
    return user.membership_in(programme) if user and user.is_authenticated and programme else None


@register.simple_tag
def way_to_change(me, words, name, *args):
    """The words, as a link to where their record is changed for those who may."""
    if not me.writes:
        return conditional_escape(words)
    return format_html('<a href="{}">{}</a>', reverse(name, args=args), words)


@register.inclusion_tag("_navigation.html", takes_context=True)
def navigation(context, programme, me):
    """The rooms of the programme this member may enter."""
    match = context["request"].resolver_match
    here = match.view_name if match else ""
    more = [room for room in MORE if me.sees_full_figures or room[1] not in WRITERS_ONLY]
    return {
        "programme": programme,
        "me": me,
        "rooms": [w for room in ROOMS if (w := _way(room, programme, here))],
        "more": [w for room in more if (w := _way(room, programme, here))],
        "programmes": len(context["request"].user.memberships_by_programme),
        "logging": here.startswith("activities:draft_")
        or here in ("activities:add", "activities:edit", "reports:first_steps"),
    }


def _way(room, programme, here):
    label, name, beginnings = room
    try:
        return Way(label, reverse(name, args=[programme.slug]), here.startswith(beginnings))
    except NoReverseMatch:
        return None
