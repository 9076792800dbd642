"""Skies for viewers: radiance around as a small picture that a browser lights with, and the sun apart from it."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Air, Environment

__all__ = ["SkyPlan", "SkyShelf", "plan_sky", "rgb9e5"]

_KEPT = 8
_MAX_ROWS = 1024
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_NIGHT_SHARE, _MOST_NIGHT_STOPS = 0.7, 5.0
_SUN_COSINE, _SUN_GAIN = float(np.cos(np.radians(0.6))), 12.0  # as the renderer shows it


@dataclass(frozen=True, slots=True)
class SkyPlan:
    """What a sky is made of (plain values, so that any thread may make it).

    Attributes
    ----------
    key
        Its name, which says all that it is made of.
    """

    key: str
    file: Path | None = None
    sun_direction: tuple[float, float, float] | None = None
    turbidity: float = 0.0
    ground_color: tuple[float, float, float] = (0.0, 0.0, 0.0)
    air: Air | None = None


def plan_sky(world: World, environment: Environment | None) -> SkyPlan:
    """The sky of a world (its thread); without an environment it stands in the studio, as without a file that is there."""
    from taixu.assets import AssetDatabase
    from taixu.render.air.heavens import air_of

    air = air_of(world)
    if air is not None:
        color = _three((environment or Environment()).ground_color)
        said = [float(getattr(air, name)) for name in ("hour", "day", "latitude_rad", "moon_phase", "moonlight", "haze")]
        return _plan(f"air {said} {color}", air=air, ground_color=color)
    if environment is None:
        return _plan("studio")
    if environment.sky:
        try:
            file = world.resource(AssetDatabase).resolve(str(environment.sky))
            return _plan(f"file {file} {file.stat().st_mtime_ns}", file=file)
        except (KeyError, OSError, TaixuError):
            return _plan("studio")
    sun, ground = _three(environment.sun_direction), _three(environment.ground_color)
    turbidity = float(environment.turbidity)
    return _plan(f"atmosphere {sun} {turbidity} {ground}", sun_direction=sun, turbidity=turbidity, ground_color=ground)


def _plan(said: str, **facts: Any) -> SkyPlan:
    return SkyPlan(hashlib.blake2b(said.encode(), digest_size=8).hexdigest(), **facts)


def _three(values: Any) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return x, y, z


class SkyShelf:
    """The latest few skies as browsers take them; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[bytes, dict[str, Any]]] = OrderedDict()

    def facts(self, plan: SkyPlan, *, turn_rad: float = 0.0) -> dict[str, Any]:
        """A sky's size, and its sun where it has one apart, as the sky is turned; makes it where it is not there yet, which takes
        time.
        """
        facts = self._of(plan)[1]
        if facts["sun"] is None or turn_rad == 0.0:
            return facts
        from taixu.render.air.heavens import turned_back

        turned = turned_back(np.array(facts["sun"]["direction"]), turn_rad)
        return facts | {"sun": facts["sun"] | {"direction": turned.tolist()}}

    def pixels(self, key: str) -> bytes | None:
        """Rows from below, RGB9E5; None where nobody asked for its facts lately."""
        with self._lock:
            found = self._kept.get(key)
        return None if found is None else found[0]

    def _of(self, plan: SkyPlan) -> tuple[bytes, dict[str, Any]]:
        with self._lock:
            if plan.key in self._kept:
                self._kept.move_to_end(plan.key)
                return self._kept[plan.key]
        image, sun = _made(plan)
        height, width = image.shape[:2]
        facts = {
            "image": f"/scene/skies/{plan.key}", "width": width, "height": height, "sun": sun,
            "night_ev": 0.0 if plan.air is None else _night_stops(image, sun),
        }  # fmt: skip
        made = (rgb9e5(image[::-1]).tobytes(), facts)
        with self._lock:
            self._kept[plan.key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


def _made(plan: SkyPlan) -> tuple[NDArray[Any], dict[str, Any] | None]:
    from taixu.render.equirect import shrink
    from taixu.render.sky import make_atmosphere, make_studio

    if plan.file is not None:
        from taixu.render.skies import sky_pixels

        try:
            image = sky_pixels(plan.file)
            return shrink(image, _MAX_ROWS), None
        except (TaixuError, OSError):
            return make_studio(), None
    if plan.air is not None:
        from taixu.render.air.heavens import heavens_of
        from taixu.render.air.medium import Medium
        from taixu.render.air.sky_picture import make_sky

        heavens, medium = heavens_of(plan.air), Medium(float(plan.air.haze))
        return make_sky(heavens, medium, np.array(plan.ground_color)), _sun(*heavens.brightest(medium))
    if plan.sun_direction is None:
        return make_studio(), None
    made = make_atmosphere(plan.sun_direction, turbidity=plan.turbidity, ground_color=plan.ground_color)
    return made.image, _sun(made.sun_direction, made.sun_irradiance)


def _night_stops(image: NDArray[Any], sun: dict[str, Any] | None) -> float:
    """By how many stops a picture is developed longer at night: whoever watches a place wants to see it then, too.

    Eyes follow most of the way from where the ground gets less than at dusk (an irradiance of 1), and stay in the dark at last.
    """
    rows = image.shape[0]
    heights = np.sin((0.5 - (np.arange(rows // 2) + 0.5) / rows) * np.pi)  # of the rows above the horizon
    part = 2.0 * np.pi * np.pi / rows * np.sqrt(1.0 - heights**2) * heights
    light = float((image[: rows // 2] @ _LUMINANCE).mean(axis=1) @ part)
    if sun is not None:
        light += float(np.array(sun["irradiance"]) @ _LUMINANCE) * max(sun["direction"][1], 0.0)
    return round(float(np.clip(-_NIGHT_SHARE * np.log2(max(light, 1e-6)), 0.0, _MOST_NIGHT_STOPS)), 2)


def _sun(direction: NDArray[Any], irradiance: NDArray[Any]) -> dict[str, Any]:
    return {
        "direction": direction.tolist(), "irradiance": irradiance.tolist(),
        "disk_cosine": _SUN_COSINE, "disk_radiance": (irradiance * _SUN_GAIN).tolist(),
    }  # fmt: skip


def rgb9e5(image: NDArray[Any]) -> NDArray[np.uint32]:
    """Colours of a shared exponent, ``uint32[h, w]`` of radiance ``[h, w, 3]`` (EXT_texture_shared_exponent, 1999)."""
    values = np.clip(np.nan_to_num(image.astype(np.float64)), 0.0, 65408.0)
    largest = values.max(axis=-1)
    exponent = np.maximum(-16, np.floor(np.log2(np.maximum(largest, 1e-30)))) + 16
    exponent += np.floor(largest / np.exp2(exponent - 24) + 0.5) >= 512
    mantissas = np.floor(values / np.exp2(exponent - 24)[..., None] + 0.5).astype(np.uint32)
    red, green, blue = mantissas[..., 0], mantissas[..., 1], mantissas[..., 2]
    found: NDArray[np.uint32] = red | green << 9 | blue << 18 | exponent.astype(np.uint32) << 27
    return found
