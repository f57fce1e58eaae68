"""Grants, the placements under them, and what came of those, at the end and later."""

from datetime import date, timedelta

from placements.models import (
    CODE_LETTERS,
    Grant,
    Instalment,
    Outcome,
    Participant,
    Placement,
)
from programmes.periods import add_months

from .base import Practice, working_day

MONTHS = 6
A_PLACE = 42_000  # kronor
DUE = ((2, 27), (8, 31))  # month and day on which each part of the amount is due
REPORT = (2, 15)
SEXES = {"k": "women", "m": "men", "x": "unspecified"}
FOLLOW_UPS = (0, 3, 6, 12)
REFERRERS = {"employment_service": 3, "municipality": 6, "other": 1}


class Placements(Practice):
    def grants(self):
        texts = self.read("placements")
        self.chances = self.chance("placements")
        self.stays = {}
        for number, row in enumerate(texts["grants"]):
            grant = self.grant(number, row)
            self.instalments(grant, row)
            self.placements(grant, row, texts["results"])

    def grant(self, number, row):
        year = self.today.year + row["year"]
        decided, report = date(year - 1, 12, 11), date(year + 1, *REPORT)
        is_in = report <= self.today and not row.get("unreported")
        return self.save(
            Grant(
                programme=self.programme,
                initiative=self.initiatives["handledda-platser"],
                year=year,
                municipality=self.named_place(row["at"]),
                organisation=self.local(row["at"]),
                places=row["places"],
                months=MONTHS,
                amount=row["places"] * A_PLACE,
                target_group=row["target_group"],
                decided_on=decided,
                reference=f"Styrelsen, § {47 + number}/{decided.year}",
                conditions=row.get("conditions", ""),
                report_due_on=report,
                reported_on=report - timedelta(4 + number % 5) if is_in else None,
                retain_until=Grant.usual_retention(self.programme, year),
            ),
            on=decided,
        )

    def instalments(self, grant, row):
        """The parts of the amount, each paid a few days before it is due."""
        parts = [
            Instalment(
                grant=grant, amount=grant.amount * percent // 100, due_on=date(grant.year, *due)
            )
            for percent, due in zip(row.get("parts", (50, 50)), DUE, strict=True)
        ]
        self.save_each([(part, grant.decided_on) for part in parts])
        for number, part in enumerate(parts, 1):
            paid = working_day(part.due_on - timedelta(6))
            if paid <= self.today and number not in row.get("unpaid", ()):
                part.paid_on = paid
                self.save(part, on=paid)

    def placements(self, grant, row, words):
        """A row's stays are written "k arbete - arbete": sex, then results at the follow-ups."""
        stays, earlier = [], []
        for place, text in enumerate(row["stays"]):
            name, _colon, told = text.rpartition(": ")
            sex, *results = told.split()
            extended = self.stays.get(name) if sex == "+" else None
            first = self.start(grant, place, len(row["stays"]), extended)
            placement = Placement(
                grant=grant,
                participant=extended.participant if extended else self.participant(SEXES[sex]),
                enterprise=self.enterprises[row["in"][place % len(row["in"])]],
                referrer=self.chances.choices([*REFERRERS], [*REFERRERS.values()])[0],
                starts_on=first,
                ends_on=self.end(grant, first, results),
                extent=self.chances.choice((50, 75, 100)),
                extension_of=extended,
            )
            stays.append((placement, [words.get(word) for word in results]))
            earlier.append(name)
        new = [stay.participant for stay, _results in stays if stay.participant.pk is None]
        self.save_all(new)
        self.save_each([(stay, stay.starts_on) for stay, _results in stays])
        self.stays |= {name: stay for name, (stay, _r) in zip(earlier, stays, strict=True) if name}
        self.save_each([pair for stay, results in stays for pair in self.outcomes(stay, results)])

    def participant(self, sex):
        signs = "".join(self.chances.choice(CODE_LETTERS) for _sign in range(8))
        code = f"{signs[:4]}-{signs[4:]}"
        return Participant(programme=self.programme, code=code, sex=sex)

    def start(self, grant, place, places, extended):
        """Spread over the first half of the year; this year over the part that has been, until October."""
        first = date(grant.year, 1, 1)
        if extended:
            return max(extended.ends_on + timedelta(1), first)
        month = 10 if grant.year == self.today.year else 6
        last = min(date(grant.year, month, 20), self.today)
        return first + (last - first) * (place + 1) / (places + 1)

    def end(self, grant, first, results):
        """Its last day, after its months; none for one that still goes on. Some ended early."""
        ends_on = add_months(first, MONTHS)
        if results[:1] == ["återgång"] and self.chances.random() < 0.3:
            ends_on -= timedelta(45)
        return ends_on if ends_on < self.today else None

    def outcomes(self, stay, results):
        """Those of the follow-ups whose day has come."""
        if stay.ends_on is None:
            return
        for months, result in zip(FOLLOW_UPS, results, strict=False):
            known_on = add_months(stay.ends_on, months)
            if result and known_on <= self.today:
                outcome = Outcome(
                    placement=stay, result=result, known_on=known_on, follow_up=months
                )
                yield outcome, known_on
