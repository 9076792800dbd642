from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from command_line import taixu, taixu_json

from taixu.bench import BENCHES, load_bench
from taixu.bench.boxes import camera_position, grid, moved
from taixu.cli import main

KEYS = {"name", "n", "fps", "frame_ms", "p95_ms", "rss_peak_mb"}


def test_every_benchmark_can_be_loaded() -> None:
    for name in BENCHES:
        assert load_bench(name).defaults.n > 0


def test_results_are_one_json_line_each() -> None:
    done = taixu("bench", "transforms", "--n", "2000", "--frames", "3")
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [found["name"] for found in results] == ["transforms/scattered", "transforms/flat", "transforms/depth-5"]
    assert all(KEYS <= set(found) for found in results)
    assert all(found["ratio"] == pytest.approx(found["limit_ms"] / found["frame_ms"], rel=0.05) for found in results)


def test_with_json_it_is_one_object_with_all_results() -> None:
    found = taixu_json("bench", "physics", "--n", "20", "--frames", "3")
    assert found["name"] == "physics/pybullet"
    assert [one["name"] for one in found["results"]] == ["physics/pybullet", "physics/rapier"]
    assert all({"bare_ms", "added", "ratio"} <= set(one) or "skipped" in one for one in found["results"])
    assert found["failures"] == []


def test_boxes_are_drawn_and_python_is_measured_apart() -> None:
    found = taixu_json("bench", "S1", "--n", "200", "--frames", "3", "--size", "64x36")
    assert KEYS | {"python_ms", "size"} <= set(found)
    assert (found["n"], found["size"]) == (200, "64x36")
    assert 0 < found["python_ms"] < found["frame_ms"] * 5


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "S9"]) == 2
    assert "transforms, S1, S2" in capsys.readouterr().err


@pytest.mark.parametrize("scene", ["S1", "S3"])
def test_peers_say_why_they_are_left_out(scene: str) -> None:
    from taixu.bench.peers import variants_of
    from taixu.bench.runner import run_lines

    for peer, variants in variants_of(scene).items():
        asked = [peer, "--variant", variants[-1], "--scene", scene, "--n", "64", "--frames", "2", "--size", "64x36"]
        (found,) = run_lines("taixu.bench.peers", asked)
        assert found["peer"] == peer
        assert found["fps"] > 0 if "skipped" not in found else len(found["skipped"]) > 10


def test_the_best_of_those_that_ran_is_what_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.bench import against_peers

    frames = {"panda3d": (40.0, 1.0), "pygfx": (10.0, 40.0), "pyvista": (28.0, 1.5)}

    def run_lines(module: str, asked: list[str], **_: object) -> Iterator[dict[str, Any]]:
        peer, about = asked[0], {"peer": asked[0], "variant": asked[2]}
        if peer not in frames:
            yield about | {"skipped": "it is not installed"}
            return
        fps, bare_ms = frames[peer]
        yield about | {"fps": fps, "frame_ms": bare_ms if "--without-gpu" in asked else 1e3 / fps}

    monkeypatch.setattr(against_peers, "run_lines", run_lines)
    own = {"name": "S1", "n": 10, "size": "64x36", "fps": 39.0, "frame_ms": 25.6, "p95_ms": 26.0, "rss_peak_mb": 100}
    own["python_ms"] = 0.5
    *each, best = against_peers.compare_with_peers(own, ["--scene", "S1"])
    assert [one["peer"] for one in each if "skipped" in one] == ["godot3", "godot3"]
    assert {one["ratio"] for one in each if one["peer"] == "pygfx"} == {3.9}
    assert KEYS <= set(best)
    assert (best["peer"], best["limit_fps"], best["ratio"], best["python_ratio"]) == ("panda3d", 38.0, 1.03, 2.0)


def test_a_camera_that_walks_sees_little_of_a_town() -> None:
    found = taixu_json("bench", "scale", "--n", "4000", "--frames", "2", "--size", "64x36")
    plain, culling = found["results"]
    assert KEYS | {"python_ms", "ratio", "triangles"} <= set(plain) & set(culling)
    assert culling["tested"] == 4000
    assert culling["hidden"] > 0
    assert culling["drawn"] < plain["drawn"]


def test_a_lit_model_is_drawn() -> None:
    found = taixu_json("bench", "S3", "--frames", "2", "--size", "64x36")
    assert KEYS | {"python_ms", "size"} <= set(found)


def test_the_scene_is_a_cube_around_the_origin() -> None:
    centres, phases, edge = grid(1000)
    assert edge == 10
    assert centres.shape == (3, 1000)
    assert phases.shape == (1000,)
    assert abs(centres.mean(axis=1)).max() < 1e-5
    assert abs(moved(centres, phases, 7) - centres).max() <= 0.5
    assert camera_position("S1", edge, 0) == camera_position("S1", edge, 60)
    assert camera_position("S2", edge, 0) != camera_position("S2", edge, 60)
