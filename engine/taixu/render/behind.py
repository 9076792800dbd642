"""What lies behind transmissive surfaces: a copy of the picture so far with blurred levels, and its depth.

Made when the first such surface of a frame is about to be drawn, and kept with the view; a view that shows none has
none. Level n of the copy is a Gaussian of about 0.5 x 2^n pixels, so that a shader finds any blur with one look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from taixu.gpu import Device, ImageBinding, Pipeline, Targets, Texture
from taixu.render.bindings import MESH_VERTEX_LAYOUT, TextureSlot, UniformSlot
from taixu.render.bins import Bin
from taixu.render.blending import BlendedRun
from taixu.render.context import PassContext

__all__ = ["BEHIND_UNIT", "DEPTH_UNIT", "Behind", "behind_of"]

BEHIND_UNIT, DEPTH_UNIT, NEAREST_UNIT = TextureSlot.PASS, TextureSlot.PASS + 1, TextureSlot.PASS + 2
_MOST_LEVELS = 9


@dataclass
class Behind:
    """A view's copy.

    Attributes
    ----------
    color : Texture
        rgba16f, premultiplied, with levels.
    depth : Texture
        depth32f of solid surfaces, one sample.
    scratch : Texture
        Depth of solid surfaces and of transmissive ones drawn so far, as many samples as the view has: among themselves
        transmissive surfaces hide each other.
    nearest : Texture or None
        Depth of the nearest surfaces of what is drawn in layers.
    """

    size: tuple[int, int]
    samples: int
    color: Texture
    depth: Texture
    scratch: Texture
    nearest: Texture | None = None
    _targets: dict[str, Targets] = field(default_factory=dict)

    @classmethod
    def make(cls, device: Device, size: tuple[int, int], samples: int) -> Behind:
        """Textures for a view of this size."""
        levels = min(_MOST_LEVELS, max(1, int(np.log2(max(size)))))
        return cls(
            size,
            samples,
            device.texture(size, "rgba16f", levels=levels, label="behind"),
            device.texture(size, "depth32f", label="behind depth"),
            device.texture(size, "depth32f", samples=samples, label="transmissive depth"),
        )

    def begin(self, context: PassContext, depth: str) -> None:
        """Take over the depth of solid surfaces; once a frame, before the first copy."""
        device = context.device
        source = context.targets(depth=depth)
        device.blit(source, self._depth_targets(device, "scratch", self.scratch), depth=True)
        device.blit(source, self._depth_targets(device, "depth", self.depth), depth=True)

    def capture(self, context: PassContext, radiance: str) -> None:
        """Copy what was drawn so far and blur it; bind both for shaders."""
        device, source = context.device, context.texture(radiance)
        if source.samples > 1:
            self._resolve(device, source)
        else:
            device.copy_texture(source.view(), self.color.view())
        blur = device.compute_pipeline("compute/behind.comp")
        smooth = device.sampler(mip="nearest", wrap="clamp")
        device.bind_texture(BEHIND_UNIT, self.color, smooth)
        for level in range(1, self.color.levels):
            width, height = self.color.level_size(level)
            device.barrier()
            device.push_uniform(UniformSlot.PASS, np.array([width, height, level - 1, 0], np.int32))
            device.bind(device.bind_group(images={0: ImageBinding(self.color, level)}))
            device.dispatch(blur, (width + 7) // 8, (height + 7) // 8)
        device.barrier()
        self.bind(device)

    def find_nearest(self, context: PassContext, runs: Sequence[BlendedRun]) -> None:
        """Draw the depth of what is about to be drawn without its nearest surfaces, and bind it."""
        device = context.device
        if self.nearest is None:
            self.nearest = device.texture(self.size, "depth32f", label="nearest glass")
        with device.render_pass(self._depth_targets(device, "nearest", self.nearest), clear_depth=0.0) as p:
            context.draw_blended(p, lambda item: _depth_pipeline(device, item), runs=runs)
        self.bind(device)  # making textures unbinds

    def targets(self, context: PassContext, radiance: str) -> Targets:
        """Where transmissive surfaces are drawn: the radiance, with a depth of their own."""
        texture = context.texture(radiance)
        found = self._targets.get("over")
        if found is None or found.colors[0] is None or found.colors[0].texture is not texture:
            found = self._targets["over"] = context.device.targets([texture], self.scratch, label="transmissive")
        return found

    def bind(self, device: Device) -> None:
        """Bind copy and depths for what is drawn next."""
        nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
        device.bind_texture(BEHIND_UNIT, self.color, device.sampler(wrap="clamp"))
        device.bind_texture(DEPTH_UNIT, self.depth, nearest)
        if self.nearest is not None:
            device.bind_texture(NEAREST_UNIT, self.nearest, nearest)

    def _depth_targets(self, device: Device, name: str, texture: Texture) -> Targets:
        if name not in self._targets:
            self._targets[name] = device.targets((), texture, label=name)
        return self._targets[name]

    def _resolve(self, device: Device, source: Texture) -> None:
        if "first" not in self._targets:
            self._targets["first"] = device.targets([self.color.view()], label="behind")
        pipeline = device.pipeline(
            "passes/fullscreen.vert",
            "passes/resolve.frag",
            cull="none",
            depth=None,
            defines={"SAMPLES": source.samples},
            label="copy of what is behind",
        )
        with device.render_pass(self._targets["first"]) as p:
            p.pipeline(pipeline)
            p.bind_texture(0, source, device.sampler(filter="nearest", mip="none"))
            p.draw(3)


def _depth_pipeline(device: Device, item: Bin) -> Pipeline:
    return device.pipeline(
        "passes/geometry.vert", None, defines=item.defines, vertex_layout=MESH_VERTEX_LAYOUT, primitive=item.mode, cull=item.cull,
        label="nearest glass",
    )


def behind_of(context: PassContext) -> Behind:
    """The view's copy, made when it is first asked for."""
    view = context.view
    found: Behind | None = view.history.get("behind")
    if found is None or (found.size, found.samples) != (view.drawn_size, view.samples):
        found = view.history["behind"] = Behind.make(context.device, view.drawn_size, view.samples)
    return found
