"""Mallory's quiz: a harmless game, which wants to know who plays it.

To sign in with a provider is to give the app behind the button a code, and with it a token: here to an app of
Mallory's. These pages show how that looks. They keep nothing, and change no code for a token: the site's attack does
that step, with an account of its own (`oauth_app/attacks/quiz.py` there).
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from demo.outside.env import origin


@dataclass(frozen=True)
class Animal:
    """One result."""

    name: str
    says: str


ANIMALS = {
    "fox": Animal("a fox", "You have an idea before others have read the question, and a second one for afterwards."),
    "owl": Animal("an owl", "You wait, you look, and then you say the one thing that nobody else has thought of."),
    "bear": Animal("a bear", "Nothing hurries you. Where you sit there is room for others, and something to eat."),
}
QUESTIONS = (
    (
        "It is Monday, half past seven. You are …",
        {"fox": "there already, by a short cut", "owl": "not talking yet", "bear": "at breakfast"},
    ),
    (
        "The group has to choose a topic. You …",
        {"fox": "have three", "owl": "ask what it is for", "bear": "are happy with any"},
    ),
    (
        "Somebody has lost a pencil case. You …",
        {"fox": "know where it is", "owl": "ask when it was seen last", "bear": "lend them yours"},
    ),
)
NAMES = [f"q{number}" for number in range(1, len(QUESTIONS) + 1)]
CLIENT_ID = "quiz-oidc"
# The form goes to these pages, and their answer sends the browser on: browsers check form-action there, too.
may_lead_to_the_provider = csp_update({"form-action": ["'self'", origin(settings.PROVIDERS_URL)]})


@cache
def challenge() -> str:
    """Return a PKCE challenge (RFC 7636 §4.2). The verifier is forgotten: nobody here changes a code."""
    digest = hashlib.sha256(secrets.token_urlsafe(32).encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorize_url(animal: str) -> str:
    """Return where the player signs in. What they have become comes back as the state."""
    asked = {
        "client_id": CLIENT_ID,
        "redirect_uri": f"{settings.HOSTILE_URL}/quiz/",
        "response_type": "code",
        "scope": "openid profile",
        "state": animal,
        "nonce": "quiz",
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    }
    return f"{settings.PROVIDERS_URL}/oidc/identity/o/authorize?{urlencode(asked)}"


@never_cache
@require_safe
@may_lead_to_the_provider  # type: ignore[untyped-decorator]
def page(request: HttpRequest) -> HttpResponse:
    """Ask the questions; show the result to who comes back from the provider."""
    named = zip(NAMES, QUESTIONS, strict=True)
    asked = [(name, question, list(answers.items())) for name, (question, answers) in named]
    animal = request.GET.get("state", "")
    context = {
        "site": settings.SITE_URL,
        "questions": asked,
        "came_back": "code" in request.GET,
        "said_no": "error" in request.GET,
        "slug": animal if animal in ANIMALS else "fox",
    }
    context["animal"] = ANIMALS[str(context["slug"])]
    return render(request, "hostile/quiz.html", context)


@never_cache
@require_safe
@may_lead_to_the_provider  # type: ignore[untyped-decorator]
def start(request: HttpRequest) -> HttpResponse:
    """Count the answers, and send the player to the provider: the result is only for who says who they are."""
    votes = Counter(given for name in NAMES if (given := request.GET.get(name)) in ANIMALS)
    return HttpResponseRedirect(authorize_url(votes.most_common(1)[0][0] if votes else "fox"))
