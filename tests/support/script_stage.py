"""A stage for generated mods: a world of named things, a play told in words, and what has to be seen in it.

A play is statements with ``;`` between them. Some do something: ``night``, ``day``, ``run SECS``, ``go NAME X Y Z`` (or ``go NAME
NAME``), ``press ACTION``. The others look: ``near A B METRES``, ``lit A``,
``text WORDS`` and so on; each is a method of `Stage` below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from mod_worlds import hosts, mod_app

from taixu.app import GameServices
from taixu.mods.granting import grants_of
from taixu.mods.host import OpenBox
from taixu.mods.packages.manifest import read_manifest
from taixu.physics import RigidBody
from taixu.platform import Input, InputEvent, KeyEvent, MouseButtonEvent
from taixu.scene import Environment, Light, Material, Name, Node, Shape, Transform, Visibility
from taixu.script.widgets import Widgets

__all__ = ["NAMES", "Stage"]

_PLACES = {
    "Player": (0, 0, 0), "lamp": (10, 2, 0), "door": (-10, 1.1, 0), "gate": (-20, 1, 0), "crate": (12, 0.5,
        12), "ball": (-12, 0.3, 0),
    "platform": (0, 0.1, 14), "elevator": (6, 0, 20), "fan": (-14, 2, -14), "robot": (8, 0, 3), "guard": (-8, 0, 6),
    "ghost": (0, 1, -8), "cat": (8, 0, -9), "statue": (-10, 1, 13), "tower": (0, 4, -20), "portal": (14, 0,
        -14), "sign": (20, 1, 20),
    "lava": (24, 0, 0), "tree": (-24, 0, 0), "fountain": (-20, 0, -20), "flag": (10, 0, -24), "bell": (20, 0, -6),
    "chest": (20, 0, 10), "earth": (30, 0, 30), "car": (-6, 0, 20), "coin": (-14, 0, 14),
}  # fmt: skip
NAMES = tuple(_PLACES)
"""What stands on the stage."""
STEP = 1 / 20  # a third of the usual steps: what mods do hangs on `dt`, and each step is a call into the box
_KEYS: dict[str, Callable[[bool], InputEvent]] = {
    "jump": lambda down: KeyEvent("space", down), "interact": lambda down: KeyEvent("e", down),
    "fire": lambda down: MouseButtonEvent("left", down),
}  # fmt: skip


class Stage:
    """The world, one mod in it, and what was seen so far."""

    def __init__(self, open_in: OpenBox) -> None:
        self.app = mod_app(open_in)
        self.app.clock.steps_per_sec = round(1 / STEP)
        world = self.app.world
        services = world.resource(GameServices)
        self.heard: list[str] = []
        self.pushed: list[tuple[int, Any]] = []
        services.provide("play_sound", lambda world, sound, **more: self.heard.append(sound))
        services.provide("set_velocity", lambda world, handle, **more: self.pushed.append((handle, more)))
        for number, (name, place) in enumerate(_PLACES.items()):
            parts: list[Any] = [Transform(translation=place), Name(name), Shape(), Material()]
            if name == "lamp":
                parts.append(Light(kind="point", intensity=5.0))
            if name in ("ball", "Player"):
                parts.append(RigidBody())
            world.spawn(*parts, stable_id=100 + number)
        self.sky = world.spawn(Transform(), Environment(sun_direction=(0.3, 0.9, 0.2)), Name("sky"), stable_id=90)
        world.spawn(Transform(), Light(kind="directional"), Name("sun"), stable_id=91)
        self.first: dict[str, dict[str, Any]] = {}
        self.seen: set[float] = set()  # how bright the lamp was, step by step, where the play asks for it
        self.watched = False

    def close(self) -> None:
        self.app.close()

    def load(self, files: dict[str, str]) -> None:
        """Have a mod on the stage, with what its manifest asks for."""
        manifest = read_manifest(files["mod.toml"].encode())
        hosts(self.app).load(manifest.id, {"main.py": files["main.py"]}, grants=grants_of(manifest))
        self.mod = hosts(self.app).mods[manifest.id]
        self._frames(3)
        self.first = {name: self._look(name) for name in set(self._names())}

    def play(self, play: str) -> None:
        """Do and see what a play tells.

        Raises
        ------
        AssertionError
            With the statement that was not so.
        """
        self.watched = "blinked" in play or "toggled" in play
        self._watch()
        for statement in play.split(";"):
            verb, *words = statement.split()
            found: Callable[..., Any] = getattr(self, f"see_{verb}", None) or getattr(self, f"do_{verb}")
            result = found(*words)
            assert result is None or result, f"{statement.strip()}: {self._told(words)}"
        assert self.mod.fault == "", self.mod.fault
        refused = [line.text for line in hosts(self.app).log.messages if "refused" in line.text.lower() or line.level == "error"]
        assert self.mod.cost.refused == 0, refused

    def _told(self, words: list[str]) -> str:
        shown = [widget.text for widget in self.app.resource(Widgets).of_screen()]
        places = {name: self._look(name)["place"].round(2).tolist() for name in words
            if name.casefold() in map(str.casefold, self._names())}
        return f"{places} {shown} {self.mod.fault} {[line.text for line in hosts(self.app).log.messages][-3:]}"

    # What is there

    def _names(self) -> list[str]:
        return [self.app.world.get(entity, Name).text for entity in self._all()]

    def _all(self) -> list[int]:
        return [int(entity) for entity in self.app.world.query(Name, Transform).entities]

    def _called(self, name: str) -> list[int]:
        """Of that name: those that the mod made, or the world's where it made none."""
        world, spawned = self.app.world, self.mod.spawned
        found = [entity for entity in self._all() if world.get(entity, Name).text.casefold() == name.casefold()]
        own = [entity for entity in found if world.stable_id(entity) in spawned]
        return own or found

    def _one(self, name: str) -> int:
        found = self._called(name)
        assert found, f"there is no {name}"
        return found[0]

    def _place(self, name: str) -> np.ndarray[Any, Any]:
        if name == "start":
            return np.zeros(3)
        return np.asarray(Node(self.app.world, self._one(name)).position, np.float64)

    def _look(self, name: str) -> dict[str, Any]:
        world, entity = self.app.world, self._one(name)
        transform = world.get(entity, Transform)
        return {
            "place": self._place(name), "turn": np.array(transform.rotation), "size": np.array(transform.scale),
            "color": np.array(world.get(entity, Material).base_color) if world.has(entity, Material) else None,
        }  # fmt: skip

    def _frames(self, count: int) -> None:
        for _ in range(count):
            self.app.frame(STEP)
            self._watch()

    def _watch(self) -> None:
        lamps = self._called("lamp") if self.watched else ()
        if lamps and self.app.world.has(lamps[0], Light):
            self.seen.add(round(float(self.app.world.get(lamps[0], Light).intensity), 2))

    # Doing

    def do_night(self) -> None:
        self.app.world.set(self.sky, Environment, sun_direction=(0.3, -0.9, 0.2))
        self._frames(2)

    def do_day(self) -> None:
        self.app.world.set(self.sky, Environment, sun_direction=(0.3, 0.9, 0.2))
        self._frames(2)

    def do_run(self, secs: str) -> None:
        self._frames(round(float(secs) / STEP))

    def do_go(self, name: str, *to: str) -> None:
        place = tuple(map(float, to)) if len(to) == 3 else tuple(self._place(to[0]))
        Node(self.app.world, self._one(name)).position = place
        self.first[self.app.world.get(self._one(name), Name).text] = self._look(name)

    def do_press(self, action: str) -> None:
        source = self.app.resource(Input)
        for down in (True, False):
            source.inject(_KEYS[action](down))
            self._frames(2)

    # Seeing

    def see_near(self, one: str, other: str, metres: str) -> bool:
        return self._distance(one, other) <= float(metres)

    def see_far(self, one: str, other: str, metres: str) -> bool:
        return self._distance(one, other) >= float(metres)

    def _distance(self, one: str, other: str) -> float:
        goal = self._place(other)
        places = [np.asarray(Node(self.app.world, entity).position) for entity in self._called(one)] or [self._place(one)]
        return float(min(np.linalg.norm(place - goal) for place in places))

    def see_above(self, one: str, other: str, metres: str) -> bool:
        return bool(self._place(one)[1] - self._place(other)[1] >= float(metres))

    def _moved(self, name: str) -> float:
        before = self.first.get(name)
        if before is None:  # it came later: see whether it moves now
            start = self._place(name)
            self._frames(20)
            return float(np.linalg.norm(self._place(name) - start))
        found = float(np.linalg.norm(self._place(name) - before["place"]))
        if found < 0.005:  # who goes to and fro may be where it was
            self._frames(7)
            found = float(np.linalg.norm(self._place(name) - before["place"]))
        self.first[name] = self._look(name)
        return found

    def see_moved(self, name: str) -> bool:
        return self._moved(name) > 0.005

    def see_still(self, name: str) -> bool:
        look, before = self._look(name), self.first[name]
        return bool(np.allclose(look["place"], before["place"], atol=1e-3) and np.allclose(look["turn"], before["turn"], atol=1e-3))

    def see_back(self, name: str) -> bool:
        return bool(np.linalg.norm(self._place(name) - np.array(_PLACES[name])) < 0.05)

    def see_up(self, name: str, metres: str) -> bool:
        return bool(self._place(name)[1] - self.first[name]["place"][1] >= float(metres))

    def see_low(self, name: str, metres: str) -> bool:
        return any(float(Node(self.app.world, entity).position[1]) <= float(metres) for entity in self._called(name))

    def see_turned(self, name: str) -> bool:
        return not np.allclose(self._look(name)["turn"], self.first[name]["turn"], atol=1e-3)

    def see_faces(self, name: str, other: str) -> bool:
        x, y, z, w = self.app.world.get(self._one(name), Transform).rotation
        front = np.array([-2 * (x * z + w * y), -2 * (y * z - w * x), -(1 - 2 * (x * x + y * y))])
        way = (self._place(other) - self._place(name)) * (1, 0, 1)
        return bool(front @ way / np.linalg.norm(way) > 0.95)

    def see_grown(self, name: str) -> bool:
        return bool((self._look(name)["size"] > self.first[name]["size"] * 1.3).all())

    def see_colored(self, name: str) -> bool:
        return not np.allclose(self._look(name)["color"], self.first[name]["color"], atol=1e-3)

    def _light(self, name: str) -> float:
        return float(self.app.world.get(self._one(name), Light).intensity)

    def see_lit(self, name: str) -> bool:
        return self._light(name) > 0.1

    def see_unlit(self, name: str) -> bool:
        return self._light(name) == 0.0

    def see_blinked(self, name: str) -> bool:
        return len(self.seen) > 1 and max(self.seen) > 2 * min(self.seen)

    def see_toggled(self, name: str) -> bool:
        return len(self.seen) > 1

    def see_shown(self, name: str) -> bool:
        world, entity = self.app.world, self._one(name)
        return not world.has(entity, Visibility) or bool(world.get(entity, Visibility).visible)

    def see_hidden(self, name: str) -> bool:
        return all(not self.app.world.get(entity, Visibility).visible for entity in self._called(name))

    def see_count(self, name: str, least: str) -> bool:
        return len([e for e in self._called(name) if self.app.world.stable_id(e) in self.mod.spawned]) >= int(least)

    def see_text(self, *words: str) -> bool:
        return any(" ".join(words) in widget.text for widget in self.app.resource(Widgets).of_screen())

    def see_notext(self, *words: str) -> bool:
        return not self.see_text(*words)

    def see_bar(self, name: str, value: str) -> bool:
        bar = next(each for each in self.app.resource(Widgets).of_screen() if each.name == name)
        return bar.value <= float(value) + 0.02 and bar.value > float(value) - 0.2

    def see_sound(self) -> bool:
        return bool(self.heard)

    def see_launched(self, name: str) -> bool:
        return any(handle == self._one(name) for handle, _ in self.pushed)

    def see_sun(self) -> bool:
        return not np.allclose(self.app.world.get(self.sky, Environment).sun_direction, (0.3, 0.9, 0.2), atol=0.01)

    def see_haze(self) -> bool:
        return float(self.app.world.get(self.sky, Environment).turbidity) > 3.0
