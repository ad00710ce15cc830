"""Somebody else's app that has sent the user to the sign-in page."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.models import Client
from django import template

from authdemo import form_action

register = template.Library()


@register.simple_tag(takes_context=True)
def app_that_asks(context: dict[str, Any]) -> Client | None:
    """Return the app whose request goes on after the sign-in, None where there is none that would be accepted."""
    return form_action.app_of_next(context["request"])
