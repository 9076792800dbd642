"""The air between things and the eye: a grid over the view that says, by distance, what it takes of light and sends on.

The grid is filled anew in each frame by compute shaders, a thread a column, and the colour passes look it up once for a
fragment. Its first slices are the atmosphere's (aerial perspective, by the tables that the sky is made with), the rest those of
fog in which shadows and lamps are seen. Nothing is kept from frame to frame, so that a picture depends on its frame alone;
pictures that are averages of many look at other places of each cell in each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import Device, ImageBinding, StructLayout, Texture
from taixu.render.bindings import TextureSlot, UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.lighting import LightingFeature
from taixu.render.views import View
from taixu.scene import CELL_M, Air

from . import medium
from .heavens import EYE_M, SUN_COLOR, air_of, heavens_of, light_scale, turned_back
from .medium import Medium
from .sky_picture import NIGHT

__all__ = ["AERIAL_M", "AIR_SLICES", "SHAFT_SLICES", "AirFeature", "AirKind", "air_defines"]

AERIAL_M = 128_000.0
"""How far the atmosphere's slices reach."""
AIR_SLICES, SHAFT_SLICES = 32, 64
_CELL_PX, _SMALLEST_PX = 8, 2
_FEW_CELLS, _MOST_CELLS = (64, 36), (160, 90)
_GROUP = 8

_BLOCK = StructLayout(
    "AirBlock",
    [
        ("place", "f4", (4,)),  # the eye's height over the ground, haze, how much air a metre holds, -
        ("sun", "f4", (4,)),
        ("moon", "f4", (4,)),  # towards them, as the sky is turned
        ("sun_light", "f4", (4,)),
        ("moon_light", "f4", (4,)),  # irradiance above the air
        ("night", "f4", (4,)),  # radiance of a sky without both
        ("losses", "f4", (4,)),  # of the colours beside green's
        ("shafts", "f4", (4,)),  # metres that they reach, where in a slice its light is looked for, and in a cell (from its middle)
    ],
    rules="std140",
)


def _vector(name: str, values: Any) -> str:
    return f"const vec3 {name} = vec3({', '.join(repr(float(v)) for v in values)});\n"


def _glsl() -> str:
    numbers = {
        "AERIAL_M": AERIAL_M, "GROUND_M": medium.GROUND_M, "AIR_TOP_M": medium.TOP_M - medium.GROUND_M,
        "AIR_HEIGHT_M": medium.AIR_HEIGHT_M, "HAZE_HEIGHT_M": medium.HAZE_HEIGHT_M, "HAZE_G": medium.HAZE_G,
        "HAZE_SCATTER": medium.HAZE_SCATTER, "HAZE_LOST": medium.HAZE_ABSORB / medium.HAZE_SCATTER,
    }  # fmt: skip
    return (
        f"#define TEXTURE_AIR {TextureSlot.AIR}\n#define AIR_SLICES {AIR_SLICES}\n#define SHAFT_SLICES {SHAFT_SLICES}\n"
        + "".join(f"#define {name} {value!r}\n" for name, value in numbers.items())
        + _vector("AIR_SCATTER", medium.AIR)
        + _vector("OZONE", medium.OZONE)
        + _BLOCK.uniform_block("AirUniforms", binding=UniformSlot.AIR, instance="air_of")
    )


@dataclass(frozen=True, order=True)
class AirKind:
    """What of the air a view shows by its grid."""

    aerial: bool = False
    shafts: bool = False

    def __bool__(self) -> bool:
        return self.aerial or self.shafts


def air_defines(view: View) -> dict[str, object]:
    """What colour passes of a view are compiled with."""
    kind = view.choices.get(AirFeature.name)
    if not isinstance(kind, AirKind):
        return {}
    return {"AERIAL": kind.aerial, "SHAFTS": kind.shafts}


class AirFeature:
    """Gives the pass that fills the grid, to views with a perspective of worlds whose `Air` or `Fog` asks for it.

    ``view.settings``: "aerial" False leaves aerial perspective out, "shafts" False lights fog evenly.
    """

    name = "air"

    def __init__(self, device: Device, lighting: LightingFeature) -> None:
        self.device, self.lighting = device, lighting
        device.shaders.add_source("generated/air.glsl", _glsl())
        self._air: Air | None = None
        self._medium = Medium(1.0)
        self._tables: tuple[float, Texture, Texture] | None = None

    def choose(self, world: World, view: View) -> AirKind:
        """Which slices are wanted."""
        if view.quality == "fast" or view.camera.height_m > 0:
            return AirKind()
        settings, fog, air = view.settings, self.lighting.fog_of(world), air_of(world)
        is_sky = not self.lighting.skies.is_overridden
        return AirKind(
            is_sky and air is not None and air.aerial > 0 and bool(settings.get("aerial", True)),
            fog is not None and fog.shafts_m > 0 and bool(settings.get("fog", True)) and bool(settings.get("shafts", True)),
        )

    def extract(self, frame: FrameContext) -> None:
        """Find the air."""
        self._air = air_of(frame.world)
        if self._air is not None and self._medium.haze != float(self._air.haze):
            self._medium = Medium(float(self._air.haze))

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass that fills the grid, where one is wanted."""
        kind = view.choices.get(self.name)
        return (_AirPass(self, kind),) if isinstance(kind, AirKind) and kind else ()

    def release(self) -> None:
        """Give the tables back."""
        for table in self._tables[1:] if self._tables is not None else ():
            table.release()
        self._tables = None

    def fill(self, context: PassContext, kind: AirKind) -> None:
        """Fill the view's grid and bind it."""
        device, view = self.device, context.view
        grid = _grid_of(device, view)
        device.push_uniform(UniformSlot.AIR, self._block(view))
        device.bind(device.bind_group(images={0: ImageBinding(grid)}))
        groups = -(-grid.size[0] // _GROUP), -(-grid.size[1] // _GROUP)
        if kind.aerial:
            smooth = device.sampler(mip="none", wrap="clamp")
            for unit, table in enumerate(self._tables_of(self._medium)):
                device.bind_texture(TextureSlot.PASS + unit, table, smooth)
            device.dispatch(device.compute_pipeline("compute/air/aerial.comp"), *groups)
        if kind.shafts:
            defines = {"SHADOWS": self.lighting.has_shadows(view)}
            device.dispatch(device.compute_pipeline("compute/air/shafts.comp", defines=defines), *groups)
        device.barrier()
        device.bind_texture(TextureSlot.AIR, grid, device.sampler(mip="none", wrap="clamp"))

    def _block(self, view: View) -> NDArray[Any]:
        block, camera = _BLOCK.zeros(), view.camera
        if self._air is not None:
            air, turn = self._medium, float(self.lighting.environment.rotation_rad)
            heavens = heavens_of(self._air)
            height = float(camera.world_from_camera[1, 3]) + camera.cell[1] * CELL_M
            intensity = float(self.lighting.environment.intensity)
            light = SUN_COLOR * (light_scale(air) * intensity)
            block["place"] = (np.clip(EYE_M + height, 1.0, 9e4), air.haze, float(self._air.aerial), 0.0)
            block["sun"][:3], block["moon"][:3] = turned_back(heavens.sun, turn), turned_back(heavens.moon, turn)
            block["sun_light"][:3], block["moon_light"][:3] = light, light * heavens.moon_share
            block["night"][:3] = NIGHT * intensity
            losses = air.extinction(np.array([EYE_M]))[0]
            block["losses"][:3] = losses / losses[1]
        fog = self.lighting.fog
        if fog is not None:
            # In frames that are gathered one after the other it holds still: all of the air would be lighter now, darker then.
            turn = float(view.history.get("noise_turn", 0.0)) if "sample" in view.history else 0.0
            # The plastic ratio's powers spread places evenly in three dimensions: Roberts, "Quasirandom Sequences", 2018.
            number, _ = view.history.get("sample", (0, 1))
            across = (np.array([0.7549, 0.5698]) * number + 0.5) % 1.0 - 0.5
            block["shafts"] = (np.clip(float(fog.shafts_m), 1e-3, 1e4), (0.5 + turn) % 1.0, *across)
        return block

    def _tables_of(self, air: Medium) -> tuple[Texture, Texture]:
        if self._tables is None or self._tables[0] != air.haze:
            self.release()
            made = []
            for name, values in (("sunlight", air.sunlight_table), ("scattered again", air.again_table)):
                texels = np.ones((*values.shape[:2], 4), np.float32)
                texels[..., :3] = values
                made.append(self.device.texture((values.shape[1], values.shape[0]), "rgba32f", data=texels, label=name))
            self._tables = (air.haze, made[0], made[1])
        return self._tables[1], self._tables[2]


def _grid_of(device: Device, view: View) -> Texture:
    """The view's grid, made when it is first asked for: a column for each eight pixels a side, finer in small pictures."""
    size = tuple(
        min(max(-(-px // _CELL_PX), min(-(-px // _SMALLEST_PX), few)), most)
        for px, few, most in zip(view.size, _FEW_CELLS, _MOST_CELLS, strict=True)
    )
    found: Texture | None = view.history.get("air grid")
    if found is None or found.size != size:
        found = view.history["air grid"] = device.texture(
            (size[0], size[1]), "rgba16f", kind="3d", layers=AIR_SLICES + SHAFT_SLICES, label="air"
        )
    return found


@dataclass(frozen=True)
class _AirPass:
    """Fills the grid, once shadow maps and clusters are there."""

    feature: AirFeature
    kind: AirKind
    name: str = "air"
    rank: int = Rank.SHADOWS + 50
    reads: Sequence[str] = ()
    is_needed: bool = True

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The grid is the view's own."""
        return {}

    def run(self, context: PassContext) -> None:
        """Dispatch."""
        self.feature.fill(context, self.kind)
