"""Where the user's own things lie: settings, keys and layouts; and what can be made again or must outlive a crash.

``TAIXU_HOME`` names one folder for all of it; without it they are where the platform keeps such things.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from taixu.assets.paths import cache_folder as _plain_cache

__all__ = ["cache_folder", "config_folder", "project_picture", "recovery_folder", "shown_path"]


def config_folder() -> Path:
    """Settings, key bindings, layouts; it need not exist."""
    named = os.environ.get("TAIXU_HOME")
    if named:
        return Path(named) / "config"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming")) / "taixu"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "taixu"
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "taixu"


def cache_folder() -> Path:
    """Thumbnails and other things that can be made again; it need not exist."""
    named = os.environ.get("TAIXU_HOME")
    return Path(named) / "cache" if named else _plain_cache()


def recovery_folder() -> Path:
    """Unsaved work of editors that run, or that ended without a word; it need not exist."""
    named = os.environ.get("TAIXU_HOME")
    if named:
        return Path(named) / "recovery"
    if sys.platform in ("win32", "darwin"):
        return config_folder() / "recovery"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "taixu" / "recovery"


def project_picture(path: Path) -> Path:
    """The file of the small picture that stands for a project or a world among the recent ones; it need not exist."""
    return cache_folder() / "projects" / f"{hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:24]}.jpg"


def shown_path(path: Path) -> str:
    """A path as people read it: short where it is below the user's own folder."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}".removesuffix("/.")
    except ValueError:
        return str(path)
