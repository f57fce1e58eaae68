"""Logging an event: what, when, where, for which purpose, and how many came."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes import formats
from programmes.dates import DayField
from programmes.forms import NOT_OFFERED, CountField, DatedForm, PlacedForm, text_box
from programmes.models import Initiative

from ..models import Attendance, Audience, Event, PlannedActivity
from .links import LinkedForm


class EventForm(LinkedForm, PlacedForm, DatedForm):
    """One event. Purpose (`serves`) is a planned activity or an objective, in one choice."""

    SHOWN_AT = {
        **DatedForm.SHOWN_AT,
        **PlacedForm.SHOWN_AT,
        "ends_on": "until",
        "starts_at": "ends_at",
    }

    UNWRITTEN = {
        "title": _("Write what it was."),
        "when": _("Write when it was."),
        "where": _("Choose a place."),
        "kind": _("Choose a kind."),
        "initiative": _("Choose an initiative."),
    }
    MORE = (
        "status",
        "cancelled_reason",
        "initiative",
        "format",
        "until",
        "starts_at",
        "ends_at",
        "outcome",
        "links",
        "group",
        "objectives",
        "organisers",
        "partners",
        "municipalities",
    )
    field_order = ["title", "when", "where", "kind", "serves", *MORE]
    FILLED_IN = ("objectives",)
    EDITED_AT = "activities:edit"
    goes_on = False  # with a draft that has something under “More details”
    may_be_planned = False  # a new one whose day has not come: nobody was counted
    turned_planned = False

    serves = forms.ChoiceField(label=_("Purpose"), required=False)
    until = DayField(
        label=_("Last day"), required=False, help_text=_("If it went on for several days")
    )

    class Meta:
        model = Event
        fields = [
            "title",
            "kind",
            "status",
            "cancelled_reason",
            "initiative",
            "format",
            "starts_at",
            "ends_at",
            "objectives",
            "municipalities",
            "organisers",
            "partners",
            "group",
            "outcome",
        ]
        widgets = {
            "title": forms.TextInput(attrs={"list": "earlier-titles", "autocomplete": "off"}),
            "starts_at": forms.TimeInput(format="%H.%M", attrs={"autocomplete": "off"}),
            "ends_at": forms.TimeInput(format="%H.%M", attrs={"autocomplete": "off"}),
            "objectives": forms.CheckboxSelectMultiple,
            "municipalities": forms.CheckboxSelectMultiple,
            "organisers": forms.CheckboxSelectMultiple,
            "partners": forms.CheckboxSelectMultiple,
            "outcome": text_box(),
        }
        labels = {"title": _("What?")}

    def __init__(self, *args, programme, initial=None, instance=None, **kwargs):
        initial = dict(initial or {})
        if instance is None:
            initial.setdefault("when", timezone.localdate().isoformat())
        super().__init__(*args, programme=programme, initial=initial, instance=instance, **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].input_formats = ["%H.%M", "%H:%M", "%H"]
            self.fields[name].error_messages["invalid"] = _("Write the time like 08.30.")
        self.fields["when"].help_text = _("Such as 12/3, yesterday or autumn 2019")
        self.fields["title"].widget.attrs["autofocus"] = self.is_new and not self.is_bound
        for name in ("when", "until"):
            self.fields[name].ahead = self.data.get("status") == Event.Status.PLANNED
        self._offer_purposes()
        self._preselect_initiative()
        if not self.is_new and self.instance.precision == "day":
            event = self.instance
            if event.ends_on and event.ends_on != event.starts_on:
                self.initial["until"] = event.ends_on

    def focus_elsewhere(self):
        """Where the name is there already, the page begins further down."""
        self.fields["title"].widget.attrs["autofocus"] = False

    def leave_unjudged(self):
        """Show what is typed as it stands: nothing is to be stored yet."""
        self._errors = ErrorDict()

    def _offer_purposes(self):
        activities = list(
            PlannedActivity.objects.filter(plan__programme=self.programme, cancelled_reason="")
            .select_related("plan")
            .order_by("-plan__year", F("quarter").asc(nulls_last=True), "title")
        )
        objectives = list(self.programme.objectives.all())
        by_year = {}
        for activity in self._likely(activities):
            by_year.setdefault(activity.plan.year, []).append((f"a{activity.pk}", activity.title))
        self._activities = {f"a{activity.pk}": activity for activity in activities}
        self._objectives = {f"o{objective.pk}": objective for objective in objectives}
        self.fields["serves"].choices = [
            ("", _("None of these")),
            *((_("Plan %(year)s") % {"year": year}, rows) for year, rows in by_year.items()),
            (_("Objectives"), [(key, str(row)) for key, row in self._objectives.items()]),
        ]
        if not self.is_new:
            self.initial["serves"] = self._purpose_of(self.instance)

    def _likely(self, activities):
        """Those of this year's plan, then of next year's, and of its own year; and the one chosen.

        Where a programme is over its last plan stands in for this year's.
        """
        this_year = timezone.localdate().year
        years = [this_year, this_year + 1]
        if activities and not any(activity.plan.year in years for activity in activities):
            years = [activities[0].plan.year]
        if not self.is_new:
            years.append(self.instance.starts_on.year)
        chosen = {self.data.get("serves"), self.initial.get("serves")}
        chosen.add(f"a{self.instance.planned_activity_id}")
        found = [a for a in activities if a.plan.year in years or f"a{a.pk}" in chosen]
        return sorted(found, key=lambda a: (a.plan.year != this_year, -a.plan.year))

    def _purpose_of(self, event):
        if event.planned_activity_id:
            return f"a{event.planned_activity_id}"
        first = event.objectives.first()
        return f"o{first.pk}" if first else ""

    def _preselect_initiative(self):
        """The one there is of the kind: events belong to the structural line of work. Else the last used."""
        field = self.fields["initiative"]
        if not self.is_new or self.initial.get("initiative"):
            return
        rows = list(field.queryset)
        structural = [r for r in rows if r.direction == Initiative.Direction.STRUCTURAL]
        likely = structural if len(structural) == 1 else rows
        if len(likely) == 1:
            self.initial["initiative"] = likely[0].pk
        elif latest := self.programme.events.order_by("-starts_on", "-pk").first():
            self.initial["initiative"] = latest.initiative_id

    @property
    def lies_ahead(self):
        """Whether a new event begins as planned, not as held."""
        return self.is_new and self.initial.get("status") == Event.Status.PLANNED

    @property
    def more_is_open(self):
        """Whether “More details” stands open: there is something to mend or to change in it."""
        to_mend = any(name in self.errors for name in self.MORE)
        begun = not self.is_new or self.goes_on or self.lies_ahead
        return begun or to_mend or self.has_error("when", "to_come")

    @property
    def others_are_open(self):
        """Whether the long lists under it stand open: something in them is chosen or to be mended."""
        lists = ("organisers", "partners", "municipalities")
        return any(self[name].value() or name in self.errors for name in lists)

    def clean(self):
        cleaned = super().clean()
        when, until = cleaned.get("when"), cleaned.get("until")
        ahead = when and when.first > timezone.localdate() and cleaned.get("status") == "held"
        if ahead and self.is_new and self.may_be_planned:
            cleaned["status"] = Event.Status.PLANNED
            self.turned_planned = True
        elif ahead:
            to_come = _("That day has not come. Choose “planned” as its status under More details.")
            self.add_error("when", ValidationError(to_come, code="to_come"))
        if when and until and when.precision != "day":
            self.add_error("until", _("A last day needs a first day: write the whole date above."))
        return cleaned

    def _post_clean(self):
        activity = self._activities.get(self.cleaned_data.get("serves"))
        self.instance.planned_activity = activity
        super()._post_clean()

    def _save_m2m(self):
        super()._save_m2m()
        purpose = self.cleaned_data.get("serves")
        if purpose in self._objectives:
            self.instance.objectives.add(self._objectives[purpose])
        elif purpose in self._activities and not self.cleaned_data.get("objectives"):
            self.instance.objectives.set(self._activities[purpose].objectives.all())


class RowsField(forms.CharField):
    """The rows of a grid that are split by organisation, as "officer-12 manager-12".

    Its value is a list of (audience, organisation's key); what is no such row is left out.
    """

    widget = forms.HiddenInput
    ROW = re.compile(rf"({'|'.join(Audience.values)})-([0-9]{{1,9}})", re.ASCII)

    def to_python(self, value):
        return [(audience, int(key)) for audience, key in self.ROW.findall(str(value or ""))]

    def prepare_value(self, value):
        return value if isinstance(value, str) else " ".join(f"{a}-{o}" for a, o in value or ())


class SplitForm(forms.Form):
    """Which audience to count by organisation: one row more in the grid."""

    MOST_ROWS = 60

    audience = forms.ChoiceField(label=_("Audience to divide"))
    organisation = forms.ChoiceField(label=_("Organisation"))

    def __init__(self, data=None, *, organisations, taken, **kwargs):
        super().__init__(data, prefix="split", **kwargs)
        self.taken = taken
        self.fields["audience"].choices = [(a.value, a.label.capitalize()) for a in Audience]
        self.fields["organisation"].choices = [
            ("", _("Choose")),
            *((str(row.pk), row.name) for row in organisations),
        ]
        self.fields["organisation"].error_messages["required"] = _("Choose an organisation.")
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = NOT_OFFERED

    @property
    def row(self):
        return self.cleaned_data["audience"], int(self.cleaned_data["organisation"])

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if self.row in self.taken:
            self.add_error("organisation", _("The grid has this row already."))
        elif sum(1 for _audience, organisation in self.taken if organisation) >= self.MOST_ROWS:
            most = _("At most %(most)s rows can be divided.") % {"most": self.MOST_ROWS}
            self.add_error("organisation", most)
        return cleaned


class PersonsField(CountField):
    """A box for how many came."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            min_value=0,
            max_value=Attendance.MOST,
            refusal=_("A number is between 0 and 9,999."),
            **kwargs,
        )
        self.error_messages["invalid"] = _("Write digits alone, such as 12.")


# The boxes of a total alone, in the order one looks for them; the sum is what is typed first.
OF_A_TOTAL = {
    "unspecified": _("In total"),
    "women": _("Of whom women"),
    "men": _("Of whom men"),
}


def of_a_total(typed):
    """The numbers to store of a total alone: what is neither women nor men is of unstated sex.

    `typed` is what stands in the boxes `OF_A_TOTAL`. Women and men without a total are the total.
    """
    women, men = typed["women"] or 0, typed["men"] or 0
    total = typed["unspecified"]
    rest = 0 if total is None else total - women - men
    if rest < 0:
        raise ValidationError(_("Women and men are more than the total."))
    return {"women": women, "men": men, "unspecified": rest}


class AttendanceForm(forms.Form):
    """The grid of an event: audience by sex, or a total alone, or not counted yet.

    A number that is not typed is no number; a row without any has no cell. An audience may be
    divided: rows for single organisations stand under it. `like` is an earlier event whose rows
    a new one begins with. `split` in what is sent asks for one row more, and nothing is stored.
    """

    PER_AUDIENCE, TOTAL, NOT_COUNTED = "audience", "total", "not_counted"
    LABELS = {"women": _("Women"), "men": _("Men"), "unspecified": _("Not specified")}
    EXPLANATIONS = {
        Audience.POLITICIAN: _("Elected representatives"),
        Audience.MANAGER: _("In public bodies"),
        Audience.OFFICER: _("Other public employees"),
        Audience.ENTERPRISE: _("Social enterprises and others"),
        Audience.OTHER: "",
    }

    mode = forms.ChoiceField(
        label=_("How many came?"),
        choices=[
            (PER_AUDIENCE, _("By audience")),
            (TOTAL, _("Total only")),
            (NOT_COUNTED, _("Not counted yet")),
        ],
        widget=forms.RadioSelect,
        initial=PER_AUDIENCE,
    )
    split_rows = RowsField(required=False)
    is_held = True

    def __init__(self, data=None, *, programme, event=None, like=None, **kwargs):
        super().__init__(data, **kwargs)
        self.organisations = {row.pk: row for row in programme.organisations.all()}
        self.stored = _cells_of(event)
        begun = _cells_of(like)
        typed = self.fields["split_rows"].to_python(
            self.data.get("split_rows") or self.initial.get("split_rows")
        )
        self.keys = []
        for audience in Audience.values:
            self.keys.append((audience, None))
        for key in dict.fromkeys([*self.stored, *begun, *typed[: SplitForm.MOST_ROWS]]):
            self._take_in(key)
        for key in [*self.keys, ("", None)]:
            self._add_row(key)
        self.initial["split_rows"] = [key for key in self.keys if key[1]]
        self.focus = None
        if not self.is_bound and event:
            self.initial.setdefault("mode", self._stored_mode(event))
        elif not self.is_bound and begun:
            self.initial.setdefault("mode", self._mode_of(begun))
            first = next(key for key in [("", None), *self.keys] if key in begun)
            self._focus_on(first)
        self.split_form = self._splitting(data if self.is_splitting else None)

    def _splitting(self, data=None, **kwargs):
        return SplitForm(data, organisations=self.organisations.values(), taken=self.keys, **kwargs)

    @property
    def is_splitting(self):
        """Whether one row more is asked for, instead of saving."""
        return "split" in self.data

    def leave_unjudged(self):
        """Show what is typed as it stands: nothing is to be stored yet."""
        self._errors = ErrorDict()

    def split(self):
        """Take in the row that is asked for; what is typed stands as it is, unjudged."""
        self.leave_unjudged()
        if not self.split_form.is_valid():
            return
        key = self.split_form.row
        self._take_in(key)
        self._add_row(key)
        self._focus_on(key)
        self.split_form = self._splitting(initial={"audience": key[0]})
        self.data = self.data.copy()
        self.data["split_rows"] = RowsField().prepare_value([k for k in self.keys if k[1]])
        self.data["mode"] = self.PER_AUDIENCE

    def _take_in(self, key):
        """Put the row of an organisation under its audience, by name."""
        audience, organisation = key
        if audience and organisation in self.organisations and key not in self.keys:
            self.keys.append(key)
            self.keys.sort(key=self._place)

    def _place(self, key):
        audience, organisation = key
        name = self.organisations[organisation].sort_name if organisation else ""
        return Audience.values.index(audience), name

    def _focus_on(self, key):
        """Begin in the first box of the row."""
        self.focus = self._name(key, next(iter(self.LABELS if key[0] else OF_A_TOTAL)))

    def focus_first(self):
        self._focus_on(self.keys[0])

    def _stored_mode(self, event):
        if not self.stored:
            planned = event.status == Event.Status.PLANNED
            return self.PER_AUDIENCE if planned else self.NOT_COUNTED
        return self._mode_of(self.stored)

    def _mode_of(self, cells):
        return self.TOTAL if ("", None) in cells else self.PER_AUDIENCE

    def _add_row(self, key):
        cell = self.stored.get(key)
        labels = self.LABELS if key[0] else OF_A_TOTAL
        for sex, label in labels.items():
            number = getattr(cell, sex, None) if key[0] or sex != "unspecified" else _whole(cell)
            self.fields[self._name(key, sex)] = PersonsField(label=label, initial=number or None)

    @staticmethod
    def _name(key, sex):
        audience, organisation = key
        return "-".join(filter(None, [audience or "total", str(organisation or ""), sex]))

    def rows(self):
        """The grid for the page: label, explanation and the three boxes of each row."""
        divided = {audience for audience, organisation in self.keys if organisation}
        for key in self.keys:
            audience, organisation = key
            if organisation:
                explanation = self.organisations[organisation].name
            elif audience in divided:
                explanation = _("Organisation not stated")
            else:
                explanation = self.EXPLANATIONS[audience]
            yield self._row(key, Audience(audience).label.capitalize(), explanation)

    def total_row(self):
        return self._row(("", None), _("All who came"), _("Whoever they were"))

    def _row(self, key, label, explanation):
        boxes = [self[self._name(key, sex)] for sex in (self.LABELS if key[0] else OF_A_TOTAL)]
        return {
            "audience": key[0],
            "organisation": key[1],
            "label": label,
            "explanation": explanation,
            "boxes": boxes,
            "wrong": [box for box in boxes if box.errors],
        }

    def problems(self):
        """For the summary on top: one a box, named by its row."""
        found = [
            {"id": "id_mode_0", "label": self["mode"].label, "text": text}
            for name in ("mode", "split_rows")  # which is hidden: told where its rows are
            for text in self[name].errors
        ]
        for row in [*self.rows(), self.total_row()]:
            for box in row["wrong"]:
                name = f"{row['label']}, {str(box.label).lower()}"
                found += [{"id": box.auto_id, "label": name, "text": e} for e in box.errors]
        if self.is_splitting:
            for box in self.split_form:
                found += [{"id": box.auto_id, "label": box.label, "text": e} for e in box.errors]
        return found

    def clean(self):
        """Only what is shown is judged, and only an event that was held needs a number."""
        cleaned = super().clean()
        mode = cleaned.get("mode")
        shown = {
            "mode",
            *(self._name(key, sex) for key in self._counting(mode) for sex in Attendance.SEXES),
        }
        for name in set(self.errors) - shown:
            del self.errors[name]
        if mode == self.TOTAL and not self.errors:
            try:
                of_a_total(self._typed(("", None)))
            except ValidationError as error:
                raise ValidationError(
                    {self._name(("", None), "unspecified"): error.messages}
                ) from error
        held = self.is_held and self.data.get("status", Event.Status.HELD) == Event.Status.HELD
        if held and self._counting(mode) and not self.errors and not self.counted():
            raise ValidationError(
                {"mode": _("Write at least one number, or choose “Not counted yet”.")}
            )
        return cleaned

    def _counting(self, mode):
        """The rows that count in this mode."""
        return {self.PER_AUDIENCE: self.keys, self.TOTAL: [("", None)]}.get(mode, [])

    @property
    def is_untouched(self):
        """Whether no number is typed in any of the rows that count."""
        rows = self._counting(self.data.get("mode"))
        return not any(
            self.data.get(self._name(key, sex), "").strip()
            for key in rows
            for sex in Attendance.SEXES
        )

    def counted(self):
        """The cells to keep, as {(audience, organisation): {sex: number}}."""
        cells = {}
        for key in self._counting(self.cleaned_data.get("mode")):
            typed = self._typed(key)
            if any(number is not None for number in typed.values()):
                known = {sex: number or 0 for sex, number in typed.items()}
                cells[key] = known if key[0] else of_a_total(typed)
        return cells

    def _typed(self, key):
        return {sex: self.cleaned_data.get(self._name(key, sex)) for sex in Attendance.SEXES}

    def says_otherwise_than(self, event):
        """Whether other counts are typed than the event has already."""
        stored = {
            key: {sex: getattr(cell, sex) for sex in Attendance.SEXES}
            for key, cell in _cells_of(event).items()
        }
        return not self.is_valid() or self.counted() != stored

    def conflicts(self):
        """(row, numbers) of the stored cells that differ from what is typed, for who was overtaken."""
        if not self.is_valid():
            return
        counted = self.counted()
        for key in [("", None), *self.keys]:
            cell = self.stored.get(key)
            numbers = {sex: getattr(cell, sex) for sex in Attendance.SEXES} if cell else None
            if numbers == counted.get(key):
                continue
            audience, organisation = key
            label = Audience(audience).label.capitalize() if audience else _("All who came")
            if organisation:
                label = f"{label}, {self.organisations[organisation]}"
            told = [f"{self.LABELS[sex]}: {number}" for sex, number in (numbers or {}).items()]
            yield label, ", ".join(told) or formats.UNKNOWN

    def save(self, event):
        """Write what changed, cell by cell, so that the history tells each."""
        counted = self.counted()
        stored = {(c.audience, c.organisation_id): c for c in event.attendance.all()}
        reason = getattr(event, "_change_reason", None)
        for key, cell in stored.items():
            if key not in counted:
                cell._change_reason = reason
                cell.delete()
        for (audience, organisation), numbers in counted.items():
            cell = stored.get((audience, organisation)) or Attendance(
                event=event, audience=audience, organisation_id=organisation
            )
            if cell._state.adding or any(getattr(cell, s) != n for s, n in numbers.items()):
                for sex, number in numbers.items():
                    setattr(cell, sex, number)
                cell._change_reason = reason
                cell.save()


def _cells_of(event):
    """The cells of an event by (audience, organisation); none of none."""
    cells = event.attendance.all() if event else ()
    return {(cell.audience, cell.organisation_id): cell for cell in cells}


def _whole(cell):
    return cell.total if cell else None
