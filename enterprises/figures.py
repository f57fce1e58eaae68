"""What the register and its census add up to."""

from django.utils.translation import gettext_lazy as _

from programmes.figures import (
    MUNICIPALITY,
    SEX,
    Definition,
    Dimension,
    Indicator,
    Kind,
    Tally,
    breakdown,
    share,
)
from programmes.models import Completeness
from programmes.periods import Period

from .answered import Coverage, gaps
from .models import Census, CensusReturn, EnterpriseStatus

REFERRER = Dimension("referrer", _("referrer"), ("employment_service", "municipality", "other"))
REFERRER_WORDS = {
    "employment_service": _("the employment service"),
    "municipality": _("the municipality"),
    "other": _("others"),
}
SUBREGION = Dimension("subregion", _("subregion"), ())

COUNT = Indicator(
    code="enterprises.count",
    label=_("Enterprises"),
    unit="enterprises",
    unit_label=_("enterprises"),
    kind=Kind.STOCK,
    area=Completeness.Area.CENSUS,
    dimensions=(SUBREGION, MUNICIPALITY),
    definitions=(
        Definition(
            _(
                "Enterprises active in the register on the census's reference date, whether they answered or not."
            )
        ),
    ),
)
EMPLOYEES = Indicator(
    code="employees",
    label=_("Employees"),
    unit="employees",
    unit_label=_("employees"),
    kind=Kind.STOCK,
    area=Completeness.Area.CENSUS,
    dimensions=(SEX, SUBREGION, MUNICIPALITY),
    by_answers=True,
    definitions=(
        Definition(_("Persons employed on the reference date, by the confirmed answers.")),
    ),
)
PLACED = Indicator(
    code="placed",
    label=_("Persons placed"),
    unit="persons",
    unit_label=_("persons"),
    kind=Kind.STOCK,
    area=Completeness.Area.CENSUS,
    dimensions=(REFERRER, SUBREGION, MUNICIPALITY),
    by_answers=True,
    definitions=(
        Definition(
            _(
                "Persons placed by a referrer on the reference date, by the confirmed answers. They are not employed."
            )
        ),
    ),
)
RETURNS = Indicator(
    code="census.returns",
    label=_("Confirmed answers"),
    unit="returns",
    unit_label=_("answers"),
    kind=Kind.STOCK,
    area=Completeness.Area.CENSUS,
    definitions=(
        Definition(
            _(
                "Confirmed answers to the year's census, of enterprises active on its reference date."
            )
        ),
    ),
)
EXPECTED = Indicator(
    code="census.expected",
    label=_("Enterprises asked"),
    unit="returns",
    unit_label=_("answers"),
    kind=Kind.STOCK,
    area=Completeness.Area.CENSUS,
    definitions=(Definition(_("Enterprises active on the census's reference date.")),),
)
INDICATORS = (COUNT, EMPLOYEES, PLACED, RETURNS, EXPECTED)

# No indicators: how many enterprises answered each of the two questions, as a whole and part by part.
ANSWERING = {EMPLOYEES.code: "employees.answering", PLACED.code: "placed.answering"}
# No indicators: how many returns stand in each state; the confirmed ones are RETURNS.
STATES = {state: f"census.{state}" for state in CensusReturn.State.values}
STATES[CensusReturn.State.CONFIRMED] = RETURNS.code
# The parts everybody can be expected to give: of persons not specified one says nothing where there are none.
TO_GIVE = {
    EMPLOYEES.code: {("sex", "women"): _("women"), ("sex", "men"): _("men")},
    PLACED.code: {
        ("referrer", "employment_service"): _("placed by the employment service"),
        ("referrer", "municipality"): _("placed by the municipality"),
        ("referrer", "other"): _("placed by others"),
    },
}
MOST_OF_ALL = 0.6
FEWEST_ANSWERS = 3  # of fewer answers one referrer tells nothing, and points at an enterprise


def one_referrer(numbers, answers):
    """The referrer behind more than 60 % of those placed, and its share; None where there is none.

    `numbers` are persons by referrer, None where nobody told; `answers` the enterprises that told.
    """
    if answers < FEWEST_ANSWERS:
        return None
    known = {referrer: number for referrer, number in numbers.items() if number}
    most = max(known, key=known.get, default=None)
    part = share(known.get(most), sum(known.values()))
    return (most, part) if part is not None and part > MOST_OF_ALL else None


def not_given(code, coverage):
    """Which parts of a total not all of those who answered have given; empty where all have."""
    given = {part: coverage.given.get((code, (part,)), 0) for part in TO_GIVE[code]}
    return gaps(TO_GIVE[code], given, coverage.given.get((code, ()), 0))


def answered(tally):
    """Where the enterprises of each census stand, by (year, breakdown): all, and those of each place."""
    return {
        (period, key): Coverage.of(
            asked,
            {state: tally.number(code, period, key) for state, code in STATES.items()},
            given={
                (code, part): tally.number(answering, period, tuple(sorted(key + part)))
                for code, answering in ANSWERING.items()
                for part in [(), *((one,) for one in TO_GIVE[code])]
            },
        )
        for (code, period), parts in list(tally.numbers.items())
        if code == EXPECTED.code
        for key, asked in parts.items()
    }


def tally(programme, period, levels, initiative=None):
    """The register and the census of each year; they belong to no initiative."""
    result = Tally()
    if initiative:
        return result
    reference = {year: Census.usual_day(year) for year in period.years}
    reference |= dict(
        Census.objects.filter(
            programme=programme, year__range=(period.first, period.last)
        ).values_list("year", "reference_date")
    )
    _tally_register(result, programme, reference)
    _tally_answers(result, programme, period)
    return result


def _tally_register(result, programme, reference):
    rows = (
        EnterpriseStatus.objects.filter(enterprise__programme=programme)
        .order_by("enterprise", "starts_on", "pk")
        .values_list(
            "enterprise",
            "starts_on",
            "status",
            "enterprise__municipality__code",
            "enterprise__municipality__subregion__slug",
        )
    )
    enterprises = {}
    for enterprise, starts_on, status, *where in rows:
        enterprises.setdefault(enterprise, (where, []))[1].append((starts_on, status))
    for where, statuses in enterprises.values():
        for year, day in reference.items():
            latest = [status for starts_on, status in statuses if starts_on <= day][-1:]
            if latest == [EnterpriseStatus.Status.ACTIVE]:
                of_year = Period.of_year(year)
                for code in (COUNT.code, EXPECTED.code):
                    result.add(code, of_year, 1, *_where(*where))


def _where(municipality, subregion):
    yield breakdown(municipality=municipality)
    if subregion:
        yield breakdown(subregion=subregion)


def _tally_answers(result, programme, period):
    rows = (
        CensusReturn.objects.filter(
            census__programme=programme, census__year__range=(period.first, period.last)
        )
        .expected()
        .order_by()
        .values_list(
            "state",
            "census__year",
            "enterprise__municipality__code",
            "enterprise__municipality__subregion__slug",
            *CensusReturn.EMPLOYED,
            *CensusReturn.PLACED,
        )
    )
    for state, year, municipality, subregion, *numbers in rows:
        of_year = Period.of_year(year)
        where = list(_where(municipality, subregion))
        result.add(STATES[state], of_year, 1, *where)
        if state != CensusReturn.State.CONFIRMED:
            continue
        for code, dimension, answers in (
            (EMPLOYEES.code, SEX, numbers[:3]),
            (PLACED.code, REFERRER, numbers[3:]),
        ):
            answered = [
                (breakdown(**{dimension.name: value}), number)
                for value, number in zip(dimension.values, answers, strict=True)
                if number is not None
            ]
            for part, number in answered:
                result.add(code, of_year, number, part, *where)
            if answered:
                parts = [part for part, _number in answered]
                both = [tuple(sorted(part + place)) for part in parts for place in where]
                result.add(ANSWERING[code], of_year, 1, *where, *parts, *both)
