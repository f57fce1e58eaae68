"""The yearly and the period report: chapters, sentences, tables and charts out of figures and records.

Every number is taken from the figure set of the view, so what is protected there cannot stand here.
A chapter with nothing to say is left out. The report is Swedish, whatever language the reader uses.
"""

from django.utils import translation

from ..figures import figures
from .chapters import basis, individual, judged, mandate, opening, series, years
from .parts import Document, Facts
from .source import Source

LANGUAGE = "sv"
INTERNAL = "Intern version med fullständiga uppgifter. Får inte spridas utanför programmets kansli."
FIGURES = "Varje understruken siffra leder till sin definition. En total är summan av sina delar."
BASIS = "Programmets poster där de är kompletta, annars tryckta uppgifter."
UNKNOWN = "”Uppgift saknas” eller ett streck betyder att ingen vet. Det är aldrig noll."
PROTECTED = "Små antal personer skyddas, och så många andra att de inte går att räkna fram."
GUIDE = Facts(
    (
        ("Siffror", (FIGURES,)),
        ("Underlag", (BASIS,)),
        ("Okänt", (UNKNOWN,)),
        ("Skydd", (PROTECTED,)),
    )
)


def write(programme, period, view, *, today):
    """The report of `period` (whole years) in `view`, as its figures and records stand `today`."""
    with translation.override(LANGUAGE):
        figure_set = figures(programme, period, view, today=today)
        return _document(Source(programme, period, figure_set, today))


def _document(source):
    period, programme = source.period, source.programme
    kind = "Årsrapport" if period.is_year else "Periodrapport"
    sections = [
        *opening.in_short(source),
        *mandate.the_programme(source),
        *mandate.background(source),
        *mandate.the_initiatives(source),
        *individual.individual(source),
        *years.structural(source),
        *years.by_year(source),
        *series.summary(source),
        *judged.judgements(source),
        *judged.analysis(source),
        *judged.conclusions(source),
        *basis.printed(source),
        *basis.completeness(source),
    ]
    return Document(
        title=programme.name,
        kind=f"{kind} {period}",
        association=programme.association,
        subtitle=f"Vad som gjordes {period}, vilka som nåddes och vad som kom ut av det.",
        summary=(
            f"{kind} {period} för {programme.name}: vad som gjordes, vilka som nåddes och vad "
            "som kom ut av det, med varje siffra härledd ur sina delar."
        ),
        language=LANGUAGE,
        dated=source.today,
        cover=opening.cover(source),
        sections=(*sections, *basis.definitions(source, sections), basis.about(source)),
        figures=source.figures,
        contact=programme.contact,
        is_practice=programme.is_practice,
        marking=INTERNAL if source.is_full else "",
        guide=GUIDE,
    )
