"""A pass: drawing into one set of targets, as recorded in a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taixu.gpu.resources import Buffer, Targets

if TYPE_CHECKING:
    from taixu.gpu.device import Device

__all__ = ["RenderPass"]


class RenderPass:
    """Drawing into one set of targets: `pipeline`, then its vertices and indices, then draws."""

    __slots__ = ("bind", "bind_storage", "bind_texture", "bind_uniform", "device", "draw_multi_indirect", "indices",
                 "pipeline", "push_uniform", "targets", "viewport")  # fmt: skip

    def __init__(self, device: Device, targets: Targets) -> None:
        self.device, self.targets = device, targets
        # Bound once: a method call fewer for each draw of every frame.
        self.pipeline = device._use
        self.indices = device._bind_indices
        self.draw_multi_indirect = device._draw_indirect
        self.viewport = device._viewport
        self.bind, self.push_uniform = device.bind, device.push_uniform
        self.bind_uniform, self.bind_storage, self.bind_texture = (
            device.bind_uniform,
            device.bind_storage,
            device.bind_texture,
        )

    def vertices(self, slot: int, buffer: Buffer, *, offset: int = 0) -> None:
        """Bind the vertex buffer of layout slot `slot`; indices (uint32) with `indices(buffer)`."""
        self.device._bind_vertices(slot, buffer, offset)

    def draw(self, count: int, *, first: int = 0, instances: int = 1) -> None:
        """Draw `count` vertices."""
        self.device._draw(count, first, instances)

    def draw_indexed(self, count: int, *, first: int = 0, base_vertex: int = 0, instances: int = 1) -> None:
        """Draw `count` indices."""
        self.device._draw_indexed(count, first, base_vertex, instances)

    def __enter__(self) -> RenderPass:
        return self

    def __exit__(self, *exc: object) -> None:
        return None
