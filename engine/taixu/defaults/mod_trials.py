"""A mod that nobody has agreed to yet, tried: in the box, in a copy of a world, for some steps; what it did is told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError

__all__ = ["Trial", "try_mod", "try_mod_as_data"]

TICKS = 240
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a mod.

    Attributes
    ----------
    error
        Why it could not be loaded; empty where it could.
    fault
        Why it was stopped; empty where it was not.
    spawned
        How many entities it made.
    refused
        How many of its orders were refused; `log` says which.
    texts, log
        What it shows on the screen at the end; what it, and the engine about it, has said.
    """

    ticks: int = 0
    error: str = ""
    fault: str = ""
    spawned: int = 0
    orders: int = 0
    refused: int = 0
    traps: int = 0
    milliseconds: float = 0.0
    memory_mb: float = 0.0
    texts: tuple[str, ...] = ()
    log: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it ran, to the end, with nothing refused."""
        return not (self.error or self.fault or self.refused or self.traps)

    def __str__(self) -> str:
        if self.error:
            return f"it was not tried: {self.error}"
        told = f"ran {self.ticks} steps in the box: {self.spawned} entities made, {self.orders} orders, {self.refused} refused"
        return f"{told}; {'it was stopped: ' + self.fault if self.fault else f'{self.milliseconds:g} ms a step'}"


def try_mod(
    files: Mapping[str, str], world: Path | None = None, *, ticks: int = TICKS, seed: int = 0,
    progress: Callable[[float], object] = lambda done: None,
) -> Trial:  # fmt: skip
    """Run a mod in a world that is read anew and thrown away.

    Parameters
    ----------
    files
        The mod's files by name.
    world
        A project or a world; a bare stage (ground, sky, sun, a player) by default. None of its scripts and mods run.
    """
    from taixu.defaults.app import App
    from taixu.mods.host import ModHost
    from taixu.mods.packages.package import read_package
    from taixu.mods.packages.project_mods import Loadable
    from taixu.mods.playing import ModsPlugin, missing_box
    from taixu.script.widgets import Widgets

    lacking = missing_box()
    if lacking:
        return Trial(error=lacking)
    plugin = ModsPlugin()
    try:
        with tempfile.TemporaryDirectory() as folder, App.headless(seed=seed, trust=False, plugins=(plugin,)) as app:
            for name, text in files.items():
                (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
            package = read_package(Path(folder))
            if world is not None:
                app.open(world, trust=False, mods=False)
            else:
                _furnish(app)
            refused = plugin.load(app.world, (Loadable(package, package.manifest.capabilities, None),))
            if package.id in refused:
                return Trial(error=refused[package.id])
            app.run(ticks=ticks, progress=lambda done, total: _tell(progress, done, total))
            host = app.resource(ModHost)
            mod = host.mods[package.id]
            lines = [f"{line.level}: {line.text}" for line in host.log.messages if line.script.startswith(f"{package.id}/")]
            texts = [widget.text for widget in app.resource(Widgets).of_screen() if widget.owner == mod.name and widget.text]
            micros = sorted(mod.cost.recent_micros)
            return Trial(
                app.clock.ticks, "", mod.fault, len(mod.spawned), mod.cost.orders, mod.cost.refused, mod.cost.traps,
                round(micros[len(micros) // 2] / 1000, 3) if micros else 0.0, round(mod.cost.memory_bytes / (1 << 20), 1),
                tuple(texts[:_MOST_LINES]), tuple(lines[-_MOST_LINES:]),
            )  # fmt: skip
    except TaixuError as error:
        return Trial(error=str(error))


def try_mod_as_data(files: Mapping[str, str], world: str, ticks: int, progress: Callable[..., None]) -> dict[str, Any]:
    """The same for a worker process."""
    return asdict(try_mod(files, Path(world) if world else None, ticks=ticks, progress=progress))


def _tell(progress: Callable[[float], object], done: int, total: int) -> None:
    progress(done / max(total, 1))


def _furnish(app: Any) -> None:
    """Something to be in, for a mod without a world."""
    from taixu.physics import Collider, RigidBody
    from taixu.scene import Camera, Environment, Light, Material, Shape

    spawn = app.scene.spawn
    spawn("Ground", Shape(size=(60, 1, 60)), Collider(size=(60, 1, 60)), Material(base_color=(0.2, 0.3, 0.15, 1)),
        position=(0, -0.5, 0))
    spawn("Player", Shape(kind="capsule", size=(0.6, 1.8, 0.6)), Material(), RigidBody(kind="kinematic"), position=(0, 0.9, 0))
    spawn("Sky", Environment())
    spawn("Sun", Light(kind="directional", intensity=3.0))
    spawn("Camera", Camera(), position=(0, 3, 8))
