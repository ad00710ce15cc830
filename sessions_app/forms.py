"""Django's forms for signing in, by name or e-mail address, and for a new password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest

NAME_LENGTH = 254  # the longest e-mail address (RFC 5321 §4.5.3.1.3)
PASSWORD_LENGTH = 4096


class LoginForm(AuthenticationForm):
    """One sentence for every failure: it must not tell an unknown name from a wrong password or a closed account."""

    username = UsernameField(
        label="User name or e-mail",
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        strip=False,
        max_length=PASSWORD_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {"invalid_login": "Name and password do not fit together. Check both, then try again."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["maxlength"] = NAME_LENGTH  # Django has set that of the user name


class PasswordChangeForm(DjangoPasswordChangeForm):
    """Django's own, but the old password is checked as at the sign-in.

    Django's asks the user's row, past all backends: whoever has somebody's session could guess there for ever, and a
    right guess would be the account. No password is longer than what a sign-in form takes.
    """

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        for field in self.fields.values():
            field.validators.append(MaxLengthValidator(PASSWORD_LENGTH))
            field.widget.attrs["maxlength"] = PASSWORD_LENGTH

    def clean_old_password(self) -> str:
        """Ask the backends, so that a guard among them counts. Raises ValidationError."""
        typed: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=typed) != self.user:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return typed
