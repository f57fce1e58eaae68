"""The register: an enterprise, its status over time, whom to write to, and its industries."""

from django import forms
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from programmes.dates import SUCH_AS, RoughDateField, not_ahead
from programmes.forms import DatedForm, RecordForm, number_box, text_box
from programmes.models import Organisation
from programmes.records import YearIsClosed
from programmes.text import refuse_identity_number, refuse_unwritable

from ..models import Contact, Enterprise, EnterpriseStatus, Industry


class EnterpriseForm(RecordForm):
    """One enterprise of the register."""

    UNWRITTEN = {
        "name": _("Write the enterprise's name."),
        "municipality": _("Choose a municipality."),
        "legal_form": _("Choose a legal form."),
        **dict.fromkeys((*Enterprise.CRITERIA, "basis"), _("Choose one of the answers.")),
    }

    class Meta:
        model = Enterprise
        fields = [
            "name",
            "municipality",
            "organisation_number",
            "legal_form",
            "industries",
            *Enterprise.CRITERIA,
            "basis",
            *Enterprise.OFFERS,
            "organisation",
            "note",
        ]
        widgets = {
            "industries": forms.CheckboxSelectMultiple,
            "note": text_box(),
            "organisation_number": number_box(),
        }
        labels = {name: capfirst(label) for name, label in Enterprise.OFFERS.items()}
        help_texts = {
            "organisation_number": _("Ten digits"),
            "organisation": _("If it also takes part in events or groups"),
        }

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        self.fields["municipality"].empty_label = _("Choose a municipality")
        field = self.fields["organisation"]
        field.empty_label = _("None")
        field.queryset = field.queryset.filter(kind=Organisation.Kind.ENTERPRISE)


class NewEnterpriseForm(EnterpriseForm):
    """A new enterprise, with the day it became active: without a status it counts in no figure."""

    active_since = RoughDateField(
        label=_("Active since"),
        required=False,
        help_text=_("Such as 2015 or March 2017. Without it the enterprise is in no figure."),
    )
    source = forms.CharField(
        label=_("How do you know?"),
        required=False,
        max_length=300,
        validators=[refuse_unwritable, refuse_identity_number],
        help_text=_("Such as its own word, or the company register"),
    )

    def clean_active_since(self):
        return not_ahead(self.cleaned_data["active_since"])

    def _post_clean(self):
        super()._post_clean()
        status = self._first_status()
        if status is None or self.errors:
            return
        try:
            status.refuse_closed_year()
        except YearIsClosed as closed:
            self._ask_for_reason()
            self.add_error("change_reason", closed)

    def _first_status(self):
        since = self.cleaned_data.get("active_since")
        if since is None:
            return None
        status = EnterpriseStatus(
            enterprise=self.instance,
            status=EnterpriseStatus.Status.ACTIVE,
            starts_on=since.first,
            precision=since.precision,
            source=self.cleaned_data.get("source", ""),
        )
        status._change_reason = self.cleaned_data.get("change_reason")
        return status

    def save(self, commit=True):
        if self.repeated:
            return self.repeated
        with transaction.atomic():
            enterprise = super().save(commit)
            status = None if self.repeated else self._first_status()
            if status:
                status.save()
        return enterprise


class StatusForm(DatedForm):
    """From when on an enterprise is active, dormant or gone, and how that is known."""

    DATES = ("starts_on", None, "precision")
    UNWRITTEN = {"status": _("Choose a status."), "when": _("Write since when.")}

    when = RoughDateField(label=_("From"), help_text=SUCH_AS)

    class Meta:
        model = EnterpriseStatus
        fields = ["status", "merged_into", "source"]
        help_texts = {
            "source": _("Such as its own word, or the company register"),
            "merged_into": _("Only where the status is merged"),
        }

    field_order = ["status", "when", "merged_into", "source"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["merged_into"]
        field.empty_label = _("None")
        field.queryset = field.queryset.exclude(pk=self.instance.enterprise_id)

    def clean_when(self):
        return not_ahead(self.cleaned_data["when"])


class ContactForm(RecordForm):
    """A person at an enterprise who answers its census."""

    UNWRITTEN = {"name": _("Write the name.")}

    class Meta:
        model = Contact
        fields = ["name", "email", "telephone"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "telephone": forms.TextInput(attrs={"autocomplete": "off", "class": "short"}),
        }


class IndustryForm(RecordForm):
    """An industry of the programme's own list."""

    UNWRITTEN = {"name": _("Write the name.")}

    class Meta:
        model = Industry
        fields = ["name"]
