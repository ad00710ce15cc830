"""What stands in a snippet, what never does, and that a name is text in whatever language it is put."""

from __future__ import annotations

import ast
import json
import os
import shlex
import subprocess

import pytest
from django.urls import reverse

from authdemo.accounts.models import User
from authdemo.snippets import calls, program, shell
from authdemo.snippets.calls import Var
from authdemo.snippets.pages import PAGES, Reader

ODD = """o'hara "x" $(id) `id` \\ {SITE} é"""
SITE = "http://localhost:8000"


def everything(reader: Reader) -> list[tuple[calls.Call, ...]]:
    return [snippet.calls for make in PAGES.values() for snippet in make(reader)]


@pytest.mark.parametrize("site", [SITE, "https://site.example"])
@pytest.mark.parametrize("name", ["alice", ODD, Var("NAME")])
def test_each_is_a_script_that_its_language_reads(name, site):
    for made in everything(Reader(name, Var("PASSWORD"))):
        ast.parse(program.script(site, made))
        subprocess.run(["sh", "-n"], input=shell.script(site, made), text=True, check=True)


def test_a_name_stays_one_value_whatever_is_in_it():
    made = (calls.sign_in(ODD, Var("PASSWORD")),)
    assert f"username={ODD}" in shlex.split(shell.script(SITE, made), comments=True)
    literals = [
        node.value for node in ast.walk(ast.parse(program.script(SITE, made))) if isinstance(node, ast.Constant)
    ]
    assert ODD in literals


@pytest.mark.parametrize("name", ["alice", ODD.replace("{SITE}", "x"), Var("NAME")])
def test_a_json_body_is_the_same_in_the_shell(name):
    """Seen by a `curl` that prints what it was given."""
    lines = 'curl() { while [ "$1" != -d ]; do shift; done; printf %s "$2" >&2; }\n'
    lines += shell.script(SITE, (calls.get_tokens(name, Var("PASSWORD")),))
    environment = {"PATH": os.environ["PATH"], "PASSWORD": "pass word", "NAME": "zoë"}
    done = subprocess.run(["sh", "-eu"], input=lines, text=True, capture_output=True, env=environment, check=True)
    assert json.loads(done.stderr) == {"username": "zoë" if isinstance(name, Var) else name, "password": "pass word"}


def test_over_https_a_form_says_where_it_came_from():
    made = (calls.sign_in("alice", Var("PASSWORD")),)
    assert '-e "$SITE/"' in shell.script("https://site.example", made)
    assert '"Referer": f"{SITE}/"' in program.script("https://site.example", made)
    assert "Referer" not in program.script(SITE, made)


def test_tokens_are_kept_and_sent_without_a_cookie():
    made = (calls.get_tokens("alice", Var("PASSWORD")), calls.token_whoami(), calls.refresh_tokens())
    assert "Bearer $ACCESS" in shell.script(SITE, made)
    assert "JAR" not in shell.script(SITE, made)
    assert 'os.environ["PASSWORD"]' in program.script(SITE, made)
    assert 'os.environ["ACCESS"]' not in program.script(SITE, made)
    ast.parse(program.script(SITE, made))


@pytest.mark.django_db
class TestPages:
    def test_each_listed_page_shows_its_snippets_and_no_secret(self, client):
        alice = User.objects.create_user("alice", "alice@example.com", "correct horse")
        login = client.get(reverse("sessions:login")).content.decode()
        assert "The same by curl" in login
        client.post("/sessions/login/", {"username": "alice", "password": "correct horse"})
        for name in PAGES:
            html = client.get(reverse(name), follow=True).content.decode()
            assert "The same by curl" in html, name
            for secret in (client.cookies["authdemo_session"].value, alice.password, "correct horse"):
                assert secret not in html

    def test_the_demos_password_is_written_out_only_where_the_page_shows_it(self, client, settings):
        User.objects.create_user("alice")
        settings.DEBUG, settings.ALLOWED_HOSTS = True, ["localhost"]
        here = client.get("/sessions/login/", headers={"host": "localhost"}).content.decode()
        assert "password=workshop-2026" in here
        elsewhere = client.get("/sessions/login/", headers={"host": "localhost"}, REMOTE_ADDR="192.0.2.1")
        assert "password=$PASSWORD" in elsewhere.content.decode()
        settings.DEBUG, settings.ALLOWED_HOSTS = False, ["localhost", "site.example"]  # it is no demo any more
        public = client.get("/sessions/login/", headers={"host": "localhost"}).content.decode()
        assert "password=$PASSWORD" in public
        assert "workshop-2026" not in public

    @pytest.mark.parametrize("path", ["/", "/oauth/", "/no/such/page/"])
    def test_a_page_that_is_not_listed_has_none(self, client, path):
        assert "The same by curl" not in client.get(path).content.decode()
