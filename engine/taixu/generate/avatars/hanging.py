"""Cloth that hangs: closed surfaces about both legs, from the lower edge of what is worn above down to a hem.

A body in trousers is two tubes; a coat, a dress or a skirt is one. It falls from whatever is widest above, so each height's outline
is the convex hull of the body there, and nowhere narrower than higher up. Legs carry it the more, the lower it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.charts import skin_chart
from taixu.generate.avatars.cloth import Sheet
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.surfaces import triangle_normals

__all__ = ["height_of", "hung"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_STEP_M = 0.038
_COLUMNS = 84
_DIRECTIONS = 64
_LANDMARKS = ("l-foot-1", "l-ankle", "l-knee", "l-upper-leg", "pelvis", "spine-4", "spine-3", "spine-2")
_HALF_STRIDE_M = 0.13
"""Beside the middle, where one leg alone carries."""


def height_of(person: Person, at_y: Floats | float, *, back: bool = False) -> Floats:
    """Heights on a person of heights in the base mesh, metres; `back` the other way."""
    base = np.array([person.data.positions[person.data.joints[name]][1] for name in _LANDMARKS])
    mine = np.array([person.joint(name)[1] for name in _LANDMARKS])
    order = np.argsort(base)
    base, mine = base[order], np.maximum.accumulate(mine[order])
    known, wanted = (mine, base) if back else (base, mine)
    at = np.asarray(at_y, np.float64)
    low = (wanted[1] - wanted[0]) / max(known[1] - known[0], 1e-6)
    return np.where(at < known[0], wanted[0] + (at - known[0]) * low, np.interp(at, known, wanted))


def hung(
    person: Person, sheet: Sheet, *, hem: float, ease_m: float = 0.02, flare_m: float = 0.02, folds: int = 0, fold_m: float = 0.02
) -> Sheet:  # fmt: skip
    """The sheet, gone on from its lower edge to a hem.

    Parameters
    ----------
    sheet
        With one closed edge below, about the waist or the hips.
    hem
        Height in the base mesh: -0.37 is the knee, -0.7 the ankle.
    ease_m, flare_m
        Off the widest of the body above; more of it at the hem.
    folds, fold_m
        How many there are, and how deep at the hem.
    """
    loop = _lower_loop(sheet)
    axis = np.array((0.0, float(sheet.positions[loop, 2].mean())))
    size = person.scale
    turn = np.linspace(-np.pi, np.pi, max(_COLUMNS, 6 * folds), endpoint=False)
    across = sheet.positions[loop][:, [0, 2]] - axis
    angles = np.arctan2(across[:, 0], across[:, 1])
    order = np.argsort(angles, kind="stable")
    loop, angles = loop[order], angles[order]
    radius = np.linalg.norm(across[order], axis=1)

    def around(values: Floats) -> Floats:
        wrapped = np.concatenate([values[-1:], values, values[:1]])
        at = np.concatenate([angles[-1:] - 2 * np.pi, angles, angles[:1] + 2 * np.pi])
        return np.interp(turn, at, wrapped)

    top_y, top_r = around(sheet.positions[loop, 1]), around(radius)
    low_y = float(height_of(person, hem))
    rows = max(3, int(np.ceil((top_y.mean() - low_y) / (_STEP_M * size))))
    share = (np.arange(1, rows + 1) / rows)[:, None]
    y = top_y[None] + (low_y - top_y)[None] * share
    hull = _hulls(person, y.mean(1), axis, turn)
    widest = np.maximum.accumulate(np.concatenate([top_r[None] - ease_m * size, hull]), 0)[1:]
    wave = 0.5 + 0.5 * np.cos(turn * folds)[None] if folds else np.zeros((1, len(turn)))
    falls = widest + size * (ease_m + flare_m * share + fold_m * wave * np.minimum(1.0, 1.6 * share))
    eased = np.clip((top_y[None] - y) / (0.10 * size), 0.0, 1.0)
    eased = eased * eased * (3.0 - 2.0 * eased)
    r = np.maximum(top_r + (np.maximum(falls, top_r) - top_r) * eased, hull + 0.6 * ease_m * size)
    points = np.stack([r * np.sin(turn), y, axis[1] + r * np.cos(turn)], -1).reshape(-1, 3)
    return _joined(person, sheet, loop, points, turn, rows, angles)


def _lower_loop(sheet: Sheet) -> Ints:
    rim = np.unique(sheet.rim())
    rim = rim[sheet.arm[rim] < 0.35]
    low = sheet.at[rim, 1]
    return np.asarray(rim[low < low.min() + 0.02])


def _hulls(person: Person, heights: Floats, axis: Floats, turn: Floats) -> Floats:
    """How far the convex hull of hips and legs reaches in each direction, at each height: float64 [n, t]."""
    rows = np.unique(skin_chart("body").rows)
    arms = person.bone("leftShoulder"), person.bone("rightShoulder")
    names = person.pose.bones
    is_arm = np.array([name.startswith(("left", "right")) and not any(word in name for word in ("Leg", "Foot", "Toes"))
                       for name in names])  # fmt: skip
    is_arm[list(arms)] = False
    shares = (person.pose.weights[rows] * is_arm[person.pose.joints[rows]]).sum(1)
    points = person.rows[rows[shares < 0.3]]
    theta = np.linspace(0.0, 2.0 * np.pi, _DIRECTIONS, endpoint=False)
    looks = np.stack([np.sin(theta), np.cos(theta)])
    reach = 0.6 * max(float(np.abs(np.diff(heights)).mean()), 0.02)
    least = np.cos(turn[:, None] - theta)
    found = np.zeros((len(heights), len(turn)))
    for number, height in enumerate(heights):
        near = points[np.abs(points[:, 1] - height) < reach]
        if not len(near):
            continue
        support = np.maximum(((near[:, [0, 2]] - axis) @ looks).max(0), 0.0)
        far = np.where(least > 0.05, support / np.maximum(least, 0.05), np.inf)
        found[number] = far.min(1)
    return found


def _joined(person: Person, sheet: Sheet, loop: Ints, points: Floats, turn: Floats, rows: int, angles: Floats) -> Sheet:
    """The sheet with rings of new vertices below its loop."""
    first, columns = len(sheet.positions), len(turn)
    index = first + np.arange(rows * columns).reshape(rows, columns)
    near, far = index[:-1], index[1:]
    a, b, c, d = near, far, np.roll(far, -1, 1), np.roll(near, -1, 1)
    grid = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    triangles = np.concatenate([sheet.triangles, _zipped(loop, angles, index[0], turn), grid])
    nearest = loop[np.abs((angles[None] - turn[:, None] + np.pi) % (2 * np.pi) - np.pi).argmin(1)]
    above = np.tile(nearest, rows)
    at = np.stack([points[:, 0] / person.scale, height_of(person, points[:, 1], back=True), points[:, 2] / person.scale], 1)
    around = np.abs(np.arctan2(at[:, 0], at[:, 2] - 0.03)) * 0.15
    positions = np.concatenate([sheet.positions, points])
    return replace(
        sheet, positions=positions, normals=triangle_normals(positions, triangles),
        coordinates=np.concatenate([sheet.coordinates, np.stack([around, -at[:, 1]], 1)]),
        weights=np.concatenate([sheet.weights, _weights(person, sheet.weights[above], points, sheet.positions[above, 1])]),
        at=np.concatenate([sheet.at, at]), arm=np.concatenate([sheet.arm, np.full(len(points), -1.0)]),
        leg=np.concatenate([sheet.leg, np.full(len(points), -1.0)]), rows=np.concatenate([sheet.rows, sheet.rows[above]]),
        triangles=triangles, hangs=True
    )  # fmt: skip


def _zipped(upper: Ints, upper_angles: Floats, lower: Ints, lower_angles: Floats) -> Ints:
    """Triangles between two closed rings, both by rising angle."""
    found, i, j, n, m = [], 0, 0, len(upper), len(lower)
    while i < n or j < m:
        next_upper = upper_angles[(i + 1) % n] + (2 * np.pi if i + 1 >= n else 0.0)
        next_lower = lower_angles[(j + 1) % m] + (2 * np.pi if j + 1 >= m else 0.0)
        if j >= m or (i < n and next_upper <= next_lower):
            found.append((upper[i % n], lower[j % m], upper[(i + 1) % n]))
            i += 1
        else:
            found.append((upper[i % n], lower[j % m], lower[(j + 1) % m]))
            j += 1
    return np.array(found)


def _weights(person: Person, above: Floats, points: Floats, top_y: Floats) -> Floats:
    """What carries hanging cloth: at its upper edge what carries that, below the thighs, from the knees on the shins, too."""
    size = person.scale
    hip, knee = float(person.joint("l-upper-leg")[1]), float(person.joint("l-knee")[1])
    soft = np.where(points[:, 2] > 0.03 * size, 0.10, 0.20)  # in front a lap comes up with the thighs
    legs = np.clip((hip + 0.05 * size - points[:, 1]) / (soft * size), 0.0, 1.0)
    shins = np.clip((knee + 0.04 * size - points[:, 1]) / (0.30 * size), 0.0, 1.0) * 0.55
    # Behind, calves push it back when knees bend, and so it lies close below the thighs of who sits.
    behind = np.clip(0.5 - points[:, 2] / (0.10 * size), 0.0, 1.0)
    pushed = np.clip((knee + 0.34 * size - points[:, 1]) / (0.34 * size), 0.0, 1.0) * 0.62
    shins = np.maximum(shins, behind * pushed)
    left = np.clip(0.5 + 0.5 * points[:, 0] / (_HALF_STRIDE_M * size), 0.0, 1.0)
    left = left * left * (3.0 - 2.0 * left)
    wanted = np.zeros_like(above)
    wanted[:, person.bone("hips")] = 1.0 - legs
    for side, part in (("left", left), ("right", 1.0 - left)):
        wanted[:, person.bone(f"{side}UpperLeg")] += legs * part * (1.0 - shins)
        wanted[:, person.bone(f"{side}LowerLeg")] += legs * part * shins
    down = np.clip((top_y - points[:, 1]) / (0.12 * size), 0.0, 1.0)[:, None]
    return np.asarray(above * (1.0 - down) + wanted * down)
