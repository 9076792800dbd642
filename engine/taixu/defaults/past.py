"""Apps for moments of a recording: the recorded project's files, and a world to be filled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.defaults.projects import enter_project
from taixu.edit import WorldSettings, read_project

if TYPE_CHECKING:
    from taixu.defaults.app import App

__all__ = ["enter_recording", "open_past"]


def enter_recording(app: App, about: Mapping[str, Any], *, project: Path | None = None) -> list[str]:
    """Make an app find a recording's files where they were, or in `project`; its scripts never run.

    Parameters
    ----------
    about
        What the recording says of itself.

    Returns
    -------
    list
        What is missing, in sentences.
    """
    notes: list[str] = []
    root = project or Path(str(about.get("project", "")))
    if project is not None or (root.parts and (root / "taixu.toml").is_file()):
        enter_project(app.world, read_project(root), trust=False)
    elif root.parts:
        notes.append(f"the project {root} is not there any more; say with --project where its files are")
    said = about.get("settings")
    app.resource(WorldSettings).values.update(said if isinstance(said, dict) else {})
    return notes


def open_past(about: Mapping[str, Any], *, project: Path | None = None) -> App:
    """An app with an empty world that moments of a recording can be brought back into."""
    from taixu.defaults.app import App
    from taixu.twin.plugin import TwinPlugin

    app = App.headless(trust=False, plugins=(TwinPlugin(),))
    app.clock.paused = True
    enter_recording(app, about, project=project)
    return app
