"""LoRAs: small files that change a model, looked at like models, applied together with a weight each, and taken out again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from taixu.errors import TaixuError
from taixu.generate.diffusion.loading import LoadedPipeline, told_errors
from taixu.generate.diffusion.tensor_files import is_tensor_file, read_tensor_file

__all__ = ["applied_loras", "inspect_lora"]

_MOST_BYTES = 4 << 30
_MARKS = re.compile(r"lora|\.alpha$|hada|lokr|dora_scale", re.I)
_PLAIN_NAME = re.compile(r"[\w.-]{1,200}")
_TEXTS = frozenset({"bias", "peft_type", "task_type", "peft_version", "base_model_name_or_path", "revision", "megatron_core"})
_PATTERNS = frozenset({"rank_pattern", "alpha_pattern"})
_ADAPTERS = "lora_adapter_metadata"


def inspect_lora(path: Path) -> int:
    """Look at a LoRA; gives how many numbers it holds.

    Raises
    ------
    TaixuError
        When it is none, damaged, or says of itself what could make a library search or import.
    """
    if not is_tensor_file(path):
        raise TaixuError(f"{path.name}: is no safetensors file, and others can run code when read; use the LoRA in safetensors")
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        raise TaixuError(f"{path.name}: is missing, or larger than any LoRA is")
    file = read_tensor_file(path)
    if not file.tensors or not all(_MARKS.search(name) for name in file.tensors):
        raise TaixuError(f"{path.name}: is no LoRA; a model's own weights are given with --model")
    _need_plain_metadata(file.metadata.get(_ADAPTERS, ""), path.name)
    return file.value_count


def _need_plain_metadata(text: str, name: str) -> None:
    """Only ranks, strengths and names: texts of configurations are patterns to peft, and some name modules to import."""
    if not text:
        return
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"{name}: what it says of itself is no JSON; the file is damaged") from error
    for key, value in said.items() if isinstance(said, dict) else ():
        last = key.rpartition(".")[2]
        if isinstance(value, str):
            is_plain = last in _TEXTS and (last != "megatron_core" or value == "megatron.core")
        elif isinstance(value, dict):
            patterns = last in _PATTERNS and all(_PLAIN_NAME.fullmatch(each) for each in value)
            is_plain = all(type(each) in (int, float, bool) for each in value.values()) and (
                patterns or not value or last == "runtime_config"
            )
        elif isinstance(value, list):
            names = last == "target_modules" and all(isinstance(each, str) and _PLAIN_NAME.fullmatch(each) for each in value)
            is_plain = not value or names
        else:
            is_plain = True
        if not is_plain:
            raise TaixuError(f"{name}: says {last[:60]!r} of itself, which no LoRA for pictures needs; use one without")


@contextmanager
def applied_loras(loaded: LoadedPipeline, files: Sequence[Path], weights: Sequence[float] = ()) -> Iterator[None]:
    """Within it, the model is changed by these LoRAs; after it, as it was.

    Parameters
    ----------
    weights
        How strong each is; 1 for those without.

    Raises
    ------
    TaixuError
        When one is none, or was made for another model.
    """
    if not files:
        yield
        return
    pipeline = loaded.pipeline
    if not hasattr(pipeline, "load_lora_weights"):
        raise TaixuError(f"the model {loaded.facts.name} ({type(pipeline).__name__}) cannot be changed by LoRAs; leave them out")
    for file in files:
        inspect_lora(file)
    names = [f"taixu{i}" for i in range(len(files))]
    try:
        for name, file in zip(names, files, strict=True):
            try:
                with told_errors(loaded.facts.name, "cannot be changed"):
                    pipeline.load_lora_weights(
                        str(file.parent), weight_name=file.name, adapter_name=name, use_safetensors=True, local_files_only=True
                    )
            except TaixuError as error:
                raise TaixuError(f"{file.name}: does not fit the model {loaded.facts.name}; it was made for another") from error
            if not any(name in each for each in pipeline.get_list_adapters().values()):
                raise TaixuError(f"{file.name}: changes nothing in the model {loaded.facts.name}; it was made for another")
        strengths = [weights[i] if i < len(weights) else 1.0 for i in range(len(files))]
        with told_errors(loaded.facts.name, "cannot be changed by these LoRAs together"):
            pipeline.set_adapters(names, strengths)
        yield
    finally:
        pipeline.unload_lora_weights()
