"""Calls as lines for a shell, with curl."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from django.conf import settings

from .calls import Call, Value, Var

WIDTH = 100  # characters
JAR = 'JAR=$(mktemp)  # keeps the cookies\ncsrf() {{ awk \'$6 == "{cookie}" {{print $7}}\' "$JAR"; }}'


def script(site: str, calls: Sequence[Call]) -> str:
    """Return lines for `sh` that make these calls at `site`, an origin. Answers of APIs are printed, else the status.

    A variable that stands in a JSON body must have no quote and no backslash in it.
    """
    lines = [f"SITE={shlex.quote(site)}"]
    if any(call.takes_cookies for call in calls):
        lines.append(JAR.format(cookie=settings.CSRF_COOKIE_NAME))
    for call in calls:
        lines += ["", f"# {call.label}", *_lines(site, call)]
    return "\n".join(lines)


def _lines(site: str, call: Call) -> list[str]:
    cookies = ['-b "$JAR" -c "$JAR"'] if call.takes_cookies else []
    command = ["curl -s", *cookies]
    before = []
    if call.page:
        before = [_line([*command, "-o /dev/null", _url(call.page)])]
        command.append('-H "X-CSRFToken: $(csrf)"')
        if site.startswith("https:"):
            command.append('-e "$SITE/"')  # over HTTPS, Django wants to know which page a form came from
    if call.method == "POST" and not call.form and call.json is None:
        command.append("-X POST")
    command += [f"--data-urlencode {_pair(name, value)}" for name, value in call.form.items()]
    if call.bearer:
        command.append(f'-H "Authorization: Bearer {_inside(call.bearer)}"')
    if call.json is not None:
        command.append(f"-H 'Content-Type: application/json' -d {_json(call)}")
    if call.keeps:
        return [*before, f"ANSWER=$({_line([*command, _url(call.path)])})", *map(_keep, call.keeps)]
    if call.answers_json:
        return [*before, _line([*command, _url(call.path)]) + "; echo"]
    return [*before, _line([*command, "-o /dev/null -w '%{http_code}\\n'", _url(call.path)])]


def _line(parts: list[str]) -> str:
    """Return one command, over several lines where one would be too long to read."""
    line = " ".join(parts)
    return line if len(line) <= WIDTH else " \\\n    ".join(parts)


def _url(path: str) -> str:
    return '"$SITE' + path.replace("{", "${") + '"'


def _inside(value: Value) -> str:
    """Return a value for the inside of double quotes."""
    if isinstance(value, Var):
        return f"${value.name}"
    return value.translate({ord(one): "\\" + one for one in '\\"$`'})


def _pair(name: str, value: Value) -> str:
    return f'"{name}=${value.name}"' if isinstance(value, Var) else shlex.quote(f"{name}={value}")


def _json(call: Call) -> str:
    body = {name: f"\0{v.name}" if isinstance(v, Var) else v for name, v in (call.json or {}).items()}
    return '"' + _inside(json.dumps(body)).replace("\\\\u0000", "$") + '"'


def _keep(name: str) -> str:
    """Return the line that takes a field out of a JSON answer."""
    return f"""{name.upper()}=$(printf %s "$ANSWER" | sed 's/.*"{name}": *"\\([^"]*\\)".*/\\1/')"""
