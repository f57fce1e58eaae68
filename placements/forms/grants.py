"""A grant with its instalments, and what the list of grants is narrowed to."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programmes.dates import not_ahead
from programmes.filters import ListFilter, YearChoice
from programmes.forms import RecordForm, number_box
from programmes.models import FIRST_YEAR, LAST_YEAR, Initiative
from programmes.periods import add_months

from ..models import Grant, Instalment
from .rows import RowForm, problems_in

EMPTY_ROWS = 3
MOST_NEW_ROWS = 36
YEARS_AHEAD = 2  # that grants are made for
YEARS_AROUND = 5  # the programme and its grants, that its money may have to do with


def latest_grantable():
    """The last year that a grant can be for, as known today."""
    return min(timezone.localdate().year + YEARS_AHEAD, LAST_YEAR)


def not_far_ahead(year):
    """The year of a grant, refused where nobody grants anything yet."""
    if year and year > latest_grantable():
        raise ValidationError(
            _("Write a year no later than %(last)s."), params={"last": latest_grantable()}
        )
    return year


def within(programme, day):
    """A day of the programme's money, refused where it must be a slip: long before, or long after."""
    if day is None:
        return None
    years = {programme.starts_on.year, timezone.localdate().year}
    if not min(years) <= day.year <= max(years):
        years.update(programme.grants.values_list("year", flat=True))
    first = max(min(years) - YEARS_AROUND, FIRST_YEAR)
    last = min(max(years) + YEARS_AROUND, LAST_YEAR)
    if not first <= day.year <= last:
        raise ValidationError(
            _("Write a day between the years %(first)s and %(last)s."),
            params={"first": first, "last": last},
        )
    return day


class GrantForm(RecordForm):
    """Places granted to a municipality in a year, and the instalments of its amount, in `rows`.

    A row left empty is no instalment; one that was stored and is emptied is taken away. Whether
    the instalments make up the amount is remarked on the grant's page and never asked here.
    """

    UNWRITTEN = {
        "year": _("Write the year."),
        "municipality": _("Choose a municipality."),
        "places": _("Write how many places."),
        "months": _("Write how many months a place lasts."),
        "initiative": _("Choose an initiative."),
    }
    AHEAD = ("report_due_on", "retain_until")
    FILLED_IN = ("retain_until",)

    class Meta:
        model = Grant
        fields = [
            "municipality",
            "year",
            "places",
            "months",
            "amount",
            "initiative",
            "decided_on",
            "reference",
            "organisation",
            "target_group",
            "conditions",
            "report_due_on",
            "reported_on",
            "retain_until",
        ]
        widgets = {
            "year": number_box(),
            "places": number_box(),
            "months": number_box(),
            "amount": number_box(),
            "conditions": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "amount": _("Such as 84 000"),
            "reference": _("Such as the paragraph of the minutes"),
            "organisation": _("Whom the money goes to, if not the municipality itself"),
            "target_group": _(
                "Not shown to partners and board. Never write about a single person."
            ),
            "conditions": _("Not shown to partners and board."),
            "report_due_on": _("When the municipality is to report, if it is"),
            "reported_on": _("Leave it empty until the report has come"),
        }

    def __init__(self, *args, like=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].empty_label = _("Choose a municipality")
        self.fields["organisation"].empty_label = _("None")
        if self.is_new:
            self.initial.setdefault("year", timezone.localdate().year)
            self._preselect_initiative()
        self.fields["retain_until"].help_text = self._usual_retention()
        self.rows = list(self._rows(like))

    def _usual_retention(self):
        years = self.programme.codes_kept
        return ngettext(
            "Then participants' codes may be erased. Left empty: the end of the year, %(years)s year after the grant's.",
            "Then participants' codes may be erased. Left empty: the end of the year, %(years)s years after the grant's.",
            years,
        ) % {"years": years}

    def _preselect_initiative(self):
        """The one there is of the kind: places belong to the line of work about individuals."""
        rows = list(self.fields["initiative"].queryset)
        individual = [r for r in rows if r.direction == Initiative.Direction.INDIVIDUAL]
        likely = individual if len(individual) == 1 else rows
        if len(likely) == 1:
            self.initial.setdefault("initiative", likely[0].pk)

    def _rows(self, like):
        """The instalments there are, those of the grant it is made `like`, and some empty ones."""
        stored = () if self.is_new else self.instance.instalments.all()
        for number, row in enumerate(stored, 1):
            yield self._row(f"i{row.pk}", number, row)
        copied = like.ahead(self.initial["year"]) if like else []
        empty = max(EMPTY_ROWS, len(copied), self._rows_sent())
        for n in range(1, empty + 1):
            initial = copied[n - 1] if n <= len(copied) else {}
            yield self._row(f"new{n}", len(stored) + n, Instalment(), initial)

    def _rows_sent(self):
        return sum(f"new{n}-amount" in self.data for n in range(1, MOST_NEW_ROWS + 1))

    def _row(self, prefix, number, instalment, initial=None):
        instalment.grant = self.instance
        sent = self.is_bound and f"{prefix}-amount" in self.data
        return InstalmentRow(
            self.data if sent else None,
            instance=instalment,
            programme=self.programme,
            prefix=prefix,
            number=number,
            initial=initial,
        )

    def clean_year(self):
        return not_far_ahead(self.cleaned_data["year"])

    def clean_decided_on(self):
        return within(self.programme, not_ahead(self.cleaned_data["decided_on"]))

    def clean_reported_on(self):
        return not_ahead(self.cleaned_data["reported_on"])

    def clean(self):
        cleaned = super().clean()
        year, until = cleaned.get("year"), cleaned.get("retain_until")
        if year and "retain_until" not in self.errors:
            if until is None:
                cleaned["retain_until"] = Grant.usual_retention(self.programme, year)
            elif until < date(year, 12, 31):
                words = _("The codes are kept at least until the grant's year is over.")
                self.add_error("retain_until", words)
        return cleaned

    def is_valid(self):
        if not self.is_bound:
            return False
        sound = super().is_valid()
        if self.repeated:
            return True
        rows = [row.is_sound() for row in self.rows]
        for row in self.rows:
            self.conflicts += [(row.named(label), now) for label, now in row.conflicts]
            self.mine |= {row.named(label): mine for label, mine in row.mine.items()}
            if row.is_overtaken and not self.is_overtaken:
                self.add_error(None, row.non_field_errors().as_data()[0])
        return sound and all(rows) and not self.errors

    def _says_otherwise_than(self, made):
        typed = [row for row in self.rows if not row.is_left_out]
        told = not all(row.is_valid() and row.repeated for row in typed)
        return super()._says_otherwise_than(made) or told

    def problems(self):
        return problems_in(self.rows)

    def save(self, commit=True):
        with transaction.atomic():
            grant = super().save(commit)
            if not self.repeated:
                for row in self.rows:
                    row.store(grant)
        return grant


class InstalmentRow(RowForm):
    """One row of a grant's instalments. Its year is the grant's, and so is the reason of a closed one."""

    AHEAD = ("due_on",)
    UNWRITTEN = {"amount": _("Write the amount.")}

    class Meta:
        model = Instalment
        fields = ["amount", "due_on", "paid_on"]
        widgets = {"amount": number_box()}

    def __init__(self, *args, number, **kwargs):
        super().__init__(*args, **kwargs)
        self.number = number
        if self.is_emptied:
            self.fields["amount"].required = False

    def add_prefix(self, field_name):
        """One reason is typed for the grant and all its rows."""
        return field_name if field_name == "change_reason" else super().add_prefix(field_name)

    def named(self, label):
        return _("Instalment %(number)s, %(what)s") % {
            "number": self.number,
            "what": str(label)[:1].lower() + str(label)[1:],
        }

    @property
    def _is_blank(self):
        names = map(self.add_prefix, self.Meta.fields)
        return not any(str(self.data.get(name, "")).strip() for name in names)

    @property
    def is_left_out(self):
        """Whether it says nothing: not sent, or an empty row."""
        return not self.is_bound or (self.is_new and self._is_blank)

    @property
    def is_judged(self):
        return not self.is_left_out

    @property
    def is_emptied(self):
        return self.is_bound and not self.is_new and self._is_blank

    def clean_due_on(self):
        return within(self.programme, self.cleaned_data["due_on"])

    def clean_paid_on(self):
        return within(self.programme, not_ahead(self.cleaned_data["paid_on"]))

    def _get_validation_exclusions(self):
        """The grant is saved with its rows, and an instalment that goes needs no amount."""
        excluded = super()._get_validation_exclusions() | {"grant"}
        return excluded | {"amount"} if self.is_emptied else excluded

    def store(self, grant):
        """As typed, under the saved `grant`; what is as it was is not written again."""
        if self.is_left_out:
            return
        if self.is_emptied:
            # What is deleted is the instalment as it stands, not as the empty boxes have it.
            gone = Instalment.objects.get(pk=self.instance.pk)
            gone._change_reason = self.cleaned_data.get("change_reason")
            gone.delete()
        elif self.is_new or set(self.changed_data) & set(self.Meta.fields):
            self.instance.grant = grant
            self.save()


class PaidForm(RecordForm):
    """The day an instalment was paid."""

    UNWRITTEN = {"paid_on": _("Write the day it was paid.")}

    class Meta:
        model = Instalment
        fields = ["paid_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].required = True

    def clean_paid_on(self):
        return within(self.programme, not_ahead(self.cleaned_data["paid_on"]))


class LastYears:
    """A grant as the pattern of another: what stays the same, with days as many years later."""

    SAME = (
        "municipality",
        "places",
        "months",
        "amount",
        "initiative",
        "organisation",
        "target_group",
        "conditions",
    )

    def __init__(self, grant):
        self.grant = grant

    def in_year(self, year):
        """A new grant of `year`, not saved: nothing is decided, paid or reported yet."""
        same = {name: getattr(self.grant, name) for name in self.SAME}
        due = _later(self.grant.report_due_on, year - self.grant.year)
        return Grant(programme=self.grant.programme, year=year, report_due_on=due, **same)

    def ahead(self, year):
        """Its instalments, as they would be in `year`: amounts and the days they are due."""
        return [
            {"amount": row.amount, "due_on": _later(row.due_on, year - self.grant.year)}
            for row in self.grant.instalments.all()
        ]


def _later(day, years):
    return None if day is None else add_months(day, 12 * years)


class GrantFilter(ListFilter):
    """What the list of grants is narrowed to."""

    PAGE, TITLE = "placements:list", _("Grants and places")

    year = YearChoice()
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), required=False, queryset=None, empty_label=_("All")
    )
    initiative = forms.ModelChoiceField(
        label=_("Initiative"), required=False, queryset=None, empty_label=_("All")
    )

    def __init__(self, data, *, programme, years):
        super().__init__(data)
        self.fields["year"].offer(years)
        self.fields["municipality"].queryset = programme.municipalities.all()
        self.fields["initiative"].queryset = programme.initiatives.all()

    def narrowed(self, records, chosen):
        for name in ("year", "municipality", "initiative"):
            if name in chosen:
                records = records.filter(**{name: chosen[name]})
        return records
