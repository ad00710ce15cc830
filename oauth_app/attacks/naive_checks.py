"""WRONG ON PURPOSE. Do not copy anything from this file.

Which failed checks of an ID token matter? To each of these, all but one. The checks themselves are the site's own
(`oauth_app/client/id_token.py`).
"""

from __future__ import annotations

from oauth_app.client.id_token import IDToken


def every_one(token: IDToken) -> bool:
    """Right: one that fails is enough."""
    return token.valid


def forgets_for_whom(token: IDToken) -> bool:
    """A token for another app."""
    return not set(token.failed) - {"aud", "azp"}  # WRONG: any app that got one of Alice's can be Alice here


def forgets_the_question(token: IDToken) -> bool:
    """A token of another sign-in."""
    return not set(token.failed) - {"nonce"}  # WRONG: one that was copied once is good for every sign-in


def forgets_who_signed(token: IDToken) -> bool:
    """A token that somebody else has signed."""
    return not set(token.failed) - {"signature"}  # WRONG: anybody can have written it


def forgets_that_nobody_signed(token: IDToken) -> bool:
    """A token without a signature."""
    if token.header["alg"] == "none":  # WRONG: the token itself says that it need not be signed
        return not set(token.failed) - {"signature", "at_hash"}
    return token.valid


def forgets_to_ask_twice(token: IDToken) -> bool:
    """A token and a user-info that speak of two people."""
    return not set(token.failed) - {"sub"}  # WRONG: it has asked, and does not compare


def forgets_who_says_it(token: IDToken) -> bool:
    """A token of another issuer."""
    return not set(token.failed) - {"iss"}  # WRONG: account 2001 is somebody else there


def forgets_the_end(token: IDToken) -> bool:
    """An old token."""
    return not set(token.failed) - {"exp", "iat"}  # WRONG: whoever has found one has it for ever
