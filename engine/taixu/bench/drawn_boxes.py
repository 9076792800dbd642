"""What S1 and S2 share: this engine with and without a rasteriser, then the other engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taixu.bench.against_peers import compare_with_peers
from taixu.bench.measure import Options
from taixu.bench.runner import WITHOUT_GPU, run_lines

__all__ = ["measure_scene"]


def measure_scene(name: str, options: Options) -> Iterator[dict[str, Any]]:
    """Yield this engine's result, then those of peers.

    `python_ms` is what Python and the driver cost: a second process measures it with a driver that draws nothing (on
    Mesa; other drivers ignore the wish, and then the time to submit stands there).
    """
    from taixu.render.bench import bench_boxes

    own = bench_boxes(name, count=options.n, frames=options.frames, size=options.size)
    if options.without_gpu:
        yield own
        return
    same = ["--n", str(options.n), "--frames", str(options.frames), "--size", f"{options.size[0]}x{options.size[1]}"]
    bare = next(run_lines("taixu.bench", [name, *same, "--without-gpu"], environment=WITHOUT_GPU))
    if bare["noop"]:
        own["python_ms"] = bare["frame_ms"]
    yield own
    if options.peers:
        yield from compare_with_peers(own, ["--scene", name, *same])
