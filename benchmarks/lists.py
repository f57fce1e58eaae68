"""The list of events against Django's own admin for the same rows, and the bare SQL beside.

Both are whole requests of a signed-in person through Django's test client, with everything a page
has around its list: session, user, templates, filters. The admin shows the same eight columns, a
hundred rows a page, with the same joins and the same sum of the cells, and neither search nor
filters nor actions, which makes it as light as it gets. It is there for the measurement alone.
"""

import statistics
import time
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import clear_url_caches, include, path, reverse

from accounts.models import Membership
from activities.models import Attendance, Audience, Event, EventKind
from programmes.models import Initiative, Municipality, Objective, Place, Programme

ROUNDS = 21
BOUND = 0.8
ROWS = 100
SIZES = (10, 10_000)
KINDS = list(EventKind.values)
ADMIN = ("django.contrib.admin",)
BARE = """
    SELECT e.id, e.title, e.kind, e.starts_on, e.ends_on, e.precision, e.status, e.place, m.name,
           (SELECT SUM(a.women + a.men + a.unspecified)
            FROM activities_attendance a WHERE a.event_id = e.id)
    FROM activities_event e LEFT JOIN programmes_municipality m ON m.id = e.municipality_id
    WHERE e.programme_id = %s ORDER BY e.starts_on DESC, e.id DESC LIMIT 100
"""


def programme_with(number):
    """A programme of five years with `number` events in ten municipalities, each with two cells."""
    programme = Programme.objects.create(
        slug=f"lista-{number}", name="Lista", association="Mätning", starts_on=date(2017, 1, 1)
    )
    initiative = Initiative.objects.create(
        programme=programme, slug="insats", name="Insats", starts_on=date(2017, 1, 1)
    )
    for position in range(1, 5):
        Objective.objects.create(programme=programme, position=position, title=f"Mål {position}")
    places = [
        Municipality.objects.create(programme=programme, code=f"{2101 + n}", name=f"Kommun {n}")
        for n in range(10)
    ]
    days = [date(2017, 1, 1) + timedelta(n * 1826 // number) for n in range(number)]
    events = Event.objects.bulk_create(
        Event(
            programme=programme,
            initiative=initiative,
            kind=KINDS[n % len(KINDS)],
            title=f"Händelse {n}",
            starts_on=day,
            ends_on=day,
            year=day.year,
            place=Place.MUNICIPALITY,
            municipality=places[n % 10],
        )
        for n, day in enumerate(days)
    )
    Attendance.objects.bulk_create(
        Attendance(event=event, audience=audience, women=3, men=2, unspecified=1)
        for event in events
        for audience in Audience.values[:2]
    )
    return programme


def admin_of(programme):
    """Addresses with Django's admin for the events of a programme, beside our own."""
    from django.contrib import admin

    class Events(admin.ModelAdmin):
        list_display = (
            "title",
            "starts_on",
            "ends_on",
            "precision",
            "kind",
            "municipality",
            "status",
            "attendances",
        )
        list_select_related = ("municipality",)
        list_per_page = ROWS
        ordering = ("-starts_on", "-pk")
        actions = None

        def get_queryset(self, request):
            return Event.objects.filter(programme=programme).with_attendances()

        def attendances(self, event):
            return event.attendances

    site = admin.AdminSite()
    site.register(Event, Events)
    return (path("admin/", site.urls), path("", include(settings.ROOT_URLCONF)))


class Addresses:
    """What stands in for a module of addresses."""

    def __init__(self, patterns):
        self.urlpatterns = patterns


def settings_with_admin(programme):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return override_settings(
        INSTALLED_APPS=[*ADMIN, *settings.INSTALLED_APPS],
        ROOT_URLCONF=Addresses(admin_of(programme)),
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        DEBUG=False,
        ALLOWED_HOSTS=["testserver"],
        SECURE_SSL_REDIRECT=False,
    )


def bare(programme):
    with connection.cursor() as cursor:
        cursor.execute(BARE, [programme.pk])
        return cursor.fetchall()


def timed(way):
    begun = time.perf_counter()
    way()
    return time.perf_counter() - begun


def measure(number):
    """Queries of our list, of the admin's, and the median seconds of both and of the bare SQL."""
    programme = programme_with(number)
    user = get_user_model().objects.create_superuser(f"lista-{number}@example.se", "x" * 20)
    Membership.objects.create(user=user, programme=programme, role=Membership.Role.PROCESS_LEADER)
    with settings_with_admin(programme):
        clear_url_caches()
        client = Client()
        client.force_login(user)
        ours = reverse("activities:list", args=[programme.slug])
        theirs = reverse("admin:activities_event_changelist")
        ways = {
            "ours": lambda: client.get(ours),
            "theirs": lambda: client.get(theirs),
            "bare": lambda: bare(programme),
        }
        asked = {}
        for name, way in ways.items():
            way()
            with CaptureQueriesContext(connection) as queries:
                answer = way()
            asked[name] = len(queries)
            if name != "bare":
                assert answer.status_code == 200, (name, answer.status_code)
                shown = answer.content.decode().count("Händelse ")
                assert shown >= min(number, ROWS), (name, shown)
        times = {name: [] for name in ways}
        for _round in range(ROUNDS):
            for name, way in ways.items():
                times[name].append(timed(way))
    clear_url_caches()
    return asked, {name: statistics.median(taken) for name, taken in times.items()}


def run():
    """Print queries, times and ratios; True if ours are always as many and within the bound."""
    print(f"List of events, {ROWS} rows a page, against Django's admin for the same rows")
    queries, ratios = set(), []
    for number in SIZES:
        asked, seconds = measure(number)
        queries.add(asked["ours"])
        ratio = seconds["ours"] / seconds["theirs"]
        bound = f"; bound {BOUND}" if number >= ROWS else "; a page of few rows has no bound"
        ratios += [ratio] if number >= ROWS else []
        print(
            f"  {number} events: {asked['ours']} queries against {asked['theirs']}, "
            f"{ratio:.2f} times the admin ({seconds['ours'] * 1000:.1f} ms against "
            f"{seconds['theirs'] * 1000:.1f}{bound}), bare SQL {seconds['bare'] * 1000:.1f} ms"
        )
    return len(queries) == 1 and all(ratio <= BOUND for ratio in ratios)
