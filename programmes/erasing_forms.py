"""The form by which something is erased for good: under which decision, and that it is meant."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .dates import DayField, not_ahead
from .erasing import Decision
from .text import TYPED


class ErasingForm(forms.Form):
    """A decision and a tick. What is typed stays on the page and is not kept on the device."""

    kept = "page"

    reference = forms.CharField(
        label=_("Decision"),
        help_text=_("Where the decision to erase is found, such as § 12/2026 or the records plan."),
        max_length=200,
        validators=TYPED,
        error_messages={"required": _("Write the decision: nothing is erased without one.")},
    )
    decided_on = DayField(
        label=_("Decided on"),
        help_text=_("Such as 2026-03-12"),
        error_messages={"required": _("Write the day of the decision.")},
    )
    meant = forms.BooleanField(
        label=_("Erase for good: it cannot be undone"),
        error_messages={"required": _("Tick that you mean it: it cannot be undone.")},
    )

    def clean_decided_on(self):
        return not_ahead(self.cleaned_data["decided_on"])

    def decision(self, by):
        """What was typed, carried out by somebody."""
        return Decision(self.cleaned_data["reference"], self.cleaned_data["decided_on"], by)
