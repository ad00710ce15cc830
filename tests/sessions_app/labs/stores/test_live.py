"""Against the running demo: the table and the two instances, tried for real, and by somebody without JavaScript."""

from __future__ import annotations

import html
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from authdemo.device.client import csrf_token
from demo.processes import free_port
from tests.e2e.steps import PASSWORD
from tests.fixtures.demo import ROOT, clean_environment, wait_until_listening
from tests.sessions_app.labs.stores.conftest import NAMES, RECORDS

pytestmark = pytest.mark.live
TABLE, INSTANCES = "/sessions/stores/", "/sessions/instances/"


@dataclass
class Browser:
    """A browser without JavaScript."""

    site: str
    jar: requests.Session = field(default_factory=requests.Session)

    def post(self, path: str, page: str, **fields: str) -> requests.Response:
        fields["csrfmiddlewaretoken"] = csrf_token(self.jar.get(self.site + page, timeout=30).text)
        return self.jar.post(self.site + path, data=fields, timeout=60)

    def run(self) -> dict[str, list[str]]:
        answer = self.post(f"{TABLE}run/", page=TABLE)
        assert answer.status_code == 200, answer.text
        return rows(answer.text)

    def compare(self, store: str) -> list[list[str]]:
        answer = self.post(f"{INSTANCES}send/", page=INSTANCES, store=store)
        assert answer.status_code == 200, answer.text
        return [cells(row) for row in answer.text.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:2]]


def cells(row: str) -> list[str]:
    found = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in found]


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of each store."""
    table = text.split("<tbody>")[1].split("</tbody>")[0]
    return {row[: row.index('"')]: cells(row) for row in table.split('<tr id="store-')[1:]}


ONE_CALL, KNOWN, UNKNOWN = "1 statement, 1 cache call", "✓ 200: you are alice", "✗ 401: nobody it knows"
FOUND = {
    "memory": ["In the memory of process A.", "32 bytes", ONE_CALL, "✗ Gone", UNKNOWN, "✓ 401: ended"],
    "db": ["A row of N bytes in SQLite.", "32 bytes", "2 statements", "✓ Still there", KNOWN, "✓ 401: ended"],
    "cached_db": [
        "A row of N bytes in SQLite. A copy of N bytes in Redis or Valkey.",
        "32 bytes", ONE_CALL, "✓ Still there", KNOWN, "✓ 401: ended",
    ],
    "redis": [
        "A value of N bytes in Redis or Valkey.", "32 bytes", ONE_CALL, "✓ Still there", KNOWN, "✓ 401: ended"
    ],
    "file": ["A file of N bytes on the server's disk.", "32 bytes", "1 statement", "✓ Still there", KNOWN,
             "✓ 401: ended"],
    "signed_cookie": [
        "Nothing on the server: it is all in the cookie.", "N bytes", "1 statement", "✓ Still there", KNOWN,
        "✗ 200: still alice. No sign-out ends it.",
    ],
}  # fmt: skip


def without_sizes(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave the 32 bytes of a key, and put N for sizes that depend on the data."""
    return {store: [re.sub(r"\b[1-9]\d\d bytes", "N bytes", cell) for cell in row] for store, row in found.items()}


def test_the_table_says_what_each_store_did(demo):
    assert without_sizes(Browser(demo.site).run()) == FOUND


@pytest.mark.postgres
def test_the_table_on_postgresql(demo_postgres):
    found = without_sizes(Browser(demo_postgres.site).run())
    assert found == {store: [cell.replace("SQLite", "PostgreSQL") for cell in row] for store, row in FOUND.items()}


def test_asked_at_instance_b_it_still_signs_in_at_a(demo):
    found = Browser(demo.site_b).run()["memory"]
    assert found[0] == "Not in the memory of process B: in that of the other one."
    assert found[3:] == FOUND["memory"][3:]


def left_behind(demo) -> set[str]:
    """Return the keys of the lab's sessions in both tables, and the names of its files."""
    keys = "from sessions_app.labs.stores.models import CachedDbSession, DbSession\n"
    keys += "print(*(row.pk for table in (DbSession, CachedDbSession) for row in table.objects.all()))"
    folder = ROOT / demo.environment["VAR_DIR"] / "lab_sessions"
    files = {file.name for file in folder.iterdir()} if folder.exists() else set()
    return {*demo.shell(keys).split(), *files}


def test_no_sessions_and_no_keys_are_left_behind(demo):
    before = left_behind(demo)  # /compare/ may still hold one: it ends what it opened later
    Browser(demo.site).run()
    assert left_behind(demo) <= before


def test_the_result_belongs_to_one_browser_and_is_forgotten_when_it_starts_over(demo):
    mine, other = Browser(demo.site), Browser(demo.site)
    mine.run()
    other.compare("db")
    cookies = mine.jar.cookies.get_dict()
    assert "Not tried yet" in other.jar.get(demo.site + TABLE, timeout=30).text
    assert "What was found" in requests.get(demo.site + TABLE, cookies=cookies, timeout=30).text
    mine.post("/start-over/", page="/start-over/")
    assert "Not tried yet" in requests.get(demo.site + TABLE, cookies=cookies, timeout=30).text


def test_two_browsers_at_once_get_a_whole_table_each(demo):
    found: list[dict[str, list[str]]] = []
    threads = [threading.Thread(target=lambda: found.append(Browser(demo.site).run())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert [without_sizes(one) for one in found] == [FOUND, FOUND]


def test_two_tabs_of_one_browser_take_turns(demo):
    mine = Browser(demo.site)
    mine.post(f"{INSTANCES}send/", page=INSTANCES, store="db")  # now it has the cookie that says which browser it is
    token = csrf_token(mine.jar.get(demo.site + TABLE, timeout=30).text)
    start, statuses = threading.Barrier(2), []

    def press() -> None:
        cookies = mine.jar.cookies.get_dict()
        start.wait()
        fields = {"csrfmiddlewaretoken": token}
        answer = requests.post(f"{demo.site}{TABLE}run/", fields, cookies=cookies, timeout=60, allow_redirects=False)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert sorted(statuses) == [302, 503]
    assert without_sizes(rows(mine.jar.get(demo.site + TABLE, timeout=30).text)) == FOUND


@pytest.mark.parametrize("store", NAMES)
def test_one_cookie_at_two_instances(demo, store):
    before, after = Browser(demo.site).compare(store)
    shared, ended = store != "memory", store != "signed_cookie"
    assert before[0].startswith(KNOWN)
    assert before[0].endswith("X-Served-By: A")
    assert before[1].startswith(KNOWN if shared else UNKNOWN)
    assert before[1].endswith("X-Served-By: B")
    # Now it is good to be unknown.
    said = "✓ 401: nobody it knows" if ended else "✗ 200: still alice"
    assert [answer.startswith(said) for answer in after] == [True, True]


@pytest.mark.postgres
@pytest.mark.parametrize("store", RECORDS)
def test_two_clients_on_two_instances_one_ends_the_other(demo_postgres, store):
    site, site_b, path = demo_postgres.site, demo_postgres.site_b, f"/sessions/stores/{store}"
    other = site if store == "memory" else site_b
    here = Browser(site)
    here.post(f"{path}/login/", page=f"{path}/login/", username="alice", password=PASSWORD)
    there = Browser(other)
    there.jar.cookies.update(here.jar.cookies)
    assert [one.jar.get(f"{one.site}{path}/whoami/", timeout=30).status_code for one in (here, there)] == [200, 200]
    there.post(f"{path}/logout/", page=f"{path}/login/")
    assert here.jar.get(f"{site}{path}/whoami/", timeout=30).status_code == 401


@pytest.mark.postgres
@pytest.mark.parametrize("store", NAMES)
@pytest.mark.parametrize("value", ['"aaaaaaaa\\000b"', "a" * 41, "a" * 7000, "\\xff\\xfe"])
def test_rubbish_is_anonymous_on_postgresql_too(demo_postgres, store, value):
    url = f"{demo_postgres.site}/sessions/stores/{store}/whoami/"
    assert requests.get(url, headers={"Cookie": f"lab_{store}={value}"}, timeout=30).status_code == 401


@pytest.fixture(scope="module")
def lone_site(tmp_path_factory) -> Iterator[str]:
    """One instance by itself: no B, no Redis. LABS is on."""
    port = free_port()
    site = f"http://localhost:{port}"
    addresses = {"DEMO_SITE_URL": site, "DEMO_SITE_B_URL": f"http://localhost:{free_port()}"}
    environment = clean_environment(tmp_path_factory.mktemp("var")) | addresses | {"LABS": "true", "DEBUG": "false"}
    for command in (["migrate", "-v0"], ["seed_demo", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    serve = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "authdemo.wsgi:application"]
    process = subprocess.Popen(serve, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    wait_until_listening(port)
    yield site
    process.terminate()
    process.wait(timeout=20)


def test_what_is_not_there_is_said_so(lone_site):
    found = Browser(lone_site).run()
    assert [store for store, row in found.items() if "Set REDIS_URL" in row[0]] == ["cached_db", "redis"]
    assert {found[store][4] for store in NAMES if len(found[store]) > 1} == {
        "No answer. Is it running? manage.py demo starts both."
    }
    assert found["db"][3] == "✓ Still there"
    assert found["db"][5] == "✓ 401: ended"


def test_without_b_there_is_nothing_to_compare(lone_site):
    mine = Browser(lone_site)
    before, _ = mine.compare("db")
    assert before == [f"{KNOWN} 2 statements, 0 cache calls X-Served-By: A",
                      "No answer. Is it running? manage.py demo starts both."]  # fmt: skip
    assert "nothing to compare" in mine.jar.get(lone_site + INSTANCES, timeout=30).text
    answer = mine.post(f"{INSTANCES}send/", page=INSTANCES, store="redis")
    assert "Set REDIS_URL" in answer.text
