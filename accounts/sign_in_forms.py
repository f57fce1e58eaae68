"""allauth's forms without an example in each box: the label above it says the same word."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp


class WithoutExamples:
    """A form that shows no example in its boxes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if "password" in self.fields or "oldpassword" in self.fields:
            # The way for who has forgotten it stands below the button.
            self.fields.get("password", self.fields.get("oldpassword")).help_text = ""


class SignInForm(WithoutExamples, account.LoginForm):
    pass


class ForgottenPasswordForm(WithoutExamples, account.ResetPasswordForm):
    pass


class NewPasswordForm(WithoutExamples, account.ResetPasswordKeyForm):
    pass


class PasswordForm(WithoutExamples, account.ChangePasswordForm):
    pass


class FirstPasswordForm(WithoutExamples, account.SetPasswordForm):
    pass


class EmailForm(WithoutExamples, account.AddEmailForm):
    pass


class AgainForm(WithoutExamples, account.ReauthenticateForm):
    pass


class CodeForm(WithoutExamples, mfa.AuthenticateForm):
    pass


class CodeAgainForm(WithoutExamples, mfa.ReauthenticateForm):
    pass


class FirstCodeForm(WithoutExamples, totp.ActivateTOTPForm):
    pass
