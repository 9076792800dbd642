"""The plugin that makes field maps visible: entities with a mesh of colours, made anew now and then."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.app import App, Stage
from taixu.assets.model import Material, ModelData, Primitive
from taixu.ecs import World
from taixu.ecs.entity import mix64
from taixu.errors import TaixuError
from taixu.scene import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshInstance, MeshLibrary, Transform, split_position
from taixu.simulation.field_maps import drawing, quantities
from taixu.simulation.field_maps.colors import ramp_hex
from taixu.simulation.field_maps.components import FieldMap, FieldShown
from taixu.simulation.field_maps.lattice import Lattice, Things
from taixu.simulation.field_maps.reading import Frame, frame_of, grid_of, things_of
from taixu.simulation.worlds.runs import world_time_ns

__all__ = ["FieldMapPlugin", "FieldMaps", "Legend", "show_field_maps"]

_log = logging.getLogger(__name__)
Floats = NDArray[np.float64]
_SALT = np.uint64(0xF1E1_D0A9_5000_0001)
_MOST_MAPS = 32
_SLICE_HEIGHTS = 24
_UNITS = {"density": "1/m²", "flow": "m/s", "measured": "", "noise": "dB", "plume": "µg/m³", "simulated": ""}
_FADES = frozenset({"density", "flow", "noise", "plume", "simulated"})
_NOISE_SPAN_DB = 40.0
_MOST_SHARE = 0.98


@dataclass(frozen=True, slots=True)
class Legend:
    """What a field map's colours mean.

    Attributes
    ----------
    low, high
        The values of the first and the last colour.
    colors
        As pages write them, evenly between the two.
    """

    entity: int
    kind: str
    of: str
    unit: str
    low: float
    high: float
    colors: tuple[str, ...]


class FieldMaps:
    """What is shown of a world's field maps (a resource).

    Attributes
    ----------
    legends
        By entity.
    troubles
        Why one is not shown, by entity: a sentence each.
    """

    def __init__(self) -> None:
        self.legends: dict[int, Legend] = {}
        self.troubles: dict[int, str] = {}
        self.made: dict[int, tuple[object, int]] = {}
        """From what each was made, and when, by the world's time."""


class FieldMapPlugin:
    """Shows what `FieldMap` components name; the plugin of simulators comes before it."""

    def build(self, app: App) -> None:
        """Add components, the resource and the system."""
        app.register_component(FieldMap)
        app.register_component(FieldShown)
        app.insert_resource(FieldMaps())
        app.add_system(Stage.UPDATE, show_field_maps, after=("show_water",))


def show_field_maps(world: World) -> None:
    """Make anew what is due, one map a frame: whose settings or place changed, then who waits longest."""
    maps = world.resource(FieldMaps)
    if not len(world.query(FieldMap)) and not maps.made:
        return
    now, due = world_time_ns(world), []
    wanted = {int(entity) for table in world.query(FieldMap, Transform) for entity in table.entities[:_MOST_MAPS]}
    for table in list(world.query(FieldShown).tables()):
        lost = ~np.isin(table.read(FieldShown, "owner"), np.fromiter(wanted, np.uint64, len(wanted)))
        if lost.any():
            world.despawn(table.entities[lost].copy())
    for entity in [entity for entity in maps.made if entity not in wanted]:
        for kept in (maps.made, maps.legends, maps.troubles):
            kept.pop(entity, None)
    for entity in sorted(wanted)[:_MOST_MAPS]:
        said: FieldMap = world.get(entity, FieldMap)
        try:
            frame = frame_of(world, entity)
        except TaixuError as error:
            _tell(maps, entity, str(error))
            continue
        key = (repr(said), frame.origin.tobytes(), frame.axes.tobytes())
        before, when = maps.made.get(entity, (None, 0))
        waited = now - when
        if before != key or waited < 0 or waited >= said.every_secs * 1e9:
            due.append((before != key, waited, entity, said, frame, key))
    if due:
        _, _, entity, said, frame, key = max(due, key=lambda each: each[:2])
        maps.made[entity] = key, now
        try:
            primitive, legend = _make(world, entity, said, frame)
            _show(world, entity, frame, primitive)
            maps.legends[entity] = legend
            maps.troubles.pop(entity, None)
        except TaixuError as error:
            _show(world, entity, frame, None)
            maps.legends.pop(entity, None)
            _tell(maps, entity, str(error))


def _tell(maps: FieldMaps, entity: int, sentence: str) -> None:
    if maps.troubles.get(entity) != sentence:
        maps.troubles[entity] = sentence
        _log.warning("A field map is not shown: %s", sentence)


def _make(world: World, entity: int, said: FieldMap, frame: Frame) -> tuple[Primitive | None, Legend]:
    """A map's mesh, in the box's coordinates, and its legend; None for one that is switched off."""
    show = "streamlines" if said.kind == "flow" and said.show != "heat" else said.show
    if show == "streamlines" and said.kind != "flow":
        raise TaixuError(f"streamlines show how things move: kind takes flow, not {said.kind}")
    size = tuple(float(each) for each in said.size)
    levels = int(said.levels)
    heights: tuple[float, ...] = (0.0,)
    if show == "volume":
        heights = tuple(((np.arange(levels) + 0.5) / levels * size[1]).tolist())
    elif show == "slice":
        heights = tuple(np.linspace(0.0, size[1], _SLICE_HEIGHTS).tolist())
    lattice = Lattice.over((size[0], size[1], size[2]), said.cell_m, heights)
    if show == "slice":  # no more than the rows around its plane
        lattice = Lattice((size[0], size[1], 3 * lattice.cell[1]), 3, lattice.columns, heights)
    ground: Floats | None = None
    if said.kind == "simulated":
        grid, ground = grid_of(world, frame, lattice, said.of)
        values = np.repeat(grid[None], len(heights), axis=0)
    else:
        values = _values(lattice, said, things_of(world, frame, said.of, float(said.strength)))
    shown = np.hypot(*values)[None] if said.kind == "flow" else values
    low, high = _span(said, shown)
    opacity = said.opacity if show != "volume" else 1.0 - (1.0 - said.opacity) ** (2.0 / max(levels, 2))
    paint = drawing.Paint(low, high, said.colors, float(opacity), said.kind in _FADES)
    if show == "streamlines":
        primitive = drawing.streamlines(lattice, values, paint, across=max(2, 3 * levels))
    elif show == "contours":
        primitive = drawing.contours(lattice, shown[0], paint, levels=levels, ground=ground)
    elif show == "slice":
        primitive = drawing.upright(lattice, shown, paint)
    else:
        primitive = drawing.layers(lattice, shown, paint, ground=ground)
    legend = Legend(entity, said.kind, said.of, _UNITS[said.kind], low, high, tuple(ramp_hex(said.colors)))
    return (primitive if said.enabled else None), legend


def _values(lattice: Lattice, said: FieldMap, things: Things) -> Floats:
    reach = float(said.reach_m)
    if said.kind == "noise":
        return quantities.noise(lattice, things, reach=reach)
    if said.kind == "plume":
        return quantities.plume(
            lattice, things, wind_mps=float(said.wind), wind_from_rad=float(said.wind_from_rad), reach=reach
        )  # fmt: skip
    if said.kind == "measured":
        return quantities.measured(lattice, things, reach=reach)
    one = Lattice(lattice.size, lattice.rows, lattice.columns)
    things = Things(things.places, np.maximum(things.strengths, 0.0), things.velocities)
    if said.kind == "flow":
        return quantities.flow(one, things, reach=reach)
    return np.repeat(quantities.density(one, things, reach=reach), len(lattice.heights), axis=0)


def _span(said: FieldMap, values: Floats) -> tuple[float, float]:
    """The values of the first and the last colour."""
    low, high = float(said.low), float(said.high)
    if high > low:
        return low, high
    known = values[np.isfinite(values)]
    if said.kind == "plume" and (known > 0).any():  # at its source it is a thousand times as thick as where people are
        known = np.minimum(known, np.quantile(known[known > 0], _MOST_SHARE))
    most = float(known.max(initial=-np.inf))
    if not np.isfinite(most):
        return low, low + 1.0
    if said.kind == "noise":
        return (low if low else most - _NOISE_SPAN_DB), max(most, low + 1.0)
    if said.kind == "measured" and not low:
        low = float(known.min())
    return low, most if most > low else low + 1.0


def _show(world: World, entity: int, frame: Frame, primitive: Primitive | None) -> None:
    """Have a map be seen, or no more."""
    mine = [int(each) for table in world.query(FieldShown)
            for each in table.entities[table.read(FieldShown, "owner") == np.uint64(entity)]]  # fmt: skip
    if primitive is None:
        if mine:
            world.despawn(np.array(mine, np.uint64))
        return
    primitive.attributes["POSITION"] = (primitive.attributes["POSITION"] @ frame.axes.T).astype(np.float32)
    primitive.attributes["NORMAL"] = (primitive.attributes["NORMAL"] @ frame.axes.T).astype(np.float32)
    material = Material(name="field map", metallic=0.0, roughness=1.0, alpha_mode="BLEND", double_sided=True, unlit=True)
    paint = world.resource(MaterialLibrary).put(("field map",), LibraryMaterial(material, ModelData(materials=[material])))
    mesh = world.resource(MeshLibrary).put(("field map", entity), LibraryMesh((primitive,), (paint,)))
    cell, offset = split_position(frame.origin)
    if mine:
        found = np.array(mine, np.uint64)
        world.scatter(found, Transform, "cell", cell[:, None])
        world.scatter(found, Transform, "translation", offset[:, None])
        world.scatter(found, MeshInstance, "mesh", np.array([mesh], np.uint32))
        return
    stable = mix64(np.array([world.stable_id(entity)], np.uint64) ^ _SALT)
    world.spawn_batch(1, {
        FieldShown: {"owner": entity}, Transform: {"cell": cell, "translation": offset},
        MeshInstance: {"mesh": mesh, "cast_shadow": False},
    }, stable_ids=np.maximum(stable, np.uint64(1)))  # fmt: skip
