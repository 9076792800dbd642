"""The user's settings: a typed dataclass, kept as TOML in the user's own folder.

A value that is of the wrong type or out of range is set back to its default; a file that is no TOML is kept aside under
another name. Either is said in one sentence, and nothing the user wrote is lost.
"""

from __future__ import annotations

import logging
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu_editor.folders import config_folder

__all__ = ["SETTINGS_FILE", "Settings", "load_settings", "save_settings"]

_log = logging.getLogger(__name__)

SETTINGS_FILE = "editor.toml"
_MOST_BYTES = 1 << 20
_MOST_RECENT = 24
_MOST_TRUSTED = 1000


@dataclass(slots=True)
class Settings:
    """What a user has chosen.

    Attributes
    ----------
    interface_scale
        On top of the screen's own, 0.75 to 2.5.
    keys
        Shortcuts that differ from the preset's, by operation; empty text for none.
    recent
        Projects and worlds, the latest first; they may be gone by now.
    autosave_secs
        How often unsaved work is kept aside; at most every 30 s is lost by a crash.
    code_editor
        Command that opens a script, with ``{file}`` and ``{line}``; empty for the desktop's choice.
    """

    language: Literal["en", "zh-Hans"] = "en"
    theme: Literal["dark", "light"] = "dark"
    interface_scale: float = field(default=1.0, metadata={"range": (0.75, 2.5)})
    key_preset: Literal["taixu", "unity", "godot", "blender", "roblox"] = "taixu"
    keys: dict[str, str] = field(default_factory=dict)
    recent: list[str] = field(default_factory=list)
    autosave: bool = True
    autosave_secs: float = field(default=20.0, metadata={"range": (5.0, 30.0)})
    snap_move_m: float = field(default=0.25, metadata={"range": (0.001, 100.0)})
    snap_angle_deg: float = field(default=15.0, metadata={"range": (0.1, 180.0)})
    snap_scale: float = field(default=0.1, metadata={"range": (0.001, 10.0)})
    snap_to_grid: bool = True
    snap_surface: bool = False
    snap_align: bool = False
    snap_vertex: bool = False
    quality: Literal["full", "auto", "low", "medium", "high", "cinematic"] = "full"
    """What views are drawn with."""
    box_inside: bool = False
    """Whether boxes select only what is wholly inside."""
    box_through: bool = False
    """Whether boxes select what is hidden as well."""
    code_editor: str = ""
    project_folder: str = ""
    """Where new projects are made."""
    trusted: list[str] = field(default_factory=list)
    """Folders of projects whose scripts may run: those that were made here, and those that the user has said so of."""

    def remember(self, path: Path) -> None:
        """A project was opened: it is the first among the recent ones."""
        text = str(path.absolute())
        self.recent = [text, *(each for each in self.recent if each != text)][:_MOST_RECENT]

    def trust(self, root: Path) -> None:
        """A project's scripts may run from now on."""
        text = str(root.resolve())
        if text not in self.trusted:
            self.trusted = [text, *self.trusted][:_MOST_TRUSTED]

    def trusts(self, root: Path) -> bool:
        """Whether a project's scripts may run."""
        return str(root.resolve()) in self.trusted


def load_settings(folder: Path | None = None) -> tuple[Settings, str]:
    """The settings of a folder (by default the user's), and a sentence about what was wrong with them, or nothing."""
    file = (config_folder() if folder is None else folder) / SETTINGS_FILE
    try:
        if not file.is_file():
            return Settings(), ""
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        return Settings(), f"{file} cannot be read ({error.strerror}); the settings are the default ones"
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError("it is larger than 1 MB")
        raw = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        aside = _keep_aside(file)
        return Settings(), f"{file} is no TOML ({error}); it is kept as {aside.name}, and the settings are the default ones"
    settings, wrong = _read(raw)
    return settings, f"{file}: {', '.join(wrong)} cannot be as written and is as at first" if wrong else ""


def save_settings(settings: Settings, folder: Path | None = None) -> str:
    """Write settings, whole or not at all; gives a sentence where that failed, or nothing."""
    import tomlkit

    file = (config_folder() if folder is None else folder) / SETTINGS_FILE
    try:
        write_atomic(file, tomlkit.dumps(asdict(settings)))
    except TaixuError as error:
        _log.warning("settings are not saved: %s", error)
        return f"settings are not saved: {error}"
    return ""


def _keep_aside(file: Path) -> Path:
    for number in range(1, 1000):
        aside = file.with_name(f"{file.stem}.broken-{number}{file.suffix}")
        if not aside.exists():
            try:
                file.rename(aside)
            except OSError:
                return file
            return aside
    return file


def _read(raw: dict[str, Any]) -> tuple[Settings, list[str]]:
    settings, wrong, hints = Settings(), [], get_type_hints(Settings)
    for each in fields(Settings):
        if each.name not in raw:
            continue
        value = _fitting(hints[each.name], raw[each.name], each.metadata.get("range"))
        if value is None:
            wrong.append(each.name)
        else:
            setattr(settings, each.name, value)
    return settings, wrong


def _fitting(hint: Any, value: Any, limits: tuple[float, float] | None) -> Any:
    """The value where it is of its type and in its range, else None."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return value if value in args else None
    if origin is dict:
        is_table = isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)
        return dict(value) if is_table else None
    if origin is list:
        return list(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else None
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = limits or (float("-inf"), float("inf"))
        return float(value) if low <= value <= high else None
    return value if type(value) is hint else None
