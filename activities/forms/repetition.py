"""On which days an event is repeated: the rule, and which of its days are made."""

import re
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.dates import DayField, RoughDateField, parse
from programmes.forms import NOT_OFFERED, TOO_LONG, NumberField, text_box
from programmes.periods import Precision
from programmes.text import refuse_unwritable

from ..models import Event
from ..series import LAST, MOST, limited, monthly_by_date, monthly_on, weekly

TOO_MANY = _("That is more than %(most)s days. Choose an earlier end.")
WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)


class DaysField(forms.CharField):
    """Dates as people list them: "12/3, 26/3 och 9 april 2027", or one to a line. Its value is days.

    They are asked in the address, which has room for so many: a longer text is refused in words, and
    what no address holds is not taken in at all.
    """

    LONGEST, MOST_TAKEN_IN = 1_500, 2_500

    def __init__(self, **kwargs):
        widget = text_box(4)
        widget.attrs["maxlength"] = self.MOST_TAKEN_IN
        fits = MaxLengthValidator(self.LONGEST, message=TOO_LONG)
        super().__init__(widget=widget, validators=[fits], **kwargs)

    def clean(self, value):
        typed = re.split(r"[\n,;]|\boch\b|\band\b", super().clean(value))
        return sorted({self._day(text.strip()) for text in typed if text.strip()})

    def _day(self, text):
        refuse_unwritable(text)
        try:
            found = parse(text, timezone.localdate(), ahead=True)
        except ValidationError as wrong:
            raise ValidationError(
                _("“%(text)s”: %(problem)s"),
                params={"text": text[:40], "problem": " ".join(wrong.messages)},
            ) from None
        if found.precision != Precision.DAY:
            raise ValidationError(
                _("“%(text)s” is no single day. Write it like 12/3 or 9 April 2027."),
                params={"text": text[:40]},
            )
        return found.first


class RuleForm(forms.Form):
    """On which days an event is repeated: some weeks, every month, or days that are listed.

    It is asked in the address, so that looking at the days writes nothing. After `is_valid`, `days`
    holds them.
    """

    WEEKS, MONTHS, LISTED = "weeks", "months", "listed"
    SAME_DATE = "date"

    way = forms.ChoiceField(
        label=_("When is it held again?"),
        choices=[
            (WEEKS, _("Some weeks")),
            (MONTHS, _("Every month")),
            (LISTED, _("Days I list")),
        ],
        widget=forms.RadioSelect,
        initial=WEEKS,
    )
    weeks = forms.TypedChoiceField(
        label=_("How often"),
        choices=[
            (1, _("Every week")),
            (2, _("Every second week")),
            (3, _("Every third week")),
            (4, _("Every fourth week")),
        ],
        coerce=int,
        initial=2,
    )
    nth = forms.ChoiceField(
        label=_("Which of the month"),
        choices=[
            ("1", _("The first")),
            ("2", _("The second")),
            ("3", _("The third")),
            ("4", _("The fourth")),
            (str(LAST), _("The last")),
            (SAME_DATE, _("The same date, whatever the weekday")),
        ],
    )
    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=WEEKDAYS, coerce=int)
    first = DayField(label=_("From"), ahead=True)
    until = RoughDateField(
        label=_("Until"),
        required=False,
        ahead=True,
        help_text=_("Such as 3/6 or June 2027"),
    )
    times = NumberField(label=_("Or so many times"), required=False, min_value=1, max_value=MOST)
    listed = DaysField(
        label=_("Days"),
        help_text=_("Such as 12/3, 26/3, 9 April 2027. Commas or a new line between them."),
    )

    def __init__(self, data=None, *, event):
        super().__init__(data, initial=self._likely(event))
        for name in ("way", "weeks", "nth", "weekday"):
            for code in ("invalid_choice", "required"):
                self.fields[name].error_messages[code] = NOT_OFFERED
        self.fields["first"].error_messages["required"] = _("Write from when.")
        self.fields["listed"].error_messages["required"] = _("Write at least one day.")

    @staticmethod
    def _likely(event):
        """As the event itself: on its weekday, from its day, or from now where that is long past."""
        today, day = timezone.localdate(), event.starts_on
        if (today - day).days > 31:
            day = next(iter(weekly(today, day.weekday(), 1)))
        nth = (event.starts_on.day - 1) // 7 + 1
        return {
            "weekday": event.starts_on.weekday(),
            "nth": str(LAST if nth == 5 else nth),
            "first": day,
        }

    def clean(self):
        cleaned = super().clean()
        way = cleaned.get("way")
        for name in set(self.errors) - self._shown(way, cleaned.get("nth")):
            del self.errors[name]
        if not self.errors:
            self.days = self._listed(cleaned) if way == self.LISTED else self._by_rule(cleaned)
        return cleaned

    def _shown(self, way, nth):
        """Only what belongs to the way chosen is judged."""
        if way is None:
            return {"way"}
        if way == self.LISTED:
            return {"listed"}
        shown = {"weekday", "first", "until", "times", "weeks" if way == self.WEEKS else "nth"}
        by_date = way == self.MONTHS and nth == self.SAME_DATE
        return shown - {"weekday"} if by_date else shown

    def _listed(self, cleaned):
        days = cleaned["listed"]
        if not days:
            self.add_error("listed", _("Write at least one day."))
        elif len(days) > MOST:
            self.add_error("listed", ValidationError(TOO_MANY, params={"most": MOST}))
        return days

    def _by_rule(self, cleaned):
        first, until, times = cleaned["first"], cleaned["until"], cleaned["times"]
        if not until and not times:
            self.add_error("until", _("Write until when, or how many times."))
        elif until and until.last < first:
            self.add_error("until", _("The end comes before the beginning."))
        if self.errors:
            return []
        days = limited(self._rule(cleaned, first), until and until.last, times)
        if len(days) > MOST:
            self.add_error("until", ValidationError(TOO_MANY, params={"most": MOST}))
        elif not days:
            self.add_error("until", _("There is no such day in that time."))
        return days

    def _rule(self, cleaned, first):
        if cleaned["way"] == self.WEEKS:
            return weekly(first, cleaned["weekday"], cleaned["weeks"])
        if cleaned["nth"] == self.SAME_DATE:
            return monthly_by_date(first)
        return monthly_on(first, cleaned["weekday"], int(cleaned["nth"]))


class RepetitionForm(forms.Form):
    """The days looked at, of which those ticked are made. It carries a one-time key."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    days = forms.MultipleChoiceField(
        label=_("Days"), error_messages={"required": _("Tick at least one day.")}
    )

    def __init__(self, data=None, *, days):
        super().__init__(data)
        self.looked_at = days
        self.fields["days"].choices = [
            (day.date.isoformat(), day.date.isoformat()) for day in days if day.can_be_made
        ]
        self.fields["days"].error_messages["invalid_choice"] = NOT_OFFERED

    def repeated(self, programme):
        """The event that an earlier submission of this form made first; None where there is none."""
        key = self.fields["form_key"]
        try:
            asked = key.clean(self.data.get("form_key"))
        except ValidationError:
            return None
        made = Event.objects.filter(programme=programme, form_key=asked) if asked else None
        return made.select_related("programme", "series").first() if made is not None else None

    def rows(self):
        """Each day with whether it is ticked."""
        chosen = self.data.getlist("days") if self.is_bound else None
        for day in self.looked_at:
            ticked = day.is_likely if chosen is None else day.date.isoformat() in chosen
            yield day, ticked

    def chosen(self):
        picked = set(self.cleaned_data["days"])
        return [day.date for day in self.looked_at if day.date.isoformat() in picked]

    def unused_key(self):
        """The form's key; none if another programme has an event with it."""
        key = self.cleaned_data.get("form_key")
        return None if Event.objects.filter(form_key=key).exists() else key
