"""What each parameter of a sign-in is for: a sentence and the clause, in one table."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A sentence for a learner, and where it is written."""

    sentence: str
    clause: str


MEANINGS: dict[str, Meaning] = {
    "response_type": Meaning(
        "What the provider shall send back by the browser: a code, and no token.", "RFC 6749 §3.1.1"
    ),
    "client_id": Meaning("Which site asks. It is public: it identifies us, and proves nothing.", "RFC 6749 §2.2"),
    "redirect_uri": Meaning(
        "Where the browser shall bring the code. The provider compares it, character for character, with what we "
        "registered: nobody can have a code sent elsewhere.",
        "RFC 6749 §3.1.2; RFC 9700 §2.1",
    ),
    "scope": Meaning("What the token shall be good for. The consent page says it in words.", "RFC 6749 §3.3"),
    "state": Meaning(
        "A random value that we keep in this browser’s session. It must come back in the same browser, once. Without "
        "it somebody could sign you in as themselves, with a code of their own.",
        "RFC 6749 §10.12",
    ),
    "nonce": Meaning(
        "A random value that must come back inside the ID token, so that a token of another sign-in does not fit.",
        "OIDC Core §3.1.2.1",
    ),
    "code_challenge": Meaning(
        "The SHA-256 of a secret, the verifier, that stays in our session. From the challenge nobody can find it.",
        "RFC 7636 §4.2",
    ),
    "code_challenge_method": Meaning(
        "How the challenge was made. With “plain” it would be the secret.", "RFC 7636 §4.2"
    ),
    "code_verifier": Meaning(
        "The secret behind the challenge. It shows that who changes the code is who began: a stolen code is worth "
        "nothing without it.",
        "RFC 7636 §4.5",
    ),
    "code": Meaning(
        "Good once, for a short time, for our client only. It comes by the browser, so it is not a token itself.",
        "RFC 6749 §4.1.2",
    ),
    "grant_type": Meaning("What we give for a token: a code.", "RFC 6749 §4.1.3"),
    "client_secret": Meaning(
        "Our own password at the provider. It goes from server to server only.", "RFC 6749 §2.3.1"
    ),
    "authorization": Meaning(
        "The access token, or our client’s name and secret, in a header: never in an address.", "RFC 6750 §2.1"
    ),
    "access_token": Meaning(
        "A key to the provider’s API. It says what may be done, and not who is at the keyboard.", "RFC 6749 §1.4"
    ),
    "refresh_token": Meaning("With it we could get further access tokens without you.", "RFC 6749 §1.5"),
    "id_token": Meaning(
        "A signed statement of the provider: who signed in, for which site, for which sign-in. We check it line by "
        "line.",
        "OIDC Core §2",
    ),
    "token_type": Meaning("How to use the token: whoever bears it may use it.", "RFC 6749 §7.1; RFC 6750"),
    "expires_in": Meaning("For how many seconds the access token is good.", "RFC 6749 §5.1"),
    "error": Meaning("Why there is no code, or no token.", "RFC 6749 §4.1.2.1 and §5.2"),
    "prompt": Meaning("Whether the provider shall ask the user again.", "OIDC Core §3.1.2.1"),
    "access_type": Meaning("Google’s own way to ask for a refresh token.", "not in an RFC"),
    "include_granted_scopes": Meaning(
        "Google’s own way: the new token shall also do what was allowed before.", "not in an RFC"
    ),
    "next": Meaning(
        "The provider’s own note of where to go on after its sign-in form: the same request.", "not in an RFC"
    ),
    "username": Meaning(
        "Typed at the provider. This site was told the field’s name, and never what was typed.", "RFC 6749 §4.1"
    ),
    "password": Meaning(
        "Typed at the provider, posted to the provider. This site was told the field’s name, never what was typed.",
        "RFC 6749 §4.1",
    ),
    "issuer": Meaning("What `iss` in each ID token must be.", "OIDC Discovery §3"),
    "authorization_endpoint": Meaning("Where we send the browser.", "OIDC Discovery §3"),
    "token_endpoint": Meaning("Where we change the code for tokens.", "OIDC Discovery §3"),
    "userinfo_endpoint": Meaning("Where we ask who it is, with the access token.", "OIDC Discovery §3"),
    "jwks_uri": Meaning("Where the public keys are that ID tokens are verified with.", "OIDC Discovery §3"),
    "keys": Meaning("The provider’s public keys. They verify, and cannot sign.", "RFC 7517 §5"),
    "sub": Meaning("The account’s name at this provider: it never changes hands.", "OIDC Core §2"),
    "id": Meaning("The account’s number at GitHub: names change hands, it does not.", "GitHub’s API"),
    "login": Meaning("The account’s name at GitHub.", "GitHub’s API"),
    "email": Meaning("The address that the provider knows.", "OIDC Core §5.1"),
    "email_verified": Meaning(
        "Whether the provider has verified it. If not, it proves nothing here.", "OIDC Core §5.1"
    ),
    "verified": Meaning("Whether GitHub has verified the address. If not, it proves nothing here.", "GitHub’s API"),
    "location": Meaning(
        "Where the browser shall go next: a redirect. It carries what stands beside it.", "RFC 9110 §10.2.2"
    ),
}  # fmt: skip
