"""What holds for every page of the site: headers, host names, health, logs, error pages."""

from __future__ import annotations

import json
import logging
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
import requests
from django.conf import settings
from django.db import DatabaseError, connection

from authdemo.charset import utf8_only
from authdemo.logs import JSONFormatter, WithoutQueryString

PAGES = [
    "/",
    "/sessions/login/",
    "/jwt/",
    "/oauth/",
    "/admin/login/",
    "/healthz",
    "/no/such/page/",
    "/sessions",
    "/jwt/api/whoami/",
    "/jwt/api/docs/",
    "/jwt/api/schema/",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_response_carries_the_security_headers(client, path):
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["X-Served-By"] == "A"


@pytest.mark.django_db
def test_a_page_at_127_0_0_1_moves_to_localhost_on_the_same_port(client):
    response = client.get("/?a=1", headers={"host": "127.0.0.1:8001"})
    assert response.status_code == 302
    assert response["Location"] == "http://localhost:8001/?a=1"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/healthz", "/jwt/.well-known/jwks.json", "/jwt/api/whoami/", "/sessions/api/whoami/"]
)
def test_programs_are_answered_on_both_names(client, path):
    assert client.get(path, headers={"host": "127.0.0.1:8000"}).status_code in {200, 401}
    assert client.get(path, headers={"host": "localhost:8000"}).status_code in {200, 401}


@pytest.mark.django_db
def test_a_form_sent_to_127_0_0_1_is_not_redirected(client):
    assert client.post("/sessions/login/", headers={"host": "127.0.0.1:8000"}).status_code != 302


@pytest.mark.django_db
def test_health_names_each_check(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "cache": "ok"}}


@pytest.mark.django_db
def test_health_says_when_the_database_is_gone(client):
    def gone(execute, sql, params, many, context):
        raise DatabaseError("connection to server at secret-host failed")

    with connection.execute_wrapper(gone):
        response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "failed"
    assert "secret-host" not in response.content.decode()


@pytest.mark.django_db
def test_health_says_when_the_cache_is_gone(client, settings):
    # A real client that finds nobody at the other end, not a stand-in for one.
    dead = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"security": dead}
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "failed", "checks": {"database": "ok", "cache": "failed"}}


def test_the_cache_that_guards_never_hides_a_failure():
    options: Any = settings.CACHES["security"].get("OPTIONS")
    assert not options.get("IGNORE_EXCEPTIONS")


@pytest.mark.django_db
def test_a_page_that_does_not_exist_says_so_and_leads_back(client, settings):
    settings.DEBUG = False
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


@pytest.mark.django_db
def test_a_post_without_the_last_slash_is_not_found_and_no_error(client, settings):
    settings.DEBUG = True  # Django would raise a RuntimeError and show it, form and all
    assert client.post("/sessions/login", {"password": "typed"}).status_code == 404
    settings.DEBUG = False
    response = client.post("/jwt/api/token", {"password": "typed"})
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
    assert client.get("/sessions/login").status_code == 301


@pytest.mark.django_db
def test_a_strange_host_is_400_with_a_page_that_shows_nothing(client, settings):
    settings.DEBUG = False
    for host in ("evil.example", "127.0.0.1:80@evil.example", "127.0.0.1:.evil.example"):
        response = client.get("/", headers={"host": host})
        assert response.status_code == 400
        assert "cannot be answered" in response.content.decode()
        assert client.get("/jwt/api/whoami/", headers={"host": host}).json()["code"] == "bad_request"


@pytest.mark.django_db
def test_the_address_of_a_form_opened_by_hand_is_a_page(client):
    response = client.get("/sessions/logout/")
    assert response.status_code == 405
    assert "POST" in response["Allow"]
    assert "only takes a form" in response.content.decode()


@pytest.mark.django_db
def test_a_page_is_not_kept_for_whoever_presses_back(client):
    assert "no-store" in client.get("/")["Cache-Control"]
    assert client.get("/jwt/.well-known/jwks.json")["Cache-Control"] == "no-cache"  # public, but asked for again


@pytest.mark.django_db
def test_no_address_can_write_a_line_of_its_own_into_the_log(client, caplog):
    logging.getLogger("authdemo.access").addHandler(caplog.handler)
    client.get("/x%0aINFO%20forged%1b[2J/")
    logging.getLogger("authdemo.access").removeHandler(caplog.handler)
    message = [record for record in caplog.records if record.name == "authdemo.access"][-1].getMessage()
    assert "\n" not in message
    assert "\x1b" not in message


@pytest.mark.django_db
def test_a_form_of_another_site_is_refused_with_a_page(client):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/sessions/logout/")
    assert response.status_code == 403
    html = response.content.decode()
    assert "<h1>The form was refused</h1>" in html
    assert "older than your last sign-in" in html
    assert "another site" in html


@pytest.mark.django_db
def test_the_access_log_has_no_query_string(client, caplog):
    logging.getLogger("authdemo.access").addHandler(caplog.handler)
    client.get("/?code=SECRET-CODE&state=SECRET-STATE")
    logging.getLogger("authdemo.access").removeHandler(caplog.handler)
    lines = [JSONFormatter().format(record) for record in caplog.records if record.name == "authdemo.access"]
    entry = json.loads(lines[-1])
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/", 200)
    assert "SECRET" not in "".join(lines)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/no/such/SECRET-TOKEN/", "/no/such/.../"),  # answered 404
        ("/SECRET-TOKEN%20with%20%C3%BC/x", "/.../x"),
        ("/admin/accounts/user/SECRET-TOKEN/change/", "/admin/accounts/user/.../change/"),  # a part of a known path
        ("/jwt/.well-known/jwks.json", "/jwt/.well-known/jwks.json"),
        ("/sessions/devices/revoke-others/", "/sessions/devices/revoke-others/"),
        ("/oops/", "/oops/"),
    ],
)
def test_the_access_log_has_no_token_that_somebody_put_into_the_path(client, caplog, path, logged):
    logging.getLogger("authdemo.access").addHandler(caplog.handler)
    client.get(path)
    logging.getLogger("authdemo.access").removeHandler(caplog.handler)
    lines = [record.getMessage() for record in caplog.records if record.name == "authdemo.access"]
    assert lines[-1].split()[1] == logged


def test_a_library_that_logs_a_url_does_not_log_its_query():
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "Not found: %s", ("/callback/?code=SECRET",), None)
    WithoutQueryString().filter(record)
    assert "SECRET" not in JSONFormatter().format(record)


def test_a_traceback_in_the_log_does_not_show_a_query():
    try:
        raise ValueError("failed at http://localhost/callback/?code=SECRET")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), info)
    entry = json.loads(JSONFormatter().format(record))
    assert "ValueError" in entry["exception"]
    assert "code=SECRET" not in entry["exception"].splitlines()[-1]


@pytest.mark.parametrize(
    ("content_type", "served"),
    [
        ("", True),
        ("application/json", True),
        ("application/json; charset=UTF-8", True),
        ("application/x-www-form-urlencoded; charset=utf8", True),
        ("text/plain; charset=zlib", False),  # a codec of Python that is no text encoding
        ("multipart/form-data; boundary=B; charset=utf-7", False),  # can spell half a character
        ("text/plain; charset*=nonsense'en'x", False),  # RFC 2231, with an encoding that nobody knows
    ],
)
def test_only_utf_8_reaches_django(content_type, served):
    environ: dict[str, Any] = {"CONTENT_TYPE": content_type, "QUERY_STRING": "a=1"}
    setup_testing_defaults(environ)
    started: list[str] = []

    def start(status, headers, error=None):
        started.append(status)
        return started.append

    answer = utf8_only(lambda environ, start: [b"served"])(environ, start)
    if served:
        assert answer == [b"served"]
    else:
        assert started == ["415 Unsupported Media Type"]
        assert json.loads(b"".join(answer))["code"] == "charset"


@pytest.mark.live
@pytest.mark.parametrize("place", ["site", "providers"])
def test_a_charset_that_is_none_is_415_on_a_running_server(demo, place):
    url = f"{getattr(demo, place)}/healthz?a=1"
    answer = requests.get(url, headers={"Content-Type": "x/y; charset=zlib"}, timeout=10)
    assert answer.status_code == 415
    if place != "providers":
        assert answer.headers["X-Served-By"] in {"A", "B"}
        assert 'sql;dur=0.00;desc="0"' in answer.headers["Server-Timing"]
