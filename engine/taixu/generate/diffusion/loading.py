"""Opening a model: looked at, held as this machine can, and ready for a task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from taixu.errors import TaixuError
from taixu.generate.diffusion.machine import Holding, Machine, MachineChoice, find_machine, plan_holding
from taixu.generate.diffusion.model_folder import DiffusionModel, Part, inspect_model, inspect_network
from taixu.generate.diffusion.sources import diffusion_facts
from taixu.generate.model_facts import ModelFacts

__all__ = ["LoadedPipeline", "Task", "open_pipeline", "told_errors"]

Task = Literal["text", "image", "inpaint", "own"]
"""Text to image, image to image, inpainting, or what the model's own pipeline does (an upscaler, Marigold)."""

_AUTO = {"text": "AutoPipelineForText2Image", "image": "AutoPipelineForImage2Image", "inpaint": "AutoPipelineForInpainting"}
_DOES = {"text": "make pictures of words alone", "image": "change a picture", "inpaint": "fill in a part of a picture"}
_RENAMED = {"CLIPFeatureExtractor": "CLIPImageProcessor"}
"""Classes that transformers has under another name now; old models have the old one."""
_CONTROLS = ("ControlNetModel", "FluxControlNetModel", "SD3ControlNetModel", "QwenImageControlNetModel")


@dataclass
class LoadedPipeline:
    """A model that is ready.

    Attributes
    ----------
    pipeline
        Diffusers' object; call it within `told_errors`, or use `taixu.generate.diffusion.running`.
    task
        What it does.
    model, facts
        What was found on disk.
    holding
        Device and precision.
    """

    pipeline: Any
    task: Task
    model: DiffusionModel
    facts: ModelFacts
    holding: Holding
    _others: dict[str, LoadedPipeline] = field(default_factory=dict)

    def chance(self, seed: int) -> Any:
        """A torch generator. On the processor always, so that a seed draws the same noise on every device."""
        import torch

        return torch.Generator("cpu").manual_seed(seed & (1 << 63) - 1)

    def also(self, task: Task) -> LoadedPipeline:
        """The same weights for another task; nothing is loaded anew.

        Raises
        ------
        TaixuError
            When the model cannot do that.
        """
        if task == self.task:
            return self
        if task not in self._others:
            import diffusers

            _class_for(self.model, task, self.facts.name, "controlnet" in getattr(self.pipeline, "components", {}))
            with told_errors(self.facts.name, f"cannot {_DOES.get(task, task)}"):
                pipeline = getattr(diffusers, _AUTO[task]).from_pipe(self.pipeline)
                _place(pipeline, self.holding)
            self._others[task] = LoadedPipeline(pipeline, task, self.model, self.facts, self.holding, {self.task: self})
        return self._others[task]

    def close(self) -> None:
        """Let go of the weights."""
        import gc

        import torch

        self.pipeline = None
        self._others.clear()
        gc.collect()
        if self.holding.device == "cuda":
            torch.cuda.empty_cache()


def open_pipeline(
    model: str | Path | ModelFacts,
    task: Task = "text",
    *,
    controlnet: str | Path | ModelFacts | None = None,
    choice: MachineChoice | None = None,
    machine: Machine | None = None,
    size: tuple[int, int] = (512, 512),
) -> LoadedPipeline:
    """Open a model of the user's.

    Parameters
    ----------
    model
        A folder in diffusers' layout, one safetensors file, or a name on the hub that its cache has; or its facts.
    task
        What it shall do.
    controlnet
        A ControlNet's folder or name, that steers `model` by pictures.
    choice
        What the user wants of the machine.
    machine
        What there is; this one is asked by default.
    size
        Width and height of the pictures, for the estimate of memory.

    Raises
    ------
    TaixuError
        When the model is damaged, unsafe, or not made for the task; one sentence.
    MachineError
        When the machine does not suffice.
    """
    facts = model if isinstance(model, ModelFacts) else diffusion_facts(str(model))
    if facts.path is None:
        raise TaixuError("no model was named; name a folder or a file of weights")
    path = facts.path
    if path.is_file():
        from taixu.generate.diffusion.single_files import inspect_single

        inspected = inspect_single(path)
    else:
        inspected = inspect_model(path)
    control = None if controlnet is None else _inspect_control(controlnet)
    _quieten()
    need_known_classes(inspected, path.name)
    extra = 0 if control is None else control.value_count
    holding = plan_holding(inspected, machine or find_machine(), choice or MachineChoice(), size=size, name=facts.name, extra=extra)
    with told_errors(facts.name, "cannot be opened"):
        parts = {} if control is None else {"controlnet": _open_control(control, holding)}
        if path.is_file():
            from taixu.generate.diffusion.single_files import open_single

            pipeline = open_single(path, inspected, holding, _class_for(inspected, task, facts.name, bool(parts)), parts)
        else:
            pipeline = _class_for(inspected, task, facts.name, bool(parts)).from_pretrained(
                path, torch_dtype=None, dtype=holding.dtype, variant=inspected.variant, use_safetensors=True, local_files_only=True,
                trust_remote_code=False, **parts,
            )  # fmt: skip
        _place(pipeline, holding)
    return LoadedPipeline(pipeline, task, inspected, facts, holding)


@contextmanager
def told_errors(name: str, what: str) -> Iterator[None]:
    """Whatever torch, diffusers and transformers raise becomes one sentence; running out of memory stays what it is.

    Raises
    ------
    TaixuError
        ``the model NAME WHAT (why)``.
    """
    try:
        yield
    except (TaixuError, MemoryError):
        raise
    except Exception as error:
        import torch

        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            raise MemoryError(str(error)) from error
        said = re.sub(r"(?<![\w.])/[^\s'\"`]*/", "", " ".join(str(error).split()))[:240] or type(error).__name__
        raise TaixuError(f"the model {name} {what} ({said})") from error


def need_known_classes(model: DiffusionModel, name: str) -> None:
    """See that a model names diffusers' and transformers' own classes, and each for a part of its kind.

    Raises
    ------
    TaixuError
        When it names another.
    """
    import diffusers

    pipeline = getattr(diffusers, model.kind, None)
    if not (isinstance(pipeline, type) and issubclass(pipeline, diffusers.DiffusionPipeline)):
        raise TaixuError(f"{name}: wants the pipeline {model.kind!r}, which this diffusers ({diffusers.__version__}) does not have")
    expected, optional = pipeline._get_signature_keys(pipeline)
    for part in model.parts.values():
        if part.name not in expected and part.name not in optional:
            raise TaixuError(f"{name}: has a part {part.name!r}, which {model.kind} does not know")
        if (found := _class_of(part)) is not None and getattr(found, "_backends", None) and not _is_known(part):
            raise TaixuError(f"{name}: the part {part.name} ({part.kind}) wants a package that is missing; pip install torchvision")
        if not _is_known(part):
            raise TaixuError(f"{name}: the part {part.name} is {part.kind!r}, which is none of {part.library}'s models")
    lost = sorted(set(expected) - set(model.parts) - set(pipeline._optional_components))
    if lost:
        raise TaixuError(f"{name}: lacks {', '.join(lost)}, which {model.kind} cannot do without; download the model whole")


def _class_of(part: Part) -> Any:
    """The class that a part names; it is looked up, never made."""
    import diffusers
    import transformers

    if part.library == "diffusers":
        return getattr(diffusers, part.kind, None)
    return getattr(transformers, _RENAMED.get(part.kind, part.kind), None) if part.library == "transformers" else None


def _is_known(part: Part) -> bool:
    """Whether a class is what a part may be."""
    import diffusers
    import transformers

    if part.library not in ("diffusers", "transformers"):
        return (part.library, part.kind) in (("stable_diffusion", "StableDiffusionSafetyChecker"), ("shap_e", "ShapERenderer"))
    found = _class_of(part)
    kinds: tuple[type, ...]
    if part.library == "diffusers":
        kinds = (diffusers.ModelMixin, diffusers.SchedulerMixin)
    else:
        kinds = (
            transformers.PreTrainedModel, transformers.PreTrainedTokenizerBase, transformers.ProcessorMixin,
            transformers.BaseImageProcessor, transformers.FeatureExtractionMixin,
        )  # fmt: skip
    return isinstance(found, type) and issubclass(found, kinds) and found not in kinds


def _class_for(model: DiffusionModel, task: Task, name: str, is_controlled: bool) -> Any:
    """Diffusers' class that does a task with a model of this kind."""
    import diffusers
    from diffusers.pipelines import auto_pipeline

    if task == "own":
        return getattr(diffusers, model.kind)
    tables: Mapping[Task, Any] = {
        "text": auto_pipeline.AUTO_TEXT2IMAGE_PIPELINES_MAPPING, "image": auto_pipeline.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING,
        "inpaint": auto_pipeline.AUTO_INPAINT_PIPELINES_MAPPING,
    }  # fmt: skip
    kind = model.kind
    if is_controlled and "ControlNet" not in kind:
        kind = re.sub(r"(Img2Img|Inpaint)?Pipeline$", "ControlNetPipeline", kind)
    try:
        found = auto_pipeline._get_task_class(tables[task], kind, throw_error_if_not_exist=False)
    except ValueError:
        found = None
    if found is None:
        steered = ", steered by a ControlNet" if is_controlled else ""
        raise TaixuError(f"the model {name} ({model.kind}) cannot {_DOES[task]}{steered}; diffusers has no pipeline for that")
    if getattr(found, "_load_connected_pipes", False):
        raise TaixuError(f"the model {name} ({model.kind}) wants other models that its card names, which Taixu does not follow")
    if task != "inpaint" and _only_inpaints(model):
        raise TaixuError(f"the model {name} is made to fill in parts of pictures; give it a picture and a mask (--from, twice)")
    return found


def _only_inpaints(model: DiffusionModel) -> bool:
    """Whether its network wants to see what is masked, and the mask, beside what it paints."""
    unet, vae = model.parts.get("unet"), model.parts.get("vae")
    if unet is None or vae is None:
        return False
    latent = vae.config.get("latent_channels", 4)
    return isinstance(latent, int) and unet.config.get("in_channels") == 2 * latent + 1


def _inspect_control(controlnet: str | Path | ModelFacts) -> DiffusionModel:
    facts = controlnet if isinstance(controlnet, ModelFacts) else diffusion_facts(str(controlnet))
    if facts.path is None or not facts.path.is_dir():
        raise TaixuError(f"the ControlNet {facts.name!r} is no folder in diffusers' layout; name one")
    return inspect_network(facts.path, kinds=_CONTROLS)


def _open_control(control: DiffusionModel, holding: Holding) -> Any:
    import diffusers

    return getattr(diffusers, control.kind).from_pretrained(
        control.path, dtype=holding.dtype, variant=control.variant, use_safetensors=True, local_files_only=True
    )


def _place(pipeline: Any, holding: Holding) -> None:
    """Bring it to its device, or have it brought there part by part."""
    pipeline.set_progress_bar_config(disable=True)
    if holding.offload == "parts":
        pipeline.enable_model_cpu_offload(device=holding.device)
    elif holding.offload == "layers":
        pipeline.enable_sequential_cpu_offload(device=holding.device)
    else:
        pipeline.to(holding.device)
    vae: Any = getattr(pipeline, "vae", None)
    if vae is not None and holding.precision != "float32":
        _decode_again_where_numbers_fail(vae)
    if holding.tiles and hasattr(vae, "enable_tiling"):
        vae.enable_tiling()
    if holding.slices and hasattr(pipeline, "enable_attention_slicing"):
        pipeline.enable_attention_slicing()


def _decode_again_where_numbers_fail(vae: Any) -> None:
    """Some autoencoders (SDXL's first) overflow in half precision: what comes out as no number is decoded once more in float32."""
    import torch

    plain = vae.decode
    if "decode" in vars(vae):  # another pipeline has it already
        return

    def decode(latents: Any, *positional: Any, **named: Any) -> Any:
        made = plain(latents, *positional, **named)
        sample = made[0] if isinstance(made, tuple) else made.sample
        if vae.dtype == torch.float32 or bool(torch.isfinite(sample).all()):
            return made
        held = vae.dtype
        vae.to(torch.float32)
        try:
            return plain(latents.float(), *positional, **named)
        finally:
            vae.to(held)

    vae.decode = decode


def _quieten() -> None:
    """What libraries write to the terminal is nobody's business here."""
    import warnings

    import diffusers
    import transformers

    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity(50)
        library.utils.logging.disable_progress_bar()
    warnings.filterwarnings("ignore", module="(diffusers|transformers|torch|peft|huggingface_hub)")
