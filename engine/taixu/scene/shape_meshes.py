"""Entities with a `Shape` get the mesh that it asks for, in the look of their `Material` or of a surface of one's own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets import model as assets
from taixu.ecs import Rows, Table, World, component_type, row_count
from taixu.errors import TaixuError
from taixu.scene.components import FromModel, Material, MeshInstance, Shape
from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary, add_mesh
from taixu.scene.shapes import shape_mesh
from taixu.scene.surfaces import surface_data, surface_of_table, surface_type

__all__ = ["ShapeState", "look_number", "looks_of", "make_shapes", "material_data"]

_log = logging.getLogger(__name__)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TEXTURES = (
    "base_color_texture", "normal_texture", "metallic_roughness_texture", "emissive_texture", "occlusion_texture",
)


class ShapeState:
    """What `make_shapes` remembers (a resource).

    Parameters
    ----------
    resolve
        Turns an asset path of a document into a file's path.
    """

    def __init__(self, resolve: Callable[[str], Path] = Path) -> None:
        self.tick = 0
        self.resolve = resolve
        self.made: set[int] = set()
        self.without_forms: dict[int, tuple[str, tuple[float, float, float], float]] = {}
        """Kind, size and bevel of meshes that have no coarser forms yet, by number."""

    def fork(self, world: World) -> ShapeState:
        return ShapeState(self.resolve)


def make_shapes(world: World) -> None:
    """Give entities whose `Shape` or look changed their mesh, and take it from those that lost the shape."""
    state = world.resource(ShapeState)
    if not len(world.query(Shape)) and not len(world.query(MeshInstance)):
        return  # whoever comes later finds the log of changes since the last look
    since, state.tick = state.tick, world.tick
    wanted = []
    for table in world.query(Shape):
        look = _look(table)
        kinds = (Shape,) if look is None else (Shape, look)
        rows = table.changed(kinds, since=since)
        if row_count(rows):
            shadows = table.read(Shape, "cast_shadow")[rows].copy()
            wanted.append((table.entities[rows].copy(), _mesh_numbers(world, state, table, rows), shadows))
    for entities, meshes, shadows in wanted:
        world.insert(entities, {MeshInstance: {"mesh": meshes, "cast_shadow": shadows}})
    for table in list(world.query(MeshInstance, without=(Shape, FromModel)).tables()):
        rows = table.changed((), since=since)
        if row_count(rows) and state.made:
            orphans = np.isin(table.read(MeshInstance, "mesh")[rows], list(state.made))
            world.remove(table.entities[rows][orphans].copy(), MeshInstance)
    world.advance()


def material_data(fields: dict[str, Any], *, resolve: Callable[[str], Path] = Path) -> LibraryMaterial:
    """A `Material` component's fields as a material, with a model that holds its textures."""
    model = assets.ModelData()
    scale = tuple(fields["texture_scale"])

    def reference(path: str) -> assets.TextureRef | None:
        if not path:
            return None
        model.images.append(assets.Image(name=path, path=resolve(path), uri=path))
        model.textures.append(assets.Texture(image=len(model.images) - 1))
        return assets.TextureRef(texture=len(model.textures) - 1, scale=scale)

    modes: dict[str, assets.AlphaMode] = {"opaque": "OPAQUE", "mask": "MASK", "blend": "BLEND"}
    material = assets.Material(
        base_color=tuple(fields["base_color"]), metallic=fields["metallic"], roughness=fields["roughness"],
        emissive=tuple(fields["emissive"]), emissive_strength=fields["emissive_strength"],
        alpha_mode=modes.get(fields["alpha_mode"], "OPAQUE"), alpha_cutoff=fields["alpha_cutoff"],
        double_sided=fields["double_sided"], unlit=fields["unlit"],
    )
    for name in _TEXTURES:
        setattr(material, name, reference(fields[name]))
    model.materials.append(material)
    return LibraryMaterial(material, model)


def _mesh_numbers(world: World, state: ShapeState, table: Table, rows: Rows) -> Any:
    names, look = ("kind", "size", "bevel_m"), _look(table)
    first, kinds = _distinct(table, look, rows)
    shapes = zip(*(_values(table, Shape, name, first) for name in names), strict=True)
    numbers = [_mesh_number(world, state, *pair) for pair in zip(shapes, looks_of(table, look, first), strict=True)]
    return np.array(numbers, np.uint32)[kinds]


def _distinct(table: Table, look: type | None, rows: Rows) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the table that differ in shape or look, and for each of `rows` which of those it is like."""
    every = np.arange(table.count)[rows]
    columns: list[NDArray[Any]] = []  # those in which all are alike tell nobody apart
    for cls in (Shape,) if look is None else (Shape, look):
        for fld in component_type(cls).fields:
            column = table.read(cls, fld.name)[..., rows]
            if column.dtype == object:
                values = column.tolist()
                if values.count(values[0]) < len(values):
                    codes = {value: number for number, value in enumerate(dict.fromkeys(values))}
                    columns.append(np.fromiter(map(codes.__getitem__, values), np.uint32, len(values)))
            else:
                columns += [part for part in np.atleast_2d(column) if not (part == part[0]).all()]
    if not columns:
        return every[:1], np.zeros(len(every), np.intp)
    key = np.zeros(len(every), np.uint64)
    for part in columns:
        bits = np.ascontiguousarray(part).view(f"u{part.itemsize}").astype(np.uint64)
        key = (key ^ (key >> np.uint64(29)) ^ bits) * _MIX
    _, first, kinds = np.unique(key, return_index=True, return_inverse=True)
    if not all(np.array_equal(part, part[first[kinds]]) for part in columns):  # two of one key, or no numbers
        return every, np.arange(len(every))
    order = np.argsort(first)  # meshes and materials are numbered in the order in which they are met
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return every[first[order]], places[kinds]


def looks_of(table: Table, look: type | None, rows: Rows) -> list[tuple[Any, ...]]:
    """A component's class and values, by row; nothing where it is None."""
    count = row_count(rows)
    if look is None:
        return [()] * count
    columns = [_values(table, look, fld.name, rows) for fld in component_type(look).fields]
    return list(zip([look] * count, *columns, strict=True))


def look_number(world: World, look: tuple[Any, ...]) -> int:
    """The material of a look (see `looks_of`), put into the library when it is first met."""
    materials = world.resource(MaterialLibrary)
    return materials.find(("material", look)) or _put_material(materials, world.resource(ShapeState), look)


def _look(table: Table) -> type | None:
    """The component that says how the table's shapes look: a surface comes before `Material`."""
    return surface_of_table(table) or (Material if Material in table.types else None)


def _values(table: Table, cls: type, name: str, rows: Rows) -> list[Any]:
    column = table.read(cls, name)[..., rows]
    return list(map(tuple, column.T.tolist())) if column.ndim == 2 else column.tolist()


def _put_material(materials: MaterialLibrary, state: ShapeState, surface: tuple[Any, ...]) -> int:
    """A look of documents; a texture with a path that may not be followed is said and left out."""
    look, declared = surface[0], surface_type(surface[0])
    values = dict(zip((fld.name for fld in component_type(look).fields), surface[1:], strict=True))
    for name in _TEXTURES if declared is None else declared.textures:
        try:
            if values[name]:
                state.resolve(values[name])
        except TaixuError as error:
            _log.warning("%s.%s: %s", component_type(look).name, name, error)
            values[name] = ""
    if declared is None:
        return materials.put(("material", surface), material_data(values, resolve=state.resolve))
    return materials.put(("material", surface), surface_data(look(**values), resolve=state.resolve))


def _mesh_number(world: World, state: ShapeState, shape: tuple[Any, ...], surface: tuple[Any, ...]) -> int:
    meshes = world.resource(MeshLibrary)
    key = ("shape", shape, surface)
    number = meshes.find(key)
    if number is None:
        material = 0
        if surface:
            material = look_number(world, surface)
        kind, size, bevel_m = shape
        try:
            number = add_mesh(meshes, key, shape_mesh(kind, size, bevel_m=bevel_m), material=material)
        except TaixuError:
            return 0  # nothing to see; documents and the inspector say what is wrong with the value
        state.made.add(number)
        state.without_forms[number] = kind, size, bevel_m
    return number
