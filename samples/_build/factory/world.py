"""The factory's world: what stands where, and which device it is."""

from __future__ import annotations

from math import pi, radians
from typing import Any

import taixu as tx
from taixu.math.quaternion import from_euler
from taixu.twin import Device
from taixu.twin.linkage import Linkage
from taixu.twin.rules import Fence

from .paints import linear
from .plan import ARM_X, CONVEYORS, LINES, MILL_DZ, PALLET_X, PORTAL_X, PRESS_X, RACK_ROWS, RACK_XS, ZONES

__all__ = ["build_factory"]

Vector = tuple[float, float, float]
_LAMPS = (("green", "#2be06a", 0.355), ("yellow", "#ffb81f", 0.455), ("red", "#ff2a1a", 0.555))


def build_factory(world: tx.World, components: Any) -> None:
    """Fill an empty world; `components` finds those that the project declares."""
    _Factory(world, components).build()


class _Factory:
    def __init__(self, world: tx.World, components: Any) -> None:
        self._world = world
        self._components = components

    def build(self) -> None:
        """Everything."""
        self._light()
        self._world.spawn("Hall", tx.Model("assets/hall.glb"))
        for number, (x, z) in enumerate((x, z) for z in RACK_ROWS for x in RACK_XS):
            self._world.spawn(f"Rack {number + 1}", tx.Model("assets/rack.glb"), position=(x, 0, z))
        for line, z in LINES.items():
            self._line(line, z)
        self._vehicles()
        self._people()
        self._spawn("Takt board", "board", (-3.2, 4.2, -13.6), Device("board", "board"), self._of("takt"), self._of("drums"),
                    Linkage("assets/board.urdf", "drums"), scale=1.35)  # fmt: skip
        for zone in ZONES:
            x, z = (zone.x0 + zone.x1) / 2, (zone.z0 + zone.z1) / 2
            w, d = (zone.x1 - zone.x0) / 2, (zone.z1 - zone.z0) / 2
            points = [[-w, -d], [w, -d], [w, d], [-w, d]]
            top = 2.4 if zone.name.startswith("Cell") else 1.6
            self._world.spawn(zone.name, Fence(points=points, bottom_m=-0.5, top_m=top), position=(x, 0, z))

    def _of(self, name: str, **values: Any) -> Any:
        return self._components.find(name).cls(**values)

    def _spawn(self, name: str, model: str, at: Vector, *parts: Any, yaw: float = 0.0, scale: float = 1.0) -> tx.Node:
        node = self._world.spawn(name, tx.Model(f"assets/{model}.glb"), *parts, position=at, rotation=from_euler(yaw))
        if scale != 1.0:
            node.scale = (scale, scale, scale)
        return node

    def _light(self) -> None:
        world = self._world
        world.spawn("Sky", tx.Environment(sun_direction=(0.42, 0.78, 0.46), turbidity=4.5, intensity=0.8,
                                          ground_color=(0.42, 0.39, 0.35), exposure_ev=0.15))  # fmt: skip
        world.spawn("Sun", tx.Light(kind="directional", color=(1.0, 0.93, 0.82), intensity=3.2)).look_at((-0.42, -0.78, -0.46))
        eye = world.spawn("Overview", tx.Camera(fov_y_rad=radians(36), near_m=0.3, priority=1), position=(19.0, 10.8, 20.0))
        eye.look_at((-3.9, 0.5, -3.1))
        cell = world.spawn("Cell A1 close", tx.Camera(fov_y_rad=radians(42), near_m=0.1), position=(-5.6, 3.4, -1.6))
        cell.look_at((-10.4, 1.0, -7.6))
        aisle = world.spawn("Cross aisle", tx.Camera(fov_y_rad=radians(46), near_m=0.1), position=(14.2, 3.2, 10.6))
        aisle.look_at((2.0, 0.8, -3.0))
        board = world.spawn("Board", tx.Camera(fov_y_rad=radians(40), near_m=0.1), position=(1.0, 3.6, 3.0))
        board.look_at((-3.4, 3.4, -13.0))

    def _line(self, line: str, z: float) -> None:
        up = line.upper()
        press = self._spawn(f"Press {up}", "press", (PRESS_X, 0, z), Device(f"press-{line}", "press"), self._of("machine"),
                            self._of("slide"), self._of("motor"), Linkage("assets/press.urdf", "slide"))  # fmt: skip
        self._tower(f"press-{line}", press, (0.55, 3.6, 0.85))
        mill = self._spawn(f"Mill {up}", "mill", (ARM_X["1"], 0, z + MILL_DZ), Device(f"mill-{line}", "mill"), self._of("machine"),
                           self._of("slide"), self._of("motor"), Linkage("assets/mill.urdf", "slide"))  # fmt: skip
        self._tower(f"mill-{line}", mill, (1.1, 2.32, 0.9))
        self._spawn(f"Inspection {up}", "portal", (PORTAL_X, 0, z))
        for number, (start, _) in CONVEYORS.items():
            key = f"belt-{line}{number}"
            belt = self._spawn(f"Conveyor {up}{number}", f"conveyor{number}", (start, 0, z), Device(key, "conveyor"),
                               self._of("belt"), self._of("motor"))  # fmt: skip
            self._tower(key, belt, (CONVEYORS[number][1] - 1.15, 0.66, 0.42))
        for number, x in ARM_X.items():
            self._spawn(f"Robot {up}{number}", "arm", (x, 0, z), Device(f"arm-{line}{number}", "robot"), self._of("joints"),
                        self._of("motor"), self._of("machine"), Linkage("assets/arm.urdf", "joints"))  # fmt: skip
        self._cell_fences(z)

    def _tower(self, key: str, machine: tx.Node, at: Vector) -> None:
        """A signal tower: a post with three lamps, whose light is what readings say."""
        tower = self._world.spawn("Signal tower", tx.Model("assets/tower.glb"), position=at, parent=machine)
        for color, code, height in _LAMPS:
            glass = tx.Material(
                base_color=(*(0.35 * part for part in linear(code)[:3]), 1.0), roughness=0.25, emissive=linear(code)[:3],
                emissive_strength=3.0 if color == "green" else 0.0,
            )  # fmt: skip
            shape = tx.Shape("cylinder", size=(0.086, 0.092, 0.086), bevel_m=0.006, cast_shadow=False)
            name = f"{machine.name}: {color} lamp"
            self._world.spawn(name, shape, glass, Device(f"{key}.{color}", "lamp"), position=(0, height, 0), parent=tower)

    def _cell_fences(self, z: float) -> None:
        rows: list[tuple[float, float, float, int]] = []  # start x, z, yaw, panels
        rows.append((-12.25, z + 1.95, 0.0, 3))
        rows.append((-12.25, z + 1.95, pi / 2, 1))
        rows.append((-7.75, z + 1.95, pi / 2, 1))
        for side in (-1, 1):
            rows.append((2.45, z + side * 1.95, 0.0, 3))
        rows.append((2.45, z + 1.95, pi / 2, 1))
        rows.append((2.45, z - 0.45, pi / 2, 1))
        for x, at, yaw, count in rows:
            for k in range(count):
                # A panel runs along its own x: turned by a quarter it runs towards -z.
                place = (x + 1.5 * k, 0, at) if yaw == 0 else (x, 0, at - 1.5 * k)
                self._spawn("Fence", "fence", place, yaw=yaw)

    def _vehicles(self) -> None:
        for number, (x, z) in enumerate(((PALLET_X, LINES["a"]), (PALLET_X, LINES["b"]), (-24.0, 13.6)), 1):
            self._spawn(f"AGV {number}", "agv", (x, 0, z), Device(f"agv-{number}", "agv"), self._of("vehicle"))

    def _people(self) -> None:
        places = ((-14.6, -2.1), (-5.0, -10.2), (18.6, 10.4), (-8.9, 10.4))
        for number, (x, z) in enumerate(places, 1):
            model = "foreman" if number == 1 else "worker"
            self._spawn(f"Worker {number}", model, (x, 0, z), Device(f"tag-{number}", "worker"), self._of("tag"), yaw=0.6 * number)
