"""All steps of a training in one table: their order, names, days and participants."""

import uuid
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from programmes.dates import DayField
from programmes.forms import TOO_LONG, NumberField, ReasonField
from programmes.records import YearIsClosed
from programmes.text import TYPED

from ..models import Event, TrainingStep
from .steps import ParticipantsField

MOST_STEPS = 50
NEW_ROWS = 3
LONGEST = MaxLengthValidator(TrainingStep._meta.get_field("title").max_length, TOO_LONG)
BOXES = {
    "position": _("Step"),
    "title": _("Title"),
    "held_on": _("Date"),
    "participants": _("Participants"),
}


@dataclass
class Row:
    """A row of the table: a step that is stored, or an empty row for one more."""

    key: str
    step: TrainingStep
    boxes: list

    @property
    def is_new(self):
        return self.step.pk is None

    @property
    def wrong(self):
        return [box for box in self.boxes if box.errors]


class StepsForm(forms.Form):
    """The steps of a training as typed. A row that is not filled in is no step.

    Steps are numbered anew where an order is typed; of two with one number, the one that was moved
    comes first. `conflicts` is what stands now where somebody else changed it meanwhile.
    """

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        self.event, self.conflicts = event, []
        stored = list(event.steps.all())
        room = max(0, min(NEW_ROWS, MOST_STEPS - len(stored)))
        steps = {str(step.pk): step for step in stored}
        steps |= {f"new{n}": TrainingStep(event=event) for n in range(1, room + 1)}
        self.rows = [self._row(key, step) for key, step in steps.items()]
        if "change_reason" in self.data:
            self.fields["change_reason"] = ReasonField()

    def _row(self, key, step):
        boxes = {
            "title": forms.CharField(required=False, validators=[*TYPED, LONGEST]),
            "held_on": DayField(required=False),
            "participants": ParticipantsField(),
        }
        if step.pk:
            # One that stands beyond the table already may stay there.
            last = max(MOST_STEPS, step.position)
            boxes["position"] = NumberField(min_value=1, max_value=last)
            self.fields[f"version_{key}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=step.version
            )
        for name, field in boxes.items():
            field.label = f"{BOXES[name]}, {step.title or _('new step')}"
            field.widget.attrs["class"] = "form-control"
            self.fields[f"{name}_{key}"] = field
            self.initial[f"{name}_{key}"] = getattr(step, name)
        names = [name for name in BOXES if name in boxes]
        return Row(key, step, [self._box(name, key) for name in names])

    def _box(self, name, key):
        box = self[f"{name}_{key}"]
        box.short_label = BOXES[name]
        box.kind = name
        return box

    def add_error(self, field, error):
        """And mark the box that is to be mended."""
        super().add_error(field, error)
        for name in self.errors.keys() & self.fields.keys():
            marks = {"class": "form-control is-invalid", "aria-describedby": f"id_{name}_error"}
            self.fields[name].widget.attrs |= marks

    def clean(self):
        cleaned = super().clean()
        for row in self.rows:
            typed = [self._typed(row, name) for name in ("title", "held_on", "participants")]
            untitled = f"title_{row.key}" not in self.errors and not typed[0]
            if untitled and (not row.is_new or any(value is not None for value in typed[1:])):
                self.add_error(f"title_{row.key}", _("Write what the step is called."))
        self._look_for_conflicts()
        if not self.errors:
            self._ask_for_reason()
        return cleaned

    def _typed(self, row, name):
        return self.cleaned_data.get(f"{name}_{row.key}")

    def _changed(self, row):
        return [
            name
            for name in BOXES
            if f"{name}_{row.key}" in self.cleaned_data
            and self._typed(row, name) != getattr(row.step, name)
        ]

    def _look_for_conflicts(self):
        for row in self.rows:
            read = None if row.is_new else self._typed(row, "version")
            if read is None or read == row.step.version:
                continue
            for name in self._changed(row):
                box = self[f"{name}_{row.key}"]
                self.conflicts.append((box.label, box.initial if box.initial is not None else "–"))
        if self.conflicts:
            self.data = self.data.copy()
            for row in self.rows:
                self.data[f"version_{row.key}"] = row.step.version
            self.add_error(
                None,
                _(
                    "Somebody else changed this while you wrote. "
                    "Compare, and save again to keep yours."
                ),
            )

    def _ask_for_reason(self):
        probe = TrainingStep(event=self.event)
        probe._change_reason = self.cleaned_data.get("change_reason")
        try:
            probe.refuse_closed_year()
        except YearIsClosed as closed:
            self.fields["change_reason"] = ReasonField()
            self.add_error("change_reason", ValidationError(closed.messages))

    @transaction.atomic
    def save(self):
        # Whoever else writes the steps waits here, so that no two get one number.
        Event.objects.select_for_update().get(pk=self.event.pk)
        stored = [row for row in self.rows if not row.is_new]
        numbers = self._numbers(stored)
        self._make_way([row.step for row in stored if numbers[row.key] != row.step.position])
        for row in stored:
            if self._changed(row) or numbers[row.key] != row.step.position:
                self._store(row, numbers[row.key])
        for row in self.rows:
            if row.is_new and self._typed(row, "title"):
                self._add(row)

    def _numbers(self, stored):
        """The number of each stored step: as it was, unless an order is typed."""
        moved = {row.key for row in stored if self._typed(row, "position") != row.step.position}
        if not moved:
            return {row.key: row.step.position for row in stored}
        typed = sorted(
            stored,
            key=lambda row: (self._typed(row, "position"), row.key not in moved, row.step.position),
        )
        return {row.key: number for number, row in enumerate(typed, start=1)}

    def _make_way(self, steps):
        """Put those who move on free numbers, so that none meets another on the way."""
        taken = set(self.event.steps.values_list("position", flat=True))
        free = (n for n in range(1, 32_767) if n not in taken and n > len(taken))
        for step, number in zip(steps, free, strict=False):
            TrainingStep._base_manager.filter(pk=step.pk).update(position=number)

    def _store(self, row, number):
        for name in ("title", "held_on", "participants"):
            setattr(row.step, name, self._typed(row, name))
        row.step.position = number
        row.step._change_reason = self.cleaned_data.get("change_reason")
        row.step.save()

    def _add(self, row):
        key = self.cleaned_data.get("form_key")
        row.step.form_key = uuid.uuid5(key, row.key) if key else None
        if key and TrainingStep.objects.filter(form_key=row.step.form_key).exists():
            return
        last = self.event.steps.aggregate(last=Max("position"))["last"] or 0
        self._store(row, last + 1)
