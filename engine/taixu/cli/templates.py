"""Templates that projects are made from: folders to copy, Taixu's own and those that plugins offer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Template", "find_templates"]


@dataclass(frozen=True)
class Template:
    """A project folder to copy.

    Attributes
    ----------
    summary
        What it is, in half a line.
    folder
        Where it lies; ``taixu.toml`` and all beside it are copied.
    command
        What one does with it first: "run" plays it, "serve" feeds it by devices.
    """

    summary: str
    folder: Path
    command: Literal["run", "serve"] = "run"


def find_templates() -> dict[str, Template]:
    """All templates by name: Taixu's, then those in the attribute ``templates`` of installed plugins."""
    from taixu.app import find_plugins, load_plugin
    from taixu.assets.paths import data_path
    from taixu.errors import TaixuError

    templates = data_path("assets") / "templates"
    found = {
        "playground": Template("a sunlit toy box of a few hundred bodies", data_path("samples") / "playground"),
        "empty": Template("a floor, a sun and a camera", templates / "empty"),
        "factory": Template("two presses that devices feed, to begin a twin with", templates / "factory", "serve"),
    }
    for point in find_plugins():
        try:
            offered = getattr(load_plugin(point), "templates", {})
        except TaixuError:
            continue  # `taixu --help` and `taixu info` name plugins that do not load
        for name, template in offered.items():
            found.setdefault(name, template)
    return found
