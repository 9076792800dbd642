"""The application: one world, a schedule of systems, and the plugins that filled both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from time import perf_counter
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

from taixu.app.clock import Clock
from taixu.app.diagnostics import Diagnostics
from taixu.app.services import GameEvents, GameServices
from taixu.ecs import ComponentType, Schedule, System, World, component_type
from taixu.errors import TaixuError

__all__ = ["App", "Components", "Plugin", "Stage", "build_plugin"]

T = TypeVar("T")


class Stage(StrEnum):
    """The parts of a frame, in order. The three in the middle run once for every fixed step that is due."""

    INPUT = "input"
    APPLY = "apply"
    """Queued edits, loaded assets, finished jobs, messages from outside."""
    FIXED = "fixed"
    """Scripts and mods."""
    PHYSICS = "physics"
    FIXED_LAST = "fixed_last"
    """What reacts to the step: triggers, rules."""
    UPDATE = "update"
    """Animation, logic of the frame."""
    PROPAGATE = "propagate"
    """Changed transforms, by depth."""
    RENDER = "render"
    PRESENT = "present"
    """Show, stream, record."""


_FIXED = (Stage.FIXED, Stage.PHYSICS, Stage.FIXED_LAST)


@runtime_checkable
class Plugin(Protocol):
    """Something that adds components, systems, resources and more to an app. A plain function does as well."""

    def build(self, app: App) -> None:
        """Add everything to the app."""


class Components:
    """The components that an app knows, by the name that documents use (a resource)."""

    def __init__(self) -> None:
        self._by_name: dict[str, ComponentType] = {}
        self._declared: frozenset[str] = frozenset()

    def register(self, cls: type) -> None:
        """Make a component known. Two of one name are refused."""
        declared = component_type(cls)
        known = self._by_name.setdefault(declared.name, declared)
        if known.cls is not cls:
            raise TaixuError(f"two components are called {declared.name!r}: {known.cls!r} and {cls!r}")

    def declare(self, classes: Iterable[type]) -> None:
        """Make a project's own components known, in place of those of the project before.

        Raises
        ------
        TaixuError
            When one has the name of a component that code registered.
        """
        declared = {component_type(cls).name: component_type(cls) for cls in classes}
        kept = {name: known for name, known in self._by_name.items() if name not in self._declared}
        for name in declared.keys() & kept.keys():
            raise TaixuError(f"components.{name} is the name of a component that there is already; choose another")
        self._by_name = {**kept, **declared}
        self._declared = frozenset(declared)

    def find(self, name: str) -> ComponentType | None:
        """The component of a name."""
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[ComponentType]:
        return iter(sorted(self._by_name.values(), key=lambda declared: declared.name))

    def fork(self, world: World) -> Components:
        return self


class App:
    """A world that runs. Nothing is global: any number of apps live in one process.

    Parameters
    ----------
    world
        The world to run; an empty one by default.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = World() if world is None else world
        self.schedule = Schedule(Stage)
        self.clock = Clock()
        self.components = Components()
        self.diagnostics = Diagnostics()
        self.plugins: list[Any] = []
        self._closers: list[Callable[[], None]] = []
        for resource in (self.clock, self.components, self.diagnostics, GameServices(), GameEvents()):
            self.world.insert_resource(resource)

    # Filling

    def add_plugin(self, plugin: Plugin | Callable[[App], None]) -> App:
        """Build a plugin into this app."""
        build_plugin(plugin, self)
        self.plugins.append(plugin)
        return self

    def has_plugin(self, cls: type) -> bool:
        """Whether a plugin of a type was added."""
        return any(isinstance(plugin, cls) for plugin in self.plugins)

    def add_system(
        self, stage: Stage | str, system: System, *, name: str = "",
        before: Iterable[str] = (), after: Iterable[str] = (),
    ) -> None:
        """Add a system to a stage; see `taixu.ecs.Schedule.add`."""
        self.schedule.add(stage, system, name=name, before=before, after=after)

    def register_component(self, cls: type) -> None:
        """Make a component known to documents, scripts and the editor."""
        self.components.register(cls)

    def insert_resource(self, resource: Any) -> None:
        """Put a singleton into the world."""
        self.world.insert_resource(resource)

    def resource(self, cls: type[T]) -> T:
        """The world's singleton of a type."""
        return self.world.resource(cls)

    def on_close(self, function: Callable[[], None]) -> None:
        """Call a function when the app closes, latest first."""
        self._closers.append(function)

    # Running

    def frame(self, real_secs: float) -> int:
        """Run one frame that is `real_secs` after the last one; gives the number of fixed steps that it took."""
        start = perf_counter()
        self.run_stage(Stage.INPUT)
        self.run_stage(Stage.APPLY)
        steps = self.clock.begin_frame(real_secs)
        for _ in range(steps):
            for stage in _FIXED:
                self.run_stage(stage)
            self.clock.end_step()
        for stage in (Stage.UPDATE, Stage.PROPAGATE, Stage.RENDER, Stage.PRESENT):
            self.run_stage(stage)
        self.diagnostics.end_frame(perf_counter() - start)
        return steps

    def run_stage(self, stage: Stage) -> None:
        """Run one stage by itself."""
        start = perf_counter()
        self.schedule.run(stage, self.world, timings=self.diagnostics.systems)
        self.diagnostics.add(stage.value, perf_counter() - start)

    def close(self) -> None:
        """End what plugins started: workers, windows, files."""
        while self._closers:
            self._closers.pop()()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def build_plugin(plugin: Plugin | Callable[[App], None], app: App) -> None:
    """Call a plugin's `build`, or the plugin itself where it is a function."""
    if isinstance(plugin, Plugin):
        plugin.build(app)
    elif callable(plugin):
        plugin(app)
    else:
        raise TaixuError(f"{plugin!r} is no plugin: it has neither build(app) nor is it a function of app")
