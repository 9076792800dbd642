"""Small glTF files made in memory."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FileBuilder", "make_glb", "make_json"]

COMPONENTS = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 9: "MAT3", 16: "MAT4"}


def make_json(**lists: Any) -> bytes:
    """The text of a glTF with the given lists."""
    return json.dumps({"asset": {"version": "2.0"}, **lists}).encode()


def make_glb(root: dict[str, Any] | bytes, binary: bytes = b"", *, length: int | None = None) -> bytes:
    """A GLB of a JSON object (or text) and a binary chunk."""
    text = root if isinstance(root, bytes) else json.dumps(root).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<2I", len(text), 0x4E4F534A) + text
    if binary:
        binary += bytes(-len(binary) % 4)
        chunks += struct.pack("<2I", len(binary), 0x004E4942) + binary
    return struct.pack("<4s2I", b"glTF", 2, length or 12 + len(chunks)) + chunks


class FileBuilder:
    """Collects arrays in one buffer and gives the GLB."""

    def __init__(self) -> None:
        self.binary = b""
        self.root: dict[str, Any] = {"asset": {"version": "2.0"}, "bufferViews": [], "accessors": []}

    def view(self, data: bytes, **extra: Any) -> int:
        """Append bytes; give the buffer view."""
        self.binary += bytes(-len(self.binary) % 4)
        views = self.root["bufferViews"]
        views.append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), **extra})
        self.binary += data
        return len(views) - 1

    def accessor(self, values: NDArray[Any], **extra: Any) -> int:
        """Append an array [n] or [n, k]; give the accessor."""
        table = values.reshape(len(values), -1)
        accessors = self.root["accessors"]
        accessors.append(
            {
                "bufferView": self.view(np.ascontiguousarray(values).tobytes()),
                "componentType": COMPONENTS[values.dtype.str[1:]],
                "count": len(values),
                "type": TYPES[table.shape[1]],
                **extra,
            }
        )
        return len(accessors) - 1

    def glb(self, **lists: Any) -> bytes:
        """The file, with more lists."""
        root = {name: value for name, value in {**self.root, **lists}.items() if value}
        if self.binary:
            root["buffers"] = [{"byteLength": len(self.binary)}]
        return make_glb(root, self.binary)
