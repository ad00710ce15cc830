"""What the administrator may choose with "End everything"."""

from __future__ import annotations

from typing import Any

from django import forms


class EndForm(forms.Form):
    """Two ways to sign in anew, which stay unless they are ticked. One that the user has not got is not asked for."""

    accounts = forms.BooleanField(
        required=False,
        label="Disconnect the connected accounts",
        help_text="Otherwise whoever holds one of them can sign in again.",
    )
    password = forms.BooleanField(
        required=False,
        label="Remove the password",
        help_text="Otherwise whoever knows it can sign in again. Set a new one in the user’s form afterwards.",
    )

    def __init__(self, *args: Any, accounts: bool, password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, asked in (("accounts", accounts), ("password", password)):
            if not asked:
                del self.fields[name]
