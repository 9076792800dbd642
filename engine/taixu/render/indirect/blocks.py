"""What probes and Python share: rows, blocks, numbers of bindings, and how a probe's texels lie."""

from __future__ import annotations

from taixu.gpu import Device, StructLayout
from taixu.render.bindings import TextureSlot, UniformSlot

__all__ = ["GRID_BLOCK", "GRID_SLOT", "LOOK", "MOST_RAYS", "PROBE_STATE", "PROBE_THING", "PROBE_UNIT", "TILE", "UPDATE_BLOCK",
           "ProbeSlot", "register_sources"]  # fmt: skip

GRID_SLOT = UniformSlot.PROBES
PROBE_UNIT = TextureSlot.PROBES
TILE = (24, 16)
"""Texels of a probe in the atlas: distances on the left (14 x 14 and a border), light on the right (6 x 6 and a border), and its
shift from its lattice point, with whether it is in use, in the texel at (16, 8).
"""
MOST_RAYS = 256


class ProbeSlot:
    """Binding numbers of storage blocks while probes look around."""

    NODES, TRIANGLES, THINGS, LOOKS, RAYS, STATES = 11, 12, 13, 14, 15, 10


PROBE_THING = StructLayout("ProbeThing", [
    ("local_from_world", "f4", (3, 4)),
    ("root", "u4"), ("first_look", "u4"), ("look_step", "u4"), ("is_two_sided", "u4"),
])  # fmt: skip

LOOK = StructLayout("ProbeLook", [("albedo", "f4", (4,)), ("emission", "f4", (4,))])

PROBE_STATE = StructLayout("ProbeState", [
    ("shift", "f4", (3,)), ("in_use", "f4"),
    ("count", "f4"),  # how often it has looked around since it stands
    ("placed", "f4"),  # how often it has been moved
    ("mean", "f4"), ("padding", "f4"),
])  # fmt: skip

GRID_BLOCK = StructLayout("ProbeGrid", [
    ("origin", "f4", (4,)),  # of the low corner, relative to the cell that the light is wanted in; w: strength
    ("spacing", "f4", (4,)),  # metres; its inverse, how far the light is asked for off a surface, -
    ("counts", "i4", (4,)),  # along the axes; columns of the atlas
    ("first", "i4", (4,)),  # slot of the low corner
    ("atlas", "f4", (4,)),  # one over the atlas's size
], rules="std140")  # fmt: skip

UPDATE_BLOCK = StructLayout("ProbeUpdate", [
    ("turn", "f4", (3, 4)),  # rows of the rotation of this time's rays
    ("sky_turn", "f4", (4,)),
    ("light_counts", "u4", (4,)),  # directional, local
    ("batch", "u4", (4,)),  # first probe, how many, rays of each, nodes
    ("settings", "f4", (4,)),  # the most times that a mean goes over, where things move; metres; wake; update number
], rules="std140")  # fmt: skip


def register_sources(device: Device) -> None:
    """Make the blocks known to a device's shaders."""
    columns, rows = TILE
    device.shaders.add_source(
        "generated/probes.glsl",
        GRID_BLOCK.uniform_block("ProbeGridUniforms", binding=GRID_SLOT, instance="probe_grid")
        + f"#define PROBE_UNIT {PROBE_UNIT}\nconst ivec2 PROBE_TILE = ivec2({columns}, {rows});\n",
    )
    text = UPDATE_BLOCK.uniform_block("ProbeUpdateUniforms", binding=UniformSlot.FREE, instance="update")
    text += PROBE_THING.storage_block("ProbeThings", binding=ProbeSlot.THINGS, array="things")
    text += LOOK.storage_block("ProbeLooks", binding=ProbeSlot.LOOKS, array="looks")
    text += PROBE_STATE.storage_block("ProbeStates", binding=ProbeSlot.STATES, array="states", access="")
    text += f"layout(std430, binding = {ProbeSlot.NODES}) readonly buffer ProbeNodes {{ uvec4 nodes[]; }};\n"
    text += f"layout(std430, binding = {ProbeSlot.TRIANGLES}) readonly buffer ProbeTriangles {{ uvec4 triangles[]; }};\n"
    text += f"layout(std430, binding = {ProbeSlot.RAYS}) buffer ProbeRays {{ vec4 rays[]; }};\n"
    text += f"#define RAY_NODES update.batch.w\n#define MOST_RAYS {MOST_RAYS}\n"
    device.shaders.add_source("generated/probe_update.glsl", text)
