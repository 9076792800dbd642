"""Stars and the moon, drawn as themselves over the sky of a world's `Air`: sharp at every size of a picture.

Stars are numbers: where one stands, how bright it is and of which colour follows from its number, by the laws that hold for the
sky. They turn with hour, day and latitude about the pole; low ones are dimmed and reddened by the
air. The moon is a ball that the sun lights, so that its phase and the lie of its horns are right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import ADD, DepthState, Device, StructLayout
from taixu.render.air.volume import air_defines
from taixu.render.bindings import UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.lighting import LightingFeature
from taixu.render.views import View
from taixu.scene import Air

from .heavens import EYE_M, SUN_COLOR, air_of, heavens_of, light_scale, world_from_equatorial
from .medium import GROUND_M, Medium

__all__ = ["FAINTEST", "STARS", "StarFeature"]

STARS, FAINTEST = 6000, 6.5
"""As many as are brighter than this magnitude; half of them are above a horizon."""
_BRIGHTNESS = 7e-4
"""Radiance of a star of magnitude 0 in scene units where a pixel is a radian wide: as nights are, more than in life."""
_MOON_RADIUS, _MOON_GAIN = np.radians(0.6), 2.2  # as large as the sun's disk is shown

_BLOCK = StructLayout(
    "StarBlock",
    [
        ("world_from_stars", "f4", (4, 4)),
        ("loss", "f4", (4,)),  # optical depth of the air overhead; w: brightness of magnitude 0
        ("moon", "f4", (4,)),  # towards it; w: tangent of its radius
        ("moon_light", "f4", (4,)),  # radiance of its full face above the air
        ("sun", "f4", (4,)),
    ],
    rules="std140",
)


class StarFeature:
    """Gives the pass that draws stars and the moon, where a view shows the sky of the world's `Air`.

    ``view.settings["stars"]`` False leaves both out.
    """

    name = "stars"

    def __init__(self, device: Device, lighting: LightingFeature) -> None:
        self.device, self.lighting = device, lighting
        device.shaders.add_source(
            "generated/stars.glsl",
            f"#define STARS {STARS}\n#define FAINTEST {FAINTEST}\n"
            + _BLOCK.uniform_block("StarUniforms", binding=UniformSlot.PASS),
        )
        self._air: Air | None = None
        self._medium = Medium(1.0)

    def choose(self, world: World, view: View) -> bool:
        """Whether this view shows a sky with stars."""
        settings = view.settings
        if view.quality == "fast" or view.camera.height_m > 0 or settings.get("background", "sky") != "sky":
            return False
        shown = bool(settings.get("stars", True)) and float(settings.get("background_blur", 0.0)) <= 0
        return shown and not self.lighting.skies.is_overridden and air_of(world) is not None

    def extract(self, frame: FrameContext) -> None:
        """Find the air."""
        self._air = air_of(frame.world)
        if self._air is not None and self._medium.haze != float(self._air.haze):
            self._medium = Medium(float(self._air.haze))

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass."""
        return (_StarPass(self, "_ms" if view.samples > 1 else ""),) if view.choices.get(self.name) else ()

    def draw(self, context: PassContext, radiance: str, depth: str) -> None:
        """Draw the moon, and stars at night."""
        if self._air is None:
            return
        view, device = context.view, self.device
        block, stars = self._block(self._air)
        pipeline = device.pipeline(
            "passes/air/star.vert", "passes/air/star.frag",
            defines={"FOG": self.lighting.has_fog(view), **air_defines(view)}, cull="none",
            depth=DepthState(compare="greater_equal", write=False), blend=ADD, label="stars",
        )  # fmt: skip
        with device.render_pass(context.targets(radiance, depth=depth)) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, block)
            p.draw(6 * (1 + stars))

    def _block(self, air: Air) -> tuple[NDArray[Any], int]:
        """The block, and how many stars are worth drawing."""
        heavens, block, environment = heavens_of(air), _BLOCK.zeros(), self.lighting.environment
        turn = np.eye(4)
        c, s = np.cos(float(environment.rotation_rad)), np.sin(float(environment.rotation_rad))
        back = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])  # as the sky's picture is turned
        turn[:3, :3] = back @ world_from_equatorial(air)
        block["world_from_stars"] = turn.T
        up = self._medium.transmittance(np.array([GROUND_M + EYE_M]), np.ones(1))[0]
        # The sky of twilight is brighter than theirs.
        dark = float(np.clip((0.02 - heavens.sun[1]) / 0.16, 0.0, 1.0)) ** 2
        intensity = float(environment.intensity)
        block["loss"][:3] = -np.log(np.maximum(up, 1e-6))
        block["loss"][3] = _BRIGHTNESS * dark * float(np.clip(np.nan_to_num(float(air.stars)), 0.0, 1e3)) * intensity
        block["moon"] = (*(back @ heavens.moon), np.tan(_MOON_RADIUS))
        face = SUN_COLOR * (light_scale(self._medium) * float(air.moonlight) * _MOON_GAIN * intensity)
        block["moon_light"][:3] = face
        block["sun"][:3] = back @ heavens.sun
        return block, STARS if block["loss"][3] > 0 else 0


@dataclass(frozen=True)
class _StarPass:
    """Draws over the sky, where nothing stands before it."""

    feature: StarFeature
    tail: str
    name: str = "stars"
    rank: int = Rank.SKY + 10

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides what lies behind."""
        return (f"depth{self.tail}",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over radiance."""
        return {f"radiance{self.tail}": None}

    def run(self, context: PassContext) -> None:
        """Draw."""
        self.feature.draw(context, f"radiance{self.tail}", f"depth{self.tail}")
