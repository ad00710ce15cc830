"""Calls as a JavaScript module, with fetch. It runs in a page of the site; where no cookie is needed, in Node.js, too.

In a page it is the browser that signs in: the cookies are the page's own, and no script sees them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from .calls import Call, Value, Var

ASKED = 'const {0} = globalThis.process?.env.{0} ?? prompt("{0}");'
# The cookie with the CSRF token is HttpOnly: a page has the token in its forms.
CSRF = """async function csrf(page) {
  const text = await (await fetch(page)).text();
  return new DOMParser().parseFromString(text, "text/html").querySelector("[name=csrfmiddlewaretoken]").value;
}"""


def script(site: str, calls: Sequence[Call]) -> str:
    """Return a module that makes these calls at `site`, an origin. Answers of APIs are printed, else the status.

    A form is answered by a redirect, which fetch follows, so its status is that of the page it leads to.
    """
    kept = list(dict.fromkeys(name.upper() for call in calls for name in call.keeps))
    needed = sorted({name for call in calls for name in call.variables} - set(kept))
    lines = [f"const SITE = {json.dumps(site)};", *(ASKED.format(name) for name in needed)]
    lines.append(f"let {', '.join(['answer', *kept])};")
    if any(call.page for call in calls):
        lines += ["", CSRF]
    for call in calls:
        lines += ["", f"// {call.label}", *_lines(call)]
    return "\n".join(lines)


def _lines(call: Call) -> list[str]:
    options = list(_options(call))
    if options:
        lines = [f"answer = await fetch({_url(call.path)}, {{", *(f"  {one}," for one in options), "});"]
    else:
        lines = [f"answer = await fetch({_url(call.path)});"]
    if call.keeps:
        taken = ", ".join(f"{name}: {name.upper()}" for name in call.keeps)
        return [*lines, f"({{ {taken} }} = await answer.json());"]
    return [*lines, f"console.log({'await answer.text()' if call.answers_json else 'answer.status'});"]


def _options(call: Call) -> Iterable[str]:
    if call.method != "GET":
        yield f'method: "{call.method}"'
    headers = []
    if call.json is not None:
        headers.append('"Content-Type": "application/json"')
    if call.bearer:
        headers.append(f'Authorization: "Bearer " + {_value(call.bearer)}')
    if call.page:
        headers.append(f'"X-CSRFToken": await csrf({_url(call.page)})')
    if headers:
        yield f"headers: {{ {', '.join(headers)} }}"
    if call.json is not None:
        yield f"body: JSON.stringify({_mapping(call.json)})"
    if call.form:
        yield f"body: new URLSearchParams({_mapping(call.form)})"
    if not call.takes_cookies:
        yield 'credentials: "omit"'


def _url(path: str) -> str:
    return "`${SITE}" + path.replace("{", "${") + "`"


def _value(value: Value) -> str:
    return value.name if isinstance(value, Var) else json.dumps(value)


def _mapping(values: Mapping[str, Value]) -> str:
    return "{ " + ", ".join(f"{name}: {_value(value)}" for name, value in values.items()) + " }"
