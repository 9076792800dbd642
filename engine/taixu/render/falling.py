"""Rain and snow: drops and flakes about the eye, a function of time alone; none under a roof.

Nothing is kept from frame to frame. A drop's place is a hash of its number, moved by its fall and wrapped around the eye in a
cube that belongs to the world, so that drops stay where they are while the eye moves. Cubes of 8, 16 and 64 m lie in each other;
their edges divide a cell's. What stands above is drawn from above into a small map of depths: what lies below it is dry.

Fall: drops by Marshall and Palmer, "The distribution of raindrops with size", 1948, and Atlas et al., "Doppler radar
characteristics of precipitation at vertical incidence", 1973. Those that are drawn stand for many: a real shower has hundreds in a
cubic metre, most too small to see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import ALPHA, PREMULTIPLIED, DepthState, Device, Pipeline, StructLayout, Targets, Texture
from taixu.math.projection import frustum_planes, orthographic
from taixu.render.bindings import POSITION_VERTEX_LAYOUT, VIEW_BLOCK, UniformSlot
from taixu.render.bins import Bin
from taixu.render.context import FrameContext, PassContext
from taixu.render.culling import VisibleList
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.views import View
from taixu.scene.components import Weather

__all__ = ["FallingFeature", "fall_speeds", "weather_of"]

_EDGES_M = (8.0, 16.0, 64.0)
_MOST = 15_000
"""Drops of one kind in a cube."""
_SHUTTER_SECS = 1 / 60
"""A drop is as long as it falls meanwhile."""
_RAIN_MM = (1.2, 1.7, 2.4, 3.2)
_SNOW_M_S = (0.7, 0.9, 1.1, 1.35)
_SWAYS_HZ = (0.31, 0.43, 0.57, 0.71)
_MAP_PX, _MAP_M, _MAP_HIGH_M = 256, 64.0, 96.0

_BLOCK = StructLayout("Falling", [
    ("dry_from_world", "f4", (4, 4)),  # the map of what stands above
    ("drifts", "f4", (4, 4)),  # how far each of four sorts has come, modulo the largest cube; w: turns of its swaying
    ("speeds", "f4", (4, 4)),  # their velocities; w: diameter in metres
    ("shape", "f4", (4,)),  # shutter in seconds, opacity, sway in metres, whether flakes
], rules="std140")  # fmt: skip


def fall_speeds(diameters_mm: Sequence[float]) -> NDArray[np.float64]:
    """How fast drops of these diameters fall in still air, m/s (Atlas et al., 1973; 0.6 to 6 mm)."""
    return 9.65 - 10.3 * np.exp(-0.6 * np.asarray(diameters_mm, np.float64))


def weather_of(world: World) -> Weather | None:
    """The weather of a world; the first where there are several."""
    for table in world.query(Weather):
        if len(table.entities):
            return world.get(int(table.entities[0]), Weather)
    return None


@dataclass(frozen=True)
class _Fall:
    """One kind of what falls: how many in each cube, velocities and diameters of four sorts."""

    count: int
    speeds: NDArray[np.float64]
    sizes_m: NDArray[np.float64]
    sway_m: float
    opacity: float
    is_flakes: bool


def falls_of(weather: Weather) -> list[_Fall]:
    """What falls in a weather."""
    wind, found = np.asarray(weather.wind, np.float64), []
    if weather.rain > 0:
        down = np.zeros((4, 3))
        down[:, 1] = -fall_speeds(_RAIN_MM)
        count = min(round(1500 * float(weather.rain) ** 0.55), _MOST)
        found.append(_Fall(count, down + wind, np.array(_RAIN_MM) * 1e-3, 0.0, 0.5, False))
    if weather.snow > 0:
        down = np.zeros((4, 3))
        down[:, 1] = -np.array(_SNOW_M_S)
        count = min(round(12_000 * float(weather.snow) ** 0.5), _MOST)
        found.append(_Fall(count, down + wind, np.array((7.0, 9.0, 11.0, 14.0)) * 1e-3, 0.12, 0.9, True))
    return found


class FallingFeature:
    """Gives every view a pass that draws what the world's `Weather` lets fall.

    ``view.settings``: "weather" False leaves it out.
    """

    name = "falling"

    def __init__(self, device: Device) -> None:
        self.device = device
        device.shaders.add_source("generated/falling.glsl", _BLOCK.uniform_block("FallingUniforms", binding=UniformSlot.PASS))
        self.falls: list[_Fall] = []
        self.map: Texture | None = None
        self._targets: Targets | None = None
        self._above: VisibleList | None = None

    def extract(self, frame: FrameContext) -> None:
        """Look for the weather."""
        weather = weather_of(frame.world)
        self.falls = [] if weather is None else falls_of(weather)

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The map of what stands above, and what falls beside it."""
        if not view.settings.get("weather", True):
            return ()
        return _RoofPass(self), FallingPass(self, view.quality == "fast", view.samples)

    def release(self) -> None:
        """Give texture and list back."""
        for resource in (self._targets, self.map, self._above):
            if resource is not None:
                resource.release()
        self.map = self._targets = self._above = None

    def draw_map(self, context: PassContext) -> None:
        """Draw depths from above, around the eye; the view keeps from where."""
        if self.map is None or self._targets is None or self._above is None:
            self.map = self.device.texture((_MAP_PX, _MAP_PX), "depth32f", label="dry places")
            self._targets = self.device.targets((), self.map, label="dry places")
            self._above = VisibleList(self.device, label="roofs")
        eye = context.view.camera.world_from_camera[:3, 3]
        from_world = np.eye(4)
        from_world[:3, :3] = ((1, 0, 0), (0, 0, -1), (0, 1, 0))  # from above, -Z is up
        texel = _MAP_M / _MAP_PX
        middle = np.round(eye[[0, 2]] / texel) * texel
        from_world[:3, 3] = (-middle[0], middle[1], -(eye[1] + _MAP_HIGH_M))
        clip = orthographic(_MAP_M, _MAP_M, 0.0, 2 * _MAP_HIGH_M) @ from_world
        block = VIEW_BLOCK.zeros()
        block["clip_from_world"] = clip.T
        block["camera_cell"][:3], block["layer_mask"] = context.view.camera.cell, context.view.layers & 0xFFFFFFFF
        block["world_from_view"][2, :3] = (0.0, 1.0, 0.0)
        block["frustum_planes"] = frustum_planes(clip)
        context.frame.renderer.cull(self._above, self.device.push(block))
        with self.device.render_pass(self._targets, clear_depth=0.0) as p:
            context.draw_bins(p, self._roof, visible=self._above, positions_only=True)
        context.view.history["dry_from_world"] = clip

    def _roof(self, item: Bin) -> Pipeline | None:
        if item.key.alpha != "opaque" or item.mode != "triangles":
            return None  # leaves let rain through
        return self.device.pipeline(
            "passes/shadow.vert", None, defines=item.defines, vertex_layout=POSITION_VERTEX_LAYOUT, cull="none",
            depth=DepthState(clamp=True), label="dry places",
        )  # fmt: skip


@dataclass(frozen=True)
class _RoofPass:
    """Draws the map; nothing where nothing falls."""

    feature: FallingFeature
    name: str = "roofs"
    rank: int = Rank.PREPARE
    reads: Sequence[str] = ()
    is_needed: bool = True

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The map is the feature's own: all views share it, one after the other."""
        return {}

    def run(self, context: PassContext) -> None:
        """Draw."""
        if self.feature.falls:
            self.feature.draw_map(context)


@dataclass(frozen=True)
class FallingPass:
    """Draws drops and flakes over what is there; what is nearer hides them."""

    feature: FallingFeature
    fast: bool
    samples: int
    name: str = "falling"

    @property
    def rank(self) -> int:
        """After all that the scene consists of."""
        return Rank.OPAQUE + 60 if self.fast else Rank.TRANSPARENT + 60

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides what lies behind."""
        return (f"depth{self._tail}",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over the picture."""
        return {self._color: None}

    @property
    def _tail(self) -> str:
        return "_ms" if self.samples > 1 else ""

    @property
    def _color(self) -> str:
        return ("color" if self.fast else "radiance") + self._tail

    def run(self, context: PassContext) -> None:
        """A draw for each kind and cube."""
        feature, device = self.feature, context.device
        if not feature.falls:
            return
        assert feature.map is not None
        clip, time = context.view.history["dry_from_world"], context.frame.time_secs
        with device.render_pass(context.targets(self._color, depth=f"depth{self._tail}")) as p:
            for fall in feature.falls:
                block = _BLOCK.zeros()
                block["dry_from_world"] = clip.T
                block["drifts"][:, :3] = (fall.speeds * time) % _EDGES_M[-1]
                block["drifts"][:, 3] = np.array(_SWAYS_HZ) * time % 1.0
                block["speeds"][:, :3], block["speeds"][:, 3] = fall.speeds, fall.sizes_m
                block["shape"] = (_SHUTTER_SECS, fall.opacity, fall.sway_m, fall.is_flakes)
                for number, edge in enumerate(_EDGES_M):
                    inner = _EDGES_M[number - 1] if number else 0.0
                    p.pipeline(device.pipeline(
                        "passes/falling.vert", "passes/falling.frag",
                        defines={"EDGE": edge, "INNER": inner, "FAST": self.fast, "FLAKES": fall.is_flakes}, cull="none",
                        depth=DepthState(compare="greater_equal", write=False), blend=ALPHA if self.fast else PREMULTIPLIED,
                        label="falling",
                    ))  # fmt: skip
                    p.push_uniform(UniformSlot.PASS, block)
                    p.bind_texture(0, feature.map, device.sampler(filter="nearest", mip="none", wrap="clamp"))
                    p.draw(6 * fall.count)
