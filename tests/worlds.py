"""Random small worlds for the figures' rules: a programme of three years with all that may happen in it.

Days lie where years meet and on leap days; dates are rough or exact; records are missing, planned,
cancelled, corrected, drafts. Each world is a programme of its own, beside those made before it.
"""

from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache, partial
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from activities.models import Audience, EventKind, GroupStatus, Milestone, Publication
from enterprises.models import CensusReturn, EnterpriseStatus
from placements.models import Outcome, Sex
from programmes.models import Completeness, Place
from programmes.periods import Period, Precision
from reports.evidence import activities, placements
from reports.figures import View, figures

from .factories import (
    AttendanceFactory,
    CensusFactory,
    CensusReturnFactory,
    CompletenessFactory,
    EnterpriseFactory,
    EnterpriseStatusFactory,
    EventFactory,
    GrantFactory,
    GroupFactory,
    GroupStatusFactory,
    InitiativeFactory,
    MilestoneFactory,
    MunicipalityFactory,
    OrganisationFactory,
    OutcomeFactory,
    ParticipantFactory,
    PlacementFactory,
    ProgrammeFactory,
    PublicationFactory,
    PublishedFigureFactory,
    StaffingFactory,
    SubregionFactory,
)

# How often a rule is tried, the same examples each time.
in_any = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
full = partial(figures, view=View.FULL, today=date(2019, 6, 1))


@contextmanager
def nothing_written():
    """For what stands behind each figure of one set: rows that many parts share are read once."""
    held, begun = {}, {}
    not_held, of_placements = activities._not_held, placements._placements

    def not_held_once(part):
        key = part.programme.pk, part.years, part.key.get("kind"), part.key.get("municipality")
        if key not in held:
            held[key] = list(not_held(part))
        return held[key]

    def placements_once(part, **narrowed):
        key = part.programme.pk, str(narrowed)
        if key not in begun:
            begun[key] = of_placements(part, **narrowed)
        return begun[key]

    with (
        patch.object(activities, "_not_held", not_held_once),
        patch.object(placements, "_placements", placements_once),
        patch.object(placements, "standing_outcomes", cache(placements.standing_outcomes)),
    ):
        yield


PERIOD = Period(2016, 2018)
YEARS = st.sampled_from(PERIOD.years)
BORDERS = [date(y, *day) for y in range(2015, 2020) for day in ((1, 1), (6, 30), (12, 31))]
DAYS = st.sampled_from([*BORDERS, date(2016, 2, 29)]) | st.dates(
    date(2015, 7, 1), date(2019, 6, 30)
)
FEW = st.integers(0, 9)
MAYBE = st.none() | FEW
LEVELS = st.sampled_from(Completeness.Level.values)


class World:
    """A programme with four municipalities, two of them in one subregion and one in none."""

    def __init__(self, draw):
        self.draw = draw
        self.programme = ProgrammeFactory(ends_on=PERIOD.end)
        of = self.of = {"programme": self.programme}
        regions = [SubregionFactory(**of, slug=slug, name=slug) for slug in ("norr", "soder")]
        where = [regions[0], regions[0], regions[1], None]
        self.municipalities = [
            MunicipalityFactory(**of, code=f"210{n}", subregion=region)
            for n, region in enumerate(where)
        ]
        self.initiatives = [InitiativeFactory(**of, slug=slug) for slug in ("ett", "tva")]
        self.organisations = [OrganisationFactory(**of, slug="regionen"), None]

    def one(self, values):
        return self.draw(st.sampled_from(list(values)))

    def some(self, strategy, most=3, **options):
        return self.draw(st.lists(strategy, max_size=most, **options))

    def where(self):
        """A place that counts: one of the municipalities, or beyond them."""
        municipality = self.one([*self.municipalities, None])
        beyond = [place for place in Place.values if place != Place.MUNICIPALITY]
        return {
            "municipality": municipality,
            "place": Place.MUNICIPALITY if municipality else self.one(beyond),
        }

    def when(self, day):
        """The day itself, or the month or year it begins."""
        rough = {Precision.DAY: day, Precision.MONTH: day.replace(day=1)}
        rough[Precision.YEAR] = day.replace(month=1, day=1)
        precision = self.one(rough)
        return {"starts_on": rough[precision], "precision": precision}

    def activities(self):
        for day in self.some(DAYS, 4):
            event = EventFactory(
                **self.of,
                **self.when(day),
                **self.where(),
                kind=self.one(list(EventKind.values)[:3]),
                status=self.one(["held", "held", "planned", "cancelled"]),
                cancelled_reason="Snö",
                initiative=self.one(self.initiatives),
            )
            self.attendance(event)
        for day in self.some(DAYS, 2):
            kind = self.one(Publication.Kind.values)
            PublicationFactory(**self.of, starts_on=day, kind=kind, items=self.draw(FEW) + 1)
        for day in self.some(DAYS, 2):
            kind = self.one(["policy", Milestone.Kind.EXTERNAL_CHANGE])
            MilestoneFactory(**self.of, **self.where(), starts_on=day, kind=kind)
        return self

    def attendance(self, event):
        """Not reported, a total only, or split by audience and organisation."""
        total = [("", None)]
        split = [(a, o) for a in Audience.values[:2] for o in self.organisations]
        for audience, organisation in self.one([[], total, split, split[:1]]):
            women, men = (self.draw(FEW), self.draw(FEW)) if audience else (0, 0)
            AttendanceFactory(
                event=event,
                audience=audience,
                organisation=organisation,
                women=women,
                men=men,
                unspecified=self.draw(FEW),
            )

    def groups(self):
        for days in self.some(st.lists(DAYS, max_size=4, unique=True)):
            group = GroupFactory(**self.of, municipality=self.one(self.municipalities))
            for day in days:
                status = self.one(GroupStatus.Status.values)
                GroupStatusFactory(group=group, starts_on=day, status=status)
        return self

    def a_large_census(self):
        """So many enterprises that some municipalities are shown and some hidden."""
        return self.census(least=8, most=14)

    def census(self, least=0, most=4):
        years = self.some(YEARS, unique=True)
        censuses = [
            CensusFactory(**self.of, year=y, reference_date=date(y, *self.one([(10, 31), (1, 1)])))
            for y in years
        ]
        for days in self.some(st.lists(DAYS, max_size=2, unique=True), most, min_size=least):
            municipality = self.one(self.municipalities)
            enterprise = EnterpriseFactory(**self.of, municipality=municipality)
            for day in days:
                status = self.one(list(EnterpriseStatus.Status.values)[:2])
                EnterpriseStatusFactory(enterprise=enterprise, starts_on=day, status=status)
            for census in censuses:
                self.answer(census, enterprise)
        return self

    def answer(self, census, enterprise):
        names = CensusReturn.EMPLOYED + CensusReturn.PLACED
        numbers = {name: self.draw(MAYBE) for name in names}
        states = list(CensusReturn.State.values)
        if set(numbers.values()) == {None}:
            states.remove(CensusReturn.State.CONFIRMED)
        state = self.one([*states, states[-2]])
        CensusReturnFactory(
            census=census, enterprise=enterprise, state=state, expected=False, **numbers
        )

    def placements(self, most=6):
        grants = [
            GrantFactory(
                **self.of,
                year=year,
                places=self.draw(FEW) + 1,
                municipality=self.one(self.municipalities),
                initiative=self.one(self.initiatives),
            )
            for year in [2016, *self.some(YEARS, 2)]
        ]
        people = [ParticipantFactory(**self.of, sex=sex) for sex in Sex.values]
        earlier = {}
        for day in sorted(self.some(DAYS, most)):
            person = self.one(people)
            placement = PlacementFactory(
                **self.when(day),
                grant=self.one(grants),
                participant=person,
                extension_of=self.one([None, earlier.get(person.pk)]),
                ends_on=day + timedelta(self.draw(st.integers(0, 400)))
                if self.one("yn") == "y"
                else None,
            )
            earlier[person.pk] = placement
            self.outcomes(placement, day)
        return self

    def outcomes(self, placement, day):
        """At the end and after some months, perhaps corrected."""
        for months in self.some(st.sampled_from([0, 6, 12]), 2, unique=True):
            known_on = day + timedelta(31 * months)
            of = {"placement": placement, "known_on": known_on, "follow_up": months}
            first = OutcomeFactory(**of, result=self.one(Outcome.Result.values))
            if self.one("yn") == "y":
                result = self.one(Outcome.Result.values)
                OutcomeFactory(**of, result=result, corrects=first, reason="Fel rad")

    def staffing(self):
        for day in self.some(DAYS):
            end = self.one([None, day, day + timedelta(365), day + timedelta(1000)])
            StaffingFactory(**self.of, starts_on=day, ends_on=end, percent=self.one([50, 100]))
        return self

    def completeness(self, *areas):
        for area in areas or Completeness.Area.values:
            for year in self.some(YEARS, unique=True):
                CompletenessFactory(**self.of, area=area, year=year, level=self.draw(LEVELS))
        return self

    def printed(self, indicator, *breakdowns):
        """Printed values of some years, some of them standing in."""
        for breakdown in ("", *breakdowns):
            for year in self.some(YEARS, unique=True):
                PublishedFigureFactory(
                    **self.of,
                    indicator=indicator,
                    breakdown=breakdown,
                    first_year=year,
                    value=self.draw(FEW),
                    stands_in=self.one([True, False]),
                )
        return self

    def everything(self):
        self.activities().groups().census().placements().staffing().completeness()
        self.printed("reach.attendances", "sex=women", "sex=men", "audience=officer")
        return self.printed("placed", "referrer=other", "municipality=2101").printed("grants.used")


@st.composite
def worlds(draw, *rooms):
    """A world with everything in it, or with what `rooms` make: "groups", "placements"."""
    world = World(draw)
    for room in rooms or ["everything"]:
        getattr(world, room)()
    return world
