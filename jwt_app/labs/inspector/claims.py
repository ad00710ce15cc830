"""What each header parameter and each claim means, with its clause. A table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .strict import as_json, short
from .times import in_words

JWS, JWE, JWK, JWA, JWT = "RFC 7515", "RFC 7516", "RFC 7517", "RFC 7518", "RFC 7519"
CORE = "OpenID Connect Core"
OWN = "a name of its maker’s own (RFC 7519 §4.3)"
OWN_HEADER = "a name of its maker’s own (RFC 7515 §4.3)"

HEADER: dict[str, tuple[str, str]] = {
    "alg": ("How it is signed. A verifier must know that before, and not from here (RFC 8725 §3.1).", f"{JWS} §4.1.1"),
    "typ": ("What the whole thing is: “JWT”, or “at+jwt” for an access token (RFC 9068).", f"{JWS} §4.1.9"),
    "cty": ("What the payload is. “JWT” where one token lies in another.", f"{JWS} §4.1.10"),
    "kid": ("The name of the key. It only chooses among keys that the verifier has already.", f"{JWS} §4.1.4"),
    "jku": ("An address from which to fetch keys. Who fetches them trusts the forger.", f"{JWS} §4.1.2"),
    "jwk": ("The key itself, sent along. Who believes it believes everybody.", f"{JWS} §4.1.3"),
    "x5u": ("An address from which to fetch a certificate. Who fetches it trusts the forger.", f"{JWS} §4.1.5"),
    "x5c": ("A chain of certificates, sent along. Worth what its root is worth to the verifier.", f"{JWS} §4.1.6"),
    "x5t": ("The SHA-1 fingerprint of a certificate.", f"{JWS} §4.1.7"),
    "x5t#S256": ("The SHA-256 fingerprint of a certificate.", f"{JWS} §4.1.8"),
    "crit": ("Names of extensions. Who does not understand each of them must refuse the token.", f"{JWS} §4.1.11"),
    "b64": ("Whether the payload is base64url. False is not allowed in a JWT.", "RFC 7797 §3, §7"),
    "enc": ("How the content is encrypted.", f"{JWE} §4.1.2"),
    "zip": ("How the content was compressed before it was encrypted.", f"{JWE} §4.1.3"),
    "epk": ("A public key that was made for this one message.", f"{JWA} §4.6.1.1"),
    "apu": ("Who sends it, as an input of the key agreement.", f"{JWA} §4.6.1.2"),
    "apv": ("Who receives it, as an input of the key agreement.", f"{JWA} §4.6.1.3"),
    "iv": ("The initialisation vector with which the key was encrypted.", f"{JWA} §4.7.1.1"),
    "tag": ("The authentication tag of the encrypted key.", f"{JWA} §4.7.1.2"),
    "p2s": ("The salt with which a key was made from a password.", f"{JWA} §4.8.1.1"),
    "p2c": ("How often the password was hashed. A forger’s number may keep a verifier busy.", f"{JWA} §4.8.1.2"),
    "iss": ("A copy of the claim, readable although the rest is encrypted.", f"{JWT} §5.3"),
    "sub": ("A copy of the claim, readable although the rest is encrypted.", f"{JWT} §5.3"),
    "aud": ("A copy of the claim, readable although the rest is encrypted.", f"{JWT} §5.3"),
}  # fmt: skip

CLAIMS: dict[str, tuple[str, str]] = {
    "iss": ("Who made it. A verifier compares it with the one whose key it used.", f"{JWT} §4.1.1, RFC 8725 §3.8"),
    "sub": ("Whom it speaks of. Unique only together with the issuer.", f"{JWT} §4.1.2"),
    "aud": ("For whom it is. Who is not named here must refuse it.", f"{JWT} §4.1.3, RFC 8725 §3.9"),
    "exp": ("From this moment on it must be refused.", f"{JWT} §4.1.4"),
    "nbf": ("Before this moment it must be refused.", f"{JWT} §4.1.5"),
    "iat": ("When it was made.", f"{JWT} §4.1.6"),
    "jti": ("Its number, never given twice. By it a deny-list can name this one token.", f"{JWT} §4.1.7"),
    "azp": ("The client that it was made for.", f"{CORE} §2"),
    "nonce": ("What the client sent along, so that an ID token of another sign-in is noticed.", f"{CORE} §2"),
    "auth_time": ("When the person really signed in.", f"{CORE} §2"),
    "acr": ("How strong the sign-in was, by the provider’s own scale.", f"{CORE} §2"),
    "amr": ("How the person signed in: “pwd”, “otp” and so on (RFC 8176).", f"{CORE} §2"),
    "at_hash": ("Half a hash of the access token that came with it.", f"{CORE} §3.1.3.6"),
    "c_hash": ("Half a hash of the authorization code that came with it.", f"{CORE} §3.3.2.11"),
    "sid": ("The session at the provider.", "OpenID Connect Front-Channel Logout §3"),
    "name": ("The person’s whole name, for display.", f"{CORE} §5.1"),
    "given_name": ("First name.", f"{CORE} §5.1"),
    "family_name": ("Last name.", f"{CORE} §5.1"),
    "middle_name": ("Middle name.", f"{CORE} §5.1"),
    "nickname": ("A casual name.", f"{CORE} §5.1"),
    "preferred_username": ("What the person wants to be called. It may change.", f"{CORE} §5.1, §5.7"),
    "profile": ("The address of a page about the person.", f"{CORE} §5.1"),
    "picture": ("The address of a picture.", f"{CORE} §5.1"),
    "website": ("The address of a page of the person’s own.", f"{CORE} §5.1"),
    "email": ("An e-mail address. It proves nothing without email_verified.", f"{CORE} §5.1"),
    "email_verified": ("Whether the provider knows that the address is the person’s.", f"{CORE} §5.1"),
    "gender": ("Gender.", f"{CORE} §5.1"),
    "birthdate": ("Date of birth.", f"{CORE} §5.1"),
    "zoneinfo": ("Time zone.", f"{CORE} §5.1"),
    "locale": ("Language and country.", f"{CORE} §5.1"),
    "phone_number": ("Telephone number.", f"{CORE} §5.1"),
    "phone_number_verified": ("Whether the provider knows that the number is the person’s.", f"{CORE} §5.1"),
    "address": ("Postal address.", f"{CORE} §5.1.1"),
    "updated_at": ("When what is said of the person last changed.", f"{CORE} §5.1"),
    "scope": ("What may be done with it, words with spaces between.", "RFC 8693 §4.2, RFC 9068 §2.2.3"),
    "client_id": ("The client that asked for it.", "RFC 8693 §4.3, RFC 9068 §2.2"),
    "act": ("Who acts in the place of the one it speaks of.", "RFC 8693 §4.1"),
    "may_act": ("Who may act in the place of the one it speaks of.", "RFC 8693 §4.4"),
    "cnf": ("A key that the holder must prove to have: a copy alone is not enough.", "RFC 7800 §3"),
    "roles": ("Roles, as they were when it was made.", "RFC 9068 §2.2.3.1"),
    "groups": ("Groups, as they were when it was made.", "RFC 9068 §2.2.3.1"),
    "entitlements": ("Rights, as they were when it was made.", "RFC 9068 §2.2.3.1"),
    "token_type": ("What it is good for here: access or refresh. This site compares it.", f"SimpleJWT; {OWN}"),
    "user_id": ("The user’s row here.", f"SimpleJWT; {OWN}"),
    "username": ("The user’s name, as it was when it was made.", f"Authdemo; {OWN}"),
    "role": ("The user’s role, as it was when it was made. It does not follow the database.", f"Authdemo; {OWN}"),
    "family": ("All refresh tokens of one sign-in (RFC 9700 §4.14.2).", f"Authdemo; {OWN}"),
}  # fmt: skip

TIMES = ("exp", "nbf", "iat", "auth_time", "updated_at")


@dataclass(frozen=True)
class Line:
    """One member, for a reader. `value` is JSON."""

    name: str
    value: str
    meaning: str
    clause: str


def lines(members: dict[str, Any], table: dict[str, tuple[str, str]], now: datetime) -> list[Line]:
    """Explain each member, in the order in which they stand."""
    own = OWN_HEADER if table is HEADER else OWN
    found = []
    for name, value in members.items():
        meaning, clause = table.get(name, ("", own))
        words = in_words(value, now) if name in TIMES and table is CLAIMS else ""
        found.append(Line(short(name), as_json(value), f"{meaning} That is {words}." if words else meaning, clause))
    return found
