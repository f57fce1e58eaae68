"""What the records still lack: events to log, counts to fill in, plans to decide on, drafts to finish."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.functional import cached_property
from django.utils.translation import ngettext

from programmes import formats
from programmes.models import Completeness

from .models import Draft, Event, PlannedActivity

Area = Completeness.Area


def known_gaps(programme):
    """The years whose records are known not to be complete, by area: nothing is asked for there."""
    rows = Completeness.objects.filter(programme=programme, area__in=(Area.EVENTS, Area.ATTENDANCE))
    gaps = {Area.EVENTS: set(), Area.ATTENDANCE: set()}
    for year, area in rows.exclude(level=Completeness.Level.COMPLETE).values_list("year", "area"):
        gaps[area].add(year)
    return gaps


@dataclass(frozen=True)
class Missing:
    """What a programme's records lack on a day. Each is asked for once, when it is used.

    Years that are stated not to be complete are left out: what is missing there is known.
    """

    programme: object
    today: date

    @cached_property
    def gaps(self):
        return known_gaps(self.programme)

    @property
    def leaves_out(self):
        """Whether there are such years."""
        return any(self.gaps.values())

    @property
    def unlogged(self):
        """Planned events whose last possible day has passed, oldest first."""
        return (
            Event.objects.filter(
                programme=self.programme, status=Event.Status.PLANNED, ends_on__lt=self.today
            )
            .exclude(year__in=self.gaps[Area.EVENTS])
            .order_by("starts_on", "pk")
        )

    @property
    def uncounted(self):
        """Held events without cells, latest first: those are the ones somebody remembers."""
        return (
            Event.objects.filter(programme=self.programme)
            .held()
            .without_attendance()
            .exclude(year__in=self.gaps[Area.ATTENDANCE])
            .order_by("-starts_on", "-pk")
        )

    @cached_property
    def overdue(self):
        """Planned activities past their quarter that nothing is planned for any more."""
        planned = Count("events", filter=Q(events__status=Event.Status.PLANNED), distinct=True)
        rows = (
            PlannedActivity.objects.filter(
                plan__programme=self.programme, plan__year__lte=self.today.year
            )
            .exclude(plan__year__in=self.gaps[Area.EVENTS])
            .with_held_events()
            .annotate(planned_events=planned)
            .select_related("plan")
            .order_by("plan__year", "quarter", "title")
        )
        late = PlannedActivity.State.OVERDUE
        return [r for r in rows if r.state(self.today) == late and not r.planned_events]

    @property
    def drafts(self):
        return Draft.objects.filter(programme=self.programme)

    @cached_property
    def numbers(self):
        """How many there are of each: unlogged, uncounted, overdue, drafts."""
        return {
            "unlogged": self.unlogged.count(),
            "uncounted": self.uncounted.count(),
            "overdue": len(self.overdue),
            "drafts": self.drafts.count(),
        }

    @property
    def total(self):
        return sum(self.numbers.values())

    @property
    def words(self):
        """What the number is made of, such as "2 events without counts, 1 draft"."""
        numbers = self.numbers
        parts = [
            ngettext("%(n)s planned event", "%(n)s planned events", numbers["unlogged"]),
            ngettext(
                "%(n)s event without counts", "%(n)s events without counts", numbers["uncounted"]
            ),
            ngettext(
                "%(n)s activity past its quarter",
                "%(n)s activities past their quarter",
                numbers["overdue"],
            ),
            ngettext("%(n)s draft", "%(n)s drafts", numbers["drafts"]),
        ]
        told = zip(parts, numbers.values(), strict=True)
        return ", ".join(text % {"n": formats.number(number)} for text, number in told if number)

    def by_year(self):
        """(unlogged events, overdue activities) of each year that has any."""
        found = {}
        rows = self.unlogged.order_by().values_list("year").annotate(n=Count("pk"))
        for year, number in rows:
            found.setdefault(year, [0, 0])[0] = number
        for activity in self.overdue:
            found.setdefault(activity.plan.year, [0, 0])[1] += 1
        return found
