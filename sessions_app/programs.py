"""Which browser or program a `User-Agent` header names, and on which system: by the tables of `ua-parser`.

The header can hold anything, a password too, and some patterns of the library hand its text through as the name
(`AnythingYouLike-bot/1.0`). So a name counts only where the library's own table has it in so many words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Protocol

from ua_parser import load_lazy_builtins, parse_os, parse_user_agent

LONGEST = 500  # characters that are looked at; each of some hundred patterns reads them
OTHER = "unknown program"
GROUP = re.compile(r"\(([^()]*)\)")  # an innermost group of a pattern
WORDS = re.compile(r"[A-Za-z][\w .!-]*")  # an alternative in it that is plain text


class _Matcher(Protocol):
    family: str  # "$1" where it is what the pattern's first group has matched

    @property
    def regex(self) -> str: ...


def program(user_agent: str) -> str:
    """Return "Firefox on Linux", "curl", "unknown program", or "" for an empty header."""
    if not user_agent:
        return ""
    text = user_agent[:LONGEST]
    name, system = parse_user_agent(text), _system(text)
    shown = name.family if name and name.family in _names()[0] else OTHER
    return f"{shown} on {system}" if system else shown


def _system(text: str) -> str:
    try:
        found = parse_os(text)
    except ValueError:  # a pattern that matched without the group that its name is taken from
        return ""
    return found.family if found and found.family in _names()[1] else ""


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of programs and of systems in the library's table."""
    programs, systems, _ = load_lazy_builtins()
    return _named(programs), _named(systems)  # type: ignore[arg-type]  # its classes are wider than their base


def _named(matchers: Iterable[_Matcher]) -> frozenset[str]:
    names: set[str] = set()
    for matcher in matchers:
        if "$" not in matcher.family:
            names.add(matcher.family)
        elif matcher.family == "$1":
            alternatives = "|".join(GROUP.findall(matcher.regex)).split("|")
            names.update(words for words in alternatives if WORDS.fullmatch(words))
    return frozenset(names)
