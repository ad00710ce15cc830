"""What can go wrong with the site, as sentences for the user. No value that came from outside gets into a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import requests
from authlib.common.errors import AuthlibBaseError
from joserfc.errors import JoseError

S = HTTPStatus
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, RecursionError)  # what strange answers lead to


@dataclass(frozen=True)
class Kind:
    """One thing that can go wrong: the status of our page, its title and what it says."""

    status: HTTPStatus
    title: str
    text: str
    button: str = "To the first page"
    leads_to: str = "/"


KINDS = {
    # ---- What comes back with the browser
    "parameters": Kind(
        S.BAD_REQUEST, "That is no answer of the site",
        "Something in this address is missing, is there twice, or is far too long. Nothing was done with it.",
    ),
    "foreign": Kind(
        S.BAD_REQUEST, "We did not ask for this",
        "An answer came back that this browser has not asked for here: it belongs to another browser, or it took "
        "more than ten minutes, or somebody has sent you a link. Nothing in it was used. A link of somebody "
        "else’s could connect you with that person’s notes.",
    ),
    "twice": Kind(
        S.BAD_REQUEST, "This answer came twice",
        "It was taken once, and is not taken again. If you have pressed reload or back: what came first counts.",
    ),
    "back": Kind(
        S.BAD_REQUEST, "You went back to an answer that was used",
        "It is good once, and is not taken again. You are still connected.",
        "Print my notes", "/notes/",
    ),
    "issuer": Kind(
        S.BAD_REQUEST, "Somebody else answered",
        "The answer does not say that it is of the site that we asked (RFC 9207). The code in it was sent nowhere.",
    ),
    "site_error": Kind(
        S.BAD_GATEWAY, "The site did not take our question",
        "It sent you back with an error. That is between the site and this app; you did nothing wrong.",
    ),
    "site_busy": Kind(
        S.SERVICE_UNAVAILABLE, "The site cannot answer now",
        "It sent you back and asks to try again later.",
    ),
    "code": Kind(
        S.BAD_REQUEST, "The site did not take the code",
        "The code that you brought back was used, too old, or not for us. Nothing was kept. Connect again: it "
        "takes two clicks.",
    ),
    # ---- What comes back when our server asks
    "client": Kind(
        S.BAD_GATEWAY, "The site does not know this app",
        "It refused our name and secret, or what we asked for with them. Whoever runs this app has to put that "
        "right.",
    ),
    "id_token": Kind(
        S.BAD_GATEWAY, "We cannot believe who that was",
        "The ID token that came along is missing or does not pass its checks: signature, issuer, audience, times, "
        "nonce. So nothing was kept, and the tokens were given back.",
    ),
    "away": Kind(
        S.BAD_GATEWAY, "The site is not there",
        "Nothing answers at its address. What you have allowed is kept; try again when it is back.",
    ),
    "slow": Kind(
        S.GATEWAY_TIMEOUT, "The site is too slow",
        "It did not answer within five seconds, so we have stopped waiting. What you have allowed is kept.",
    ),
    "failing": Kind(
        S.BAD_GATEWAY, "The site has a problem",
        "It answered that it cannot do this now. What you have allowed is kept; try again later.",
    ),
    "garbage": Kind(
        S.BAD_GATEWAY, "The site says something strange",
        "Its answer cannot be read as what it should be. Nothing was done with it.",
    ),
    # ---- Here
    "unconnected": Kind(
        S.FORBIDDEN, "No notes are connected",
        "This browser has allowed nothing here yet, or it was disconnected.",
    ),
    "offered": Kind(
        S.BAD_GATEWAY, "The site does not offer that",
        "In what it says about itself (its discovery page) there is no address for this.",
    ),
}  # fmt: skip


class Trouble(Exception):
    """Shown to the user as one of `KINDS`, by `middleware.TroubleMiddleware`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Refused(Trouble):
    """The site has answered with an error of the protocol: `error` is its code, of RFC 6749 §5.2 or RFC 8628 §3.5."""

    def __init__(self, error: str) -> None:
        super().__init__("client")
        self.error = error


@contextmanager
def understood() -> Iterator[None]:
    """Turn whatever a call to the site raises into Trouble. Its own words stay out: they may quote what was sent."""
    try:
        yield
    except requests.Timeout:
        raise Trouble("slow") from None
    except requests.ConnectionError:
        raise Trouble("away") from None
    except AuthlibBaseError as error:
        raise Refused(str(error.error or "")) from None
    except JoseError:
        raise Trouble("id_token") from None
    except requests.HTTPError:
        raise Trouble("failing") from None
    except (requests.RequestException, *UNREADABLE):
        raise Trouble("garbage") from None
