"""What the log looks like: sentences for people, or one JSON object a line for programs that gather logs."""

from __future__ import annotations

import json
import logging
import time

__all__ = ["JsonFormatter", "log_as_json"]


class JsonFormatter(logging.Formatter):
    """``{"time": "2026-05-01T08:00:00.250Z", "level": "warning", "logger": "taixu.serve.door", "message": "..."}``"""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        said = {
            "time": f"{moment}.{int(record.msecs):03d}Z", "level": record.levelname.lower(), "logger": record.name,
            "message": record.getMessage(),
        }  # fmt: skip
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def log_as_json() -> None:
    """Have the engine's log in JSON from now on, on standard error; what is only of interest then, too."""
    engine = logging.getLogger("taixu")
    for handler in engine.handlers:
        handler.setFormatter(JsonFormatter())
    for name in ("taixu.serve", "taixu.twin"):
        logging.getLogger(name).setLevel(logging.INFO)
