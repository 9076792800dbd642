"""Worlds with mods in them, for tests of the engine's side."""

from __future__ import annotations

from typing import Any

from native_box import open_natively

from taixu.app import App
from taixu.mods.grants import Grants
from taixu.mods.host import ModHost, OpenBox
from taixu.mods.loaded import LoadedMod
from taixu.mods.plugin import ModPlugin
from taixu.physics import PHYSICS_COMPONENTS
from taixu.platform import PlatformPlugin
from taixu.scene.plugin import ScenePlugin
from taixu.script import ScriptPlugin

__all__ = ["STEP", "add_mod", "hosts", "mod_app", "mod_lines"]

STEP = 1 / 60


def mod_app(open_in: OpenBox | None = open_natively, *, wait: bool = True, **plugin: Any) -> App:
    """An app with scene, scripts and mods."""
    app = App()
    for made in (PlatformPlugin(), ScenePlugin(), ScriptPlugin(**plugin), ModPlugin(open_in, wait=wait)):
        app.add_plugin(made)
    for cls in PHYSICS_COMPONENTS:
        app.register_component(cls)
    return app


def hosts(app: App) -> ModHost:
    """What runs its mods."""
    return app.resource(ModHost)


def add_mod(app: App, source: str, name: str = "a.mod", **grants: Any) -> LoadedMod:
    """Load a mod with grants by name."""
    return hosts(app).load(name, {"main.py": source}, grants=Grants.of(**grants))


def mod_lines(app: App) -> list[str]:
    """What mods, and the engine about them, have said."""
    return [message.text for message in hosts(app).log.messages]
