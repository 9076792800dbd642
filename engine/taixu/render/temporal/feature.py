"""The feature: where frames look, and the passes for views that ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from taixu.ecs import World
from taixu.render.context import FrameContext
from taixu.render.graph import PassNode
from taixu.render.temporal.choice import TemporalChoice, choose_temporal, temporal_of
from taixu.render.temporal.passes import GatherPass, KeepSolidPass, ShownGeometryPass
from taixu.render.temporal.past import Past
from taixu.render.views import View

__all__ = ["TemporalFeature"]

_SHARPER = -0.5
"""Levels of mip maps: each frame looks at a part of a pixel, and the mean is smooth."""
_GOLDEN = 0.618034
"""Of a turn: by as much is noise other in each frame, so that any few of them are spread evenly."""


class TemporalFeature:
    """Gathers frames where ``view.settings["antialias"]`` is "temporal"; ``"drawn_scale"``, from 0.5 to 1, draws them smaller than
    the picture.

    The first frame of a view, and the first after a cut, has no past: it is as smooth as one frame can be.
    """

    name = "temporal"

    def choose(self, world: World, view: View) -> TemporalChoice | None:
        """Whether the view gathers, and how large its frames are."""
        if "sample" in view.history:  # a still takes the mean of frames itself
            return None
        return choose_temporal(view.quality, view.settings, view.outputs)

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow: views differ."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Say where this frame looks."""
        choice = temporal_of(view)
        if choice is None:
            if "temporal" in view.history:
                view.history.pop("temporal").release()
                for name in ("texture_bias", "noise_turn"):
                    view.history.pop(name, None)
                view.jitter = (0.0, 0.0)
            return
        past: Past = view.history.setdefault("temporal", Past())
        past.begin(frame, view)
        offsets, (width, height) = choice.offsets, view.drawn_size
        x, y = offsets[past.index % len(offsets)]
        view.jitter = (float(2 * x / width), float(2 * y / height))
        view.history["noise_turn"] = past.index * _GOLDEN % 1.0
        view.history["texture_bias"] = log2(choice.drawn_scale) + _SHARPER

    def nodes(self, view: View) -> Sequence[PassNode]:
        """What is solid, kept aside; the frame, gathered; depth at the size of the picture."""
        choice = temporal_of(view)
        if choice is None:
            return ()
        nodes: list[PassNode] = [KeepSolidPass(view.samples), GatherPass(choice.upscales)]
        if choice.upscales:
            nodes.append(ShownGeometryPass())
        return nodes
