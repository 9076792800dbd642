"""Tile formats of 3D Tiles 1.0: b3dm, i3dm, pnts and cmpt, down to glTF, instances, points and batch tables.

https://github.com/CesiumGS/3d-tiles/tree/main/specification/TileFormats
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.mesh import Mesh, Mode, Primitive
from taixu.assets.model import Material, ModelData, Node
from taixu.errors import TaixuError

__all__ = ["Payload", "open_envelope"]

Array = NDArray[np.float64]

_MOST_NESTED = 4
_MOST_INNER = 1000
_MOST_ROWS = 2_000_000
_DTYPES = {"BYTE": "i1", "UNSIGNED_BYTE": "u1", "SHORT": "<i2", "UNSIGNED_SHORT": "<u2", "INT": "<i4", "UNSIGNED_INT": "<u4",
           "FLOAT": "<f4", "DOUBLE": "<f8"}  # fmt: skip
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


@dataclass
class Payload:
    """What is in a tile's file.

    Attributes
    ----------
    data
        glTF; empty where `uri` names it or `points` is there.
    uri
        Of a glTF beside the tile.
    points
        A model of points with Z up.
    offset : float64[3]
        RTC_CENTER: added with Z up.
    instances : float64[k, 4, 4] or None
        Where the glTF stands, with Z up.
    batch : array [k] or None
        Rows of the batch table, of instances or points; those of a b3dm are vertices' own.
    rows
        The batch table; None where there is none.
    """

    data: bytes = b""
    uri: str = ""
    points: ModelData | None = None
    offset: Array = field(default_factory=lambda: np.zeros(3))
    instances: Array | None = None
    batch: NDArray[np.int64] | None = None
    rows: list[dict[str, Any]] | None = None


def open_envelope(data: bytes, where: str, *, depth: int = 0) -> list[Payload]:
    """What a file's bytes hold; several things where it is a composite.

    Raises
    ------
    TaixuError
        Where its lengths lie, or it is of a format that is not read.
    """
    magic = data[:4]
    if magic == b"glTF" or data[:64].lstrip()[:1] == b"{":
        return [Payload(data)]
    if magic not in (b"b3dm", b"i3dm", b"pnts", b"cmpt"):
        raise TaixuError(f"{where}: it is neither glTF nor b3dm, i3dm, pnts or cmpt")
    version, size = _unpack("<II", data, 4, where)
    if version != 1 or size > len(data):
        raise TaixuError(f"{where}: it says that it has {size:,} bytes in version {version}, and there are {len(data):,}")
    data = data[:size]
    if magic == b"cmpt":
        return _composite(data, where, depth)
    lengths = _unpack("<4I", data, 12, where)
    at = 32 if magic == b"i3dm" else 28
    if at + sum(lengths) > size:
        raise TaixuError(f"{where}: its tables take {at + sum(lengths):,} bytes, and there are {size:,}")
    ends = np.cumsum((at, *lengths)).tolist()
    feature_json, feature_binary, batch_json, batch_binary = (data[a:b] for a, b in pairwise(ends))
    table = _Table(_json(feature_json, where), feature_binary, where)
    body = data[ends[-1] :]
    counted = {b"b3dm": "BATCH_LENGTH", b"i3dm": "INSTANCES_LENGTH", b"pnts": "POINTS_LENGTH"}[magic]
    count = _whole(table.said.get(counted, 0), where)
    payload = Payload(offset=table.vector("RTC_CENTER", 3, (0.0, 0.0, 0.0)))
    if magic == b"pnts":
        payload.points = _points(table, count, where)
    elif magic == b"i3dm":
        payload.instances = _instances(table, count, where)
        if _unpack("<I", data, 28, where)[0] == 0:
            payload.uri = body.split(b"\0")[0].decode("utf-8", "replace").strip()
        else:
            payload.data = body
    else:
        payload.data = body
    batch = table.array("BATCH_ID", "UNSIGNED_SHORT", 1, count) if magic != b"b3dm" else None
    if batch is not None:
        payload.batch = batch[:, 0].astype(np.int64)
    elif magic == b"i3dm":
        payload.batch = np.arange(count)
    rows = count if magic != b"pnts" else _whole(table.said.get("BATCH_LENGTH", 0), where)
    if batch_json.strip() and rows:
        payload.rows = _batch_rows(_Table(_json(batch_json, where), batch_binary, where), rows)
    return [payload]


def _composite(data: bytes, where: str, depth: int) -> list[Payload]:
    if depth >= _MOST_NESTED:
        raise TaixuError(f"{where}: composites lie in each other more than {_MOST_NESTED} deep")
    (count,) = _unpack("<I", data, 12, where)
    if count > _MOST_INNER:
        raise TaixuError(f"{where}: it has {count:,} inner tiles, and at most {_MOST_INNER:,} are read")
    found, at = [], 16
    for number in range(count):
        (size,) = _unpack("<I", data, at + 8, where)
        if size < 12 or at + size > len(data):
            raise TaixuError(f"{where}: inner tile {number} ends at byte {at + size:,} of {len(data):,}")
        found += open_envelope(data[at : at + size], where, depth=depth + 1)
        at += size
        if len(found) > _MOST_INNER:
            raise TaixuError(f"{where}: it has more than {_MOST_INNER:,} inner tiles")
    return found


@dataclass
class _Table:
    """A JSON that refers to bytes behind it."""

    said: Mapping[str, Any]
    binary: bytes
    where: str

    def array(self, name: str, usual: str, width: int, count: int) -> NDArray[Any] | None:
        """Rows ``[count, width]`` of a property in the binary; None where it is not there."""
        raw = self.said.get(name)
        if not isinstance(raw, Mapping):
            return None
        at, kind = raw.get("byteOffset", 0), str(raw.get("componentType", usual))
        dtype = np.dtype(_DTYPES.get(kind, _DTYPES[usual]))
        if type(at) is not int or at < 0 or at + count * width * dtype.itemsize > len(self.binary):
            raise TaixuError(f"{self.where}: {name[:40]} ends beyond its {len(self.binary):,} bytes")
        return np.frombuffer(self.binary, dtype, count * width, at).reshape(count, width)

    def vector(self, name: str, width: int, usual: tuple[float, ...]) -> Array:
        """A few numbers that the JSON holds itself."""
        raw = self.said.get(name, usual)
        if isinstance(raw, Mapping):
            found = self.array(name, "FLOAT", width, 1)
            raw = [] if found is None else found[0].tolist()
        good = isinstance(raw, list | tuple) and len(raw) == width and all(
            isinstance(each, (int, float)) and abs(each) < 1e9 for each in raw)  # fmt: skip
        if not good:
            raise TaixuError(f"{self.where}: {name} takes {width} numbers")
        return np.array(raw, np.float64)


def _points(table: _Table, count: int, where: str) -> ModelData:
    if _draco(table.said):
        raise TaixuError(f"{where}: its points are packed by Draco, which is not read; export them without")
    positions: Any = table.array("POSITION", "FLOAT", 3, count)
    if positions is None:
        packed = table.array("POSITION_QUANTIZED", "UNSIGNED_SHORT", 3, count)
        if packed is None:
            raise TaixuError(f"{where}: its points have no places")
        scale = table.vector("QUANTIZED_VOLUME_SCALE", 3, (1.0, 1.0, 1.0))
        positions = packed / 65535.0 * scale + table.vector("QUANTIZED_VOLUME_OFFSET", 3, (0.0, 0.0, 0.0))
    positions = np.where(np.isfinite(positions), positions, 0.0).astype(np.float32)
    part = Primitive({"POSITION": positions}, mode=Mode.POINTS, material=0)
    colors = _colors(table, count)
    if colors is not None:
        part.attributes["COLOR_0"] = colors
    batch = table.array("BATCH_ID", "UNSIGNED_SHORT", 1, count)
    if batch is not None:
        part.attributes["_BATCHID"] = batch[:, 0]
    return ModelData(nodes=[Node(mesh=0)], meshes=[Mesh("points", [part])], materials=[Material(roughness=1.0, metallic=0.0)])


def _colors(table: _Table, count: int) -> NDArray[np.float32] | None:
    found = np.ones((count, 4))
    for name, width in (("RGBA", 4), ("RGB", 3)):
        raw = table.array(name, "UNSIGNED_BYTE", width, count)
        if raw is not None:
            found[:, :width] = raw / 255.0
            break
    else:
        packed = table.array("RGB565", "UNSIGNED_SHORT", 1, count)
        if packed is not None:
            bits = packed[:, 0].astype(np.int64)
            found[:, :3] = np.stack([(bits >> 11) / 31.0, ((bits >> 5) & 63) / 63.0, (bits & 31) / 31.0], 1)
        elif "CONSTANT_RGBA" in table.said:
            found[:] = table.vector("CONSTANT_RGBA", 4, (255.0,) * 4) / 255.0
        else:
            return None
    found[:, :3] = np.where(found[:, :3] <= 0.04045, found[:, :3] / 12.92, ((found[:, :3] + 0.055) / 1.055) ** 2.4)
    return found.astype(np.float32)


def _instances(table: _Table, count: int, where: str) -> Array:
    places: Any = table.array("POSITION", "FLOAT", 3, count)
    if places is None:
        packed = table.array("POSITION_QUANTIZED", "UNSIGNED_SHORT", 3, count)
        if packed is None:
            raise TaixuError(f"{where}: its instances have no places")
        scale = table.vector("QUANTIZED_VOLUME_SCALE", 3, (1.0, 1.0, 1.0))
        places = packed / 65535.0 * scale + table.vector("QUANTIZED_VOLUME_OFFSET", 3, (0.0, 0.0, 0.0))
    made = np.tile(np.eye(4), (count, 1, 1))
    made[:, :3, 3] = places
    up, right = table.array("NORMAL_UP", "FLOAT", 3, count), table.array("NORMAL_RIGHT", "FLOAT", 3, count)
    if up is not None and right is not None:
        made[:, :3, :3] = np.stack([right, up, np.cross(right.astype(np.float64), up.astype(np.float64))], 2)
    elif table.said.get("EAST_NORTH_UP") is True:
        made[:, :3, :3] = _east_north_up(np.asarray(places, np.float64) + table.vector("RTC_CENTER", 3, (0.0, 0.0, 0.0)))
    sizes = table.array("SCALE_NON_UNIFORM", "FLOAT", 3, count)
    whole = table.array("SCALE", "FLOAT", 1, count)
    for each in (sizes, whole):
        if each is not None:
            made[:, :3, :3] *= each[:, None, :]
    return made[np.isfinite(made).all((1, 2))] if not np.isfinite(made).all() else made


def _east_north_up(places: Array) -> Array:
    """Axes of the earth's surface, columns of ``[n, 3, 3]``: up is the ellipsoid's normal (to second order of the flattening)."""
    up = places / (1.0, 1.0, 1.0 - 0.0066943799901413165)
    up /= np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-9)
    east = np.stack([-places[:, 1], places[:, 0], np.zeros(len(places))], 1)
    east /= np.maximum(np.linalg.norm(east, axis=1, keepdims=True), 1e-9)
    return np.stack([east, np.cross(up, east), up], 2)


def _batch_rows(table: _Table, count: int) -> list[dict[str, Any]]:
    columns: dict[str, list[Any]] = {}
    for name, raw in table.said.items():
        if isinstance(raw, list) and len(raw) == count:
            columns[name] = raw
        elif isinstance(raw, Mapping) and name not in ("extensions", "extras", "HIERARCHY"):
            width = _WIDTHS.get(str(raw.get("type", "SCALAR")), 1)
            found = table.array(name, "FLOAT", width, count)
            columns[name] = [] if found is None else found[:, 0].tolist() if width == 1 else found.tolist()
    return [{name: values[row] for name, values in columns.items() if values} for row in range(count)]


def _draco(said: Mapping[str, Any]) -> bool:
    found = said.get("extensions")
    return isinstance(found, Mapping) and "3DTILES_draco_point_compression" in found


def _json(data: bytes, where: str) -> Mapping[str, Any]:
    text = data.strip(b" \0")
    if not text:
        return {}
    try:
        found = json.loads(text, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        raise TaixuError(f"{where}: the JSON of one of its tables cannot be read") from None
    return found if isinstance(found, Mapping) else {}


def _whole(value: object, where: str) -> int:
    if isinstance(value, Mapping):
        return 0
    if type(value) is not int or not 0 <= value <= _MOST_ROWS * 16:
        raise TaixuError(f"{where}: it says that it has {str(value)[:20]} things")
    return value


def _unpack(form: str, data: bytes, at: int, where: str) -> tuple[int, ...]:
    if at + struct.calcsize(form) > len(data):
        raise TaixuError(f"{where}: it is cut off after {len(data):,} bytes")
    return struct.unpack_from(form, data, at)
