"""Flask with its session, which is a signed cookie: no record of it exists."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request, session

app = Flask(__name__)
app.secret_key = secrets.token_hex()


@app.post("/login")
def login() -> dict[str, str]:
    """Sign in whoever comes: no password is measured here."""
    session["user"] = {"id": "1", "username": request.form["username"]}
    session["signed_in_at"] = datetime.now(UTC).isoformat()
    return {"detail": "Signed in."}


@app.get("/whoami")
def whoami() -> Any:
    """Say whose cookie came."""
    if "user" not in session:
        return {"detail": "Sign in first."}, 401
    credential = {
        "kind": "session cookie",
        "issued_at": session["signed_in_at"],
        "expires_at": None,  # with the browser
        "revocable": False,
    }
    return {"mechanism": "session", "user": session["user"], "credential": credential, "served_by": "flask"}
