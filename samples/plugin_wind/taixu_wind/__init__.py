"""Wind: an example of a plugin for Taixu, in a package of its own.

It adds each kind of thing that a plugin can: a component with its system (`sway`), a pass of the renderer (`haze`), an
importer (`grass`), a generator (`ripples`) and a command (`meadow`). Nothing in Taixu names it: an entry point in
``pyproject.toml`` does.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from taixu.app import App, Stage
from taixu.assets import Importers
from taixu.cli import Command
from taixu.generate import Generator
from taixu.render import Renderer, RenderFeatures
from taixu_wind.haze import Haze
from taixu_wind.meadow import Meadow
from taixu_wind.ripples import Ripples
from taixu_wind.sway import Sway, sway

__all__ = ["Sway", "WindPlugin"]


class WindPlugin:
    """What the entry point names. `commands` is for the command line, `generators` for whoever makes things, `build` for apps."""

    generators: ClassVar[tuple[type[Generator], ...]] = (Ripples,)
    commands: ClassVar[dict[str, Command]] = {"meadow": Meadow()}

    def build(self, app: App) -> None:
        """Add everything to an app."""
        app.register_component(Sway)
        app.add_system(Stage.UPDATE, sway)
        app.resource(Importers).register(".grass", "taixu_wind.grass:read_grass", isolated=False)
        app.resource(RenderFeatures).add(_make_haze)


def _make_haze(renderer: Renderer) -> Haze:
    renderer.device.shaders.add_root(Path(__file__).parent / "shaders")
    return Haze()
