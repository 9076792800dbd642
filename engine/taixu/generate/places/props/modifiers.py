"""Props as a modifier: things that stand at points, in a row along a line, or about a place."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import F32, I32, Bool, Data, Text, component, field
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.curves import placed, points_of, smooth_curve
from taixu.generate.modifiers.kinds import Inputs, ModifierKind
from taixu.generate.modifiers.layers import Layers, Thing

__all__ = ["KINDS", "Props", "make_props", "prop_words", "props_bounds"]

_MOST = 2000


@component("props")
class Props:
    """Things that stand about: at points, every so many metres along a line through them, or strewn around the entity."""

    kind: Text = field(default="barrel", doc="What it is: barrel, bench, lamp_post, fence, cart, boat and the like.")
    scale: F32 = field(default=1.0, minimum=0.1, maximum=10.0, doc="Size against the usual one.")
    points: Data = field(default=[], doc="A list of [x, z] in the entity's frame.")
    every_m: F32 = field(default=0.0, unit="m", minimum=0.0, maximum=500.0, doc="Along the line through the points; 0 is at each.")
    turn_rad: F32 = field(default=0.0, unit="rad", doc="Against the line's direction, or the entity's.")
    strewn: I32 = field(default=0, minimum=0, maximum=500, doc="How many more lie about the entity.")
    radius_m: F32 = field(default=10.0, unit="m", minimum=0.0, maximum=500.0, doc="How far those lie at most.")
    lit: Bool = field(default=False, doc="Lamps shine.")
    solid: Bool = field(default=True, doc="Bodies meet them.")


def props_bounds(parameters: Any, frame: Any) -> Bounds:
    """Around all of them; a point far away where there are none."""
    _spec(parameters)
    at = np.asarray(frame, np.float64)
    found = [placed(_points(parameters), at)] if _points(parameters).size else []
    if parameters.strewn:
        reach = float(parameters.radius_m)
        found.append(at[:3, 3] + np.array([[-reach, 0, -reach], [reach, 0, reach]]))
    return Bounds.of(np.concatenate(found), margin_m=6.0) if found else Bounds(1e9, 1e9, 1e9, 1e9)


def prop_words(prompt: str) -> dict[str, Any]:
    """Parameters that words name."""
    from taixu.generate.places.props.generator import parameters_of_words

    return parameters_of_words(prompt)


def make_props(block: Block, inputs: Inputs, seed: int) -> Layers:
    """A thing for each place in a block; all share their mesh."""
    own = inputs.parameters
    x, z, turns, numbers = _places(own, np.asarray(inputs.frame, np.float64), seed)
    here = np.flatnonzero(block.holds(x, z))
    if not len(here):
        return {"things": []}
    key = f"{own.kind}|{own.scale:.9g}|{own.lit}|{own.solid}|{seed}".encode()
    made = inputs.once("prop", key, partial(_made, own, seed & 0xFFFF))[0]
    heights = inputs.height_at(x[here], z[here])
    things = []
    for k, high in zip(here.tolist(), heights.tolist(), strict=True):
        half = float(turns[k]) / 2
        place = (float(x[k]), float(high), float(z[k]))
        turn = (0.0, float(np.sin(half)), 0.0, float(np.cos(half)))
        things.append(Thing(int(numbers[k]), made.name, place, turn, (1.0, 1.0, 1.0), made.model, made.components, made.children))
    return {"things": things}


def _places(own: Any, frame: NDArray[np.float64], seed: int) -> tuple[Any, Any, Any, Any]:
    """x, z, turns and numbers of all; a number hangs on the order of the points, or of those that are strewn."""
    rows: list[tuple[float, float, float, int]] = []
    heading = float(np.arctan2(frame[0, 2], frame[2, 2])) + float(own.turn_rad)
    points = _points(own)
    if points.size:
        line = placed(points, frame)
        if own.every_m > 0 and len(line) > 1:
            line = smooth_curve(line, step_m=1.0)
            along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line[:, [0, 2]], axis=0).T))])
            if along[-1] / float(own.every_m) > _MOST:
                raise TaixuError(f"props: one every {own.every_m:g} m of {along[-1]:,.0f} m is too much; {_MOST:,} are made")
            for k, at in enumerate(np.arange(0.0, along[-1] + 1e-6, float(own.every_m)).tolist()):
                x, z = (float(np.interp(at, along, line[:, axis])) for axis in (0, 2))
                ahead, behind = min(at + 0.5, along[-1]), max(at - 0.5, 0.0)
                dx, dz = (float(np.interp(ahead, along, line[:, a]) - np.interp(behind, along, line[:, a])) for a in (0, 2))
                rows.append((x, z, float(np.arctan2(-dz, dx)) + float(own.turn_rad), k + 1))
        else:
            rows += [(float(at[0]), float(at[2]), heading, k + 1) for k, at in enumerate(line)]
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 77]))
    for k in range(int(own.strewn)):
        away, angle, turn = random.random(3)
        reach = float(own.radius_m) * away**0.5
        x, z = frame[0, 3] + reach * np.cos(angle * 2 * np.pi), frame[2, 3] + reach * np.sin(angle * 2 * np.pi)
        rows.append((float(x), float(z), float(turn) * 2 * np.pi, (1 << 20) + k))
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return np.array(columns[0]), np.array(columns[1]), np.array(columns[2]), np.array(columns[3], np.int64)


def _points(own: Any) -> NDArray[np.float64]:
    return points_of(own.points, 2, what="props") if own.points not in ([], ()) else np.zeros((0, 2))


def _made(own: Any, seed: int) -> list[Thing]:
    from taixu.generate.places.props.catalogue import PROPS, bounds_of, prop_model
    from taixu.generate.places.props.staging import collider_of
    from taixu.generate.places.props.thing_stage import solid_of

    model, lamps = prop_model(_spec(own), seed)
    shape, name = PROPS[str(own.kind)].collider, str(own.kind).replace("_", " ")
    components: dict[str, Any] = {}
    if own.solid and shape:
        grown = {**collider_of(shape, bounds_of(model) * float(own.scale)), "friction": 0.7}
        components["collider"] = solid_of(grown, model, scale=float(own.scale))
    lights = tuple(
        Thing(k + 1, f"{name} light", at, components={
            "light": {"kind": "point", "color": list(color), "intensity": candela, "range_m": reach, "shadows": False}
        })
        for k, (at, color, candela, reach) in enumerate(lamps if own.lit else ())
    )  # fmt: skip
    return [Thing(1, name, model=model, components=components, children=lights)]


def _spec(parameters: Any) -> Any:
    from taixu.generate.places.props.catalogue import PropSpec

    if not 0 <= int(parameters.strewn) <= 500 or not 0 <= float(parameters.radius_m) <= 500 or not float(parameters.every_m) >= 0:
        raise TaixuError("props: at most 500 are strewn, within 500 m, and none stands less than 0 m from the next")
    return PropSpec(kind=str(parameters.kind), scale=float(parameters.scale), texture_px=128).check()


_HOME = "taixu.generate.places.props.modifiers"
KINDS: tuple[ModifierKind, ...] = (
    ModifierKind(
        Props, f"{_HOME}:make_props", reads=("heights",), writes=("things",), bounds=f"{_HOME}:props_bounds",
        words=f"{_HOME}:prop_words", most_level=0,
    ),
)  # fmt: skip
"""What this package brings."""
