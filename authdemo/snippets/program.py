"""Calls as a Python program, with requests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.conf import settings

from .calls import Call, Value, Var

WIDTH = 100  # characters


def script(site: str, calls: Sequence[Call]) -> str:
    """Return a program that makes these calls at `site`, an origin. Answers of APIs are printed, else the status."""
    kept = {name.upper() for call in calls for name in call.keeps}
    needed = sorted({name for call in calls for name in call.variables} - kept)
    lines = ["import os", ""] if needed else []
    lines += ["import requests", "", f"SITE = {_value(site)}", *(f'{name} = os.environ["{name}"]' for name in needed)]
    lines.append("http = requests.Session()  # keeps the cookies")
    if any(call.page for call in calls):
        lines += ["", "", *_csrf(site), ""]
    for call in calls:
        lines += ["", f"# {call.label}", *_lines(call)]
    return "\n".join(lines)


def _csrf(site: str) -> list[str]:
    headers = f'"X-CSRFToken": http.cookies["{settings.CSRF_COOKIE_NAME}"]'
    if site.startswith("https:"):
        headers += ', "Referer": f"{SITE}/"'  # over HTTPS, Django wants to know which page a form came from
    return ["def csrf():", f"    return {{{headers}}}"]


def _lines(call: Call) -> list[str]:
    lines = [f"http.get({_url(call.page)})"] if call.page else []
    arguments = [_url(call.path)]
    if call.form:
        arguments.append(f"data={_mapping(call.form)}")
    if call.json is not None:
        arguments.append(f"json={_mapping(call.json)}")
    if call.page:
        arguments += ["headers=csrf()", "allow_redirects=False"]
    if call.bearer:
        arguments.append(f'headers={{"Authorization": "Bearer " + {_value(call.bearer)}}}')
    lines.append(_statement(f"answer = http.{call.method.lower()}", arguments))
    if call.keeps:
        return [*lines, *(f'{name.upper()} = answer.json()["{name}"]' for name in call.keeps)]
    return [*lines, f"print(answer.{'text' if call.answers_json else 'status_code'})"]


def _statement(start: str, arguments: list[str]) -> str:
    """Return a call of a function, over several lines where one would be too long to read."""
    line = f"{start}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{start}(", *(f"    {argument}," for argument in arguments), ")"])


def _url(path: str) -> str:
    return f'f"{{SITE}}{path}"'  # a variable in a path stands as an f-string has it


def _value(value: Value) -> str:
    return value.name if isinstance(value, Var) else json.dumps(value, ensure_ascii=False)


def _mapping(values: Mapping[str, Value]) -> str:
    return "{" + ", ".join(f'"{name}": {_value(value)}' for name, value in values.items()) + "}"
