"""What is compared with what: the jobs, the variants of each, and the servers that they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .client import Call
from .projects import ROOT, USER, clean, make, prepare
from .rounds import Limit
from .servers import Server

JOBS = {
    "whoami": "Who am I, by a token alone",
    "me": "Who am I, by a token and the user's row",
    "session": "Who am I, by a session",
    "orders": "A service without a database verifies a token",
}
# What a row says of its server, by the server's name.
SERVERS = {
    "stock": "granian", "ours": "granian", "site": "granian", "flask": "granian", "orders": "granian",
    "fastapi": "granian", "site, waitress": "waitress", "orders, waitress": "waitress", "fastapi, uvicorn": "uvicorn",
}  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """One row. `server` is a server's name, `signs_in` a sign-in's; `base`: what the others are compared with."""

    job: str
    peer: str
    label: str
    server: str
    path: str
    signs_in: str = ""
    base: bool = False

    @property
    def key(self) -> str:
        """Its name in the files."""
        return f"{self.job}.{self.peer}"


VARIANTS = [
    Variant("whoami", "stock", "stock SimpleJWT, bare project", "stock", "/api/whoami/", "stock token", base=True),
    Variant("whoami", "ours", "jwt_app copied, bare project", "ours", "/jwt/api/whoami/", "token"),
    Variant("whoami", "site", "the whole site", "site", "/jwt/api/whoami/", "site token"),
    Variant("whoami", "site-waitress", "the whole site", "site, waitress", "/jwt/api/whoami/", "site token"),
    Variant("whoami", "django", "a view that asks for nobody, bare project", "stock", "/bare/"),
    Variant("me", "stock", "stock SimpleJWT, bare project", "stock", "/api/me/", "stock token", base=True),
    Variant("me", "ours", "jwt_app copied, bare project", "ours", "/jwt/api/me/", "token"),
    Variant("me", "site", "the whole site", "site", "/jwt/api/me/", "site token"),
    Variant("me", "site-waitress", "the whole site", "site, waitress", "/jwt/api/me/", "site token"),
    Variant("session", "stock", "stock Django, database", "stock", "/session/", "admin", base=True),
    Variant("session", "flask", "Flask, signed cookie", "flask", "/whoami", "flask"),
    Variant("session", "site", "the whole site, database", "site", "/sessions/api/whoami/", "session"),
    Variant(
        "session", "site-waitress", "the whole site, database", "site, waitress", "/sessions/api/whoami/", "session"
    ),
    Variant("orders", "fastapi", "FastAPI + PyJWT", "fastapi", "/orders/", "site token", base=True),
    Variant("orders", "ours", "our orders service", "orders", "/orders/", "site token"),
    Variant("orders", "fastapi-uvicorn", "FastAPI + PyJWT", "fastapi, uvicorn", "/orders/", "site token"),
    Variant("orders", "ours-waitress", "our orders service", "orders, waitress", "/orders/", "site token"),
]


def prepared(folder: Path, ports: Callable[[], int], limit: Limit) -> tuple[list[Server], list[Server]]:
    """Make the projects and databases in `folder`; return the servers: first the site's, whose keys others fetch."""
    from jwt_app.keys import new_key

    key = new_key("RS256")
    site_port = ports()
    origin = f"http://localhost:{site_port}"
    site = clean(
        DJANGO_SETTINGS_MODULE="bench.peers.site", ENV_FILE="/dev/null", VAR_DIR=str(folder / "site"), DEBUG="false",
        DEMO_SITE_URL=origin, SESSION_STORE="db", PYTHONPATH=str(ROOT),
    )  # fmt: skip
    with ThreadPoolExecutor() as pool:  # each is a process of its own
        kinds = [pool.submit(make, folder / kind, kind, key, limit) for kind in ("stock", "ours")]
        pool.submit(prepare, ROOT, site, limit).result()
        stock, ours = (kind.result() for kind in kinds)
    jwks = f"{origin}/jwt/.well-known/jwks.json"
    fastapi = clean(JWKS_URL=jwks, ISSUER=origin, AUDIENCE="authdemo-api", PYTHONPATH=str(ROOT))
    orders = clean(DEMO_SITE_URL=origin, PYTHONPATH=str(ROOT))
    wsgi, app = "authdemo.wsgi:application", "demo.orders.app:application"
    peer = "bench.peers.fastapi_orders:app"
    flask = clean(PYTHONPATH=str(ROOT))
    sites = [
        Server("site", "granian", wsgi, site_port, "/healthz", ROOT, site),
        Server("site, waitress", "waitress", wsgi, ports(), "/healthz", ROOT, site),
    ]
    return sites, [
        Server("stock", "granian", "bare.wsgi:application", ports(), "/bare/", folder / "stock", stock),
        Server("ours", "granian", "bare.wsgi:application", ports(), "/jwt/", folder / "ours", ours),
        Server("flask", "granian", "bench.peers.flask_session:app", ports(), "/whoami", ROOT, flask),
        Server("orders", "granian", app, ports(), "/healthz", ROOT, orders),
        Server("orders, waitress", "waitress", app, ports(), "/healthz", ROOT, orders),
        Server("fastapi", "granian-asgi", peer, ports(), "/healthz", ROOT, fastapi),
        Server("fastapi, uvicorn", "uvicorn", peer, ports(), "/healthz", ROOT, fastapi),
    ]


def calls(found: Sequence[Server], sign_ins: Mapping[str, Mapping[str, str]]) -> list[Call]:
    """Return what is sent for each variant, with the credential of its sign-in."""
    base = {server.name: server.base for server in found}
    like = {variant.job: variant.key for variant in VARIANTS if variant.base}
    return [
        Call(
            key=one.key,
            label=f"{one.label} ({one.server})",
            url=base[one.server] + one.path,
            user=USER,
            like=like[one.job],
            headers=dict(sign_ins[one.signs_in]) if one.signs_in else {},
        )
        for one in VARIANTS
        if one.server in base
    ]
