"""Sweeps on a Ray cluster: one that a test starts, on this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from taixu.errors import MachineError, UsageError
from taixu.simulation.sweeps import Plan, read_plan, run_plan


def _plan(folder: Path) -> Plan:
    world = folder / "a.world.json"
    world.write_text('{"format": "taixu.world", "version": 1, "entities": {}}')
    measure = {"y": {"column": "water.depth", "by": "max"}}
    file = folder / "a.sweep.json"
    file.write_text(json.dumps({"world": str(world), "seconds": 3, "vary": {"water.x": [3, -1, -2, 2]}, "measure": measure}))
    return read_plan(file)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("ray", reason='Ray is not installed; pip install "taixu[cluster]" brings it')
    port, folder = _free_port(), tmp_path_factory.mktemp("r")
    support = Path(__file__).parents[2] / "support"
    environment = os.environ | {"PYTHONPATH": str(support), "RAY_USAGE_STATS_ENABLED": "0"}
    ray = [sys.executable, "-m", "ray.scripts.scripts"]
    head = subprocess.Popen(
        [*ray, "start", "--head", "--block", "--node-ip-address", "127.0.0.1", "--port", str(port), "--num-cpus", "2",
         "--include-dashboard=false", "--ray-client-server-port", str(_free_port()), "--object-store-memory", "80000000",
         "--temp-dir", str(folder)],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert head.stdout is not None
        for line in head.stdout:
            if "runtime started" in line:
                break
        else:
            raise AssertionError("the cluster did not start")
        yield f"127.0.0.1:{port}"
    finally:
        head.terminate()
        head.communicate()


def test_runs_on_a_cluster_are_those_of_this_machine_and_what_dies_there_is_said(tmp_path: Path, cluster: str) -> None:
    plan = _plan(tmp_path)
    (tmp_path / "weak").touch()
    steps: list[tuple[int, int]] = []
    told = {"function": "sweep_cases:squared", "arguments": (str(tmp_path),)}
    runs, failed = run_plan(plan, tmp_path / "far", cluster=cluster, progress=lambda *step: steps.append(step), **told)  # type: ignore[arg-type]
    assert [(run.case["water.x"], run.measures["y"], run.state_hash) for run in runs.values()] == [(3, 9.0, "3"), (2, 4.0, "2")]
    said = sorted(sentence.split(":")[0] for sentence in failed.values())
    assert said == ["a run on the cluster ended by itself", "the pump is dry"]
    assert steps[0] == (0, 4) and steps[-1] == (4, 4)
    (tmp_path / "weak").unlink()
    again, failed = run_plan(plan, tmp_path / "far", cluster=cluster, **told)  # type: ignore[arg-type]
    here, failed_here = run_plan(plan, tmp_path / "near", **told)  # type: ignore[arg-type]
    assert {key: run.state_hash for key, run in again.items()} == {key: run.state_hash for key, run in here.items()}
    assert failed == failed_here and len(again) == 3
    assert len((tmp_path / "log").read_text().split()) == 6  # three there, three here: finished ones were not run again


def test_what_is_no_cluster_is_one_sentence(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    for address, kind, sentence in (
        ("--all", UsageError, "it takes HOST:PORT"), ("127.0.0.1:99999", UsageError, "it takes HOST:PORT"),
        (f"127.0.0.1:{_free_port()}", MachineError, "there is no cluster at 127"),
    ):  # fmt: skip
        with pytest.raises(kind, match=sentence):
            run_plan(plan, tmp_path, function="sweep_cases:squared", cluster=address)
    assert not (tmp_path / "runs").exists()
