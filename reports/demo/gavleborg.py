"""The programme of 2016–2020 in Gävleborg, from the data files in `asf-gavleborg/`.

The files say in our own words what the association's final report says, and where in it; nothing
is added that the report does not state. What it does not know (a day, a sex, a role) stays unknown.
"""

from datetime import date

from activities.models import (
    Attendance,
    CollaborationGroup,
    Event,
    GroupStatus,
    Milestone,
    Publication,
)
from placements.models import Grant, Outcome, Participant, Placement
from programmes import dates
from programmes.models import (
    Completeness,
    Initiative,
    Judgement,
    Objective,
    Programme,
)
from programmes.periods import Precision
from reports.models import PublishedFigure

from .loading import Loader, paragraphs, read, unwrapped

SLUG = "asf-gavleborg"
YEARS = range(2016, 2021)
REPORT = "slutrapporten"


def load(by=None):
    """Save the whole programme, as changes made `by` a user, and return it."""
    return _Load(by).everything()


class _Load(Loader):
    def everything(self):
        self.texts = read(f"{SLUG}/programme")
        self.programme = self.save(Programme(**unwrapped(self.texts["programme"])))
        self.places(**read(f"{SLUG}/places"))
        self.aims()
        activities = read(f"{SLUG}/activities")
        self.groups(activities["groups"])
        for row in activities["events"]:
            self.event(row)
        for row in activities["publications"]:
            self.publication(row)
        for row in activities["milestones"]:
            self.milestone(row)
        self.placements(read(f"{SLUG}/placements")["grants"])
        self.completeness(read(f"{SLUG}/completeness"))
        self.published(read(f"{SLUG}/published"))
        return self.programme

    # The programme and what it stands on

    def aims(self):
        rows = self.texts
        self.initiatives = {
            row["slug"]: self.new(Initiative, **unwrapped(row)) for row in rows["initiatives"]
        }
        self.objectives = {
            row["position"]: self.new(Objective, **row) for row in rows["objectives"]
        }
        for row in rows["judgements"]:
            row["objective"] = self.objectives[row["objective"]]
            judged = {"first_year": YEARS[0], "last_year": YEARS[-1]}
            self.save(Judgement(judged_by=rows["judged_by"], **judged, **unwrapped(row)))

    # What was done

    def groups(self, rows):
        for row in rows:
            group = self.save(
                CollaborationGroup(
                    programme=self.programme,
                    name=row["name"],
                    municipality=self.municipalities[row["municipality"]],
                ),
                members=self.named(row["members"]),
            )
            for year, status in ((2017, GroupStatus.Status.ACTIVE), (2019, row["in_2019"])):
                self.save(
                    GroupStatus(
                        group=group,
                        status=status,
                        starts_on=date(year, 1, 1),
                        precision=Precision.YEAR,
                        source=f"{REPORT.capitalize()}, Milstolpar {year}",
                    )
                )

    def event(self, row):
        event = self.save(
            Event(
                programme=self.programme,
                initiative=self.initiatives[row["initiative"]],
                kind=row["kind"],
                title=row["title"],
                outcome=_sourced(row["outcome"], row),
                **_when(row),
                **self.where(row),
            ),
            objectives=[self.objectives[number] for number in row["objectives"]],
            organisers=self.named(row["organisers"]),
            partners=self.named(row.get("partners", ())),
        )
        if "attendance" in row:
            self.save(Attendance(event=event, audience="", unspecified=row["attendance"]))

    def publication(self, row):
        self.save(
            Publication(
                programme=self.programme,
                kind=row["kind"],
                title=row["title"],
                items=row.get("items", 1),
                note=_sourced(row["note"], row),
                **_when(row),
            ),
            organisations=self.named(row["organisations"]),
        )

    def milestone(self, row):
        self.save(
            Milestone(
                programme=self.programme,
                kind=row["kind"],
                title=row["title"],
                text=paragraphs(row["text"]),
                objective=self.objectives.get(row.get("objective")),
                evidence=f"{REPORT.capitalize()}, {row['place_in_source']}.",
                **_when(row),
                **self.where(row),
            ),
            organisations=self.named(row.get("organisations", ())),
        )

    # Grants and placements

    def placements(self, rows):
        latest = {}
        for row in rows:
            grant = self.new(
                Grant,
                initiative=self.initiatives["individinriktad"],
                year=row["year"],
                municipality=self.municipalities[row["municipality"]],
                organisation=self.organisations[row["organisation"]],
                places=row["places"],
                months=6,
            )
            for stay in row.get("placements", ()):
                code = stay["participant"]
                latest[code] = self.placement(grant, stay, latest.get(code))

    def placement(self, grant, stay, earlier):
        participant = (
            earlier.participant
            if earlier
            else self.new(Participant, code=stay["participant"], sex=stay["sex"])
        )
        first = {"starts_on": date(grant.year, 1, 1), "precision": Precision.YEAR}
        placement = self.save(
            Placement(
                grant=grant,
                participant=participant,
                extension_of=earlier if stay.get("extends") else None,
                **first,
            )
        )
        if "result" in stay:
            self.save(
                Outcome(
                    placement=placement,
                    result=stay["result"],
                    known_on=first["starts_on"],
                    precision=Precision.YEAR,
                )
            )
        return placement

    # What is known, and what is printed

    def completeness(self, areas):
        for area, row in areas.items():
            notes = row["notes"]
            for year in YEARS:
                self.new(
                    Completeness,
                    year=year,
                    area=area,
                    level=row.get("levels", {}).get(year, row["level"]),
                    note=paragraphs(notes.get(year, notes.get("all", ""))),
                )

    def published(self, rows):
        for row in rows["figures"]:
            row = unwrapped(row)
            years = row.pop("by_year", None)
            if years is None:
                span = {"first_year": YEARS[0], "last_year": YEARS[-1]}
                self.new(PublishedFigure, source=rows["source"], **span, **row)
                continue
            for year, value in years.items():
                place = row["place"] if row["place"] == "Bakgrund" else f"{row['place']} {year}"
                printed = row | {"place": place, "value": value}
                span = {"first_year": year, "last_year": year}
                self.new(PublishedFigure, source=rows["source"], **span, **printed)


def _sourced(text, row):
    return f"{paragraphs(text)}\n\nKälla: {REPORT}, {row['place_in_source']}."


def _when(row):
    """The first and the last possible day of what the source says."""
    rough = dates.parse(row["when"], date(YEARS[-1], 12, 31))
    return {"starts_on": rough.first, "ends_on": rough.last, "precision": rough.precision}
