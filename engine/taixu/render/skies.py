"""Which sky lights a world: a picture, the procedural atmosphere, or the studio; kept on the device while in use."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.gpu import Device
from taixu.render.disk_cache import content_key
from taixu.render.environment import EnvironmentMaps, make_environment
from taixu.render.sky import make_atmosphere, make_studio
from taixu.scene import Environment

__all__ = ["Skies", "Sky", "read_sky"]

_log = logging.getLogger(__name__)
_KEPT = 4
_SUN_COSINE, _SUN_GAIN = float(np.cos(np.radians(0.6))), 12.0  # a disk larger and much dimmer than the real one


@dataclass(frozen=True)
class Sky:
    """A sky on the device, and its sun where it is procedural.

    Attributes
    ----------
    sun_direction : float64[3] or None
        Unit, towards the sun.
    sun_irradiance : float64[3] or None
        What a surface that faces the sun gets.
    """

    maps: EnvironmentMaps
    sun_direction: NDArray[np.float64] | None = None
    sun_irradiance: NDArray[np.float64] | None = None

    def sun_disk(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Direction and cosine of radius of the sun as it is shown, and its radiance; a cosine of 2: there is none."""
        if self.sun_direction is None or self.sun_irradiance is None:
            return (0.0, 1.0, 0.0, 2.0), (0.0,) * 4
        return (*self.sun_direction.tolist(), _SUN_COSINE), (*(self.sun_irradiance * _SUN_GAIN).tolist(), 0.0)


class Skies:
    """The latest few skies, so that worlds and views may take turns without making theirs anew."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._kept: OrderedDict[Any, Sky] = OrderedDict()
        self._override: tuple[str, NDArray[np.floating[Any]]] | None = None

    def override(self, image: NDArray[np.floating[Any]] | None) -> None:
        """Take this equirectangular picture [h, w, 3] for every world; None ends that."""
        self._override = None if image is None else (content_key(image), image)

    def of(self, world: World, environment: Environment | None) -> Sky:
        """The sky of a world with this environment; without one it stands in the studio."""
        key: Any
        if self._override is not None:
            key = ("override", self._override[0])
        elif environment is None:
            key = ("studio",)
        elif environment.sky:
            key = ("file", str(environment.sky), *_stamp(world, str(environment.sky)))
        else:
            sun = tuple(float(v) for v in environment.sun_direction)
            key = ("atmosphere", sun, float(environment.turbidity), tuple(float(v) for v in environment.ground_color))
        sky = self._kept.get(key)
        if sky is None:
            sky = self._kept[key] = self._make(world, environment, key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)[1].maps.release()
        self._kept.move_to_end(key)
        return sky

    def release(self) -> None:
        """Give the textures back."""
        for sky in self._kept.values():
            sky.maps.release()
        self._kept.clear()

    def _make(self, world: World, environment: Environment | None, key: Any) -> Sky:
        if key[0] == "atmosphere":
            made = make_atmosphere(key[1], turbidity=key[2], ground_color=key[3])
            return Sky(make_environment(self.device, made.image), made.sun_direction, made.sun_irradiance)
        if key[0] == "override":
            assert self._override is not None
            return Sky(make_environment(self.device, self._override[1]))
        if key[0] == "file":
            try:
                return Sky(make_environment(self.device, read_sky(world, key[1])))
            except (TaixuError, OSError) as error:
                _log.warning("the studio stands in for a sky that cannot be read: %s", error)
        return Sky(make_environment(self.device, make_studio()))


def _stamp(world: World, path: str) -> tuple[str, int]:
    """Whose file it is and when it was written: another project's of the same path is another sky, and so is a new one."""
    from taixu.assets import AssetDatabase

    root = world.resource(AssetDatabase).root if world.has_resource(AssetDatabase) else Path()
    try:
        return str(root), (root / path).stat().st_mtime_ns
    except OSError:
        return str(root), 0


def read_sky(world: World, path: str) -> NDArray[np.float32]:
    """An equirectangular picture named by a world: HDR, EXR or an 8-bit image; [h, w, 3] linear.

    Raises
    ------
    TaixuError
        Where it is missing or cannot be read.
    """
    from taixu.assets import AssetDatabase
    from taixu.assets.image import read_image

    file = world.resource(AssetDatabase).resolve(path) if world.has_resource(AssetDatabase) else Path(path)
    pixels = read_image(file)
    values: NDArray[Any] = np.asarray(pixels, np.float32)
    if pixels.dtype.kind == "u":
        values = values / np.float32(np.iinfo(str(pixels.dtype)).max)
        values = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.repeat(values[..., :1], 3, -1) if values.shape[-1] < 3 else values[..., :3]
