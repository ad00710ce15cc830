"""Log lines as JSON, without anything that could be a credential."""

from __future__ import annotations

import json
import logging
import re
import time

QUERY = re.compile(r"\?[^\s\"']*")


class WithoutQueryString(logging.Filter):
    """Cut query strings out of messages: an authorization code or a state may be in them (RFC 9700 §4.3.1)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; never drop it."""
        record.msg = QUERY.sub("?…", record.getMessage())
        record.args = ()
        return True


class JSONFormatter(logging.Formatter):
    """One JSON object a line; `extra={"fields": {…}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Times are UTC, RFC 3339."""
        entry: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= getattr(record, "fields", {})
        if record.exc_info:
            entry["exception"] = QUERY.sub("?…", self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)
