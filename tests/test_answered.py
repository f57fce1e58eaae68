"""Which answers count, how many have answered, and what a sum of answers says about itself wherever it stands."""

import csv
import io
from datetime import date

import docx
import openpyxl
import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx.oxml.ns import qn
from lxml import html as markup

from accounts.models import Membership
from enterprises.answered import Answered
from enterprises.figures import one_referrer
from enterprises.large_changes import large_changes
from programmes.periods import Period
from reports.census_change import Change
from reports.charts.words import coverage
from reports.document import excel, html, pdf, word
from reports.document.content import write
from reports.evidence.behind import evidence
from reports.figures import View, figures
from reports.quality import findings

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    MunicipalityFactory,
    ProgrammeFactory,
    SubregionFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2019, 3, 1)
BOTH = Period(2017, 2018)
ALL = "Alla 3 företag har svarat"
SOME = "2 av 3 företag har svarat; siffrorna avser dem"


def active(programme, name, since=date(2015, 1, 1), municipality=None):
    where = {"municipality": municipality} if municipality else {}
    enterprise = EnterpriseFactory(programme=programme, name=name, **where)
    EnterpriseStatusFactory(enterprise=enterprise, starts_on=since)
    return enterprise


def answered(census, enterprise, women, **more):
    numbers = {"employed_women": women, "employed_men": None}
    return CensusReturnFactory(census=census, enterprise=enterprise, **numbers | more)


@pytest.fixture
def censuses(programme):
    """Three enterprises: all answered in 2017, two in 2018; one more answered too early."""
    last, this = (CensusFactory(programme=programme, year=year) for year in (2017, 2018))
    a, b, c = (active(programme, name) for name in "ABC")
    early = active(programme, "För tidigt", since=date(2018, 12, 1))
    for enterprise in (a, b, c):
        answered(last, enterprise, 10, placed_employment_service=8, placed_municipality=2)
    answered(this, a, 10, placed_employment_service=3, placed_municipality=3, placed_other=3)
    answered(this, b, 15, change_reason="Ny verkstad.", placed_municipality=10)
    answered(this, c, None, state="not_answered")
    answered(this, early, 40)
    return last, this


def set_of(programme, period=BOTH, view=View.FULL):
    return figures(programme, period, view, today=TODAY)


def opened(client, programme, name, *args, role=Role.PROCESS_LEADER, **query):
    client.force_login(member_of(programme, role))
    response = client.get(reverse(name, args=[programme.slug, *args]), query)
    return " ".join(response.content.decode("utf-8-sig").replace("\xa0", " ").split())


# Which answers count


def test_an_answer_counts_where_its_enterprise_was_active_on_the_day(programme, censuses):
    this = censuses[1]
    found = set_of(programme)

    assert found.get("employees", 2018).value == 25
    assert found.get("census.returns", 2018).value == 2
    assert found.get("census.expected", 2018).value == 3
    assert [answer.enterprise.name for answer in this.returns.counted()] == ["A", "B"]
    assert [answer.enterprise.name for answer in this.returns.uncounted()] == ["För tidigt"]
    of = this.coverage()
    assert (of.confirmed, of.asked, of.waiting, of.uncounted) == (2, 3, 1, 1)


def test_an_answer_that_does_not_count_is_left_out_and_the_way_of_the_change_adds_up(
    programme, censuses
):
    found = set_of(programme)

    behind = evidence(found, found.get("employees", 2018))
    way = Change(censuses[1], found, full=True).employees()

    assert behind.total == 25
    assert ("För tidigt", "Var inte aktivt på referensdagen", "40") in [
        (row.what, row.why, row.number) for row in behind.left_out
    ]
    assert sum(step.difference for step in way.steps) == way.difference == -5


def test_an_answer_that_does_not_count_is_found_and_leads_to_the_register(programme, censuses):
    found = [
        f for f in findings(programme, set_of(programme), today=TODAY) if f.kind == "uncounted"
    ]

    assert [f.title for f in found] == [
        "För tidigt har svarat på inventeringen 2018 men var inte aktivt den 2018-10-31"
    ]
    assert found[0].url == programme.enterprises.get(name="För tidigt").get_absolute_url()


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.AUDITOR])
def test_the_census_page_names_answers_that_do_not_count(client, programme, censuses, role):
    text = opened(client, programme, "enterprises:census", 2018, role=role)

    assert "1 svar räknas inte" in text
    assert opened(client, programme, "enterprises:census", 2017).count("räknas inte") == 0


def test_an_answer_without_a_status_does_not_count(programme):
    census = CensusFactory(programme=programme)
    lone = CensusReturnFactory(census=census, expected=False)

    assert list(census.returns.uncounted()) == [lone]
    assert census.coverage().confirmed == 0


def test_many_answers_that_do_not_count_ask_no_more_questions(programme, censuses):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            findings(programme, set_of(programme), today=TODAY)
        return len(queries)

    before = asked()
    for number in range(5):
        answered(censuses[1], active(programme, f"N{number}", since=date(2018, 12, 1)), 1)

    assert asked() == before


# How many have answered


@pytest.mark.parametrize(
    ("numbers", "words", "brief"),
    [
        (
            (27, 31),
            "27 av 31 företag har svarat; siffrorna avser dem",
            "27 av 31 företag har svarat",
        ),
        ((1, 31), "1 av 31 företag har svarat; siffrorna avser det", "1 av 31 företag har svarat"),
        ((31, 31), "Alla 31 företag har svarat", "Alla 31 företag har svarat"),
        ((2, 2), "2 av 2 företag har svarat", "2 av 2 företag har svarat"),
        ((0, 31), "0 av 31 företag har svarat", "0 av 31 företag har svarat"),
    ],
)
def test_how_many_have_answered_in_words(numbers, words, brief):
    assert (Answered(*numbers).words, Answered(*numbers).brief) == (words, brief)


@pytest.mark.parametrize("view", View)
def test_a_sum_of_answers_says_whose_they_are(programme, censuses, view):
    found = set_of(programme, view=view)

    assert coverage(found, found.get("employees", 2018)) == SOME
    assert coverage(found, found.get("employees", 2018, sex="women")) == SOME
    assert coverage(found, found.get("placed", 2017)) == ALL
    assert coverage(found, found.get("enterprises.count", 2018)) == "2 av 3 företag har svarat"
    assert coverage(found, found.get("census.returns", 2018)) == ""


@pytest.fixture
def places(programme):
    """A subregion of two municipalities: all three of one have answered, one of two of the other."""
    region = SubregionFactory(programme=programme)
    large, small = (
        MunicipalityFactory(programme=programme, code=code, subregion=region)
        for code in ("2101", "2104")
    )
    census = CensusFactory(programme=programme, year=2018)
    for number in range(3):
        of = active(programme, f"L{number}", municipality=large)
        answered(census, of, 5, placed_other=5)
    answered(census, active(programme, "S1", municipality=small), 7, placed_other=7)
    answered(census, active(programme, "S2", municipality=small), None, state="draft")
    return region


def test_the_coverage_of_a_place_is_its_own(programme, places):
    found = set_of(programme)

    assert coverage(found, found.get("employees", 2018, municipality="2101")) == ALL
    assert (
        coverage(found, found.get("employees", 2018, municipality="2104"))
        == "1 av 2 företag har svarat; siffrorna avser det"
    )
    assert (
        coverage(found, found.get("placed", 2018, subregion=places.slug))
        == "4 av 5 företag har svarat; siffrorna avser dem"
    )
    assert coverage(found, found.get("enterprises.count", 2018, municipality="2104")) == (
        "1 av 2 företag har svarat"
    )


def test_how_many_answered_is_hidden_where_their_numbers_are(programme, places):
    found = set_of(programme, view=View.PROTECTED)

    for code in ("employees", "placed", "enterprises.count"):
        assert coverage(found, found.get(code, 2018, municipality="2104")) == ""
    for code in ("employees", "placed"):
        if found.get(code, 2018, municipality="2101").is_protected:
            assert coverage(found, found.get(code, 2018, municipality="2101")) == ""
    shown = {key for _year, key in found.answered if "municipality" in dict(key)}
    told = {
        figure.key
        for figure in found
        if figure.indicator.code == "employees" and figure.value is not None
    }
    assert shown <= told


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.PARTNER])
def test_every_page_with_a_sum_says_it(client, programme, censuses, role):
    pages = {
        "overview": opened(client, programme, "reports:overview", role=role, year=2018),
        "figures": opened(client, programme, "reports:figures", role=role, year=2018),
        "card": opened(client, programme, "reports:figure", "employees", role=role, year=2018),
        "file": opened(client, programme, "reports:figures_csv", role=role, year=2018),
        "report": opened(client, programme, "reports:report", 2018, role=role),
    }

    assert [name for name, text in pages.items() if SOME not in text] == []
    census = opened(client, programme, "enterprises:census", 2018, role=role)
    assert "2 av 3</a> <small>företag har svarat; siffrorna avser dem</small>" in census
    assert "2018: 2 av 3 företag har svarat." in opened(
        client, programme, "enterprises:list", role=role
    )
    assert ALL in opened(client, programme, "reports:figures", role=role, year=2017)


def test_the_parts_of_a_card_say_each_their_own(client, programme, places):
    def card(role):
        return opened(client, programme, "reports:figure", "employees", role=role, year=2018)

    own = "1 av 2 företag har svarat; siffrorna avser det"
    assert (own in card(Role.PROCESS_LEADER), own in card(Role.PARTNER)) == (True, False)


def test_the_file_has_a_column_for_it(client, programme, places):
    text = opened(client, programme, "reports:figures_csv", role=Role.PARTNER, year=2018)
    client.force_login(member_of(programme, Role.PARTNER))
    response = client.get(reverse("reports:figures_csv", args=[programme.slug]), {"year": 2018})
    rows = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";")

    said = {(row["Indikator"], row["Uppdelning"]): row["Svar"] for row in rows}
    assert said["employees", ""] == "4 av 5 företag har svarat; siffrorna avser dem"
    assert said["employees", "municipality=2104"] == ""
    assert said["census.returns", ""] == ""
    assert "1 av 2 företag" not in text


# The report


def report(programme):
    """What stands in the report as a page, as one text."""
    document = write(programme, BOTH, View.FULL, today=TODAY)
    return plain(markup.fromstring(html.render(document)).text_content())


def plain(text):
    return " ".join(str(text).replace("\xa0", " ").replace("\u200b", "").split())


def texts_of(document):
    """What stands in each format, as one text."""
    body = docx.Document(io.BytesIO(word.render(document))).element.body
    book = openpyxl.load_workbook(io.BytesIO(excel.render(document)))
    pages = pypdf.PdfReader(io.BytesIO(pdf.render(document))).pages
    found = {
        "html": markup.fromstring(html.render(document)).text_content(),
        "pdf": " ".join(page.extract_text() for page in pages),
        "word": "".join(node.text or " " for node in body.iter(qn("w:t"), qn("w:pPr"))),
        "excel": " ".join(
            str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value
        ),
    }
    return {name: plain(text) for name, text in found.items()}


@pytest.mark.parametrize("view", View)
def test_every_format_of_the_report_says_whose_the_numbers_are(programme, censuses, view):
    for name, text in texts_of(write(programme, BOTH, view, today=TODAY)).items():
        assert "2017: alla 3 företag har svarat. 2018: 2 av 3 företag har svarat" in text, name
        assert "siffrorna avser dem" in text, name


def test_reasons_of_large_changes_follow_the_number_in_the_full_view_alone(programme, censuses):
    for name, text in texts_of(write(programme, BOTH, View.FULL, today=TODAY)).items():
        assert "B 2018: från 10 till 15. Ny verkstad." in text, name
    for name, text in texts_of(write(programme, BOTH, View.PROTECTED, today=TODAY)).items():
        assert "Ny verkstad" not in text, name
        assert "deras skäl" not in text, name


def test_a_large_change_without_a_reason_says_so(programme, censuses):
    programme.censuses.get(year=2018).returns.update(change_reason="")

    assert "B 2018: från 10 till 15. Skäl saknas." in report(programme)


def test_years_not_all_have_answered_for_are_no_fall(programme, censuses):
    text = report(programme)
    assert "minskade antalet placerade mest" not in text

    EnterpriseStatusFactory(
        enterprise=programme.enterprises.get(name="C"), starts_on=date(2018, 5, 1), status="closed"
    )

    text = report(programme)
    assert "Mellan 2017 och 2018 minskade antalet placerade mest, från 30 till 19" in text


def test_large_changes_are_those_of_answers_that_count(programme, censuses):
    answered(censuses[0], programme.enterprises.get(name="För tidigt"), 1)

    found = large_changes(programme, Period.of_year(2018))

    assert [(answer.enterprise.name, change.difference) for answer, change in found] == [("B", 5)]


def test_a_year_that_stands_on_print_has_no_reasons(programme, censuses):
    CompletenessFactory(programme=programme, year=2018, area="census", level="none")

    text = report(programme)

    assert "Ny verkstad" not in text


# One referrer


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ((7, 3, 0), ("a", 0.7)),
        ((6, 4, 0), None),
        ((0, 0, 4), ("c", 1)),
        ((None, None, None), None),
        ((0, 0, 0), None),
    ],
)
def test_more_than_sixty_percent_from_one_is_most_of_all(numbers, found):
    assert one_referrer(dict(zip("abc", numbers, strict=True)), 3) == found


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.BOARD])
def test_one_referrer_for_most_is_remarked_on_the_census(client, programme, censuses, role):
    said = "80,0 % av de placerade kommer från Arbetsförmedlingen."

    assert said in opened(client, programme, "enterprises:census", 2017, role=role)
    CompletenessFactory(programme=programme, year=2017, area="census", level="partial")
    assert said not in opened(client, programme, "enterprises:census", 2017, role=role)


@pytest.mark.parametrize("view", View)
def test_one_referrer_for_most_is_remarked_in_the_report(programme, censuses, view):
    for name, text in texts_of(write(programme, BOTH, view, today=TODAY)).items():
        assert "från en enda anvisare: Arbetsförmedlingen 80,0 % år 2017." in text, name


# The foot of the census table


def foot(text):
    """The numbers and the words of the table's foot."""
    part = text.partition('id="census-foot"')[2].partition("</tfoot>")[0]
    return " ".join("".join(piece.partition(">")[2] + " " for piece in part.split("<")).split())


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.AUDITOR])
def test_the_foot_sums_the_answers_that_count_beside_last_years(client, programme, censuses, role):
    text = foot(opened(client, programme, "enterprises:census", 2018, role=role))

    assert f"Alla bekräftade svar {SOME} 2017: alla 3 företag har svarat" in text
    assert "25 2017: 30 – 2017: – – 2017: – 3 2017: 24 13 2017: 6 3 2017: –" in text
    assert "Anställda 25 (2017: 30)" in text
    assert "Placerade 19 (2017: 30)" in text


def test_the_foot_sums_what_the_figures_say(client, programme, censuses):
    found = set_of(programme)
    text = foot(opened(client, programme, "enterprises:census", 2018))

    for words, code in (("Anställda", "employees"), ("Placerade", "placed")):
        this, last = (found.get(code, year).value for year in (2018, 2017))
        assert f"{words} {this} (2017: {last})" in text


def test_the_foot_comes_with_each_row_saved(client, programme, censuses):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    row = censuses[1].returns.get(enterprise__name="C")
    sent = {"version": row.version, "state": "confirmed", "employed_women": "10"}
    where = reverse("enterprises:row_save", args=[programme.slug, row.pk])

    response = client.post(where, {f"{row.pk}-{name}": value for name, value in sent.items()})

    assert "Anställda 35 (2017: 30)" in foot(response.content.decode())
    assert ALL in foot(response.content.decode())


def test_those_who_read_no_answer_read_no_foot(client, programme, censuses):
    text = opened(client, programme, "enterprises:census", 2018, role=Role.PARTNER)

    assert foot(text) == ""


def test_the_first_census_has_nothing_beside_its_sums(client):
    programme = ProgrammeFactory()
    census = CensusFactory(programme=programme)
    answered(census, active(programme, "A"), 4)

    text = foot(opened(client, programme, "enterprises:census", 2017))

    assert "1 av 1 företag har svarat" in text
    assert "2016: 0 av" not in text
