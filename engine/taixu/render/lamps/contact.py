"""Shadows of small things by the sun: what a map of shadows is too coarse for is looked for in the depth of the picture.

From each pixel a short ray goes towards the sun; where it passes closely behind what is drawn, that hides the sun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taixu.render.bindings import UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.lighting import UNITS, LightingFeature
from taixu.render.occlusion import has_occlusion
from taixu.render.views import View

__all__ = ["ContactFeature", "has_contact"]

_SHARE, _LONGEST_M = 0.06, 0.4
"""How far is looked: by the distance from the camera, and at most."""


def has_contact(view: View) -> bool:
    """Whether a view looks for them: ``view.settings["contact_shadows"]``, off by default."""
    settings = view.settings
    return view.quality != "fast" and bool(settings.get("contact_shadows")) and bool(settings.get("shadows", True))


class ContactFeature:
    """Gives the pass to views that want it; it stands beside openness in one picture, which the colour passes look up."""

    name = "contact"

    def __init__(self, lighting: LightingFeature) -> None:
        self.lighting = lighting

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """One pass, or none."""
        return (_ContactPass(self.lighting, has_occlusion(view)),) if has_contact(view) else ()


@dataclass(frozen=True)
class _ContactPass:
    """Looks along the rays."""

    lighting: LightingFeature
    occluded: bool
    name: str = "contact shadows"
    rank: int = Rank.AMBIENT + 30

    @property
    def reads(self) -> Sequence[str]:
        """Depth, and openness where it is known."""
        return ("depth", "occlusion") if self.occluded else ("depth",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Openness again, and how much of the sun's light comes through."""
        return {"contact": TextureSpec("rg8")}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        device, view, lights = context.device, context.view, self.lighting.lights
        suns = np.flatnonzero((lights.kinds == 0) & lights.shadows)
        towards = -lights.directions[suns[0]] if len(suns) else np.zeros(3)
        turned = view.camera.world_from_camera[:3, :3].T @ towards
        nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
        pipeline = device.pipeline(
            "passes/fullscreen.vert",
            "passes/lamps/contact.frag",
            defines={"OCCLUDED": self.occluded},
            cull="none",
            depth=None,
            label="contact shadows",
        )
        with device.render_pass(context.targets("contact")) as p:
            p.pipeline(pipeline)
            turn = float(view.history.get("noise_turn", 0.0))
            p.push_uniform(UniformSlot.PASS, np.array([[*turned, turn], [_SHARE, _LONGEST_M, len(suns) > 0, 0]], np.float32))
            p.bind_texture(0, context.texture("depth"), nearest)
            if self.occluded:
                p.bind_texture(1, context.texture("occlusion"), nearest)
            p.draw(3)
        device.bind_texture(UNITS["OPENNESS"], context.texture("contact"), nearest)

