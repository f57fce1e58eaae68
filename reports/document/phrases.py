"""How figures are said in running Swedish: with what to bear in mind, right for none, one and many."""

from programmes.figures import share
from programmes.formats import number, percent

from ..charts.words import answers, coverage, runs_of, unanswered
from ..figures import Basis
from .parts import Live, Mark

NUMBER_WORDS = [
    "noll",
    "ett",
    "två",
    "tre",
    "fyra",
    "fem",
    "sex",
    "sju",
    "åtta",
    "nio",
    "tio",
    "elva",
    "tolv",
]
MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
SEASONS = {1: "våren", 6: "sommaren", 7: "hösten"}
MISSING = "uppgift saknas"
PROTECTED = "skyddas"

# What one and several of an indicator are called in a sentence.
NOUNS = {
    "events.held": ("händelse", "händelser"),
    "events.without_attendance": ("händelse", "händelser"),
    "reach.attendances": ("deltagartillfälle", "deltagartillfällen"),
    "publications.items": ("publicerat verk", "publicerade verk"),
    "milestones": ("milstolpe", "milstolpar"),
    "groups.active": ("aktiv samverkansgrupp", "aktiva samverkansgrupper"),
    "enterprises.count": ("företag", "företag"),
    "employees": ("anställd", "anställda"),
    "placed": ("placerad person", "placerade personer"),
    "census.returns": ("svar", "svar"),
    "census.expected": ("tillfrågat företag", "tillfrågade företag"),
    "grants.granted": ("beviljad plats", "beviljade platser"),
    "grants.used": ("nyttjad plats", "nyttjade platser"),
    "placements.started": ("placering", "placeringar"),
    "placements.persons": ("person", "personer"),
    "outcomes": ("person", "personer"),
}


def runs(*parts):
    """One tuple of text and figures out of strings, figures and tuples of them."""
    flat = []
    for part in parts:
        flat.extend(part if isinstance(part, tuple) else (part,))
    return tuple(part for part in flat if part != "")


def capital(words):
    return words[:1].upper() + words[1:]


def in_words(count):
    """Small whole numbers as words: "fem", "14"."""
    return NUMBER_WORDS[count] if 0 <= count < len(NUMBER_WORDS) else number(count)


def listing(words):
    """ "a, b och c" """
    words = [str(word) for word in words]
    return " och ".join(filter(None, [", ".join(words[:-1]), words[-1] if words else ""]))


def years_listed(years):
    """Years with runs of them drawn together: "2016–2017 och 2019"."""
    return listing(runs_of(sorted(years)))


def paragraphs(text):
    return [part.strip() for part in (text or "").splitlines() if part.strip()]


def cell(figure):
    """A figure as a cell: its number, or why it has none."""
    if figure.is_protected:
        return Mark.PROTECTED
    if figure.value is None:
        return Mark.MISSING if figure.is_applicable else Mark.NOT_APPLICABLE
    return figure.value


def live(figure, text=None):
    """The figure as it stands in a sentence, leading to its definition."""
    return Live(text or number(figure.value), figure.indicator.code)


def reservation(figure):
    """What to bear in mind, as it follows the number."""
    words = {
        Basis.PUBLISHED: " enligt tryckt uppgift",
        Basis.MIXED: " delvis enligt tryckt uppgift",
    }.get(figure.basis, "")
    if figure.incomplete:
        words += " (ofullständigt)"
    if figure.known < figure.years and figure.years > 1:
        words += f" (känt för {figure.known} av {figure.years} år)"
    return words


def answered(figure_set, figure):
    """ "7 av 12 företag har svarat; siffrorna avser dem", "alla 12 företag har svarat", within a sentence."""
    words = coverage(figure_set, figure)
    return words[:1].lower() + words[1:]


def answered_together(figure_set, figures):
    """The same of several figures said together: each its own where not all answered each question."""
    known = [(f, of) for f in figures if (of := answers(figure_set, f))]
    if len({of.answered for _f, of in known}) < 2:
        said = [words for figure in figures if (words := answered(figure_set, figure))]
        return said[-1] if said else ""
    (first, of), *rest = known
    parts = [f"{of.share} företag har uppgett {_asked_for(first)}"]
    parts += [f"{of.share} {_asked_for(figure)}" for figure, of in rest]
    words = f"{listing(parts)}; siffrorna avser dem"
    return words[:1].lower() + words[1:]


def _asked_for(figure):
    return {"placed": "placerade"}.get(figure.indicator.code, NOUNS[figure.indicator.code][1])


def counted(figure, one=None, many=None):
    """A number with its noun: "1 företag", "586 deltagartillfällen"; or the word for why there is none."""
    if figure.is_protected:
        return runs(f"{many or NOUNS[figure.indicator.code][1]}: {PROTECTED}")
    if figure.value is None:
        return runs(f"{many or NOUNS[figure.indicator.code][1]}: {MISSING}")
    singular, plural = (one, many) if one else NOUNS[figure.indicator.code]
    return runs(live(figure), f" {singular if figure.value == 1 else plural}")


def said(figure, one=None, many=None):
    """A number with its noun and its reservation."""
    known = figure.value is not None
    return runs(counted(figure, one, many), reservation(figure) if known else "")


def change(first, last):
    """How far it is from one number to another: "30 fler (+16,8 %)", "lika många"."""
    difference = last - first
    if not difference:
        return "lika många"
    words = f"{number(abs(difference))} {'fler' if difference > 0 else 'färre'}"
    return f"{words} ({signed_percent(share(difference, first))})" if first else words


def signed_percent(part):
    return f"+{percent(part)}" if part > 0 else percent(part)


def course(figure_set, series, subject):
    """How a series of years went: first, last, the change, the most, and the years unknown.

    A year that not all have answered for is told, and compared with none; a single year says who did.
    """
    known = [figure for figure in series if figure.value is not None]
    asked = [figure for figure in series if figure.is_applicable]
    if not known:
        return ()
    code = known[0].indicator.code
    if len(known) == 1:
        only = known[0]
        sentence = runs(f"{subject} var ", live(only), f" år {only.period}{reservation(only)}.")
    else:
        sentence = _first_and_last(known, subject, code, unanswered(figure_set, known))
    for figure in known:
        words = answered(figure_set, figure)
        if words and (len(known) == 1 or unanswered(figure_set, [figure])):
            sentence = runs(sentence, f" Inventeringen {figure.period}: {words}.")
    unknown = [figure.period.first for figure in asked if figure.value is None]
    if unknown:
        sentence = runs(sentence, f" För {years_listed(unknown)} saknas uppgift.")
    return sentence


def _first_and_last(known, subject, code, asking):
    first, last = known[0], known[-1]
    is_fair = not {first.period, last.period} & {year for year, *_counts in asking}
    sentence = runs(
        f"{subject} var ",
        live(first),
        f" år {first.period} och ",
        live(last),
        f" år {last.period}",
        *((": ", Live(change(first.value, last.value), code)) if is_fair else ()),
        f"{_basis_of_series(known)}.",
    )
    most = max(known, key=lambda figure: figure.value)
    if is_fair and most.value > max(first.value, last.value):
        sentence = runs(sentence, " Flest var det ", f"{most.period}: ", live(most), ".")
    partial = [figure.period.first for figure in known if figure.incomplete]
    if partial:
        sentence = runs(sentence, f" Underlaget är ofullständigt för {years_listed(partial)}.")
    return sentence


def _basis_of_series(known):
    published = [figure for figure in known if figure.basis == Basis.PUBLISHED]
    if not published:
        return ""
    return ", enligt tryckta uppgifter" if len(published) == len(known) else ", delvis tryckt"


def basis_words(figure):
    """What a value stands on, for the column "Underlag"."""
    words = {
        Basis.RECORDS: "poster",
        Basis.PUBLISHED: "tryckt uppgift",
        Basis.MIXED: "poster och tryckt",
        Basis.MISSING: MISSING if figure.is_applicable else "ej aktuellt",
        Basis.PROTECTED: PROTECTED,
    }[figure.basis]
    if figure.years > 1 and figure.value is not None:
        words += f", {figure.known} av {figure.years} år"
    return words + (", ofullständigt" if figure.incomplete else "")


def when(record):
    """The date within its year: "12 mars", "12–13 mars", "oktober", "hösten"; nothing for the year alone."""
    first, last = record.starts_on, record.ends_on
    if record.precision == "year":
        return ""
    if record.precision == "season":
        return SEASONS.get(first.month, "")
    if record.precision == "month":
        return MONTHS[first.month - 1]
    start = f"{first.day} {MONTHS[first.month - 1]}"
    if last == first:
        return start
    if (last.year, last.month) == (first.year, first.month):
        return f"{first.day}–{last.day} {MONTHS[first.month - 1]}"
    end = f"{last.day} {MONTHS[last.month - 1]}"
    return f"{start} – {end}" + (f" {last.year}" if last.year != first.year else "")


def long_date(day):
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def in_one_word(figure):
    """A figure in one word, for alternative texts."""
    if figure.is_protected:
        return PROTECTED
    if figure.value is None:
        return MISSING if figure.is_applicable else "ej aktuellt"
    return number(figure.value)


def months_of(record):
    """The months a programme or an initiative runs: "augusti 2016 – december 2020"."""
    first = f"{MONTHS[record.starts_on.month - 1]} {record.starts_on.year}"
    if record.ends_on is None:
        return f"från {first}, pågår"
    return f"{first} – {MONTHS[record.ends_on.month - 1]} {record.ends_on.year}"
