"""Imported models kept on disk by content, for files that take long to read.

A cache file is ``TXM1``, the bytes of a JSON tree (``u64``, little-endian), the tree, and the arrays that it points
into, each at a multiple of 16. The tree names the dataclasses of `taixu.assets.model` and nothing else can be made from
it: no pickles. The files lie in the user's cache folder, where no project can put its own.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import struct
from collections.abc import Mapping
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets import humanoid as humanoid_types
from taixu.assets import model as model_types
from taixu.assets.atomic import write_atomic
from taixu.assets.model import ModelData
from taixu.assets.paths import cache_folder
from taixu.errors import TaixuError

__all__ = ["CachedModel", "cache_key", "decode_model", "encode_model", "fetch_model", "store_model"]

VERSION = 5
"""Goes up when an importer gives something else for the same file."""

_MAGIC = b"TXM1"
_ALIGN = 16
_MOST_BYTES = 2 << 30
_TYPES: dict[str, Any] = {
    name: kind
    for types in (model_types, humanoid_types)
    for name in types.__all__
    if isinstance(kind := getattr(types, name), type)
}

CachedModel = tuple[ModelData, dict[Path, tuple[int, int]]]
"""A model, and the files that it was made from with when they were written and their bytes."""


def cache_key(path: Path, content_hash: str, importer: str, settings: Mapping[str, Any]) -> str:
    """A name for what an importer makes of a file at a place (files beside it count too)."""
    said = json.dumps([VERSION, str(path.resolve()), content_hash, importer, settings], sort_keys=True, default=str)
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def fetch_model(key: str) -> CachedModel | None:
    """What was stored under a key; None when there is nothing, or it is damaged."""
    file = _folder() / f"{key}.model"
    try:
        data = file.read_bytes()
        value = decode_model(data)
        with suppress(OSError):
            os.utime(file)
    except Exception:  # whatever is wrong with it, the file itself can be read again
        return None
    model, dependencies = value
    return model, {Path(name): (int(when), int(size)) for name, when, size in dependencies}


def store_model(key: str, model: ModelData, dependencies: Mapping[Path, tuple[int, int]]) -> None:
    """Keep a model; a cache that cannot be written costs only the time."""
    listed = [[str(path), when, size] for path, (when, size) in dependencies.items()]
    with suppress(TaixuError, TypeError, OSError):
        write_atomic(_folder() / f"{key}.model", encode_model((model, listed)))
        _evict()


def encode_model(value: Any) -> bytes:
    """Encode a tree of model dataclasses, arrays, bytes, paths and plain values.

    Raises
    ------
    TypeError
        When something else is in it.
    """
    blobs: list[bytes] = []
    tree = json.dumps(_Encoder(blobs).tree(value)).encode()
    start = len(_MAGIC) + 8
    padded = tree + b" " * (-(start + len(tree)) % _ALIGN)
    return b"".join((_MAGIC, struct.pack("<Q", len(padded)), padded, *blobs))


def decode_model(data: bytes) -> Any:
    """The inverse of `encode_model`; arrays are read-only views of the data.

    Raises
    ------
    ValueError, KeyError, TypeError, IndexError
        When the data are damaged.
    """
    start = len(_MAGIC) + 8
    if data[:4] != _MAGIC:
        raise ValueError("no cached model")
    (size,) = struct.unpack("<Q", data[4:start])
    tree = json.loads(data[start : start + size])
    return _decode(tree, memoryview(data)[start + size :])


class _Encoder:
    def __init__(self, blobs: list[bytes]) -> None:
        self.blobs = blobs
        self.size = 0

    def tree(self, value: Any) -> Any:
        if isinstance(value, IntEnum):
            return {"e": [type(value).__name__, int(value)]}
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, tuple):
            return {"t": [self.tree(item) for item in value]}
        if isinstance(value, dict):
            return {"m": [[self.tree(key), self.tree(item)] for key, item in value.items()]}
        if isinstance(value, np.ndarray):
            return {"a": [value.dtype.str, list(value.shape), self._blob(np.ascontiguousarray(value).tobytes())]}
        if isinstance(value, (bytes, memoryview)):
            return {"b": [len(bytes(value)), self._blob(bytes(value))]}
        if isinstance(value, Path):
            return {"p": str(value)}
        name = type(value).__name__
        if dataclasses.is_dataclass(value) and _TYPES.get(name) is type(value):
            return {"d": [name, {one.name: self.tree(getattr(value, one.name)) for one in dataclasses.fields(value)}]}
        raise TypeError(f"{name} cannot be cached")

    def _blob(self, data: bytes) -> int:
        at = self.size
        padded = data + bytes(-len(data) % _ALIGN)
        self.blobs.append(padded)
        self.size += len(padded)
        return at


def _decode(tree: Any, blobs: memoryview) -> Any:
    if isinstance(tree, list):
        return [_decode(item, blobs) for item in tree]
    if not isinstance(tree, dict):
        return tree
    ((kind, value),) = tree.items()
    if kind == "d":
        return _TYPES[value[0]](**{name: _decode(item, blobs) for name, item in value[1].items()})
    if kind == "a":
        dtype, shape, at = np.dtype(value[0]), tuple(value[1]), value[2]
        if dtype.hasobject:
            raise ValueError("an array of objects")
        return np.frombuffer(blobs, dtype, int(np.prod(shape, dtype=np.int64)), at).reshape(shape)
    if kind == "b":
        return bytes(blobs[value[1] : value[1] + value[0]])
    if kind == "e":
        return _TYPES[value[0]](value[1])
    if kind == "m":
        return {_decode(key, blobs): _decode(item, blobs) for key, item in value}
    if kind == "t":
        return tuple(_decode(item, blobs) for item in value)
    return Path(value)


def _folder() -> Path:
    return cache_folder() / "models"


def _evict() -> None:
    """Drop what was not used for longest while there is more than two gigabytes."""
    files = sorted(((stat := file.stat()).st_mtime, stat.st_size, file) for file in _folder().glob("*.model"))
    left = sum(size for _, size, _ in files)
    for _, size, file in files:
        if left <= _MOST_BYTES:
            return
        file.unlink(missing_ok=True)
        left -= size
