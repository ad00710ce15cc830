"""A wrong setting is one sentence that says what to set: no traceback, no secret, and no server that starts anyway."""

from __future__ import annotations

import re
import shlex
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from demo.processes import free_port
from tests.fixtures.demo import ROOT, clean_environment, wait_until_listening

WRONG = [
    ({"DEBUG": "perhaps"}, "DEBUG must be true or false"),
    ({"INSTANCE_NAME": "C"}, "INSTANCE_NAME must be one of: A, B"),
    ({"SESSION_STORE": "disk"}, "SESSION_STORE must be one of"),
    ({"SESSION_STORE": "redis"}, "SESSION_STORE=redis needs REDIS_URL"),
    ({"DEMO_SITE_URL": "localhost:8000"}, "DEMO_SITE_URL must be a URL such as http://localhost:8000"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL cannot be read"),
    ({"ALLOWED_HOSTS": "example.org"}, "DEBUG must be false where ALLOWED_HOSTS names more than this machine"),
    (
        {"ALLOWED_HOSTS": "example.org", "DEBUG": "no"},
        "SECRET_KEY must be set where ALLOWED_HOSTS names more than this machine",
    ),
    ({"ALLOWED_HOSTS": "example.org", "DEBUG": "no"}, "JWT_SIGNING_KEY must be set where ALLOWED_HOSTS names more"),
    ({"ALLOWED_HOSTS": "example.org", "DEBUG": "no"}, "OAUTH_TOKEN_KEY must be set where ALLOWED_HOSTS names more"),
    ({"ALLOWED_HOSTS": "example.org", "DEBUG": "no"}, "OAUTH_PROVIDER_KEY must be set where ALLOWED_HOSTS names more"),
    ({"OAUTH_PROVIDER_KEY": "sup3r-s3cret"}, "OAUTH_PROVIDER_KEY must be an RSA private key"),
    ({"OAUTH_TOKEN_KEY": "sup3r-s3cret"}, "OAUTH_TOKEN_KEY must be a Fernet key"),
    ({"JWT_ALGORITHM": "none"}, "JWT_ALGORITHM must be one of"),
    ({"JWT_ACCESS_MINUTES": "-5"}, "JWT_ACCESS_MINUTES must be a whole number from 1"),
    ({"JWT_REFRESH_DAYS": "99999999999"}, "JWT_REFRESH_DAYS must be a whole number from 1"),
    ({"REDIS_URL": "nope"}, "REDIS_URL must begin with redis://"),
    ({"DEMO_SITE_URL": "http://localhost:99999"}, "DEMO_SITE_URL must be a URL"),
    ({"DEMO_PROVIDERS_URL": "http://127.0.0.1:abc"}, "DEMO_PROVIDERS_URL must be a URL"),
    ({"DEMO_SITE_URL": "http://localhost:8000    # a comment"}, "DEMO_SITE_URL must be a URL"),
    ({"VAR_DIR": "/dev/null/var"}, "VAR_DIR must be a folder that can be written to"),
    ({"JWT_SIGNING_KEY": "sup3r-s3cret"}, "JWT_SIGNING_KEY"),
    ({"JWT_SIGNING_KEY": "sup3r-s3cret", "JWT_ALGORITHM": "HS256"}, "JWT_SIGNING_KEY"),
    ({"GITHUB_CLIENT_ID": "abc"}, "Set both GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET"),
    ({"GOOGLE_CLIENT_SECRET": "sup3r-s3cret"}, "Set both GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET"),
    ({"OIDC_CLIENT_ID": "abc", "OIDC_CLIENT_SECRET": "sup3r-s3cret"}, "OIDC_SERVER_URL"),
]


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=clean_environment(folder, addresses=False) | environment,
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("environment", "sentence"), WRONG, ids=lambda value: str(value)[:40])
def test_check_says_what_to_set(tmp_path, environment, sentence):
    done = run(tmp_path, "manage.py", "check", **environment)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert sentence in said
    assert "Traceback" not in said
    assert "sup3r-s3cret" not in said


def test_check_is_content_with_no_environment_at_all(tmp_path):
    done = run(tmp_path, "manage.py", "check")
    assert done.returncode == 0, done.stderr


def test_a_server_does_not_start_with_a_setting_that_was_not_understood(tmp_path):
    done = run(tmp_path, "-c", "import authdemo.wsgi", SESSION_STORE="disk")
    assert done.returncode == 1
    assert done.stderr.startswith("Not started: SESSION_STORE must be one of")


def production(folder: Path) -> dict[str, str]:
    """The block of docs/production.md as an environment, with the blanks filled in."""
    document = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    block = document.split("```")[1]
    environment = dict(line.split("=", 1) for line in block.strip().splitlines())
    key = run(folder, "-m", "jwt_app.keys", "RS256").stdout.replace("\n", "\\n")
    fill = {"SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-" * 2, "JWT_SIGNING_KEY": key, "REDIS_URL": ""}
    fill |= {"OAUTH_TOKEN_KEY": Fernet.generate_key().decode(), "OAUTH_PROVIDER_KEY": key}
    return environment | fill | {"DATABASE_URL": ""}


def test_check_deploy_is_clean_under_the_settings_of_the_document(tmp_path):
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **production(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.live
def test_production_starts_as_the_document_says_and_shows_no_stand_in(tmp_path):
    """With GitHub's pair alone, of the three that the document names."""
    everything = production(tmp_path)
    environment = {name: value for name, value in everything.items() if not name.startswith(("GOOGLE_", "OIDC_"))}
    assert run(tmp_path, "manage.py", "migrate", "-v0", **environment).returncode == 0
    command = shlex.split((ROOT / "docs" / "production.md").read_text(encoding="utf-8").split("```")[3])
    port = free_port()
    words = [word.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for word in command[1:]]
    server = subprocess.Popen(
        [sys.executable, "-m", "waitress", *words],
        cwd=ROOT, env=clean_environment(tmp_path, addresses=False) | environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_until_listening(port)
        host = {"Host": "auth.example.org"}
        assert requests.get(f"http://127.0.0.1:{port}/healthz", headers=host, timeout=10).status_code == 200
        plain = requests.get(f"http://127.0.0.1:{port}/oauth/", headers=host, timeout=10, allow_redirects=False)
        assert plain.headers["Location"] == "https://auth.example.org/oauth/"
        page = requests.get(
            f"http://127.0.0.1:{port}/oauth/", headers=host | {"X-Forwarded-Proto": "https"}, timeout=10
        )
        assert page.status_code == 200
        assert "Sign in with GitHub" in page.text
        assert "Google" not in page.text.split("<main")[1]
        assert "127.0.0.1" not in page.text + str(page.headers)
        assert "Secure" in page.headers["Set-Cookie"]
    finally:
        server.terminate()
        server.communicate(timeout=20)


def test_every_line_of_the_example_file_can_be_used_as_it_stands(tmp_path):
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    used = re.findall(r"^# ([A-Z_]+=.+)$", example, flags=re.M)
    assert len(used) >= 12
    (tmp_path / "env").write_text("\n".join(used) + "\n", encoding="utf-8")
    done = run(tmp_path, "manage.py", "check", ENV_FILE=str(tmp_path / "env"))
    assert done.returncode == 0, done.stderr
    assert "Invalid line" not in done.stderr


def test_keys_are_made_once_by_many_processes_and_only_their_owner_reads_them(tmp_path):
    script = "from django.conf import settings; print(settings.SECRET_KEY); print(settings.JWT_KEY_RING.read_text())"
    with ThreadPoolExecutor(4) as pool:
        outputs = list(
            pool.map(
                lambda _: run(tmp_path, "-c", script, DJANGO_SETTINGS_MODULE="authdemo.settings").stdout, range(4)
            )
        )
    assert len(set(outputs)) == 1
    assert "PRIVATE KEY" in outputs[0]
    kept = [path for path in tmp_path.iterdir() if path.suffix not in {".sqlite3"}]
    assert len(kept) >= 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)


def test_every_variable_that_the_code_reads_is_in_the_example_file():
    read = set()
    call = re.compile(r"\b(?:text|flag|whole|choice|url|_demo|parsed|pair|env(?:\.\w+)?|os\.environ\.get)\(([^()]*)")
    for path in [*ROOT.glob("authdemo/settings/*.py"), *ROOT.glob("demo/**/*.py")]:
        for arguments in call.findall(path.read_text(encoding="utf-8")):
            read |= set(re.findall(r'"([A-Z][A-Z_]+)"', arguments))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = set(re.findall(r"^# ([A-Z_]+)=", example, flags=re.M))
    # ENV_FILE is where the others are; the default of a choice is no variable.
    assert read - documented - {"ENV_FILE", "A", "B", "RS256"} == set()
    assert {"DATABASE_URL", "GITHUB_CLIENT_SECRET", "DEMO_ORDERS_URL"} <= read


def test_generated_secrets_are_never_the_key_of_tokens(tmp_path):
    script = "from django.conf import settings as s; print(s.SECRET_KEY in str(s.SIMPLE_JWT))"
    done = run(tmp_path, "-c", script, DJANGO_SETTINGS_MODULE="authdemo.settings")
    assert done.stdout.strip() == "False"
