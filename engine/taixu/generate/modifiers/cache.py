"""Layers by key: the latest in memory, all that took time on disk. What is found damaged is made again."""

from __future__ import annotations

import os
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np

from taixu.errors import TaixuError
from taixu.generate.modifiers.layers import Layers, Places, Thing
from taixu.generate.modifiers.packing import pack_layers, unpack_layers

__all__ = ["LayerCache"]

_MEMORY_BYTES = 768 << 20
_DISK_BYTES = 2 << 30
_SWEEP_AFTER = 256 << 20
_MOST_FILE = 1 << 30
_MOST_PICTURE, _MOST_PICTURES = 4 << 20, 2000


@dataclass(slots=True)
class LayerCache:
    """Where layers are kept.

    Attributes
    ----------
    folder
        On disk; None keeps nothing there.
    memory_bytes
        Of the latest layers in memory.
    keeps_all
        Whether more are kept until `settle`: what is made of much ground at once is shown at the end, and would be made twice.
    """

    folder: Path | None = None
    memory_bytes: int = _MEMORY_BYTES
    disk_bytes: int = _DISK_BYTES
    keeps_all: bool = False
    _held: OrderedDict[str, tuple[Layers, int]] = field(default_factory=OrderedDict)
    _pictures: dict[bytes, bytes] = field(default_factory=dict)
    _own: set[int] = field(default_factory=set)
    """Which objects those of `_pictures` are; it keeps them, so that no other is given their number."""
    _size: int = 0
    _written: int = 0

    def kept(self) -> dict[str, Layers]:
        """All that memory has."""
        return {key: layers for key, (layers, _) in self._held.items()}

    def held(self, key: str) -> Layers | None:
        """What memory has."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def read(self, key: str) -> Layers | None:
        """What the disk has, which memory has from now on."""
        if self.folder is None:
            return None
        path = self._path(key)
        try:
            if path.stat().st_size > _MOST_FILE:
                return None
            layers = unpack_layers(path.read_bytes())
            os.utime(path)
        except FileNotFoundError:
            return None
        except (TaixuError, OSError):
            with suppress(OSError):
                path.unlink()
            return None
        self.hold(key, layers)
        return layers

    def hold(self, key: str, layers: Layers) -> None:
        """Keep in memory."""
        self._share(layers)
        size = _size_of(layers)
        before = self._held.pop(key, None)
        self._size += size - (before[1] if before else 0)
        self._held[key] = (layers, size)
        if not self.keeps_all:
            self.settle()

    def settle(self) -> None:
        """Drop from memory what was not used for longest, until no more than `memory_bytes` are kept."""
        self.keeps_all = False
        while self._size > self.memory_bytes and len(self._held) > 1:
            self._size -= self._held.popitem(last=False)[1][1]

    def _share(self, layers: Layers) -> None:
        """Let models whose pictures are equal have the same ones, so that they are loaded once."""
        for layer in layers.values():
            for item in () if isinstance(layer, np.ndarray) else layer:
                waiting = [item] if isinstance(item, Thing) else []
                while waiting:
                    thing = waiting.pop()
                    waiting += thing.children
                    for image in () if thing.model is None else thing.model.images:
                        if image.data is None or len(image.data) >= _MOST_PICTURE or id(image.data) in self._own:
                            continue  # houses of a palette bring the same object again and again
                        if len(self._pictures) > _MOST_PICTURES:
                            self._pictures.clear()
                            self._own.clear()
                        key = blake2b(image.data, digest_size=16).digest()
                        image.data = self._pictures.setdefault(key, bytes(image.data))
                        self._own.add(id(image.data))

    def write(self, key: str, layers: Layers) -> None:
        """Keep on disk as well; a disk that is full is no reason to stop."""
        if self.folder is None:
            return
        data, path = pack_layers(layers), self._path(key)
        beside = path.with_name(f".{path.name}-{os.getpid()}-{token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(data)  # not synced: a file that is cut short is noticed, and made again
            os.replace(beside, path)
        except OSError:
            with suppress(OSError):
                beside.unlink()
            return
        self._written += len(data)
        if self._written > _SWEEP_AFTER:
            self._written = 0
            self.sweep()

    def sweep(self) -> None:
        """Drop what was not used for longest, until no more than `disk_bytes` are kept."""
        if self.folder is None:
            return
        found = []
        for path in self.folder.glob("*/*"):
            with suppress(OSError):
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found, key=lambda one: one[0]):
            if total <= self.disk_bytes:
                break
            with suppress(OSError):
                path.unlink()
                total -= size

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / key[2:]


def _size_of(layers: Layers) -> int:
    total = 512
    for layer in layers.values():
        if isinstance(layer, np.ndarray):
            total += layer.nbytes
        else:
            for item in layer:
                if isinstance(item, Places):
                    total += item.rows.nbytes + item.numbers.nbytes + 512
                else:
                    total += 1024 + _model_bytes(item.model)
    return total


def _model_bytes(model: Any) -> int:
    if model is None:
        return 0
    parts = [part for mesh in model.meshes for part in mesh.primitives]
    return sum(values.nbytes for part in parts for values in part.attributes.values())
