"""Machines from URDF files: the ones inside the pybullet wheel load and run, joints answer to what they are told."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from physics_rigs import ENGINES, add_floor, make_engine, pose, run

from taixu.errors import TaixuError
from taixu.physics.base import BackendBase

CARTPOLE = """<robot name="cartpole">
  <link name="rail"/>
  <link name="cart"><inertial><mass value="4"/><inertia ixx="1" ixy="0" ixz="0" iyy="1" iyz="0" izz="1"/></inertial>
    <collision><geometry><box size="0.5 0.5 0.2"/></geometry></collision></link>
  <link name="pole"><inertial><origin xyz="0 0.5 0"/><mass value="1"/>
    <inertia ixx="0.083" ixy="0" ixz="0" iyy="0.001" iyz="0" izz="0.083"/></inertial></link>
  <joint name="slide" type="prismatic"><parent link="rail"/><child link="cart"/><axis xyz="1 0 0"/>
    <limit lower="-15" upper="15" effort="1000" velocity="50"/></joint>
  <joint name="swing" type="continuous"><parent link="cart"/><child link="pole"/><axis xyz="0 0 1"/></joint>
</robot>"""


def wheel_files() -> list[Path]:
    found = importlib.util.find_spec("pybullet_data")
    if found is None or found.origin is None:
        return []
    return sorted(Path(found.origin).parent.rglob("*.urdf"))


def loads_and_runs(backend: BackendBase, path: Path, steps: int) -> bool:
    """Whether a file loads and moves for a while without leaving the numbers."""
    try:
        machine = backend.load_urdf(str(path), pose(0, 1, 0))
    except TaixuError as refusal:
        assert "\n" not in str(refusal)
        return False
    backend.step(steps)
    fine = bool(np.isfinite(backend.poses()[0, backend.articulation(machine).bodies]).all())
    backend.remove_articulation(machine)
    return fine


@pytest.mark.parametrize("engine", ENGINES)
def test_cartpole(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "cartpole.urdf"
    path.write_text(CARTPOLE)
    backend = make_engine(engine)
    machine = backend.articulation(backend.load_urdf(str(path), pose(0, 0, 0), fixed=True))
    assert machine.link_names == ("rail", "cart", "pole")
    assert machine.joint_names == ("slide", "swing")
    machine.reset([0.3, 0.1])
    assert machine.q == pytest.approx([0.3, 0.1], abs=1e-4)
    assert backend.poses()[0, machine.bodies[1], 0] == pytest.approx(0.3, abs=1e-4)
    run(backend, 60)
    assert abs(machine.q[1]) > 0.3, "the pole falls over"
    machine.reset([0, np.pi])
    machine.ctrl = [10.0, 0.0]
    run(backend, 30)
    speed = machine.qd[0]
    assert 0.5 < speed < 2.0, "5 kg pushed with 10 N for half a second"
    machine.mode = "velocity"
    machine.ctrl = [-0.5, 0.0]
    run(backend, 60)
    assert machine.qd[0] == pytest.approx(-0.5, abs=0.05)
    with pytest.raises(TaixuError):
        machine.ctrl = [float("nan"), 0.0]
    backend.remove_articulation(machine.id)
    with pytest.raises(TaixuError):
        backend.articulation(machine.id)
    backend.step()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_sample_of_the_wheel(engine: str) -> None:
    files = wheel_files()
    if not files:
        pytest.skip("pybullet_data is not installed here")
    backend = make_engine(engine)
    add_floor(backend)
    sample = files[:: max(len(files) // 24, 1)]
    fine = [loads_and_runs(backend, path, 60) for path in sample]
    assert sum(fine) >= len(sample) - (1 if engine == "pybullet" else 6)


@pytest.mark.slow
def test_all_of_the_wheel() -> None:
    """Of the 1,095 files 1,092 load and run for 240 steps."""
    files = wheel_files()
    if len(files) < 1000:
        pytest.skip("pybullet_data is not installed here")
    backend = make_engine("pybullet")
    add_floor(backend)
    bad = [path.name for path in files if not loads_and_runs(backend, path, 240)]
    assert len(bad) <= len(files) - 1092, bad
