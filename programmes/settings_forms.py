"""The forms of the settings: what a programme stands on, and when its closed years open again."""

from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from .dates import DayField
from .forms import RecordForm, number_box, text_box
from .models import (
    ClosedYear,
    Completeness,
    Initiative,
    InitiativeYear,
    Judgement,
    Municipality,
    Objective,
    Organisation,
    Programme,
    Staffing,
    Subregion,
)


class ProgrammeForm(RecordForm):
    """What the programme is. Its short name stays, so that addresses go on working."""

    class Meta:
        model = Programme
        fields = [
            "name",
            "association",
            "starts_on",
            "ends_on",
            "contact",
            "target_group",
            "purpose",
            "background",
            "description",
            "disclosure_threshold",
            "codes_kept",
            "contacts_kept",
            "publishes_reports",
        ]
        widgets = {
            "contact": text_box(3),
            "target_group": text_box(3),
            "purpose": text_box(),
            "background": text_box(),
            "description": text_box(),
            "disclosure_threshold": number_box(),
            "codes_kept": number_box(),
            "contacts_kept": number_box(),
        }


class ShortNamedForm(RecordForm):
    """A record with a short name in addresses: taken from the name where none is typed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("a–z, 0–9 and hyphens. Left empty, it follows the name.")

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("name"):
            cleaned["slug"] = self.instance.slug or self._proposed(cleaned["name"])
        return cleaned

    def _proposed(self, name):
        """The name in a–z (å and ä as a, ö as o), with a number where another row has it."""
        plain = slugify(name)[:55].strip("-") or self.instance._meta.model_name
        taken = set(
            type(self.instance)
            .objects.filter(programme=self.programme, slug__startswith=plain)
            .values_list("slug", flat=True)
        )
        numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
        return next(slug for slug in (plain, *numbered) if slug not in taken)


class InitiativeForm(ShortNamedForm):
    class Meta:
        model = Initiative
        fields = ["name", "direction", "starts_on", "ends_on", "description", "slug"]
        widgets = {"description": text_box()}


class InitiativeYearForm(RecordForm):
    """A year of an initiative; what is not known is left empty."""

    class Meta:
        model = InitiativeYear
        fields = ["initiative", "year", "budgeted_participants", "budget", "outturn"]
        widgets = {
            "year": number_box(),
            "budgeted_participants": number_box(),
            "budget": number_box(),
            "outturn": number_box(),
        }


class ObjectiveForm(RecordForm):
    """An objective; a new one comes last."""

    class Meta:
        model = Objective
        fields = ["position", "title", "description"]
        widgets = {"position": number_box(), "description": text_box()}

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        if self.is_new:
            last = programme.objectives.aggregate(last=Max("position"))["last"] or 0
            self.initial.setdefault("position", last + 1)


class JudgementForm(RecordForm):
    """How far an objective was reached in a year, or in the years from one to another."""

    class Meta:
        model = Judgement
        fields = [
            "objective",
            "first_year",
            "last_year",
            "value",
            "reason",
            "evidence",
            "judged_by",
            "judged_on",
        ]
        widgets = {
            "first_year": number_box(),
            "last_year": number_box(),
            "reason": text_box(),
            "evidence": text_box(3),
        }
        help_texts = {
            "last_year": _("The same year again, if it is a judgement of one year."),
            "judged_by": _("A role or a body, such as the steering group."),
        }


class SubregionForm(ShortNamedForm):
    class Meta:
        model = Subregion
        fields = ["name", "slug"]


class MunicipalityForm(RecordForm):
    class Meta:
        model = Municipality
        fields = ["name", "code", "subregion"]
        widgets = {"code": number_box()}
        help_texts = {"code": _("Statistics Sweden's four digits, such as 2180 for Gävle.")}


class OrganisationForm(ShortNamedForm):
    class Meta:
        model = Organisation
        fields = ["name", "kind", "municipality", "part_of", "mail_domains", "slug"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["part_of"]
        field.help_text = _("The member it belongs to, if it is a part of one.")
        if not self.is_new:
            field.queryset = field.queryset.exclude(pk=self.instance.pk)


class StaffingForm(RecordForm):
    class Meta:
        model = Staffing
        fields = ["starts_on", "ends_on", "percent", "note"]
        widgets = {"percent": number_box()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].help_text = _("Left empty while it goes on.")


class CompletenessForm(RecordForm):
    """One cell of the table: how complete the records of an area are in a year."""

    class Meta:
        model = Completeness
        fields = ["level", "note"]
        widgets = {"level": forms.RadioSelect, "note": text_box(3)}
        help_texts = {"note": _("What is lacking, and where it may be found.")}

    EXPLANATIONS = {
        Completeness.Level.COMPLETE: _("complete: no record means 0"),
        Completeness.Level.PARTIAL: _("incomplete: figures are marked so"),
        Completeness.Level.NONE: _("no records: figures are missing, or printed ones stand in"),
        Completeness.Level.NOT_APPLICABLE: _("not relevant: there is nothing to record"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [
            (value, words[:1].upper() + words[1:])
            for value, words in ((v, str(w)) for v, w in self.EXPLANATIONS.items())
        ]
        if self.is_new:
            self.initial.setdefault("level", Completeness.Level.COMPLETE)


class ReopeningForm(RecordForm):
    """A closed year opens for a while, for a reason."""

    LONGEST = timedelta(days=90)

    reopened_until = DayField(
        label=_("Open until the end of"),
        help_text=_("At most 90 days from today. Then the year closes by itself."),
        ahead=True,
    )

    class Meta:
        model = ClosedYear
        fields = ["reopened_reason"]

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.reopened_by = by
        self.initial["reopened_reason"] = ""
        self.initial["reopened_until"] = timezone.localdate() + timedelta(days=7)
        self.fields["reopened_reason"].required = True
        self.fields["reopened_reason"].help_text = _("It is shown beside the adopted report.")

    def clean_reopened_until(self):
        """The last moment of the day."""
        day = self.cleaned_data["reopened_until"]
        today = timezone.localdate()
        if not today <= day <= today + self.LONGEST:
            raise ValidationError(_("Choose a day from today and at most 90 days ahead."))
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))

    def _post_clean(self):
        self.instance.reopened_until = self.cleaned_data.get("reopened_until")
        super()._post_clean()
