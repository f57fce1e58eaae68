"""How a report begins: its cover, and what it all comes to."""

from programmes.formats import number

from ...charts.words import unanswered
from .. import phrases
from ..charts import dots_each
from ..parts import (
    Chart,
    ChartKind,
    Cover,
    Form,
    KeyFigure,
    KeyFigures,
    Lead,
    Paragraph,
    Series,
)
from ..phrases import capital, cell, counted, live, runs, said
from ..source import chapter
from .individual import use_sentence
from .judged import judged_sentence
from .series import alt, groups_sentence
from .years import policy_sentence


def cover(source):
    series = source.series("reach.attendances")
    total = source.of("reach.attendances")
    values = tuple(map(cell, series))
    chart = Chart(
        kind=ChartKind.DOTS,
        caption="Deltagartillfällen",
        alt=alt("Punkter, en för varje deltagartillfälle", series),
        labels=tuple(map(str, source.period.years)),
        series=(Series("Deltagartillfällen", values),),
        unit="deltagartillfällen",
    )
    if total.value is None:
        legend = "Hur många deltagartillfällen händelserna gav är inte känt."
    elif total.value == 0:
        legend = "Inga deltagartillfällen är registrerade."
    else:
        each = dots_each(chart)
        dot = "ett deltagartillfälle" if each == 1 else f"{number(each)} deltagartillfällen"
        years = "år" if total.known == 1 else f"{phrases.in_words(total.known)} år"
        legend = (
            f"Varje punkt är {dot}: {number(total.value)} på {'ett ' if total.known == 1 else ''}{years}"
            f"{phrases.reservation(total)}."
        )
    return Cover(chart, legend)


def in_short(source):
    reach = source.of("reach.attendances")
    sentences = []
    if reach.value is not None and not source.is_idle():
        sentences.append(runs(f"Händelserna {source.period} gav ", said(reach), ". "))
    stocks = [
        (source.latest(code), code)
        for code in ("enterprises.count", "employees", "placed")
        if source.has(code)
    ]
    known = [(figure, code) for figure, code in stocks if figure is not None]
    if known:
        sentences.append(_stock_sentence(source, known))
    if not sentences:
        text = f"Det finns ännu inga uppgifter att redovisa för {source.period}."
        return [chapter(_short_title(source), [Lead((text,))], is_plain=True)]
    blocks = [Lead(runs(*sentences))]
    items = _key_figures(source)
    if items:
        blocks.append(KeyFigures(tuple(items)))
    blocks += _short_paragraphs(source)
    return [chapter(_short_title(source), blocks, is_plain=True)]


def _short_title(source):
    return "Året i korthet" if source.period.is_year else "Perioden i korthet"


def _stock_sentence(source, known):
    year = max(figure.period.first for figure, _code in known)
    of_year = [figure for figure, _code in known if figure.period.first == year]
    parts = [counted(figure) for figure in of_year]
    answered = phrases.answered_together(source.figures, of_year)
    joined = []
    for index, part in enumerate(parts):
        joined.append(part)
        if index < len(parts) - 2:
            joined.append(", ")
        elif index == len(parts) - 2:
            joined.append(" och ")
    return runs(
        f"Vid inventeringen {year} fanns ", *joined, f"; {answered}" if answered else "", "."
    )


def _key_figures(source):
    reach = source.of("reach.attendances")
    if reach.value is not None and not source.is_idle():
        span = "" if source.period.is_year else f"Summan av {phrases.in_words(reach.known)} år. "
        yield KeyFigure(
            reach.value,
            Form.NUMBER,
            "deltagartillfälle" if reach.value == 1 else "deltagartillfällen",
            f"{span}Samma person kan räknas flera gånger.",
            "reach.attendances",
        )
    for code in ("enterprises.count", "employees"):
        if not source.has(code):
            continue
        last = source.latest(code)
        first = next(f for f in source.series(code) if f.value is not None)
        noun = phrases.NOUNS[code][0 if last.value == 1 else 1]
        comments = []
        if first is not last and not unanswered(source.figures, [first, last]):
            words = phrases.change(first.value, last.value).split(" (")[0]
            comments.append(f"{number(first.value)} år {first.period}: {words}.")
        if answered := phrases.answered(source.figures, last):
            comments.append(f"{capital(answered)}.")
        comment = " ".join(comments) or f"{capital(phrases.basis_words(last))}."
        yield KeyFigure(last.value, Form.NUMBER, f"{noun} {last.period}", comment, code)
    use = source.of("grants.utilisation")
    if use.value is not None:
        used, granted = source.of("grants.used"), source.of("grants.granted")
        comment = f"{number(used.value)} av {number(granted.value)} beviljade platser."
        yield KeyFigure(
            use.value, Form.SHARE, "av platserna nyttjade", comment, "grants.utilisation"
        )


def _short_paragraphs(source):
    reach = [f for f in source.series("reach.attendances") if f.value]
    if len(reach) > 1:
        most = max(reach, key=lambda figure: figure.value)
        yield Paragraph(
            runs(
                f"Flest deltagartillfällen var det {most.period}: ",
                live(most),
                " av periodens ",
                live(source.of("reach.attendances")),
                ".",
            )
        )
    policies = policy_sentence(source)
    groups = groups_sentence(source)
    if policies or groups:
        yield Paragraph(runs(policies, " " if policies and groups else "", groups))
    granted = source.of("grants.granted")
    if granted.value:
        yield Paragraph(use_sentence(source))
    judged = judged_sentence(source)
    if judged:
        yield Paragraph(judged)
