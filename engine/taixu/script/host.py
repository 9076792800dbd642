"""`ScriptHost`: the scripts of one world, and whatever makes them run in the same order every time.

In a fixed step new scripts start, then events, timers and routines come, then `on_tick`; always by stable id.
What scripts send arrives in the next step, so nobody's turn matters to anybody else. An exception stops one
script and nothing more.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock, GameServices
from taixu.ecs import World, row_count
from taixu.errors import TaixuError
from taixu.scene import despawn_tree
from taixu.script.boxed import BoxedScript
from taixu.script.chat import Chat
from taixu.script.components import Script
from taixu.script.delivery import Delivery
from taixu.script.entity import Entity
from taixu.script.game import Game
from taixu.script.instance import Instance
from taixu.script.library import ScriptLibrary
from taixu.script.loader import ScriptFile
from taixu.script.messages import ScriptLog, ScriptMessage
from taixu.script.modules import ScriptModules
from taixu.script.reloading import Reloader
from taixu.script.routines import TimerQueue
from taixu.script.storage import Storage
from taixu.script.transforms import ScriptTransforms
from taixu.script.watchdog import ScriptTooLong, Watchdog
from taixu.script.widgets import Widgets
from taixu.script.wire import GameError

__all__ = ["ScriptHost"]


class ScriptHost:
    """The scripts of a world (a resource).

    Parameters
    ----------
    world : World
        The world that `game` speaks of.
    root : Path, optional
        Folder of the project; without one no script is found.
    trusted : bool
        Whether scripts may run. Of an untrusted project they are only listed.

    Attributes
    ----------
    log : ScriptLog
        The console.
    instances : dict of int to Instance
        By entity handle, in the order of stable ids.
    acting : Instance or None
        Whose code runs at the moment.
    watchdog : Watchdog
        Ends calls that last too long.
    in_step : bool
        Whether a fixed step runs (input edges are those of the step, not of the frame).
    boxed : dict of int to BoxedScript
        Scripts that run as mods, and never here: by entity handle, in the order of stable ids. Another dict when they change.
    """

    def __init__(self, world: World, *, root: Path | None = None, trusted: bool = False) -> None:
        self.world = world
        self.log = ScriptLog()
        self.instances: dict[int, Instance] = {}
        self.boxed: dict[int, BoxedScript] = {}
        self.acting: Instance | None = None
        self.in_step = False
        self.timers = TimerQueue()
        self.watchdog = Watchdog()
        self.delivery = Delivery(self)
        self._reloader = Reloader(self)
        self.transforms = ScriptTransforms()
        world.insert_resource(self.transforms)
        for made in (Widgets(), Chat(), Storage()):
            if not world.has_resource(type(made)):
                world.insert_resource(made)
        self.game = Game(self)
        self.library = ScriptLibrary(root)
        self.modules = ScriptModules(self.game, self.library, lambda text: self.say("info", text, instance=self.acting))
        self._trusted = trusted
        self._restored: dict[int, dict[str, Any]] = {}
        self._tick = -1
        self._entities: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._refusal_said = False

    # What it belongs to

    @property
    def root(self) -> Path | None:
        """Folder of the project."""
        return self.library.root

    def open(self, root: Path | None, *, trusted: bool) -> None:
        """Take the scripts of another project; those that ran are dropped."""
        self.clear()
        self.library.root = root
        self.trusted = trusted
        self.world.resource(Chat).clear()
        self.world.resource(Storage).use(None)

    @property
    def trusted(self) -> bool:
        """Whether scripts may run; setting it starts them in the next step."""
        return self._trusted

    @trusted.setter
    def trusted(self, on: bool) -> None:
        if on != self._trusted:
            self.clear()
        self._trusted = on
        self._refusal_said = False

    @property
    def refused(self) -> list[str]:
        """Paths of the scripts that are not run, because the project is not trusted."""
        if self._trusted:
            return []
        return sorted({path for table in self.world.query(Script) for path in table.read(Script, "path") if path})

    @property
    def clock(self) -> Clock:
        """The world's clock."""
        return self.world.resource(Clock)

    @property
    def services(self) -> GameServices:
        """What plugins provide."""
        return self.world.resource(GameServices)

    def clear(self) -> None:
        """Forget all instances, timers and files; scripts start anew in the next step."""
        for instance in self.instances.values():
            self.world.resource(Widgets).hide(instance.stable_id)
        self.instances.clear()
        self.boxed = {}
        self.timers = TimerQueue()
        self.modules.forget()
        self.library.clear()
        self.delivery.clear()
        self._restored.clear()
        self._tick = -1
        self._entities = np.empty(0, np.uint64)

    # A step and a frame

    def step(self) -> None:
        """Run one fixed step."""
        self.log.begin_frame(self.clock.frames)
        if not self.instances and not len(self._entities) and not len(self.world.query(Script)):
            self.delivery.skip()
            return
        self.in_step = True
        posted, self.delivery.posted = (
            self.delivery.posted,
            [],
        )
        # Before anybody runs: what is sent now arrives in the next step.
        asked, said = self.delivery.take_asked(), self.delivery.take_said()
        try:
            self._follow()
            self._start_new()
            self.delivery.deliver_due(posted, asked, said)
            for timer in self.timers.take_due(self.clock.ticks):
                owner = timer.owner
                if isinstance(owner, Instance) and owner.running and not timer.cancelled:
                    self.call(owner, "a timer", timer.function)
                    self.timers.repeat(timer)
            self._call_all("on_tick", self.clock.step_secs)
        finally:
            self.in_step = False
            self.transforms.flush(self.world)

    def frame(self) -> None:
        """Run `on_frame` of all."""
        self.log.begin_frame(self.clock.frames)
        if not self.clock.paused:
            self._call_all("on_frame", self.clock.frame_secs)
            self.transforms.flush(self.world)

    def _call_all(self, name: str, *arguments: Any) -> None:
        for instance in list(self.instances.values()):
            function = instance.callbacks.get(name)
            if function is not None and instance.running:
                self.call(instance, name, function, *arguments)

    def call(self, instance: Instance, where: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run code of a script; an exception stops the script and is said in one line."""
        before, self.acting = self.acting, instance
        try:
            self.watchdog.begin()
            try:
                return function(*arguments)
            finally:
                self.watchdog.end()
        except ScriptTooLong as error:
            limit = f"{self.watchdog.limit_secs:g} s"
            late = TaixuError(f"it did not end within {limit}; let it wait with game.wait, or do less at once")
            self.stop(instance, where, late.with_traceback(error.__traceback__))
            return None
        except (Exception, SystemExit) as error:
            self.stop(instance, where, error)
            return None
        finally:
            self.acting = before

    def stop(self, instance: Instance, where: str, error: BaseException) -> None:
        line, reason = self.explain(instance.path, error)
        reason = " ".join(reason.split())  # a message of several lines too is said in one
        instance.error = f"{reason} (in {where} of {self.label(instance)}; stopped until the script is saved)"
        instance.waiting.clear()
        self._drop(instance)
        self.say("error", instance.error, line=line, instance=instance)

    def _drop(self, instance: Instance) -> None:
        """Its timers and what it shows go with a script."""
        self.timers.drop(instance)
        self.world.resource(Widgets).hide(instance.stable_id)

    def explain(self, path: str, error: BaseException, *more: ScriptFile) -> tuple[int, str]:
        """The line, and a sentence that begins with script and line: the innermost of the project's own."""
        line = 0
        files = {str(script.file): script.path for script in (*self.library.loaded(), *self.modules.loaded(), *more)}
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename in files:
                path, line = files[frame.f_code.co_filename], number
        what = str(error) if isinstance(error, (TaixuError, GameError)) else f"{type(error).__name__}: {error}"
        return line, f"{path}:{line}: {what}"

    def label(self, instance: Instance) -> str:
        name = Entity(self.world, instance.entity).name if self.world.alive(instance.entity)[0] else ""
        return f"{name!r} ({instance.stable_id:#x})" if name else f"entity {instance.stable_id:#x}"

    def say(self, level: str, text: str, *, line: int = 0, instance: Instance | None = None, topic: str = "") -> None:
        """Write a line to the console."""
        if not self.log.takes(level):
            return
        self.log.add(
            ScriptMessage(
                level,
                text,
                script="" if instance is None else instance.path,
                line=line,
                entity=0 if instance is None else instance.stable_id,
                tick=self.clock.ticks,
                topic=topic,
            )
        )

    # Following the world's Script components

    def _follow(self) -> None:
        """Make and drop instances so that they match the components; costs nothing where nothing changed."""
        world = self.world
        changed = self._changed_entities()
        self._tick = world.tick
        world.advance()  # what scripts write in this very stage counts as new
        entities = world.query(Script).entities
        if not len(changed) and np.array_equal(entities, self._entities):
            return
        self._entities = entities
        if not self._trusted:
            self._say_refusal()
            return
        stable = world.stable_ids(entities)
        order = np.argsort(stable, kind="stable")
        names = ("path", "fields", "enabled", "run_as_mod")
        paths, fields, enabled, as_mods = (world.gather(entities, Script, name) for name in names)
        kept: dict[int, Instance] = {}
        boxed: dict[int, BoxedScript] = {}
        for row in order.tolist():
            handle, path = int(entities[row]), str(paths[row])
            if as_mods[row]:
                if path and enabled[row]:
                    boxed[handle] = BoxedScript(path, int(stable[row]), dict(fields[row] or {}))
                continue
            instance = self.instances.get(handle)
            if instance is None or instance.path != path:
                instance = Instance(handle, int(stable[row]), path, world.seed, authored=fields[row] or {})
            elif instance.authored != (fields[row] or {}):
                self._author(instance, fields[row] or {})
            instance.enabled = bool(enabled[row])
            if path:
                kept[handle] = instance
        for handle, instance in self.instances.items():
            if kept.get(handle) is not instance:
                self._drop(instance)
        self.instances = kept
        if boxed != self.boxed:
            self.boxed = boxed

    def _changed_entities(self) -> NDArray[np.uint64]:
        parts = []
        for table in self.world.query(Script).tables():
            rows = table.changed((Script,), since=self._tick)
            if row_count(rows):
                parts.append(table.entities[rows])
        return np.concatenate(parts) if parts else np.empty(0, np.uint64)

    def _author(self, instance: Instance, fields: dict[str, Any]) -> None:
        """Somebody edited the fields while the script runs: take over what was edited."""
        values = {**fields, **{k: v for k, v in instance.changed_fields().items() if k not in fields}}
        instance.authored = fields
        if instance.started:
            self.set_fields(instance, values)

    def _say_refusal(self) -> None:
        refused = self.refused
        if refused and not self._refusal_said:
            self._refusal_said = True
            listed = ", ".join(refused[:5]) + (f" and {len(refused) - 5} more" if len(refused) > 5 else "")
            self.say("warning", f"scripts are not run, because this project is not trusted: {listed}; --trust runs them")

    def _start_new(self) -> None:
        for instance in list(self.instances.values()):
            if not instance.started and not instance.error and instance.enabled:
                self._start(instance)

    def _start(self, instance: Instance) -> None:
        restored = self._restored.pop(instance.stable_id, None)
        if restored is not None and restored["path"] != instance.path:
            restored = None
        try:
            script = self.library.get(instance.path)
        except TaixuError as error:
            instance.error = str(error)
            self.say("error", f"{error}; {self.label(instance)} goes without it", instance=instance)
            return
        values = dict(instance.authored) if restored is None else {**instance.authored, **restored["fields"]}
        self.call(instance, "its top level", instance.execute, script, self.modules.builtins)
        if instance.error:
            return
        instance.started = True
        self.set_fields(instance, values)
        if restored is None:
            self.begin(instance)
        else:
            instance.random.setstate(restored["random"])
            self.resume(instance, restored["state"])

    def set_fields(self, instance: Instance, values: dict[str, Any]) -> None:
        for complaint in instance.set_fields(values, self._find_entity):
            self.say("warning", f"{instance.path}: {complaint} ({self.label(instance)})", instance=instance)

    def begin(self, instance: Instance) -> None:
        function = instance.callbacks.get("on_start")
        if function is not None:
            result = self.call(instance, "on_start", function)
            if hasattr(result, "send") and not instance.error:
                self.delivery.start_routine(instance, result)

    def resume(self, instance: Instance, state: Any) -> None:
        """After a reload or a restore: `on_load` where the script has one, else it starts again."""
        function = instance.callbacks.get("on_load")
        if function is not None:
            self.call(instance, "on_load", function, state)
        else:
            self.begin(instance)

    def _find_entity(self, name: str) -> Entity | None:
        """An entity by stable id ("0x..." or decimal) or by name; None where there is none."""
        try:
            handle = self.world.find(int(name, 0))
        except ValueError:
            return self.game.find(name) if name else None
        return None if handle is None else Entity(self.world, handle)

    def despawn_later(self, handle: int) -> None:
        """Remove an entity with all below it when the stage ends."""
        world = self.world
        world.commands.call(lambda: despawn_tree(world, world.living(handle)))

    def reload_changed(self) -> list[str]:
        """Reload the scripts that were saved since they were loaded; returns their paths."""
        saved = self._reloader.reload_changed()
        self.transforms.flush(self.world)
        return saved

    # For editors

    def values(self, entity: int) -> dict[str, Any]:
        """The present field values of an entity's script, as JSON-able data."""
        instance = self.instances.get(entity)
        return {} if instance is None else instance.get_fields()

    def stopped(self) -> dict[int, str]:
        """Why scripts do not run, by entity handle."""
        return {handle: item.error for handle, item in self.instances.items() if item.error}

    # Snapshots and forks

    def save_state(self) -> dict[int, dict[str, Any]]:
        """Fields, random numbers and `on_save` state of all running scripts (routines and timers start anew)."""
        saved: dict[int, dict[str, Any]] = {}
        for instance in list(self.instances.values()):
            if instance.running:
                function = instance.callbacks.get("on_save")
                state = None if function is None else self.call(instance, "on_save", function)
                saved[instance.stable_id] = {
                    "path": instance.path,
                    "fields": instance.get_fields(),
                    "random": instance.random.getstate(),
                    "state": state,
                }
        return saved

    def load_state(self, state: dict[int, dict[str, Any]]) -> None:
        """Go back to a saved state: scripts resume in the next step, by `on_load` or `on_start`."""
        self.clear()
        self._restored = dict(state)

    def fork(self, world: World) -> ScriptHost:
        """The scripts of a fork of the world, which have their own variables."""
        return ScriptHost(world, root=self.root, trusted=self._trusted)
