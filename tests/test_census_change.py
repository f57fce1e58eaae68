"""From last year's census to this year's: each list leads exactly from one number to the other."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from programmes.models import Completeness
from programmes.periods import Period
from reports.census_change import Change
from reports.figures import View, figures

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def censuses(programme):
    return [CensusFactory(programme=programme, year=year) for year in (2016, 2017)]


def enterprise(programme, name, *later, since=date(2015, 1, 1)):
    """One active from `since`, and then what `later` says: (day, status)."""
    found = EnterpriseFactory(programme=programme, name=name)
    EnterpriseStatusFactory(enterprise=found, starts_on=since)
    for day, status in later:
        EnterpriseStatusFactory(enterprise=found, starts_on=day, status=status)
    return found


def answered(census, whom, women, **more):
    numbers = {"employed_women": women, "employed_men": None}
    return CensusReturnFactory(census=census, enterprise=whom, **numbers | more)


def change(programme):
    found = figures(programme, Period(2016, 2017), View.FULL, today=date(2018, 6, 1))
    return Change(programme.censuses.get(year=2017), found, full=True)


def steps(way):
    return [(step.label, step.difference) for step in way.steps]


def page(client, programme, role=Role.PROCESS_LEADER):
    client.force_login(member_of(programme, role))
    return client.get(reverse("reports:census_change", args=[programme.slug, 2017]))


def test_the_register_tells_who_came_and_who_went(programme, censuses):
    enterprise(programme, "Samma")
    enterprise(programme, "Nytt", since=date(2017, 3, 1))
    enterprise(programme, "Nedlagt", (date(2017, 1, 5), "closed"))
    enterprise(programme, "Konkurs", (date(2017, 1, 6), "bankrupt"))
    enterprise(programme, "Vilande", (date(2017, 1, 6), "dormant"))
    enterprise(programme, "Vaknat", (date(2016, 1, 1), "dormant"), (date(2017, 1, 1), "active"))
    enterprise(programme, "Borta sedan länge", (date(2016, 1, 1), "closed"))

    way = change(programme).enterprises()

    assert (way.before.value, way.now.value, way.same) == (4, 3, 1)
    assert [(group.label, group.difference) for group in way.steps] == [
        ("Nya", 1),
        ("Aktiva igen", 1),
        ("Vilande", -1),
        ("Nedlagda", -1),
        ("I konkurs", -1),
    ]


def test_the_answers_lead_from_one_number_to_the_other(programme, censuses):
    before, now = censuses
    more, gone, new, silent, same = (enterprise(programme, name) for name in "ABCDE")
    answered(before, more, 4)
    answered(now, more, 9, change_reason="Nytt kafé")
    answered(before, gone, 6)
    EnterpriseStatusFactory(enterprise=gone, starts_on=date(2017, 2, 1), status="closed")
    answered(now, new, 2)
    answered(before, silent, 5)
    answered(now, silent, 8, state="draft")
    answered(before, same, 3)
    answered(now, same, 3)

    way = change(programme).employees()

    assert (way.before.value, way.now.value, way.same) == (18, 14, 1)
    assert steps(way) == [
        ("Svarade fler än förra året", 5),
        ("Svarade i år men inte förra året", 2),
        ("Svarade förra året men inte i år", -11),
    ]
    assert [row.why for step in way.steps for row in step.rows] == [
        "Nytt kafé",
        "Tillfrågades inte",
        "Nedlagt 2017-02-01",
        "Utkast, inte bekräftat",
    ]


def test_a_question_answered_with_0_is_not_one_left_out(programme, censuses):
    before, now = censuses
    zero, left_out = enterprise(programme, "Noll"), enterprise(programme, "Utan")
    for whom in (zero, left_out):
        answered(before, whom, 4, placed_other=1)
    answered(now, zero, 0, placed_other=1)
    answered(now, left_out, None, placed_other=1)

    rows = [row for step in change(programme).employees().steps for row in step.rows]

    assert [(row.enterprise.name, row.now, row.why) for row in rows] == [
        ("Noll", 0, ""),
        ("Utan", None, "Svarade inte på frågan"),
    ]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD])
def test_the_board_reads_who_came_and_the_totals_but_nobodys_answer(
    client, programme, censuses, role
):
    for census, women in zip(censuses, (41, 58), strict=True):
        for number, part in enumerate((women - 2, 1, 1)):
            whom = enterprise(programme, f"Svarande {census} {number}")
            answered(census, whom, part, change_reason="Hemlig")

    text = page(client, programme, role).content.decode()

    assert "Svarande 2016" not in text.split('id="employees"')[1]
    assert "Hemlig" not in text
    assert ">41<" in text
    assert ">58<" in text


def test_no_list_leads_to_a_year_without_a_number(client, programme):
    answered(CensusFactory(programme=programme), enterprise(programme, "A"), 4)

    response = page(client, programme)

    assert [way.steps for _code, _label, way in response.context["ways"]] == [None, None]
    assert "Ett av åren saknar tal" in response.content.decode()


def test_years_whose_records_are_not_kept_have_no_list(programme, censuses):
    CompletenessFactory(
        programme=programme, year=2016, area="census", level=Completeness.Level.NONE
    )
    for census in censuses:
        answered(census, enterprise(programme, f"A {census}"), 4)

    assert change(programme).employees().steps is None
