"""Binding numbers and blocks that every shader of the renderer shares.

The numpy dtypes here are the only description: their GLSL is generated and included as ``generated/view.glsl``,
``generated/frame.glsl`` and ``generated/scene.glsl``. Uniform, storage and texture numbers are three separate series.

Spaces. `local`: a mesh's own. `world`: metres relative to the *origin of the camera's cell* of 1,024 m (cells are
subtracted as integers, so float32 is good to 0.06 mm anywhere on a planet). `view`: the camera at the origin, looking
along -Z. `clip`: reversed depth, 1 near and 0 far.
"""

from __future__ import annotations

from taixu.gpu import Device, StructLayout, VertexBuffer

__all__ = [
    "DEFORMED_ROW", "FLAG_CAST_FAR", "FLAG_CAST_SHADOW", "FLAG_VISIBLE", "FRAME_BLOCK", "MESH_ROW", "MESH_VERTEX_LAYOUT",
    "POSITION_VERTEX_LAYOUT",
    "RENDERABLE_ROW", "VIEW_BLOCK", "StorageSlot", "TexelUnit", "TextureSlot", "UniformSlot", "register_sources",
    "row_reader",
]  # fmt: skip


class UniformSlot:
    """Binding numbers of uniform blocks."""

    FRAME, VIEW, PASS = 0, 1, 2  # PASS: pushed by whichever pass runs, for itself
    LIGHTING, AREA_LOBES, SHADOWS = 3, 4, 5  # the shading side's
    FREE = 8  # plugins count up from here
    AIR = 12  # the air between things and the eye: `taixu.render.air.volume`
    PROBES = 13  # where probes stand: `taixu.render.indirect`
    REFLECTIONS = 14  # boxes of `taixu.render.reflections`; their pictures are unit 0 of what hides what is behind, 2 of glass


class StorageSlot:
    """Binding numbers of storage blocks; 16 a shader stage is what GPUs offer."""

    TRANSFORMS, CELLS, PREVIOUS_TRANSFORMS, PREVIOUS_CELLS, RENDERABLES, MESHES = 0, 1, 2, 3, 4, 5
    MATERIALS, CLUSTERS, SURFACES = 6, 7, 8  # the shading side's
    DEFORMED_ROWS, PREVIOUS_POSITIONS = 9, 10  # 10 is bound anew for every draw: culling of what is hidden uses it, too
    FREE = 11  # a compute pass uses these as it likes
    DEFORMED_VERTICES = 11  # where things are drawn
    LIGHTS = 16  # of the world; beyond what passes use for themselves: 16 is how many blocks a stage reads, not the last number
    DECALS, DECAL_LISTS = 17, 18  # of the world, and of the view's clusters: `taixu.render.decals`


class TextureSlot:
    """Texture units; 16 a shader stage is what OpenGL 4.3 promises."""

    PASS = 0  # 0 to 3: what a pass reads
    DECALS = 1  # 1 and 2 while solid surfaces are drawn: colours and numbers of `taixu.render.decals`
    PROBES = 3  # in colour passes
    SHADING = 4  # 4 to 15: environment, shadows, arrays of material textures
    AIR = 8  # of those: the grid of `taixu.render.air.volume`


class TexelUnit:
    """Texture units at which rows of storage blocks are read as texels, where that is sooner: beyond those of pictures."""

    TRANSFORMS, RENDERABLES, MATERIALS, MESHES, LIGHTS = 16, 17, 18, 19, 20


FLAG_VISIBLE, FLAG_CAST_SHADOW, FLAG_CAST_FAR = 1, 2, 4
"""Shown in pictures; casts shadows that fall nearby, and those that fall far away (a sun's last cascades)."""

FRAME_BLOCK = StructLayout("FrameBlock", [
    ("time_secs", "f4"), ("delta_secs", "f4"), ("frame_index", "u4"), ("transform_count", "u4"),
], rules="std140")  # fmt: skip

VIEW_BLOCK = StructLayout("ViewBlock", [
    ("clip_from_world", "f4", (4, 4)), ("world_from_clip", "f4", (4, 4)), ("view_from_world", "f4", (4, 4)),
    ("clip_from_view", "f4", (4, 4)), ("world_from_view", "f4", (4, 4)),
    ("previous_clip_from_world", "f4", (4, 4)),  # from the world of `previous_cell`, without jitter
    ("plain_clip_from_world", "f4", (4, 4)),  # without jitter, for velocity
    ("frustum_planes", "f4", (6, 4)),  # world space, normals inwards: left right bottom top far near
    ("camera_position", "f4", (4,)),  # world space; w is 1, or 0 for a parallel projection
    ("camera_cell", "i4", (4,)), ("previous_cell", "i4", (4,)),
    ("viewport", "f4", (4,)),  # width, height, 1/width, 1/height
    ("depth_range", "f4", (4,)),  # near, far (0: infinite), tan(fov_y / 2), aspect
    ("jitter", "f4", (4,)),  # this frame's and the last one's sub-pixel offset in clip units
    ("layer_mask", "u4"), ("view_flags", "u4"), ("view_index", "u4"),
    ("texture_bias", "f4"),  # added to levels of mip maps
], rules="std140")  # fmt: skip

MESH_ROW = StructLayout("MeshRow", [
    ("sphere", "f4", (4,)),  # local centre and radius
    ("first_vertex", "u4"), ("index_count", "u4"), ("vertex_count", "u4"),
])  # fmt: skip

RENDERABLE_ROW = StructLayout("RenderableRow", [
    ("transform", "u4"), ("mesh", "u4"), ("material", "u4"), ("entity", "u4"),
    ("flags", "u4"), ("layers", "u4"), ("tint", "u4"), ("command", "u4"),
    ("deformed", "u4"),  # its row among the deformed ones; 0xFFFFFFFF for plain ones
    ("stride", "u4"),  # which moment of a stride cards of people show
])  # fmt: skip

DEFORMED_ROW = StructLayout("DeformedRow", [
    ("sphere", "f4", (4,)),  # relative to the entity's cell, not to the entity
    ("first", "u4"),  # where its vertices lie; 0xFFFFFFFF where nobody sees it
    ("shift", "u4"),  # from a vertex of the mesh as it rests to its own, modulo 2^32
    ("base_vertex", "u4"),
    ("vertex_count", "u4"),
    ("influence_first", "u4"), ("influence_sets", "u4"), ("palette_first", "u4"), ("palette_count", "u4"),
    ("delta_first", "u4"), ("delta_parts", "u4"), ("target_count", "u4"), ("weight_first", "u4"),
])  # fmt: skip

# Positions lie apart: depth and shadow passes fetch 12 bytes a vertex and no more.
_POSITIONS = VertexBuffer.packed({0: "f32x3"})
_SURFACE = VertexBuffer.packed({1: "snorm16x4", 2: "snorm16x4", 3: "f32x2", 4: "f32x2", 5: "unorm16x4"})
_OBJECTS = VertexBuffer.packed({6: "u32"}, step="instance")
MESH_VERTEX_LAYOUT = (_POSITIONS, _SURFACE, _OBJECTS)
"""Slot 0 positions, 1 normal tangent uv0 uv1 color, 2 the visible list that gives each instance its object id."""
POSITION_VERTEX_LAYOUT = (_POSITIONS, _OBJECTS)
"""For passes that need positions only: slot 0 positions, 1 object ids."""

_SCENE_GLSL = """
layout(std430, binding = {t.TRANSFORMS}) readonly buffer Transforms {{ vec4 transforms[]; }};
layout(std430, binding = {t.CELLS}) readonly buffer Cells {{ int cells[]; }};
"""
_TRANSFORM_OF = "vec4 transform_row(uint row) {{ return {}; }}\n"


def row_reader(device: Device, layout: StructLayout, function: str, *, array: str, binding: int, unit: int) -> str:
    """GLSL of a function that gives rows of a storage block, read as texels where the device does that sooner."""
    if not device.capabilities.reads_texels_sooner:
        return layout.reader(function, array=array, texels_unit=None)
    device.view_as_texels(binding, unit, layout.texel_words)
    return layout.reader(function, array=array, texels_unit=unit)


def _transform_reader(device: Device) -> str:
    if not device.capabilities.reads_texels_sooner:
        return _TRANSFORM_OF.format("transforms[row]")
    device.view_as_texels(StorageSlot.TRANSFORMS, TexelUnit.TRANSFORMS, 4)
    texels = f"layout(binding = {TexelUnit.TRANSFORMS}) uniform usamplerBuffer transform_texels;\n"
    return texels + _TRANSFORM_OF.format("uintBitsToFloat(texelFetch(transform_texels, int(row)))")


def register_sources(device: Device) -> None:
    """Make the generated GLSL includable in this device's shaders."""
    add = device.shaders.add_source
    add("generated/frame.glsl", FRAME_BLOCK.uniform_block("FrameUniforms", binding=UniformSlot.FRAME))
    add("generated/view.glsl", VIEW_BLOCK.uniform_block("ViewUniforms", binding=UniformSlot.VIEW))
    add(
        "generated/scene.glsl",
        _SCENE_GLSL.format(t=StorageSlot)
        + _transform_reader(device)
        + RENDERABLE_ROW.storage_block("Renderables", binding=StorageSlot.RENDERABLES, array="renderables")
        + row_reader(device, RENDERABLE_ROW, "renderable_row", array="renderables", binding=StorageSlot.RENDERABLES,
                     unit=TexelUnit.RENDERABLES),
    )  # fmt: skip
    add(
        "generated/meshes.glsl",
        MESH_ROW.storage_block("Meshes", binding=StorageSlot.MESHES, array="meshes")
        + row_reader(device, MESH_ROW, "mesh_row", array="meshes", binding=StorageSlot.MESHES, unit=TexelUnit.MESHES),
    )
    add(
        "generated/deformed.glsl",
        DEFORMED_ROW.storage_block("DeformedRows", binding=StorageSlot.DEFORMED_ROWS, array="deformed_rows"),
    )
    add(
        "generated/previous.glsl",
        f"layout(std430, binding = {StorageSlot.PREVIOUS_TRANSFORMS}) readonly buffer PreviousTransforms "
        "{ vec4 previous_transforms[]; };\n"
        f"layout(std430, binding = {StorageSlot.PREVIOUS_CELLS}) readonly buffer PreviousCells "
        "{ int previous_cells[]; };\n"
        f"layout(std430, binding = {StorageSlot.PREVIOUS_POSITIONS}) readonly buffer PreviousPositions "
        "{ float previous_positions[]; };\n",
    )
