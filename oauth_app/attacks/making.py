"""How an attack on a sign-in is written down: what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authdemo.trials.attempts import Attempt, Result
from authdemo.trials.lines import Line

from . import token_runs, verdicts
from .naive_apps import APPS

WHO = (
    ("neither", "Neither of them lets it through."),
    ("naive", "The naive app lets it through, and this site does not."),
    ("site", "This site lets it through, and the naive app does not."),
    ("both", "Both let it through."),
)
WITH_STOCK = (
    ("neither", "None of them lets it through."),
    ("naive", "Only the naive app lets it through."),
    ("stock", "The naive app lets it through, and so does allauth as it comes. This site does not."),
    ("both", "This site lets it through, too."),
)
OF_THREE: dict[str, Any] = {"choices": WITH_STOCK, "happened": verdicts.who_was_fooled_of_three}
TAKEN = ("That browser is then", "somebody else", "nobody")
ACTED = ("It was done", "yes", "no")

STATE = "allauth.socialaccount.internal.statekit.unstash_state"
STEPS = "oauth_app.attacks.naive_steps"
USERS = "oauth_app.attacks.naive_users"


def attack(
    slug: str, *, run: Callable[..., Result], wrong: str, why: str, real: tuple[Line, ...], **more: Any
) -> Attempt:
    """Return an attack. `wrong` is the naive app's function with the wrong line, `real` are the lines of this site."""
    naive = Line(wrong, more.pop("marked", "WRONG"), f"Wrong on purpose: {why}")
    return Attempt(
        slug=slug,
        run=run,
        **{
            "choices": WHO,
            "columns": TAKEN,
            "shows": "oauth_attacks/_answers.html",
            "happened": verdicts.who_was_fooled,
            "decided": lambda result: (*real, naive) if result.get("answers") else (),
            "sent_by": "browsers with a cookie jar each. It stands in the wire, too.",
            **more,
        },
    )


def by_id_token(slug: str, *, check: str, text: str, clause: str, why: str, stock: Line, **more: Any) -> Attempt:
    """Return an attack by an ID token. `check` is the one that stops it, `text` stands in its line."""
    stops = Line(f"oauth_app.client.id_token.{check}", text, clause)
    decides = Line("oauth_app.client.endpoints.IDTokenAdapter.checked", "if not received.valid", ONE_IS_ENOUGH)
    passes = APPS[slug].passes
    return attack(
        slug,
        **{
            "run": token_runs.id_token(slug),
            "wrong": f"{passes.__module__}.{passes.__name__}",
            "why": why,
            "real": (stops, decides, stock),
            "lead": LEAD,
            "plan": (more.pop("plan"), *PLAN),
            **OF_THREE,
            **more,
        },
    )


ONE_IS_ENOUGH = "One check that fails, and the sign-in ends here, before anybody is looked up."
LEAD = (
    "With OpenID Connect the provider's answer has an ID token: it says who signed in. Suppose that in the place of "
    "her own, Mallory's sign-in gets one of Alice's. Three look at it: the naive app, allauth's own class as it "
    "comes, and this site, which has put a class of its own in the place of that one."
)
PLAN = (
    "It is done at this site and at the naive app. The outside world has a switch for it, for one code and for one "
    "minute. User-info says Alice as well, unless that is what is wrong.",
    "allauth's own class, which this site has replaced, is called by the lab on the token that the site has checked.",
)
JWTKIT = "allauth.socialaccount.internal.jwtkit.verify_and_decode"
NO_SIGNATURE = Line(
    "allauth.socialaccount.providers.google.views.GoogleOAuth2Adapter._decode_id_token",
    "verify_signature = not self.did_fetch_access_token",
    "allauth as it comes: a token that came straight from the provider is not verified. OpenID Connect allows that "
    "over TLS (Core §3.1.3.7, 6), since TLS has said who answered.",
)
NO_QUESTION = Line(
    "allauth.socialaccount.providers.oauth2.client.OAuth2Client.get_redirect_url",
    "if self.state",
    "allauth as it comes: the request has a state, and no nonce. So there is none to compare.",
)
NOT_COMPARED = Line(
    "allauth.socialaccount.providers.openid_connect.views.OpenIDConnectOAuth2Adapter.complete_login",
    'data["userinfo"]',
    "allauth as it comes: it asks both, and does not compare whom they name.",
)


def compared(name: str) -> Line:
    """Return the line by which the stock class checks a claim, too."""
    return Line(JWTKIT, f"verify_{name}", f"allauth as it comes: it has PyJWT compare {name}, too.")
