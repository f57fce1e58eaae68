"""What becomes of one event: it is cancelled, planned again, or held with so many participants."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programmes.forms import RecordForm

from ..models import Attendance, Event
from .events import OF_A_TOTAL, PersonsField, of_a_total


class CancelForm(RecordForm):
    """Why an event is not held, and whether those to come in its series are not either."""

    UNWRITTEN = {"cancelled_reason": _("Write why.")}

    to_come = forms.BooleanField(required=False)

    class Meta:
        model = Event
        fields = ["cancelled_reason"]
        labels = {"cancelled_reason": _("Cancelled because")}
        help_texts = {"cancelled_reason": _("Such as: too few signed up")}

    def __init__(self, *args, programme, to_come, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        self.fields["cancelled_reason"].required = True
        if to_come:
            self.fields["to_come"].label = ngettext_lazy(
                "Cancel the one to come in the series too",
                "Cancel the %(n)s to come in the series too",
                to_come,
            ) % {"n": to_come}
        else:
            del self.fields["to_come"]

    def clean(self):
        cleaned = super().clean()
        if self.instance.attendance.exists():
            raise ValidationError(
                _(
                    "The event has counts, so it was held. Take them away first, where it is changed."
                )
            )
        self.instance.status = Event.Status.CANCELLED
        return cleaned


class ResumeForm(RecordForm):
    """A cancelled event is planned again; its reason is kept by the history alone."""

    class Meta:
        model = Event
        fields = []

    def clean(self):
        cleaned = super().clean()
        self.instance.status = Event.Status.PLANNED
        self.instance.cancelled_reason = ""
        return cleaned


class HeldForm(RecordForm):
    """That an event was held, told in the row of a list; `onward` is the page to come back to."""

    onward = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)

    class Meta:
        model = Event
        fields = []

    def clean_onward(self):
        """A page of this site; an address elsewhere is forgotten."""
        path = self.cleaned_data["onward"]
        here = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
        return path if here else ""

    def clean(self):
        cleaned = super().clean()
        if self.instance.starts_on > timezone.localdate():
            raise ValidationError(_("That day has not come. Fill in the counts when it is held."))
        self.instance.status = Event.Status.HELD
        self.instance.cancelled_reason = ""
        return cleaned


class TotalForm(forms.Form):
    """How many came in all, whoever they were: an event's one cell without audience."""

    def __init__(self, data=None):
        super().__init__(data)
        for sex, label in OF_A_TOTAL.items():
            self.fields[sex] = PersonsField(label=label)

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if all(number is None for number in cleaned.values()):
            self.add_error("unspecified", _("Write at least one number."))
        else:
            try:
                self.numbers = of_a_total(cleaned)
            except ValidationError as error:
                self.add_error("unspecified", error)
        return cleaned

    @property
    def typed(self):
        """What was typed, in words."""
        told = ((field.label, self.cleaned_data[sex]) for sex, field in self.fields.items())
        return ", ".join(f"{str(label).lower()} {n}" for label, n in told if n is not None)

    def problems(self):
        """For the summary on top: one a box."""
        return [
            {"id": box.auto_id, "label": str(box.label), "text": error}
            for box in self
            for error in box.errors
        ]

    def stands_in(self, cells):
        """Whether what is typed is what is stored: the same form sent twice."""
        return [
            {sex: getattr(cell, sex) for sex in Attendance.SEXES}
            for cell in cells
            if not cell.audience
        ] == [self.numbers]

    def save(self, event):
        cell = Attendance(event=event, **self.numbers)
        cell._change_reason = getattr(event, "_change_reason", None)
        cell.save()
