"""A collaboration group and its status over time."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.dates import RoughDateField
from programmes.forms import DatedForm, text_box

from ..models import CollaborationGroup, GroupStatus
from .links import LinkedForm


class GroupForm(LinkedForm):
    """A group and who belongs to it; what it is doing stands in its status history."""

    field_order = ["name", "kind", "municipality", "members", "description", "links"]

    class Meta:
        model = CollaborationGroup
        fields = ["name", "kind", "municipality", "members", "description"]
        widgets = {
            "members": forms.CheckboxSelectMultiple,
            "description": text_box(),
        }


class GroupStatusForm(DatedForm):
    """From when on the group is active, dormant or ended, as exactly as it is known."""

    DATES = ("starts_on", None, "precision")
    SHOWN_AT = {"starts_on": "when", "precision": "when"}

    field_order = ["status", "when", "source"]

    when = RoughDateField(
        label=_("From"),
        help_text=_("Such as 12/3, yesterday, October 2019, autumn 2019 or 2019"),
    )

    class Meta:
        model = GroupStatus
        fields = ["status", "source"]
        help_texts = {"source": _("How you know: minutes, a conversation, a decision")}
