"""The geometry pass: depth first, and with it normals, velocity and entity ids where somebody wants them.

Outputs (and resource names): "depth" depth32f; "normal" rgba16f, world space in xyz; "velocity" rg16f, the move since
the last frame in texture coordinates (add it to today's to find yesterday's); "id" r32ui, entity index, 0xFFFFFFFF for
nothing; "albedo" as in `taixu.render.albedo`. With several samples the pass draws to "<name>_ms" and resolves to the plain
names. A feature that needs more than the view's outputs lists it in ``view.settings["geometry"]``, or in `geometry` of
what it chose for the view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taixu.gpu import BindGroup, DepthState, Pipeline
from taixu.render.albedo import ALBEDO_FORMAT, AlbedoPass
from taixu.render.bindings import MESH_VERTEX_LAYOUT
from taixu.render.bins import Bin
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.views import View

__all__ = ["GEOMETRY_FORMATS", "BlendedIdPass", "GeometryFeature", "GeometryPass", "ResolvePass", "has_prepass", "wanted_geometry"]

GEOMETRY_FORMATS = {"normal": "rgba16f", "velocity": "rg16f", "id": "r32ui"}
"""Colour targets of the pass, in the order of their GLSL locations."""

_CLEARS: dict[str, tuple[float, ...]] = {"normal": (0, 0, 0, 0), "velocity": (0, 0, 0, 0), "id": (0xFFFFFFFF,) * 4}


@dataclass(frozen=True)
class GeometryPass:
    """Draws all solid geometry once: depth and the wanted targets."""

    wanted: tuple[str, ...]
    samples: int = 1
    masked_only: bool = False
    """What has no holes writes its depth when it is coloured (`has_prepass`)."""
    name: str = "geometry"
    rank: int = Rank.DEPTH
    reads: Sequence[str] = ()

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Depth and the wanted targets."""
        tail = "_ms" if self.samples > 1 else ""
        specs = {f"depth{tail}": TextureSpec("depth32f", samples=self.samples)}
        for target in self.wanted:
            specs[target + tail] = TextureSpec(GEOMETRY_FORMATS[target], samples=self.samples)
        return dict(specs)

    def run(self, context: PassContext) -> None:
        """Draw."""
        tail = "_ms" if self.samples > 1 else ""
        targets = context.targets(*(name + tail for name in self.wanted), depth=f"depth{tail}")
        plain = not self.wanted

        def pipeline_for(item: Bin) -> tuple[Pipeline, BindGroup | None] | None:
            if self.masked_only and item.key.alpha != "mask":
                return None
            return self._pipeline(context, item, plain)

        with context.device.render_pass(targets, clear_colors=[_CLEARS[n] for n in self.wanted], clear_depth=0.0) as p:
            context.draw_bins(p, pipeline_for)
        if context.culls_hidden:
            newly = context.find_newly_seen(f"depth{tail}")
            with context.device.render_pass(targets) as p:
                context.draw_bins(p, pipeline_for, visible=newly)

    def _pipeline(self, context: PassContext, item: Bin, plain: bool) -> tuple[Pipeline, BindGroup | None]:
        key = item.key
        cut_out = key.alpha == "mask"
        defines: dict[str, object] = {f"{n.upper()}_AT": i for i, n in enumerate(self.wanted)} | item.defines
        group = None
        if cut_out:
            defines |= {"ALPHA_MASK": True, **key.signature.only("base_color").defines()}
            if self.samples > 1:
                defines["SAMPLES"] = self.samples
            if key.fades:
                defines["FADES"] = True
            group = context.frame.renderer.materials.bind_group(key)
        vertex = "passes/geometry.vert"
        fragment = "passes/geometry_masked.frag" if cut_out else None if plain else "passes/geometry.frag"
        if cut_out and key.cuts_holes:
            vertex, fragment = f"generated/forward/{key.shader}.vert", f"generated/holes/{key.shader}.frag"
            defines |= key.signature.defines()
        pipeline = context.device.pipeline(
            vertex, fragment, defines=defines,
            vertex_layout=MESH_VERTEX_LAYOUT, primitive=item.mode, cull=item.cull,
            depth=DepthState(), label="geometry")  # fmt: skip
        return pipeline, group


@dataclass(frozen=True)
class ResolvePass:
    """Many samples to one: "<name>_ms" to "<name>"."""

    sources: tuple[str, ...]
    formats: tuple[str, ...]
    name: str = "resolve"
    rank: int = Rank.RESOLVE

    @property
    def reads(self) -> Sequence[str]:
        """The multisampled targets."""
        return tuple(f"{name}_ms" for name in self.sources)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The resolved ones."""
        return {n: TextureSpec(f) for n, f in zip(self.sources, self.formats, strict=True)}

    def run(self, context: PassContext) -> None:
        """Copy with resolving, one target after the other (formats differ)."""
        for name in self.sources:
            is_depth = name == "depth"
            source = context.targets(*(() if is_depth else (f"{name}_ms",)), depth=f"{name}_ms" if is_depth else None)
            target = context.targets(*(() if is_depth else (name,)), depth=name if is_depth else None)
            context.device.blit(source, target, depth=is_depth)


@dataclass(frozen=True)
class BlendedIdPass:
    """Ids of blended surfaces, over those of what lies behind: glass can be picked. Depth stays the solid one."""

    samples: int = 1
    name: str = "blended ids"
    rank: int = Rank.DEPTH + 5

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides them."""
        return ("depth_ms" if self.samples > 1 else "depth",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over ids."""
        return {"id_ms" if self.samples > 1 else "id": None}

    def run(self, context: PassContext) -> None:
        """Draw, far ones first: the nearest id stays."""
        (name,) = self.writes
        with context.device.render_pass(context.targets(name, depth=self.reads[0])) as p:
            context.draw_blended(p, lambda item: self._pipeline(context, item))

    def _pipeline(self, context: PassContext, item: Bin) -> Pipeline:
        return context.device.pipeline(
            "passes/geometry.vert", "passes/geometry.frag", defines={"ID_AT": 0, **item.defines}, vertex_layout=MESH_VERTEX_LAYOUT,
            primitive=item.mode, cull=item.cull, depth=DepthState(write=False), label="blended ids")  # fmt: skip


def wanted_geometry(view: View) -> tuple[str, ...]:
    """Colour targets of the geometry pass that somebody reads."""
    needed = view.outputs | set(view.settings.get("geometry", ()))
    needed = needed.union(*(getattr(choice, "geometry", ()) for choice in view.choices.values()))
    return tuple(name for name in GEOMETRY_FORMATS if name in needed)


def has_prepass(view: View) -> bool:
    """Whether all solid things are drawn to depth before they are coloured: so by default, and always where something reads
    that depth in between, or samples are brought together. ``view.settings["prepass"]`` False draws most things once, which
    is less work where pixels are seldom covered twice.
    """
    settings = view.settings
    is_read = settings.get("occlusion", True) or any(settings.get(name) for name in ("contact_shadows", "culls_hidden", "traced"))
    return bool(settings.get("prepass", True) or is_read or view.samples > 1 or wanted_geometry(view) or "albedo" in view.outputs)


class GeometryFeature:
    """Gives the geometry pass to every view that is not "fast"."""

    name = "geometry"

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass, and its resolve when the view has several samples."""
        if view.quality == "fast":
            return ()
        wanted = wanted_geometry(view)
        nodes: list[PassNode] = [GeometryPass(wanted, view.samples, masked_only=not has_prepass(view))]
        if "id" in wanted:
            nodes.append(BlendedIdPass(view.samples))
        if view.samples > 1:
            names = ("depth", *wanted)
            formats = ("depth32f", *(GEOMETRY_FORMATS[n] for n in wanted))
            nodes.append(ResolvePass(names, formats, name="resolve geometry", rank=Rank.DEPTH + 10))
        if "albedo" in view.outputs:
            nodes.append(AlbedoPass(view.samples))
            if view.samples > 1:
                nodes.append(ResolvePass(("albedo",), (ALBEDO_FORMAT,), name="resolve albedo"))
        return nodes
