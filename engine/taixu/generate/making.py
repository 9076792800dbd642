"""What a worker process does with an order: settle, generate or find, finish, keep, and lay the files where they go."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError
from taixu.generate.cache import CachedFile, fetch_result, store_result
from taixu.generate.checking import need_good_files
from taixu.generate.fence import fenced
from taixu.generate.finishing import finish
from taixu.generate.generator import Generator
from taixu.generate.guards import check_file, check_prompt
from taixu.generate.inheritance import inherited_licence
from taixu.generate.order import Order, Recipe, settle
from taixu.generate.placing import Place, lay_out
from taixu.generate.registry import import_generator
from taixu.generate.request import Request

__all__ = ["NAME", "Result", "make"]

NAME = "made"
"""What names of files in the cache begin with."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an order.

    Attributes
    ----------
    files
        The main one first: where they were asked for, or in the cache.
    provenances
        How each was made.
    parameters
        What words and settings came to, JSON-able.
    seconds
        How long it took in the worker.
    is_cached
        Whether it had been made before.
    """

    files: tuple[Path, ...]
    provenances: tuple[Provenance, ...]
    generator: str
    key: str
    seed: int
    parameters: dict[str, Any]
    seconds: float
    is_cached: bool
    moves: tuple[tuple[Path, Path], ...] = ()
    """Files that lie beside their places until the end: from, to."""


def make(
    reference: str, order: Order, place: Place | None, folder: Path, guards: tuple[str, ...], progress: Callable[..., None]
) -> Result:
    """Carry out an order in this process.

    Parameters
    ----------
    reference
        The generator's class, ``module:Class``.
    place
        Where files go; they stay in the cache without one.
    folder
        To work in: new, and nobody else's.

    Raises
    ------
    TaixuError
        When anything is wrong, in one sentence; nothing is left but the folder, and files of the place's own that begin with a dot.
    """
    began = perf_counter()
    generator = import_generator(reference)()
    generator.check_machine()
    progress(0.0, "reading")
    texts = [value for value in order.settings.values() if isinstance(value, str)]
    check_prompt(guards, order.prompt, *texts)
    recipe = settle(generator, order)
    files = fetch_result(recipe.key)
    is_cached = bool(files)
    for each in files:  # guards may be younger than the cache
        check_file(guards, each.path, each.provenance.role)
    if not files:
        files = _generate(generator, recipe, folder, guards, progress)
    provenances = tuple(each.provenance for each in files)
    paths: tuple[Path, ...] = tuple(each.path for each in files)
    moves: tuple[tuple[Path, Path], ...] = ()
    if place is not None:
        licence = inherited_licence(recipe.model.licence or generator.licence, order.parents)
        laid = lay_out(place, files, order, recipe, licence)
        paths, moves = laid.files, laid.moves
    progress(1.0, "")
    return Result(
        paths, provenances, generator.name, recipe.key, order.seed, asdict(recipe.parameters), perf_counter() - began, is_cached,
        moves
    )  # fmt: skip


def _generate(
    generator: Generator, recipe: Recipe, folder: Path, guards: tuple[str, ...], progress: Callable[..., None]
) -> tuple[CachedFile, ...]:
    made_in = folder / "made"
    request = Request(
        recipe.prompt, recipe.order.seed, recipe.parameters, made_in, NAME, recipe.model,
        tuple(Path(parent).resolve() for parent in recipe.order.parents),
        is_color=generator.makes == "texture",
    )  # fmt: skip
    try:
        made_in.mkdir(parents=True)
        with _scratch(folder / "scratch"), fenced(folder):
            made = generator.generate(request, lambda fraction, text="", preview=None: progress(0.9 * fraction, text, preview))
        files = need_good_files(made, made_in, suffix=generator.suffix)
        for each in files:
            check_file(guards, each.path, each.role)
        progress(0.92, "recording")
        finished = finish(generator, recipe, files)
        return store_result(recipe.key, made_in, finished)
    except TaixuError as error:
        raise type(error)(f"{generator.name}: {error}".replace(f"{made_in}/", "")) from error
    except OSError as error:
        raise TaixuError(
            f"{generator.name}: cannot be written ({error.strerror or error}); make room in {folder.parent}"
        ) from error


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """Temporary files of whatever a generator calls go where they are removed with the rest."""
    folder.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
