"""The starter library: materials and sounds that ship with Taixu, made by its own generators (``make assets``).

Projects name files of their own alone, so a thing of the library is copied in, with its sidecars and signatures, when it is used.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from taixu.assets.atomic import atomic_path
from taixu.assets.paths import data_path
from taixu.assets.sidecar import read_sidecar
from taixu.errors import TaixuError, UsageError

__all__ = ["StarterAsset", "add_starter", "material_fields", "starter_asset", "starter_assets"]

_BESIDE = (".asset.toml", ".c2pa")
_FIELDS = {
    "base_color": ("base_color_texture",), "normal": ("normal_texture",),
    "orm": ("metallic_roughness_texture", "occlusion_texture"), "emission": ("emissive_texture",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StarterAsset:
    """Something of the library.

    Attributes
    ----------
    name
        ``bricks``: unlike all others.
    kind
        What it is.
    files
        Absolute paths, the main one first: colours of a material.
    """

    name: str
    kind: Literal["material", "sound"]
    files: tuple[Path, ...]


def starter_assets() -> tuple[StarterAsset, ...]:
    """All that ships, by kind and name.

    Raises
    ------
    MachineError
        When this installation lacks its assets.
    """
    library = data_path("assets") / "library"
    found = [
        StarterAsset(folder.name, "material", tuple(sorted(filter(_is_own, folder.iterdir()), key=_rank)))
        for folder in sorted(library.glob("materials/*")) if folder.is_dir()
    ]  # fmt: skip
    sounds = sorted(filter(_is_own, library.glob("sounds/*")))
    return (*found, *(StarterAsset(file.stem, "sound", (file,)) for file in sounds))


def starter_asset(name: str) -> StarterAsset:
    """One by its name.

    Raises
    ------
    UsageError
        When there is none.
    """
    known = {each.name: each for each in starter_assets()}
    if name not in known:
        raise UsageError(f"there is no starter asset {name[:60]!r}; there are {', '.join(known)}")
    return known[name]


def add_starter(asset: StarterAsset, root: Path) -> tuple[str, ...]:
    """Copy an asset into a project; gives the paths of its files there. What is there already stays as it is.

    Raises
    ------
    TaixuError
        When it cannot be written.
    """
    library = data_path("assets") / "library"
    paths = []
    for file in asset.files:
        path = f"assets/{file.relative_to(library).as_posix()}"
        for source in (file, *(Path(f"{file}{ending}") for ending in _BESIDE)):
            target = root / f"{path}{source.name.removeprefix(file.name)}"
            if source.is_file() and not target.exists():
                _copy(source, target)
        paths.append(path)
    return tuple(paths)


def material_fields(root: Path, paths: Iterable[str]) -> dict[str, Any]:
    """Fields of the component ``material`` that show a generated material, by the roles that the files' sidecars say.

    Parameters
    ----------
    paths
        Of one material's files, from the project's folder.
    """
    fields: dict[str, Any] = {"base_color": [1.0, 1.0, 1.0, 1.0], "metallic": 1.0, "roughness": 1.0}
    for path in paths:
        sidecar = read_sidecar(root / path)
        role = "" if sidecar is None else sidecar.provenance.role
        fields |= dict.fromkeys(_FIELDS.get(role, ()), path)
    if "metallic_roughness_texture" not in fields:
        fields |= {"metallic": 0.0, "roughness": 0.6}
    if "emissive_texture" in fields:
        fields["emissive"] = [1.0, 1.0, 1.0]
    return fields


def _rank(path: Path) -> tuple[bool, str]:
    return ("_base_color." not in path.name, path.name)


def _is_own(path: Path) -> bool:
    return path.is_file() and not path.name.endswith(_BESIDE)


def _copy(source: Path, target: Path) -> None:
    try:
        with atomic_path(target) as temporary:
            shutil.copyfile(source, temporary)
            os.utime(temporary)
    except OSError as error:
        raise TaixuError(f"{target}: cannot be written ({error.strerror or error}); make room there") from error
