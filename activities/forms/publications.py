"""A publication: what came out, when, and how often it was played and viewed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.forms import CountField, DatedForm, text_box

from ..models import Publication
from .links import LinkedForm

MOST_PLAYS = 999_999_999


class PublicationForm(LinkedForm, DatedForm):
    """One publication. Unknown plays and views stay unknown; they are never 0 by silence."""

    field_order = ["title", "kind", "when", "items", "plays", "views", "counted_on", "url", "links"]

    items = CountField(
        label=_("Number of items"),
        help_text=_("A podcast of ten programmes is ten items"),
        min_value=1,
        max_value=9_999,
        initial=1,
        refusal=_("A publication has between 1 and 9,999 items."),
    )
    plays = CountField(
        label=_("Plays"),
        help_text=_("Never added to reach. Leave empty if you do not know"),
        required=False,
        min_value=0,
        max_value=MOST_PLAYS,
        refusal=_("A number is between 0 and 999,999,999."),
    )
    views = CountField(
        label=_("Views"),
        help_text=_("Never added to reach. Leave empty if you do not know"),
        required=False,
        min_value=0,
        max_value=MOST_PLAYS,
        refusal=_("A number is between 0 and 999,999,999."),
    )

    class Meta:
        model = Publication
        fields = [
            "title",
            "kind",
            "items",
            "plays",
            "views",
            "counted_on",
            "url",
            "organisations",
            "note",
        ]
        widgets = {
            "organisations": forms.CheckboxSelectMultiple,
            "note": text_box(),
        }
        help_texts = {"url": _("Where it can be read, seen or heard")}

    def clean_counted_on(self):
        day = self.cleaned_data["counted_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("That day has not come."))
        return day
