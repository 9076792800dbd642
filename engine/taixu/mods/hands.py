"""Commands of a mod, carried out: each entity is looked up, and each change is the mod's to make or it is refused.

A mod changes granted components of every entity that is not protected and not another mod's; what it spawned is its own,
and it may do with it what it likes (but for components that no mod touches).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.app import Clock, GameServices
from taixu.ecs import ComponentType, World, indices_of
from taixu.errors import TaixuError
from taixu.mods.decoding import Answer
from taixu.mods.far_reaching import FAR_REACHING, check_far_reaching
from taixu.mods.grants import may_be_changed
from taixu.mods.work import RayParts
from taixu.mods.writing import is_rotation
from taixu.scene import Hierarchy, despawn_tree
from taixu.script.chat import Chat
from taixu.script.entity import Entity, component_named, fields_from_script
from taixu.script.rays import cast_all
from taixu.script.spawning import spawn_entity
from taixu.script.storage import Storage
from taixu.script.vectors import Vec3
from taixu.script.widgets import Widget, Widgets
from taixu.script.wire import GameError, from_data

if TYPE_CHECKING:
    from taixu.mods.stepping import SteppedMod

__all__ = ["BROKEN", "carry_out"]

BROKEN = "the engine failed at"
"""How a refusal begins that should never be: an error of ours that a command brought to light."""
_MOST_RAYS = 4000
_MOST_TEXT = 20_000


def carry_out(world: World, mod: SteppedMod, answer: Answer) -> None:
    """Carry out the orders of an answer one after the other; what is not allowed is counted in it."""
    if not answer.orders:
        return
    hands = _Hands(world, mod)
    for order in answer.orders:
        try:
            hands.does[order.name](**order.arguments)
        except (GameError, TaixuError) as error:
            answer.refuse(f"game.{order.name}: {error}")
        except Exception as error:  # whatever a mod found that the engine is not ready for, the world goes on
            answer.refuse(f"{BROKEN} game.{order.name}: {type(error).__name__}: {error}")


class _Hands:
    """The commands, for one mod in one step."""

    def __init__(self, world: World, mod: SteppedMod) -> None:
        self._world = world
        self._mod = mod
        self._services = world.resource(GameServices)
        self._rays = 0
        self.does: Mapping[str, Callable[..., None]] = {
            "spawn": self._spawn,
            "despawn": self._despawn,
            "set": self._set,
            "add": self._add,
            "remove": self._remove,
            "send": self._send,
            "listen": lambda kind: mod.listening.add(kind),
            "play_sound": self._play_sound,
            "raycasts": self._cast,
            "apply_impulse": self._push("apply_impulse"),
            "apply_force": self._push("apply_force"),
            "set_velocity": self._push("set_velocity"),
            "set_joint_target": self._joint,
            "show_text": self._show("text"),
            "show_button": self._show("button"),
            "show_bar": self._show("bar"),
            "show_input": self._show("input"),
            "show_map": self._show("map"),
            "hide": lambda name: world.resource(Widgets).hide(mod.name, name),
            "chat": self._chat,
            "store": self._store,
            "request": self._request,
            "log": lambda text, level: mod.say(level, text),
        }

    # Entities

    def _find(self, number: int) -> int:
        handle = self._world.find(number)
        if handle is None:
            raise GameError("an entity that is no longer alive was named")
        return handle

    def _changeable(self, component: str) -> ComponentType:
        declared = component_named(self._world, component)
        if not may_be_changed(declared):
            raise GameError(f"no mod may touch {component!r}")
        if declared.name in FAR_REACHING and not any(self._mod.grants.writes(declared.name, name) for name in declared.by_name):
            raise GameError(f"{component!r} reaches further than one entity: name it in mod.toml, under [access] write")
        return declared

    def _own(self, number: int, component: str) -> int:
        """The handle of an entity whose component the mod may change."""
        handle = self._find(number)
        if self._mod.owns(number):
            return handle
        if not self._mod.grants.changes(component):
            raise GameError(f"the mod may not write {component!r} of what is not its own")
        self._check_free(handle)
        return handle

    def _check_free(self, handle: int) -> None:
        allowed = self._mod.may_change(np.array([handle], np.uint64))
        if allowed is not None and not allowed[0]:
            raise GameError("the entity is protected, or another mod's")

    def _spawn(
        self, entity: int, what: str, position: Any, rotation: Any, scale: Any, name: str, parent: Any, components: Any
    ) -> None:
        self._mod.claim(entity)
        values = {}
        for key, fields in _mapping(components).items():
            values[key] = self._fields(self._changeable(key), fields)
        _check_path(what)
        above = None if parent is None else Entity(self._world, self._find(parent))
        spawn_entity(
            self._world,
            what,
            position=position,
            rotation=rotation,
            scale=scale,
            name=name,
            parent=above,
            components=values,
            stable_id=entity,
        )
        self._mod.own(entity)

    def _despawn(self, entity: int) -> None:
        handle = self._find(entity)
        if not self._mod.owns(entity):
            raise GameError("a mod despawns what it spawned itself, and nothing else")
        if not self._world.has_resource(Hierarchy):
            self._world.despawn(handle)
            return
        hierarchy = self._world.resource(Hierarchy)
        hierarchy.update(self._world)
        below = self._world.living(self._world.entities_at(hierarchy.descendants_of(indices_of(np.array([handle], np.uint64)))))
        for number, each in zip(self._world.stable_ids(below).tolist(), below.tolist()):
            if not self._mod.owns(number) and not self._world.place(each)[0].made:
                raise GameError("somebody else's entity hangs below it")
        despawn_tree(self._world, handle)

    def _set(self, entities: list[int], component: str, fields: Any) -> None:
        declared = self._changeable(component)
        values = self._fields(declared, fields)
        handles = self._world.find_all(np.unique(np.array(entities, np.uint64)))
        if not handles.all():
            raise GameError("an entity that is no longer alive was named")
        foreign = [number for number in entities if not self._mod.owns(number)]
        if foreign:
            for name in values:
                if not self._mod.grants.writes(component, name):
                    raise GameError(f"the mod may not write '{component}.{name}' of what is not its own")
            allowed = self._mod.may_change(self._world.find_all(np.array(foreign, np.uint64)))
            if allowed is not None and not allowed.all():
                raise GameError("the entity is protected, or another mod's")
        for name, value in values.items():
            self._world.scatter(handles, declared.cls, name, declared.by_name[name].column(value, 1))

    def _add(self, entity: int, component: str, fields: Any) -> None:
        declared = self._changeable(component)
        handle = self._own(entity, component)
        values = self._fields(declared, fields)
        if self._world.has(handle, declared.cls):
            self._world.set(handle, declared.cls, **values)
        else:
            self._world.insert(handle, declared.cls(**values))

    def _remove(self, entity: int, component: str) -> None:
        declared = self._changeable(component)
        handle = self._own(entity, component)
        self._world.remove(handle, declared.cls)

    def _fields(self, declared: ComponentType, fields: Any) -> dict[str, Any]:
        """Fields as the world stores them, checked one by one."""
        given = _mapping(from_data(_mapping(fields), {"$entity": self._reference, "$vec3": tuple, "$quat": tuple}))
        declared.check_names(given)
        values = {}
        for name, value in given.items():
            item = declared.by_name[name]
            if item.kind.name == "entity":
                is_handle = isinstance(fields[name], dict)  # marked ones were looked up as they were unpacked
                value = value if is_handle else self._reference(value) if isinstance(value, int) and value else 0
            elif item.kind.name == "asset":
                _check_path(value)
            if item.kind.is_object:
                if item.kind.name != "data" and (not isinstance(value, str) or len(value) > _MOST_TEXT):
                    raise GameError(f"field {name!r} takes a text of at most {_MOST_TEXT} characters")
            else:
                with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused
                    column = item.column(tuple(value) if isinstance(value, list) else value, 1)
                bad = column.dtype.kind == "f" and not np.isfinite(column).all()
                bad = bad or (item.kind.name == "quat" and not is_rotation(column).all())
                low, high = item.minimum, item.maximum
                if bad or (low is not None and (column < low).any()) or (high is not None and (column > high).any()):
                    raise GameError(f"field {name!r} does not take {value!r:.60}")
                if item.kind.width > 1 and not isinstance(value, (list, tuple)):
                    raise GameError(f"field {name!r} takes {item.kind.width} numbers")
            values[name] = value
        check_far_reaching(declared, values, may_touch=self._changeable, may_move=self._check_body)
        return fields_from_script(self._world, declared, values)

    def _check_body(self, handle: int) -> None:
        self._own(self._world.stable_id(handle), "rigid_body")

    def _reference(self, number: Any) -> int:
        if not isinstance(number, int) or not 0 < number < 1 << 64:
            raise GameError("an entity that is none was named")
        return self._find(number)

    # The rest of the world

    def _send(self, name: str, to: int | None, data: Any) -> None:
        self._mod.post(name, to, _mapping(data))

    def _play_sound(self, sound: str, at: Any = None, volume: float = 1.0, pitch: float = 1.0) -> None:
        _check_path(sound)
        play = self._services.find("play_sound")
        if play is not None:
            place = Entity(self._world, self._find(at)).world_position if isinstance(at, int) else None if at is None else Vec3(at)
            play(self._world, sound, position=place, volume=volume, pitch=pitch)

    def _cast(self, batch: int, parts: RayParts | None = None, **rays: Any) -> None:
        parts = parts or RayParts(len(rays["origins"]))
        try:
            parts.hits += self._hits(rays)
        except GameError as error:
            parts.wrong = str(error)
        parts.left -= len(rays["origins"])
        if parts.left <= 0:
            self._mod.answered.append([batch, parts.wrong or parts.hits])

    def _hits(self, rays: dict[str, Any]) -> list[Any]:
        self._rays += len(rays["origins"])
        if self._rays > _MOST_RAYS:
            raise GameError(f"game.raycasts takes at most {_MOST_RAYS} rays in a step")
        found = cast_all(self._world, rays)
        hits: list[Any] = []
        for hit in found:
            if hit is None:
                hits.append(None)
                continue
            number = self._world.stable_id(int(hit["entity"])) if hit["entity"] else 0
            hits.append([number, list(hit["position"]), list(hit["normal"]), hit["distance"]])
        return hits

    def _push(self, name: str) -> Callable[..., None]:
        def run(entity: int, **values: Any) -> None:
            handle = self._own(entity, "rigid_body")
            vectors = {key: None if value is None else Vec3(value) for key, value in values.items()}
            first = [vectors.pop(key) for key in ("impulse", "force") if key in vectors]
            self._services.require(name)(self._world, handle, *first, **vectors)

        return run

    def _joint(self, entity: int, name: str, value: float) -> None:
        self._services.require("set_joint_target")(self._world, self._own(entity, "articulation"), name, value)

    def _show(self, kind: str) -> Callable[..., None]:
        def run(**facts: Any) -> None:
            self._world.resource(Widgets).show(Widget.of_call(self._mod.name, kind, facts))

        return run

    def _chat(self, text: str) -> None:
        now = self._world.resource(Clock).now_secs
        said = self._world.resource(Chat).say(text, owner=self._mod.name, who=self._mod.name, role="mod", now_secs=now)
        if not said and text.strip():
            raise GameError("the mod says more than two lines a second")

    def _store(self, key: str, value: Any) -> None:
        self._world.resource(Storage).put(self._world, self._mod.name, key, value, most_bytes=self._mod.storage_bytes)

    def _request(self, **facts: Any) -> None:
        self._services.require("request")(self._world, self._mod.name, self._mod.grants.hosts, **facts)


def _mapping(value: Any) -> dict[str, Any]:
    if value is True:
        return {}
    if not isinstance(value, dict):
        raise GameError("fields are given by name")
    return value


def _check_path(text: Any) -> None:
    """A path of a mod names something in the project, and nothing outside of it."""
    if not isinstance(text, str) or len(text) > 300 or not text.isprintable():
        raise GameError("a path is a text of at most 300 characters")
    if text.startswith(("/", "\\", "~")) or ":" in text or ".." in text.replace("\\", "/").split("/"):
        raise GameError(f"{text[:60]!r} lies outside of the project")


