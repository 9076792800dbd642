"""TripoSG: a mesh from one picture (Li et al. 2025, https://github.com/VAST-AI-Research/TripoSG), by the user's own copy of it."""

from __future__ import annotations

import re
from typing import Any

from taixu.assets.model import ModelData
from taixu.errors import TaixuError
from taixu.generate.generator import Needs, Progress
from taixu.generate.mesh_models.checkouts import chosen_device, import_checkout, need_tensor_files, quiet_and_offline, read_settings
from taixu.generate.mesh_models.contract import PACKAGES, PICTURES, Asked, ModelMeshGenerator
from taixu.generate.mesh_models.raw_meshes import model_of_triangles
from taixu.generate.mesh_models.subjects import on_ground

__all__ = ["TripoSGGenerator"]

_STEPS, _GUIDANCE, _DEPTH = 50, 7.0, 9
_LIBRARIES = re.compile(r"diffusers|transformers|triposg(?:\.[a-z_]\w*){1,6}")


class TripoSGGenerator(ModelMeshGenerator):
    """Meshes by TripoSG."""

    name = "triposg"
    summary = "a mesh from one picture, by TripoSG, where you have it"
    needs = Needs(
        modules=PACKAGES, extra="ai,models", weights=True,
        memory_mb=64 << 10, parents=1, suffixes=PICTURES,
    )  # fmt: skip

    def shape(self, asked: Asked, progress: Progress) -> ModelData:
        """Its pipeline is diffusers' in all but the package."""
        wanted, folder = asked.wanted, asked.model.path
        assert folder is not None
        need_tensor_files(folder, what="TripoSG's come as safetensors; download the model whole")
        index = read_settings(folder / "model_index.json")
        for name, about in index.items():
            library = about[0] if isinstance(about, list) and about else "diffusers"
            if not name.startswith("_") and not (isinstance(library, str) and _LIBRARIES.fullmatch(library)):
                where = f"{folder.name}/model_index.json"
                raise TaixuError(f"{where}: the part {name[:60]} comes from {str(library)[:60]!r}, which is not TripoSG")
        device = chosen_device(wanted.device)
        program = import_checkout(
            "triposg.pipelines.pipeline_triposg", "TAIXU_TRIPOSG", ("",), "https://github.com/VAST-AI-Research/TripoSG"
        )
        progress(0.01, f"opening {asked.model.name}")
        with quiet_and_offline(asked.model.name):
            import torch

            dtype = torch.float32 if device == "cpu" else torch.float16
            pipeline = program.TripoSGPipeline.from_pretrained(str(folder), local_files_only=True, use_safetensors=True)
            pipeline = pipeline.to(device, dtype)
            steps = wanted.steps or _STEPS

            def tell(_: Any, step: int, __: Any, tensors: dict[str, Any]) -> dict[str, Any]:
                progress(0.1 + 0.75 * step / steps, "making the shape")
                return tensors

            depth = _DEPTH if not wanted.resolution else max(5, min(10, wanted.resolution.bit_length() - 1))
            made = pipeline(
                image=on_ground(asked.views[0]), generator=torch.Generator("cpu").manual_seed(asked.seed),
                num_inference_steps=steps,
                guidance_scale=_GUIDANCE if wanted.guidance < 0.0 else wanted.guidance, callback_on_step_end=tell,
                dense_octree_depth=depth - 1, hierarchical_octree_depth=depth, flash_octree_depth=depth,
                use_flash_decoder=device == "cuda",
            ).samples[0]  # fmt: skip
        if made is None or made[0] is None:
            return ModelData()
        return model_of_triangles(made[0], made[1], name=asked.model.name)
