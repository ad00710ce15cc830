"""The code shown is the code of the files, at the lines that are named, and never a secret."""

from __future__ import annotations

import ast
import gc
import html
import inspect
import re
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.urls import get_resolver, reverse

from authdemo.accounts.models import User
from authdemo.settings.env import BASE_DIR
from authdemo.sourcecode.highlight import highlighted
from authdemo.sourcecode.registry import ENGINE, LISTS, PAGES
from authdemo.sourcecode.source import SecretSetting, Source, is_secret, of_object, of_setting, shown_path
from jwt_app.backend import token_backend

SITE_PACKAGES = Path(django.__file__).parents[1]
NAMES = sorted(
    {
        name.replace(ENGINE, f"{settings.SESSION_ENGINE}.")
        for page in PAGES.values()
        for one in page
        for name in one.names
    }
)
SETTINGS = sorted({name for page in PAGES.values() for part in page for name in part.settings})


def lines_of_its_file(source: Source) -> str:
    """Read the file itself, by the path and the line that a reader sees."""
    where = source.file.removeprefix("site-packages/")
    file = SITE_PACKAGES / where if where != source.file else BASE_DIR / where
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(lines[source.first - 1 : source.first - 1 + len(source.text.splitlines())])


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def render(tags: str) -> str:
    return Template("{% load sourcecode %}" + tags).render(Context())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_listed_is_shown_as_it_stands_in_its_file(name):
    source = of_object(name)
    assert source.text == lines_of_its_file(source)
    assert re.search(rf"(def|class) {name.rpartition('.')[2]}\b", source.text)
    assert plain(source.html) == textwrap.dedent(source.text).rstrip("\n")
    numbers = [int(number) for number in re.findall(r'data-line="(\d+)"', source.html)]
    assert numbers == list(range(source.first, source.first + len(source.text.splitlines())))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_shown_as_it_stands_in_its_file(name):
    assert not is_secret(name)
    source = of_setting(name)
    assert source.text == lines_of_its_file(source)
    assert re.search(rf"^{name}(: .*)? = ", source.text, re.MULTILINE)
    assert ast.parse(source.text)  # to its end


@pytest.mark.parametrize("engine", ["db", "cache", "cached_db", "file", "signed_cookies"])
def test_the_store_that_the_settings_choose_is_the_one_that_is_shown(engine, settings):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    shown = Template("{% load sourcecode %}{% code_of_page %}").render(Context({"request": at("sessions:dashboard")}))
    assert f"site-packages/django/contrib/sessions/backends/{engine}.py" in shown


def address(name: str) -> str:
    """The path of a page as the registry names it: "workshop:step 3"."""
    view, *arguments = name.split()
    return reverse(view, args=arguments)


def at(name: str) -> Any:
    """A request that was resolved to the page of this name."""

    class Request:
        resolver_match = get_resolver().resolve(address(name))

    return Request


def test_every_page_that_is_listed_exists():
    for name in PAGES:
        assert address(name)


def test_no_page_is_listed_twice():
    names = [name for pages in LISTS for name in pages]
    assert sorted(names) == sorted(PAGES)


def test_a_setting_that_the_project_leaves_alone_is_shown_as_djangos_default():
    source = of_setting("SESSION_SAVE_EVERY_REQUEST")
    assert source.file == "site-packages/django/conf/global_settings.py"
    assert "SESSION_SAVE_EVERY_REQUEST = False" in source.text


def test_a_computed_setting_says_what_it_is_now():
    assert of_setting("SESSION_ENGINE").value == repr(settings.SESSION_ENGINE)
    assert of_setting("SOCIALACCOUNT_STORE_TOKENS").value == ""  # the line says it


def test_a_setting_comes_with_the_sentence_above_it():
    assert "does not open an account" in of_setting("SOCIALACCOUNT_EMAIL_AUTHENTICATION").text


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY", "SECRET_KEY_FALLBACKS", "JWT_SIGNING_KEY", "DATABASES", "CACHES", "REDIS_URL", "DEMO_PASSWORD",
        "SOCIALACCOUNT_PROVIDERS", "GITHUB", "GOOGLE", "OIDC", "SIGN_IN_WITH", "EMAIL_HOST_PASSWORD",
    ],
)  # fmt: skip
def test_a_secret_setting_is_never_shown(name):
    with pytest.raises(SecretSetting):
        of_setting(name)
    with pytest.raises(SecretSetting):
        render('{% code setting="' + name + '" %}')


def test_no_secret_and_no_path_of_this_machine_is_in_anything_that_is_shown():
    shown = "".join(
        Template("{% load sourcecode %}{% code_of_page %}").render(Context({"request": at(name)})) for name in PAGES
    )
    secrets = [
        settings.SECRET_KEY,
        token_backend().signing.signing_key,
        settings.DEMO_PASSWORD,
        str(BASE_DIR),
        str(SITE_PACKAGES),
    ]
    providers = settings.SOCIALACCOUNT_PROVIDERS.values()
    secrets += [app["secret"] for provider in providers for app in provider.get("APPS", [])]
    assert [secret for secret in secrets if secret in html.unescape(shown)] == []


def test_a_name_that_is_none_is_the_templates_error():
    with pytest.raises(AttributeError):
        render('{% code "sessions_app.views.NoSuchView" %}')
    with pytest.raises(LookupError):
        render('{% code setting="NO_SUCH_THING" %}')


def test_a_library_without_its_source_leaves_a_gap_and_no_error(monkeypatch):
    def gone(target):
        raise OSError("could not get source code")

    monkeypatch.setattr(inspect, "getsourcelines", gone)
    assert "of_setting" not in render('{% code "authdemo.sourcecode.source.of_setting" %}')


def test_a_path_outside_of_both_is_only_a_name():
    assert shown_path("/usr/lib/python3.11/inspect.py") == "inspect.py"


# ---- Highlighting


def test_code_cannot_become_markup():
    shown = highlighted('x = "<script>alert(1)</script>"  # <b>&amp;\n', 1)
    assert "<script>" not in shown
    assert plain(shown) == 'x = "<script>alert(1)</script>"  # <b>&amp;'


def test_kinds():
    shown = highlighted('def f(a):  # why\n    return "text" + 1\n', 7)
    for kind, text in (
        ("k", "def"),
        ("d", "f"),
        ("c", "# why"),
        ("k", "return"),
        ("s", "&quot;text&quot;"),
        ("n", "1"),
    ):
        assert f'<span class="{kind}">{text}</span>' in shown


@pytest.mark.parametrize(
    "text",
    [
        '"""One\n\n  two\n"""\nx = 1\n', "x = f'{a!r:>{w}} {{b}}' 'c'\n", "if x:\n        y\n    z\n", "(\n",
        "'open\n", "é = 'ü—\U0001f600' # ö\n", "", "\n", "\tx = 1\n",
    ],
)  # fmt: skip
def test_not_a_character_is_lost(text):
    assert plain(highlighted(text, 1)) == textwrap.dedent(text).rstrip("\n")


# ---- On the pages


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/sessions/", "sessions_app.views.dashboard"),
        ("/sessions/devices/", "sessions_app.views.list_devices"),
        ("/jwt/", "jwt_app.tokens.RefreshToken.rotate"),
        ("/oauth/", "oauth_app.client.views.index"),
        ("/start-over/", "authdemo.start_over.views.start_over"),
    ],
)
def test_the_pages_show_it(client, path, named):
    client.force_login(User.objects.create_user("alice", "alice@example.com", "correct horse battery"))
    shown = client.get(path).content.decode()
    assert "The code that just ran" in shown
    assert f"<code>{named}</code>" in shown


@pytest.mark.django_db
def test_a_refused_sign_in_shows_what_refused(client):
    shown = client.post("/sessions/login/", {"username": "a", "password": "b"}).content.decode()
    assert "<code>django.contrib.auth.authenticate</code>" in shown


@pytest.mark.django_db
def test_a_refused_form_shows_what_refused_it_and_not_the_view_that_did_not_run(client):
    shown = Client(enforce_csrf_checks=True).post("/sessions/login/").content.decode()
    assert "CsrfViewMiddleware.process_view" in shown
    assert "LoginView" not in shown


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/no/such/page/"])
def test_a_page_that_nobody_listed_shows_nothing(client, path):
    assert "The code that just ran" not in client.get(path).content.decode()


@pytest.mark.django_db
def test_a_method_that_is_not_allowed_ran_no_code_of_the_view(client):
    client.force_login(User.objects.create_user("alice", "alice@example.com", "correct horse battery"))
    answer = client.post("/sessions/devices/")
    assert answer.status_code == 405
    assert "The code that just ran" not in answer.content.decode()


@pytest.mark.django_db
def test_no_parameter_of_a_request_chooses_what_is_shown(client):
    before, after = client.get("/jwt/"), client.get("/jwt/?code=os.system&setting=SECRET_KEY&name=os.path.join")
    fold = re.compile(r'<details class="sourcecode">.*', re.DOTALL)
    cut = [fold.search(one.content.decode()).group().split("wire")[0] for one in (before, after)]  # type: ignore[union-attr]
    assert cut[0] == cut[1]


def test_code_is_found_while_another_thread_imports():
    """As in the first seconds of a server, when a class opens the same page."""
    done = threading.Event()

    def imports() -> None:
        while not done.is_set():
            for number in range(50):
                sys.modules[f"of_another_thread_{number}"] = sys
            for number in range(50):
                del sys.modules[f"of_another_thread_{number}"]

    other = threading.Thread(target=imports)
    other.start()
    try:
        found = {of_setting("SESSION_COOKIE_NAME").name for _ in range(3_000)}
    finally:
        done.set()
        other.join()
    assert found == {"SESSION_COOKIE_NAME"}


def does_nothing(*about: object) -> None:
    """Python code, between whose lines another thread may go on."""


def test_code_is_found_by_many_threads_at_once():
    """The same seconds: each thread looks for another class, and what is collected meanwhile lets others go on."""
    names = [f"authdemo.wire.models.{name}" for name in ("Exchange", "ExchangeQuerySet")]
    names += ["jwt_app.tokens.RefreshToken", "jwt_app.backend.KeyedBackend", "sessions_app.views.LoginView"]
    before, pause = gc.get_threshold(), sys.getswitchinterval()
    gc.callbacks.append(does_nothing)
    gc.set_threshold(50)
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(of_object.__wrapped__, names * 10))
    finally:
        gc.callbacks.remove(does_nothing)
        gc.set_threshold(*before)
        sys.setswitchinterval(pause)
    assert [one.name for one in found] == names * 10
