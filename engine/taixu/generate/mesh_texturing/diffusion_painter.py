"""A painter of views: the user's diffusion model, steered by a ControlNet that sees depth or normals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.diffusion.loading import LoadedPipeline
from taixu.generate.diffusion.running import run_pipeline
from taixu.generate.generator import Progress
from taixu.generate.mesh_texturing.painting import Sitting, feather_px
from taixu.generate.mesh_texturing.projecting import edge_distances

__all__ = ["DiffusionPainter", "own_size_px"]

_LEAST_SHARE = 0.002
Floats = NDArray[np.float64]


@dataclass(slots=True)
class DiffusionPainter:
    """Paints sittings by inpainting: what is bare from noise alone, what is seen better than before from what is there.

    Attributes
    ----------
    loaded
        For the task "inpaint", opened with a ControlNet.
    control
        "depth" or "normal".
    words, avoid
        What it shall be, and what not.
    names_views
        Whether the words say where one looks from.
    adherence
        How strongly the ControlNet steers.
    span, count
        Which part of the progress the pictures are, and how many there will be.
    """

    loaded: LoadedPipeline
    progress: Progress
    words: str
    seed: int
    count: int
    control: str = "depth"
    avoid: str = ""
    names_views: bool = True
    steps: int = 30
    guidance: float = 7.0
    adherence: float = 1.0
    span: tuple[float, float] = (0.1, 0.9)

    def __call__(self, sitting: Sitting) -> Floats:
        """A picture of the view."""
        sight, picture = sitting.sight, sitting.picture
        bare = sitting.wanted >= 0.999
        least = _LEAST_SHARE * max(int(sight.mask.sum()), 1)
        passes: list[tuple[NDArray[np.bool_], float]] = []
        if bare.sum() > least and sitting.strength > 0:
            passes.append((bare | ~sight.mask, sitting.strength))
        again = (sitting.wanted > 0) & ~bare
        if again.sum() > least and sitting.wanted[again].max() > 0:
            passes.append((again, float(sitting.wanted[again].max())))
        for number, (where, strength) in enumerate(passes):
            picture = self._inpaint(sitting, picture, where, strength, number / len(passes), 1 / len(passes))
        return picture

    def _inpaint(
        self, sitting: Sitting, picture: Floats, where: NDArray[np.bool_], strength: float, at: float, share: float
    ) -> Floats:
        from PIL import Image

        sight, size = sitting.sight, sitting.sight.size_px
        far = feather_px(size)
        away = edge_distances(where, far)  # it paints on over the border, and runs out there
        shown = np.repeat(sight.depth_picture[..., None], 3, -1) if self.control == "depth" else sight.normal_picture
        first, last = self.span
        part = (last - first) / self.count
        begin = first + part * (min(sitting.number, self.count - 1) + at)
        strength = min(max(strength, 1.01 / self.steps), 1.0)  # less than a step is none, which pipelines stumble over
        said = f"{self.words}, {sight.view.name}" if self.names_views and self.words else self.words
        pictures = run_pipeline(
            self.loaded, self.progress, steps=self.steps, size=(size, size), span=(begin, begin + part * share),
            text=sight.view.name, prompt=said, negative_prompt=self.avoid or None, image=Image.fromarray(_bytes(picture)),
            mask_image=Image.fromarray((away < far).astype(np.uint8) * np.uint8(255)), control_image=Image.fromarray(_bytes(shown)),
            strength=strength, guidance_scale=self.guidance, controlnet_conditioning_scale=self.adherence, width=size, height=size,
            generator=self.loaded.chance(self.seed + sitting.number),
        )  # fmt: skip
        made = pictures[0, ..., :3].astype(np.float64)
        if made.shape[:2] != (size, size):
            raise TaixuError(f"the model paints {made.shape[1]} by {made.shape[0]}, not {size} pixels; set view_px to what it can")
        soft = 1.0 - away[..., None] / far
        return made * soft + picture * (1 - soft)


def own_size_px(loaded: LoadedPipeline) -> int:
    """The edge of pictures that a model was trained for."""
    pipeline: Any = loaded.pipeline
    network = getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)
    size = getattr(getattr(network, "config", None), "sample_size", None)
    scale = int(getattr(pipeline, "vae_scale_factor", 8))
    if isinstance(size, (list, tuple)):
        size = min(size)
    return int(np.clip(int(size) * scale, 64, 1024)) if size else 1024


def _bytes(picture: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.rint(np.clip(picture, 0.0, 1.0) * 255.0).astype(np.uint8)
