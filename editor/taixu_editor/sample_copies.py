"""Samples belong to Taixu: who opens one works in a copy of their own, and what is installed stays as it was shipped."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.edit.project import MANIFEST
from taixu.errors import TaixuError
from taixu_editor.assets.moving import free_path
from taixu_editor.dialogs import Choice
from taixu_editor.folders import shown_path
from taixu_editor.mods.own import agree_to_own
from taixu_editor.shipped import is_installed

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["copy_sample", "open_sample", "own_copy"]

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "out", ".taixu")


def open_sample(window: EditorWindow, folder: Path) -> None:
    """Open one's own copy of a sample; where there is one already, it is asked whether that or a fresh one is meant."""
    home, t = _home(window), window.t
    there = home / folder.name

    def fresh() -> None:
        window.open(copy_sample(window, folder))

    if not (there / MANIFEST).is_file():
        fresh()
        return
    window.shell.dialogs.ask(
        t("You have a copy of this sample"), shown_path(there), Choice("Open it", partial(window.open, there)),
        Choice("Cancel", lambda: None), Choice("Fresh copy", fresh),
    )  # fmt: skip


def own_copy(window: EditorWindow, path: Path) -> Path:
    """What is to be opened in place of a path: of an installed sample, the user's copy, made where there is none yet."""
    if not is_installed(path):
        return path
    folder = next((each for each in (path, *path.parents) if (each / MANIFEST).is_file()), None)
    if folder is None:
        return path
    there = _home(window) / folder.name
    copy = there if (there / MANIFEST).is_file() else copy_sample(window, folder)
    return copy / path.relative_to(folder)


def copy_sample(window: EditorWindow, folder: Path) -> Path:
    """Copy a sample among the user's projects, whole or not at all; its scripts may run, as they may where it lies.

    Raises
    ------
    TaixuError
        When it cannot be written.
    """
    home = _home(window)
    target = home / free_path(home, folder.name)
    part = target.with_name(f".{target.name}.part")
    try:
        home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(folder, part, ignore=_LEFT_OUT)
        part.rename(target)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(part, ignore_errors=True)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise TaixuError(f"{target}: the sample cannot be copied there ({reason}); choose another folder in the settings") from None
    window.shell.trust.give(target)
    agree_to_own(target / "mods")
    window.shell.toasts.say(window.t("This is your copy: {path}", path=shown_path(target)), "success")
    return target


def _home(window: EditorWindow) -> Path:
    """Where the user's projects are made."""
    chosen, named = window.shell.settings.project_folder, os.environ.get("TAIXU_HOME")
    return Path(chosen) if chosen else Path(named) / "projects" if named else Path.home() / "Taixu"
