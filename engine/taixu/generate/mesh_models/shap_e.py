"""Shap-E by diffusers: coloured meshes from words, or from a picture (Jun and Nichol 2023, https://arxiv.org/abs/2305.02463)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from taixu.assets.model import ModelData
from taixu.errors import TaixuError, UsageError
from taixu.generate.diffusion.kept import kept_pipeline
from taixu.generate.diffusion.loading import LoadedPipeline, told_errors
from taixu.generate.diffusion.machine import MachineChoice
from taixu.generate.generator import Needs, Progress
from taixu.generate.mesh_models.contract import PACKAGES, PICTURES, Asked, ModelMeshGenerator
from taixu.generate.mesh_models.raw_meshes import Y_UP_FROM_Z_UP, model_of_triangles
from taixu.generate.mesh_models.subjects import on_ground

__all__ = ["ShapEGenerator"]

_KINDS = ("ShapEPipeline", "ShapEImg2ImgPipeline")
_STEPS = 64
_GUIDANCE = {"ShapEPipeline": 15.0, "ShapEImg2ImgPipeline": 3.0}
"""What Shap-E's makers take in their examples."""
_GRID, _MOST_GRID = 128, 256


class ShapEGenerator(ModelMeshGenerator):
    """Meshes with colours at their vertices, by a Shap-E of the user's."""

    name = "shap-e"
    summary = "a coloured mesh from words or a picture, by a Shap-E model (diffusers)"
    needs = Needs(
        modules=PACKAGES, extra="ai,models", weights=True,
        memory_mb=64 << 10, optional_parents=True, suffixes=PICTURES,
    )  # fmt: skip
    takes_words = True

    def shape(self, asked: Asked, progress: Progress) -> ModelData:
        """Latents by steps, then the surface where the field is zero, on a grid."""
        wanted = asked.wanted
        progress(0.01, f"opening {asked.model.name}")
        with kept_pipeline(asked.model, "own", choice=MachineChoice(wanted.device), size=(64, 64)) as loaded:
            kind = loaded.model.kind
            if kind not in _KINDS:
                raise UsageError(f"the model {asked.model.name} is {kind}, and Shap-E is wanted ({' or '.join(_KINDS)})")
            if (kind == "ShapEImg2ImgPipeline") != bool(asked.views):
                lacks = "pictures" if not asked.views else "words"
                other = "give it one (--from PICTURE)" if not asked.views else "leave the picture out, or name shap-e-img2img"
                raise UsageError(f"the model {asked.model.name} makes meshes of {lacks} alone; {other}")
            return _made(loaded, asked, progress)


def _made(loaded: LoadedPipeline, asked: Asked, progress: Progress) -> ModelData:
    import torch

    wanted, pipeline = asked.wanted, loaded.pipeline
    steps = wanted.steps or _STEPS
    said: dict[str, Any] = {"image": on_ground(asked.views[0])} if asked.views else {"prompt": asked.prompt}
    guidance = _GUIDANCE[loaded.model.kind] if wanted.guidance < 0.0 else wanted.guidance
    grid = min(wanted.resolution or _GRID, _MOST_GRID)
    with told_errors(asked.model.name, "failed"), torch.inference_mode(), _told_steps(pipeline, progress):
        latents = pipeline(
            **said, num_inference_steps=steps, guidance_scale=guidance, generator=loaded.chance(asked.seed), output_type="latent"
        ).images
        progress(0.85, "finding the surface")
        renderer = pipeline.shap_e_renderer.to(loaded.holding.device)
        latent = latents.to(renderer.dtype)[0][None]
        try:
            mesh = renderer.decode_to_mesh(latent, loaded.holding.device, grid_size=max(grid, 8))
        except ValueError as error:
            if "non-empty" in str(error):  # no vertex to look up a colour for: the field crosses zero nowhere
                return ModelData()
            raise
        places, triangles = mesh.verts.float().cpu().numpy(), mesh.faces.cpu().numpy()
        colors = np.stack([mesh.vertex_channels[each].float().cpu().numpy() for each in "RGB"], axis=1)
    if not np.isfinite(places).all():
        raise TaixuError(f"the model {asked.model.name} gave places that are no numbers; try another seed")
    return model_of_triangles(places, triangles, name=asked.model.name, colors=colors, turn=Y_UP_FROM_Z_UP)


@contextmanager
def _told_steps(pipeline: Any, progress: Progress) -> Iterator[None]:
    """Tell each step in the block: Shap-E's pipelines have no callback, but go through their own bar of progress."""

    def bar(steps: Any) -> Iterator[Any]:
        for number, each in enumerate(steps):
            progress(0.05 + 0.8 * number / max(len(steps), 1), "making the shape")
            yield each

    pipeline.progress_bar = bar
    try:
        yield
    finally:
        del pipeline.progress_bar
