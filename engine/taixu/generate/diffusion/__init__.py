"""Pictures from the user's own diffusers models: Stable Diffusion, SDXL, SD 3, Flux and whatever else diffusers has.

Weights are strangers' files, so all that is read of a model is looked at before torch sees it (`model_folder`, `tensor_files`):
safetensors alone, no code, no links that lead out, no sizes that lie. What a machine has decides how a model is held
(`machine`); `loading` opens it, `running` runs it with previews, and `seamless` closes its edges. Other generators
that use such models call `open_pipeline`. torch and diffusers (the extra `ai`) are imported when something is opened, never before.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.generate.diffusion.loading import LoadedPipeline, open_pipeline
    from taixu.generate.diffusion.machine import MachineChoice
    from taixu.generate.diffusion.model_folder import DiffusionModel, inspect_model
    from taixu.generate.diffusion.sources import diffusion_facts

__all__ = ["DiffusionModel", "LoadedPipeline", "MachineChoice", "diffusion_facts", "inspect_model", "open_pipeline"]

_HOMES = {
    "DiffusionModel": "model_folder", "LoadedPipeline": "loading", "MachineChoice": "machine", "diffusion_facts": "sources",
    "inspect_model": "model_folder", "open_pipeline": "loading",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"taixu.generate.diffusion.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
