"""Depth of field: what is out of focus is blurred by the shape of the aperture.

The radius of blur is that of a thin lens of the component's aperture and of the focal length that the camera's angle has on its
sensor; the path tracer's lens is the same one. It is gathered at half size: what lies behind, and what lies before, each by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin, sqrt, tan

import numpy as np
from numpy.typing import NDArray

from taixu.render.context import PassContext
from taixu.render.graph import Rank, TextureSpec
from taixu.render.post.drawing import draw_over, stops_by_hand
from taixu.render.post.effects import Effects, effects_of
from taixu.render.views import ViewCamera

__all__ = ["LARGEST", "BlurPass", "FocusPass", "HalfSizePass", "ReachPass", "aperture_radius_m", "aperture_taps"]

LARGEST = 0.05
"""Largest radius of blur, in heights of the picture."""
_TAPS = 48


def aperture_radius_m(effects: Effects, camera: ViewCamera) -> float:
    """Radius of the opening: half of focal length over f-stop, where the focal length is that of angle and sensor."""
    asked = effects.depth_of_field
    if asked is None or camera.height_m > 0:
        return 0.0
    focal_m = 0.5 * asked.sensor_height_m / tan(0.5 * camera.fov_y_rad)
    return 0.5 * focal_m / asked.f_stop


@cache
def aperture_taps(blades: int) -> NDArray[np.float32]:
    """Points spread evenly over an opening of so many corners (below 3: a disc), [48, 4]: offset, how far out from 0 to 1, 0."""
    taps = np.zeros((_TAPS, 4), np.float32)
    for i in range(_TAPS):
        out, angle = sqrt((i + 0.5) / _TAPS), i * pi * (3.0 - sqrt(5.0))
        edge = 1.0
        if blades >= 3:
            corner = 2.0 * pi / blades
            edge = cos(pi / blades) / cos(angle % corner - pi / blades)
        taps[i] = (out * edge * sin(angle), out * edge * cos(angle), out, 0.0)
    taps.flags.writeable = False
    return taps


def _lens(context: PassContext) -> NDArray[np.float32]:
    effects, camera = effects_of(context.view), context.view.camera
    spread = aperture_radius_m(effects, camera) / (2.0 * tan(0.5 * camera.fov_y_rad))
    return np.array([effects.focus_m, spread, LARGEST, 2.0 ** stops_by_hand(context)], np.float32)


@dataclass(frozen=True)
class HalfSizePass:
    """Half size, radii in alpha."""

    source: str
    name: str = "focus: half size"
    rank: int = Rank.POST + 52

    @property
    def reads(self) -> Sequence[str]:
        """The picture, and its depth."""
        return (self.source, "depth")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Colours, and radii in heights of the picture."""
        return {"focus_half": TextureSpec("rgba16f", scale=0.5)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        textures = [context.texture(self.source), context.texture("depth")]
        draw_over(context, context.targets("focus_half"), "focus_half.frag", textures, _lens(context))


@dataclass(frozen=True)
class ReachPass:
    """How far light is spread in each tile."""

    name: str = "focus: reach"
    rank: int = Rank.POST + 53
    reads: Sequence[str] = ("focus_half",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The largest radius of each."""
        return {"focus_reach": TextureSpec("r16f", scale=LARGEST)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        targets = context.targets("focus_reach")
        block = np.array([*targets.size, 0, 0], np.float32)
        draw_over(context, targets, "focus_tiles.frag", [context.texture("focus_half")], block)


@dataclass(frozen=True)
class BlurPass:
    """What is out of focus."""

    name: str = "focus: blur"
    rank: int = Rank.POST + 54
    reads: Sequence[str] = ("focus_half", "focus_reach")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Blurred colours; alpha: how much of them stands before what is sharp."""
        return {"focus_blurred": TextureSpec("rgba16f", scale=0.5)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        asked = effects_of(context.view).depth_of_field
        assert asked is not None
        width, height = context.view.size
        head = np.array([[_TAPS, width / height, 2.0 / height, 0]], np.float32)
        block = np.concatenate([head, aperture_taps(int(asked.blades))])
        textures = [context.texture(name) for name in self.reads]
        # Radii of neighbours are never mixed: halfway between near and far there is nothing.
        draw_over(context, context.targets("focus_blurred"), "focus_blur.frag", textures, block)


@dataclass(frozen=True)
class FocusPass:
    """Sharp and blurred, each where it belongs."""

    source: str
    name: str = "focus"
    rank: int = Rank.POST + 55

    @property
    def reads(self) -> Sequence[str]:
        """The sharp picture, its depth, the blurred one."""
        return (self.source, "depth", "focus_blurred")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The picture."""
        return {"radiance_focused": TextureSpec("rgba16f")}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        textures = [context.texture(name) for name in self.reads]
        draw_over(context, context.targets("radiance_focused"), "focus_mix.frag", textures, _lens(context), smooth=True)
