"""Which sky lights a world: a picture, the procedural atmosphere, or the studio; kept on the device while in use."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.gpu import Device
from taixu.render.air.heavens import Heavens, air_of, heavens_of, turned_back
from taixu.render.air.medium import Medium
from taixu.render.air.sky_picture import make_sky
from taixu.render.disk_cache import content_key
from taixu.render.environment import EnvironmentMaps, PreparedSky, finish_environment, prepare_environment
from taixu.render.sky import is_known, make_atmosphere, make_studio
from taixu.scene import Air, Environment

__all__ = ["Skies", "Sky", "read_sky", "sky_pixels"]

_log = logging.getLogger(__name__)
_KEPT = 4
_SUN_COSINE, _SUN_GAIN = float(np.cos(np.radians(0.6))), 12.0  # a disk larger and much dimmer than the real one


@dataclass(frozen=True)
class Sky:
    """A sky on the device, and its sun where it is procedural: at night the moon, where that is brighter.

    Attributes
    ----------
    sun_direction : float64[3] or None
        Unit, towards the sun in the world: as the sky is turned (`Environment.rotation_rad`).
    sun_irradiance : float64[3] or None
        What a surface that faces the sun gets.
    is_moon
        Whether it is the moon.
    """

    maps: EnvironmentMaps
    sun_direction: NDArray[np.float64] | None = None
    sun_irradiance: NDArray[np.float64] | None = None
    is_moon: bool = False

    def sun_disk(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Direction and cosine of radius of the sun as it is shown, and its radiance; a cosine of 2: there is none (of the moon,
        which is drawn with the stars).
        """
        if self.sun_direction is None or self.sun_irradiance is None or self.is_moon:
            return (0.0, 1.0, 0.0, 2.0), (0.0,) * 4
        return (*self.sun_direction.tolist(), _SUN_COSINE), (*(self.sun_irradiance * _SUN_GAIN).tolist(), 0.0)


class Skies:
    """The latest few skies, so that worlds and views may take turns without making theirs anew.

    Attributes
    ----------
    waits
        Whether a frame waits until its sky is made: half a second for one that nobody has seen yet. Where it does not, the sky
        that the world had is shown meanwhile, and `version` goes up when the new one is there: who moves a sun sees it follow.
    version
        Goes up when a sky was made in the background.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.waits = True
        self.version = 0
        self._kept: OrderedDict[Any, Sky] = OrderedDict()
        self._shown: WeakKeyDictionary[World, Any] = WeakKeyDictionary()
        self._override: tuple[str, NDArray[np.floating[Any]]] | None = None
        self._making: _Making | None = None
        self._wanted: _Making | None = None
        self._air: Medium | None = None

    def override(self, image: NDArray[np.floating[Any]] | None) -> None:
        """Take this equirectangular picture [h, w, 3] for every world; None ends that."""
        self._override = None if image is None else (content_key(image), image)

    @property
    def is_overridden(self) -> bool:
        """Whether one picture stands for every world's sky."""
        return self._override is not None

    @property
    def is_making(self) -> bool:
        """Whether one is made in the background."""
        return self._making is not None

    def of(self, world: World, environment: Environment | None) -> Sky:
        """The sky of a world with this environment; without one, and without air, it stands in the studio."""
        sky = self._unturned(world, environment)
        turn = 0.0 if environment is None else float(environment.rotation_rad)
        if sky.sun_direction is None or turn == 0.0:
            return sky
        return replace(sky, sun_direction=turned_back(sky.sun_direction, turn).astype(np.float64))

    def _unturned(self, world: World, environment: Environment | None) -> Sky:
        air = None if self._override is not None else air_of(world)
        if air is None:
            return self._of(world, self._key(world, environment))
        ground = Environment().ground_color if environment is None else environment.ground_color
        sky, heavens = self._of(world, _air_key(air, ground)), heavens_of(air)
        # The light goes with the hour, also where a picture of the sky is yet to come.
        direction, light = heavens.brightest(self._medium(float(air.haze)))
        return replace(
            sky, sun_direction=direction.astype(np.float64), sun_irradiance=light.astype(np.float64),
            is_moon=direction is heavens.moon,
        )  # fmt: skip

    def _key(self, world: World, environment: Environment | None) -> Any:
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
        return key

    def _medium(self, haze: float) -> Medium:
        if self._air is None or self._air.haze != haze:
            self._air = Medium(haze)
        return self._air

    def _of(self, world: World, key: Any) -> Sky:
        self.follow()
        if key not in self._kept:
            before = self._shown.get(world)
            stand_in = self._stand_in(key, before)
            if stand_in is not None:
                self._begin(_Making(key, partial(self._prepare, world, key, keep=before is None), keep=before is None))
                self._kept.move_to_end(stand_in)
                return self._kept[stand_in]
            self._put(key, self._finish(self._prepare(world, key)))
        self._kept.move_to_end(key)
        self._shown[world] = key
        return self._kept[key]

    def follow(self) -> None:
        """Take in what was made in the background, and go on with what is wanted next; cheap."""
        done = self._making
        if done is None or not done.is_done:
            return
        self._making = None
        if done.key not in self._kept:
            made = done.made or _Made(prepare_environment(make_studio()))
            self._put(done.key, self._finish(made, keep=done.keep))
        self.version += 1
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted.key not in self._kept:
            self._begin(wanted)

    def release(self) -> None:
        """Give the textures back."""
        if self._making is not None:
            self._making.join()
        self._making = self._wanted = None
        for sky in self._kept.values():
            sky.maps.release()
        self._kept.clear()

    def _stand_in(self, key: Any, before: Any) -> Any:
        """The key of the sky that is shown until this one is made; None where a frame waits for it."""
        if self.waits or key[0] not in ("air", "atmosphere", "file"):
            return None
        if before in self._kept:
            return before
        is_soon = key[0] in ("air", "file") or is_known(key[1], turbidity=key[2], ground_color=key[3])
        return None if is_soon or ("studio",) not in self._kept else ("studio",)

    def _begin(self, wanted: _Making) -> None:
        """Make it in the background; what was wanted before and has not begun is forgotten."""
        if self._making is None:
            self._making = wanted
            wanted.begin()
        elif self._making.key != wanted.key:
            self._wanted = wanted

    def _put(self, key: Any, sky: Sky) -> None:
        self._kept[key] = sky
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)[1].maps.release()

    def _finish(self, made: _Made, *, keep: bool = True) -> Sky:
        return Sky(finish_environment(self.device, made.maps, keep=keep), made.sun_direction, made.sun_irradiance)

    def _prepare(self, world: World, key: Any, *, keep: bool = True) -> _Made:
        """All that needs no device."""
        if key[0] == "atmosphere":
            made = make_atmosphere(key[1], turbidity=key[2], ground_color=key[3], keep=keep)
            return _Made(prepare_environment(made.image), made.sun_direction, made.sun_irradiance)
        if key[0] == "air":
            _, sun, moon, share, haze, ground = key
            heavens = Heavens(np.array(sun), np.array(moon), share)
            return _Made(prepare_environment(make_sky(heavens, Medium(haze), np.array(ground))))
        if key[0] == "override":
            assert self._override is not None
            return _Made(prepare_environment(self._override[1]))
        if key[0] == "file":
            try:
                return _Made(prepare_environment(read_sky(world, key[1])))
            except (TaixuError, OSError) as error:
                _log.warning("the studio stands in for a sky that cannot be read: %s", error)
        return _Made(prepare_environment(make_studio()))


@dataclass(frozen=True, slots=True)
class _Made:
    """A sky that only has to be brought to the device."""

    maps: PreparedSky
    sun_direction: NDArray[np.float64] | None = None
    sun_irradiance: NDArray[np.float64] | None = None


class _Making:
    """A sky that a thread makes."""

    def __init__(self, key: Any, make: Callable[[], _Made], *, keep: bool) -> None:
        self.key, self.keep, self._make = key, keep, make
        self.made: _Made | None = None
        self._thread: Thread | None = None

    def begin(self) -> None:
        """Start."""
        self._thread = Thread(target=self._run, name="taixu-sky", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether it is made, or cannot be."""
        return self._thread is not None and not self._thread.is_alive()

    def join(self) -> None:
        """Wait for its end."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self.made = self._make()
        except Exception:
            _log.exception("a sky could not be made")


def _air_key(air: Air, ground: Any) -> Any:
    seen = heavens_of(air).rounded()
    sun, moon = (tuple(float(v) for v in body) for body in (seen.sun, seen.moon))
    return "air", sun, moon, seen.moon_share, round(float(air.haze), 2), tuple(float(v) for v in ground)


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

    file = world.resource(AssetDatabase).resolve(path) if world.has_resource(AssetDatabase) else Path(path)
    return sky_pixels(file)


def sky_pixels(file: Path) -> NDArray[np.float32]:
    """An equirectangular picture's radiance; [h, w, 3] linear.

    Raises
    ------
    TaixuError
        Where it cannot be read.
    """
    from taixu.assets.image import read_image

    pixels = read_image(file)
    values: NDArray[Any] = np.asarray(pixels, np.float32)
    if pixels.dtype.kind == "u":
        values = values / np.float32(np.iinfo(str(pixels.dtype)).max)
        values = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.repeat(values[..., :1], 3, -1) if values.shape[-1] < 3 else values[..., :3]
