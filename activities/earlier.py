"""What was logged before: what a new event takes over from it, and how many usually come."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes import formats

from .models import Attendance, Audience, Event, EventKind

LATEST = 300  # events looked at, so that the page stays light
REMEMBERED = 10  # counted events that say what is usual
ENOUGH = 3  # with fewer nothing is usual
MANY = 8  # with as many the highest and the lowest are taken for exceptions

PLURALS = {
    EventKind.INFORMATION_MEETING: gettext_lazy("Information meetings"),
    EventKind.BREAKFAST_MEETING: gettext_lazy("Breakfast meetings"),
    EventKind.SEMINAR: gettext_lazy("Seminars"),
    EventKind.CONFERENCE: gettext_lazy("Conferences"),
    EventKind.WORKSHOP: gettext_lazy("Workshops"),
    EventKind.THEME_DAY: gettext_lazy("Theme days"),
    EventKind.TRAINING: gettext_lazy("Trainings"),
    EventKind.KNOWLEDGE_DIALOGUE: gettext_lazy("Knowledge dialogues"),
    EventKind.NETWORK_MEETING: gettext_lazy("Network meetings"),
    EventKind.GROUP_MEETING: gettext_lazy("Group meetings"),
    EventKind.STUDY_VISIT: gettext_lazy("Study visits"),
    EventKind.OTHER: gettext_lazy("Other events"),
}


@dataclass(frozen=True)
class Usual:
    """Between which numbers of attendances the events of a series lie, and what it is called.

    Of the last ten counted: the lowest and the highest number; with eight or more, the second
    lowest and the second highest, so that one odd event does not say what is usual.
    """

    least: int
    most: int
    of: str

    @classmethod
    def among(cls, sums, of):
        """None where too few were counted. `sums` stand with the latest first."""
        known = sorted(sums[:REMEMBERED])
        if len(known) < ENOUGH:
            return None
        if len(known) >= MANY:
            known = known[1:-1]
        return cls(known[0], known[-1], of)

    def __str__(self):
        numbers = dict.fromkeys(formats.number(n) for n in (self.least, self.most))
        return f"{self.of} {'–'.join(numbers)}."

    def compared(self, number):
        """What is said beside `number`, attendances: it is a note, whatever the number."""
        if number > self.most:
            return _("More than usual. %(usual)s") % {"usual": self}
        if number < self.least:
            return _("Fewer than usual. %(usual)s") % {"usual": self}
        return str(self)


class EarlierEvents:
    """The latest events there are among `events`: four questions, however many they are."""

    def __init__(self, events):
        self.rows = list(
            events.order_by("-starts_on", "-pk").values(
                "pk",
                "title",
                "kind",
                "place",
                "municipality__code",
                "municipality__name",
                "starts_on",
                "precision",
                "status",
                "format",
                "initiative",
                "planned_activity",
                "planned_activity__plan__year",
                "planned_activity__cancelled_reason",
            )[:LATEST]
        )
        keys = [row["pk"] for row in self.rows]
        self.cells = _by_event(
            Attendance.objects.filter(event__in=keys)
            .order_by("pk")
            .values_list("event", "audience", "women", "men", "unspecified")
        )
        self.objectives = _by_event(
            Event.objects.filter(pk__in=keys, objectives__isnull=False)
            .order_by("objectives__position")
            .values_list("pk", "objectives")
        )
        self.organisers = _by_event(
            Event.objects.filter(pk__in=keys, organisers__isnull=False)
            .order_by("organisers__sort_name")
            .values_list("pk", "organisers")
        )

    def suggestions(self):
        """What earlier events were called, latest first, with what a new one of the name takes over."""
        latest = {}
        for row in self.rows:
            found = latest.setdefault(row["title"], self._taken_over(row))
            if not found["audiences"]:
                found["audiences"] = self._audiences(row)
        for title, found in latest.items():
            found["usual"] = _numbers(self._usual_of_title(title))
        return list(latest.values())

    def _taken_over(self, row):
        where = row["municipality__name"] or Event(place=row["place"]).place_name
        return {
            "title": row["title"],
            "label": f"{str(where).capitalize()}, {formats.day(row['starts_on'], row['precision'])}",
            "kind": row["kind"],
            "where": _place(row),
            "format": row["format"],
            "initiative": str(row["initiative"]),
            "serves": self._purpose(row),
            "objectives": [key for (key,) in self.objectives[row["pk"]]],
            "organisers": [key for (key,) in self.organisers[row["pk"]]],
            "audiences": [],
        }

    def _audiences(self, row):
        """Whom it counted, in the grid's order; "total" where nobody was told apart."""
        counted = {audience for audience, *_persons in self.cells[row["pk"]]}
        if "" in counted:
            return ["total"]
        return [audience for audience in Audience.values if audience in counted]

    def _purpose(self, row):
        """The planned activity while its plan is this year's, as the repeat likely is; else the objective."""
        this_year = row["planned_activity__plan__year"] == timezone.localdate().year
        if this_year and not row["planned_activity__cancelled_reason"]:
            return f"a{row['planned_activity']}"
        first = next(iter(self.objectives[row["pk"]]), None)
        return f"o{first[0]}" if first else ""

    def usual(self, event):
        """How many usually come: of the same name, else kind and place, else kind; None if too few."""
        return (
            self._usual_of_title(event.title)
            or self._usual_by_place.get((event.kind, event.place_code))
            or self._usual_by_kind.get(event.kind)
        )

    def usual_numbers(self):
        """For a page that asks while one types: by "kind place" and by kind alone."""
        by_place = {" ".join(key): _numbers(u) for key, u in self._usual_by_place.items() if u}
        return by_place | {key: _numbers(u) for key, u in self._usual_by_kind.items() if u}

    def _usual_of_title(self, title):
        named = _("“%(title)s” usually has") % {"title": title}
        return Usual.among(self._sums["title"][_folded(title)], named)

    @cached_property
    def _usual_by_kind(self):
        return {
            kind: Usual.among(sums, _("%(events)s usually have") % {"events": PLURALS[kind]})
            for kind, sums in self._sums["kind"].items()
        }

    @cached_property
    def _usual_by_place(self):
        names = {_place(row): row["municipality__name"] for row in self.rows}
        return {
            (kind, code): Usual.among(sums, _of_kind_and_place(kind, code, names[code]))
            for (kind, code), sums in self._sums["place"].items()
        }

    @cached_property
    def _sums(self):
        """The attendances of each counted event, latest first, by name, by kind and place, by kind."""
        sums = {"title": defaultdict(list), "place": defaultdict(list), "kind": defaultdict(list)}
        for row in self.rows:
            cells = self.cells[row["pk"]]
            if row["status"] == Event.Status.HELD and cells:
                number = sum(sum(persons) for _audience, *persons in cells)
                sums["title"][_folded(row["title"])].append(number)
                sums["place"][row["kind"], _place(row)].append(number)
                sums["kind"][row["kind"]].append(number)
        return sums


def _of_kind_and_place(kind, code, municipality):
    if municipality:
        words = _("%(events)s in %(place)s usually have")
        return words % {"events": PLURALS[kind], "place": municipality}
    words = _("%(events)s (%(place)s) usually have")
    return words % {"events": PLURALS[kind], "place": Event(place=code).place_name}


def _numbers(usual):
    return [usual.least, usual.most, str(usual)] if usual else None


def _place(row):
    return row["municipality__code"] or row["place"]


def _folded(title):
    return " ".join(title.casefold().split())


def _by_event(rows):
    """The rest of each row under the event it begins with."""
    found = defaultdict(list)
    for event, *rest in rows:
        found[event].append(rest)
    return found
