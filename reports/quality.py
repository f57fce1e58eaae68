"""What is wrong or missing in a programme's records, and what follows from it.

Findings come from the figures and the records themselves; nothing is stored. A difference between
a printed number and ours is shown as a difference, never as somebody's error.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activities.missing import Missing
from activities.models import Event
from enterprises.answered import never_asked, not_applicable
from enterprises.figures import MOST_OF_ALL
from enterprises.large_changes import large_changes
from enterprises.models import CensusReturn
from placements.due import free_places, with_late_instalments, with_late_reports
from placements.figures import ended_without_outcome
from placements.follow_ups import agenda, asked_about
from placements.models import Placement
from programmes.figures import Kind, parse_breakdown
from programmes.formats import kronor, number, percent
from programmes.models import Completeness, Judgement
from programmes.periods import Period

from .charts.words import one_referrer_remark, standing
from .figures import Basis, Figure, figures, plain
from .indicators import ENGAGED, INDICATORS
from .wording import card_url, named, written

Area, Level = Completeness.Area, Completeness.Level

PRINTED = "printed"
PARTS = "parts"
UNITS = "units"
COUNTS = "counts"
OUTCOMES = "outcomes"
FOLLOW_UPS = "follow_ups"
GRANTS = "grants"
UNCOUNTED = "uncounted"
CHANGE = "change"
REFERRER = "referrer"
HEADINGS = {
    PRINTED: gettext_lazy("Printed against derived"),
    PARTS: gettext_lazy("Total against parts"),
    UNITS: gettext_lazy("Units"),
    COUNTS: gettext_lazy("Events without counts"),
    OUTCOMES: gettext_lazy("Placements without an outcome"),
    FOLLOW_UPS: gettext_lazy("Follow-ups that are due"),
    GRANTS: gettext_lazy("Grants with something due"),
    UNCOUNTED: gettext_lazy("Answers from enterprises that were not active on the reference date"),
    CHANGE: gettext_lazy("Answers that changed more than a quarter"),
}
ENGAGED_PARTS = ("employees", "placed")
UNIT_LABELS = {indicator.unit: indicator.unit_label for indicator in INDICATORS.values()}


@dataclass(frozen=True)
class Finding:
    """One thing to look at: what it is, what follows, and where it is mended.

    `seen_at` is where it is seen by those who may not mend it, if that is another page. `is_settled`:
    somebody has explained it; without `asks` there is nothing to mend or explain.
    """

    kind: str
    title: str
    consequence: str
    url: str
    seen_at: str
    period: Period
    figure: tuple = ()  # indicator, breakdown, printed value, derived value
    is_settled: bool = False
    asks: bool = True

    @property
    def is_open(self):
        """Whether somebody is asked to do something about it."""
        return self.asks and not self.is_settled


def findings(programme, figure_set, *, today):
    """Everything to look at, in the order of the headings. `figure_set` is the full view."""
    levels = dict(_levels(programme))
    return [
        *_printed(programme, Ours(figure_set, today=today)),
        *_without_counts(programme, figure_set.period, levels),
        *_without_outcome(programme, figure_set.period, levels, today),
        *_to_follow_up(programme, figure_set.period, today),
        *_due_of_grants(programme, figure_set.period, today),
        *_uncounted(programme, figure_set.period, levels),
        *_changed(programme, figure_set.period, levels),
        *_one_referrer(programme, figure_set),
    ]


def _levels(programme):
    rows = Completeness.objects.filter(programme=programme).values_list("year", "area", "level")
    for year, area, level in rows:
        yield (year, area), level


def _checked(levels, year, area):
    """Checks of records rest where the year is not complete: what is missing there is known."""
    return levels.get((year, area), Level.COMPLETE) == Level.COMPLETE


# Printed numbers


def difference(value, printed):
    """What `value` is more than the printed one, as exactly as that was printed."""
    decimals = max(-printed.normalize().as_tuple().exponent, 0)
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return plain(rounded - printed)


class Ours:
    """What we have where a number was printed: of the years and the period of `figures`, or of a part of it."""

    def __init__(self, figure_set, *, today):
        self.figures, self.today = figure_set, today
        self._of_periods = {figure_set.period: figure_set}

    def beside(self, row):
        """The derived value and what it stands on; None for years that are not among ours."""
        if row.first_year not in self.figures.period or row.last_year not in self.figures.period:
            return None, Basis.MISSING
        if row.indicator == ENGAGED.code:
            parts = [self._figure(row, code, ()) for code in ENGAGED_PARTS]
            known = all(part.value is not None for part in parts)
            return (sum(part.value for part in parts) if known else None), Basis.RECORDS
        figure = self._figure(row, row.indicator, parse_breakdown(row.breakdown))
        return figure.value, figure.basis

    def card(self, row):
        """The card of our figure; the list of printed ones where there is no such figure."""
        programme = self.figures.programme
        if row.indicator not in INDICATORS:
            return reverse("reports:printed", args=[programme.slug])
        key = parse_breakdown(row.breakdown)
        return card_url(programme, Figure(INDICATORS[row.indicator], key, row.period))

    def _figure(self, row, code, key):
        return self._figures_of(row.period).get(code, row.period, **dict(key))

    def _figures_of(self, period):
        """A period that is not ours is counted anew, once."""
        if period.is_year:
            return self.figures
        if period not in self._of_periods:
            ours = self.figures
            self._of_periods[period] = figures(ours.programme, period, ours.view, today=self.today)
        return self._of_periods[period]


def _printed(programme, ours):
    rows = programme.published_figures.filter(initiative=None, stands_in=False)
    rows = rows.order_by("first_year", "last_year", "indicator", "breakdown", "pk")
    found = [finding for row in rows if (finding := _compared(programme, ours, row))]
    return sorted(found, key=lambda finding: list(HEADINGS).index(finding.kind))


def _compared(programme, ours, row):
    """The finding where a printed number and ours differ; None where they agree or ours is unknown."""
    derived, basis = ours.beside(row)
    if derived is None or not difference(derived, row.value):
        return None
    indicator = INDICATORS.get(row.indicator, ENGAGED)
    if row.unit and row.unit != indicator.unit:
        kind = UNITS
    elif not row.breakdown and row.is_main and basis == Basis.PUBLISHED and row.period.is_year:
        kind = PARTS
    else:
        kind = PRINTED
    return Finding(
        kind=kind,
        title=_("%(what)s %(period)s: printed %(printed)s, derived %(derived)s")
        % {
            "what": named(ours.figures.words, indicator, parse_breakdown(row.breakdown)),
            "period": row.period,
            "printed": in_words(indicator, row),
            "derived": written(indicator, derived)
            + (f" {indicator.unit_label}" if kind == UNITS else ""),
        },
        consequence=row.explanation or _("Nobody has explained the difference."),
        url=reverse("reports:printed_edit", args=[programme.slug, row.pk]),
        seen_at=ours.card(row),
        period=row.period,
        figure=(row.indicator, row.breakdown, plain(row.value), derived),
        is_settled=bool(row.explanation),
    )


def in_words(indicator, row):
    """What is printed: "about 200", "11 places" where it counts in another unit than ours."""
    words = [written(indicator, plain(row.value))]
    if row.approximate:
        words.insert(0, _("about"))
    if row.unit:
        words.append(str(UNIT_LABELS.get(row.unit, row.unit)))
    return " ".join(words)


# Records


def _without_counts(programme, period, levels):
    rows = (
        Event.objects.filter(programme=programme)
        .held_in(period)
        .without_attendance()
        .order_by()
        .values_list("year")
        .annotate(n=Count("pk"))
    )
    for year, count in sorted(rows):
        if _checked(levels, year, Area.ATTENDANCE):
            yield Finding(
                kind=COUNTS,
                title=ngettext(
                    "Fill in the counts of %(n)s event in %(year)s",
                    "Fill in the counts of %(n)s events in %(year)s",
                    count,
                )
                % {"n": count, "year": year},
                consequence=_("They are missing in the year's attendances and in the report."),
                url=f"{reverse('activities:missing', args=[programme.slug])}#uncounted",
                seen_at="",
                period=Period.of_year(year),
            )


def _without_outcome(programme, period, levels, today):
    for year, count in ended_without_outcome(programme, period, today):
        if _checked(levels, year, Area.PLACEMENTS):
            yield Finding(
                kind=OUTCOMES,
                title=ngettext(
                    "%(n)s ended placement of %(year)s has no outcome",
                    "%(n)s ended placements of %(year)s have no outcome",
                    count,
                )
                % {"n": count, "year": year},
                consequence=_("The persons are counted as unknown."),
                url=reverse("placements:placement_list", args=[programme.slug])
                + f"?year={year}&without_outcome=1",
                seen_at="",
                period=Period.of_year(year),
            )


def follow_ups(programme, today):
    """The follow-ups of placements that are due on a day."""
    found = agenda(asked_about(programme, Placement.objects.of([programme.pk])), today)
    return (*found.overdue, *found.now)


def _to_follow_up(programme, period, today):
    """Follow-ups that are due, by the year of their day. Those of which nothing is known are told already."""
    due = [one for one in follow_ups(programme, today) if one.placement.standing_outcomes]
    for year, count in sorted(Counter(one.day.year for one in due).items()):
        if year in period:
            yield Finding(
                kind=FOLLOW_UPS,
                title=ngettext(
                    "%(n)s follow-up of %(year)s is due",
                    "%(n)s follow-ups of %(year)s are due",
                    count,
                )
                % {"n": count, "year": year},
                consequence=_("Without an answer nobody knows whether it lasted."),
                url=reverse("placements:due", args=[programme.slug]),
                seen_at="",
                period=Period.of_year(year),
            )


def _due_of_grants(programme, period, today):
    """Money to pay, reports to ask for, and places that stay free as the year ends."""
    for grant in with_late_instalments(programme, period, today):
        words = ngettext(
            "%(grant)s: %(n)s instalment is overdue (%(kronor)s)",
            "%(grant)s: %(n)s instalments are overdue (%(kronor)s)",
            grant.late,
        ) % {"grant": grant, "n": grant.late, "kronor": kronor(grant.kronor)}
        told = _("Tick it as paid, or set another day.")
        yield _of_grant(grant, words, told, "#instalments")
    for grant in with_late_reports(programme, period, today):
        words = _("%(grant)s: the report was due %(day)s") % {
            "grant": grant,
            "day": grant.report_due_on,
        }
        yield _of_grant(grant, words, _("Without it nobody knows how the money was used."))
    if free := free_places(programme, period, today):
        yield Finding(
            kind=GRANTS,
            title=ngettext("%(n)s place is still free", "%(n)s places are still free", free)
            % {"n": number(free)},
            consequence=_("The year ends soon, and what is granted is not used."),
            url=f"{reverse('placements:list', args=[programme.slug])}?year={today.year}",
            seen_at="",
            period=Period.of_year(today.year),
        )


def _of_grant(grant, title, consequence, part=""):
    return Finding(
        kind=GRANTS,
        title=title,
        consequence=consequence,
        url=f"{grant.get_absolute_url()}{part}",
        seen_at="",
        period=Period.of_year(grant.year),
    )


def _uncounted(programme, period, levels):
    """Confirmed answers that count nowhere."""
    rows = CensusReturn.objects.filter(
        census__programme=programme, census__year__range=(period.first, period.last)
    )
    rows = rows.uncounted().select_related("census", "enterprise")
    for row in rows.order_by("census__year", "enterprise__sort_name", "pk"):
        year = row.census.year
        if _checked(levels, year, Area.CENSUS):
            yield Finding(
                kind=UNCOUNTED,
                title=_("%(name)s answered the census of %(year)s and was not active on %(day)s")
                % {"name": row.enterprise, "year": year, "day": row.census.reference_date},
                consequence=_(
                    "The answer counts nowhere. Mend the status in the register, or set the answer to not applicable."
                ),
                url=reverse("enterprises:detail", args=[programme.slug, row.enterprise_id]),
                seen_at="",
                period=Period.of_year(year),
            )


def _changed(programme, period, levels):
    """Answers that changed much from the year before, unexplained."""
    for row, change in large_changes(programme, period):
        year = row.census.year
        if row.change_reason or not _checked(levels, year, Area.CENSUS):
            continue
        yield Finding(
            kind=CHANGE,
            title=_changed_title(row, change)
            % {
                "name": row.enterprise,
                "before": number(change.before),
                "now": number(change.now),
                "year": year,
            },
            consequence=_("Ask whether it is right, and write the reason."),
            url=reverse("enterprises:return_edit", args=[programme.slug, row.pk]),
            seen_at=reverse("enterprises:census", args=[programme.slug, year]),
            period=Period.of_year(year),
        )


def _changed_title(row, change):
    if change.names == row.EMPLOYED:
        return _("%(name)s: employees from %(before)s to %(now)s in %(year)s")
    return _("%(name)s: placed from %(before)s to %(now)s in %(year)s")


def _one_referrer(programme, figure_set):
    """Nothing to mend, but good to know."""
    for year in figure_set.period.years:
        total = figure_set.get("placed", year)
        if remark := one_referrer_remark(figure_set, total):
            yield Finding(
                kind=REFERRER,
                title=f"{year}: {remark}",
                consequence=_("More than %(share)s come from one and the same referrer.")
                % {"share": percent(MOST_OF_ALL, 0)},
                url=card_url(programme, total),
                seen_at="",
                period=Period.of_year(year),
                asks=False,
            )


# What is left of a year before its report can be adopted


@dataclass(frozen=True)
class Task:
    """Something left to do: the words of the link, what follows if it is left, and the address."""

    title: str
    consequence: str
    url: str


def to_do(programme, year, figure_set, *, today):
    """What is left of `year`, most consequential first."""
    period = Period.of_year(year)
    levels = dict(_levels(programme))
    tasks = [
        Task(finding.title, finding.consequence, finding.url)
        for finding in (
            *_without_counts(programme, period, levels),
            *_without_outcome(programme, period, levels, today),
            *_due_of_grants(programme, period, today),
        )
    ]
    tasks += _undecided(programme, year, Missing(programme, today).by_year())
    tasks += _unanswered(programme, year, figure_set, levels)
    tasks += _unjudged(programme, year)
    unexplained = [
        finding
        for finding in _printed(programme, Ours(figure_set, today=today))
        if finding.period == period and not finding.is_settled
    ]
    tasks += [
        Task(
            _("Explain the difference: %(title)s") % {"title": finding.title},
            _("The board sees the difference but not why."),
            finding.url,
        )
        for finding in unexplained
    ]
    return tasks


def _undecided(programme, year, by_year):
    """Planned events that nobody logged, and planned activities that nothing came of so far."""
    events, activities = by_year.get(year, (0, 0))
    page = reverse("activities:missing", args=[programme.slug])
    if events:
        yield Task(
            ngettext(
                "Log %(n)s event that was planned in %(year)s",
                "Log %(n)s events that were planned in %(year)s",
                events,
            )
            % {"n": events, "year": year},
            _("They count nowhere until somebody says whether they were held."),
            f"{page}#unlogged",
        )
    if activities:
        yield Task(
            ngettext(
                "Decide on %(n)s overdue activity in the plan of %(year)s",
                "Decide on %(n)s overdue activities in the plan of %(year)s",
                activities,
            )
            % {"n": activities, "year": year},
            _("Nothing is logged for them. Log them, plan them anew, or cancel them."),
            f"{page}#overdue",
        )


def _unanswered(programme, year, figure_set, levels):
    """Who is left to answer; those the census does not concern have nothing to answer."""
    known = standing(figure_set, figure_set.get("census.expected", year))
    answered = figure_set.get("census.returns", year).value
    if not known or answered is None or not _checked(levels, year, Area.CENSUS):
        return
    silent, late = (known.silent, known.never_asked) if known.is_asked else (known.asked, 0)
    title = _("%(left)s of %(asked)s enterprises have not answered")
    if not silent:
        title = _("%(left)s of %(asked)s enterprises were never asked")
    left = silent or late
    if left:
        told = [
            _("Employees and persons placed are those of the %(answered)s that did.")
            % {"answered": number(answered)}
        ]
        if known.not_applicable:
            told.append(f"{not_applicable(known.not_applicable)}.")
        if silent and late:
            told.append(f"{never_asked(late)}.")
        yield Task(
            title % {"left": number(left), "asked": number(known.asked)},
            " ".join(told),
            reverse("enterprises:census", args=[programme.slug, year]),
        )


def _unjudged(programme, year):
    judged = Judgement.objects.filter(first_year__lte=year, last_year__gte=year)
    left = programme.objectives.exclude(judgements__in=judged)
    return [_judge(programme, objective, year) for objective in left]


def _judge(programme, objective, year):
    return Task(
        _("Judge objective %(n)s") % {"n": objective.position},
        _("Without a judgement the report says “unclear”."),
        reverse("programmes:judgement_add", args=[programme.slug])
        + f"?objective={objective.pk}&year={year}",
    )


def left_beside_findings(programme, year, figure_set, *, today):
    """What is left of `year` that is no finding: events to log, answers of the census, judgements."""
    levels = dict(_levels(programme))
    return [
        *_undecided(programme, year, Missing(programme, today).by_year()),
        *_unanswered(programme, year, figure_set, levels),
        *_unjudged(programme, year),
    ]


def nothing_recorded(figure_set, period):
    """Whether nothing at all is recorded or printed; what stands on from earlier years is not counted."""
    return not any(
        figure.value or figure.printed
        for figure in figure_set
        if figure.period.first in period
        and figure.period.last in period
        and (figure.indicator.kind != Kind.STOCK or figure.indicator.by_answers or figure.printed)
    )


def left_by_period(figure_set, *, today):
    """What is left of each year's report and of the whole period's: findings, events, answers, judgements.

    The whole period waits for all that its years wait for, and for a judgement of its own.
    """
    programme, whole = figure_set.programme, figure_set.period
    periods = {*map(Period.of_year, whole.years), whole}
    left = {period: [] for period in periods}
    for finding in findings(programme, figure_set, today=today):
        if finding.is_open:
            for period in {finding.period, whole} & periods:
                left[period].append(Task(finding.title, finding.consequence, finding.url))
    levels = dict(_levels(programme))
    by_year = Missing(programme, today).by_year()
    for year in whole.years:
        for period in {Period.of_year(year), whole}:
            left[period] += _undecided(programme, year, by_year)
            left[period] += _unanswered(programme, year, figure_set, levels)
    judged = set(
        Judgement.objects.filter(objective__programme=programme).values_list(
            "objective", "first_year", "last_year"
        )
    )
    objectives = list(programme.objectives.all())
    for period in periods:
        left[period] += [
            _judge(programme, objective, period.last)
            for objective in objectives
            if (objective.pk, period.first, period.last) not in judged
        ]
    return left
