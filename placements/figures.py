"""What grants, placements and outcomes add up to, and how much of its months each grant took."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
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
from programmes.periods import Period, Precision, add_months, last_possible_day

from .models import Grant, Outcome, Placement, end_of, has_ended

RESULT = Dimension("result", _("result"), tuple(Outcome.Result.values))


def _indicator(code, label, unit, unit_label, kind, definition, **more):
    return Indicator(
        code=code,
        label=label,
        unit=unit,
        unit_label=unit_label,
        kind=kind,
        area=Completeness.Area.PLACEMENTS,
        by_initiative=True,
        definitions=(Definition(definition),),
        **more,
    )


GRANTED = _indicator(
    "grants.granted",
    _("Places granted"),
    "places",
    _("places"),
    Kind.SUM,
    _("Supervised places granted, in the year of the grant."),
    dimensions=(MUNICIPALITY,),
)
USED = _indicator(
    "grants.used",
    _("Places used"),
    "places",
    _("places"),
    Kind.SUM,
    _("Placements under the grants of the year, whenever they began. An extension uses a place."),
    dimensions=(MUNICIPALITY,),
    protected=True,
)
UTILISATION = _indicator(
    "grants.utilisation",
    _("Use of places"),
    "share",
    _("share"),
    Kind.DISTINCT,
    _("Places used as a share of places granted."),
    dimensions=(MUNICIPALITY,),
    protected=True,
)
STARTED = _indicator(
    "placements.started",
    _("Placements begun"),
    "placements",
    _("placements"),
    Kind.SUM,
    _("Placements that began in the period. An extension is a placement of its own."),
    dimensions=(SEX, MUNICIPALITY),
    protected=True,
)
PERSONS = _indicator(
    "placements.persons",
    _("Persons in placements"),
    "persons",
    _("persons"),
    Kind.DISTINCT,
    _(
        "Different persons whose placement began in the period, each once. Place: that of the latest grant."
    ),
    dimensions=(SEX, MUNICIPALITY),
    checked_pairs=(("municipality", "sex"),),
    protected=True,
)
OUTCOMES = _indicator(
    "outcomes",
    _("Outcomes"),
    "persons",
    _("persons"),
    Kind.DISTINCT,
    _(
        "Persons whose placement began in the period, once each by the latest outcome dated in it. "
        "An ended placement without any is unknown; one still going is not counted."
    ),
    dimensions=(RESULT, SEX, MUNICIPALITY),
    full_pairs=(("result", "sex"), ("municipality", "result", "sex")),
    checked_pairs=(("municipality", "result"),),
    protected=True,
)
INDICATORS = (GRANTED, USED, UTILISATION, STARTED, PERSONS, OUTCOMES)


@dataclass(frozen=True)
class Stay:
    """A placement as the figures need it; `outcomes` are (last possible day known, id, year, result)."""

    pk: int
    participant: int
    sex: str
    municipality: str
    year: int
    starts_on: date
    ends_on: date
    outcomes: tuple

    def has_ended(self, period, today):
        """Whether it has ended by the end of `period`: what lies after `today` has not passed."""
        known_on = (known_on for known_on, *_rest in self.outcomes)
        return has_ended(self.ends_on, known_on, min(period.end, today))


# No indicator: placements under a year's grants by the year they began, for their protection.
BEGUN = "grants.used.begun"


def tally(programme, period, levels, initiative=None, others=(), *, today):
    """Grants and placements of each year, and of the period what is counted anew, as known on `today`.

    `others` are years and periods to count as well, from the same records.
    """
    periods = {period, *others}
    years = sorted({year for span in periods for year in span.years})
    result = Tally()
    grants = Grant.objects.filter(programme=programme)
    if initiative:
        grants = grants.filter(initiative=initiative)
    _tally_grants(result, grants, period, years)
    stays = _stays(grants)
    for year in years:
        of_year = Period.of_year(year)
        for stay in stays:
            if stay.year == year:
                parts = breakdown(sex=stay.sex), breakdown(municipality=stay.municipality)
                result.add(STARTED.code, of_year, 1, *parts)
        _tally_persons(result, stays, of_year, [year], today)
    for span in periods:
        if not span.is_year:
            _tally_persons(result, stays, span, levels.kept(span, PERSONS.area), today)
    return result


def _tally_grants(result, grants, period, years):
    rows = grants.order_by().values_list("year", "municipality__code").annotate(n=Sum("places"))
    for year, code, places in rows:
        # Who was granted places is open: a row for each, so that the rows themselves tell nothing.
        for indicator in INDICATORS:
            result.possible[indicator.code, "municipality"].add(code)
        if year in years:
            of_year = Period.of_year(year)
            result.add(GRANTED.code, of_year, places, breakdown(municipality=code))
            for indicator in INDICATORS:
                for span in (of_year, period):
                    result.occurring[indicator.code, span, "municipality"].add(code)
    used = Placement.objects.filter(grant__in=grants, grant__year__in=years).order_by()
    for year, code, begun in used.values_list("grant__year", "grant__municipality__code", "year"):
        result.add(USED.code, Period.of_year(year), 1, breakdown(municipality=code))
        result.add(BEGUN, Period.of_year(year), 1, breakdown(municipality=code, begun=begun))


def _stays(grants):
    placements = Placement.objects.filter(grant__in=grants).order_by("starts_on", "pk")
    outcomes = defaultdict(list)
    standing = Outcome.objects.standing().filter(placement__grant__in=grants).order_by()
    for placement, pk, known_on, precision, year, outcome in standing.values_list(
        "placement", "pk", "known_on", "precision", "year", "result"
    ):
        outcomes[placement].append((last_possible_day(known_on, precision), pk, year, outcome))
    return [
        _stay(row, tuple(sorted(outcomes[row["pk"]])))
        for row in placements.values(
            "pk",
            "participant",
            "participant__sex",
            "grant__municipality__code",
            "grant__months",
            "year",
            *Placement.LASTS,
        )
    ]


def _stay(row, outcomes):
    return Stay(
        pk=row["pk"],
        participant=row["participant"],
        sex=row["participant__sex"],
        municipality=row["grant__municipality__code"],
        year=row["year"],
        starts_on=row["starts_on"],
        ends_on=end_of(row["grant__months"], *(row[name] for name in Placement.LASTS)),
        outcomes=outcomes,
    )


def _tally_persons(result, stays, span, years, today):
    """Count each participant begun in `years` once, at the latest place, and by the latest outcome."""
    for latest, outcome, counted in _persons(stays, span, years, today):
        municipality = counted.municipality
        where = {"municipality": latest.municipality}
        parts = breakdown(sex=latest.sex), breakdown(**where), breakdown(sex=latest.sex, **where)
        result.add(PERSONS.code, span, 1, *parts)
        if outcome is None:
            continue
        result.add(
            OUTCOMES.code,
            span,
            1,
            breakdown(result=outcome),
            breakdown(sex=latest.sex),
            breakdown(municipality=municipality),
            breakdown(result=outcome, sex=latest.sex),
            breakdown(municipality=municipality, result=outcome),
            breakdown(municipality=municipality, result=outcome, sex=latest.sex),
        )


def _persons(stays, span, years, today):
    """Each participant begun in `years` of `span`: the latest stay, the latest outcome and its stay.

    The outcome is unknown where every stay has ended without one, None while one goes on.
    """
    by_person, known = defaultdict(list), defaultdict(list)
    for stay in stays:
        if stay.year in years:
            by_person[stay.participant].append(stay)
        known[stay.participant] += [
            (known_on, pk, outcome, stay)
            for known_on, pk, year, outcome in stay.outcomes
            if year in years
        ]
    for person, own in by_person.items():
        latest = own[-1]
        if known[person]:
            *_when, outcome, counted = max(known[person], key=lambda one: one[:2])
            yield latest, outcome, counted
        elif all(stay.has_ended(span, today) for stay in own):
            yield latest, Outcome.Result.UNKNOWN.value, latest
        else:
            yield latest, None, latest


def standing_outcomes(programme, period, years, today):
    """What `outcomes` counts, by participant's id: the outcome, and the id of the placement it counts at.

    The outcome is None while a placement goes on. `years` are those of `period` whose records count.
    """
    stays = _stays(Grant.objects.filter(programme=programme))
    return {
        latest.participant: (outcome, counted.pk)
        for latest, outcome, counted in _persons(stays, period, years, today)
    }


def ended_without_outcome(programme, period, today):
    """How many placements begun in each year of `period` have ended without any outcome."""
    counts = defaultdict(int)
    for stay in _stays(Grant.objects.filter(programme=programme)):
        if stay.year in period and not stay.outcomes and stay.has_ended(period, today):
            counts[stay.year] += 1
    return sorted(counts.items())


# Placement-months stand beside the indicators; they are none, and are for those who see everything.

ROUGH = (Precision.SEASON, Precision.YEAR)  # too rough to tell a length in months


@dataclass(frozen=True)
class Use:
    """How one grant is used, or several together, as known on a day.

    `granted` and `used` are places: a placement takes one, and so does an extension. Of several
    grants `free` and `over` are the sums of each grant's own, since no grant lends places to
    another. `months_granted` is places times months a place, `months_used` what `months_used` says
    of each placement. `amount` is kronor, the sum of the known ones, None where none is known;
    `costed_months` are the months used under those grants alone.
    """

    granted: int
    used: int
    free: int
    over: int
    months_granted: int
    months_used: int
    amount: int | None
    costed_months: int

    @property
    def share(self):
        return share(self.used, self.granted)

    @property
    def months_share(self):
        return share(self.months_used, self.months_granted)

    @property
    def cost(self):
        """Kronor granted for each month used; None where nothing is used or no amount is known."""
        return share(self.amount, self.costed_months)


def uses(grants, today):
    """The use of each of the queryset `grants` as known on `today`, by the grant's id."""
    taken = defaultdict(list)
    placements = Placement.objects.filter(grant__in=grants.order_by()).order_by()
    for grant, *stay in placements.values_list("grant", "grant__months", *Placement.LASTS):
        taken[grant].append(months_used(*stay, today=today))
    return {
        pk: _use(places, months, amount, taken[pk])
        for pk, places, months, amount in grants.values_list("pk", "places", "months", "amount")
    }


def _use(places, months, amount, taken):
    return Use(
        granted=places,
        used=len(taken),
        free=max(places - len(taken), 0),
        over=max(len(taken) - places, 0),
        months_granted=places * months,
        months_used=sum(taken),
        amount=amount,
        costed_months=0 if amount is None else sum(taken),
    )


def together(several):
    """Several uses as one."""
    several = list(several)
    amounts = [use.amount for use in several if use.amount is not None]
    names = ("granted", "used", "free", "over", "months_granted", "months_used", "costed_months")
    sums = {name: sum(getattr(use, name) for use in several) for name in names}
    return Use(**sums, amount=sum(amounts) if amounts else None)


def months_used(months, starts_on, precision, planned_ends_on, ends_on, ends_precision, *, today):
    """How many months of a grant a placement has taken by `today`: whole months begun.

    From the first possible day of the start to the last possible day of the end, or of the planned
    end where none is known, and not beyond today. One that ended early counts what it took, one
    that lasts longer too; one that has not begun counts none. A start or an end known by season or
    year alone tells no length, nor does an end nobody wrote down: then at most the grant's `months`.
    """
    end = end_of(months, starts_on, precision, planned_ends_on, ends_on, ends_precision)
    begun = months_begun(starts_on, min(end, today))
    is_rough = precision in ROUGH or (ends_on and ends_precision in ROUGH)
    is_written = ends_on or planned_ends_on
    return begun if is_written and not is_rough else min(begun, months)


def months_begun(first, last):
    """Whole months begun from `first` to `last`: to the same day a month later is one, at least one.

    None before `first`.
    """
    if last < first:
        return 0
    months = (last.year - first.year) * 12 + last.month - first.month
    return max(months + (add_months(first, months) < last), 1)
