"""The attacks on the question: nobody is asked, somebody else answers, more is taken than was allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from authdemo.device.answers import body_of
from authdemo.trials.attempts import Result
from authdemo.trials.pages import Page

from ..form_runs import may_be_framed
from . import acts
from .acts import NARROW, query
from .cast import GLUE, PAPER, Actor, Cast
from .sides import SIDES, Answer, Side, answered, check, code_in, result, said

CODE = "It gives a code, and nobody was asked."
HOSTILE = settings.HOSTILE_CROSS_SITE or "http://hostile.example"


def silent(cast: Cast) -> Result:
    """A user has allowed Glue & Scissors to read. Who else gets a code with prompt=none?"""
    cast.needs(PAPER, GLUE)
    user, other, nobody = cast.user("the user"), cast.user("another user"), cast.actor("a browser, signed out")
    server = cast.actor("Glue & Scissors' server")
    for side in SIDES:
        acts.tokens_of(user, server, side, GLUE)

    def quietly(who: Actor, app: Any, **changed: Any) -> Callable[[Side], Answer]:
        def send(side: Side) -> Answer:
            answer = acts.asks(who, side, query(app, prompt="none") | changed)
            code = bool(code_in(answer))
            return answered(answer, code, CODE * code)

        return send

    return result(
        check("The app that was allowed it", quietly(user, GLUE), control=True),
        check("Another app, which this user has never seen", quietly(user, PAPER)),
        check("The same app, for more than was allowed", quietly(user, GLUE, scope=f"{NARROW} notes:write")),
        check("The same app, of another user", quietly(other, GLUE)),
        check("The same app, where nobody is signed in", quietly(nobody, GLUE)),
        check("none, together with another prompt", quietly(user, PAPER, prompt="none consent")),
    )


# ---- Allow, pressed by somebody else


def forged_consent(cast: Cast) -> Result:
    """A hostile page frames the question, or posts the answer in a browser that is signed in."""
    cast.needs(PAPER)
    user, mallory = cast.user("the user"), cast.user("Mallory")

    def framed(side: Side) -> Answer:
        page = acts.asks(user, side, query(PAPER))
        may, words = may_be_framed(page)
        return answered(page, may, words)

    def asked(answer: Any) -> Answer:
        asks = acts.is_asked(answer)
        return answered(answer, bool(code_in(answer)), "It asks." * asks, ignored=asks)

    def posted(fields: Callable[[Side], dict[str, Any]], origin: str = HOSTILE) -> Callable[[Side], Answer]:
        def send(side: Side) -> Answer:
            address = f"{side.at('authorization')}?{urlencode(query(PAPER))}"
            form = {"action": acts.BUTTON[side.slug], "scopes": NARROW.split()} | fields(side)
            headers = {"Origin": origin, "Referer": f"{origin}/"}
            answer = user.open(address, method="POST", data=form, headers=headers)
            return answered(answer, bool(code_in(answer)), CODE * bool(code_in(answer)))

        return send

    def mallorys(side: Side) -> dict[str, Any]:
        form = Page(acts.asks(mallory, side, query(PAPER)).text).form_with("csrfmiddlewaretoken")
        return dict(form.sent()) if form else {}

    def by_link(side: Side) -> Answer:
        forged = query(PAPER) | {"action": acts.BUTTON[side.slug], "scopes": NARROW.split()}
        answer = acts.asks(user, side, forged)
        return asked(answer)

    def as_request(side: Side) -> Answer:
        answer = user.open(side.at("authorization"), method="POST", data=query(PAPER), headers={"Origin": HOSTILE})
        return asked(user.follow(answer))

    def pressed(side: Side) -> Answer:
        answer = acts.allows(user, side, query(PAPER, prompt="consent"))
        return answered(answer, bool(code_in(answer)), "It gives a code: the user has pressed Allow.")

    # The last one: what was allowed is remembered from then on.
    return result(
        check("A page of somebody else shows the question in a frame", framed),
        check("A form from another origin, without a token", posted(lambda side: {})),
        check("… with a form that Mallory has got for herself", posted(mallorys)),
        check("… which says that it comes from here", posted(mallorys, settings.SITE_URL)),
        check("A link that presses Allow", by_link),
        check("The request itself, posted by a page of somebody else", as_request, stock=False),
        check("The user presses Allow", pressed, control=True),
    )


# ---- More than was allowed


def more_scope(cast: Cast) -> Result:
    """An app that may read tries to write: in its request, in the form, at the token endpoint, with its token."""
    cast.needs(PAPER)
    user, server = cast.user("the user"), cast.actor("Paper & Ink's server")
    wide = f"{NARROW} notes:write"

    def scopes(answer: Any) -> Answer:
        got = str(body_of(answer).get("scope", "")) if answer.ok else ""
        more = "notes:write" in got.split()
        return answered(answer, more, f"It gives tokens for: {got}" if got else "", ignored=bool(got))

    def unknown(side: Side) -> Answer:
        answer = acts.allows(user, side, query(PAPER, scope=f"{NARROW} users:delete"))
        return answered(answer, bool(code_in(answer)))

    def ticked(side: Side) -> Answer:
        answer = acts.allows(user, side, query(PAPER, prompt="consent"), wide.split())
        code = code_in(answer)
        return scopes(acts.exchange(server, side, PAPER, code)) if code else answered(answer, False, said(answer))

    def at_exchange(side: Side) -> Answer:
        return scopes(acts.exchange(server, side, PAPER, acts.code_for(user, side, query(PAPER)), scope=wide))

    def at_refresh(side: Side) -> Answer:
        tokens = acts.tokens_of(user, server, side, PAPER)
        return scopes(acts.refresh(server, side, PAPER, tokens["refresh_token"], scope=wide))

    def at_the_api(side: Side) -> Answer:
        bearer = {"Authorization": f"Bearer {acts.tokens_of(user, server, side, PAPER)['access_token']}"}
        answer = server.open("/oauth/api/notes/", method="POST", json={"text": "Not allowed"}, headers=bearer)
        return answered(answer, answer.ok)

    def as_allowed(side: Side) -> Answer:
        answer = acts.exchange(server, side, PAPER, acts.code_for(user, side, query(PAPER)))
        return answered(answer, answer.ok, scopes(answer).words)

    return result(
        check("What the user is asked for: reading", as_allowed, control=True),
        check("A scope that the app is not registered for", unknown),
        check("The form is sent with one scope more ticked", ticked),
        check("One scope more when the code is exchanged", at_exchange),
        check("One scope more with the refresh token", at_refresh),
        check("A note is written with the token that may read", at_the_api, stock=False),
    )
