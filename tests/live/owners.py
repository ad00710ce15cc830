"""Who may hold what: a kind of credential, the place, and why. Whatever is not here is a leak.

A place is a pattern of `fnmatch`. A database's file may hold what one of its columns may: what was deleted from a
table stands in the file until its page is used again.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple


class Owner(NamedTuple):
    """A kind of credential may lie in a place."""

    kind: str
    place: str
    why: str


OWNERS = [
    Owner("session key", "site:django_session.session_key", "Django's store of sessions"),
    Owner("session key", "site:usersessions_usersession.session_key", "its index: which sessions are whose"),
    Owner("session key", "valkey:sessions keys", "its copy in the cache"),
    Owner("lab's session key", "site:session_stores_dbsession.session_key", "the lab's store db"),
    Owner("lab's session key", "site:session_stores_cacheddbsession.session_key", "the lab's store cached_db"),
    Owner("lab's session key", "valkey:*lab* keys", "the lab's stores cached_db and redis"),
    Owner("lab's session key", "file names:*sessions*", "the lab's store file"),
    Owner("naive session key", "valkey:* keys", "the store of the sign-in that is wrong on purpose"),
    Owner("name for a forged form", "site page:/sessions/attacks/csrf/*", "the links to the hostile pages"),
    Owner("name for a forged form", "site dom:/sessions/attacks/csrf/*", "the same page after its scripts"),
    Owner("name for a forged form", "hostile page:/*/", "its form sends it back, and nothing else can be done by it"),
    Owner("state", "site:django_session.session_data", "compared with the one that comes back"),
    Owner("state", "valkey:sessions values", "the copy of that"),
    Owner("verifier", "site:django_session.session_data", "sent when the code is exchanged"),
    Owner("verifier", "valkey:sessions values", "the copy of that"),
    Owner("access token", "site json:/jwt/api/token/*", "how it is handed out"),
    Owner("access token", "site json:/jwt/api/cookie/*", "handed out; the other is in a cookie"),
    Owner("refresh token", "site json:/jwt/api/token/*", "how it is handed out"),
    # A forged token with the signature of a real one is looked for by that signature (credentials.spellings).
    Owner("token of unknown origin", "site json:/jwt/api/token/*", "the real token, as it is handed out"),
    Owner("token of unknown origin", "site page:/jwt/inspector/", "the real token, pasted"),
    Owner("token of unknown origin", "site dom:/jwt/inspector/", "the same page after its scripts"),
    Owner("pasted token", "site page:/jwt/inspector/", "the answer to who has pasted it"),
    Owner("pasted token", "site dom:/jwt/inspector/", "the same page after its scripts"),
    Owner("pasted key", "site page:/jwt/inspector/", "the answer to who has pasted it: the form comes back"),
    Owner("pasted key", "site dom:/jwt/inspector/", "the same page after its scripts"),
    Owner("access token", "site page:/jwt/inspector/", "the answer to who has pasted it"),
    Owner("access token", "site dom:/jwt/inspector/", "the same page after its scripts"),
    Owner("form token", "site page:*", "each form has one; it counts only beside the cookie"),
    Owner("form token", "site dom:*", "the same page after its scripts"),
    Owner("form token", "outside page:*", "each form has one; it counts only beside the cookie"),
    Owner("password typed as a name", "site page:/sessions/login/", "the form comes back to who has typed it"),
    Owner("password typed as a name", "site dom:/sessions/login/", "the same page after its scripts"),
    Owner("demo's password", "site page:*", "said to everybody who sits at this machine"),
    Owner("demo's password", "site dom:*", "the same page after its scripts"),
    Owner("demo's password", "outside page:*", "said to everybody who sits at this machine"),
    Owner("demo's password", "output", "the first lines say how to sign in"),
    # The way of a code, as the protocol wants it: RFC 6749 §4.1, by the address bar.
    Owner("state", "site location:*/login/", "to the provider"),
    Owner("state", "site location:/oauth/switch/*", "to the provider"),
    Owner("challenge", "site location:*/login/", "to the provider"),
    Owner("challenge", "site location:/oauth/switch/*", "to the provider"),
    Owner("nonce", "site:django_session.session_data", "compared with the one in the ID token"),
    Owner("nonce", "valkey:sessions values", "the copy of that"),
    Owner("nonce", "site location:*/login/", "to the provider"),
    Owner("nonce", "site location:/oauth/switch/*", "to the provider"),
    # This site as the provider: the same way of a code, from the other end. Of codes and tokens it keeps hashes.
    Owner("code", "site location:/identity/o/authorize", "back to the app"),
    Owner("state", "site location:/identity/o/authorize", "back to the app, or to the sign-in page"),
    Owner("nonce", "site location:/identity/o/authorize", "to the sign-in page, which leads back"),
    Owner("challenge", "site location:/identity/o/authorize", "to the sign-in page, which leads back"),
    Owner("state", "site page:/sessions/login/", "its form carries the request of the app on"),
    Owner("nonce", "site page:/sessions/login/", "its form carries the request of the app on"),
    Owner("challenge", "site page:/sessions/login/", "its form carries the request of the app on"),
    Owner("nonce", "site json:/identity/o/api/token", "in the ID token"),
    Owner("nonce", "site:oauth_provider_grant.nonce", "stored with the code, for the ID token"),
    Owner("challenge", "site:oauth_provider_grant.code_challenge", "stored with the code, for the verifier"),
    Owner("provider's access token", "site json:/identity/o/api/token", "how it is handed out"),
    Owner("provider's refresh token", "site json:/identity/o/api/token", "how it is handed out"),
    Owner("ID token", "site json:/identity/o/api/token", "how it is handed out"),
    # Paper & Ink: what waits for an answer is in its session, which is in its database; and there are its tokens.
    Owner("state", "paper:django_session.session_data", "compared with the one that comes back"),
    Owner("nonce", "paper:django_session.session_data", "compared with the one in the ID token"),
    Owner("verifier", "paper:django_session.session_data", "sent when the code is exchanged"),
    Owner("challenge", "paper:django_session.session_data", "in the address that was asked"),
    Owner("state", "paper location:/connect/", "to the site"),
    Owner("nonce", "paper location:/connect/", "to the site"),
    Owner("challenge", "paper location:/connect/", "to the site"),
    Owner("provider's access token", "paper:paper_connection.access_token", "used for each call"),
    Owner("provider's refresh token", "paper:paper_connection.refresh_token", "exchanged for the next one"),
    Owner("device code", "paper:paper_screen.device_code", "asked with, until somebody has answered"),
    Owner("app's session key", "paper:django_session.session_key", "its store of sessions"),
    Owner("form token", "paper page:*", "each form has one; it counts only beside the cookie"),
    # Attacks on apps' access: allauth as it comes keeps codes in the cache, in clear. Ours lie in rows, as hashes.
    Owner("code", "valkey:codes of allauth keys", "a code of the attacked one that is wrong on purpose"),
    Owner("code", "valkey:codes of allauth values", "the same"),
    Owner("challenge", "valkey:codes of allauth values", "compared with the verifier"),
    # One's own app: its secret is told in the answer to the form that made it.
    Owner("client secret told once", "site page:/oauth/clients/add/", "told once, to who has registered the app"),
    Owner("client secret told once", "site dom:/oauth/clients/add/", "the same page after its scripts"),
    Owner("client secret told once", "site page:/oauth/clients/*/secret/", "told once, to who has made a new one"),
    Owner("client secret told once", "site dom:/oauth/clients/*/secret/", "the same page after its scripts"),
    # Slow motion: the way out waits in the session, the way back at its own address.
    Owner("challenge", "site:django_session.session_data", "the request to the provider, which waits there"),
    Owner("challenge", "valkey:sessions values", "the copy of that"),
    Owner("state", "site location:/oauth/flow/next/", "to the provider"),
    Owner("challenge", "site location:/oauth/flow/next/", "to the provider"),
    Owner("nonce", "site location:/oauth/flow/next/", "to the provider"),
    Owner("state", "site location:*/login/callback/", "to the same address once more"),
    Owner("code", "site location:*/login/callback/", "to the same address once more"),
    Owner("ID token", "site page:/oauth/id-token/raw/", "the answer to who has asked for it"),
    Owner("ID token", "site dom:/oauth/id-token/raw/", "the same page after its scripts"),
    Owner("ID token", "site page:/jwt/inspector/", "the answer to who has taken it there"),
    Owner("ID token", "site dom:/jwt/inspector/", "the same page after its scripts"),
    Owner("nonce", "site page:/oauth/id-token/raw/", "in the ID token, used up"),
    Owner("nonce", "site dom:/oauth/id-token/raw/", "the same page after its scripts"),
    Owner("nonce", "site page:/jwt/inspector/", "in the ID token, used up"),
    Owner("nonce", "site dom:/jwt/inspector/", "the same page after its scripts"),
    Owner("nonce", "outside location:*", "from page to page there"),
    Owner("nonce", "outside page:*", "its forms carry the request on"),
    Owner("nonce", "outside:outside_cache.value", "stored with the code, for the ID token"),
    Owner("nonce", "referer:outside to outside", "the provider's own pages"),
    Owner("state", "valkey:authdemo values", "the session of the app that is wrong on purpose, for ten minutes"),
    Owner("nonce", "valkey:authdemo values", "the same"),
    Owner("state", "outside location:*", "from page to page there, and back"),
    Owner("challenge", "outside location:*", "from page to page there"),
    Owner("code", "outside location:*", "back to the site"),
    Owner("state", "outside page:*", "its forms carry the request on"),
    Owner("challenge", "outside page:*", "its forms carry the request on"),
    Owner("code", "outside:outside_cache.cache_key", "the provider's store of codes"),
    Owner("code", "outside:outside_cache.value", "the provider's store of codes"),
    Owner("state", "outside:outside_cache.value", "stored with the code"),
    Owner("challenge", "outside:outside_cache.value", "stored with the code, for the verifier to be compared"),
    Owner("provider's session key", "outside:django_session.session_key", "the provider's store of sessions"),
    # A page's address goes along with what the page asks for, to its own site alone (Referrer-Policy: same-origin).
    Owner("challenge", "referer:site to site", "the consent page's own address"),
    Owner("nonce", "referer:site to site", "the consent page's own address"),
    Owner("state", "referer:site to site", "the callback's own pages"),
    Owner("code", "referer:site to site", "the callback's own pages"),
    Owner("state", "referer:outside to outside", "the provider's own pages"),
    Owner("challenge", "referer:outside to outside", "the provider's own pages"),
    Owner("name for a forged form", "referer:site to site", "the page that answers a forged form, back to ours"),
    Owner("name for a forged form", "referer:hostile to hostile", "the hostile page's own script"),
    Owner("session key", "referer:site to site", "the visitor has put it into an address"),
    Owner("access token", "referer:site to site", "the visitor has put it into an address"),
    Owner("refresh token", "referer:site to site", "the visitor has put it into an address"),
    Owner("secret_key", "file:secret_key", "made once for all processes"),
    Owner("jwt_keys.json", "file:jwt_keys.json", "made once for all processes"),
    *(
        Owner(f"lab_jwt_key.{name}", f"file:lab_jwt_key.{name}", "made once for all processes")
        for name in ("RS256", "ES256", "EdDSA", "HS256")
    ),
    Owner("oauth_token_key", "file:oauth_token_key", "made once for all processes"),
    Owner("oauth_provider_key.pem", "file:oauth_provider_key.pem", "made once for all processes"),
    Owner("third_party_secret_key", "file:third_party_secret_key", "made once"),
    Owner("outside_secret_key", "file:outside_secret_key", "made once"),
    Owner("outside_oidc_key.pem", "file:outside_oidc_key.pem", "made once"),
]
FILES = {
    "file:site.sqlite3*": "site:*",
    "file:outside.sqlite3*": "outside:*",
    "file:third_party.sqlite3*": "paper:*",
    "file:valkey/*": "valkey:*",
}


def owners(kind: str, place: str) -> list[Owner]:
    """Return the rows of the table that allow it; none where it is a leak."""
    inside = [part for file, part in FILES.items() if fnmatchcase(place, file)]
    return [
        owner
        for owner in OWNERS
        if owner.kind == kind
        and (fnmatchcase(place, owner.place) or any(fnmatchcase(owner.place, part) for part in inside))
    ]
