"""Draws thumbnails, in a worker process: whatever a file does to its decoder or to the renderer, no window waits for it.

Pictures are kept in the user's cache by what the file says and what it needs, so a project is drawn once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import token
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.content_hash import content_hash
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.render import Renderer

__all__ = ["SIZE", "draw_asset", "make_thumbnail", "thumbnail_key"]

SIZE = 160
"""Pixels of the longer side."""
_VERSION = 1
_SAMPLES = 4
_MOST_BYTES = 64 << 20
_STRINGS = re.compile(rb'"((?:[^"\\]|\\.){1,400})"')
_NEEDS_OTHERS = (".json", ".gltf")
_NICENESS = 10
_MOST_LINES = 24
_QUIET = frozenset({token.ENCODING, token.NEWLINE, token.NL, token.INDENT, token.DEDENT, token.ENDMARKER})
_INKS = {
    "keyword": (192, 120, 210), "STRING": (110, 170, 110), "COMMENT": (130, 138, 148), "NUMBER": (214, 150, 90),
    "OP": (130, 138, 148), "NAME": (120, 160, 205),
}  # fmt: skip
"""Of what a script consists of, sRGB: seen on dark and light grounds alike."""


def make_thumbnail(root: str, path: str, kind: str, folder: str) -> tuple[int, int, bytes]:
    """A picture of an asset: width, height, and its bytes in RGBA, straight alpha, the top row first.

    Parameters
    ----------
    folder
        Where pictures are kept.

    Raises
    ------
    TaixuError
        When the file cannot be shown.
    """
    _be_nice()
    kept = Path(folder) / f"{thumbnail_key(Path(root), path, kind)}.png"
    pixels = _read_kept(kept)
    if pixels is None:
        pixels = draw_asset(Path(root), path, kind)
        _keep(kept, pixels)
    return pixels.shape[1], pixels.shape[0], pixels.tobytes()


def thumbnail_key(root: Path, path: str, kind: str) -> str:
    """Names a picture: it changes with the file's content, and with the files that a document or a glTF names."""
    file = root / path
    digest = hashlib.blake2b(f"{_VERSION} {SIZE} {kind} {content_hash(file)}".encode(), digest_size=16)
    if path.endswith(_NEEDS_OTHERS) and file.stat().st_size <= _MOST_BYTES:
        for text in sorted(set(_STRINGS.findall(file.read_bytes()))):
            for base in (root, file.parent):
                with suppress(OSError, ValueError):
                    other = base / json.loads(b'"' + text + b'"')
                    facts = other.stat()
                    if other.is_file():
                        digest.update(f"{text!r} {facts.st_size} {facts.st_mtime_ns}".encode())
                        break
    return digest.hexdigest()


def draw_asset(root: Path, path: str, kind: str) -> NDArray[np.uint8]:
    """A picture of an asset, uint8 [h, w, 4], drawn now.

    Raises
    ------
    TaixuError
        When the file cannot be shown.
    """
    file = root / path
    if kind == "texture":
        return _picture(file)
    if kind == "sky":
        return _sky(file)
    if kind == "sound":
        return _wave(file)
    if kind == "script":
        return _code(file)
    return _rendered(root, path, kind)


def _picture(file: Path) -> NDArray[np.uint8]:
    """A picture, smaller."""
    from taixu.assets.importers import Importers

    return _small(Importers().find(file, "image").find()(file))


def _sky(file: Path) -> NDArray[np.uint8]:
    """The horizon of a panorama, developed."""
    from taixu.assets.image import read_image
    from taixu.render.tonemap import encode, tonemap

    linear = np.asarray(read_image(file)[..., :3], np.float32)
    height, width = linear.shape[:2]
    step = max(1, height // (2 * SIZE))
    part = linear[: height * 3 // 4 : step, width // 4 : width * 3 // 4 : step]
    part = part * (0.5 / max(float(np.median(part)), 1e-4))
    return _small(np.rint(encode(tonemap(np.maximum(part, 0.0), "neutral")) * 255).astype(np.uint8))


def _wave(file: Path) -> NDArray[np.uint8]:
    """How loud a sound is over its time, in white on nothing: the interface gives it its colour."""
    from taixu.assets.importers import Importers

    clip = Importers().find(file, "audio").find()(file)
    mono = np.abs(np.asarray(clip.samples, np.float32)).max(axis=1)
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    bars = SIZE // 4
    parts = np.array_split(mono, bars) if len(mono) else []
    peaks = np.array([part.max() if len(part) else 0.0 for part in parts])
    heights = np.maximum(peaks / max(float(peaks.max()), 1e-6) * SIZE * 0.4, 1.0) if len(peaks) else np.ones(bars)
    for i, high in enumerate(heights.astype(int).tolist()):
        pixels[SIZE // 2 - high : SIZE // 2 + high, i * 4 : i * 4 + 3] = 255
    return pixels


def _code(file: Path) -> NDArray[np.uint8]:
    """A script from afar: its words as bars in their places, by what they are."""
    import keyword
    import tokenize

    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    top, left, line_height, bar, char = 10, 12, 7, 4, 3

    def draw(row: int, start: int, end: int, color: tuple[int, int, int]) -> None:
        x, y = left + start * char, top + row * line_height
        if y + bar <= SIZE - top and x < SIZE - left:
            pixels[y : y + bar, x : min(left + end * char, SIZE - left)] = (*color, 255)

    with file.open("rb") as stream, suppress(tokenize.TokenError, SyntaxError, UnicodeDecodeError):
        for each in tokenize.tokenize(stream.readline):
            (first, start), (last, end) = each.start, each.end
            if first > _MOST_LINES:
                break
            if each.type in _QUIET or not each.string.strip():
                continue
            kind = "keyword" if each.type == tokenize.NAME and keyword.iskeyword(each.string) else tokenize.tok_name[each.type]
            for row in range(first, last + 1):
                lines = each.line.splitlines() if last > first else []
                width = len(lines[row - first]) if row - first < len(lines) else end
                draw(row - 1, start if row == first else 0, end if row == last else width, _INKS.get(kind, _INKS["NAME"]))
    return pixels


def _rendered(root: Path, path: str, kind: str) -> NDArray[np.uint8]:
    """A model or a prefab alone on nothing; a world through its camera."""
    from taixu.defaults import App
    from taixu.defaults.drawing import main_camera
    from taixu.defaults.projects import enter_project
    from taixu.edit import PrefabInstance, Project
    from taixu.render import ViewCamera, frame_camera, render_still, visible_bounds
    from taixu.scene import Model, Transform

    with App.headless(size=(SIZE, SIZE), trust=False) as app:
        if kind == "world":
            app.open(root / path)
        else:
            enter_project(app.world, Project(root, has_manifest=False), trust=False)
            shown = Model(source=path) if kind == "model" else PrefabInstance(source=path)
            app.world.spawn(Transform(), shown)
        app.settle()
        failures = _failures(app.world)
        if visible_bounds(app.world) is None:
            raise TaixuError(failures or f"{path}: there is nothing to see in it")
        entity = main_camera(app.world) if kind == "world" else None
        camera = frame_camera(app.world, aspect=1.0) if entity is None else ViewCamera.of_entity(app.world, entity)
        settings = {"background": "sky" if kind == "world" else "transparent"}
        picture = render_still(_renderer(), app.world, camera, size=(SIZE, SIZE), samples=_SAMPLES, settings=settings)
    return picture.bytes8()


def _failures(world: Any) -> str:
    from taixu.scene.models import ModelState

    return next(iter(world.resource(ModelState).failures.values()), "")


@cache
def _renderer() -> Renderer:
    """One for all pictures of this process."""
    from taixu.gpu import create_device
    from taixu.render import Renderer

    return Renderer(create_device())


@cache
def _be_nice() -> None:
    """Whoever works in the window comes first."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


def _small(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """At most `SIZE` large, RGBA of 8 bits."""
    from PIL import Image

    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        pixels = np.rint(np.clip(np.nan_to_num(pixels), 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    modes = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
    image = Image.fromarray(
        np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels), modes[pixels.shape[2]]
    ).convert("RGBA")
    image.thumbnail((SIZE, SIZE), Image.Resampling.BOX if max(image.size) > 8 * SIZE else Image.Resampling.LANCZOS)
    return np.asarray(image)


def _read_kept(file: Path) -> NDArray[np.uint8] | None:
    from taixu.assets.image import read_image

    try:
        pixels = read_image(file, max_pixels=SIZE * SIZE) if file.is_file() else None
    except TaixuError:
        return None
    return pixels.astype(np.uint8) if pixels is not None and pixels.dtype == np.uint8 and pixels.shape[2] == 4 else None


def _keep(file: Path, pixels: NDArray[np.uint8]) -> None:
    """Where it cannot be kept it is made again the next time."""
    from taixu.assets.atomic import write_atomic
    from taixu.assets.image import encode_png

    with suppress(TaixuError):
        write_atomic(file, encode_png(pixels))
