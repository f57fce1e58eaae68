"""Protection of small numbers: what is shown and hidden in small worlds, and attacked in random ones."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Membership
from placements.models import Placement
from programmes.periods import Period
from reports import disclosure
from reports.disclosure.deciding import shown_places
from reports.disclosure.ledger import Ledger
from reports.document.content import write
from reports.figures import Basis, View, figures

from .attacker import Attacker, reference
from .factories import (
    CompletenessFactory,
    GrantFactory,
    MunicipalityFactory,
    OutcomeFactory,
    ParticipantFactory,
    PlacementFactory,
    ProgrammeFactory,
    PublishedFigureFactory,
    member_of,
)
from .random_placements import Placed

PERIOD = Period(2016, 2020)
TODAY = date(2021, 3, 1)
THRESHOLD = 5


def protected(programme, period=PERIOD, today=TODAY):
    return figures(programme, period, View.PROTECTED, today=today)


def place(grant, number, year=2017, sex="women", **more):
    for _person in range(number):
        participant = ParticipantFactory(programme=grant.programme, sex=sex)
        PlacementFactory(grant=grant, participant=participant, starts_on=date(year, 3, 1), **more)


def values(found, code, period, dimension):
    """The parts that are shown, "x" for what is hidden."""
    return ["x" if f.is_protected else f.value for _v, f in found.parts(code, dimension, period)]


@pytest.fixture
def granted(programme):
    """Three municipalities with a grant each year from 2016 to 2018."""
    municipalities = [
        MunicipalityFactory(programme=programme, code=code) for code in ("2101", "2102", "2103")
    ]
    return {
        (year, m.code): GrantFactory(programme=programme, year=year, municipality=m, places=20)
        for year in (2016, 2017, 2018)
        for m in municipalities
    }


# Small worlds


def test_a_small_number_is_hidden_with_the_smallest_that_hides_it(programme, granted):
    for code, number in (("2101", 3), ("2102", 6), ("2103", 9)):
        place(granted[2017, code], number)

    found = protected(programme)

    for code in ("placements.started", "placements.persons", "grants.used"):
        assert found.get(code, 2017).value == 18
        assert values(found, code, 2017, "municipality") == ["x", "x", 9]


def test_small_numbers_that_hide_each_other_need_no_third(programme, granted):
    for code, number in (("2101", 3), ("2102", 2), ("2103", 9)):
        place(granted[2017, code], number)

    assert values(protected(programme), "grants.used", 2017, "municipality") == ["x", "x", 9]


def test_nothing_is_hidden_where_no_number_is_small(programme, granted):
    for code in ("2101", "2102", "2103"):
        place(granted[2017, code], 5)

    shown = protected(programme)

    assert values(shown, "placements.persons", 2017, "municipality") == [5, 5, 5]
    assert values(shown, "placements.persons", PERIOD, "municipality") == [5, 5, 5]
    assert not any(f.is_protected for f in shown if f.indicator.protected)


def test_where_nobody_was_granted_anything_a_zero_hides_nobody(programme, granted):
    granted[2017, "2103"].delete()
    place(granted[2017, "2101"], 3)
    place(granted[2017, "2102"], 6)

    assert values(protected(programme), "grants.used", 2017, "municipality") == ["x", "x", 0]


def test_a_share_is_hidden_exactly_with_the_places_used(programme, granted):
    for code, number in (("2101", 3), ("2102", 6), ("2103", 9)):
        place(granted[2017, code], number)
    found = protected(programme)

    for figure in (f for f in found if f.indicator.code == "grants.utilisation"):
        used = found.get("grants.used", figure.period, **dict(figure.key))
        assert figure.is_protected == used.is_protected
    assert found.get("grants.utilisation", 2017, municipality="2103").value == 9 / 20


def test_a_year_that_goes_on_is_hidden_and_so_is_the_period(programme, granted):
    place(granted[2017, "2101"], 9)

    found = protected(programme, today=date(2017, 12, 31))

    assert found.get("placements.persons", 2016).value == 0
    assert found.get("placements.persons", 2017).is_protected
    assert found.get("placements.persons").is_protected


def test_a_period_of_some_years_is_hidden_and_its_years_are_not(programme, granted):
    place(granted[2017, "2101"], 9)

    found = protected(programme, Period(2016, 2018))

    assert found.get("placements.persons").is_protected
    assert found.get("placements.persons", 2017).value == 9


def test_of_an_initiative_alone_nothing_is_shown(programme, granted):
    place(granted[2017, "2101"], 9)
    initiative = granted[2017, "2101"].initiative

    found = figures(programme, PERIOD, View.PROTECTED, today=TODAY, initiative=initiative)

    assert {f.basis for f in found if f.indicator.protected} == {Basis.PROTECTED}


def test_what_is_unknown_is_said_to_be_where_everybody_knows(programme, granted):
    CompletenessFactory(programme=programme, area="placements", year=2018, level="none")
    place(granted[2017, "2101"], 9)

    found = protected(programme)

    assert found.get("placements.persons", 2018).basis == Basis.MISSING
    assert found.get("placements.persons", 2017).value == 9


def test_a_period_tells_not_which_part_has_no_record_in_a_year(programme, granted):
    CompletenessFactory(programme=programme, area="placements", year=2016, level="partial")
    place(granted[2016, "2101"], 7, 2016)
    for code in ("2101", "2102"):
        place(granted[2017, code], 7)

    found = protected(programme)

    told = {
        (f.known, f.incomplete, f.basis)
        for f in found
        if f.key
        and f.value is not None
        and f.indicator.code == "placements.started"
        and f.period == PERIOD
    }
    assert told == {(5, True, Basis.RECORDS)}


def test_a_printed_value_that_differs_is_not_shown_to_everybody(programme, granted):
    place(granted[2017, "2101"], 9)
    for value in (9, 11):
        PublishedFigureFactory(
            programme=programme,
            indicator="grants.used",
            value=value,
            is_main=value == 9,
            explanation="En kvinna",
        )

    shown = protected(programme).get("grants.used", 2017)

    assert [(p.value, p.explanation) for p in shown.printed] == [(9, "")]


def test_the_rows_are_the_same_whether_anybody_was_placed(programme, granted):
    before = [(f.indicator.code, f.period, f.key) for f in protected(programme)]
    place(granted[2017, "2102"], 3)

    assert [(f.indicator.code, f.period, f.key) for f in protected(programme)] == before


# Releases


def test_a_later_year_changes_nothing_of_what_was_shown(programme, granted):
    for year, numbers in ((2016, (3, 6, 9)), (2017, (2, 3, 8))):
        for code, number in zip(("2101", "2102", "2103"), numbers, strict=True):
            place(granted[year, code], number, year)
    before = protected(programme, Period(2016, 2017), today=date(2018, 1, 1))
    for code, number in (("2101", 1), ("2102", 0), ("2103", 12)):
        place(granted[2018, code], number, 2018)

    after = protected(programme)

    years = (Period.of_year(2016), Period.of_year(2017))
    old = {(f.indicator.code, f.period, f.key): f for f in before if f.period in years}
    new = {(f.indicator.code, f.period, f.key): f for f in after if f.period in years}
    assert {key: figure for key, figure in new.items() if key in old} == old


def test_the_use_of_a_years_grants_is_hidden_while_it_grows(programme, granted):
    place(granted[2016, "2101"], 6, 2016)
    place(granted[2016, "2102"], 6, 2016)
    assert protected(programme, today=date(2017, 6, 1)).get("grants.used", 2016).value == 12

    place(granted[2016, "2101"], 5, 2017)

    during = protected(programme, today=date(2017, 6, 1))
    assert values(during, "grants.used", 2016, "municipality") == ["x", 6, 0]
    assert during.get("grants.used", 2016).is_protected
    assert protected(programme, today=date(2018, 1, 1)).get("grants.used", 2016).value == 17


def test_a_prolonged_programme_has_shown_its_first_period(programme, granted):
    for year, number in ((2016, 3), (2017, 4), (2018, 2)):
        place(granted[year, "2101"], number, year)
        place(granted[year, "2102"], 9, year)
    programme.ends_on = date(2017, 12, 31)
    programme.save()
    first = protected(programme, Period(2016, 2017))
    programme.ends_on = date(2020, 12, 31)
    programme.save()

    second = protected(programme)

    of_first = first.get("placements.started", Period(2016, 2017), municipality="2101").value
    assert of_first == 7
    assert second.get("placements.started", municipality="2101").is_protected


# Deciding once, and failing safely


@pytest.fixture
def asked(monkeypatch):
    """How often the decision was made."""
    times = []

    def counting(ledger):
        times.append(ledger)
        return shown_places(ledger)

    monkeypatch.setattr(disclosure, "shown_places", counting)
    return times


def test_it_is_decided_once_while_the_data_stand(programme, granted, asked):
    place(granted[2017, "2101"], 9)

    for period in (PERIOD, PERIOD, Period.of_year(2017), Period(2016, 2018)):
        protected(programme, period)

    assert len(asked) == 1


def test_a_changed_number_is_decided_anew(programme, granted, asked):
    place(granted[2017, "2101"], 5)
    assert protected(programme).get("placements.persons", 2017).value == 5
    Placement.objects.first().delete()

    assert protected(programme).get("placements.persons", 2017).is_protected
    assert len(asked) == 2


def test_so_is_another_threshold(programme, granted, asked):
    place(granted[2017, "2101"], 9)
    protected(programme)
    programme.disclosure_threshold = 10

    assert protected(programme).get("placements.persons", 2017).is_protected
    assert len(asked) == 2


def test_the_full_view_decides_nothing(programme, granted, asked):
    place(granted[2017, "2101"], 1)

    assert figures(programme, PERIOD, View.FULL, today=TODAY).get("grants.used").value == 1
    assert asked == []


def test_all_is_hidden_if_the_decision_fails(programme, granted, monkeypatch):
    place(granted[2017, "2101"], 9)
    monkeypatch.setattr(disclosure, "shown_places", lambda ledger: 1 / 0)

    assert {f.value for f in protected(programme) if f.indicator.protected} == {None}


def test_all_of_a_year_is_hidden_if_the_solver_gives_no_answer(monkeypatch):
    ledger = Placed(1, 2, 3).ledger()
    monkeypatch.setattr("reports.disclosure.ranges.STEPS", 0)

    shown = shown_places(ledger)

    assert shown == ledger.ungranted


def test_nothing_to_decide_is_nothing_shown():
    assert shown_places(Ledger({}, {}, frozenset(), (), 2020, 5)) == frozenset()


@pytest.mark.parametrize("rows", [1, 4])
def test_the_protected_view_costs_the_same_queries(
    programme, granted, rows, django_assert_num_queries
):
    place(granted[2017, "2101"], rows)

    with django_assert_num_queries(22):
        protected(programme)


# Every surface


@pytest.fixture
def sensitive(programme, granted):
    """Of 2017: 3, 17 and 29 persons, of whom the 3 and the 17 are hidden."""
    for code, number in (("2101", 3), ("2102", 17), ("2103", 29)):
        place(granted[2017, code], number)
    for placement in Placement.objects.all():
        OutcomeFactory(placement=placement, known_on=date(2017, 9, 1), result="work")
    return programme


@pytest.mark.parametrize("role", [Membership.Role.PARTNER, Membership.Role.BOARD])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("overview", None),
        ("figures", None),
        ("figures_csv", None),
        ("figure", "placements.persons"),
        ("figure", "placements.started"),
        ("figure", "grants.used"),
        ("figure", "grants.utilisation"),
        ("figure", "outcomes"),
    ],
)
def test_every_page_hides_what_is_hidden(client, sensitive, role, name, code):
    client.force_login(member_of(sensitive, role))
    arguments = [sensitive.slug, code] if code else [sensitive.slug]

    for query in ({"year": 2017}, {"period": 1}, {"year": 2017, "breakdown": "municipality=2102"}):
        page = client.get(reverse(f"reports:{name}", args=arguments), query)
        text = re.sub(r"<[^>]*>", " ", page.content.decode())
        assert re.findall(r"(?<![\d.,:–-])17(?![\d.,:–-])|85,0", text) == []


@pytest.mark.parametrize(("view", "told"), [(View.FULL, True), (View.PROTECTED, False)])
def test_how_a_printed_number_differs_is_told_in_the_full_report_alone(
    programme, granted, view, told
):
    place(granted[2017, "2101"], 9)
    PublishedFigureFactory(
        programme=programme,
        indicator="placements.persons",
        value=11,
        explanation="två kom tillbaka",
    )

    report = str(write(programme, Period.of_year(2017), view, today=TODAY))

    assert ("två kom tillbaka" in report) is told


@pytest.mark.parametrize("query", [{"year": 2017}, {"from": 2016, "to": 2020}])
@pytest.mark.parametrize(
    ("role", "told"), [("auditor", True), ("partner", False), ("board", False)]
)
def test_a_note_on_placements_stays_in_the_office(client, programme, granted, role, told, query):
    place(granted[2017, "2101"], 9)
    CompletenessFactory(programme=programme, area="placements", year=2017, note="en är kvar")
    client.force_login(member_of(programme, Membership.Role(role)))

    page = client.get(reverse("reports:figure", args=[programme.slug, "outcomes"]), query)

    assert ("en är kvar" in page.content.decode()) is told


def test_how_few_have_no_outcome_yet_does_not_follow(programme, granted):
    place(granted[2017, "2101"], 8, ends_on=date(2017, 9, 1))
    place(granted[2017, "2101"], 1, ends_on=date(2018, 3, 1))

    found = protected(programme)
    persons, outcomes = found.get("placements.persons", 2017), found.get("outcomes", 2017)

    assert (persons.value, outcomes.is_protected) == (9, True)


@pytest.mark.parametrize("period", [Period.of_year(2017), PERIOD])
def test_the_report_hides_what_is_hidden(sensitive, period):
    text = str(write(sensitive, period, View.PROTECTED, today=TODAY))

    assert re.findall(r"\b17\b|0\.85\b", text) == []


def test_no_record_stands_behind_a_shown_number_of_persons(client, sensitive):
    client.force_login(member_of(sensitive, Membership.Role.PARTNER))

    page = client.get(
        reverse("reports:figure", args=[sensitive.slug, "placements.persons"]), {"year": 2017}
    )

    assert page.context["figure"].value == 49
    assert (page.context["records"].rows, page.context["records"].is_closed) == ((), True)


# An attacker with a solver


def attacked(placed, sample=0):
    """Every hidden number's range in a release, and in the next for who kept it; how many are hidden."""
    last = placed.years[-1]
    first, second = placed.ledger(last - 1, has_ended=False), placed.ledger()
    shown_first, shown_second = shown_places(first), shown_places(second)
    old = {place: first.numbers[place] for place in shown_first}
    for ledger, shown, kept in (
        (first, shown_first, {}),
        (second, shown_second, old),
    ):
        attacker = Attacker(ledger.numbers, shown, kept, ledger.ungranted)
        ranges = attacker.ranges(THRESHOLD)
        assert {place: width for place, width in ranges.items() if width < THRESHOLD} == {}
        assert attacker.few_left(THRESHOLD) == {}
        small = {ledger.numbers[place] for place in shown} & set(range(1, THRESHOLD))
        assert small == set()
    exact = attacker.ranges(THRESHOLD, whole=True, only=attacker.places[:sample])
    assert all(width >= THRESHOLD for width in exact.values())
    same = {place for place in shown_first if first.numbers[place] == second.numbers[place]}
    assert same <= shown_second
    return second, len(second.numbers) - len(shown_second)


def compared(cases, sample, with_reference):
    """Attack each case; print the shares hidden and return them: ours and the reference's."""
    cells = ours = theirs = compared_cells = compared_ours = 0
    for n, placed in enumerate(cases):
        ledger, hidden = attacked(placed, sample)
        cells, ours = cells + len(ledger.numbers), ours + hidden
        if n % with_reference == 0:
            theirs += len(reference(ledger.numbers, THRESHOLD, ledger.ungranted))
            compared_cells, compared_ours = (
                compared_cells + len(ledger.numbers),
                compared_ours + hidden,
            )
    print(
        f"hidden: {ours / cells:.1%} of {cells} numbers; of {compared_cells} compared"
        f" {compared_ours / compared_cells:.1%}, by the reference {theirs / compared_cells:.1%}"
    )
    return compared_ours, theirs


def test_no_hidden_number_can_be_narrowed_down():
    cases = (Placed(seed, 5, 5, late=0.1 * (seed % 4 == 3)) for seed in range(20))

    ours, theirs = compared(cases, sample=1, with_reference=10)

    assert ours <= theirs


@pytest.mark.full
@pytest.mark.parametrize("first", range(1000, 1500, 25))
def test_no_hidden_number_can_be_narrowed_down_in_large_worlds(first):
    cases = (Placed(seed, 7, 10, late=0.05 * (seed % 4 == 3)) for seed in range(first, first + 25))

    ours, theirs = compared(cases, sample=3, with_reference=25)

    assert ours <= theirs


def rows_of(placed, programme):
    """The rows of random placements in the database."""
    where = {
        code: MunicipalityFactory(programme=programme, code=code) for code in placed.municipalities
    }
    grants = {
        (year, code): GrantFactory(programme=programme, year=year, municipality=where[code])
        for year, code in sorted(placed.granted)
    }
    people = {}
    for person, sex, code, granted, year, (known, outcome) in placed.stays:
        if person not in people:
            people[person] = ParticipantFactory(programme=programme, sex=sex)
        placement = PlacementFactory(
            grant=grants[granted, code],
            participant=people[person],
            starts_on=date(year, 2, 1),
            ends_on=date(year, 8, 1),
        )
        if outcome:
            OutcomeFactory(placement=placement, known_on=date(known, 8, 1), result=outcome)


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_the_figures_of_real_rows_withstand_it_too(db, seed):
    placed = Placed(seed, 3, 4, late=0.1)
    last = placed.years[-1]
    placed.granted |= {(year, m) for year in placed.years for m in placed.municipalities}
    programme = ProgrammeFactory(starts_on=date(placed.years[0], 1, 1), ends_on=date(last, 12, 31))
    rows_of(placed, programme)

    def counts(view):
        found = figures(programme, Period(placed.years[0], last), view, today=date(last + 1, 1, 1))
        return {
            (f.indicator.code, f.period, f.key): f.value
            for f in found
            if f.indicator.protected and f.unit != "share" and len(f.key) < 2
        }

    numbers, seen = counts(View.FULL), counts(View.PROTECTED)
    shown = {place for place, value in seen.items() if value is not None}
    ranges = Attacker(numbers, shown).ranges(THRESHOLD)

    assert shown & {place for place, number in numbers.items() if 1 <= number < THRESHOLD} == set()
    assert {place for place, width in ranges.items() if width < THRESHOLD} == set()
