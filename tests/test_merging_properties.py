"""Whatever two rows of the register hold, merging them loses no answer and adds none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.merging import KEPT, OTHER, Merge
from enterprises.models import CensusReturn, Enterprise
from programmes.periods import Period
from reports.figures import View, figures

from .factories import (
    CensusFactory,
    CensusReturnFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    MunicipalityFactory,
    ProgrammeFactory,
)
from .worlds import in_any

pytestmark = pytest.mark.django_db
YEARS = (2017, 2018, 2019)
answers = st.none() | st.tuples(
    st.sampled_from(["confirmed", "draft"]), st.integers(0, 40), st.none() | st.integers(0, 40)
)
of_two = st.tuples(answers, answers, st.sampled_from([KEPT, OTHER]))


def employees(programme):
    """{year: what the figure says}, the third enterprise of the programme included."""
    found = figures(programme, Period(YEARS[0], YEARS[-1]), View.FULL, today=date(2020, 1, 1))
    return {year: found.get("employees", year).value for year in YEARS}


def number(answer):
    return answer[1] + (answer[2] or 0) if answer and answer[0] == "confirmed" else 0


@in_any
@given(st.lists(of_two, min_size=len(YEARS), max_size=len(YEARS)))
def test_totals_change_by_the_answers_that_do_not_stand_alone(years):
    programme = ProgrammeFactory()
    place = MunicipalityFactory(programme=programme)
    pair = EnterpriseFactory.create_batch(2, programme=programme, municipality=place)
    third = EnterpriseFactory(programme=programme, municipality=place)
    for row in (*pair, third):
        EnterpriseStatusFactory(enterprise=row)
    chosen, goes = {}, {}
    for year, (mine, theirs, choice) in zip(YEARS, years, strict=True):
        census = CensusFactory(programme=programme, year=year)
        CensusReturnFactory(census=census, enterprise=third)
        for row, answer in zip(pair, (mine, theirs), strict=True):
            if answer:
                state, women, men = answer
                CensusReturnFactory(
                    census=census,
                    enterprise=row,
                    state=state,
                    employed_women=women,
                    employed_men=men,
                )
        chosen[f"answer_{census.pk}"] = choice
        both = mine and theirs
        goes[year] = number(theirs if choice == KEPT else mine) if both else 0
    before = employees(programme)

    Merge(*Enterprise.objects.filter(pk__in=[row.pk for row in pair]).order_by("pk")).do(chosen)

    assert employees(programme) == {year: before[year] - goes[year] for year in YEARS}
    assert Enterprise.objects.filter(programme=programme).count() == 2
    told = CensusReturn.objects.filter(census__programme=programme).exclude(comment="").count()
    assert told == sum(bool(mine and theirs) for mine, theirs, _choice in years)
