"""Last year's grants taken along to another year: which, and with how many places, months and kronor."""

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
from .grants import LastYears
from .rows import RowForm, problems_in

LONGEST = Grant._meta.get_field("reference").max_length


class ForwardForm(forms.Form):
    """The year they are granted for, their common decision, and a row a grant: all or nothing.

    A year that is closed takes no grants this way: there each is added with its own reason. A
    repeated submission adds nothing.
    """

    year = NumberField(
        label=_("Granted for the year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=number_box(maxlength=4),
        error_messages={"required": _("Write the year.")},
    )
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

    def __init__(self, *args, programme, year, grants, **kwargs):
        initial = {"year": year, "instalments": True}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["year"].validators = [*YearField().validators]
        for validator in self.fields["reference"].validators:
            if getattr(validator, "code", "") == "max_length":
                validator.message = TOO_LONG
        self.programme = programme
        self.has_instalments = any(grant.instalments.all() for grant in grants)
        if not self.has_instalments:
            del self.fields["instalments"]
        there = set(
            programme.grants.filter(year=year).values_list("municipality_id", "initiative_id")
        )
        self.rows = [self._row(grant, year, there) for grant in grants]

    def _row(self, grant, year, there):
        pattern = LastYears(grant)
        return AlongForm(
            self.data if self.is_bound else None,
            instance=pattern.in_year(year),
            programme=self.programme,
            prefix=f"g{grant.pk}",
            pattern=pattern,
            is_there=(grant.municipality_id, grant.initiative_id) in there,
        )

    def clean_year(self):
        year = self.cleaned_data["year"]
        if closed_years().filter(programme=self.programme, year=year).exists():
            raise ValidationError(
                _("%(year)s is closed: its report is adopted. Add grants to it one by one."),
                params={"year": year},
            )
        return year

    def clean_decided_on(self):
        return not_ahead(self.cleaned_data["decided_on"])

    def is_valid(self):
        if not super().is_valid():
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


class AlongForm(RowForm):
    """One grant: does it go along, and with how many places, months and kronor."""

    UNWRITTEN = {
        "places": _("Write how many places."),
        "months": _("Write how many months a place lasts."),
    }

    take = forms.BooleanField(required=False)

    class Meta:
        model = Grant
        fields = ["places", "months", "amount"]
        widgets = {
            "places": number_box(maxlength=3),
            "months": number_box(maxlength=2),
            "amount": number_box(maxlength=12),
        }

    def __init__(self, *args, pattern, is_there, **kwargs):
        super().__init__(*args, **kwargs)
        self.pattern, self.is_there = pattern, is_there
        self.initial["take"] = not is_there
        self.fields["take"].label = str(pattern.grant.municipality)

    def named(self, label):
        return f"{self.pattern.grant.municipality}, {str(label).lower()}"

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
