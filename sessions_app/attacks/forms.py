"""What may be sent to these pages."""

from __future__ import annotations

from django import forms

COLOUR = "attacks_colour"  # where the choice is kept in the session
COLOURS = ("teal", "plum", "amber", "red")


class ColourForm(forms.Form):
    """One of four colours: the one thing that the hostile pages want to change."""

    colour = forms.ChoiceField(choices=[(colour, colour) for colour in COLOURS])
