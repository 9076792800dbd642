"""A diffusers model on disk, looked at before torch or diffusers see it: parts, sizes, and everything that may be evil about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.generate.diffusion.tensor_files import TensorFile, is_tensor_file, read_tensor_file

__all__ = ["DiffusionModel", "Part", "inspect_model", "inspect_network", "need_safe_folder"]

_INDEX = "model_index.json"
_MOST_FILES = 4096
_MOST_JSON = 2 << 20
_MOST_VOCABULARY = 64 << 20
_MOST_NUMBER = 1 << 20
_MOST_LAYERS = 1024
_MOST_LISTED = 4096
_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".npy", ".npz", ".joblib", ".msgpack"})
_CODE = frozenset({".py", ".pyc", ".pyd", ".so", ".dll", ".dylib"})
_VOCABULARIES = frozenset({"tokenizer.json", "vocab.json", "added_tokens.json"})
_LAYERS = re.compile(r"layers|blocks|depth|stages")
_UNBOUND = frozenset({"model_max_length", "max_length", "num_parameters", "total_size", "id", "seed", "rope_theta"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}")
_PART = re.compile(r"[a-z][a-z0-9_]{0,60}")
_WITHOUT_WEIGHTS = re.compile(r"scheduler|tokenizer|processor|extractor|guider", re.I)
_EVIL_KEYS = frozenset({"auto_map", "custom_pipelines", "custom_pipeline", "trust_remote_code", "_custom_code"})
_LEGACY = frozenset({"stable_diffusion", "shap_e"})
"""Folders of diffusers that models name as a library: of old ones' safety checkers, and of Shap-E's renderer."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a model.

    Attributes
    ----------
    name, library, kind
        As the model's index has them: ``unet``, ``diffusers``, ``UNet2DConditionModel``.
    value_count, byte_count
        Numbers, and bytes on disk; 0 where it has no weights.
    dtype
        What most of the weights are, as safetensors calls it.
    variant
        Of the weights' names: "" or "fp16".
    config
        Its own configuration.
    """

    name: str
    library: str
    kind: str
    value_count: int
    byte_count: int
    dtype: str
    variant: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DiffusionModel:
    """A model that was looked at.

    Attributes
    ----------
    path
        Its folder.
    kind
        The pipeline that its index names.
    parts
        By name.
    configured_by
        The folder with the configuration of a model that is one file.
    """

    path: Path
    kind: str
    parts: Mapping[str, Part]
    configured_by: Path | None = None

    @property
    def variant(self) -> str | None:
        """What the names of its weights have in them, where all have it that may."""
        return next((part.variant for part in self.parts.values() if part.variant), None)

    @property
    def is_transformer(self) -> bool:
        """Whether a transformer makes the picture, not a UNet."""
        return "transformer" in self.parts

    @property
    def value_count(self) -> int:
        """Numbers in all weights."""
        return sum(part.value_count for part in self.parts.values())


def inspect_model(path: Path, *, needs_weights: bool = True) -> DiffusionModel:
    """Look at a folder in diffusers' layout; without `needs_weights` it may be a configuration alone.

    Raises
    ------
    TaixuError
        When a part lacks, is damaged, wants code to be run, or leads out of the folder; one sentence.
    """
    folder = need_safe_folder(path)
    index = _read_json(folder / _INDEX, folder.name)
    kind = index.get("_class_name")
    if not isinstance(kind, str) or not _NAME.fullmatch(kind) or not kind.endswith("Pipeline"):
        raise TaixuError(f"{folder.name}/{_INDEX}: names {str(kind)[:60]!r} as its pipeline, which is none of diffusers' own")
    parts = {}
    for name, about in index.items():
        if isinstance(about, list) and about[:1] not in ([None], []) and not name.startswith("_"):
            if not _PART.fullmatch(name) or len(about) != 2 or not all(isinstance(each, str) for each in about):
                raise TaixuError(f"{folder.name}/{_INDEX}: describes the part {name[:60]!r} in a way that diffusers does not")
            parts[name] = _part(folder, name, about[0], about[1], needs_weights=needs_weights)
    if not parts:
        raise TaixuError(f"{folder.name}/{_INDEX}: names no parts; this is no model")
    return DiffusionModel(folder, kind, parts)


def inspect_network(path: Path, *, kinds: tuple[str, ...]) -> DiffusionModel:
    """Look at the folder of one network alone, a ControlNet say; `kinds` are the classes that it may be.

    Raises
    ------
    TaixuError
        As `inspect_model`.
    """
    folder = need_safe_folder(path)
    config = _read_json(folder / "config.json", folder.name)
    kind = config.get("_class_name")
    if kind not in kinds:
        raise TaixuError(f"{folder.name}/config.json: is {str(kind)[:60]!r}, and one of {', '.join(kinds)} is wanted")
    _need_bounds(config, f"{folder.name}/config.json")
    part = _weights(folder, "", "diffusers", kind, config, where=folder.name)
    return DiffusionModel(folder, kind, {"": part})


def need_safe_folder(path: Path) -> Path:
    """The folder, after a look at all that is in it: no code, no links that lead out, nothing that is no file.

    Raises
    ------
    TaixuError
        As `inspect_model`.
    """
    if not path.is_dir():
        raise TaixuError(f"there is no model folder {path.name[:200]!r}; name one in diffusers' layout")
    folder, home = path.absolute(), _home(path)
    count = 0
    for each in _walk(folder):
        count += 1
        where = f"{folder.name}/{each.relative_to(folder).as_posix()}"
        if count > _MOST_FILES:
            raise TaixuError(f"{folder.name}: has more than {_MOST_FILES:,} files, which is no model; name the folder of one")
        if not each.resolve().is_relative_to(home):
            raise TaixuError(f"{where}: is a link that leads out of the model's folder; put the file itself there")
        if each.is_dir():
            continue
        if not each.is_file():
            raise TaixuError(f"{where}: is no plain file, or a link to nothing; download the model anew")
        if each.suffix.lower() in _CODE:
            raise TaixuError(f"{where}: is code, and models that bring code of their own are not run; use one without")
        if each.suffix == ".json" and each.name not in _VOCABULARIES:
            _need_harmless(_read_json(each, folder.name), where)
    return folder


def _home(path: Path) -> Path:
    """What links may not leave: the folder, or its repository in the hub's cache, whose snapshots are links to blobs."""
    real = path.resolve()
    is_snapshot = real.parent.name == "snapshots" and real.parent.parent.name.startswith("models--")
    return real.parent.parent if is_snapshot else real


def _walk(folder: Path) -> Iterator[Path]:
    """All in it, links to folders not followed."""
    waiting = [folder]
    while waiting:
        try:
            for each in sorted(waiting.pop().iterdir()):
                yield each
                if each.is_dir() and not each.is_symlink():
                    waiting.append(each)
        except OSError as error:
            raise TaixuError(f"{folder.name}: cannot be read ({error.strerror or error})") from error


def _read_json(path: Path, owner: str) -> dict[str, Any]:
    where = f"{owner}/{path.name}" if path.parent.name == owner else f"{owner}/{path.parent.name}/{path.name}"
    is_long = "token" in path.name or ".index" in path.name
    if not path.is_file():
        raise TaixuError(f"{where}: is missing; this is no model in diffusers' layout, or a part of one")
    if path.stat().st_size > (_MOST_VOCABULARY if is_long else _MOST_JSON):
        raise TaixuError(f"{where}: has {path.stat().st_size:,} bytes, far more than a model needs there")
    try:
        found = json.loads(read_bytes(path, max_bytes=_MOST_VOCABULARY).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"{where}: is no JSON; download the model anew") from error
    return found if isinstance(found, dict) else {}


def _need_harmless(config: Mapping[str, Any], where: str) -> None:
    evil = next((key for key in _EVIL_KEYS if config.get(key)), "")
    if evil:
        raise TaixuError(f"{where}: wants code of its own to be run ({evil}), which Taixu never does; use a model without")


def _need_bounds(config: Any, where: str, *, key: str = "", deep: int = 0) -> None:
    """Numbers that would have a network of absurd size built before the first weight is read."""
    if deep > 16:
        raise TaixuError(f"{where}: is nested deeper than any model is")
    if isinstance(config, dict):
        for name, value in config.items():
            _need_bounds(value, where, key=str(name), deep=deep + 1)
    elif isinstance(config, list):
        if len(config) > _MOST_LISTED:
            raise TaixuError(f"{where}: {key[:60]!r} lists {len(config):,} things, more than any model has")
        for value in config:
            _need_bounds(value, where, key=key, deep=deep + 1)
    elif isinstance(config, int) and not isinstance(config, bool) and key not in _UNBOUND:
        most = _MOST_LAYERS if _LAYERS.search(key) and "dim" not in key and "size" not in key else _MOST_NUMBER
        if abs(config) > most:
            raise TaixuError(f"{where}: {key[:60]!r} is {config:.3g}, more than any model has")


def _part(folder: Path, name: str, library: str, kind: str, *, needs_weights: bool) -> Part:
    where = f"{folder.name}/{_INDEX}"
    if library not in ("diffusers", "transformers") and library not in _LEGACY:
        raise TaixuError(f"{where}: the part {name} comes from {library[:60]!r}, and only diffusers and transformers are trusted")
    if not _NAME.fullmatch(kind):
        raise TaixuError(f"{where}: the part {name} is {kind[:60]!r}, which is no class")
    inside = folder / name
    if not inside.is_dir():
        raise TaixuError(f"{folder.name}/{name}: is missing, and the model's index names it; download the model anew")
    if _WITHOUT_WEIGHTS.search(kind):
        schedule = inside / "scheduler_config.json"
        config = _read_json(schedule, folder.name) if schedule.is_file() else {}
        _need_bounds(config, f"{folder.name}/{name}/{schedule.name}")
        return Part(name, library, kind, 0, 0, "", "", config)
    config = _read_json(inside / "config.json", folder.name)
    _need_bounds(config, f"{folder.name}/{name}/config.json")
    if not needs_weights and not any(is_tensor_file(each) for each in inside.iterdir()):
        return Part(name, library, kind, 0, 0, "", "", config)
    if (inside / "adapter_config.json").exists():
        raise TaixuError(f"{folder.name}/{name}: brings an adapter; load it as a LoRA")
    return _weights(inside, name, library, kind, config, where=f"{folder.name}/{name}")


def _weights(inside: Path, name: str, library: str, kind: str, config: Mapping[str, Any], *, where: str) -> Part:
    found = sorted(each for each in inside.iterdir() if is_tensor_file(each))
    if not found:
        pickled = next((each.name for each in sorted(inside.iterdir()) if each.suffix.lower() in _PICKLES), "")
        if pickled:
            raise TaixuError(f"{where}: has its weights as {pickled}, which can run code when read; use the model in safetensors")
        raise TaixuError(f"{where}: has no weights (*.safetensors); download the model whole")
    stem = "diffusion_pytorch_model" if library in ("diffusers", "shap_e") else "model"
    plain = [each for each in found if re.fullmatch(rf"{stem}(-\d+-of-\d+)?\.safetensors", each.name)]
    half = [each for each in found if re.fullmatch(rf"{stem}(\.fp16)?(-\d+-of-\d+)?(\.fp16)?\.safetensors", each.name)]
    chosen, variant = (plain, "") if plain else (half, "fp16")
    if not chosen:
        raise TaixuError(f"{where}: its weights are called {found[0].name[:80]!r}, and diffusers wants {stem}.safetensors")
    read = [read_tensor_file(each) for each in chosen]
    _need_all_listed(inside / f"{stem}.safetensors.index{'.' if variant else ''}{variant}.json", read, where)
    largest = max(read, key=lambda each: each.value_count)
    return Part(
        name, library, kind, sum(each.value_count for each in read), sum(each.path.stat().st_size for each in read),
        largest.dtype, variant, config,
    )  # fmt: skip


def _need_all_listed(listing: Path, read: list[TensorFile], where: str) -> None:
    """Where weights come in several files, all that their index names lie here."""
    if not listing.is_file():
        return
    have = {each.path.name for each in read}
    named = _read_json(listing, listing.parent.parent.name).get("weight_map", {})
    files = set(named.values()) if isinstance(named, dict) and all(isinstance(each, str) for each in named.values()) else {""}
    odd = next((each for each in sorted(files) if not re.fullmatch(r"[\w.-]+\.safetensors", each)), None)
    if odd is not None:
        raise TaixuError(f"{where}/{listing.name}: names {odd[:80]!r} as a file of weights, which is none in this folder")
    lost = next((each for each in sorted(files) if each not in have), None)
    if lost is not None:
        raise TaixuError(f"{where}/{lost}: is missing, and {listing.name} names it; download the model whole")
