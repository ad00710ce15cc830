"""Python loads this at its start where PYTHONPATH names this folder: it writes down what `http.client` sends and gets.

So a test sees the back channel of each process of the demo as it went over the wire, without a change to any of them.
One file a process in TAP_FOLDER; its first line is the command, which proves that the tap was there.
"""

from __future__ import annotations

import http.client
import os
import sys
from typing import Any

_file = os.open(
    os.path.join(os.environ["TAP_FOLDER"], str(os.getpid())), os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode=0o600
)
os.write(_file, f"{' '.join(sys.orig_argv)}\n".encode())


class _Tee:
    """A readable file whose bytes are written down as they are read."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def _noted(self, data: bytes) -> bytes:
        os.write(_file, data)
        return data

    def read(self, *args: Any) -> bytes:
        return self._noted(self._file.read(*args))

    def read1(self, *args: Any) -> bytes:
        return self._noted(self._file.read1(*args))

    def readline(self, *args: Any) -> bytes:
        return self._noted(self._file.readline(*args))

    def readinto(self, buffer: Any) -> int:
        count: int = self._file.readinto(buffer)
        os.write(_file, bytes(memoryview(buffer)[:count]))
        return count


_send, _init = http.client.HTTPConnection.send, http.client.HTTPResponse.__init__


def _noting_send(self: http.client.HTTPConnection, data: Any) -> None:
    if isinstance(data, bytes):
        os.write(_file, b"\n" + data)
    _send(self, data)


def _noting_init(self: Any, *args: Any, **kwargs: Any) -> None:
    _init(self, *args, **kwargs)
    os.write(_file, b"\n")
    self.fp = _Tee(self.fp)


http.client.HTTPConnection.send = _noting_send  # type: ignore[method-assign]
http.client.HTTPResponse.__init__ = _noting_init  # type: ignore[method-assign]
