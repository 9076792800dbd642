"""What this engine promises to reach, measured: `make bench` on a quiet machine."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter
from typing import Any

import pytest

from taixu.bench.runner import run_bench

pytestmark = pytest.mark.bench

PEERS = {
    ("panda3d", "nodes"): (2.5, 20.0),
    ("godot3", "nodes"): (2.0, 10.0),
    ("pygfx", "nodes"): (20.0, 0.0),
    ("panda3d", "instances"): (0.8, 0.0),
}
"""At least so many times the frames per second, and so many times less spent in Python and the driver."""


def results(name: str, *arguments: str) -> list[dict[str, Any]]:
    return list(run_bench(name, list(arguments)))


def test_transforms_of_a_million_entities() -> None:
    for found in results("transforms"):
        assert found["frame_ms"] <= found["limit_ms"], found
        assert found.get("bytes_each", 0) <= 200, found


def test_moving_boxes_beside_other_engines() -> None:
    own, *others = results("S1", "--peers")
    assert own["python_ms"] <= 2.0
    measured = 0
    for found in others:
        wanted = PEERS.get((found["peer"], found["variant"]))
        if wanted is None or "skipped" in found:
            continue
        measured += 1
        assert found["ratio"] >= wanted[0], found
        assert found.get("python_ratio", wanted[1]) >= wanted[1], found
    if not measured:
        pytest.skip('no other engine is installed here; pip install "taixu[bench]"')


def test_static_boxes_cost_nothing_in_python() -> None:
    assert results("S2")[0]["python_ms"] <= 0.5


def test_the_engine_adds_little_to_a_step_of_bodies() -> None:
    found = {each["name"]: each for each in results("physics") if "skipped" not in each}
    usual = found.get("physics/pybullet")
    if usual is None:
        pytest.skip("pybullet has no wheel here")
    assert usual["added"] <= 0.10, usual
    other = found.get("physics/rapier")  # its step is a quarter as long: what the engine adds is held to the same milliseconds
    if other is not None:
        assert other["added"] * other["bare_ms"] <= 0.10 * usual["bare_ms"], other


def test_a_picture_from_a_cold_start() -> None:
    (found,) = results("render-start")
    assert found["frame_ms"] <= found["limit_ms"], found


def test_layers_of_materials() -> None:
    """All layers, those that see through included, cost a few times the plain material and no more."""
    for found in results("materials"):
        assert found["cost"] <= found.get("limit_cost", 3.0), found


SLOW_CHANGES = {
    "opening a world": 1500.0, "selecting all": 250.0, "changing all": 250.0, "doing it again": 250.0, "saving": 250.0,
    "deleting all": 800.0, "undoing that deletion": 1200.0, "playing": 1500.0, "stopping": 800.0, "opening a project": 400.0,
}  # fmt: skip
"""Milliseconds of the processor for what is done to a hundred thousand entities at once, in one frame; else the limit holds."""


def test_the_editor() -> None:
    """Interface work under 4 ms a frame with 100,000 entities open, a click seen in the next frame, no growth, no stalls."""
    pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')
    for found in results("editor"):
        name = found["name"].removeprefix("editor/")
        if "limit_frames" in found:
            assert found["frames"] <= found["limit_frames"], found
        elif "limit_mb" in found:
            assert found["grown_mb"] <= found["limit_mb"], found
        else:
            assert found["frame_ms"] <= SLOW_CHANGES.get(name, found["limit_ms"]), found


def test_import_is_quick() -> None:
    times = []
    for _ in range(5):
        start = perf_counter()
        subprocess.run([sys.executable, "-c", "import taixu"], check=True)
        times.append(perf_counter() - start)
    assert min(times) <= 0.3
