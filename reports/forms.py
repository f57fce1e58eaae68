"""Printed figures: a number that stands in some document, and where."""

from decimal import Decimal

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from programmes.figures import breakdown_code, parse_breakdown
from programmes.forms import RecordForm

from .breakdowns import in_words, named_values, part_of
from .indicators import ENGAGED, INDICATORS, Words
from .models import PublishedFigure

CHECKED = {**INDICATORS, ENGAGED.code: ENGAGED}
TAKEN = next(
    constraint.violation_error_message
    for constraint in PublishedFigure._meta.constraints
    if constraint.name == "published_figure_has_one_main"
)
UNITS = {indicator.unit: indicator.unit_label for indicator in CHECKED.values()}


class CommaField(forms.DecimalField):
    """A number as it is printed: "1 275", "47,8"."""

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}
    )

    def to_python(self, value):
        if isinstance(value, str):
            value = "".join(value.split()).replace("\u2212", "-").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value):
        if isinstance(value, Decimal):
            return (
                f"{value.quantize(Decimal('0.0001')):f}".rstrip("0").rstrip(".").replace(".", ",")
            )
        return value

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except forms.ValidationError:
            return True


class PublishedFigureForm(RecordForm):
    """One printed figure. A part is written as in `part_of`, a single year as its first year alone."""

    SHOWN_AT = {"programme": "indicator"}

    value = CommaField(
        label=_("Printed value"),
        min_value=0,
        max_digits=14,
        decimal_places=4,
        help_text=_("As it is printed, such as 1 257. A share of one: 0,478 for 47,8 %."),
        error_messages={
            "invalid": _("Write a number in digits, such as 1 257 or 47,8."),
            "min_value": _("A printed figure is not negative."),
        },
    )

    class Meta:
        model = PublishedFigure
        fields = [
            "indicator",
            "breakdown",
            "first_year",
            "last_year",
            "value",
            "approximate",
            "source",
            "place",
            "explanation",
            "is_main",
            "stands_in",
            "unit",
            "initiative",
        ]
        labels = {
            "indicator": _("Which figure?"),
            "breakdown": _("Part of it"),
            "first_year": _("Year"),
            "last_year": _("To year"),
            "source": _("Source"),
            "place": _("Place in the source"),
            "unit": _("Counted in another unit"),
        }
        help_texts = {
            "breakdown": _("Nothing for the total, or such as sex=women. Several with ; between."),
            "first_year": _("The year it is about, or the first of several"),
            "last_year": _("The last, if it is about several years"),
            "source": _("The document, such as Final report 2016–2020"),
            "place": _("The section and its year, not a page that may move"),
            "explanation": _("Why it differs from ours, as far as anybody knows"),
            "is_main": _("Of several printed values one is compared in tables."),
            "stands_in": _("Only where the records of the year are partial or missing."),
            "unit": _("Only where the source counts something else than the figure does"),
        }
        widgets = {
            "breakdown": forms.TextInput(attrs={"list": "parts", "autocomplete": "off"}),
            "first_year": forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
            "last_year": forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
            "explanation": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["indicator"] = forms.ChoiceField(
            label=self.fields["indicator"].label,
            choices=[("", _("Choose a figure"))]
            + [(code, capfirst(str(i.label))) for code, i in CHECKED.items()],
        )
        self.fields["unit"] = forms.ChoiceField(
            label=self.fields["unit"].label,
            help_text=self.fields["unit"].help_text,
            required=False,
            choices=[("", _("No, in the figure's own")), *UNITS.items()],
        )
        self.fields["last_year"].required = False
        if not self.is_new and self.instance.breakdown:
            row = self.instance
            key = parse_breakdown(row.breakdown)
            self.initial["breakdown"] = in_words(self.programme, CHECKED[row.indicator], key)

    def _update_errors(self, errors):
        """That another one is compared is mended by unticking this one, not by other years."""
        at_years = getattr(errors, "error_dict", {}).pop("last_year", [])
        for error in at_years:
            shown = "is_main" if error.message == TAKEN else "last_year"
            errors.error_dict.setdefault(shown, []).append(error)
        super()._update_errors(errors)

    def suggestions(self):
        """Every single part there is, as it is written, for the box to suggest."""
        words, found = Words(self.programme), {}
        for indicator in CHECKED.values():
            for dimension in indicator.dimensions:
                named = named_values(self.programme, indicator, dimension, words)
                found |= {f"{dimension.label}={name}": None for name in named.values()}
        return list(found)

    def clean(self):
        cleaned = super().clean()
        indicator = CHECKED.get(cleaned.get("indicator"))
        if cleaned.get("last_year") is None and "last_year" not in self.errors:
            cleaned["last_year"] = cleaned.get("first_year")
        if not indicator:
            return cleaned
        if "breakdown" in cleaned:
            try:
                key = part_of(self.programme, indicator, cleaned["breakdown"])
            except forms.ValidationError as error:
                self.add_error("breakdown", error)
            else:
                cleaned["breakdown"] = breakdown_code(key)
        if cleaned.get("unit") == indicator.unit:
            cleaned["unit"] = ""
        value = cleaned.get("value")
        if indicator.unit == "share" and not cleaned.get("unit") and value and value > 1:
            self.add_error("value", _("A share is at most 1: write 0,478 for 47,8 %."))
        return cleaned
