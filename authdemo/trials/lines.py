"""The line that decided: found in the source as it runs here, so it is never told from memory."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from authdemo.sourcecode.registry import ENGINE
from authdemo.sourcecode.source import of_object, of_setting


@dataclass(frozen=True)
class Line:
    """A line: in the source of `name` (or the line that sets the setting `name`) the first that contains `text`."""

    name: str
    text: str
    why: str
    setting: bool = False


@dataclass(frozen=True)
class Found:
    """Where it stands now. `object_name` and `setting_name` are for `{% code %}`: one of them is empty."""

    file: str
    number: int
    text: str
    why: str
    object_name: str = ""
    setting_name: str = ""


def find(line: Line) -> Found:
    """Return the line with its file and number. Raises LookupError where the source no longer has it."""
    name = line.name.replace(ENGINE, f"{settings.SESSION_ENGINE}.")
    source = of_setting(name) if line.setting else of_object(name)
    for number, text in enumerate(source.text.splitlines(), source.first):
        if line.text in text:
            shown = {"setting_name": name} if line.setting else {"object_name": name}
            return Found(source.file, number, text.strip(), line.why, **shown)
    raise LookupError(f"{name} has no line with {line.text}")
