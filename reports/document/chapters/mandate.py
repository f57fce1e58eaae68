"""What the programme is: its task, objectives, work, partners, background and initiatives."""

from programmes.formats import percent
from programmes.models import Initiative, InitiativeYear, Organisation

from .. import phrases
from ..parts import (
    Bullets,
    Column,
    Facts,
    Form,
    Lead,
    Live,
    Paragraph,
    Table,
)
from ..phrases import capital, cell, counted, listing, runs, said
from ..source import chapter, or_missing, part

YEARS_ACROSS = 6  # a table with more years than this has them down its side


def the_programme(source):
    p = source.programme
    facts = [
        ("Uppdrag", runs(p.name)),
        ("Period", runs(phrases.months_of(p))),
        ("Rapporten avser", runs(str(source.period))),
    ]
    if p.target_group:
        facts.append(("Målgrupp", runs(p.target_group)))
    facts.append(("Bemanning", _staffing(source)))
    blocks = [Lead((p.purpose,))] if p.purpose else []
    sections = [chapter("Insatsen", [*blocks, Facts(tuple(facts))], starts_page=True)]
    objectives = [goal[0] for goal in source.goals]
    if objectives:
        items = tuple(runs(_sentence(o.title, o.description)) for o in objectives)
        sections.append(part("Övergripande mål", [Bullets(items)]))
    if p.description:
        texts = [Paragraph((text,)) for text in phrases.paragraphs(p.description)]
        sections.append(part("Verksamheten", texts))
    return [*sections, *_activities(source), *_collaboration(source)]


def _staffing(source):
    series = list(source.series("staffing.percent"))
    known = [f for f in series if f.value is not None]
    if not known:
        return runs(f"Processledarens andel av heltid: {phrases.MISSING}.")
    shares = [
        part
        for index, f in enumerate(known)
        for part in (
            ", " if index else "",
            Live(percent(f.value / 100, 0), f.indicator.code),
            f" år {f.period}",
        )
    ]
    unknown = [f.period.first for f in series if f.value is None]
    rest = f". För {phrases.years_listed(unknown)} saknas uppgift" if unknown else ""
    return runs("Processledaren, andel av heltid: ", *shares, rest, ".")


def _activities(source):
    held, items = source.of("events.held"), source.of("publications.items")
    table = _by_kind(source, "events.held", "Genomförda händelser efter slag", "händelser")
    published = _by_kind(source, "publications.items", "Publicerade verk efter slag", "verk")
    if not table and not published:
        return []
    sentence = runs(f"Under {source.period} genomfördes ", said(held), ". ") if held.value else ()
    if items.value:
        verb = "gavs" if not sentence else "Dessutom gavs"
        verb = capital(verb)
        sentence = runs(sentence, f"{verb} ", said(items), " ut.")
    without = source.of("events.without_attendance")
    if without.value and held.value:
        sentence = runs(
            sentence,
            " För ",
            counted(without),
            " saknas uppgift om hur många som kom.",
        )
    blocks = [Paragraph(sentence)] if sentence else []
    return [part("Huvudsakliga aktiviteter", [*blocks, *table, *published])]


def _by_kind(source, code, caption, unit):
    """A figure by kind: years across while they fit, the period's sum alone where they do not."""
    kinds = source.figures.values(code, "kind")
    total = source.of(code)
    if not kinds or total.value is None:
        return []
    years = list(source.period.years) if 1 < len(source.period.years) <= YEARS_ACROSS else []
    columns = [Column("Slag", form=Form.WORDS), *(Column(str(y), unit) for y in years)]
    columns.append(Column("Summa", unit))
    rows = [
        (
            capital(source.words.value("kind", kind)),
            *(cell(source.of(code, year, kind=kind)) for year in years),
            cell(source.of(code, kind=kind)),
        )
        for kind in kinds
    ]
    rows.append(("Alla", *(cell(source.of(code, year)) for year in years), cell(total)))
    note = (
        "Underlaget är ofullständigt: ett streck betyder att inget är registrerat."
        if total.incomplete
        else ""
    )
    return [Table(caption, tuple(columns), tuple(rows), has_total=True, note=note, codes=(code,))]


def _collaboration(source):
    kinds = {
        Organisation.Kind.MEMBER_PARTY: "Förbundets parter",
        Organisation.Kind.COLLABORATING_PARTNER: "Samverkansparter",
        Organisation.Kind.ENTERPRISE: "Företag",
        Organisation.Kind.OTHER: "Andra",
    }
    names = {kind: [] for kind in kinds}
    for kind, name in source.programme.organisations.filter(part_of=None).values_list(
        "kind", "name"
    ):
        names[kind].append(name)
    facts = tuple(
        (label, runs(f"{listing(names[kind])}.")) for kind, label in kinds.items() if names[kind]
    )
    return [part("Samverkan", [Facts(facts)])] if facts else []


def background(source):
    texts = [Paragraph((text,)) for text in phrases.paragraphs(source.programme.background)]
    return [chapter("Bakgrund", texts)] if texts else []


def the_initiatives(source):
    if not source.initiatives:
        return []
    words = {
        Initiative.Direction.INDIVIDUAL: "Individinriktad",
        Initiative.Direction.STRUCTURAL: "Strukturinriktad",
    }
    facts = tuple(
        (
            initiative.name,
            runs(f"{words[initiative.direction]}, {phrases.months_of(initiative)}."),
        )
        for initiative in source.initiatives
    )
    blocks = [Facts(facts)]
    rows = InitiativeYear.objects.filter(
        initiative__programme=source.programme,
        year__range=(source.period.first, source.period.last),
    ).select_related("initiative")
    money = [
        (
            str(row.year),
            row.initiative.name,
            or_missing(row.budgeted_participants),
            or_missing(row.budget),
            or_missing(row.outturn),
        )
        for row in rows.order_by("year", "initiative__sort_name")
    ]
    if money:
        columns = (
            Column("År", form=Form.WORDS),
            Column("Insats", form=Form.WORDS),
            Column("Planerat", "deltagare"),
            Column("Budget", "kronor"),
            Column("Utfall", "kronor"),
        )
        blocks.append(Table("Budget och utfall", columns, tuple(money)))
    return [chapter("Insatser", blocks)]


def _sentence(title, description):
    text = title.rstrip(".") + "."
    return " ".join([text, *phrases.paragraphs(description)])
