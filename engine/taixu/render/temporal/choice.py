"""What a view has of it, and what others have to know: how large it is drawn, and which pictures fit the finished one."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from taixu.render.views import View

__all__ = ["SMALLEST_SCALE", "TemporalChoice", "choose_temporal", "jitter_offsets", "shown_names", "source_name", "temporal_of"]

SMALLEST_SCALE = 0.5
"""Half of the pixels along each side: with fewer, too little is seen in time."""
_OFFSETS = 8


@dataclass(frozen=True, slots=True)
class TemporalChoice:
    """That a view gathers frames, and how large these are against the picture.

    Attributes
    ----------
    drawn_scale
        Sides of what is drawn over sides of the picture, from `SMALLEST_SCALE` to 1.
    geometry
        What the geometry pass draws for it besides depth.
    """

    drawn_scale: float = 1.0
    geometry: frozenset[str] = frozenset({"velocity"})

    @property
    def upscales(self) -> bool:
        """Whether frames are smaller than the picture."""
        return self.drawn_scale < 1.0

    @property
    def offsets(self) -> NDArray[np.float64]:
        """Where in their pixels frames look, one after the other: as many as there are for each pixel of the picture, and more
        where these are smaller.
        """
        return jitter_offsets(ceil(_OFFSETS / self.drawn_scale**2))


def jitter_offsets(count: int) -> NDArray[np.float64]:
    """Offsets in pixels, [count, 2], evenly spread from -0.5 to 0.5 about 0: Halton's sequence of bases 2 and 3."""
    found = np.array([(_halton(i, 2), _halton(i, 3)) for i in range(1, count + 1)]) - 0.5
    centred: NDArray[np.float64] = found - found.mean(0)
    return centred


def _halton(index: int, base: int) -> float:
    result, fraction = 0.0, 1.0
    while index:
        fraction /= base
        result += fraction * (index % base)
        index //= base
    return result


def choose_temporal(quality: str, settings: dict[str, Any], outputs: frozenset[str]) -> TemporalChoice | None:
    """What settings ask for: "antialias" is "temporal", and "drawn_scale" says how large frames are.

    Views that show no light have none, nor have means of many frames. Those with more outputs than the picture are drawn at its
    size, which the other outputs have.
    """
    if settings.get("antialias") != "temporal" or quality == "fast" or settings.get("shown", "lit") != "lit":
        return None
    if settings.get("traced") or settings.get("reference"):
        return None
    scale = float(settings.get("drawn_scale", 1.0))
    if not isfinite(scale) or outputs != {"color"}:
        scale = 1.0
    return TemporalChoice(min(max(scale, SMALLEST_SCALE), 1.0))


def temporal_of(view: View) -> TemporalChoice | None:
    """What was chosen for a view."""
    found = view.choices.get("temporal")
    return found if isinstance(found, TemporalChoice) else None


def source_name(view: View) -> str:
    """The resource that effects of the camera begin with."""
    return "radiance" if temporal_of(view) is None else "radiance_temporal"


def shown_names(view: View) -> dict[str, str]:
    """By name of a resource: what passes over the picture get in its place, which is as large as that."""
    choice = temporal_of(view)
    return {name: f"{name}_shown" for name in ("depth", "velocity")} if choice is not None and choice.upscales else {}
