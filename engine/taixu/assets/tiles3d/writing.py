"""Things of a place as 3D Tiles 1.1: a quadtree of GLBs, ids and attributes in property tables, lying where the place lies.

https://github.com/CesiumGS/3d-tiles/tree/main/specification; ``EXT_mesh_features`` names the row of each vertex.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.assets.flattening import Piece
from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.mesh import Mesh, Mode, Primitive
from taixu.assets.model import ModelData, Node, TextureRef
from taixu.assets.property_tables import Metadata, PropertyTable
from taixu.assets.tiles3d.columns import Columns
from taixu.assets.tiles3d.contents import FEATURE_ID
from taixu.errors import TaixuError

__all__ = ["Thing", "write_tiles"]

Array = NDArray[np.float64]

_MOST_THINGS, _MOST_VERTICES, _MOST_DEPTH = 64, 60_000, 16
_WORLD_FROM_TILE = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


@dataclass
class Thing:
    """Something that stands in a place.

    Attributes
    ----------
    key, attributes
        Its id, and what is said of it; a thing without a key has no row of its own.
    levels
        Its forms in the world's axes and metres, the finest first.
    errors
        By how many metres each form is off.
    """

    key: str
    attributes: dict[str, Any]
    levels: list[list[Piece]]
    errors: list[float] = field(default_factory=lambda: [0.0])

    def middle(self) -> Array:
        """Of the box around its finest form."""
        points = np.concatenate([piece.positions for piece in self.levels[0]])
        found: Array = (points.min(0) + points.max(0)) / 2
        return found

    @property
    def vertices(self) -> int:
        """Of its finest form."""
        return sum(len(piece.positions) for piece in self.levels[0])


def write_tiles(path: Path, things: Sequence[Thing], looks: ModelData, frame: LocalFrame | None) -> dict[str, Any]:
    """Write ``tileset.json`` and the GLBs beside it; the text comes last.

    Parameters
    ----------
    looks
        The model whose materials pieces name.
    frame
        Where the world lies on the earth; None writes a plane with Z up.

    Returns
    -------
    dict
        How many tiles, features and bytes there are.

    Raises
    ------
    TaixuError
        When there is nothing to write, or it cannot be written.
    """
    things = [each for each in things if each.levels and each.levels[0] and each.vertices]
    if not things:
        raise TaixuError(f"{path}: there is nothing with a surface to write")
    writer = _Writer(path, looks, frame, Columns.of([each.attributes for each in things if each.key]))
    middles = np.array([each.middle() for each in things])[:, [0, 2]]
    low, high = middles.min(0), middles.max(0)
    side = max(float((high - low).max()), 1e-3)
    root, box = writer.node(list(range(len(things))), things, middles, (low + high) / 2 - side / 2, side, 0)
    if "transform" in root:  # one leaf: the place's own transform goes above
        error = max(float(np.linalg.norm(box[1] - box[0])) / 4, root["geometricError"])
        root = {"boundingVolume": _volume(box), "geometricError": error, "refine": "ADD", "children": [root]}
    root["transform"] = writer.root_transform()
    if frame is not None:
        root["boundingVolume"] = {"region": writer.region(box)}
    document = {
        "asset": {"version": "1.1", "generator": "Taixu"}, "geometricError": max(2.0 * root["geometricError"], 1.0), "root": root,
    }  # fmt: skip
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomic(path, text + "\n")
    return {"tiles": writer.tiles, "contents": writer.contents, "bytes": writer.bytes,
            "features": sum(bool(each.key) for each in things)}  # fmt: skip


class _Writer:
    def __init__(self, path: Path, looks: ModelData, frame: LocalFrame | None, columns: Columns) -> None:
        self.folder, self.looks, self.frame, self.columns = path.parent, looks, frame, columns
        self.origin = frame.to_geocentric(np.zeros((1, 3)))[0] if frame is not None else np.zeros(3)
        self.axes = frame.axes() if frame is not None else np.eye(3)
        self.tiles = self.contents = self.bytes = 0

    def root_transform(self) -> list[float]:
        """East, north and up of the place's origin, columns first."""
        matrix = np.eye(4)
        if self.frame is not None:
            matrix[:3, :3] = (_WORLD_FROM_TILE.T @ self.axes).T
            matrix[:3, 3] = self.origin
        return [float(each) for each in matrix.T.ravel()]

    def local(self, positions: Array) -> Array:
        """East, north and up in the root's frame of positions in the world."""
        if self.frame is not None:
            positions = (self.frame.to_geocentric(positions) - self.origin) @ self.axes.T
        found: Array = positions @ _WORLD_FROM_TILE
        return found

    def region(self, box: Array) -> list[float]:
        """West, south, east, north in radians, lowest and highest, around a box [2, 3] of the root's frame."""
        assert self.frame is not None
        steps = np.linspace(0.0, 1.0, 5)
        grid = np.stack(np.meshgrid(steps, steps, (0.0, 1.0), indexing="ij"), -1).reshape(-1, 3)
        world = (box[0] + grid * (box[1] - box[0])) @ _WORLD_FROM_TILE.T
        places = self.frame.to_geographic(self.frame.from_geocentric(world @ self.axes + self.origin))
        (west, south, low), (east, north, high) = places.min(0), places.max(0)
        return [*(float(each) for each in np.radians([west, south, east, north])), float(low) - 0.01, float(high) + 0.01]

    def node(
        self, rows: list[int], things: Sequence[Thing], middles: Array, corner: Array, side: float, depth: int
    ) -> tuple[dict[str, Any], Array]:
        """A tile of the quadtree with all below it, and its box [2, 3]."""
        self.tiles += 1
        small = len(rows) <= _MOST_THINGS and sum(things[row].vertices for row in rows) <= _MOST_VERTICES
        if small or len(rows) == 1 or depth >= _MOST_DEPTH:
            return self._leaf([things[row] for row in rows])
        half = side / 2
        parts: dict[tuple[int, int], list[int]] = {}
        for row in rows:
            i, j = np.clip((middles[row] - corner) // half, 0, 1).astype(int).tolist()
            parts.setdefault((i, j), []).append(row)
        made, boxes = [], []
        for (i, j), below in sorted(parts.items()):
            tile, box = self.node(below, things, middles, corner + half * np.array([i, j]), half, depth + 1)
            made.append(tile)
            boxes.append(box)
        whole = np.stack([np.min([box[0] for box in boxes], 0), np.max([box[1] for box in boxes], 0)])
        error = max(float(np.linalg.norm(whole[1] - whole[0])) / 4, *(tile["geometricError"] for tile in made))
        return {"boundingVolume": _volume(whole), "geometricError": error, "refine": "ADD", "children": made}, whole

    def _leaf(self, things: list[Thing]) -> tuple[dict[str, Any], Array]:
        depth = max(len(each.levels) for each in things)
        points = [self.local(piece.positions) for each in things for level in each.levels for piece in level]
        whole = np.stack([np.min([each.min(0) for each in points], 0), np.max([each.max(0) for each in points], 0)])
        center = (whole[0] + whole[1]) / 2
        tile: dict[str, Any] = {}
        for level in range(depth):  # finest first: each coarser one is the parent of those before
            error = max((each.errors[min(level, len(each.errors) - 1)] for each in things), default=0.0)
            content = self._content(things, level, center)
            above = {"boundingVolume": _volume(whole - center), "geometricError": float(error), "refine": "REPLACE",
                     "content": content}  # fmt: skip
            if tile:
                above["geometricError"] = max(above["geometricError"], tile["geometricError"])
                above["children"] = [tile]
                self.tiles += 1
            tile = above
        # Vertices count from the tile's middle: float32 is exact to micrometres there.
        return {"transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, *(float(each) for each in center), 1], **tile}, whole

    def _content(self, things: list[Thing], level: int, center: Array) -> dict[str, str]:
        model = ModelData(name="tile")
        keyed = [each for each in things if each.key]
        numbers = {id(each): row for row, each in enumerate(keyed)}
        by_look: dict[tuple[Any, ...], list[tuple[Piece, int]]] = {}
        for each in things:
            for piece in each.levels[min(level, len(each.levels) - 1)]:
                has = (piece.material, piece.normals is not None, piece.texcoords is not None, piece.colors is not None,
                       len(piece.triangles) > 0)  # fmt: skip
                by_look.setdefault(has, []).append((piece, numbers.get(id(each), len(keyed))))
        used = sorted({piece.material for group in by_look.values() for piece, _ in group if piece.material is not None})
        places = {material: at for at, material in enumerate(used)}
        parts = [self._primitive(group, center, places, len(keyed)) for group in by_look.values()]
        model.meshes, model.nodes = [Mesh("tile", parts)], [Node(mesh=0)]
        _take_looks(model, self.looks, used)
        if keyed:
            columns = self.columns.of_rows([each.key for each in keyed], [each.attributes for each in keyed])
            table = PropertyTable("feature", len(keyed), columns, name="features")
            model.metadata = Metadata(self.columns.schema(), [table])
        data = glb_bytes(model)
        name = f"tiles/{self.contents}.glb"
        (self.folder / "tiles").mkdir(parents=True, exist_ok=True)
        write_atomic(self.folder / name, data)
        self.contents += 1
        self.bytes += len(data)
        return {"uri": name}

    def _primitive(
        self, group: Iterable[tuple[Piece, int]], center: Array, places: dict[int, int], count: int
    ) -> Primitive:
        lists: dict[str, list[NDArray[Any]]] = {}
        triangles, start, material, is_keyed = [], 0, None, False
        for piece, number in group:
            place = self.local(piece.positions) - center
            lists.setdefault("POSITION", []).append(place @ _WORLD_FROM_TILE.T)
            if piece.normals is not None:
                lists.setdefault("NORMAL", []).append(piece.normals)
            if piece.texcoords is not None:
                lists.setdefault("TEXCOORD_0", []).append(piece.texcoords)
            if piece.colors is not None:
                lists.setdefault("COLOR_0", []).append(piece.colors)
            lists.setdefault(FEATURE_ID, []).append(np.full(len(piece.positions), number))
            triangles.append(piece.triangles.astype(np.int64) + start)
            start += len(piece.positions)
            material, is_keyed = piece.material, is_keyed or number < count
        made = Primitive({name: np.concatenate(values).astype(np.float32) for name, values in lists.items()},
                         material=None if material is None else places[material])  # fmt: skip
        faces = np.concatenate(triangles).astype(np.uint32).reshape(-1)
        if len(faces):
            made.indices = faces
        else:
            made.mode = Mode.POINTS
        if is_keyed:
            ids = {"featureCount": count, "attribute": 0, "propertyTable": 0, "nullFeatureId": count}
            made.extensions["EXT_mesh_features"] = {"featureIds": [ids]}
        else:
            del made.attributes[FEATURE_ID]
        return made


def _volume(box: Array) -> dict[str, list[float]]:
    """A box [2, 3] around its middle, a millimetre wider."""
    half = (box[1] - box[0]) / 2 + 0.001
    middle = (box[0] + box[1]) / 2
    return {"box": [float(each) for each in (*middle, half[0], 0, 0, 0, half[1], 0, 0, 0, half[2])]}


def _take_looks(into: ModelData, looks: ModelData, used: Sequence[int]) -> None:
    """Put the materials that are used into a model, with their textures and no others."""
    textures: dict[int, int] = {}

    def moved(value: Any) -> Any:
        if isinstance(value, TextureRef):
            return replace(value, texture=textures.setdefault(value.texture, len(textures)))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{each.name: moved(getattr(value, each.name)) for each in fields(value)})
        return value

    into.materials = [moved(looks.materials[each]) for each in used]
    images: dict[int, int] = {}
    for number in textures:
        found = looks.textures[number]
        source = None if found.image is None else images.setdefault(found.image, len(images))
        other = None if found.fallback is None else images.setdefault(found.fallback, len(images))
        into.textures.append(replace(found, image=source, fallback=other))
    into.images = [looks.images[each] for each in images]
    into.samplers = list(looks.samplers)
