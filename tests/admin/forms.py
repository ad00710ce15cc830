"""What a browser sends when a form of the admin is submitted: whatever the page has in it, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

Data = dict[str, list[str]]


@dataclass
class Form:
    """One form: its fields as they are, and its buttons, which are sent only where they are pressed."""

    id: str = ""
    action: str = ""
    data: Data = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)  # of a select: text of an option to its value
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)  # text to name and value


class Forms(HTMLParser):
    """The forms of a page that are sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._in: Form | None = None
        self._select, self._option, self._text = "", "", ""
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in = Form(has.get("id", ""), has.get("action", "")) if has.get("method") == "post" else None
            self.found += [self._in] if self._in else []
        elif self._in is not None:
            self._field(tag, has)

    def _field(self, tag: str, has: dict[str, str]) -> None:
        assert self._in is not None
        name, value, kind = has.get("name", ""), has.get("value", ""), has.get("type", "text")
        if tag == "input" and kind == "submit":
            self._in.buttons[value] = (name, value)
        elif tag == "button":
            self._text, self._option = "", value
            self._in.buttons[f"{name}={value}"] = (name, value)
        elif tag == "input" and (kind not in {"checkbox", "radio"} or "checked" in has) and name:
            self._in.data.setdefault(name, []).append(value or ("on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select = name
            self._in.choices[name] = {}
        elif tag == "option":
            self._option, self._text = value, ""
            if "selected" in has:
                self._in.data.setdefault(self._select, []).append(value)

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if self._in is None:
            return
        if tag == "option":
            self._in.choices[self._select][self._text.strip()] = self._option
        elif tag == "textarea":
            self._in.data.setdefault(self._area, []).append(self._text.strip())
        elif tag == "form":
            self._in = None


def form_of(page: str, has: str) -> Form:
    """Return the one form on a page that has this id, or this button."""
    [found] = [form for form in Forms(page).found if has == form.id or has in form.buttons]
    return found


def press(browser: Client, path: str, button: str, **typed: Any) -> Any:
    """Open a page, type, press a button, and return the answer. None takes a field out, as unticking does."""
    page = browser.get(path)
    assert page.status_code == 200, (path, page.status_code)
    form = form_of(page.content.decode(), button)
    return browser.post(form.action or path, filled(form, button, typed))


def act(browser: Client, path: str, action: str, *keys: Any, sure: str = "Yes, I’m sure") -> Any:
    """Tick rows of a list, choose an action by its text, go, and say yes where the next page asks."""
    form = form_of(browser.get(path).content.decode(), "changelist-form")
    data = form.data | {"action": [form.choices["action"][action]], "_selected_action": [str(key) for key in keys]}
    answer = browser.post(path, data | {"index": ["0"]})
    if answer.status_code != 200:
        return answer
    asked = form_of(answer.content.decode(), sure)
    return browser.post(path, filled(asked, sure, {}))


def filled(form: Form, button: str, typed: dict[str, Any]) -> Data:
    name, value = form.buttons[button]
    data = form.data | ({name: [value]} if name else {})
    data |= {key: [str(text)] for key, text in typed.items() if text is not None}
    return {key: values for key, values in data.items() if key not in typed or typed[key] is not None}
