"""Where scripts and mods keep what is to last until the next session, for those who play: the user's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.defaults import App

__all__ = ["keep_between_sessions"]


def keep_between_sessions(app: App, world: Path) -> Path:
    """Let scripts and mods of the world that is open find what they kept; gives the folder.

    Runs that are to repeat do without: they begin with nothing, and leave nothing.
    """
    from taixu.assets.paths import find_sample
    from taixu.edit.project import open_project
    from taixu.mods.packages.user_files import user_folder
    from taixu.script.storage import Storage

    project, file = open_project(find_sample(world))
    folder = Storage.place(user_folder() / "storage", project.root, file.name.removesuffix(".json").removesuffix(".world"))
    app.resource(Storage).use(folder)
    return folder
