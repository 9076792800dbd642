"""Pictures for impostors: taken by our own passes on the device when a level of detail first asks for them.

An atlas holds a thing from directions that lie on a grid over the upper half of an octahedron: colour without light and with
holes, and normal with depth. Cards that show it (``surface/card.glsl``) are a surface like any other: they are culled, sorted
into bins, lit, shadowed and picked with everything else, and all atlases of one size lie in one array, so that a forest of many
kinds is one draw. Of a thing on bones the picture is of somebody who stands there; of people there is one for each moment of a
stride too (`walkers`), and each card shows its person's own.

A frame takes pictures of so many triangles and goes on in the next; where frames wait for their skies (stills and films), they
wait for these too. What nobody shows is given up when there is no room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import Buffer, DepthState, Device, Targets, Texture
from taixu.math.projection import orthographic
from taixu.render.bindings import FRAME_BLOCK, MESH_VERTEX_LAYOUT, RENDERABLE_ROW, VIEW_BLOCK, StorageSlot, UniformSlot
from taixu.render.cards import CARD, picture_directions
from taixu.render.deform_seats import NO_BLOCK
from taixu.render.instances import NOT_DEFORMED
from taixu.render.materials import BoundTexture, MaterialTable
from taixu.render.meshes import MeshPool
from taixu.render.texture_images import make_texture_image
from taixu.render.texture_kinds import TextureKind
from taixu.render.walkers import Walker
from taixu.scene.impostors import Impostor
from taixu.scene.library import MaterialLibrary, MeshLibrary

if TYPE_CHECKING:
    from taixu.render.deforming import Deformer
    from taixu.render.extraction import WorldMirror

__all__ = ["MOST_BYTES", "TRIANGLES_A_FRAME", "ImpostorPainter"]

MOST_BYTES = 256 << 20
"""Of all atlases together."""
TRIANGLES_A_FRAME = 400_000
"""So many are drawn for pictures before a frame goes on; a few milliseconds of a graphics card."""
_CUTOFF = 0.5
_GROWN_TEXELS = 4
_STEPS = ((0, 1), (0, -1), (1, 1), (1, -1))

_Part = tuple[int, int, int]  # mesh of the pool, material of the table, row among the deformed


@dataclass
class _Job:
    """An atlas of which some pictures are taken."""

    impostor: Impostor
    parts: list[_Part]
    triangles: int
    color: Texture
    shape: Texture
    targets: Targets
    depth: Texture
    deformer: Deformer | None = None
    walker: Walker | None = None
    done: int = 0

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return self.impostor.frames**2 * (self.walker.moments if self.walker is not None else 1)

    def release(self) -> None:
        """Give the memory back."""
        for resource in (self.targets, self.color, self.shape, self.depth, self.walker):
            if resource is not None:
                resource.release()


class ImpostorPainter:
    """Atlases of a renderer, for all its worlds.

    Attributes
    ----------
    most_bytes
        Of all atlases; what is wanted beyond that stays a mesh.
    taken
        How many atlases were made so far.
    """

    def __init__(self, device: Device, pool: MeshPool, table: MaterialTable) -> None:
        self.device, self.pool, self.table = device, pool, table
        self.most_bytes = MOST_BYTES
        self.taken = 0
        self._atlases: WeakKeyDictionary[MeshLibrary, dict[int, Impostor]] = WeakKeyDictionary()
        self._jobs: dict[tuple[int, int], _Job] = {}
        self._buffers: tuple[Buffer, Buffer, Buffer, Buffer] | None = None

    def textures(self, library: MeshLibrary, impostor: Impostor) -> dict[str, BoundTexture]:
        """An impostor's atlas, used once more; empty before it is made."""
        found = {}
        sampler = self.device.sampler(wrap="clamp")
        for name in CARD.textures:
            slot = self.table.pool.take((name, id(library), impostor.number))
            if slot is not None:
                found[name] = BoundTexture(slot, sampler)
        return found

    def follow(self, world: World, mirror: WorldMirror, mirrors: Iterable[WorldMirror], *, waits: bool) -> bool:
        """Take pictures that are wanted, as many as a frame may, or all where it waits; whether an atlas was finished."""
        if not world.has_resource(MeshLibrary):
            return False
        library = world.resource(MeshLibrary)
        have = self._atlases.setdefault(library, {})
        wanted = (library.wanted_impostors | library.drawn_impostors) - have.keys()
        if not wanted:
            return False
        everyone, left = list(mirrors), TRIANGLES_A_FRAME
        finished: list[int] = []
        materials = world.resource(MaterialLibrary)
        self.device.barrier()
        for number in sorted(wanted):
            impostor = materials[library.impostors[number]].surface
            job = self._jobs.get((id(library), number))
            if job is None:
                parts = self._parts(world, mirror, impostor)
                if not parts or not self._make_room(library, impostor, everyone, kept=wanted | set(finished)):
                    continue
                job = self._jobs[id(library), number] = self._begin(impostor, parts)
                job.deformer = mirror.deformer if impostor.poses else None
                job.walker = Walker.of(world, mirror, impostor, parts)
            # Who moves is caught in one frame.
            at_once = waits or (impostor.poses and job.walker is None)
            left -= self._take_pictures(job, job.count if at_once else max(1, left // max(job.triangles, 1)))
            if job.done == job.count:
                del self._jobs[id(library), number]
                self._keep(library, job)
                have[number] = impostor
                finished.append(number)
            if left <= 0 and not waits:
                break
        if finished:
            self.taken += len(finished)
            library.show_impostors(finished, drawn=True)
            for each in everyone:
                each.library.repaint(library, [library.impostors[number] for number in finished])
        return bool(finished)

    # -- own ---------------------------------------------------------------------------------------------------------
    def _parts(self, world: World, mirror: WorldMirror, impostor: Impostor) -> list[_Part]:
        """What there is to draw; nothing while nobody stands there."""
        if impostor.poses:
            found = _posed(mirror, impostor)
        else:
            mirror.library.meet(world, np.array([impostor.source]))
            found = [(mesh, material, NOT_DEFORMED) for mesh, material in mirror.library.parts(impostor.source)]
        modes = self.pool.modes
        return [part for part in found if modes[part[0]] == 2 and self.table.key(part[1]).shader != CARD.name]

    def _make_room(self, library: MeshLibrary, impostor: Impostor, mirrors: list[WorldMirror], *, kept: set[int]) -> bool:
        """Give up atlases that nobody shows, until there is room; those that are about to be shown are `kept`."""
        used = sum(_bytes(each) for have in self._atlases.values() for each in have.values())
        used += sum(_bytes(job.impostor) for job in self._jobs.values())
        room = self.most_bytes - _bytes(impostor)
        if used <= room:
            return True
        shown = {number for mirror in mirrors for number in mirror.library.shown_materials(mirror.renderables.rows)}
        for owner, have in list(self._atlases.items()):
            spared = kept if owner is library else set()
            idle = [number for number in have if (owner, owner.impostors[number]) not in shown and number not in spared]
            for number in idle:
                if used <= room:
                    break
                used -= _bytes(have.pop(number))
                owner.show_impostors([number], drawn=False)
                self._give_back(owner, number)
                for mirror in mirrors:
                    mirror.library.repaint(owner, [owner.impostors[number]])
        return used <= room

    def _begin(self, impostor: Impostor, parts: list[_Part]) -> _Job:
        size, device = impostor.size_px, self.device
        color = device.texture((size, size), "rgba8", label="impostor colour")
        shape = device.texture((size, size), "rgba8", label="impostor shape")
        depth = device.texture((size, size), "depth32f", label="impostor depth")
        targets = device.targets([color, shape], depth, label="impostor")
        triangles = sum(int(self.pool.rows["index_count"][part[0]]) // 3 for part in parts)
        return _Job(impostor, parts, triangles, color, shape, targets, depth)

    def _take_pictures(self, job: _Job, count: int) -> int:
        """Take some more; gives the triangles drawn."""
        device, impostor = self.device, job.impostor
        transforms, cells, rows, ids = self._scene(job.parts if job.walker is None else job.walker.parts)
        self.pool.bind()
        walker = job.walker
        bodies = walker if walker is not None else job.deformer
        if bodies is not None:
            bodies.bind()
        device.bind_storage(StorageSlot.TRANSFORMS, transforms)
        device.bind_storage(StorageSlot.CELLS, cells)
        device.bind_storage(StorageSlot.RENDERABLES, rows)
        device.bind_storage(StorageSlot.MATERIALS, self.table.buffer)
        device.push_uniform(UniformSlot.FRAME, FRAME_BLOCK.zeros())
        sphere = np.array(impostor.fade.sphere, np.float32)
        directions, px = picture_directions(impostor.frames).reshape(-1, 3), impostor.frame_px
        last = min(job.done + count, job.count)
        for k in range(job.done, last):
            moment, place = divmod(k, len(directions))
            y, x = divmod(place, impostor.frames)
            down, right = divmod(moment, impostor.blocks)
            y, x = y + down * impostor.frames, x + right * impostor.frames
            clear: Any = {"clear_colors": [(0, 0, 0, 0), (0.5, 1.0, 0.5, 0.5)], "clear_depth": 0.0} if k == 0 else {}
            device.bind_uniform(UniformSlot.VIEW, device.push(_looking_at(sphere, directions[place], px)))
            with device.render_pass(job.targets, viewport=(x * px, y * px, px, px), **clear) as p:
                p.push_uniform(UniformSlot.PASS, sphere)
                if bodies is not None:
                    p.bind_storage(StorageSlot.DEFORMED_VERTICES, bodies.deformed_vertices)
                first_id = moment * len(job.parts) if walker is not None else 0
                for number, (mesh, material, seat) in enumerate(job.parts):
                    key, row = self.table.key(material), self.pool.rows[mesh]
                    bent: dict[str, object] = {} if seat == NOT_DEFORMED else {"DEFORMED": True}
                    p.pipeline(device.pipeline(
                        f"generated/forward/{key.shader or 'standard'}.vert", f"generated/bake/{key.shader or 'standard'}.frag",
                        defines={**key.signature.defines(), **bent}, vertex_layout=MESH_VERTEX_LAYOUT,
                        cull="none" if key.double_sided else "back", depth=DepthState(), label="impostor"))  # fmt: skip
                    group = self.table.bind_group(key)
                    if group is not None:
                        p.bind(group)
                    for slot, buffer in enumerate((self.pool.positions, self.pool.surfaces)):
                        p.vertices(slot, buffer)
                    p.vertices(2, ids, offset=4 * (first_id + number))
                    p.indices(self.pool.indices)
                    first, base = int(self.pool.first_indices[mesh]), int(row["first_vertex"])
                    p.draw_indexed(int(row["index_count"]), first=first, base_vertex=base)
        drawn = (last - job.done) * job.triangles
        job.done = last
        return drawn

    def _scene(self, parts: list[_Part]) -> tuple[Buffer, Buffer, Buffer, Buffer]:
        """A thing at the origin: transforms, cells, a row for each part, and the rows' numbers."""
        rows = RENDERABLE_ROW.zeros(len(parts))
        rows["mesh"], rows["material"], rows["deformed"] = np.array(parts, np.uint32).T
        rows["tint"] = 0xFFFFFFFF
        matrix = np.eye(3, 4, dtype=np.float32)
        made = (matrix, np.zeros(4, np.int32), rows, np.arange(len(parts), dtype=np.uint32))
        self._buffers = tuple(self.device.buffer(each, label="impostor scene") for each in made)  # type: ignore[assignment]
        assert self._buffers is not None
        return self._buffers

    def _keep(self, library: MeshLibrary, job: _Job) -> None:
        """From targets to textures of materials."""
        color, shape = _without_rims(job.color.read(), job.shape.read())
        job.release()
        kinds = (TextureKind("cut_out", _CUTOFF), TextureKind("data"))
        for name, pixels, kind in zip(CARD.textures, (color, shape), kinds, strict=True):
            self.table.pool.add(make_texture_image(pixels, kind, name="impostor"), key=(name, id(library), job.impostor.number))

    def _give_back(self, library: MeshLibrary, number: int) -> None:
        for name in CARD.textures:
            slot = self.table.pool.take((name, id(library), number))
            if slot is not None:
                self.table.pool.release(slot)  # this look
                self.table.pool.release(slot)  # and what was kept

    def release(self) -> None:
        """Give the memory back."""
        for library, have in self._atlases.items():
            library.show_impostors(have, drawn=False)
            for number in have:
                self._give_back(library, number)
        self._atlases.clear()
        for job in self._jobs.values():
            job.release()
        self._jobs.clear()


def _posed(mirror: WorldMirror, impostor: Impostor) -> list[_Part]:
    """Somebody who shows one of an impostor's forms and was deformed in a frame before this one; the coarsest form, if there are
    several.
    """
    slots_of, rows, seats = mirror.renderables.slots_of, mirror.renderables.rows, mirror.deformer.seats
    for number in reversed(impostor.poses):
        who = np.flatnonzero(mirror.mesh_numbers == number)
        who = who[mirror.renderables.first_slots[who] >= 0]
        if not len(who):
            continue
        slots = slots_of(who)
        owners = np.repeat(np.arange(len(who)), mirror.renderables.slot_counts[who])
        deformed = rows["deformed"][slots]
        bent = np.flatnonzero(deformed != NOT_DEFORMED)
        is_known = np.ones(len(slots), bool)
        is_known[bent] = (seats.rows["first"][deformed[bent]] != NO_BLOCK) & (seats.ran[deformed[bent]] >= 0)
        ready = np.bincount(owners, ~is_known, len(who)) == 0
        if ready.any():
            mine = rows[slots[owners == int(np.argmax(ready))]]
            return list(zip(mine["mesh"].tolist(), mine["material"].tolist(), mine["deformed"].tolist(), strict=True))
    return []


def _bytes(impostor: Impostor) -> int:
    return impostor.size_px**2 * 8 * 4 // 3


def _looking_at(sphere: NDArray[np.float32], direction: NDArray[np.float64], px: int) -> NDArray[Any]:
    """The block of a view that looks at a sphere from a direction, as wide as it is; axes as in ``surface/card.glsl``."""
    radius = float(sphere[3])
    right = np.array([1.0, 0.0, 0.0]) if abs(direction[1]) > 0.9999 else np.array([direction[2], 0.0, -direction[0]])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2] = right, np.cross(direction, right), direction
    pose[:3, 3] = sphere[:3] + direction * (2.0 * radius)
    view = np.eye(4)
    view[:3, :3] = pose[:3, :3].T
    view[:3, 3] = -pose[:3, :3].T @ pose[:3, 3]
    projection = orthographic(2.0 * radius, 2.0 * radius, 0.0, 4.0 * radius)
    block = VIEW_BLOCK.zeros()
    block["clip_from_world"], block["view_from_world"] = (projection @ view).T, view.T
    block["clip_from_view"], block["world_from_view"] = projection.T, pose.T
    block["camera_position"][:3] = pose[:3, 3]
    block["viewport"] = (px, px, 1 / px, 1 / px)
    return block


def _without_rims(color: NDArray[np.uint8], shape: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Colours and shapes carried on into the empty texels about a thing, so that filters find nothing dark there."""
    height, width = color.shape[:2]
    both = np.concatenate([color[..., :3], shape], -1).reshape(-1, 7)
    known = color[..., 3] > 127
    for _ in range(_GROWN_TEXELS):
        near = np.zeros_like(known)
        for axis, step in _STEPS:
            near |= np.roll(known, step, axis)
        y, x = np.nonzero(near & ~known)
        total, count = np.zeros((len(y), 7), np.float32), np.zeros(len(y), np.float32)
        for axis, step in _STEPS:
            at = (y - step * (axis == 0)) % height * width + (x - step * (axis == 1)) % width
            held = known.reshape(-1)[at]
            total += both[at] * held[:, None]
            count += held
        both[y * width + x] = np.rint(total / count[:, None]).astype(np.uint8)
        known[y, x] = True
    if known.any():
        both[~known.reshape(-1)] = np.rint(both[known.reshape(-1)].mean(0)).astype(np.uint8)
    filled = both.reshape(height, width, 7)
    return np.concatenate([filled[..., :3], color[..., 3:]], -1), np.ascontiguousarray(filled[..., 3:])
