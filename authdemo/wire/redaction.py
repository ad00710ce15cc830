"""What may be kept of a request and of its response.

One rule: a value is masked unless its name is known to be harmless *and* its shape is. So it does not matter where a
credential stands, how it is encoded, or whether anybody thought of that place: what is not known is not kept.

Pure functions (`Known.is_client` may ask the database), from values to what JSON can hold:

- text, a number, true, false or null: harmless, kept as it is
- `{"mask", "kind", "length", "fingerprint"}`: was masked. The fingerprint is keyed with SECRET_KEY, so it recognises
  the same value in another exchange, and nobody can find the value with it.
- `{"url", "query", "fragment"}`, `{"fields": [[name, value], …]}`, `{"items": […]}`: what has parts
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.crypto import salted_hmac

from . import harmless

Kept: TypeAlias = Any
Pairs: TypeAlias = Iterable[tuple[str, str]]

HIDDEN = "•••"
LONG = 20  # characters; of a shorter value not one is shown
SHOWN = 4
DEPTH = 6
MANY = 60

JWT = re.compile(r"[\w-]{4,}\.[\w-]{4,}\.[\w-]*")
SMALL_NUMBER = re.compile(r"[0-9]{1,6}")
TIME = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|\+00:00)")
SCHEMES = {"bearer": "access token", "token": "access token", "basic": "password"}
BROWSER = re.compile(
    r"\b(Firefox|Edg|OPR|(?:Headless)?Chrome|Version|curl|python-requests|HTTPie|Wget)/([0-9]{1,3})\b"
)
TIMING = re.compile(r'(app|auth|sql|cache);dur=[0-9]{1,5}(\.[0-9]{1,3})?(;desc="[0-9]{1,4}")?')
PARAMETER = re.compile(r"(q|v|max-age)=[0-9.]{1,7}", re.ASCII)
LITERAL = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True)
class Known:
    """What is public here: words of this site's paths, hosts that are ours or a provider's, names of this user, and
    the ids of the apps that are registered here.
    """

    words: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    is_client: Callable[[str], bool] = lambda text: False


# ---- One value


def canonical(value: str) -> bytes:
    """Return the value without percent-encoding, however often it was encoded: it is the same credential."""
    for _ in range(4):
        if (decoded := unquote(value, errors="surrogateescape")) == value:
            break
        value = decoded
    return value.encode("utf-8", "surrogatepass")


def fingerprint(value: str) -> str:
    """Return 16 hexadecimal digits that recognise the value and say nothing about it."""
    return salted_hmac("authdemo.wire.fingerprint", canonical(value), algorithm="sha256").hexdigest()[:16]


def mask(value: str, kind: str = "") -> Kept:
    """Return what stands for a value: at most four of its characters, its length, its fingerprint."""
    if not value:
        return ""
    if kind in harmless.CHOSEN:
        return {"mask": HIDDEN, "kind": kind}
    # The start of every JSON Web Token is the same, so its end is shown.
    shown = value[-SHOWN:] if JWT.fullmatch(value) else value[:SHOWN]
    if len(value) < LONG or not re.fullmatch(r"[\w-]+", shown, re.ASCII):
        shown = ""
    text = f"…{shown}" if shown and JWT.fullmatch(value) else f"{shown}…"
    return {"mask": text, "kind": kind, "length": len(value), "fingerprint": fingerprint(value)}


def value(name: str, text: str, known: Known) -> Kept:
    """Return one named value as it may be kept."""
    name = name.lower()
    kind = harmless.SECRETS.get(name, "")
    if name in {"authorization", "proxy-authorization"}:
        return authorization(text)
    # An error of an API is called "code", too.
    if kind == "authorization code" and text in harmless.CODES:
        return text
    if kind:
        return mask(text, kind)
    kept = SHAPES[name](text, known) if name in SHAPES else None
    return mask(text, "token" if JWT.fullmatch(text) else "") if kept is None else kept


def label(name: str) -> str:
    """Return a name that is known; any other could be a credential itself."""
    return name if name.lower() in harmless.NAMES else HIDDEN


def authorization(text: str) -> Kept:
    """Return the scheme, and the rest masked."""
    scheme, _, rest = text.partition(" ")
    kind = SCHEMES.get(scheme.lower())
    if kind is None:
        return mask(text, "credential")
    kept = mask(rest.strip(), kind)
    return kept | {"scheme": scheme.title()} if kept else ""


# ---- Shapes: each returns None for what it does not know


def number(text: str, known: Known) -> Kept:
    """Return a number of up to six digits: a row's ID, a length."""
    return text if SMALL_NUMBER.fullmatch(text) else None


def epoch(text: str, known: Known) -> Kept:
    """Return seconds since 1970, for a time in this century."""
    return text if text.isascii() and text.isdigit() and 10**9 < int(text[:11]) < 4 * 10**9 else None


def time(text: str, known: Known) -> Kept:
    """Return a time of RFC 3339."""
    return text if TIME.fullmatch(text) else None


def words(text: str, known: Known) -> Kept:
    """Return text with each part hidden that is no public constant; None where there is no other."""
    if text in harmless.CONSTANTS or text in known.hosts or text in known.values:
        return text
    kept = re.sub(r"[^\s,;]+", _constant, text)
    return kept if re.search(r"[^\s,;…]", kept) else None


def _constant(part: re.Match[str]) -> str:
    return part[0] if part[0] in harmless.CONSTANTS or PARAMETER.fullmatch(part[0]) else "…"


def language(text: str, known: Known) -> Kept:
    """Return the first language."""
    first = re.split("[,;]", text)[0]
    return first if first in harmless.CONSTANTS else None


def browser(text: str, known: Known) -> Kept:
    """Return the program's name and main version, out of all that it says of itself."""
    found = BROWSER.search(text)
    return f"{found[1]}/{found[2]} …" if found else None


def timing(text: str, known: Known) -> Kept:
    """Return a Server-Timing of this site."""
    return text if all(TIMING.fullmatch(part.strip()) for part in text.split(",")) else None


def challenge(text: str, known: Known) -> Kept:
    """Return the scheme of a WWW-Authenticate and its error code."""
    scheme, _, rest = text.partition(" ")
    if scheme not in {"Bearer", "Cookie", "Basic"}:
        return None
    error = re.search(r'\berror="(\w+)"', rest)
    return f'{scheme} error="{error[1]}" …' if error and error[1] in harmless.CODES else f"{scheme} …"


def client(text: str, known: Known) -> Kept:
    """Return the id of a client, ours at a provider or an app's here. It identifies, and proves nothing."""
    return text if text in known.values or known.is_client(text) else None


def url(text: str, known: Known) -> Kept:
    """Return an address: its host if it is known, its path and its query with what is harmless of them."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in {"", "http", "https"} or (parts.scheme and not parts.netloc):
        return None
    host = parts.netloc if parts.netloc in known.hosts else HIDDEN
    start = f"{parts.scheme}://{host}" if parts.scheme else f"//{host}" if parts.netloc else ""
    kept = {"url": start + path(parts.path, known)}
    found = {"query": query(parts.query, known), "fragment": query(parts.fragment, known)}
    return kept | {name: pairs for name, pairs in found.items() if pairs}


SHAPES: dict[str, Callable[[str, Known], Kept]] = {
    **dict.fromkeys(harmless.WORDS, words),
    **dict.fromkeys(harmless.NUMBERS, number),
    **dict.fromkeys(harmless.EPOCHS, epoch),
    **dict.fromkeys(harmless.TIMES, time),
    **dict.fromkeys(harmless.URLS, url),
    "user-agent": browser,
    "server-timing": timing,
    "www-authenticate": challenge,
    "accept-language": language,
    "client_id": client,
    "azp": client,
}


# ---- What has parts


def path(text: str, known: Known) -> str:
    """Return a path in which each part that is no word of a URLconf and no small number is hidden."""
    vocabulary = known.words | harmless.PROVIDER_PATHS
    parts = text.split("/")
    kept = [part if not part or part in vocabulary or SMALL_NUMBER.fullmatch(part) else HIDDEN for part in parts]
    return "/".join(kept[:MANY])


def pairs(found: Pairs, known: Known) -> list[Kept]:
    """Return [name, value] for each."""
    return [[label(name), value(name, text, known)] for name, text in list(found)[:MANY]]


def query(text: str, known: Known) -> list[Kept]:
    """Return the pairs of a query string, a form or a fragment."""
    try:
        return pairs(parse_qsl(text, keep_blank_values=True, max_num_fields=MANY), known)
    except ValueError:
        return [[HIDDEN, mask(text)]]


def tree(name: str, node: Any, known: Known, depth: int = 0) -> Kept:
    """Return a JSON value; strings and numbers are judged by the name that they stand under."""
    if isinstance(node, bool) or node is None:
        return node
    if depth >= DEPTH and isinstance(node, dict | list):
        return HIDDEN
    if isinstance(node, dict):
        kept = [[label(key), tree(key, item, known, depth + 1)] for key, item in list(node.items())[:MANY]]
        return {"fields": kept}
    if isinstance(node, list):
        return {"items": [tree(name, item, known, depth + 1) for item in node[:MANY]]}
    kept = _username(name, node, known) or value(name, str(node), known)
    return node if kept == str(node) else kept


def _username(name: str, node: Any, known: Known) -> Kept:
    # In an answer of ours, "username" is the user that the server knew. What was typed is never kept.
    return node if name == "username" and isinstance(node, str) and node in known.values else None


def body(content_type: str, content: bytes, known: Known) -> Kept:
    """Return a JSON or form-encoded body with what is harmless in it, of any other nothing."""
    kind = content_type.split(";")[0].strip().lower()
    text = content.decode("utf-8", "replace")
    if kind == "application/x-www-form-urlencoded":
        return {"fields": query(text, known)}
    if kind in {"application/json", "application/problem+json"}:
        try:
            return tree("", json.loads(text), known)
        except (ValueError, RecursionError):
            return mask(text)
    return None


def set_cookies(cookies: Iterable[Any], known: Known) -> list[Kept]:
    """Return name, masked value and attributes of each `Morsel`."""
    return [
        {
            "name": label(morsel.key),
            "value": value(morsel.key, morsel.value, known),
            "ends": morsel["max-age"] == 0 or not morsel.value,
            "attributes": _attributes(morsel, known),
        }
        for morsel in cookies
    ]


def _attributes(morsel: Any, known: Known) -> list[str]:
    found = [f"Path={path(morsel['path'], known)}"] if morsel["path"] else []
    if re.fullmatch(r"[0-9]{1,7}", str(morsel["max-age"])):
        found.append(f"Max-Age={morsel['max-age']}")
    if morsel["samesite"] in {"Lax", "Strict", "None"}:
        found.append(f"SameSite={morsel['samesite']}")
    return found + [name for name in ("HttpOnly", "Secure") if morsel[name.lower()]]


def sql(text: str) -> str:
    """Return a statement without what stands in quotes. Its parameters were never in it."""
    return LITERAL.sub("'…'", text)


def carried(request: dict[str, Kept]) -> list[Kept]:
    """Return the credentials in what `redact_request` returned, each with the place where it stood."""
    places = [("Cookie", request["cookies"]), ("Header", request["headers"]), ("Query", request["query"])]
    if isinstance(request["body"], dict):
        places.append(("Body", request["body"].get("fields", [])))
    return [
        kept | {"place": f"{place} {name}"}
        for place, found in places
        for name, kept in found
        if isinstance(kept, dict) and kept.get("kind") in harmless.CREDENTIALS
    ]


# ---- A whole request, a whole response


@dataclass(frozen=True)
class RequestParts:
    """A request as it came. `content` is empty where the body was too large to look at."""

    method: str
    path: str
    query: str
    headers: Pairs
    cookies: Pairs
    content_type: str = ""
    content: bytes = b""
    fields: Pairs = ()  # of a multipart form
    size: int = 0


@dataclass(frozen=True)
class ResponseParts:
    """A response as it went. `content` is looked at only where it is JSON; `size` is unknown for a stream."""

    status: int
    headers: Pairs
    cookies: Iterable[Any]
    content_type: str = ""
    content: bytes = b""
    size: int | None = None


def redact_request(request: RequestParts, known: Known) -> dict[str, Kept]:
    """Return method, path, query, headers, cookies, body and size, with nothing in it that could be a credential."""
    fields = pairs(request.fields, known)
    return {
        "method": request.method if request.method in harmless.METHODS else HIDDEN,
        "path": path(request.path, known),
        "query": query(request.query, known),
        "headers": pairs(((n, v) for n, v in request.headers if n.lower() != "cookie"), known),
        "cookies": pairs(request.cookies, known),
        "body": {"fields": fields} if fields else body(request.content_type, request.content, known),
        "size": request.size,
    }


def redact_response(response: ResponseParts, known: Known) -> dict[str, Kept]:
    """Return status, headers, cookies, body and size, with nothing in it that could be a credential."""
    return {
        "status": response.status,
        "headers": pairs(((n, v) for n, v in response.headers if n.lower() != "set-cookie"), known),
        "cookies": set_cookies(response.cookies, known),
        "body": body(response.content_type, response.content, known),
        "size": response.size,
    }
