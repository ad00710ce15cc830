"""What a learner may send to the tour. Step 5 asks by `authdemo.overview.forms.CaseForm`."""

from __future__ import annotations

from django import forms

from authdemo.device.forms import CREDENTIAL, LARGEST

from .models import TourRun


class PredictionForm(forms.Form):
    """One of the four."""

    prediction = forms.ChoiceField(choices=TourRun.Prediction.choices)


class CopiesForm(forms.Form):
    """The tokens of the tab. Its script fills them in; without one there are none."""

    access = forms.RegexField(CREDENTIAL, max_length=LARGEST, required=False)
    refresh = forms.RegexField(CREDENTIAL, max_length=LARGEST, required=False)
