"""Against the running demo: two instances, a real PostgreSQL, and the README's own lines."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from authdemo.device.client import csrf_token
from demo.processes import free_port
from tests.fixtures.demo import ROOT, wait_until_listening
from tests.fixtures.lack import lacking

pytestmark = pytest.mark.live
README = Path(__file__).resolve().parents[2] / "sessions_app" / "README.md"


def sign_in(site: str, username: str = "alice", **headers) -> requests.Session:
    http = requests.Session()
    http.headers.update(headers)
    http.get(f"{site}/sessions/login/", timeout=30)
    token = {"X-CSRFToken": http.cookies["authdemo_csrf"]}
    http.post(
        f"{site}/sessions/login/", {"username": username, "password": "workshop-2026"}, headers=token, timeout=30
    )
    return http


def whoami(http: requests.Session, site: str) -> requests.Response:
    return http.get(f"{site}/sessions/api/whoami/", timeout=30)


def test_both_instances_know_the_session_and_its_end(demo):
    http = sign_in(demo.site)
    for site, name in ((demo.site, "A"), (demo.site_b, "B")):
        answer = whoami(http, site).json()
        assert (answer["user"]["username"], answer["served_by"]) == ("alice", name)
    copy = requests.Session()
    copy.cookies.update(http.cookies)
    token = {"X-CSRFToken": http.cookies["authdemo_csrf"]}
    http.post(f"{demo.site_b}/sessions/logout/", headers=token, allow_redirects=False, timeout=30)
    assert whoami(copy, demo.site).status_code == 401


def test_the_lines_of_the_readme(demo, tmp_path):
    if not shutil.which("curl"):
        lacking("curl is not here")
    block = re.search(r"^```sh\n# sh\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert block
    lines = block[1].replace("http://localhost:8000", demo.site)
    done = subprocess.run(["sh", "-ec", lines], cwd=tmp_path, text=True, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"username": "alice"') == 1
    assert done.stdout.count("not_authenticated") == 1
    assert done.stdout.index("alice") < done.stdout.index("not_authenticated")


@pytest.fixture(params=["db", "cached_db", "redis", "file"])
def site_on_postgres(request, demo_postgres, redis_url) -> Iterator[str]:
    """The site on this store, with PostgreSQL and Valkey; accounts and tables are the demo's."""
    port = free_port()
    site = f"http://localhost:{port}"
    environment = demo_postgres.environment | {
        "SESSION_STORE": request.param, "REDIS_URL": redis_url, "DEMO_SITE_URL": site, "LABS": "true", "DEBUG": "false"
    }  # fmt: skip
    serve = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "authdemo.wsgi:application"]
    process = subprocess.Popen(serve, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    wait_until_listening(port)
    yield site
    process.terminate()
    process.wait(timeout=20)


@pytest.mark.postgres
def test_two_clients_one_ends_the_other_and_its_next_request_is_401(site_on_postgres):
    site = site_on_postgres
    here, there = sign_in(site, "bob", **{"User-Agent": "Here"}), sign_in(site, "bob", **{"User-Agent": "There"})
    assert [whoami(one, site).status_code for one in (here, there)] == [200, 200]
    page = here.get(f"{site}/sessions/devices/", timeout=30).text
    row = next(card for card in page.split('<li class="card')[1:] if "There" in card)
    revoke = re.search(r'action="(/sessions/devices/\d+/revoke/)"', row)
    assert revoke
    here.post(site + revoke[1], {"csrfmiddlewaretoken": csrf_token(page)}, timeout=30)
    assert [whoami(one, site).status_code for one in (here, there)] == [200, 401]


@pytest.mark.postgres
class TestWhatPostgreSQLRefuses:
    """NUL, and more than fits: an error in the form or "not signed in", never a failure of the server."""

    @pytest.mark.parametrize("value", ['"aaaaaaaa\\000b"', "a" * 41, "a" * 4000, "\\xff\\xfe"])
    def test_in_the_cookie(self, demo_postgres, value):
        for path, status in (("/sessions/api/whoami/", 401), ("/sessions/", 302), ("/admin/", 302), ("/", 200)):
            url = demo_postgres.site + path
            cookie = {"Cookie": f"authdemo_session={value}"}
            assert requests.get(url, headers=cookie, allow_redirects=False, timeout=30).status_code == status

    @pytest.mark.parametrize("name", ["al\0ice", "x" * 100_000, "\ud800".encode("utf-8", "surrogatepass"), "ﷺ" * 100])
    def test_in_the_form(self, demo_postgres, name):
        http = requests.Session()
        login = f"{demo_postgres.site}/sessions/login/"
        http.get(login, timeout=30)
        token = {"X-CSRFToken": http.cookies["authdemo_csrf"]}
        answer = http.post(login, {"username": name, "password": name}, headers=token, timeout=30)
        assert answer.status_code == 401

    def test_in_a_search_of_the_admin(self, demo_postgres):
        http = sign_in(demo_postgres.site, "teacher")
        for path in ("usersessions/usersession", "accounts/user", "account/emailaddress"):
            assert http.get(f"{demo_postgres.site}/admin/{path}/?q=%00", timeout=30).status_code == 200

    def test_a_long_name_of_a_browser_is_cut(self, demo_postgres):
        http = sign_in(demo_postgres.site, **{"User-Agent": "x" * 5000})
        assert whoami(http, demo_postgres.site).status_code == 200
