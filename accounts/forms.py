"""Forms about accounts: one's own name, members and their roles, invitations."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programmes.forms import RecordForm
from programmes.text import TYPED, refuse_unwritable

from .models import Invitation, Membership, User


class AccountForm(forms.ModelForm):
    """What a person may change about themselves here."""

    class Meta:
        model = User
        fields = ["name"]


class MemberForm(RecordForm):
    """The role of a member; a programme keeps at least one administrator."""

    class Meta:
        model = Membership
        fields = ["role", "organisation"]
        help_texts = {"organisation": _("Needed for a partner.")}

    def clean_role(self):
        role = self.cleaned_data["role"]
        if role != Membership.Role.ADMINISTRATOR and self.instance.is_last_administrator:
            raise ValidationError(
                _("This is the only administrator. Give somebody else that role first.")
            )
        return role


class InvitationForm(RecordForm):
    """An offer of a role in the programme. The invitation has its token before it is checked."""

    class Meta:
        model = Invitation
        fields = ["email", "role", "organisation"]
        help_texts = {"organisation": _("Needed for a partner.")}

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if self.programme.memberships.filter(user__email=email).exists():
            raise ValidationError(_("Somebody with this address is a member already."))
        if self.programme.invitations.filter(email=email, accepted_at=None).exists():
            raise ValidationError(_("This address is invited already. Send it again in the list."))
        return email


class NewAccountForm(forms.Form):
    """Who accepts an invitation without having an account: a name, and a password twice."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("It stands beside what you write."),
        validators=TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 12 characters. Four words in a row are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self):
        password = self.cleaned_data["password"]
        refuse_unwritable(password)
        validate_password(password, User(email=self.email, name=self.data.get("name", "")[:200]))
        return password

    def clean(self):
        cleaned = super().clean()
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return cleaned
