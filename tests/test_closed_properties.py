"""Of any world with a closed year: what changes its figures is refused, until somebody says why."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from activities.models import GroupStatus
from enterprises.models import EnterpriseStatus
from placements.models import Participant, Placement
from programmes.models import Staffing
from programmes.periods import Period, Precision
from programmes.records import YearIsClosed

from .worlds import DAYS, YEARS, full, in_any, worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_history")]
REASON = "Kommunen lämnade nya uppgifter."


class Change:
    """One thing a process leader may do to a world: how it is done to which record, or to many at once."""

    def __init__(self, world, draw):
        self.world, self.programme, self.draw = world, world.programme, draw

    def one_of(self, rows):
        return self.draw(st.sampled_from(list(rows))) if rows else None

    def status(self, kind, of, owners):
        """A status of one of `owners`: a new one, one on another day, another one, or none any more."""
        rows = list(kind.objects.filter(**{f"{of}__programme": self.programme}))
        owner = self.one_of(owners)
        row = self.one_of(rows) if self.draw(st.booleans()) else owner and kind(**{of: owner})
        if row and (row._state.adding or self.draw(st.booleans())):
            row.status = self.draw(st.sampled_from(kind.Status.values))
            row.starts_on = self.draw(DAYS)
            same = kind.objects.filter(**{of: getattr(row, of), "starts_on": row.starts_on})
            return None if same.exclude(pk=row.pk).exists() else row.save
        return row and row.delete

    def of_enterprise(self):
        return self.status(EnterpriseStatus, "enterprise", self.programme.enterprises.all())

    def of_group(self):
        return self.status(GroupStatus, "group", self.programme.groups.all())

    def staffing(self):
        rows = list(Staffing.objects.filter(programme=self.programme))
        row = self.one_of([*rows, Staffing(programme=self.programme, percent=50)])
        if row.pk and self.draw(st.booleans()):
            return row.delete
        row.starts_on, row.percent = self.draw(DAYS), self.draw(st.sampled_from([50, 100]))
        row.ends_on = self.draw(st.none() | DAYS)
        return None if row.ends_on and row.ends_on < row.starts_on else row.save

    def placed(self, rows):
        row = self.one_of(rows)
        if row:
            row.municipality = self.one_of(self.world.municipalities)
        return row and row.save

    def enterprise(self):
        return self.placed(self.programme.enterprises.all())

    def enterprise_gone(self):
        row = self.one_of(self.programme.enterprises.filter(returns=None))
        return row and row.delete

    def many_enterprises(self):
        where = self.one_of(self.world.municipalities)
        return lambda: self.programme.enterprises.update(municipality=where)

    def many_enterprises_gone(self):
        return self.programme.enterprises.filter(returns=None).delete

    def group(self):
        return self.placed(self.programme.groups.all())

    def municipality(self):
        row = self.one_of(self.world.municipalities)
        row.subregion = self.one_of([*self.programme.subregions.all(), None])
        return row.save

    def grant(self):
        row = self.one_of(self.programme.grants.all())
        row.municipality = self.one_of(self.world.municipalities)
        row.months = self.draw(st.sampled_from([1, 6, 12]))
        return row.save

    def placement(self):
        row = self.one_of(Placement.objects.filter(grant__programme=self.programme))
        if row:
            row.grant = self.one_of(self.programme.grants.all())
            row.starts_on, row.precision = self.draw(DAYS), Precision.DAY
            row.ends_on = row.extension_of = None
            row.participant = self.one_of(self.programme.participants.all())
        return row and row.save

    def participant(self):
        row = self.one_of(Participant.objects.filter(programme=self.programme))
        row.sex = self.draw(st.sampled_from(["women", "men"]))
        return row.save


def figures_of(programme, year):
    found = full(programme, Period.of_year(year))
    # A row of zeros and no row say the same.
    return {key: figure.value for key, figure in found.figures.items() if figure.value}


REGISTER = [
    "of_enterprise",
    "enterprise",
    "enterprise_gone",
    "many_enterprises",
    "many_enterprises_gone",
    "municipality",
]


def check(world, kind, year, draw):
    """What is not refused leaves the figures of `year` as they were."""
    programme = world.programme
    programme.closed_years.create(year=year)
    before = figures_of(programme, year)
    act = getattr(Change(world, draw), kind)()
    if act is None:
        return
    with suppress(YearIsClosed), transaction.atomic():
        act()
    assert figures_of(programme, year) == before


@pytest.mark.parametrize("kind", REGISTER)
@in_any
@given(worlds("census"), YEARS, st.data())
def test_the_register_leaves_a_closed_year_alone(kind, world, year, data):
    check(world, kind, year, data.draw)


@pytest.mark.parametrize("kind", ["of_group", "group"])
@in_any
@given(worlds("groups"), YEARS, st.data())
def test_groups_leave_a_closed_year_alone(kind, world, year, data):
    check(world, kind, year, data.draw)


@pytest.mark.parametrize("kind", ["grant", "placement", "participant"])
@in_any
@given(worlds("placements"), YEARS, st.data())
def test_placements_leave_a_closed_year_alone(kind, world, year, data):
    check(world, kind, year, data.draw)


@in_any
@given(worlds("staffing"), YEARS, st.data())
def test_staffing_leaves_a_closed_year_alone(world, year, data):
    check(world, "staffing", year, data.draw)
