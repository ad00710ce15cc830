"""Find the source of an object or a setting: which file, which line, which text."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType

from django.conf import global_settings, settings
from django.utils.safestring import SafeString

from authdemo import settings as project
from authdemo.settings.env import BASE_DIR

from .highlight import highlighted

# More or less what Django's error pages hide, and settings with credentials of stores and of providers in them.
SECRET = re.compile(
    "API|TOKEN(?!S$)|KEY|SECRET|PASS|SIGNATURE|CREDENTIAL|DATABASE|CACHE|REDIS|URL|EMAIL_HOST"
    "|PROVIDERS|GITHUB|GOOGLE|OIDC|SIGN_IN_WITH"
)

# Python 3.11 parses for one thread at a time only; two at once get "AST constructor recursion depth mismatch"
# (https://github.com/python/cpython/issues/106905). A class opens the first page together.
_parser = threading.Lock()


class SecretSetting(Exception):
    """Asked for a setting that is never shown."""


@dataclass(frozen=True)
class Source:
    """A piece of a file. `first` is the number of its first line; `value` is what a computed setting is now."""

    name: str
    file: str
    first: int
    text: str
    value: str = ""

    @property
    def html(self) -> SafeString:
        """The text, highlighted, with its line numbers."""
        return highlighted(self.text, self.first)


@cache
def of_object(name: str) -> Source:
    """Return the source of a function, method or class named by its dotted path: what it wraps, where it is wrapped.

    Names come from our templates and `pages/`, never from a request: to resolve one imports its module.
    """
    target = resolve_name(name)
    if isinstance(target, property):
        target = target.fget
    target = inspect.unwrap(target)
    with _parser:
        lines, first = inspect.getsourcelines(target)
    return Source(name, shown_path(inspect.getfile(target)), first, "".join(lines))


def of_setting(name: str) -> Source:
    """Return the line that sets it, with the comment above, or Django's default. Raises SecretSetting."""
    if is_secret(name):
        raise SecretSetting(name)
    for module in (*reversed(_settings_modules()), global_settings):
        if found := _assignment(module, name):
            first, text = found
            return Source(name, shown_path(str(module.__file__)), first, text, _value(name, text))
    raise LookupError(name)


def is_secret(name: str) -> bool:
    """Say whether a setting may hold a secret: then neither its value nor its line is shown."""
    return bool(SECRET.search(name))


def shown_path(path: str) -> str:
    """Return a path from the project's folder or from site-packages: nothing of this machine."""
    parts = Path(path).resolve().parts
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return "/".join(("site-packages", *parts[parts.index(folder) + 1 :]))
    resolved = Path(path).resolve()
    return resolved.relative_to(BASE_DIR).as_posix() if resolved.is_relative_to(BASE_DIR) else resolved.name


def _settings_modules() -> list[ModuleType]:
    names = [name for name in list(sys.modules) if name.startswith(f"{project.__name__}.")]
    return [project, *(sys.modules[name] for name in names)]


@cache
def _assignment(module: ModuleType, name: str) -> tuple[int, str] | None:
    """Return the last assignment of this name at a module's top level, `if` and `else` included."""
    lines = inspect.getsource(module).splitlines(keepends=True)
    with _parser:
        parsed = ast.parse("".join(lines))
    found = [node for node in _statements(parsed.body) if name in _targets(node)]
    if not found:
        return None
    first, last = found[-1].lineno, found[-1].end_lineno
    while first > 1 and lines[first - 2].lstrip().startswith("# ") and not lines[first - 2].startswith("# ----"):
        first -= 1
    return first, "".join(lines[first - 1 : last])


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    flat: list[ast.stmt] = []
    for node in body:
        flat += _statements([*node.body, *node.orelse]) if isinstance(node, ast.If) else [node]
    return flat


def _targets(node: ast.stmt) -> list[str]:
    targets = (
        node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    )
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _value(name: str, text: str) -> str:
    """Return what a setting is now, where that is one word or number, and the line computes it."""
    value = getattr(settings, name)
    plain = isinstance(value, str | int | None) and "://" not in str(value)
    return repr(value) if plain and repr(value) not in text.replace('"', "'") else ""
