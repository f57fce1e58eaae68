"""The calendar: each event on its days, rough ones beside, what is planned by quarter."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import Event
from programmes.periods import Precision

from . import factories
from .factories import EventFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def show(client, programme):
    client.force_login(member_of(programme, Role.PARTNER))
    where = reverse("activities:calendar", args=[programme.slug])
    return lambda **query: client.get(where, query)


def days_of(page):
    """The days that hold events, each with their titles."""
    return {
        day.date: [event.title for event, _nth, _length in day.events]
        for _number, week in page.context["weeks"]
        for day in week
        if day.events
    }


def test_an_event_stands_on_its_day(show, programme):
    EventFactory(programme=programme, title="Frukost", starts_on=date(2017, 3, 12))
    EventFactory(programme=programme, starts_on=date(2017, 4, 1))

    page = show(month="2017-03")

    assert days_of(page) == {date(2017, 3, 12): ["Frukost"]}
    assert page.context["number"] == 1


def test_weeks_begin_on_monday_and_have_their_numbers(show):
    weeks = show(month="2016-01").context["weeks"]

    assert [number for number, _days in weeks] == [53, 1, 2, 3, 4]
    assert weeks[0][1][0].date == date(2015, 12, 28)


def test_an_event_of_several_days_stands_on_each_of_the_month(show, programme):
    EventFactory(
        programme=programme, starts_on=date(2017, 3, 30), ends_on=date(2017, 4, 2), title="Mässa"
    )

    assert list(days_of(show(month="2017-03"))) == [date(2017, 3, 30), date(2017, 3, 31)]
    april = show(month="2017-04")
    assert list(days_of(april)) == [date(2017, 4, 1), date(2017, 4, 2)]
    assert "dag 3 av 4" in april.content.decode()


@pytest.mark.parametrize(
    ("first", "precision", "said"),
    [
        (date(2017, 11, 1), Precision.MONTH, "november 2017"),
        (date(2017, 7, 1), Precision.SEASON, "hösten 2017"),
        (date(2017, 1, 1), Precision.YEAR, "2017"),
    ],
)
def test_a_rough_date_stands_beside_the_days(show, programme, first, precision, said):
    event = EventFactory(programme=programme, starts_on=first, precision=precision)

    page = show(month="2017-11")

    assert days_of(page) == {}
    assert page.context["rough"] == [event]
    assert f"Någon gång: {said}" in page.content.decode()


@pytest.mark.parametrize(
    ("status", "word"),
    [("held", "genomförd, antal saknas"), ("planned", "planerad"), ("cancelled", "inställd")],
)
def test_the_status_is_said_in_words(show, programme, status, word):
    reason = "Snö" if status == "cancelled" else ""
    EventFactory(programme=programme, status=status, cancelled_reason=reason)

    page = show(month="2017-03").content.decode()

    assert f'<span class="visually-hidden">, {word}</span>' in page


def test_the_filters_hold_here_too(show, programme):
    place = factories.MunicipalityFactory(programme=programme, code="2101")
    here = EventFactory(programme=programme, municipality=place)
    EventFactory(programme=programme)

    page = show(month="2017-03", place="2101")

    assert days_of(page) == {here.starts_on: [here.title]}
    assert '<input type="hidden" name="month" value="2017-03">' in page.content.decode()


def test_a_year_counts_its_events_and_holds_the_plan_by_quarter(show, programme):
    EventFactory(programme=programme, starts_on=date(2017, 3, 12))
    rough = EventFactory(programme=programme, starts_on=date(2017, 1, 1), precision=Precision.YEAR)
    plan = factories.ActionPlanFactory(programme=programme)
    activity = factories.PlannedActivityFactory(plan=plan, quarter=2)

    context = show(year="2017").context

    quarters = context["quarters"]
    assert [number for _first, _weeks, number in quarters[0].months] == [0, 0, 1]
    assert [quarter.activities for quarter in quarters] == [[], [activity], [], []]
    assert context["rough"] == [rough]


@pytest.mark.parametrize(
    ("query", "year", "month"),
    [
        ({"year": "1900"}, 1990, None),
        ({"year": "2200"}, 2100, None),
        ({"month": "0001-01"}, 1990, 1),
        ({"month": "9999-12"}, 2100, 12),
        ({"month": "2017-13", "year": "2018"}, 2018, None),
    ],
)
def test_a_year_is_one_the_programme_can_have_to_do_with(show, query, year, month):
    context = show(**query).context

    assert context["year"] == year
    assert month is None or context["first"] == date(year, month, 1)


def test_a_programme_that_is_over_opens_at_its_latest_event(show, programme):
    EventFactory(programme=programme, starts_on=date(2018, 10, 5))

    assert show().context["first"] == date(2018, 10, 1)


@pytest.mark.parametrize("query", [{}, {"month": "x"}, {"year": "١٩٩٠"}])
def test_else_it_opens_at_this_month(show, programme, query):
    today = date.today()

    assert show(**query).context["first"] == today.replace(day=1)


def test_an_event_is_logged_from_its_day_by_those_who_write(client, programme):
    factories.InitiativeFactory(programme=programme)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    where = reverse("activities:calendar", args=[programme.slug])
    way = f"{reverse('activities:add', args=[programme.slug])}?date=2099-11-24"

    assert way in client.get(where, {"month": "2099-11"}).content.decode()
    form = client.get(way).context["form"]
    assert form["when"].value() == "2099-11-24"
    assert form["status"].value() == Event.Status.PLANNED


def test_those_who_read_are_not_asked_to_log(show):
    assert "?date=" not in show(month="2017-03").content.decode()
