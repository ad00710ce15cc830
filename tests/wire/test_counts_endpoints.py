"""Every endpoint of the site: its counts are those that Django's query log and Valkey's MONITOR see."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from authdemo.accounts.models import User
from authdemo.third_party import APPS
from oauth_app.provider.adapter import DEVICE_CODE
from oauth_app.provider.models import Consent, Note
from tests.oauth_app.conftest import Company, company  # noqa: F401  a fixture
from tests.oauth_app.provider.conftest import REQUEST, registered
from tests.wire.instruments import Meter, Timing, Valkey

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
FORM = {"username": "alice", "password": PASSWORD}
OAUTH = "/oauth/accounts"
JSON = "application/json"
OURS = (
    "compare/",
    "sessions/",
    "jwt/",
    "oauth/",
    "identity/",
    ".well-known/",
    "healthz",
    "choose/",
    "workshop/",
    "wire/",
    "device/",
    "start-over/",
    "compare/costs/",
)


@pytest.fixture
def alice(db) -> User:
    return User.objects.create_user("alice", "alice@example.com", PASSWORD)


@pytest.fixture(params=["db", "cached_db", "redis", "memory", "signed_cookie"])
def meter(request, settings, monkeypatch) -> Meter:
    """A browser, with the caches and sessions that the site has for each SESSION_STORE, where nobody is watched."""
    monkeypatch.setattr("authdemo.wire.followed._noted_at", float("-inf"))
    settings.LABS, settings.SITE_URL = True, "http://127.0.0.1:9"  # nobody listens there: the device gets no answer
    settings.SESSION_ENGINE = settings.ENGINES[request.param]
    settings.SESSION_CACHE_ALIAS = "memory" if request.param == "memory" else "sessions"
    valkey = None
    if request.param in {"cached_db", "redis"}:
        valkey = Valkey(request.getfixturevalue("redis_url"))
        aliases = ("default", "sessions", "security", "lab_redis", "lab_cached_db", "lab_memory")
        caches = {alias: valkey.cache(alias) for alias in aliases}
        settings.CACHES = settings.CACHES | caches
    return Meter(Client(raise_request_exception=False), valkey)


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from routes(entry, route)


def walk_sessions(meter: Meter) -> None:
    for path in ("/", "/healthz", "/no/such/page/", "/no-slash", "/sessions/", "/sessions/login/", "/admin/"):
        meter.get(path)
    assert meter.get("/sessions/api/whoami/").status_code == 401
    assert meter.post("/sessions/login/", FORM | {"password": "wrong"}).status_code == 401
    assert meter.post("/sessions/login/", FORM).status_code == 302
    meter.post(f"/jwt/families/{UUID(int=1)}/end/")
    other = Client()
    other.post("/sessions/login/", FORM)
    for path in ("/", "/sessions/", "/sessions/devices/", "/sessions/api/whoami/", "/sessions/login/", "/admin/"):
        meter.get(path)
    device = UserSession.objects.order_by("-pk").first()
    meter.post(f"/sessions/devices/{device.pk if device else 0}/revoke/")
    meter.post("/sessions/devices/revoke-others/")
    meter.get("/sessions/devices/")
    meter.get("/sessions/password/")
    new = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert meter.post("/sessions/password/", new).status_code == 302
    assert meter.post("/sessions/logout/").status_code == 302
    assert meter.get("/sessions/api/whoami/").status_code == 401


def walk_stores(meter: Meter) -> None:
    for path in ("stores/", "stores/run/", "stores/run/next/", "instances/", "instances/send/"):
        meter.get(f"/sessions/{path}")
    assert meter.post("/sessions/stores/end/", {"store": "db", "key": "k" * 32}).status_code == 403
    for store in ("memory", "db", "cached_db", "redis", "file", "signed_cookie"):
        base = f"/sessions/stores/{store}"
        assert meter.post(f"{base}/login/", FORM | {"password": "wrong"}).status_code in {401, 503}
        for path in ("login/", "whoami/", "logout/", "login/"):
            meter.post(f"{base}/{path}", FORM)
            meter.get(f"{base}/{path}")


def walk_jwt(meter: Meter) -> None:
    meter.get("/jwt/")
    meter.get("/jwt/.well-known/jwks.json")
    assert meter.api("/jwt/api/token/", FORM | {"password": "wrong"}).status_code == 401
    pair = meter.api("/jwt/api/token/", FORM).json()
    for token in ("", "rubbish", pair["access"]):
        meter.api("/jwt/api/whoami/", token=token)
        meter.api("/jwt/api/me/", token=token)
    for token in ("rubbish", pair["access"]):
        meter.api("/jwt/api/token/verify/", {"token": token})
    meter.get("/jwt/inspector/")
    meter.api("/jwt/api/inspect/", {"token": "rubbish"})
    for path in ("keys/", "keys/change/", "keys/again/", "keys/noise/", "role/", "role/demote/"):
        meter.get(f"/jwt/{path}")
    for path in ("families/", "storage/", "inspector/", "api/schema/", "api/docs/"):
        meter.get(f"/jwt/{path}")
    meter.api("/jwt/api/inspect/", {"token": pair["access"], "key_format": "site"})
    for path in ("", "run/", "again/"):
        meter.get(f"/jwt/denylist/{path}")
        meter.post(f"/jwt/denylist/{path}")
    for token in ("", pair["access"]):
        meter.api("/jwt/denylist/token/", {"checked": "yes"}, token=token)
    walk_algorithms(meter, pair)
    new = meter.api("/jwt/api/token/refresh/", {"refresh": pair["refresh"]}).json()
    assert meter.api("/jwt/api/token/blacklist/", {"refresh": new["refresh"]}).status_code == 200
    for token in (pair["refresh"], new["refresh"], "rubbish"):
        assert meter.api("/jwt/api/token/refresh/", {"refresh": token}).status_code == 401
    meter.api("/jwt/labs/family/", {"refresh": new["refresh"]})
    meter.api("/jwt/labs/race/", {"times": 2})
    assert meter.api("/jwt/api/cookie/login/", FORM).status_code == 200
    for act, status in (("refresh", 200), ("logout", 200), ("refresh", 401)):
        assert meter.api(f"/jwt/api/cookie/{act}/", {}).status_code == status


def walk_algorithms(meter: Meter, pair: dict[str, str]) -> None:
    for algorithm in ("RS256", "ES256", "EdDSA", "HS256"):
        base, checked = f"/jwt/algorithms/{algorithm}", {"checked": True, "refresh": pair["refresh"]}
        meter.get(f"{base}/jwks.json")
        assert meter.api(f"{base}/token/", {"lifetime": 10}).status_code == 401
        for asked in ({"lifetime": 10}, checked):
            token = meter.api(f"{base}/token/", asked, token=pair["access"]).json()["access"]
            assert meter.api(f"{base}/whoami/", token=token).status_code == 200


def walk_oauth(meter: Meter, company: Company) -> None:  # noqa: F811
    for path in (
        "",
        "status/",
        "signed-in/",
        "connections/",
        "set-up/",
        "switch/github/",
        "flow/",
        "id-token/",
        "third-party/",
    ):
        meter.get(f"/oauth/{path}")
    for path in ("flow/start/", "flow/next/", "id-token/raw/", "flow/slow/"):
        meter.post(f"/oauth/{path}")
    for path in ("login", "logout", "inactive", "signup"):
        meter.get(f"{OAUTH}/{path}/")
    for number, provider in enumerate(("github", "google", "oidc/outside")):
        company.person |= {"id": number, "login": f"visitor{number}", "email": f"visitor{number}@outside.example"}
        meter.get(f"{OAUTH}/{provider}/login/")
        answer = meter.post(f"{OAUTH}/{provider}/login/")
        assert answer.status_code == 302, answer.content
        sent = parse_qs(urlsplit(answer["Location"]).query)
        state, company.nonce = sent["state"][0], sent.get("nonce", [""])[0]
        callback = f"{OAUTH}/{provider}/login/callback/"
        meter.get(callback, {"code": "a-code", "state": "not-that-one"})
        assert meter.get(callback, {"code": "a-code", "state": state}).status_code == 302
        for path in ("", "signed-in/", "connections/", "switch/github/"):
            meter.get(f"/oauth/{path}")
        meter.post("/oauth/connections/", {"account": "0"})
        meter.get("/oauth/behalf/")
        meter.post("/oauth/behalf/act/", {"account": "0", "action": "who"})
        meter.post("/oauth/behalf/remains/", {"provider": "nobody", "act": "delete"})
        meter.post(f"{OAUTH}/logout/")


def walk_provider(meter: Meter) -> None:
    """Somebody's app: it asks, is allowed, exchanges, calls, refreshes, and gives back; then alice takes back."""
    app = registered("printer", PASSWORD)
    for path in (
        ".well-known/openid-configuration",
        ".well-known/jwks.json",
        "identity/o/logout",
        "identity/o/device",
    ):
        meter.get(f"/{path}")
    for path in ("device/code", "introspect", "clients"):
        meter.post(f"/identity/o/api/{path}")
    walk_without_a_browser(meter)
    meter.get("/identity/o/authorize", REQUEST)
    assert meter.post("/sessions/login/", FORM).status_code == 302
    for path in ("/identity/o/authorize", "/identity/o/device", "/oauth/apps/", "/oauth/notes/"):
        meter.get(path, REQUEST)
    answer = meter.post(f"/identity/o/authorize?{urlencode(REQUEST)}", {"action": "allow", "scopes": "notes:read"})
    code = parse_qs(urlsplit(answer["Location"]).query)["code"][0]
    who = {"client_id": app.pk, "client_secret": PASSWORD}
    form = who | {
        "grant_type": "authorization_code",
        "redirect_uri": REQUEST["redirect_uri"],
        "code_verifier": "v" * 64,
    }
    assert meter.post("/identity/o/api/token", form | {"code": "not-that-one"}).status_code == 400
    tokens = meter.post("/identity/o/api/token", form | {"code": code}).json()
    for token in ("", "rubbish", tokens["access_token"]):
        for path in ("/oauth/api/whoami/", "/oauth/api/notes/", "/identity/o/api/userinfo"):
            meter.api(path, token=token)
        meter.api("/oauth/api/notes/", {"text": "a note"}, token=token)
    again = who | {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert [meter.post("/identity/o/api/token", again).status_code for _ in range(2)] == [200, 400]
    assert meter.post("/identity/o/api/revoke", who | {"token": "unknown"}).status_code == 200
    meter.get("/oauth/introspection/")
    meter.post("/oauth/introspection/run/")
    for path in ("", "add/"):
        meter.get(f"/oauth/clients/{path}")
    for path in ("add/", "nobodys/secret/", "nobodys/delete/"):
        meter.post(f"/oauth/clients/{path}")
    meter.post("/oauth/notes/", {"text": "mine"})
    meter.post(f"/oauth/notes/{Note.objects.get().pk}/delete/")
    meter.post(f"/oauth/apps/{Consent.objects.get().pk}/revoke/")
    meter.post(f"{OAUTH}/logout/")


def walk_without_a_browser(meter: Meter) -> None:
    """A program without a user, a service that asks about its token, and a device that nobody allows anything."""
    for app in APPS:
        app.row().save()
    night, orders = ({"client_id": app.pk, "client_secret": app.secret} for app in APPS[-2:])
    tokens = meter.post("/identity/o/api/token", night | {"grant_type": "client_credentials"}).json()
    assert meter.api("/oauth/api/export/", token=tokens["access_token"]).status_code == 200
    assert meter.post("/identity/o/api/introspect", orders | {"token": tokens["access_token"]}).json()["active"]
    device = meter.post("/identity/o/api/device/code", {"client_id": "paper-tv", "scope": "notes:read"}).json()
    form = {"client_id": "paper-tv", "grant_type": DEVICE_CODE, "device_code": device["device_code"]}
    assert meter.post("/identity/o/api/token", form).json()["error"] == "authorization_pending"


def walk_instruments(meter: Meter) -> None:
    """With the wire closed: what is recorded is written after the answer, outside of its counts."""
    meter.get("/wire/")
    meter.post("/wire/open/")
    meter.post("/wire/close/")
    meter.post("/oauth/third-party/start/")  # opens it, too
    meter.post("/wire/close/")
    meter.post("/wire/clear/")
    meter.get("/wire/cards/")
    meter.post(f"/wire/reveal/{UUID(int=1)}/")
    meter.api("/wire/reports/", {"state": "nobody's"})
    meter.get("/device/")
    meter.post("/device/hand/my-session/")
    meter.post("/device/hand/", {"kind": "session", "token": "k" * 32})
    meter.post("/device/act/", {"action": "session-whoami"})
    meter.post("/device/put-away/")
    assert meter.get("/choose/", {"calls": ["pages", "services"]}).status_code == 200
    assert meter.get("/choose/", {"calls": "nobody"}).status_code == 400
    meter.get("/workshop/")
    meter.get("/workshop/tour/")
    meter.post("/workshop/tour/start/")
    meter.post("/wire/close/")
    assert meter.post("/workshop/tour/1/sign-in/", FORM | {"password": "wrong"}).status_code == 401
    assert meter.post("/workshop/tour/1/sign-in/", FORM).status_code == 302
    meter.post("/workshop/tour/3/predict/", {"prediction": "both"})
    meter.post("/workshop/tour/3/replay/")
    meter.post("/workshop/tour/5/choose/", {"calls": "pages"})
    for number in range(1, 6):
        assert meter.get(f"/workshop/tour/{number}/").status_code == 200
        meter.get(f"/workshop/tour/status/{number}/")
    meter.get("/workshop/tour/end/")
    meter.get("/start-over/")
    meter.post("/start-over/")


def walk_compare(meter: Meter) -> None:
    meter.get("/compare/")
    chosen = {"store": "db", "algorithm": "RS256", "asks": "opaque"}
    for path in ("run/", "step/", "meanwhile/", "forget/"):
        meter.post(f"/compare/{path}", chosen)


def walk_attacks(meter: Meter) -> None:
    base = "/sessions/attacks/"
    for path in ("", "csrf/", "colour/", "naive/", "naive/login/", "naive/whoami/"):
        meter.get(base + path)
    for path in ("csrf/send/", "colour/", "naive/colour/"):
        meter.post(base + path, {"colour": "plum"})
    assert meter.post(f"{base}naive/login/", FORM).status_code == 302
    assert meter.get(f"{base}naive/whoami/").status_code == 200
    meter.post(f"{base}naive/logout/")
    assert meter.post(f"{base}csrf/predict/", {"prediction": "neither"}).status_code == 302
    del meter.client.cookies["authdemo_wire"]  # it opened the wire, which writes after each answer


def walk_attacks_on_tokens(meter: Meter) -> None:
    base, access = "/jwt/attacks/", meter.api("/jwt/api/token/", FORM).json()["access"]
    for path in ("", "alg-none/"):
        meter.get(base + path)
    for path in ("alg-none/send/", "weak-secret/guess/", "weak-secret/stop/", "weak-secret/own/"):
        meter.post(base + path, {"key": "k"})
    for token in ("", "rubbish", access):
        meter.api(f"{base}naive/alg-none/whoami/", token=token)
    assert meter.post(f"{base}naive/token/").status_code == 401
    assert meter.post(f"{base}alg-none/predict/", {"prediction": "naive"}).status_code == 302
    del meter.client.cookies["authdemo_wire"]


def walk_attacks_on_sign_ins(meter: Meter) -> None:
    base = "/oauth/attacks/"
    for path in ("", "login-csrf/", "naive/", "naive/framed/", "naive/whoami/", "naive/callback/"):
        meter.get(base + path)
    assert meter.get(f"{base}naive/stolen-code/login/").status_code == 302
    assert meter.get(f"{base}naive/callback/", {"code": "a-code", "state": "not-that-one"}).status_code == 400
    for path in ("login-csrf/send/", "naive/token/", "naive/id-token/", "naive/connect/", "naive/disconnect/"):
        meter.post(base + path, {"access_token": "a-token", "id_token": "a-token"})
    for path in ("", "pkce/", "stock/authorize", "stock/userinfo", "stock/openid-configuration"):
        meter.get(f"{base}apps/{path}")
    for path in ("pkce/send/", "stock/token", "stock/revoke"):
        meter.post(f"{base}apps/{path}")
    assert meter.post(f"{base}login-csrf/predict/", {"prediction": "naive"}).status_code == 302
    del meter.client.cookies["authdemo_wire"]
    assert meter.post(f"{base}apps/pkce/predict/", {"prediction": "stock"}).status_code == 302
    del meter.client.cookies["authdemo_wire"]


def walk_costs(meter: Meter) -> None:
    """From elsewhere, so that nothing is started."""
    for path in ("", "progress/", "start/", "cancel/"):
        meter.get(f"/compare/costs/{path}")
        meter.post(f"/compare/costs/{path}", REMOTE_ADDR="192.0.2.7")


def test_every_endpoint_says_what_was_seen_from_outside(alice, meter, company, settings, tmp_path):  # noqa: F811
    settings.LABS, settings.STORE_LAB_FOLDER = True, tmp_path
    walk_sessions(meter)
    walk_stores(meter)
    walk_attacks(meter)
    walk_jwt(meter)
    walk_attacks_on_tokens(meter)
    walk_oauth(meter, company)
    walk_provider(meter)
    walk_attacks_on_sign_ins(meter)
    walk_instruments(meter)
    walk_compare(meter)
    walk_costs(meter)
    missed = {route for route in routes(get_resolver()) if route.startswith(OURS)} - meter.routes
    assert not missed, "add these to the walk"


def test_the_pages_of_the_admin(alice, meter):
    User.objects.create_superuser("teacher", "teacher@example.com", PASSWORD)
    assert meter.post("/admin/login/?next=/admin/", {"username": "teacher", "password": PASSWORD}).status_code == 302
    for path in ("", "accounts/user/", f"accounts/user/{alice.pk}/change/", "jwt_app/refreshfamily/"):
        assert meter.get(f"/admin/{path}").status_code == 200
    assert meter.post("/admin/logout/").status_code == 302


WHOAMI = {"db": (2, 0), "cached_db": (1, 1), "redis": (1, 1), "memory": (1, 1), "signed_cookie": (1, 0)}


def test_who_am_i_by_session(alice, meter, request):
    meter.post("/sessions/login/", FORM)
    response = meter.get("/sessions/api/whoami/")
    assert response.status_code == 200
    assert Timing.of(response).counts == WHOAMI[request.node.callspec.params["meter"]]


def test_who_am_i_by_token_asks_nobody(alice, meter):
    token = meter.api("/jwt/api/token/", FORM).json()["access"]
    assert Timing.of(meter.api("/jwt/api/whoami/", token=token)).counts == (0, 0)
    assert Timing.of(meter.api("/jwt/api/me/", token=token)).counts == (1, 0)


def test_a_cache_in_the_database_is_a_cache_call_and_a_statement(client):
    assert Timing.of(client.get("/healthz")).counts == (2, 1)  # SELECT 1, and the look into the table


@pytest.mark.parametrize("path", ["/sessions/login/", "/jwt/api/token/"])
def test_the_counts_do_not_tell_who_has_an_account(alice, client, path):
    """Anybody may read the header, so a wrong password must cost as many statements as a name that nobody has."""
    answers = [
        client.post(path, {"username": name, "password": "wrong"}, **({"content_type": JSON} if "jwt" in path else {}))
        for name in ("alice", "nobody", "alice@example.com", "nobody@example.com")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({Timing.of(answer).counts for answer in answers}) == 1
