"""Whether what a generator wrote is what it ought to be: plain files of its own folder, without numbers that are none."""

from __future__ import annotations

from pathlib import Path

from taixu.errors import TaixuError
from taixu.generate.generator import Made

__all__ = ["need_good_files"]

_MOST_FILES = 1 << 14
"""A city of a few square kilometres is some seven hundred."""
_MOST_BYTES = 4 << 30


def need_good_files(made: object, folder: Path, *, suffix: str) -> list[Made]:
    """The files that a generator says it has made, looked at.

    Raises
    ------
    TaixuError
        When there is none, or there are too many, or one lies elsewhere, lacks, is empty, or holds numbers that are none.
    """
    files = list(made) if isinstance(made, (list, tuple)) else []
    if not files or not all(isinstance(each, Made) for each in files):
        raise TaixuError("it gave no list of files")
    if len(files) > _MOST_FILES:
        raise TaixuError(f"it gave {len(files):,} files, and {_MOST_FILES:,} are the most")
    if files[0].path.suffix.lower() != suffix:
        raise TaixuError(f"its first file is {files[0].path.name}, which does not end in {suffix}")
    for each in files:
        if each.path.parent != folder or each.path.is_symlink() or not each.path.is_file():
            raise TaixuError(f"{each.path.name} is no file in the folder that it was given")
        size = each.path.stat().st_size
        if not 0 < size <= _MOST_BYTES:
            raise TaixuError(f"{each.path.name} has {size:,} bytes")
        _need_numbers(each.path)
    return files


def _need_numbers(path: Path) -> None:
    """Look into formats that can hold NaN and infinity."""
    import numpy as np

    suffix = path.suffix.lower()
    if suffix in (".exr", ".hdr"):
        from taixu.assets.image import read_image

        pixels = read_image(path)
        bad = pixels.size - int(np.count_nonzero(np.isfinite(pixels)))
    elif suffix in (".glb", ".vrm", ".gltf"):
        from taixu.assets.importers import import_model

        model = import_model(path)
        arrays = [values for mesh in model.meshes for each in mesh.primitives for values in each.attributes.values()]
        bad = sum(values.size - int(np.count_nonzero(np.isfinite(values))) for values in arrays)
    else:
        return
    if bad:
        raise TaixuError(f"{path.name} holds {bad:,} numbers that are none; try another seed or other parameters")
