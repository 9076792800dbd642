"""The colour passes: surfaces under light, the sky behind, blended surfaces over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taixu.gpu import PREMULTIPLIED, BindGroup, DepthState, Device, Pipeline
from taixu.render.air.volume import air_defines
from taixu.render.behind import Behind, behind_of
from taixu.render.bindings import MESH_VERTEX_LAYOUT, UniformSlot
from taixu.render.bins import Bin
from taixu.render.blending import BlendedRun, is_transmissive
from taixu.render.blending_weighted import WEIGHTED_BLENDS, WEIGHTED_TEXTURES, draw_weighted, is_weighted
from taixu.render.context import DrawKey, FrameContext, PassContext
from taixu.render.decals import DecalFeature, decal_defines
from taixu.render.geometry import has_prepass
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.indirect import has_probes
from taixu.render.lamps.contact import has_contact
from taixu.render.lighting import LightingFeature
from taixu.render.occlusion import has_occlusion
from taixu.render.octahedron import SMALLEST_MIRROR
from taixu.render.outlines import OutlinePass, outline_pipelines, outlined_apart
from taixu.render.reflections import LOBE_TARGETS, bind_picture, bind_reflections, has_reflections, has_screen_reflections
from taixu.render.tracing import is_traced
from taixu.render.views import View

__all__ = ["ShadingFeature", "add_surface"]


def add_surface(device: Device, name: str, path: str) -> None:
    """Make a material's GLSL (`surface` and `surface_vertex`) known as a shader that draw keys can name."""
    device.shaders.add_source(f"generated/bake/{name}.frag", f'#include "{path}"\n#include "passes/bake.glsl"\n')
    for stage, file in (("vert", "forward_vertex"), ("frag", "forward_surface")):
        device.shaders.add_source(f"generated/forward/{name}.{stage}", f'#include "{path}"\n#include "passes/{file}.glsl"\n')


class ShadingFeature:
    """Gives the colour passes. They write "radiance": rgba16f, linear, premultiplied.

    ``view.settings["background"]``: "sky" (the default), "transparent", or a linear colour as it shall appear, which the
    tone map puts behind; ``"background_blur"``: perceptual roughness at which the sky is shown; ``"shown"``: "lit" (the
    default), or anything else for colours without light; ``"lean_light"`` True looks light from all around and shadows up fewer
    times, for software that draws.
    """

    name = "shading"

    def __init__(self, device: Device, lighting: LightingFeature, decals: DecalFeature) -> None:
        self.device, self.lighting, self.decals = device, lighting, decals
        add_surface(device, "standard", "surface/standard.glsl")

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """Solid surfaces, sky, blended surfaces."""
        if view.quality == "fast":
            return ()
        tail = "_ms" if view.samples > 1 else ""
        nodes: list[PassNode] = [
            SolidPass(self, tail, view.samples, has_occlusion(view), has_contact(view), has_screen_reflections(view))
        ]
        nodes.append(BlendedPass(self, tail, is_weighted(view), has_screen_reflections(view)))
        nodes.append(OutlinePass(self.lighting, tail))
        if view.settings.get("background", "sky") == "sky":
            nodes.append(SkyPass(self, tail))
        return nodes

    def pipelines(
        self, context: PassContext, *, inner: bool = False, weighted: bool = False
    ) -> Callable[[Bin], tuple[Pipeline, BindGroup | None]]:
        """How bins are drawn in a frame of a view; `inner` leaves out the nearest surfaces of `Behind.find_nearest`;
        `weighted` is for `blending_weighted`.
        """
        shadows, traced = self.lighting.has_shadows(context.view), is_traced(context.view)
        soft = self.lighting.has_soft_shadows(context.view)
        fog, probes = self.lighting.has_fog(context.view), has_probes(context.view)
        materials, air = context.frame.renderer.materials, air_defines(context.view)
        decals = decal_defines(context.view)
        if decals:
            self.decals.bind_textures()
        reflections, screen = has_reflections(context.view), has_screen_reflections(context.view)
        maps = self.lighting.lean_maps(context.view)
        if probes or traced or soft or reflections or screen or has_occlusion(context.view) or has_contact(context.view):
            maps = None
        lean, prepass = bool(context.settings("lean_light", False)), has_prepass(context.view)
        reads_encoded = context.device.capabilities.is_software

        def pipeline_for(item: Bin) -> tuple[Pipeline, BindGroup | None]:
            key = item.key
            blends = key.alpha == "blend"
            writes = not prepass and key.alpha == "opaque"
            # The geometry pass left holes where masked materials have them: only what it drew is coloured.
            compare = "equal" if key.alpha == "mask" else "greater_equal"
            plain = lean and maps is not None and _is_plain(key)
            encoded = plain and reads_encoded and materials.is_encoded(key)
            path = f"generated/forward/{key.shader or 'standard'}"
            pipeline = self.device.pipeline(
                f"{path}.vert",
                f"{path}.frag",
                defines={
                    "SHADOWS": shadows,
                    "SOFT_SHADOWS": soft,
                    "AREAS": self.lighting.has_areas,
                    "CONTACT": has_contact(context.view),
                    "TRACED": traced,
                    "FOG": fog,
                    "PROBES": probes,
                    **air,
                    **({} if blends or is_transmissive(key) else decals),  # units are taken by what is seen through them
                    **({"LEAN": True} if lean else {}),
                    **({"REFLECTIONS": True} if reflections and not inner else {}),
                    **({"LOBES": True} if screen and not blends else {}),
                    **({"MIRRORED": True} if screen and not inner and not weighted and _follows_rays(key) else {}),
                    **({"LEAN_MAPS": maps} if plain else {}),
                    **({"ENCODED": True} if encoded else {}),
                    **({} if key.double_sided else {"ONE_SIDED": True}),
                    "UNLIT": key.unlit or context.settings("shown", "lit") != "lit",
                    "BLENDED": blends,
                    "INNER": inner,
                    "WEIGHTED": weighted,
                    **key.signature.defines(),
                    **item.defines,
                },
                vertex_layout=MESH_VERTEX_LAYOUT,
                primitive=item.mode,
                cull=item.cull,
                depth=DepthState(compare=compare, write=writes or is_transmissive(key) or key.writes_depth),
                blend=WEIGHTED_BLENDS if weighted else PREMULTIPLIED if blends else None,
                label="colour",
            )
            return pipeline, materials.bind_group(key, lean=plain, decodes=not encoded)

        return pipeline_for


def _follows_rays(key: DrawKey) -> bool:
    """Whether a surface is drawn over the picture in which it mirrors things: it looks for them itself."""
    return key.alpha == "blend" and not is_transmissive(key) and not key.unlit


def _is_plain(key: DrawKey) -> bool:
    """Whether `common/lean_light.glsl` knows all there is to a surface."""
    return key.shader in ("", "standard") and not key.signature.layers and not key.unlit


@dataclass(frozen=True)
class SolidPass:
    """Opaque and masked surfaces."""

    feature: ShadingFeature
    tail: str
    samples: int
    occluded: bool
    touched: bool
    lobes: bool
    name: str = "solid"
    rank: int = Rank.OPAQUE

    @property
    def reads(self) -> Sequence[str]:
        """The depth that is drawn over, and what is hidden from sky and sun."""
        return (f"depth{self.tail}", *(("occlusion",) if self.occluded else ()), *(("contact",) if self.touched else ()))

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Radiance, and for screen-space reflections what mirrors it."""
        formats = {"radiance": "rgba16f"} | (LOBE_TARGETS if self.lobes else {})
        return {f"{name}{self.tail}": TextureSpec(format, samples=self.samples) for name, format in formats.items()}

    def run(self, context: PassContext) -> None:
        """Draw."""
        bind_reflections(context)
        targets = context.targets(*self.writes, depth=f"depth{self.tail}")
        with context.device.render_pass(targets, clear_colors=[(0, 0, 0, 0)] * len(self.writes)) as p:
            context.draw_bins(p, self.feature.pipelines(context))


@dataclass(frozen=True)
class OverPass:
    """Draws over radiance where depth lets it."""

    feature: ShadingFeature
    tail: str

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides what lies behind."""
        return (f"depth{self.tail}",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over radiance."""
        return {f"radiance{self.tail}": None}


@dataclass(frozen=True)
class SkyPass(OverPass):
    """The sky, where nothing stands before it."""

    name: str = "sky"
    rank: int = Rank.SKY

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        device, maps = context.device, self.feature.lighting.sky.maps
        blur = float(context.settings("background_blur", 0.0))
        # The atlas is cheaper to look up, and as sharp as a small sky.
        from_atlas = blur > 0 or maps.sky.size[1] <= SMALLEST_MIRROR // 2
        pipeline = device.pipeline(
            "passes/fullscreen.vert",
            "passes/sky.frag",
            defines={
                "FROM_ATLAS": from_atlas, "SHARP": blur <= 0, "FOG": self.feature.lighting.has_fog(context.view),
                **air_defines(context.view),
            },
            cull="none",
            depth=DepthState(compare="greater_equal", write=False),
            label="sky",
        )
        targets = context.targets(f"radiance{self.tail}", depth=f"depth{self.tail}")
        with device.render_pass(targets) as p:
            p.pipeline(pipeline)
            direction, color = self.feature.lighting.sky.sun_disk()
            p.push_uniform(UniformSlot.PASS, np.array([[0, 0, 0, 1], [blur, 0, 0, 0], direction, color], np.float32))
            p.bind_texture(0, maps.sky, device.sampler(wrap=("repeat", "clamp")))
            p.draw(3)


@dataclass(frozen=True)
class BlendedPass(OverPass):
    """Blended and transmissive surfaces, far ones first; the latter show a copy of what was drawn before them.

    Where the view says so, blended ones are drawn in no order, after the others.
    """

    weighted: bool = False
    mirrors: bool = False
    name: str = "blended"
    rank: int = Rank.TRANSPARENT

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides what lies behind; rays of what is mirrored go through the picture."""
        return (f"depth{self.tail}", *(("mirrored",) if self.mirrors else ()))

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over radiance."""
        return {f"radiance{self.tail}": None, **(WEIGHTED_TEXTURES if self.weighted else {})}

    def run(self, context: PassContext) -> None:
        """Draw, in as many parts as copies are wanted."""
        runs = context.blended_runs()
        if not runs:
            return
        radiance, depth = f"radiance{self.tail}", f"depth{self.tail}"
        over, outer = context.targets(radiance, depth=depth), self.feature.pipelines(context)
        behind: Behind | None = None
        if self.mirrors and any(_follows_rays(run.bin.key) for run in runs):
            behind = behind_of(context)
            behind.begin(context, depth)
        mixed: list[BlendedRun] = []
        for clear, captures, part in _parts(runs):
            if not clear and self.weighted and not part[0].inner:
                mixed += part
                continue
            if clear and behind is None:
                behind = behind_of(context)
                behind.begin(context, depth)
            if captures:
                assert behind is not None
                behind.capture(context, radiance)
            pipelines = outer
            if part[0].inner:
                assert behind is not None
                behind.find_nearest(context, part)
                pipelines = self.feature.pipelines(context, inner=True)
            if has_reflections(context.view) and not part[0].inner:
                if clear and behind is not None:
                    behind.bind(context.device)
                bind_reflections(context, glass=clear)
            if self.mirrors and behind is not None and not clear:
                bind_picture(context, behind.depth)
            targets = over if behind is None or not clear else behind.targets(context, radiance)
            with context.device.render_pass(targets) as p:
                for some in outlined_apart(part):
                    context.draw_blended(p, pipelines, runs=some)
                    if some[0].bin.key.is_outlined:
                        context.draw_blended(p, outline_pipelines(context, self.feature.lighting), runs=some)
        if mixed:
            pipelines = self.feature.pipelines(context, weighted=True)
            bind_reflections(context)
            draw_weighted(context, mixed, pipelines, radiance=radiance, depth=depth)


def _parts(runs: Sequence[BlendedRun]) -> Iterator[tuple[bool, bool, Sequence[BlendedRun]]]:
    """Runs that are drawn together: whether they are transmissive, whether a copy comes first, and the runs."""
    first = 0
    for i in range(1, len(runs) + 1):
        clear = is_transmissive(runs[first].bin.key)
        if i == len(runs) or runs[i].captures or runs[i].inner or runs[i - 1].inner or is_transmissive(runs[i].bin.key) != clear:
            yield clear, runs[first].captures, runs[first:i]
            first = i
