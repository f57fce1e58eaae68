"""Uppföljning Finsam: each initiative's numbers of a year, ticked off, compared, and as a workbook."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import Membership
from activities.models import Event
from programmes.models import Completeness, Initiative, InitiativeYear
from reports.models import NationalEntry
from reports.national import entries, nothing_typed
from reports.steps import first_steps

from .factories import (
    AttendanceFactory,
    CompletenessFactory,
    EventFactory,
    GrantFactory,
    InitiativeFactory,
    ParticipantFactory,
    PlacementFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2018, 2, 1)


@pytest.fixture
def structural(programme):
    """Kunskap: 5 + 7 attendances in 2017, with its budget."""
    row = InitiativeFactory(programme=programme, name="Kunskap")
    for women in (3, 5):
        AttendanceFactory(event=EventFactory(programme=programme, initiative=row), women=women)
    InitiativeYear.objects.create(
        initiative=row, year=2017, budgeted_participants=40, budget=600_000, outturn=584_000
    )
    return row


@pytest.fixture
def individual(programme):
    """Platser: two women, one of them placed twice, and a man; no budget is typed."""
    row = InitiativeFactory(
        programme=programme, name="Platser", direction=Initiative.Direction.INDIVIDUAL
    )
    grant = GrantFactory(programme=programme, initiative=row)
    first = PlacementFactory(grant=grant)
    PlacementFactory(grant=grant, participant=first.participant, extension_of=first)
    for sex in ("women", "men"):
        PlacementFactory(grant=grant, participant=ParticipantFactory(programme=programme, sex=sex))
    return row


def numbers(programme, year=2017):
    return {e.initiative.name: e.values for e in entries(programme, year, today=TODAY)}


def test_each_kind_has_the_numbers_that_are_asked_for(programme, structural, individual):
    assert numbers(programme) == {
        "Kunskap": {
            "participants": 12,
            "budgeted_participants": 40,
            "budget": 600_000,
            "outturn": 584_000,
        },
        "Platser": {
            "women": 2,
            "men": 1,
            "budgeted_participants": None,
            "budget": None,
            "outturn": None,
        },
    }


def test_what_another_initiative_did_is_not_counted(programme, structural):
    AttendanceFactory(event=EventFactory(programme=programme))

    assert numbers(programme)["Kunskap"]["participants"] == 12


def test_unknown_is_never_0(programme, structural, individual):
    CompletenessFactory(programme=programme, level=Completeness.Level.NONE)
    CompletenessFactory(
        programme=programme,
        area=Completeness.Area.PLACEMENTS,
        level=Completeness.Level.NOT_APPLICABLE,
    )

    plain = {e.initiative.name: e.persons[0].plain for e in entries(programme, 2017, today=TODAY)}

    assert plain == {"Kunskap": "uppgift saknas", "Platser": "–"}


def test_who_has_no_box_is_told(programme, individual):
    grant = programme.grants.get()
    PlacementFactory(
        grant=grant, participant=ParticipantFactory(programme=programme, sex="unspecified")
    )

    assert numbers(programme)["Platser"]["unspecified"] == 1


def test_initiatives_of_the_year_alone(programme, structural):
    InitiativeFactory(programme=programme, name="Slut", ends_on=date(2016, 12, 31))
    InitiativeFactory(programme=programme, name="Sen", starts_on=date(2018, 1, 1))
    InitiativeFactory(name="En annans")

    assert list(numbers(programme)) == ["Kunskap"]


# Ticking off


@pytest.fixture
def leader(client, programme, monkeypatch):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    monkeypatch.setattr("reports.views.national.timezone.localdate", lambda *_day: TODAY)
    return client


def page(client, programme, **query):
    return client.get(reverse("reports:national_follow_up", args=[programme.slug]), query)


def shown(client, programme, **query):
    return {e.initiative.name: e for e in page(client, programme, **query).context["entries"]}


def press(client, name, row, **sent):
    where = reverse(f"reports:{name}", args=[row.programme.slug, 2017, row.pk])
    return client.post(where, sent, follow=True)


def test_a_tick_keeps_what_was_typed_by_whom(leader, programme, structural):
    seen = shown(leader, programme)["Kunskap"].seen

    press(leader, "national_tick", structural, seen=seen)

    tick = NationalEntry.objects.get()
    assert (tick.year, tick.numbers["participants"]) == (2017, 12)
    assert tick.entered_by == programme.memberships.get().user
    assert shown(leader, programme)["Kunskap"].changed == []


def test_what_changes_after_the_tick_is_told_until_it_is_ticked_again(
    leader, programme, structural
):
    seen = shown(leader, programme)["Kunskap"].seen
    press(leader, "national_tick", structural, seen=seen)
    AttendanceFactory(event=Event.objects.first(), audience="manager", women=1, men=0)
    InitiativeYear.objects.update(outturn=None)

    entry = shown(leader, programme)["Kunskap"]
    told = [(str(one.label), one.typed, one.now) for one in entry.changed]
    assert told == [("Deltagare", 12, 13), ("Utfall (kronor)", 584_000, None)]
    assert "12 → 13" in page(leader, programme).content.decode()

    press(leader, "national_tick", structural, seen=entry.seen)
    assert shown(leader, programme)["Kunskap"].changed == []
    assert NationalEntry.objects.get().history.count() == 2


def test_numbers_nobody_saw_are_not_ticked(leader, programme, structural):
    seen = shown(leader, programme)["Kunskap"].seen
    InitiativeYear.objects.update(outturn=1)

    answer = press(leader, "national_tick", structural, seen=seen)

    assert NationalEntry.objects.count() == 0
    assert "har ändrats sedan du öppnade sidan" in answer.content.decode()


def test_a_tick_is_taken_away_and_the_history_tells_it(leader, programme, structural):
    seen = shown(leader, programme)["Kunskap"].seen
    press(leader, "national_tick", structural, seen=seen)

    press(leader, "national_untick", structural)
    press(leader, "national_untick", structural)

    assert NationalEntry.objects.count() == 0
    assert NationalEntry.history.first().history_type == "-"


def test_a_closed_year_is_ticked_too(leader, programme, structural):
    programme.closed_years.create(year=2017)
    seen = shown(leader, programme)["Kunskap"].seen

    press(leader, "national_tick", structural, seen=seen)

    assert NationalEntry.objects.count() == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PARTNER, Role.BOARD, None])
def test_those_who_only_read_tick_nothing(client, programme, structural, role):
    client.force_login(member_of(programme, role))
    where = reverse("reports:national_tick", args=[programme.slug, 2017, structural.pk])

    assert (client.post(where, {"seen": "x"}).status_code, NationalEntry.objects.count()) == (
        404,
        0,
    )


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, None])
@pytest.mark.parametrize("name", ["national_follow_up", "national_follow_up_file"])
def test_it_is_for_those_who_see_full_figures(client, programme, structural, role, name):
    client.force_login(member_of(programme, role))
    more = ["xlsx"] if name.endswith("file") else []

    assert client.get(reverse(f"reports:{name}", args=[programme.slug, *more])).status_code == 404


def test_what_is_missing_leads_to_where_it_is_typed(leader, programme, individual, structural):
    content = page(leader, programme).content.decode()

    add = reverse("programmes:initiative_year_add", args=[programme.slug])
    assert f"{add}?initiative={individual.pk}&amp;year=2017" in content
    assert f"initiative={structural.pk}&amp;" not in content


@pytest.mark.parametrize(
    ("query", "year"), [({}, 2017), ({"year": "2016"}, 2016), ({"year": "1999"}, 2017)]
)
def test_the_year_before_is_shown_first(leader, programme, query, year):
    assert page(leader, programme, **query).context["year"] == year


def test_the_workbook_holds_numbers_and_leaves_unknown_empty(
    leader, programme, structural, individual
):
    where = reverse("reports:national_follow_up_file", args=[programme.slug, "xlsx"])
    answer = leader.get(where, {"year": "2017"})

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    heads, *rows = sheet.iter_rows(values_only=True)
    rows = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [(r["Deltagare"], r["Kvinnor"], r["Män"], r["Utfall (kronor)"]) for r in rows] == [
        (12, None, None, 584_000),
        (None, 2, 1, None),
    ]
    assert rows[1]["Saknas"] == "Budgeterade deltagare, Budget (kronor), Utfall (kronor)"


# When it is time


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2018, 1, 1), 2017),
        (date(2018, 2, 28), 2017),
        (date(2018, 3, 1), None),
        (date(2017, 12, 31), None),
        (date(2016, 1, 15), None),
    ],
)
def test_it_is_asked_for_at_the_turn_of_the_year(programme, structural, today, year):
    assert nothing_typed(programme, today) == year
    asked = [step.title for step in first_steps(programme, today) if "Finsam" in step.title]
    assert len(asked) == (year is not None)


def test_one_tick_is_enough_to_stop_asking(programme, structural):
    NationalEntry.objects.create(initiative=structural, year=2017)

    assert nothing_typed(programme, TODAY) is None
