"""Wherever somebody would like it to call: it calls this demo or nothing."""

from __future__ import annotations

import threading

import pytest
import requests

from authdemo.device import transport
from authdemo.device.transport import DeviceSession, NotThisDemo

REFUSED = (
    NotThisDemo,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)


@pytest.fixture
def port(ours) -> int:
    return int(ours.url.rsplit(":", 1)[1])


def test_our_own_address_is_called(ours):
    assert DeviceSession().get(f"{ours.url}/sessions/api/whoami/").status_code == 401
    assert ours.seen[0][2]["User-Agent"] == "Authdemo other device"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{theirs}/",
        "http://127.0.0.1:{ours}@127.0.0.1:{theirs}/",
        "http://127.0.0.1:{ours}%2f@127.0.0.1:{theirs}/",
        "http://127.0.0.1:{ours}\\@127.0.0.1:{theirs}/",
        "http://127.0.0.1:{ours}#@127.0.0.1:{theirs}/",
        "http://127.0.0.1:{ours}?@127.0.0.1:{theirs}/",
        "http://127.0.0.1:{ours}1/",
        "http://127.0.0.1/",
        "https://127.0.0.1:{ours}/",
        "http://user:secret@127.0.0.1:{ours}/",
        "http://localhost:{ours}/",
        "http://localtest.me:{ours}/",
        "http://127.0.0.1.nip.io:{ours}/",
        "http://127.0.0.1.:{ours}/",
        "http://127.1:{ours}/",
        "http://2130706433:{ours}/",
        "http://0x7f000001:{ours}/",
        "http://0177.0.0.1:{ours}/",
        "http://0.0.0.0:{ours}/",
        "http://[::1]:{ours}/",
        "http://[::ffff:127.0.0.1]:{ours}/",
        "http://①②⑦.⓪.⓪.①:{ours}/",
        "http://169.254.169.254/latest/meta-data/",
        "http:127.0.0.1:{theirs}",
        "//127.0.0.1:{ours}/",
        "file:///etc/hostname",
        "ftp://127.0.0.1:{ours}/",
        "gopher://127.0.0.1:{ours}/",
        "unix:///var/run/docker.sock",
        "",
    ],
)
def test_nothing_else_is(ours, strangers, port, url, monkeypatch):
    looked_up: list[tuple[object, ...]] = []

    def look_up(*what: object, **_: object) -> list[object]:
        looked_up.append(what[:2])
        return []

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    with pytest.raises(requests.RequestException) as raised:
        DeviceSession().get(url.format(ours=port, theirs=strangers.url.rsplit(":", 1)[1]))
    # Refused before any name was looked up; or it was our own address in disguise, and no other was looked up.
    own = [] if isinstance(raised.value, REFUSED) else [("127.0.0.1", port)]
    assert looked_up == own
    assert strangers.seen == []


def test_a_redirect_to_elsewhere_is_not_followed(ours, strangers):
    ours.answers["/away"] = (302, {"Location": f"{strangers.url}/"}, b"")
    answer = DeviceSession().get(f"{ours.url}/away", allow_redirects=True)
    assert (answer.status_code, strangers.seen) == (302, [])


def test_neither_proxy_nor_netrc_of_the_machine_takes_part(ours, strangers, settings, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, strangers.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr("oauth_app.client.transport.LOOPBACK", ())  # as where the site has a real name
    assert DeviceSession().get(f"{ours.url}/x", proxies={"http": strangers.url}).status_code == 401
    assert strangers.seen == []
    assert "Authorization" not in ours.seen[0][2]


def test_an_answer_that_is_too_large_is_not_read_to_its_end(ours):
    ours.answers["/large"] = (200, {}, b"x" * (1024 * 1024 + 1))
    with pytest.raises(requests.RequestException):
        DeviceSession().get(f"{ours.url}/large")


def test_a_server_that_does_not_answer_is_given_up(ours, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT", 0.2)
    ours.hold = threading.Event()
    with pytest.raises(requests.exceptions.Timeout):
        DeviceSession().get(f"{ours.url}/slow")
