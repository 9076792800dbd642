"""What mirrors show of the picture itself: rays that are followed through its depth, once solid things and sky are drawn.

The colour pass writes beside radiance what each pixel's sharpest mirror lobe is (`LOBE_TARGETS`): how much it sends on, how
rough it is, what it was thought to mirror, and its normal. Where a ray finds something, that takes the place of what was thought:
light is exchanged, never added twice. Blended surfaces, which are drawn over that picture, follow their rays themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import ADD, ImageBinding, Texture
from taixu.render.bindings import UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.views import View
from taixu.scene import ScreenReflections

__all__ = ["LOBE_TARGETS", "ScreenReflectionFeature", "bind_picture", "has_screen_reflections"]

LOBE_TARGETS = {"lobe": "rgba16f", "lobe_known": "rgba16f", "lobe_normal": "rg16f"}
"""What the colour pass writes from location 1 on: weight by colour and roughness; radiance that was taken for mirrored; the normal,
in the world, through the octahedron.
"""
_RANK = Rank.SKY + 40
_MOST_LEVELS = 7


@dataclass(frozen=True)
class _Asked:
    """What a world asks for."""

    strength: float
    most_roughness: float
    distance_m: float
    thickness_m: float
    half_size: bool


def has_screen_reflections(view: View) -> bool:
    """Whether rays are followed through the view's picture."""
    return bool(view.choices.get(ScreenReflectionFeature.name))


def bind_picture(context: PassContext, depth: Texture) -> None:
    """Bind what blended surfaces look through for what they mirror: the depth of solid things, the picture, what is asked."""
    asked, device = context.view.choices.get(ScreenReflectionFeature.name), context.device
    assert isinstance(asked, _Asked)
    device.push_uniform(UniformSlot.PASS, _block(asked))
    device.bind_texture(1, depth, device.sampler(filter="nearest", mip="none", wrap="clamp"))
    device.bind_texture(2, context.texture("mirrored"), device.sampler(wrap="clamp"))


class ScreenReflectionFeature:
    """Gives the passes to views of worlds with `ScreenReflections`; ``view.settings["screen_reflections"]`` False has none."""

    name = "screen reflections"

    def choose(self, world: World, view: View) -> Hashable:
        """What is asked for, or None."""
        settings = view.settings
        if view.quality == "fast" or settings.get("traced") or settings.get("reference"):
            return None
        if not settings.get("reflections", True) or not settings.get("screen_reflections", True):
            return None
        if settings.get("shown", "lit") != "lit":
            return None
        for table in world.query(ScreenReflections):
            if table.count:
                found = world.get(int(table.entities[0]), ScreenReflections)
                strength, rough, far, thick = (
                    float(np.clip(np.nan_to_num(value, nan=low), low, high))
                    for value, low, high in ((found.strength, 0.0, 1.0), (found.most_roughness, 0.0, 1.0),
                                             (found.distance_m, 0.01, 1e4), (found.thickness_m, 1e-3, 100.0))
                )  # fmt: skip
                return _Asked(strength, rough, far, thick, bool(found.half_size)) if found.enabled and strength > 0 else None
        return None

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """A copy of the picture in ever coarser levels, rays, and what they found."""
        asked = view.choices.get(self.name)
        if not isinstance(asked, _Asked):
            return ()
        tail = "_ms" if view.samples > 1 else ""
        return (_CopyPass(tail, view.samples, _levels(view)), _MarchPass(tail, view.samples, asked),
                _ComposePass(tail, view.samples, asked))  # fmt: skip


def _levels(view: View) -> int:
    return int(max(1, min(_MOST_LEVELS, int(log2(max(view.size))) - 1)))


@dataclass(frozen=True)
class _CopyPass:
    """What can be mirrored: solid things and sky, in levels as for glass (`compute/behind.comp`)."""

    tail: str
    samples: int
    levels: int
    name: str = "mirrored picture"
    rank: int = _RANK

    @property
    def reads(self) -> Sequence[str]:
        """The picture so far."""
        return (f"radiance{self.tail}",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Level n is a bell of about 0.5 x 2^n pixels."""
        return {"mirrored": TextureSpec("rgba16f", levels=self.levels)}

    def run(self, context: PassContext) -> None:
        """Copy, then blur level by level."""
        device, copy = context.device, context.texture("mirrored")
        if self.samples > 1:
            pipeline = device.pipeline("passes/fullscreen.vert", "passes/resolve.frag", cull="none", depth=None,
                                       defines={"SAMPLES": self.samples}, label="mirrored picture")  # fmt: skip
            with device.render_pass(context.targets("mirrored")) as p:
                p.pipeline(pipeline)
                p.bind_texture(0, context.texture("radiance_ms"), device.sampler(filter="nearest", mip="none"))
                p.draw(3)
        else:
            device.copy_texture(context.texture("radiance").view(), copy.view())
        device.bind_texture(0, copy, device.sampler(mip="nearest", wrap="clamp"))
        blur = device.compute_pipeline("compute/behind.comp")
        for level in range(1, self.levels):
            width, height = copy.level_size(level)
            device.barrier()
            device.push_uniform(UniformSlot.PASS, np.array([width, height, level - 1, 0], np.int32))
            device.bind(device.bind_group(images={0: ImageBinding(copy, level)}))
            device.dispatch(blur, (width + 7) // 8, (height + 7) // 8)
        device.barrier()


@dataclass(frozen=True)
class _MarchPass:
    """Follows the rays."""

    tail: str
    samples: int
    asked: _Asked
    name: str = "screen reflections"
    rank: int = _RANK + 1

    @property
    def reads(self) -> Sequence[str]:
        """Depth, lobes and the picture."""
        return ("depth", "mirrored", f"lobe{self.tail}", f"lobe_normal{self.tail}")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Radiance that was found, and how sure that is."""
        return {"reflected": TextureSpec("rgba16f", scale=0.5 if self.asked.half_size else 1.0)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        device = context.device
        nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
        pipeline = device.pipeline("passes/fullscreen.vert", "passes/reflections/march.frag", cull="none", depth=None,
                                   defines={"SAMPLES": self.samples}, label="screen reflections")  # fmt: skip
        with device.render_pass(context.targets("reflected")) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, _block(self.asked))
            p.bind_texture(0, context.texture("depth"), nearest)
            p.bind_texture(1, context.texture("mirrored"), device.sampler(wrap="clamp"))
            p.bind_texture(2, context.texture(f"lobe{self.tail}"), nearest)
            p.bind_texture(3, context.texture(f"lobe_normal{self.tail}"), nearest)
            p.draw(3)


@dataclass(frozen=True)
class _ComposePass:
    """Puts what was found in the place of what was thought."""

    tail: str
    samples: int
    asked: _Asked
    name: str = "screen reflections in place"
    rank: int = _RANK + 2

    @property
    def reads(self) -> Sequence[str]:
        """What was found, and lobes."""
        return ("depth", "reflected", f"lobe{self.tail}", f"lobe_known{self.tail}")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over radiance."""
        return {f"radiance{self.tail}": None}

    def run(self, context: PassContext) -> None:
        """Draw one triangle: what is found less what was thought is added."""
        device = context.device
        nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
        pipeline = device.pipeline("passes/fullscreen.vert", "passes/reflections/compose.frag", cull="none", depth=None, blend=ADD,
                                   defines={"SAMPLES": self.samples, "HALF_SIZE": self.asked.half_size},
                                   label="screen reflections")  # fmt: skip
        with device.render_pass(context.targets(f"radiance{self.tail}")) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, _block(self.asked))
            p.bind_texture(0, context.texture("reflected"), nearest)
            p.bind_texture(1, context.texture(f"lobe_known{self.tail}"), nearest)
            p.bind_texture(2, context.texture(f"lobe{self.tail}"), nearest)
            p.bind_texture(3, context.texture("depth"), nearest)
            p.draw(3)


def _block(asked: _Asked) -> NDArray[np.float32]:
    return np.array([[asked.strength, asked.most_roughness, asked.distance_m, asked.thickness_m]], np.float32)
