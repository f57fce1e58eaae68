"""Structural initiatives, and what was done and came of it year by year."""

from activities.models import EventKind, Milestone, Publication
from programmes.formats import number
from programmes.models import Initiative

from .. import phrases
from ..parts import (
    Facts,
    Lead,
    Live,
    Moment,
    Paragraph,
    Section,
    Timeline,
)
from ..phrases import capital, counted, listing, live, runs, said
from ..source import EVENTS_A_YEAR, SEX_WORDS, chapter


def structural(source):
    own = [i for i in source.initiatives if i.direction == Initiative.Direction.STRUCTURAL]
    texts = [
        Paragraph((text,))
        for initiative in own
        for text in phrases.paragraphs(initiative.description)
    ]
    held, reached = source.of("events.held"), source.of("milestones")
    lead = ()
    if held.value:
        lead = runs(f"Under {source.period} genomfördes ", said(held))
        lead = runs(lead, " och nåddes ", said(reached)) if reached.value else lead
    elif reached.value:
        lead = runs(f"Under {source.period} nåddes ", said(reached))
    blocks = [*([Lead(runs(lead, "."))] if lead else []), *texts]
    return [chapter("Strukturinriktade insatser", blocks)] if blocks else []


def by_year(source):
    sections = [section for year in source.period.years if (section := _year(source, year))]
    if not sections:
        return []
    title = f"Milstolpar {source.period}"
    return [chapter(title, []), *sections]


def policy_sentence(source):
    """In how many municipalities a policy was adopted, by the milestones."""
    adopted = [m for m in source.milestones if m.kind == Milestone.Kind.POLICY]
    places = sorted({m.municipality.name for m in adopted if m.municipality_id})
    figure = source.of("milestones", kind="policy")
    if not places or figure.value is None:
        return ()
    one = len(places) == 1
    return runs(
        f"Milstolparna {source.period} visar styrdokument i ",
        Live(number(len(places)), "milestones"),
        f" av {number(len(source.municipalities))} kommuner: {listing(places)}."
        if not one
        else f" av {number(len(source.municipalities))} kommuner: {places[0]}.",
    )


def _year(source, year):
    moments = tuple(_moments(source, year))
    facts = tuple(_facts_of(source, year))
    if not moments and not facts:
        return None
    blocks = [Timeline(year, moments)] if moments else []
    if facts:
        blocks.append(Facts(facts))
    return Section(str(year), tuple(blocks), level=2, is_plain=True)


def _moments(source, year):
    """What was done, then what came of it in the structures; changes outside among these."""
    held = source.of("events.held", year)
    if (held.value or 0) > EVENTS_A_YEAR:
        for kind, figure in source.figures.parts("events.held", "kind", year):
            if figure.value:
                times = "tillfälle" if figure.value == 1 else "tillfällen"
                name = capital(source.words.value("kind", kind))
                yield Moment("", "", f"{number(figure.value)} {times}", kind=name)
    for event in source.events[year]:
        text = (phrases.paragraphs(event.outcome) or [""])[0]
        yield Moment(
            phrases.when(event),
            capital(event.place_name),
            event.title,
            text,
            kind=capital(str(EventKind(event.kind).label)),
        )
    for row in source.publications:
        if row.year == year:
            title = row.title
            if row.items > 1:
                title += f", {number(row.items)} verk"
            kind = capital(str(Publication.Kind(row.kind).label))
            yield Moment(phrases.when(row), "", title, kind=kind)
    for row in source.milestones:
        if row.year == year:
            outside = row.kind == Milestone.Kind.EXTERNAL_CHANGE
            kind = "Omvärld" if outside else capital(str(Milestone.Kind(row.kind).label))
            where = capital(row.place_name) if row.municipality_id else ""
            text = " ".join(phrases.paragraphs(row.text))
            yield Moment(phrases.when(row), where, row.title, text, outside, kind)


def _facts_of(source, year):
    reach = source.of("reach.attendances", year)
    if source.is_idle(year):
        pass
    elif reach.value is not None:
        yield "Räckvidd", runs(said(reach), ".")
    elif reach.is_applicable and source.events[year]:
        yield "Räckvidd", runs(f"{capital(phrases.MISSING)}.")
    groups = source.of("groups.active", year)
    if groups.value:
        yield "Samverkan", runs(said(groups), " vid årets slut.")
    census = [source.of(code, year) for code in ("enterprises.count", "employees", "placed")]
    if any(figure.value for figure in census):
        yield "Inventering", _census_sentence(source, year, *census)
    parts = [
        (name, figure)
        for name, figure in source.figures.parts("enterprises.count", "subregion", year)
        if figure.value is not None and census[0].value
    ]
    if parts:
        said_parts = []
        for index, (name, figure) in enumerate(parts):
            lead = "" if not index else (" och " if index == len(parts) - 1 else ", ")
            said_parts += [lead, counted(figure), f" i {source.words.value('subregion', name)}"]
        yield "Delregioner", runs(*said_parts, ".")


def _census_sentence(source, year, enterprises, employees, placed):
    """The census of a year: enterprises, employees by sex, persons placed by referrer."""
    referrers = ("employment_service", "municipality", "other")
    words = {value: source.words.value("referrer", value) for value in referrers}
    parts = [
        (enterprises, ()),
        (employees, _split(source, "employees", "sex", year, SEX_WORDS)),
        (placed, _split(source, "placed", "referrer", year, words)),
    ]
    known = [(figure, split) for figure, split in parts if figure.value is not None]
    reservations = {phrases.reservation(figure) for figure, _split in known}
    shared = reservations.pop() if len(reservations) == 1 else None
    sentences = []
    for index, (figure, split) in enumerate(known):
        own = phrases.reservation(figure) if shared is None else ""
        sentences += [", " if index else "", counted(figure), split, own]
    answered = phrases.answered_together(source.figures, [figure for figure, _split in known])
    return runs(*sentences, shared or "", f"; {answered}" if answered else "", ".")


def _split(source, code, dimension, year, words):
    """The known parts of a figure in parentheses, those that are 0 left out."""
    parts = [(v, f) for v, f in source.figures.parts(code, dimension, year) if f.value]
    if not parts:
        return ()
    inside = []
    for index, (value, figure) in enumerate(parts):
        name = words[value] if dimension == "referrer" else words[value].lower()
        inside += [", " if index else "", f"{name} ", live(figure)]
    return runs(" (", *inside, ")")
