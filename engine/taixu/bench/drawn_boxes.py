"""What S1 and S2 share: this engine with and without a rasteriser, then the other engines likewise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taixu.bench.measure import Options
from taixu.bench.peers import PEERS
from taixu.bench.runner import WITHOUT_GPU, run_lines

__all__ = ["measure_scene"]


def measure_scene(name: str, options: Options) -> Iterator[dict[str, Any]]:
    """Yield this engine's result, then one for each variant of each peer.

    `python_ms` is what Python and the driver cost: a second process measures it with a driver that draws nothing (on
    Mesa; other drivers ignore the wish, and then the time to submit stands there). In a peer's result `ratio` says how
    many times more frames per second this engine reaches, `python_ratio` how many times less it costs.
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
    if not options.peers:
        return
    for peer, variants in PEERS.items():
        for variant in variants:
            asked = [peer, "--variant", variant, "--scene", name, *same]
            found = next(run_lines("taixu.bench.peers", asked))
            if "skipped" not in found:
                _compare(own, found, asked)
            yield {"name": name, "size": own["size"]} | found


def _compare(own: dict[str, Any], found: dict[str, Any], asked: list[str]) -> None:
    found["ratio"] = round(own["fps"] / found["fps"], 2)
    bare = next(run_lines("taixu.bench.peers", [*asked, "--without-gpu"], environment=WITHOUT_GPU))
    if "skipped" not in bare:
        found["python_ms"] = bare["frame_ms"]
        found["python_ratio"] = round(bare["frame_ms"] / max(own["python_ms"], 1e-3), 2)
