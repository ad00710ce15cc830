"""The questions as a form. Its answer has an address of its own, so that it can be kept and shared."""

from __future__ import annotations

from typing import Any

from django import forms

from .cases import CALLERS, ENDS, PASSWORDS, Case
from .decision import Answer, answer_to

NOBODY = (
    "Tick at least one: without a caller, there is nobody to recognise. A website of your own starts with the first."
)


class CaseForm(forms.Form):
    """Who calls, who checks the password, when access must end. What is left out is taken as the first of its kind."""

    calls = forms.MultipleChoiceField(
        label="Who calls your server? Tick all that is true.",
        choices=list(CALLERS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NOBODY, "invalid_choice": "There is no such caller to choose."},
    )
    passwords = forms.ChoiceField(
        label="Who checks the password?",
        choices=list(PASSWORDS.items()),
        widget=forms.RadioSelect,
        initial="own",
        required=False,
        error_messages={"invalid_choice": "There is no such reply to choose."},
    )
    end = forms.ChoiceField(
        label="Somebody signs out, or a copy was stolen. When must access end?",
        choices=list(ENDS.items()),
        widget=forms.RadioSelect,
        initial="soon",
        required=False,
        error_messages={"invalid_choice": "There is no such reply to choose."},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        """Take the defaults where a question was left out, so that the form shows what was answered to."""
        if data is not None:
            data = data.copy()
            for name in ("passwords", "end"):
                if not data.get(name):
                    data[name] = self.base_fields[name].initial
        super().__init__(data, **kwargs)

    @property
    def case(self) -> Case | None:
        """What was replied, None where that is no case."""
        if not self.is_valid():
            return None
        replies = self.cleaned_data
        return Case(frozenset(replies["calls"]), replies["passwords"], replies["end"])

    @property
    def answer(self) -> Answer | None:
        """What to take, None where that cannot be said."""
        return answer_to(self.case) if self.case else None

    @property
    def is_unknown(self) -> bool:
        """Whether something was sent that no question offers."""
        return any(error.code == "invalid_choice" for errors in self.errors.as_data().values() for error in errors)
