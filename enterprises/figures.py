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

from .answered import Answered
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

# No indicators: how many enterprises answered each of the two questions, for their protection.
ANSWERING = {EMPLOYEES.code: "employees.answering", PLACED.code: "placed.answering"}
MOST_OF_ALL = 0.6


def one_referrer(numbers):
    """The referrer behind more than 60 % of those placed, and its share; None where there is none.

    `numbers` are persons by referrer, None where nobody told.
    """
    known = {referrer: number for referrer, number in numbers.items() if number}
    most = max(known, key=known.get, default=None)
    part = share(known.get(most), sum(known.values()))
    return (most, part) if part is not None and part > MOST_OF_ALL else None


def answered(tally):
    """How many have answered of those asked, by (year, breakdown): of the whole and of each place."""
    return {
        (period, key): Answered(tally.number(RETURNS.code, period, key), asked)
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
        .counted()
        .order_by()
        .values_list(
            "census__year",
            "enterprise__municipality__code",
            "enterprise__municipality__subregion__slug",
            *CensusReturn.EMPLOYED,
            *CensusReturn.PLACED,
        )
    )
    for year, municipality, subregion, *numbers in rows:
        of_year = Period.of_year(year)
        where = list(_where(municipality, subregion))
        result.add(RETURNS.code, of_year, 1, *where)
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
                result.add(ANSWERING[code], of_year, 1, *where)
