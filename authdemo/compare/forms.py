"""What may be chosen, as a form: sent to begin a run, or in the address of a link that one shares with a class."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from sessions_app.labs.stores.stores import BY_NAME as STORE_ROWS

from .choices import ALGORITHMS, ASKS, LIFETIMES, STORES, Choices

LIFETIME, LIFETIME_BY_STEPS = 30, 300  # seconds; whoever predicts first and talks it over needs minutes
ASKS_WORDS = {"opaque": "reads the token", "introspected": "asks about it"}


def in_words(lifetime: int) -> str:
    """Return seconds as people say them."""
    return f"{lifetime // 60} minutes" if lifetime > 60 else f"{lifetime} seconds"


class StoreSelect(forms.Select):
    """A store that is not there can be seen, and not chosen."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return one option."""
        option = super().create_option(name, value, *args, **kwargs)
        if STORE_ROWS[str(value)].missing:
            option["attrs"]["disabled"] = True
            option["label"] = f"{option['label']} (needs Redis)"
        return option


class ChoicesForm(forms.Form):
    """One set of choices. Without a lifetime it is the one that fits how the run is played."""

    store = forms.ChoiceField(
        label="Session store",
        choices=[(name, STORE_ROWS[name].title) for name in STORES],
        widget=StoreSelect,
    )
    algorithm = forms.ChoiceField(label="JWT algorithm", choices=[(name, name) for name in ALGORITHMS])
    denylist = forms.TypedChoiceField(
        label="JWT deny-list",
        choices=[("", "off"), ("on", "on")],
        coerce=bool,
        empty_value=None,
        required=False,
    )
    lifetime = forms.TypedChoiceField(
        label="Tokens live for",
        choices=[("", "30 s (by steps: 5 min)"), *((str(one), in_words(one)) for one in LIFETIMES)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    asks = forms.ChoiceField(
        label="The other service",
        choices=[(name, ASKS_WORDS[name]) for name in ASKS],
    )

    def chosen(self, by_itself: bool) -> Choices:
        """Return the choices of a valid form, for a run that goes on by itself or step by step."""
        data = self.cleaned_data
        lifetime = data["lifetime"] or (LIFETIME if by_itself else LIFETIME_BY_STEPS)
        return Choices(**data | {"denylist": bool(data["denylist"]), "lifetime": lifetime})

    @property
    def query(self) -> str:
        """Return what a link says in order to choose the same, without what is as it comes."""
        sent = {name: str(self[name].value() or "") for name in self.fields}
        return urlencode({name: value for name, value in sent.items() if value != DEFAULTS[name]})


def as_sent(choices: Choices) -> dict[str, str]:
    """Return choices as a form sends them; a lifetime that may not have been chosen is left open again."""
    return {
        "store": choices.store,
        "algorithm": choices.algorithm,
        "denylist": "on" if choices.denylist else "",
        "lifetime": "" if choices.lifetime in {LIFETIME, LIFETIME_BY_STEPS} else str(choices.lifetime),
        "asks": choices.asks,
    }


DEFAULTS = as_sent(Choices())


def preselected(query: QueryDict, before: Choices | None) -> tuple[ChoicesForm, bool]:
    """Return the form as a link wants it, or where the link says nothing, as it was for the run before.

    The second value tells whether the link names something that cannot be chosen; the usual choice stands there.
    """
    asked = {name: query[name] for name in DEFAULTS if name in query}
    start = as_sent(before) if before and not asked else DEFAULTS
    form = ChoicesForm(start | asked)
    wrong = set(form.errors)
    if wrong:
        form = ChoicesForm(start | asked | {name: DEFAULTS[name] for name in wrong})
        form.full_clean()
    return form, bool(wrong)
