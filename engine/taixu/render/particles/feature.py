"""Particles are placed by compute shaders as a function of time, sorted there where they hide each other, and drawn as quads.

Nothing is kept from frame to frame: the number of a particle gives its chances, and how many were sent out since gives its age. So
a world that is paused, scrubbed or drawn twice shows the same, and a frame that was left out is not missed. Emitters are few; each
is a dispatch and a draw, far ones first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.gpu import PREMULTIPLIED, Buffer, DepthState, Device, StructLayout
from taixu.render.air.volume import air_defines
from taixu.render.bindings import TextureSlot, UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.falling import weather_of
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.lighting import LightingFeature
from taixu.render.particles.sprites import Sprites, sprite_sampler
from taixu.render.views import View
from taixu.scene import CELL_M, WorldTransforms
from taixu.scene.particles import MOST_PARTICLES, Particles, particles_like

__all__ = ["MOST_EMITTERS", "MOST_SORTED", "Emission", "ParticleFeature", "emission"]

MOST_EMITTERS = 64
"""Emitters that a view shows: the nearest."""
MOST_SORTED = 16_384
"""An emitter with more than so many at once has them drawn as they were sent, the newest first."""
_STATES, _ORDER = 12, 13  # storage blocks
_STATE_BYTES = 32
_GROUP = 64
_SHAPES = ("puff", "spark", "leaf")
_PERIOD_SECS = 3600.0
_MEETS = {"ground": 1, "picture": 2}
_DEPTH_UNIT, _SPRITE_UNIT = TextureSlot.PASS, TextureSlot.PASS + 1
_STEPS = 96
"""In which the way of particles that meet things is gone; others need none."""

_BLOCK = StructLayout(
    "ParticleBlock",
    [
        ("world_from_emitter", "f4", (4, 4)),
        ("motion", "f4", (4,)),  # speed, cosine of the cone's half angle, gravity, drag
        ("wind", "f4", (4,)),  # m/s; w: speed of eddies
        ("shape", "f4", (4,)),  # radius of the disc, of a particle at first and at last, width of eddies
        ("color_begin", "f4", (4,)),
        ("color_end", "f4", (4,)),
        ("glow", "f4", (4,)),  # radiance, or 0 where it is lit; whether it adds
        ("clock", "f4", (4,)),  # share of the next particle that is due, particles a second, longest life, time
        ("color_middle", "f4", (4,)),
        ("middle", "f4", (4,)),  # share of life at which it holds, radius then; seconds of its way in half a streak; soft metres
        ("meets", "f4", (4,)),  # height of the ground, bounce, friction, whether it ends there
        ("sheet", "f4", (4,)),  # columns and rows of pictures, pictures a second, seconds of a step
        ("bursts", "u4", (4,)),  # how many at once, 0: a steady rate
        ("burst_times", "f4", (4,)),  # seconds since the newest, and between them
        ("numbers", "u4", (4,)),  # of the newest, how many, seed, how long the list is; of a step of sorting: run, reach, -, length
    ],
    rules="std140",
)


@dataclass(frozen=True)
class Emission:
    """What an emitter has in the air at a time.

    Attributes
    ----------
    newest
        Number of the one that was sent out last, counted from time 0, modulo 2^32.
    due
        Share of the time between two that has passed since.
    count
        How many are there, at most `MOST_PARTICLES`.
    rate
        In a second; what would be more than there may be is thinned out.
    at_once, since, every
        Of bursts: how many, seconds since the latest, and between them; `at_once` is 0 where the rate is steady.
    """

    newest: int
    due: float
    count: int
    rate: float
    at_once: int = 0
    since: float = 0.0
    every: float = 0.0


def emission(particles: Particles, time_secs: float) -> Emission:
    """What is in the air. Emitters have always been there: a picture of time 0 is as full as any."""
    life = float(np.clip(np.nan_to_num(float(particles.life_secs)), 0.01, 600.0))
    if int(particles.burst) > 0:
        return _bursts(particles, max(time_secs, 0.0), life)
    rate = float(np.nan_to_num(float(particles.rate) * float(particles.amount), posinf=1e9))
    rate = min(max(rate, 0.0), MOST_PARTICLES / life)
    sent = max(time_secs, 0.0) * rate
    newest = int(sent)
    return Emission(newest & 0xFFFFFFFF, sent - newest, min(ceil(rate * life), MOST_PARTICLES), rate)


def _bursts(particles: Particles, time_secs: float, life: float) -> Emission:
    amount = float(np.clip(np.nan_to_num(float(particles.amount)), 0.0, 100.0))
    at_once = min(round(int(particles.burst) * amount), MOST_PARTICLES)
    every = float(np.clip(np.nan_to_num(float(particles.burst_secs)), 0.0, 3600.0))
    number = int(time_secs / every) if every > 0 else 0
    since = time_secs - number * every
    alive = min(ceil(life / every), max(MOST_PARTICLES // max(at_once, 1), 1)) if every > 0 else int(since < life)
    return Emission((number + 1) * at_once - 1 & 0xFFFFFFFF, 0.0, at_once * alive, 1.0, at_once, since, every)


class ParticleFeature:
    """Follows `Particles` of the world and gives the pass that draws them.

    ``view.settings["particles"]`` False leaves them out; "alone" shows nothing else, so that they can be laid over a picture.
    """

    name = "particles"

    def __init__(self, device: Device, lighting: LightingFeature) -> None:
        self.device, self.lighting = device, lighting
        device.shaders.add_source(
            "generated/particles.glsl",
            f"#define PARTICLE_STATES {_STATES}\n#define PARTICLE_ORDER {_ORDER}\n#define PARTICLE_STEPS {_STEPS}\n"
            f"#define PARTICLE_DEPTH {_DEPTH_UNIT}\n#define PARTICLE_SPRITE {_SPRITE_UNIT}\n"
            + _BLOCK.uniform_block("ParticleUniforms", binding=UniformSlot.PASS),
        )
        self._states: Buffer | None = None
        self._order: Buffer | None = None
        self._sprites = Sprites(device)
        self._emitters: list[tuple[Particles, NDArray[np.float64], NDArray[np.int32]]] = []

    def choose(self, world: World, view: View) -> bool:
        """Whether there are any."""
        wanted = view.quality != "fast" and bool(view.settings.get("particles", True))
        return wanted and any(table.count for table in world.query(Particles))

    def extract(self, frame: FrameContext) -> None:
        """Find emitters and where they stand."""
        self._emitters.clear()
        world = frame.world
        if not world.has_resource(WorldTransforms):
            return
        places = world.resource(WorldTransforms)
        for table in world.query(Particles):
            index = indices_of(table.entities)
            for entity, at in zip(table.entities.tolist(), index.tolist(), strict=True):
                found = particles_like(world.get(int(entity), Particles))
                if found.enabled and self._sprites.is_known(world, str(found.texture)):
                    matrix = np.eye(4)
                    matrix[:3] = places.matrices[at].reshape(3, 4)
                    self._emitters.append((found, matrix, places.cells[at].copy()))

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass, where there are emitters."""
        return (_ParticlePass(self, "_ms" if view.samples > 1 else ""),) if view.choices.get(self.name) else ()

    def release(self) -> None:
        """Give buffers and pictures back."""
        self._release_buffers()
        self._sprites.release()

    def _release_buffers(self) -> None:
        for buffer in (self._states, self._order):
            if buffer is not None:
                buffer.release()
        self._states = self._order = None

    def draw(self, context: PassContext, radiance: str, depth: str) -> None:
        """Place, sort and draw what each emitter has in the air, the farthest first."""
        device, view, time = self.device, context.view, context.frame.time_secs
        if view.settings.get("particles") == "alone":
            with device.render_pass(context.targets(radiance), clear_colors=[(0.0, 0.0, 0.0, 0.0)]):
                pass
        weather = weather_of(context.frame.world)
        wind = np.zeros(3) if weather is None else np.asarray(weather.wind, np.float64)
        near: list[tuple[float, Particles, NDArray[np.float64]]] = []
        for particles, matrix, cell in self._emitters:
            placed = matrix.copy()
            placed[:3, 3] += (cell - np.asarray(view.camera.cell, np.int32)) * CELL_M
            near.append((float(np.linalg.norm(placed[:3, 3] - view.camera.world_from_camera[:3, 3])), particles, placed))
        near.sort(key=lambda item: item[0])
        defines = {
            "SHADOWS": self.lighting.has_shadows(view), "FOG": self.lighting.has_fog(view), **air_defines(view),
        }  # fmt: skip
        for _, particles, matrix in reversed(near[:MOST_EMITTERS]):
            sent = emission(particles, time)
            if sent.count == 0:
                continue
            sorts = not particles.additive and sent.count <= MOST_SORTED
            length = 1 << (sent.count - 1).bit_length() if sorts else sent.count
            self._reserve(length)
            assert self._states is not None
            assert self._order is not None
            block = _emitter_block(particles, matrix, wind, sent, length, time, view.camera.cell[1] * CELL_M)
            meets, soft = _MEETS.get(str(particles.collides), 0), float(block["middle"][3]) > 0
            if soft or meets == 2:
                near_by = device.sampler(filter="nearest", mip="none", wrap="clamp")
                device.bind_texture(_DEPTH_UNIT, context.texture("depth"), near_by)
            device.bind_storage(_STATES, self._states)
            device.bind_storage(_ORDER, self._order)
            pushed = device.push(block)
            device.bind_uniform(UniformSlot.PASS, pushed)
            moving = {"MEETS": meets} if meets else {}
            device.dispatch(device.compute_pipeline("compute/particles/move.comp", defines=moving), -(-length // _GROUP))
            device.barrier()
            if sorts:
                self._sort(length)
            sprite = self._sprites.texture(str(particles.texture))
            looks = {"SHAPE": _SHAPES.index(str(particles.shape)) if particles.shape in _SHAPES else 0}
            looks |= ({"SOFT": 1} if soft else {}) | ({"SPRITE": 1} if sprite is not None else {})
            pipeline = device.pipeline(
                "passes/particles/particle.vert", "passes/particles/particle.frag", defines={**defines, **looks}, cull="none",
                depth=None if soft else DepthState(compare="greater_equal", write=False), blend=PREMULTIPLIED, label="particles",
            )  # fmt: skip
            # Soft ones look at the depth themselves, which no target may be meanwhile.
            with device.render_pass(context.targets(radiance) if soft else context.targets(radiance, depth=depth)) as p:
                p.pipeline(pipeline)
                p.bind_uniform(UniformSlot.PASS, pushed)
                if sprite is not None:
                    p.bind_texture(_SPRITE_UNIT, sprite, sprite_sampler(device, sprite, particles))
                p.draw(6 * length)

    def _reserve(self, count: int) -> None:
        if self._states is None or self._states.size < count * _STATE_BYTES:
            room = 1 << (count - 1).bit_length()
            self._release_buffers()
            self._states = self.device.buffer(room * _STATE_BYTES, label="particles")
            self._order = self.device.buffer(room * 8, label="order of particles")

    def _sort(self, length: int) -> None:
        pipeline = self.device.compute_pipeline("compute/particles/sort.comp")
        run = 2
        while run <= length:
            reach = run // 2
            while reach:
                step = _BLOCK.zeros()
                step["numbers"] = (run, reach, 0, length)
                self.device.push_uniform(UniformSlot.PASS, step)
                self.device.dispatch(pipeline, -(-length // (2 * _GROUP)))
                self.device.barrier()
                reach //= 2
            run *= 2


def _emitter_block(
    particles: Particles, matrix: NDArray[np.float64], wind: NDArray[np.float64], sent: Emission, length: int, time: float,
    cell_height: float,
) -> NDArray[Any]:
    def number(value: float, most: float = 1e6) -> float:
        return float(np.clip(np.nan_to_num(float(value)), -most, most))

    scale = number(particles.scale, 1e3)
    axes = matrix[:3, :3] / np.maximum(np.linalg.norm(matrix[:3, :3], axis=0), 1e-12)
    placed = matrix.copy()
    placed[:3, :3] = axes
    block = _BLOCK.zeros()
    block["world_from_emitter"] = placed.T
    block["motion"] = (
        number(particles.speed) * scale, cos(number(particles.spread_rad)), number(particles.gravity) * scale,
        number(particles.drag, 100.0),
    )  # fmt: skip
    block["wind"] = (*np.nan_to_num(wind), number(particles.turbulence) * scale)
    radii = [abs(number(v)) * scale for v in (particles.radius_m, particles.size_m, particles.size_end_m)]
    block["shape"] = (*radii, max(3.0 * max(radii), 0.1 * scale, 1e-3))
    block["color_begin"], block["color_end"] = (
        np.clip(np.nan_to_num(np.asarray(c, np.float64)), 0.0, 1e3) for c in (particles.color, particles.color_end)
    )
    block["glow"][:2] = (number(particles.glow, 1e4), bool(particles.additive))
    life = float(np.clip(np.nan_to_num(float(particles.life_secs)), 0.01, 600.0))
    block["clock"] = (sent.due, max(sent.rate, 1e-6), life, time % _PERIOD_SECS)
    middle = number(particles.middle, 0.99)
    block["color_middle"] = np.clip(np.nan_to_num(np.asarray(particles.color_middle, np.float64)), 0.0, 1e3)
    stretch = abs(number(particles.stretch_secs, 1.0))
    soft = abs(number(particles.soft_m, 100.0))
    block["middle"] = (max(middle, 0.0), abs(number(particles.size_middle_m)) * scale, 0.5 * stretch, soft)
    ground = number(particles.ground_m) - cell_height
    shares = [float(np.clip(np.nan_to_num(float(v)), 0.0, 1.0)) for v in (particles.bounce, particles.friction)]
    block["meets"] = (ground, *shares, bool(particles.dies))
    columns, rows = (int(np.clip(int(v), 1, 64)) for v in (particles.columns, particles.rows))
    block["sheet"] = (columns, rows, abs(number(particles.pictures_per_sec, 240.0)), max(life / _STEPS, 1 / 240))
    block["bursts"][0], block["burst_times"][:2] = sent.at_once, (sent.since, sent.every)
    block["numbers"] = (sent.newest, sent.count, int(particles.seed) & 0xFFFFFFFF, length)
    return block


@dataclass(frozen=True)
class _ParticlePass:
    """Draws particles over surfaces; what is nearer hides them."""

    feature: ParticleFeature
    tail: str
    name: str = "particles"
    rank: int = Rank.TRANSPARENT + 50

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides what lies behind; soft ones, and those that meet things, look it up."""
        return tuple(dict.fromkeys((f"depth{self.tail}", "depth")))

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over radiance."""
        return {f"radiance{self.tail}": None}

    def run(self, context: PassContext) -> None:
        """Draw."""
        self.feature.draw(context, f"radiance{self.tail}", f"depth{self.tail}")
