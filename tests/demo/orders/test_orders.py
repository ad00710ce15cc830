"""What the orders service answers, and to whom."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest
import requests

from bench.projects import ROOT
from tests.demo.conftest import SITE_B

from .conftest import KEYS


@pytest.mark.parametrize("algorithm", KEYS)
def test_alice_sees_her_orders(orders, site, algorithm):
    answer = orders.get(site.token(algorithm))
    assert answer.status_code == 200
    assert answer.json()["user"] == {"id": "1", "username": "alice"}
    assert answer.json()["verified_by"] == {"kid": KEYS[algorithm][0], "alg": algorithm}
    assert answer.json()["database_queries"] == 0
    assert answer.json()["orders"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_peer_in_the_bench_answers_what_orders_does(orders, site):
    """It is read and not run: FastAPI is not installed here. Who answers less has less to do."""
    peer = ast.parse((ROOT / "bench" / "peers" / "fastapi_orders.py").read_text(encoding="utf-8"))
    answers = [node.value for node in ast.walk(peer) if isinstance(node, ast.Return)]
    keys = {ast.literal_eval(key) for one in answers if isinstance(one, ast.Dict) for key in one.keys if key}
    assert keys - {"status"} == set(orders.get(site.token()).json())


def test_the_role_is_what_the_token_says(orders, site):
    assert orders.get(site.token(role="staff")).json()["role"] == "staff"
    assert orders.get(site.token(role=None)).json()["role"] is None


def test_a_user_always_sees_the_same_orders(orders, site):
    first, second = (orders.get(site.token(user_id="7")).json()["orders"] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer   ", "Basic eDp5", "token abc"])
def test_without_a_token(orders, header):
    headers = {"Authorization": header} if header is not None else {}
    answer = requests.get(f"{orders.url}/orders/", headers=headers, timeout=20)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="orders"'


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_only_get_is_answered(orders, method):
    answer = requests.request(method, f"{orders.url}/orders/", timeout=20)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/", "/orders", "/orders/1", "/healthz/", "/%00", "/orders/%0d%0ax"])
def test_nothing_else_is_here(orders, path):
    answer = requests.get(orders.url + path, timeout=20)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_healthz(orders):
    answer = requests.get(f"{orders.url}/healthz", timeout=20)
    assert answer.json()["status"] == "ok"
    assert requests.head(f"{orders.url}/healthz", timeout=20).text == ""


def test_pages_of_both_instances_may_call_and_nobody_elses(orders, site):
    for origin in (site.url, SITE_B):
        preflight = requests.options(
            f"{orders.url}/orders/",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "authorization",
            },
            timeout=20,
        )
        assert preflight.status_code == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == origin
        assert preflight.headers["Access-Control-Allow-Headers"] == "Authorization"
        assert "Access-Control-Allow-Credentials" not in preflight.headers
        assert orders.get(site.token(), Origin=origin).headers["Access-Control-Allow-Origin"] == origin
        # A refusal must be readable by the page, too.
        assert orders.get("nonsense", Origin=origin).headers["Access-Control-Allow-Origin"] == origin
    for origin in ("http://evil.example", "null", site.url + "0", ""):
        assert "Access-Control-Allow-Origin" not in orders.get(site.token(), Origin=origin).headers
    assert "Origin" in orders.get(site.token()).headers["Vary"]
    healthz = requests.get(f"{orders.url}/healthz", headers={"Origin": SITE_B}, timeout=20)
    assert "Access-Control-Allow-Origin" not in healthz.headers


def test_it_imports_neither_django_nor_the_site():
    code = "import sys, demo.orders.app; print([n for n in sys.modules if n.split('.')[0] in {names}])"
    names = {"django", "authdemo", "jwt_app", "sessions_app", "oauth_app", "sqlite3"}
    # Without this environment: coverage would start in the child, and imports sqlite3.
    child = [sys.executable, "-c", code.replace("{names}", repr(names))]
    run = subprocess.run(child, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
