"""Hunyuan3D 2: a mesh from a picture, or from several sides (https://github.com/Tencent-Hunyuan), by the user's own copy of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from taixu.assets.model import ModelData
from taixu.errors import TaixuError
from taixu.generate.generator import Needs, Progress
from taixu.generate.mesh_models.checkouts import (
    chosen_device,
    import_checkout,
    need_tensor_files,
    need_trusted,
    quiet_and_offline,
    read_settings,
)
from taixu.generate.mesh_models.contract import PACKAGES, PICTURES, Asked, ModelMeshGenerator
from taixu.generate.mesh_models.raw_meshes import model_of_triangles

__all__ = ["Hunyuan3DGenerator"]

_STEPS, _GUIDANCE, _GRID = 50, 5.0, 384
_SIDES = ("front", "left", "back", "right")
_PROGRAMS = {
    "hy3dshape": ("hy3dshape.pipelines", ("hy3dshape", ""), "https://github.com/Tencent-Hunyuan/Hunyuan3D-2.1"),
    "hy3dgen": ("hy3dgen.shapegen", ("",), "https://github.com/Tencent-Hunyuan/Hunyuan3D-2"),
}
"""By the package that a model's settings name: the module, folders of the checkout, and where it can be had."""
_TARGETS = re.compile(r"(?:hy3dshape|hy3dgen\.shapegen|diffusers)(?:\.[A-Za-z_]\w*){1,6}")
_WEIGHTS = re.compile(r"model(?:\.(?P<variant>[a-z0-9]+))?\.safetensors")


class Hunyuan3DGenerator(ModelMeshGenerator):
    """Meshes by Hunyuan3D."""

    name = "hunyuan3d"
    summary = "a mesh from a picture or up to four sides, by Hunyuan3D, where you have it"
    needs = Needs(
        modules=PACKAGES, extra="ai,models", weights=True,
        memory_mb=96 << 10, parents=1, suffixes=PICTURES,
    )  # fmt: skip
    most_views = 4

    def shape(self, asked: Asked, progress: Progress) -> ModelData:
        """Its settings name classes by their modules: only its own and diffusers' are let through."""
        wanted, folder = asked.wanted, asked.model.path
        assert folder is not None
        part = _shape_folder(folder)
        settings = read_settings(part / "config.yaml")
        need_trusted(settings, "target", _TARGETS, f"{part.name}/config.yaml")
        need_tensor_files(part, what="take the variant of Hunyuan3D whose files end in .safetensors")
        variant = _variant(part)
        device = chosen_device(wanted.device)
        program = "hy3dgen" if "hy3dgen." in str(settings.get("model", "")) else "hy3dshape"
        module, folders, page = _PROGRAMS[program]
        made = import_checkout(module, "TAIXU_HUNYUAN3D", folders, page)
        progress(0.01, f"opening {asked.model.name}")
        with quiet_and_offline(asked.model.name):
            import torch

            pipeline = made.Hunyuan3DDiTFlowMatchingPipeline.from_pretrained(
                str(part.parent.resolve()), subfolder=part.name, use_safetensors=True, variant=variant, device=device,
                dtype=torch.float32 if device == "cpu" else torch.float16,
            )  # fmt: skip
            steps = wanted.steps or _STEPS

            def tell(step: int, *_: Any) -> None:
                progress(0.1 + 0.75 * step / steps, "making the shape")

            views: Any = asked.views[0]
            if len(asked.views) > 1:
                views = dict(zip(_SIDES, asked.views, strict=False))
            mesh = pipeline(
                image=views, num_inference_steps=steps, guidance_scale=_GUIDANCE if wanted.guidance < 0.0 else wanted.guidance,
                generator=torch.Generator("cpu").manual_seed(asked.seed), octree_resolution=wanted.resolution or _GRID,
                output_type="trimesh", enable_pbar=False, callback=tell, callback_steps=1,
            )[0]  # fmt: skip
        return ModelData() if mesh is None else model_of_triangles(mesh.vertices, mesh.faces, name=asked.model.name)


def _shape_folder(folder: Path) -> Path:
    """The part that makes shapes: the named folder itself, or the first in it that does."""
    if (folder / "config.yaml").is_file():
        return folder
    parts = sorted(each.parent for each in folder.glob("hunyuan3d-dit*/config.yaml"))
    if not parts:
        raise TaixuError(f"{folder.name}: has no folder hunyuan3d-dit... with a config.yaml; this is no Hunyuan3D")
    return parts[0]


def _variant(part: Path) -> str | None:
    found = [match for each in sorted(part.iterdir()) if (match := _WEIGHTS.fullmatch(each.name))]
    if not found:
        raise TaixuError(f"{part.name}: has no model.safetensors or model.fp16.safetensors; download the model whole")
    return found[0]["variant"]
