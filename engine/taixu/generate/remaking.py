"""Making again what is out of date: the same words, seeds and hand-set parameters, with parents as they are now.

What a person changed stays, in three ways: parameters set when it was ordered, parameters changed in the sidecar since (the
record in the file tells what they were), and files edited by hand, which are not replaced unless that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError
from taixu.generate.diffusion.sources import find_in_hub_cache
from taixu.generate.generations import Generations
from taixu.generate.lineage import Item, Lineage
from taixu.generate.making import Result
from taixu.generate.order import Order
from taixu.generate.provenance.containers import read_record
from taixu.generate.registry import Generators

__all__ = ["Remade", "RemakeStep", "merge_parameters", "plan_remake", "remake"]


@dataclass(frozen=True, slots=True)
class RemakeStep:
    """One result to be made again.

    Attributes
    ----------
    out
        Where its first file goes.
    paths
        Its files in the project.
    edited
        Those of them that were changed by hand.
    """

    order: Order
    out: Path
    paths: tuple[str, ...]
    edited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remade:
    """What came of making again: results, and files that were kept because a hand had changed them."""

    results: tuple[Result, ...]
    kept: tuple[str, ...]


def merge_parameters(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Three-way: what I changed since the base stays mine, all else is theirs; what they no longer have is gone."""
    return {
        name: mine[name] if name in mine and mine[name] != base.get(name, mine[name]) else value for name, value in theirs.items()
    }


def plan_remake(
    lineage: Lineage,
    generations: Generations | Generators,
    path: str | Path | None = None,
    *,
    models: Mapping[str, str] | None = None,
) -> list[RemakeStep]:
    """The steps that bring a project up to date, parents before children.

    Parameters
    ----------
    generations
        The queue, or the generators alone: what asks for no more than a plan has no queue yet.
    path
        Only this and what hangs below, whether stale or not; by default all that is stale.
    models
        Where weights lie, by the names that records have.

    Raises
    ------
    TaixuError
        When a generator or a model is not here.
    """
    generators = generations if isinstance(generations, Generators) else generations.generators
    if path is None:
        wanted = [each.path for each in lineage.stale()]
    else:
        first = lineage.find(path).path
        wanted = [each for each in (first, *lineage.descendants(first)) if lineage.items[each].is_generated]
    steps: dict[str, RemakeStep] = {}
    for each in wanted:
        made = lineage.items[each].provenance
        if (made.result or each) not in steps:
            steps[made.result or each] = _step_of(lineage, generators, each, dict(models or {}))
    return list(steps.values())


def _step_of(lineage: Lineage, generators: Generators, path: str, models: Mapping[str, str]) -> RemakeStep:
    item = lineage.items[path]
    made = item.provenance
    generator = generators.find(made.generator)
    model = models.get(made.model) or (made.model if find_in_hub_cache(made.model) else "")
    if made.model and not model:
        raise TaixuError(f"{path}: was made with the model {made.model!r}; say where it lies to make it again")
    known = {each.name for each in fields(generator.parameters)}
    settings = {name: value for name, value in _overrides(lineage.root / path, made).items() if name in known}
    parents = tuple(lineage.root / parent for parent in item.parents)
    order = Order(made.generator, made.prompt, made.seed or 0, settings, model, parents)
    same = tuple(each.path for each in lineage if each.path == path or _is_sibling(each, item))
    edited = tuple(each for each in same if lineage.is_edited(each))
    out = (lineage.root / path).with_name(f"{_stem(lineage, same)}{_ending(same, generator.suffix)}")
    return RemakeStep(order, out, same, edited)


def _stem(lineage: Lineage, paths: Iterable[str]) -> str:
    """What names of a result's files begin with: ``wall`` of ``wall_albedo.png`` and of ``wall.graph.json``."""
    stems = []
    for path in paths:
        stem, role = Path(path).stem, lineage.items[path].provenance.role
        mark = next((mark for mark in (f"_{role}", f".{role}") if role and stem.endswith(mark)), "")
        stems.append(stem.removesuffix(mark))
    return min(stems, key=len)


def _ending(paths: Iterable[str], own: str) -> str:
    """The ending to ask for: the generator's, or JPEG's where its pictures were asked for as such."""
    return next((Path(path).suffix for path in paths if own == ".png" and Path(path).suffix in (".jpg", ".jpeg")), own)


def _is_sibling(one: Item, other: Item) -> bool:
    """Whether both came of one result, into one folder."""
    results = one.provenance.result, other.provenance.result
    return bool(results[0]) and results[0] == results[1] and Path(one.path).parent == Path(other.path).parent


def _overrides(file: Path, made: Provenance) -> dict[str, Any]:
    """What a person set: when it was ordered, and in the sidecar since."""
    try:
        record = read_record(file) or {}
    except TaixuError:
        record = {}
    base = record.get("settings") if isinstance(record.get("settings"), dict) else made.settings
    assert isinstance(base, dict)
    changed = {name: value for name, value in made.settings.items() if name in base and base[name] != value}
    return {**made.overrides, **changed}


def remake(
    root: str | Path,
    generations: Generations,
    path: str | Path | None = None,
    *,
    discard_edits: bool = False,
    sign: bool = False,
    models: Mapping[str, str] | None = None,
    only: Iterable[str] = (),
) -> Remade:
    """Make again what is stale in a project, or a file and what hangs below; waits until it is done.

    Whoever must not wait takes `plan_remake` and submits a step when the one before is over: each reads what the last has made.

    Parameters
    ----------
    path, models
        As in `plan_remake`.
    discard_edits
        Replace files that were changed by hand as well.
    only
        Leave out results that have none of these paths.

    Raises
    ------
    TaixuError
        When one cannot be made; what was made before it stays.
    """
    lineage = Lineage.read(root)
    results: list[Result] = []
    kept: list[str] = []
    chosen = set(only)
    for step in plan_remake(lineage, generations, path, models=models):
        if chosen and not chosen & set(step.paths):
            continue
        if step.edited and not discard_edits:
            kept += step.edited
            continue
        results.append(generations.make(step.order, out=step.out, sign=sign))
    return Remade(tuple(results), tuple(kept))
