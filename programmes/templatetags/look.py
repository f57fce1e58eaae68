"""The look's own tags: icons, numbers, and the numbers of a page."""

import random
from itertools import product

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from programmes import formats

register = template.Library()

# Drawn on 20 by 20; the stroke is set by the stylesheet.
ICONS = {
    "lock": '<rect x="4" y="9" width="12" height="8" rx="1.5"/><path d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9"/>',
    "unlocked": '<rect x="4" y="9" width="12" height="8" rx="1.5"/><path d="M6.5 9V6.5a3.5 3.5 0 0 1 6.6-1.6"/>',
    "up": '<path d="M10 16V4M5 9l5-5 5 5"/>',
    "down": '<path d="M10 4v12M5 11l5 5 5-5"/>',
    "same": '<path d="M4 7.5h12M4 12.5h12"/>',
    "coverage": '<path d="M3 5h14M3 10h14M3 15h8"/>',
    "good": '<circle cx="10" cy="10" r="7"/><path d="M6.8 10.2l2.3 2.3 4.2-4.8"/>',
    "part": '<circle cx="10" cy="10" r="7"/><path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/>',
    "unclear": '<circle cx="10" cy="10" r="7"/><path d="M8 8.2a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.3M10 13.8v.1"/>',
    "bad": '<circle cx="10" cy="10" r="7"/><path d="M7.2 7.2l5.6 5.6M12.8 7.2l-5.6 5.6"/>',
    "off": '<circle cx="10" cy="10" r="7"/><path d="M6.5 10h7"/>',
    "empty": '<circle cx="10" cy="10" r="7"/>',
    "draft": '<path d="M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2z"/>',
    "shield": '<path d="M10 2.5l6 2.2v4.8c0 4-2.6 6.6-6 8-3.4-1.4-6-4-6-8V4.7z"/>',
    "warning": '<path d="M10 3l7.5 13.5h-15z"/><path d="M10 8.2v3.8M10 14.2v.1"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "file": '<path d="M5 2.8h6.5L15.5 7v10.2h-10.5z"/><path d="M11.5 2.8V7h4"/>',
}


@register.simple_tag
def icon(name):
    """A small picture that says nothing by itself: the word stands beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(ICONS[name]),
    )


@register.simple_tag
def state(name, word):
    """A status: shape and word first, colour last. Names: good, part, bad, off, unclear, draft, empty."""
    tones = {"good": "good", "part": "part", "draft": "part", "bad": "bad"}
    return format_html(
        '<span class="state {}">{}{}</span>', tones.get(name, "off"), icon(name), word
    )


@register.simple_tag
def meter(share):
    """A bar filled to a share of one; beyond it full, with a mark where the whole lies. None: empty."""
    share = share or 0
    mark = '<rect class="mark" x="{}" width="1.2" height="6"/>'
    return format_html(
        '<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"'
        ' focusable="false"><rect class="track" width="100" height="6"/>'
        '<rect class="fill" width="{}" height="6"/>{}</svg>',
        f"{100 * min(share, 1):.1f}",
        format_html(mark, f"{100 / share:.1f}") if share > 1 else "",
    )


@register.simple_tag
def tallies():
    """Bundles of five strokes, a little uneven as by hand: the picture beside the sign-in."""
    wobble = random.Random(5)  # noqa: S311 the same drawing each time
    strokes = []
    for row, column in product(range(10), range(9)):
        if (row, column) == (9, 1):
            break
        x, y = 44 + 60 * column, 46 + 80 * row
        for stroke in range(4):
            top, bottom = (x + 9 * stroke + wobble.uniform(-2, 2) for _end in range(2))
            height = wobble.uniform(32, 36)
            strokes.append(f"M{top:.1f} {y:.1f}L{bottom:.1f} {y + height:.1f}")
        lift = wobble.uniform(26, 30)
        strokes.append(f"M{x - 8:.1f} {y + lift:.1f}L{x + 35:.1f} {y + lift - 22:.1f}")
    return format_html(
        '<svg viewBox="0 0 600 850" preserveAspectRatio="xMidYMid meet" focusable="false"><path d="{}"/></svg>',
        "".join(strokes),
    )


register.filter("number", formats.number)
register.filter("signed", formats.signed)
register.filter("percent", formats.percent)
register.filter("kronor", formats.kronor)
register.filter("bytes_of", formats.bytes_of)
register.simple_tag(formats.part_of)


@register.filter
def when(record):
    """The dates of a record as precisely as they are known: see `programmes.periods.span`."""
    return formats.span(record.starts_on, record.ends_on, record.precision)


@register.filter
def has_begun(record):
    """Whether the first possible day of a record has come."""
    return record.starts_on <= timezone.localdate()


@register.filter
def roughly(day, precision):
    """One date as precisely as it is known."""
    return formats.day(day, precision)


@register.filter
def lines(text):
    """The paragraphs of a text."""
    return [part.strip() for part in str(text or "").split("\n") if part.strip()]


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The page's query string with some of it changed; what becomes empty is left out."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = value
    return f"?{params.urlencode()}"
