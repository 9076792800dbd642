"""What the path tracer's kernels share with Python: rows, blocks and numbers of bindings."""

from __future__ import annotations

from taixu.gpu import Device, StructLayout
from taixu.render.bindings import TextureSlot, UniformSlot
from taixu.render.meshes import SURFACE_DTYPE

__all__ = [
    "EMITTING", "KIND_BLOCK", "LAMP_RAY", "PATH_BLOCK", "PATH_STATE", "SEEN_THROUGH", "THING", "PathSlot", "register_sources",
]  # fmt: skip


class PathSlot:
    """Binding numbers of the kernels' storage blocks; materials and their own rows keep those of the renderer."""

    PATHS, SUMS, NODES, TRIANGLES, THINGS, SURFACE_WORDS = 0, 1, 2, 3, 4, 5
    SKY, INDICES, LAMP_RAYS, GOING, EMITTERS = 7, 9, 11, 12, 13
    SKY_UNIT = TextureSlot.PASS


SEEN_THROUGH, EMITTING = 1, 2
"""Flags of things: they have holes, or are thin, so that light which is asked for asks their material; their triangles are
among those that light is asked of.
"""

PATH_STATE = StructLayout("PathState", [
    ("origin", "f4", (3,)), ("density", "f4"),  # of the direction, by solid angle; 0 where no light was asked for
    ("direction", "f4", (3,)), ("flags", "u4"),
    ("throughput", "f4", (3,)), ("at", "f4"),  # metres to what it meets
    ("radiance", "f4", (4,)),
    ("absorption", "f4", (3,)), ("met", "u4"),  # 1 / metre; 1 + number of the thing
    ("where", "f4", (2,)), ("triangle", "u4"), ("key", "u4"),
    ("albedo", "f4", (4,)), ("normal", "f4", (4,)),  # of what the eye sees
])  # fmt: skip

LAMP_RAY = StructLayout("LampRay", [
    ("origin", "f4", (3,)), ("most", "f4"),  # metres to the lamp; negative: nothing is asked
    ("direction", "f4", (3,)), ("arrives", "u4"),
    ("light", "f4", (3,)), ("at", "f4"),
    ("where", "f4", (2,)), ("triangle", "u4"), ("key", "u4"),
    ("met", "u4"), ("padding", "u4"), ("more_padding", "u4", (2,)),
])  # fmt: skip

THING = StructLayout("Thing", [
    ("local_from_world", "f4", (3, 4)), ("world_from_local", "f4", (3, 4)),
    ("root", "u4"), ("material", "u4"), ("key", "u4"), ("tint", "u4"),
    ("first_vertex", "u4"), ("first_index", "u4"), ("flags", "u4"), ("layers", "u4"),
])  # fmt: skip

PATH_BLOCK = StructLayout("PathBlock", [
    ("world_from_clip", "f4", (4, 4)),
    ("eye", "f4", (4,)),  # w is 1, or 0 for a parallel projection
    ("backwards", "f4", (4,)),  # against where the eye looks
    ("picture", "f4", (4,)),  # width, height and their inverses
    ("tile", "u4", (4,)),  # x, y, width, height in pixels
    ("sky_turn", "f4", (4,)),  # cosine and sine, intensity, whether it is seen
    ("sun", "f4", (4,)), ("sun_color", "f4", (4,)),  # as the sky shows it
    ("sky_size", "u4", (2,)),  # columns and rows of the sky's shares; 0: it is dark
    ("sample_index", "u4"), ("seed", "u4"),
    ("node_count", "u4"), ("lamp_count", "u4"), ("most_bounces", "u4"), ("most_passes", "u4"),
    ("exposure", "f4"), ("brightest", "f4"), ("sun_radius", "f4"), ("three", "u4"),
    ("emitted", "f4"), ("emitter_count", "u4"), ("decal_count", "u4"), ("padding", "u4"),
    ("lens", "f4", (4,)),  # metres to what is sharp, radius of the aperture in metres (0: a pinhole), its corners
    ("right", "f4", (4,)),  # of the camera
], rules="std140")  # fmt: skip

KIND_BLOCK = StructLayout("Kind", [("key", "u4", (4,))], rules="std140")


def register_sources(device: Device) -> None:
    """Make the blocks known to a device's shaders."""
    text = PATH_BLOCK.uniform_block("PathUniforms", binding=UniformSlot.FREE, instance="path")
    text += PATH_STATE.storage_block("Paths", binding=PathSlot.PATHS, array="paths", access="")
    text += LAMP_RAY.storage_block("LampRays", binding=PathSlot.LAMP_RAYS, array="lamp_rays", access="")
    text += THING.storage_block("Things", binding=PathSlot.THINGS, array="things")
    for name, kind, slot, access in (
        ("sums", "vec4", PathSlot.SUMS, ""),
        ("nodes", "uvec4", PathSlot.NODES, "readonly"),
        ("triangles", "uvec4", PathSlot.TRIANGLES, "readonly"),
        ("surface_words", "uint", PathSlot.SURFACE_WORDS, "readonly"),
        ("mesh_indices", "uint", PathSlot.INDICES, "readonly"),
        ("sky_shares", "float", PathSlot.SKY, "readonly"),
        ("emitters", "vec4", PathSlot.EMITTERS, "readonly"),
    ):
        text += f"layout(std430, binding = {slot}) {access} buffer Path_{name} {{ {kind} {name}[]; }};\n"
    text += f"layout(std430, binding = {PathSlot.GOING}) buffer PathsGoing {{ uint paths_going; }};\n"
    text += "#define RAY_NODES path.node_count\n"
    text += f"#define THING_SEEN_THROUGH {SEEN_THROUGH}u\n#define THING_EMITTING {EMITTING}u\n"
    text += f"#define PATH_SKY_UNIT {PathSlot.SKY_UNIT}\n"
    text += f"#define SURFACE_WORDS {SURFACE_DTYPE.itemsize // 4}u\n"
    device.shaders.add_source("generated/path_tracing.glsl", text)
