"""Animations as decoders make them: key times and key values, not yet resampled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Animation", "Channel", "Interpolation", "TargetPath"]

Interpolation = Literal["LINEAR", "STEP", "CUBICSPLINE"]
TargetPath = Literal["translation", "rotation", "scale", "weights", "pointer"]


@dataclass(slots=True)
class Channel:
    """One animated property.

    Attributes
    ----------
    node : int or None
        The node, for every path but ``"pointer"``.
    path : str
        ``"translation"`` (metres), ``"rotation"`` (unit quaternion x, y, z, w: slerp when linear),
        ``"scale"``, ``"weights"`` (morph targets), or ``"pointer"`` (`KHR_animation_pointer`).
    pointer : str
        JSON pointer into the glTF that the model came from, e.g.
        ``/materials/3/pbrMetallicRoughness/baseColorFactor``; indices equal those of `ModelData`'s lists.
    times : float32 array [k]
        Seconds, strictly rising.
    values : float32 array [k, c]
        One row a key; c components (3, 4, number of targets, or what the pointer names).
    interpolation : str
        ``"LINEAR"``, ``"STEP"`` or ``"CUBICSPLINE"``.
    in_tangents, out_tangents : float32 array [k, c] or None
        For cubic splines only; scaled by the time between keys when evaluated (glTF 2.0, appendix C).
    """

    node: int | None
    path: TargetPath
    times: NDArray[np.float32]
    values: NDArray[np.float32]
    interpolation: Interpolation = "LINEAR"
    in_tangents: NDArray[np.float32] | None = None
    out_tangents: NDArray[np.float32] | None = None
    pointer: str = ""
    extras: Any = None


@dataclass(slots=True)
class Animation:
    """Channels that play together."""

    name: str = ""
    channels: list[Channel] = field(default_factory=list)
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def duration_secs(self) -> float:
        """The last key's time, in seconds."""
        return max((float(channel.times[-1]) for channel in self.channels if len(channel.times)), default=0.0)
