"""The attacks by tokens that somebody else has: refreshed by another, used twice, given back by the wrong one."""

from __future__ import annotations

from authdemo.device.answers import body_of
from authdemo.trials.attempts import Result

from . import acts
from .cast import GLUE, PAPER, Cast
from .sides import Answer, Side, answered, check, result

GIVES, LIVES, ENDED = "It gives new tokens.", "It still opens the user's data.", "It has ended."


def refreshing(cast: Cast) -> Result:
    """A refresh token of Paper & Ink was copied. Who can use it, and what when both do?"""
    cast.needs(PAPER, GLUE)
    user, server, thief = cast.user("the user"), cast.actor("Paper & Ink's server"), cast.actor("the thief's server")
    once_only = cast.registers("The one-time app", ("authorization_code",))
    kept: dict[str, dict[str, str]] = {}
    newest: dict[str, str] = {}

    def by_itself(side: Side) -> Answer:
        kept[side.slug] = acts.tokens_of(user, server, side, PAPER)
        answer = acts.refresh(server, side, PAPER, kept[side.slug]["refresh_token"])
        newest.update({side.slug: body_of(answer).get("access_token", "")})
        kept[side.slug]["next"] = body_of(answer).get("refresh_token", "")
        return answered(answer, answer.ok, GIVES * answer.ok)

    def by_another(side: Side) -> Answer:
        answer = acts.refresh(thief, side, GLUE, kept[side.slug]["next"])
        return answered(answer, answer.ok, GIVES * answer.ok)

    def without_secret(side: Side) -> Answer:
        answer = acts.refresh(thief, side, PAPER, kept[side.slug]["next"], client_secret=None)
        return answered(answer, answer.ok, GIVES * answer.ok)

    def again(side: Side) -> Answer:
        answer = acts.refresh(thief, side, PAPER, kept[side.slug]["refresh_token"])
        return answered(answer, answer.ok, GIVES * answer.ok)

    def lives_on(side: Side) -> Answer:
        answer = acts.user_info(server, side, newest[side.slug])
        return answered(answer, answer.ok, LIVES if answer.ok else ENDED)

    def not_registered(side: Side) -> Answer:
        answer = acts.exchange(server, side, once_only, acts.code_for(user, side, acts.query(once_only)))
        got = "refresh_token" in body_of(answer)
        words = "It gives one, too." if got else "An access token, and no more."
        return answered(answer, got, words, ignored=answer.ok)

    return result(
        check("By the app itself", by_itself, control=True),
        check("By another app, with its own secret", by_another),
        check("With the app's client_id, and no secret", without_secret),
        check("A second time, by who has the app's secret", again),
        check("And the newest access token? One of the two is a thief", lives_on),
        check("An app that is not registered for refresh tokens: does it get one?", not_registered),
    )


def giving_back(cast: Cast) -> Result:
    """Tokens are taken back: by another app; by nobody in particular; and by the app itself, but is it all?"""
    cast.needs(PAPER, GLUE)
    user, server, other = cast.user("the user"), cast.actor("Paper & Ink's server"), cast.actor("the other server")

    def dead_after(side: Side, form: dict[str, str | None], kind: str) -> Answer:
        tokens = acts.tokens_of(user, server, side, PAPER)
        answer = acts.posts(other, side, "revoke", {"token": tokens[kind], **form})
        alive = acts.user_info(server, side, tokens["access_token"]).ok
        refreshes = acts.refresh(server, side, PAPER, tokens["refresh_token"]).ok
        return answered(answer, not (alive and refreshes), "" if alive and refreshes else "The token has ended.")

    def by_another(side: Side) -> Answer:
        return dead_after(side, {**acts.credentials(GLUE)}, "access_token")

    def refresh_by_another(side: Side) -> Answer:
        return dead_after(side, {**acts.credentials(GLUE)}, "refresh_token")

    def without_secret(side: Side) -> Answer:
        return dead_after(side, {"client_id": PAPER.pk}, "access_token")

    def given_back(side: Side) -> Answer:
        tokens = acts.tokens_of(user, server, side, PAPER)
        form = {**acts.credentials(PAPER), "token": tokens["refresh_token"]}
        acts.posts(server, side, "revoke", form)
        answer = acts.user_info(server, side, tokens["access_token"])
        return answered(answer, answer.ok, LIVES if answer.ok else ENDED)

    def unknown(side: Side) -> Answer:
        answer = acts.posts(server, side, "revoke", {**acts.credentials(PAPER), "token": "unknown"})
        return answered(answer, answer.ok, "Done: such a token opens nothing (RFC 7009 §2.2).")

    return result(
        check("A token that nobody knows", unknown, control=True),
        check("An access token, by another app", by_another),
        check("A refresh token, by another app", refresh_by_another),
        check("An access token, with the app's client_id and no secret", without_secret),
        check("The app gives its refresh token back. And its access token?", given_back),
    )
