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
from .test_figures_properties import _without_history, full, in_any  # noqa: F401
from .worlds import PERIOD, worlds

pytestmark = pytest.mark.django_db
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
    for census in world.programme.censuses.all():
        asked = census.asked()
        states = dict(
            census.returns.filter(enterprise__in=asked).values_list("enterprise", "state")
        )
        confirmed = sum(state == State.CONFIRMED for state in states.values())
        missing = sum(state != State.CONFIRMED for state in states.values())
        assert confirmed + missing == census.coverage().asked


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
