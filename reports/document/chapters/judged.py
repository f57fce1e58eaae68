"""How far the objectives were reached, what the series show, and what follows from judgements."""

import itertools

from activities.models import Milestone
from programmes.figures import share
from programmes.formats import number
from programmes.models import Judgement

from ...charts.words import unanswered
from .. import phrases
from ..parts import (
    Bullets,
    Goal,
    Goals,
    Lead,
    Live,
    Paragraph,
)
from ..phrases import capital, course, listing, live, runs
from ..source import chapter


def judgements(source):
    if not source.goals:
        return []
    items = []
    for objective, judgement in source.goals:
        if judgement is None:
            reason, evidence = f"Ingen bedömning är gjord för {source.period}.", ""
            word, value = "oklart", Judgement.Value.UNCLEAR.value
        else:
            by = f"Bedömt av {judgement.judged_by}"
            if judgement.judged_on:
                by += f" den {phrases.long_date(judgement.judged_on)}"
            if judgement.period != source.period:
                by += f", för {judgement.period}"
            reason = " ".join(phrases.paragraphs(judgement.reason))
            evidence = " ".join([*phrases.paragraphs(judgement.evidence), f"{by}."])
            word, value = str(judgement.get_value_display()), judgement.value
        items.append(
            Goal(objective.position, objective.title, capital(word), value, reason, evidence)
        )
    lead = judged_sentence(source)
    blocks = [*([Lead(lead)] if lead else []), Goals(tuple(items))]
    return [chapter("Bedömning av målen", blocks)]


def _judged(source):
    """Objectives by judgement, in the order of the scale."""
    found = {}
    for value in Judgement.Value:
        own = [o for o, judgement in source.goals if judgement and judgement.value == value]
        if own:
            found[value] = own
    return found


def judged_sentence(source):
    judged = _judged(source)
    if not judged:
        return ()
    parts = []
    for value, own in judged.items():
        parts.append(f"{phrases.in_words(len(own))} {_agreed(value, len(own))}")
    total = len(source.goals)
    of = "Programmets enda mål" if total == 1 else f"Av {phrases.in_words(total)} mål"
    if total == 1:
        value = next(iter(judged))
        return runs(f"{of} bedöms vara {_agreed(value, 1)}.")
    left = total - sum(map(len, judged.values()))
    rest = f" {capital(phrases.in_words(left))} är inte bedömt." if left == 1 else ""
    if left > 1:
        rest = f" {capital(phrases.in_words(left))} är inte bedömda."
    return runs(f"{of} bedöms {listing(parts)}.{rest}")


def _agreed(value, count):
    """The judgement's word in the right number: "delvis uppfyllt", "delvis uppfyllda"."""
    word = str(Judgement.Value(value).label)
    if count == 1:
        return word
    return word.replace("uppfyllt", "uppfyllda").replace("oklart", "oklara")


def analysis(source):
    if source.period.is_year:
        return []
    items = []
    for code, subject in (
        ("reach.attendances", "Antalet deltagartillfällen"),
        ("enterprises.count", "Antalet företag"),
        ("employees", "Antalet anställda"),
        ("placed", "Antalet placerade personer"),
    ):
        series = source.series(code)
        if source.has(code) and sum(figure.value is not None for figure in series) > 1:
            items.append(course(source.figures, series, subject))
    blocks = []
    if items:
        blocks = [
            Paragraph(("Det här visar serierna, utan att säga vad som orsakat vad.",)),
            Bullets(tuple(items)),
        ]
    fall = _largest_fall(source)
    if fall:
        blocks.append(Paragraph(fall))
    outside = [m for m in source.milestones if m.kind == Milestone.Kind.EXTERNAL_CHANGE]
    if outside and blocks:
        named = listing(f"{m.title} ({m.year})" for m in outside)
        text = (
            f"Förändringar i omvärlden under perioden: {named}. De nämns som sammanhang. "
            "Siffrorna visar inte vad som berodde på dem."
        )
        blocks.append(Paragraph((text,)))
    return [chapter("Analys", blocks)] if blocks else []


def _largest_fall(source):
    """The year in which those placed fell most, and which referrer's part fell most and fastest.

    Years that not all have answered for are compared with none.
    """
    series = source.series("placed")
    steps = [
        (before, after)
        for before, after in itertools.pairwise(series)
        if before.value is not None and after.value is not None and after.value < before.value
        if not unanswered(source.figures, [before, after])
    ]
    if not steps:
        return ()
    before, after = min(steps, key=lambda step: step[1].value - step[0].value)
    years = before.period.first, after.period.first
    sentence = runs(
        f"Mellan {years[0]} och {years[1]} minskade antalet placerade mest, från ",
        live(before),
        " till ",
        live(after),
        ".",
    )
    falls = []
    for referrer in ("employment_service", "municipality", "other"):
        was, now = (source.of("placed", year, referrer=referrer) for year in years)
        if was.value and now.value is not None and now.value < was.value:
            name = source.words.value("referrer", referrer)
            falls.append(
                (was.value - now.value, share(was.value - now.value, was.value), name, was, now)
            )
    if not falls:
        return sentence
    most = max(falls, key=lambda fall: fall[0])
    fastest = max(falls, key=lambda fall: fall[1])
    sentence = runs(sentence, " ", _fall(most, "Räknat i personer minskade "))
    if fastest is most:
        return runs(sentence, " Den minskningen var också störst i förhållande till storleken.")
    return runs(
        sentence,
        " ",
        _fall(fastest, "I förhållande till sin storlek minskade "),
    )


def _fall(fall, opening):
    fewer, part, name, was, now = fall
    return runs(
        f"{opening}{name}s placeringar mest, från ",
        live(was),
        " till ",
        live(now),
        " (",
        Live(f"{number(-fewer)}, {phrases.signed_percent(-part)}", "placed"),
        ").",
    )


def conclusions(source):
    """Only what judgements give ground for."""
    judged = _judged(source)
    if not judged:
        return []
    items = []
    for value, own in judged.items():
        for objective in own:
            title = objective.title.rstrip(".")
            if value == Judgement.Value.UNCLEAR:
                start = f"Om mål {objective.position} är uppfyllt är oklart"
            else:
                start = f"Mål {objective.position} bedöms vara {_agreed(value, 1)}"
            items.append(runs(f"{start}: {title}."))
    ahead = [
        objective.position
        for value in (Judgement.Value.PARTLY, Judgement.Value.NOT, Judgement.Value.UNCLEAR)
        for objective in judged.get(value, [])
    ]
    blocks = [Bullets(tuple(items))]
    if ahead:
        numbers = listing(sorted(ahead))
        text = f"Här finns mest kvar att göra eller att ta reda på: mål {numbers}."
        blocks.append(Paragraph((text,)))
    return [chapter("Slutsatser", blocks)]
