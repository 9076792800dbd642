"""Roads in hand: points that lie together move together, and rows are written as they were but for what a hand changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu_editor.view.curves import _points_of_roads, _roads_with, _Shown

ROADS: list[Any] = [
    {"points": [[0, 0], [10, 0]], "kind": "lane"}, "nonsense", {"points": [[10, 0], [10, 9]], "kind": "path", "name": "b"},
]  # fmt: skip


def test_points_of_all_roads_and_who_moves_with_whom() -> None:
    points, lines = _points_of_roads(ROADS)
    shown = _Shown("road_network", 1, np.eye(4), points, False, lines, len(ROADS))
    assert lines == [0, 0, 2, 2] and shown.edges() == [(0, 1), (2, 3)]
    assert shown.together(1).tolist() == [1, 2] and shown.together(3).tolist() == [3]


def test_rows_are_written_with_what_changed() -> None:
    points, lines = _points_of_roads(ROADS)
    flat = points[:, [0, 2]].tolist()
    assert _roads_with(ROADS, flat, lines) == ROADS
    longer = _roads_with(ROADS, [*flat, [20.0, 5.0]], [*lines, 3])
    assert longer == [*ROADS, {"points": [[20.0, 5.0]], "kind": "path"}]
    gone = _roads_with(ROADS, flat[:3], lines[:3])
    assert gone == ROADS[:2], "one point is no road"
    assert _roads_with([], [[1, 2]], [0]) == [{"points": [[1, 2]], "kind": "street"}]
