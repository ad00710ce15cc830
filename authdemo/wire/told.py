"""Reports as they come: the shapes of the JSON at `/wire/reports/`, and nothing that is larger or of another shape."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

LONGEST = 2000  # characters
SLOWEST = 600_000  # milliseconds
MOST_NAMES = 60


class NoReport(ValueError):
    """The JSON has another shape than a report."""


@dataclass(frozen=True)
class Report:
    """One request at a provider and its answer. A value of None was not told: names only."""

    state: str
    host: str
    method: str
    path: str
    at: datetime
    milliseconds: float
    query: list[tuple[str, str | None]]
    fields: list[str]
    cookies: list[str]
    status: int
    location: str | None
    set_cookies: list[str]


@dataclass(frozen=True)
class AppReport(Report):
    """The same by somebody's app: what a browser has asked of it as a server, or what it has asked of us as a client.

    `form` and `answer` are the fields of the form that it sent and of the JSON that came back. `request_id` is the
    number that we have given to this call (`followed.py`), where we have. A status of 0: no answer came.
    """

    end: str
    authorization: str
    form: list[tuple[str, str | None]]
    answer: list[tuple[str, str | None]]
    request_id: uuid.UUID | None


PARTS, PARTS_OF_AN_APP = ({one.name for one in fields(kind)} for kind in (Report, AppReport))
SCHEMES = {"", "Basic", "Bearer"}
ENDS = {"server", "client"}


def read(data: Any) -> Report:
    """Return the report. Raises NoReport, or ValueError for a time or a number that is none."""
    if not isinstance(data, dict) or set(data) not in (PARTS, PARTS_OF_AN_APP):
        raise NoReport
    more = _of_an_app(data) if set(data) == PARTS_OF_AN_APP else None
    at = datetime.fromisoformat(_text(data["at"]))
    if at.tzinfo is None or not data["state"]:
        raise NoReport
    common = Report(
        state=_text(data["state"]),
        host=_text(data["host"]),
        method=_text(data["method"]),
        path=_text(data["path"]),
        at=at,
        milliseconds=_number(data["milliseconds"], SLOWEST),
        query=[_pair(one) for one in _list(data["query"])],
        fields=_names(data["fields"]),
        cookies=_names(data["cookies"]),
        status=int(_number(data["status"], 599)),
        location=None if data["location"] is None else _text(data["location"]),
        set_cookies=_names(data["set_cookies"]),
    )
    return common if more is None else AppReport(**vars(common), **more)


def _of_an_app(data: dict[str, Any]) -> dict[str, Any]:
    end, scheme, number = _text(data["end"]), _text(data["authorization"]), data["request_id"]
    if end not in ENDS or scheme not in SCHEMES:
        raise NoReport
    pairs = {name: [_pair(one) for one in _list(data[name])] for name in ("form", "answer")}
    number = None if number is None else uuid.UUID(_text(number))
    return {"end": end, "authorization": scheme, "request_id": number} | pairs


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise NoReport
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise NoReport
    return value


def _names(value: Any) -> list[str]:
    return [_text(one) for one in _list(value)]


def _number(value: Any, most: int) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:  # NaN is in no range
        raise NoReport
    return value


def _pair(value: Any) -> tuple[str, str | None]:
    if not isinstance(value, list) or len(value) != 2:
        raise NoReport
    return _text(value[0]), None if value[1] is None else _text(value[1])
