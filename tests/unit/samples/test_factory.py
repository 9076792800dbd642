"""The factory's devices do what they are there for, and `taixu serve` shows that they do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from command_line import taixu_json
from factory import factory


@pytest.fixture
def devices(repository: Path) -> Iterator[SimpleNamespace]:
    """The devices' modules, imported as the simulator does it."""
    folder = str(repository / "samples" / "factory" / "devices")
    before = set(sys.modules)
    sys.path.insert(0, folder)
    try:
        import arms
        import layout
        import motors
        import plant
        import traffic

        yield SimpleNamespace(arms=arms, layout=layout, motors=motors, plant=plant, traffic=traffic)
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(folder):
                del sys.modules[name]


def _run(plant: Any, secs: float) -> None:
    for _ in range(round(secs / plant.step_secs)):
        plant.step()


@pytest.fixture
def plant(devices: SimpleNamespace) -> Iterator[Any]:
    made = devices.plant.Plant(break_after=1e9)
    yield made
    made.close()


def test_arms_reach_what_they_are_sent_to(devices: SimpleNamespace) -> None:
    for place in ((1.55, np.pi, 1.02), (1.75, np.pi / 2, 1.11), (1.75, 0.1, 0.67), (1.2, -0.4, 1.42)):
        joints = devices.arms.joints_of(place)
        assert devices.arms.gripper_of(joints) == pytest.approx(place, abs=1e-9)
        assert sum(joints[i] for i in (1, 2, 4)) == pytest.approx(np.pi / 2), "the gripper points down"


def test_the_arms_kinematics_are_those_of_its_urdf(devices: SimpleNamespace, repository: Path) -> None:
    from taixu.assets.urdf import read_urdf
    from taixu.math.quaternion import from_axis_angle, to_matrix

    robot = read_urdf(repository / "samples" / "factory" / "assets" / "arm.urdf")
    place = (1.6, 0.7, 1.1)
    angles = dict(zip(("turn", "shoulder", "elbow", "roll", "wrist", "flange"), devices.arms.joints_of(place)))
    pose = np.eye(4)
    for index in robot.order():
        joint = robot.joints[index]
        turn = np.eye(4)
        turn[:3, :3] = to_matrix(from_axis_angle(joint.axis, angles[joint.name]))
        pose = pose @ joint.parent_from_joint @ turn
    end = pose @ (0.2, 0, 0, 1)  # the cups' lips, 0.2 m from the flange
    assert end[:3] == pytest.approx([place[0] * np.cos(0.7), place[0] * np.sin(0.7), place[2]], abs=1e-6)


def test_parts_go_through_the_line_and_out_of_the_gate(plant: Any) -> None:
    line = plant.lines["b"]
    finished = {part.key for part in line.parts}
    loaded = 0
    for _ in range(100):
        _run(plant, 1.0)
        loaded = max(loaded, len(plant.agvs["agv-2"].load))
    assert loaded == 6 and line.finished >= 6, "a pallet was filled"
    assert plant.agvs["agv-2"].x > 9 and not plant.agvs["agv-2"].load, "and driven away, and unloaded"
    assert finished - {part.key for part in line.parts}, "the first are out"
    assert line.mill.count >= 4 and line.press.count >= 6 and line.scrap == 0
    assert all(0.4 < part.position[1] < 1.6 for part in line.parts), "nothing lies on the floor"


def test_a_stopped_belt_holds_its_parts(plant: Any) -> None:
    _run(plant, 4)
    belt = plant.lines["a"].belts["2"]
    assert plant.command("run", "belt-a2", "stopped") == "" and belt.state == "stopped"
    _run(plant, 2)
    first = [part.position[0] for part in plant.lines["a"].parts if -6 < part.position[0] < 2.5]
    _run(plant, 2)
    assert belt.speed == 0 and first
    assert [part.position[0] for part in plant.lines["a"].parts if -6 < part.position[0] < 2.5] == pytest.approx(first, abs=0.01)
    assert plant.command("speed", "belt-a2", 0.3) == plant.command("run", "belt-a2", "running") == ""
    _run(plant, 2)
    assert belt.speed == pytest.approx(0.3)


def test_a_bearing_that_wears_trips_its_motor_until_it_is_reset(plant: Any) -> None:
    belt = plant.lines["a"].belts["1"]
    assert plant.command("drill", "belt-a1", "overheat") == ""
    _run(plant, 25)
    assert belt.state == "fault" and belt.speed == 0
    belt.motor.temperature = 80.0
    assert "80 °C" in plant.command("run", "belt-a1", "running")
    belt.motor.temperature = 60.0
    assert plant.command("run", "belt-a1", "running") == "" and belt.state == "running" and belt.drill == "none"


def test_agvs_wait_for_people_and_obey(devices: SimpleNamespace) -> None:
    agv = devices.traffic.Agv("agv-9", (0.0, 0.0))
    agv.send([(10.0, 0.0), (10.0, 5.0)])
    for _ in range(300):
        agv.step(1 / 30, [(6.0, 0.2)])
    assert 2.5 < agv.x < 5 and agv.speed == 0, "somebody stands there"
    for _ in range(450):
        agv.step(1 / 30, [])
    assert agv.has_arrived and (agv.x, agv.z) == pytest.approx((10.0, 5.0), abs=0.03)
    assert abs(np.sin(agv.heading)) == pytest.approx(1.0, abs=0.05), "it turned at the corner"


def test_orders_that_make_no_sense_are_refused(plant: Any) -> None:
    for order in (("run", "belt-z9", "running"), ("speed", "belt-a1", 9), ("speed", "belt-a1", "fast"), ("fly", "agv-1", "go")):
        assert "nobody here does" in plant.command(*order)


def test_a_seed_gives_the_same_run(devices: SimpleNamespace) -> None:
    runs = []
    for _ in range(2):
        made = devices.plant.Plant(seed=3, break_after=1.0)
        _run(made, 15)
        line = made.lines["a"]
        runs.append([part.position.tolist() for part in line.parts] + [line.belts["2"].motor.temperature, line.arms["1"].joints])
        made.close()
    assert runs[0] == runs[1]


def test_the_project_is_sound_and_light(repository: Path) -> None:
    folder = repository / "samples" / "factory"
    found = taixu_json("check", folder / "worlds" / "main.world.json", *sorted((folder / "assets").glob("*.glb")))
    assert found["ok"] and not [each for file in found["files"] for each in file["findings"] if each["severity"] != "info"], found
    assert sum(file.stat().st_size for file in (folder / "assets").iterdir()) < 3_000_000


@pytest.mark.slow
def test_it_is_alive_from_the_first_command() -> None:
    with factory(seconds=90) as running:
        running.wait(lambda: running.ask("state")["readings"]["readings"] > 1500, secs=60, what="readings come in")
        counts = running.ask("state")["readings"]
        assert counts["unknown"] == counts["unreadable"] == counts["unbound"] == 0, counts
        arm, agv, belt = (running.find(name) for name in ("Robot B1", "AGV 3", "Conveyor A2"))
        before = running.value(arm, "joints.turn"), running.value(agv, "transform.position")
        running.wait(lambda: running.value(arm, "joints.turn") != before[0], secs=10, what="the arm moves")

        def way() -> float:
            return float(np.linalg.norm(np.subtract(running.value(agv, "transform.position"), before[1])))

        running.wait(lambda: way() > 1.0, secs=20, what="the AGV drives")
        assert running.ask("entities?search=A000&limit=50")["entities"], "parts have arrived"
        assert running.ask("bindings")["findings"] == []
        # A drill: the motor overheats, an alarm says so, somebody acknowledges it.
        running.ask("commands", {"control": "drill", "entity": belt, "value": "overheat"})
        alarm = running.wait(
            lambda: next((each for each in running.ask("alarms")["alarms"] if each["rule"] == "motor hot"), None),
            secs=40, what="an alarm is raised",
        )  # fmt: skip
        assert alarm["entity"] == belt and running.value(belt, "motor.temperature") > 65
        running.ask(f"alarms/{alarm['number']}/acknowledge", {})
        # A line is told to stop, and is seen to stop.
        other = running.find("Conveyor B2")
        number = running.ask("commands", {"control": "run", "entity": other, "value": "stopped"})["number"]

        def state() -> str:
            return next((str(each["state"]) for each in running.ask("commands")["commands"] if each["number"] == number), "")

        running.wait(lambda: state() == "observed", secs=15, what="the command is observed")
        running.wait(lambda: running.value(other, "belt.speed") == 0, secs=10, what="the belt stands")
    assert not [line for line in running.said if "Traceback" in line], running.said
