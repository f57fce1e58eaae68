"""What holds of any register and its answers: parts make the whole, and all who were asked are accounted for."""

from datetime import date

import pytest
from hypothesis import given

from enterprises.models import CensusReturn
from programmes.periods import Period
from reports.figures import View, figures

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
)
from .worlds import PERIOD, full, in_any, worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_history")]
State = CensusReturn.State
CODES = ("enterprises.count", "employees", "placed")


@in_any
@given(worlds("census"))
def test_municipalities_and_subregions_make_the_county(world):
    world.programme.municipalities.filter(subregion=None).update(
        subregion=world.programme.subregions.first()
    )
    found = full(world.programme, PERIOD)
    for year in PERIOD.years:
        for code in CODES:
            total = found.get(code, year).value or 0
            for dimension in ("municipality", "subregion"):
                parts = [figure.value or 0 for _value, figure in found.parts(code, dimension, year)]
                assert sum(parts) == total


@in_any
@given(worlds("census"))
def test_confirmed_and_missing_make_those_expected(world):
    found = full(world.programme, PERIOD)
    for census in world.programme.censuses.all():
        of = census.coverage()
        confirmed = found.get("census.returns", census.year).value or 0
        expected = found.get("census.expected", census.year).value or 0
        assert (of.confirmed, of.asked) == (confirmed, expected)
        assert confirmed + of.drafts + of.not_applicable + of.waiting == expected


@in_any
@given(worlds("census"))
def test_unconfirmed_answers_never_count(world):
    before = [figure.value for figure in full(world.programme, PERIOD)]
    unconfirmed = CensusReturn.objects.filter(census__programme=world.programme)
    unconfirmed.exclude(state=State.CONFIRMED).update(employed_women=77, placed_other=77)

    assert [figure.value for figure in full(world.programme, PERIOD)] == before


@pytest.mark.parametrize("answers", [False, True])
def test_printed_years_are_untouched_by_enterprises_registered_for_them(gavleborg, answers):
    def printed():
        found = figures(gavleborg, Period(2016, 2020), View.FULL, today=date(2021, 6, 1))
        return [(figure.key, figure.value) for code in CODES for figure in found.series(code)]

    before = printed()
    census = CensusFactory(programme=gavleborg, year=2018) if answers else None
    for _n in range(2):
        place = gavleborg.municipalities.first()
        enterprise = EnterpriseFactory(programme=gavleborg, municipality=place)
        EnterpriseStatusFactory(enterprise=enterprise)
        if census:
            CensusReturnFactory(census=census, enterprise=enterprise)

    assert printed() == before
