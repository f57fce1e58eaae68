"""Forms about accounts."""

from django import forms

from .models import User


class AccountForm(forms.ModelForm):
    """What a person may change about themselves here."""

    class Meta:
        model = User
        fields = ["name"]
