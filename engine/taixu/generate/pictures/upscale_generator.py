"""Larger pictures: by interpolation that is put right, or by an upscaler of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import MAX_PIXELS
from taixu.errors import TaixuError, UsageError
from taixu.generate.diffusion.turns import taken_turn
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.model_facts import ModelFacts
from taixu.generate.pictures.filters import Values
from taixu.generate.pictures.model_upscaling import upscaled_by_model, upscaler_facts
from taixu.generate.pictures.reading import PICTURE_SUFFIXES, Picture, encoded, read_picture
from taixu.generate.pictures.seamless import repeats
from taixu.generate.pictures.upscaling import Upscaling, upscaled
from taixu.generate.provenance import provenance_of
from taixu.generate.request import Request

__all__ = ["UpscaleGenerator", "UpscaleParameters"]

_KINDS = ("auto", "color", "normal", "data")
_COLORS = ("", "albedo", "base_color", "color", "texture", "emission")
_PREVIEW_PX = 512


@dataclass(frozen=True)
class UpscaleParameters:
    """Parameters of a larger picture."""

    factor: int = field(default=2, metadata={"doc": "How many times as wide and high.", "choices": (2, 4)})
    detail: float = field(
        default=0.2, metadata={"doc": "How much grain is added, where there is some.", "minimum": 0.0, "maximum": 1.0}
    )
    tiling: str = field(
        default="auto", metadata={"doc": "Whether it repeats; auto looks at its edges.", "choices": ("auto", "repeats", "none")}
    )
    kind: str = field(
        default="auto", metadata={"doc": "What its numbers are; auto asks its record, and takes it for colours.", "choices": _KINDS}
    )
    steps: int = field(default=20, metadata={"doc": "Of a model.", "minimum": 1, "maximum": 200})
    noise: int = field(default=20, metadata={"doc": "How freely a model invents.", "minimum": 0, "maximum": 350})
    device: str = field(default="auto", metadata={"doc": "Where a model runs.", "choices": ("auto", "cpu", "cuda", "mps")})


class UpscaleGenerator(Generator):
    """A larger picture."""

    name, makes, suffix = "upscale", "texture", ".png"
    summary = "a picture twice or four times as large; alpha, 16 bits and tiling are kept; by an upscaler where you have one"
    parameters = UpscaleParameters
    needs = Needs(memory_mb=128 << 10, optional_weights=True, parents=1, suffixes=PICTURE_SUFFIXES)

    def find_model(self, name: str) -> ModelFacts:
        """An upscaler in diffusers' layout."""
        return upscaler_facts(name)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One picture, in the role that the small one has."""
        if len(request.parents) != 1:
            raise UsageError("name one picture to make larger")
        wanted: UpscaleParameters = request.parameters
        picture = read_picture(request.parents[0])
        pixels = _storable(picture)
        _need_room(picture, wanted.factor)
        role = _role_of(request.parents[0])
        how = Upscaling(
            wanted.factor, wanted.detail, _wraps(wanted.tiling, pixels), _kind(wanted.kind, role), has_alpha=picture.has_alpha
        )
        if request.model.path is not None:
            with taken_turn(progress):
                made = upscaled_by_model(
                    request.model, pixels, how, prompt=request.prompt, seed=request.seed, steps=wanted.steps, noise=wanted.noise,
                    device=wanted.device, progress=progress,
                )  # fmt: skip
        else:
            progress(0.0, "tiles", _preview(pixels))
            made = upscaled(pixels, how, seed=request.seed, progress=lambda done: progress(0.95 * done, "tiles"))
        progress(0.95, "saving", _preview(made))
        return [request.save_picture(made, role if role not in ("", "texture") else "")]


def _storable(picture: Picture) -> NDArray[Any]:
    """Whole numbers as they are; floats as 16 bits in sRGB's encoding, where a PNG can hold them.

    Raises
    ------
    TaixuError
        Where light is brighter than white: a PNG ends there.
    """
    if not picture.is_linear:
        return picture.pixels
    if float(picture.pixels.max()) > 1.0 or float(picture.pixels.min()) < 0.0:
        raise TaixuError(f"{picture.name}: has light outside of 0 to 1, which a PNG cannot hold; save it as PNG or JPEG first")
    count = 3 if picture.pixels.shape[2] >= 3 else 1
    seen: Values = np.concatenate([encoded(picture.pixels[..., :count]), picture.pixels[..., count:].astype(np.float32)], axis=2)
    return np.rint(seen * 65535.0).astype(np.uint16)


def _need_room(picture: Picture, factor: int) -> None:
    height, width = picture.pixels.shape[:2]
    if height * width * factor * factor > MAX_PIXELS:
        raise TaixuError(
            f"{picture.name}: has {width} x {height} pixels; {factor} times as large it has more than the {MAX_PIXELS:,} that "
            "are read; cut it, or take a smaller factor"
        )


def _role_of(path: Path) -> str:
    return provenance_of(path).role


def _kind(asked: str, role: str) -> str:
    if asked != "auto":
        return asked
    return "color" if role in _COLORS else "normal" if role == "normal" else "data"


def _wraps(asked: str, pixels: NDArray[Any]) -> bool:
    if asked != "auto":
        return asked == "repeats"
    step = max(1, max(pixels.shape[:2]) // 2048)  # lines along the edges count, not all between them
    return min(pixels.shape[:2]) > 2 and repeats(pixels[::step, ::step].astype(np.float32) / float(np.iinfo(pixels.dtype).max))


def _preview(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    step = max(1, max(pixels.shape[:2]) // _PREVIEW_PX)
    small = pixels[::step, ::step]
    small = small if small.dtype == np.uint8 else (small >> 8).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(small[..., :1], 3, axis=2) if small.shape[2] < 3 else small[..., :3])
