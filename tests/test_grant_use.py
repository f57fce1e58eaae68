"""How grants are used: months begun, money a month, and the same sums as the figures have."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from placements.due import free_places, with_late_instalments, with_late_reports
from placements.figures import months_begun, months_used, together, uses
from placements.models import Grant, Instalment
from programmes.periods import Period
from reports.document.content import write
from reports.document.parts import Table
from reports.figures import View, figures
from reports.place_months import place_months
from reports.quality import to_do

from .factories import GrantFactory, MunicipalityFactory, PlacementFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2018, 8, 15)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2018-01-01", "2017-12-31", 0),
        ("2018-01-01", "2018-01-01", 1),
        ("2018-01-01", "2018-02-01", 1),
        ("2018-01-01", "2018-02-02", 2),
        ("2018-01-01", "2018-06-30", 6),
        ("2018-01-01", "2018-07-01", 6),
        ("2018-01-31", "2018-02-28", 1),
        ("2018-01-31", "2018-03-01", 2),
        ("2018-08-20", "2019-02-19", 6),
    ],
)
def test_a_month_counts_from_the_day_it_has_begun(first, last, months):
    assert months_begun(date.fromisoformat(first), date.fromisoformat(last)) == months


@pytest.mark.parametrize(
    ("start", "planned", "end", "used"),
    [
        # As granted, early, longer, and still going on.
        (("2018-01-01", "day"), None, ("2018-06-30", "day"), 6),
        (("2018-01-01", "day"), None, ("2018-02-10", "day"), 2),
        (("2018-01-01", "day"), None, ("2018-08-10", "day"), 8),
        (("2018-05-01", "day"), None, None, 4),
        (("2018-01-01", "day"), None, None, 6),
        (("2018-09-01", "day"), None, None, 0),
        # A planned end that somebody wrote down.
        (("2018-01-01", "day"), "2018-03-31", None, 3),
        (("2018-01-01", "day"), "2018-12-31", None, 8),
        # Months are told by their names; a season or a year tells no length.
        (("2018-03-01", "month"), None, ("2018-05-01", "month"), 3),
        (("2018-01-01", "year"), None, ("2018-01-01", "year"), 6),
        (("2017-01-01", "year"), None, None, 6),
        (("2018-07-01", "season"), None, None, 2),
        (("2018-01-01", "day"), None, ("2018-01-01", "year"), 6),
    ],
)
def test_a_placement_takes_the_months_it_lasts(start, planned, end, used):
    def day(text):
        return date.fromisoformat(text) if text else None

    end_day, end_precision = end or (None, "day")
    taken = months_used(
        6, day(start[0]), start[1], day(planned), day(end_day), end_precision, today=TODAY
    )

    assert taken == used


def test_a_grants_use(programme):
    grant = GrantFactory(programme=programme, year=2018, places=4, amount=84_000)
    for ends_on in ("2018-06-30", "2018-01-20"):
        PlacementFactory(
            grant=grant, precision="day", ends_on=date.fromisoformat(ends_on), ends_precision="day"
        )
    (use,) = uses(Grant.objects.all(), TODAY).values()

    assert (use.granted, use.used, use.free, use.over, use.share) == (4, 2, 2, 0, 0.5)
    assert (use.months_granted, use.months_used, use.cost) == (24, 7, 12_000)


def test_nothing_used_or_no_amount_costs_nothing_known(programme):
    GrantFactory(programme=programme, amount=84_000)
    PlacementFactory(grant=GrantFactory(programme=programme))

    assert [use.cost for use in uses(Grant.objects.all(), TODAY).values()] == [None, None]


def test_several_grants_lend_each_other_no_places_and_cost_what_is_known(programme):
    full = GrantFactory(programme=programme, places=1, amount=12_000)
    PlacementFactory.create_batch(3, grant=full)
    PlacementFactory(grant=GrantFactory(programme=programme, places=4))
    whole = together(uses(Grant.objects.all(), TODAY).values())

    assert (whole.granted, whole.used, whole.free, whole.over) == (5, 4, 3, 2)
    assert (whole.amount, whole.months_used, whole.cost) == (12_000, 24, 12_000 / 18)


def test_no_grants_are_used_by_nobody(programme):
    whole = together(uses(Grant.objects.none(), TODAY).values())

    assert (whole.granted, whole.used, whole.amount, whole.share, whole.cost) == (
        0,
        0,
        None,
        None,
        None,
    )


def test_the_sums_of_the_list_are_the_figures(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    for year in (2017, 2018):
        for places in (4, 2):
            grant = GrantFactory(programme=programme, year=year, places=places)
            PlacementFactory.create_batch(year - 2016, grant=grant)
    shown = client.get(reverse("placements:list", args=[programme.slug])).context["years"]
    found = figures(programme, Period(2017, 2018), view=View.FULL, today=TODAY)

    assert [(of.year, of.use.granted, of.use.used, of.use.share) for of in shown] == [
        (
            year,
            found.get("grants.granted", year).value,
            found.get("grants.used", year).value,
            found.get("grants.utilisation", year).value,
        )
        for year in (2018, 2017)
    ]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.ADMINISTRATOR, True),
        (Role.AUDITOR, True),
        (Role.PARTNER, False),
        (Role.BOARD, False),
    ],
)
def test_use_months_and_cost_are_for_full_roles_alone(client, programme, role, seen):
    grant = GrantFactory(programme=programme, places=4, amount=77_777)
    PlacementFactory(grant=grant)
    client.force_login(member_of(programme, role))
    where = reverse("placements:list", args=[programme.slug])
    page = client.get(where).content.decode().replace("\xa0", " ")
    file = client.get(reverse("placements:list_file", args=[programme.slug, "csv"])).getvalue()

    told = ["1 av 4 (25,0 %)" in page, "12 963 kr" in page, "Nyttjade månader" in file.decode()]
    assert told == [seen] * 3
    assert "77 777 kr" in page


def test_the_months_of_the_first_programme_are_138_and_66(gavleborg):
    period, today = Period(2016, 2020), date(2021, 3, 1)
    full = figures(gavleborg, period, View.FULL, today=today)
    rows = place_months(gavleborg, full, period, today=today)

    assert [
        (str(row.period), row.use and (row.use.months_granted, row.use.months_used)) for row in rows
    ] == [
        ("2016", (24, 0)),
        ("2017", (24, 6)),
        ("2018", (90, 60)),
        ("2019", None),
        ("2020", None),
        ("2016–2020", (138, 66)),
    ]


def test_the_months_are_not_told_in_the_protected_view(programme):
    PlacementFactory(grant__programme=programme)
    period = Period(2017, 2017)
    told = [
        place_months(
            programme, figures(programme, period, view=view, today=TODAY), period, today=TODAY
        )
        for view in View
    ]

    assert [len(rows) for rows in told] == [1, 0]


@pytest.mark.parametrize(("role", "seen"), [(Role.AUDITOR, True), (Role.PARTNER, False)])
def test_the_figures_page_tells_the_months_to_full_roles(client, programme, role, seen):
    PlacementFactory(grant__programme=programme)
    client.force_login(member_of(programme, role))
    page = client.get(reverse("reports:figures", args=[programme.slug]) + "?year=2017")

    assert ("Platsernas månader" in page.content.decode()) is seen


@pytest.mark.parametrize(("view", "number"), [(View.FULL, 1), (View.PROTECTED, 0)])
def test_the_report_tells_the_months_in_its_full_view(programme, view, number):
    PlacementFactory(grant__programme=programme, grant__amount=12_000)
    document = write(programme, Period(2017, 2017), view, today=TODAY)
    tables = [b for s in document.sections for b in s.blocks if isinstance(b, Table)]

    rows = [t.rows for t in tables if t.caption.startswith("Beviljade och nyttjade månader")]
    assert rows == [(("2017", 24, 6, 12_000, 2_000),)] * number


@pytest.fixture
def late(programme):
    """A grant of this year with what is due: two instalments, its report, and three free places."""
    grant = GrantFactory(programme=programme, year=2018, report_due_on=date(2018, 9, 1))
    PlacementFactory(grant=grant)
    for due_on, paid_on in (
        (date(2018, 3, 1), date(2018, 3, 1)),
        (date(2018, 5, 1), None),
        (date(2018, 6, 1), None),
        (date(2018, 12, 1), None),
        (None, None),
    ):
        Instalment.objects.create(grant=grant, amount=30_000, due_on=due_on, paid_on=paid_on)
    return grant


def due(programme, today):
    """What is left of the year that has to do with its grants, as it is said."""
    period = Period(2018, 2018)
    found = figures(programme, period, View.FULL, today=today)
    tasks = to_do(programme, 2018, found, today=today)
    grant = programme.grants.get()
    said = [task.title.replace("\xa0", " ") for task in tasks if "platser" in task.url]
    return [words.removeprefix(f"{grant}: ") for words in said]


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2018, 5, 1), []),
        (date(2018, 5, 2), ["1 delbetalning är försenad (30 000 kr)"]),
        (date(2018, 6, 2), ["2 delbetalningar är försenade (60 000 kr)"]),
        (
            date(2018, 10, 1),
            [
                "2 delbetalningar är försenade (60 000 kr)",
                "redovisningen skulle ha kommit 2018-09-01",
                "3 platser är fortfarande lediga",
            ],
        ),
    ],
)
def test_what_is_due_of_grants_is_among_what_is_left(late, today, told):
    assert due(late.programme, today) == told


def test_what_is_done_is_not_due(late):
    late.instalments.update(paid_on=date(2018, 9, 1))
    late.reported_on, late.places = date(2018, 8, 31), 1
    late.save()

    assert due(late.programme, date(2018, 10, 1)) == []


def test_the_places_of_a_year_that_is_over_are_not_due(late):
    assert free_places(late.programme, Period(2018, 2018), date(2019, 10, 1)) == 0


@pytest.mark.parametrize(
    "day", ["2018-04-30", "2018-05-01", "2018-05-02", "2018-09-01", "2018-09-02"]
)
def test_the_list_of_what_is_late_and_each_record_say_the_same(late, day):
    today = date.fromisoformat(day)
    overdue = [row.amount for row in late.instalments.all() if row.is_overdue(today)]
    asked = (late.programme, Period(2018, 2018), today)

    listed = [grant.late for grant in with_late_instalments(*asked)]

    assert listed == ([len(overdue)] if overdue else [])
    assert list(with_late_reports(*asked)) == ([late] if late.report_is_late(today) else [])


def test_the_total_adds_up_and_says_where_the_excess_is(client, programme):
    for name, places, used in (("Bollnäs", 3, 1), ("Hudiksvall", 1, 3), ("Hudiksvall", 1, 2)):
        place = programme.municipalities.filter(name=name).first()
        grant = GrantFactory(
            programme=programme,
            places=places,
            municipality=place or MunicipalityFactory(programme=programme, name=name),
        )
        for _time in range(used):
            PlacementFactory(grant=grant)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    response = client.get(reverse("placements:list", args=[programme.slug]))

    (of_year,) = response.context["years"]
    use = of_year.use
    assert (use.granted, use.used, use.over, use.free) == (5, 6, 3, 2)
    assert use.granted - use.used + use.over == use.free
    assert of_year.over == [("Hudiksvall", 3)]
    assert response.content.decode().count("3 utöver beviljat i Hudiksvall") == 1


@pytest.mark.parametrize(
    ("role", "shown"), [(Role.PROCESS_LEADER, 1), (Role.PARTNER, 0), (Role.BOARD, 0)]
)
@pytest.mark.parametrize("page", ["list", "grant"])
def test_only_who_may_read_the_use_is_led_to_it(client, programme, role, shown, page):
    grant = GrantFactory(programme=programme)
    addresses = {
        "list": reverse("placements:list", args=[programme.slug]),
        "grant": grant.get_absolute_url(),
    }
    client.force_login(member_of(programme, role))

    assert client.get(addresses[page]).content.decode().count("#places") == shown
