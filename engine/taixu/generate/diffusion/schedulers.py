"""Ways from noise to a picture, for models that let one choose: those trained to tell noise (SD, SDXL), not flows."""

from __future__ import annotations

from typing import Any

from taixu.errors import TaixuError
from taixu.generate.diffusion.loading import LoadedPipeline

__all__ = ["SCHEDULERS", "choose_scheduler"]

_CLASSES: dict[str, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "dpm++": ("DPMSolverMultistepScheduler", {}),
    "dpm++-karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "lcm": ("LCMScheduler", {}),
}
SCHEDULERS = ("own", *_CLASSES)
"""Names; ``own`` is what the model comes with."""


def choose_scheduler(loaded: LoadedPipeline, name: str) -> None:
    """Give a pipeline another scheduler, with the model's own noise.

    Raises
    ------
    TaixuError
        When the model is of a kind that knows one way alone.
    """
    import diffusers

    if name == "own":
        return
    own = loaded.pipeline.scheduler
    if "Flow" in type(own).__name__ or loaded.model.is_transformer:
        raise TaixuError(f"the model {loaded.facts.name} is made by a flow, which knows no other scheduler; leave out {name!r}")
    kind, more = _CLASSES[name]
    loaded.pipeline.scheduler = getattr(diffusers, kind).from_config(own.config, **more)
