"""Series: an event on many days, and what is changed and cancelled for those to come."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities import series
from activities.models import Event, EventSeries
from programmes.holidays import holiday
from programmes.models import ClosedYear

from .factories import (
    AttendanceFactory,
    EventFactory,
    InitiativeFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    OrganisationFactory,
    PlannedActivityFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
Status = Event.Status
NEXT = timezone.localdate().year + 1
RULE = {"way": "weeks", "weeks": "2", "weekday": "1", "first": f"{NEXT}-03-02"}


@pytest.fixture
def world(programme, client):
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


@pytest.fixture
def pattern(world):
    """A planned breakfast of next year, with all that is to be repeated."""
    event = EventFactory(
        programme=world,
        title="Frukost",
        starts_on=date(NEXT, 3, 1),
        status=Status.PLANNED,
        municipality=world.municipalities.get(),
        starts_at="08:00",
        ends_at="09:30",
        format=Event.Format.HYBRID,
    )
    event.objectives.add(ObjectiveFactory(programme=world))
    event.organisers.add(OrganisationFactory(programme=world))
    return event


@pytest.fixture
def row_of(pattern):
    """The pattern and three more to come, a week between them."""
    days = [pattern.starts_on + timedelta(7 * n) for n in (1, 2, 3)]
    made = series.repeat(pattern, days, today=timezone.localdate())
    return [pattern, *made]


def way(name, event):
    return reverse(f"activities:{name}", args=[event.programme.slug, event.pk])


def looked_at(client, event, **rule):
    answer = client.get(way("repeat", event), rule)
    return answer.context["rule"], [row for row, _ticked in answer.context["days"]]


def made(client, event, days, rule=RULE, **data):
    address = f"{way('repeat', event)}?{'&'.join(f'{k}={v}' for k, v in rule.items())}"
    return client.post(address, {"days": [str(day) for day in days], "form_key": ""} | data)


# The days of a rule


@pytest.mark.parametrize(
    ("days", "first_three"),
    [
        (series.weekly(date(2027, 3, 3), 1, 2), ["2027-03-09", "2027-03-23", "2027-04-06"]),
        (series.weekly(date(2026, 12, 21), 0, 1), ["2026-12-21", "2026-12-28", "2027-01-04"]),
        (series.monthly_on(date(2027, 1, 1), 1, 2), ["2027-01-12", "2027-02-09", "2027-03-09"]),
        (series.monthly_on(date(2027, 1, 1), 3, -1), ["2027-01-28", "2027-02-25", "2027-03-25"]),
        (series.monthly_by_date(date(2027, 1, 31)), ["2027-01-31", "2027-02-28", "2027-03-31"]),
        (series.monthly_by_date(date(2028, 1, 30)), ["2028-01-30", "2028-02-29", "2028-03-30"]),
        (series.monthly_by_date(date(2027, 4, 12)), ["2027-04-12", "2027-05-12", "2027-06-12"]),
    ],
)
def test_a_rule_gives_its_days(days, first_three):
    assert [str(day) for day in series.limited(days, times=3)] == first_three


def test_a_rule_ends_by_the_day_or_the_number_that_comes_first():
    def every_week():
        return series.weekly(date(2027, 3, 1), 0, 1)

    assert len(series.limited(every_week(), until=date(2027, 3, 15))) == 3
    assert len(series.limited(every_week(), until=date(2027, 3, 15), times=2)) == 2
    assert len(series.limited(every_week())) == series.MOST + 1


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2027-03-26", "långfredagen"),
        ("2027-05-06", "Kristi himmelsfärdsdag"),
        ("2027-06-25", "midsommarafton"),
        ("2027-06-26", "midsommardagen"),
        ("2026-10-31", "alla helgons dag"),
        ("2027-06-06", "nationaldagen"),
        ("2027-06-07", "None"),
        ("2027-03-28", "påskdagen"),
    ],
)
def test_holidays_are_known(day, name):
    assert str(holiday(date.fromisoformat(day))) == name


# Looking at the days


def test_a_rule_is_looked_at_before_anything_is_made(client, pattern):
    _rule, days = looked_at(client, pattern, **RULE, until=f"april {NEXT}")

    assert all(day.date.weekday() == 1 for day in days)
    assert days[0].date >= date(NEXT, 3, 2)
    assert days[-1].date <= date(NEXT, 4, 30)
    assert (Event.objects.count(), EventSeries.objects.count()) == (1, 0)


def test_days_are_listed_as_people_write_them(client, pattern):
    typed = f"12/3 {NEXT}, 26/3 {NEXT}\n9 april {NEXT} och 9 april {NEXT};"
    _rule, days = looked_at(client, pattern, way="listed", listed=typed)

    assert [day.date for day in days] == [
        date(NEXT, 3, 12),
        date(NEXT, 3, 26),
        date(NEXT, 4, 9),
    ]


@pytest.mark.parametrize(
    ("rule", "field", "message"),
    [
        ({"way": "listed", "listed": "12/3, 31/2"}, "listed", "”31/2”: "),
        ({"way": "listed", "listed": "oktober 2027"}, "listed", "är ingen enskild dag"),
        ({"way": "listed", "listed": " , "}, "listed", "Skriv minst en dag."),
        ({"way": "listed"}, "listed", "Skriv minst en dag."),
        ({"way": "listed", "listed": "12/3," * 301}, "listed", "som mest 1500 tecken"),
        (RULE, "until", "Skriv till när, eller hur många gånger."),
        (RULE | {"until": f"{NEXT}-01-01"}, "until", "Slutet kommer före början."),
        (RULE | {"weeks": "1", "until": f"{NEXT + 3}-01-01"}, "until", "fler än 60 dagar"),
        (RULE | {"until": f"{NEXT}-03-02", "weekday": str(date(NEXT, 3, 1).weekday())}, "until", "Det finns ingen sådan dag"),
        (RULE | {"times": "61"}, "times", "mellan 1 och 60"),
        (RULE | {"times": "3", "weeks": "9"}, "weeks", "Välj"),
        (RULE | {"times": "3", "first": ""}, "first", "Skriv från när."),
        ({"way": "ibland"}, "way", "Välj"),
        ({"way": "months", "nth": "6", "weekday": "1", "first": "1/3", "times": "2"}, "nth", "Välj"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_told_at_its_field(client, pattern, rule, field, message):
    form, days = looked_at(client, pattern, **rule)

    assert list(form.errors) == [field]
    assert message in " ".join(form.errors[field])
    assert days == []


def test_at_first_the_rule_is_the_events_own(client, pattern):
    form = client.get(way("repeat", pattern)).context["rule"]

    assert form["weekday"].value() == pattern.starts_on.weekday()
    assert form["first"].value() == str(pattern.starts_on)


def test_days_taken_closed_or_past_are_told(client, world, pattern):
    ClosedYear.objects.create(programme=world, year=2018)
    there = EventFactory(programme=world, title="Frukost", starts_on=date(2019, 5, 2))
    typed = f"{pattern.starts_on}, 2019-05-02, 2018-05-02, 2019-05-09, {NEXT}-06-06, {NEXT}-06-09"
    answer = client.get(way("repeat", pattern), {"way": "listed", "listed": typed})

    rows = {str(day.date): (day, ticked) for day, ticked in answer.context["days"]}
    assert [rows[str(day)][0].same for day in (pattern.starts_on, "2019-05-02")] == [pattern, there]
    assert rows["2018-05-02"][0].is_closed
    assert rows[f"{NEXT}-06-06"][0].holiday == "Nationaldagen"
    assert [day for day, (_row, ticked) in rows.items() if ticked] == [f"{NEXT}-06-09"]


def test_the_day_of_the_event_itself_is_told_as_such(client, pattern):
    EventFactory(programme=pattern.programme, title="Frukost", starts_on=pattern.starts_on)

    _rule, days = looked_at(client, pattern, way="listed", listed=str(pattern.starts_on))

    assert [day.same for day in days] == [pattern]


# Making them


def test_the_days_ticked_become_planned_events_with_the_same_details(client, world, pattern):
    day = series.limited(series.weekly(date(NEXT, 3, 2), 1, 2), times=1)[0]
    made(client, pattern, [day], RULE | {"times": 3})

    event = Event.objects.exclude(pk=pattern.pk).get()
    pattern.refresh_from_db()
    for name in ("title", "kind", "place_code", "starts_at", "ends_at", "format", "initiative"):
        assert getattr(event, name) == getattr(pattern, name)
    for name in ("objectives", "organisers"):
        assert list(getattr(event, name).all()) == list(getattr(pattern, name).all())
    assert (event.starts_on, event.ends_on, event.status) == (day, day, Status.PLANNED)
    assert event.series == pattern.series
    assert pattern.series.title == "Frukost"


def test_a_day_that_has_been_is_held_and_not_counted(client, pattern):
    made(client, pattern, ["2019-05-02"], {"way": "listed", "listed": "2019-05-02"})

    event = Event.objects.get(starts_on=date(2019, 5, 2))
    assert (event.status, event.attendance.count()) == (Status.HELD, 0)


def test_an_event_of_several_days_lasts_as_long_each_time(pattern):
    pattern.ends_on = pattern.starts_on + timedelta(2)
    pattern.save()

    (event,) = series.repeat(pattern, [date(NEXT, 5, 3)], today=timezone.localdate())

    assert event.ends_on == date(NEXT, 5, 5)


def test_the_purpose_is_that_of_the_years_own_plan(pattern, world):
    of = {"plan__programme": world, "plan__initiative": pattern.initiative, "title": "Frukostar"}
    this = PlannedActivityFactory(**of, plan__year=NEXT)
    following = PlannedActivityFactory(**of, plan__year=NEXT + 1)
    pattern.planned_activity = this
    pattern.save()
    days = [date(NEXT, 5, 3), date(NEXT + 1, 5, 3), date(NEXT + 2, 5, 3)]

    events = series.repeat(pattern, days, today=timezone.localdate())

    assert [event.planned_activity for event in events] == [this, following, None]


@pytest.mark.parametrize("days", [[], ["2027-01-01"], ["x"]])
def test_nothing_is_made_of_days_that_are_not_offered(client, pattern, days):
    answer = made(client, pattern, days, RULE | {"times": 3})

    assert list(answer.context["form"].errors) == ["days"]
    assert (Event.objects.count(), EventSeries.objects.count()) == (1, 0)


def test_a_repetition_sent_twice_is_made_once(client, pattern):
    key = "6a1f0f5e-1111-4444-8888-0123456789ab"
    day = series.limited(series.weekly(date(NEXT, 3, 2), 1, 2), times=1)[0]
    for _time in range(2):
        answer = made(client, pattern, [day], RULE | {"times": 3}, form_key=key)

    assert Event.objects.count() == 2
    assert answer.status_code == 302


def test_repeating_again_adds_to_the_same_series(client, row_of):
    day = date(NEXT, 6, 9)
    made(client, row_of[1], [day], {"way": "listed", "listed": str(day)})

    assert EventSeries.objects.get().events.count() == 5


def test_an_event_of_a_closed_year_is_repeated_and_stays_as_it_is(client, world):
    event = EventFactory(programme=world)
    ClosedYear.objects.create(programme=world, year=2017)

    made(client, event, [f"{NEXT}-06-09"], {"way": "listed", "listed": f"{NEXT}-06-09"})

    event.refresh_from_db()
    assert event.series is None
    assert EventSeries.objects.get().events.count() == 1


# The series on an event's page


def test_the_page_of_an_event_shows_the_rest_of_its_series(client, row_of):
    rest = client.get(row_of[1].get_absolute_url()).context["series"]

    assert (rest.earlier, rest.to_come) == ([row_of[0]], [row_of[2], row_of[3]])


def test_the_page_asks_as_often_for_a_long_series(client, pattern):
    asked = []
    for number in (1, 3):
        day = pattern.starts_on + timedelta(7 * number)
        series.repeat(pattern, [day, day + timedelta(1)], today=timezone.localdate())
        client.get(pattern.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(pattern.get_absolute_url())
        asked.append(len(queries))

    assert asked[0] == asked[1]


# Changing those to come


def changed(client, event, **changes):
    data = {
        "title": event.title,
        "kind": event.kind,
        "where": event.place_code,
        "starts_at": "08.00",
        "ends_at": "09.30",
        "format": event.format,
        "initiative": event.initiative_id,
        "objectives": [row.pk for row in event.objectives.all()],
        "organisers": [row.pk for row in event.organisers.all()],
        "version": event.version,
    }
    return client.post(way("series_edit", event), data | changes)


def test_a_change_reaches_those_to_come_that_said_the_same(client, row_of):
    Event.objects.filter(pk=row_of[2].pk).update(title="Lunch")
    row_of[1].refresh_from_db()

    changed(client, row_of[1], title="Fika", starts_at="09.00", ends_at="10.00")

    assert [
        (e.title, f"{e.starts_at:%H}") for e in Event.objects.order_by("starts_on")
    ] == [("Frukost", "08"), ("Fika", "09"), ("Lunch", "09"), ("Fika", "09")]  # fmt: skip
    assert Event.objects.get(pk=row_of[3].pk).history.first().title == "Fika"


def test_only_what_is_changed_is_carried_over(client, row_of):
    other = OrganisationFactory(programme=row_of[0].programme)
    row_of[3].organisers.set([other])
    objective = ObjectiveFactory(programme=row_of[0].programme)
    row_of[1].refresh_from_db()

    changed(client, row_of[1], objectives=[objective.pk])

    assert [list(e.objectives.all()) == [objective] for e in row_of] == [False, True, True, True]
    assert list(row_of[3].organisers.all()) == [other]


def test_hours_that_cannot_be_are_told_at_their_field(client, row_of):
    row_of[1].refresh_from_db()
    answer = changed(client, row_of[1], ends_at="07.00")

    assert list(answer.context["form"].errors) == ["ends_at"]


def test_a_lost_update_of_the_series_is_shown(client, row_of):
    answer = changed(client, row_of[1], title="Fika", version=row_of[1].version - 1)

    assert answer.context["form"].conflicts == [("Vad?", "Frukost")]
    assert set(Event.objects.values_list("title", flat=True)) == {"Frukost"}


def test_a_time_that_stands_now_is_written_as_it_is_typed(client, row_of):
    answer = changed(client, row_of[1], starts_at="07.00", version=row_of[1].version - 1)

    assert answer.context["form"].conflicts == [("Börjar klockan", "08.00")]


def test_an_event_without_a_series_is_changed_alone(client, pattern):
    answer = client.get(way("series_edit", pattern))

    assert answer.url == way("edit", pattern)


# Cancelling


def test_an_event_is_cancelled_with_a_reason(client, row_of):
    refused = client.post(way("cancel", row_of[1]), {"cancelled_reason": ""})
    client.post(way("cancel", row_of[1]), {"cancelled_reason": "Snöstorm"})

    assert refused.context["form"].errors["cancelled_reason"] == ["Skriv varför."]
    assert list(Event.objects.order_by("starts_on").values_list("status", flat=True)) == [
        "planned",
        "cancelled",
        "planned",
        "planned",
    ]


def test_those_to_come_are_cancelled_with_it(client, row_of):
    client.post(way("cancel", row_of[1]), {"cancelled_reason": "Snöstorm", "to_come": "on"})

    reasons = Event.objects.order_by("starts_on").values_list("cancelled_reason", flat=True)
    assert list(reasons) == ["", "Snöstorm", "Snöstorm", "Snöstorm"]
    assert row_of[3].history.first().cancelled_reason == "Snöstorm"


def test_a_counted_event_is_not_cancelled(client, world):
    event = AttendanceFactory(event__programme=world).event

    answer = client.post(way("cancel", event), {"cancelled_reason": "Fel"})

    assert "blev den av" in " ".join(answer.context["form"].non_field_errors())
    assert Event.objects.get().status == Status.HELD


def test_a_cancelled_event_is_planned_again(client, row_of):
    client.post(way("cancel", row_of[1]), {"cancelled_reason": "Snöstorm"})
    asked = client.get(way("resume", row_of[1]))
    client.post(way("resume", row_of[1]), {"version": asked.context["form"]["version"].value()})

    event = Event.objects.get(pk=row_of[1].pk)
    assert (event.status, event.cancelled_reason) == (Status.PLANNED, "")
    assert "Snöstorm" in event.history.values_list("cancelled_reason", flat=True)


# Access


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize("name", ["repeat", "series_edit", "cancel", "resume"])
def test_those_who_only_read_cannot_write(client, pattern, role, name):
    client.force_login(member_of(pattern.programme, role))

    answers = [getattr(client, method)(way(name, pattern)) for method in ("get", "post")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_another_programmes_choices_are_refused(client, row_of):
    row_of[1].refresh_from_db()
    other = InitiativeFactory()

    answer = changed(client, row_of[1], initiative=other.pk, objectives=[ObjectiveFactory().pk])

    assert sorted(answer.context["form"].errors) == ["initiative", "objectives"]


@pytest.mark.parametrize("way_chosen", ["weeks", "months", "listed", "x"])
@pytest.mark.parametrize("text", ["a\x00b", "9" * 400, "2026-02-30", "١٢", "<b>", "2100-12-31"])
def test_a_rule_of_nonsense_is_refused_and_never_an_error(client, pattern, way_chosen, text):
    names = ("weeks", "nth", "weekday", "first", "until", "times", "listed")
    answer = client.get(way("repeat", pattern), {"way": way_chosen} | dict.fromkeys(names, text))

    days = [row.date for row, _ticked in answer.context["days"]]
    assert bool(answer.context["rule"].errors) == (days == [])
    assert Event.objects.count() == 1
