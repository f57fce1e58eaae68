"""Protection of ten years and 1 000 placements: the first time and the next, against the bare SQL.

In ten municipalities, with all results; in a database of its own, thrown away after. Printed are the
seconds in which the protected figures are there before and after the decision is kept, how many times
that is the bare SQL that adds up the same rows, and the share of the numbers that is hidden.
"""

import time
from datetime import date

from django.core.cache import cache
from django.db import connection

from placements.models import Grant, Outcome, Participant, Placement
from programmes.models import Initiative, Municipality, Programme
from programmes.periods import Period
from reports.figures import View, figures

YEARS, NUMBER = range(2010, 2020), 1000
PERIOD, TODAY = Period(YEARS[0], YEARS[-1]), date(2021, 3, 1)
SECONDS = 2.0
BARE = """
    SELECT p.year, g.year, g.municipality_id, c.sex, o.result, COUNT(*), COUNT(DISTINCT c.id)
    FROM placements_placement p JOIN placements_grant g ON p.grant_id = g.id
    JOIN placements_participant c ON p.participant_id = c.id
    LEFT JOIN placements_outcome o ON o.placement_id = p.id
    WHERE g.programme_id = %s GROUP BY 1, 2, 3, 4, 5
"""


def programme_with_placements():
    """A programme whose placements are spread unevenly over years, municipalities and results."""
    programme = Programme.objects.create(
        slug="matning-skydd",
        name="Mätning",
        association="Mätning",
        starts_on=PERIOD.start,
        ends_on=PERIOD.end,
    )
    initiative = Initiative.objects.create(
        programme=programme, slug="insats", name="Insats", starts_on=PERIOD.start
    )
    places = [
        Municipality.objects.create(programme=programme, code=f"{2101 + n}", name=f"Kommun {n}")
        for n in range(10)
    ]
    grants = {
        (year, n): Grant.objects.create(
            programme=programme, initiative=initiative, year=year, municipality=place, places=30
        )
        for year in YEARS
        for n, place in enumerate(places)
    }
    people = Participant.objects.bulk_create(
        Participant(programme=programme, sex="men" if n % 5 < 2 else "women") for n in range(NUMBER)
    )
    placements = Placement.objects.bulk_create(
        Placement(
            grant=grants[YEARS[n % 10], int((n * 37 % 101 / 101) ** 2 * 10)],
            participant=people[n - 10 if n % 7 == 6 else n],
            starts_on=date(YEARS[n % 10], 1 + n % 6, 1),
            ends_on=date(YEARS[n % 10], 7 + n % 6, 1),
            year=YEARS[n % 10],
        )
        for n in range(NUMBER)
    )
    results = list(Outcome.Result.values)
    Outcome.objects.bulk_create(
        Outcome(
            placement=placement,
            result=results[int((n * 53 % 97 / 97) ** 2 * 8)],
            known_on=placement.ends_on,
            year=placement.year,
        )
        for n, placement in enumerate(placements)
        if n % 9
    )
    return programme


def bare(programme):
    with connection.cursor() as cursor:
        cursor.execute(BARE, [programme.pk])
        return cursor.fetchall()


def protected(programme):
    return figures(programme, PERIOD, View.PROTECTED, today=TODAY)


def timed(way, programme):
    begun = time.perf_counter()
    found = way(programme)
    return time.perf_counter() - begun, found


def run():
    """Print the times and the share hidden; True if the first time is within its bound."""
    print(f"Protection of {len(YEARS)} years and {NUMBER} placements against bare SQL")
    programme = programme_with_placements()
    timed(bare, programme)
    sql, _rows = timed(bare, programme)
    cache.delete(f"disclosure-{programme.pk}")
    first, found = timed(protected, programme)
    again, _found = timed(protected, programme)
    counts = [f for f in found if f.indicator.protected and f.unit != "share"]
    hidden = sum(f.is_protected for f in counts) / len(counts)
    cache.delete(f"disclosure-{programme.pk}")
    for name, taken in (("first", first), ("again", again)):
        print(f"  {name}: {taken:.2f} s, {taken / sql:.0f} times bare SQL ({sql * 1000:.1f} ms)")
    print(f"  hidden: {hidden:.0%} of {len(counts)} numbers; bound {SECONDS} s the first time")
    return first <= SECONDS
