"""The groups, publications and milestones, with their links and files."""

from datetime import date

from activities.models import CollaborationGroup, GroupStatus, Link, Milestone, Publication
from programmes.periods import Precision, last_possible_day

from .files import Files


class Around(Files):
    def groups(self):
        self.collaboration, statuses = {}, []
        for row in self.read("around")["groups"]:
            group = CollaborationGroup(
                programme=self.programme,
                name=row["name"],
                kind=row.get("kind", CollaborationGroup.Kind.ASF),
                municipality=self.named_place(row["at"]),
                description=row.get("description", ""),
            )
            self.collaboration[row["name"]] = self.save(group, members=self.named(row["members"]))
            began = self.day(*row["statuses"][0][:2])
            self.link(row, began, group=group)
            self.attach(row, began, group)
            for year, text, status in row["statuses"]:
                day = self.day(year, text)
                if day <= self.today:
                    statuses.append((GroupStatus(group=group, status=status, starts_on=day), day))
        self.save_each(statuses)

    def link(self, row, on, **owner):
        if link := row.get("link"):
            if isinstance(link, str):
                link = {"url": link, "label": "Program och bilder"}
            self.save(Link(programme=self.programme, **link, **owner), on=on)

    def publications(self):
        rows = [
            (self.day(row["year"], row["day"]), row) for row in self.read("around")["publications"]
        ]
        rows = [(day, row) for day, row in rows if day <= self.today]
        publications = [self.publication(day, row) for day, row in rows]
        self.save_each(
            [(record, record.ends_on) for record in publications],
            [{"organisations": self.named(row.get("organisations", ()))} for _day, row in rows],
        )

    def publication(self, day, row):
        counted = "views" in row or "plays" in row
        precision = row.get("precision", Precision.DAY)
        return Publication(
            programme=self.programme,
            kind=row["kind"],
            title=row["title"],
            starts_on=day,
            ends_on=last_possible_day(day, precision),
            precision=precision,
            items=row.get("items", 1),
            plays=row.get("plays"),
            views=row.get("views"),
            counted_on=min(date(day.year, 12, 31), self.today) if counted else None,
            url=row.get("url", ""),
            note=row.get("note", ""),
        )

    def milestones(self):
        rows = [
            (self.day(row["year"], row["day"]), row) for row in self.read("around")["milestones"]
        ]
        rows = [(day, row) for day, row in rows if day <= self.today]
        milestones = [self.milestone(day, row) for day, row in rows]
        self.save_each(
            [(record, record.starts_on) for record in milestones],
            [{"organisations": self.named(row.get("organisations", ()))} for _day, row in rows],
        )
        for milestone, (day, row) in zip(milestones, rows, strict=True):
            self.link(row, day, milestone=milestone)
            self.attach(row, day, milestone)

    def milestone(self, day, row):
        precision = row.get("precision", Precision.DAY)
        return Milestone(
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
