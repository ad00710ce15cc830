"""The attack by another redirect address: each variant is sent as an authorization request, and Allow is pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from authdemo.trials.attempts import Result

from . import acts
from .acts import query
from .cast import PAPER, Actor, Cast
from .sides import Answer, Side, answered, check, code_in, result, shown

EVIL = "evil.example"


def variants(registered: str) -> tuple[tuple[str, Any], ...]:
    """Return what is sent in the place of the registered address, each in words: None for nothing, a list for two."""
    host, port = urlsplit(registered).netloc.split(":")
    replaced = registered.replace

    def other_host(to: str) -> str:
        return replaced(f"{host}:{port}", to)

    return (
        ("Another port: another program", other_host(f"{host}:9")),
        ("A query, for an app that follows “next”", f"{registered}?next=https://{EVIL}/"),
        ("A parameter of the path: ;", f"{registered};next={EVIL}"),
        ("HTTP in capitals: the same place", replaced("http:", "HTTP:")),
        ("Somebody else's host", other_host(EVIL)),
        ("A host that begins like it", other_host(f"{host}.{EVIL}:{port}")),
        ("The host as a user name: …@evil", other_host(f"{host}:{port}@{EVIL}")),
        ("A user name before the host: evil@…", other_host(f"{EVIL}@{host}:{port}")),
        ("A backslash before @", other_host(f"{EVIL}\\@{host}:{port}")),
        ("localhost for 127.0.0.1", other_host(f"localhost:{port}")),
        ("The same IP, spelled 127.1", other_host(f"127.1:{port}")),
        ("The same IP as one number", other_host(f"2130706433:{port}")),
        ("https for http", replaced("http:", "https:")),
        ("A script", "javascript:alert(1)"),
        ("More after the path", f"{registered}more"),
        ("Another path of the app", replaced("/callback/", "/")),
        ("Up and down again: /../", replaced("/callback/", "/callback/../")),
        ("Without its last slash", registered.rstrip("/")),
        ("A second slash", replaced("/callback/", "//callback/")),
        ("The path in capitals", replaced("/callback/", "/Callback/")),
        ("A slash as %2F", replaced("/callback/", "/callback%2F")),
        ("A letter as %63", replaced("/callback/", "/%63allback/")),
        ("A fragment", f"{registered}#next"),
        ("A tab in the middle", replaced("/callback/", "/call\tback/")),
        ("None at all", None),
        ("Two: the registered one, and somebody else's", [registered, other_host(EVIL)]),
    )


def redirect_uri(cast: Cast) -> Result:
    """Mallory sends a user here with Paper & Ink's client_id and an address of her own. The user says yes."""
    cast.needs(PAPER)
    user = cast.user("the user")
    registered = PAPER.redirect_uris[0]
    rows = [check(f"As it is registered: {registered}", goes_to(user, registered), control=True)]
    for words, address in variants(registered):
        rows.append(check(words, goes_to(user, address)) | {"sent": in_words(address)})
    return result(*rows)


def in_words(address: Any) -> str:
    """Return what was sent, as a page shows it."""
    return " and ".join(address) if isinstance(address, list) else (address or "").replace("\t", "⇥")


def goes_to(user: Actor, address: Any) -> Callable[[Side], Answer]:
    """Return how a side is asked: taken where a code goes anywhere."""

    def send(side: Side) -> Answer:
        answer = acts.allows(user, side, query(PAPER, redirect_uri=address))
        if not code_in(answer):
            return answered(answer, False)
        return answered(answer, True, f"The code goes to {shown(answer.headers['Location'])}")

    return send
