"""The pair that says what our additions cost: stock SimpleJWT and a copy of jwt_app, one job by one key."""

from __future__ import annotations

import jwt
import pytest

from bench import client, sign_in
from bench.projects import ROOT, clean, make
from bench.rounds import Limit, Plan, Problem
from bench.servers import Server, running
from bench.variants import calls
from demo.processes import free_port
from jwt_app.keys import new_key, public_key

pytestmark = pytest.mark.live
PROGRAM = "tests.bench.programs:application"


def test_stock_and_a_copy_do_the_same_job_by_the_same_key(tmp_path):
    key, limit = new_key("RS256"), Limit(170)
    servers = [
        Server(kind, "waitress", "bare.wsgi:application", free_port(), ready, tmp_path / kind, environment)
        for kind, ready in (("stock", "/bare/"), ("ours", "/jwt/"))
        for environment in [make(tmp_path / kind, kind, key, limit)]
    ]
    with running(servers, tmp_path, limit):
        sign_ins = sign_in.everywhere(servers)
        found = calls(servers, sign_ins)
        times = client.measure(found, Plan(rounds=2, requests=2, warm=1))  # checks status, user and answer
    assert set(times) == {
        "whoami.stock", "whoami.ours", "whoami.django", "me.stock", "me.ours", "session.stock",
    }  # fmt: skip
    claims = []
    for name in ("stock token", "token"):
        token = sign_ins[name]["Authorization"].removeprefix("Bearer ")
        public = public_key("RS256", key)
        claims.append(jwt.decode(token, public, ["RS256"], audience="example-api", issuer="https://www.example.com"))
    assert set(claims[0]) == set(claims[1])
    varying = {"jti", "iat", "exp"}
    assert {k: v for k, v in claims[0].items() if k not in varying} == {
        k: v for k, v in claims[1].items() if k not in varying
    }


def test_who_lets_nobody_in_ends_the_run(tmp_path):
    # The program answers every form, but it gives no cookie.
    flask = Server("flask", "waitress", PROGRAM, free_port(), "/good", ROOT, clean(PYTHONPATH=str(ROOT)))
    with running([flask], tmp_path, Limit(60)):  # noqa: SIM117
        with pytest.raises(Problem, match=r"^Signing in at .*/login did not work, so nothing was measured\.$"):
            sign_in.everywhere([flask])
