"""Larger pictures by an upscaler of the user's, tile by tile, each laid softly over its neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.generator import Progress
from taixu.generate.model_facts import ModelFacts
from taixu.generate.pictures.filters import Values
from taixu.generate.pictures.models import SeveralModels, model_parts, several_models
from taixu.generate.pictures.upscaling import Upscaling, upscaled

__all__ = ["FACTORS", "upscaled_by_model", "upscaler_facts"]

FACTORS = {"StableDiffusionUpscalePipeline": 4, "StableDiffusionLatentUpscalePipeline": 2}
"""Diffusers' upscalers, and how many times as large they make a picture."""
_TILE = 128
_OVERLAP = 32
_LATENT = 64  # sides of a tile are whole multiples, as latents want


def upscaler_facts(name: str) -> SeveralModels:
    """The facts of an upscaler: a folder, or a name of the hub.

    Raises
    ------
    TaixuError
        When there is none, or it is another pipeline.
    """
    found = several_models(name, wanted=tuple(FACTORS), what="a larger picture")
    if len(found.parts) > 1:
        raise TaixuError(f"{name[:200]}: holds {len(found.parts)} upscalers; name one")
    return found


def upscaled_by_model(
    model: ModelFacts, pixels: NDArray[Any], how: Upscaling, *, prompt: str, seed: int, steps: int, noise: int, device: str,
    progress: Progress,
) -> NDArray[Any]:  # fmt: skip
    """A picture [h, w, c], larger by `how.factor`: colours by the model, alpha without it.

    Colours keep those of the small picture on the whole, tile by tile: models drift in hue.

    Raises
    ------
    TaixuError, MachineError
        When the model cannot be opened or run, or makes pictures larger by another factor.
    """
    from taixu.generate.diffusion import MachineChoice, open_pipeline
    from taixu.generate.diffusion.running import run_pipeline

    (kind, facts), *_ = model_parts(model)
    if how.kind != "color":
        raise TaixuError(f"{facts.name} makes colours larger, not {how.kind}; leave out the model")
    if FACTORS[kind] != how.factor:
        can = FACTORS[kind]
        raise TaixuError(f"{facts.name} makes pictures {can} times as large, not {how.factor}; set factor={can}")
    plain = upscaled(pixels, how, seed=seed)
    most = float(np.iinfo(pixels.dtype).max)
    count = pixels.shape[2] - (1 if how.has_alpha else 0)
    small = _three(pixels[..., :count].astype(np.float32) / np.float32(most))
    loaded = open_pipeline(facts, "own", choice=MachineChoice(device=device), size=(_TILE * how.factor, _TILE * how.factor))
    tiles = _Tiles(small, how)
    try:
        import inspect

        takes_noise = "noise_level" in inspect.signature(loaded.pipeline.__call__).parameters
        for number in range(len(tiles.corners)):
            tile = tiles.read(number)
            size = (tile.shape[1] * how.factor, tile.shape[0] * how.factor)
            span = (0.9 * number / len(tiles.corners), 0.9 * (number + 1) / len(tiles.corners))
            made = run_pipeline(
                loaded, progress, steps=steps, size=size, span=span, text=f"tile {number + 1} of {len(tiles.corners)}",
                prompt=prompt, image=_picture(tile), noise_level=noise if takes_noise else None,
                generator=loaded.chance(seed + number),
            )[0]  # fmt: skip
            tiles.write(number, _in_color(made[..., :3], tile, how.factor))
    finally:
        loaded.close()
    colors = tiles.result()
    colors = colors.mean(axis=2, keepdims=True) if count == 1 else colors
    plain[..., :count] = np.rint(np.clip(colors, 0.0, 1.0) * np.float32(most)).astype(pixels.dtype)
    return plain


class _Tiles:
    """A picture in tiles that overlap, and the large one that they come together to."""

    def __init__(self, small: Values, how: Upscaling) -> None:
        self.small, self.how = small, how
        height, width = small.shape[:2]
        self.tall, self.wide = (min(_TILE, -(-size // _LATENT) * _LATENT) for size in (height, width))
        self.rows = _starts(height, self.tall, wraps=how.wraps)
        self.columns = _starts(width, self.wide, wraps=how.wraps)
        self.corners = [(top, left) for top in self.rows for left in self.columns]
        self._sum = np.zeros((height * how.factor, width * how.factor, 3), np.float32)
        self._weight = np.zeros((height * how.factor, width * how.factor, 1), np.float32)

    def read(self, number: int) -> Values:
        """The small tile: beyond the edges round them, or mirrored."""
        top, left = self.corners[number]
        height, width = self.small.shape[:2]
        rows = _folded(top + np.arange(self.tall), height, wraps=self.how.wraps)
        columns = _folded(left + np.arange(self.wide), width, wraps=self.how.wraps)
        return self.small[rows][:, columns]

    def write(self, number: int, made: Values) -> None:
        """Lay the large tile over what is there, softly."""
        top, left = (each * self.how.factor for each in self.corners[number])
        height, width = self._sum.shape[:2]
        tall, wide = self.tall * self.how.factor, self.wide * self.how.factor
        weight = (_soft(tall, self.how.factor)[:, None] * _soft(wide, self.how.factor)[None, :])[..., None]
        for rows, from_rows in _pieces(top, tall, height, wraps=self.how.wraps):
            for columns, from_columns in _pieces(left, wide, width, wraps=self.how.wraps):
                self._sum[rows, columns] += (made * weight)[from_rows, from_columns]
                self._weight[rows, columns] += weight[from_rows, from_columns]

    def result(self) -> Values:
        """All of them together."""
        return np.asarray(self._sum / np.maximum(self._weight, 1e-12), np.float32)


def _soft(length: int, factor: int) -> Values:
    """How much each pixel of a tile counts: less towards its ends."""
    ends = np.minimum(np.arange(length) + 1.0, np.arange(length, 0, -1.0))
    return np.asarray((ends / (_OVERLAP * factor)).clip(0.0, 1.0), np.float32)


def _starts(size: int, tile: int, *, wraps: bool) -> list[int]:
    """Where tiles begin; where the picture repeats, the last lies over the first."""
    step = max(1, tile - _OVERLAP)
    if wraps:
        count = max(1, -(-size // step))
        return sorted({round(number * size / count) for number in range(count)})
    count = max(1, -(-(size - _OVERLAP) // step))
    return sorted({round(number * max(size - tile, 0) / max(count - 1, 1)) for number in range(count)})


def _folded(at: NDArray[np.int64], size: int, *, wraps: bool) -> NDArray[np.int64]:
    if wraps:
        return at % size
    folded = at % (2 * size)
    return np.where(folded < size, folded, 2 * size - 1 - folded)


def _pieces(start: int, length: int, size: int, *, wraps: bool) -> list[tuple[slice, slice]]:
    """Where a run of pixels lies in the picture, and which of its own: what goes beyond the end begins anew, or is dropped."""
    if not wraps:
        kept = min(length, size - start)
        return [(slice(start, start + kept), slice(0, kept))]
    found, at = [], 0
    while at < length:
        here = (start + at) % size
        kept = min(length - at, size - here)
        found.append((slice(here, here + kept), slice(at, at + kept)))
        at += kept
    return found


def _three(values: Values) -> Values:
    return np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values


def _picture(tile: Values) -> Any:
    from PIL import Image

    return Image.fromarray(np.rint(tile * 255.0).astype(np.uint8))


def _in_color(made: Values, tile: Values, factor: int) -> Values:
    """The large tile with the mean colour and the contrast of the small one."""
    if made.shape[0] != tile.shape[0] * factor or made.shape[1] != tile.shape[1] * factor:
        sizes = f"{made.shape[1]} x {made.shape[0]} pixels of {tile.shape[1]} x {tile.shape[0]}"
        raise TaixuError(f"the model made {sizes}; it is no upscaler for {factor} times")
    mean, spread = made.mean(axis=(0, 1)), made.std(axis=(0, 1))
    scale = np.clip((tile.std(axis=(0, 1)) + 1e-3) / (spread + 1e-3), 0.5, 2.0)
    return np.asarray((made - mean) * scale + tile.mean(axis=(0, 1)), np.float32)
