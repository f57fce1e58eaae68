"""What the register is narrowed to, by its address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.filters import ALL, ListFilter, SearchField

from ..models import Enterprise, EnterpriseStatus


class EnterpriseFilter(ListFilter):
    """What the register is narrowed to. Contacts and answers are asked for by who sees them alone."""

    PAGE, TITLE = "enterprises:list", _("Enterprises")
    MISSING = "missing"
    CLOSED = ("no_contact", "unconfirmed")
    CRITERIA = (
        ALL,
        ("met", _("all four met")),
        ("unknown", _("something unknown")),
        ("not_met", _("something not met")),
    )

    q = SearchField()
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), required=False, queryset=None, empty_label=_("All")
    )
    subregion = forms.ModelChoiceField(
        label=_("Subregion"), required=False, queryset=None, empty_label=_("All")
    )
    status = forms.ChoiceField(label=_("Status now"), required=False)
    industry = forms.ModelChoiceField(
        label=_("Industry"), required=False, queryset=None, empty_label=_("All")
    )
    offer = forms.ChoiceField(
        label=_("Offers"), required=False, choices=[ALL, *Enterprise.OFFERS.items()]
    )
    criteria = forms.ChoiceField(label=_("Criteria"), required=False, choices=CRITERIA)
    no_contact = forms.BooleanField(label=_("Without a contact"), required=False)
    unconfirmed = forms.BooleanField(label=_("Not confirmed in the latest census"), required=False)

    def __init__(self, data, *, programme, full):
        super().__init__(data)
        self.programme = programme
        self.fields["municipality"].queryset = programme.municipalities.all()
        self.fields["subregion"].queryset = programme.subregions.all()
        self.fields["industry"].queryset = programme.industries.all()
        self.fields["status"].choices = [
            ALL,
            *EnterpriseStatus.Status.choices,
            (self.MISSING, _("status missing")),
        ]
        if not full:
            for name in self.CLOSED:
                del self.fields[name]

    def narrowed(self, records, chosen):
        if "municipality" in chosen:
            records = records.filter(municipality=chosen["municipality"])
        if "subregion" in chosen:
            records = records.filter(municipality__subregion=chosen["subregion"])
        if chosen.get("status") == self.MISSING:
            records = records.filter(status_then=None)
        elif "status" in chosen:
            records = records.filter(status_then=chosen["status"])
        if "industry" in chosen:
            records = records.filter(industries=chosen["industry"])
        if "offer" in chosen:
            records = records.filter(**{chosen["offer"]: True})
        if "criteria" in chosen:
            records = getattr(records, f"criteria_{chosen['criteria']}")()
        if "no_contact" in chosen:
            records = records.filter(contacts=None)
        if "unconfirmed" in chosen:
            records = records.unconfirmed_in(self.programme.censuses.last())
        return records.matching(chosen["q"]) if "q" in chosen else records
