"""What a report is written from: the figures of its view and the records beside them."""

from activities.models import Event, Milestone, Publication
from enterprises.large_changes import large_changes
from placements.models import Grant
from programmes.figures import parse_breakdown
from programmes.models import Judgement

from ..figures import View, plain
from ..indicators import ENGAGED, INDICATORS
from ..quality import Ours, difference
from .parts import (
    Column,
    Difference,
    Form,
    Mark,
    Remark,
    Section,
    Table,
)
from .phrases import runs

EVENTS_A_YEAR = 20  # a year with more events is told by kind
SEX_WORDS = {"women": "Kvinnor", "men": "Män", "unspecified": "Ej uppgivet"}


class Source:
    """One report's figures and records, read once, and what its chapters ask of them."""

    def __init__(self, programme, period, figure_set, today):
        self.programme = programme
        self.period = period
        self.figures = figure_set
        self.today = today
        self.is_full = figure_set.view == View.FULL
        self.words = figure_set.words
        within = {"programme": programme, "year__range": (period.first, period.last)}
        self.municipalities = list(programme.municipalities.all())
        self.initiatives = list(programme.initiatives.all())
        self.milestones = list(Milestone.objects.filter(**within).select_related("municipality"))
        self.publications = list(Publication.objects.filter(**within).order_by("starts_on", "pk"))
        self.grants = list(Grant.objects.filter(**within).select_related("municipality"))
        self.events = self._events()
        self.differences = list(self._differences())
        self.goals = self._goals()
        # Single answers are closed: of the reasons nothing is told in the protected view.
        self.large_changes = list(large_changes(programme, period)) if self.is_full else []

    def of(self, code, year=None, **dimensions):
        return self.figures.get(code, year, **dimensions)

    def series(self, code, **dimensions):
        return self.figures.series(code, **dimensions)

    def latest(self, code):
        """The last known year of a series, or None."""
        known = [figure for figure in self.series(code) if figure.value is not None]
        return known[-1] if known else None

    def has(self, code):
        """True if some year has something to tell; a row of zeros has not."""
        return any(figure.value for figure in self.series(code))

    def is_idle(self, year=None):
        """True if no event was held, by the records: then 0 attendances say nothing."""
        return (
            self.of("events.held", year).value == 0 and not self.of("reach.attendances", year).value
        )

    def _events(self):
        """The held events of each year that has few enough to name, in the order they began."""
        few = [
            figure.period.first
            for figure in self.series("events.held")
            if figure.value is not None and figure.value <= EVENTS_A_YEAR
        ]
        held = Event.objects.filter(programme=self.programme, year__in=few).held()
        by_year = {year: [] for year in self.period.years}
        for event in held.select_related("municipality").order_by("starts_on", "pk"):
            by_year[event.year].append(event)
        return by_year

    def _differences(self):
        """Printed values that differ from ours, each with its row.

        Of what is protected nothing printed is told, nor how it is explained: that is for the office.
        """
        ours = Ours(self.figures, today=self.today)
        rows = self.programme.published_figures.filter(
            initiative=None,
            stands_in=False,
            first_year__gte=self.period.first,
            last_year__lte=self.period.last,
        )
        order = [*INDICATORS, ENGAGED.code]
        for row in sorted(
            rows.order_by("first_year", "last_year", "breakdown", "pk"),
            key=lambda row: order.index(row.indicator) if row.indicator in order else len(order),
        ):
            indicator = INDICATORS.get(row.indicator, ENGAGED)
            if indicator.protected and not self.is_full:
                continue
            value, _basis = ours.beside(row)
            away = value is not None and difference(value, row.value)
            if away:
                label, printed = self.label(row), plain(row.value)
                yield row.indicator, Difference(label, value, printed, away, row.approximate), row

    def _goals(self):
        """Each objective with the judgement that holds for these years, or None."""
        judgements = {}
        rows = Judgement.objects.filter(
            objective__programme=self.programme,
            first_year__gte=self.period.first,
            last_year__lte=self.period.last,
        ).order_by("last_year", "-first_year")
        for row in rows:
            held = judgements.get(row.objective_id)
            if held is None or held.period != self.period:
                judgements[row.objective_id] = row
        return [(o, judgements.get(o.pk)) for o in self.programme.objectives.all()]

    def label(self, row):
        """ "Placerade 2018", "Utfall, åter i offentlig försörjning 2016–2020" """
        indicator = INDICATORS.get(row.indicator, ENGAGED)
        part = self.words.part(parse_breakdown(row.breakdown))
        label = f"{indicator.label}, {part}" if part else str(indicator.label)
        if indicator is ENGAGED:
            label += " (anställda och placerade)"
        if row.unit and row.unit != indicator.unit:
            return f"{label} {row.period} (tryckt i annan enhet)"
        return f"{label} {row.period}"

    def remarks(self, *codes):
        """A remark for each explanation given to differences of these indicators."""
        grouped = {}
        for code, away, row in self.differences:
            if code in codes:
                grouped.setdefault(row.explanation, []).append(away)
        for explanation, rows in grouped.items():
            text = explanation or "Skillnaden är inte förklarad."
            yield Remark(tuple(rows), runs(text))

    def over_years(self, caption, columns, row, *, codes, total=None, note=""):
        """A table with a row for each year; `total` is the row of the period."""
        rows = [(str(year), *row(year)) for year in self.period.years]
        if total is not None and not self.period.is_year:
            rows.append((str(self.period), *total))
        return Table(
            caption=caption,
            columns=(Column("År", form=Form.WORDS), *columns),
            rows=tuple(rows),
            has_total=total is not None and not self.period.is_year,
            note=note,
            codes=codes,
        )

    def changes_outside(self):
        """External changes for the charts: (index of the year, words)."""
        return tuple(
            (self.period.years.index(m.year), m.title)
            for m in self.milestones
            if m.kind == Milestone.Kind.EXTERNAL_CHANGE
        )


def chapter(title, blocks, **how):
    return Section(title, tuple(blocks), **how)


def part(title, blocks):
    return Section(title, tuple(blocks), level=2)


def or_missing(value):
    return Mark.MISSING if value is None else value
