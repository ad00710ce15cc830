"""What a learner may send to the tour."""

from __future__ import annotations

from django import forms

from authdemo.device.forms import CREDENTIAL, LARGEST
from authdemo.overview.decision import Answer, Option, Question, follow

from .models import TourRun


class PredictionForm(forms.Form):
    """One of the four."""

    prediction = forms.ChoiceField(choices=TourRun.Prediction.choices)


class CopiesForm(forms.Form):
    """The tokens of the tab. Its script fills them in; without one there are none."""

    access = forms.RegexField(CREDENTIAL, max_length=LARGEST, required=False)
    refresh = forms.RegexField(CREDENTIAL, max_length=LARGEST, required=False)


class WayForm(forms.Form):
    """A way through the decision tree. `node` is what stands at its end, `taken` the replies."""

    at = forms.CharField(max_length=20, required=False)
    node: Question | Answer
    taken: list[tuple[Question, Option]]

    def clean_at(self) -> str:
        """Take a way that exists."""
        try:
            self.taken, self.node = follow(self.cleaned_data["at"])
        except LookupError:
            raise forms.ValidationError("There is no such way through the questions.") from None
        return str(self.cleaned_data["at"])

    @property
    def answer(self) -> Answer | None:
        """The answer that the way ends in, None where it ends in a question."""
        return self.node if isinstance(self.node, Answer) else None
