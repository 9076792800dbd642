"""What a file's importer can be told: the keyword parameters of its function, and their defaults."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

from taixu.assets import Importers
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from collections.abc import Callable

    from taixu.ecs import World
    from taixu_editor.assets.index import Asset

__all__ = ["importer_settings"]

_IMPORTED = {"model": "model", "texture": "image", "sky": "image", "sound": "audio"}
_GIVEN = frozenset({"root", "name"})
_SIMPLE = (bool, int, float, str)


def importer_settings(world: World, asset: Asset) -> dict[str, Any]:
    """Settings by name with their defaults; none where nobody reads such files, or there is nothing to be told."""
    kind = _IMPORTED.get(asset.kind)
    if kind is None or not world.has_resource(Importers):
        return {}
    try:
        importer = world.resource(Importers).find(asset.path, kind)
        return dict(_settings_of(importer.find()))
    except (TaixuError, ImportError, AttributeError):
        return {}


@cache
def _settings_of(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return {}
    return {
        each.name: each.default
        for each in parameters
        if each.kind == each.KEYWORD_ONLY and each.name not in _GIVEN and type(each.default) in _SIMPLE
        and not each.name.startswith("max_")
    }  # fmt: skip
