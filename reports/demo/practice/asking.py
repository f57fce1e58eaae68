"""This year's census, which is going on: who was written to, and how far each has come with its answer."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from enterprises.answer_links import issue, open_for_the_first_time
from enterprises.forms.links import LinkForm
from enterprises.models import CensusReturn, Letter, SentAnswer
from enterprises.sent_answers import Compared, accept

from .base import Practice, working_day

BEGUN, BY_TELEPHONE = "begun", "telephone"  # typed into the table by the process leader
SENT = ("accepted", "sent_in", "sent_back")
OPENED = (*SENT, "opened", BEGUN)
REFUSED = "550 5.1.1 User unknown"
NOTHING_TOLD = "Så många var det just den dagen."
ASKED_AFTER, REMINDED_BEFORE = timedelta(days=3), timedelta(days=14)
TO_ANSWER, AT_LEAST = timedelta(days=41), timedelta(days=10)


class Asking(Practice):
    """Letters are written down, and none is sent."""

    def answer_by(self, reference):
        """A day that has not come yet."""
        return working_day(max(reference + TO_ANSWER, self.today + AT_LEAST))

    def has_come(self, row):
        return row.get("this_year", "accepted")

    def ask(self, census, returns, numbers, before):
        """Write to the contact of each of `returns`, and let what came of it come.

        `numbers` are what an enterprise answers, `before` its confirmed answer of last year, both by
        its name.
        """
        self.asked_on = working_day(census.reference_date + ASKED_AFTER)
        chance, rows = self.chance("asking"), {r["name"]: r for r in self.companies["enterprises"]}
        for answer in returns:
            row, name = rows[answer.enterprise.name], answer.enterprise.name
            days = chance.randrange(1, 12)
            if contact := answer.enterprise.contacts.first():
                link = issue(answer, contact, now=self.moment(0, 8))
                self.tell(link, self.moment(0, 8), self.by)
                self.write(link, Letter.Kind.QUESTION, self.moment(0, 8), row)
                if self.has_come(row) in OPENED:
                    open_for_the_first_time(link, now=self.moment(days, 9))
                    self.tell(link, self.moment(days, 9))
                if self.has_come(row) in SENT:
                    self.send_in(link, row, numbers[name], before.get(name), days)
        self.remind(census, rows)

    def send_in(self, link, row, numbers, before, days):
        """What the enterprise sends by its link, and what the process leader says to it."""
        sent = self.fill_in(link, row, numbers, before, self.moment(days, 10))
        self.tell(sent, sent.sent_at)
        looked_at = self.moment(days + 2, 14)
        if self.has_come(row) == "accepted":
            answer = accept(Compared(sent, before).seen, census=link.answer.census, now=looked_at)
            self.tell(answer, looked_at, self.by)
        elif self.has_come(row) == "sent_back":
            sent.declined_at, sent.declined_because = looked_at, row["mend"]
            sent.save()
            self.write(link, Letter.Kind.REMINDER, looked_at, row)
        if self.has_come(row) != "sent_in":
            self.tell(sent, looked_at, self.by)

    def fill_in(self, link, row, numbers, before, now):
        """The form of the link, filled in and sent."""
        jump = row.get("jumps", {}).get(0, {})
        typed = {name: str(number) for name, number in numbers.items()}
        if before and row.get("same"):
            typed = {name: "–" if n is None else str(n) for name, n in _numbers_of(before)}
        if self.has_come(row) == "sent_back":
            typed["placed_municipality"] = ""
        typed |= {"comment": row.get("comment", ""), "explanation": jump.get("reason", "")}
        for reason in (typed["explanation"], NOTHING_TOLD):
            form = LinkForm(
                typed | {"explanation": reason},
                instance=SentAnswer(answer=link.answer, sent_at=now),
                programme=self.programme,
                previous=before,
            )
            if form.is_valid():
                return form.save(link=link, now=now)
        raise ValueError(f"{row['name']}: {form.errors.as_text()}")

    def remind(self, census, rows):
        """Two weeks before the day to answer by, who has not answered then."""
        day = census.answer_by - REMINDED_BEFORE
        if not self.asked_on < day <= self.today:
            return
        for answer in census.returns.waiting().filter(sent=None):
            row = rows[answer.enterprise.name]
            for link in answer.links.filter(letters__refused=""):
                self.write(link, Letter.Kind.REMINDER, self._at(day, 6), row)

    def write(self, link, kind, now, row):
        refused = REFUSED if self.has_come(row) == "refused" else ""
        letter = self.save(Letter(link=link, kind=kind, sent_at=now, refused=refused))
        self.tell(letter, now, self.by)

    def moment(self, days, hour):
        """An hour so many days after the question went out, today at the latest."""
        day = working_day(self.asked_on + timedelta(days))
        return self._at(min(day, self.today), hour)

    def _at(self, day, hour):
        moment = timezone.make_aware(datetime.combine(day, time(hour, 12)))
        return min(moment, timezone.now()) if day == timezone.localdate() else moment

    def tell(self, record, now, by=None):
        """Let the history say when the latest was written; by nobody: by the enterprise itself."""
        row = record.history.latest("history_id")
        type(row).objects.filter(pk=row.pk).update(history_date=now, history_user=by)


def _numbers_of(answer):
    return [(name, getattr(answer, name)) for name in (*answer.EMPLOYED, *answer.PLACED)]


def state_of(come):
    """The state of the return before anything has come by its link."""
    states = {BEGUN: CensusReturn.State.DRAFT, BY_TELEPHONE: CensusReturn.State.CONFIRMED}
    return states.get(come, CensusReturn.State.NOT_ANSWERED)
