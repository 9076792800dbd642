"""Subtrees of implicit tiling: which tiles of a quadtree or an octree are there.

https://github.com/CesiumGS/3d-tiles/tree/main/specification/ImplicitTiling: a JSON text and a binary chunk, or JSON alone;
availabilities are bits, level by level, each level's tiles in Morton order.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["Scheme", "Subtree", "place_of", "read_subtree"]

_MOST_LEVELS = {2: 10, 3: 7}
"""Of a subtree: about 350,000 tiles."""
_MOST_AVAILABLE = 32
_MOST_BYTES = 64 << 20

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a tile is divided.

    Attributes
    ----------
    axes
        2 for a quadtree, 3 for an octree.
    subtree_levels, levels
        Of one subtree, and of all of them.
    subtree_uri, content_uris
        With places for {level}, {x}, {y} and {z}.
    """

    axes: int
    subtree_levels: int
    levels: int
    subtree_uri: str
    content_uris: tuple[str, ...]

    @classmethod
    def read(cls, raw: Mapping[str, Any], content_uris: tuple[str, ...], where: str) -> Scheme:
        """What a tile's ``implicitTiling`` says.

        Raises
        ------
        TaixuError
            Where it says no tree, or a larger one than is read.
        """
        axes = {"QUADTREE": 2, "OCTREE": 3}.get(str(raw.get("subdivisionScheme")))
        if axes is None:
            raise TaixuError(f"{where}: its subdivisionScheme is neither QUADTREE nor OCTREE")
        small, large = raw.get("subtreeLevels"), raw.get("availableLevels", raw.get("maximumLevel"))
        if not isinstance(small, int) or not 1 <= small <= _MOST_LEVELS[axes]:
            raise TaixuError(f"{where}: its subtrees have {str(small)[:20]} levels, and 1 to {_MOST_LEVELS[axes]} are read")
        if not isinstance(large, int) or not 1 <= large <= _MOST_AVAILABLE:
            raise TaixuError(f"{where}: it has {str(large)[:20]} levels, and 1 to {_MOST_AVAILABLE} are read")
        subtrees = raw.get("subtrees")
        uri = subtrees.get("uri") if isinstance(subtrees, Mapping) else None
        if not isinstance(uri, str):
            raise TaixuError(f"{where}: it does not say where its subtrees lie")
        return cls(axes, small, large, uri, content_uris)

    def first(self, level: int) -> int:
        """The number of a level's first tile in a subtree."""
        return int(((1 << self.axes * level) - 1) // ((1 << self.axes) - 1))


@dataclass(frozen=True, slots=True)
class Subtree:
    """Which tiles are there.

    Attributes
    ----------
    tiles : bool[n]
        By level and Morton number.
    contents : bool[n] each
        The same for each content that a tile may have.
    children : bool[m]
        Whether a subtree begins below each place of the last level, by Morton number.
    """

    tiles: Bits
    contents: tuple[Bits, ...]
    children: Bits


def place_of(mortons: NDArray[np.int64], axes: int, bits: int) -> NDArray[np.int64]:
    """Places ``[n, axes]`` of Morton numbers."""
    found = np.zeros((len(mortons), axes), np.int64)
    for bit in range(bits):
        for axis in range(axes):
            found[:, axis] |= ((mortons >> (bit * axes + axis)) & 1) << bit
    return found


def read_subtree(data: bytes, scheme: Scheme, *, fetch: Callable[[str, int], bytes], where: str) -> Subtree:
    """A subtree's availabilities.

    Parameters
    ----------
    fetch
        Gives the bytes of another file by its URI, at most so many.

    Raises
    ------
    TaixuError
        Where its lengths lie, or it is none.
    """
    text, binary = data, b""
    if data[:4] == b"subt":
        if len(data) < 24:
            raise TaixuError(f"{where}: the subtree is cut off after {len(data)} bytes")
        version, size, rest = struct.unpack_from("<IQQ", data, 4)
        if version != 1 or 24 + size + rest > len(data):
            raise TaixuError(f"{where}: the subtree says that it has {24 + size + rest:,} bytes, and there are {len(data):,}")
        text, binary = data[24 : 24 + size], data[24 + size : 24 + size + rest]
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise TaixuError(f"{where}: its JSON cannot be read") from None
    if not isinstance(said, dict):
        raise TaixuError(f"{where}: its JSON is no object")
    views = _views(said, binary, fetch, where)
    count = scheme.first(scheme.subtree_levels)
    contents = said.get("contentAvailability", [])
    contents = [contents] if isinstance(contents, Mapping) else contents
    if not isinstance(contents, list) or len(contents) > 64:
        raise TaixuError(f"{where}: its contentAvailability is no list of up to 64 entries")
    return Subtree(
        _bits(said.get("tileAvailability"), count, views, where),
        tuple(_bits(each, count, views, where) for each in contents),
        _bits(said.get("childSubtreeAvailability"), 1 << scheme.axes * scheme.subtree_levels, views, where),
    )


def _views(said: Mapping[str, Any], binary: bytes, fetch: Callable[[str, int], bytes], where: str) -> list[bytes]:
    buffers, views = said.get("buffers", []), said.get("bufferViews", [])
    if not isinstance(buffers, list) or not isinstance(views, list) or len(buffers) > 64 or len(views) > 1024:
        raise TaixuError(f"{where}: its buffers or buffer views are no lists of a usual length")
    found: dict[int, bytes] = {}
    made = []
    for view in views:
        number, at, size = ((view.get(name, 0) for name in ("buffer", "byteOffset", "byteLength"))
                            if isinstance(view, Mapping) else (-1, 0, 0))  # fmt: skip
        if not all(type(each) is int and each >= 0 for each in (number, at, size)) or number >= len(buffers):
            raise TaixuError(f"{where}: one of its buffer views is none")
        if number not in found:
            buffer = buffers[number]
            uri = buffer.get("uri") if isinstance(buffer, Mapping) else None
            found[number] = fetch(uri, _MOST_BYTES) if isinstance(uri, str) else binary
        if at + size > len(found[number]):
            raise TaixuError(f"{where}: a buffer view ends at byte {at + size:,} of {len(found[number]):,}")
        made.append(found[number][at : at + size])
    return made


def _bits(raw: object, count: int, views: list[bytes], where: str) -> Bits:
    if not isinstance(raw, Mapping):
        raise TaixuError(f"{where}: an availability is missing")
    if "constant" in raw:
        return np.full(count, raw["constant"] == 1)
    number = raw.get("bitstream", raw.get("bufferView"))
    if type(number) is not int or not 0 <= number < len(views):
        raise TaixuError(f"{where}: an availability names no buffer view that is there")
    data = views[number]
    if len(data) * 8 < count:
        raise TaixuError(f"{where}: an availability has {len(data):,} bytes for {count:,} tiles")
    return np.unpackbits(np.frombuffer(data, np.uint8, (count + 7) // 8), bitorder="little")[:count].astype(bool)
