"""FastAPI and PyJWT: a service without a database that verifies the site's tokens. The job of `demo/orders`.

JWKS_URL, ISSUER and AUDIENCE come from the environment. The keys are fetched once, at the start, and kept as objects;
orders asks for new ones every five minutes. That is to the advantage of this one.
"""

from __future__ import annotations

import os
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

ISSUER, AUDIENCE = os.environ["ISSUER"], os.environ["AUDIENCE"]
KEYS = {key.key_id: key for key in jwt.PyJWKClient(os.environ["JWKS_URL"]).get_signing_keys()}
REQUIRED = ["exp", "iat", "iss", "aud", "user_id"]
SAMPLES = [
    {"number": "2026-001", "item": "Notebook, squared", "price": "3.90"},
    {"number": "2026-002", "item": "Pencil, soft", "price": "1.20"},
    {"number": "2026-003", "item": "Lamp for a desk", "price": "24.00"},
]

app = FastAPI()
bearer = HTTPBearer()


async def current(sent: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> tuple[Any, Any]:
    """Return header and claims of a good access token, else answer 401."""
    try:
        header = jwt.get_unverified_header(sent.credentials)
        claims = jwt.decode(
            sent.credentials,
            KEYS[header["kid"]],
            algorithms=["RS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": REQUIRED},
        )
        if claims["token_type"] != "access":
            raise jwt.InvalidTokenError
    except (KeyError, jwt.PyJWTError) as error:
        raise HTTPException(401, "The token proves nothing.", {"WWW-Authenticate": "Bearer"}) from error
    return header, claims


@app.get("/orders/")
async def orders(token: Annotated[tuple[Any, Any], Depends(current)]) -> dict[str, Any]:
    """The orders of the token's user."""
    header, claims = token
    return {
        "user": {"id": claims["user_id"], "username": claims["username"]},
        "role": claims["role"],
        "orders": SAMPLES[: 1 + sum(claims["user_id"].encode()) % len(SAMPLES)],
        "verified_by": {"kid": header["kid"], "alg": header["alg"]},
        "database_queries": 0,
        "key_fetches": 0,
    }


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that it is ready."""
    return {"status": "ok"}
