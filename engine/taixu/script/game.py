"""What `import game` gives a project's own script: the table in `taixu.script.api`, bound to one world.

There is one object for each host; `game.entity` and all that goes with it follow the script that runs at the
moment.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.errors import TaixuError
from taixu.platform import ActionState, Input, InputMap
from taixu.script.api import COMMANDS, EVENT_KINDS
from taixu.script.chat import Chat
from taixu.script.column_functions import ColumnFunctions
from taixu.script.columns import Columns, matching_handles
from taixu.script.entity import Entity, component_named, field_from_script
from taixu.script.event import Event
from taixu.script.fields import FieldDefault
from taixu.script.names import NameIndex
from taixu.script.rays import Hit
from taixu.script.routines import RayBatch, Timer, Wait, WaitEvent, ticks_of
from taixu.script.spawning import spawn_entity
from taixu.script.storage import Storage
from taixu.script.vectors import Quat, Vec3
from taixu.script.widgets import Widget, Widgets
from taixu.script.wire import GameError, check, check_call, from_data

if TYPE_CHECKING:
    from taixu.script.host import ScriptHost
    from taixu.script.instance import Instance

__all__ = ["Game", "Hit", "Mouse"]



@dataclass(frozen=True, slots=True)
class Mouse:
    """The mouse since the last step: position in window units from the top left, motion, wheel."""

    position: tuple[float, float] = (0.0, 0.0)
    delta: tuple[float, float] = (0.0, 0.0)
    wheel: tuple[float, float] = (0.0, 0.0)


class Game(ColumnFunctions):
    """The `game` module of one world; see `taixu.script.api` for what each name does."""

    __name__ = "game"

    def __init__(self, host: ScriptHost) -> None:
        self._host = host
        self._names = NameIndex()
        # In the instance, because as names of the class they would hide the types from its own annotations.
        vars(self).update(Vec3=Vec3, Quat=Quat, Entity=Entity, Event=Event, Color=Vec3, Asset=str)

    @property
    def entity(self) -> Entity:
        return Entity(self._host.world, self._acting.entity)

    @property
    def time(self) -> float:
        return self._host.clock.now_secs

    @property
    def dt(self) -> float:
        return self._host.clock.step_secs

    @property
    def tick(self) -> int:
        return self._host.clock.ticks

    @property
    def random(self) -> Random:
        return self._acting.random

    def field(
        self,
        default: Any,
        *,
        min: float | None = None,
        max: float | None = None,
        unit: str = "",
        doc: str = "",
        choices: Sequence[str] = (),
    ) -> Any:
        return FieldDefault(default)  # the facts were read from the source; see taixu.script.fields

    def query(self, *components: str, without: Sequence[str] = ()) -> list[Entity]:
        world = self._host.world
        return [Entity(world, handle) for handle in matching_handles(world, components, _names(without)).tolist()]

    def columns(
        self, component: str, *fields: str, having: Sequence[str] = (), without: Sequence[str] = (), own: bool = False
    ) -> Columns:
        self._host.transforms.flush(self._host.world)
        ids = self._acting.spawned if own else None
        return Columns(self._host.world, component, fields, having=_names(having), without=_names(without), ids=ids)

    def find(self, name: str) -> Entity | None:
        world = self._host.world
        handle = self._names.find(world, name)
        return Entity(world, handle) if handle else None

    def spawn(
        self,
        what: str = "",
        *,
        position: Sequence[float] = (0.0, 0.0, 0.0),
        rotation: Sequence[float] | None = None,
        scale: Sequence[float] | float = 1.0,
        name: str = "",
        parent: Entity | None = None,
        **components: Mapping[str, Any] | bool,
    ) -> Entity:
        made = spawn_entity(
            self._host.world,
            what,
            position=position,
            rotation=rotation,
            scale=scale,
            name=name,
            parent=parent,
            components=components,
        )
        self._acting.spawned.add(made.id)
        return made

    def despawn(self, entity: Entity | None = None) -> None:
        self._host.despawn_later(self._acting.entity if entity is None else entity.handle)

    def set(self, entities: Sequence[Entity], component: str, **fields: Any) -> None:
        world = self._host.world
        declared = component_named(world, component)
        handles = [entity.handle for entity in entities]
        self._host.transforms.flush(world)
        declared.check_names(fields)
        for name, value in fields.items():
            item = declared.by_name[name]
            if isinstance(value, list) and len(value) != len(handles):
                raise GameError(f"game.set: {name} has {len(value)} values for {len(handles)} entities; give one for each")
            if isinstance(value, list) and not item.kind.is_object:
                column = [field_from_script(world, item, part) for part in value]
                world.scatter(handles, declared.cls, name, np.array(column, item.kind.dtype).T)
                continue
            for place, handle in enumerate(handles):
                own = value[place] if isinstance(value, list) else value
                if world.has(handle, declared.cls):
                    world.set(handle, declared.cls, **{name: field_from_script(world, item, own)})

    def timer(
        self,
        seconds: float,
        function: Callable[[], object] | None = None,
        *,
        repeat: bool = False,
        name: str = "",
    ) -> Timer:
        acting, host = self._acting, self._host
        ticks = ticks_of(seconds, host.clock.steps_per_sec)
        if function is None:
            event = Event("timer", name)
            return host.timers.add(
                self.tick + ticks,
                lambda: host.delivery.deliver(acting, event),
                owner=acting,
                every=ticks if repeat else 0,
            )
        return host.timers.add(self.tick + ticks, function, owner=acting, every=ticks if repeat else 0)

    def start(self, routine: Generator[Any, Any, Any]) -> None:
        self._host.delivery.start_routine(self._acting, routine)

    def wait(self, seconds: float) -> Wait:
        ticks_of(seconds, self._host.clock.steps_per_sec)
        return Wait(seconds)

    def wait_event(self, kind: str, name: str = "") -> WaitEvent:
        return WaitEvent(kind, name)

    def send(self, name: str, to: Entity | None = None, **data: Any) -> None:
        event = Event("message", name, {**data, "sender": self.entity})
        self._host.delivery.post(event, None if to is None else to.handle)

    def listen(self, kind: str) -> None:
        if kind not in EVENT_KINDS:
            raise TaixuError(f"there are no events of kind {kind!r}; there are {', '.join(EVENT_KINDS)}")
        self._acting.listening.add(kind)

    def action(self, name: str) -> ActionState:
        world = self._host.world
        if not (world.has_resource(Input) and world.has_resource(InputMap)):
            return ActionState()
        source = world.resource(Input)
        return world.resource(InputMap).state(name, source, edges=source.tick if self._host.in_step else source.frame)

    def mouse(self) -> Mouse:
        world = self._host.world
        if not world.has_resource(Input):
            return Mouse()
        source = world.resource(Input)
        edges = source.tick if self._host.in_step else source.frame
        return Mouse(source.pointer, edges.pointer_delta, edges.wheel)

    def play_sound(
        self, sound: str, *, at: Sequence[float] | Entity | None = None, volume: float = 1.0, pitch: float = 1.0
    ) -> None:
        play = self._host.services.find("play_sound")
        if play is not None:  # a world without audio is silent, not broken
            place = at.world_position if isinstance(at, Entity) else None if at is None else Vec3(at)
            play(self._host.world, sound, position=place, volume=volume, pitch=pitch)

    def raycast(
        self,
        origin: Sequence[float],
        direction: Sequence[float],
        *,
        max_distance: float = 1000.0,
        mask: int = 0x3FFFFFFF,
        ignore: Entity | None = None,
    ) -> Hit | None:
        found = self._service("raycast")(
            self._host.world,
            Vec3(origin),
            Vec3(direction),
            max_distance=max_distance,
            mask=mask,
            ignore=0 if ignore is None else ignore.handle,
        )
        if found is None:
            return None
        handle = int(found["entity"])
        entity = Entity(self._host.world, handle) if handle else None
        return Hit(entity, Vec3(found["position"]), Vec3(found["normal"]), float(found["distance"]))

    def raycasts(
        self,
        origins: Sequence[Sequence[float]],
        directions: Sequence[Sequence[float]],
        *,
        max_distance: float = 1000.0,
        mask: int = 0x3FFFFFFF,
    ) -> RayBatch:
        rays = self._call("raycasts", origins=origins, directions=directions, max_distance=max_distance, mask=mask)
        return self._host.delivery.ask_rays(self._acting, rays)

    def apply_impulse(self, entity: Entity, impulse: Sequence[float], *, at: Sequence[float] | None = None) -> None:
        self._service("apply_impulse", entity)(self._host.world, entity.handle, Vec3(impulse), at=None if at is None else Vec3(at))

    def apply_force(self, entity: Entity, force: Sequence[float], *, at: Sequence[float] | None = None) -> None:
        self._service("apply_force", entity)(self._host.world, entity.handle, Vec3(force), at=None if at is None else Vec3(at))

    def set_velocity(
        self, entity: Entity, linear: Sequence[float] | None = None, *, angular: Sequence[float] | None = None
    ) -> None:
        self._service("set_velocity", entity)(
            self._host.world,
            entity.handle,
            linear=None if linear is None else Vec3(linear),
            angular=None if angular is None else Vec3(angular),
        )

    def velocity(self, entity: Entity) -> tuple[Vec3, Vec3]:
        linear, angular = self._service("get_velocity", entity)(self._host.world, entity.handle)
        return Vec3(linear), Vec3(angular)

    def joint_positions(self, entity: Entity) -> dict[str, float]:
        found: dict[str, float] = self._service("joint_positions", entity)(self._host.world, entity.handle)
        return found

    def set_joint_target(self, entity: Entity, name: str, value: float) -> None:
        self._service("set_joint_target", entity)(self._host.world, entity.handle, name, value)

    def show_text(
        self,
        name: str,
        text: str,
        *,
        corner: str = "top_left",
        offset: Sequence[float] = (0.0, 0.0),
        size: float = 1.0,
        color: Sequence[float] = (1.0, 1.0, 1.0),
    ) -> None:
        self._show("text", name=name, text=text, corner=corner, offset=offset, size=size, color=color)

    def show_button(self, name: str, text: str, *, corner: str = "top_left", offset: Sequence[float] = (0.0, 0.0)) -> None:
        self._show("button", name=name, text=text, corner=corner, offset=offset)

    def show_bar(
        self,
        name: str,
        value: float,
        *,
        text: str = "",
        corner: str = "top_left",
        offset: Sequence[float] = (0.0, 0.0),
        color: Sequence[float] = (0.2, 0.7, 1.0),
    ) -> None:
        self._show("bar", name=name, value=value, text=text, corner=corner, offset=offset, color=color)

    def show_input(
        self, name: str, hint: str = "", *, text: str = "", corner: str = "top_left", offset: Sequence[float] = (0.0, 0.0)
    ) -> None:
        self._show("input", name=name, hint=hint, text=text, corner=corner, offset=offset)

    def show_map(
        self,
        name: str,
        dots: Sequence[Sequence[float]],
        *,
        colors: Sequence[Sequence[float]] = (),
        corner: str = "top_left",
        offset: Sequence[float] = (0.0, 0.0),
        size: float = 1.0,
    ) -> None:
        self._show("map", name=name, dots=dots, colors=colors, corner=corner, offset=offset, size=size)

    def hide(self, name: str = "") -> None:
        self._widgets.hide(self._acting.stable_id, check("text 80", name, "game.hide: name"))

    def chat(self, text: str) -> None:
        facts = self._call("chat", text=text)
        acting = self._acting
        who = Entity(self._host.world, acting.entity).name or "world"
        chat = self._host.world.resource(Chat)
        said = chat.say(facts["text"], owner=acting.stable_id, who=who, role="script", now_secs=self.time)
        if not said and facts["text"].strip():
            self._host.say("warning", f"game.chat: {acting.path} says more than two lines a second", instance=acting)

    def store(self, key: str, value: Any) -> None:
        facts = self._call("store", key=key, value=value)
        self._storage.put(self._host.world, self._acting.stable_id, facts["key"], facts["value"])

    def stored(self, key: str, default: Any = None) -> Any:
        value = self._storage.open(self._host.world, self._acting.stable_id).values.get(key)
        return default if value is None else from_data(value, {"$entity": self._entity_of, "$vec3": Vec3, "$quat": Quat})

    def request(self, name: str, url: str, *, method: str = "GET", body: str = "") -> None:
        facts = self._call("request", name=name, url=url, method=method, body=body)
        ask = self._host.services.find("request")
        if ask is None:
            raise GameError("game.request needs the plugin of mods, which speaks to servers")
        ask(self._host.world, self._acting.stable_id, None, **facts)

    def log(self, *values: object, level: str = "info") -> None:
        frame = sys._getframe(1)
        self._host.say(level, " ".join(map(str, values)), line=frame.f_lineno, instance=self._host.acting)

    def _show(self, kind: str, **values: Any) -> None:
        self._widgets.show(Widget.of_call(self._acting.stable_id, kind, self._call(f"show_{kind}", **values)))

    def _call(self, name: str, /, **values: Any) -> dict[str, Any]:
        """The arguments of a call, checked as those of a sandbox are."""
        return check_call(((item.name, item.kind) for item in COMMANDS[name].arguments), values, f"game.{name}")

    @property
    def _widgets(self) -> Widgets:
        return self._host.world.resource(Widgets)

    @property
    def _storage(self) -> Storage:
        return self._host.world.resource(Storage)

    def _entity_of(self, number: int) -> Entity | None:
        handle = self._host.world.find(number)
        return None if handle is None else Entity(self._host.world, handle)

    @property
    def _acting(self) -> Instance:
        acting = self._host.acting
        if acting is None:
            raise TaixuError("game was asked for the running script's entity while no script runs")
        return acting

    def _service(self, name: str, entity: Entity | None = None) -> Callable[..., Any]:
        found = self._host.services.find(name)
        if found is None:
            raise TaixuError(f"game.{name} needs a plugin (physics) that this world does not have")
        if entity is not None and not entity.alive:
            raise TaixuError(f"game.{name} was asked of an entity that is gone")
        self._host.transforms.flush(self._host.world)
        return found


def _names(names: Sequence[str]) -> Sequence[str]:
    return (names,) if isinstance(names, str) else names
