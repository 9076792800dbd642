"""Results into the project: copied with their sidecars to a folder of its assets, under a good name."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.errors import TaixuError
from taixu_editor.generating.kinds import kind_named
from taixu_editor.generating.naming import free_name, name_of

if TYPE_CHECKING:
    from taixu.edit import Project
    from taixu.generate import Generators
    from taixu_editor.generating.history import Entry

__all__ = ["keep_files", "kept_files"]


def kept_files(project: Project, entry: Entry) -> tuple[str, ...]:
    """Its files in the project, if they still are there."""
    try:
        return entry.kept if entry.kept and all(project.file(path).is_file() for path in entry.kept) else ()
    except TaixuError:
        return ()


def keep_files(
    project: Project, generators: Generators, entry: Entry, *, folder: str = "", name: str = ""
) -> tuple[str, ...]:
    """Copy a result's files into the project, each with its sidecar; gives their paths there, the main one first.

    It may take a while, and touches nothing but files.

    Raises
    ------
    TaixuError
        When the result is no longer in the cache, or the folder cannot be written; nothing is there then.
    """
    from taixu.generate.cache import fetch_result
    from taixu.generate.order import settle
    from taixu.generate.placing import Place, lay_out, remove_laid, take_places

    files = fetch_result(entry.key)
    if not files:
        raise TaixuError(f"the files of {entry.label!r} are no longer in the cache; make it again, which gives the same")
    target = project.file(folder or kind_named(entry.makes).folder)
    stem = free_name(target, name or name_of(entry.wish.prompt, entry.wish.generator))
    project.file(project.path_of(target / f"{stem}{files[0].path.suffix}"))
    generator = generators.find(entry.wish.generator, model=entry.wish.model)
    order = entry.wish.order(project)
    place = Place(target, stem, f"{os.getpid()}-{secrets.token_hex(6)}")
    try:
        laid = lay_out(place, files, order, settle(generator, order), generator.licence)
        take_places(laid.moves)
    finally:
        remove_laid(place)
    return tuple(project.path_of(Path(file)) for file in laid.files)
