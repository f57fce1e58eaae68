"""The exercise programme: invented, the same for the same day, with something of everything in it.

What is told in words stands in `ovning.yaml`; the numbers are drawn here. It covers this year and
the two before; the first of them is closed.
"""

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from activities.models import (
    ActionPlan,
    Attendance,
    CollaborationGroup,
    Event,
    GroupStatus,
    Link,
    Milestone,
    PlannedActivity,
    Publication,
    TrainingStep,
)
from enterprises.models import Census, CensusReturn, Contact, Enterprise, EnterpriseStatus, Industry
from placements.models import CODE_LETTERS, Grant, Outcome, Participant, Placement
from programmes.models import (
    ClosedYear,
    Completeness,
    Initiative,
    InitiativeYear,
    Judgement,
    Objective,
    Programme,
    Staffing,
)
from programmes.periods import Period, Precision, add_months, last_possible_day
from reports.figures import View, figures
from reports.models import PublishedFigure

from .loading import Loader, paragraphs, read, unwrapped

SLUG = "ovning"
SEED = 8101
AUDIENCES = ("officer", "manager", "politician", "enterprise", "other")
# How likely each audience is at a meeting for all, and how many of it are women.
SHARES = {"officer": 50, "manager": 20, "politician": 8, "enterprise": 16, "other": 6}
WOMEN = {"officer": 0.72, "manager": 0.6, "politician": 0.5, "enterprise": 0.55, "other": 0.5}
STEPS = ("Vad är ett socialt företag?", "Våra verktyg", "Möt företagen", "Så gör vi hos oss")
MONTHS = 6
CORRECTED = "En deltagare kom med när en lista rättades efter beslutet."


def load(today, by=None):
    """Save the exercise programme for the year of `today` and the two before; return it."""
    return _Practice(today, by).everything()


class _Practice(Loader):
    def __init__(self, today, by):
        super().__init__(by)
        self.today = today
        self.random = random.Random(SEED)  # noqa: S311  the same numbers each time
        self.rows = read(SLUG)
        self.years = range(today.year - 2, today.year + 1)

    def everything(self):
        first = date(self.years[0], 1, 1)
        texts = unwrapped(self.rows["programme"])
        self.programme = self.save(Programme(**texts, starts_on=first, is_practice=True))
        places = read("asf-gavleborg/places")
        self.places(places["subregions"], places["municipalities"], self.rows["organisations"])
        self.aims(first)
        self.staffing(first)
        self.groups()
        self.plans()
        for row in self.rows["events"]:
            self.event(row, self.day(row), self.until(row))
        for row in self.rows["coming"]:
            day = self.today + timedelta(row["days"])
            self.event(row, day, day)
        self.publications()
        self.milestones()
        self.register(first)
        self.censuses()
        self.grants()
        self.judgements()
        self.completeness()
        self.published()
        self.close(self.years[0])
        return self.programme

    def save(self, record, on=None, **related):
        """As ever; the history says that it was written the day after `on`, in working hours."""
        if on:
            written = datetime.combine(on + timedelta(1), time(9, 30))
            record._history_date = min(timezone.make_aware(written), timezone.now())
        return super().save(record, **related)

    def day(self, row):
        month, day = map(int, row["day"].split("-"))
        return date(self.today.year + row["year"], month, day)

    def until(self, row):
        return self.day(row | {"day": row.get("until", row["day"])})

    # The programme and what it stands on

    def aims(self, first):
        self.initiatives = {
            row["slug"]: self.new(Initiative, starts_on=first, **row)
            for row in self.rows["initiatives"]
        }
        for year in self.years:
            for slug, persons, budget in (
                ("kunskap-och-samverkan", 450, 900_000),
                ("handledda-platser", 15, 620_000),
            ):
                past = year < self.today.year
                self.save(
                    InitiativeYear(
                        initiative=self.initiatives[slug],
                        year=year,
                        budgeted_participants=persons,
                        budget=budget,
                        outturn=budget - self.random.randrange(5, 90) * 1000 if past else None,
                    )
                )
        self.objectives = {
            row["position"]: self.new(Objective, **row) for row in self.rows["objectives"]
        }

    def staffing(self, first):
        raised = date(first.year, 9, 1)
        self.new(Staffing, starts_on=first, ends_on=raised - timedelta(1), percent=80)
        self.new(Staffing, starts_on=raised, percent=100, note="Tjänsten utökad")

    def groups(self):
        self.collaboration = {}
        for row in self.rows["groups"]:
            group = CollaborationGroup(
                programme=self.programme,
                name=row["name"],
                kind=row.get("kind", CollaborationGroup.Kind.ASF),
                municipality=self.municipalities[row["municipality"]],
            )
            self.collaboration[row["name"]] = self.save(group, members=self.named(row["members"]))
            for year, text, status in row["statuses"]:
                day = self.day({"year": year, "day": text})
                if day <= self.today:
                    self.save(GroupStatus(group=group, status=status, starts_on=day), on=day)

    # The plan and what was done

    def plans(self):
        self.planned = {}
        for year in self.years:
            adopted = date(year - 1, 12, 11)
            plan = self.save(
                ActionPlan(
                    programme=self.programme,
                    initiative=self.initiatives["kunskap-och-samverkan"],
                    year=year,
                    introduction=paragraphs(self.rows["plan"]["introduction"]),
                    adopted_on=adopted,
                    reference=f"Styrelsen, § {41 + year - self.years[0]}/{adopted.year}",
                ),
                on=adopted,
            )
            rows = list(self.rows["plan"]["activities"])
            if year == self.today.year:
                rows += [self.rows["plan"]["cancelled"], self.rows["plan"]["overdue"]]
            for row in rows:
                self.planned[year, row.get("key")] = self.planned_activity(plan, row, adopted)

    def planned_activity(self, plan, row, adopted):
        activity = PlannedActivity(
            plan=plan,
            title=row["title"],
            kind=row["kind"],
            quarter=row["quarter"],
            target_attendances=row.get("target"),
            responsible=self.organisations.get(row.get("responsible")),
            cancelled_reason=row.get("reason", ""),
        )
        goals = [self.objectives[number] for number in row.get("objectives", ())]
        return self.save(activity, on=adopted, objectives=goals)

    def event(self, row, day, until):
        activity = self.planned.get((day.year, row["plan"])) if "plan" in row else None
        status = row.get("status", Event.Status.HELD if until < self.today else "planned")
        event = Event(
            programme=self.programme,
            initiative=self.initiatives["kunskap-och-samverkan"],
            kind=row["kind"],
            title=row["title"],
            starts_on=day,
            ends_on=until,
            format=row.get("format", Event.Format.ON_SITE),
            status=status,
            cancelled_reason=row.get("reason", ""),
            outcome=row.get("outcome", "") if status == Event.Status.HELD else "",
            planned_activity=activity,
            group=self.collaboration.get(row.get("group")),
            **self.where(row),
        )
        event.starts_at, event.ends_at = HOURS.get(row["kind"], HOURS["other"])
        organisers = [activity.responsible] if activity and activity.responsible else []
        goals = activity.objectives.all() if activity else [self.objectives[1]]
        here = self.organisations.get(self.local.get(row.get("municipality")))
        self.save(
            event,
            on=until,
            objectives=goals,
            organisers=organisers,
            partners=[here] if here else [],
        )
        if status == Event.Status.HELD:
            self.attendance(event, row)
        if row.get("steps"):
            self.steps(event, row)
        if row["kind"] == "conference" and status == Event.Status.HELD:
            url = f"https://example.se/konferens-{day.year}"
            self.new(Link, event=event, url=url, label="Program och bilder")

    @property
    def local(self):
        """The municipality's own organisation, by its code."""
        return {
            row["municipality"]: row["slug"]
            for row in self.rows["organisations"]
            if row["kind"] == "member_party" and "municipality" in row
        }

    def attendance(self, event, row):
        """Cells that sum to about the row's size; a total only, or nothing, where the row says so."""
        counts = row.get("counts")
        if counts == "none":
            return
        size = row["size"]
        if counts == "total":
            self.save(Attendance(event=event, audience="", unspecified=size), on=event.ends_on)
            return
        drawn = self.random.choices(
            row.get("audiences", AUDIENCES),
            [SHARES[name] for name in row.get("audiences", AUDIENCES)],
            k=size,
        )
        for audience in AUDIENCES:
            number = drawn.count(audience)
            if number and row.get("organisations") and audience == "officer":
                service = number // 3
                self.cell(event, audience, service, self.organisations["arbetsformedlingen"])
                self.cell(event, audience, number - service)
            elif number:
                self.cell(event, audience, number)

    def cell(self, event, audience, number, organisation=None):
        women = sum(self.random.random() < WOMEN[audience] for _person in range(number))
        unspecified = 1 if number > 12 else 0
        men = max(number - women - unspecified, 0)
        cell = Attendance(
            event=event,
            audience=audience,
            organisation=organisation,
            women=women,
            men=men,
            unspecified=number - women - men,
        )
        self.save(cell, on=event.ends_on)

    def steps(self, event, row):
        for number, title in enumerate(STEPS):
            held = event.starts_on + (event.ends_on - event.starts_on) * number / 3
            participants = row["size"] - self.random.randrange(4) if held < self.today else None
            self.save(
                TrainingStep(
                    event=event,
                    position=number + 1,
                    title=title,
                    held_on=held,
                    participants=participants,
                ),
                on=held,
            )

    def publications(self):
        for row in self.rows["publications"]:
            day = self.day(row)
            if day > self.today:
                continue
            counted = "views" in row or "plays" in row
            publication = Publication(
                programme=self.programme,
                kind=row["kind"],
                title=row["title"],
                starts_on=day,
                ends_on=day,
                items=row.get("items", 1),
                plays=row.get("plays"),
                views=row.get("views"),
                counted_on=min(date(day.year, 12, 31), self.today) if counted else None,
                url=row.get("url", ""),
            )
            self.save(publication, on=day, organisations=self.named(row.get("organisations", ())))

    def milestones(self):
        for row in self.rows["milestones"]:
            day, precision = self.day(row), row.get("precision", Precision.DAY)
            if day > self.today:
                continue
            milestone = Milestone(
                programme=self.programme,
                kind=row["kind"],
                title=row["title"],
                text=row.get("text", ""),
                starts_on=day,
                ends_on=last_possible_day(day, precision),
                precision=precision,
                objective=self.objectives.get(row.get("objective")),
                evidence=row.get("evidence", ""),
                **self.where(row),
            )
            self.save(milestone, on=day, organisations=self.named(row["organisations"]))

    # Enterprises

    def register(self, first):
        industries = {name: self.new(Industry, name=name) for name in self.rows["industries"]}
        self.enterprises = {}
        for number, row in enumerate(self.rows["enterprises"], 1):
            opened = date(self.today.year - 1, 2, 1) if row.get("opens") else None
            enterprise = Enterprise(
                programme=self.programme,
                name=row["name"],
                legal_form=row["form"],
                municipality=self.municipalities[row["municipality"]],
                organisation=self.organisations.get(row.get("organisation")),
                integrates="yes",
                participates="yes",
                reinvests="yes" if row["form"] != "limited" else "unknown",
                independent="yes",
                offers_work_training=True,
                offers_work_trial=self.random.random() < 0.6,
                offers_rehabilitation=self.random.random() < 0.4,
                offers_employment=self.random.random() < 0.7,
            )
            self.save(enterprise, on=opened or first, industries=[industries[row["industry"]]])
            self.enterprises[row["name"]] = enterprise
            self.statuses(enterprise, row, opened)
            contact = {"name": "Verksamhetsansvarig", "email": f"foretag{number}@example.se"}
            self.save(Contact(enterprise=enterprise, **contact))

    def statuses(self, enterprise, row, opened):
        """Most began long ago, in a year that is all one knows."""
        began = date(self.years[0] - self.random.randrange(2, 15), 1, 1)
        self.save(
            EnterpriseStatus(
                enterprise=enterprise,
                status=EnterpriseStatus.Status.ACTIVE,
                starts_on=opened or began,
                precision=Precision.DAY if opened else Precision.YEAR,
            )
        )
        closed = date(self.today.year - 1, 12, 31)
        if row.get("closes"):
            self.save(
                EnterpriseStatus(
                    enterprise=enterprise,
                    status=EnterpriseStatus.Status.CLOSED,
                    starts_on=closed,
                    source="Företagets eget besked",
                )
            )

    def censuses(self):
        """Nearly all answer; this year's census is going on."""
        rows = {row["name"]: row for row in self.rows["enterprises"]}
        answers = {name: [*row["employed"], *row["placed"]] for name, row in rows.items()}
        for year in self.years:
            going_on = year == self.today.year
            reference = date(year, 10, 31)
            if going_on and self.today < reference:
                reference = self.today.replace(day=1)
            census = self.new(
                Census,
                year=year,
                reference_date=reference,
                closed_on=None if going_on else date(year, 12, 15),
            )
            asked = Enterprise.objects.filter(programme=self.programme).active_on(reference)
            for enterprise in asked.order_by("pk"):
                row = rows[enterprise.name]
                answers[enterprise.name] = [
                    max(number + self.random.choice((-1, 0, 0, 1)), 0)
                    for number in answers[enterprise.name]
                ]
                self.census_return(census, enterprise, row, answers[enterprise.name])

    def census_return(self, census, enterprise, row, answer):
        """The enterprise's answer of that year, with the jump or the silence its row tells of."""
        offset = census.year - self.today.year
        jump = row.get("jumps", {}).get(offset, {})
        answer[0] += jump.get("women", 0)
        answer[1] += jump.get("men", 0)
        state = row.get("states", {}).get(offset, CensusReturn.State.CONFIRMED)
        names = ("employed_women", "employed_men", *CensusReturn.PLACED)
        answered = state != CensusReturn.State.NOT_ANSWERED
        self.save(
            CensusReturn(
                census=census,
                enterprise=enterprise,
                state=state,
                change_reason=jump.get("reason", ""),
                **(dict(zip(names, answer, strict=True)) if answered else {}),
            ),
            on=census.reference_date + timedelta(self.random.randrange(3, 25)),
        )

    # Grants and placements

    def grants(self):
        stays = []
        for number, row in enumerate(self.rows["grants"]):
            year = self.today.year + row["year"]
            decided = date(year - 1, 12, 11)
            grant = self.save(
                Grant(
                    programme=self.programme,
                    initiative=self.initiatives["handledda-platser"],
                    year=year,
                    municipality=self.municipalities[row["municipality"]],
                    organisation=self.organisations[self.local[row["municipality"]]],
                    places=row["places"],
                    months=MONTHS,
                    amount=row["places"] * 42_000,
                    target_group=row["target_group"],
                    decided_on=decided,
                    reference=f"Styrelsen, § {47 + number}/{decided.year}",
                ),
                on=decided,
            )
            enterprise = self.enterprises[row["enterprise"]]
            for place, (sex, result) in enumerate(row["results"]):
                earlier = stays[row["extends"]] if "extends" in row else None
                day = self.start(year, place, len(row["results"]), earlier)
                stays.append(self.placement(grant, enterprise, day, sex, result, earlier))

    def start(self, year, place, places, earlier):
        """Spread over the first half of the year; this year over the part that has been."""
        first = date(year, 1, 1)
        if earlier:
            return max(earlier.ends_on + timedelta(1), first)
        last = date(year, 6, 20) if year < self.today.year else self.today
        return first + (last - first) * (place + 1) / (places + 1)

    def placement(self, grant, enterprise, day, sex, result, earlier):
        ends_on = add_months(day, MONTHS) - timedelta(1)
        if grant.year == self.today.year and ends_on >= self.today:
            ends_on = None
        participant = (
            earlier.participant if earlier else self.new(Participant, code=self.code(), sex=sex)
        )
        placement = self.save(
            Placement(
                grant=grant,
                participant=participant,
                enterprise=enterprise,
                referrer=self.random.choices(Placement.Referrer.values, [3, 6, 1])[0],
                starts_on=day,
                ends_on=ends_on,
                extent=self.random.choice((50, 75, 100)),
                extension_of=earlier,
            ),
            on=day,
        )
        if result and ends_on:
            known = min(ends_on, self.today)
            self.save(Outcome(placement=placement, result=result, known_on=known), on=known)
        later = add_months(ends_on, 6) if ends_on else self.today
        if result == Outcome.Result.SUBSIDISED_WORK and later < self.today:
            followed = Outcome(
                placement=placement,
                result=Outcome.Result.WORK,
                known_on=later,
                follow_up=Outcome.FollowUp.SIX_MONTHS,
            )
            self.save(followed, on=later)
        return placement

    def code(self):
        signs = "".join(self.random.choice(CODE_LETTERS) for _sign in range(8))
        return f"{signs[:4]}-{signs[4:]}"

    # What is judged, known and printed

    def judgements(self):
        for row in self.rows["judgements"]:
            year = self.today.year + row["year"]
            judged_on = date(year + 1, 2, 4)
            judgement = Judgement(
                objective=self.objectives[row["objective"]],
                first_year=year,
                last_year=year,
                value=row["value"],
                reason=row["reason"],
                evidence=row["evidence"],
                judged_by="Processledaren",
                judged_on=min(judged_on, self.today),
            )
            self.save(judgement, on=min(judged_on, self.today))

    def completeness(self):
        for year in self.years[:2]:
            for area in Completeness.Area.values:
                partial = (year, area) == (self.years[0], Completeness.Area.PUBLICATIONS)
                self.new(
                    Completeness,
                    year=year,
                    area=area,
                    level="partial" if partial else "complete",
                    note="Inläggen i sociala medier räknades inte det året." if partial else "",
                )

    def published(self):
        """What the year reports printed: it agrees, is put right later, or differs without a word."""
        first, second = self.years[:2]
        known = figures(self.programme, Period(first, second), View.FULL, today=self.today)
        rows = (
            ("reach.attendances", first, 0, "Hur många vi nådde", CORRECTED),
            ("employees", first, 0, "Höstens inventering", ""),
            ("reach.attendances", second, 14, "Hur många vi nådde", ""),
            ("enterprises.count", second, 0, "Höstens inventering", ""),
        )
        for indicator, year, more, place, explanation in rows:
            self.new(
                PublishedFigure,
                indicator=indicator,
                first_year=year,
                last_year=year,
                value=known.get(indicator, year).value + more,
                source=f"Årsrapport {year}",
                place=place,
                explanation=explanation,
            )

    def close(self, year):
        """The board adopted the first year's report; one number was put right afterwards."""
        adopted = timezone.make_aware(datetime(year + 1, 3, 12, 15, 0))
        self.new(
            ClosedYear,
            year=year,
            closed_at=adopted,
            closed_by=self.by,
            reference=f"Styrelsen, § 9/{adopted.year}",
        )
        visits = self.programme.events.filter(year=year, kind=Event.Kind.STUDY_VISIT)
        cell = Attendance.objects.filter(event__in=visits).earliest("pk")
        cell.women += 1
        cell._change_reason = "Deltagarlistan hade en rad till på baksidan."
        self.save(cell, on=date(year + 1, 4, 8))


HOURS = {
    "breakfast_meeting": (time(7, 30), time(9, 0)),
    "group_meeting": (time(13, 0), time(15, 0)),
    "conference": (time(9, 0), time(16, 0)),
    "training": (None, None),
    "other": (time(9, 0), time(12, 0)),
}
