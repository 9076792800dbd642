"""Texts of scripts that are written and not saved, kept aside, so that a crash takes at most the last seconds of them.

One small file a script, in the user's own folder; it goes when the script is saved, or its text is given up.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu_editor.folders import recovery_folder

__all__ = ["draft_of", "drafts_below", "drop_draft", "keep_draft"]

_log = logging.getLogger(__name__)
_MOST_BYTES = 8 << 20
_MOST_FILES = 200


def keep_draft(file: Path, text: str) -> None:
    """Keep a script's text aside; where that fails, the log says so and the work goes on."""
    try:
        write_atomic(_place(file), json.dumps({"file": str(file.absolute()), "text": text}))
    except (TaixuError, OSError) as error:
        _log.warning("the unsaved text of %s cannot be kept aside: %s", file.name, error)


def drop_draft(file: Path) -> None:
    """The text is saved, or not wanted."""
    try:
        _place(file).unlink(missing_ok=True)
    except OSError as error:
        _log.warning("what was kept aside of %s stays: %s", file.name, error)


def draft_of(file: Path) -> str | None:
    """The text that was kept aside, or None."""
    found = _read(_place(file))
    return found[1] if found is not None and found[0] == file.absolute() else None


def drafts_below(root: Path) -> list[Path]:
    """Scripts of a project that have one, sorted."""
    folder = _folder()
    files = sorted(folder.glob("*.json"))[:_MOST_FILES] if folder.is_dir() else []
    found = [known[0] for file in files if (known := _read(file)) is not None]
    return sorted(file for file in found if file.is_relative_to(root.absolute()) and file.is_file())


def _folder() -> Path:
    return recovery_folder().parent / "drafts"


def _place(file: Path) -> Path:
    return _folder() / f"{hashlib.sha256(str(file.absolute()).encode()).hexdigest()[:24]}.json"


def _read(place: Path) -> tuple[Path, str] | None:
    try:
        if not place.is_file() or place.stat().st_size > _MOST_BYTES:
            return None
        known = json.loads(place.read_text(encoding="utf-8"))
        file, text = known["file"], known["text"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return (Path(file), text) if isinstance(file, str) and isinstance(text, str) else None
