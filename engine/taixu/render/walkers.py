"""`Walker`: somebody who is bent as at all moments of a stride, for pictures of people who are far away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.people import People
from taixu.ecs import World
from taixu.gpu import Device
from taixu.render.bindings import StorageSlot
from taixu.render.deform_seats import VERTEX_WORDS
from taixu.render.instances import NOT_DEFORMED
from taixu.render.work_groups import GroupTable
from taixu.scene import FromModel
from taixu.scene.impostors import Impostor

if TYPE_CHECKING:
    from taixu.render.extraction import WorldMirror

__all__ = ["Walker"]

_IS_FRESH = 0x80000000  # as in deform.comp


class Walker:
    """Vertices of a person at each moment of a stride.

    Attributes
    ----------
    moments
        How many there are.
    parts
        Mesh of the pool, material of the table and deformed row, of each part at the first moment, then at the second and so on.
    deformed_vertices : Buffer
        Where passes find the vertices.
    """

    @classmethod
    def of(cls, world: World, mirror: WorldMirror, impostor: Impostor, parts: Sequence[tuple[int, int, int]]) -> Walker | None:
        """Bend the person whose parts these are; None where it is nobody who walks."""
        if impostor.blocks < 2 or not world.has_resource(People) or any(seat == NOT_DEFORMED for *_, seat in parts):
            return None
        entity = int(mirror.deformer.seats.entities[parts[0][2]])
        handle = int(mirror.handles[entity])
        if not world.has(handle, FromModel):
            return None
        marked = world.get(handle, FromModel)
        palettes = world.resource(People).strides(int(marked.owner), int(marked.node))
        return None if palettes is None else cls(mirror, parts, palettes[: impostor.blocks**2])

    def __init__(self, mirror: WorldMirror, parts: Sequence[tuple[int, int, int]], palettes: NDArray[np.float32]) -> None:
        self.moments, joints = palettes.shape[:2]
        device = mirror.transforms.device
        self.device: Device = device
        count = len(parts)
        rows = mirror.deformer.seats.rows[[seat for *_, seat in parts]]
        rows = np.tile(rows, self.moments)
        sizes = rows["vertex_count"].astype(np.int64)
        rows["first"] = np.cumsum(sizes) - sizes
        rows["shift"] = rows["first"] - rows["base_vertex"]  # modulo 2^32, as shaders add it
        rows["palette_first"] = np.repeat(np.arange(self.moments), count) * joints
        rows["palette_count"] = joints
        rows["target_count"] = 0
        self.parts = [
            (mesh, material, moment * count + number)
            for moment in range(self.moments) for number, (mesh, material, _) in enumerate(parts)
        ]  # fmt: skip
        self._rows = device.buffer(rows, label="walker rows")
        self.deformed_vertices = device.buffer(int(sizes.sum()) * VERTEX_WORDS * 4, label="walker vertices")
        self._bend(mirror, sizes, palettes)

    def _bend(self, mirror: WorldMirror, sizes: NDArray[np.int64], palettes: NDArray[np.float32]) -> None:
        device, pool, groups = self.device, mirror.pool, GroupTable(self.device, label="walker groups")
        held = device.buffer(np.ascontiguousarray(palettes), label="walker palettes")
        none = device.buffer(np.zeros(4, np.float32), label="no weights")
        starts, owners = groups.spread(sizes.astype(np.intp))
        table = np.stack([owners + _IS_FRESH, starts], 1).astype(np.uint32)
        self.bind()
        for binding, buffer in (
            (7, pool.positions), (8, pool.surfaces), (StorageSlot.PREVIOUS_POSITIONS, self.deformed_vertices),
            (StorageSlot.DEFORMED_VERTICES, self.deformed_vertices), (12, pool.deforms.influences.buffer),
            (13, pool.deforms.deltas.buffer), (14, held), (15, none),
        ):  # fmt: skip
            device.bind_storage(binding, buffer)
        groups.dispatch("compute/deform.comp", table, binding=6)
        for resource in (groups, held, none):
            resource.release()

    def bind(self) -> None:
        """Bind the rows, for drawing."""
        self.device.bind_storage(StorageSlot.DEFORMED_ROWS, self._rows)

    def release(self) -> None:
        """Give the memory back."""
        self._rows.release()
        self.deformed_vertices.release()
