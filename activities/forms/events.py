"""Logging an event: what, when, where, for which purpose, and how many came."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.dates import DayField
from programmes.forms import CountField, DatedForm, PlacedForm, text_box
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

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
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

    def _offer_purposes(self):
        activities = list(
            PlannedActivity.objects.filter(plan__programme=self.programme, cancelled_reason="")
            .select_related("plan")
            .order_by("-plan__year", F("quarter").asc(nulls_last=True), "title")
        )
        objectives = list(self.programme.objectives.all())
        by_year = {}
        for activity in activities:
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

    def _purpose_of(self, event):
        if event.planned_activity_id:
            return f"a{event.planned_activity_id}"
        first = event.objectives.first()
        return f"o{first.pk}" if first else ""

    def _preselect_initiative(self):
        """The one there is of the kind: events belong to the structural line of work."""
        field = self.fields["initiative"]
        if self.is_new:
            rows = list(field.queryset)
            structural = [r for r in rows if r.direction == Initiative.Direction.STRUCTURAL]
            likely = structural if len(structural) == 1 else rows
            if len(likely) == 1:
                self.initial.setdefault("initiative", likely[0].pk)

    @property
    def more_is_open(self):
        """Whether “More details” stands open: there is something to mend or to change in it."""
        to_mend = any(name in self.errors for name in self.MORE)
        return not self.is_new or to_mend or self.has_error("when", "to_come")

    @property
    def others_are_open(self):
        """Whether the long lists under it stand open: something in them is chosen or to be mended."""
        lists = ("organisers", "partners", "municipalities")
        return any(self[name].value() or name in self.errors for name in lists)

    def clean(self):
        cleaned = super().clean()
        when, until = cleaned.get("when"), cleaned.get("until")
        if when and when.first > timezone.localdate() and cleaned.get("status") == "held":
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


class AttendanceForm(forms.Form):
    """The grid of an event: audience by sex, or a total alone, or not counted yet.

    A number that is not typed is no number; a row without any has no cell. Rows that are split by
    organisation are kept as they stand and can be changed.
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

    def __init__(self, *args, event=None, **kwargs):
        super().__init__(*args, **kwargs)
        stored = list(event.attendance.select_related("organisation")) if event else []
        self.stored = {(cell.audience, cell.organisation_id): cell for cell in stored}
        organisations = {c.organisation_id: c.organisation for c in stored if c.organisation_id}
        split = sorted(key for key in self.stored if key[0] and key[1])
        self.keys = [
            key
            for audience in Audience.values
            for key in [(audience, None), *(key for key in split if key[0] == audience)]
        ]
        self._organisations = organisations
        if event and not self.is_bound:
            self.initial.setdefault("mode", self._stored_mode(event))
        for key in [*self.keys, ("", None)]:
            self._add_row(key)

    def _stored_mode(self, event):
        if not self.stored:
            planned = event.status == Event.Status.PLANNED
            return self.PER_AUDIENCE if planned else self.NOT_COUNTED
        return self.TOTAL if ("", None) in self.stored else self.PER_AUDIENCE

    def _add_row(self, key):
        cell = self.stored.get(key)
        for sex in Attendance.SEXES:
            self.fields[self._name(key, sex)] = CountField(
                label=self.LABELS[sex],
                required=False,
                min_value=0,
                max_value=Attendance.MOST,
                initial=getattr(cell, sex) or None if cell else None,
                refusal=_("A number is between 0 and 9,999."),
            )

    @staticmethod
    def _name(key, sex):
        audience, organisation = key
        return "-".join(filter(None, [audience or "total", str(organisation or ""), sex]))

    def rows(self):
        """The grid for the page: label, explanation and the three boxes of each row."""
        for key in self.keys:
            audience, organisation = key
            explanation = self._organisations.get(organisation) or self.EXPLANATIONS[audience]
            yield self._row(key, Audience(audience).label.capitalize(), explanation)

    def total_row(self):
        return self._row(("", None), _("All who came"), _("Whoever they were"))

    def _row(self, key, label, explanation):
        boxes = [self[self._name(key, sex)] for sex in Attendance.SEXES]
        return {
            "label": label,
            "explanation": explanation,
            "boxes": boxes,
            "wrong": [box for box in boxes if box.errors],
        }

    def problems(self):
        """For the summary on top: one a box, named by its row."""
        found = [
            {"id": "id_mode_0", "label": self["mode"].label, "text": text}
            for text in self["mode"].errors
        ]
        for row in [*self.rows(), self.total_row()]:
            for box in row["wrong"]:
                name = f"{row['label']}, {str(box.label).lower()}"
                found += [{"id": box.auto_id, "label": name, "text": e} for e in box.errors]
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
        held = self.data.get("status", Event.Status.HELD) == Event.Status.HELD
        if held and self._counting(mode) and not self.errors and not self.counted():
            raise ValidationError(
                {"mode": _("Write at least one number, or choose “Not counted yet”.")}
            )
        return cleaned

    def _counting(self, mode):
        """The rows that count in this mode."""
        return {self.PER_AUDIENCE: self.keys, self.TOTAL: [("", None)]}.get(mode, [])

    def counted(self):
        """The cells to keep, as {(audience, organisation): {sex: number}}."""
        cells = {}
        for key in self._counting(self.cleaned_data.get("mode")):
            typed = {sex: self.cleaned_data.get(self._name(key, sex)) for sex in Attendance.SEXES}
            if any(number is not None for number in typed.values()):
                cells[key] = {sex: number or 0 for sex, number in typed.items()}
        return cells

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
