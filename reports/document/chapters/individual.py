"""Individual initiatives: what was granted, and what of its use and outcomes the view allows."""

from programmes.formats import number, percent
from programmes.models import Initiative

from ...place_months import place_months
from .. import phrases
from ..parts import (
    Column,
    Form,
    Lead,
    Live,
    Mark,
    Paragraph,
    Table,
)
from ..phrases import capital, cell, counted, live, runs
from ..source import SEX_WORDS, chapter, or_missing, part

PLACEMENT_CODES = (
    "grants.granted",
    "grants.used",
    "grants.utilisation",
    "placements.started",
    "placements.persons",
    "outcomes",
)
USE_COLUMNS = (
    Column("Beviljade", "platser"),
    Column("Nyttjade", "platser"),
    Column("Andel", "procent", Form.SHARE),
)


def individual(source):
    own = [i for i in source.initiatives if i.direction == Initiative.Direction.INDIVIDUAL]
    granted = source.of("grants.granted")
    if not source.grants and not granted.value:
        return []
    blocks = [Lead(use_sentence(source))]
    for initiative in own:
        blocks += [Paragraph((text,)) for text in phrases.paragraphs(initiative.description)]
    sections = [chapter("Individinriktade insatser", blocks)]
    if source.grants:
        sections.append(part("Beviljade medel per år och kommun", _grant_tables(source)))
    used = [_use_by_municipality(source)]
    if all(figure.is_protected for figure in source.series("grants.used")):
        used.append(Paragraph(("Hur de nyttjade platserna fördelar sig skyddas.",)))
    elif not source.period.is_year:
        used.append(_use_by_year(source))
    used += _place_months(source)
    sections.append(part("Nyttjade platser", used))
    outcomes = _outcome_blocks(source)
    if outcomes:
        sections.append(part("Personer och utfall", outcomes))
    sections.append(
        part("Sammanfattning av de individinriktade insatserna", _individual_summary(source))
    )
    return sections


def use_sentence(source):
    granted, used = source.of("grants.granted"), source.of("grants.used")
    start = runs(
        f"Medel beviljades {source.period} för ",
        counted(granted, "handledarstödd plats", "handledarstödda platser"),
        phrases.reservation(granted),
        ".",
    )
    if used.is_protected:
        return runs(start, " Hur många av dem som nyttjades skyddas.")
    if used.value is None:
        return runs(start, " Hur många av dem som nyttjades är inte känt.")
    persons = source.of("placements.persons")
    use = source.of("grants.utilisation")
    rate = f" ({percent(use.value)})" if use.value is not None else ""
    end = ""
    if persons.value is not None and used.value:
        end = runs(", av ", counted(persons))
    return runs(
        start,
        " Nyttjade platser: ",
        Live(f"{number(used.value)} av {number(granted.value)}{rate}", "grants.used"),
        end,
        ".",
    )


def _grant_tables(source):
    """What was granted; under which decisions and, in the full view, for whom."""
    with_amount = any(grant.amount is not None for grant in source.grants)
    columns = [
        Column("År", form=Form.WORDS),
        Column("Kommun", form=Form.WORDS),
        Column("Platser", "beviljade"),
        Column("Längd", "månader"),
    ]
    if with_amount:
        columns.append(Column("Belopp", "kronor"))
    rows = [
        (
            str(grant.year),
            grant.municipality.name,
            grant.places,
            grant.months,
            *([or_missing(grant.amount)] if with_amount else []),
        )
        for grant in source.grants
    ]
    total = cell(source.of("grants.granted"))
    rows.append((str(source.period), "Alla", total, *([None] * (len(columns) - 3))))
    yield Table(
        "Beviljade platser per år och kommun",
        tuple(columns),
        tuple(rows),
        has_total=True,
        codes=("grants.granted",),
    )
    yield from _decision_table(source)


def _decision_table(source):
    with_group = source.is_full and any(grant.target_group for grant in source.grants)
    if not with_group and not any(g.reference or g.decided_on for g in source.grants):
        return
    columns = [Column(label, form=Form.WORDS) for label in ("År", "Kommun", "Beslut")]
    if with_group:
        columns.append(Column("Målgrupp", form=Form.WORDS))
    rows = []
    for grant in source.grants:
        decided = grant.decided_on.isoformat() if grant.decided_on else ""
        decision = ", ".join(filter(None, [grant.reference, decided])) or None
        row = str(grant.year), grant.municipality.name, decision
        rows.append((*row, grant.target_group or None) if with_group else row)
    caption = "Beslut om medel och målgrupper" if with_group else "Beslut om medel"
    yield Table(caption, tuple(columns), tuple(rows))


def _use_row(source, year=None, **place):
    """Granted, used, and their share; of nothing granted there is no share, which is not unknown."""
    codes = ("grants.granted", "grants.used", "grants.utilisation")
    granted, used, use = (cell(source.of(code, year, **place)) for code in codes)
    return granted, used, None if granted == 0 and use is Mark.MISSING else use


def _use_by_municipality(source):
    codes = source.figures.values("grants.granted", "municipality")
    codes = sorted(codes, key=lambda code: [m.code for m in source.municipalities].index(code))
    rows = [
        (source.words.value("municipality", code), *_use_row(source, municipality=code))
        for code in codes
    ]
    rows.append(("Alla", *_use_row(source)))
    return Table(
        f"Beviljade och nyttjade platser efter kommun, {source.period}",
        (Column("Kommun", form=Form.WORDS), *USE_COLUMNS),
        tuple(rows),
        has_total=True,
        note="En placering eller en förlängning tar en plats, i det år medlen beviljades.",
        codes=("grants.granted", "grants.used", "grants.utilisation"),
    )


def _use_by_year(source):
    extra = ("placements.started", "placements.persons")

    def row(year):
        return (*_use_row(source, year), *(cell(source.of(code, year)) for code in extra))

    return source.over_years(
        "Beviljade och nyttjade platser per år",
        (*USE_COLUMNS, Column("Påbörjade", "placeringar"), Column("Olika", "personer")),
        row,
        total=row(None),
        note="Den som har placeringar flera år räknas en gång i periodens antal personer.",
        codes=("grants.granted", "grants.used", "grants.utilisation", *extra),
    )


def _place_months(source):
    """The months of the places and their cost, for those who see everything."""
    found = place_months(source.programme, source.figures, source.period, today=source.today)
    with_amount = any(row.use and row.use.amount is not None for row in found)
    columns = [
        Column("År", form=Form.WORDS),
        Column("Beviljade", "månader"),
        Column("Nyttjade", "månader"),
    ]
    if with_amount:
        columns += [Column("Beviljat", "kronor"), Column("Kostnad", "kronor per nyttjad månad")]
    rows = []
    for row in found:
        if row.use is None:
            cells = [cell(source.of("grants.used", row.period.first))] * (len(columns) - 1)
        else:
            cells = [row.use.months_granted, row.use.months_used]
            if with_amount:
                cost = row.use.cost
                cells += [or_missing(row.use.amount), None if cost is None else round(cost)]
        rows.append((str(row.period), *cells))
    if rows:
        yield Table(
            f"Beviljade och nyttjade månader, {source.period}",
            tuple(columns),
            tuple(rows),
            has_total=not source.period.is_year,
            note=(
                "Beviljade månader är platser gånger månader per plats. Nyttjade är hela påbörjade"
                f" månader till placeringens slut, senast {source.today.isoformat()}."
            ),
        )


def _outcome_blocks(source):
    persons, outcomes = source.of("placements.persons"), source.of("outcomes")
    if not persons.is_applicable:
        return []
    blocks = []
    by_sex = _persons_by_sex(source)
    if persons.is_protected:
        text = "Hur många personer som placerades och vad som kom ut av det skyddas."
        return [Paragraph((text,))]
    if persons.value is None:
        return [Paragraph((f"Antalet personer i placering: {phrases.MISSING}.",))]
    if persons.value == 0:
        return [Paragraph((f"Ingen placering började {source.period}.",))]
    noun = "person" if persons.value == 1 else "olika personer"
    sentence = runs(
        "Placeringarna gällde ", live(persons), f" {noun}{phrases.reservation(persons)}."
    )
    if outcomes.value is not None:
        unknown = source.of("outcomes", result="unknown")
        sentence = runs(sentence, " Utfallet redovisas för ", counted(outcomes), ".")
        if unknown.value:
            sentence = runs(sentence, " För ", live(unknown), " av dem är utfallet okänt.")
    blocks.append(Paragraph(sentence))
    results = source.figures.values("outcomes", "result")
    shown = [r for r in results if source.of("outcomes", result=r).value is not None]
    if not shown or outcomes.value is None:
        text = "Hur personerna och utfallet fördelar sig på kön, kommun och resultat skyddas."
        return [*blocks, Paragraph((text,))]
    return [*blocks, *by_sex, _outcome_table(source, results)]


def _persons_by_sex(source):
    if all(f.value is None for _v, f in source.figures.parts("placements.persons", "sex")):
        return []
    rows = [
        (SEX_WORDS[sex], cell(figure))
        for sex, figure in source.figures.parts("placements.persons", "sex")
        if figure.value != 0 or sex != "unspecified"
    ]
    rows.append(("Alla", cell(source.of("placements.persons"))))
    columns = (Column("Kön", form=Form.WORDS), Column("Placerade", "personer"))
    caption = f"Personer i placering efter kön, {source.period}"
    return [Table(caption, columns, tuple(rows), has_total=True, codes=("placements.persons",))]


def _outcome_table(source, results):
    sexes = ["women", "men", "unspecified"]
    if not source.of("outcomes", sex="unspecified").value:
        sexes.pop()
    pairs = source.is_full
    columns = [Column("Utfall", form=Form.WORDS)]
    if pairs:
        columns += [Column(SEX_WORDS[sex], "personer") for sex in sexes]
    columns.append(Column("Alla", "personer"))
    rows = []
    for result in results:
        total = source.of("outcomes", result=result)
        if pairs and not total.value:
            continue
        split = [cell(source.of("outcomes", result=result, sex=sex)) for sex in sexes]
        label = capital(source.words.value("result", result))
        rows.append((label, *(split if pairs else ()), cell(total)))
    split = [cell(source.of("outcomes", sex=sex)) for sex in sexes] if pairs else []
    rows.append(("Alla", *split, cell(source.of("outcomes"))))
    return Table(
        f"Utfall efter resultat{' och kön' if pairs else ''}, {source.period}",
        tuple(columns),
        tuple(rows),
        has_total=True,
        note="Varje person räknas en gång, efter det senaste utfallet under perioden.",
        codes=("outcomes",),
    )


def _individual_summary(source):
    places = len({grant.municipality_id for grant in source.grants})
    years = sorted({grant.year for grant in source.grants})
    granted = source.of("grants.granted")
    if not places:
        return [Paragraph(use_sentence(source))]
    which = "En kommun" if places == 1 else f"{capital(phrases.in_words(places))} kommuner"
    sentence = runs(
        f"{which} fick medel för ",
        counted(granted, "plats", "platser"),
        f" {phrases.years_listed(years)}. ",
    )
    used = source.of("grants.used")
    if used.is_protected:
        end = "Nyttjandet skyddas, eftersom talen gäller enskilda personer."
    elif used.value is None:
        end = f"Antalet nyttjade platser: {phrases.MISSING}."
    else:
        unused = granted.value - used.value if granted.value is not None else None
        end = runs(
            counted(used, "plats nyttjades", "platser nyttjades"),
            runs(
                " och ",
                Live(number(unused), "grants.used"),
                " blev utan placering.",
            )
            if unused is not None and unused >= 0
            else ".",
        )
    return [Paragraph(runs(sentence, end)), *source.remarks(*PLACEMENT_CODES)]
