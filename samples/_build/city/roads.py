"""The district's streets and who drives there, as SUMO's files: lanes, turns, lights, cars for ninety minutes, and buses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from city.plan import COUNT, avenue, has_piece, line_m
from taixu.simulation.traffic.routing import Router
from taixu.simulation.traffic.sumo import read_sumo_network

__all__ = ["BUS_LINES", "HEADWAY_SECS", "edge", "write_buses", "write_cars", "write_network"]

_LANE_M, _AVENUE_MPS, _STREET_MPS = 3.5, 16.7, 11.1
_GREEN_SECS, _YELLOW_SECS = 16, 3
_SECS, _A_SEC, _AT_START, _WAYS = 5400, 2.5, 350, 700
HEADWAY_SECS = 360
_STOP_SECS = 20
_DIRECTIONS = ((1, 0), (0, 1), (-1, 0), (0, -1))
_Node = tuple[int, int]
BUS_LINES: dict[str, list[_Node]] = {
    "1 east": [(number, 6) for number in range(COUNT)],
    "1 west": [(number, 6) for number in reversed(range(COUNT))],
    "2 north": [(6, number) for number in range(COUNT)],
    "2 south": [(6, number) for number in reversed(range(COUNT))],
    "3 ring": [*((number, 3) for number in range(3, 9)), *((9, number) for number in range(3, 9)),
               *((number, 9) for number in range(9, 3, -1)), *((3, number) for number in range(9, 3, -1)), (3, 3)],
}  # fmt: skip
"""Crossings that each line passes."""


def edge(start: _Node, end: _Node) -> str:
    """How a street from a crossing to the next is called."""
    return f"{start[0]}.{start[1]}-{end[0]}.{end[1]}"


def write_network(path: Path) -> None:
    """Write lanes, turns over crossings and lights."""
    lines = ["<net>"]
    turns: list[str] = []
    for start in _nodes():
        for end in _next(start):
            lines.append(f"<edge id={quoteattr(edge(start, end))}>{''.join(_lanes(start, end))}</edge>")
    for node in _nodes():
        inner, links, program = _crossing(node)
        lines += inner
        turns += links
        lines += program
    path.write_text("\n".join([*lines, *turns, "</net>"]) + "\n", encoding="utf-8")


def write_cars(path: Path, network_file: Path) -> None:
    """Write cars: some on their way at the start, then so many a second, on ways that are the quickest."""
    network, chance = read_sumo_network(network_file), random.Random(5)
    arrays = network.arrays
    first = np.unique(arrays["edge"], return_index=True)[1]
    router = Router(network, (arrays["length"] / arrays["limit"])[first])
    streets = [number for number, name in enumerate(network.edges) if not name.startswith(":")]
    lines = ["<routes>"]
    for number in range(_WAYS):
        way = None
        while way is None or len([each for each in way if not network.edges[each].startswith(":")]) < 5:
            way = router.way(*chance.sample(streets, 2))
        names = (network.edges[each] for each in way)
        lines.append(f'<route id="{number}" edges="{" ".join(name for name in names if not name.startswith(":"))}"/>')
    departures = [0.0] * _AT_START + sorted(round(chance.uniform(0, _SECS), 1) for _ in range(int(_SECS * _A_SEC)))
    for number, depart in enumerate(departures):
        lines.append(f'<vehicle id="{number}" depart="{depart:g}" route="{chance.randrange(_WAYS)}"/>')
    path.write_text("\n".join([*lines, "</routes>"]) + "\n", encoding="utf-8")


def write_buses(path: Path) -> None:
    """Write the timetable: a bus of each line every six minutes, with its stops."""
    lines = ['<routes>', '<vType id="bus" vClass="bus" length="12" accel="1.2" decel="2.5" maxSpeed="16.7" minGap="2.5"/>']
    for line, (name, nodes) in enumerate(BUS_LINES.items()):
        streets = [edge(*pair) for pair in pairwise(nodes)]
        lines.append(f'<route id={quoteattr(name)} edges="{" ".join(streets)}"/>')
        halts = "".join(f'<stop lane="{each}_0" endPos="90" duration="{_STOP_SECS}"/>' for each in streets[1::2])
        for depart in range(40 * line, _SECS, HEADWAY_SECS):
            key = f"bus {name} {depart // 60:02d}:{depart % 60:02d}"
            lines.append(f'<vehicle id={quoteattr(key)} type="bus" depart="{depart}" route={quoteattr(name)}>{halts}</vehicle>')
    path.write_text("\n".join([*lines, "</routes>"]) + "\n", encoding="utf-8")


def _nodes() -> list[_Node]:
    return [(i, j) for i in range(COUNT) for j in range(COUNT) if _next((i, j))]


def _next(node: _Node) -> list[_Node]:
    """Crossings that a street leads to from one, from the east on, against the clock."""
    found = []
    for step in _DIRECTIONS:
        i, j = node[0] + step[0], node[1] + step[1]
        line, piece = (node[1], min(node[0], i)) if step[1] == 0 else (node[0], min(node[1], j))
        if 0 <= i < COUNT and 0 <= j < COUNT and has_piece(line, piece):
            found.append((i, j))
    return found


def _line(start: _Node, end: _Node) -> int:
    return start[1] if start[1] == end[1] else start[0]


def _count(start: _Node, end: _Node) -> int:
    return 2 if avenue(_line(start, end)) else 1


def _ends(start: _Node, end: _Node, lane: int) -> tuple[np.ndarray, np.ndarray]:
    """Where a lane begins and ends: right of the street's middle, clear of the crossings."""
    a, b = (np.array([line_m(node[0]), line_m(node[1])]) for node in (start, end))
    ahead = (b - a) / np.hypot(*(b - a))
    right = np.array([ahead[1], -ahead[0]]) * _LANE_M * (_count(start, end) - lane - 0.5)
    def clear(node: _Node) -> float:
        across = node[0] if start[1] == end[1] else node[1]
        return 12.0 if avenue(across) else 8.5

    return a + ahead * clear(start) + right, b - ahead * clear(end) + right


def _lanes(start: _Node, end: _Node) -> Iterator[str]:
    limit = _AVENUE_MPS if avenue(_line(start, end)) else _STREET_MPS
    for lane in range(_count(start, end)):
        yield _lane(f"{edge(start, end)}_{lane}", lane, limit, np.array(_ends(start, end, lane)))


def _lane(name: str, index: int, limit: float, points: np.ndarray) -> str:
    shape = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    return f'<lane id={quoteattr(name)} index="{index}" speed="{limit}" length="{length:.2f}" shape="{shape}"/>'


def _crossing(node: _Node) -> tuple[list[str], list[str], list[str]]:
    """Lanes across a crossing, how they join, and its lights, by which one street after the other goes."""
    inner, links, approaches = [], [], []
    around, name = _next(node), f"{node[0]}.{node[1]}"
    lit = f' tl="{name}"' if len(around) > 2 else ""
    for before in around:
        for after in around:
            if after == before:
                continue
            for lane, onto in _turns(before, node, after):
                number = len(approaches)
                a, b = _ends(before, node, lane)
                c, d = _ends(node, after, onto)
                points = _curve(b, (b - a) / np.hypot(*(b - a)), c, (d - c) / np.hypot(*(d - c)))
                via, into, out = f":{name}_{number}", edge(before, node), edge(node, after)
                inner.append(f'<edge id="{via}" function="internal">{_lane(f"{via}_0", 0, 9.0, points)}</edge>')
                light = f'{lit} linkIndex="{number}"' if lit else ""
                links.append(f'<connection from="{into}" to="{out}" fromLane="{lane}" toLane="{onto}" via="{via}_0"{light}/>')
                links.append(f'<connection from="{via}" to="{out}" fromLane="0" toLane="{onto}"/>')
                approaches.append(around.index(before))
    if not lit:
        return inner, links, []
    phases = ""
    for each in range(len(around)):
        for sign, secs in (("G", _GREEN_SECS), ("y", _YELLOW_SECS)):
            phases += f'<phase duration="{secs}" state="{"".join(sign if of == each else "r" for of in approaches)}"/>'
    return inner, links, [f'<tlLogic id="{name}" offset="{(node[0] * 31 + node[1] * 17) % 76}">{phases}</tlLogic>']


def _turns(before: _Node, node: _Node, after: _Node) -> list[tuple[int, int]]:
    """From which lane onto which: straight on from each, to the right from the kerb, to the left from the middle."""
    a, b = np.subtract(node, before), np.subtract(after, node)
    side = int(a[0] * b[1] - a[1] * b[0])
    last, last_there = _count(before, node) - 1, _count(node, after) - 1
    if side == 0:
        return [(lane, min(lane, last_there)) for lane in range(last + 1)]
    return [(0, 0)] if side < 0 else [(last, last_there)]


def _curve(start: np.ndarray, ahead: np.ndarray, end: np.ndarray, onward: np.ndarray) -> np.ndarray:
    """Straight on, or a parabola whose tangents are the lanes."""
    if abs(float(ahead @ onward)) > 0.9:
        return np.stack([start, end])
    reach = float((end - start) @ ahead)
    corner, t = start + ahead * reach, np.linspace(0, 1, 6)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end
