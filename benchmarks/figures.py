"""All figures of a year against the bare SQL that adds up the same rows, at 10 and at 1 000 events.

In a database of its own, thrown away after. Printed are the number of queries, which may not grow,
the ratio of the medians to the bare SQL, and the memory the figures took at their peak.
"""

import statistics
import time
import tracemalloc
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Attendance, Audience, Event, EventKind
from programmes.models import Initiative, Municipality, Place, Programme
from programmes.periods import Period
from reports.figures import View, figures

ROUNDS = 9
YEAR, TODAY = Period(2017, 2017), date(2021, 3, 1)
KINDS = list(EventKind.values)
BARE = """
    SELECT e.year, e.kind, e.place, e.municipality_id, a.audience, a.organisation_id,
           SUM(a.women), SUM(a.men), SUM(a.unspecified)
    FROM activities_event e JOIN activities_attendance a ON a.event_id = e.id
    WHERE e.programme_id = %s AND e.status = 'held' AND e.year BETWEEN 2017 AND 2017
    GROUP BY 1, 2, 3, 4, 5, 6
"""


def programme_with(number):
    """A programme of one year with `number` events in ten municipalities, each with four cells."""
    programme = Programme.objects.create(
        slug=f"matning-{number}", name="Mätning", association="Mätning", starts_on=date(2017, 1, 1)
    )
    initiative = Initiative.objects.create(
        programme=programme, slug="insats", name="Insats", starts_on=date(2017, 1, 1)
    )
    places = [
        Municipality.objects.create(programme=programme, code=f"{2101 + n}", name=f"Kommun {n}")
        for n in range(10)
    ]
    events = Event.objects.bulk_create(
        Event(
            programme=programme,
            initiative=initiative,
            kind=KINDS[n % len(KINDS)],
            title=f"Händelse {n}",
            starts_on=date(2017, 1 + n % 12, 1 + n % 28),
            ends_on=date(2017, 1 + n % 12, 1 + n % 28),
            year=2017,
            place=Place.MUNICIPALITY,
            municipality=places[n % 10],
        )
        for n in range(number)
    )
    Attendance.objects.bulk_create(
        Attendance(event=event, audience=audience, women=3, men=2, unspecified=1)
        for event in events
        for audience in Audience.values[:4]
    )
    return programme


def bare(programme):
    with connection.cursor() as cursor:
        cursor.execute(BARE, [programme.pk])
        return cursor.fetchall()


def all_figures(programme):
    return figures(programme, YEAR, View.FULL, today=TODAY)


def timed(way, programme):
    begun = time.perf_counter()
    way(programme)
    return time.perf_counter() - begun


def peak(programme):
    tracemalloc.start()
    all_figures(programme)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def run():
    """Print queries, ratios and memory; True if the number of queries stays the same."""
    print("Figures of a year against bare SQL over events and attendance")
    asked = {}
    for number in (10, 1000):
        programme = programme_with(number)
        with CaptureQueriesContext(connection) as queries:
            all_figures(programme)
        asked[number] = len(queries)
        times = {bare: [], all_figures: []}
        for _round in range(ROUNDS):
            for way, taken in times.items():
                taken.append(timed(way, programme))
        ours, theirs = (statistics.median(times[way]) for way in (all_figures, bare))
        print(
            f"  {number} events: {asked[number]} queries, {ours / theirs:.1f} times bare SQL "
            f"({ours * 1000:.0f} ms against {theirs * 1000:.1f}), "
            f"{peak(programme) / 2**20:.1f} MB at the peak"
        )
    return len(set(asked.values())) == 1
