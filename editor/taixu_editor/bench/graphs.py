"""What a material's graph costs in the editor: the interface of sixty nodes, and the time from a number to the picture."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench.measure import resident_mb, result
from taixu.errors import MachineError
from taixu.generate.materials import Age, material_graph
from taixu_editor.bench.stage import Stage

__all__ = ["FOLLOW_LIMIT_MS", "LIMIT_MB", "LIMIT_MS", "measure_graph", "measure_graph_pictures"]

LIMIT_MS = 4.0
"""Of the interface a frame, as with a large world."""
FOLLOW_LIMIT_MS = 120.0
"""Of the main thread from a number that is set to the material's picture with it, the interface of these frames included."""
LIMIT_MB = 8.0
_WARM, _TURNS, _OPENINGS = 12, 20, 20
_PATH = "materials/bench.graph.json"


def measure_graph(folder: Path, *, frames: int) -> Iterator[dict[str, Any]]:
    """Yield the interface's time a frame while a graph of about sixty nodes is in front, and while its canvas is near."""
    stage = _open(folder)
    try:
        canvas = stage.panel("graph").canvas
        count = len(canvas.document.graph.nodes)
        times = np.array([frame.interface for frame in stage.frames(frames)])
        yield result("editor/graph of nodes", times, n=count, limit_ms=LIMIT_MS)
        names = list(canvas.document.graph.nodes)
        canvas.choose(names[:1])
        stage.frames(3)
        canvas.fit()
        stage.frames(_WARM * 2)
        times = np.array([frame.interface for frame in stage.frames(frames)])
        yield result("editor/graph of nodes, near", times, n=count, limit_ms=LIMIT_MS)
    finally:
        stage.close()


def measure_graph_pictures(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the time from a number that is set to the material's picture, and what tabs that were closed have left of memory."""
    stage = _open(folder)
    try:
        window, canvas = stage.window, stage.panel("graph").canvas
        name, parameter = _first_number(canvas.document.graph)
        low = canvas.document.graph.nodes[name].parameters[parameter]
        times, walls, longest, count = [], [], 0.0, 0
        for turn in range(_TURNS):
            began, picture, spent = perf_counter(), canvas.previews.version, 0.0
            window.do("graph.set", node=name, values={parameter: low * (1.0 + 0.02 * (turn + 1))}, drag="bench")
            while canvas.previews.version == picture or not canvas.previews.is_done:
                frame = stage.frame()
                spent, longest, count = spent + frame.busy, max(longest, frame.busy), count + 1
            window.device.finish()
            times.append(spent)
            walls.append(1e3 * (perf_counter() - began))
        yield result("editor/graph, number to picture", np.array(times), n=len(canvas.document.graph.nodes),
                     limit_ms=FOLLOW_LIMIT_MS, longest_ms=round(longest, 1), frames=round(count / _TURNS, 1),
                     wall_ms=round(float(np.median(walls)), 1))  # fmt: skip
        held = []
        for _ in range(_OPENINGS):
            window.do("graph.drop")
            stage.frames(2)
            window.do("graph.open", path=_PATH)
            stage.until(lambda: _is_ready(stage))
            gc.collect()
            held.append(resident_mb())
        grown = held[-1] - held[_OPENINGS // 5]
        yield result("editor/graph, opened again", np.array(times), n=_OPENINGS, held_mb=round(held[-1], 1),
                     grown_mb=round(grown, 2), limit_mb=LIMIT_MB)  # fmt: skip
    finally:
        stage.close()


def _open(folder: Path) -> Stage:
    stage = Stage()
    window = stage.window
    window.open(folder)
    stage.frames(_WARM)
    graph = material_graph("bricks", seed=3, age=Age(wear=0.4, dirt=0.4, moss=0.5, wetness=0.6))[0]
    if not window.host.session.project.file(_PATH).exists():
        window.host.graphs.make(_PATH, graph)
    window.do("graph.open", path=_PATH)
    stage.until(lambda: _is_ready(stage))
    stage.frames(_WARM)
    return stage


def _is_ready(stage: Stage) -> bool:
    canvas = stage.panel("graph").canvas
    return canvas is not None and canvas.previews.is_done and canvas.wants_fit <= 0


def _first_number(graph: Any) -> tuple[str, str]:
    """A number near the beginning, that much hangs on."""
    for name, node in graph.nodes.items():
        for parameter in node.kind.parameters.values():
            if parameter.kind == "float" and isinstance(parameter.default, float) and node.parameters[parameter.name] > 0:
                return name, parameter.name
    raise MachineError("the graph of the bench has no number to turn")
