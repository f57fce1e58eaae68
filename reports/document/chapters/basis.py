"""What the figures stand on: printed values, completeness, definitions, and about the report."""

from programmes.formats import number
from programmes.models import Completeness

from ...indicators import INDICATORS
from ...wording import answers_registered
from .. import phrases
from ..parts import (
    Bullets,
    Column,
    Facts,
    Form,
    KeyFigures,
    Lead,
    Live,
    Meaning,
    Meanings,
    Paragraph,
    Remark,
    Table,
)
from ..phrases import capital, runs
from ..source import chapter


def printed(source):
    if not source.differences:
        return []
    rows = tuple(
        (
            d.label,
            d.derived,
            f"ca {number(d.printed)}" if d.approximate else d.printed,
            d.difference,
        )
        for _code, d, _row in source.differences
    )
    table = Table(
        "Härledda värden som skiljer sig från tryckta",
        (
            Column("Uppgift", form=Form.WORDS),
            Column("Härledd"),
            Column("Tryckt"),
            Column("Skillnad", form=Form.SIGNED),
        ),
        rows,
        note="Skillnaden är det härledda värdet minus det tryckta.",
    )
    facts = tuple(
        (
            d.label,
            runs(
                f"{row.explanation or 'Skillnaden är inte förklarad.'} "
                f"Tryckt i {row.source}, {row.place}."
            ),
        )
        for _code, d, row in source.differences
    )
    lead = Paragraph(
        (
            "Rapporten räknar med summan av delarna. Där en tryckt uppgift är en annan står båda här.",
        )
    )
    blocks = [lead, table, Facts(facts)]
    return [chapter("Skillnader mot tryckta uppgifter", blocks, is_plain=True)]


def completeness(source):
    """For each area in which years it is complete or not, and why."""
    rows = Completeness.objects.filter(
        programme=source.programme, year__range=(source.period.first, source.period.last)
    )
    stated = {(row.area, row.year): row for row in rows}
    facts = []
    for area in Completeness.Area:
        by_level = {}
        for year in source.period.years:
            row = stated.get((area.value, year))
            level = str(Completeness.Level(row.level).label) if row else "antas komplett"
            if area == Completeness.Area.CENSUS:
                level = answers_registered(row)
            by_level.setdefault(level, []).append(year)
        words = "; ".join(
            f"{level} {phrases.years_listed(years)}" for level, years in by_level.items()
        )
        told = source.figures.tells_notes_on(area)
        notes = {}
        for year in source.period.years:
            row = stated.get((area.value, year))
            if row and row.note and told:
                notes.setdefault(" ".join(phrases.paragraphs(row.note)), []).append(year)
        said_notes = "".join(
            f" {phrases.years_listed(years)}: {note}" for note, years in notes.items()
        )
        facts.append((capital(str(area.label)), runs(f"{capital(words)}.{said_notes}")))
    lead = Paragraph(
        (
            "Så fullständiga är programmets egna poster. Där poster saknas kan en tryckt uppgift stå i deras ställe.",
        )
    )
    return [chapter("Underlagets fullständighet", [lead, Facts(tuple(facts))], is_plain=True)]


def definitions(source, sections):
    """The definition of every indicator the report speaks of."""
    used = set(_codes(sections))
    items = []
    for indicator in INDICATORS.values():
        if indicator.code in used:
            items.append(
                Meaning(
                    indicator.code,
                    str(indicator.label),
                    str(indicator.unit_label),
                    _definition(source, indicator),
                )
            )
    if not items:
        return []
    blocks = [Meanings(tuple(items))]
    return [chapter("Definitioner", blocks, is_plain=True, starts_page=True)]


def _definition(source, indicator):
    """The text in force; with the year of the break where it changed within the report's years."""
    first = indicator.definition(source.period.first)
    last = indicator.definition(source.period.last)
    if first == last:
        return str(last.text)
    return f"Till och med {last.since - 1}: {first.text} Från {last.since}: {last.text}"


def about(source):
    view = (
        "Fullständig. Innehåller uppgifter om enskilda personers placeringar."
        if source.is_full
        else "Skyddad. Små antal personer visas inte."
    )
    facts = [
        ("Utgivare", runs(source.programme.association)),
        ("Siffrorna hämtade", runs(phrases.long_date(source.today))),
        ("Version", runs(view)),
    ]
    if source.programme.contact:
        facts.append(("Kontakt", runs(", ".join(phrases.paragraphs(source.programme.contact)))))
    if source.programme.is_practice:
        facts.append(("Övning", runs("Uppgifterna är påhittade.")))
    return chapter("Om rapporten", [Facts(tuple(facts))], is_plain=True)


def _codes(sections):
    """The indicators that live figures, key figures and tables of these sections speak of."""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, (Lead, Paragraph, Remark)):
                yield from (run.code for run in block.runs if isinstance(run, Live))
            elif isinstance(block, Bullets):
                yield from (r.code for item in block.items for r in item if isinstance(r, Live))
            elif isinstance(block, Facts):
                yield from (r.code for _t, item in block.items for r in item if isinstance(r, Live))
            elif isinstance(block, KeyFigures):
                yield from (item.code for item in block.items)
            elif isinstance(block, Table):
                yield from block.codes
