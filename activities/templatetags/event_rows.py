"""What the rows of events say, made in one go: a page has a hundred of them."""

from dataclasses import dataclass
from functools import cache

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.formats import number, span
from programmes.templatetags.look import state

from ..models import Event

register = template.Library()


# Filled in here and not by a template, which takes four times as long.
ROW = (
    '<p class="aside">{when}</p>'
    '<div><{heading}><a href="{url}">{title}</a></{heading}><p class="small quiet">{about}{ask}</p></div>'
    '<p class="aside end">{came}</p>'
)
ASK = ' · <a href="{}?counts=1">{}<span class="visually-hidden">: {}, {}</span></a>'


@dataclass(frozen=True, slots=True)
class Row:
    """What the row of an event says, and whether it has boxes for the counts that are missing."""

    event: Event
    said: str
    has_boxes: bool


@register.simple_tag(takes_context=True)
def rows_of(context, events, heading, forms):
    """The rows of `events`, each with its `attendances`, for `me` in `programme`.

    Where counts are missing they are asked for: in the first `forms` rows with boxes, then with the
    way to where they are said.
    """
    slug, me, today = context["programme"].slug, context.get("me"), timezone.localdate()
    writes = bool(me and me.writes)
    way, way_to_counts = _way("activities:detail", slug), _way("activities:edit", slug)
    about, came, fill_in = cache(_about), _words_of_state(), _("Fill in the counts")
    rows, asked = [], 0
    for event in events:
        is_asked = (
            writes
            and event.attendances is None
            and event.status != Event.Status.CANCELLED
            and event.starts_on <= today
        )
        asked += is_asked
        when, ask = span(event.starts_on, event.ends_on, event.precision), ""
        if is_asked and asked > forms:
            ask = format_html(ASK, way_to_counts(event.pk), fill_in, event.title, when)
        said = format_html(
            ROW,
            when=when,
            heading=heading,
            url=way(event.pk),
            title=event.title,
            about=about(event.get_kind_display(), event.place_name),
            ask=ask,
            came=came(event),
        )
        rows.append(Row(event, said, is_asked and asked <= forms))
    return rows


def _way(name, slug):
    """The address of one record by its key, worked out once for all rows."""
    before, after = reverse(name, args=[slug, 0]).rsplit("0", 1)
    return lambda key: f"{before}{key}{after}"


def _about(kind, place):
    return f"{capfirst(kind)} · {capfirst(place)}"


def _words_of_state():
    cancelled, planned = state("off", _("cancelled")), state("empty", _("planned"))
    missing = state("part", _("counts missing"))

    def words(event):
        if event.status == Event.Status.CANCELLED:
            return cancelled
        if event.status == Event.Status.PLANNED:
            return planned
        if event.attendances is None:
            return missing
        text = ngettext("%(shown)s participant", "%(shown)s participants", event.attendances)
        return text % {"shown": number(event.attendances)}

    return words
