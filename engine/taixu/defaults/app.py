"""`App` as programs see it: every part of the engine plugged in, worlds opened by path, pictures on demand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from taixu import app as base
from taixu import ecs
from taixu.app import Plugin, find_plugins, load_plugin
from taixu.assets.paths import find_sample
from taixu.defaults.drawing import Drawing
from taixu.defaults.mods import Mods
from taixu.defaults.projects import ProjectPlugin, is_trusted, open_world, save_world
from taixu.defaults.world import World
from taixu.errors import TaixuError, UsageError
from taixu.scene import Details

if TYPE_CHECKING:
    from taixu.platform import Platform
    from taixu.render import Picture, ViewCamera

__all__ = ["App"]

_FILM_RATE = 30


class App(base.App):
    """A world that runs, with everything that Taixu brings. Use `headless` or `windowed` to make one.

    Parameters
    ----------
    size
        (width, height) of pictures in pixels.
    platform
        Where input comes from; nowhere by default.
    physics
        "auto", "pybullet" or "rapier".
    seed
        Of the world's chance: stable ids, scripts' random numbers.
    trust
        Whether scripts of opened projects run; None trusts only what ships with Taixu.
    plugins
        More plugins, after the engine's own and the installed ones.
    """

    def __init__(
        self, *, size: tuple[int, int] = (1280, 720), platform: Platform | None = None, physics: str = "auto", seed: int = 0,
        trust: bool | None = None, plugins: tuple[Plugin | Callable[[base.App], None], ...] = (),
    ) -> None:
        super().__init__(ecs.World(seed=seed))
        self.trust = trust
        self.drawing = Drawing(size)
        self.insert_resource(self.drawing)
        self.on_close(self.drawing.close)
        self._interactive = platform is not None
        if not self._interactive:
            self.clock.max_steps = None
        for plugin in (*_engine_plugins(platform, physics, watch=self._interactive), *map(load_plugin, find_plugins()), *plugins):
            self.add_plugin(plugin)
        self.mods = Mods(self, wait=not self._interactive, watch=self._interactive)
        """Those of the world that is open."""

    @classmethod
    def headless(
        cls, *, size: tuple[int, int] = (1280, 720), physics: str = "auto", seed: int = 0, trust: bool | None = None,
        plugins: tuple[Plugin | Callable[[base.App], None], ...] = (),
    ) -> App:
        """An app without a window: it runs as fast as it can, and never drops a step."""
        return cls(size=size, physics=physics, seed=seed, trust=trust, plugins=plugins)

    @classmethod
    def windowed(
        cls, *, title: str = "Taixu", size: tuple[int, int] = (1280, 720), physics: str = "auto", seed: int = 0,
        trust: bool | None = None, plugins: tuple[Plugin | Callable[[base.App], None], ...] = (),
    ) -> App:
        """An app with a window, which draws the world in every frame.

        Raises
        ------
        MachineError
            When there is no screen, or its OpenGL is too old.
        """
        from taixu.defaults.windows import open_window, show_world

        platform = open_window(title, size)
        app = cls(size=size, platform=platform, physics=physics, seed=seed, trust=trust, plugins=plugins)
        show_world(app, platform)
        return app

    # Worlds

    def open(self, path: str | Path, *, trust: bool | None = None, mods: bool | str | Path = True) -> World:
        """Open a project folder or a world file in place of the present world.

        Samples that ship with Taixu are found from everywhere, as ``samples/playground``.

        Parameters
        ----------
        trust
            Whether its scripts run; see the app's.
        mods
            Whether its mods run, from the first frame on, in their box: those that were agreed to on this machine. A path
            takes another folder than the project's ``mods``. Who brings a `ModsPlugin` of their own loads them themselves.

        Raises
        ------
        TaixuError
            When it is no world, or a bad one; nothing is changed then.
        """
        wanted = self.trust if trust is None else trust
        file = find_sample(Path(path))
        project = open_world(self, file, trust=is_trusted(file) if wanted is None else wanted)
        self.mods.follow((project.root / "mods" if mods is True else Path(mods)) if mods and not self._brings_mods() else None)
        return World(self.world)

    def save(self, path: str | Path) -> Path:
        """Write the world to a ``*.world.json`` file, whole or not at all."""
        save_world(self.world, Path(path))
        return Path(path)

    @property
    def scene(self) -> World:
        """The world, by nodes."""
        return World(self.world)

    # Running

    def frame(self, real_secs: float) -> int:
        """Run one frame that is `real_secs` after the last one; gives the number of fixed steps that it took."""
        self.mods.before_frame()
        return super().frame(real_secs)

    def run(
        self, *, seconds: float | None = None, ticks: int | None = None, record: str | Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> App:
        """Run for a simulated time, as fast as it goes; in a window, in real time and until it is closed.

        Parameters
        ----------
        seconds, ticks
            How long: simulated seconds, or fixed steps. A window may do without.
        record
            Film it into an MP4, thirty pictures a second.
        progress
            Called after each step with the steps done and in all.
        """
        if seconds is not None and ticks is not None:
            raise UsageError("say how long in seconds or in ticks, not in both")
        total = ticks if seconds is None else round(seconds * self.clock.steps_per_sec)
        if self._interactive:
            self._run_window(total)
        elif total is None:
            raise UsageError("a run without a window needs an end: give seconds or ticks")
        elif record is not None:
            self._film(total, Path(record), progress)
        else:
            self.settle()  # models that are still on their way would come sooner or later, and no two runs be equal
            for done in range(1, total + 1):
                self.frame(self.clock.step_secs)
                if progress is not None:
                    progress(done, total)
        return self

    def picture(
        self, *, camera: ViewCamera | str | None = None, size: tuple[int, int] | None = None, samples: int = 8,
        linear: bool = False, settings: dict[str, Any] | None = None, quality: str = "",
    ) -> Picture:
        """A picture of the world as it stands.

        Parameters
        ----------
        camera
            A camera of the world by name, or any other; by default the main one, or one that frames everything.
        size
            (width, height) in pixels; the app's by default.
        samples
            Frames that are averaged.
        linear
            Float32, scene-referred, for EXR; else uint8 sRGB.
        settings
            As in `taixu.render.View`: background, tonemap, exposure_ev, ...
        quality
            A tier that frames are drawn with: low, medium, high or cinematic; one sample is then a frame as a window shows it.
            Empty is everything that there is.
        """
        self.settle()
        if isinstance(camera, str):
            shape = size or self.drawing.size
            camera = self.drawing.camera(self.world, name=camera, aspect=shape[0] / shape[1])
        return self.drawing.still(
            self.world, camera=camera, size=size, samples=samples, linear=linear, settings=settings, quality=quality
        )

    def settle(self) -> None:
        """Load what is still on its way, and bring meshes and transforms up to date, without a step of time."""
        from taixu.animation.motion.people import move_people
        from taixu.scene.models import wait_for_models

        wait_for_models(self.world)
        with self.world.resource(Details).waiting():
            for stage in (base.Stage.APPLY, base.Stage.PROPAGATE):
                self.run_stage(stage)
        if self.clock.ticks == 0:  # before the first step people stand as they begin, and not as their files hold them
            move_people(self.world, at_once=True)
            self.run_stage(base.Stage.PROPAGATE)

    def _brings_mods(self) -> bool:
        """Whether somebody's own plugin runs mods here."""
        module = sys.modules.get("taixu.mods.playing")  # who has not imported it has none; it is not imported to look
        return self.mods.plugin is None and module is not None and self.has_plugin(module.ModsPlugin)

    def _film(self, total: int, path: Path, progress: Callable[[int, int], None] | None) -> None:
        from taixu.assets.video import VideoWriter

        every = max(1, round(self.clock.steps_per_sec / _FILM_RATE))
        self.settle()
        with VideoWriter(path, size=self.drawing.size, fps=_FILM_RATE) as film, self.world.resource(Details).waiting():
            for done in range(1, total + 1):
                self.frame(self.clock.step_secs)
                if done % every == 0:
                    view = self.drawing.frame(self.world, delta_secs=every * self.clock.step_secs)
                    film.write(self.drawing.read(view))
                if progress is not None:
                    progress(done, total)

    def _run_window(self, total: int | None) -> None:
        from taixu.platform import Input, PlatformPlugin

        window = next(plugin.platform.window for plugin in self.plugins if isinstance(plugin, PlatformPlugin))
        if window is None:
            raise TaixuError("this app's platform has no window to run in")
        before = perf_counter()
        state = self.resource(Input)
        while window.is_open and not state.close_requested and (total is None or self.clock.ticks < total):
            now = perf_counter()
            self.frame(now - before)
            before = now


def _engine_plugins(platform: Platform | None, physics: str, *, watch: bool) -> list[Any]:
    from taixu.animation import AnimationPlugin
    from taixu.audio import AudioPlugin
    from taixu.edit import DocumentPlugin
    from taixu.generate.modifiers import ModifiersPlugin
    from taixu.navigation import NavigationPlugin
    from taixu.physics import PhysicsPlugin
    from taixu.platform import PlatformPlugin, open_audio_device
    from taixu.render import RenderPlugin
    from taixu.scene import ScenePlugin
    from taixu.script import ScriptPlugin
    from taixu.simulation.field_maps import FieldMapPlugin
    from taixu.simulation.worlds import SimulationPlugin
    from taixu.twin.components import register_twin_components

    return [
        PlatformPlugin(platform), ScenePlugin(), DocumentPlugin(), ScriptPlugin(watch=watch),
        PhysicsPlugin(backend=physics), AnimationPlugin(), AudioPlugin(open_audio_device() if watch else None),
        NavigationPlugin(), SimulationPlugin(), FieldMapPlugin(), RenderPlugin(), register_twin_components,
        ModifiersPlugin(background=watch), ProjectPlugin(watch=watch),
    ]
