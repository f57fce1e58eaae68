"""A draft of an event: what stands in the boxes of its form, kept as it is typed."""

import json

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from programmes import formats
from programmes.forms import TOO_LONG, RecordForm
from programmes.text import TYPED

from ..models import Audience, Draft, Event
from .events import EventForm

OWN_BOXES = ("form_key", "version")  # of the event's form, made anew each time it is opened
FITS = [*TYPED, MaxLengthValidator(20_000, message=TOO_LONG)]
MOST_TICKS = 500  # of one list
MOST_BYTES = 200 * 1024  # of a whole draft


class DraftForm(RecordForm):
    """Keeps what is typed in `parts`, the form and the grid of an event, without judging it.

    Refused is only what may not be stored at all, told at its box. The form's own boxes are hidden:
    the version of the draft and its one-time key.
    """

    class Meta:
        model = Draft
        fields = []

    def __init__(self, data=None, *, parts=(), **kwargs):
        super().__init__(data, prefix="draft", **kwargs)
        self.parts = parts
        self.stood = self.instance.typed
        for part in parts:
            part.leave_unjudged()
            part.cleaned_data = {}

    def is_valid(self):
        return super().is_valid() and not any(part.errors for part in self.parts)

    def clean(self):
        cleaned = super().clean()
        if self.parts:
            self.instance.typed = {
                name: self._typed(part, name)
                for part in self.parts
                for name in part.fields
                if name not in OWN_BOXES
            }
            self.instance.title = "".join(self.instance.typed["title"])[:200].strip()
            if not any(set(part.changed_data) - set(OWN_BOXES) for part in self.parts):
                self.parts[0].add_error("title", _("Write something first, such as what it was."))
            typed = json.dumps(self.instance.typed, ensure_ascii=False)
            if len(typed.encode("utf-8", "surrogatepass")) > MOST_BYTES:
                too_long = _("All of it together is too long for a draft: at most %(most)s.")
                self.parts[0].add_error(None, too_long % {"most": formats.bytes_of(MOST_BYTES)})
        return cleaned

    def _typed(self, part, name):
        texts = part.data.getlist(name)[:MOST_TICKS]
        try:
            for text in texts:
                for check in FITS:
                    check(text)
        except ValidationError as refusal:
            part.add_error(name, refusal)
        return texts

    def _look_for_conflict(self):
        """Somebody else's draft is shown beside one's own, box by box."""
        super()._look_for_conflict()
        if self.parts and self.has_error(NON_FIELD_ERRORS):
            form = self.parts[0]
            form.add_error(None, self.errors[NON_FIELD_ERRORS].as_data())
            form.conflicts = list(self._differences())

    def _differences(self):
        for part in self.parts:
            for name, field in part.fields.items():
                theirs = self.stood.get(name, [])
                if name not in OWN_BOXES and theirs != part.data.getlist(name):
                    yield _label(name, field), _as_read(field, theirs)

    def go_on_with(self, made):
        """What is typed now is the later text of the same draft."""
        made.typed, made.title = self.instance.typed, self.instance.title
        self.instance, self.is_new = made, False
        return not self.errors

    def save(self, commit=True, *, by=None):
        if self.repeated is None:
            self.instance.written_by = by
        return super().save(commit)


def _label(name, field):
    """The words at a box; those of the grid with the audience of their row."""
    audience = name.split("-")[0]
    if audience in Audience.values:
        return f"{Audience(audience).label.capitalize()}, {str(field.label).lower()}"
    return field.label


def _as_read(field, texts):
    """What was typed or chosen, in the words of the page; "–" for nothing."""
    words = {}
    for key, label in getattr(field, "choices", ()):
        words |= dict(label) if isinstance(label, list) else {str(key): label}
    return ", ".join(str(words.get(text, text)) for text in texts if text) or "–"


def goes_into_detail(draft):
    """Whether something stands under “More details” that a new form does not have there."""
    usual = {"status": Event.Status.HELD, "format": Event.Format.ON_SITE}
    names = set(EventForm.MORE) - {"initiative"}
    return any(set(draft.typed.get(name, [])) - {"", usual.get(name)} for name in names)


def filled_in(draft):
    """What the form and the grid of a new event begin with, as it was typed."""
    several = {
        name
        for name, field in EventForm.base_fields.items()
        if isinstance(field, forms.ModelMultipleChoiceField)
    }
    return {
        name: texts if name in several else "".join(texts[-1:])
        for name, texts in draft.typed.items()
    }
