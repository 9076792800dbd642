"""Other engines beside this one: each in a process of its own, with and without a rasteriser, and the best of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from taixu.bench.peers import variants_of
from taixu.bench.runner import WITHOUT_GPU, run_lines

__all__ = ["compare_with_peers"]

_SHARE = 0.95
"""Of the best peer's frames per second, what this engine must reach."""


def compare_with_peers(own: dict[str, Any], asked: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a result for each variant of each peer on the scene that `asked` names, then one against the best of them.

    In a peer's result `ratio` says how many times more frames per second this engine reaches, `python_ratio` how many times
    less Python and the driver cost. Against the best, `ratio` is this engine's frames per second over the limit (0.95 of the
    best's), and `python_ratio` the least of a peer over this engine's own. The variable ``TAIXU_PEERS_PYTHON`` names the Python
    that the peers are installed in, where that is another one.
    """
    scene = asked[asked.index("--scene") + 1]
    found: list[dict[str, Any]] = []
    for peer, variants in variants_of(scene).items():
        for variant in variants:
            one = _measured(own, [peer, "--variant", variant, *asked])
            if "skipped" not in one:
                found.append(one)
            yield {"name": own["name"], "size": own["size"]} | one
    if found:
        best = max(found, key=lambda one: float(one["fps"]))
        limit = _SHARE * best["fps"]
        least = min((one["python_ms"] for one in found if "python_ms" in one), default=None)
        about = {}
        if least is not None:
            about = {"python_ms": own["python_ms"], "python_ratio": round(least / max(own["python_ms"], 1e-3), 2)}
        yield {
            "name": f"{own['name']}, against the best", "n": own["n"], "size": own["size"], "peer": best["peer"],
            "variant": best["variant"], "fps": own["fps"], "frame_ms": own["frame_ms"], "p95_ms": own["p95_ms"],
            "rss_peak_mb": own["rss_peak_mb"], "limit_fps": round(limit, 2), "ratio": round(own["fps"] / limit, 2), **about,
        }  # fmt: skip


def _measured(own: dict[str, Any], asked: list[str]) -> dict[str, Any]:
    found = _run(asked)
    if "skipped" in found:
        return found
    found["ratio"] = round(own["fps"] / found["fps"], 2)
    bare = _run([*asked, "--without-gpu"], WITHOUT_GPU)
    if "skipped" not in bare:
        found["python_ms"] = bare["frame_ms"]
        found["python_ratio"] = round(bare["frame_ms"] / max(own["python_ms"], 1e-3), 2)
    return found


def _run(asked: list[str], environment: dict[str, str] | None = None) -> dict[str, Any]:
    python = os.environ.get("TAIXU_PEERS_PYTHON", "") or sys.executable
    engine = str(Path(__file__).resolve().parents[2])  # a Python of the peers' own does not have Taixu installed
    path = os.pathsep.join(filter(None, (engine, os.environ.get("PYTHONPATH", ""))))
    wanted = {**(environment or {}), "PYTHONPATH": path} if python != sys.executable else environment
    return next(run_lines("taixu.bench.peers", asked, environment=wanted, python=python))
