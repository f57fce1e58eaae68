"""Whose answers a figure of the census stands on: who gave a number, who did not, who was never asked."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given

from accounts.models import Membership
from enterprises.figures import one_referrer
from programmes.models import Completeness
from programmes.periods import Period
from reports.census_change import Change
from reports.charts.words import account, coverage, not_given, one_referrer_remark
from reports.document import excel
from reports.document.content import write
from reports.evidence.behind import evidence
from reports.figures import View, figures
from reports.quality import findings, left_by_period, to_do

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    member_of,
)
from .test_answered import active, opened, plain, report, texts_of
from .worlds import PERIOD, full, in_any, worlds

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2019, 3, 1)
YEAR = Period.of_year(2018)
NOTHING = dict.fromkeys(("employed_women", "employed_men"))


def set_of(programme, view=View.FULL, today=TODAY, period=YEAR):
    return figures(programme, period, view, today=today)


def answered(census, enterprise, women=4, men=3, **more):
    numbers = {"employed_women": women, "employed_men": men}
    return CensusReturnFactory(census=census, enterprise=enterprise, **numbers | more)


def unanswered(census, enterprise, state="not_answered"):
    return CensusReturnFactory(census=census, enterprise=enterprise, state=state, **NOTHING)


@pytest.fixture
def census(programme):
    """Of eight: three confirmed, of whom one left out those placed; and one in each of five other ways."""
    found = CensusFactory(programme=programme, year=2018)
    placed = {"placed_employment_service": 8, "placed_municipality": 1, "placed_other": 0}
    answered(found, active(programme, "Allt"), **placed)
    answered(found, active(programme, "Utan kvinnor"), women=None, men=1, **placed)
    answered(found, active(programme, "Utan placerade"))
    unanswered(found, active(programme, "Utkast"), "draft")
    unanswered(found, active(programme, "Tyst"))
    unanswered(found, active(programme, "Ej aktuellt AB"), "not_applicable")
    active(programme, "Sent ett")
    active(programme, "Sent två")
    return found


# One rule of who has answered


def test_each_sum_says_how_many_answered_its_own_question(programme, census):
    found = set_of(programme)

    assert coverage(found, found.get("employees", 2018)) == (
        "3 av 8 företag har svarat (1 ej aktuellt); siffrorna avser dem"
    )
    assert coverage(found, found.get("placed", 2018)) == (
        "2 av 8 företag har svarat på frågan (1 ej aktuellt); siffrorna avser dem"
    )
    assert coverage(found, found.get("employees", 2018, sex="women")) == (
        "2 av 8 företag har svarat på frågan (1 ej aktuellt); siffrorna avser dem"
    )
    assert coverage(found, found.get("enterprises.count", 2018)) == (
        "3 av 8 företag har svarat (1 ej aktuellt)"
    )


def test_a_sum_and_its_coverage_count_the_same_answers(programme, census):
    found = set_of(programme)

    for code, number in (("employees", 3), ("placed", 2), ("census.returns", 3)):
        assert len(evidence(found, found.get(code, 2018)).rows) == number


def test_the_report_says_both_where_they_differ(programme, census):
    text = plain(report(programme))

    assert "3 av 8 företag har uppgett anställda och 2 av 8 placerade; siffrorna avser dem" in text


# All that are expected are accounted for


def test_a_card_accounts_for_all_that_are_expected(client, programme, census):
    found = set_of(programme)

    said = account(found, found.get("placed", 2018))

    assert said == (
        "Av 8 företag: 2 har svarat på frågan, 1 har svarat men inte på frågan, "
        "1 har ett utkast, 1 har inte svarat, 1 är ej aktuellt, 2 har aldrig tillfrågats."
    )
    for role in (Role.PROCESS_LEADER, Role.PARTNER):
        text = opened(client, programme, "reports:figure", "placed", role=role, year=2018)
        assert said in text
        assert "inga antal än" not in text


def test_the_lists_hold_those_never_asked_and_apart_those_it_does_not_concern(programme, census):
    found = set_of(programme)

    behind = evidence(found, found.get("census.returns", 2018))

    assert {(row.what, row.why, row.number) for row in behind.left_out} == {
        ("Utkast", "Utkast", "saknas"),
        ("Tyst", "Ej svarat", "saknas"),
        ("Ej aktuellt AB", "Ej aktuellt", None),
        ("Sent ett", "Tillfrågades inte", "saknas"),
        ("Sent två", "Tillfrågades inte", "saknas"),
    }
    assert len(behind.rows) + len(behind.left_out) == found.get("census.expected", 2018).value


@in_any
@given(worlds("census"))
def test_answered_and_missing_are_all_that_are_expected(world):
    found = full(world.programme, PERIOD)
    for census in world.programme.censuses.all():
        of = census.coverage()
        parts = (of.confirmed, of.drafts, of.waiting, of.not_applicable, of.never_asked)
        assert sum(parts) == of.asked == found.get("census.expected", census.year).value
        if of.asked:
            assert found.answered[Period.of_year(census.year), ()].states == of.states
        for code in ("employees", "placed", "census.returns"):
            figure = found.get(code, census.year)
            if figure.basis == "records":
                behind = evidence(found, figure)
                expected = set(census.asked().values_list("name", flat=True))
                uncounted = {answer.enterprise.name for answer in census.returns.uncounted()}
                left_out = {row.what for row in behind.left_out} - uncounted
                assert {row.what for row in behind.rows} | left_out == expected
                assert len(behind.rows) + len(left_out) == len(expected)


def test_the_census_page_tells_those_never_asked_apart(client, programme, census):
    for role in (Role.PROCESS_LEADER, Role.PARTNER):
        text = opened(client, programme, "enterprises:census", 2018, role=role)
        assert "1 ej svarat" in text
        assert "1 ej aktuellt" in text
        assert "2 aldrig tillfrågade" in text


def test_quality_counts_no_one_it_does_not_concern_as_silent(programme, census):
    found = set_of(programme)

    tasks = [task for task in to_do(programme, 2018, found, today=TODAY) if "företag" in task.title]

    assert [(task.title, task.consequence) for task in tasks] == [
        (
            "2 av 8 företag har inte svarat",
            "Anställda och placerade avser bara de 3 som svarat. 1 är ej aktuellt. 2 har aldrig tillfrågats.",
        )
    ]


def test_with_only_late_additions_left_quality_says_so(programme, census):
    census.returns.filter(state__in=("draft", "not_answered")).update(state="not_applicable")
    found = set_of(programme)

    tasks = [task for task in to_do(programme, 2018, found, today=TODAY) if "företag" in task.title]

    assert [task.title for task in tasks] == ["2 av 8 företag har aldrig tillfrågats"]


# Unknown is not zero


def test_a_total_says_which_of_its_parts_not_all_have_given(client, programme, census):
    found = set_of(programme)

    assert found.get("employees", 2018).value == 15  # the parts are the truth
    assert not_given(found, found.get("employees", 2018)) == "2 av 3 har uppgett kvinnor"
    assert not_given(found, found.get("placed", 2018)) == ""
    for name, args in (("reports:figure", ["employees"]), ("reports:figures", [])):
        text = opened(client, programme, name, *args, role=Role.PARTNER, year=2018)
        assert "2 av 3 har uppgett kvinnor" in text
    assert "2 av 3 har uppgett kvinnor" in opened(client, programme, "enterprises:census", 2018)


def test_the_share_of_women_comes_with_its_reservation_in_every_format(programme, census):
    for name, text in texts_of(write(programme, YEAR, View.FULL, today=TODAY)).items():
        assert "53,3 % år 2018 (2 av 3 har uppgett kvinnor)" in text, name


@pytest.fixture
def known_less(programme):
    """One enterprise with six women and a man, of whom only the man is told a year later."""
    before, now = (CensusFactory(programme=programme, year=year) for year in (2017, 2018))
    one = active(programme, "Ett")
    answered(before, one, women=6, men=1)
    return answered(now, one, women=None, men=1)


def test_an_answer_is_compared_only_where_the_same_parts_were_answered(programme, known_less):
    found = set_of(programme, period=Period(2017, 2018))

    way = Change(known_less.census, found, full=True).employees()

    assert [(step.label, step.difference) for step in way.steps] == [
        ("Uppgav inte samma tal båda åren", -6)
    ]
    assert [row.why for row in way.steps[0].rows] == ["Anställda kvinnor: inte uppgett i år"]
    assert way.difference == -6
    assert "från 7 till 1" not in report(programme)
    assert [f.kind for f in findings(programme, found, today=TODAY) if f.kind == "change"] == []


def test_nobody_unspecified_is_the_same_as_none_told(programme, known_less):
    known_less.census.returns.update(employed_women=30, employed_unspecified=0)
    found = set_of(programme, period=Period(2017, 2018))

    steps = Change(known_less.census, found, full=True).employees().steps

    assert [(step.label, step.difference) for step in steps] == [("Svarade fler än förra året", 24)]


# One referrer


def test_one_referrer_is_told_from_three_answers():
    numbers = {"employment_service": 9, "other": 1}

    assert one_referrer(numbers, 2) is None
    assert one_referrer(numbers, 3) == ("employment_service", 0.9)


@pytest.fixture
def one_sided(programme):
    census = CensusFactory(programme=programme, year=2018)
    for name in "ABC":
        answered(census, active(programme, name), placed_employment_service=8, placed_other=2)
    return census


SAID = "80,0 % av de placerade kommer från Arbetsförmedlingen"


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.BOARD])
def test_one_referrer_is_told_wherever_those_placed_are(client, programme, one_sided, role):
    pages = {
        "overview": opened(client, programme, "reports:overview", role=role, year=2018),
        "figures": opened(client, programme, "reports:figures", role=role, year=2018),
        "card": opened(client, programme, "reports:figure", "placed", role=role, year=2018),
        "census": opened(client, programme, "enterprises:census", 2018, role=role),
    }

    assert [name for name, text in pages.items() if SAID not in text] == []
    assert [name for name, text in pages.items() if "står och faller" in text] == []


def test_one_answer_points_at_nobody(client, programme, one_sided):
    one_sided.returns.exclude(enterprise__name="A").update(state="draft")
    found = set_of(programme)

    assert one_referrer_remark(found, found.get("placed", 2018)) == ""
    assert SAID not in opened(client, programme, "enterprises:census", 2018)
    assert [f for f in findings(programme, found, today=TODAY) if f.kind == "referrer"] == []


def test_one_referrer_is_no_explained_difference(client, programme, one_sided):
    text = opened(client, programme, "reports:quality")

    assert "Förklarat" not in text
    assert "Bra att veta" in text
    assert SAID in text
    left = left_by_period(set_of(programme), today=TODAY)
    assert [task.title for task in left[YEAR] if "av de placerade" in task.title] == []


# Who reads it, and what completeness says


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD])
def test_the_card_of_the_answers_does_not_contradict_itself(client, programme, census, role):
    text = opened(client, programme, "reports:figure", "census.returns", role=role, year=2018)

    assert "posterna bakom" not in text
    assert "Alla medlemmar ser siffran. Vilka företag som har svarat" in text


def test_completeness_of_the_census_is_about_the_answers_that_came_in(client, programme, census):
    for level, said in (("", ""), ("complete", "Alla inkomna svar är registrerade")):
        if level:
            CompletenessFactory(programme=programme, year=2018, area="census", level=level)
        text = opened(client, programme, "reports:figure", "employees", year=2018)
        assert "Antas komplett" not in text
        assert (said in text) is True
    assert "alla inkomna svar är registrerade 2018" in plain(report(programme)).lower()


def test_a_partial_census_still_says_partial(client, programme, census):
    CompletenessFactory(
        programme=programme, year=2018, area="census", level=Completeness.Level.PARTIAL
    )

    text = opened(client, programme, "reports:figure", "employees", year=2018)

    assert str(Completeness.Level.PARTIAL.label).capitalize() in text


# The workbook


def test_the_facts_are_written_in_words_a_person_reads(programme, census):
    book = openpyxl.load_workbook(
        io.BytesIO(excel.render(write(programme, YEAR, View.FULL, today=TODAY)))
    )
    head, *rows = book["Fakta"].iter_rows(values_only=True)

    assert head == (
        "Uppgift",
        "Del",
        "Period",
        "Värde",
        "Enhet",
        "Underlag",
        "Tryckt",
        "Skillnad",
        "Svar",
        "Kod för uppgiften",
        "Kod för delen",
    )
    women = next(row for row in rows if row[9:] == ("employees", "sex=women"))
    assert women[:6] == ("Anställda", "kvinnor", "2018", 8, "anställda", "poster")


# Fewer than three answers are nobody else's


@pytest.mark.parametrize(
    ("role", "answers", "shown"),
    [
        (Role.PARTNER, 2, False),
        (Role.BOARD, 2, False),
        (Role.PARTNER, 3, True),
        (Role.AUDITOR, 2, True),
    ],
)
def test_others_see_the_change_from_three_answers(client, programme, role, answers, shown):
    before, now = (CensusFactory(programme=programme, year=year) for year in (2017, 2018))
    for number in range(3):
        enterprise = EnterpriseFactory(programme=programme)
        EnterpriseStatusFactory(enterprise=enterprise, starts_on=date(2015, 1, 1))
        answered(before, enterprise, women=100)
        state = "confirmed" if number < answers else "draft"
        answered(now, enterprise, women=200, state=state)
    client.force_login(member_of(programme, role))

    response = client.get(reverse("reports:census_change", args=[programme.slug, 2018]))
    text = response.content.decode()

    assert (f">{200 * answers + 3 * answers}<" in text) == shown
    assert ("visas när minst tre företag har svarat" in text) == (not shown)
