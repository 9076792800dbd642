"""A tile's file becomes a model in the world's axes around a place in float64, and what it says of the things in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.container import open_container
from taixu.assets.gltf.findings import Report
from taixu.assets.gltf.limits import Limits
from taixu.assets.gltf.reader import read_gltf_bytes
from taixu.assets.gltf.uris import folder_resolver
from taixu.assets.mesh import Instances, Mesh, Mode, Primitive
from taixu.assets.model import ModelData, Node
from taixu.assets.paths import read_bytes, safe_uri
from taixu.assets.property_tables import Metadata
from taixu.assets.tiles3d.columns import untold
from taixu.assets.tiles3d.documents import Content
from taixu.assets.tiles3d.envelopes import Payload, open_envelope
from taixu.assets.tiles3d.features import NO_FEATURE, Features, key_of
from taixu.assets.tiles3d.placing import Placement
from taixu.errors import TaixuError

__all__ = ["FEATURE_ID", "TileContent", "read_content"]

Array = NDArray[np.float64]

FEATURE_ID = "_FEATURE_ID_0"
_MOST_BYTES = 512 << 20
_MOST_VERTICES = 20_000_000
_MOST_INSTANCES = 1_000_000
_Y_UP = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
"""Z up from Y up, as tiles stand from glTF."""
_LIMITS = Limits(file_bytes=_MOST_BYTES)


@dataclass
class TileContent:
    """What a tile shows.

    Attributes
    ----------
    model
        Its vertices are in the world's axes (x east, y up, z south), in metres from `origin`; `_FEATURE_ID_0` names rows of
        `features`.
    origin : float64[3]
        In the world.
    size
        Bytes that it takes.
    """

    model: ModelData
    origin: Array = field(default_factory=lambda: np.zeros(3))
    features: Features = field(default_factory=Features)
    size: int = 0


def read_content(content: Content, root: Path, transform: Array, placement: Placement) -> TileContent:
    """Read a tile's file.

    Parameters
    ----------
    root
        The folder that must not be left.
    transform : float64[4, 4]
        From the tile to the coordinates of the whole tileset.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    where = content.uri[-80:]
    features = Features()
    path = content.path(root)
    made = TileContent(ModelData(name=path.stem), features=features)
    parts: list[_Part] = []
    for payload in open_envelope(read_bytes(path, max_bytes=_MOST_BYTES), where):
        parts += _parts_of(payload, content, path, root, features, where)
    if sum(part.vertices for part in parts) > _MOST_VERTICES:
        raise TaixuError(f"{where}: it has more than {_MOST_VERTICES:,} vertices; split it into tiles")
    for part in parts:
        part.matrices = transform @ part.matrices
    _place(made, parts, placement)
    if not len(features) and content.said:
        row = features.add(content.uri, content.said)
        for part in parts:
            if part.points is not None and len(part.points):
                features.locate(np.full(len(part.points), row), part.points)
        _name_all(made.model, row)
    made.size = _size_of(made.model)
    return made


@dataclass
class _Part:
    """A mesh of a model, and where it stands: [k, 4, 4] with Z up."""

    model: ModelData
    mesh: Mesh
    matrices: Array
    ids: list[NDArray[np.int64] | None]
    """For each primitive the rows of features, by vertex; None where it has none."""
    of_copies: NDArray[np.int64] | None = None
    """Rows of features by copy."""
    points: Array | None = None

    @property
    def vertices(self) -> int:
        """How many there are when drawn."""
        return sum(each.vertex_count for each in self.mesh.primitives) * min(len(self.matrices), 1)


def _parts_of(
    payload: Payload, content: Content, path: Path, root: Path, features: Features, where: str
) -> Iterator[_Part]:
    offset = np.eye(4)
    offset[:3, 3] = payload.offset
    if payload.instances is not None and len(payload.instances) > _MOST_INSTANCES:
        raise TaixuError(f"{where}: it has {len(payload.instances):,} instances, and at most {_MOST_INSTANCES:,} are read")
    first = len(features)
    for number, row in enumerate(payload.rows or ()):
        key, rest = key_of(row, f"{content.uri}#{number}")
        features.add(key, {**content.said, **rest})
    if payload.points is not None:
        model, nodes = payload.points, [(0, np.eye(4))]
        upright = np.eye(4)
    else:
        data = payload.data
        if payload.uri:
            path = safe_uri(root, payload.uri, base=path.parent)
            data = read_bytes(path, max_bytes=_MOST_BYTES)
        model = read_gltf_bytes(data, name=where, resolver=folder_resolver(path.parent), limits=_LIMITS)
        nodes, center = _nodes_of(data, model)
        offset[:3, 3] += center
        upright = _Y_UP
    tables = _Tables(model.metadata, content, features)
    for index, matrix in nodes:
        node = model.nodes[index]
        if node.mesh is None:
            continue
        mesh = model.meshes[node.mesh]
        within = upright @ matrix
        copies = _copies_of(node.instances) if node.instances is not None else np.eye(4)[None]
        of_copies = tables.of_instances(node) if node.instances is not None else None
        if payload.instances is not None:
            stands = (payload.instances[:, None] @ (within @ copies)[None]).reshape(-1, 4, 4)
            if payload.rows is not None and payload.batch is not None:
                of_copies = np.repeat(_within(payload.batch, len(payload.rows), first), len(copies))[: len(stands)]
        else:
            stands = within @ copies
        ids = [_ids_of(each, payload, first, tables) for each in mesh.primitives]
        yield _Part(model, mesh, offset @ stands, ids, of_copies)


def _within(ids: NDArray[Any], count: int, first: int) -> NDArray[np.int64]:
    rows = ids.astype(np.int64)
    return np.where((rows >= 0) & (rows < count), rows + first, NO_FEATURE)


def _ids_of(part: Primitive, payload: Payload, first: int, tables: _Tables) -> NDArray[np.int64] | None:
    if payload.rows is not None:
        raw = part.attributes.get("_BATCHID", part.attributes.get("BATCHID"))
        return None if raw is None or raw.ndim != 1 else _within(_whole(raw), len(payload.rows), first)
    return tables.of_vertices(part)


class _Tables:
    """Property tables of a model as rows of features: each is put there when something first refers to it."""

    def __init__(self, metadata: Metadata | None, content: Content, features: Features) -> None:
        self.metadata, self.content, self.features = metadata, content, features
        self._first: dict[int, int] = {}

    def of_vertices(self, part: Primitive) -> NDArray[np.int64] | None:
        """Rows by vertex."""
        for said in _feature_ids(part.extensions.get("EXT_mesh_features")):
            number = said.get("attribute")
            raw = part.attributes.get(f"_FEATURE_ID_{number}") if isinstance(number, int) else None
            if raw is None and "texture" in said:
                continue
            ids = np.arange(part.vertex_count) if raw is None or raw.ndim != 1 else _whole(raw)
            return self._rows(said, ids)
        return None

    def of_instances(self, node: Node) -> NDArray[np.int64] | None:
        """Rows by instance."""
        copies = node.instances
        for said in _feature_ids(node.extensions.get("EXT_instance_features")):
            if copies is None:
                break
            raw = copies.attributes.get(f"_FEATURE_ID_{said.get('attribute')}")
            return self._rows(said, np.arange(len(copies.translations)) if raw is None or raw.ndim != 1 else _whole(raw))
        return None

    def _rows(self, said: dict[str, Any], ids: NDArray[np.int64]) -> NDArray[np.int64] | None:
        number = said.get("propertyTable")
        if self.metadata is None or not isinstance(number, int) or not 0 <= number < len(self.metadata.tables):
            return None
        table = self.metadata.tables[number]
        if number not in self._first:
            self._first[number] = len(self.features)
            described = self.metadata.properties(table.class_name)
            named = next((name for name, each in described.items() if each.get("semantic") == "ID"), "")
            for row in range(min(table.count, int(ids.max(initial=0)) + 1) if table.count > 1_000_000 else table.count):
                key, rest = key_of(untold(table.row(row), described), f"{self.content.uri}#{row}", named)
                self.features.add(key, {**self.content.said, **rest})
        rows = _within(ids, min(table.count, len(self.features) - self._first[number]), self._first[number])
        nothing = said.get("nullFeatureId")
        return np.where(ids == nothing, NO_FEATURE, rows) if isinstance(nothing, int) else rows


def _feature_ids(raw: object) -> list[dict[str, Any]]:
    listed = raw.get("featureIds") if isinstance(raw, dict) else None
    return [each for each in listed if isinstance(each, dict) and "propertyTable" in each] if isinstance(listed, list) else []


def _whole(values: NDArray[Any]) -> NDArray[np.int64]:
    return np.rint(np.nan_to_num(values.astype(np.float64), nan=-1.0)).astype(np.int64)


def _nodes_of(data: bytes, model: ModelData) -> tuple[list[tuple[int, Array]], Array]:
    """Nodes of the scene with their matrices, in the digits that the text has: places on the earth need more than float32."""
    root = open_container(data, limits=_LIMITS, report=Report()).root
    raw = root.get("nodes", [])
    found = []
    waiting = [(index, np.eye(4)) for index in reversed(model.roots())]
    while waiting:
        index, above = waiting.pop()
        node = model.nodes[index]
        if not node.visible:
            continue
        own = node.parent_from_local().astype(np.float64)
        said = raw[index] if index < len(raw) else {}
        place = said.get("translation", said.get("matrix", (0,) * 16)[12:15])
        if isinstance(place, list) and len(place) == 3 and all(isinstance(each, (int, float)) for each in place):
            own[:3, 3] = place
        found.append((index, above @ own))
        waiting += [(child, found[-1][1]) for child in reversed(node.children)]
    rtc = (root.get("extensions") or {}).get("CESIUM_RTC")
    center = rtc.get("center") if isinstance(rtc, dict) else None
    good = isinstance(center, list) and len(center) == 3 and all(
        isinstance(each, (int, float)) and abs(each) < 1e9 for each in center)  # fmt: skip
    return found, np.array(center if good else (0.0, 0.0, 0.0), np.float64)


def _copies_of(copies: Instances) -> Array:
    made = np.tile(np.eye(4), (len(copies.translations), 1, 1))
    x, y, z, w = copies.rotations.astype(np.float64).T
    rows = [[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]  # fmt: skip
    made[:, :3, :3] = np.moveaxis(np.array(rows), 2, 0) * copies.scales[:, None, :]
    made[:, :3, 3] = copies.translations
    return made


def _place(made: TileContent, parts: list[_Part], placement: Placement) -> None:
    baked: list[tuple[_Part, Primitive, Array, NDArray[np.int64] | None]] = []
    copied: list[tuple[_Part, Array, Array]] = []
    middles = []
    for part in parts:
        if len(part.matrices) == 1:
            matrix, points = part.matrices[0], []
            for each, ids in zip(part.mesh.primitives, part.ids, strict=True):
                if not each.vertex_count:
                    continue
                placed = placement.positions(each.attributes["POSITION"].astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3])
                if not np.isfinite(placed).all():
                    raise TaixuError(f"{made.model.name}: some of its vertices are no place on the earth")
                named = ids if ids is not None or part.of_copies is None else np.full(len(placed), int(part.of_copies[0]))
                baked.append((part, each, placed, named))
                points.append(placed)
                if named is not None:
                    is_one = named != NO_FEATURE
                    made.features.locate(named[is_one], placed[is_one])
            part.points = np.concatenate(points) if points else None
        elif len(part.matrices):
            places = placement.positions(part.matrices[:, :3, 3])
            good = np.isfinite(places).all(1)
            part.points = places[good]
            copied.append((part, places[good], part.matrices[good, :3, :3]))
            if part.of_copies is not None:
                rows, at = part.of_copies[good], places[good]
                made.features.locate(rows[rows != NO_FEATURE], at[rows != NO_FEATURE])
        if part.points is not None and len(part.points):
            middles += [part.points.min(0), part.points.max(0)]
    made.origin = (np.min(middles, 0) + np.max(middles, 0)) / 2 if middles else np.zeros(3)
    looks = _Looks(made.model)
    whole = Mesh("tile")
    for part, each, placed, ids in baked:
        turned = placement.axes @ part.matrices[0][:3, :3]
        attributes = _turned(each, turned, (placed - made.origin).astype(np.float32))
        if ids is not None:
            attributes[FEATURE_ID] = ids.astype(np.uint32)
        flat = Primitive(attributes, each.indices, each.mode, looks.material(part.model, each.material))
        if np.linalg.det(turned) < 0 and each.mode >= Mode.TRIANGLES:
            flat.indices, flat.mode = np.ascontiguousarray(each.triangles()[:, ::-1].reshape(-1)), Mode.TRIANGLES
        whole.primitives.append(flat)
    if whole.primitives:
        made.model.meshes.append(whole)
        made.model.nodes.append(Node(name="tile", mesh=len(made.model.meshes) - 1))
    for part, places, linear in copied:
        mesh = Mesh(part.mesh.name, [
            Primitive(dict(each.attributes), each.indices, each.mode, looks.material(part.model, each.material))
            for each in part.mesh.primitives if each.vertex_count])  # fmt: skip
        if mesh.primitives:
            made.model.meshes.append(mesh)
            rotations, scales = _split(placement.axes @ linear)
            copies = Instances((places - made.origin).astype(np.float32), rotations, scales)
            made.model.nodes.append(Node(name="copies", mesh=len(made.model.meshes) - 1, instances=copies))


def _turned(part: Primitive, linear: Array, positions: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """A primitive's attributes with vectors turned; cofactors turn normals as inverse transposes do, and live with flat scales."""
    kept = {name: values for name, values in part.attributes.items() if name.startswith(("TEXCOORD_", "COLOR_"))}
    found: dict[str, NDArray[Any]] = {"POSITION": positions, **kept}
    cofactors = np.cross(np.roll(linear, -1, axis=0), np.roll(linear, -2, axis=0))
    if np.linalg.det(linear) < 0:
        cofactors = -cofactors
    for name, matrix in (("NORMAL", cofactors), ("TANGENT", linear)):
        values = part.attributes.get(name)
        if values is not None:
            turned = values[:, :3].astype(np.float64) @ matrix.T
            turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-12)
            found[name] = np.concatenate([turned, values[:, 3:]], 1).astype(np.float32)
    return found


def _split(linear: Array) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Quaternions and scales of matrices ``[k, 3, 3]``; what shears is the nearest that does not."""
    u, sizes, vt = np.linalg.svd(linear)
    del sizes
    turned = u @ vt
    flipped = np.linalg.det(turned) < 0
    turned[flipped] = -turned[flipped]
    scales = np.einsum("kij,kij->kj", turned, linear)
    m = turned
    squares = np.stack([1 + m[:, 0, 0] - m[:, 1, 1] - m[:, 2, 2], 1 - m[:, 0, 0] + m[:, 1, 1] - m[:, 2, 2],
                        1 - m[:, 0, 0] - m[:, 1, 1] + m[:, 2, 2], 1 + np.trace(m, axis1=1, axis2=2)], 1)  # fmt: skip
    # Shepperd, "Quaternion from Rotation Matrix", 1978: the largest component first.
    xy, xz, yz = m[:, 0, 1] + m[:, 1, 0], m[:, 0, 2] + m[:, 2, 0], m[:, 1, 2] + m[:, 2, 1]
    wx, wy, wz = m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1]
    rows = np.stack([np.stack([squares[:, 0], xy, xz, wx], 1), np.stack([xy, squares[:, 1], yz, wy], 1),
                     np.stack([xz, yz, squares[:, 2], wz], 1), np.stack([wx, wy, wz, squares[:, 3]], 1)], 1)  # fmt: skip
    q = rows[np.arange(len(m)), squares.argmax(1)]
    q /= np.maximum(np.linalg.norm(q, axis=1, keepdims=True), 1e-12)
    return q.astype(np.float32), scales.astype(np.float32)


class _Looks:
    """Materials of several models in one, with their textures."""

    def __init__(self, into: ModelData) -> None:
        self.into = into
        self._starts: dict[int, int] = {}
        self._kept: list[ModelData] = []

    def material(self, model: ModelData, index: int | None) -> int | None:
        """The number of a model's material."""
        if index is None or index >= len(model.materials):
            return None
        if id(model) not in self._starts:
            self._starts[id(model)] = len(self.into.materials)
            self._kept.append(model)
            add_looks(self.into, model)
        return self._starts[id(model)] + index


def add_looks(into: ModelData, model: ModelData) -> None:
    """Put a model's materials, textures, samplers and images behind those of another, references moved."""
    from dataclasses import fields, is_dataclass, replace

    from taixu.assets.texture import TextureRef

    start = len(into.textures)

    def moved(value: Any) -> Any:
        if isinstance(value, TextureRef):
            return replace(value, texture=value.texture + start)
        if is_dataclass(value) and not isinstance(value, type):
            changed = {each.name: moved(getattr(value, each.name)) for each in fields(value)}
            return replace(value, **changed)
        return value

    images, samplers = len(into.images), len(into.samplers)
    into.materials += [moved(each) for each in model.materials] if start else model.materials
    into.textures += [
        replace(each, image=None if each.image is None else each.image + images,
                fallback=None if each.fallback is None else each.fallback + images,
                sampler=None if each.sampler is None else each.sampler + samplers)
        for each in model.textures
    ]  # fmt: skip
    into.images += model.images
    into.samplers += model.samplers


def _name_all(model: ModelData, row: int) -> None:
    for mesh in model.meshes:
        for part in mesh.primitives:
            part.attributes[FEATURE_ID] = np.full(part.vertex_count, row, np.uint32)


def _size_of(model: ModelData) -> int:
    """Bytes of arrays, and of pictures once they are unpacked: about eight times what they have packed."""
    total = sum(len(node.instances.translations) * 160 for node in model.nodes if node.instances is not None)
    for mesh in model.meshes:
        for part in mesh.primitives:
            total += sum(each.nbytes for each in part.attributes.values()) + (0 if part.indices is None else part.indices.nbytes)
    return total + sum(8 * len(image.data) for image in model.images if image.data is not None)
