"""Small programs in the place of peers: CI does not install the real ones."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from typing import Any

MORE = {"mechanism": "jwt", "served_by": "test"}
asked: Counter[str] = Counter()


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as the path says: `/good`, `/slow`, and ways to be wrong."""
    path = environ["PATH_INFO"]
    asked[path] += 1
    body: dict[str, Any] = {"user": {"id": "1", "username": "mallory" if path == "/other-user" else "alice"}, **MORE}
    if path == "/other-answer":
        body["more"] = 1
    if path == "/slow":
        time.sleep(0.002)
    refuse = path == "/refused" or (path == "/tired" and asked[path] > 2)
    content = b"<h1>Hello</h1>" if path == "/page" else json.dumps(body).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    start_response("401 Unauthorized" if refuse else "200 OK", headers)
    return [content]


if os.environ.get("REFUSE_TO_START"):
    raise SystemExit("No key is set.")
