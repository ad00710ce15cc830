"""The key ring: one key signs, the ones before it still verify. One JSON file, read by every process of a site.

Needs no Django settings. The file is replaced whole and never written in place, so a reader sees the old ring or the
new one; writers take turns. Of a key that signs no more only the public half is kept.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import jwt
from django.core.files import locks

from . import keys

LIMIT = 32  # keys in the ring: each is a line of the published key set, which every verifier fetches
CLOCKS = 60  # seconds by which the clocks of two machines may differ, or a verifier may be lenient


class KeyRingError(ValueError):
    """The ring cannot be read or changed. Its text says why and what to do, and shows no key."""


@dataclass(frozen=True)
class Key:
    """One key. `alg` belongs to it for life (RFC 8725 §3.1). Times are seconds since 1970."""

    alg: str
    created: int
    public: str  # PEM
    private: str = ""  # PEM; "" once it signs no more
    retired: int | None = None
    until: int | None = None  # by then the last token that it signed has expired

    def __post_init__(self) -> None:
        if keys.is_symmetric(self.alg):
            # The ring is published, and whoever verifies with such a secret could sign with it: it cannot be retired.
            raise ValueError(f"A key ring is for key pairs. With {self.alg} there is one secret, and no rotation.")
        if not all(isinstance(value, int | None) for value in (self.retired, self.until)):
            raise TypeError("a time that is none")

    @classmethod
    def new(cls, alg: str, private: str = "") -> Key:
        """Make a key that signs, from `private` where it is given. Raises ValueError where that does not fit."""
        private = private or keys.new_key(alg)
        return cls(alg, int(time.time()), keys.public_key(alg, private), private)

    @cached_property
    def kid(self) -> str:
        """Its name, computed from the key itself (RFC 7638)."""
        return keys.jwk(self.alg, jwt.get_algorithm_by_name(self.alg).prepare_key(self.public))["kid"]

    def retire(self, lifetime: timedelta) -> Key:
        """Return it without its private half. It verifies until what it signs at this moment has expired."""
        now = int(time.time())
        until = now + int(lifetime.total_seconds()) + CLOCKS
        return self if self.retired else Key(self.alg, self.created, self.public, retired=now, until=until)


@dataclass(frozen=True)
class Rotation:
    """What a change of keys has done: `old` signed until now (None where it was dropped, too)."""

    new: Key
    old: Key | None
    dropped: int


class KeyRing:
    """The file at `path`. `lifetime` is that of the longest token, a refresh token."""

    def __init__(self, path: Path | str, lifetime: timedelta) -> None:
        self.path = Path(path)
        self.lifetime = lifetime

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what differs after each change, for the price of one look; None where there is no file."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def read(self) -> tuple[Key, ...]:
        """Return the keys, oldest first; the last one signs. Empty where there is no file. Raises KeyRingError."""
        try:
            found = tuple(Key(**one) for one in json.loads(self.path.read_text(encoding="ascii"))["keys"])
            if [bool(key.private) for key in found] != [False] * (len(found) - 1) + [True]:
                raise ValueError("not one key that signs, at the end")
            if any(key.private and keys.public_key(key.alg, key.private) != key.public for key in found):
                raise ValueError("two halves that do not fit")
            if len({key.kid for key in found}) != len(found):  # reads every public half, too
                raise ValueError("a key twice")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise KeyRingError(f"The key ring {self.path.name} cannot be read: {error.strerror}.") from None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, NotImplementedError):
            raise KeyRingError(
                f"The key ring {self.path.name} is damaged. Restore it; or delete it, then a new one is made, "
                "and nobody's tokens are good any more."
            ) from None
        return found

    def ensure(self, algorithm: str, first: str = "") -> None:
        """Let a key for `algorithm` sign: the one that does, else a new one. `first` is a key to begin the ring with.

        Of any number of processes at once, one makes it. Raises KeyRingError.
        """
        if not self._signs_with(algorithm):
            with self._alone():
                if not self._signs_with(algorithm):
                    self._add(Key.new(algorithm, first if not self.read() else ""))

    def rotate(self, algorithm: str, drop_old: bool = False) -> Rotation:
        """Let a new key sign. The others verify until no token can need them, or with `drop_old` no longer.

        Raises KeyRingError where the file cannot be written, or too many keys would verify.
        """
        new = Key.new(algorithm)  # takes a moment, so before the others have to wait
        with self._alone():
            return self._add(new, drop_old)

    def _signs_with(self, algorithm: str) -> bool:
        found = self.read()
        return bool(found) and found[-1].alg == algorithm

    def _add(self, new: Key, drop_old: bool = False) -> Rotation:
        before = self.read()
        old = [] if drop_old else [key.retire(self.lifetime) for key in before]
        kept = [key for key in old if key.until and key.until > time.time()]
        if len(kept) >= LIMIT:
            first = time.strftime("%Y-%m-%d %H:%M", time.gmtime(min(key.until or 0 for key in kept)))
            raise KeyRingError(
                f"{LIMIT} keys are in the ring, which is the limit. The first of them goes at {first} UTC. "
                "Until then only `rotate_jwt_keys --drop-old` makes a new one, and ends all tokens of the others."
            )
        self._write([*kept, new])
        return Rotation(new, kept[-1] if kept else None, len(before) - len(kept))

    def _write(self, found: list[Key]) -> None:
        rows = [{name: value for name, value in asdict(key).items() if value} for key in found]
        draft = ""
        try:
            handle, draft = tempfile.mkstemp(dir=self.path.parent, prefix=f"{self.path.name}.")  # mode 0600
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump({"keys": rows}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.path)
        except OSError as error:
            if draft:
                Path(draft).unlink(missing_ok=True)
            raise self._not_written(error) from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one writer in at a time. The system lets go of the lock when its process ends, however that ends."""
        try:
            handle = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise self._not_written(error) from None
        with os.fdopen(handle) as file:
            locks.lock(file, locks.LOCK_EX)
            try:
                yield
            finally:
                locks.unlock(file)

    def _not_written(self, error: OSError) -> KeyRingError:
        return KeyRingError(f"The key ring {self.path.name} cannot be written: {error.strerror}.")
