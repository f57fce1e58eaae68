"""The year in a few sentences, its numbers linked to their cards."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.formats import number

from ..charts.words import answers
from ..figures import Basis
from ..wording import card_url


def lead(shown, goals, left):
    sentences = [*_events(shown), *_enterprises(shown), *_goals(goals)]
    if shown.asked.state == "closed":
        sentences.append(_("The year is closed: its report is adopted."))
    elif left and left.tasks and left.year == shown.year:
        count = len(left.tasks) + left.more
        sentences.append(
            ngettext(
                "%(n)s thing is left before the year can be closed.",
                "%(n)s things are left before the year can be closed.",
                count,
            )
            % {"n": number(count)}
        )
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))


def _events(shown):
    if shown.period.first > shown.today.year:
        yield _("The year has not begun.")
        return
    held, reach = shown.figure("events.held"), shown.figure("reach.attendances")
    if held.value is None and reach.value is None:
        yield _("How many events were held is not known.")
        return
    if not held.value and not reach.value:
        yield (_("No event has been held yet.") if shown.is_ongoing else _("No event was held."))
        return
    events = _link(shown, held, ngettext("%(n)s event", "%(n)s events", held.value or 0))
    attendances = _link(
        shown, reach, ngettext("%(n)s attendance", "%(n)s attendances", reach.value or 0)
    )
    if not held.value:
        yield format_html(_("{attendances} were counted."), attendances=attendances)
    elif reach.value is None:
        yield format_html(_("We have held {events}. How many came is not known."), events=events)
    elif reach.basis in (Basis.PUBLISHED, Basis.MIXED):
        yield format_html(
            _("{attendances} by printed figures, {events} recorded."),
            attendances=attendances,
            events=events,
        )
    elif held.incomplete or reach.incomplete:
        yield format_html(
            _("We held at least {events} with {attendances}."),
            attendances=attendances,
            events=events,
        )
    else:
        text = (
            _("We have held {events} with {attendances}")
            if shown.is_ongoing
            else _("We held {events} with {attendances}")
        )
        change = _change(shown)
        yield format_html(text, events=events, attendances=attendances) + format_html(
            "{}.", f", {change}" if change else ""
        )


def _change(shown):
    facts = shown.change("reach.attendances", with_share=False)
    if not facts:
        return ""
    text = facts[0].text
    return text[:1].lower() + text[1:]


def _enterprises(shown):
    """How many enterprises and employees; fewer answers than enterprises are told."""
    employees = _latest(shown, "employees")
    if not employees:
        return
    known = answers(shown.figures, employees)
    linked = _link(shown, employees, ngettext("%(n)s employee", "%(n)s employees", employees.value))
    count = shown.figures.get("enterprises.count", employees.period)
    if known and not known.is_whole:
        yield format_html(
            _("The {answered} of {asked} enterprises that have answered had {employees}.")
            if shown.period.is_year
            else _("In {year} the {answered} of {asked} that had answered had {employees}."),
            year=employees.period,
            answered=number(known.answered),
            asked=number(known.asked),
            employees=linked,
        )
    elif count.value:
        yield format_html(
            _("{enterprises} had {employees}.")
            if shown.period.is_year
            else _("In {year} {enterprises} had {employees}."),
            year=count.period,
            enterprises=_link(
                shown, count, ngettext("%(n)s enterprise", "%(n)s enterprises", count.value)
            ),
            employees=linked,
        )


def _latest(shown, code):
    """A stock in the year shown, or in the last year of the period that is known and counted."""
    if shown.period.is_year:
        figure = shown.figure(code)
        return figure if figure.value else None
    known = shown.settled(shown.figures.series(code))
    return known[-1] if known else None


def _goals(goals):
    judged = [goal for goal in goals if goal.is_judged]
    if judged:
        met = sum(goal.icon == "good" for goal in judged)
        words = ngettext(
            "%(met)s of %(all)s objective is fulfilled or largely so.",
            "%(met)s of %(all)s objectives are fulfilled or largely so.",
            len(goals),
        ) % {"met": number(met), "all": number(len(goals))}
        rest = len(goals) - len(judged)
        if rest:
            words += " " + ngettext("%(n)s is not judged.", "%(n)s are not judged.", rest) % {
                "n": number(rest)
            }
        yield words


def _link(shown, figure, template):
    """The words of a figure as a link to its card."""
    words = template % {"n": number(figure.value)}
    url = card_url(shown.programme, figure)
    return format_html('<a href="{}">{}</a>', url, words)
