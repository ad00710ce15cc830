"""The form of the page. It takes anything: what is wrong with it is the answer, and no error of the form."""

from __future__ import annotations

from django import forms

from .given import FORMATS
from .keyring import ALGORITHMS

CHOICES = [("", "nothing: only read it"), *FORMATS.items()]
KNOWN = list(dict.fromkeys(name for names in ALGORITHMS.values() for name in names))
BEARER = "bearer "


class InspectForm(forms.Form):
    """Token, key, and what to sign. Django takes blanks from both ends of each."""

    token = forms.CharField(required=False)
    key = forms.CharField(required=False)
    key_format = forms.ChoiceField(choices=CHOICES, required=False)
    algorithms = forms.MultipleChoiceField(choices=[(name, name) for name in KNOWN], required=False)
    header = forms.CharField(required=False)
    payload = forms.CharField(required=False)

    def clean_token(self) -> str:
        """Take a pasted header for the token in it."""
        token: str = self.cleaned_data["token"]
        token = token.removeprefix("Authorization:").strip()
        return token[len(BEARER) :].strip() if token[: len(BEARER)].lower() == BEARER else token
