"""Several models of the user's as one: a folder that holds some, or names by commas."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from taixu.errors import TaixuError
from taixu.generate.model_facts import ModelFacts

__all__ = ["SeveralModels", "joined_models", "model_parts", "several_models"]

_INDEX = "model_index.json"
_MOST_FOLDERS = 64


@dataclass(frozen=True, slots=True)
class SeveralModels(ModelFacts):
    """Facts of some models: their names by commas, a hash over their hashes, and all of their licences.

    Attributes
    ----------
    parts
        The pipeline's class that each names, and its own facts.
    """

    parts: tuple[tuple[str, ModelFacts], ...] = ()


def model_parts(model: ModelFacts) -> tuple[tuple[str, ModelFacts], ...]:
    """The models of facts that `several_models` gave; none of others."""
    return model.parts if isinstance(model, SeveralModels) else ()


def several_models(name: str, *, wanted: tuple[str, ...], what: str) -> SeveralModels:
    """Look for models: a folder with one pipeline, a folder with pipelines in folders of its own, names of the hub, by commas.

    Parameters
    ----------
    wanted
        Pipelines that are of use, by diffusers' names of their classes; empty for all.
    what
        What they are used for, as an error says it.

    Raises
    ------
    TaixuError
        When there is none, one cannot be read, or one is of no use.
    """
    from taixu.generate.diffusion import diffusion_facts

    names = [name] if Path(name).expanduser().exists() else [each.strip() for each in name.split(",") if each.strip()]
    found: list[tuple[str, ModelFacts]] = []
    for each in names:
        facts = diffusion_facts(each)
        for part in _pipelines_in(facts):
            kind = _kind_of(part)
            if wanted and kind not in wanted:
                raise TaixuError(f"the model {part.name} is a {kind}; for {what} name one of {', '.join(wanted)}")
            found.append((kind, part))
    if not found:
        raise TaixuError(f"no model was named for {what}; name a folder of weights")
    return joined_models(found)


def _pipelines_in(facts: ModelFacts) -> Iterable[ModelFacts]:
    """The model itself, or those in folders of a folder that is none."""
    from taixu.generate.model_facts import model_facts

    path = facts.path
    if path is None or path.is_file() or (path / _INDEX).is_file():
        return [facts]
    inner = sorted(each for each in path.iterdir() if (each / _INDEX).is_file())[: _MOST_FOLDERS + 1]
    if len(inner) > _MOST_FOLDERS:
        raise TaixuError(f"{path.name}: holds more than {_MOST_FOLDERS} models; name those that you mean")
    if any(each.is_symlink() for each in inner):
        raise TaixuError(f"{path.name}: holds a link to a model elsewhere; name that model itself, several by commas")
    if not inner:
        raise TaixuError(f"{path.name}: holds no model: neither it nor a folder in it has a {_INDEX}")
    return [replace(known, licence=known.licence or facts.licence) for known in (model_facts(str(each)) for each in inner)]


def _kind_of(facts: ModelFacts) -> str:
    from taixu.generate.diffusion import inspect_model

    if facts.path is None or facts.path.is_file():
        return "single file"
    return inspect_model(facts.path).kind


def joined_models(found: Sequence[tuple[str, ModelFacts]]) -> SeveralModels:
    """Models with their pipelines' classes as one; none of them is no model."""
    parts = [facts for _, facts in found]
    if not parts:
        return SeveralModels()
    hashes = "\n".join(facts.hash for facts in parts)
    return SeveralModels(
        ",".join(facts.name for facts in parts),
        parts[0].path,
        parts[0].hash if len(parts) == 1 else hashlib.blake2b(hashes.encode(), digest_size=16).hexdigest(),
        # Where one says nothing of its terms, nobody knows those of all.
        " AND ".join(dict.fromkeys(facts.licence for facts in parts)) if all(facts.licence for facts in parts) else "",
        tuple(found),
    )
