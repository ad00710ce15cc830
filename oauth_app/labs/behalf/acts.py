"""What a button does with the stored token of one account, and in words what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

import requests
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import ProviderException
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from oauth_app.client import on_behalf, stored
from oauth_app.client.on_behalf import NotRefreshed

from .calls import Call, calls_at, names, timeout
from .sessions import ShownSession

AGE = 60 * 60  # seconds that a result can be seen
ROTATED = "A new access token came, and with it the next refresh token."
KEPT = "A new access token came. The refresh token is the same as before: this provider takes it many times."


@dataclass
class Outcome:
    """What came of one press: `kind` is good, scope, over or broken. `found` is what the API told of the user."""

    what: str
    at: str = field(default_factory=lambda: timezone.now().isoformat())
    kind: str = "broken"
    text: str = ""
    reason: str = ""  # the provider's own words for a refusal
    status: int = 0
    found: list[str] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)


def call(request: HttpRequest, account: SocialAccount, provider: Any, name: str, *, refreshing: bool) -> Outcome:
    """Call one of the provider's APIs with the stored token."""
    chosen = next(one for one in calls_at(provider) if one.name == name)
    outcome = Outcome(chosen.label)
    with ShownSession(timeout(), request) as session:
        try:
            token = stored.token_of(account)
            url = chosen.url(provider)
            answer = on_behalf.call(token, provider.endpoints(), session, url, refreshing=refreshing)
            _judge(outcome, chosen, answer, inside=not chosen.scope or chosen.scope in token.scope_list)
        except (stored.NoToken, NotRefreshed, ProviderException, requests.RequestException) as error:
            _broken(outcome, error)
        outcome.shown = session.shown
    return outcome


def refresh(request: HttpRequest, account: SocialAccount, provider: Any) -> Outcome:
    """Exchange the refresh token, whether the access token has expired or not."""
    outcome = Outcome("Refresh")
    with ShownSession(timeout(), request) as session:
        try:
            token = stored.token_of(account)
            if not token.refreshable:
                outcome.text = "There is no refresh token."
                return outcome
            before = stored.secrets_of(token).refresh
            renewed = on_behalf.refresh(token, provider.endpoints(), session)
            rotated = stored.secrets_of(renewed).refresh != before  # RFC 6749 §6: the provider may, or may not
            outcome.kind, outcome.text = "good", ROTATED if rotated else KEPT
        except (stored.NoToken, NotRefreshed, ProviderException, requests.RequestException) as error:
            _broken(outcome, error)
        outcome.shown = session.shown
    return outcome


def _judge(outcome: Outcome, call: Call, answer: requests.Response, *, inside: bool) -> None:
    said = _json(answer)
    outcome.status = answer.status_code
    if answer.status_code == HTTPStatus.OK:
        outcome.kind, outcome.found = "good", names(call, said)
        outcome.text = "Inside the scope." if inside else f"It answers this without {call.scope}, too."
    elif answer.status_code == HTTPStatus.FORBIDDEN:
        outcome.kind, outcome.reason = "scope", _reason(answer, said)
        needed = call.scope or "another one"
        outcome.text = f"Outside the scope: this call needs {needed}, and the token does not have it."
    elif answer.status_code == HTTPStatus.UNAUTHORIZED:
        outcome.kind, outcome.reason = "over", _reason(answer, said)
        outcome.text = "The provider does not take this token any more."
    else:
        outcome.text = f"The provider answered with {answer.status_code}."


def _broken(outcome: Outcome, error: Exception) -> None:
    """Say why there is no answer. The text of an error of `requests` may hold an address: it is not said."""
    if isinstance(error, NotRefreshed | stored.NoToken):
        ended = isinstance(error, NotRefreshed) and error.problem == on_behalf.Problem.ENDED
        outcome.kind, outcome.text = "over" if ended else "broken", str(error)
    elif isinstance(error, requests.Timeout):
        outcome.text = "The provider did not answer in time."
    elif isinstance(error, requests.ConnectionError):
        outcome.text = "The provider cannot be reached."
    else:
        outcome.text = "The provider's answer is not one that the specification allows."


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _reason(answer: requests.Response, said: Any) -> str:
    """Return the provider's words: GitHub's message, Google's status and reason, or the error of RFC 6750 §3.1."""
    error = said.get("error") if isinstance(said, dict) else None
    if isinstance(error, dict):
        error = error.get("message")
    message = said.get("message") if isinstance(said, dict) else None
    text = next((text for text in (error, message) if isinstance(text, str)), "")
    return (text or answer.headers.get("WWW-Authenticate", ""))[:200]


def keep(account: SocialAccount, outcome: Outcome) -> None:
    """Keep it in the place of the one before. It has no token in it.

    Its time is that of its end: a token that is newer than that came after it, and not by it.
    """
    outcome.at = timezone.now().isoformat()
    cache.set(_key(account.pk), asdict(outcome), AGE)


def kept(accounts: list[int]) -> dict[int, dict[str, Any]]:
    """Return what came of the last press for each account."""
    found = cache.get_many([_key(pk) for pk in accounts])
    return {pk: found[_key(pk)] for pk in accounts if isinstance(found.get(_key(pk)), dict)}


def _key(account: int) -> str:
    return f"behalf.outcome.{account}"
