"""The attacks on the access of other people's apps, as data."""

from __future__ import annotations

from authdemo.trials.attempts import Attacks, Result
from authdemo.trials.lines import Line

from ..models import Trial
from . import address_runs, code_runs, consent_runs, more_attempts
from .cast import Cast
from .making import ENGINE, OURS, STOCK, attack
from .sides import happened, taken_by_stock

MANY = 3
ADDRESSES = (
    ("neither", "None. Neither does this site."),
    ("few", f"One to {MANY} of them. This site takes none."),
    ("many", f"More than {MANY} of them. This site takes none."),
    ("both", "This site takes some of them, too."),
)


def addresses(result: Result) -> str:
    """Return which choice was right: how many of the addresses allauth as it comes took."""
    who = happened(result)
    return who if who != "stock" else "many" if taken_by_stock(result) > MANY else "few"


FIRST = (
    attack(
        "redirect-uri",
        question="Somebody writes another address into an app's request. Where does your code go?",
        short="Another redirect address",
        lead="Anybody can send you here in the name of Paper & Ink: its client_id is no secret. The request also says "
        "where the code is to go. If that could be an address of Mallory's, your Allow would be for her. Some 25 "
        "addresses that look almost like the registered one are tried. How many does allauth as it comes take?",
        plan=(
            "A user who was made for this signs in here.",
            "Paper & Ink's request is sent once for each address, to this site and to allauth as it comes.",
            "Where the user is asked, Allow is pressed, and it is seen where the code would go. Nobody goes there.",
        ),
        choices=ADDRESSES,
        happened=addresses,
        run=address_runs.redirect_uri,
        ours=(
            Line(
                f"{OURS}.authorization.read",
                'values.get("redirect_uri") not in',
                "Compared as strings, to the letter (RFC 9700 §2.1, RFC 6749 §3.1.2.3). What is no registered address "
                "gets nothing from us, not even an error: the answer is a page here.",
            ),
            Line(
                f"{OURS}.clients.unusable",
                "if len(found) > 1",
                "Two of a parameter: which one would have been checked, and which used? Neither (RFC 6749 §3.1).",
            ),
        ),
        stock=(
            Line(
                "allauth.idp.oidc.internal.clientkit.is_parsed_redirect_uri_allowed",
                "if not is_loopback(parsed_allowed_uri)",
                "allauth as it comes: it takes the address apart and compares parts. On 127.0.0.1 the port is free, "
                "which native apps want (RFC 8252 §7.3). What is not compared may be anything: more of a query, a "
                "parameter of the path. Users, fragments and odd characters the engine below it refuses.",
            ),
        ),
    ),
    attack(
        "code-theft",
        question="Somebody finds an app's code in a log. What is it worth?",
        short="A stolen code",
        lead="The code comes to the app by your browser's address bar, so it stands in histories and logs. A thief "
        "who finds one tries it at the token endpoint: as another app, as the app itself, before it or after it.",
        plan=(
            "A user allows Paper & Ink to read; each time there is a new code.",
            "A thief brings it, with less and less that is wrong. At last the code comes a second time, all right.",
            "And then: does the token that came of the first time still open anything?",
        ),
        run=code_runs.code_theft,
        ours=(
            Line(
                f"{OURS}.grants.by_code",
                "consent__client=client",
                "A code is looked for among those of the app that has proved who it is (RFC 6749 §4.1.3).",
            ),
            Line(
                f"{ENGINE}.validate_token_request",
                "if not self.validate_code_challenge(",
                "PKCE: the verifier must fit the challenge of the request (RFC 7636 §4.6). The thief saw the code, "
                "and never the verifier.",
            ),
            Line(
                f"{OURS}.grants.by_code",
                "grant.end(Grant.Reason.CODE_REUSED)",
                "A code that comes twice was had by two. Nobody can tell which of them got the tokens, so they end "
                "(RFC 6749 §4.1.2).",
            ),
        ),
        stock=(
            Line(
                f"{STOCK}.invalidate_authorization_code",
                "authorization_codes.invalidate(",
                "allauth as it comes: a used code is forgotten. So the second time is refused, and nobody knows any "
                "more which tokens came of the first.",
            ),
        ),
    ),
    attack(
        "pkce",
        question="Somebody leaves PKCE out, or takes less of it. Does it go on without?",
        short="PKCE left out",
        lead="PKCE helps only if it cannot be left out: who steals codes would begin the request without it. And "
        "“plain” sends the verifier along with the request, where it can be read.",
        plan=(
            "Paper & Ink's request is sent without a challenge, with a weak one, and without the verifier after it.",
            "Wherever there is a code, it is brought to the token endpoint with the app's secret.",
        ),
        run=code_runs.pkce,
        ours=(
            Line(
                f"{OURS}.authorization.check",
                'query.get("code_challenge_method") != "S256"',
                "For every app, also one with a secret (RFC 9700 §2.1.1); S256 alone (RFC 7636 §4.2); and a challenge "
                "as S256 makes it: 43 characters.",
            ),
        ),
        stock=(
            Line(
                f"{STOCK}.is_pkce_required",
                "Client.Type.PUBLIC",
                "allauth as it comes: it asks public clients only. The engine below it takes plain as well.",
            ),
        ),
    ),
    attack(
        "silent",
        question="You have allowed one app to read. Who else gets a code without asking you?",
        short="prompt=none",
        lead="With prompt=none an app says: ask nobody, and answer at once. That is for who was allowed it before. A "
        "hidden frame in any page can send such a request in your name.",
        plan=(
            "A user allows Glue & Scissors to read their notes, at this site and at allauth as it comes.",
            "Requests with prompt=none follow: of the same app, of another one, for more, for another user.",
        ),
        run=consent_runs.silent,
        ours=(
            Line(
                f"{OURS}.models.Consent.covers",
                "user=user, client=client",
                "What was allowed is a row of this user and this very app.",
            ),
            Line(
                f"{OURS}.models.Consent.covers",
                "set(scopes) <= set(consent.scope_list)",
                "And for no more than was allowed (OpenID Connect Core §3.1.2.1).",
            ),
            Line(
                f"{OURS}.views.AuthorizationView.get",
                '"none" in asked.prompts and not remembered',
                "Else the app hears that the user would have to be asked (OpenID Connect Core §3.1.2.6).",
            ),
        ),
        stock=(
            Line(
                f"{STOCK}.validate_silent_authorization",
                "user=context.request.user",
                "allauth as it comes: it asks which scopes this user has given to anybody. The app is not in the "
                "question.",
            ),
        ),
    ),
    attack(
        "forged-consent",
        question="Can somebody else press Allow for you?",
        short="Forged Allow",
        lead="You are signed in here, and look at a page of Mallory's. It can send requests with your cookies, show "
        "our pages in a frame under its own buttons, and it can get forms from here for itself.",
        plan=(
            "The question of Paper & Ink is asked for, and what it says of frames is read, as a browser does.",
            "The answer is posted in the user's browser from another origin, with less and less that is wrong.",
        ),
        run=consent_runs.forged_consent,
        ours=(
            Line(
                f"{OURS}.views.AuthorizationView",
                "xframe_options_deny",
                "No browser shows the question in a frame (RFC 6749 §10.13).",
            ),
            Line(
                "django.middleware.csrf.CsrfViewMiddleware.process_view",
                "if not self._origin_verified(request):",
                "The browser says which page sent the form (RFC 9700 §4.7). Where it does not, the token in the form "
                "must be the one of this browser.",
            ),
            Line(
                f"{OURS}.views.AuthorizationView._decided",
                "self._read(request)",
                "The form carries nothing of the request. What is allowed is what this address asks for.",
            ),
        ),
        stock=(
            Line(
                "allauth.idp.oidc.views.AuthorizationView.post",
                "csrf_resp = _enforce_csrf(request)",
                "allauth as it comes: the same by Django's own class.",
            ),
        ),
    ),
)
ATTEMPTS = (*FIRST, *more_attempts.ATTEMPTS)
ATTACKS = Attacks(
    namespace="oauth_attacks:apps",
    hue="oauth",
    base="oauth_app/base.html",
    index_page="oauth_attacks/apps_index.html",
    attempts=ATTEMPTS,
    trials=Trial,
    cast=Cast,
)
