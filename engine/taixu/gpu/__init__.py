"""The GPU behind about twenty-five verbs.

Why so thin: everything above speaks of buffers, textures, pipelines and passes by WebGPU's rules (explicit binding
numbers, std430 blocks, no loose uniforms, pipelines fixed before a draw), so that another back end can come without a
line changed in the renderer. Two stand today: OpenGL 4.3 by moderngl, and a null device that records calls, on which
CPU budgets are tested. This package alone imports moderngl, and `raw` alone speaks GL where moderngl has gaps.

    device = create_device()                                     # headless; attach_device() inside a window's context
    vertices = device.buffer(array)
    layout = (VertexBuffer.packed({0: "f32x3"}),)
    pipeline = device.pipeline("passes/mesh.vert", "passes/basic.frag", vertex_layout=layout)
    color, depth = device.texture((640, 360), "rgba16f"), device.texture((640, 360), "depth32f")
    targets = device.targets([color], depth)
    with device.frame(), device.render_pass(targets, clear_colors=[(0, 0, 0, 1)], clear_depth=0) as p:
        p.pipeline(pipeline)
        p.push_uniform(1, view_block)                            # a small uniform block, kept in a ring
        p.vertices(0, vertices)
        p.draw(3)
    color.read()                                                 # (height, width, 4), bottom row first

Conventions: depth is reversed with range 0..1 (`glClipControl`): clear to 0, compare "greater_equal". Row 0 of a
texture is where v = 0 reads, the top row of an image as glTF wants; a rendered target's row 0 is its bottom. GLSL
lies in the folders of `device.shaders`, starts without ``#version``, includes by path, and declares
`layout(location)` for vertex attributes and `layout(binding)` for all else. Bindings stay until replaced; binding
numbers of uniform blocks, storage blocks, textures and images are four separate series. Handles free themselves when
forgotten, at the next frame.
"""

from __future__ import annotations

from taixu.gpu.device import Capabilities, Device
from taixu.gpu.formats import TEXTURE_FORMATS, VERTEX_FORMATS, TextureFormat, VertexFormat, texture_format
from taixu.gpu.layouts import StructLayout
from taixu.gpu.null_device import NullDevice
from taixu.gpu.passes import RenderPass
from taixu.gpu.readback import Readback
from taixu.gpu.resources import (
    BindGroup,
    Buffer,
    BufferRange,
    ComputePipeline,
    Fence,
    ImageBinding,
    Pipeline,
    Sampler,
    Targets,
    Texture,
    TextureView,
)  # fmt: skip
from taixu.gpu.shaders import ShaderError, ShaderLibrary, ShaderSource
from taixu.gpu.states import ADD, ALPHA, PREMULTIPLIED, BlendState, DepthState, VertexAttribute, VertexBuffer

__all__ = [
    "ADD", "ALPHA", "PREMULTIPLIED", "TEXTURE_FORMATS", "VERTEX_FORMATS", "BindGroup", "BlendState", "Buffer",
    "BufferRange", "Capabilities", "ComputePipeline", "DepthState", "Device", "Fence", "ImageBinding", "NullDevice",
    "Pipeline", "Readback", "RenderPass", "Sampler", "ShaderError", "ShaderLibrary", "ShaderSource", "StructLayout", "Targets",
    "Texture", "TextureFormat", "TextureView", "VertexAttribute", "VertexBuffer", "VertexFormat", "attach_device",
    "create_device", "texture_format",
]  # fmt: skip


def create_device(*, headless: bool = True, shaders: ShaderLibrary | None = None, debug: bool = False) -> Device:
    """A device of its own (`headless`), or one in the context that is current now.

    Raises
    ------
    MachineError
        Where there is no OpenGL, or one older than 4.3; the sentence names both.
    """
    if not headless:
        return attach_device(lambda: None, shaders=shaders, debug=debug)
    from taixu.gpu.moderngl_device import open_device

    return open_device(shaders=shaders, debug=debug)


def attach_device(make_current: object, *, shaders: ShaderLibrary | None = None, debug: bool = False) -> Device:
    """A device inside a window's context; `make_current` (`window.switch_to`) makes that context current."""
    from taixu.gpu.moderngl_device import attach_device as attach

    return attach(make_current, shaders=shaders, debug=debug)  # type: ignore[arg-type]
