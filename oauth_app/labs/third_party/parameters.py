"""What each parameter is for, seen from the other end: this site is the provider, and somebody else's app asks.

What reads the same from both ends comes from the table of the client's diagram.
"""

from __future__ import annotations

from ..flow.parameters import MEANINGS as OF_A_SIGN_IN
from ..flow.parameters import Meaning

MEANINGS: dict[str, Meaning] = OF_A_SIGN_IN | {
    "response_type": Meaning(
        "What this site shall send back by the browser: a code, and no token.", "RFC 6749 §3.1.1"
    ),
    "client_id": Meaning("Which app asks. It is public: it identifies the app, and proves nothing.", "RFC 6749 §2.2"),
    "redirect_uri": Meaning(
        "Where the browser shall bring the code. This site compares it, character for character, with what the app "
        "has registered here.",
        "RFC 6749 §3.1.2; RFC 9700 §2.1",
    ),
    "scope": Meaning(
        "What the token shall be good for. The consent page says it in words, and you may allow less.", "RFC 6749 §3.3"
    ),
    "scopes": Meaning(
        "A box that was ticked on the consent page. What is not ticked is not allowed.", "RFC 6749 §3.3"
    ),
    "action": Meaning("Which button of the consent page was pressed.", "this site’s own"),
    "state": Meaning(
        "A random value of the app’s. It must come back in the same browser, once: else somebody could have the app "
        "read an account of theirs in your place. By its fingerprint the legs of this drawing are known.",
        "RFC 6749 §10.12",
    ),
    "nonce": Meaning("A random value of the app’s, which must come back in the ID token.", "OIDC Core §3.1.2.1"),
    "code_challenge": Meaning(
        "The SHA-256 of a secret, the verifier, that stays on the app’s server. This site wants one of every app.",
        "RFC 7636 §4.2; RFC 9700 §2.1.1",
    ),
    "code_verifier": Meaning(
        "The secret behind the challenge. This site hashes it and compares. A stolen code is worth nothing without.",
        "RFC 7636 §4.6",
    ),
    "code": Meaning(
        "Good once, for a minute, for this app only. It comes by the browser, so it is not a token itself. Used a "
        "second time, it ends what it gave.",
        "RFC 6749 §4.1.2",
    ),
    "iss": Meaning(
        "Whose answer this is. An app with several providers can tell that none has taken another one’s place.",
        "RFC 9207 §2",
    ),
    "grant_type": Meaning("What the app gives for a token: a code, or a refresh token.", "RFC 6749 §4.1.3, §6"),
    "client_secret": Meaning("The app’s own password at this site, from server to server only.", "RFC 6749 §2.3.1"),
    "authorization": Meaning(
        "Basic: the app’s name and secret. Bearer: the access token. In a header, never in an address.",
        "RFC 6749 §2.3.1; RFC 6750 §2.1",
    ),
    "access_token": Meaning(
        "What the app calls our API with. It says nothing by itself: this site looks it up at each call, by its hash.",
        "RFC 6749 §1.4",
    ),
    "refresh_token": Meaning(
        "With it the app gets the next tokens without you. Good once: one that comes back ends the whole family.",
        "RFC 6749 §1.5; RFC 9700 §4.14.2",
    ),
    "id_token": Meaning("A signed statement of this site: who has allowed this, for which app.", "OIDC Core §2"),
    "token": Meaning("The token that shall end. The whole family ends with a refresh token.", "RFC 7009 §2.1"),
    "token_type_hint": Meaning("Which kind of token it is. Only a hint.", "RFC 7009 §2.1"),
    "error": Meaning("Why there is no code, or no token.", "RFC 6749 §4.1.2.1 and §5.2"),
    "www-authenticate": Meaning("Why the call was refused, in words that a program knows.", "RFC 6750 §3"),
    "authorization_endpoint": Meaning("Where the app sends the browser.", "OIDC Discovery §3"),
    "token_endpoint": Meaning("Where the app changes the code for tokens.", "OIDC Discovery §3"),
    "userinfo_endpoint": Meaning("Where an app may ask who it is, with the access token.", "OIDC Discovery §3"),
    "revocation_endpoint": Meaning("Where the app gives tokens back.", "RFC 8414 §2"),
    "keys": Meaning("This site’s public keys. They verify, and cannot sign.", "RFC 7517 §5"),
    "id": Meaning("The note’s number.", "this site’s own"),
    "detail": Meaning("The same for people. The wire does not keep the text.", "this site’s own"),
    "notes": Meaning(
        "What it is all about. The wire keeps how many, and nothing of what they say.", "this site’s own"
    ),
    "next": Meaning("This site’s note of where to go on after its sign-in form: the same request.", "not in an RFC"),
    "username": Meaning("Typed at this site, in the user’s own browser. The app sees nothing of it.", "RFC 6749 §1"),
    "password": Meaning(
        "Typed at this site, posted to this site. That the app never sees it is what all this is for.", "RFC 6749 §1"
    ),
}
# An error of the API is called "code", too.
OF_AN_ERROR: dict[str, Meaning] = MEANINGS | {
    "code": Meaning("Why the call was refused, as one of a few words that do not change.", "this site’s own"),
}
