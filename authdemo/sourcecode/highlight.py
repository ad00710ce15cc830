"""Highlight Python with the tokenizer of the standard library: keywords, strings, comments, numbers, names defined."""

from __future__ import annotations

import io
import keyword
import textwrap
import tokenize
from collections.abc import Iterator
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

KINDS = {tokenize.STRING: "s", tokenize.COMMENT: "c", tokenize.NUMBER: "n"}
# Python 3.12 and later take an f-string apart.
KINDS |= {
    getattr(tokenize, name): "s"
    for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(tokenize, name)
}


def highlighted(text: str, first: int) -> SafeString:
    """Return the text as HTML, a span for each line with its number, without the indentation that all lines share.

    The number is in an attribute: it is shown by the style sheet, and not copied with the code.
    """
    lines = textwrap.dedent(text).splitlines()
    kinds = _kinds(lines)
    rows = ((first + index, _row(line, kinds[index])) for index, line in enumerate(lines))
    return format_html_join("\n", '<span class="line" data-line="{}">{}</span>', rows)


def _row(line: str, kinds: list[str]) -> SafeString:
    pieces: list[SafeString] = []
    at = 0
    for kind, group in groupby(kinds):
        end = at + len(list(group))
        pieces.append(format_html('<span class="{}">{}</span>' if kind else "{1}", kind, line[at:end]))
        at = end
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _kinds(lines: list[str]) -> list[list[str]]:
    """Return the kind of each character, line by line. A wrong guess costs a colour, never a character."""
    kinds = [[""] * len(line) for line in lines]
    for kind, (row, column), (last_row, last_column) in _spans(lines):
        for index in range(row, last_row + 1):
            start = column if index == row else 0
            end = min(last_column if index == last_row else len(lines[index]), len(lines[index]))
            kinds[index][start:end] = [kind] * (end - start)
    return kinds


def _spans(lines: list[str]) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            kind = KINDS.get(token.type, "")
            if token.type == tokenize.NAME:
                kind = "k" if keyword.iskeyword(token.string) else "d" if before in {"def", "class"} else ""
                before = token.string
            if kind:
                yield kind, (token.start[0] - 1, token.start[1]), (token.end[0] - 1, token.end[1])
    except (tokenize.TokenError, IndentationError):  # a piece cut out of its file: what was read so far is coloured
        return
