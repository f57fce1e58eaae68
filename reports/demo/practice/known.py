"""What is judged, how complete the records are, what was printed, and the year that is closed."""

from datetime import date, datetime, time

from django.utils import timezone

from activities.models import Attendance, Event
from programmes.models import ClosedYear, Completeness, Judgement
from programmes.periods import Period
from reports import national
from reports.figures import View, figures
from reports.models import NationalEntry, PublishedFigure

from .base import Practice

CORRECTED = "En deltagare kom med när en lista rättades efter beslutet."


class Known(Practice):
    def judgements(self):
        rows = self.texts["judgements"]
        judgements = [self.judgement(row) for row in rows]
        self.save_each([(judgement, judgement.judged_on) for judgement in judgements])

    def judgement(self, row):
        year = self.today.year + row["year"]
        return Judgement(
            objective=self.objectives[row["objective"]],
            first_year=year,
            last_year=year,
            value=row["value"],
            reason=row["reason"],
            evidence=row["evidence"],
            judged_by="Processledaren",
            judged_on=min(date(year + 1, 2, 4), self.today),
        )

    def completeness(self):
        for year in self.years[:2]:
            for area in Completeness.Area.values:
                partial = (year, area) == (self.years[0], Completeness.Area.PUBLICATIONS)
                self.new(
                    Completeness,
                    year=year,
                    area=area,
                    level="partial" if partial else "complete",
                    note="Inläggen i sociala medier räknades bara delvis." if partial else "",
                )

    def published(self):
        """What the year reports printed: it agrees, is put right later, or differs without a word."""
        first, second = self.years[:2]
        known = figures(self.programme, Period(first, second), View.FULL, today=self.today)
        rows = (
            ("reach.attendances", first, 0, "Hur många vi nådde", CORRECTED),
            ("employees", first, 0, "Höstens inventering", ""),
            ("reach.attendances", second, 14, "Hur många vi nådde", ""),
            ("enterprises.count", second, 0, "Höstens inventering", ""),
        )
        for indicator, year, more, place, explanation in rows:
            self.new(
                PublishedFigure,
                indicator=indicator,
                first_year=year,
                last_year=year,
                value=known.get(indicator, year).value + more,
                source=f"Årsrapport {year}",
                place=place,
                explanation=explanation,
            )

    def typed_nationally(self, year):
        """The first year's numbers were typed into the national follow-up in January after it."""
        day = min(date(year + 1, 1, 23), self.today)
        moment = timezone.make_aware(datetime.combine(day, time(10, 15)))
        for entry in national.entries(self.programme, year, today=self.today):
            tick = NationalEntry(initiative=entry.initiative, year=year, numbers=entry.values)
            tick.entered_at, tick.entered_by = moment, self.by
            self.save(tick, on=day)

    def close(self, year):
        """The board adopted the first year's report; one number was put right afterwards."""
        adopted = timezone.make_aware(datetime(year + 1, 3, 12, 15, 0))
        self.new(
            ClosedYear,
            year=year,
            closed_at=adopted,
            closed_by=self.by,
            reference=f"Styrelsen, § 9/{adopted.year}",
        )
        visits = self.programme.events.filter(year=year, kind=Event.Kind.STUDY_VISIT)
        cell = Attendance.objects.filter(event__in=visits).earliest("pk")
        cell.women += 1
        cell._change_reason = "Deltagarlistan hade en rad till på baksidan."
        self.save(cell, on=date(year + 1, 4, 8))
