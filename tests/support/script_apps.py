"""Apps that run scripts, for tests of scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from taixu.app import App
from taixu.platform import HeadlessPlatform, InputEvent, PlatformPlugin
from taixu.scene import SHARED_COMPONENTS, Hierarchy, Name, Transform
from taixu.script import Script, ScriptHost, ScriptPlugin

__all__ = ["STEP", "MakeApp", "add", "host_of", "lines", "maker"]

STEP = 1 / 60
MakeApp = Callable[..., App]


def maker(folder: Path) -> MakeApp:
    """A function of script sources by name that gives an app with the project they are in."""

    def make(trust: bool = True, recording: Sequence[tuple[int, InputEvent]] = (), **sources: str) -> App:
        (folder / "scripts").mkdir(exist_ok=True)
        for name, source in sources.items():
            (folder / "scripts" / f"{name}.py").write_text(source)
        app = App()
        for cls in SHARED_COMPONENTS:
            app.register_component(cls)
        app.insert_resource(Hierarchy())
        app.add_plugin(PlatformPlugin(HeadlessPlatform(recording)))
        app.add_plugin(ScriptPlugin(folder, trust=trust))
        return app

    return make


def host_of(app: App) -> ScriptHost:
    """What runs an app's scripts."""
    return app.resource(ScriptHost)


def lines(app: App) -> list[str]:
    """What its scripts have said."""
    return [message.text for message in host_of(app).log.messages]


def add(app: App, name: str, script: str, **fields: object) -> int:
    """An entity with a script."""
    return app.world.spawn(Name(name), Transform(), Script(f"scripts/{script}.py", fields=fields))
