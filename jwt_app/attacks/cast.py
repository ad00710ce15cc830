"""Who sends the forged tokens, and the real token that they are made from.

It is the learner's own, where the page has sent it along. It is used for this run and kept nowhere. Without one, the
lab signs in with an account of the demo, and signs out when the run is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from authdemo.trials import cast as trials
from authdemo.trials.attempts import NotRun
from authdemo.trials.cast import VICTIM, answered, may_sign_in, signed_in
from authdemo.wire import browser

from . import guesses
from .compact import split
from .means import Means, Real

HELP = "python manage.py demo --outside"
COMPACT = r"\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z"  # RFC 7515 §3.1


class OwnTokenForm(forms.Form):
    """The learner's access token, as the page's script sends it. Nothing typed is asked for."""

    token = forms.RegexField(COMPACT, max_length=8192, required=False)


class Unusable(NotRun):
    """The learner's token is none, or not good any more."""

    status = 400


@dataclass(frozen=True)
class Answer:
    """What somebody says to a token: `who` it takes the sender for, "" for nobody. `status` is 0 for no answer."""

    status: int = 0
    code: str = ""
    detail: str = ""
    who: str = ""
    role: str = ""
    milliseconds: int = 0


class Sender(trials.Actor):
    """A program without cookies: a token says who calls, and nothing else does."""

    def post(self, to: str, path: str, body: dict[str, Any]) -> requests.Response | None:
        """POST JSON, with the token that is held. None for no answer."""
        headers = {"Authorization": f"Bearer {self.device.access}"} if self.device.access else {}
        return self._call(self.session, "POST", to, path, json=body, headers=headers)

    def show(self, token: str, to: str, path: str) -> Answer:
        """Send a token to an address that says who it takes one for."""
        self.device.access = token
        return understood(self.get_with_token(to, path))


class Cast(trials.Cast[Sender]):
    """Everybody of one run."""

    actor_class = Sender

    def __init__(self, learner: HttpRequest) -> None:
        super().__init__(learner)
        self.browser = browser.browser_of(learner)
        self.whose = ""  # whose token it was
        self.is_own = False
        self._refresh = ""

    def real(self, *, fresh: bool = False) -> Real:
        """Return a token that the site takes. With `fresh` it is never the learner's own. Raises NotRun."""
        form = OwnTokenForm(self.learner.POST)
        if not form.is_valid():
            raise Unusable("What this page has sent along is no token. Sign in at /jwt/ again, and come back.")
        token = form.cleaned_data["token"]
        self.is_own = bool(token) and not fresh
        return self._own(token) if self.is_own else self._signed_in()

    def _own(self, token: str) -> Real:
        owner = self.actor("the owner")
        owner.device.access = token
        answer = understood(answered(owner.get_with_token("A", reverse("jwt:whoami"))))
        if answer.status != 200:
            raise Unusable(
                f"The site does not take the token of this tab: {answer.code or 'refused'}. Get a new one at /jwt/."
            )
        self.whose = answer.who
        return Real(token, "", self._jwk(token))

    def _signed_in(self) -> Real:
        may_sign_in()
        body = {"username": VICTIM, "password": settings.DEMO_PASSWORD}
        answer = signed_in(self.actor("the owner").post("A", reverse("jwt:login"), body), 200)
        pair = answer.json()
        self.whose, self._refresh = VICTIM, pair["refresh"]
        return Real(pair["access"], pair["refresh"], self._jwk(pair["access"]))

    def _jwk(self, token: str) -> dict[str, str]:
        keys = answered(self.actor("the attacker").get("A", reverse("jwt:jwks"))).json()["keys"]
        kid = split(token).header.get("kid")
        for key in keys:
            if key["kid"] == kid:
                found: dict[str, str] = key
                return found
        if keys:
            raise NotRun("The key that signed this token is gone. Get a new token at /jwt/, and come back.")
        raise NotRun(
            "This site signs with a secret (JWT_ALGORITHM), and has no public key. These attacks need a site that has "
            "one, as with RS256."
        )

    def means(self) -> Means:
        """Return what the attacker has besides."""
        return Means(settings.HOSTILE_CROSS_SITE, self._hostile_signs, guesses.weak_secret())

    def _hostile_signs(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Let the hostile pages sign. Raises NotRun where they are not there."""
        gone = f"The hostile pages do not answer, and the key is to come from there. Start them: {HELP}"
        if not settings.HOSTILE_CROSS_SITE:
            raise NotRun(gone)
        answer = self.actor("the attacker").post("hostile", "/sign/", {"header": header, "payload": claims})
        if answer is None or not answer.ok:
            raise NotRun(gone)
        return str(answer.json()["token"])

    def go(self) -> None:
        """Sign out where the lab has signed in, and let go of what they hold."""
        if self._refresh:
            self.actor("the owner").post("A", reverse("jwt:logout"), {"refresh": self._refresh})
            self._refresh = ""
        super().go()


def understood(response: requests.Response | None) -> Answer:
    """Take an answer of the site, of the orders service or of a naive verifier apart."""
    if response is None:
        return Answer()
    try:
        body = response.json()
    except ValueError:
        body = {}
    body = body if isinstance(body, dict) else {}
    user = body.get("user")
    user = user if isinstance(user, dict) else {}
    text = {name: str(body.get(name, ""))[:200] for name in ("code", "detail")}
    taken = {"who": str(user.get("username") or "")[:150], "role": str(user.get("role") or "")[:20]}
    milliseconds = round(response.elapsed.total_seconds() * 1000)
    return Answer(response.status_code, **text, **taken, milliseconds=milliseconds)
