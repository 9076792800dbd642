"""Exposure that follows the picture: a histogram of luminances, and an eye that gets used to it. Nothing is read back.

The mean of the logarithms between two quantiles, the darkest and the brightest left out, comes to middle grey; how much of the way
it goes is the component's strength. The first frame of a view, and every frame that takes no time (stills), is adapted at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from taixu.gpu import Device
from taixu.render.bindings import StorageSlot, UniformSlot
from taixu.render.context import PassContext
from taixu.render.graph import Rank, TextureSpec
from taixu.render.post.effects import effects_of

__all__ = ["MeterPass"]

_BYTES = 4 * (4 + 256)
_QUANTILES = (0.1, 0.97)
_ROWS = 180
"""As many rows of the picture are looked at."""


@dataclass(frozen=True)
class MeterPass:
    """Measures, and adapts. What it found is ``view.history["exposure"]``, a buffer (shaders/common/exposure.glsl)."""

    device: Device
    source: str = "radiance"
    name: str = "exposure"
    rank: int = Rank.POST + 50
    is_needed: bool = True

    @property
    def reads(self) -> Sequence[str]:
        """The picture."""
        return (self.source,)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """A buffer only."""
        return {}

    def run(self, context: PassContext) -> None:
        """Dispatch twice."""
        asked = effects_of(context.view).auto_exposure
        assert asked is not None
        device, history = context.device, context.view.history
        if "exposure" not in history:
            history["exposure"] = device.buffer(np.zeros(_BYTES // 4, np.uint32), label="exposure")
        width, height = context.view.size
        step = max(1, height // _ROWS)
        meter = device.compute_pipeline("compute/post/meter.comp", label="meter exposure")
        adapt = device.compute_pipeline("compute/post/adapt.comp", label="adapt exposure")
        device.bind_storage(StorageSlot.FREE, history["exposure"])
        nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
        device.bind_texture(0, context.texture(self.source), nearest)
        device.push_uniform(UniformSlot.PASS, np.array([asked.center_weight, step, 0, 0], np.float32))
        groups = 16 * step
        device.dispatch(meter, -(-width // groups), -(-height // groups))
        device.barrier()
        delta = context.frame.delta_secs
        pace = [_share(delta, asked.brighter_secs), _share(delta, asked.darker_secs), *_QUANTILES]
        low, high = sorted((asked.min_ev, asked.max_ev))
        device.push_uniform(UniformSlot.PASS, np.array([[low, high, asked.compensation_ev, asked.strength], pace], np.float32))
        device.dispatch(adapt, 1)
        device.barrier()


def _share(delta_secs: float, secs: float) -> float:
    """The part of the way that an eye goes in a frame, when it has gone most of it after `secs`."""
    return 1.0 if delta_secs <= 0 or secs <= 0 else 1.0 - exp(-delta_secs * 3.0 / secs)
