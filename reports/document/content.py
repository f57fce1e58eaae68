"""The yearly and the period report: chapters, sentences, tables and charts out of figures and records.

Every number is taken from the figure set of the view, so what is protected there cannot stand here.
A chapter with nothing to say is left out. The report is Swedish, whatever language the reader uses.
"""

import itertools

from django.utils import translation

from activities.models import Event, EventKind, Milestone, Publication
from placements.models import Grant
from programmes.figures import parse_breakdown, share
from programmes.formats import number, percent
from programmes.models import Completeness, Initiative, InitiativeYear, Judgement, Organisation

from ..figures import Basis, View, figures, plain
from ..indicators import ENGAGED, INDICATORS
from ..quality import Ours, difference
from . import phrases
from .charts import dots_each
from .parts import (
    Bullets,
    Chart,
    ChartKind,
    Column,
    Cover,
    Difference,
    Document,
    Facts,
    Form,
    Goal,
    Goals,
    KeyFigure,
    KeyFigures,
    Lead,
    Live,
    Mark,
    Meaning,
    Meanings,
    Moment,
    Paragraph,
    Remark,
    Section,
    Series,
    Table,
    Timeline,
)
from .phrases import capital, cell, counted, course, listing, live, runs, said

LANGUAGE = "sv"
EVENTS_A_YEAR = 20  # a year with more events is told by kind
YEARS_ACROSS = 6  # a table with more years than this has them down its side
INTERNAL = "Intern version med fullständiga uppgifter. Får inte spridas utanför programmets kansli."
SEX_WORDS = {"women": "Kvinnor", "men": "Män", "unspecified": "Ej uppgivet"}
GUIDE = Facts(
    (
        (
            "Siffror",
            (
                "Varje understruken siffra leder till sin definition. En total är summan av sina delar.",
            ),
        ),
        ("Underlag", ("Programmets poster där de är kompletta, annars tryckta uppgifter.",)),
        (
            "Okänt",
            ("Ordet ”saknas” eller ”uppgift saknas” betyder att ingen vet. Det är aldrig noll.",),
        ),
        (
            "Skydd",
            (
                "Små antal personer visas som ”skyddas”, och så många andra att de inte går att räkna fram.",
            ),
        ),
    )
)


def write(programme, period, view, *, today):
    """The report of `period` (whole years) in `view`, as its figures and records stand `today`."""
    with translation.override(LANGUAGE):
        figure_set = figures(programme, period, view, today=today)
        return _Report(programme, period, figure_set, today).document()


class _Report:
    """One report while it is written."""

    def __init__(self, programme, period, figure_set, today):
        self.programme = programme
        self.period = period
        self.figures = figure_set
        self.today = today
        self.is_full = figure_set.view == View.FULL
        self.words = figure_set.words
        within = {"programme": programme, "year__range": (period.first, period.last)}
        self.municipalities = list(programme.municipalities.all())
        self.initiatives = list(programme.initiatives.all())
        self.milestones = list(Milestone.objects.filter(**within).select_related("municipality"))
        self.publications = list(Publication.objects.filter(**within).order_by("starts_on", "pk"))
        self.grants = list(Grant.objects.filter(**within).select_related("municipality"))
        self.events = self._events()
        self.differences = list(self._differences())
        self.goals = self._goals()

    def document(self):
        period, programme = self.period, self.programme
        kind = "Årsrapport" if period.is_year else "Periodrapport"
        sections = [
            *self.in_short(),
            *self.the_programme(),
            *self.background(),
            *self.the_initiatives(),
            *self.individual(),
            *self.structural(),
            *self.by_year(),
            *self.summary(),
            *self.judgements(),
            *self.analysis(),
            *self.conclusions(),
            *self.printed(),
            *self.completeness(),
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
            dated=self.today,
            cover=self.cover(),
            sections=(*sections, *self.definitions(sections), self.about()),
            figures=self.figures,
            contact=programme.contact,
            is_practice=programme.is_practice,
            marking=INTERNAL if self.is_full else "",
            guide=GUIDE,
        )

    # What the chapters stand on

    def of(self, code, year=None, **dimensions):
        return self.figures.get(code, year, **dimensions)

    def series(self, code, **dimensions):
        return self.figures.series(code, **dimensions)

    def latest(self, code):
        """The last known year of a series, or None."""
        known = [figure for figure in self.series(code) if figure.value is not None]
        return known[-1] if known else None

    def has(self, code):
        """True if some year has something to tell; a row of zeros has not."""
        return any(figure.value for figure in self.series(code))

    def is_idle(self, year=None):
        """True if no event was held, by the records: then 0 attendances say nothing."""
        return (
            self.of("events.held", year).value == 0 and not self.of("reach.attendances", year).value
        )

    def _events(self):
        """The held events of each year that has few enough to name, in the order they began."""
        few = [
            figure.period.first
            for figure in self.series("events.held")
            if figure.value is not None and figure.value <= EVENTS_A_YEAR
        ]
        held = Event.objects.filter(programme=self.programme, year__in=few).held()
        by_year = {year: [] for year in self.period.years}
        for event in held.select_related("municipality").order_by("starts_on", "pk"):
            by_year[event.year].append(event)
        return by_year

    def _differences(self):
        """Printed values that differ from ours, each with its row; what is hidden has none."""
        ours = Ours(self.figures, today=self.today)
        rows = self.programme.published_figures.filter(
            initiative=None,
            stands_in=False,
            first_year__gte=self.period.first,
            last_year__lte=self.period.last,
        )
        order = [*INDICATORS, ENGAGED.code]
        for row in sorted(
            rows.order_by("first_year", "last_year", "breakdown", "pk"),
            key=lambda row: order.index(row.indicator) if row.indicator in order else len(order),
        ):
            value, _basis = ours.beside(row)
            away = value is not None and difference(value, row.value)
            if away:
                label, printed = self.label(row), plain(row.value)
                yield row.indicator, Difference(label, value, printed, away, row.approximate), row

    def label(self, row):
        """ "Placerade 2018", "Utfall, åter i offentlig försörjning 2016–2020" """
        indicator = INDICATORS.get(row.indicator, ENGAGED)
        part = self.words.part(parse_breakdown(row.breakdown))
        label = f"{indicator.label}, {part}" if part else str(indicator.label)
        if row.unit and row.unit != indicator.unit:
            return f"{label} {row.period} (tryckt i annan enhet)"
        return f"{label} {row.period}"

    def remarks(self, *codes):
        """A remark for each explanation given to differences of these indicators."""
        grouped = {}
        for code, away, row in self.differences:
            if code in codes:
                grouped.setdefault(row.explanation, []).append(away)
        for explanation, rows in grouped.items():
            text = explanation or "Skillnaden är inte förklarad."
            yield Remark(tuple(rows), runs(text))

    def over_years(self, caption, columns, row, *, codes, total=None, note=""):
        """A table with a row for each year; `total` is the row of the period."""
        rows = [(str(year), *row(year)) for year in self.period.years]
        if total is not None and not self.period.is_year:
            rows.append((str(self.period), *total))
        return Table(
            caption=caption,
            columns=(Column("År", form=Form.WORDS), *columns),
            rows=tuple(rows),
            has_total=total is not None and not self.period.is_year,
            note=note,
            codes=codes,
        )

    def changes_outside(self):
        """External changes for the charts: (index of the year, words)."""
        return tuple(
            (self.period.years.index(m.year), m.title)
            for m in self.milestones
            if m.kind == Milestone.Kind.EXTERNAL_CHANGE
        )

    # Cover and summary

    def cover(self):
        series = self.series("reach.attendances")
        total = self.of("reach.attendances")
        values = tuple(map(cell, series))
        chart = Chart(
            kind=ChartKind.DOTS,
            caption="Deltagartillfällen",
            alt=self.alt("Punkter, en för varje deltagartillfälle", series),
            labels=tuple(map(str, self.period.years)),
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

    @staticmethod
    def alt(what, series, name=""):
        """One sentence with every value of a series."""
        said = [f"{phrase_of(figure)} år {figure.period}" for figure in series]
        return f"{what}: {name + ' ' if name else ''}{listing(said)}."

    def in_short(self):
        reach = self.of("reach.attendances")
        sentences = []
        if reach.value is not None and not self.is_idle():
            sentences.append(runs(f"Händelserna {self.period} gav ", said(reach), ". "))
        stocks = [
            (self.latest(code), code)
            for code in ("enterprises.count", "employees", "placed")
            if self.has(code)
        ]
        known = [(figure, code) for figure, code in stocks if figure is not None]
        if known:
            sentences.append(self._stock_sentence(known))
        if not sentences:
            text = f"Det finns ännu inga uppgifter att redovisa för {self.period}."
            return [_chapter(self.short_title, [Lead((text,))], is_plain=True)]
        blocks = [Lead(runs(*sentences))]
        items = self.key_figures()
        if items:
            blocks.append(KeyFigures(tuple(items)))
        blocks += self._short_paragraphs()
        return [_chapter(self.short_title, blocks, is_plain=True)]

    @property
    def short_title(self):
        return "Året i korthet" if self.period.is_year else "Perioden i korthet"

    def _stock_sentence(self, known):
        year = max(figure.period.first for figure, _code in known)
        parts = [counted(figure) for figure, _code in known if figure.period.first == year]
        joined = []
        for index, part in enumerate(parts):
            joined.append(part)
            if index < len(parts) - 2:
                joined.append(", ")
            elif index == len(parts) - 2:
                joined.append(" och ")
        return runs(f"Vid inventeringen {year} fanns ", *joined, ".")

    def key_figures(self):
        reach = self.of("reach.attendances")
        if reach.value is not None and not self.is_idle():
            span = "" if self.period.is_year else f"Summan av {phrases.in_words(reach.known)} år. "
            yield KeyFigure(
                reach.value,
                Form.NUMBER,
                "deltagartillfälle" if reach.value == 1 else "deltagartillfällen",
                f"{span}Samma person kan räknas flera gånger.",
                "reach.attendances",
            )
        for code in ("enterprises.count", "employees"):
            if not self.has(code):
                continue
            last = self.latest(code)
            first = next(f for f in self.series(code) if f.value is not None)
            noun = phrases.NOUNS[code][0 if last.value == 1 else 1]
            comment = phrases.basis_words(last).capitalize() + "."
            if first is not last:
                words = phrases.change(first.value, last.value).split(" (")[0]
                comment = f"{number(first.value)} år {first.period}: {words}."
            yield KeyFigure(last.value, Form.NUMBER, f"{noun} {last.period}", comment, code)
        use = self.of("grants.utilisation")
        if use.value is not None:
            used, granted = self.of("grants.used"), self.of("grants.granted")
            comment = f"{number(used.value)} av {number(granted.value)} beviljade platser."
            yield KeyFigure(
                use.value, Form.SHARE, "av platserna nyttjade", comment, "grants.utilisation"
            )

    def _short_paragraphs(self):
        reach = [f for f in self.series("reach.attendances") if f.value]
        if len(reach) > 1:
            most = max(reach, key=lambda figure: figure.value)
            yield Paragraph(
                runs(
                    f"Flest deltagartillfällen var det {most.period}: ",
                    live(most),
                    " av periodens ",
                    live(self.of("reach.attendances")),
                    ".",
                )
            )
        policies = self._policy_sentence()
        groups = self._groups_sentence()
        if policies or groups:
            yield Paragraph(runs(policies, " " if policies and groups else "", groups))
        granted = self.of("grants.granted")
        if granted.value:
            yield Paragraph(self._use_sentence())
        judged = self._judged_sentence()
        if judged:
            yield Paragraph(judged)

    def _policy_sentence(self):
        """In how many municipalities a policy was adopted, by the milestones."""
        adopted = [m for m in self.milestones if m.kind == Milestone.Kind.POLICY]
        places = sorted({m.municipality.name for m in adopted if m.municipality_id})
        figure = self.of("milestones", kind="policy")
        if not places or figure.value is None:
            return ()
        one = len(places) == 1
        return runs(
            f"Milstolparna {self.period} visar styrdokument i ",
            Live(number(len(places)), "milestones"),
            f" av {number(len(self.municipalities))} kommuner: {listing(places)}."
            if not one
            else f" av {number(len(self.municipalities))} kommuner: {places[0]}.",
        )

    def _groups_sentence(self):
        if not self.has("groups.active"):
            return ()
        return course(self.series("groups.active"), "Antalet aktiva samverkansgrupper")

    def _use_sentence(self):
        granted, used = self.of("grants.granted"), self.of("grants.used")
        start = runs(
            f"Medel beviljades {self.period} för ",
            counted(granted, "handledarstödd plats", "handledarstödda platser"),
            phrases.reservation(granted),
            ".",
        )
        if used.is_protected:
            return runs(start, " Hur många av dem som nyttjades skyddas.")
        if used.value is None:
            return runs(start, " Hur många av dem som nyttjades är inte känt.")
        persons = self.of("placements.persons")
        use = self.of("grants.utilisation")
        rate = f" ({percent(use.value)})" if use.value is not None else ""
        end = ""
        if persons.value is not None and used.value:
            end = runs(", av ", counted(persons))
        return runs(
            start,
            " Av dem nyttjades ",
            Live(f"{number(used.value)} av {number(granted.value)}{rate}", "grants.used"),
            end,
            ".",
        )

    # The programme

    def the_programme(self):
        p = self.programme
        facts = [
            ("Uppdrag", runs(p.name)),
            ("Period", runs(span_of(p))),
            ("Rapporten avser", runs(str(self.period))),
        ]
        if p.target_group:
            facts.append(("Målgrupp", runs(p.target_group)))
        facts.append(("Bemanning", self._staffing()))
        blocks = [Lead((p.purpose,))] if p.purpose else []
        sections = [_chapter("Insatsen", [*blocks, Facts(tuple(facts))], starts_page=True)]
        objectives = [goal[0] for goal in self.goals]
        if objectives:
            items = tuple(runs(_sentence(o.title, o.description)) for o in objectives)
            sections.append(_part("Övergripande mål", [Bullets(items)]))
        if p.description:
            texts = [Paragraph((text,)) for text in phrases.paragraphs(p.description)]
            sections.append(_part("Verksamheten", texts))
        return [*sections, *self._activities(), *self._collaboration()]

    def _staffing(self):
        series = list(self.series("staffing.percent"))
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

    def _activities(self):
        held, items = self.of("events.held"), self.of("publications.items")
        table = self._by_kind("events.held", "Genomförda händelser efter slag", "händelser")
        published = self._by_kind("publications.items", "Publicerade verk efter slag", "verk")
        if not table and not published:
            return []
        sentence = runs(f"Under {self.period} genomfördes ", said(held), ". ") if held.value else ()
        if items.value:
            verb = "gavs" if not sentence else "Dessutom gavs"
            verb = capital(verb)
            sentence = runs(sentence, f"{verb} ", said(items), " ut.")
        without = self.of("events.without_attendance")
        if without.value and held.value:
            sentence = runs(
                sentence,
                " För ",
                counted(without),
                " saknas uppgift om hur många som kom.",
            )
        blocks = [Paragraph(sentence)] if sentence else []
        return [_part("Huvudsakliga aktiviteter", [*blocks, *table, *published])]

    def _by_kind(self, code, caption, unit):
        """A figure by kind: years across while they fit, the period's sum alone where they do not."""
        kinds = self.figures.values(code, "kind")
        total = self.of(code)
        if not kinds or total.value is None:
            return []
        years = list(self.period.years) if 1 < len(self.period.years) <= YEARS_ACROSS else []
        columns = [Column("Slag", form=Form.WORDS), *(Column(str(y), unit) for y in years)]
        columns.append(Column("Summa", unit))
        rows = [
            (
                capital(self.words.value("kind", kind)),
                *(cell(self.of(code, year, kind=kind)) for year in years),
                cell(self.of(code, kind=kind)),
            )
            for kind in kinds
        ]
        rows.append(("Alla", *(cell(self.of(code, year)) for year in years), cell(total)))
        note = (
            "Underlaget är ofullständigt: ett streck betyder att inget är registrerat."
            if total.incomplete
            else ""
        )
        return [
            Table(caption, tuple(columns), tuple(rows), has_total=True, note=note, codes=(code,))
        ]

    def _collaboration(self):
        kinds = {
            Organisation.Kind.MEMBER_PARTY: "Förbundets parter",
            Organisation.Kind.COLLABORATING_PARTNER: "Samverkansparter",
            Organisation.Kind.ENTERPRISE: "Företag",
            Organisation.Kind.OTHER: "Andra",
        }
        names = {kind: [] for kind in kinds}
        for kind, name in self.programme.organisations.filter(part_of=None).values_list(
            "kind", "name"
        ):
            names[kind].append(name)
        facts = tuple(
            (label, runs(f"{listing(names[kind])}."))
            for kind, label in kinds.items()
            if names[kind]
        )
        return [_part("Samverkan", [Facts(facts)])] if facts else []

    def background(self):
        texts = [Paragraph((text,)) for text in phrases.paragraphs(self.programme.background)]
        return [_chapter("Bakgrund", texts)] if texts else []

    def the_initiatives(self):
        if not self.initiatives:
            return []
        words = {
            Initiative.Direction.INDIVIDUAL: "Individinriktad",
            Initiative.Direction.STRUCTURAL: "Strukturinriktad",
        }
        facts = tuple(
            (
                initiative.name,
                runs(f"{words[initiative.direction]}, {span_of(initiative)}."),
            )
            for initiative in self.initiatives
        )
        blocks = [Facts(facts)]
        rows = InitiativeYear.objects.filter(
            initiative__programme=self.programme,
            year__range=(self.period.first, self.period.last),
        ).select_related("initiative")
        money = [
            (
                str(row.year),
                row.initiative.name,
                _or_missing(row.budgeted_participants),
                _or_missing(row.budget),
                _or_missing(row.outturn),
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
        return [_chapter("Insatser", blocks)]

    # Individual initiatives: grants, and placements as the view allows

    def individual(self):
        own = [i for i in self.initiatives if i.direction == Initiative.Direction.INDIVIDUAL]
        granted = self.of("grants.granted")
        if not self.grants and not granted.value:
            return []
        blocks = [Lead(self._use_sentence())]
        for initiative in own:
            blocks += [Paragraph((text,)) for text in phrases.paragraphs(initiative.description)]
        sections = [_chapter("Individinriktade insatser", blocks)]
        if self.grants:
            sections.append(_part("Beviljade medel per år och kommun", self._grant_tables()))
        used = [self._use_by_municipality()]
        if all(figure.is_protected for figure in self.series("grants.used")):
            used.append(Paragraph(("Hur de nyttjade platserna fördelar sig skyddas.",)))
        elif not self.period.is_year:
            used.append(self._use_by_year())
        sections.append(_part("Nyttjade platser", used))
        outcomes = self._outcome_blocks()
        if outcomes:
            sections.append(_part("Personer och utfall", outcomes))
        sections.append(
            _part("Sammanfattning av de individinriktade insatserna", self._individual_summary())
        )
        return sections

    def _grant_tables(self):
        """What was granted; under which decisions and, in the full view, for whom."""
        with_amount = any(grant.amount is not None for grant in self.grants)
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
                *([_or_missing(grant.amount)] if with_amount else []),
            )
            for grant in self.grants
        ]
        total = cell(self.of("grants.granted"))
        rows.append((str(self.period), "Alla", total, *([None] * (len(columns) - 3))))
        yield Table(
            "Beviljade platser per år och kommun",
            tuple(columns),
            tuple(rows),
            has_total=True,
            codes=("grants.granted",),
        )
        yield from self._decision_table()

    def _decision_table(self):
        with_group = self.is_full and any(grant.target_group for grant in self.grants)
        if not with_group and not any(g.reference or g.decided_on for g in self.grants):
            return
        columns = [Column(label, form=Form.WORDS) for label in ("År", "Kommun", "Beslut")]
        if with_group:
            columns.append(Column("Målgrupp", form=Form.WORDS))
        rows = []
        for grant in self.grants:
            decided = grant.decided_on.isoformat() if grant.decided_on else ""
            decision = ", ".join(filter(None, [grant.reference, decided])) or None
            row = str(grant.year), grant.municipality.name, decision
            rows.append((*row, grant.target_group or None) if with_group else row)
        caption = "Beslut om medel och målgrupper" if with_group else "Beslut om medel"
        yield Table(caption, tuple(columns), tuple(rows))

    def _use_row(self, year=None, **place):
        codes = ("grants.granted", "grants.used", "grants.utilisation")
        return tuple(cell(self.of(code, year, **place)) for code in codes)

    USE_COLUMNS = (
        Column("Beviljade", "platser"),
        Column("Nyttjade", "platser"),
        Column("Andel", "procent", Form.SHARE),
    )

    def _use_by_municipality(self):
        codes = self.figures.values("grants.granted", "municipality")
        codes = sorted(codes, key=lambda code: [m.code for m in self.municipalities].index(code))
        rows = [
            (self.words.value("municipality", code), *self._use_row(municipality=code))
            for code in codes
        ]
        rows.append(("Alla", *self._use_row()))
        return Table(
            f"Beviljade och nyttjade platser efter kommun, {self.period}",
            (Column("Kommun", form=Form.WORDS), *self.USE_COLUMNS),
            tuple(rows),
            has_total=True,
            note="En placering eller en förlängning tar en plats, i det år medlen beviljades.",
            codes=("grants.granted", "grants.used", "grants.utilisation"),
        )

    def _use_by_year(self):
        extra = ("placements.started", "placements.persons")

        def row(year):
            return (*self._use_row(year), *(cell(self.of(code, year)) for code in extra))

        return self.over_years(
            "Beviljade och nyttjade platser per år",
            (*self.USE_COLUMNS, Column("Påbörjade", "placeringar"), Column("Olika", "personer")),
            row,
            total=row(None),
            note="Den som har placeringar flera år räknas en gång i periodens antal personer.",
            codes=("grants.granted", "grants.used", "grants.utilisation", *extra),
        )

    def _outcome_blocks(self):
        persons, outcomes = self.of("placements.persons"), self.of("outcomes")
        if not persons.is_applicable:
            return []
        blocks = []
        by_sex = self._persons_by_sex()
        if persons.is_protected:
            text = "Hur många personer som placerades och vad som kom ut av det skyddas."
            return [Paragraph((text,))]
        if persons.value is None:
            return [Paragraph((f"Antalet personer i placering: {phrases.MISSING}.",))]
        if persons.value == 0:
            return [Paragraph((f"Ingen placering började {self.period}.",))]
        noun = "person" if persons.value == 1 else "olika personer"
        sentence = runs(
            "Placeringarna gällde ", live(persons), f" {noun}{phrases.reservation(persons)}."
        )
        if outcomes.value is not None:
            unknown = self.of("outcomes", result="unknown")
            sentence = runs(sentence, " Utfallet redovisas för ", counted(outcomes), ".")
            if unknown.value:
                sentence = runs(sentence, " För ", live(unknown), " av dem är utfallet okänt.")
        blocks.append(Paragraph(sentence))
        results = self.figures.values("outcomes", "result")
        shown = [r for r in results if self.of("outcomes", result=r).value is not None]
        if not shown or outcomes.value is None:
            text = "Hur personerna och utfallet fördelar sig på kön, kommun och resultat skyddas."
            return [*blocks, Paragraph((text,))]
        return [*blocks, *by_sex, self._outcome_table(results)]

    def _persons_by_sex(self):
        if all(f.value is None for _v, f in self.figures.parts("placements.persons", "sex")):
            return []
        rows = [
            (SEX_WORDS[sex], cell(figure))
            for sex, figure in self.figures.parts("placements.persons", "sex")
            if figure.value != 0 or sex != "unspecified"
        ]
        rows.append(("Alla", cell(self.of("placements.persons"))))
        columns = (Column("Kön", form=Form.WORDS), Column("Placerade", "personer"))
        caption = f"Personer i placering efter kön, {self.period}"
        return [Table(caption, columns, tuple(rows), has_total=True, codes=("placements.persons",))]

    def _outcome_table(self, results):
        sexes = ["women", "men", "unspecified"]
        if not self.of("outcomes", sex="unspecified").value:
            sexes.pop()
        pairs = self.is_full
        columns = [Column("Utfall", form=Form.WORDS)]
        if pairs:
            columns += [Column(SEX_WORDS[sex], "personer") for sex in sexes]
        columns.append(Column("Alla", "personer"))
        rows = []
        for result in results:
            total = self.of("outcomes", result=result)
            if pairs and not total.value:
                continue
            split = [cell(self.of("outcomes", result=result, sex=sex)) for sex in sexes]
            label = capital(self.words.value("result", result))
            rows.append((label, *(split if pairs else ()), cell(total)))
        split = [cell(self.of("outcomes", sex=sex)) for sex in sexes] if pairs else []
        rows.append(("Alla", *split, cell(self.of("outcomes"))))
        return Table(
            f"Utfall efter resultat{' och kön' if pairs else ''}, {self.period}",
            tuple(columns),
            tuple(rows),
            has_total=True,
            note="Varje person räknas en gång, efter det senaste utfallet under perioden.",
            codes=("outcomes",),
        )

    def _individual_summary(self):
        places = len({grant.municipality_id for grant in self.grants})
        years = sorted({grant.year for grant in self.grants})
        granted = self.of("grants.granted")
        if not places:
            return [Paragraph(self._use_sentence())]
        which = "En kommun" if places == 1 else f"{capital(phrases.in_words(places))} kommuner"
        sentence = runs(
            f"{which} fick medel för ",
            counted(granted, "plats", "platser"),
            f" {phrases.years_listed(years)}. ",
        )
        used = self.of("grants.used")
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
        return [Paragraph(runs(sentence, end)), *self.remarks(*PLACEMENT_CODES)]

    # Structural initiatives, and what happened year by year

    def structural(self):
        own = [i for i in self.initiatives if i.direction == Initiative.Direction.STRUCTURAL]
        texts = [
            Paragraph((text,))
            for initiative in own
            for text in phrases.paragraphs(initiative.description)
        ]
        held, reached = self.of("events.held"), self.of("milestones")
        lead = ()
        if held.value:
            lead = runs(f"Under {self.period} genomfördes ", said(held))
            lead = runs(lead, " och nåddes ", said(reached)) if reached.value else lead
        elif reached.value:
            lead = runs(f"Under {self.period} nåddes ", said(reached))
        blocks = [*([Lead(runs(lead, "."))] if lead else []), *texts]
        return [_chapter("Strukturinriktade insatser", blocks)] if blocks else []

    def by_year(self):
        sections = [section for year in self.period.years if (section := self._year(year))]
        if not sections:
            return []
        title = f"Milstolpar {self.period}"
        return [_chapter(title, []), *sections]

    def _year(self, year):
        moments = tuple(self._moments(year))
        facts = tuple(self._facts_of(year))
        if not moments and not facts:
            return None
        blocks = [Timeline(year, moments)] if moments else []
        if facts:
            blocks.append(Facts(facts))
        return Section(str(year), tuple(blocks), level=2, is_plain=True)

    def _moments(self, year):
        """What was done, then what came of it in the structures; changes outside among these."""
        held = self.of("events.held", year)
        if (held.value or 0) > EVENTS_A_YEAR:
            for kind, figure in self.figures.parts("events.held", "kind", year):
                if figure.value:
                    times = "tillfälle" if figure.value == 1 else "tillfällen"
                    name = capital(self.words.value("kind", kind))
                    yield Moment("", "", f"{number(figure.value)} {times}", kind=name)
        for event in self.events[year]:
            text = (phrases.paragraphs(event.outcome) or [""])[0]
            yield Moment(
                phrases.when(event),
                capital(event.place_name),
                event.title,
                text,
                kind=capital(str(EventKind(event.kind).label)),
            )
        for row in self.publications:
            if row.year == year:
                title = row.title
                if row.items > 1:
                    title += f", {number(row.items)} verk"
                kind = capital(str(Publication.Kind(row.kind).label))
                yield Moment(phrases.when(row), "", title, kind=kind)
        for row in self.milestones:
            if row.year == year:
                outside = row.kind == Milestone.Kind.EXTERNAL_CHANGE
                kind = "Omvärld" if outside else capital(str(Milestone.Kind(row.kind).label))
                where = capital(row.place_name) if row.municipality_id else ""
                text = " ".join(phrases.paragraphs(row.text))
                yield Moment(phrases.when(row), where, row.title, text, outside, kind)

    def _facts_of(self, year):
        reach = self.of("reach.attendances", year)
        if self.is_idle(year):
            pass
        elif reach.value is not None:
            yield "Räckvidd", runs(said(reach), ".")
        elif reach.is_applicable and self.events[year]:
            yield "Räckvidd", runs(f"{capital(phrases.MISSING)}.")
        groups = self.of("groups.active", year)
        if groups.value:
            yield "Samverkan", runs(said(groups), " vid årets slut.")
        census = [self.of(code, year) for code in ("enterprises.count", "employees", "placed")]
        if any(figure.value for figure in census):
            yield "Inventering", self._census_sentence(year, *census)
        parts = [
            (name, figure)
            for name, figure in self.figures.parts("enterprises.count", "subregion", year)
            if figure.value is not None and census[0].value
        ]
        if parts:
            said_parts = []
            for index, (name, figure) in enumerate(parts):
                lead = "" if not index else (" och " if index == len(parts) - 1 else ", ")
                said_parts += [lead, counted(figure), f" i {self.words.value('subregion', name)}"]
            yield "Delregioner", runs(*said_parts, ".")

    def _census_sentence(self, year, enterprises, employees, placed):
        """The census of a year: enterprises, employees by sex, persons placed by referrer."""
        referrers = ("employment_service", "municipality", "other")
        words = {value: self.words.value("referrer", value) for value in referrers}
        parts = [
            (enterprises, ()),
            (employees, self._split("employees", "sex", year, SEX_WORDS)),
            (placed, self._split("placed", "referrer", year, words)),
        ]
        known = [(figure, split) for figure, split in parts if figure.value is not None]
        reservations = {phrases.reservation(figure) for figure, _split in known}
        shared = reservations.pop() if len(reservations) == 1 else None
        sentences = []
        for index, (figure, split) in enumerate(known):
            own = phrases.reservation(figure) if shared is None else ""
            sentences += [", " if index else "", counted(figure), split, own]
        return runs(*sentences, shared or "", ".")

    def _split(self, code, dimension, year, words):
        """The known parts of a figure in parentheses, those that are 0 left out."""
        parts = [(v, f) for v, f in self.figures.parts(code, dimension, year) if f.value]
        if not parts:
            return ()
        inside = []
        for index, (value, figure) in enumerate(parts):
            name = words[value] if dimension == "referrer" else words[value].lower()
            inside += [", " if index else "", f"{name} ", live(figure)]
        return runs(" (", *inside, ")")

    # The series of the period

    def summary(self):
        blocks = [
            *self._reach(),
            *self._enterprises(),
            *self._employees(),
            *self._placed(),
            *self._groups(),
        ]
        if not blocks:
            return []
        title = f"Utvecklingen {self.period}"
        first, *rest = blocks
        return [_chapter(title, []), first, *rest]

    def chart(self, kind, caption, code, dimension=None, words=None, *, events=()):
        """A chart of a series of years, whole or by one dimension; none for a single year."""
        totals = self.series(code)
        known = [figure for figure in totals if figure.value is not None]
        if self.period.is_year or not any(figure.value for figure in known):
            return []
        unit = str(totals[0].indicator.unit_label)
        if dimension:
            names = [
                value
                for value in self.figures.values(code, dimension)
                if any(figure.value for figure in self.series(code, **{dimension: value}))
            ]
            layers = [(words[v], self.series(code, **{dimension: v})) for v in names]
        else:
            layers = [(str(totals[0].indicator.label), totals)]
        if not layers:
            return []
        what = {
            ChartKind.STACKED: "Staplat diagram",
            ChartKind.COLUMNS: "Stapeldiagram",
            ChartKind.LINES: "Linjediagram",
        }[kind]
        alt = self.alt(f"{what} över {unit}", totals)
        if dimension:
            alt = " ".join(
                [
                    f"{what} över {unit}.",
                    *(
                        f"{capital(name)}: {listing(_values_said(series))}."
                        for name, series in layers
                    ),
                ]
            )
        if events:
            named = listing(words for _i, words in events)
            alt += f" Utmärkt i diagrammet: {named}."
        return [
            Chart(
                kind=kind,
                caption=caption,
                alt=alt,
                labels=tuple(map(str, self.period.years)),
                series=tuple(Series(capital(name), tuple(map(cell, s))) for name, s in layers),
                unit=unit,
                events=events,
            )
        ]

    def _reach(self):
        series = self.series("reach.attendances")
        if self.is_idle() or not any(figure.is_applicable for figure in series):
            return []
        total = self.of("reach.attendances")
        sentence = course(series, "Antalet deltagartillfällen")
        if self.period.is_year and total.value is not None:
            sentence = runs(f"Händelserna {self.period} gav ", said(total), ".")
        if not sentence:
            if not any(self.events.values()) and not self.of("events.held").value:
                return []
            text = "Hur många deltagartillfällen händelserna gav är inte känt."
            return [_part("Räckvidd", [Paragraph((text,))])]
        blocks = [Paragraph(sentence)]
        split = any(
            f.value
            for v, f in self.figures.parts("reach.attendances", "audience")
            if v != "unspecified"
        )
        if not split and total.value:
            text = "Hur deltagartillfällena fördelar sig på målgrupp och kön är inte känt."
            blocks.append(Paragraph((text,)))
        if not self.period.is_year:
            outside = self.changes_outside()
            caption = "Deltagartillfällen per år."
            if outside:
                caption += " Streckade linjer är förändringar i omvärlden."
            blocks += self.chart(ChartKind.COLUMNS, caption, "reach.attendances", events=outside)
            blocks.append(self._reach_table(total))
        if split:
            blocks.append(self._audience_table())
        blocks += self._place_table()
        blocks += self.remarks("reach.attendances")
        return [_part("Räckvidd", blocks)]

    def _reach_table(self, total):
        def row(figure):
            part = share(figure.value, total.value) if total.value else None
            return (cell(figure), part, phrases.basis_words(figure))

        return self.over_years(
            "Deltagartillfällen per år och andel av perioden",
            (
                Column("Räckvidd", "tillfällen"),
                Column("Andel", "procent", Form.SHARE),
                Column("Underlag", form=Form.WORDS),
            ),
            lambda year: row(self.of("reach.attendances", year)),
            total=row(total),
            note="Samma person kan räknas flera gånger. Lyssningar och visningar läggs aldrig till. "
            "Andelarna är avrundade var för sig.",
            codes=("reach.attendances",),
        )

    def _audience_table(self):
        """Audience by sex, for the whole of the report's years."""
        code = "reach.attendances"
        sexes = [sex for sex in SEX_WORDS if sex != "unspecified" or self.of(code, sex=sex).value]
        rows = []
        for audience, figure in self.figures.parts(code, "audience"):
            if figure.value or figure.value is None:
                split = (cell(self.of(code, audience=audience, sex=sex)) for sex in sexes)
                label = capital(self.words.value("audience", audience))
                rows.append((label, *split, cell(figure)))
        totals = (cell(self.of(code, sex=sex)) for sex in sexes)
        rows.append(("Alla", *totals, cell(self.of(code))))
        columns = (
            Column("Målgrupp", form=Form.WORDS),
            *(Column(SEX_WORDS[sex], "tillfällen") for sex in sexes),
            Column("Summa", "tillfällen"),
        )
        caption = f"Deltagartillfällen efter målgrupp och kön, {self.period}"
        return Table(caption, columns, tuple(rows), has_total=True, codes=(code,))

    def _place_table(self):
        """Events and attendances by place; only where attendance is known by place."""
        code = "reach.attendances"
        places = [p for p, f in self.figures.parts(code, "municipality") if f.value is not None]
        if len(places) < 2:
            return []
        order = {m.code: index for index, m in enumerate(self.municipalities)}
        places.sort(key=lambda place: (order.get(place, len(order)), place))
        rows = [
            (
                capital(self.words.value("municipality", place)),
                cell(self.of("events.held", municipality=place)),
                cell(self.of(code, municipality=place)),
            )
            for place in places
        ]
        rows.append(("Alla", cell(self.of("events.held")), cell(self.of(code))))
        columns = (
            Column("Plats", form=Form.WORDS),
            Column("Händelser", "antal"),
            Column("Räckvidd", "tillfällen"),
        )
        caption = f"Händelser och deltagartillfällen efter plats, {self.period}"
        return [Table(caption, columns, tuple(rows), has_total=True, codes=("events.held", code))]

    def _enterprises(self):
        code = "enterprises.count"
        if not self.has(code):
            return []
        regions = [
            r
            for r in self.figures.values(code, "subregion")
            if any(f.value is not None for f in self.series(code, subregion=r))
        ]
        blocks = [Paragraph(course(self.series(code), "Antalet företag"))]
        blocks += self.chart(
            ChartKind.STACKED,
            "Företag vid inventeringen, efter delregion"
            if regions
            else "Företag vid inventeringen",
            code,
            "subregion" if regions else None,
            {r: self.words.value("subregion", r) for r in regions},
        )
        answers = self.has("census.returns") and any(
            f.basis == Basis.RECORDS and f.value for f in self.series("census.returns")
        )
        columns = [Column(self.words.value("subregion", r), "företag") for r in regions]
        columns.append(Column("Alla", "företag"))
        if answers:
            columns.append(Column("Svar", "företag"))

        def row(year):
            cells = [cell(self.of(code, year, subregion=r)) for r in regions]
            cells.append(cell(self.of(code, year)))
            if answers:
                cells.append(cell(self.of("census.returns", year)))
            return cells

        blocks.append(
            self.over_years(
                "Företag vid inventeringen",
                columns,
                row,
                note=f"{self._stock_note(code)} Antalet är ett läge på mätdagen och summeras inte över år.",
                codes=(code, *(("census.returns",) if answers else ())),
            )
        )
        return [_part("Företag", [*blocks, *self.remarks(code)])]

    def _stock_note(self, code):
        bases = {f.basis for f in self.series(code) if f.value is not None}
        if bases == {Basis.PUBLISHED}:
            return "Underlag: tryckta uppgifter."
        if bases == {Basis.RECORDS}:
            return "Underlag: programmets poster."
        return "Underlag: programmets poster och tryckta uppgifter."

    def _employees(self):
        code = "employees"
        if not self.has(code):
            return []
        sexes = [
            sex
            for sex in SEX_WORDS
            if sex != "unspecified" or any(f.value for f in self.series(code, sex=sex))
        ]
        sentence = course(self.series(code), "Antalet anställda")
        women = self._women_sentence()
        blocks = [Paragraph(runs(sentence, " " if women else "", women))]
        blocks += self.chart(
            ChartKind.LINES, "Anställda i företagen efter kön", code, "sex", SEX_WORDS
        )

        def row(year):
            cells = [cell(self.of(code, year, sex=sex)) for sex in sexes]
            return (*cells, cell(self.of(code, year)), self._women_share(year))

        columns = [Column(SEX_WORDS[sex], "anställda") for sex in sexes]
        columns += [Column("Alla", "anställda"), Column("Kvinnor", "andel", Form.SHARE)]
        blocks.append(
            self.over_years(
                "Anställda vid inventeringen",
                columns,
                row,
                note=self._stock_note(code),
                codes=(code,),
            )
        )
        return [_part("Anställda", [*blocks, *self.remarks(code, ENGAGED.code)])]

    def _women_share(self, year):
        """Women of those whose sex is known; None where a part is unknown."""
        women, men = (self.of("employees", year, sex=sex).value for sex in ("women", "men"))
        if women is None or men is None:
            return None
        return share(women, women + men)

    def _women_sentence(self):
        shares = [(year, self._women_share(year)) for year in self.period.years]
        known = [(year, part) for year, part in shares if part is not None]
        if not known:
            return ()
        (first_year, first), (last_year, last) = known[0], known[-1]
        start = runs(
            "Kvinnornas andel av dem vars kön är känt var ",
            Live(percent(first), "employees"),
            f" år {first_year}",
        )
        if first_year == last_year:
            return runs(start, ".")
        return runs(start, " och ", Live(percent(last), "employees"), f" år {last_year}.")

    def _placed(self):
        code = "placed"
        if not self.has(code):
            return []
        referrers = ("employment_service", "municipality", "other")
        words = {r: capital(self.words.value("referrer", r)) for r in referrers}
        blocks = [Paragraph(course(self.series(code), "Antalet placerade personer"))]
        blocks += self.chart(
            ChartKind.STACKED,
            "Placerade vid inventeringen, efter anvisare",
            code,
            "referrer",
            words,
        )
        printed = any(f.main and f.basis != Basis.MISSING for f in self.series(code))
        columns = [Column(words[r], "personer") for r in referrers]
        columns.append(Column("Summa", "personer"))
        if printed:
            columns += [
                Column("Tryckt", "personer"),
                Column("Skillnad", "personer", Form.SIGNED),
            ]

        def row(year):
            total = self.of(code, year)
            cells = [cell(self.of(code, year, referrer=r)) for r in referrers] + [cell(total)]
            return (*cells, *((total.published, total.difference) if printed else ()))

        blocks.append(
            self.over_years(
                "Placerade vid inventeringen, efter anvisare",
                columns,
                row,
                note=f"{self._stock_note(code)} Placerade är inte anställda.",
                codes=(code,),
            )
        )
        return [_part("Placerade personer", [*blocks, *self.remarks(code)])]

    def _groups(self):
        sentence = self._groups_sentence()
        if not sentence:
            return []
        blocks = [Paragraph(sentence)]
        blocks += self.chart(ChartKind.LINES, "Aktiva samverkansgrupper", "groups.active")
        if not self.period.is_year:
            blocks.append(
                self.over_years(
                    "Aktiva samverkansgrupper den 31 december",
                    (Column("Grupper", "aktiva"), Column("Underlag", form=Form.WORDS)),
                    lambda year: (
                        cell(self.of("groups.active", year)),
                        phrases.basis_words(self.of("groups.active", year)),
                    ),
                    codes=("groups.active",),
                )
            )
        return [_part("Samverkansgrupper", blocks)]

    # Judgements, analysis, conclusions

    def _goals(self):
        """Each objective with the judgement that holds for these years, or None."""
        judgements = {}
        rows = Judgement.objects.filter(
            objective__programme=self.programme,
            first_year__gte=self.period.first,
            last_year__lte=self.period.last,
        ).order_by("last_year", "-first_year")
        for row in rows:
            held = judgements.get(row.objective_id)
            if held is None or held.period != self.period:
                judgements[row.objective_id] = row
        return [(o, judgements.get(o.pk)) for o in self.programme.objectives.all()]

    def judgements(self):
        if not self.goals:
            return []
        items = []
        for objective, judgement in self.goals:
            if judgement is None:
                reason, evidence = f"Ingen bedömning är gjord för {self.period}.", ""
                word, value = "oklart", Judgement.Value.UNCLEAR.value
            else:
                by = f"Bedömt av {judgement.judged_by}"
                if judgement.judged_on:
                    by += f" den {phrases.long_date(judgement.judged_on)}"
                if judgement.period != self.period:
                    by += f", för {judgement.period}"
                reason = " ".join(phrases.paragraphs(judgement.reason))
                evidence = " ".join([*phrases.paragraphs(judgement.evidence), f"{by}."])
                word, value = str(judgement.get_value_display()), judgement.value
            items.append(
                Goal(objective.position, objective.title, capital(word), value, reason, evidence)
            )
        lead = self._judged_sentence()
        blocks = [*([Lead(lead)] if lead else []), Goals(tuple(items))]
        return [_chapter("Bedömning av målen", blocks)]

    def _judged(self):
        """Objectives by judgement, in the order of the scale."""
        found = {}
        for value in Judgement.Value:
            own = [o for o, judgement in self.goals if judgement and judgement.value == value]
            if own:
                found[value] = own
        return found

    def _judged_sentence(self):
        judged = self._judged()
        if not judged:
            return ()
        parts = []
        for value, own in judged.items():
            parts.append(f"{phrases.in_words(len(own))} {_agreed(value, len(own))}")
        total = len(self.goals)
        of = "Programmets enda mål" if total == 1 else f"Av {phrases.in_words(total)} mål"
        if total == 1:
            value = next(iter(judged))
            return runs(f"{of} bedöms vara {_agreed(value, 1)}.")
        left = total - sum(map(len, judged.values()))
        rest = f" {capital(phrases.in_words(left))} är inte bedömt." if left == 1 else ""
        if left > 1:
            rest = f" {capital(phrases.in_words(left))} är inte bedömda."
        return runs(f"{of} bedöms {listing(parts)}.{rest}")

    def analysis(self):
        if self.period.is_year:
            return []
        items = []
        for code, subject in (
            ("reach.attendances", "Antalet deltagartillfällen"),
            ("enterprises.count", "Antalet företag"),
            ("employees", "Antalet anställda"),
            ("placed", "Antalet placerade personer"),
        ):
            series = self.series(code)
            if self.has(code) and sum(figure.value is not None for figure in series) > 1:
                items.append(course(series, subject))
        blocks = []
        if items:
            blocks = [
                Paragraph(("Det här visar serierna, utan att säga vad som orsakat vad.",)),
                Bullets(tuple(items)),
            ]
        fall = self._largest_fall()
        if fall:
            blocks.append(Paragraph(fall))
        outside = [m for m in self.milestones if m.kind == Milestone.Kind.EXTERNAL_CHANGE]
        if outside and blocks:
            named = listing(f"{m.title} ({m.year})" for m in outside)
            text = (
                f"Förändringar i omvärlden under perioden: {named}. De nämns som sammanhang. "
                "Siffrorna visar inte vad som berodde på dem."
            )
            blocks.append(Paragraph((text,)))
        return [_chapter("Analys", blocks)] if blocks else []

    def _largest_fall(self):
        """The year in which those placed fell most, and which referrer's part fell most and fastest."""
        series = self.series("placed")
        steps = [
            (before, after)
            for before, after in itertools.pairwise(series)
            if before.value is not None and after.value is not None and after.value < before.value
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
            was, now = (self.of("placed", year, referrer=referrer) for year in years)
            if was.value and now.value is not None and now.value < was.value:
                name = self.words.value("referrer", referrer)
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

    def conclusions(self):
        """Only what judgements give ground for."""
        judged = self._judged()
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
        return [_chapter("Slutsatser", blocks)]

    # What the figures stand on

    def printed(self):
        if not self.differences:
            return []
        rows = tuple(
            (
                d.label,
                d.derived,
                f"ca {number(d.printed)}" if d.approximate else d.printed,
                d.difference,
            )
            for _code, d, _row in self.differences
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
            for _code, d, row in self.differences
        )
        lead = Paragraph(
            (
                "Rapporten räknar med summan av delarna. Där en tryckt uppgift är en annan står båda här.",
            )
        )
        blocks = [lead, table, Facts(facts)]
        return [_chapter("Skillnader mot tryckta uppgifter", blocks, is_plain=True)]

    def completeness(self):
        """For each area in which years it is complete or not, and why."""
        rows = Completeness.objects.filter(
            programme=self.programme, year__range=(self.period.first, self.period.last)
        )
        stated = {(row.area, row.year): row for row in rows}
        facts = []
        for area in Completeness.Area:
            by_level = {}
            for year in self.period.years:
                row = stated.get((area.value, year))
                level = row.level if row else Completeness.Level.COMPLETE.value
                by_level.setdefault(level, []).append(year)
            words = "; ".join(
                f"{Completeness.Level(level).label!s} {phrases.years_listed(years)}"
                for level, years in by_level.items()
            )
            # A note on placements may tell what is protected: it stays in the office.
            hidden = area == Completeness.Area.PLACEMENTS and not self.is_full
            notes = {}
            for year in self.period.years:
                row = stated.get((area.value, year))
                if row and row.note and not hidden:
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
        return [_chapter("Underlagets fullständighet", [lead, Facts(tuple(facts))], is_plain=True)]

    def definitions(self, sections):
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
                        self._definition(indicator),
                    )
                )
        if not items:
            return []
        blocks = [Meanings(tuple(items))]
        return [_chapter("Definitioner", blocks, is_plain=True, starts_page=True)]

    def _definition(self, indicator):
        """The text in force; with the year of the break where it changed within the report's years."""
        first = indicator.definition(self.period.first)
        last = indicator.definition(self.period.last)
        if first == last:
            return str(last.text)
        return f"Till och med {last.since - 1}: {first.text} Från {last.since}: {last.text}"

    def about(self):
        view = (
            "Fullständig. Innehåller uppgifter om enskilda personers placeringar."
            if self.is_full
            else "Skyddad. Små antal personer visas inte."
        )
        facts = [
            ("Utgivare", runs(self.programme.association)),
            ("Siffrorna hämtade", runs(phrases.long_date(self.today))),
            ("Version", runs(view)),
        ]
        if self.programme.contact:
            facts.append(("Kontakt", runs(", ".join(phrases.paragraphs(self.programme.contact)))))
        if self.programme.is_practice:
            facts.append(("Övning", runs("Uppgifterna är påhittade.")))
        return _chapter("Om rapporten", [Facts(tuple(facts))], is_plain=True)


PLACEMENT_CODES = (
    "grants.granted",
    "grants.used",
    "grants.utilisation",
    "placements.started",
    "placements.persons",
    "outcomes",
)


def _chapter(title, blocks, **how):
    return Section(title, tuple(blocks), **how)


def _part(title, blocks):
    return Section(title, tuple(blocks), level=2)


def _or_missing(value):
    return Mark.MISSING if value is None else value


def _sentence(title, description):
    text = title.rstrip(".") + "."
    return " ".join([text, *phrases.paragraphs(description)])


def _agreed(value, count):
    """The judgement's word in the right number: "delvis uppfyllt", "delvis uppfyllda"."""
    word = str(Judgement.Value(value).label)
    if count == 1:
        return word
    return word.replace("uppfyllt", "uppfyllda").replace("oklart", "oklara")


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


def _values_said(series):
    return [f"{phrase_of(figure)} år {figure.period}" for figure in series]


def phrase_of(figure):
    """A figure in one word, for alternative texts."""
    if figure.is_protected:
        return phrases.PROTECTED
    if not phrases.is_known(figure):
        return phrases.MISSING if figure.is_applicable else "ej aktuellt"
    return number(figure.value)


def span_of(record):
    """The months a programme or an initiative runs: "augusti 2016 – december 2020"."""
    first = f"{phrases.MONTHS[record.starts_on.month - 1]} {record.starts_on.year}"
    if record.ends_on is None:
        return f"från {first}, pågår"
    return f"{first} – {phrases.MONTHS[record.ends_on.month - 1]} {record.ends_on.year}"


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
