"""What the overview of a year or a period shows, worked out from one figure set.

Everything a reader sees stands here as words and links; the template only writes it. What is hidden
from the reader is hidden in the figure set already: a protected figure has no value to show.
"""

import calendar
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Count, F, Sum
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from activities.models import (
    ActionPlan,
    Attendance,
    CollaborationGroup,
    Event,
    Milestone,
    PlannedActivity,
    Publication,
)
from enterprises.models import Enterprise
from placements.models import Grant
from programmes.figures import Kind, share
from programmes.formats import day, month_name, number, percent, signed
from programmes.models import ClosedYear, Judgement
from programmes.periods import Period, Precision

from . import charts
from .figures import Basis, View, figures
from .models import PublishedFigure
from .quality import to_do

FAIR = 0.4  # each sex has at least two fifths
A_BOX = 6  # tasks shown before the rest are summed up
RECORDED = (
    Event,
    PublishedFigure,
    Enterprise,
    Milestone,
    Publication,
    CollaborationGroup,
    Grant,
    ActionPlan,
)


# Which year or period


@dataclass(frozen=True)
class Years:
    """The years of a programme as a reader can choose among them."""

    whole: Period
    today: date

    @property
    def so_far(self):
        """The years begun: figures of years to come would be zeros nobody counted."""
        last = max(self.whole.first, min(self.whole.last, self.today.year))
        return Period(self.whole.first, last)

    @property
    def default(self):
        """This year while the programme goes on, else its last (or, before it starts, its first)."""
        return Period.of_year(min(max(self.today.year, self.whole.first), self.whole.last))

    def asked(self, query):
        """The year or period a query asks for; the default where it asks for none of the programme's."""
        if query.get("period"):
            return self.so_far
        year = _year(query.get("year"))
        if year in self.whole:
            return Period.of_year(year)
        first, last = _year(query.get("from")), _year(query.get("to"))
        if first in self.so_far and last in self.whole and first <= last:
            return Period(first, min(last, self.so_far.last))
        return self.default

    def counted(self, period):
        """The years to work out figures for: a period's own, or all, to set a year among the others."""
        if not period.is_year:
            return period
        return Period(self.whole.first, max(self.so_far.last, period.last))


def _year(text):
    """The year written in a query; 0, which is no programme's, for anything else."""
    return int(text) if text and len(text) == 4 and text.isascii() and text.isdigit() else 0


def is_empty(programme):
    """Whether nothing at all is recorded: then there is nothing to look over yet."""
    return not any(model.objects.filter(programme=programme).exists() for model in RECORDED)


# What stands on the page


@dataclass(frozen=True)
class Choice:
    """A year, or the whole period, to go to; `state` is closed, open or nothing."""

    label: str
    url: str
    is_current: bool
    state: str = ""


@dataclass(frozen=True)
class Fact:
    """A line under a number: how it changed, what it covers, what it stands on."""

    icon: str
    text: str


@dataclass(frozen=True)
class Value:
    """What stands for a figure: its number, "protected", "missing" or a dash; always with its card."""

    text: str
    url: str
    kind: str  # number, protected, absent

    @classmethod
    def of(cls, programme, figure):
        kind = "number" if figure.value is not None else "absent"
        text = charts.shown(figure)
        if figure.value is not None and figure.unit == "share":
            text = percent(figure.value)
        if figure.is_protected:
            kind = "protected"
        return cls(text, charts.card_url(programme, figure), kind)


@dataclass(frozen=True)
class Tile:
    """A number with what must be known of it. `earlier` is the first year of a stock over a period."""

    label: str
    value: Value
    small: str = ""
    earlier: Value = None
    facts: tuple = ()
    spark: tuple = ()
    spark_words: str = ""


@dataclass(frozen=True)
class Progress:
    """How far something has come: the words, the bar in percent, and where on it the target lies."""

    words: str
    percent: float = None
    target: float = None
    url: str = ""


@dataclass(frozen=True)
class Goal:
    """An objective: how far the plan has come, and the judgement in words with its icon.

    `judged_for` names the years of a judgement that is not of the year or period shown.
    """

    title: str
    description: str
    progress: tuple
    icon: str
    judgement: str
    judged_for: str = ""
    judged_by: str = ""
    reason: str = ""
    is_judged: bool = False


@dataclass(frozen=True)
class Left:
    """The box of what is left of a year before its report is to be adopted."""

    title: str
    aside: str
    tasks: tuple
    more: int
    nothing: str


@dataclass(frozen=True)
class Overview:
    """The whole page."""

    title: str
    lead: str
    choices: tuple
    is_year: bool
    state: str
    figures: object = field(repr=False)
    span: object = None
    ongoing: int = None
    current: int = None
    changes: tuple = ()
    done: tuple = ()
    months: object = None
    plan: str = ""
    goals: tuple = ()
    reached: tuple = ()
    reached_map: str = "reach.attendances"
    enterprises: tuple = ()
    places: tuple = ()
    left: Left = None


def overview(programme, query, user, *, today):
    """The overview of the year or period that `query` asks for, as this member may see it."""
    page = _Page(programme, query, user, today)
    left = page.left()
    goals = page.goals()
    return Overview(
        title=page.title(),
        lead=page.lead(goals, left),
        choices=tuple(page.choices()),
        is_year=page.period.is_year,
        state=page.state,
        figures=page.figures,
        span=page.period,
        ongoing=page.ongoing,
        current=page.current,
        changes=tuple(charts.external_changes(programme, page.figures.period)),
        done=tuple(page.done()),
        months=page.months(),
        plan=page.plan(),
        goals=goals,
        reached=tuple(page.reached()),
        reached_map=page.reached_map(),
        enterprises=tuple(page.enterprises()),
        places=tuple(page.places()),
        left=left,
    )


class _Page:
    """Works the page out; each method a part of it."""

    def __init__(self, programme, query, user, today):
        self.programme, self.today = programme, today
        self.membership = user.membership_in(programme)
        self.years = Years(programme.period(today), today)
        self.period = self.years.asked(query)
        self.view = View.FULL if self.membership.sees_full_figures else View.PROTECTED
        self.figures = figures(programme, self.years.counted(self.period), self.view, today=today)
        self.closed = set(
            ClosedYear.objects.in_force().filter(programme=programme).values_list("year", flat=True)
        )

    @property
    def year(self):
        return self.period.first if self.period.is_year else None

    @property
    def ongoing(self):
        """This year, where it is among those shown."""
        return self.today.year if self.today.year in self.figures.period else None

    @property
    def is_ongoing(self):
        return self.year == self.today.year

    @property
    def is_over(self):
        return self.period.last < self.today.year

    @property
    def current(self):
        """The year that stands out in a chart: the one shown, or the last of the period."""
        return self.period.last

    @property
    def state(self):
        if not self.period.is_year:
            return ""
        return "closed" if self.year in self.closed else "open"

    def figure(self, code, **dimensions):
        return self.figures.get(code, self.period, **dimensions)

    def before(self, code, **dimensions):
        """The figure of the year before; None where the year shown is the first."""
        if not self.period.is_year or self.year - 1 not in self.figures.period:
            return None
        return self.figures.get(code, self.year - 1, **dimensions)

    # The head

    def title(self):
        if self.period.is_year:
            return _("The year %(year)s") % {"year": self.year}
        return _("The period %(period)s") % {"period": self.period}

    def choices(self):
        address = self.programme.get_absolute_url()
        for year in self.years.whole.years:
            yield Choice(
                str(year),
                f"{address}?year={year}",
                self.year == year,
                "closed" if year in self.closed else "open",
            )
        if not self.years.so_far.is_year:
            whole = self.years.so_far
            yield Choice(str(whole), f"{address}?period=1", self.period == whole)

    def lead(self, goals, left):
        """The year in a few sentences, its numbers linked to their cards."""
        sentences = [*self._lead_events(), *self._lead_enterprises(), *self._lead_goals(goals)]
        if self.state == "closed":
            sentences.append(_("The year is closed: its report is adopted."))
        elif left and left.tasks and self.is_left_of_this_year:
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

    def _lead_events(self):
        if self.period.first > self.today.year:
            yield _("The year has not begun.")
            return
        held, reach = self.figure("events.held"), self.figure("reach.attendances")
        if held.value is None and reach.value is None:
            yield _("How many events were held is not known.")
            return
        if not held.value and not reach.value:
            yield (_("No event has been held yet.") if self.is_ongoing else _("No event was held."))
            return
        events = self._link(held, ngettext("%(n)s event", "%(n)s events", held.value or 0))
        attendances = self._link(
            reach, ngettext("%(n)s attendance", "%(n)s attendances", reach.value or 0)
        )
        if not held.value:
            yield format_html(_("{attendances} were counted."), attendances=attendances)
        elif reach.value is None:
            yield format_html(
                _("We have held {events}. How many came is not known."), events=events
            )
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
                if self.is_ongoing
                else _("We held {events} with {attendances}")
            )
            change = self._lead_change()
            yield format_html(text, events=events, attendances=attendances) + format_html(
                "{}.", f", {change}" if change else ""
            )

    def _lead_change(self):
        facts = self.change("reach.attendances", with_share=False)
        if not facts:
            return ""
        text = facts[0].text
        return text[:1].lower() + text[1:]

    def _lead_enterprises(self):
        """How many enterprises and employees; fewer answers than enterprises are told."""
        employees = self._latest("employees")
        if not employees:
            return
        known = charts.answers(self.figures, employees)
        linked = self._link(
            employees, ngettext("%(n)s employee", "%(n)s employees", employees.value)
        )
        count = self.figures.get("enterprises.count", employees.period)
        if known and known[0] < known[1]:
            yield format_html(
                _("The {answered} of {asked} enterprises that have answered had {employees}.")
                if self.period.is_year
                else _("In {year} the {answered} of {asked} that had answered had {employees}."),
                year=employees.period,
                answered=number(known[0]),
                asked=number(known[1]),
                employees=linked,
            )
        elif count.value:
            yield format_html(
                _("{enterprises} had {employees}.")
                if self.period.is_year
                else _("In {year} {enterprises} had {employees}."),
                year=count.period,
                enterprises=self._link(
                    count, ngettext("%(n)s enterprise", "%(n)s enterprises", count.value)
                ),
                employees=linked,
            )

    def _latest(self, code):
        """A stock in the year shown, or in the last year of the period that is known and counted."""
        if self.period.is_year:
            figure = self.figure(code)
            return figure if figure.value else None
        known = self._settled(self.figures.series(code))
        return known[-1] if known else None

    def _settled(self, series):
        """The years of a stock that are known; one still being asked about only if there is no other."""
        known = [figure for figure in series if figure.value is not None]
        asking = {year for year, *_counts in charts.unanswered(self.figures, known)}
        over = [f for f in known if f.period not in asking or f.period.first != self.today.year]
        return over or known

    def _lead_goals(self, goals):
        judged = [goal for goal in goals if goal.is_judged]
        if judged:
            met = sum(goal.icon == "good" for goal in judged)
            yield ngettext(
                "%(met)s of %(all)s objective is fulfilled or largely so.",
                "%(met)s of %(all)s objectives are fulfilled or largely so.",
                len(goals),
            ) % {"met": number(met), "all": number(len(goals))}

    def _link(self, figure, template):
        """The words of a figure as a link to its card."""
        words = template % {"n": number(figure.value)}
        url = charts.card_url(self.programme, figure)
        return format_html('<a href="{}">{}</a>', url, words)

    # Tiles

    def tile(self, code, label=None, small="", facts=(), **dimensions):
        """A figure as a tile: of a year with its change, of a period with its series."""
        if not self.period.is_year:
            return self._tile_of_period(code, label, small, facts, **dimensions)
        figure = self.figure(code, **dimensions)
        return Tile(
            label=str(label or figure.indicator.label),
            value=Value.of(self.programme, figure),
            small=small if figure.value is not None else "",
            facts=(
                *self.change(code, **dimensions),
                *facts,
                *self.basis(figure, covered=bool(facts)),
            ),
        )

    def _tile_of_period(self, code, label, small, facts, **dimensions):
        series = self.figures.series(code, **dimensions)
        indicator = series[0].indicator
        figure, earlier = self.figure(code, **dimensions), None
        if indicator.kind == Kind.STOCK:
            known = self._settled(series)
            figure = known[-1] if known else series[-1]
            earlier = known[0] if len(known) > 1 else None
            small = ""
            facts = tuple(_from_to(earlier, figure)) if earlier else ()
        return Tile(
            label=str(label or indicator.label),
            value=Value.of(self.programme, figure),
            earlier=Value.of(self.programme, earlier) if earlier else None,
            small=small if figure.value is not None else "",
            facts=(*facts, *self.basis(figure, covered=True)),
            spark=charts.spark(series),
            spark_words=charts.sentence(series),
        )

    def basis(self, figure, covered=False):
        """What a figure stands on, how whole it is, and what was printed about it."""
        if figure.is_protected:
            return
        if figure.value is None:
            if figure.is_applicable:
                yield Fact("empty", _("No figure is known"))
            return
        if figure.known < figure.years:
            yield Fact(
                "coverage",
                _("%(known)s of %(all)s years") % {"known": figure.known, "all": figure.years},
            )
        if figure.incomplete:
            yield Fact("part", _("Incomplete"))
        elif figure.basis == Basis.PUBLISHED:
            yield Fact("file", _("Printed figure"))
        elif figure.basis == Basis.MIXED:
            yield Fact("file", _("Partly printed figures"))
        elif not covered and self.is_over and figure.basis == Basis.RECORDS:
            yield Fact("good", pgettext("records of a year", "Complete"))
        if figure.difference:
            printed = number(figure.published)
            if figure.main.approximate:
                printed = f"{_('about')} {printed}"
            yield Fact(
                "file" if figure.main.explanation else "warning",
                _("%(difference)s against the printed %(printed)s")
                % {"difference": signed(figure.difference), "printed": printed},
            )
        if figure.indicator.protected and self.view == View.FULL:
            yield Fact("shield", _("Protected for partners and board"))

    def change(self, code, with_share=True, **dimensions):
        """How a figure changed from the year before; nothing where that cannot be said fairly."""
        now, before = self.figure(code, **dimensions), self.before(code, **dimensions)
        if before is None or self.year > self.today.year or not _comparable(now, before):
            return ()
        if self.is_ongoing and charts.unanswered(self.figures, [now]):
            return ()  # the census is still being answered
        than, earlier = str(before.period), before.value
        if self.is_ongoing and now.indicator.kind == Kind.SUM:
            earlier = None if dimensions else self.same_time.get(code)
            than = _("the same time %(year)s") % {"year": before.period}
            if earlier is None:
                return ()
        return (_changed(now.value, earlier, than, with_share and code == "reach.attendances"),)

    @cached_property
    def same_time(self):
        """What the year before had come to on the same date: events and attendances by indicator.

        An event known only roughly counts if it was surely over by then; where that cannot be told
        there is no comparison. Years that are not whole, or not of records, compare with nothing.
        """
        cut = _same_date(self.today)
        past = Event.objects.filter(programme=self.programme).held_in(Period.of_year(cut.year))
        rows = list(
            past.with_attendances()
            .order_by()
            .values_list("starts_on", "ends_on", "precision", "attendances")
        )
        held = [_by(cut, *row[:3]) for row in rows]
        if None in held:
            return {}
        counted = [row[3] for row, was in zip(rows, held, strict=True) if was]
        known = [attendances for attendances in counted if attendances is not None]
        found = {"events.held": len(counted)}
        if known or not counted:
            found["reach.attendances"] = sum(known)
        whole = all(
            self.before(code).basis == Basis.RECORDS and not self.before(code).incomplete
            for code in found
        )
        return found if whole else {}

    # What have we done?

    def done(self):
        yield self.tile("events.held", facts=self._counted())
        yield self.tile("publications.items")
        yield self.tile("milestones")
        yield self.tile(
            "groups.active",
            label=pgettext("short", "Collaboration groups"),
            small=self._in_municipalities(),
        )

    def _counted(self):
        """How many of the events held have been counted, where records are what counts."""
        held, reach = self.figure("events.held"), self.figure("reach.attendances")
        without = self.figure("events.without_attendance")
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

    def _in_municipalities(self):
        with_group = self.figures.parts("groups.active", "municipality", self.period)
        everywhere = len(self.figures.words.municipalities)
        if not everywhere:
            return ""
        return _("in %(some)s of %(all)s municipalities") % {
            "some": number(sum(bool(figure.value) for _place, figure in with_group)),
            "all": number(everywhere),
        }

    def months(self):
        """Events by month, of a year whose records are whole; those of no known month are told."""
        held = self.figure("events.held")
        if not self.period.is_year or not held.value or held.basis != Basis.RECORDS:
            return None
        if held.incomplete:
            return None
        rows = Event.objects.filter(programme=self.programme).held_in(self.period).order_by()
        counts, unknown = [0] * 12, 0
        for starts_on, precision in rows.values_list("starts_on", "precision"):
            if precision in (Precision.DAY, Precision.MONTH):
                counts[starts_on.month - 1] += 1
            else:
                unknown += 1
        known = sum(counts)
        if not known:
            return None
        if self.is_ongoing:
            counts[self.today.month :] = [None] * (12 - self.today.month)
        most = max(count or 0 for count in counts)
        top = [index + 1 for index, count in enumerate(counts) if count == most]
        title = ngettext(
            "Events in %(n)s month", "Events in %(n)s months", sum(map(bool, counts))
        ) % {"n": number(sum(map(bool, counts)))}
        if len(top) <= 2 and not unknown and known > len(top):
            months = _(" and ").join(map(month_name, top))
            title = _("Most events in %(month)s") % {"month": months}
        measure = _("Events by month %(year)s.") % {"year": self.year}
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
        return charts.months(title, measure, sentence, counts, labels)

    # Do we reach the objectives?

    def plan(self):
        """What the objectives are measured against."""
        plans = list(
            ActionPlan.objects.filter(
                programme=self.programme, year__range=(self.period.first, self.period.last)
            ).order_by("adopted_on")
        )
        if not plans:
            return _("There is no action plan to measure against.")
        adopted = [plan for plan in plans if plan.is_adopted]
        if len(adopted) < len(plans):
            return _("What came of the action plan. It is not adopted yet.")
        if not self.period.is_year:
            return _("What came of the action plans.")
        return _("What came of the action plan, adopted %(day)s.") % {
            "day": day(adopted[-1].adopted_on)
        }

    def goals(self):
        """Each objective with how far its planned activities have come, and its judgement."""
        activities, attendances = self._activities()
        judgements = self._judgements()
        events = dict(
            Event.objects.filter(programme=self.programme, objectives__isnull=False)
            .held_in(self.period)
            .order_by()
            .values_list("objectives")
            .annotate(n=Count("pk"))
        )
        goals = []
        for objective in self.programme.objectives.all():
            own = activities.get(objective.pk, [])
            progress = [
                replace(found, url=self._plan_url())
                for found in (
                    *_activities_done(own, self.today),
                    *_attendances_reached(own, attendances),
                )
            ]
            if not progress and events.get(objective.pk):
                count = events[objective.pk]
                words = ngettext("%(n)s event", "%(n)s events", count) % {"n": number(count)}
                progress = [Progress(words)]
            goals.append(self._goal(objective, tuple(progress), judgements.get(objective.pk)))
        return tuple(goals)

    def _plan_url(self):
        """Where the planned activities stand: one plan a year."""
        if not self.period.is_year:
            return ""
        return f"{reverse('activities:plan', args=[self.programme.slug])}?year={self.year}"

    def _goal(self, objective, progress, judgement):
        icon = JUDGED[judgement.value] if judgement else "empty"
        of_other_years = judgement and judgement.period != self.period
        return Goal(
            title=str(objective),
            description=objective.description,
            progress=progress,
            icon=icon,
            judgement=str(judgement.get_value_display()) if judgement else _("not judged"),
            judged_for=str(judgement.period) if of_other_years else "",
            judged_by=_judged_by(judgement) if judgement else "",
            reason=judgement.reason if judgement else "",
            is_judged=bool(judgement) and not of_other_years,
        )

    def _activities(self):
        """Planned activities by objective, and the attendances at the events of each activity."""
        years = (self.period.first, self.period.last)
        planned = (
            PlannedActivity.objects.filter(plan__programme=self.programme, plan__year__range=years)
            .with_held_events()
            .select_related("plan")
            .prefetch_related("objectives")
        )
        persons = F("women") + F("men") + F("unspecified")
        attendances = dict(
            Attendance.objects.filter(
                event__planned_activity__plan__programme=self.programme,
                event__planned_activity__plan__year__range=years,
                event__status=Event.Status.HELD,
            )
            .order_by()
            .values_list("event__planned_activity")
            .annotate(n=Sum(persons))
        )
        by_objective = {}
        for activity in planned:
            for objective in activity.objectives.all():
                by_objective.setdefault(objective.pk, []).append(activity)
        return by_objective, attendances

    def _judgements(self):
        """The judgement of each objective: of exactly these years, else of the fewest that cover them."""
        rows = Judgement.objects.filter(
            objective__programme=self.programme,
            first_year__lte=self.period.first,
            last_year__gte=self.period.last,
        )
        found = {}
        for row in sorted(rows, key=lambda row: (row.last_year - row.first_year, row.pk)):
            found.setdefault(row.objective_id, row)
        return found

    # Whom do we reach?

    def reached(self):
        yield self.tile("reach.attendances", facts=self._counted())
        women, men = (self.figure("reach.attendances", sex=sex) for sex in ("women", "men"))
        unspecified = self.figure("reach.attendances", sex="unspecified")
        for sex, own, other, label in (
            ("women", women, men, pgettext("attendances", "Women")),
            ("men", men, women, pgettext("attendances", "Men")),
        ):
            yield self._tile_of_sex(sex, own, other, label, unspecified)

    def _tile_of_sex(self, sex, own, other, label, unspecified):
        """A sex with its share of those whose sex is known."""
        value = Value.of(self.programme, own)
        if own.value is None or other.value is None:
            fact = Fact("empty", _("Not split up by sex"))
            total = self.figure("reach.attendances")
            return Tile(label, value, facts=(fact,) if total.value is not None else ())
        part = share(own.value, own.value + other.value)
        facts = []
        if part is not None and part < FAIR:
            facts.append(Fact("warning", _("Less than 40 per cent")))
        earlier = self._share_before(sex)
        if part is not None and earlier is not None:
            icon = "same" if part == earlier else "up" if part > earlier else "down"
            facts.append(
                Fact(
                    icon,
                    _("from %(share)s in %(year)s")
                    % {"share": percent(earlier), "year": self.year - 1},
                )
            )
        if unspecified.value and sex == "women":
            facts.append(
                Fact(
                    "unclear",
                    _("%(n)s without a stated sex") % {"n": number(unspecified.value)},
                )
            )
        series = () if self.period.is_year else self.figures.series("reach.attendances", sex=sex)
        return Tile(
            label,
            value,
            small=percent(part) if part is not None else "",
            facts=tuple(facts),
            spark=charts.spark(series) if series else (),
            spark_words=charts.sentence(series) if series else "",
        )

    def _share_before(self, sex):
        """The share of a sex the year before; a year not over has one too, of those counted so far."""
        women, men = (self.before("reach.attendances", sex=name) for name in ("women", "men"))
        if women is None or women.value is None or men.value is None:
            return None
        own = women if sex == "women" else men
        return share(own.value, women.value + men.value)

    def reached_map(self):
        """Attendances by municipality where they are known; else events."""
        parts = self.figures.parts("reach.attendances", "municipality", self.period)
        return "reach.attendances" if any(f.value for _p, f in parts) else "events.held"

    # How is it going?

    def enterprises(self):
        yield self.tile("enterprises.count", facts=self._answered())
        yield self.tile("employees", facts=self._answered())
        yield self.tile("placed", facts=self._answered())

    def places(self):
        """Supervised places, where the programme has ever granted any."""
        if any(figure.value for figure in self.figures.series("grants.granted")):
            yield self.tile("grants.granted")
            yield self.tile("grants.used", small=self._of_granted())
            yield self.tile("outcomes", facts=self._unknown_outcomes())

    def _answered(self):
        """How many enterprises have answered the census of the year, where answers are what counts."""
        if not self.period.is_year:
            return ()
        employees = self.figure("employees")
        known = charts.answers(self.figures, employees)
        if not known:
            return ()
        text = _("%(answered)s of %(asked)s have answered") % {
            "answered": number(known[0]),
            "asked": number(known[1]),
        }
        before = self.before("employees")
        earlier = charts.answers(self.figures, before) if before else None
        if earlier and earlier[0] < earlier[1]:
            text += " " + _("(%(year)s: %(answered)s of %(asked)s)") % {
                "year": before.period,
                "answered": number(earlier[0]),
                "asked": number(earlier[1]),
            }
        return (Fact("coverage", text),)

    def _of_granted(self):
        used, granted = self.figure("grants.used"), self.figure("grants.granted")
        use = self.figure("grants.utilisation")
        if used.value is None or granted.value is None or use.value is None:
            return ""
        return _("of %(granted)s (%(share)s)") % {
            "granted": number(granted.value),
            "share": percent(use.value),
        }

    def _unknown_outcomes(self):
        unknown = self.figure("outcomes", result="unknown")
        if not unknown.value:
            return ()
        return (Fact("unclear", _("%(n)s with an unknown outcome") % {"n": number(unknown.value)}),)

    # What is left

    @property
    def left_year(self):
        """Until the end of March the year before is what has to be finished."""
        earlier = self.year - 1
        before_deadline = self.is_ongoing and self.today <= date(self.year, 3, 31)
        if before_deadline and earlier in self.years.whole and earlier not in self.closed:
            return earlier
        return self.year

    @property
    def is_left_of_this_year(self):
        return self.left_year == self.year

    def left(self):
        """What is left of the year, for those who can do it; None where there is nothing to close."""
        if not self.membership.writes or not self.period.is_year:
            return None
        year = self.left_year
        if year in self.closed or year > self.today.year:
            return None
        tasks = to_do(self.programme, year, self.figures, today=self.today)
        days = (date(year + 1, 3, 31) - self.today).days
        if days < 0:
            title = _("Left of %(year)s") % {"year": year}
            aside = _("31 March has passed") if tasks else ""
        else:
            title = (
                _("Left before 31 March")
                if self.is_left_of_this_year
                else _("Left of %(year)s before 31 March") % {"year": year}
            )
            aside = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": number(days)}
        return Left(
            title=title,
            aside=aside,
            tasks=tuple(tasks[:A_BOX]),
            more=max(len(tasks) - A_BOX, 0),
            nothing=_("Nothing is missing so far.")
            if year == self.today.year
            else _("Nothing is missing. The year's report can be adopted."),
        )


JUDGED = {
    Judgement.Value.FULFILLED: "good",
    Judgement.Value.LARGELY: "good",
    Judgement.Value.PARTLY: "part",
    Judgement.Value.NOT: "bad",
    Judgement.Value.UNCLEAR: "unclear",
}


def _judged_by(judgement):
    if judgement.judged_on:
        return f"{judgement.judged_by}, {day(judgement.judged_on)}"
    return judgement.judged_by


def _activities_done(activities, today):
    """Planned activities done of those still meant to be done; cancelled and overdue ones are told."""
    state = PlannedActivity.State
    states = [activity.state(today) for activity in activities]
    planned = [found for found in states if found != state.CANCELLED]
    if not states:
        return
    done, overdue = states.count(state.DONE), states.count(state.OVERDUE)
    cancelled = states.count(state.CANCELLED)
    words = [
        ngettext(
            "%(done)s of %(planned)s activity done",
            "%(done)s of %(planned)s activities done",
            len(planned),
        )
        % {"done": number(done), "planned": number(len(planned))}
    ]
    if overdue:
        words.append(_("%(n)s overdue") % {"n": number(overdue)})
    if cancelled:
        words.append(_("%(n)s cancelled") % {"n": number(cancelled)})
    yield Progress(", ".join(words), _filled(done, len(planned)))


def _attendances_reached(activities, attendances):
    """Attendances at the events of planned activities that have a target, against those targets."""
    aimed = [a for a in activities if a.target_attendances and not a.cancelled_reason]
    if not aimed:
        return
    target = sum(activity.target_attendances for activity in aimed)
    known = [attendances[activity.pk] for activity in aimed if activity.pk in attendances]
    if not known:
        words = _("target %(target)s attendances, none counted yet") % {"target": number(target)}
        yield Progress(words, 0)
        return
    reached = sum(known)
    words = _("%(reached)s of %(target)s attendances") % {
        "reached": number(reached),
        "target": number(target),
    }
    beyond = round(100 * target / reached, 1) if reached > target else None
    yield Progress(words, _filled(reached, target), beyond)


def _filled(part, whole):
    """A bar's length in percent, full at most."""
    return round(min(100 * (share(part, whole) or 0), 100), 1)


def _comparable(now, before):
    """Both known, both whole, and counted by the same definition."""
    definition = now.indicator.definition
    return (
        now.value is not None
        and before.value is not None
        and not now.incomplete
        and not before.incomplete
        and definition(now.period.last) is definition(before.period.last)
    )


def _changed(now, before, than, with_share):
    """A change in words, such as "46 more than 2024 (+12,6 %)"."""
    step = now - before
    if not step:
        return Fact("same", _("As many as %(then)s") % {"then": than})
    template = _("%(n)s more than %(then)s") if step > 0 else _("%(n)s fewer than %(then)s")
    text = template % {"n": number(abs(step)), "then": than}
    if with_share and before:
        relative = percent(share(step, before))
        text += f" ({'+' if step > 0 else ''}{relative})"
    return Fact("up" if step > 0 else "down", text)


def _from_to(first, last):
    """How a stock went from the first known year of a period to the last."""
    step = last.value - first.value
    icon = "up" if step > 0 else "down" if step else "same"
    yield Fact(
        icon,
        _("%(change)s from %(first)s to %(last)s")
        % {"change": signed(step), "first": first.period, "last": last.period},
    )


def _same_date(today):
    """The same date a year before; the last of February for a leap day."""
    last = calendar.monthrange(today.year - 1, today.month)[1]
    return today.replace(year=today.year - 1, day=min(today.day, last))


def _by(cut, starts_on, ends_on, precision):
    """Whether an event had begun by `cut`; None where its date is too rough to tell."""
    if precision == Precision.DAY or starts_on > cut:
        return starts_on <= cut
    return True if ends_on <= cut else None
