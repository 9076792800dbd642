"""How much a file may ask for before anybody trusts it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Budget", "Limits"]

MEBI = 1 << 20


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
        Longest list of objects (nodes, accessors, primitives of all meshes ...).
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
    items: int = 250_000
    node_depth: int = 2_000
    decoded_bytes: int = 256 * MEBI
    decoded_ratio: int = 8


class Budget:
    """Counts the bytes that decoding allocates or goes through."""

    __slots__ = ("left",)

    def __init__(self, limits: Limits) -> None:
        self.left = limits.decoded_bytes

    def spend(self, size: int) -> bool:
        """Take `size` bytes; False when there are not so many left."""
        self.left -= size
        return self.left >= 0
