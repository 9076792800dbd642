"""How much a file may ask for before anybody trusts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["Budget", "Limits"]

MEBI = 1 << 20
_LISTS = MappingProxyType(
    {
        **dict.fromkeys(("materials", "textures", "images", "animations", "skins", "variants"), 20_000),
        **dict.fromkeys(("buffers", "scenes", "cameras", "lights", "targets"), 10_000),
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep a hostile file from filling memory or the hour.

    Attributes
    ----------
    file_bytes, json_bytes : int
        Largest file (each buffer too), and largest JSON text.
    json_containers, json_values : int
        Most brackets and most commas in the JSON: together they bound what parsing it takes (some 100 bytes
        each).
    items : int
        Longest list of objects (nodes, accessors, primitives of all meshes ...) that `lists` does not name.
    lists : mapping of str to int
        Longest lists of what costs more each.
    node_depth : int
        Deepest hierarchy.
    decoded_bytes, decoded_ratio : int
        What decoding may allocate: so many bytes, and so many times the size of the file and its buffers. It
        stops small files that decode to giants (zero-filled accessors, one buffer view seen through thousands
        of accessors).
    """

    file_bytes: int = 2048 * MEBI
    json_bytes: int = 128 * MEBI
    json_containers: int = 2_000_000
    json_values: int = 6_000_000
    items: int = 100_000
    lists: Mapping[str, int] = field(default_factory=lambda: _LISTS)
    node_depth: int = 2_000
    decoded_bytes: int = 256 * MEBI
    decoded_ratio: int = 8

    def longest(self, name: str) -> int:
        """The most entries that the list `name` may have."""
        return min(self.lists.get(name, self.items), self.items)


class Budget:
    """Counts the bytes that decoding allocates or goes through."""

    __slots__ = ("left",)

    def __init__(self, limits: Limits) -> None:
        self.left = limits.decoded_bytes

    def spend(self, size: int) -> bool:
        """Take `size` bytes; False when there are not so many left."""
        self.left -= size
        return self.left >= 0
