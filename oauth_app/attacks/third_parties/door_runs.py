"""The attacks on who is who: an app that says it is another one, and a request that says how, and in whose name, we
answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from authdemo.device.answers import body_of
from authdemo.trials.attempts import Result

from . import acts
from .acts import query
from .cast import GLUE, PAPER, Cast
from .sides import Answer, Side, answered, check, code_in, result

GIVES = "It gives tokens."
IN_QUERY = "A code, and it comes in the query, as ever."


def impersonation(cast: Cast) -> Result:
    """Mallory's server says at the token endpoint that it is Paper & Ink. It has a good code, and the verifier."""
    cast.needs(PAPER, GLUE)
    user, mallory = cast.user("the user"), cast.actor("Mallory's server")

    def says(where: str = "", auth: Any = None, **changed: Any) -> Callable[[Side], Answer]:
        def send(side: Side) -> Answer:
            code = acts.code_for(user, side, query(PAPER))
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": PAPER.redirect_uris[0]}
            form |= {"code_verifier": acts.VERIFIER, "client_id": PAPER.pk} | changed
            in_url = {name: form.pop(name) for name in ("client_secret",) if where == "secret"}
            in_url |= {name: form.pop(name) for name in tuple(form) if where == "all"}
            address = side.at("token") + (f"?{urlencode(in_url)}" if in_url else "")
            answer = mallory.open(address, method="POST", data=form, auth=auth)
            return answered(answer, answer.ok, GIVES * answer.ok)

        return send

    secret = {"client_secret": PAPER.secret}
    by_header = (PAPER.pk, PAPER.secret)
    return result(
        check("Its id and its secret, as it should be", says(**secret), control=True),
        check("A wrong secret", says(client_secret="guessed")),  # noqa: S106
        check("No secret, as a public client", says()),
        check("An empty secret", says(client_secret="")),
        check("The secret of another app", says(client_secret=GLUE.secret)),
        check("Another app in the header, Paper & Ink in the body", says(auth=(GLUE.pk, GLUE.secret))),
        check("Right in the header, and a wrong secret in the body", says(auth=by_header, client_secret="guessed")),  # noqa: S106
        check("The secret in the URL, where logs have it", says("secret", **secret)),
        check("All of it in the URL", says("all", **secret)),
    )


# ---- How, and in whose name, do we answer?


def other_answers(cast: Cast) -> Result:
    """A request asks for tokens in the address, for the code elsewhere, or under another name of this site."""
    cast.needs(PAPER)
    user, mallory = cast.user("the user"), cast.actor("Mallory's server")

    def asked(**changed: Any) -> Callable[[Side], Answer]:
        def send(side: Side) -> Answer:
            answer = acts.allows(user, side, query(PAPER, **changed))
            location = answer.headers.get("Location", "")
            obeyed = "code=" in urlsplit(location).fragment or "token=" in location
            as_ever = bool(code_in(answer)) and not obeyed
            words = "The answer is another one than a code in the query." if obeyed else IN_QUERY * as_ever
            return answered(answer, obeyed, words, ignored=as_ever)

        return send

    def as_ever(side: Side) -> Answer:
        answer = acts.allows(user, side, query(PAPER))
        return answered(answer, bool(code_in(answer)), IN_QUERY)

    def by_its_name(side: Side) -> Answer:
        answer = named(urlsplit(settings.OAUTH_ISSUER).netloc)(side)
        return Answer(settings.OAUTH_ISSUER in answer.words, answer.words, answer.status)

    def named(host: str, **headers: str) -> Callable[[Side], Answer]:
        def send(side: Side) -> Answer:
            answer = mallory.open(side.at("configuration"), headers={"Host": host} | headers)
            issuer = str(body_of(answer).get("issuer", ""))
            words = f"Its issuer is {issuer}" if issuer else ""
            return answered(answer, issuer not in {"", settings.OAUTH_ISSUER}, words, ignored=bool(issuer))

        return send

    ours = urlsplit(settings.OAUTH_ISSUER).netloc
    return result(
        check("response_type=code", as_ever, control=True),
        check("response_type=token: an access token in the address", asked(response_type="token")),
        check("response_type=id_token", asked(response_type="id_token", nonce="a-nonce")),
        check("response_type=code token", asked(response_type="code token")),
        check("No response_type", asked(response_type=None)),
        check("response_mode=fragment: the code where scripts of the app read it", asked(response_mode="fragment")),
        check("Parameters in a JWT that nobody signed", asked(request="eyJhbGciOiJub25lIn0.e30.")),
        check("Parameters that are to be fetched from elsewhere", asked(request_uri="https://evil.example/r")),
        check("Discovery, by the site's own name", by_its_name, control=True),
        check("… asked for by evil.example", named("evil.example")),
        check("… by another port of the same host", named("localhost:666")),
        check("… with a proxy's header for evil.example", named(ours, **{"X-Forwarded-Host": "evil.example"})),
    )
