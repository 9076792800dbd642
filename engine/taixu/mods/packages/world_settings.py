"""Which mods run in which world: ``"mods"`` in the settings of the world's document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["SETTINGS", "is_enabled", "set_enabled", "settings_of"]

SETTINGS = "mods"
_MAX_BYTES = 64 << 20


def is_enabled(id: str, settings: Mapping[str, Any], *, usual: bool = True) -> bool:
    """Whether a mod runs in a world.

    Parameters
    ----------
    settings
        ``{"enabled": [ids], "disabled": [ids]}``; what a world names neither way runs as `usual` says.
    """
    for name, answer in (("disabled", False), ("enabled", True)):
        listed = settings.get(name, [])
        if isinstance(listed, list) and id in listed:
            return answer
    return usual


def settings_of(world: Path) -> dict[str, Any]:
    """What a world's file says of mods.

    Raises
    ------
    TaixuError
        When it is no world.
    """
    found = _document(world).settings.get(SETTINGS, {})
    return dict(found) if isinstance(found, dict) else {}


def set_enabled(world: Path, id: str, enabled: bool) -> None:
    """Write into a world's file that a mod runs there, or does not; the rest of it stays.

    Raises
    ------
    TaixuError
        When it is no world, or cannot be written.
    """
    from taixu.assets.atomic import write_atomic
    from taixu.edit.document import format_document

    document = _document(world)
    found = document.settings.get(SETTINGS, {})
    settings = dict(found) if isinstance(found, dict) else {}
    for name, holds in (("enabled", enabled), ("disabled", not enabled)):
        listed = settings.get(name, [])
        ids = {each for each in listed if isinstance(each, str)} if isinstance(listed, list) else set()
        settings[name] = sorted(ids | {id} if holds else ids - {id})
    document.settings[SETTINGS] = {name: listed for name, listed in settings.items() if listed}
    write_atomic(world, format_document(document))


def _document(world: Path) -> Any:
    from taixu.assets.paths import read_bytes
    from taixu.edit.document import parse_document

    return parse_document(read_bytes(world, max_bytes=_MAX_BYTES), file=str(world), kind="world")
