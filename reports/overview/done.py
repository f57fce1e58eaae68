"""What have we done? Events, publications, milestones and groups, and the events by month."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from activities.models import Event
from programmes.formats import month_name, number
from programmes.periods import Precision

from ..charts.months import month_chart
from ..figures import Basis
from .compared import Fact
from .tiles import tile


def done(shown):
    yield tile(shown, "events.held", facts=counted(shown))
    yield tile(shown, "publications.items")
    yield tile(shown, "milestones")
    yield tile(
        shown,
        "groups.active",
        label=pgettext("short", "Collaboration groups"),
        small=_in_municipalities(shown),
    )


def counted(shown):
    """How many of the events held have been counted, where records are what counts."""
    held, reach = shown.figure("events.held"), shown.figure("reach.attendances")
    without = shown.figure("events.without_attendance")
    if not held.value or held.incomplete or without.value is None:
        return ()
    if reach.basis not in (Basis.RECORDS, Basis.MISSING) or reach.incomplete:
        return ()
    return (
        Fact(
            "coverage",
            _("%(counted)s of %(held)s counted")
            % {"counted": number(held.value - without.value), "held": number(held.value)},
        ),
    )


def _in_municipalities(shown):
    with_group = shown.figures.parts("groups.active", "municipality", shown.period)
    everywhere = len(shown.figures.words.municipalities)
    if not everywhere:
        return ""
    return _("in %(some)s of %(all)s municipalities") % {
        "some": number(sum(bool(figure.value) for _place, figure in with_group)),
        "all": number(everywhere),
    }


def months(shown):
    """Events by month, of a year whose records are whole; those of no known month are told."""
    held = shown.figure("events.held")
    if not shown.period.is_year or not held.value or held.basis != Basis.RECORDS:
        return None
    if held.incomplete:
        return None
    rows = Event.objects.filter(programme=shown.programme).held_in(shown.period).order_by()
    counts, unknown = [0] * 12, 0
    for starts_on, precision in rows.values_list("starts_on", "precision"):
        if precision in (Precision.DAY, Precision.MONTH):
            counts[starts_on.month - 1] += 1
        else:
            unknown += 1
    known = sum(counts)
    if not known:
        return None
    if shown.is_ongoing:
        counts[shown.today.month :] = [None] * (12 - shown.today.month)
    most = max(count or 0 for count in counts)
    top = [index + 1 for index, count in enumerate(counts) if count == most]
    title = ngettext("Events in %(n)s month", "Events in %(n)s months", sum(map(bool, counts))) % {
        "n": number(sum(map(bool, counts)))
    }
    if len(top) <= 2 and not unknown and known > len(top):
        months = _(" and ").join(map(month_name, top))
        title = _("Most events in %(month)s") % {"month": months}
    measure = _("Events by month %(year)s.") % {"year": shown.year}
    if unknown:
        measure += " " + ngettext(
            "The month of %(n)s event is not known.",
            "The month of %(n)s events is not known.",
            unknown,
        ) % {"n": number(unknown)}
    sentence = _("%(known)s events, most in %(months)s: %(most)s.") % {
        "known": number(known),
        "months": ", ".join(map(month_name, top)),
        "most": number(most),
    }
    labels = [month_name(index)[:3] for index in range(1, 13)]
    return month_chart(title, measure, sentence, counts, labels)
