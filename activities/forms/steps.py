"""A step of a training."""

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from programmes.forms import CountField, NumberField, RecordForm

from ..models import Attendance, TrainingStep


class ParticipantsField(CountField):
    """How many took part in a step; may be unknown."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            min_value=0,
            max_value=Attendance.MOST,
            refusal=_("A number is between 0 and 9,999."),
            **kwargs,
        )


class StepForm(RecordForm):
    """A step and how many took part in it; a new one comes last."""

    field_order = ["title", "position", "held_on", "participants"]

    position = NumberField(label=_("Step"), min_value=1, max_value=999)
    participants = ParticipantsField(
        label=_("Participants"),
        help_text=_("Kept beside the figures. Leave empty if you do not know"),
    )

    class Meta:
        model = TrainingStep
        fields = ["title", "position", "held_on", "participants"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_new:
            last = self.instance.event.steps.aggregate(last=Max("position"))["last"] or 0
            self.initial["position"] = last + 1
