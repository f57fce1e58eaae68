"""Random placements for attacks on protection: persons, their stays and outcomes, and every count of them."""

import random
from collections import Counter

from placements.models import Outcome
from programmes.figures import breakdown
from programmes.periods import Period
from reports.disclosure.ledger import Ledger

FIRST = 2010
SEXES = ("women", "men", "unspecified")
RESULTS = tuple(Outcome.Result.values)


class Placed:
    """Stays of `years` years as (person, sex, municipality, year of the grant, year begun, outcome).

    Some persons come back, elsewhere as well; of `late` of the stays the grant is of the year before.
    """

    def __init__(self, seed, years, municipalities, late=0.0):
        draw = random.Random(seed)
        self.years = range(FIRST, FIRST + years)
        self.municipalities = [f"21{n:02}" for n in range(municipalities)]
        size = draw.choice([4, 12, 40, 100])
        where = [draw.random() ** 2 + 0.02 for _one in self.municipalities]
        which = [draw.random() ** 2 + 0.01 for _one in RESULTS]
        self.granted = {
            (year, m) for year in self.years for m in self.municipalities if draw.random() < 0.8
        }
        self.stays, people = [], []
        for year in self.years:
            for _stay in range(draw.randint(size // 3, size * 2)):
                if people and draw.random() < 0.15:
                    person = draw.choice(people)
                else:
                    person = (len(people), draw.choices(SEXES, [60, 39, 1])[0])
                    people.append(person)
                place = draw.choices(self.municipalities, where)[0]
                granted = year - (year > FIRST and draw.random() < late)
                self.granted.add((granted, place))
                outcome = draw.random() < 0.85 and draw.choices(RESULTS, which)[0]
                known = year + (draw.random() < 0.3)
                self.stays.append((*person, place, granted, year, (known, outcome)))

    def ledger(self, last=None, has_ended=True, threshold=5):
        """What protection is decided from at the end of the year `last`."""
        last = last or self.years[-1]
        years = [year for year in self.years if year <= last]
        periods = [Period.of_year(year) for year in years]
        if has_ended:
            periods.append(Period(years[0], last))
        numbers, begun = {}, Counter()
        for period in periods:
            numbers |= self._numbers(period, last)
            for *_person, place, granted, year, _outcome in self.stays:
                if granted in period and granted < year <= last:
                    for key in ((), breakdown(municipality=place)):
                        begun[("grants.used", period, key), year] += 1
        ungranted = frozenset(
            ("grants.used", Period.of_year(year), breakdown(municipality=place))
            for year in years
            for place in self.municipalities
            if (year, place) not in self.granted
        )
        return Ledger(numbers, dict(begun), ungranted, tuple(periods), last, threshold)

    def _numbers(self, period, last):
        counted, latest, outcomes = Counter(), {}, {}
        for person, sex, place, granted, year, (known, outcome) in self.stays:
            if year > last:
                continue
            where, who = breakdown(municipality=place), breakdown(sex=sex)
            if granted in period:
                counted.update(("grants.used", key) for key in ((), where))
            if year in period:
                counted.update(("placements.started", key) for key in ((), where, who))
                latest[person] = where, who
            if outcome and known in period:
                outcomes[person] = breakdown(result=outcome), where
        for person, (where, who) in latest.items():
            counted.update(("placements.persons", key) for key in ((), where, who))
            if person in outcomes:
                counted.update(("outcomes", key) for key in ((), who, *outcomes[person]))
        wheres = [breakdown(municipality=place) for place in self.municipalities]
        whos = [breakdown(sex=sex) for sex in SEXES]
        results = [breakdown(result=result) for result in RESULTS]
        keys = {
            "placements.started": [(), *whos, *wheres],
            "placements.persons": [(), *whos, *wheres],
            "grants.used": [(), *wheres],
            "outcomes": [(), *results, *whos, *wheres],
        }
        return {(code, period, key): counted[code, key] for code in keys for key in keys[code]}
