"""Merging two enterprises: with which one, and what stands of what both say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.forms import NOT_OFFERED

from ..merging import KEPT, OTHER


class MergeWithForm(forms.Form):
    """Which enterprise of the register is the same as this one."""

    other = forms.ModelChoiceField(
        label=_("Merge with"),
        queryset=None,
        empty_label=_("Choose an enterprise"),
        error_messages={
            "required": _("Choose an enterprise."),
            "invalid_choice": NOT_OFFERED,
        },
    )

    def __init__(self, *args, enterprise, **kwargs):
        super().__init__(*args, **kwargs)
        others = enterprise.programme.enterprises.exclude(pk=enterprise.pk)
        self.fields["other"].queryset = others.select_related("programme", "organisation")


class MergeForm(forms.Form):
    """A choice for each thing that both say, and which versions of the two were looked at."""

    kept_version = forms.IntegerField(widget=forms.HiddenInput)
    other_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, merge):
        versions = {"kept_version": merge.kept.version, "other_version": merge.other.version}
        super().__init__(data, initial=versions)
        self.merge = merge
        for both in self.questions():
            self.fields[both.name] = forms.ChoiceField(
                label=both.label,
                choices=[(KEPT, both.kept), (OTHER, both.other)],
                widget=forms.RadioSelect,
                initial=both.preset,
                error_messages={
                    "required": _("Choose which one stands."),
                    "invalid_choice": NOT_OFFERED,
                },
            )

    def questions(self):
        return [*self.merge.fields, *self.merge.days, *self.merge.censuses]

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            seen = cleaned["kept_version"], cleaned["other_version"]
            if seen != (self.merge.kept.version, self.merge.other.version):
                self.data = self.data.copy()
                self.data["kept_version"] = self.merge.kept.version
                self.data["other_version"] = self.merge.other.version
                raise forms.ValidationError(
                    _("Somebody else changed one of the two while you looked. Look once more.")
                )
        return cleaned

    def chosen(self):
        return {both.name: self.cleaned_data[both.name] for both in self.questions()}

    def of_fields(self):
        return [self[both.name] for both in self.merge.fields]

    def of_days(self):
        return [self[both.name] for both in self.merge.days]

    def of_censuses(self):
        return [self[both.name] for both in self.merge.censuses]
