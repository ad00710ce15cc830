"""The attacks by what is no access token, or comes where none belongs: at user-info and at the API."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from authlib.oidc.core import CodeIDToken
from django.conf import settings
from django.urls import reverse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from authdemo.device.answers import body_of
from authdemo.trials.attempts import Result

from . import acts
from .cast import GLUE, PAPER, Actor, Cast
from .sides import SITE, Answer, Side, answered, check, result

Tokens: TypeAlias = dict[str, str]
Make: TypeAlias = Callable[[Tokens], Any]
OPENS = "It opens the user's data."
NOTES = "/oauth/api/notes/"
IN_URL: dict[str, Make] = {"query": lambda got: f"?access_token={got['access_token']}"}
IN_BODY: dict[str, Make] = {
    "method": lambda got: "POST",
    "data": lambda got: {"access_token": got["access_token"]},
}


def bearer(make: Make) -> dict[str, Make]:
    """Return how something is sent in the header."""
    return {"headers": lambda got: {"Authorization": f"Bearer {make(got)}"}}


def wrong_door(cast: Cast) -> Result:
    """Things that look like an access token, and one where it does not belong, brought to user-info and to the API."""
    cast.needs(PAPER, GLUE)
    user, server = cast.user("the user"), cast.actor("Paper & Ink's server")
    got: dict[str, Tokens] = {}

    def at(door: str, what: dict[str, Make]) -> Callable[[Side], Answer]:
        def send(side: Side) -> Answer:
            if side.slug not in got:
                got[side.slug] = acts.tokens_of(user, server, side, PAPER)
            path = door or side.at("userinfo")
            made = {name: make(got[side.slug]) for name, make in what.items()}
            answer = server.open(path + made.pop("query", ""), **made)
            return answered(answer, answer.ok, OPENS * answer.ok)

        return send

    in_the_header = bearer(lambda got: got["access_token"])
    return result(
        check("The access token in the header, at user-info", at("", in_the_header), control=True),
        check("… at the API", at(NOTES, in_the_header), control=True, stock=False),
        check("The access token in the URL, at user-info", at("", IN_URL)),
        check("… at the API", at(NOTES, IN_URL), stock=False),
        check("The access token in the body, at user-info", at("", IN_BODY)),
        check("… at the API", at(NOTES, IN_BODY), stock=False),
        check("The ID token in the place of it", at("", bearer(lambda got: got["id_token"]))),
        check("The refresh token in the place of it", at("", bearer(lambda got: got["refresh_token"]))),
        *(check(words, at("", bearer(make))) for words, make in forgeries(server, str(cast.users[0].pk))),
        check(f"{GLUE.name} asks the site what the token is good for", introspected(cast), stock=False),
        check(f"An ID token for {GLUE.name}, read as {PAPER.name} has to", another_app(user, server), stock=False),
    )


def introspected(cast: Cast) -> Callable[[Side], Answer]:
    """Ask by introspection (RFC 7662), with another app's own secret, about a token of Paper & Ink."""

    def send(side: Side) -> Answer:
        user, server, other = cast.user("another user"), cast.actor("the server"), cast.actor("the other server")
        form = {**acts.credentials(GLUE), "token": acts.tokens_of(user, server, side, PAPER)["access_token"]}
        answer = other.open(reverse("oauth_provider_introspect"), method="POST", data=form)
        return answered(answer, "active" in body_of(answer))

    return send


def forgeries(server: Actor, sub: str) -> tuple[tuple[str, Make], ...]:
    """Return JWTs that say they are access tokens for all that this user has."""
    key_id = server.open(SITE.at("jwks")).json()["keys"][0]["kid"]
    now = int(time.time())
    claims = {
        "iss": settings.OAUTH_ISSUER, "sub": sub, "aud": PAPER.pk, "client_id": PAPER.pk, "iat": now,
        "exp": now + 300, "scope": " ".join(PAPER.scopes), "token_use": "access", "jti": "made-up",
    }  # fmt: skip
    forged = jwt.encode({"alg": "RS256", "kid": key_id}, claims, RSAKey.generate_key(2048))
    unsigned = ".".join([*(encoded(part) for part in ({"alg": "none", "kid": key_id}, claims)), ""])
    return (
        ("A JWT with the site's kid, signed with another key", lambda got: forged),
        ("A JWT that nobody signed: alg none", lambda got: unsigned),
    )


def encoded(part: dict[str, Any]) -> str:
    """Return a part of a JWT (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def another_app(user: Actor, server: Actor) -> Callable[[Side], Answer]:
    """Read, as an app has to that is given an ID token from elsewhere, one that was made for another app."""

    def read(side: Side) -> Answer:
        token = acts.tokens_of(user, server, side, GLUE)["id_token"]
        keys = KeySet.import_key_set(server.open(side.at("jwks")).json())
        options = {"iss": {"values": [settings.OAUTH_ISSUER]}, "aud": {"essential": True, "value": PAPER.pk}}
        try:
            found = jwt.decode(token, keys, algorithms=["RS256"])
            CodeIDToken(found.claims, found.header, options, {"client_id": PAPER.pk}).validate()
        except JoseError as error:
            return Answer(False, f"Paper & Ink's library refuses it: {error}"[:200])
        return Answer(True, "Taken.")

    return read
