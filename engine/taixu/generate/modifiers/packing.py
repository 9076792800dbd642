"""Layers as bytes: an own form without code in it, whose damage is noticed, so that a cache may hold anything."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.errors import TaixuError
from taixu.generate.modifiers.layers import Layers, Places, Thing

__all__ = ["pack_layers", "unpack_layers"]

_MAGIC = b"TXLAYER1"
_SUM = 16
_MOST_BYTES = 1 << 30
_MOST_HEAD = 64 << 20
_TYPES = ("<f4", "<f8", "|u1", "<u2", "<u4", "<u8", "<i2", "<i4", "<i8", "|b1")
_MOST_DEPTH = 8


class _Writer:
    def __init__(self) -> None:
        self.blobs: list[bytes] = []
        self.size = 0
        self.models: dict[int, dict[str, Any]] = {}

    def blob(self, data: bytes) -> list[int]:
        place = [self.size, len(data)]
        self.blobs.append(data)
        self.size += len(data)
        return place

    def array(self, values: NDArray[Any]) -> dict[str, Any]:
        plain = np.ascontiguousarray(values)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        if plain.dtype.str not in _TYPES:
            raise TaixuError(f"layers of a modifier hold numbers, not {values.dtype}")
        return {"array": self.blob(plain.tobytes()), "type": plain.dtype.str, "shape": list(plain.shape)}

    def model(self, model: ModelData) -> dict[str, Any]:
        from taixu.assets.gltf.writer import glb_bytes

        if id(model) not in self.models:
            self.models[id(model)] = {"at": self.blob(glb_bytes(model)), "number": len(self.models)}
        return self.models[id(model)]

    def thing(self, thing: Thing) -> dict[str, Any]:
        return {
            "number": int(thing.number), "name": thing.name, "position": [float(v) for v in thing.position],
            "rotation": [float(v) for v in thing.rotation], "scale": [float(v) for v in thing.scale],
            "components": {name: dict(fields) for name, fields in thing.components.items()},
            "model": None if thing.model is None else self.model(thing.model),
            "children": [self.thing(child) for child in thing.children],
        }  # fmt: skip


def pack_layers(layers: Layers) -> bytes:
    """Layers as bytes; equal layers give equal bytes.

    Raises
    ------
    TaixuError
        Where a layer holds what cannot be kept.
    """
    writer, head = _Writer(), {}
    for name in sorted(layers):
        layer = layers[name]
        if isinstance(layer, np.ndarray):
            head[name] = writer.array(layer)
        else:
            head[name] = {"rows": [_row(writer, item) for item in layer]}
    try:
        text = json.dumps(head, separators=(",", ":"), default=_plain).encode()
    except (TypeError, ValueError) as error:
        raise TaixuError(f"layers of a modifier hold what no document can ({str(error)[:80]})") from None
    body = _MAGIC + len(text).to_bytes(8, "little") + text + b"".join(writer.blobs)
    return body + hashlib.blake2b(body, digest_size=_SUM).digest()


def unpack_layers(data: bytes) -> Layers:
    """Layers again.

    Raises
    ------
    TaixuError
        Where the bytes are damaged.
    """
    start = len(_MAGIC) + 8
    if not start + _SUM <= len(data) <= _MOST_BYTES or data[: len(_MAGIC)] != _MAGIC:
        raise TaixuError("these are no layers")
    if hashlib.blake2b(data[:-_SUM], digest_size=_SUM).digest() != data[-_SUM:]:
        raise TaixuError("these layers are damaged")
    length = int.from_bytes(data[len(_MAGIC) : start], "little")
    if length > min(_MOST_HEAD, len(data) - start - _SUM):
        raise TaixuError("these layers are damaged")
    body = memoryview(data)[start + length : len(data) - _SUM]
    models: dict[int, ModelData] = {}
    try:
        head = json.loads(data[start : start + length])
        layers: Layers = {}
        for name, item in head.items():
            rows: list[Any] = [] if "array" in item else [_item(body, models, row) for row in item["rows"]]
            layers[name] = _array(body, item) if "array" in item else rows
        return layers
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise TaixuError(f"these layers are damaged ({str(error)[:60]})") from None


def _row(writer: _Writer, item: Places | Thing) -> dict[str, Any]:
    if isinstance(item, Thing):
        return writer.thing(item)
    return {
        "kind": item.kind,
        "rows": writer.array(np.asarray(item.rows, np.float32)),
        "numbers": writer.array(np.asarray(item.numbers, np.uint32)),
        "fields": dict(item.fields),
    }


def _item(body: memoryview, models: dict[int, ModelData], item: dict[str, Any]) -> Places | Thing:
    if "kind" in item:
        return Places(item["kind"], _array(body, item["rows"]), _array(body, item["numbers"]), item["fields"])
    return _thing(body, models, item, 0)


def _thing(body: memoryview, models: dict[int, ModelData], item: dict[str, Any], depth: int) -> Thing:
    from taixu.assets.gltf import read_gltf_bytes

    if depth > _MOST_DEPTH:
        raise ValueError("things within things without end")
    model = None
    if item["model"] is not None:
        number = int(item["model"]["number"])
        if number not in models:
            models[number] = read_gltf_bytes(_part(body, item["model"]["at"]), name="a made thing")
        model = models[number]
    px, py, pz = item["position"]
    rx, ry, rz, rw = item["rotation"]
    sx, sy, sz = item["scale"]
    return Thing(
        int(item["number"]), str(item["name"]), (px, py, pz), (rx, ry, rz, rw), (sx, sy, sz), model, item["components"],
        tuple(_thing(body, models, child, depth + 1) for child in item["children"]),
    )  # fmt: skip


def _array(body: memoryview, item: dict[str, Any]) -> NDArray[Any]:
    if item["type"] not in _TYPES:
        raise ValueError("no type of numbers")
    shape = tuple(int(edge) for edge in item["shape"])
    data = _part(body, item["array"])
    dtype = np.dtype(item["type"])
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError("a shape that does not fit")
    result = np.frombuffer(data, dtype).reshape(shape)
    result.setflags(write=False)
    return result


def _part(body: memoryview, place: Sequence[int]) -> bytes:
    at, length = (int(value) for value in place)
    if not 0 <= at <= at + length <= len(body):
        raise ValueError("a part beyond the end")
    return bytes(body[at : at + length])


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no plain data")
