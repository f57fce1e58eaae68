"""The enterprises, what became of them, and what they answered each autumn."""

from datetime import date, timedelta

from enterprises.models import Census, CensusReturn, Contact, Enterprise, EnterpriseStatus, Industry
from programmes.periods import Precision

from .asking import Asking, state_of

State = CensusReturn.State
NUMBERS = ("employed_women", "employed_men", *CensusReturn.PLACED)


class Register(Asking):
    def register(self):
        self.companies = self.read("register")
        chance = self.chance("enterprises")
        industries = {name: self.new(Industry, name=name) for name in self.companies["industries"]}
        rows = self.companies["enterprises"]
        enterprises = [self.enterprise(row, chance) for row in rows]
        self.save_each(
            [
                (enterprise, self.opened(row) or date(self.years[0], 1, 1))
                for enterprise, row in zip(enterprises, rows, strict=True)
            ],
            [{"industries": [industries[row["industry"]]]} for row in rows],
        )
        self.enterprises = {enterprise.name: enterprise for enterprise in enterprises}
        self.save_each([pair for row in rows for pair in self.statuses(row, chance)])
        self.save_all(
            Contact(
                enterprise=enterprise,
                name="Verksamhetsansvarig",
                email=f"foretag{number}@example.se",
            )
            for number, (enterprise, row) in enumerate(zip(enterprises, rows, strict=True), 1)
            if row.get("contact", True)
        )

    def opened(self, row):
        return self.day(*row["opens"]) if "opens" in row else None

    def enterprise(self, row, chance):
        return Enterprise(
            programme=self.programme,
            name=row["name"],
            legal_form=row["form"],
            municipality=self.named_place(row["at"]),
            organisation=self.organisations.get(row.get("organisation")),
            integrates="yes",
            participates=row.get("participates", "yes"),
            reinvests="yes" if row["form"] != "limited" else "unknown",
            independent=row.get("independent", "yes"),
            basis=row.get("basis", Enterprise.Basis.OWN),
            offers_work_training=True,
            offers_work_trial=chance.random() < 0.6,
            offers_rehabilitation=chance.random() < 0.4,
            offers_employment=chance.random() < 0.7,
            note=row.get("note", ""),
        )

    def statuses(self, row, chance):
        """Most began long ago, in a year that is all one knows; what has come since is dated."""
        enterprise = self.enterprises[row["name"]]
        opened = self.opened(row)
        began = date(self.years[0] - chance.randrange(2, 15), 1, 1)
        active = EnterpriseStatus(
            enterprise=enterprise,
            status=EnterpriseStatus.Status.ACTIVE,
            starts_on=opened or began,
            precision=Precision.DAY if opened else Precision.YEAR,
        )
        yield active, opened or date(self.years[0], 1, 1)
        for year, text, status, *more in row.get("later", ()):
            day = self.day(year, text)
            if day > self.today:
                continue
            more = more[0] if more else {}
            later = EnterpriseStatus(
                enterprise=enterprise,
                status=status,
                starts_on=day,
                source=more.get("source", ""),
                merged_into=self.enterprises.get(more.get("into")),
            )
            yield later, day

    # The census

    def censuses(self):
        """Nearly all answer; this year's census is going on."""
        chance = self.chance("census")
        rows = {row["name"]: row for row in self.companies["enterprises"]}
        answers = {name: [*row["employed"], *row["placed"]] for name, row in rows.items()}
        confirmed = {}
        for year in self.years:
            going_on = year == self.today.year
            reference = date(year, 10, 31)
            if going_on and self.today < reference:
                reference = self.today.replace(day=1)
            census = self.new(
                Census,
                year=year,
                reference_date=reference,
                answer_by=self.answer_by(reference) if going_on else date(year, 12, 1),
                closed_on=None if going_on else date(year, 12, 15),
            )
            asked = Enterprise.objects.filter(programme=self.programme).active_on(reference)
            returns = []
            for enterprise in asked.order_by("pk"):
                answer = answers[enterprise.name]
                answer[:] = [max(number + chance.choice((-1, 0, 0, 1)), 0) for number in answer]
                written = reference + timedelta(chance.randrange(3, 25))
                jump = rows[enterprise.name].get("jumps", {}).get(year - self.today.year, {})
                answer[0] += jump.get("women", 0)
                answer[1] += jump.get("men", 0)
                row = rows[enterprise.name]
                returns.append((self.census_return(census, enterprise, row, answer), written))
            self.save_each(returns)
            if going_on:
                numbers = {
                    name: dict(zip(NUMBERS, row, strict=True)) for name, row in answers.items()
                }
                self.ask(census, [answer for answer, _on in returns], numbers, confirmed)
            confirmed = {
                answer.enterprise.name: answer
                for answer, _on in returns
                if answer.state == State.CONFIRMED
            }

    def census_return(self, census, enterprise, row, answer):
        """The enterprise's answer of that year, with the jump or the silence its row tells of."""
        offset = census.year - self.today.year
        state = row.get("states", {}).get(offset, State.CONFIRMED)
        if offset == 0:
            state = state_of(self.has_come(row))
        answered = state in (State.CONFIRMED, State.DRAFT)
        jump = row.get("jumps", {}).get(offset, {}) if answered else {}
        return CensusReturn(
            census=census,
            enterprise=enterprise,
            state=state,
            change_reason=jump.get("reason", ""),
            comment=row.get("comments", {}).get(offset, ""),
            **(dict(zip(NUMBERS, answer, strict=True)) if answered else {}),
        )
