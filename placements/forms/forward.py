"""Last year's grants taken along to another year: which, and with how many places, months and kronor."""

import uuid
from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from programmes.dates import DayField, not_ahead
from programmes.forms import TOO_LONG, NumberField, number_box
from programmes.models import FIRST_YEAR, LAST_YEAR, YearField
from programmes.records import closed_years
from programmes.text import TYPED

from ..models import Grant, Instalment
from .grants import LastYears, not_far_ahead, within
from .rows import RowForm, problems_in

LONGEST = Grant._meta.get_field("reference").max_length


class ForwardForm(forms.Form):
    """The year they are granted for, their common decision, and a row a grant: all or nothing.

    A year that is closed takes no grants this way: there each is added with its own reason. A
    repeated submission adds nothing.

    Ticks and remarks are those of the `year` that is asked for. Where they are other than those of
    the page that was sent, because another year was typed or somebody granted meanwhile, nothing is
    saved: the page is shown again as it then is.
    """

    year = NumberField(
        label=_("Granted for the year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages={"required": _("Write the year.")},
    )
    made_for = forms.IntegerField(widget=forms.HiddenInput, required=False)
    decided_on = DayField(
        label=_("Decided on"), required=False, help_text=_("Empty until it is decided")
    )
    reference = forms.CharField(
        label=_("Decision"),
        required=False,
        max_length=LONGEST,
        validators=TYPED,
        help_text=_("Such as the paragraph of the minutes"),
    )
    instalments = forms.BooleanField(
        label=_("Take the instalments along, with days as many years later"), required=False
    )

    def __init__(self, *args, programme, source, year, grants, **kwargs):
        initial = {"year": year, "made_for": year, "instalments": True}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["year"].validators = [*YearField().validators]
        for validator in self.fields["reference"].validators:
            if getattr(validator, "code", "") == "max_length":
                validator.message = TOO_LONG
        self.programme, self.source = programme, source
        self.has_instalments = any(grant.instalments.all() for grant in grants)
        if not self.has_instalments:
            del self.fields["instalments"]
        self.shown_for = self._year_asked_for() or year
        is_another = self.is_bound and self.data.get("made_for") != str(self.shown_for)
        there = self._granted_already(grants)
        self.rows = [self._row(grant, there) for grant in grants]
        self.is_shown_anew = is_another or any(row.is_news for row in self.rows)
        if self.is_shown_anew:
            self.data = self.data.copy()
            self.data["made_for"] = str(self.shown_for)
            for row in self.rows:
                row.show_anew()

    def _year_asked_for(self):
        """What is typed; while that is no year to grant for, what the page was made for."""
        for name in ("year", "made_for") if self.is_bound else ():
            with suppress(ValidationError):
                year = self.fields["year"].clean(self.data.get(name))
                if year != self.source:
                    return year
        return None

    def _granted_already(self, grants):
        """(municipality, initiative) of what the year has, but for what this very page made before."""
        found = self.programme.grants.filter(year=self.shown_for)
        if self.is_bound:
            sent = (self.data.get(f"g{grant.pk}-form_key", "") for grant in grants)
            found = found.exclude(form_key__in=[key for key in map(_key, sent) if key])
        return set(found.values_list("municipality_id", "initiative_id"))

    def _row(self, grant, there):
        pattern = LastYears(grant)
        return AlongForm(
            self.data if self.is_bound else None,
            instance=pattern.in_year(self.shown_for),
            programme=self.programme,
            prefix=f"g{grant.pk}",
            pattern=pattern,
            is_there=(grant.municipality_id, grant.initiative_id) in there,
        )

    def clean_year(self):
        year = not_far_ahead(self.cleaned_data["year"])
        if year == self.source:
            raise ValidationError(
                _("These are the grants of %(year)s: write another year."), params={"year": year}
            )
        if closed_years().filter(programme=self.programme, year=year).exists():
            raise ValidationError(
                _("%(year)s is closed: its report is adopted. Add grants to it one by one."),
                params={"year": year},
            )
        return year

    def clean_decided_on(self):
        return within(self.programme, not_ahead(self.cleaned_data["decided_on"]))

    def is_valid(self):
        if not self.is_bound:
            return False
        if super().is_valid() and self.is_shown_anew:
            words = _(
                "What is ticked now goes by what %(year)s has already. Look before you add them."
            )
            self.add_error(None, ValidationError(words, params={"year": self.shown_for}))
        if self.errors:
            # What is wrong in the rows is told at once, for the year they were shown with.
            for row in self.rows:
                row.is_sound()
            return False
        for row in self.rows:
            row.begin(self.cleaned_data)
        rows = [row.is_sound() for row in self.rows]
        if not any(row.goes_along for row in self.rows):
            self.add_error(None, _("Tick at least one grant."))
        for row in self.rows:
            if row.is_judged:
                for error in row.non_field_errors().as_data():
                    self.add_error(None, error)
        return all(rows) and not self.errors

    def problems(self):
        return problems_in(self.rows)

    @transaction.atomic
    def save(self):
        """The grants of the rows that go along, saved together."""
        with_instalments = self.cleaned_data.get("instalments")
        return [row.save_with(with_instalments) for row in self.rows if row.goes_along]


def _key(text):
    with suppress(ValueError):
        return uuid.UUID(text)
    return None


class AlongForm(RowForm):
    """One grant: does it go along, and with how many places, months and kronor."""

    UNWRITTEN = {
        "places": _("Write how many places."),
        "months": _("Write how many months a place lasts."),
    }

    take = forms.BooleanField(required=False)
    there = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Grant
        fields = ["places", "months", "amount"]
        widgets = {"places": number_box(), "months": number_box(), "amount": number_box()}

    def __init__(self, *args, pattern, is_there, **kwargs):
        super().__init__(*args, **kwargs)
        self.pattern, self.is_there = pattern, is_there
        self.initial |= {"take": not is_there, "there": "1" if is_there else ""}
        self.fields["take"].label = str(pattern.grant.municipality)

    def named(self, label):
        return f"{self.pattern.grant.municipality}, {str(label).lower()}"

    @property
    def is_news(self):
        """Whether what the year has of it already is other than when the page was made."""
        return self.is_bound and (self["there"].data == "1") != self.is_there

    def show_anew(self):
        """As the year has it now; what was ticked or not stays where nothing is new."""
        if self.is_news:
            self.data = self.data.copy()
            self.data[self.add_prefix("take")] = "" if self.is_there else "on"
            self.data[self.add_prefix("there")] = "1" if self.is_there else ""

    @property
    def goes_along(self):
        return bool(self["take"].data) if self.is_bound else self.initial["take"]

    @property
    def is_judged(self):
        return self.is_bound and self.goes_along

    def begin(self, common):
        """In the year and by the decision that is typed for all."""
        grant = self.instance
        ahead = self.pattern.in_year(common["year"])
        grant.year, grant.report_due_on = common["year"], ahead.report_due_on
        grant.decided_on, grant.reference = common["decided_on"], common["reference"]
        grant.retain_until = Grant.usual_retention(self.programme, grant.year)

    def save_with(self, with_instalments):
        grant = self.save()
        if with_instalments and not self.repeated:
            for row in self.pattern.ahead(grant.year):
                Instalment(grant=grant, **row).save()
        return grant
