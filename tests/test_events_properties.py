"""Events of every sort, logged through the form: page, list and figures always add up."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Membership
from activities.models import Audience, Event
from programmes.formats import number
from programmes.periods import Period
from reports.figures import View, figures

from .factories import (
    InitiativeFactory,
    MunicipalityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    member_of,
)
from .worlds import in_any

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_history")]
PERIOD = Period(2016, 2018)
SEXES = ("women", "men", "unspecified")
BOX = st.none() | st.integers(0, 9_999) | st.integers(0, 3)
THIRD = st.none() | st.integers(0, 3_333) | st.integers(0, 3)  # of the most in one box
CODES = ("2101", "2104", "county", "online")


def some(strategy, keys):
    """A number or nothing in the boxes of each of `keys`."""
    persons = st.tuples(strategy, strategy, strategy)
    return st.dictionaries(st.sampled_from(keys), persons, max_size=4)


SPLIT = [(a, o) for a in Audience.values for o in ("", "regionen", "kommunen")]
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "year": st.sampled_from(PERIOD.years),
            "where": st.sampled_from(CODES),
            "kind": st.sampled_from(["seminar", "breakfast_meeting"]),
            "status": st.sampled_from(["held", "held", "held", "planned", "cancelled"]),
            "mode": st.sampled_from(["audience", "audience", "total", "not_counted"]),
            "rows": some(BOX, SPLIT),
            "total": st.tuples(THIRD, THIRD, THIRD),
        }
    ),
    min_size=1,
    max_size=4,
)


class Office:
    """A programme whose process leader logs events through the form."""

    def __init__(self):
        self.programme = ProgrammeFactory(ends_on=PERIOD.end)
        of = {"programme": self.programme}
        self.initiative = InitiativeFactory(**of)
        for code in CODES[:2]:
            MunicipalityFactory(**of, code=code, name=f"Kommun {code}")
        self.organisations = {
            slug: OrganisationFactory(**of, slug=slug).pk for slug in ("regionen", "kommunen")
        }
        self.client = Client()
        self.client.force_login(member_of(self.programme, Membership.Role.PROCESS_LEADER))

    def address(self, name, *keys):
        return reverse(f"activities:{name}", args=[self.programme.slug, *keys])

    def log(self, drawn):
        """Send the form, with counts where an event may have them; the event and its cells."""
        cells = counted(drawn)
        uncounted = drawn["status"] != "held" or not cells
        response = self.client.post(self.address("add"), self.typed(drawn, uncounted))
        assert response.status_code == 302, response.context["form"].errors
        return Event.objects.latest("pk"), {} if uncounted else cells

    def typed(self, drawn, uncounted):
        data = {
            "form_key": str(uuid4()),
            "title": f"Händelse {uuid4().hex[:6]}",
            "when": f"{drawn['year']}-03-12",
            "where": drawn["where"],
            "kind": drawn["kind"],
            "status": drawn["status"],
            "cancelled_reason": "Snö" if drawn["status"] == "cancelled" else "",
            "initiative": self.initiative.pk,
            "format": "on_site",
            "mode": "not_counted" if uncounted else drawn["mode"],
            "split_rows": " ".join(f"{a}-{self.organisations[o]}" for a, o in drawn["rows"] if o),
        }
        total = (("total", ""), with_total_last(drawn["total"]))
        for (audience, slug), persons in [*drawn["rows"].items(), total]:
            row = f"{audience}-{self.organisations[slug]}" if slug else audience
            for sex, persons_of_sex in zip(SEXES, persons, strict=True):
                data[f"{row}-{sex}"] = "" if persons_of_sex is None else str(persons_of_sex)
        return data

    def listed(self):
        """What stands in the list beside each title."""
        page = self.client.get(self.address("list")).content.decode()
        page = page[page.index('class="records') :]
        rows = re.findall(r"<li[^>]*>(.*?)</li>", page, re.DOTALL)
        return "\n".join(re.sub(r"<[^>]+>|[ \n]+", " ", row) for row in rows)


def with_total_last(persons):
    """As a total alone is typed: women and men are a part of what stands in the third box."""
    women, men, unspecified = persons
    return women, men, None if unspecified is None else (women or 0) + (men or 0) + unspecified


def counted(drawn):
    """The cells that are sent, as {(audience, organisation): (women, men, unspecified)}."""
    if drawn["mode"] == "not_counted":
        return {}
    rows = {("", ""): drawn["total"]} if drawn["mode"] == "total" else drawn["rows"]
    return {
        key: tuple(n or 0 for n in persons)
        for key, persons in rows.items()
        if any(n is not None for n in persons)
    }


def total(cells):
    return sum(map(sum, cells.values()))


@in_any
@given(EVENTS)
def test_whatever_is_logged_adds_up_everywhere(several):
    office = Office()
    logged = [(*office.log(drawn), drawn) for drawn in several]
    listed = office.listed()
    of = figures(office.programme, PERIOD, View.FULL, today=date(2019, 6, 1))

    for event, cells, _drawn in logged:
        page = office.client.get(event.get_absolute_url())
        row = next(line for line in listed.split("\n") if event.title in line)
        if event.status != "held":
            assert not event.attendance.exists()
        elif cells:
            assert page.context["sum"].total == total(cells)
            assert f" {number(total(cells))} " in row.replace("deltagare", " ")
        else:
            assert "antal saknas" in page.content.decode().lower()
            assert "saknas" in row

    held = [(cells, drawn["year"]) for event, cells, drawn in logged if event.status == "held"]
    for period in [*map(Period.of_year, PERIOD.years), PERIOD]:
        adds_up(of, period, [cells for cells, year in held if year in period.years])


def adds_up(of, period, held):
    """The figures of `period` are those of the cells of the events `held` in it."""
    known = list(filter(None, held))
    reach = of.get("reach.attendances", period)
    assert (reach.value or 0) == sum(map(total, known))
    assert reach.value is not None or not known
    for dimension in ("audience", "sex", "organisation", "municipality", "kind"):
        parts = of.parts("reach.attendances", dimension, period)
        assert sum(part.value or 0 for _value, part in parts) == (reach.value or 0)
    for place, sex in enumerate(SEXES):
        of_sex = sum(persons[place] for cells in known for persons in cells.values())
        assert (of.get("reach.attendances", period, sex=sex).value or 0) == of_sex
    for number_of, dimension, names in (
        (0, "audience", [*Audience.values, ""]),
        (1, "organisation", ["regionen", "kommunen", ""]),
    ):
        for name in names:
            part = of.get("reach.attendances", period, **{dimension: name or "unspecified"})
            persons = [n for cells in known for key, n in cells.items() if key[number_of] == name]
            assert (part.value or 0) == sum(map(sum, persons))
    assert of.get("events.without_attendance", period).value == len(held) - len(known)
