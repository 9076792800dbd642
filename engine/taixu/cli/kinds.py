"""What a path is, by its name: a project, a document, a model, a picture, a sound."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.assets.importers import Importers
    from taixu.defaults import App

__all__ = ["find_importers", "kind_of", "make_app"]

_DOCUMENTS = {".world.json": "world", ".prefab.json": "prefab"}


def kind_of(path: Path) -> str | None:
    """``project``, ``mod``, ``recording``, ``world``, ``prefab``, ``model``, ``image`` or ``audio``; None for anything else."""
    name = path.name.lower()
    if name == "recording.json" or (path / "recording.json").is_file():
        return "recording"
    is_folder_of_mod = (path / "mod.toml").is_file() and not (path / "taixu.toml").is_file()
    if name == "mod.toml" or name.endswith(".zip") or is_folder_of_mod:
        return "mod"
    if path.is_dir() or name == "taixu.toml":
        return "project"
    for ending, kind in _DOCUMENTS.items():
        if name.endswith(ending):
            return kind
    importers = find_importers()
    kinds = (kind for kind in ("model", "image", "audio") if path.suffix.lower() in importers.suffixes(kind))
    return next(kinds, None)


@cache
def find_importers() -> Importers:
    """The importers of this installation: Taixu's, and those that plugins add to an app."""
    from taixu.app import find_plugins
    from taixu.assets.importers import Importers

    return make_app().resource(Importers) if find_plugins() else Importers()


@cache
def make_app() -> App:
    """An app to ask what is known here: components, migrations, importers. It is never run."""
    from taixu.defaults import App

    return App.headless()
