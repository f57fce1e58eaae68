"""The census table that one types into, against the bare SQL for the same rows."""

import statistics
from datetime import date

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from enterprises.models import Census, CensusReturn, Enterprise, EnterpriseStatus
from programmes.models import Municipality, Programme
from programmes.records import sort_name

from .lists import timed

ROUNDS = 21
MOST_SECONDS = 0.1
SIZES = (10, 100)
BARE = """
    SELECT r.*, e.name, m.name, s.id, s.accepted_at, l.*
    FROM enterprises_censusreturn r
    JOIN enterprises_enterprise e ON e.id = r.enterprise_id
    JOIN programmes_municipality m ON m.id = e.municipality_id
    LEFT JOIN enterprises_sentanswer s ON s.answer_id = r.id
    LEFT JOIN enterprises_censusreturn l ON l.enterprise_id = e.id AND l.census_id = %s
        AND l.state = 'confirmed'
    WHERE r.census_id = %s ORDER BY e.sort_name, r.id LIMIT 100
"""


def census_of(number):
    """A census of `number` enterprises after one that all of them answered, a third answered anew."""
    programme = Programme.objects.create(
        slug=f"inventering-{number}",
        name="Inventering",
        association="Mätning",
        starts_on=date(2016, 1, 1),
    )
    places = [
        Municipality.objects.create(programme=programme, code=f"{2101 + n}", name=f"Kommun {n}")
        for n in range(10)
    ]
    names = [f"Företag {n:03}" for n in range(number)]
    enterprises = Enterprise.objects.bulk_create(
        Enterprise(
            programme=programme, name=name, sort_name=sort_name(name), municipality=places[n % 10]
        )
        for n, name in enumerate(names)
    )
    EnterpriseStatus.objects.bulk_create(
        EnterpriseStatus(enterprise=row, status="active", starts_on=date(2015, 1, 1))
        for row in enterprises
    )
    last, this = (
        Census.objects.create(programme=programme, year=year, reference_date=date(year, 10, 31))
        for year in (2017, 2018)
    )
    numbers = dict.fromkeys((*CensusReturn.EMPLOYED, *CensusReturn.PLACED), 7)
    CensusReturn.objects.bulk_create(
        CensusReturn(census=last, enterprise=row, state="confirmed", **numbers)
        for row in enterprises
    )
    CensusReturn.objects.bulk_create(
        CensusReturn(census=this, enterprise=row, state="confirmed", **numbers)
        if n % 3 == 0
        else CensusReturn(census=this, enterprise=row)
        for n, row in enumerate(enterprises)
    )
    return last, this


def bare(last, this):
    with connection.cursor() as cursor:
        cursor.execute(BARE, [last.pk, this.pk])
        return cursor.fetchall()


def measure(number):
    """Queries of the page, and the median seconds of the page and of the bare SQL."""
    last, this = census_of(number)
    user = get_user_model().objects.create_user(f"inventering-{number}@example.se", "x" * 20)
    role = Membership.Role.PROCESS_LEADER
    Membership.objects.create(user=user, programme=this.programme, role=role)
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(
        DEBUG=False,
        ALLOWED_HOSTS=["testserver"],
        SECURE_SSL_REDIRECT=False,
        STORAGES={"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}} | plain,
    ):
        client = Client()
        client.force_login(user)
        ways = {
            "page": lambda: client.get(this.get_absolute_url()),
            "bare": lambda: bare(last, this),
        }
        ways["page"]()
        with CaptureQueriesContext(connection) as queries:
            answer = ways["page"]()
        asked = len(queries)
        shown = answer.content.decode().count("-employed_women")
        assert answer.status_code == 200, answer.status_code
        assert shown >= number, shown
        times = {name: [] for name in ways}
        for _round in range(ROUNDS):
            for name, way in ways.items():
                times[name].append(timed(way))
    return asked, {name: statistics.median(taken) for name, taken in times.items()}


def run():
    """Print queries and times; True if the queries are always as many and the page is within the bound."""
    print("Census table with its boxes, against the bare SQL for the same rows")
    asked, over = set(), []
    for number in SIZES:
        queries, seconds = measure(number)
        asked.add(queries)
        over.append(seconds["page"] - seconds["bare"])
        print(
            f"  {number} enterprises: {queries} queries, {seconds['page'] * 1000:.1f} ms, "
            f"{over[-1] * 1000:.1f} ms over the bare SQL (bound {MOST_SECONDS * 1000:.0f})"
        )
    return len(asked) == 1 and max(over) <= MOST_SECONDS
