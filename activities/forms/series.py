"""What the events of a series have in common, changed in one of them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.forms import PlacedForm

from ..models import Event


class ActivityChoice(forms.ModelChoiceField):
    """A planned activity, by its year and title."""

    def label_from_instance(self, activity):
        return f"{activity.plan.year}: {activity.title}"


class SeriesForm(PlacedForm):
    """What the events of a series have in common, changed in one and carried to those to come."""

    SHOWN_AT = {**PlacedForm.SHOWN_AT, "starts_at": "ends_at"}
    UNWRITTEN = {
        "title": _("Write what it was."),
        "where": _("Choose a place."),
        "kind": _("Choose a kind."),
        "initiative": _("Choose an initiative."),
    }
    field_order = ["title", "kind", "where", "starts_at", "ends_at", "format"]

    class Meta:
        model = Event
        fields = [
            "title",
            "kind",
            "starts_at",
            "ends_at",
            "format",
            "initiative",
            "planned_activity",
            "group",
            "objectives",
            "organisers",
            "municipalities",
        ]
        field_classes = {"planned_activity": ActivityChoice}
        widgets = {
            "starts_at": forms.TimeInput(format="%H.%M", attrs={"autocomplete": "off"}),
            "ends_at": forms.TimeInput(format="%H.%M", attrs={"autocomplete": "off"}),
            "objectives": forms.CheckboxSelectMultiple,
            "organisers": forms.CheckboxSelectMultiple,
            "municipalities": forms.CheckboxSelectMultiple,
        }
        labels = {"title": _("What?"), "planned_activity": _("In the plan")}

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].input_formats = ["%H.%M", "%H:%M", "%H"]
            self.fields[name].error_messages["invalid"] = _("Write the time like 08.30.")
        activities = self.fields["planned_activity"].queryset
        self.fields["planned_activity"].queryset = (
            activities.filter(cancelled_reason="")
            .select_related("plan")
            .order_by("-plan__year", "title")
        )
