"""The feature that gives a view the passes of the effects that are on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.gpu import Device, Texture
from taixu.render.context import FrameContext
from taixu.render.graph import PassNode
from taixu.render.post.bend import BendPass
from taixu.render.post.bloom import BloomPass
from taixu.render.post.effects import OFF, Effects, PostChoice, effects_of, read_effects
from taixu.render.post.exposure import MeterPass
from taixu.render.post.flare import FlarePass
from taixu.render.post.focus import BlurPass, FocusPass, HalfSizePass, ReachPass
from taixu.render.post.motion import FastestPass, MotionPass, NeighborsPass
from taixu.render.post.tables import Tables, lut_texture
from taixu.render.temporal.choice import source_name
from taixu.render.views import View

__all__ = ["PostFeature", "choice_of", "developed_name"]

_log = logging.getLogger(__name__)
_NOTHING = PostChoice()


class PostFeature:
    """Reads the world's components for each view, and gives the passes in front of the tone map."""

    name = "post"

    def __init__(self, device: Device) -> None:
        self.device = device
        self._tables = Tables()
        self._lut: tuple[object, Texture] | None = None
        self._said = ""

    def choose(self, world: World, view: View) -> PostChoice:
        """Which passes the view has in this frame."""
        effects = OFF if view.quality == "fast" else read_effects(world, view.settings, view.camera)
        if effects.color_grading is not None and effects.color_grading.lut:
            effects = self._with_table(world, effects, str(effects.color_grading.lut))
        view.history["post"] = effects
        return effects.choice()

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow: views differ."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Bring the view's table of colours to the device."""
        lut = effects_of(view).lut
        if lut is not None and (self._lut is None or self._lut[0] is not lut):
            self._lut = (lut, lut_texture(self.device, lut))

    def nodes(self, view: View) -> Sequence[PassNode]:
        """Passes from "radiance" to what the tone map reads."""
        passes, name = choice_of(view).passes, source_name(view)
        nodes: list[PassNode] = []
        measured = "exposure" in passes
        if measured:
            nodes.append(MeterPass(self.device, name))
        if "focus" in passes:
            nodes += [HalfSizePass(name), ReachPass(), BlurPass(), FocusPass(name)]
            name = "radiance_focused"
        if "motion" in passes:
            nodes += [FastestPass(), NeighborsPass(), MotionPass(name)]
            name = "radiance_moved"
        if "bend" in passes:
            nodes.append(BendPass(name))
            name = "radiance_bent"
        if "bloom" in passes:
            nodes.append(BloomPass(name, view.size, measured))
        if "flare" in passes:
            nodes.append(FlarePass(measured))
        return nodes

    @property
    def lut(self) -> Texture:
        """The table of colours of the view that was prepared."""
        assert self._lut is not None
        return self._lut[1]

    def release(self) -> None:
        """Give the table back."""
        if self._lut is not None:
            self._lut[1].release()
        self._lut = None

    def _with_table(self, world: World, effects: Effects, path: str) -> Effects:
        try:
            return replace(effects, lut=self._tables.find(world, path))
        except (TaixuError, OSError) as error:
            if str(error) != self._said:  # once, not in every frame
                self._said = str(error)
                _log.error("colours are not graded by a table: %s", error)
            return effects


def choice_of(view: View) -> PostChoice:
    """What was chosen for a view."""
    found = view.choices.get("post", _NOTHING)
    assert isinstance(found, PostChoice)
    return found


def developed_name(view: View) -> str:
    """The resource that the tone map reads."""
    passes = choice_of(view).passes
    for name, resource in (("bend", "radiance_bent"), ("motion", "radiance_moved"), ("focus", "radiance_focused")):
        if name in passes:
            return resource
    return source_name(view)
