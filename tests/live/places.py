"""Where a credential could lie: everything that a run of the demo left behind or answered, as bytes under a name."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import zlib
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
import requests

from tests.fixtures.demo import RunningDemo
from tests.live.credentials import Used

ENCODED = re.compile(rb"[A-Za-z0-9+/_=-]{24,}")
BASES = {"site.sqlite3": "site", "outside.sqlite3": "outside", "third_party.sqlite3": "paper"}


class Places(defaultdict[str, bytearray]):
    """Names of places, and all that was found there."""

    def __init__(self) -> None:
        super().__init__(bytearray)
        self.stored: set[tuple[str, bytes]] = set()

    def add(self, place: str, content: bytes | str) -> None:
        """Add something that lies there."""
        self[place] += b"\0" + (content.encode() if isinstance(content, str) else content)

    def add_stored(self, place: str, content: bytes) -> None:
        """Add something that lies there, once, and what it says when base64 and zlib are taken off."""
        if (place, content) in self.stored:
            return
        self.stored.add((place, content))
        self.add(place, content)
        for inner in peeled(content):
            self.add(place, inner)


def peeled(content: bytes, depth: int = 3) -> Iterator[bytes]:
    """Yield what is inside: a signed session, a pickle of the cache table. No key is needed for that."""
    for run in ENCODED.findall(content) if depth else ():
        run = run.rstrip(b"=")
        with suppress(ValueError):
            inner = b64decode(run.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(run) % 4))
            with suppress(zlib.error):
                inner = zlib.decompress(inner)
            yield inner
            yield from peeled(inner, depth - 1)


def stores(places: Places, demo: RunningDemo) -> None:
    """What lies in the databases and in Valkey now."""
    databases(places, Path(demo.environment["VAR_DIR"]))
    valkey(places, demo)


def databases(places: Places, folder: Path) -> None:
    """Every column of every table of each database."""
    for file, name in BASES.items():
        with closing(sqlite3.connect(f"file:{folder / file}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            tables = [
                row[0].decode() for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            ]
            for table in tables:
                rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608  a name out of the database itself
                columns = [column[0] for column in rows.description]
                for row in rows:
                    for column, cell in zip(columns, row, strict=True):
                        if isinstance(cell, bytes):
                            places.add_stored(f"{name}:{table}.{column}", cell)


def files(places: Places, folder: Path) -> None:
    """Every file of VAR_DIR as it is, and its name. In a database's file stands also what was deleted from it."""
    for path in sorted(folder.rglob("*")):
        places.add(f"file names:{path.parent.relative_to(folder).as_posix()}", path.name)
        if path.is_file():
            places.add(f"file:{path.relative_to(folder).as_posix()}", path.read_bytes())


def valkey(places: Places, demo: RunningDemo) -> None:
    """Every key and value of the Valkey that the demo runs, if it does (there is no wheel for Python 3.14)."""
    for pid in re.findall(r"valkey started \(pid=(\d+)\)", demo.output):
        command = subprocess.run(["ps", "-ww", "-o", "args=", "-p", pid], capture_output=True, text=True, check=True)
        (port,) = re.findall(r"--port=(\d+)", command.stdout)
        for number in (0, 1):
            with redis.Redis(port=int(port), db=number) as server:
                for key in server.scan_iter():
                    name = "codes of allauth" if b"allauth.idp.oidc" in key else key.decode().partition(":")[0]
                    places.add_stored(f"valkey:{name} keys", key)
                    places.add_stored(f"valkey:{name} values", server.get(key) or b"")


def pattern(url: str) -> str:
    """Return the path, with stars for numbers and for what may be a credential: names of places are printed."""
    return re.sub(r"[^/]{24,}|\d+", "*", urlsplit(url).path)


class Answers:
    """Sorts exchanges: what is used goes to `used`, what was answered to `places`."""

    def __init__(self, demo: RunningDemo, used: Used, places: Places) -> None:
        self.owners = {demo.site: "site", demo.site_b: "site", demo.providers: "outside", demo.orders: "orders"}
        self.owners |= {demo.third_party: "paper"}
        # They answer on both names: one is another site than this one, the other is the same.
        hostile = urlsplit(demo.hostile).port
        self.owners |= {f"http://{name}:{hostile}": "hostile" for name in ("127.0.0.1", "localhost")}
        self.used, self.places = used, places
        self.read: set[str] = set()
        self.unread: set[str] = set()  # a browser that moves on at once may have recorded no text

    def add(
        self, method: str, url: str, sent: dict[str, Any], body: str, got: list[tuple[str, str]], text: str
    ) -> None:
        """Take one exchange."""
        who = self.whose(url)
        kind = next((value for name, value in got if name.lower() == "content-type"), "").partition(";")[0]
        self.used.take("\n".join([url, *(f"{name}: {value}" for name, value in sent.items()), "", body]))
        self.used.take("\n".join(f"{name}: {value}" for name, value in got))
        path = pattern(url)
        if "json" in kind:
            self.used.take(text)
            self.places.add(f"{who} json:{path}", text)
        elif "/wire/reveal/" not in path:  # that is the page which shows a credential, to who sends it
            self.places.add(f"{who} page:{path}", text)
        for name, value in got:
            if name.lower() == "location":
                self.places.add(f"{who} location:{path}", value)
            elif name.lower() != "set-cookie":  # where cookies are handed out
                self.places.add(f"{who} headers", value)
        if referer := next((value for name, value in sent.items() if name.lower() == "referer"), ""):
            self.places.add(f"referer:{self.whose(referer)} to {who}", referer)
        if "html" in kind and not any(name.lower() == "location" for name, _ in got):
            (self.read if text else self.unread).add(path)

    def whose(self, url: str) -> str:
        """Return who serves this address."""
        return self.owners["{0.scheme}://{0.netloc}".format(urlsplit(url))]

    def of_browser(self, har: Path) -> None:
        """Take all that a browser has recorded: requests and answers as they went over the wire."""
        for entry in json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]:
            request, response = entry["request"], entry["response"]
            content = response["content"].get("text", "")
            if response["content"].get("encoding") == "base64":
                content = b64decode(content).decode("utf-8", "replace")
            sent = {one["name"]: one["value"] for one in request["headers"]}
            got = [(one["name"], one["value"]) for one in response["headers"]]
            body = request.get("postData", {}).get("text", "")
            self.add(request["method"], request["url"], sent, body, got, content)

    def of_client(self, response: requests.Response, *args: Any, **kwargs: Any) -> None:
        """Take an exchange of `requests`: a hook for a session."""
        sent, body = response.request, response.request.body or ""
        got = list(response.raw.headers.items())
        text = body.decode() if isinstance(body, bytes) else body
        self.add(sent.method or "", sent.url or "", dict(sent.headers), text, got, response.text)
