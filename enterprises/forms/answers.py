"""What one enterprise answers to a census: on a page of its own, or in a row of the table."""

from datetime import date

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from programmes.dates import RoughDateField, not_ahead
from programmes.formats import UNKNOWN
from programmes.forms import NOT_OFFERED, CountField, RecordForm, number_box
from programmes.records import YearIsClosed
from programmes.text import TYPED

from ..models import CensusReturn, EnterpriseStatus
from ..sent_answers import settle

NUMBERS = (*CensusReturn.EMPLOYED, *CensusReturn.PLACED)
DASHES = {"-", "–", "—", "−"}
MOST = 9_999
State = CensusReturn.State


class AnswerField(CountField):
    """A number of persons; a dash is not answered, an empty box not typed yet, 0 is zero."""

    NOT_GIVEN = UNKNOWN
    empty_values = [*CountField.empty_values, NOT_GIVEN]

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            min_value=0,
            max_value=MOST,
            widget=number_box(),
            refusal=_("A number is between 0 and 9,999."),
            **kwargs,
        )
        self.error_messages["invalid"] = _(
            "Write a whole number in digits, or leave the box empty."
        )

    def to_python(self, value):
        if isinstance(value, str) and value.strip() in DASHES:
            return self.NOT_GIVEN
        return super().to_python(value)


class CommentField(forms.CharField):
    """Paragraphs; a browser's way to end a line is no change."""

    widget = forms.Textarea(attrs={"rows": 3})

    @staticmethod
    def plain(text):
        return text.replace("\r\n", "\n").strip()

    def to_python(self, value):
        return self.plain(super().to_python(value))


def typed(answer):
    """What stands in each box of an answer, as it is typed."""
    return {
        "state": answer.state,
        **{name: answer.typed(name) for name in NUMBERS},
        "explanation": answer.change_reason,
        "comment": CommentField.plain(answer.comment),
    }


class AnswerForm(RecordForm):
    """The numbers of one enterprise, its comment, and why they differ so much from `previous`.

    `previous` is last year's confirmed answer; it stands beside each box and counts for nothing
    until it is confirmed anew.
    """

    SHOWN_AT = {"change_reason": "explanation"}
    NUMBERS = NUMBERS

    employed_women = AnswerField(label=_("Women"))
    employed_men = AnswerField(label=_("Men"))
    employed_unspecified = AnswerField(label=_("Not specified"))
    placed_employment_service = AnswerField(label=_("The employment service"))
    placed_municipality = AnswerField(label=_("The municipality"))
    placed_other = AnswerField(label=_("Others"))
    comment = CommentField(label=_("Comment"), required=False, max_length=20_000, validators=TYPED)
    # Not called change_reason: that is what a closed year asks for.
    explanation = forms.CharField(
        label=_("Reason for a large change"),
        required=False,
        max_length=300,
        validators=TYPED,
        help_text=_("If the numbers differ much from last year's"),
    )

    class Meta:
        model = CensusReturn
        fields = [*NUMBERS, "state", "comment"]

    def __init__(self, *args, previous=None, initial=None, instance, **kwargs):
        stored = {name: _stored(instance, name) for name in NUMBERS}
        stored["explanation"] = instance.change_reason
        stored["comment"] = CommentField.plain(instance.comment)
        super().__init__(*args, initial=stored | (initial or {}), instance=instance, **kwargs)
        self.previous = previous

    def clean(self):
        """Dashes become numbers that are said to be missing; in a confirmed answer empty boxes are too."""
        cleaned = super().clean()
        self.not_given = [name for name in NUMBERS if cleaned.get(name) == AnswerField.NOT_GIVEN]
        cleaned |= dict.fromkeys(self.not_given)
        return cleaned

    @property
    def has_numbers(self):
        return any(self.cleaned_data.get(name) is not None for name in NUMBERS)

    @property
    def has_wrong_numbers(self):
        return any(name in self.errors for name in NUMBERS)

    def large_changes(self):
        """What the numbers, as typed, ask a reason for."""
        numbers = {name: self.cleaned_data.get(name) for name in NUMBERS}
        return CensusReturn(**numbers).large_changes(self.previous)

    def _post_clean(self):
        self.instance.change_reason = self.cleaned_data.get("explanation", "")
        self.instance.not_given = self.not_given
        super()._post_clean()

    @property
    def gives_the_answer(self):
        """Whether this is what the answer is from now on: not a mere comment on it."""
        return not self.instance.is_waiting and bool({"state", *NUMBERS} & {*self.changed_data})

    @property
    def goes_over(self):
        """What the enterprise sent by its link and nobody has looked at, if this stands instead; or None."""
        sent = getattr(self.instance, "sent", None)
        return sent if sent and sent.is_waiting and self.gives_the_answer else None

    def save(self, commit=True):
        with transaction.atomic():
            answer = super().save(commit)
            if getattr(answer, "sent", None) and (self.gives_the_answer or answer.is_waiting):
                settle(answer, now=None if answer.is_waiting else timezone.now())
        return answer


def _stored(answer, name):
    number = getattr(answer, name)
    return number if number is not None else answer.typed(name) or None


class ReturnForm(AnswerForm):
    """The page of one enterprise's answer. Whoever types says what state it is in; none is presumed."""

    UNWRITTEN = {"state": _("Choose whether the answer is a draft or confirmed.")}

    class Meta(AnswerForm.Meta):
        widgets = {"state": forms.RadioSelect}

    def __init__(self, *args, previous=None, initial=None, instance, **kwargs):
        initial = dict(initial or {})
        if instance.state == State.NOT_ANSWERED:
            initial["state"] = None
        super().__init__(*args, previous=previous, initial=initial, instance=instance, **kwargs)
        for name in NUMBERS if previous else ():
            number = getattr(previous, name)
            self.fields[
                name
            ].help_text = f"{instance.census.year - 1}: {UNKNOWN if number is None else number}"

    @property
    def employed(self):
        return [self[name] for name in CensusReturn.EMPLOYED]

    @property
    def placed(self):
        return [self[name] for name in CensusReturn.PLACED]

    def clean(self):
        cleaned = super().clean()
        state = cleaned.get("state")
        if self.has_wrong_numbers:
            return cleaned
        if state == State.CONFIRMED and not self.has_numbers:
            self.add_error("state", _("Fill in at least one number to confirm. 0 is a number."))
        if state == State.NOT_ANSWERED and self.has_numbers:
            self.add_error("state", _("There are numbers: choose draft or confirmed."))
        if state == State.NOT_APPLICABLE and self.has_numbers:
            self.add_error("state", _("Empty the boxes where the census is not applicable."))
        if state == State.CONFIRMED and not cleaned.get("explanation") and self.large_changes():
            self.add_error("explanation", WHY)
        return cleaned


EXTRAS = ("explanation", "became", "since")
WHY = _("Write shortly why it changed so much, or that you do not know.")


class RowForm(AnswerForm):
    """One row of the census table; its boxes are named by the return's id.

    A row is confirmed as it stands, or with last year's number in each box left empty (`SAME`).
    What only lacks its reason is kept as a draft, and asked for (`asks_why`). Where the census is
    not applicable the status of the enterprise can be told at once (`became`, `since`).
    """

    SAME = "same"
    BECAME = (
        EnterpriseStatus.Status.CLOSED,
        EnterpriseStatus.Status.DORMANT,
        EnterpriseStatus.Status.BANKRUPT,
    )

    @staticmethod
    def same_as(census):
        """What one chooses to answer the same as the year before."""
        return _("Same as %(last_year)s") % {"last_year": census.year - 1}

    became = forms.ChoiceField(
        required=False, choices=[("", ""), *((value, value.label) for value in BECAME)]
    )
    since = RoughDateField(required=False)

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, prefix=str(instance.pk), **kwargs)
        self.standing = typed(instance)  # before what was sent is put in
        self.asks_why = False
        self.fields["state"] = forms.ChoiceField(
            label=_("State"),
            required=False,
            choices=[*State.choices, (self.SAME, "")],
            error_messages={"invalid_choice": NOT_OFFERED},
        )
        self.fields["since"].until = date(instance.census.year, 12, 31)
        self._theirs["explanation"] = instance.change_reason
        if self.add_prefix("change_reason") in self.data:
            self._ask_for_reason()

    @property
    def was_sent(self):
        """Whether the row is among those that were posted."""
        return self.add_prefix("version") in self.data

    @property
    def differs(self):
        """Whether what was sent is something else than what stands."""
        return any(name != "version" for name in self.changed_data)

    def compared(self):
        """(label, what stands, what was sent) of what differs since somebody else changed the row."""
        states = dict(State.choices) | {self.SAME: self.same_as(self.instance.census)}
        for name in self.changed_data:
            if name in self._theirs:
                theirs, mine = self._theirs[name], self[name].value()
                if name == "state":
                    mine = states.get(mine, mine)
                if (theirs or UNKNOWN) != (mine or UNKNOWN):
                    yield self.fields[name].label, theirs or UNKNOWN, mine or UNKNOWN

    def is_as_read(self):
        """Whether the row came back as it was read, though somebody else has changed it since."""
        form = self._when_it_was_read()
        is_read_anew = form is None or form.instance.version == self.instance.version
        return not is_read_anew and not form.differs

    def has_come_in(self):
        """Whether the row stands as this one, stored when it was read, would have left it."""
        form = self._when_it_was_read()
        return form is not None and form.is_valid() and typed(form.instance) == self.standing

    def _when_it_was_read(self):
        """The same row sent while the version that was read still stood; None where there is no such version."""
        read = str(self.data.get(self.add_prefix("version"), ""))
        if not read.isdecimal() or len(read) > 9:
            return None
        row = self.instance.history.filter(version=int(read)).first()
        if row is None:
            return None
        then = row.instance
        then._state.adding = False
        return RowForm(self.data, instance=then, programme=self.programme, previous=self.previous)

    def clean_since(self):
        return not_ahead(self.cleaned_data["since"])

    def clean(self):
        cleaned = super().clean()
        if self.has_wrong_numbers or "state" in self.errors:
            return cleaned
        state = cleaned.get("state") or self.instance.state
        if state == self.SAME:
            self._take_last_years()
            state = State.CONFIRMED
        if state == State.NOT_ANSWERED and (self.has_numbers or self.not_given):
            state = State.DRAFT
        if state == State.DRAFT and not (self.has_numbers or self.not_given):
            state = State.NOT_ANSWERED
        if state == State.CONFIRMED:
            state = self._confirmed()
        if state == State.NOT_APPLICABLE and self.has_numbers:
            self.add_error("state", _("Empty the boxes where the census is not applicable."))
        is_gone = state == State.NOT_APPLICABLE and cleaned.get("became")
        if is_gone and not cleaned.get("since") and "since" not in self.errors:
            self.add_error("since", _("Write since when."))
        cleaned["state"] = state
        return cleaned

    def _take_last_years(self):
        for name in NUMBERS if self.previous else ():
            if self.cleaned_data.get(name) is None and name not in self.not_given:
                self.cleaned_data[name] = getattr(self.previous, name)

    def _confirmed(self):
        """Confirmed if it answers something and tells why it changed so much; else a draft."""
        if not self.has_numbers:
            self.add_error("state", _("Fill in at least one number to confirm. 0 is a number."))
        self.asks_why = bool(self.large_changes()) and not self.cleaned_data.get("explanation")
        return State.DRAFT if self.asks_why else State.CONFIRMED

    @property
    def told_status(self):
        """The status told along with the row as it is understood: "Closed from 12 March 2018"; else nothing."""
        status = self._new_status
        if status is None:
            return ""
        return _("%(status)s from %(day)s") % {
            "status": capfirst(status.get_status_display()),
            "day": self.cleaned_data["since"],
        }

    @property
    def _new_status(self):
        became, since = self.cleaned_data.get("became"), self.cleaned_data.get("since")
        if self.cleaned_data.get("state") != State.NOT_APPLICABLE or not (became and since):
            return None
        census = self.instance.census
        status = EnterpriseStatus(
            enterprise=self.instance.enterprise,
            status=became,
            starts_on=since.first,
            precision=since.precision,
            source=_("Census %(year)s") % {"year": census.year},
        )
        status._change_reason = self.cleaned_data.get("change_reason")
        return status

    def _post_clean(self):
        super()._post_clean()
        status = self._new_status
        if status is None or self.errors:
            return
        try:
            status.validate_constraints()
            status.refuse_closed_year()
        except YearIsClosed as closed:
            self._ask_for_reason()
            self.add_error("change_reason", closed)
        except forms.ValidationError as error:
            self.add_error("since", error.messages)

    def save(self, commit=True):
        with transaction.atomic():
            answer = super().save(commit)
            if status := self._new_status:
                status.save()
        return answer
