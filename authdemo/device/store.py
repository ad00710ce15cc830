"""What a device holds between two calls, and whose it is.

A client must have its credentials in clear to send them, so the server has to keep them. They lie in the `security`
cache for at most an hour, encrypted with a key that is made from SECRET_KEY and from an identifier which only the
learner's browser has, in a signed HttpOnly cookie. Whoever reads the cache, or a copy of it, reads nothing; whoever
has another browser's cookie gets another device.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from authdemo.sealed import seal, unseal

COOKIE = "authdemo_device"
AGE = 60 * 60  # seconds since it was opened
# It outlives the learner's sign-out by this: what a copy is worth then is what it is here to show.
AFTER_SIGN_OUT = 10 * 60
ONE_ACTION = 40  # seconds; more than the calls of one action can take
KEPT = 12  # exchanges
NO_CACHE = (ConnectionInterrupted, RedisError)  # what `security` raises where Redis does not answer

_PURPOSE = "authdemo.device.secret"
_signer = signing.TimestampSigner(salt="authdemo.device.cookie")


class Busy(Exception):
    """The device does something already, or the server has no thread to spare for it."""


@dataclass
class Device:
    """Jar, tokens and last exchanges. Plain values, so that JSON can hold them."""

    opened: float = field(default_factory=time.time)
    user: str = ""  # the primary key of who was signed in here while it was used
    left: float | None = None  # since when they are not any more
    cookies: list[dict[str, Any]] = field(default_factory=list)
    access: str = ""
    refresh: str = ""
    exchanges: list[dict[str, Any]] = field(default_factory=list)  # redacted, the newest first


def identifier(request: HttpRequest) -> str:
    """Return what the cookie says, "" where it is none of ours or too old."""
    try:
        return _signer.unsign(request.COOKIES.get(COOKIE, ""), max_age=AGE)
    except signing.BadSignature:
        return ""


def find(request: HttpRequest) -> Device | None:
    """Return this browser's device, None where it has none (any more)."""
    name = identifier(request)
    device = _read(name)
    if device is None:
        return None
    if not _is_for(device, request):
        end(request)
        return None
    return device


def _is_for(device: Device, request: HttpRequest) -> bool:
    """Tell whether it may still be used, and note who is signed in now: it is not for the next user of the browser."""
    now, caller, before = time.time(), str(request.user.pk or ""), (device.user, device.left)
    if caller and device.user and caller != device.user:
        return False
    if caller:
        device.user, device.left = caller, None
    elif device.user and device.left is None:  # ended from elsewhere, so no signal told us
        device.left = now
    until = device.opened + AGE
    if device.left is not None:
        until = min(until, device.left + AFTER_SIGN_OUT)
    if before != (device.user, device.left):
        _write(identifier(request), device)
    return now < until


def leave(request: HttpRequest) -> None:
    """Note that the learner signs out now."""
    name = identifier(request)
    device = _read(name)
    if device is not None and device.user and device.left is None:
        device.left = time.time()
        _write(name, device)


def end(request: HttpRequest) -> None:
    """Forget the device and all that it holds. Sessions that it opened live on at the server."""
    if name := identifier(request):
        caches["security"].delete(_key(name))


def forget_cookie(response: HttpResponse) -> None:
    """Make the browser forget which device was its own."""
    response.delete_cookie(COOKIE, samesite="Lax")


@contextmanager
def in_use(request: HttpRequest) -> Iterator[tuple[str, Device]]:
    """Yield the identifier and the device, a new one where there is none, and keep it afterwards. Raises Busy.

    One action at a time: two at once would each write what it knows, and lose the other's cookies.
    """
    device, name = find(request), identifier(request)
    if device is None:
        device, name = Device(user=str(request.user.pk or "")), secrets.token_urlsafe(16)
        _write(name, device)
    lock = f"{_key(name)}.lock"
    if not caches["security"].add(lock, 1, ONE_ACTION):
        raise Busy("Your other device is still busy with what you asked before. Wait a moment, and press again.")
    try:
        device = _read(name) or device  # what the action before this one left
        yield name, device
        if _read(name) is not None:  # else it was put away meanwhile, and stays so
            _write(name, device)
    finally:
        caches["security"].delete(lock)


def set_cookie(response: HttpResponse, name: str, device: Device) -> None:
    """Give the browser the identifier, until it is closed or the hour is over."""
    response.set_cookie(
        COOKIE,
        _signer.sign(name),
        max_age=max(1, int(device.opened + AGE - time.time())),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _key(name: str) -> str:
    return salted_hmac("authdemo.device.name", name, algorithm="sha256").hexdigest()


def _read(name: str) -> Device | None:
    kept = caches["security"].get(_key(name)) if name else None
    if not isinstance(kept, str):
        return None
    try:
        return Device(**unseal(_PURPOSE, name, kept))
    except (ValueError, TypeError):  # another SECRET_KEY, or an older version of this code
        return None


def _write(name: str, device: Device) -> None:
    device.exchanges = device.exchanges[:KEPT]
    seconds = int(device.opened + AGE - time.time())
    caches["security"].set(_key(name), seal(_PURPOSE, name, asdict(device)), max(1, seconds))
