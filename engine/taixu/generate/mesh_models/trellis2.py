"""TRELLIS.2: a textured mesh from one picture (Xiang et al. 2025, https://arxiv.org/abs/2512.14692), by the user's own copy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from taixu.assets.importers import import_model
from taixu.assets.model import ModelData
from taixu.errors import MachineError, TaixuError
from taixu.generate.generator import Needs, Progress
from taixu.generate.mesh_models.checkouts import chosen_device, import_checkout, need_tensor_files, quiet_and_offline, read_settings
from taixu.generate.mesh_models.contract import PACKAGES, PICTURES, Asked, ModelMeshGenerator

__all__ = ["Trellis2Generator"]

_PAGE = "https://github.com/microsoft/TRELLIS.2"
_HELPERS = {
    "rembg_model": re.compile(r"briaai/RMBG-2\.0|ZhengPeng7/BiRefNet"),
    "image_cond_model": re.compile(r"facebook/dinov[23][\w.-]*"),
}
"""Models from the hub that its settings may name beside its own weights; the first brings code, so no other may stand there."""
_PIPELINES = {512: "512", 1024: "1024_cascade", 1536: "1536_cascade"}
_TEXTURE_PX = 2048
_BOX = [[-0.5, -0.5, -0.5], [0.5, 0.5, 0.5]]


class Trellis2Generator(ModelMeshGenerator):
    """Textured meshes by TRELLIS.2."""

    name = "trellis2"
    summary = "a textured mesh from one picture, by TRELLIS.2, where you have it and a CUDA device"
    needs = Needs(
        modules=PACKAGES, extra="ai,models", weights=True,
        memory_mb=96 << 10, parents=1, suffixes=PICTURES,
    )  # fmt: skip

    def shape(self, asked: Asked, progress: Progress) -> ModelData:
        """Voxels with materials; its own program lays them into textures on a mesh."""
        wanted, folder = asked.wanted, asked.model.path
        assert folder is not None
        settings = read_settings(folder / "pipeline.json")
        _need_known_helpers(settings, folder)
        need_tensor_files(folder, what="TRELLIS.2's come as safetensors; download the model whole")
        if chosen_device(wanted.device) != "cuda":
            raise MachineError("TRELLIS.2 computes on CUDA alone, and this machine has none; TripoSG and Shap-E do without")
        program = import_checkout("trellis2.pipelines", "TAIXU_TRELLIS2", ("",), _PAGE)
        voxels = import_checkout("o_voxel", "TAIXU_TRELLIS2", ("o-voxel",), _PAGE)
        progress(0.01, f"opening {asked.model.name}")
        with quiet_and_offline(asked.model.name):
            pipeline = program.Trellis2ImageTo3DPipeline.from_pretrained(str(folder))
            pipeline.cuda()
            progress(0.15, "making the shape")
            arguments: dict[str, Any] = {}
            if wanted.resolution:
                finest = min((each for each in _PIPELINES if wanted.resolution <= each), default=max(_PIPELINES))
                arguments["pipeline_type"] = _PIPELINES[finest]
            if wanted.steps or wanted.guidance >= 0.0:
                sampler: dict[str, float] = {"steps": wanted.steps} if wanted.steps else {}
                sampler |= {"guidance_strength": wanted.guidance} if wanted.guidance >= 0.0 else {}
                arguments |= {f"{each}_sampler_params": sampler for each in ("sparse_structure", "shape_slat", "tex_slat")}
            mesh = pipeline.run(asked.views[0], seed=asked.seed & 0x7FFFFFFF, **arguments)[0]
            progress(0.7, "laying textures")
            textured = voxels.postprocess.to_glb(
                vertices=mesh.vertices, faces=mesh.faces, attr_volume=mesh.attrs, coords=mesh.coords, attr_layout=mesh.layout,
                voxel_size=mesh.voxel_size, aabb=_BOX, decimation_target=max(wanted.triangles or 1_000_000, 1000),
                texture_size=max(wanted.size_px, _TEXTURE_PX), remesh=True, remesh_band=1, remesh_project=0, verbose=False,
            )  # fmt: skip
            data = textured.export(file_type="glb")
        return _read(data, asked.model.name)


def _need_known_helpers(settings: dict[str, Any], folder: Path) -> None:
    def inside(whole: Any, name: str) -> Any:
        return whole.get(name) if isinstance(whole, dict) else None

    inner = settings.get("args", settings)
    for part, allowed in _HELPERS.items():
        named = inside(inside(inside(inner, part), "args"), "model_name")
        if named is not None and not (isinstance(named, str) and allowed.fullmatch(named)):
            raise TaixuError(f"{folder.name}/pipeline.json: wants {str(named)[:80]!r} as its {part}, which nobody knows it with")


def _read(data: bytes, name: str) -> ModelData:
    """What the program gave, read as any file from outside is."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.glb"
        path.write_bytes(data)
        try:
            return import_model(path)
        except TaixuError as error:
            raise TaixuError(f"the model {name} gave a file that cannot be read ({error})") from error
