"""The renderer: what the world's columns look like.

One crossing. Once a frame `extraction` asks the world which rows changed and packs them into buffers; nothing else here
reads the world's tables, and nothing here writes them. Transforms lie on the GPU by entity index, so an entity that
moved is one row, whatever draws it; a `renderable` (one primitive of one entity) has a stable slot with the ids of its
transform, mesh and material.

GPU-driven. A `bin` is a pipeline key and a primitive mode; in it there is a draw command for each mesh. For each view,
compute tests every renderable's sphere against the frustum and appends it to its command's stretch of the visible list,
which then feeds object ids to the vertex shader as an attribute that steps once an instance. One multi-draw a bin: the
CPU's work is the same for a thousand things and for a million, and nothing is read back. Blended things are the
exception: they are few, need an order, and are sorted on the CPU in packed arrays.

Passes. A `PassNode` declares what it reads and writes (`graph`); a `Feature` gives nodes for a view's configuration and
keeps its own data (`context`). Shading (materials, lights, shadows, environment, sky, tone map) is made of features,
and so is whatever a plugin adds. Binding numbers and shared blocks stand in `bindings`.

    renderer = Renderer(create_device())
    renderer.picture(world, camera=ViewCamera.looking((3, 2, 4), (0, 0, 0)), size=(640, 360)).save("out.png")

Deformed meshes (skins, morphs) are deformed once a frame by compute into vertices of their own, so that depth, shadow
and colour passes see plain meshes, with last frame's positions kept for velocity.
"""

from __future__ import annotations

from taixu.render.bins import Bin
from taixu.render.context import DrawKey, Feature, FrameContext, MaterialSource, PassContext
from taixu.render.culling import VisibleList
from taixu.render.framing import frame_camera, visible_bounds
from taixu.render.graph import PassGraph, PassNode, Rank, TextureSpec
from taixu.render.lines import LineBatch, line_rows
from taixu.render.meshes import MeshPool
from taixu.render.pictures import Picture
from taixu.render.plugin import RenderFeatures, RenderPlugin
from taixu.render.renderer import Renderer
from taixu.render.stills import render_still
from taixu.render.video import VideoFrame, VideoReader
from taixu.render.views import OUTPUTS, View, ViewCamera

__all__ = [
    "OUTPUTS",
    "Bin",
    "DrawKey",
    "Feature",
    "FrameContext",
    "LineBatch",
    "MaterialSource",
    "MeshPool",
    "PassContext",
    "PassGraph",
    "PassNode",
    "Picture",
    "Rank",
    "RenderFeatures",
    "RenderPlugin",
    "Renderer",
    "TextureSpec",
    "VideoFrame",
    "VideoReader",
    "View",
    "ViewCamera",
    "VisibleList",
    "frame_camera",
    "line_rows",
    "render_still",
    "visible_bounds",
]
