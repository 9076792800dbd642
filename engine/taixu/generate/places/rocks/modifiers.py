"""Rocks as a modifier: some forms of a stone, strewn where the ground suits them, each a thing that a hand can move."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from taixu.ecs import F32, I32, Text, Vec2, component, field
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.ground_kinds import sown_reads
from taixu.generate.modifiers.kinds import Inputs, ModifierKind
from taixu.generate.modifiers.layers import Layers, Thing
from taixu.generate.modifiers.sowing import candidates, masked, off_masks, steepness

__all__ = ["KINDS", "Rocks", "make_rocks", "rock_words", "rocks_bounds"]

_FORMS = ("boulder", "slab", "pebbles", "cliff", "needle")
_STONES = ("grey", "sandstone", "lava")


@component("rocks")
class Rocks:
    """Rocks that lie about: each one is a thing of its own, with what bodies meet."""

    form: Text = field(default="boulder", choices=_FORMS)
    stone: Text = field(default="grey", choices=_STONES)
    size_m: F32 = field(default=1.6, unit="m", minimum=0.1, maximum=60.0, doc="About how large.")
    scale: Vec2 = field(default=(0.6, 1.5), minimum=0.1, maximum=10.0, doc="Least and greatest against that.")
    moss: F32 = field(default=0.0, minimum=0.0, maximum=1.0)
    kinds: I32 = field(default=4, minimum=1, maximum=12, doc="How many differ from each other.")
    spacing_m: F32 = field(default=12.0, unit="m", minimum=3.0, maximum=64.0, doc="At least, between two.")
    share: F32 = field(default=0.4, minimum=0.0, maximum=1.0, doc="Of the places that the distance leaves, how many are taken.")
    radius_m: F32 = field(default=0.0, unit="m", minimum=0.0, maximum=8000.0, doc="Around the entity; 0 is everywhere.")
    slope: Vec2 = field(default=(0.0, 1.2), minimum=0.0, doc="Least and greatest rise over run.")
    mask: Text = field(default="", doc="Name of a mask that they lie on; empty is everywhere.")
    keep_off: Text = field(default="road path lot", doc="Names of masks that they keep off.")


def rocks_bounds(parameters: Any, frame: Any) -> Bounds | None:
    """Around the entity, where it has a radius."""
    _spec(parameters)
    reach, at = float(parameters.radius_m), np.asarray(frame, np.float64)[:3, 3]
    if not reach:
        return None
    return Bounds(float(at[0]) - reach, float(at[2]) - reach, float(at[0]) + reach, float(at[2]) + reach)


def rock_words(prompt: str) -> dict[str, Any]:
    """Parameters that words name."""
    from taixu.generate.places.rocks.generator import parameters_of_words

    return parameters_of_words(prompt)


def make_rocks(block: Block, inputs: Inputs, seed: int) -> Layers:
    """A thing for each rock of a block; those of a kind share their mesh."""
    own, lattice = inputs.parameters, seed & 0x7FFFFFFF
    x, z, h, numbers = candidates(block, float(own.spacing_m), seed=lattice)
    heights, steep = steepness(inputs, block, x, z)
    liked = np.full(len(x), float(own.share))
    low, high = (float(value) for value in own.slope)
    liked *= (steep >= low) & (steep <= high)
    if own.radius_m:
        middle = np.asarray(inputs.frame, np.float64)[:3, 3]
        liked *= np.hypot(x - middle[0], z - middle[2]) <= float(own.radius_m)
    if own.mask:
        liked *= masked(inputs, block, f"mask.{str(own.mask)[:64]}", x, z)
    liked *= off_masks(inputs, block, str(own.keep_off), x, z)
    keep = np.flatnonzero((h & np.uint32(0xFFFF)).astype(np.float64) / 65536 < liked)
    least, most = sorted(float(value) for value in own.scale)
    things = []
    for k in keep.tolist():
        mixed = int(h[k]) * 2654435761 % 2**32
        turn, size = (mixed & 0xFFFF) / 65536 * 2 * np.pi, least + (most - least) * (mixed >> 16) / 65536
        form = _form(inputs, seed, (mixed >> 8) % int(own.kinds))
        sunk = 0.08 * float(own.size_m) * size * min(float(steep[k]), 1.2)
        place = (float(x[k]), float(heights[k]) - sunk, float(z[k]))
        rotation = (0.0, float(np.sin(turn / 2)), 0.0, float(np.cos(turn / 2)))
        things.append(Thing(int(numbers[k]) + 1, str(own.form), place, rotation, (size,) * 3, form.model, form.components))
    return {"things": things}


def _form(inputs: Inputs, seed: int, kind: int) -> Thing:
    own = inputs.parameters
    key = f"{own.form}|{own.stone}|{own.size_m:.9g}|{own.moss:.9g}|{seed}|{kind}".encode()
    return inputs.once("rock", key, partial(_made, own, seed * 13 + kind))[0]


def _made(parameters: Any, seed: int) -> list[Thing]:
    from taixu.generate.places.rocks.making import rock_hull, rock_model

    spec = _spec(parameters)
    solid = {"collider": {"shape": "hull", "data": {"points": rock_hull(spec, seed)}, "friction": 0.9}}
    return [Thing(1, model=rock_model(spec, seed), components=solid)]


def _spec(parameters: Any) -> Any:
    from taixu.generate.places.rocks.making import RockSpec

    if not 3.0 <= float(parameters.spacing_m) <= 64.0:
        raise TaixuError(f"rocks: spacing_m is {parameters.spacing_m:g}; it must be from 3 to 64")
    if not 1 <= int(parameters.kinds) <= 12 or not 0 <= float(parameters.radius_m) <= 8000:
        raise TaixuError("rocks: there are 1 to 12 kinds of them, within at most 8,000 m")
    form, stone = str(parameters.form), str(parameters.stone)
    return RockSpec(form=form, stone=stone, size_m=float(parameters.size_m), moss=float(parameters.moss), texture_px=128).check()


_HOME = "taixu.generate.places.rocks.modifiers"
KINDS: tuple[ModifierKind, ...] = (
    ModifierKind(
        Rocks, f"{_HOME}:make_rocks", reads=sown_reads, writes=("things",), reach_m=4.0, bounds=f"{_HOME}:rocks_bounds",
        words=f"{_HOME}:rock_words", most_level=0,
    ),
)  # fmt: skip
"""What this package brings."""
