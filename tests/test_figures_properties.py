"""What holds of the figures in any world: sums, years, stand-ins, rows, other programmes, protection."""

import csv
import io
import json
from collections import Counter
from datetime import date
from functools import partial
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from activities.figures import REACH
from activities.models import Attendance, Event, GroupStatus
from enterprises.models import Census, CensusReturn
from placements.models import Outcome, Placement
from programmes.figures import SEX, Kind
from programmes.models import Completeness, Staffing
from programmes.periods import Period, days_in
from reports.evidence.behind import evidence
from reports.figures import Basis, View, figures
from reports.indicators import INDICATORS

from .factories import (
    CensusReturnFactory,
    MunicipalityFactory,
    OutcomeFactory,
    ProgrammeFactory,
)
from .worlds import PERIOD, full, in_any, nothing_written, worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_history")]
Level = Completeness.Level
RULES = []
protected = partial(figures, view=View.PROTECTED, today=date(2019, 6, 1))


def values(found):
    return [figure.value for figure in found]


def known(found):
    return [figure.value for figure in found if figure.value is not None]


def totals(found):
    return [figure for figure in found if not figure.key]


def of_years(found, figure):
    return found.series(figure.indicator.code, **dict(figure.key))


def rule(function):
    """One of the rules that hold of all figures in every world; each is told by its name."""
    RULES.append(function)
    return function


@in_any
@given(worlds())
def test_every_rule_holds_in_any_world(world):
    found = full(world.programme, PERIOD)
    for rule_holds in RULES:
        rule_holds(world, found)


# Sums and years


@rule
def a_total_from_records_is_the_sum_of_its_parts(world, found):
    for total in totals(found):
        if total.basis == Basis.RECORDS and total.unit != "share":
            for dimension in total.indicator.dimensions:
                parts = found.parts(total.indicator.code, dimension.name, total.period)
                inside = sum(known(figure for _value, figure in parts))
                if dimension.name == "subregion":  # one municipality lies in none
                    assert inside <= total.value
                else:
                    assert (dimension.name, inside) == (dimension.name, total.value)


@rule
def pairs_sum_to_their_parts(world, found):
    for year, audience in product(PERIOD.years, REACH.dimension("audience").values):
        part = found.get(REACH.code, year, audience=audience)
        pairs = [found.get(REACH.code, year, audience=audience, sex=sex) for sex in SEX.values]
        if part.basis == Basis.RECORDS:
            assert sum(values(pairs)) == part.value


@rule
def a_sum_over_a_period_is_that_of_the_years_it_knows(world, found):
    for figure in found:
        if figure.indicator.kind == Kind.SUM and figure.period == PERIOD:
            years = of_years(found, figure)
            assert figure.value == (sum(known(years)) if known(years) else None)
            assert figure.known == len(known(years))
            assert figure.years == sum(year.is_applicable for year in years)


@rule
def persons_lie_between_the_most_of_a_year_and_the_sum_of_the_years(world, found):
    total = found.get("placements.persons")
    if total.value is not None:
        assert max(known(of_years(found, total))) <= total.value
        assert total.value <= sum(known(of_years(found, total)))


@rule
def nothing_is_known_of_a_period_without_a_known_year(world, found):
    assert {f.value for f in found if f.period == PERIOD and not f.known} <= {None}


@in_any
@given(worlds("groups", "completeness"))
def test_groups_of_a_period_are_never_fewer_than_on_a_years_last_day(world):
    found = full(world.programme, PERIOD)
    for figure in found:
        if figure.indicator.code == "groups.active" and figure.period == PERIOD:
            years = known(of_years(found, figure))
            assert (figure.value is None) == (not years)
            assert not years or figure.value >= max(years)


@in_any
@given(worlds("placements"))
def test_the_use_of_places_is_used_by_granted(world):
    found = full(world.programme, PERIOD)
    for figure in found:
        if figure.indicator.code == "grants.utilisation":
            used, granted = (
                found.get(code, figure.period, **dict(figure.key)).value
                for code in ("grants.used", "grants.granted")
            )
            assert figure.value == (used / granted if granted else None)


# Unknown and zero


@rule
def years_without_records_have_no_value_but_a_printed_one(world, found):
    levels = dict.fromkeys(product(PERIOD.years, Completeness.Area), Level.COMPLETE)
    for row in world.programme.completeness.all():
        levels[row.year, row.area] = row.level
    for figure in found:
        level = levels.get((figure.period.first, figure.indicator.area))
        if figure.period.is_year and level in (Level.NONE, Level.NOT_APPLICABLE):
            expected = {Basis.MISSING} | ({Basis.PUBLISHED} if level == Level.NONE else set())
            assert figure.basis in expected
            assert figure.is_applicable == (level == Level.NONE)


@in_any
@given(worlds("activities", "groups", "placements"))
def test_complete_years_know_everything_but_what_nobody_counted(world):
    found = full(world.programme, PERIOD)
    for figure in found:
        reach = figure.indicator.code == "reach.attendances"
        if figure.value is None and figure.unit not in ("share", "percent"):
            assert reach or figure.indicator.area == Completeness.Area.CENSUS
            assert not reach or found.get("events.without_attendance", figure.period).value


def test_an_empty_complete_year_is_zero_and_its_stocks_of_answers_unknown(programme):
    found = full(programme, Period.of_year(2017))

    assert {f.indicator.code for f in totals(found) if f.value is None} == {
        "employees",
        "placed",
        "grants.utilisation",
        "staffing.percent",
    }
    assert set(known(totals(found))) == {0}


@in_any
@given(worlds("census"))
def test_a_part_of_the_census_is_known_where_somebody_answered(world):
    found = full(world.programme, PERIOD)
    for year, sex in product(PERIOD.years, ("women", "men", "unspecified")):
        typed = [
            number
            for census in world.programme.censuses.filter(year=year)
            for number in census.returns.filter(
                state="confirmed", enterprise__in=census.asked()
            ).values_list(f"employed_{sex}", flat=True)
            if number is not None
        ]
        assert found.get("employees", year, sex=sex).value == (sum(typed) if typed else None)


# Printed values


@rule
def a_stand_in_is_never_mixed_with_records(world, found):
    for figure in found:
        if figure.basis == Basis.PUBLISHED and figure.period.is_year:
            own = [p.value for p in figure.printed if p.stands_in]
            parts = [
                f.value
                for f in found
                if (f.indicator, f.period) == (figure.indicator, figure.period)
                and len(f.key) == 1
                and f.basis == Basis.PUBLISHED
            ]
            assert [figure.value] == own or (not figure.key and figure.value <= sum(parts))


@rule
def a_year_stands_on_records_or_on_printed_values_alone(world, found):
    bases = {}
    for figure in found:
        if figure.period.is_year and figure.value is not None:
            bases.setdefault((figure.indicator.code, figure.period), set()).add(figure.basis)
    assert Counter(map(len, bases.values())) == {1: len(bases)}


@rule
def the_records_behind_a_figure_add_up_to_it(world, found):
    with nothing_written():
        for figure in found:
            if figure.value is not None:
                behind = evidence(found, figure)
                assert behind.total == figure.value or not behind.adds_up


@rule
def a_difference_is_the_value_less_the_printed(world, found):
    for figure in found:
        if figure.difference is not None:
            assert figure.difference == figure.value - figure.published


# Against a plain count


@in_any
@given(worlds("activities"))
def test_attendances_are_those_of_events_held(world):
    found = full(world.programme, PERIOD)
    cells = Attendance.objects.filter(event__programme=world.programme, event__status="held")
    counted = Counter()
    for cell in cells.select_related("event"):
        counted[cell.event.starts_on.year] += cell.women + cell.men + cell.unspecified
    for year in PERIOD.years:
        assert (found.get("reach.attendances", year).value or 0) == counted[year]


@in_any
@given(worlds("groups"))
def test_groups_are_active_by_the_latest_status_of_a_day(world):
    found = full(world.programme, PERIOD)
    histories = {}
    rows = GroupStatus.objects.filter(group__programme=world.programme).order_by("starts_on")
    for row in rows:
        histories.setdefault(row.group_id, []).append((row.starts_on, row.status))

    def active_on(day):
        return {
            group
            for group, history in histories.items()
            if [status for begun, status in history if begun <= day][-1:] == ["active"]
        }

    for year in PERIOD.years:
        assert found.get("groups.active", year).value == len(active_on(date(year, 12, 31)))
    ever = set().union(*map(active_on, days_in(PERIOD.start, PERIOD.end)))
    assert found.get("groups.active").value == len(ever)


@in_any
@given(worlds("a_large_census"))
def test_enterprises_are_those_of_the_register_active_on_the_reference_date(world):
    found = full(world.programme, PERIOD)
    days = {year: Census.usual_day(year) for year in PERIOD.years}
    days |= dict(world.programme.censuses.values_list("year", "reference_date"))
    for year, day in days.items():
        active = world.programme.enterprises.active_on(day)
        assert found.get("enterprises.count", year).value == active.count()
        assert found.get("census.expected", year).value == active.count()


@in_any
@given(worlds("staffing"))
def test_staffing_is_the_mean_of_days_that_are_all_known(world):
    found = full(world.programme, PERIOD)
    rows = Staffing.objects.filter(programme=world.programme)
    for year in PERIOD.years:
        days = [
            [r.percent for r in rows if r.starts_on <= day <= (r.ends_on or date.max)]
            for day in days_in(date(year, 1, 1), date(year, 12, 31))
        ]
        mean = sum(map(sum, days)) / len(days) if all(days) else None
        assert found.get("staffing.percent", year).value == mean


@in_any
@given(worlds("placements"))
def test_persons_have_their_latest_outcome_that_stands(world):
    found = full(world.programme, PERIOD)
    of = Placement.objects.filter(grant__programme=world.programme)
    for span in [*map(Period.of_year, PERIOD.years), PERIOD]:
        persons = set(
            of.filter(starts_on__range=(span.start, span.end)).values_list("participant", flat=True)
        )
        dated = Outcome.objects.filter(
            placement__participant__in=persons,
            correction=None,
            known_on__range=(span.start, span.end),
        )
        latest = dict(
            dated.order_by("known_on", "pk").values_list("placement__participant", "result")
        )
        of_results = Counter(latest.values())
        assert found.get("placements.persons", span).value == len(persons)
        for result in set(Outcome.Result.values) - {Outcome.Result.UNKNOWN}:
            assert found.get("outcomes", span, result=result).value == of_results[result]


# Rows


@rule
def rows_come_in_the_order_of_the_contract(world, found):
    rows = [(f.indicator.code, f.period) for f in found]

    spans = [*map(Period.of_year, PERIOD.years), PERIOD]
    assert list(dict.fromkeys(rows)) == [
        (code, span)
        for code, indicator in INDICATORS.items()
        for span in spans
        if span.is_year or indicator.kind != Kind.STOCK
    ]


@rule
def parts_come_by_dimension_all_of_closed_ones(world, found):
    for total in totals(found):
        code, span = total.indicator.code, total.period
        keys = [f.key for f in found if (f.indicator, f.period) == (total.indicator, span)]
        expected = [()]
        for dimension in total.indicator.dimensions:
            parts = [value for value, _figure in found.parts(code, dimension.name, span)]
            closed = ("norr", "soder") if dimension.name == "subregion" else dimension.values
            assert tuple(parts) == (closed or tuple(sorted(parts)))
            expected += [((dimension.name, value),) for value in parts]
        assert keys[: len(expected)] == expected
        assert {len(key) for key in keys[len(expected) :]} <= {2, 3}


@in_any
@given(worlds("activities"))
def test_open_dimensions_have_the_values_that_occur(world):
    found = full(world.programme, PERIOD)
    for year in PERIOD.years:
        held = Event.objects.filter(programme=world.programme, status="held", year=year)
        kinds = [value for value, _figure in found.parts("events.held", "kind", year)]
        assert kinds == sorted(set(held.values_list("kind", flat=True)))


@rule
def a_single_year_is_printed_once_as_in_a_longer_period(world, found):
    year = Period.of_year(2017)
    alone = [(f.indicator.code, f.key, f.value, f.basis) for f in full(world.programme, year)]

    assert alone == [(f.indicator.code, f.key, f.value, f.basis) for f in found if f.period == year]


@pytest.mark.parametrize("code", INDICATORS)
def test_an_indicator_has_one_definition_in_force_in_any_year(code):
    since = [definition.since for definition in INDICATORS[code].definitions]

    assert since[0] is None
    assert since[1:] == sorted(set(since[1:]))
    assert INDICATORS[code].definition(1900) == INDICATORS[code].definitions[0]


# Another programme, an initiative


@in_any
@given(worlds("activities", "placements"))
def test_initiatives_share_what_belongs_to_them(world):
    found = full(world.programme, PERIOD)
    shares = [full(world.programme, PERIOD, initiative=one) for one in world.initiatives]
    for total in totals(found):
        if total.indicator.by_initiative and total.indicator.kind == Kind.SUM:
            parts = [share.get(total.indicator.code, total.period).value for share in shares]
            assert sum(filter(None, parts)) == (total.value or 0)


@in_any
@given(worlds(), st.data())
def test_another_programme_changes_nothing(world, data):
    before = values(full(world.programme, PERIOD))

    other = data.draw(worlds())

    assert other.programme != world.programme
    assert values(full(world.programme, PERIOD)) == before


# Protection


@rule
def of_persons_nothing_is_shown_between_0_and_the_threshold(world, found):
    for figure in protected(world.programme, PERIOD):
        if figure.indicator.protected and figure.value:
            of = found.get("grants.used", figure.period, **dict(figure.key))
            assert (of if figure.unit == "share" else figure).value >= 5


@rule
def a_hidden_cell_keeps_nothing(world, found):
    for figure in protected(world.programme, PERIOD):
        if figure.is_protected:
            kept = (figure.value, figure.published, figure.difference, figure.printed, figure.known)
            assert kept == (None, None, None, (), 0)


@rule
def of_persons_nothing_is_shown_of_a_part_of_the_period(world, found):
    for period in (Period(2016, 2017), Period(2017, 2018), Period(2015, 2018)):
        shown = protected(world.programme, period)
        of_part = {f.value for f in shown if f.indicator.protected and f.period == period}
        assert of_part == {None}


@rule
def a_year_is_shown_the_same_whatever_period_is_asked_for(world, found):
    year = Period.of_year(2017)
    alone = {f.key: f for f in protected(world.programme, year) if f.indicator.protected}
    among = protected(world.programme, PERIOD)
    assert {f.key: f for f in among if f.indicator.protected and f.period == year} == alone


@rule
def what_is_open_is_the_same_in_both_views(world, found):
    for figure in protected(world.programme, PERIOD):
        same = found.get(figure.indicator.code, figure.period, **dict(figure.key))
        if not figure.indicator.protected and not figure.is_protected:
            assert figure == same
        elif not figure.is_protected:
            assert figure.value in (same.value, None)


@in_any
@given(worlds("placements"))
def test_the_protected_rows_are_the_same_whatever_happened_in_the_placements(world):
    before = [(f.indicator.code, f.period, f.key) for f in protected(world.programme, PERIOD)]
    Outcome.objects.filter(placement__grant__programme=world.programme)._raw_delete("default")
    Placement.objects.filter(grant__programme=world.programme)._raw_delete("default")

    after = protected(world.programme, PERIOD)
    assert [(f.indicator.code, f.period, f.key) for f in after] == before


def attacker(found, code, year, regions):
    """The sets of municipalities an outsider can tell the sum of by subtraction, and those shown.

    From each subregion, and what lies in none, the municipalities shown are taken away.
    """
    for region in {*regions.values()}:
        own = {v: f for v, f in found.parts(code, "municipality", year) if regions[v] == region}
        yield from ({value} for value, figure in own.items() if figure.value is not None)
        rest = {value for value, figure in own.items() if figure.value is None}
        if len(rest) < len(own):  # else it is the open subregion itself
            yield rest


@in_any
@given(worlds("a_large_census"))
def test_no_subtraction_gives_a_sum_of_fewer_than_three_answers(world):
    found = protected(world.programme, PERIOD)
    regions = dict(world.programme.municipalities.values_list("code", "subregion__slug"))
    answers = CensusReturn.objects.filter(census__programme=world.programme, state="confirmed")
    for code, names in (("employees", CensusReturn.EMPLOYED), ("placed", CensusReturn.PLACED)):
        for year in PERIOD.years:
            behind = Counter(
                answer.enterprise.municipality.code
                for answer in answers.filter(census__year=year)
                if any(getattr(answer, name) is not None for name in names)
            )
            for told in attacker(found, code, year, regions):
                assert not told or sum(behind[value] for value in told) >= 3
                assert (
                    len(told) != 1
                    or found.get(code, year, municipality=min(told)).value is not None
                )


def test_nothing_is_told_of_a_municipality_without_answers(programme):
    CensusReturnFactory(census__programme=programme)
    empty = MunicipalityFactory(programme=programme)

    found = protected(programme, Period.of_year(2017))

    assert found.get("employees", municipality=empty.code).value is None


# The command


def printed(capsys, programme, *options):
    call_command("figures", programme.slug, "--from", "2016", "--to", "2018", *options)
    return capsys.readouterr().out


def as_text(value):
    return "" if value is None else str(value)


@in_any
@given(worlds())
def test_json_and_csv_are_the_same_rows(capsys, world):
    rows = json.loads(printed(capsys, world.programme, "--view", "full", "--format", "json"))
    lines = csv.DictReader(io.StringIO(printed(capsys, world.programme, "--view", "full")))

    assert [{name: as_text(value) for name, value in row.items()} for row in rows] == list(lines)


@in_any
@given(worlds("activities", "placements"))
def test_the_command_takes_an_initiative_alone(capsys, world):
    options = ("--view", "full", "--format", "json", "--initiative", "ett")
    rows = json.loads(printed(capsys, world.programme, *options))

    found = full(world.programme, PERIOD, initiative=world.initiatives[0])
    assert [row["breakdown"] for row in rows] == [figure.breakdown for figure in found]
    assert [row["value"] for row in rows if row["unit"] != "share"] == [
        figure.value for figure in found if figure.unit != "share"
    ]


def test_the_command_is_protected_unless_told_otherwise(capsys, programme):
    OutcomeFactory(placement__grant__programme=programme)

    rows = list(csv.DictReader(io.StringIO(printed(capsys, programme))))

    of_year = [
        r for r in rows if (r["indicator"], r["breakdown"], r["period"]) == ("outcomes", "", "2017")
    ]
    assert [(row["value"], row["basis"]) for row in of_year] == [("", "protected")]


@pytest.mark.parametrize(
    ("slug", "first", "last", "options", "message"),
    [
        ("saknas", 2016, 2018, (), "There is no programme “saknas”."),
        ("finns", 2018, 2016, (), "--from cannot come after --to."),
        ("finns", 16, 18, (), "Give years between 1900 and 2200."),
        ("finns", 2016, 2018, ("--initiative", "x"), "There is no initiative “x” in “finns”."),
    ],
)
def test_the_commands_errors_say_what_to_mend(db, slug, first, last, options, message):
    ProgrammeFactory(slug="finns")

    with pytest.raises(CommandError) as refused:
        call_command("figures", slug, "--from", first, "--to", last, *options)

    assert str(refused.value) == message
