"""Small pictures of a result, made in a worker process: what strips and balls show, also when the cache has dropped the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic

__all__ = ["COLOR_ROLES", "make_small", "map_fields"]

SIDE_PX = 256
COLOR_ROLES = ("base_color", "albedo", "color", "diffuse")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tga")
_FIELDS = {
    **dict.fromkeys(COLOR_ROLES, ("base_color_texture",)), "normal": ("normal_texture",),
    "orm": ("metallic_roughness_texture", "occlusion_texture"), "metallic_roughness": ("metallic_roughness_texture",),
    "occlusion": ("occlusion_texture",), "emission": ("emissive_texture",), "emissive": ("emissive_texture",),
}  # fmt: skip


def map_fields(files: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What a `Material` says that wears maps: (path, role) of each; empty where none of them is a colour."""
    found: dict[str, Any] = {}
    for path, role in files:
        for name in _FIELDS.get(role, ()):
            if not (name == "occlusion_texture" and name in found and role == "orm"):
                found[name] = path
    if "base_color_texture" not in found:
        return {}
    found["base_color"] = [1.0, 1.0, 1.0, 1.0]
    if "metallic_roughness_texture" in found:
        found |= {"metallic": 1.0, "roughness": 1.0}
    if "emissive_texture" in found:
        found["emissive"] = [1.0, 1.0, 1.0]
    return found


def make_small(files: Sequence[tuple[str, str]], folder: str) -> list[str]:
    """Write pictures of at most `SIDE_PX` beside one another: ``ROLE.png`` of each map, ``picture.png`` of what is no map.

    Parameters
    ----------
    files
        Path and role of each file of a result, the main one first.

    Returns
    -------
    list of str
        Names of what was written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for path, role in files:
        if role in _FIELDS and path.lower().endswith(_PICTURES):
            written.append(_write(target / f"{role}.png", _shrunk(Path(path))))
    if not any(f"{role}.png" in written for role in COLOR_ROLES):
        pixels = _picture(Path(files[0][0]))
        if pixels is not None:
            written.append(_write(target / "picture.png", pixels))
    return written


def _picture(file: Path) -> Any:
    """A picture of whatever it is; None where there is none."""
    from taixu.errors import TaixuError
    from taixu_editor.assets.kinds import HAS_PICTURE, asset_kind
    from taixu_editor.thumbnail_maker import draw_asset

    kind = asset_kind(file.name)
    if kind == "texture":
        return _shrunk(file)
    try:
        return draw_asset(file.parent, file.name, kind) if kind in HAS_PICTURE else None
    except TaixuError:
        return None


def _shrunk(file: Path) -> Any:
    from PIL import Image

    with Image.open(file) as picture:
        picture.thumbnail((SIDE_PX, SIDE_PX))
        return np.asarray(picture.convert("RGBA"))


def _write(file: Path, pixels: Any) -> str:
    from taixu.assets.image import encode_png

    write_atomic(file, encode_png(np.ascontiguousarray(pixels)))
    return file.name
