"""A mesh painted from words by the user's own diffusion model, view by view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from taixu.errors import UsageError
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.mesh_texturing.coordinates import lay_coordinates
from taixu.generate.mesh_texturing.dressing import dress
from taixu.generate.mesh_texturing.earlier_colors import earlier_colors, keep_coordinates
from taixu.generate.mesh_texturing.painting import paint_views
from taixu.generate.mesh_texturing.placement import LAYOUTS, choose_views
from taixu.generate.mesh_texturing.solid_generator import MODEL_SUFFIXES, need_texels, surfaces_of
from taixu.generate.mesh_texturing.subject import assemble, stand_scales
from taixu.generate.mesh_texturing.texels import bake_texels, fill_rest
from taixu.generate.model_facts import ModelFacts
from taixu.generate.request import Request

__all__ = ["PaintedMeshGenerator", "PaintedMeshParameters"]

_LEAST_VIEW_PX = 64
_UNIT = {"minimum": 0.0, "maximum": 1.0}
_CONTROLNET_HINT = (
    "painting a mesh needs a ControlNet for depth: name its weights, too (--from FOLDER/diffusion_pytorch_model.safetensors),"
    " or say controlnet=MAKER/NAME"
)


@dataclass(frozen=True)
class PaintedMeshParameters:
    """Parameters of a painted mesh."""

    size_px: int = field(default=1024, metadata={"doc": "Edge of the texture.", "unit": "px", "minimum": 64, "maximum": 4096})
    views: int = field(default=8, metadata={"doc": "Views to paint, at the most.", "minimum": 1, "maximum": 24})
    layout: str = field(default="best", metadata={"doc": "Where they look from.", "choices": LAYOUTS})
    view_px: int = field(
        default=0, metadata={"doc": "Edge of a view; 0 takes the model's own.", "unit": "px", "minimum": 0, "maximum": 2048}
    )
    steps: int = field(default=30, metadata={"doc": "Steps of each view.", "minimum": 1, "maximum": 200})
    guidance: float = field(default=7.0, metadata={"doc": "How closely it follows the words.", "minimum": 0.0, "maximum": 30.0})
    adherence: float = field(default=1.0, metadata={"doc": "How closely it follows the shape.", "minimum": 0.0, "maximum": 2.0})
    strength: float = field(
        default=0.6, metadata={"doc": "How far later views may go from what is painted, where they see it better.", **_UNIT}
    )
    mending: float = field(default=0.35, metadata={"doc": "How far a last round goes over seams and what no view saw.", **_UNIT})
    blend: float = field(default=0.4, metadata={"doc": "How sharply views part; 0 mixes them widely.", **_UNIT})
    negative: str = field(default="", metadata={"doc": "What it shall not be."})
    names_views: bool = field(default=True, metadata={"doc": "Tell the model where a view looks from."})
    control: str = field(default="depth", metadata={"doc": "What the ControlNet sees.", "choices": ("depth", "normal")})
    controlnet: str = field(default="", metadata={"doc": "A ControlNet's folder, or its name on the hub."})
    roughness: float = field(default=0.7, metadata={"doc": "Of the whole surface.", **_UNIT})
    metallic: float = field(default=0.0, metadata={"doc": "Of the whole surface.", **_UNIT})
    existing: str = field(
        default="replace",
        metadata={
            "doc": "What becomes of textures that are there: painted anew, kept, or painted over (as far as `repaint`).",
            "choices": ("replace", "keep", "repaint"),
        },
    )
    repaint: float = field(default=0.6, metadata={"doc": "How far it goes from existing colours, where it paints over.", **_UNIT})
    unwrap: bool = field(default=False, metadata={"doc": "Lay new texture coordinates even where the mesh's own serve."})
    device: str = field(default="auto", metadata={"doc": "Where it computes.", "choices": ("auto", "cuda", "mps", "cpu")})
    precision: str = field(
        default="auto", metadata={"doc": "Of the numbers.", "choices": ("auto", "float32", "bfloat16", "float16")}
    )


class PaintedMeshGenerator(Generator):
    """Meshes painted by diffusion models."""

    name, makes, suffix = "painted-mesh", "mesh", ".glb"
    summary = "a mesh painted from words by a model of yours, from several views, led by its depth"
    parameters = PaintedMeshParameters
    needs = Needs(
        modules=("torch", "diffusers", "transformers"), extra="ai", weights=True, memory_mb=65536, parents=1,
        suffixes=(*MODEL_SUFFIXES, ".safetensors"),
    )  # fmt: skip
    source_type = "compositeWithTrainedAlgorithmicMedia"

    def find_model(self, name: str) -> ModelFacts:
        """A folder or a file of weights, or a name that the hub's cache has."""
        from taixu.generate.diffusion import diffusion_facts

        return diffusion_facts(name)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One GLB with the texture inside."""
        from taixu.generate.diffusion import MachineChoice, open_pipeline
        from taixu.generate.mesh_texturing.diffusion_painter import DiffusionPainter, own_size_px

        wanted: PaintedMeshParameters = request.parameters
        nets = [each for each in request.parents if each.suffix.lower() == ".safetensors"]
        meshes = [each for each in request.parents if each not in nets]
        if len(meshes) != 1 or len(nets) > 1:
            raise UsageError(f"it paints one mesh, with one ControlNet; {len(meshes)} meshes and {len(nets)} were named")
        # The mesh first: what is wrong with it is found before gigabytes are read.
        model, surfaces = surfaces_of(meshes[0], existing=wanted.existing)
        if wanted.existing == "repaint":
            keep_coordinates(model, surfaces)
        progress(0.01, "coordinates")
        lay_coordinates(surfaces, wanted.size_px, stand_scales(model, surfaces), anew=wanted.unwrap)
        subject = assemble(model, surfaces)
        texels = bake_texels(subject, wanted.size_px)
        need_texels(texels)
        progress(0.04, "views")
        views = choose_views(subject, wanted.views, layout=wanted.layout, seed=request.seed)
        start = earlier_colors(model, surfaces, subject, texels) if wanted.existing == "repaint" else None
        progress(0.06, "opening the model")
        view_px = wanted.view_px or 512
        loaded = open_pipeline(
            request.model, "inpaint", controlnet=_control_of(nets, wanted, request.model), size=(view_px, view_px),
            choice=MachineChoice(device=wanted.device, precision=wanted.precision),
        )  # fmt: skip
        try:
            view_px = max((wanted.view_px or own_size_px(loaded)) // 8 * 8, _LEAST_VIEW_PX)
            painter = DiffusionPainter(
                loaded, progress, request.prompt, request.seed, len(views) * (2 if wanted.mending > 0 else 1),
                control=wanted.control, avoid=wanted.negative, names_views=wanted.names_views, steps=wanted.steps,
                guidance=wanted.guidance, adherence=wanted.adherence,
            )  # fmt: skip
            colors = paint_views(
                subject, texels, views, painter, view_px=view_px, sharpness=1.0 + 14.0 * wanted.blend,
                strength=wanted.strength, mending=wanted.mending, start=start, go=wanted.repaint,
            )  # fmt: skip
        finally:
            loaded.close()
        progress(0.92, "pictures")
        atlas = fill_rest(texels.picture(colors), texels.covered)
        picture = np.rint(np.clip(atlas, 0.0, 1.0) * 255.0).astype(np.uint8)
        dressed, mark = dress(
            model, surfaces, {"base_color": picture}, name=request.prompt[:60] or "painted", metallic=wanted.metallic,
            roughness=wanted.roughness,
        )  # fmt: skip
        return [Made(request.save_model(dressed).path, mark=mark)]


def _control_of(nets: list[Path], wanted: PaintedMeshParameters, model: ModelFacts) -> str | Path | None:
    """The ControlNet: from the folder of a file that was named, by its name, or None where the model has one inside.

    Raises
    ------
    UsageError
        When there is none.
    """
    if nets:
        return nets[0].parent
    if wanted.controlnet:
        return wanted.controlnet
    if model.path is not None and (model.path / "controlnet").is_dir():
        return None
    raise UsageError(_CONTROLNET_HINT)
