"""The plan, and the events with those who came."""

from datetime import date, time, timedelta

from activities.models import (
    ActionPlan,
    Attendance,
    Draft,
    Event,
    EventSeries,
    PlannedActivity,
    TrainingStep,
)
from programmes.periods import Precision, last_possible_day

from ..loading import paragraphs
from .around import Around
from .base import weekday_of_week, working_day

AUDIENCES = ("officer", "manager", "politician", "enterprise", "other")
# How likely each audience is at a meeting for all, and how many of it are women.
SHARES = {"officer": 50, "manager": 20, "politician": 8, "enterprise": 16, "other": 6}
WOMEN = {"officer": 0.72, "manager": 0.6, "politician": 0.5, "enterprise": 0.55, "other": 0.5}
STEPS = ("Vad är ett socialt företag?", "Våra verktyg", "Möt företagen", "Så gör vi hos oss")
HOURS = {
    "breakfast_meeting": (time(7, 30), time(9, 0)),
    "group_meeting": (time(13, 0), time(15, 0)),
    "conference": (time(9, 0), time(16, 0)),
    "theme_day": (time(9, 0), time(15, 30)),
    "study_visit": (time(13, 0), time(16, 0)),
    "workshop": (time(13, 0), time(16, 30)),
    "seminar": (time(9, 0), time(11, 30)),
    "training": (None, None),
    "other": (time(10, 0), time(14, 0)),
}
USUAL_HOURS = (time(9, 0), time(12, 0))
COFFEE = (time(14, 30), time(15, 15))
A_TUESDAY = date(2024, 1, 2)
COUNTED_AFTER = timedelta(10)  # the lists of the latest meetings still lie on the desk


class Activities(Around):
    def plans(self):
        """One adopted each year, in December before; in the last quarter a draft for the next."""
        rows = self.read("plan")
        self.planned = {}
        for offset, introduction in rows["introductions"].items():
            year = self.today.year + offset
            if offset == 1 and self.today.month < 10:
                continue
            adopted = date(year - 1, 12, 11) if offset < 1 else None
            plan = self.save(
                ActionPlan(
                    programme=self.programme,
                    initiative=self.initiatives["kunskap-och-samverkan"],
                    year=year,
                    introduction=paragraphs(introduction),
                    adopted_on=adopted,
                    reference=f"Styrelsen, § {41 + offset}/{adopted.year}" if adopted else "",
                ),
                on=adopted or self.today - timedelta(2),
            )
            once = [row for row in rows["once"] if row["year"] == offset]
            yearly = [of_year(row, offset) for row in rows["activities"]]
            self.activities(plan, yearly + once)

    def activities(self, plan, rows):
        activities = [
            PlannedActivity(
                plan=plan,
                title=row["title"],
                kind=row["kind"],
                quarter=row.get("quarter"),
                target_attendances=row.get("target"),
                responsible=self.organisations.get(row.get("responsible")),
                cancelled_reason=row.get("reason", ""),
                remark=row.get("remark", ""),
            )
            for row in rows
        ]
        goals = [[self.objectives[number] for number in row.get("objectives", ())] for row in rows]
        written = plan.adopted_on or self.today - timedelta(2)
        self.save_each(
            [(activity, written) for activity in activities],
            [{"objectives": objectives} for objectives in goals],
        )
        for row, activity, objectives in zip(rows, activities, goals, strict=True):
            if "key" in row:
                self.planned[plan.year, row["key"]] = activity, objectives

    # Events

    def events(self):
        texts = self.read("events")
        rows = [self.dated(row, texts["series"]) for row in texts["events"]]
        rows += self.fortnightly(texts["fortnightly"])
        for row in texts["coming"]:
            day = soon(self.today + timedelta(row["days"]))
            rows.append(row | {"from": day, "to": day})
        titles = dict.fromkeys(row["of_series"] for row in rows if "of_series" in row)
        series = {title: self.new(EventSeries, title=title) for title in titles}
        events = [self.event(row, series.get(row.get("of_series"))) for row in rows]
        self.save_each(
            [(event, row["to"]) for event, row in zip(events, rows, strict=True)],
            [self.relations(row, event) for event, row in zip(events, rows, strict=True)],
        )
        held = [pair for pair in zip(events, rows, strict=True) if pair[0].status == "held"]
        chance = self.chance("attendance")
        self.save_each([cell for pair in held for cell in self.attendance(*pair, chance)])
        trainings = [pair for pair in zip(events, rows, strict=True) if pair[1].get("steps")]
        self.save_each([step for pair in trainings for step in self.steps(*pair, chance)])
        for event, row in held:
            self.link(row, event.ends_on, event=event)
            self.attach(row, event.ends_on, event)

    def dated(self, row, series):
        """A row with its first and last day, on days when people are at work."""
        day, precision = self.day(row["year"], row["day"]), row.get("precision")
        if precision:
            return row | {"from": day, "to": last_possible_day(day, precision)}
        if "series" in row:
            of = series[row["series"]]
            day = weekday_of_week(day, of["weekday"])
            row = row | {"of_series": f"{of['title']}, {day.year}"}
        day = working_day(day)
        until = working_day(self.day(row["year"], row["until"])) if "until" in row else day
        return row | {"from": day, "to": max(day, until)}

    def fortnightly(self, text):
        """A meeting every second Tuesday, from some time ago to some time ahead; one was cancelled."""
        first, last = text["turns"]
        # Fortnights are counted from one Tuesday for all time, so that days do not move with today.
        ahead = timedelta(-(self.today - A_TUESDAY).days % 14)
        days = [self.today + ahead + timedelta(14 * turn) for turn in range(first, last + 1)]
        rows = [
            {
                **text["row"],
                "title": f"Nätverksfika: {text['themes'][number % len(text['themes'])]}",
                "of_series": text["title"],
                "from": day,
                "to": day,
                "hours": COFFEE,
                "size": text["sizes"][number % len(text["sizes"])],
                "outcome": text["outcomes"][number % len(text["outcomes"])],
            }
            for number, day in enumerate(day for day in days if not is_quiet(day))
        ]
        past = [row for row in rows if row["to"] < self.today]
        past[-3] |= {"status": "cancelled", "reason": text["cancelled"]}
        return rows

    def event(self, row, series):
        held_or_planned = "held" if row["to"] < self.today else "planned"
        status = row.get("status", held_or_planned)
        if status == "cancelled" and row["from"] > self.today + timedelta(14):
            status = "planned"
        activity, _goals = self.planned.get((row["from"].year, row.get("plan")), (None, ()))
        event = Event(
            programme=self.programme,
            initiative=self.initiatives["kunskap-och-samverkan"],
            kind=row["kind"],
            title=row["title"],
            starts_on=row["from"],
            ends_on=row["to"],
            precision=row.get("precision", Precision.DAY),
            format=row.get("format", Event.Format.ON_SITE),
            status=status,
            cancelled_reason=row.get("reason", "") if status == "cancelled" else "",
            outcome=row.get("outcome", "") if status == "held" else "",
            planned_activity=activity,
            group=self.collaboration.get(row.get("group")),
            series=series,
            **self.where(row),
        )
        if event.precision == Precision.DAY:
            hours = row.get("hours") or HOURS.get(row["kind"], USUAL_HOURS)
            event.starts_at, event.ends_at = hours
        return event

    def relations(self, row, event):
        activity, goals = event.planned_activity, [self.objectives[1]]
        if activity:
            _activity, goals = self.planned[event.starts_on.year, row["plan"]]
        organisers = [activity.responsible] if activity and activity.responsible else []
        here = [self.local(row["at"])] if event.municipality else []
        return {
            "objectives": goals,
            "organisers": organisers,
            "partners": here + self.named(row.get("by", ())),
            "municipalities": [self.named_place(name) for name in row.get("concerns", ())],
        }

    def attendance(self, event, row, chance):
        """Cells that sum to the row's size; a total only, or nothing, where the row says so."""
        if row.get("counts") == "none" or self.today - event.ends_on < COUNTED_AFTER:
            return
        if row.get("counts") == "total":
            yield Attendance(event=event, audience="", unspecified=row["size"]), event.ends_on
            return
        asked = row.get("for", AUDIENCES)
        split = [None, None, *self.named(row.get("by", ()))]
        cells = {}
        for audience in chance.choices(asked, [SHARES[name] for name in asked], k=row["size"]):
            from_body = audience in ("officer", "manager") and len(split) > 2
            key = audience, chance.choice(split) if from_body else None
            sex = "women" if chance.random() < WOMEN[audience] else "men"
            if chance.random() < 0.02:
                sex = "unspecified"
            cell = cells.setdefault(key, {"women": 0, "men": 0, "unspecified": 0})
            cell[sex] += 1
        for (audience, organisation), numbers in cells.items():
            cell = Attendance(event=event, audience=audience, organisation=organisation, **numbers)
            yield cell, event.ends_on

    def steps(self, event, row, chance):
        for number, title in enumerate(STEPS):
            days = (event.ends_on - event.starts_on) * number / (len(STEPS) - 1)
            held = working_day(event.starts_on + days)
            step = TrainingStep(event=event, position=number + 1, title=title, held_on=held)
            if held < self.today:
                step.participants = row["size"] - chance.randrange(4)
            yield step, held

    def drafts(self):
        """Events somebody began to write and did not save."""
        for row in self.read("events")["drafts"]:
            typed = {name: [text] for name, text in row.items()}
            self.new(Draft, title=row["title"], typed=typed, written_by=self.by)


def of_year(row, offset):
    """What is planned every year, with the target and the remark of this one."""
    target = row["target"][offset + 2] if "target" in row else None
    return row | {"target": target, "remark": row.get("remarks", {}).get(offset, "")}


def soon(day):
    """That day, or the next one on which people come to meetings."""
    while is_quiet(day):
        day += timedelta(7)
    return working_day(day)


def is_quiet(day):
    """July, and the days around Christmas."""
    return day.month == 7 or (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 6)
