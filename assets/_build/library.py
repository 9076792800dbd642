"""Making the library in a folder, and taking it over into another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from recipes import RECIPES, Recipe

from taixu.assets.sidecar import read_sidecar
from taixu.generate.generations import work_folder
from taixu.generate.making import make
from taixu.generate.order import Order
from taixu.generate.placing import Place, take_places
from taixu.generate.registry import Generators, reference_of

__all__ = ["SIGNATURE", "make_library", "take_over"]

SIGNATURE = ".c2pa"
_SIDECAR = ".asset.toml"


def make_library(out: Path) -> None:
    """Carry out all recipes, one after the other, in this process."""
    generators = Generators(plugins=False)
    for number, recipe in enumerate(RECIPES):
        generator = generators.find(recipe.generator)
        target = out / recipe.path
        order = Order(recipe.generator, recipe.prompt, recipe.seed, recipe.settings)
        jpeg = ".jpg" if generator.suffix == ".png" else ""
        place = Place(target.parent, target.name, f"{number}", dated=False, jpeg=jpeg)
        take_places(make(reference_of(generator), order, place, work_folder() / str(number), (), _silent).moves)
        _drop_other_roles(recipe, target)


def _drop_other_roles(recipe: Recipe, target: Path) -> None:
    """Remove what the recipe does not name."""
    if not recipe.roles:
        return
    for beside in sorted(target.parent.glob(f"*{_SIDECAR}")):
        sidecar = read_sidecar(beside)
        if sidecar is None or sidecar.provenance.role not in recipe.roles:
            beside.unlink()
            beside.with_name(beside.name.removesuffix(_SIDECAR)).unlink()


def take_over(made: Path, out: Path, *, sign: bool) -> Iterator[str]:
    """Bring a folder to what was made; gives a line for each file that changed."""
    wanted = _files(made)
    for name in sorted(_files(out)):
        if name.removesuffix(SIGNATURE) not in wanted:
            (out / name).unlink()
            yield f"gone     {name}"
    for name in sorted(wanted):
        data, target = (made / name).read_bytes(), out / name
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            yield f"written  {name}"
    for folder in sorted((each for each in out.rglob("*") if each.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            shutil.rmtree(folder)
    if sign:
        for name in sorted(wanted):
            if _sign(out / name):
                yield f"signed   {name}"


def _sign(path: Path) -> bool:
    """Put a signature beside a file that has none which holds; whether that was done."""
    from taixu.generate.provenance.signing import can_sign, read_signature, sign_file

    if not can_sign(path):
        return False
    found = read_signature(path)
    if found is not None and found.is_valid and found.is_detached:
        return False
    sidecar = read_sidecar(path)
    assert sidecar is not None, path
    sign_file(path, sidecar.provenance, title=path.name, detached=True)
    return True


def _files(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} if folder.is_dir() else set()


def _silent(fraction: float, text: str = "", preview: object = None) -> None:
    pass
