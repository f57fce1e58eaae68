"""A milestone, and what the list of them is narrowed to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.forms import DatedForm, PlacedForm, text_box

from ..models import Milestone
from .filters import PlacedFilter
from .links import LinkedForm


class MilestoneForm(LinkedForm, PlacedForm, DatedForm):
    """A change in the structures around the programme, or an external one."""

    SHOWN_AT = {**DatedForm.SHOWN_AT, **PlacedForm.SHOWN_AT}

    UNWRITTEN = {
        "title": _("Write what it was."),
        "when": _("Write when it was."),
        "where": _("Choose a place."),
        "kind": _("Choose a kind."),
    }
    field_order = ["title", "kind", "when", "where", "text", "evidence", "links"]

    class Meta:
        model = Milestone
        fields = ["title", "kind", "text", "evidence", "objective", "organisations"]
        widgets = {
            "text": text_box(5),
            "evidence": text_box(3),
            "organisations": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "kind": _("An external change explains other changes. It is shown but not counted."),
        }

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        self.fields["where"].help_text = _("The municipality where the milestone counts")


class MilestoneFilter(PlacedFilter):
    """What the list of milestones is narrowed to."""

    PAGE, TITLE = "activities:milestones", _("Milestones")
    KINDS = Milestone.Kind
