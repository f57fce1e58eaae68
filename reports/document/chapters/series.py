"""The series of the report's years: reach, enterprises, employees, persons placed, groups."""

from enterprises.figures import MOST_OF_ALL
from enterprises.models import CensusReturn
from programmes.figures import share
from programmes.formats import number, percent

from ...charts.words import not_given, one_referrer_in
from ...figures import Basis
from ...indicators import ENGAGED
from .. import phrases
from ..parts import (
    Bullets,
    Chart,
    ChartKind,
    Column,
    Form,
    Live,
    Paragraph,
    Series,
    Table,
)
from ..phrases import capital, cell, course, listing, runs, said
from ..source import SEX_WORDS, chapter, part

MOST_REASONS = 12  # the largest changes: the list stays short
SUBREGIONS_ACROSS = 4  # more of them go down the side of a table of their own


def summary(source):
    blocks = [
        *_reach(source),
        *_enterprises(source),
        *_employees(source),
        *_placed(source),
        *_groups(source),
    ]
    if not blocks:
        return []
    title = f"Utvecklingen {source.period}"
    first, *rest = blocks
    return [chapter(title, []), first, *rest]


def groups_sentence(source):
    if not source.has("groups.active"):
        return ()
    return course(
        source.figures, source.series("groups.active"), "Antalet aktiva samverkansgrupper"
    )


def alt(what, series, name=""):
    """One sentence with every value of a series."""
    said = [f"{phrases.in_one_word(figure)} år {figure.period}" for figure in series]
    return f"{what}: {name + ' ' if name else ''}{listing(said)}."


def _chart(source, kind, caption, code, dimension=None, words=None, *, events=()):
    """A chart of a series of years, whole or by one dimension; none for a single year."""
    totals = source.series(code)
    known = [figure for figure in totals if figure.value is not None]
    if source.period.is_year or not any(figure.value for figure in known):
        return []
    unit = str(totals[0].indicator.unit_label)
    if dimension:
        names = [
            value
            for value in source.figures.values(code, dimension)
            if any(figure.value for figure in source.series(code, **{dimension: value}))
        ]
        layers = [(words[v], source.series(code, **{dimension: v})) for v in names]
    else:
        layers = [(str(totals[0].indicator.label), totals)]
    if not layers:
        return []
    what = {
        ChartKind.STACKED: "Staplat diagram",
        ChartKind.COLUMNS: "Stapeldiagram",
        ChartKind.LINES: "Linjediagram",
    }[kind]
    words_for_it = alt(f"{what} över {unit}", totals)
    if dimension:
        words_for_it = " ".join(
            [
                f"{what} över {unit}.",
                *(f"{capital(name)}: {listing(_values_said(series))}." for name, series in layers),
            ]
        )
    if events:
        named = listing(words for _i, words in events)
        words_for_it += f" Utmärkt i diagrammet: {named}."
    return [
        Chart(
            kind=kind,
            caption=caption,
            alt=words_for_it,
            labels=tuple(map(str, source.period.years)),
            series=tuple(Series(capital(name), tuple(map(cell, s))) for name, s in layers),
            unit=unit,
            events=events,
        )
    ]


def _reach(source):
    series = source.series("reach.attendances")
    if source.is_idle() or not any(figure.is_applicable for figure in series):
        return []
    total = source.of("reach.attendances")
    sentence = course(source.figures, series, "Antalet deltagartillfällen")
    if source.period.is_year and total.value is not None:
        sentence = runs(f"Händelserna {source.period} gav ", said(total), ".")
    if not sentence:
        if not any(source.events.values()) and not source.of("events.held").value:
            return []
        text = "Hur många deltagartillfällen händelserna gav är inte känt."
        return [part("Räckvidd", [Paragraph((text,))])]
    blocks = [Paragraph(sentence)]
    split = any(
        f.value
        for v, f in source.figures.parts("reach.attendances", "audience")
        if v != "unspecified"
    )
    if not split and total.value:
        text = "Hur deltagartillfällena fördelar sig på målgrupp och kön är inte känt."
        blocks.append(Paragraph((text,)))
    if not source.period.is_year:
        outside = source.changes_outside()
        caption = "Deltagartillfällen per år."
        if outside:
            caption += " Streckade linjer är förändringar i omvärlden."
        blocks += _chart(source, ChartKind.COLUMNS, caption, "reach.attendances", events=outside)
        blocks.append(_reach_table(source, total))
    if split:
        blocks.append(_audience_table(source))
    blocks += _place_table(source)
    blocks += source.remarks("reach.attendances")
    return [part("Räckvidd", blocks)]


def _reach_table(source, total):
    def row(figure):
        part = share(figure.value, total.value) if total.value else None
        return (cell(figure), part, phrases.basis_words(figure))

    return source.over_years(
        "Deltagartillfällen per år och andel av perioden",
        (
            Column("Räckvidd", "tillfällen"),
            Column("Andel", "procent", Form.SHARE),
            Column("Underlag", form=Form.WORDS),
        ),
        lambda year: row(source.of("reach.attendances", year)),
        total=row(total),
        note="Samma person kan räknas flera gånger. Lyssningar och visningar läggs aldrig till. "
        "Andelarna är avrundade var för sig.",
        codes=("reach.attendances",),
    )


def _audience_table(source):
    """Audience by sex, for the whole of the report's years."""
    code = "reach.attendances"
    sexes = [sex for sex in SEX_WORDS if sex != "unspecified" or source.of(code, sex=sex).value]
    rows = []
    for audience, figure in source.figures.parts(code, "audience"):
        if figure.value or figure.value is None:
            split = (cell(source.of(code, audience=audience, sex=sex)) for sex in sexes)
            label = capital(source.words.value("audience", audience))
            rows.append((label, *split, cell(figure)))
    totals = (cell(source.of(code, sex=sex)) for sex in sexes)
    rows.append(("Alla", *totals, cell(source.of(code))))
    columns = (
        Column("Målgrupp", form=Form.WORDS),
        *(Column(SEX_WORDS[sex], "tillfällen") for sex in sexes),
        Column("Summa", "tillfällen"),
    )
    caption = f"Deltagartillfällen efter målgrupp och kön, {source.period}"
    return Table(caption, columns, tuple(rows), has_total=True, codes=(code,))


def _place_table(source):
    """Events and attendances by place; only where attendance is known by place."""
    code = "reach.attendances"
    places = [p for p, f in source.figures.parts(code, "municipality") if f.value is not None]
    if len(places) < 2:
        return []
    order = {m.code: index for index, m in enumerate(source.municipalities)}
    places.sort(key=lambda place: (order.get(place, len(order)), place))
    rows = [
        (
            capital(source.words.value("municipality", place)),
            cell(source.of("events.held", municipality=place)),
            cell(source.of(code, municipality=place)),
        )
        for place in places
    ]
    rows.append(("Alla", cell(source.of("events.held")), cell(source.of(code))))
    columns = (
        Column("Plats", form=Form.WORDS),
        Column("Händelser", "antal"),
        Column("Räckvidd", "tillfällen"),
    )
    caption = f"Händelser och deltagartillfällen efter plats, {source.period}"
    return [Table(caption, columns, tuple(rows), has_total=True, codes=("events.held", code))]


def _enterprises(source):
    code = "enterprises.count"
    if not source.has(code):
        return []
    regions = [
        r
        for r in source.figures.values(code, "subregion")
        if any(f.value is not None for f in source.series(code, subregion=r))
    ]
    by_region = []
    if len(regions) > SUBREGIONS_ACROSS:
        by_region, regions = [_subregion_table(source, regions)], []
    blocks = [Paragraph(course(source.figures, source.series(code), "Antalet företag"))]
    blocks += _chart(
        source,
        ChartKind.STACKED,
        "Företag vid inventeringen, efter delregion" if regions else "Företag vid inventeringen",
        code,
        "subregion" if regions else None,
        {r: source.words.value("subregion", r) for r in regions},
    )
    answers = source.has("census.returns") and any(
        f.basis == Basis.RECORDS and f.value for f in source.series("census.returns")
    )
    columns = [Column(source.words.value("subregion", r), "företag") for r in regions]
    columns.append(Column("Alla", "företag"))
    if answers:
        columns.append(Column("Svar", "företag"))

    def row(year):
        cells = [cell(source.of(code, year, subregion=r)) for r in regions]
        cells.append(cell(source.of(code, year)))
        if answers:
            cells.append(cell(source.of("census.returns", year)))
        return cells

    blocks.append(
        source.over_years(
            "Företag vid inventeringen",
            columns,
            row,
            note=f"{_census_note(source, code)} Antalet är ett läge på referensdagen och summeras inte över år.",
            codes=(code, *(("census.returns",) if answers else ())),
        )
    )
    return [part("Företag", [*blocks, *by_region, *source.remarks(code)])]


def _subregion_table(source, regions):
    """Many subregions: down the side, with the first and the last year known."""
    code = "enterprises.count"
    known = [figure.period.first for figure in source.series(code) if figure.value is not None]
    years = sorted({known[0], known[-1]})
    rows = [
        (
            source.words.value("subregion", region),
            *(cell(source.of(code, year, subregion=region)) for year in years),
        )
        for region in regions
    ]
    rows.append(("Alla", *(cell(source.of(code, year)) for year in years)))
    columns = (
        Column("Delregion", form=Form.WORDS),
        *(Column(str(year), "företag") for year in years),
    )
    return Table("Företag efter delregion", columns, tuple(rows), has_total=True, codes=(code,))


def _census_note(source, code):
    """What a table of the census stands on, and who has answered each year."""
    by_year = ((f.period, phrases.answered(source.figures, f)) for f in source.series(code))
    said = [
        f"{capital(words)}." if source.period.is_year else f"{year}: {words}."
        for year, words in by_year
        if words
    ]
    return " ".join([_stock_note(source, code), *said, *_parts_not_given(source, code)])


def _parts_not_given(source, code):
    """The parts that some of those who answered have left unknown, each year."""
    found = [(f.period, not_given(source.figures, f)) for f in source.series(code)]
    said = [
        words if source.period.is_year else f"{year}: {words}" for year, words in found if words
    ]
    if said:
        yield f"{capital('; '.join(said))}. Vad som inte är uppgett är inte medräknat."


def _stock_note(source, code):
    bases = {f.basis for f in source.series(code) if f.value is not None}
    if bases == {Basis.PUBLISHED}:
        return "Underlag: tryckta uppgifter."
    if bases == {Basis.RECORDS}:
        return "Underlag: programmets poster."
    return "Underlag: programmets poster och tryckta uppgifter."


def _employees(source):
    code = "employees"
    if not source.has(code):
        return []
    sexes = [
        sex
        for sex in SEX_WORDS
        if sex != "unspecified" or any(f.value for f in source.series(code, sex=sex))
    ]
    sentence = course(source.figures, source.series(code), "Antalet anställda")
    women = _women_sentence(source)
    blocks = [Paragraph(runs(sentence, " " if women else "", women))]
    blocks += _chart(
        source, ChartKind.LINES, "Anställda i företagen efter kön", code, "sex", SEX_WORDS
    )

    def row(year):
        cells = [cell(source.of(code, year, sex=sex)) for sex in sexes]
        return (*cells, cell(source.of(code, year)), _women_share(source, year))

    columns = [Column(SEX_WORDS[sex], "anställda") for sex in sexes]
    columns += [Column("Alla", "anställda"), Column("Kvinnor", "andel", Form.SHARE)]
    blocks.append(
        source.over_years(
            "Anställda vid inventeringen",
            columns,
            row,
            note=_census_note(source, code),
            codes=(code,),
        )
    )
    blocks += _reasons(source, code, CensusReturn.EMPLOYED)
    return [part("Anställda", [*blocks, *source.remarks(code, ENGAGED.code)])]


def _women_share(source, year):
    """Women of those whose sex is known; None where a part is unknown."""
    women, men = (source.of("employees", year, sex=sex).value for sex in ("women", "men"))
    if women is None or men is None:
        return None
    return share(women, women + men)


def _women_sentence(source):
    shares = [(year, _women_share(source, year)) for year in source.period.years]
    known = [(year, part) for year, part in shares if part is not None]
    if not known:
        return ()
    (first_year, first), (last_year, last) = known[0], known[-1]
    start = runs(
        "Kvinnornas andel av dem vars kön är känt var ",
        Live(percent(first), "employees"),
        f" år {first_year}{_with_gaps(source, first_year)}",
    )
    if first_year == last_year:
        return runs(start, ".")
    end = f" år {last_year}{_with_gaps(source, last_year)}."
    return runs(start, " och ", Live(percent(last), "employees"), end)


def _with_gaps(source, year):
    words = not_given(source.figures, source.of("employees", year))
    return f" ({words})" if words else ""


def _placed(source):
    code = "placed"
    if not source.has(code):
        return []
    referrers = ("employment_service", "municipality", "other")
    words = {r: capital(source.words.value("referrer", r)) for r in referrers}
    blocks = [Paragraph(course(source.figures, source.series(code), "Antalet placerade personer"))]
    blocks += _chart(
        source,
        ChartKind.STACKED,
        "Placerade vid inventeringen, efter anvisare",
        code,
        "referrer",
        words,
    )
    printed = any(f.main and f.basis != Basis.MISSING for f in source.series(code))
    columns = [Column(words[r], "personer") for r in referrers]
    columns.append(Column("Summa", "personer"))
    if printed:
        columns += [
            Column("Tryckt", "personer"),
            Column("Skillnad", "personer", Form.SIGNED),
        ]

    def row(year):
        total = source.of(code, year)
        cells = [cell(source.of(code, year, referrer=r)) for r in referrers] + [cell(total)]
        return (*cells, *((total.published, total.difference) if printed else ()))

    blocks.append(
        source.over_years(
            "Placerade vid inventeringen, efter anvisare",
            columns,
            row,
            note=f"{_census_note(source, code)} Placerade är inte anställda.",
            codes=(code,),
        )
    )
    blocks += [*_one_referrer(source), *_reasons(source, code, CensusReturn.PLACED)]
    return [part("Placerade personer", [*blocks, *source.remarks(code)])]


def _one_referrer(source):
    """The years in which one referrer stood for most of those placed."""
    by_year = ((year, one_referrer_in(source.figures, year)) for year in source.period.years)
    found = [(year, *one) for year, one in by_year if one]
    said = [
        f"{source.words.value('referrer', referrer)} {percent(part)} år {year}"
        for year, referrer, part in found
    ]
    if said:
        text = f"Mer än {percent(MOST_OF_ALL, 0)} av de placerade kom från en enda anvisare: "
        yield Paragraph(runs(text, Live(listing(said), "placed"), "."))


def _reasons(source, code, names):
    """What enterprises gave as the reason of a large change; each names one, so in the full view alone."""
    found = [
        (answer, change)
        for answer, change in source.large_changes
        if change.names == names and source.of(code, answer.census.year).basis == Basis.RECORDS
    ]
    if not found:
        return
    found.sort(key=lambda pair: -abs(pair[1].difference))
    shown = sorted(found[:MOST_REASONS], key=lambda pair: pair[0].census.year)
    yield Paragraph(("Företag vars svar ändrades mycket från året före, med deras skäl:",))
    yield Bullets(tuple(_reason(answer, change) for answer, change in shown))
    if rest := len(found) - len(shown):
        yield Paragraph((f"Ytterligare {number(rest)} svar ändrades mycket, men mindre än dessa.",))


def _reason(answer, change):
    why = capital(answer.change_reason.strip()) or "Skäl saknas"
    return (
        f"{answer.enterprise} {answer.census.year}: från {number(change.before)} till "
        f"{number(change.now)}. {why.rstrip('.')}.",
    )


def _groups(source):
    sentence = groups_sentence(source)
    if not sentence:
        return []
    blocks = [Paragraph(sentence)]
    blocks += _chart(source, ChartKind.LINES, "Aktiva samverkansgrupper", "groups.active")
    if not source.period.is_year:
        blocks.append(
            source.over_years(
                "Aktiva samverkansgrupper den 31 december",
                (Column("Grupper", "aktiva"), Column("Underlag", form=Form.WORDS)),
                lambda year: (
                    cell(source.of("groups.active", year)),
                    phrases.basis_words(source.of("groups.active", year)),
                ),
                codes=("groups.active",),
            )
        )
    return [part("Samverkansgrupper", blocks)]


def _values_said(series):
    return [f"{phrases.in_one_word(figure)} år {figure.period}" for figure in series]
