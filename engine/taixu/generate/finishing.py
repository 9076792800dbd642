"""What is done to each file that a generator made: its content is hashed, colours are marked, its record is put into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from taixu.assets.sidecar import Provenance
from taixu.generate.cache import CachedFile
from taixu.generate.generator import Generator, Made
from taixu.generate.order import Recipe
from taixu.generate.provenance.containers import write_record
from taixu.generate.provenance.content import body_of
from taixu.generate.provenance.marking import mark_picture

__all__ = ["MARKED_ROLES", "finish"]

MARKED_ROLES = ("albedo", "base_color", "color", "texture")
"""Roles of pictures that are colours: these alone are marked, for a mark in normals or heights would bend light."""


def finish(generator: Generator, recipe: Recipe, files: Sequence[Made]) -> list[CachedFile]:
    """Mark and record files; gives them with their provenance.

    Raises
    ------
    TaixuError
        When one is damaged, or cannot be written.
    """
    parents = list(dict.fromkeys(recipe.parent_contents))
    about = Provenance(
        generator=generator.name, version=str(generator.version), kind=generator.makes, prompt=recipe.prompt,
        seed=recipe.order.seed, model=recipe.model.name, model_hash=recipe.model.hash, model_licence=recipe.model.licence,
        settings=asdict(recipe.parameters), overrides=dict(recipe.order.settings), parents=parents,
        source_type=generator.source_type, result=recipe.key,
    )  # fmt: skip
    return [_finish_one(about, each, is_color=each.role in MARKED_ROLES or generator.makes == "texture") for each in files]


def _finish_one(about: Provenance, made: Made, *, is_color: bool) -> CachedFile:
    content = body = body_of(made.path)
    mark = ""
    if is_color and made.path.suffix.lower() == ".png":
        mark = mark_picture(made.path, content)
        body = body_of(made.path) if mark else content
    provenance = replace(about, role=made.role, content=content, body=body, mark=mark)
    write_record(made.path, provenance)
    return CachedFile(made.path, provenance)
