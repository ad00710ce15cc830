"""The attacks on a sign-in with a provider, as data. What was right, `verdicts.py` finds in what came back."""

from __future__ import annotations

from authdemo.trials.attempts import Attacks
from authdemo.trials.lines import Line

from . import more_codes, more_tokens, runs
from .cast import Cast
from .making import STATE, STEPS, USERS, attack, by_id_token, compared
from .models import Trial

FIRST = (
    attack(
        "login-csrf",
        question="Somebody has you open the end of their own sign-in. Who are you then?",
        short="Missing or foreign state",
        lead="The last address of a sign-in brings a code. It can be sent to anybody, as a link or an image. If you "
        "open Mallory's, you could be signed in as Mallory, and what you type from then on, she can read.",
        plan=(
            "Mallory begins a sign-in and consents at the provider. She does not open the address she is sent to.",
            "A victim, who has begun nothing, opens it: once as it is, once without its state.",
            "It is asked who the victim's browser is now. All of it at this site, and at the naive app.",
        ),
        run=runs.login_csrf,
        wrong=f"{STEPS}.any_state",
        why="the state was sent along, and nobody looks at it. (No PKCE either: it would ask the victim's browser for "
        "a verifier, which only Mallory's has.)",
        real=(
            Line(
                STATE,
                "states.get(state_id)",
                "The state must be one that this very session has given out (RFC 6749 §10.12). Another browser's is "
                "not there.",
            ),
            Line(
                "oauth_app.client.adapter.SocialAccountAdapter.on_authentication_error",
                "used_up(",
                "Then it is no sign-in of ours, and the code is not even looked at.",
            ),
        ),
    ),
    attack(
        "stolen-code",
        question="Somebody reads your code before it is used. Can they be you?",
        short="Stolen code",
        lead="The code comes back by the address bar: a log, a proxy, an extension may see it. A thief who is quick "
        "puts it into a sign-in of their own, with their own state.",
        plan=(
            "Alice consents at the provider. A thief has read the address that she is sent to.",
            "The thief begins a sign-in, and comes back with their own state and Alice's code.",
            "It is asked who the thief's browser is now: at this site with PKCE, at the naive app without, and with.",
        ),
        run=runs.stolen_code,
        wrong=f"{STEPS}.without_a_verifier",
        why="no PKCE. The provider gets a code and the app's secret, and nothing that only Alice's browser had.",
        real=(
            Line(
                "allauth.socialaccount.providers.oauth2.client.OAuth2Client.get_access_token",
                'data["code_verifier"]',
                "PKCE (RFC 7636): the verifier lies in the session that has begun. Its hash went to the provider with "
                "Alice's request; the thief's does not fit, so the provider gives no token.",
            ),
            Line(
                "oauth_app.client.provider.CarefulProvider",
                "pkce_enabled_default",
                "allauth leaves PKCE off with GitHub, Google and OpenID Connect unless one asks for it. Our providers "
                "ask.",
            ),
        ),
    ),
    attack(
        "token-substitution",
        question="Another app has got your access token. Can it sign in as you?",
        short="Token substitution",
        lead="Alice plays Mallory's quiz, and allows it to know who she is. So Mallory has an access token of hers, "
        "and an ID token. Some apps have an address “log in with an access token”, for their phone app, say.",
        plan=(
            "Alice consents at the provider that the quiz may know who she is. Mallory's server gets the tokens.",
            "Mallory takes the access token to the naive app's “log in with an access token”.",
            "She takes the ID token to an address that looks for whom it was made, and both to this site.",
        ),
        run=runs.token_substitution,
        wrong=f"{USERS}.with_an_access_token",
        why="it asks whose token that is, and takes the one who brings it for that person.",
        real=(
            Line(
                "oauth_app.client.id_token._aud",
                'token.claims.get("aud")',
                "An ID token names the app that it was made for (OpenID Connect Core §3.1.3.7, 3). An access token "
                "has nothing like it that a client could read.",
            ),
            Line(
                "allauth.socialaccount.providers.oauth2.views.OAuth2CallbackView.dispatch",
                "access_token = self.adapter.get_access_token_data(",
                "The only way into this site: a code that this browser brings, changed with the site's own secret. So "
                "the token came straight from the provider, and for this site. No address here takes one.",
            ),
        ),
        sent_by="browsers with a cookie jar each, and Mallory's server. It stands in the wire, too.",
    ),
    attack(
        "unverified-email",
        question="Eve types your address into her account at the provider. Is she you here?",
        short="Unverified e-mail",
        lead="Many apps find people by their e-mail address, so that nobody ends up with two accounts. Eve's account "
        "at the provider has the address of bob, who has an account here. The provider never asked her to prove it.",
        plan=(
            "Eve signs in with the provider, at this site and at the naive app.",
            "It is asked who her browser is now.",
        ),
        run=runs.unverified_email,
        wrong=f"{USERS}.by_email",
        why="whoever can type your address somewhere is you.",
        real=(
            Line(
                "oauth_app.client.adapter.SocialAccountAdapter._may_sign_up",
                "if sociallogin.email_addresses and not addresses:",
                "Only verified addresses count, and this is decided before anybody looks whether one is known here.",
            ),
            Line(
                "SOCIALACCOUNT_EMAIL_AUTHENTICATION",
                "SOCIALACCOUNT_EMAIL_AUTHENTICATION",
                "And not even a verified one opens an account: its owner signs in as before, and connects.",
                setting=True,
            ),
        ),
    ),
    by_id_token(
        "wrong-audience",
        question="An ID token of Alice's was made for another app. Is it good here?",
        short="Wrong aud",
        plan="Mallory signs in. Her answer has an ID token that was made for her quiz when Alice played it: its aud "
        "names the quiz.",
        check="_aud",
        text='token.claims.get("aud")',
        clause="The token must be made for this client, and for no other (OpenID Connect Core §3.1.3.7, 3).",
        why="whichever app has got one of Alice's can be Alice here.",
        stock=compared("aud"),
    ),
)
ATTEMPTS = (*FIRST, *more_codes.ATTEMPTS, *more_tokens.ATTEMPTS)
ATTACKS = Attacks(
    namespace="oauth_attacks",
    hue="oauth",
    base="oauth_app/base.html",
    index_page="oauth_attacks/index.html",
    attempts=ATTEMPTS,
    trials=Trial,
    cast=Cast,
)
