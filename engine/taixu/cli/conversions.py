"""Which file becomes which, and how."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.cli.kinds import find_importers, kind_of
from taixu.errors import TaixuError, UsageError

__all__ = ["conversion", "linear_pixels"]

Conversion = Callable[[Path, Path], dict[str, Any]]

_WRITTEN = {
    "model": (".glb", ".gltf", ".vrm", ".obj", ".ply", ".stl", ".off", ".3mf"),
    "image": (".png", ".jpg", ".jpeg", ".webp", ".exr", ".hdr"),
    "audio": (".wav",),
}
TILESET = "tileset.json"
_MODELLED = (".city.json", ".city.jsonl")
_NAMES = {"model": "a model", "image": "a picture", "audio": "a sound"}
_LINEAR = (".exr", ".hdr")


def conversion(source: Path, out: Path) -> Conversion:
    """How to make `out` of `source`, judged by their endings.

    Raises
    ------
    UsageError
        When this version does not.
    """
    if source.name == TILESET and out.name.endswith(".world.json"):
        return _tiles_to_world
    kind = kind_of(source)
    if out.name == TILESET and (kind == "model" or source.name.lower().endswith(_MODELLED)):
        return _model_to_tiles if kind == "model" else _maps_to_tiles
    if kind not in _WRITTEN:
        ending = source.suffix or "nothing"
        raise UsageError(f"{source}: what ends in {ending} is not converted; models, pictures and sounds are")
    if out.suffix.lower() not in _WRITTEN[kind]:
        known = ", ".join(_WRITTEN[kind])
        raise UsageError(f"{out}: {_NAMES[kind]} is written as {known}, not as {out.suffix or 'nothing'}")
    return {"model": _convert_model, "image": _convert_picture, "audio": _convert_sound}[kind]


def _convert_model(source: Path, out: Path) -> dict[str, Any]:
    from taixu.assets.gltf import write_gltf
    from taixu.assets.writers import WRITABLE_SUFFIXES, write_model

    model = find_importers().find(source).find()(source)
    if out.suffix.lower() == ".vrm" and (model.avatar is None or not model.avatar.humanoid):
        raise TaixuError(f"{source}: it has no avatar (a humanoid with named bones), so it cannot be a VRM; write a .glb")
    if out.suffix.lower() in WRITABLE_SUFFIXES:
        write_model(out, model)
    else:
        write_gltf(model, out)
    return {"kind": "model", "nodes": len(model.nodes), "meshes": len(model.meshes), "materials": len(model.materials)}


def _tiles_to_world(source: Path, out: Path) -> dict[str, Any]:
    from taixu.assets.atomic import write_atomic
    from taixu.generate.places.mapped.tiled import tileset_world

    here = out.resolve().parent
    if not source.resolve().is_relative_to(here):
        raise UsageError(f"{out}: a world finds its tiles in its own folder or below; write it to {source.parent}/place.world.json")
    text, said = tileset_world(source, source.resolve().relative_to(here).as_posix())
    write_atomic(out, text)
    return {"kind": "world", **said}


def _maps_to_tiles(source: Path, out: Path) -> dict[str, Any]:
    from taixu.assets.tiles3d.writing import write_tiles
    from taixu.generate.places.mapped.tiled import things_of_maps

    things, looks, frame, problems = things_of_maps([source])
    return {"kind": "tiles", **write_tiles(out, things, looks, frame), "problems": problems}


def _model_to_tiles(source: Path, out: Path) -> dict[str, Any]:
    """Each node with a mesh is a thing."""
    from taixu.assets.flattening import flatten_model
    from taixu.assets.tiles3d.writing import Thing, write_tiles

    model = find_importers().find(source).find()(source)
    parts: dict[str, list[Any]] = {}
    for piece in flatten_model(model):
        parts.setdefault(piece.name, []).append(piece)
    things = [Thing(name, {}, [pieces]) for name, pieces in parts.items()]
    return {"kind": "tiles", **write_tiles(out, things, model, None)}


def _convert_picture(source: Path, out: Path) -> dict[str, Any]:
    """Linear premultiplied floats and sRGB bytes with straight alpha become each other."""
    from taixu.assets.image import read_image, write_image

    pixels: NDArray[Any] = read_image(source)
    if out.suffix.lower() in _LINEAR:
        if pixels.dtype.kind == "u":
            pixels = linear_pixels(pixels)
        if out.suffix.lower() == ".hdr":  # has no alpha: what is behind is black
            pixels = pixels[..., :3] if pixels.shape[2] > 2 else np.repeat(pixels[..., :1], 3, axis=2)
    elif pixels.dtype.kind == "f":
        pixels = _encoded(pixels)
    elif pixels.dtype == np.uint16 and out.suffix.lower() != ".png":
        pixels = np.rint(pixels / 257).astype(np.uint8)
    write_image(out, pixels)
    return {"kind": "picture", "size": [pixels.shape[1], pixels.shape[0]], "channels": pixels.shape[2]}


def linear_pixels(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Stored sRGB with straight alpha to linear with premultiplied alpha (IEC 61966-2-1)."""
    values = pixels.astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
    colors = values.shape[2] - (values.shape[2] in (2, 4))
    stored = values[..., :colors]
    values[..., :colors] = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    if colors < values.shape[2]:
        values[..., :colors] *= values[..., colors:]
    return values


def _encoded(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Linear with premultiplied alpha to stored sRGB with straight alpha; what is brighter than white is cut."""
    values = np.nan_to_num(pixels.astype(np.float32), posinf=1.0, neginf=0.0)
    colors = values.shape[2] - (values.shape[2] in (2, 4))
    linear: NDArray[Any] = values[..., :colors]
    if colors < values.shape[2]:
        linear = linear / np.maximum(values[..., colors:], 1e-6)
    linear = np.clip(linear, 0.0, 1.0)
    values[..., :colors] = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(np.clip(values, 0.0, 1.0) * 255).astype(np.uint8)


def _convert_sound(source: Path, out: Path) -> dict[str, Any]:
    from taixu.assets.audio_clip import read_audio, write_wav

    clip = read_audio(source)
    write_wav(out, clip)
    return {"kind": "sound", "rate_hz": clip.rate_hz, "seconds": round(len(clip.samples) / clip.rate_hz, 3)}
