"""From radiance to the picture: resolving samples, exposure, tone curve, encoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taixu.gpu import Device
from taixu.render.bindings import UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.lighting import LightingFeature
from taixu.render.post.developed import bind_effects, developed_block, developed_defines, developed_reads
from taixu.render.tonemap import TONEMAPS
from taixu.render.views import View

__all__ = ["DevelopingFeature", "TonemapPass", "resolve_radiance"]

ENCODINGS = {"srgb": ("rgba8", 0), "display": ("rgba16f", 1), "linear": ("rgba32f", 2)}
"""By name: format of "color", and number in GLSL. "srgb" has straight alpha; "display" (tone-mapped, linear) and
"linear" (scene-referred) have premultiplied alpha."""


class DevelopingFeature:
    """Makes "color" of "radiance".

    ``view.settings``: "exposure_ev" and "tonemap" take the place of the world's; "encoding" is one of `ENCODINGS`;
    "antialias": "fxaa" smooths the edges of the finished picture, where many samples are too dear ("temporal" is for
    `taixu.render.temporal`); "gamma" encodes with the power 1 / gamma in place of the sRGB curve; "background" as in
    `ShadingFeature`.
    """

    name = "developing"

    def __init__(self, device: Device, lighting: LightingFeature) -> None:
        self.device, self.lighting = device, lighting

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The tone map, and before it the resolve of many samples."""
        if view.quality == "fast":
            return ()
        encoding = str(view.settings.get("encoding", "srgb"))
        filtered = view.settings.get("antialias") == "fxaa" and encoding == "srgb"
        target = "color_sharp" if filtered else "color"
        nodes: list[PassNode] = [TonemapPass(self, encoding, target=target, reads=developed_reads(view))]
        if filtered:
            nodes.append(EdgeFilterPass())
        if view.samples > 1:
            nodes.append(ResolveRadiancePass(view.samples))
        return nodes


@dataclass(frozen=True)
class TonemapPass:
    """Develops the picture."""

    feature: DevelopingFeature
    encoding: str
    target: str = "color"
    name: str = "tone map"
    rank: int = Rank.TONEMAP
    reads: Sequence[str] = ("radiance",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The picture."""
        return {self.target: TextureSpec(ENCODINGS[self.encoding][0])}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        device, environment = context.device, self.feature.lighting.environment
        stops = float(context.settings("exposure_ev", environment.exposure_ev))
        curve = TONEMAPS[str(context.settings("tonemap", environment.tonemap))]
        background = context.settings("background", "sky")
        behind = (0.0, 0.0, 0.0, 0.0) if isinstance(background, str) else (*background[:3], 1.0)
        block = np.array(
            [[2.0**stops, curve, float(context.settings("gamma", 0.0)), ENCODINGS[self.encoding][1]], behind],
            np.float32,
        )
        block = np.concatenate([block, developed_block(context)])
        defines = {**developed_defines(context), "CURVE": f"{curve}u"}
        pipeline = device.pipeline("passes/fullscreen.vert", "passes/tonemap.frag", defines=defines, cull="none",
                                   depth=None, label="tone map")  # fmt: skip
        with device.render_pass(context.targets(self.target)) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, block)
            p.bind_texture(0, context.texture(self.reads[0]), device.sampler(filter="nearest", mip="none", wrap="clamp"))
            bind_effects(context, p)
            p.draw(3)


@dataclass(frozen=True)
class ResolveRadiancePass:
    """Many samples to one, each weighted by what the tone curve leaves of it, so that bright edges stay smooth."""

    samples: int
    name: str = "resolve radiance"
    rank: int = Rank.RESOLVE
    reads: Sequence[str] = ("radiance_ms",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """One sample a pixel."""
        return {"radiance": TextureSpec("rgba16f")}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        resolve_radiance(context, self.samples)


def resolve_radiance(context: PassContext, samples: int, *, target: str = "radiance") -> None:
    """Bring the samples of "radiance_ms" together."""
    device = context.device
    pipeline = device.pipeline(
        "passes/fullscreen.vert",
        "passes/resolve.frag",
        cull="none",
        depth=None,
        defines={"SAMPLES": samples},
        label="resolve",
    )
    with device.render_pass(context.targets(target)) as p:
        p.pipeline(pipeline)
        p.bind_texture(0, context.texture("radiance_ms"), device.sampler(filter="nearest", mip="none"))
        p.draw(3)


@dataclass(frozen=True)
class EdgeFilterPass:
    """FXAA: antialiasing of the finished picture."""

    name: str = "edge filter"
    rank: int = Rank.TONEMAP + 10
    reads: Sequence[str] = ("color_sharp",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The picture."""
        return {"color": TextureSpec("rgba8")}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        device = context.device
        pipeline = device.pipeline("passes/fullscreen.vert", "passes/fxaa.frag", cull="none", depth=None, label="edge filter")
        with device.render_pass(context.targets("color")) as p:
            p.pipeline(pipeline)
            p.bind_texture(0, context.texture("color_sharp"), device.sampler(mip="none", wrap="clamp"))
            p.draw(3)
