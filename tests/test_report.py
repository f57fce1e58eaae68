"""The report: the same numbers everywhere, nothing protected anywhere, valid and stable files."""

import io
import re
from datetime import date

import page
import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Case, Value, When
from django.urls import reverse
from lxml import html as markup

from accounts.models import Membership
from activities.models import Milestone
from placements.models import Outcome
from programmes.models import Judgement
from programmes.periods import Period
from reports.document import excel, files, html, pdf, phrases, word
from reports.document.content import write
from reports.document.parts import (
    Chart,
    Form,
    Goals,
    Lead,
    Live,
    Mark,
    Meanings,
    Paragraph,
    Table,
    Timeline,
)
from reports.document.words import written
from reports.figures import View, figures

from .documents import document_numbers, document_texts, excel_numbers, word_texts
from .factories import (
    AttendanceFactory,
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseStatusFactory,
    EventFactory,
    GrantFactory,
    GroupFactory,
    GroupStatusFactory,
    JudgementFactory,
    MilestoneFactory,
    MunicipalityFactory,
    ObjectiveFactory,
    PlacementFactory,
    ProgrammeFactory,
    PublishedFigureFactory,
    member_of,
)

pytestmark = pytest.mark.django_db

Role = Membership.Role
TODAY = date(2021, 3, 1)
PERIOD = Period(2016, 2020)
YEAR = Period.of_year(2017)
HOSTILE = (
    "#set page(fill: red) $x$ *b* @a <script>alert(1)</script> \u202eabc 😀 שלום &amp; ]]> {{ x }}"
)


def report(programme, period=PERIOD, view=View.FULL):
    return write(programme, period, view, today=TODAY)


MADE = {}


@pytest.fixture
def made(request):
    """The real programme's reports, each written once for all tests that only read it."""

    def of(period=PERIOD, view=View.FULL):
        if (period, view) not in MADE:
            MADE[period, view] = report(request.getfixturevalue("gavleborg"), period, view)
        return MADE[period, view]

    return of


def blocks(document, kind):
    return [b for section in document.sections for b in section.blocks if isinstance(b, kind)]


def table(document, caption):
    return next(t for t in blocks(document, Table) if t.caption.startswith(caption))


def titles(document):
    return [section.title for section in document.sections]


def said(document):
    """All running text, with the numbers in it."""
    found = []
    for block in blocks(document, (Lead, Paragraph)):
        found.append("".join(r.text if isinstance(r, Live) else r for r in block.runs))
    return " ".join(found).replace("\u00a0", " ")


def everything(document):
    """All that stands in a document, and the figures that go with it."""
    behind = [(f.indicator.code, f.key, f.period, f.value, f.printed) for f in document.figures]
    return repr((document.cover, document.sections, behind))


def pdf_text(data):
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in pages).replace("\u200b", ""))


STREAM = re.compile(rb"/Length (\d+)[^>]*>>\s*stream\r?\n")


def failures(data):
    """What a validator finds, for both standards.

    It takes a compressed stream that happens to end with a carriage return for one byte too long:
    that is looked at here, stream by stream.
    """
    profiles = page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A
    found = [
        str(failure)
        for profile in profiles
        for failure in page.validate_pdf_bytes(data, profile=profile).failures
    ]
    ends = [data[m.end() + int(m[1]) :][:12] for m in STREAM.finditer(data)]
    if ends and all(re.match(rb"\r?\nendstream", end) for end in ends):
        found = [failure for failure in found if "PDFA2A-STREAM-LENGTH-001" not in failure]
    return found


# Numbers


def test_tables_hold_the_figures(gavleborg):
    document = report(gavleborg)
    found = figures(gavleborg, PERIOD, View.FULL, today=TODAY)

    reach = table(document, "Deltagartillfällen per år")
    assert [row[1] for row in reach.rows] == [95, 586, 235, 183, 176, 1275]
    assert [row[:4] for row in table(document, "Företag vid").rows] == [
        (
            str(year),
            found.get("enterprises.count", year, subregion="gastrikland").value,
            found.get("enterprises.count", year, subregion="halsingland").value,
            found.get("enterprises.count", year).value,
        )
        for year in PERIOD.years
    ]
    assert [row[1:4] for row in table(document, "Anställda vid").rows] == [
        (113, 66, 179),
        (137, 91, 228),
        (113, 91, 204),
        (108, 98, 206),
        (111, 98, 209),
    ]
    assert [row[4:] for row in table(document, "Placerade vid").rows] == [
        (156, 156, 0),
        (230, 230, 0),
        (243, 244, -1),
        (130, 130, 0),
        (117, 123, -6),
    ]


def test_grants_and_outcomes_in_full_view(made):
    document = made()

    use = table(document, "Beviljade och nyttjade platser efter kommun")
    assert [row[:3] for row in use.rows] == [
        ("Hofors", 8, 1),
        ("Hudiksvall", 8, 3),
        ("Nordanstig", 7, 7),
        ("Alla", 23, 11),
    ]
    outcomes = table(document, "Utfall")
    assert list(outcomes.rows) == [
        ("Arbete", 0, 1, 1),
        ("Aktualiserad som arbetssökande", 1, 0, 1),
        ("Åter i offentlig försörjning", 6, 1, 7),
        ("Okänt", 1, 0, 1),
        ("Alla", 8, 2, 10),
    ]


def test_charts_show_what_their_tables_show(made):
    document = made()

    placed = next(c for c in blocks(document, Chart) if c.caption.startswith("Placerade"))
    rows = table(document, "Placerade vid").rows

    assert [series.values for series in placed.series] == [
        tuple(row[column] for row in rows) for column in (1, 2, 3)
    ]
    assert "Arbetsförmedlingen: 96 år 2016, 155 år 2017" in placed.alt


def test_differences_from_printed_values_are_all_told(made):
    rows = table(made(), "Härledda värden").rows

    assert ("Deltagartillfällen 2016–2020", 1275, 1257, 18) in rows
    assert ("Anställda 2016", 179, "ca 200", -21) in rows
    assert ("Placerade 2018", 243, 244, -1) in rows
    assert len(rows) == 9


def test_the_chapters_follow_the_order_of_the_field(made):
    document = made()

    assert [s.title for s in document.sections if s.level == 1] == [
        "Perioden i korthet",
        "Insatsen",
        "Bakgrund",
        "Insatser",
        "Individinriktade insatser",
        "Strukturinriktade insatser",
        "Milstolpar 2016–2020",
        "Utvecklingen 2016–2020",
        "Bedömning av målen",
        "Analys",
        "Slutsatser",
        "Skillnader mot tryckta uppgifter",
        "Underlagets fullständighet",
        "Definitioner",
        "Om rapporten",
    ]


def test_analysis_names_the_referrer_that_fell_most_and_fastest(made):
    text = said(made())

    assert "minskade Arbetsförmedlingens placeringar mest, från 152 till 93" in text
    assert "minskade kommunens placeringar mest, från 74 till 26" in text
    assert "Siffrorna visar inte vad som berodde på dem." in text


def test_a_year_has_its_own_report(made):
    document = made(YEAR)

    assert document.kind == "Årsrapport 2017"
    assert [row[0] for row in table(document, "Placerade vid").rows] == ["2017"]
    assert [timeline.year for timeline in blocks(document, Timeline)] == [2017]
    assert {goal.value for goal in blocks(document, Goals)[0].items} == {"unclear"}
    assert "Slutsatser" not in titles(document)


def test_every_figure_in_the_text_has_its_definition(made):
    for period in (PERIOD, YEAR):
        document = made(period)
        defined = {m.code for block in blocks(document, Meanings) for m in block.items}
        used = {
            run.code
            for block in blocks(document, (Lead, Paragraph))
            for run in block.runs
            if isinstance(run, Live)
        }
        assert used <= defined


def test_the_report_is_swedish_for_english_readers_too(gavleborg):
    from django.utils import translation

    with translation.override("en"):
        english = everything(report(gavleborg))

    assert english == everything(report(gavleborg))


# Sentences


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "gav 1 deltagartillfälle."), (2, "gav 2 deltagartillfällen.")],
)
def test_one_and_many(programme, count, words):
    AttendanceFactory(event=EventFactory(programme=programme), women=count, men=0)

    assert words in said(report(programme, YEAR))


def test_unknown_attendance_is_told_as_unknown(programme):
    EventFactory(programme=programme)

    text = said(report(programme, YEAR))

    assert "Hur många deltagartillfällen händelserna gav är inte känt." in text
    assert "0 deltagartillfällen" not in text


def test_a_partial_year_says_so(programme):
    CompletenessFactory(programme=programme, note="Våren saknas.")
    AttendanceFactory(event=EventFactory(programme=programme))

    document = report(programme, YEAR)

    assert "5 deltagartillfällen (ofullständigt)" in said(document)
    assert "Ofullständigt 2017. 2017: Våren saknas." in everything(document)


def surveyed(programme, year, answers, asked):
    """A census of `asked` enterprises, of which the first `answers` have answered: 7 employees each."""
    census = CensusFactory(programme=programme, year=year)
    for number in range(asked):
        state = "confirmed" if number < answers else "not_answered"
        status = EnterpriseStatusFactory(
            enterprise__programme=programme, starts_on=date(year, 1, 1)
        )
        CensusReturnFactory(census=census, enterprise=status.enterprise, state=state)


def test_a_census_that_not_all_have_answered_says_so_wherever_it_stands(programme):
    surveyed(programme, 2017, answers=2, asked=3)

    text = everything(report(programme, YEAR))

    assert text.count("2 av 3 företag har svarat") > 2


def test_a_census_that_not_all_have_answered_is_compared_with_none(programme):
    surveyed(programme, 2016, answers=1, asked=1)
    surveyed(programme, 2017, answers=2, asked=3)

    text = said(report(programme, Period(2016, 2017)))

    assert "Antalet anställda var 7 år 2016 och 14 år 2017. Inventeringen 2017: 2 av 4" in text


def test_what_nobody_has_stated_is_assumed_complete(programme):
    CompletenessFactory(programme=programme, level="complete")

    text = everything(report(programme, Period(2016, 2017)))

    assert "Antas komplett 2016; komplett 2017." in text


def test_a_stand_in_says_that_it_is_printed(made):
    assert "586 deltagartillfällen enligt tryckt uppgift" in said(made(YEAR))


def test_nothing_recorded_where_records_are_partial_is_not_zero(programme):
    for year in (2016, 2017):
        CompletenessFactory(programme=programme, year=year, area="groups")
    GroupStatusFactory(group=GroupFactory(programme=programme))

    document = report(programme, Period(2016, 2017))

    first, second = table(document, "Aktiva samverkansgrupper").rows
    assert first[1] in (None, Mark.MISSING)
    assert second[1] == 1


def test_a_period_knows_how_many_years_it_knows(programme):
    CompletenessFactory(programme=programme, year=2016, level="none")
    AttendanceFactory(event=EventFactory(programme=programme))

    assert "5 deltagartillfällen (känt för 1 av 2 år)" in said(
        report(programme, Period(2016, 2017))
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (10, 10, "lika många"),
        (10, 11, "1 fler (+10,0 %)"),
        (10, 5, "5 färre (−50,0 %)"),
        (0, 3, "3 fler"),
    ],
)
def test_changes_in_words(first, last, words):
    assert phrases.change(first, last).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("years", "words"),
    [([2016], "2016"), ([2016, 2017, 2019], "2016–2017 och 2019"), ([], "")],
)
def test_years_in_words(years, words):
    assert phrases.years_listed(years) == words


def test_conclusions_stand_on_judgements_alone(programme):
    objective = ObjectiveFactory(programme=programme, position=1, title="Fler ska veta")
    assert "Slutsatser" not in titles(report(programme, YEAR))

    JudgementFactory(objective=objective, value=Judgement.Value.LARGELY)

    assert "Slutsatser" in titles(report(programme, YEAR))


def test_external_changes_mark_the_chart_and_explain_nothing(programme):
    for year in (2016, 2017):
        event = EventFactory(programme=programme, starts_on=date(year, 5, 1))
        AttendanceFactory(event=event)
    MilestoneFactory(programme=programme, kind=Milestone.Kind.EXTERNAL_CHANGE, title="En reform")

    document = report(programme, Period(2016, 2017))

    assert blocks(document, Chart)[0].events == ((1, "En reform"),)
    assert document.sections[-1].title == "Om rapporten"


def test_many_events_of_a_year_are_told_by_kind(programme):
    for _n in range(21):
        EventFactory(programme=programme)

    moments = blocks(report(programme, YEAR), Timeline)[0].moments

    assert [moment.title for moment in moments] == ["21 tillfällen"]


def test_the_number_of_queries_does_not_depend_on_the_data(
    programme, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            report(programme)
        return len(caught)

    def fill():
        municipality = MunicipalityFactory(programme=programme)
        AttendanceFactory(event=EventFactory(programme=programme, municipality=municipality))
        PlacementFactory(grant=GrantFactory(programme=programme, municipality=municipality))
        MilestoneFactory(programme=programme, municipality=municipality)

    fill()
    one = queries()
    fill()
    fill()

    assert queries() == one


# Protection


def shuffle():
    """Change what is hidden, and nothing that is open: the most and the least usual result."""
    one, other = Outcome.Result.WORK, Outcome.Result.BACK_ON_PUBLIC_SUPPORT
    swapped = Case(When(result=one, then=Value(other)), default=Value(one))
    Outcome.objects.filter(result__in=[one, other]).update(result=swapped)


@pytest.mark.parametrize("period", [PERIOD, Period.of_year(2018)])
def test_the_protected_report_does_not_depend_on_what_it_hides(gavleborg, period):
    before = everything(report(gavleborg, period, View.PROTECTED))

    shuffle()

    assert everything(report(gavleborg, period, View.PROTECTED)) == before
    assert before != everything(report(gavleborg, period))


def test_parts_that_only_the_full_view_counts_are_hidden_not_zero(gavleborg):
    found = figures(gavleborg, PERIOD, View.PROTECTED, today=TODAY)

    part = found.get("outcomes", municipality="2132", result="work", sex="women")

    assert (part.value, part.is_protected) == (None, True)


def test_no_target_group_of_a_grant_in_the_protected_report(programme):
    GrantFactory(programme=programme, target_group="Hemlig grupp")

    assert "Hemlig grupp" not in everything(report(programme, YEAR, View.PROTECTED))
    assert "Hemlig grupp" in everything(report(programme, YEAR))


def test_a_note_on_placements_stays_in_the_office(programme):
    CompletenessFactory(programme=programme, area="placements", note="En kvinna saknas.")

    assert "En kvinna" not in everything(report(programme, YEAR, View.PROTECTED))


def test_the_full_report_is_marked_internal_on_each_page(made):
    document = made()
    pages = pypdf.PdfReader(io.BytesIO(pdf.render(document))).pages

    assert all("Intern version" in page.extract_text() for page in pages)


# Files


@pytest.mark.parametrize("view", View)
def test_the_pdf_is_accessible_and_archivable(made, view):
    assert failures(pdf.render(made(PERIOD, view))) == []


def test_the_pdf_of_a_year_and_of_nothing_are_valid(gavleborg):
    assert failures(pdf.render(report(gavleborg, YEAR, View.PROTECTED))) == []
    assert failures(pdf.render(report(ProgrammeFactory(), YEAR, View.PROTECTED))) == []


def test_the_pdf_says_the_numbers(made):
    text = pdf_text(pdf.render(made(PERIOD, View.PROTECTED)))

    for number in ("1 275", "1 257", "95", "586", "235", "183", "176", "66,7 %", "skyddas"):
        assert number in text


def test_the_same_document_gives_the_same_bytes(made):
    document = made(YEAR)

    assert pdf.render(document) == pdf.render(document)
    assert html.render(document) == html.render(document)


@pytest.fixture
def hostile(programme):
    programme.name = HOSTILE
    programme.background = f"{'långtord' * 40}\n{HOSTILE}"
    programme.contact = HOSTILE
    programme.save()
    EventFactory(programme=programme, title=HOSTILE[:200], outcome="x" * 300)
    objective = ObjectiveFactory(programme=programme, title=HOSTILE, position=1)
    JudgementFactory(objective=objective, reason=HOSTILE)
    MilestoneFactory(programme=programme, title=HOSTILE, text=HOSTILE)
    PublishedFigureFactory(
        programme=programme, indicator="events.held", value=9, explanation=HOSTILE
    )
    return programme


def test_hostile_text_is_text_in_the_pdf(hostile):
    data = pdf.render(report(hostile, YEAR))

    assert failures(data) == []
    text = pdf_text(data)
    assert "#set page(fill: red) $x$ *b* @a <script>alert(1)</script>" in text
    assert "långtord" * 40 in re.sub("[ \u00ad\u2010-]", "", text)


def test_hostile_text_is_text_in_the_page(hostile):
    text = html.render(report(hostile, YEAR))

    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_html_file_needs_nothing_beside_it(made):
    text = html.render(made())
    tree = markup.fromstring(text)

    assert tree.xpath("//script | //link | //img | //iframe") == []
    assert [a for a in tree.xpath("//@href") if not a.startswith("#")] == []
    assert tree.xpath("//th[not(@scope)]") == []
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {a[1:] for a in tree.xpath("//a/@href")} <= set(ids)
    assert len(text.encode()) < 1_000_000


def numbers_of(tables):
    """Each row's cells as they are written, but for words, table by table."""
    return [
        [
            [
                written(cell, column.form).replace("\u00a0", " ")
                for cell, column in zip(row, t.columns, strict=True)
                if column.form != Form.WORDS
            ]
            for row in t.rows
        ]
        for t in tables
    ]


@pytest.mark.parametrize("view", View)
def test_the_same_numbers_in_every_format(made, view):
    document = made(PERIOD, view)
    tables = blocks(document, Table)
    expected = numbers_of(tables)

    tree = markup.fromstring(html.render(document))
    in_html = [
        [
            [td.text_content().replace("\u00a0", " ") for td in tr.xpath("td")]
            for tr in t.xpath("tbody/tr")
        ]
        for t in tree.xpath("//table[@class='figures']")
    ]
    in_pdf = pdf_text(pdf.render(document)).replace("\u00a0", " ")
    assert len(in_html) == len(expected)
    for of, rows, html_rows in zip(tables, expected, in_html, strict=True):
        numeric = [i for i, column in enumerate(of.columns[1:]) if column.form != Form.WORDS]
        for row, html_row in zip(rows, html_rows, strict=True):
            assert [html_row[i] for i in numeric] == row
            assert " ".join(row) in in_pdf
    assert word_texts(word.render(document)) == document_texts(document)
    in_excel = excel_numbers(excel.render(document))
    assert in_excel == {k: v for k, v in document_numbers(document).items() if k in in_excel}
    assert all(k in in_excel for k, v in document_numbers(document).items() if v)


# Pages and downloads


def address(name, programme, *args):
    return reverse(f"reports:{name}", args=[programme.slug, *args])


@pytest.fixture
def reader(client, gavleborg):
    client.force_login(member_of(gavleborg, Role.BOARD))
    return client


@pytest.mark.parametrize("role", Role)
def test_every_member_reads_the_reports(client, programme, role):
    client.force_login(member_of(programme, role))

    assert client.get(address("reports", programme)).status_code == 200
    assert client.get(address("report", programme, 2017)).status_code == 200
    assert client.get(address("report_file", programme, 2017, "pdf")).status_code == 200


def test_a_stranger_finds_no_reports(client, programme):
    client.force_login(member_of(programme, None))

    for name, args in (("reports", ()), ("report", (2017,)), ("report_file", (2017, "pdf"))):
        assert client.get(address(name, programme, *args)).status_code == 404


@pytest.mark.parametrize("years", [(2015,), (2021,), (2016, 2021), (2018, 2017), (99999999999,)])
def test_years_outside_the_programme_are_not_there(client, programme, years):
    client.force_login(member_of(programme, Role.BOARD))

    assert client.get(address("report", programme, *years)).status_code == 404
    assert client.get(address("report_file", programme, *years, "pdf")).status_code == 404


def test_an_unknown_format_is_not_there(client, programme):
    client.force_login(member_of(programme, Role.BOARD))

    assert client.get(address("report_file", programme, 2017, "exe")).status_code == 404


@pytest.mark.parametrize("ending", files.FORMATS)
def test_files_come_as_attachments(client, programme, ending):
    client.force_login(member_of(programme, Role.BOARD))

    response = client.get(address("report_file", programme, 2016, 2020, ending))

    name = f"{programme.slug}-2016-2020.{ending}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == files.CONTENT_TYPES[ending]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert len(response.content) > 1000


def test_a_file_is_in_the_members_own_view(client, gavleborg):
    url = address("report_file", gavleborg, 2016, 2020, "html")
    client.force_login(member_of(gavleborg, Role.BOARD))
    assert "Skyddad. Små antal" in client.get(f"{url}?view=full").content.decode()

    client.force_login(member_of(gavleborg, Role.AUDITOR))
    own = client.get(url)
    assert "Intern version" in own.content.decode()
    assert "asf-gavleborg-2016-2020-intern.html" in own["Content-Disposition"]
    assert "Skyddad. Små antal" in client.get(f"{url}?view=protected").content.decode()


def test_the_page_shows_what_the_file_says(reader, gavleborg):
    text = reader.get(address("report", gavleborg, 2016, 2020)).content.decode()
    tree = markup.fromstring(text)

    rows = [
        [cell.text_content() for cell in row.xpath("th | td")]
        for row in tree.xpath("//table[@class='figures']/tbody/tr")
    ]
    assert ["2018", "152", "74", "17", "243", "244", "−1"] in rows
    assert reverse("reports:figure", args=[gavleborg.slug, "placed"]) in text
    assert "style=" not in text


def test_the_list_says_what_is_left_to_those_who_mend_it(client, programme):
    ObjectiveFactory(programme=programme, position=1)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    assert "Bedöm mål 1" in client.get(address("reports", programme)).content.decode()

    client.force_login(member_of(programme, Role.BOARD))
    assert "Bedöm mål 1" not in client.get(address("reports", programme)).content.decode()


def test_an_empty_year_has_nothing_recorded(client, programme):
    AttendanceFactory(event=EventFactory(programme=programme))
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    reports = client.get(address("reports", programme)).context["reports"]

    assert {r.period.first for r in reports if r.period.is_year and not r.is_empty} == {2017}


def test_the_list_names_each_year_and_the_period(client, programme):
    client.force_login(member_of(programme, Role.BOARD))

    reports = client.get(address("reports", programme)).context["reports"]

    assert [str(row.period) for row in reports] == [
        "2016–2020",
        "2020",
        "2019",
        "2018",
        "2017",
        "2016",
    ]


# The command


def export(slug, *args, **options):
    call_command("export_report", slug, *args, stdout=io.StringIO(), **options)


@pytest.mark.parametrize("ending", files.FORMATS)
def test_the_command_writes_a_file(programme, tmp_path, ending):
    target = tmp_path / f"rapport.{ending}"

    export(programme.slug, "--from=2016", "--to=2020", f"--format={ending}", f"--output={target}")

    assert target.stat().st_size > 1000


def test_the_command_protects_unless_told_otherwise(gavleborg, tmp_path):
    target = tmp_path / "rapport.html"

    export(gavleborg.slug, "--year=2018", "--format=html", f"--output={target}")

    assert "Skyddad. Små antal" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--year=1999"], "2016-2020"),
        (["--from=2016"], "--year"),
        (["--year=2017", "--to=2018"], "--year"),
        (["--from=2018", "--to=2017"], "--from"),
    ],
)
def test_the_command_says_what_is_wrong(programme, tmp_path, arguments, words):
    with pytest.raises(CommandError, match=words):
        export(programme.slug, *arguments, "--format=pdf", f"--output={tmp_path / 'x.pdf'}")


def test_the_command_refuses_what_is_not_there(programme, tmp_path):
    with pytest.raises(CommandError, match="no programme"):
        export("annat", "--year=2017", "--format=pdf", f"--output={tmp_path / 'x.pdf'}")
    with pytest.raises(CommandError, match="no folder"):
        export(programme.slug, "--year=2017", "--format=pdf", f"--output={tmp_path / 'a' / 'x'}")


def test_protected_cells_leave_a_gap_with_the_word(programme):
    from reports.document import charts
    from reports.document.parts import ChartKind, Series

    chart = Chart(
        ChartKind.COLUMNS, "Test", "Alt", ("2016", "2017"), (Series("A", (5, Mark.PROTECTED)),)
    )

    assert ">skyddas</text>" in charts.draw(chart)


def test_long_tables_go_on_over_pages_with_their_head(gavleborg):
    for n in range(60):
        GrantFactory(
            programme=gavleborg,
            year=2017,
            initiative=gavleborg.initiatives.get(direction="individual"),
            municipality=gavleborg.municipalities.first(),
            places=100 + n,
        )
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(report(gavleborg, YEAR))))
    pages = [p.extract_text() for p in reader.pages]

    assert {n for n in range(100, 160) if any(f"{n}" in text for text in pages)} == {
        *range(100, 160)
    }
    assert sum("beviljade" in text and "månader" in text for text in pages) >= 2


def test_two_reports_at_once_do_not_mix(made):
    from concurrent.futures import ThreadPoolExecutor

    documents = [made(Period.of_year(year)) for year in PERIOD.years]
    alone = [pdf.render(document) for document in documents]

    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(pdf.render, documents)) == alone
