"""What a Bullet body is made of, kept so that it can be made again in another form: free, or as a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .batch import ALL_LAYERS, BodyBatch
from .mass import MassProperties
from .shapes import Shape

__all__ = ["BodySpec", "body_spec", "bullet_damping"]

RAY_BIT = 1
"""Both sides must agree to collide (filter mode 0). Bullet's rays are in group 1: every mask holds that bit, and no body
is in that group."""


@dataclass(frozen=True)
class BodySpec:
    """What a body is made of, for making it again in another form."""

    kind: int
    solids: tuple[tuple[Shape, NDArray[Any]], ...]  # shape, pose in the body's frame
    triggers: tuple[tuple[Shape, NDArray[Any], int, int], ...]  # shape, pose, layer, mask
    mass: MassProperties | None
    friction: float
    restitution: float
    linear_damping: float
    angular_damping: float
    gravity_scale: float
    layer: int
    mask: int
    flags: int
    events: bool

    @property
    def radius_m(self) -> float:
        return max((s.bounding_radius_m + float(np.linalg.norm(p[:3])) for s, p in self.solids), default=0.0)

    @property
    def group(self) -> int:
        return self.layer << 1

    @property
    def native_mask(self) -> int:
        return (self.mask << 1) | RAY_BIT


def bullet_damping(rate: float) -> float:
    """Bullet's damping is the part of the velocity lost in a second; ours is a rate, 1/s."""
    return float(-np.expm1(-rate))


def body_spec(batch: BodyBatch, row: int, colliders: NDArray[Any], mass: MassProperties | None) -> BodySpec:
    """The spec of one row of a batch with its `COLLIDER` rows."""
    solid = colliders[~colliders["trigger"]]
    first = solid[0] if len(solid) else None
    masks = np.bitwise_or.reduce(solid["mask"]) if len(solid) else 0
    layers = np.bitwise_or.reduce(solid["layer"]) if len(solid) else 0
    return BodySpec(
        kind=int(batch.kinds[row]),
        solids=tuple((batch.shapes[c["shape"]], c["pose"].copy()) for c in solid),
        triggers=tuple(
            (batch.shapes[c["shape"]], c["pose"].copy(), int(c["layer"]) & ALL_LAYERS, int(c["mask"]) & ALL_LAYERS)
            for c in colliders[colliders["trigger"]]
        ),
        mass=mass,
        friction=float(first["friction"]) if first is not None else 0.0,
        restitution=float(first["restitution"]) if first is not None else 0.0,
        linear_damping=float(batch.linear_dampings[row]),
        angular_damping=float(batch.angular_dampings[row]),
        gravity_scale=float(batch.gravity_scales[row]),
        layer=int(layers) & ALL_LAYERS,
        mask=int(masks) & ALL_LAYERS,
        flags=int(batch.flags[row]),
        events=bool(solid["events"].any()),
    )
