"""What a client needs of a page: its forms, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

MOST = 250  # characters of what a page says
SAID = ("h1", "p")


@dataclass
class Form:
    """A form: where it goes, its fields, its buttons (their texts and values)."""

    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)

    def sent(self, **more: str) -> dict[str, list[str]]:
        """Return what a browser sends: the hidden fields, and what is typed or pressed."""
        data: dict[str, list[str]] = {}
        for name, value in self.fields:
            data.setdefault(name, []).append(value)
        return data | {name: [value] for name, value in more.items()}


class Page(HTMLParser):
    """Forms, heading and paragraphs of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[tuple[str, str]] = []
        self._open = ""
        self._main = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take forms and their fields; begin a text."""
        found = {name: value or "" for name, value in attrs}
        self._main = self._main or tag == "main"
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        elif tag == "input" and self.forms and found.get("type") == "hidden":
            self.forms[-1].fields.append((found.get("name", ""), found.get("value", "")))
        elif tag in SAID and self._main:
            self._open = tag
            self.texts.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """End a text."""
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        """Take the text."""
        if self._open:
            tag, text = self.texts[-1]
            self.texts[-1] = (tag, text + data)

    @property
    def says(self) -> str:
        """The heading, and the first sentence of each of the two paragraphs after it."""
        texts = [" ".join(text.split()) for _, text in self.texts]
        heading = next((number for number, (tag, _) in enumerate(self.texts) if tag == "h1"), 0)
        sentences = [text.partition(". ")[0].rstrip(".") for text in texts[heading : heading + 3] if text]
        return _shortened("".join(f"{sentence}. " for sentence in sentences).strip())

    def form_with(self, name: str) -> Form | None:
        """Return the form that has this hidden field."""
        return next((form for form in self.forms if any(key == name for key, _ in form.fields)), None)


def _shortened(text: str) -> str:
    return text if len(text) <= MOST else text[: MOST - 1].rpartition(" ")[0] + " …"
