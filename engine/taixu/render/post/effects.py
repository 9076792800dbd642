"""What a world asks of its cameras: the components that are on, with every number within its bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from taixu.assets.cube_lut import CubeLut
from taixu.ecs import World
from taixu.ecs.component import component_type
from taixu.scene import CELL_M, WorldTransforms
from taixu.scene.post import AutoExposure, Bloom, ColorGrading, DepthOfField, Lens, MotionBlur

if TYPE_CHECKING:
    from taixu.render.views import View, ViewCamera

__all__ = ["OFF", "PARTS", "Effects", "PostChoice", "effects_of", "limited", "read_effects"]

T = TypeVar("T")
_OPTICS, _DEVELOPING = ("depth_of_field", "motion_blur"), ("auto_exposure", "bloom", "lens", "color_grading")
PARTS = {"all": (*_OPTICS, *_DEVELOPING), "optics": _OPTICS, "developing": _DEVELOPING, "none": ()}
"""Names of components by ``view.settings["post"]``."""


@dataclass(frozen=True, slots=True)
class PostChoice:
    """What decides which passes a view has.

    Attributes
    ----------
    passes
        Of "exposure", "focus", "motion", "bend", "bloom", "flare", "develop".
    geometry
        What the geometry pass draws for them besides depth.
    """

    passes: frozenset[str] = frozenset()
    geometry: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Effects:
    """What is on; None is off. `focus_m` is where the camera is focused."""

    auto_exposure: AutoExposure | None = None
    bloom: Bloom | None = None
    depth_of_field: DepthOfField | None = None
    motion_blur: MotionBlur | None = None
    lens: Lens | None = None
    color_grading: ColorGrading | None = None
    focus_m: float = 5.0
    lut: CubeLut | None = None

    @property
    def develops(self) -> bool:
        """Whether the tone map has more to do than usual."""
        return any(getattr(self, name) is not None for name in _DEVELOPING)

    def choice(self) -> PostChoice:
        """The passes for it."""
        lens, passes = self.lens, set()
        flares = lens is not None and lens.flare > 0
        for name, is_on in (
            ("exposure", self.auto_exposure is not None),
            ("focus", self.depth_of_field is not None),
            ("motion", self.motion_blur is not None),
            ("bend", lens is not None and (lens.distortion != 0 or lens.chromatic_aberration > 0)),
            ("bloom", self.bloom is not None or flares),
            ("flare", flares),
            ("develop", self.develops),
        ):
            if is_on:
                passes.add(name)
        return PostChoice(frozenset(passes), frozenset({"velocity"}) if "motion" in passes else frozenset())


OFF = Effects()
"""Nothing is on."""


def effects_of(view: View) -> Effects:
    """What was read for a view in this frame."""
    found: Effects = view.history.get("post", OFF)
    return found


def read_effects(world: World, settings: dict[str, Any], camera: ViewCamera) -> Effects:
    """What the world asks of a view with these settings; its table of colours is not read yet.

    An exposure among the settings takes the place of the measured one. Views that show no light have no effects.
    """
    parts = PARTS.get(str(settings.get("post", "all")), ())
    if not parts or settings.get("shown", "lit") not in ("lit", "reference"):
        return OFF
    wanted = set(parts) - ({"auto_exposure"} if "exposure_ev" in settings else set())
    found: dict[str, Any] = {}
    for cls in (AutoExposure, Bloom, DepthOfField, MotionBlur, Lens, ColorGrading):
        name = component_type(cls).name
        if name in wanted:
            first = _first(world, cls)
            if first is not None and first.enabled:
                found[name] = limited(first)
    if not found:
        return OFF
    focus = found.get("depth_of_field")
    if focus is not None and camera.height_m > 0:  # no lens makes parallel pictures
        del found["depth_of_field"]
    effects = Effects(**found)
    return replace(effects, focus_m=_focus_m(world, focus, camera)) if focus is not None else effects


def limited(value: T) -> T:
    """A component with every number within its field's bounds; what is no number becomes the default."""
    kept: T = _limited(value)
    return kept


@lru_cache(maxsize=64)  # asked in every frame, and seldom changed
def _limited(value: Any) -> Any:
    changed: dict[str, Any] = {}
    for field in component_type(type(value)).fields:
        if field.minimum is None and field.maximum is None:
            continue
        numbers = np.atleast_1d(np.asarray(getattr(value, field.name), np.float64))
        usual = np.broadcast_to(np.asarray(field.default, np.float64), numbers.shape)
        kept = np.clip(np.where(np.isfinite(numbers), numbers, usual), field.minimum, field.maximum)
        whole = np.dtype(field.kind.dtype).kind in "iu"
        numbers_kept = [int(n) for n in kept] if whole else kept.tolist()
        changed[field.name] = tuple(numbers_kept) if field.kind.width > 1 else numbers_kept[0]
    return replace(value, **changed)


def _first(world: World, cls: type[Any]) -> Any:
    for table in world.query(cls):
        if table.count:
            return world.get(int(table.entities[0]), cls)
    return None


def _focus_m(world: World, focus: DepthOfField, camera: ViewCamera) -> float:
    target = int(focus.focus_on)
    if not target or not bool(np.all(world.alive(target))) or not world.has_resource(WorldTransforms):
        return float(focus.focus_m)
    places, index = world.resource(WorldTransforms), target & 0xFFFFFFFF
    if index >= len(places.matrices):
        return float(focus.focus_m)
    off = (places.cells[index] - np.asarray(camera.cell)) * CELL_M + places.matrices[index].reshape(3, 4)[:, 3]
    ahead = float((off - camera.world_from_camera[:3, 3]) @ -camera.world_from_camera[:3, 2])
    return float(np.clip(ahead, 0.05, 100_000.0)) if np.isfinite(ahead) else float(focus.focus_m)
