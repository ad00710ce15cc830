"""What a learner may ask of the device: names from closed lists, and one pasted credential."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from .actions import PEOPLE, available, instances

# What can stand in a cookie or in a header and is no separator there (RFC 6265 §4.1.1): no line break gets through.
CREDENTIAL = re.compile(r"\A[A-Za-z0-9_.:~+/=-]+\Z")
LARGEST = 8 * 1024  # characters
KINDS = {"session": "session cookie", "access": "access token", "refresh": "refresh token"}


class ActForm(forms.Form):
    """One of the actions, at one of the instances, as one of the learners."""

    action = forms.ChoiceField(choices=lambda: [(action.name, action.label) for action in available()])
    to = forms.ChoiceField(choices=lambda: [(name, name) for name in instances()], required=False)
    account = forms.ChoiceField(choices=[(name, name) for name in PEOPLE], required=False)


class CopyForm(forms.Form):
    """A copied credential. The field is called `token`, so that the wire masks it as one."""

    kind = forms.ChoiceField(choices=list(KINDS.items()))
    token = forms.CharField(max_length=LARGEST)

    def clean_token(self) -> Any:
        """Take what can be a cookie's value or a token."""
        value = self.cleaned_data["token"]
        if not CREDENTIAL.fullmatch(value):
            raise forms.ValidationError("That is no cookie value and no token: copy it without its name and blanks.")
        return value
