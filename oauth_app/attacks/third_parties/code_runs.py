"""The attacks on a code: somebody else has it, it comes a second time, PKCE is left out or weakened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from authdemo.device.answers import body_of
from authdemo.trials.attempts import Result

from . import acts
from .acts import VERIFIER, query
from .cast import GLUE, PAPER, Actor, Cast
from .sides import Answer, Side, answered, check, code_in, result

OTHER_VERIFIER = VERIFIER[::-1]
GIVES = "It gives tokens."


def code_theft(cast: Cast) -> Result:
    """A thief has read a code of Paper & Ink in a log, before or after it was used."""
    cast.needs(PAPER, GLUE)
    user, thief = cast.user("the user"), cast.actor("the thief's server")

    def tries(app: Any, **changed: Any) -> Callable[[Side], Answer]:
        def send(side: Side) -> Answer:
            code = acts.code_for(user, side, query(PAPER))
            answer = acts.exchange(thief, side, app, code, **changed)
            return answered(answer, answer.ok, GIVES * answer.ok)

        return send

    elsewhere = GLUE.redirect_uris[0]
    return result(
        check("As Paper & Ink itself brings it", tries(PAPER), control=True),
        check("By another app, with its own secret", tries(GLUE)),
        check("By another app, which names its own address", tries(GLUE, redirect_uri=elsewhere)),
        check("By who has stolen the app's secret, too: without a verifier", tries(PAPER, code_verifier=None)),
        check("… with a verifier of the thief's own", tries(PAPER, code_verifier=OTHER_VERIFIER)),
        check("… with another redirect_uri than the code was asked for", tries(PAPER, redirect_uri=elsewhere)),
        check("… without a redirect_uri", tries(PAPER, redirect_uri=None)),
        *_twice(user, cast.actor("Paper & Ink's server")),
    )


def _twice(user: Actor, server: Actor) -> list[Result]:
    """Have one exchanged twice: the second time fails, but what of the tokens of the first?"""
    first: dict[str, str] = {}

    def again(side: Side) -> Answer:
        code = acts.code_for(user, side, query(PAPER))
        first[side.slug] = body_of(acts.exchange(server, side, PAPER, code)).get("access_token", "")
        answer = acts.exchange(server, side, PAPER, code)
        return answered(answer, answer.ok, GIVES * answer.ok)

    def lives_on(side: Side) -> Answer:
        answer = acts.user_info(server, side, first[side.slug])
        return answered(answer, answer.ok, "It still opens the user's data." if answer.ok else "It has ended, too.")

    return [
        check("A second time, all as it should be", again),
        check("And the token that came of the first time? One of the two is a thief", lives_on),
    ]


# ---- PKCE left out, or weakened


def pkce(cast: Cast) -> Result:
    """Mallory begins a request in the app's name without PKCE, or with less of it, to be able to use its code."""
    cast.needs(PAPER)
    user, server = cast.user("the user"), cast.actor("Paper & Ink's server")

    def way(form: dict[str, Any], **asked: Any) -> Callable[[Side], Answer]:
        def send(side: Side) -> Answer:
            answer = acts.allows(user, side, query(PAPER, **asked))
            if not (code := code_in(answer)):
                return answered(answer, False)
            answer = acts.exchange(server, side, PAPER, code, **form)
            return answered(answer, answer.ok, GIVES * answer.ok)

        return send

    without: dict[str, Any] = {"code_challenge": None, "code_challenge_method": None}
    as_long = VERIFIER[:43]  # characters, as a challenge of S256 has
    plain = {"code_challenge": as_long, "code_challenge_method": "plain"}
    unknown = {"code_challenge": VERIFIER, "code_challenge_method": "none"}
    short = create_s256_code_challenge(VERIFIER)[:20]
    return result(
        check("Challenge and verifier, S256", way({}), control=True),
        check("Neither challenge nor verifier", way({"code_verifier": None}, **without)),
        check("A verifier, and no challenge before it", way({}, **without)),
        check("A challenge, and no verifier after it", way({"code_verifier": None})),
        check("plain: the verifier stands in the request", way({"code_verifier": as_long}, **plain)),
        check("No method, which means plain", way({}, code_challenge=VERIFIER, code_challenge_method=None)),
        check("A method that nobody knows", way({}, **unknown)),
        check("A challenge that is too short", way({}, code_challenge=short)),
    )
