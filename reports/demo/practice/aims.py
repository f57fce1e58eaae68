"""The programme, its places, aims and staffing."""

from datetime import date, timedelta

from programmes.models import Initiative, InitiativeYear, Objective, Programme, Staffing

from ..loading import read, unwrapped
from .base import Practice

BUDGETS = (("kunskap-och-samverkan", 700, 900_000), ("handledda-platser", 24, 840_000))


class Aims(Practice):
    def begin(self):
        self.texts = self.read("programme")
        first = date(self.years[0], 1, 1)
        self.programme = self.save(
            Programme(**unwrapped(self.texts["programme"]), starts_on=first, is_practice=True)
        )
        places = read("asf-gavleborg/places")
        self.places(places["subregions"], places["municipalities"], self.texts["organisations"])
        self.by_name = {place.name: place for place in self.municipalities.values()}
        self.local_organisations = {
            row.municipality.name: row
            for row in self.organisations.values()
            if row.municipality and row.kind == "member_party"
        }
        self.aims(first)
        self.staffing(first)

    def aims(self, first):
        chance = self.chance("budget")
        self.initiatives = {
            row["slug"]: self.new(Initiative, starts_on=first, **row)
            for row in self.texts["initiatives"]
        }
        self.save_all(
            InitiativeYear(
                initiative=self.initiatives[slug],
                year=year,
                budgeted_participants=persons,
                budget=budget,
                outturn=budget - chance.randrange(5, 90) * 1000 if year < self.today.year else None,
            )
            for year in self.years
            for slug, persons, budget in BUDGETS
        )
        self.objectives = {
            row["position"]: self.new(Objective, **row) for row in self.texts["objectives"]
        }

    def staffing(self, first):
        raised = date(first.year, 9, 1)
        self.new(Staffing, starts_on=first, ends_on=raised - timedelta(1), percent=80)
        self.new(Staffing, starts_on=raised, percent=100, note="Tjänsten utökad")
