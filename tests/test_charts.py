"""Charts and maps: what is drawn, what is said, and that nothing is drawn for what is unknown."""

from datetime import date

import pytest
from django.template import Context, Template

from activities.models import Milestone
from programmes.models import Completeness
from programmes.periods import Period
from reports.charts.drawing import round_step
from reports.charts.maps import county_map
from reports.charts.parts import parts
from reports.charts.spark import spark
from reports.charts.words import external_changes, runs_of
from reports.charts.years import column_chart, line_chart, places_chart, stacked
from reports.figures import View, figures

from .factories import (
    AttendanceFactory,
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseStatusFactory,
    EventFactory,
    GrantFactory,
    MilestoneFactory,
    MunicipalityFactory,
    PlacementFactory,
    PublishedFigureFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2021, 3, 1)
PERIOD = Period(2016, 2020)


def of(programme, view=View.FULL, period=PERIOD):
    return figures(programme, period, view, today=TODAY)


def attended(programme, year, number, audience="officer", municipality=None):
    event = EventFactory(programme=programme, starts_on=date(year, 5, 1), municipality=municipality)
    AttendanceFactory(event=event, audience=audience, women=number, men=0)


def texts(cells):
    return [cell.text for cell in cells]


def test_a_stack_adds_up_to_the_total_of_its_year(programme):
    attended(programme, 2017, 30)
    attended(programme, 2017, 10, audience="politician")

    chart = stacked(of(programme), "reach.attendances", "audience")

    of_2017 = chart.columns[1]
    assert [(bar.css, bar.words) for bar in of_2017.bars] == [
        ("s-officer", "2017, Tjänstepersoner: 30"),
        ("s-politician", "2017, Politiker: 10"),
    ]
    assert of_2017.total == "40"
    assert texts(chart.totals) == ["0", "40", "0", "0", "0"]


def test_an_audience_looks_the_same_whoever_else_is_there(programme):
    attended(programme, 2017, 30, audience="enterprise")

    chart = stacked(of(programme), "reach.attendances", "audience")

    assert [bar.css for bar in chart.columns[1].bars] == ["s-enterprise"]


def test_a_total_without_parts_is_drawn_as_not_split_up(programme):
    PublishedFigureFactory(programme=programme, value=586, stands_in=True)
    CompletenessFactory(programme=programme, level=Completeness.Level.NONE)

    chart = stacked(of(programme), "reach.attendances", "audience")

    assert [bar.css for bar in chart.columns[1].bars] == ["s-unknown"]
    assert "inte uppdelade på målgrupp. Tryckta uppgifter: 2017." in chart.measure


def test_what_is_partly_split_keeps_the_rest_as_a_part(programme):
    attended(programme, 2017, 30)
    attended(programme, 2017, 10, audience="")

    chart = stacked(of(programme), "reach.attendances", "audience")

    assert [bar.words for bar in chart.columns[1].bars][1] == "2017, inte uppdelat: 10"
    assert [name for name, _cells in chart.table] == ["Tjänstepersoner", "Inte uppdelat"]


def test_an_unknown_year_is_a_word_and_no_bar(programme):
    attended(programme, 2017, 5)
    CompletenessFactory(programme=programme, year=2018, level=Completeness.Level.NONE)

    chart = column_chart(of(programme), "reach.attendances")

    assert (chart.columns[2].total, chart.columns[2].bars) == ("saknas", ())
    assert "Uppgift saknas: 2018." in chart.measure


def test_nothing_recorded_in_a_partial_year_is_not_zero(programme):
    attended(programme, 2017, 5)
    CompletenessFactory(programme=programme, year=2018)

    chart = column_chart(of(programme), "reach.attendances")

    assert [column.total for column in chart.columns] == ["0", "5", "saknas", "0", "0"]


def test_the_title_names_the_year_of_the_most_only_where_all_is_known(programme):
    attended(programme, 2017, 5)
    known = column_chart(of(programme), "reach.attendances").title
    CompletenessFactory(programme=programme, year=2018)
    partly = column_chart(of(programme), "reach.attendances").title

    assert (known, partly) == ("Flest deltagartillfällen 2017", "Deltagartillfällen")


def test_nothing_at_all_draws_nothing(programme):
    result = of(programme)

    assert stacked(result, "reach.attendances", "audience") is None
    assert column_chart(result, "events.held") is None
    assert line_chart(result, "employees", "sex") is None
    assert county_map(result, "reach.attendances", 2017) is None
    assert parts(result, "events.held", "kind", 2017) is None


def test_a_line_breaks_where_a_year_is_unknown(programme):
    for year in (2016, 2017, 2019):
        CensusReturnFactory(census=CensusFactory(programme=programme, year=year))

    (line,) = line_chart(of(programme), "employees").lines

    assert line.path.count("M") == 2
    assert [words for _x, _y, words in line.points] == [
        "2016, Anställda: 7",
        "2017, Anställda: 7",
        "2019, Anställda: 7",
    ]


def test_external_changes_mark_their_year(programme):
    attended(programme, 2017, 5)
    MilestoneFactory(
        programme=programme, kind=Milestone.Kind.EXTERNAL_CHANGE, title="Reform", year=2017
    )
    MilestoneFactory(programme=programme, title="Policy")

    changes = external_changes(programme, PERIOD)
    chart = column_chart(of(programme), "reach.attendances", changes=changes)

    assert [(mark.letter, mark.text) for mark in chart.marks] == [("A", "2017: Reform")]


def test_the_protected_view_draws_no_bar_of_single_persons(programme):
    PlacementFactory(grant=GrantFactory(programme=programme))
    result = of(programme, View.PROTECTED)

    assert column_chart(result, "placements.persons") is None
    assert stacked(result, "outcomes", "result") is None
    assert parts(result, "outcomes", "result", 2017) is None
    assert spark(result.series("grants.used")) == ()


def test_places_used_are_a_part_of_those_granted(programme):
    PlacementFactory(grant=GrantFactory(programme=programme, places=4))

    chart = places_chart(of(programme))

    assert [bar.words for bar in chart.columns[1].bars] == [
        "2017, nyttjade: 1",
        "2017, inte nyttjade: 3",
    ]
    assert [texts(cells) for _name, cells in chart.table] == [
        ["0", "4", "0", "0", "0"],
        ["0", "1", "0", "0", "0"],
    ]


def test_the_protected_view_draws_places_granted_alone(programme):
    PlacementFactory(grant=GrantFactory(programme=programme, places=4))

    chart = places_chart(of(programme, View.PROTECTED))

    assert [bar.words for column in chart.columns for bar in column.bars] == ["2017: 4"]
    assert texts(chart.table[1][1]) == ["0", "skyddas", "0", "0", "0"]
    assert chart.measure.endswith("Nyttjade platser skyddas: 2017.")


def test_a_share_is_drawn_in_percent(programme):
    PlacementFactory(grant=GrantFactory(programme=programme, places=4))
    of_two_years = of(programme, period=Period(2017, 2018))

    chart = column_chart(of_two_years, "grants.utilisation")

    assert [bar.words for bar in chart.columns[0].bars] == ["2017: 25,0\xa0%"]
    assert [label for _y, label in chart.ticks] == ["0\xa0%", "10\xa0%", "20\xa0%"]
    assert chart.sentence.startswith("2017: 25,0\xa0%.")


def test_a_series_on_some_of_the_answers_says_so_and_finds_nothing(programme):
    for year, states in ((2016, ["confirmed"]), (2017, ["confirmed", "not_answered"])):
        census = CensusFactory(programme=programme, year=year)
        for state in states:
            status = EnterpriseStatusFactory(
                enterprise__programme=programme, starts_on=date(year, 1, 1)
            )
            CensusReturnFactory(census=census, enterprise=status.enterprise, state=state)

    chart = line_chart(of(programme, period=Period(2016, 2017)), "employees")

    assert chart.title == "Anställda"
    assert "Alla har inte svarat: 2017: 1 av 3." in chart.measure


@pytest.fixture
def county(programme):
    names = {"2101": "Ockelbo", "2104": "Hofors", "2180": "Gävle"}
    return {
        name: MunicipalityFactory(programme=programme, code=code, name=name)
        for code, name in names.items()
    }


def test_a_map_shows_each_municipality_and_what_counts_outside(programme, county):
    attended(programme, 2017, 12, municipality=county["Gävle"])
    attended(programme, 2017, 3, municipality=county["Hofors"])
    attended(programme, 2017, 8)

    drawn = county_map(of(programme), "reach.attendances", 2017)

    assert {area.name: (area.words, area.shade) for area in drawn.areas} == {
        "Gävle": ("12", 4),
        "Hofors": ("3", 1),
        "Ockelbo": ("–", 0),
    }
    assert drawn.title == "Ingen händelse i Ockelbo"
    assert [(name, cell.text) for name, cell in drawn.rows][-1] == ("Länet", "8")


def test_a_municipality_nobody_has_counted_in_is_missing_on_the_map(programme, county):
    attended(programme, 2017, 12, municipality=county["Gävle"])
    EventFactory(programme=programme, municipality=county["Ockelbo"])

    drawn = county_map(of(programme), "reach.attendances", 2017)

    assert {area.name: area.words for area in drawn.areas}["Ockelbo"] == "saknas"


def test_a_programme_outside_the_known_counties_has_no_map(programme):
    attended(programme, 2017, 12, municipality=MunicipalityFactory(programme=programme))

    assert county_map(of(programme), "reach.attendances", 2017) is None


def test_parts_stand_largest_first_with_their_bars(programme):
    attended(programme, 2017, 5)
    attended(programme, 2017, 5)
    EventFactory(programme=programme, kind="seminar")

    found = parts(of(programme), "events.held", "kind", 2017)

    assert [(row.name, row.cell.text, row.percent) for row in found.rows] == [
        ("Frukostmöte", "2", 100.0),
        ("Seminarium", "1", 50.0),
    ]


@pytest.mark.parametrize(
    ("years", "words"),
    [([2016], ["2016"]), ([2016, 2018, 2019, 2020], ["2016", "2018–2020"])],
)
def test_years_are_told_in_runs(years, words):
    assert runs_of(years) == words


def test_the_tags_write_svg_without_inline_style(programme, county):
    attended(programme, 2017, 12, municipality=county["Gävle"])

    html = Template(
        "{% load charts %}{% stacked_chart figures 'reach.attendances' 'audience' %}"
        "{% column_chart figures 'reach.attendances' sex='women' %}"
        "{% county_map figures 'reach.attendances' 2017 %}"
        "{% parts_table figures 'events.held' 'kind' 2017 %}"
    ).render(Context({"figures": of(programme)}))

    assert html.count("<svg") > html.count("<figure") > 0
    assert "style=" not in html
    assert html.count('role="img"') == html.count("<title id=") == html.count("<desc id=") == 3


@pytest.mark.parametrize(("most", "step"), [(0, 1), (4, 1), (9, 5), (95, 25), (1275, 500)])
def test_an_axis_has_whole_round_steps(most, step):
    assert round_step(most) == step
