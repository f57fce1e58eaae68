"""What an enterprise fills in by its link, and what the process leader says to it."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programmes.formats import UNKNOWN
from programmes.forms import ReasonField, RecordForm
from programmes.text import TYPED

from ..models import SentAnswer
from ..table import COLUMNS
from .answers import NUMBERS, AnswerField, CommentField

SEEN = re.compile(r"\d{1,18}\.\d{1,9}\.\d{1,9}", re.ASCII)


class LinkForm(RecordForm):
    """The answer of one enterprise. An empty box or a dash is not known, 0 is zero.

    `previous` is last year's confirmed answer: it stands beside each box. Sending the same twice
    sends it once; what two contacts send against each other is shown to the second.
    """

    NUMBERS = NUMBERS
    OVERTAKEN = _(
        "Somebody else changed this while you wrote. Compare, and send again to keep yours."
    )

    employed_women = AnswerField(label=COLUMNS["employed_women"])
    employed_men = AnswerField(label=COLUMNS["employed_men"])
    employed_unspecified = AnswerField(label=COLUMNS["employed_unspecified"])
    placed_employment_service = AnswerField(label=COLUMNS["placed_employment_service"])
    placed_municipality = AnswerField(label=COLUMNS["placed_municipality"])
    placed_other = AnswerField(label=COLUMNS["placed_other"])
    comment = CommentField(label=_("Comment"), required=False, max_length=2_000, validators=TYPED)
    explanation = forms.CharField(
        label=_("Why did it change so much?"), required=False, max_length=300, validators=TYPED
    )

    class Meta:
        model = SentAnswer
        fields = [*NUMBERS, "not_applicable", "explanation", "comment"]
        labels = {"not_applicable": _("We are not active any more")}

    def __init__(self, *args, previous=None, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.previous = previous
        if self.is_new:
            # So that who sends first at the same time as another is told so too.
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=0
            )
        for name in NUMBERS if previous else ():
            number = getattr(previous, name)
            year = instance.answer.census.year - 1
            self.fields[name].help_text = f"{year}: {UNKNOWN if number is None else number}"

    @property
    def employed(self):
        return [self[name] for name in SentAnswer.EMPLOYED]

    @property
    def placed(self):
        return [self[name] for name in SentAnswer.PLACED]

    @property
    def asks_why(self):
        return "explanation" in self.errors or bool(self["explanation"].value())

    @property
    def says_nothing_new(self):
        """Whether exactly this was sent before, and nobody asked for anything else since."""
        changed = set(self.changed_data) - {"version", "form_key"}
        return not self.is_new and not changed and not self.instance.is_to_mend

    def clean(self):
        cleaned = super().clean()
        cleaned |= {name: None for name in NUMBERS if cleaned.get(name) == AnswerField.NOT_GIVEN}
        if any(name in self.errors for name in NUMBERS):
            return cleaned
        answered = any(cleaned.get(name) is not None for name in NUMBERS)
        if cleaned.get("not_applicable") and answered:
            self.add_error(
                "not_applicable", _("There are numbers. Empty the boxes, or take the tick away.")
            )
        elif not cleaned.get("not_applicable") and not answered:
            self.add_error(NUMBERS[0], _("Write at least one number. 0 is a number too."))
        elif self._lacks_reason(cleaned):
            self.fields["explanation"].required = True
            self.add_error(
                "explanation",
                _("The number has changed much since last year. Write shortly why."),
            )
        return cleaned

    def _lacks_reason(self, cleaned):
        if cleaned.get("explanation") or "explanation" in self.errors:
            return False
        typed = SentAnswer(**{name: cleaned.get(name) for name in NUMBERS})
        return bool(typed.large_changes(self.previous))

    def _look_for_conflict(self):
        if not self.says_nothing_new:
            super()._look_for_conflict()

    def save(self, *, link, now):
        if self.says_nothing_new or self.repeated:
            return self.instance
        self.instance.link = link
        self.instance.sent_at = now
        self.instance.declined_at = None
        self.instance.settled_at = None
        self.instance.declined_because = ""
        return super().save()


class AcceptForm(forms.Form):
    """Which sendings were seen and are accepted; a closed year asks for a reason."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=20_000)

    def __init__(self, *args, year_is_closed=False, **kwargs):
        super().__init__(*args, **kwargs)
        if year_is_closed:
            self.fields["change_reason"] = ReasonField()

    def clean_seen(self):
        seen = self.cleaned_data["seen"].split()
        if not all(SEEN.fullmatch(one) for one in seen):
            raise ValidationError(_("Open the page again."))
        return seen


class DeclineForm(RecordForm):
    """What an enterprise is to mend in what it sent; it reads this in a mail and on its page."""

    UNWRITTEN = {"declined_because": _("Write what is to be mended.")}

    declined_because = forms.CharField(
        label=_("What is to be mended?"),
        max_length=1_000,
        validators=TYPED,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The enterprise reads this in the mail and above its answer."),
    )

    class Meta:
        model = SentAnswer
        fields = ["declined_because"]
