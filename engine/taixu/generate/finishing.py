"""What is done to each file that a generator made: its content is hashed, colours are marked, its record is put into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from taixu.assets.sidecar import Provenance
from taixu.generate.cache import CachedFile
from taixu.generate.generator import Generator, Made
from taixu.generate.inheritance import inherited_source_type
from taixu.generate.order import Recipe
from taixu.generate.provenance.containers import write_record
from taixu.generate.provenance.content import body_of

__all__ = ["finish"]


def finish(generator: Generator, recipe: Recipe, files: Sequence[Made]) -> list[CachedFile]:
    """Mark and record files; gives them with their provenance.

    Raises
    ------
    TaixuError
        When one is damaged, or cannot be written.
    """
    parents = list(dict.fromkeys(recipe.parent_contents))
    settings = {name: value for name, value in asdict(recipe.parameters).items() if value is not None}
    overrides = {name: settings[name] for name in recipe.order.settings if name in settings}
    about = Provenance(
        generator=generator.name, version=str(generator.version), kind=generator.makes, prompt=recipe.prompt,
        seed=recipe.order.seed, model=recipe.model.name, model_hash=recipe.model.hash, model_licence=recipe.model.licence,
        settings=settings, overrides=overrides, parents=parents,
        source_type=inherited_source_type(generator.source_type, recipe.order.parents, has_model=bool(recipe.model.hash)),
        result=recipe.key,
    )  # fmt: skip
    return [_finish_one(about, each, is_color=generator.makes == "texture") for each in files]


def _finish_one(about: Provenance, made: Made, *, is_color: bool) -> CachedFile:
    content, body, mark = made.content, made.body, made.mark
    if not content:
        content = body = body_of(made.path)
        if made.path.suffix.lower() == ".png":
            from taixu.generate.provenance.marking import is_marked, mark_picture  # reads what works on pixels

            mark = mark_picture(made.path, content) if is_marked(made.role, is_color=is_color) else mark
            body = body_of(made.path) if mark else content
    settings = {**about.settings, **made.said}
    provenance = replace(about, settings=settings, role=made.role, content=content, body=body, mark=mark)
    write_record(made.path, provenance)
    return CachedFile(made.path, provenance)
