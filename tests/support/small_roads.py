"""Small networks of streets for tests."""

from __future__ import annotations

import numpy as np

from taixu.simulation.traffic import Connection, Lane, RoadNetwork, SignalProgram

__all__ = ["cross_roads", "detour", "straight", "two_lights"]


def _lane(name: str, edge: str, start: tuple[float, float], end: tuple[float, float], *, across: bool = False) -> Lane:
    points = np.array([start, end], np.float64)
    return Lane(name, edge, points, float(np.hypot(*(points[1] - points[0]))), 14.0, across)


def straight(length: float = 500.0, lanes: int = 1, onward: tuple[int, ...] = (0,)) -> RoadNetwork:
    """A street ``a`` of some lanes, of which those in `onward` go on to the one lane of ``b``."""
    streets = [_lane(f"a{number}", "a", (0, -3.0 * number), (length, -3.0 * number)) for number in range(lanes)]
    return RoadNetwork(
        [*streets, _lane("b0", "b", (length, 0), (length + 200, 0))], [Connection(f"a{number}", "b0") for number in onward]
    )


def cross_roads(signals: bool = False) -> RoadNetwork:
    """Main street ``w`` to ``e``; side street ``s`` to ``n`` that gives way, or lights: 10 s for each with a yellow of 3."""
    lanes = [
        _lane("w0", "w", (-200, 0), (-5, 0)), _lane("e0", "e", (5, 0), (200, 0)), _lane("s0", "s", (0, 200), (0, 5)),
        _lane("n0", "n", (0, -5), (0, -200)), _lane(":we", ":x1", (-5, 0), (5, 0), across=True),
        _lane(":sn", ":x2", (0, 5), (0, -5), across=True),
    ]  # fmt: skip
    lit = {"x": SignalProgram(("Gr", "yr", "rG", "ry"), (10.0, 3.0, 10.0, 3.0))} if signals else {}
    name = "x" if signals else ""
    links = [
        Connection("w0", "e0", ":we", name, 0), Connection(":we", "e0"),
        Connection("s0", "n0", ":sn", name, 1, () if signals else (":we",)), Connection(":sn", "n0"),
    ]  # fmt: skip
    return RoadNetwork(lanes, links, lit)


def detour() -> RoadNetwork:
    """From ``in`` to ``out`` over a short ``bridge`` or a ``long`` way round."""
    lanes = [
        _lane("in0", "in", (0, 0), (300, 0)), _lane("bridge0", "bridge", (300, 0), (400, 0)),
        _lane("long0", "long", (300, 0), (350, 200)), _lane("long1", "back", (350, 200), (400, 0)),
        _lane("out0", "out", (400, 0), (600, 0)),
    ]  # fmt: skip
    links = [("in0", "bridge0"), ("in0", "long0"), ("long0", "long1"), ("bridge0", "out0"), ("long1", "out0")]
    return RoadNetwork(lanes, [Connection(*link) for link in links])


def two_lights(apart: float = 280.0) -> RoadNetwork:
    """A main street ``w``, ``m``, ``e`` that crosses ``s1`` and ``s2`` under lights ``one`` and ``two``: 17 s, yellow 3."""
    x = (0.0, 10.0 + apart)
    lanes = [
        _lane("w0", "w", (-300, 0), (x[0] - 5, 0)), _lane("m0", "m", (x[0] + 5, 0), (x[1] - 5, 0)),
        _lane("e0", "e", (x[1] + 5, 0), (x[1] + 300, 0)),
    ]  # fmt: skip
    links = []
    for number, (name, before, after) in enumerate((("one", "w0", "m0"), ("two", "m0", "e0"))):
        side, out = f"s{number + 1}", f"n{number + 1}"
        lanes += [
            _lane(f"{side}_0", side, (x[number], 200), (x[number], 5)), _lane(f"{out}_0", out, (x[number], -5), (x[number], -200)),
            _lane(f":{name}m", f":{name}m", (x[number] - 5, 0), (x[number] + 5, 0), across=True),
            _lane(f":{name}s", f":{name}s", (x[number], 5), (x[number], -5), across=True),
        ]  # fmt: skip
        links += [
            Connection(before, after, f":{name}m", name, 0), Connection(f":{name}m", after),
            Connection(f"{side}_0", f"{out}_0", f":{name}s", name, 1), Connection(f":{name}s", f"{out}_0"),
        ]  # fmt: skip
    program = SignalProgram(("Gr", "yr", "rG", "ry"), (17.0, 3.0, 17.0, 3.0))
    return RoadNetwork(lanes, links, {"one": program, "two": program})
