"""The generator of pictures by a model of the user's: from words, from a picture, or into a part of one."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import UsageError
from taixu.generate.diffusion.given import Given, read_given, size_for
from taixu.generate.diffusion.kept import kept_pipeline
from taixu.generate.diffusion.loading import LoadedPipeline, Task
from taixu.generate.diffusion.loras import applied_loras
from taixu.generate.diffusion.machine import MachineChoice
from taixu.generate.diffusion.running import run_pipeline
from taixu.generate.diffusion.schedulers import SCHEDULERS, choose_scheduler
from taixu.generate.diffusion.seamless import Axes, Roller, can_roll, circular_padding
from taixu.generate.diffusion.sources import diffusion_facts
from taixu.generate.diffusion.turns import taken_turn
from taixu.generate.diffusion.words import prompt_arguments
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.model_facts import ModelFacts
from taixu.generate.request import Request

__all__ = ["DiffusionGenerator", "DiffusionParameters"]

_SEAMLESS_WORDS = re.compile(r"\b(?:seamless|tile?able|tiling|repeating pattern)\b|无缝|平铺|四方连续", re.I)
_EDGE = {"unit": "px", "minimum": 0, "maximum": 4096}
_CROSS = 0.125
_MEND_STRENGTH = 0.9
_LEAST_TRUE_SCALE = 2.0


@dataclass(frozen=True)
class DiffusionParameters:
    """Parameters of a picture."""

    width: int = field(default=0, metadata={"doc": "0: the given picture's, or the model's own.", **_EDGE})
    height: int = field(default=0, metadata={"doc": "0: as the width.", **_EDGE})
    negative: str = field(default="", metadata={"doc": "What shall not be seen."})
    steps: int = field(default=0, metadata={"doc": "0: as many as the model's makers take.", "minimum": 0, "maximum": 200})
    guidance: float = field(
        default=-1.0, metadata={"doc": "How closely to follow the words; -1: the model's own.", "minimum": -1.0, "maximum": 30.0}
    )
    strength: float = field(
        default=0.6, metadata={"doc": "How much of a given picture is made anew.", "minimum": 0.0, "maximum": 1.0}
    )
    seamless: str = field(default="off", metadata={"doc": "Edges that meet.", "choices": ("off", "x", "y", "both")})
    scheduler: str = field(default="own", metadata={"doc": "The way from noise to the picture.", "choices": SCHEDULERS})
    lora_weights: tuple[float, ...] = field(
        default=(), metadata={"doc": "How strong each given LoRA is; 1 where not said.", "minimum": -4.0, "maximum": 4.0}
    )
    device: str = field(default="auto", metadata={"doc": "What computes.", "choices": ("auto", "cuda", "mps", "cpu")})
    precision: str = field(default="auto", metadata={"doc": "Of numbers.", "choices": ("auto", "float32", "bfloat16", "float16")})
    offload: str = field(
        default="auto",
        metadata={"doc": "What waits in main memory, where the device's is small.", "choices": ("auto", "none", "parts", "layers")},
    )


class DiffusionGenerator(Generator):
    """Pictures by diffusers: text to picture, picture to picture, inpainting."""

    name, makes, suffix = "diffusion", "texture", ".png"
    summary = "pictures from words, from a picture, or into a masked part of one, by a diffusers model"
    parameters = DiffusionParameters
    needs = Needs(modules=("torch", "diffusers", "transformers", "peft"), extra="ai", weights=True, memory_mb=128 << 10,
                  optional_parents=True)  # fmt: skip
    source_type = "trainedAlgorithmicMedia"

    def find_model(self, name: str) -> ModelFacts:
        """A folder, one file, or a name that the hub's cache has."""
        return diffusion_facts(name)

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Words for a picture that tiles mean that."""
        return {"seamless": "both"} if _SEAMLESS_WORDS.search(prompt) else {}

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One picture."""
        given = read_given(request.parents)
        with taken_turn(progress):
            return [request.save_picture(make_picture(request, given, progress))]


def make_picture(request: Request, given: Given, progress: Progress) -> NDArray[np.float32]:
    """Open the model and make the picture; float32 [h, w, 3] as seen, from 0 to 1.

    Raises
    ------
    TaixuError
        When model, machine or what was asked for do not go together.
    """
    wanted: DiffusionParameters = request.parameters
    task: Task = "text" if given.picture is None else "image" if given.mask is None else "inpaint"
    if not request.prompt and task == "text":
        raise UsageError("there are no words; say what the picture shall show")
    if given.picture is not None and wanted.strength == 0.0:
        return given.picture.astype(np.float32) / np.float32(255.0)  # nothing of it is to be made anew
    progress(0.01, f"opening {request.model.name}")
    choice = MachineChoice(wanted.device, wanted.precision, wanted.offload)
    guess = (wanted.width or wanted.height or 1024, wanted.height or wanted.width or 1024)
    if given.picture is not None and not (wanted.width or wanted.height):
        guess = (given.picture.shape[1], given.picture.shape[0])
    with kept_pipeline(request.model, task, choice=choice, size=guess) as loaded:
        return run_request(loaded, request, given, progress)


def run_request(loaded: LoadedPipeline, request: Request, given: Given, progress: Progress) -> NDArray[np.float32]:
    """Make the picture with a model that is open for it; what is changed in the model is changed back."""
    wanted: DiffusionParameters = request.parameters
    pipeline = loaded.pipeline
    size = size_for(pipeline, wanted.width, wanted.height, given.picture)
    own_scheduler = pipeline.scheduler
    axes: Axes = wanted.seamless  # type: ignore[assignment]
    rolls = axes != "off" and loaded.model.is_transformer
    mends = rolls and not can_roll(pipeline)
    with ExitStack() as stack:
        stack.callback(setattr, pipeline, "scheduler", own_scheduler)
        choose_scheduler(loaded, wanted.scheduler)
        stack.enter_context(applied_loras(loaded, given.loras, wanted.lora_weights))
        stack.enter_context(circular_padding(pipeline, axes))
        progress(0.05, "reading the words")
        arguments = _arguments(loaded, request, given, size)
        roller = None
        if rolls and not mends:
            roller = Roller(axes, size=size, ratio=int(pipeline.vae_scale_factor))
        made = run_pipeline(
            loaded, progress, steps=_steps(pipeline, wanted), size=size, span=(0.05, 0.75 if mends else 0.97), roller=roller,
            **arguments,
        )[0]  # fmt: skip
        if mends:
            made = _mended(loaded, request, made, axes, progress)
    return _finished(made[..., :3], given)


def _steps(pipeline: Any, wanted: DiffusionParameters) -> int:
    own = inspect.signature(pipeline.__call__).parameters.get("num_inference_steps")
    steps = wanted.steps or int(own.default if own is not None else 30)
    if type(pipeline.scheduler).__name__ == "LCMScheduler" and not wanted.steps:
        return min(steps, 8)
    return steps


def _arguments(loaded: LoadedPipeline, request: Request, given: Given, size: tuple[int, int]) -> dict[str, Any]:
    """What the pipeline is called with."""
    wanted: DiffusionParameters = request.parameters
    pipeline = loaded.pipeline
    known = inspect.signature(pipeline.__call__).parameters
    arguments: dict[str, Any] = {"generator": loaded.chance(request.seed)}
    scale = float(getattr(known.get("guidance_scale"), "default", 1.0) or 1.0) if wanted.guidance < 0.0 else wanted.guidance
    if "guidance_scale" in known:
        arguments["guidance_scale"] = scale
    if wanted.negative and "true_cfg_scale" in known:
        # Without it, guidance that was distilled into a model knows no "not".
        arguments["true_cfg_scale"] = max(scale, _LEAST_TRUE_SCALE)
    arguments |= prompt_arguments(loaded, request.prompt, wanted.negative, is_guided=scale > 1.0)
    arguments |= {key: value for key, value in (("width", size[0]), ("height", size[1])) if key in known}
    if given.picture is not None:
        arguments |= {"image": _resized(given.picture, size), "strength": wanted.strength}
        if "strength" not in known:
            del arguments["strength"]
    if given.mask is not None:
        arguments["mask_image"] = _resized(np.rint(given.mask * 255.0).astype(np.uint8), size)
    return arguments


def _mended(
    loaded: LoadedPipeline, request: Request, picture: NDArray[np.float32], axes: Axes, progress: Progress
) -> NDArray[np.float32]:
    """Edges that meet, where a model allows nothing else: rolled by half, and the cross of edges inpainted."""
    from PIL import Image

    wanted: DiffusionParameters = request.parameters
    inpainting = loaded.also("inpaint")
    high, wide = picture.shape[:2]
    shift = (high // 2 if axes in ("y", "both") else 0, wide // 2 if axes in ("x", "both") else 0)
    y, x = np.mgrid[:high, :wide]
    cross = np.zeros((high, wide), bool)
    if shift[0]:
        cross |= np.abs(y - high // 2) < high * _CROSS
    if shift[1]:
        cross |= np.abs(x - wide // 2) < wide * _CROSS
    rolled = np.roll(picture, shift, (0, 1))
    mend = {
        "image": Image.fromarray(np.rint(rolled * 255.0).astype(np.uint8)),
        "mask_image": Image.fromarray(cross.astype(np.uint8) * 255),
        "strength": _MEND_STRENGTH, "width": wide, "height": high, "prompt": request.prompt,
        "generator": loaded.chance(request.seed + 1),
    }  # fmt: skip
    made = run_pipeline(
        inpainting, progress, steps=_steps(inpainting.pipeline, wanted), size=(wide, high), span=(0.75, 0.97),
        text="mending edges", **mend,
    )[0]  # fmt: skip
    return np.roll(_blended(rolled, made, cross.astype(np.float32)), (-shift[0], -shift[1]), (0, 1))


def _resized(pixels: NDArray[np.uint8], size: tuple[int, int]) -> Any:
    from PIL import Image

    image = Image.fromarray(pixels)
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _blended(before: NDArray[np.float32], after: NDArray[np.float32], mask: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(before + (after - before) * mask[..., None], np.float32)


def _finished(made: NDArray[np.float32], given: Given) -> NDArray[np.float32]:
    """Where a part was made anew, the rest is the given picture's, pixel by pixel."""
    if given.mask is None or given.picture is None:
        return made
    high, wide = given.picture.shape[:2]
    if made.shape[:2] != (high, wide):
        made = np.asarray(_resized(np.rint(made * 255.0).astype(np.uint8), (wide, high)), np.float32) / np.float32(255.0)
    return _blended(given.picture.astype(np.float32) / np.float32(255.0), made, given.mask)
