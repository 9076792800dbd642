"""People who walk: how fast at which density, beside Weidmann's measurements; and a hall that empties, beside jupedsim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from taixu.bench.city.simulators import run_steps, told
from taixu.bench.measure import Options
from taixu.bench.runner import run_lines
from taixu.errors import MachineError

__all__ = ["HALL_M", "HALL_PEOPLE", "HALL_SECS", "hall_places", "walking"]

HALL_M, HALL_PEOPLE, HALL_SECS = 60.0, 2000, 60
_DOOR_M = 4.0
_DENSITIES = (1.0, 2.0, 3.0)
_OFF = 0.15


def walking(options: Options) -> Iterator[dict[str, Any]]:
    """Yield a result for each density in a corridor, and one of a hall beside jupedsim."""
    for density in _DENSITIES:
        yield _corridor(density)
    yield _hall()


def hall_places(seed: int = 3) -> np.ndarray[Any, Any]:
    """Where people stand in the hall, ``[n, 2]``: in rows, a little out of line."""
    side = int(np.ceil(HALL_PEOPLE**0.5))
    along = (np.arange(side) + 0.5) * (HALL_M - 4.0) / side - (HALL_M - 4.0) / 2
    rows = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)[:HALL_PEOPLE]
    return np.asarray(rows + np.random.default_rng(seed).uniform(-0.2, 0.2, rows.shape))


def _corridor(density: float) -> dict[str, Any]:
    """``v = 1.34 (1 - exp(-1.913 (1/d - 1/5.4)))`` m/s (Weidmann 1993), in a column's middle; `to_weidmann` is ours over it."""
    from taixu.simulation.crowd import People

    rng, count = np.random.default_rng(1), int(density * 120)
    start = np.stack([rng.uniform(0, 40, count), np.zeros(count), rng.uniform(-1.4, 1.4, count)], axis=1)
    people = People(_floors([((100.0, 1.0, 3.2), (45.0, -0.5, 0.0))]), start, [np.array([[94.0, 0.0, 0.0]])])
    found: list[float] = []

    def step(second: int) -> None:
        said = people.step(second * 10**9, 10**9, {})
        along = said["place"][:, 0]
        middle = np.abs(along - np.median(along)) < 5.0
        if second >= 8:
            expected = 1.34 * (1 - np.exp(-1.913 * (1 / (middle.sum() / 30.0) - 1 / 5.4)))
            found.append(float(said["velocity"][middle, 0].mean() / expected))

    times = run_steps(step, range(14))
    people.close()
    to = float(np.mean(found))
    off = {"to_weidmann": round(to, 3), "off": round(abs(to - 1), 3), "limit": _OFF}
    return told(f"walking, {density:g} a m2", times[1:], n=count, **off)


def _hall() -> dict[str, Any]:
    """A hall of 60 m with one door of 4 m that two thousand leave, for a minute, by ours and by jupedsim's like model."""
    from taixu.simulation.crowd import People

    half, wall = HALL_M / 2, (HALL_M - _DOOR_M) / 2
    pieces = [((HALL_M + 24.0, 1.0, HALL_M), (12.0, -0.5, 0.0))]
    pieces += [((0.4, 3.0, wall), (half + 0.2, 1.5, side * (half - wall / 2))) for side in (-1, 1)]
    places = hall_places()
    start = np.stack([places[:, 0], np.zeros(len(places)), places[:, 1]], axis=1)
    goals = np.array([[half + 4.0, 0.0, z] for z in np.arange(-8.0, 8.1, 1.0)])
    people = People(_floors(pieces), start, [goals])
    people.step(0, 10**8, {})  # compiles
    times = run_steps(lambda second: people.step(10**8 + second * 10**9, 10**9, {}), range(HALL_SECS))
    out = int((people.arrived_secs >= 0).sum())
    people.close()
    try:
        peer: dict[str, Any] = next(iter(run_lines("taixu.bench.peers.jupedsim_hall", [])), {"skipped": "jupedsim said nothing"})
    except MachineError as error:
        peer = {"skipped": str(error)}
    more: dict[str, Any] = {"out": out, "jupedsim": peer}
    if "out" in peer:
        more |= {"times_jupedsim": round(peer["wall_secs"] / (times.sum() / 1e3), 2)}
        more |= {"out_to_jupedsim": round(out / max(peer["out"], 1), 2)}
    return told("hall", times, n=HALL_PEOPLE, **more)


def _floors(boxes: list[tuple[tuple[float, float, float], tuple[float, float, float]]]) -> Any:
    from taixu.navigation import MeshSettings, Piece
    from taixu.navigation.mesh import make_mesh
    from taixu.physics import shapes

    pieces = [Piece.of_shape(shapes.box(size), (*place, 0.0, 0.0, 0.0, 1.0)) for size, place in boxes]
    return make_mesh(pieces, MeshSettings(cell_m=0.2, agent_radius_m=0.1)).floors
