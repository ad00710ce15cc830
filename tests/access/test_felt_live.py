"""Revoked at one instance by the admin's own forms, felt at the other by real clients: every kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
import requests

from authdemo.device.client import csrf_token
from tests.admin.forms import filled, form_of
from tests.fixtures.demo import RunningDemo
from tests.oauth_app.person import Person
from tests.oauth_app.provider.conftest import AUTHORIZE, CALLBACK, REQUEST, SECRET, TOKEN, VERIFIER

from .test_race_live import sign_in

pytestmark = pytest.mark.live
NAME, PASSWORD = "felt", "a phrase that is felt"
MAKE = f"""
from allauth.idp.oidc.models import Client
from tests.oauth_app.provider.conftest import registered
User.objects.filter(socialaccount__isnull=False).delete()
User.objects.filter(username='{NAME}').delete()
Client.objects.filter(pk__startswith='felt-').delete()
registered('felt-consent'), registered('felt-client')
print(User.objects.create_user('{NAME}', '{NAME}@example.com', '{PASSWORD}').pk)
"""
FORGET = f"""
from allauth.idp.oidc.models import Client
User.objects.filter(username='{NAME}').delete()
Client.objects.filter(pk__startswith='felt-').delete()
"""


@pytest.fixture
def key(demo: RunningDemo) -> Iterator[str]:
    """The key of a user whom nobody else uses, with two apps that ask for something."""
    yield demo.shell(MAKE).split()[-1]
    demo.shell(FORGET)


class Clients:
    """Programs and browsers of this user, at one instance. Each is a function that says whether it is let in."""

    def __init__(self, site: str) -> None:
        self.site = site

    def session(self) -> Callable[[], bool]:
        browser = sign_in(self.site, NAME, PASSWORD)
        return lambda: browser.get(f"{self.site}/sessions/api/whoami/", timeout=60).status_code == 200

    def refresh(self) -> Callable[[], bool]:
        held = self._post("/jwt/api/token/", json={"username": NAME, "password": PASSWORD}).json()

        def use() -> bool:
            answer = self._post("/jwt/api/token/refresh/", json={"refresh": held["refresh"]})
            held.update(answer.json() if answer.ok else {})
            return answer.ok

        return use

    def app(self, name: str) -> Callable[[], bool]:
        """Allow an app to read, and change the code for tokens. It calls, and refreshes."""
        browser = sign_in(self.site, NAME, PASSWORD)
        address = f"{self.site}{AUTHORIZE}?{urlencode(REQUEST | {'client_id': name})}"
        form = {"action": "allow", "scopes": "notes:read"}
        form["csrfmiddlewaretoken"] = csrf_token(browser.get(address, timeout=60).text)
        allowed = browser.post(address, form, timeout=60, allow_redirects=False)
        code = parse_qs(urlsplit(allowed.headers["Location"]).query)["code"][0]
        own = {"client_id": name, "client_secret": SECRET}
        given = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        held = self._post(TOKEN, data=own | given | {"grant_type": "authorization_code"}).json()

        def use() -> bool:
            bearer = {"authorization": f"Bearer {held['access_token']}"}
            called = requests.get(f"{self.site}/oauth/api/notes/", headers=bearer, timeout=60).ok
            again = {"grant_type": "refresh_token", "refresh_token": held["refresh_token"]}
            answer = self._post(TOKEN, data=own | again)
            held.update(answer.json() if answer.ok else {})
            assert called == answer.ok
            return called

        return use

    def connected(self) -> Person:
        """Connect an account at GitHub; return the browser that did it."""
        person = Person(self.site)
        person.cookies = sign_in(self.site, NAME, PASSWORD).cookies
        start = person.press(person.get("/oauth/connections/"), "Connect GitHub")
        person.follow(person.allow(person.to_consent(start, "alice.outside")))
        return person

    def by_github(self) -> bool:
        person = Person(self.site)
        person.sign_in("GitHub")
        return person.username() == NAME

    def password(self, password: str = PASSWORD) -> bool:
        browser = requests.Session()
        address = f"{self.site}/sessions/login/"
        form = {"username": NAME, "password": password}
        form["csrfmiddlewaretoken"] = csrf_token(browser.get(address, timeout=60).text)
        return browser.post(address, form, timeout=60, allow_redirects=False).status_code == 302

    def _post(self, path: str, **body: Any) -> requests.Response:
        return requests.post(f"{self.site}{path}", timeout=60, **body)


class Teacher:
    """The admin, at the other instance."""

    def __init__(self, site: str, key: str) -> None:
        self.site, self.account = site, f"/admin/accounts/user/{key}"
        self.browser = sign_in(site, "teacher", "workshop-2026")

    def press(self, path: str, button: str, **typed: Any) -> None:
        """Open a page, press a button of it."""
        address = urljoin(self.site, path)
        form = form_of(self.browser.get(address, timeout=60).text, button)
        to = urljoin(address, form.action)
        answer = self.browser.post(to, filled(form, button, typed), timeout=60, allow_redirects=False)
        assert answer.status_code == 302, answer.text

    def delete(self, model: str, named: str = "") -> None:
        """Go from "What opens this account" to the newest of a kind, and delete it there."""
        page = self.browser.get(f"{self.site}{self.account}/access/", timeout=60).text
        found = re.search(rf'href="(/admin/{model}/[^/"]+)/change/">{named}', page)
        assert found, page
        self.press(f"{found[1]}/delete/", "Yes, I’m sure")


def test_every_kind(demo: RunningDemo, key: str) -> None:
    here, teacher = Clients(demo.site), Teacher(demo.site_b, key)

    def felt(use: Callable[[], bool], end: Callable[[], None]) -> None:
        assert use()
        end()
        assert not use()

    felt(here.session(), lambda: teacher.delete("usersessions/usersession"))
    felt(here.refresh(), lambda: teacher.delete("jwt_app/refreshfamily"))
    felt(here.app("felt-consent"), lambda: teacher.delete("oauth_provider/consent", "The felt-consent"))
    felt(here.app("felt-client"), lambda: teacher.press("/admin/allauth_idp_oidc/client/felt-client/delete/",
                                                        "Yes, I’m sure"))  # fmt: skip
    person = here.connected()
    felt(lambda: "None is kept." not in person.get("/oauth/behalf/").text,
         lambda: teacher.delete("oauth_client/providertoken"))  # fmt: skip
    felt(here.by_github, lambda: teacher.delete("socialaccount/socialaccount"))

    for _ in range(5):
        here.password("a guess")
    assert not here.password()
    teacher.delete("guard/failures")
    assert here.password()

    held = [here.session(), here.refresh()]
    assert all(use() for use in held)
    teacher.press(f"{teacher.account}/password/", "Change password", password1=PASSWORD, password2=PASSWORD)
    assert not any(use() for use in held)
    felt(here.session(), lambda: teacher.press(f"{teacher.account}/access/end/", "End everything"))
    held = [here.session(), here.refresh(), here.password]
    assert all(use() for use in held)
    teacher.press(f"{teacher.account}/change/", "Save", is_active=None)
    assert not any(use() for use in held)
