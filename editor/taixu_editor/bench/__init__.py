"""``taixu bench editor``: what the editor's interface costs, and where a person would wait for it.

The window is a real one, on a virtual screen where there is no other. What is measured is the processor's time of the main
thread in a process whose driver draws nothing (see `taixu.bench.runner`): that is what stays when a graphics card does the
drawing, and what other programs on the machine change least. Clicks and the start are measured with pictures, on the clock.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from taixu.bench.measure import Options
from taixu.bench.runner import WITHOUT_GPU, run_lines

__all__ = ["defaults", "measure"]

defaults = Options(n=100_000, frames=120)

_ASSETS = 1000
_BOXES = 1000
"""Of the worlds that are really drawn."""


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield results: the interface's time a frame, clicks, openings, changes of everything, the start, memory.

    Raises
    ------
    MachineError
        Where there is no screen, not even a virtual one.
    """
    from taixu_editor.bench.stage import screen
    from taixu_editor.bench.worlds import make_project

    with screen() as shown, tempfile.TemporaryDirectory(prefix="taixu-bench-") as name:
        folder = Path(name)
        home = {"TAIXU_HOME": str(folder / "home"), "TAIXU_CACHE": str(folder / "cache")}
        world = make_project(folder / "large", entities=options.n)
        small = make_project(folder / "small", entities=min(options.n, _BOXES))
        assets = make_project(folder / "assets", assets=min(options.n, _ASSETS))
        boxes = min(options.n, _BOXES)
        kinds = (
            ("interface", world, options.n, True),
            ("changes", world, options.n, True),
            ("assets", assets, min(options.n, _ASSETS), True),
            ("use", small, boxes, True),
            ("clicks", small, boxes, False),
            ("graph", small, boxes, True),
            ("graph pictures", small, boxes, False),
            ("start", small, 1, False),
        )
        for kind, project, count, is_bare in kinds:
            given = [kind, str(project), "--n", str(count), "--frames", str(options.frames)]
            yield from run_lines("taixu_editor.bench", given, environment=shown | home | (WITHOUT_GPU if is_bare else {}))


def run_child(kind: str, folder: Path, *, n: int, frames: int) -> Iterator[dict[str, Any]]:
    """The results of one part, in this process."""
    from taixu_editor.bench import graphs, interface, opening, pointing, starting, using

    match kind:
        case "interface":
            yield from interface.measure_interface(folder, n=n, frames=frames)
        case "changes":
            yield from opening.measure_changes(folder, n=n)
        case "assets":
            yield from opening.measure_assets(folder, n=n)
        case "use":
            yield from using.measure_use(folder, n=n, frames=frames)
        case "clicks":
            yield from pointing.measure_clicks(folder, n=n)
        case "graph":
            yield from graphs.measure_graph(folder, frames=frames)
        case "graph pictures":
            yield from graphs.measure_graph_pictures(folder)
        case "start":
            yield from starting.measure_start()
