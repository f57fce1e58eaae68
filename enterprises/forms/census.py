"""The census: opening it and closing it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.dates import DayField, not_ahead
from programmes.forms import RecordForm, number_box
from programmes.models import FIRST_YEAR, LAST_YEAR

from ..models import Census


class CensusForm(RecordForm):
    """A census of a year; saving it asks everyone who was active on its reference date."""

    UNWRITTEN = {"year": _("Write the year.")}

    reference_date = DayField(
        label=_("Reference date"),
        required=False,
        help_text=_("The day the answers are about. Leave it empty for 31 October."),
    )

    answer_by = DayField(
        label=_("Answer by"),
        required=False,
        ahead=True,
        help_text=_(
            "The last day to answer. Reminders go out two weeks, one week and one day before it."
        ),
    )

    class Meta:
        model = Census
        fields = ["year", "reference_date", "answer_by"]
        widgets = {"year": number_box()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = 0
        if not self.is_new:
            del self.fields["year"]

    def clean(self):
        cleaned = super().clean()
        year = cleaned.get("year") if self.is_new else self.instance.year
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return cleaned
        day, usual = cleaned.get("reference_date"), Census.usual_day(year)
        if not day and "reference_date" not in self.errors:
            cleaned["reference_date"] = usual
        elif day and abs(day - usual) > timedelta(183):
            self.add_error(
                "reference_date",
                _("The reference date is too far from the autumn of %(year)s.") % {"year": year},
            )
        by, day = cleaned.get("answer_by"), cleaned.get("reference_date")
        if by and day and by < day:
            self.add_error("answer_by", _("The day to answer by is before the reference date."))
        return cleaned

    def save(self, commit=True):
        with transaction.atomic():
            census = super().save(commit)
            if not self.repeated:
                self.asked = census.ask(reason=self.cleaned_data.get("change_reason"))
        return census


class ClosingForm(RecordForm):
    """The day a census was closed."""

    UNWRITTEN = {"closed_on": _("Write which day it was closed.")}

    closed_on = DayField(label=_("Closed on"))

    class Meta:
        model = Census
        fields = ["closed_on"]

    def __init__(self, *args, initial=None, **kwargs):
        today = timezone.localdate()
        super().__init__(*args, initial={"closed_on": today} | (initial or {}), **kwargs)
        such_as = _("Such as %(day)s or today") % {"day": today}
        self.fields["closed_on"].help_text = such_as

    def clean_closed_on(self):
        return not_ahead(self.cleaned_data["closed_on"])


class CensusAsItStandsForm(RecordForm):
    """Nothing to fill in but a reason where the year is closed: to ask more enterprises, or reopen."""

    class Meta:
        model = Census
        fields = []
