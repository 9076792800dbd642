"""The renderer's part of indirect light: follows the world's probes, lets them look around, and binds them for surfaces."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, finalize

import numpy as np
from numpy.typing import NDArray

from taixu.assets import AssetDatabase
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.gpu import Device
from taixu.render.context import FrameContext
from taixu.render.graph import PassNode
from taixu.render.indirect.baked import read_probes
from taixu.render.indirect.blocks import register_sources
from taixu.render.indirect.field import ProbeField, Surroundings
from taixu.render.indirect.lattice import Lattice, fit_lattice
from taixu.render.indirect.things import ProbeThings
from taixu.render.lighting import LightingFeature
from taixu.render.views import View
from taixu.scene import CELL_M, LightProbes, Transform, WorldTransforms

__all__ = ["IndirectFeature", "has_probes"]

_log = logging.getLogger(__name__)


def has_probes(view: View) -> bool:
    """Whether the view's surfaces take light from probes in this frame."""
    return bool(view.choices.get(IndirectFeature.name))


@dataclass
class _Kept:
    """What is known of a world."""

    things: ProbeThings
    field: ProbeField
    component: LightProbes
    light: tuple[Any, ...] | None = None
    baked: str = ""
    """Which file the field holds, or could not be read."""
    is_read: bool = False

    def release(self) -> None:
        self.things.release()
        self.field.release()


class IndirectFeature:
    """Probes of a world that has `LightProbes`.

    ``view.settings["probes"]`` False leaves them out. In a still they look around until they know all, before its first frame.
    """

    name = "indirect"

    def __init__(self, device: Device, lighting: LightingFeature) -> None:
        self.device, self.lighting = device, lighting
        register_sources(device)
        self._kept: WeakKeyDictionary[World, _Kept] = WeakKeyDictionary()
        self._orphans: list[_Kept] = []

    def choose(self, world: World, view: View) -> Hashable:
        """Whether the view shows probes' light."""
        if view.quality == "fast" or not view.settings.get("probes", True) or view.settings.get("reference"):
            return False
        return _component(world) is not None

    def extract(self, frame: FrameContext) -> None:
        """Follow the world, and let probes look around."""
        while self._orphans:
            self._orphans.pop().release()
        views = [view for view in frame.views if has_probes(view)]
        if not views:
            return
        found = _component(frame.world)
        assert found is not None
        component, middle = found
        kept = self._kept.get(frame.world)
        if kept is None:
            kept = self._kept[frame.world] = _Kept(ProbeThings(self.device), ProbeField(self.device), component)
            finalize(frame.world, self._orphans.append, kept)
        kept.component = component
        if self._is_baked(frame.world, kept):
            return
        renderer = frame.renderer
        eye = views[0].eye().position
        x, y, z = np.floor((middle if middle is not None else eye) / CELL_M).astype(int).tolist()
        cell = (x, y, z)
        if kept.field.lattice is not None and np.abs(np.subtract(cell, kept.things.cell)).max() <= 1:
            cell = kept.things.cell
        moved = kept.things.follow(renderer.mirror(frame.world), renderer.materials, frame.world, cell=cell)
        kept.field.stand(_lattice(kept, middle, eye))
        lighting = self.lighting
        around = Surroundings(lighting.lights, lighting.sky, lighting.environment, lighting.bind_lamps)
        light = _light_of(around)
        if moved or kept.light is None or not all(map(np.array_equal, kept.light, light)):
            kept.light = light
            kept.field.wake()
        rays = int(component.rays)
        sample = next((view.history["sample"] for view in views if "sample" in view.history), None)
        if sample is not None:
            if sample[0] == 0 and not kept.field.is_exact:
                kept.field.settle(kept.things, around, rays=rays)
        elif not kept.field.is_settled:
            measured = self.device.time(f"{views[0].name}: probes") if renderer.measures_passes else nullcontext()
            with measured:
                kept.field.look(kept.things, around, rays=rays, budget=int(component.rays_per_frame))

    def _is_baked(self, world: World, kept: _Kept) -> bool:
        """Whether the light is that of a file; one that cannot be read is said once, and probes look around themselves."""
        name = str(kept.component.baked)
        if name == kept.baked:
            return kept.is_read
        kept.baked, kept.is_read = name, False
        kept.field.release()
        if name:
            try:
                file = world.resource(AssetDatabase).resolve(name) if world.has_resource(AssetDatabase) else Path(name)
                kept.field.load(read_probes(file))
                kept.is_read = True
            except (OSError, TaixuError) as error:
                _log.warning("probes look around themselves: %s", error)
        return kept.is_read

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Bind the light."""
        if has_probes(view):
            kept = self._kept[frame.world]
            strength = float(np.clip(np.nan_to_num(kept.component.strength), 0.0, 10.0))
            kept.field.bind(view.camera.cell, strength=strength)

    def nodes(self, view: View) -> Sequence[PassNode]:
        """No passes: the light is part of the colour passes."""
        return ()

    def field_of(self, world: World) -> ProbeField | None:
        """The probes of a world that has been drawn."""
        kept = self._kept.get(world)
        return None if kept is None else kept.field

    def release(self) -> None:
        """Give the memory back."""
        for kept in (*self._kept.values(), *self._orphans):
            kept.release()
        self._kept.clear()
        self._orphans.clear()


def _component(world: World) -> tuple[LightProbes, NDArray[np.float64] | None] | None:
    """The world's probes, and the middle of their box where its entity has a place."""
    for table in world.query(LightProbes):
        if table.count:
            entity = int(table.entities[0])
            found = world.get(entity, LightProbes)
            if not found.enabled:
                return None
            if not world.has(entity, Transform) or not world.has_resource(WorldTransforms):
                return found, None
            places, index = world.resource(WorldTransforms), entity & 0xFFFFFFFF
            middle = places.matrices[index].reshape(3, 4)[:, 3] + places.cells[index].astype(np.float64) * CELL_M
            return found, middle if np.isfinite(middle).all() else None
    return None


def _lattice(kept: _Kept, middle: NDArray[np.float64] | None, eye: NDArray[np.float64]) -> Lattice:
    """Where probes are to stand. Where the box is all there is, it grows with that, and does not shrink."""
    component, old = kept.component, kept.field.lattice
    size = np.clip(np.nan_to_num(np.asarray(component.size_m, np.float64)), 0.0, 1e4)
    spacing, most = float(np.clip(np.nan_to_num(component.spacing_m), 0.0, 100.0)), int(np.clip(component.most_probes, 8, 8192))
    if size.min() > 0.0:
        at = np.zeros(3) if middle is None else middle
        return fit_lattice(at - size / 2, at + size / 2, spacing_m=spacing, most=most)
    low, high = kept.things.bounds + np.asarray(kept.things.cell, np.float64) * CELL_M
    if old is not None and old.holds(low, high) and old.count <= most and spacing in (0.0, old.spacing_m):
        return old
    return fit_lattice(low, high, spacing_m=spacing, most=most, eye=eye)


def _light_of(around: Surroundings) -> tuple[Any, ...]:
    """What probes see of lamps and sky, to find out whether it changed."""
    lights, environment = around.lights, around.environment
    return (
        *(getattr(lights, name) for name in lights.__dataclass_fields__), around.sky.maps.mean, float(environment.intensity),
        float(environment.rotation_rad),
    )  # fmt: skip
