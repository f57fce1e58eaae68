"""The records behind a figure: those that add up to it, and those left out with the reason why.

The numbers of the rows sum to the figure wherever it stands on records; a test holds them to it.
Where it stands on printed values the rows are those, and where years of both are added up, the
years. Records of single persons and single answers are given to the full view alone.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.figures import SEX, active_between, group_spells
from activities.models import (
    Attendance,
    CollaborationGroup,
    Event,
    Milestone,
    Publication,
    TrainingStep,
)
from enterprises.models import Census, CensusReturn, Enterprise
from placements.figures import GRANTED, USED, UTILISATION, standing_outcomes
from placements.models import Grant, Outcome, Placement
from programmes.formats import day, number, percent, span
from programmes.models import Completeness, Staffing
from programmes.periods import Period

from .figures import Basis, View, plain
from .indicators import REFERRER_WORDS, SEX_WORDS
from .wording import basis_in_words, card_url

Level = Completeness.Level


@dataclass(frozen=True)
class Row:
    """A record and what it adds. `group` is the heading it stands under, `parts` what it consists of."""

    when: str
    what: str
    url: str
    where: str
    number: float
    group: str = ""
    parts: tuple = ()


@dataclass(frozen=True)
class LeftOut:
    """A record, or a kind of number, that could have been counted, and why it is not."""

    what: str
    why: str
    number: object = None
    url: str = ""


@dataclass(frozen=True)
class Evidence:
    """What a figure stands on. `noun` names the rows; `parts` the columns beside their sum.

    `is_closed`: there are records, and they are not for this reader. `adds_up` is False where the
    figure is no sum of its rows (a share, a weighted mean).
    """

    rows: tuple = ()
    left_out: tuple = ()
    noun: str = "records"
    parts: tuple = ()
    adds_up: bool = True
    is_closed: bool = False

    @property
    def total(self):
        return sum(row.number for row in self.rows)

    @property
    def count(self):
        """How many rows there are, in words: "36 events"."""
        return counted(self.noun, len(self.rows))

    @property
    def uncounted(self):
        """How many of those left out were held without anybody counting."""
        return sum(1 for row in self.left_out if row.number == _("missing"))

    def groups(self, rows):
        """`rows` (a page of them) under their headings, each with the sum and number of all its rows."""
        sums, numbers = Counter(), Counter()
        for row in self.rows:
            sums[row.group] += row.number
            numbers[row.group] += 1
        return [
            (
                name,
                [row for row in rows if row.group == name],
                counted(self.noun, numbers[name]),
                sums[name],
            )
            for name in dict.fromkeys(row.group for row in rows)
        ]


NOUNS = {
    "records": lambda n: ngettext("%(n)s record", "%(n)s records", n),
    "events": lambda n: ngettext("%(n)s event", "%(n)s events", n),
    "publications": lambda n: ngettext("%(n)s publication", "%(n)s publications", n),
    "milestones": lambda n: ngettext("%(n)s milestone", "%(n)s milestones", n),
    "groups": lambda n: ngettext("%(n)s group", "%(n)s groups", n),
    "enterprises": lambda n: ngettext("%(n)s enterprise", "%(n)s enterprises", n),
    "answers": lambda n: ngettext("%(n)s answer", "%(n)s answers", n),
    "grants": lambda n: ngettext("%(n)s grant", "%(n)s grants", n),
    "placements": lambda n: ngettext("%(n)s placement", "%(n)s placements", n),
    "persons": lambda n: ngettext("%(n)s person", "%(n)s persons", n),
    "spells": lambda n: ngettext("%(n)s period of staffing", "%(n)s periods of staffing", n),
    "years": lambda n: ngettext("%(n)s year", "%(n)s years", n),
    "printed": lambda n: ngettext("%(n)s printed figure", "%(n)s printed figures", n),
    "figures": lambda n: ngettext("%(n)s figure", "%(n)s figures", n),
}


def counted(noun, n):
    return NOUNS[noun](n) % {"n": number(n)}


@dataclass(frozen=True)
class Asked:
    """A part of an indicator in a period; `years` are those of it that stand on records."""

    figures: object
    period: Period
    years: tuple
    key: dict

    @property
    def programme(self):
        return self.figures.programme


def evidence(figure_set, figure):
    """What stands behind `figure`; nothing where it is protected or unknown."""
    code = figure.indicator.code
    if figure.is_protected or not figure.is_applicable:
        return Evidence()
    if figure.basis in (Basis.PUBLISHED, Basis.MIXED) and not figure.period.is_year:
        return _years(figure_set, figure)
    if code in CLOSED and figure_set.view != View.FULL:
        if figure.basis == Basis.PUBLISHED:
            return Evidence(_printed_parts(figure_set, figure), noun="printed")
        return Evidence(is_closed=figure.value is not None)
    years = _years_on_records(figure_set, figure)
    found = FINDERS[code](Asked(figure_set, figure.period, tuple(years), dict(figure.key)))
    if figure.basis == Basis.RECORDS:
        return found
    if figure.basis == Basis.PUBLISHED:
        rows = _printed_parts(figure_set, figure)
        return Evidence(rows, tuple(_beside(found)), "printed")
    return Evidence(left_out=found.left_out, noun=found.noun)


def _beside(found):
    """Records of a year for which a printed value stands in: they are never mixed."""
    if found.rows and found.adds_up:
        why = _("The printed figure stands in for the whole: records are not added to it")
        url = found.rows[0].url if len(found.rows) == 1 else ""
        yield LeftOut(found.count, why, number(found.total), url)


def _years_on_records(figure_set, figure):
    """The years whose records are in the figure: it leaves out those that nobody kept."""
    if figure.period.is_year:
        return figure.period.years
    return [
        year
        for year in figure.period.years
        if figure_set.get(figure.indicator.code, year, **dict(figure.key)).basis == Basis.RECORDS
    ]


def _printed_parts(figure_set, figure):
    """The printed values that stand in: of the parts where those are printed, else of the figure itself."""
    indicator, programme = figure.indicator, figure_set.programme
    for dimension in indicator.dimensions if not figure.key else ():
        parts = [
            part
            for _value, part in figure_set.parts(indicator.code, dimension.name, figure.period)
            if part.value is not None and part.basis == Basis.PUBLISHED
        ]
        if parts:
            return tuple(_printed_row(figure_set, programme, part) for part in parts)
    return tuple(
        Row("", _("The printed value"), "", _stands_in(printed), plain(printed.value))
        for printed in figure.printed
        if printed.stands_in
    )


def _printed_row(figure_set, programme, part):
    source = next(printed for printed in part.printed if printed.stands_in)
    return Row(
        when="",
        what=capfirst(figure_set.words.part(part.key)),
        url=card_url(programme, part),
        where=_stands_in(source),
        number=part.value,
    )


def _stands_in(printed):
    return f"{printed.source}, {printed.place}"


def _years(figure_set, figure):
    """The years that are added up, and those that nobody knows."""
    code, programme = figure.indicator.code, figure_set.programme
    series = figure_set.series(code, **dict(figure.key))
    rows = tuple(
        Row(
            when="",
            what=str(of_year.period),
            url=card_url(programme, of_year),
            where=basis_in_words(of_year),
            number=of_year.value,
        )
        for of_year in series
        if of_year.value is not None
    )
    left_out = tuple(
        LeftOut(
            str(of_year.period),
            _("Nobody knows this year's number"),
            _("missing"),
            card_url(programme, of_year),
        )
        for of_year in series
        if of_year.value is None and of_year.is_applicable
    )
    return Evidence(rows, left_out, "years")


# Events, publications, milestones, groups


def _heading(asked, record):
    """The quarter within a year, the year within a period."""
    if not asked.period.is_year:
        return str(record.year)
    if record.precision not in ("day", "month"):
        return _("No date within the year")
    names = (_("January–March"), _("April–June"), _("July–September"), _("October–December"))
    return capfirst(names[(record.starts_on.month - 1) // 3])


def _of_part(records, key):
    """Narrowed to the kind and the place of a part."""
    if "kind" in key:
        records = records.filter(kind=key["kind"])
    if "municipality" in key:
        code = key["municipality"]
        records = records.filter(
            **({"municipality__code": code} if code.isdigit() else {"place": code})
        )
    return records


def _events_of(asked):
    events = Event.objects.filter(programme=asked.programme, year__in=asked.years)
    return (
        _of_part(events, asked.key)
        .select_related("programme", "municipality")
        .order_by("starts_on", "pk")
    )


def _event_row(asked, event, number, parts=()):
    return Row(
        when=span(event.starts_on, event.ends_on, event.precision),
        what=event.title,
        url=event.get_absolute_url(),
        where=capfirst(str(event.place_name)),
        number=number,
        group=_heading(asked, event),
        parts=parts,
    )


def _event_left_out(event, why, number=None):
    when = span(event.starts_on, event.ends_on, event.precision)
    return LeftOut(f"{event.title}, {when}", why, number, event.get_absolute_url())


def _not_held(asked):
    for event in _events_of(asked).exclude(status=Event.Status.HELD):
        cancelled = event.status == Event.Status.CANCELLED
        why = (
            _("Cancelled: %(why)s") % {"why": event.cancelled_reason}
            if cancelled
            else _("Planned, not held")
        )
        yield _event_left_out(event, why)


def _events(asked):
    rows = tuple(_event_row(asked, event, 1) for event in _events_of(asked).held())
    return Evidence(rows, tuple(_not_held(asked)), "events")


def _uncounted(asked):
    held = _events_of(asked).held().without_attendance()
    return Evidence(tuple(_event_row(asked, event, 1) for event in held), (), "events")


def _reach(asked):
    cells = Attendance.objects.filter(
        event__programme=asked.programme, event__year__in=asked.years
    ).order_by()
    key = asked.key
    if "audience" in key:
        cells = cells.filter(audience=key["audience"].replace("unspecified", ""))
    if "organisation" in key:
        slug = None if key["organisation"] == "unspecified" else key["organisation"]
        cells = cells.filter(
            **({"organisation__slug": slug} if slug else {"organisation__isnull": True})
        )
    names = (key["sex"],) if "sex" in key else SEX.values
    sums = cells.values_list("event").annotate(*(Sum(name) for name in names))
    numbers = {event: persons for event, *persons in sums}
    held = list(_events_of(asked).held())
    rows = tuple(
        _event_row(asked, e, sum(numbers[e.pk]), tuple(numbers[e.pk]) if len(names) > 1 else ())
        for e in held
        if sum(numbers.get(e.pk, ()))
    )
    missing = (
        _event_left_out(event, _("Held, but nobody has reported how many came"), _("missing"))
        for event in _events_of(asked).held().without_attendance()
    )
    left_out = (*missing, *_not_held(asked), *(_never_added(asked) if not key else ()))
    labels = tuple(SEX_WORDS[name] for name in names) if len(names) > 1 else ()
    return Evidence(rows, left_out, "events", labels)


def _never_added(asked):
    """Numbers of the years that are counted apart and never added to attendances."""
    steps = TrainingStep.objects.filter(
        event__programme=asked.programme, event__year__in=asked.years
    )
    publications = Publication.objects.filter(programme=asked.programme, year__in=asked.years)
    beside = publications.aggregate(plays=Sum("plays"), views=Sum("views"))
    apart = (
        (
            _("Participants at single steps of trainings"),
            _("A training counts each participant once"),
            steps.aggregate(n=Sum("participants"))["n"],
        ),
        (
            _("Plays of what was published"),
            _("A play is not a person at an event"),
            beside["plays"],
        ),
        (
            _("Views of what was published"),
            _("A view is not a person at an event"),
            beside["views"],
        ),
    )
    return [LeftOut(what, why, number(n)) for what, why, n in apart if n]


def _dated_row(asked, record, where, number):
    return Row(
        when=span(record.starts_on, record.ends_on, record.precision),
        what=record.title,
        url=record.get_absolute_url(),
        where=capfirst(str(where)),
        number=number,
        group=_heading(asked, record),
    )


def _publications(asked):
    found = Publication.objects.filter(programme=asked.programme, year__in=asked.years)
    found = _of_part(found, asked.key).select_related("programme").order_by("starts_on", "pk")
    rows = tuple(_dated_row(asked, row, row.get_kind_display(), row.items) for row in found)
    return Evidence(rows, (), "publications")


def _milestones(asked):
    found = Milestone.objects.filter(programme=asked.programme, year__in=asked.years)
    found = _of_part(found, asked.key).select_related("programme", "municipality")
    found = found.order_by("starts_on", "pk")
    outside = Milestone.Kind.EXTERNAL_CHANGE
    rows = tuple(_dated_row(asked, row, row.place_name, 1) for row in found.exclude(kind=outside))
    left_out = tuple(
        LeftOut(
            f"{row.title}, {span(row.starts_on, row.ends_on, row.precision)}",
            _("A change in the world around is not a milestone"),
            url=row.get_absolute_url(),
        )
        for row in found.filter(kind=outside)
    )
    return Evidence(rows, left_out, "milestones")


def _groups(asked):
    spells = group_spells(asked.programme)
    days = [(date(year, 1, 1), date(year, 12, 31)) for year in asked.years]
    if asked.period.is_year:
        days = [(asked.period.end, asked.period.end)]
    groups = CollaborationGroup.objects.filter(programme=asked.programme)
    rows, left_out = [], []
    for group in groups.select_related("programme", "municipality"):
        _code, own = spells.get(group.pk, ("", []))
        if asked.key.get("municipality", group.municipality.code) != group.municipality.code:
            continue
        url = group.get_absolute_url()
        if any(active_between(own, first, last) for first, last in days):
            rows.append(Row("", group.name, url, str(group.municipality), 1))
        else:
            left_out.append(LeftOut(group.name, _("Not known to be active then"), url=url))
    return Evidence(tuple(rows), tuple(left_out), "groups")


# Enterprises and their answers


def _enterprises(asked):
    census = Census.objects.filter(programme=asked.programme, year=asked.period.last).first()
    on = census.reference_date if census else Census.usual_day(asked.period.last)
    found = _in_region(
        Enterprise.objects.filter(programme=asked.programme).active_on(on), asked.key, ""
    )
    rows = tuple(
        Row("", row.name, row.get_absolute_url(), str(row.municipality), 1)
        for row in found.select_related("programme", "municipality")
    )
    return Evidence(rows, (), "enterprises")


def _in_region(records, key, path):
    if "municipality" in key:
        records = records.filter(**{f"{path}municipality__code": key["municipality"]})
    if "subregion" in key:
        records = records.filter(**{f"{path}municipality__subregion__slug": key["subregion"]})
    return records


def _answers(asked, names, labels=()):
    """Confirmed answers and what each adds; `names` are the fields summed."""
    found = CensusReturn.objects.filter(
        census__programme=asked.programme, census__year=asked.period.last
    )
    found = _in_region(found, asked.key, "enterprise__")
    rows, left_out = [], []
    for answer in found.select_related("enterprise__programme", "enterprise__municipality"):
        enterprise = answer.enterprise
        numbers = [getattr(answer, name) for name in names]
        known = [n for n in numbers if n is not None]
        url = enterprise.get_absolute_url()
        if answer.state != CensusReturn.State.CONFIRMED:
            why = capfirst(str(answer.get_state_display()))
            left_out.append(LeftOut(enterprise.name, why, _("missing"), url))
        elif not known:
            why = _("Did not answer this question")
            left_out.append(LeftOut(enterprise.name, why, _("missing"), url))
        else:
            parts = tuple(numbers) if labels else ()
            where = str(enterprise.municipality)
            rows.append(Row("", enterprise.name, url, where, sum(known), parts=parts))
    return Evidence(tuple(rows), tuple(left_out), "answers", labels)


def _employees(asked):
    if "sex" in asked.key:
        return _answers(asked, [f"employed_{asked.key['sex']}"])
    return _answers(asked, CensusReturn.EMPLOYED, tuple(SEX_WORDS.values()))


def _placed(asked):
    if "referrer" in asked.key:
        return _answers(asked, [f"placed_{asked.key['referrer']}"])
    return _answers(asked, CensusReturn.PLACED, tuple(REFERRER_WORDS.values()))


def _returns(asked):
    found = _answers(asked, CensusReturn.EMPLOYED + CensusReturn.PLACED)
    rows = tuple(Row("", row.what, row.url, row.where, 1) for row in found.rows)
    return Evidence(rows, found.left_out, "answers")


# Grants, placements, persons


def _grants(asked):
    found = Grant.objects.filter(programme=asked.programme, year__in=asked.years)
    rows = tuple(
        Row(str(row.year), str(row.municipality), row.get_absolute_url(), row.reference, row.places)
        for row in _in_region(found, asked.key, "").select_related("programme", "municipality")
    )
    return Evidence(rows, (), "grants")


def _utilisation(asked):
    """The two figures that are divided."""
    pair = [asked.figures.get(i.code, asked.period, **asked.key) for i in (USED, GRANTED)]
    rows = tuple(
        Row("", str(f.indicator.label), card_url(asked.programme, f), basis_in_words(f), f.value)
        for f in pair
        if f.value is not None
    )
    return Evidence(rows, (), "figures", adds_up=False)


def _placements(asked, **narrowed):
    found = Placement.objects.filter(grant__programme=asked.programme, **narrowed)
    return found.select_related("grant__programme", "grant__municipality", "participant").order_by(
        "starts_on", "pk"
    )


def _placement_row(placement, outcome=""):
    return Row(
        when=day(placement.starts_on, placement.precision),
        what=_who(placement, outcome),
        url=placement.grant.get_absolute_url(),
        where=str(placement.grant.municipality),
        number=1,
        group="",
    )


def _who(placement, outcome=""):
    """A participant's code and sex, and the outcome where it is asked about."""
    participant = placement.participant
    words = (participant.code, str(participant.get_sex_display()), outcome)
    return ", ".join(filter(None, words))


def _fits(placement, key):
    place = key.get("municipality", placement.grant.municipality.code)
    sex = key.get("sex", placement.participant.sex)
    return placement.grant.municipality.code == place and placement.participant.sex == sex


def _used(asked):
    found = _placements(asked, grant__year__in=asked.years)
    rows = tuple(_placement_row(p) for p in found if _fits(p, asked.key))
    return Evidence(rows, (), "placements")


def _started(asked):
    found = _placements(asked, year__in=asked.years)
    rows = tuple(_placement_row(p) for p in found if _fits(p, asked.key))
    return Evidence(rows, (), "placements")


def _persons(asked):
    """Each participant once, at the latest of the placements begun in the period."""
    begun = list(_placements(asked, year__in=asked.years))
    latest = {placement.participant_id: placement for placement in begun}
    rows = tuple(_placement_row(p) for p in latest.values() if _fits(p, asked.key))
    left_out = tuple(
        LeftOut(
            f"{_who(p)}, {day(p.starts_on, p.precision)}",
            _("The same person has a later placement"),
            url=p.grant.get_absolute_url(),
        )
        for p in begun
        if latest[p.participant_id] != p and _fits(p, asked.key)
    )
    return Evidence(rows, left_out, "persons")


def _outcomes(asked):
    """Each person's latest outcome in the period; those still in a placement are left out."""
    begun = _placements(asked, year__in=asked.years)
    latest = {placement.participant_id: placement for placement in begun}
    known = standing_outcomes(asked.programme, asked.period, asked.years)
    labels, key = dict(Outcome.Result.choices), asked.key
    rows, left_out = [], []
    for person, placement in latest.items():
        result, municipality = known[person]
        sex = placement.participant.sex
        if key.get("sex", sex) != sex or key.get("municipality", municipality) != municipality:
            continue
        if result is None:
            who, url = _who(placement), placement.grant.get_absolute_url()
            left_out.append(LeftOut(who, _("Still in the placement"), url=url))
        elif key.get("result", result) == result:
            rows.append(_placement_row(placement, str(labels[result])))
    return Evidence(tuple(rows), tuple(left_out), "persons")


def _staffing(asked):
    found = Staffing.objects.filter(
        programme=asked.programme, starts_on__lte=asked.period.end
    ).exclude(ends_on__lt=asked.period.start)
    url = reverse("programmes:staffing", args=[asked.programme.slug])
    rows = tuple(
        Row(
            when=span(row.starts_on, row.ends_on) if row.ends_on else f"{day(row.starts_on)} –",
            what=percent(row.percent / 100, 0),
            url=url,
            where=row.note,
            number=row.percent,
        )
        for row in found
    )
    return Evidence(rows, (), "spells", adds_up=False)


FINDERS = {
    "events.held": _events,
    "events.without_attendance": _uncounted,
    "reach.attendances": _reach,
    "publications.items": _publications,
    "milestones": _milestones,
    "groups.active": _groups,
    "enterprises.count": _enterprises,
    "census.expected": _enterprises,
    "employees": _employees,
    "placed": _placed,
    "census.returns": _returns,
    "grants.granted": _grants,
    "grants.used": _used,
    "grants.utilisation": _utilisation,
    "placements.started": _started,
    "placements.persons": _persons,
    "outcomes": _outcomes,
    "staffing.percent": _staffing,
}
CLOSED = {
    "employees",
    "placed",
    "census.returns",
    "grants.used",
    "grants.utilisation",
    "placements.started",
    "placements.persons",
    "outcomes",
}
EACH_ONCE = {
    "events.held",
    "events.without_attendance",
    "milestones",
    "groups.active",
    "enterprises.count",
    "census.expected",
    "census.returns",
    "placements.started",
    "placements.persons",
    "grants.used",
    "outcomes",
}


# In one sentence


def sentence(figure, found):
    """Why the figure is what it is, in one or two sentences."""
    if figure.is_protected:
        return _("The number is protected: it could tell something about single persons.")
    if not figure.is_applicable:
        return _("The programme has nothing of this to record here.")
    if figure.value is None:
        return _unknown(found)
    if figure.basis == Basis.PUBLISHED and figure.period.is_year:
        if len(found.rows) > 1:
            text = _("The sum of %(rows)s. They stand in for records that are missing.")
            return text % {"rows": found.count}
        return _("A printed figure. It stands in for records that are missing.")
    if figure.basis in (Basis.PUBLISHED, Basis.MIXED):
        return _("The sum of %(rows)s.") % {"rows": found.count}
    if figure.indicator is UTILISATION:
        return _("Places used, divided by places granted.")
    if figure.indicator.unit == "percent":
        return _("The mean of the year's days: each period weighs as many days as it lasted.")
    return _from_records(figure, found)


def _unknown(found):
    if found.uncounted:
        return ngettext(
            "Not available. %(n)s record waits for its number.",
            "Not available. %(n)s records wait for their numbers.",
            found.uncounted,
        ) % {"n": number(found.uncounted)}
    return _("Not available. Nobody has recorded it, and no printed figure stands in.")


def _from_records(figure, found):
    if found.is_closed:
        return _("It is derived from records that only the programme's office and auditors read.")
    if not found.rows:
        text = _("There is no such record.")
        if not figure.incomplete:
            text = _("There is no such record, and the records are complete. So it is 0.")
    elif figure.indicator.code in EACH_ONCE:
        text = _("%(rows)s, each counted once.") % {"rows": found.count}
    elif figure.indicator.code == "reach.attendances":
        text = _("Those present at %(rows)s, added up.") % {"rows": found.count}
    else:
        text = _("The sum of %(rows)s.") % {"rows": found.count}
    if found.uncounted:
        text += " " + ngettext(
            "%(n)s more has no number yet.", "%(n)s more have no number yet.", found.uncounted
        ) % {"n": number(found.uncounted)}
    return text
