"""Machines from URDF files in worlds: they swing, hold and fall as they should, and their nodes are where the links are."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from physics_rigs import ENGINES
from physics_worlds import make_app, place, play

from taixu.app import App, GameServices
from taixu.assets.urdf_model import read_urdf_model
from taixu.edit import read_world, write_world
from taixu.errors import TaixuError
from taixu.physics import Articulation, Collider, PhysicsPlugin, PhysicsScene, RigidBody
from taixu.physics.placement import world_placements
from taixu.platform import PlatformPlugin
from taixu.scene import FromModel, Model, Name, Parent, ScenePlugin, Transform
from taixu.scene.models import ModelState, ReadingStore
from taixu.script import Script, ScriptPlugin

INERTIA = '<inertia ixx="0.01" ixy="0" ixz="0" iyy="0.01" iyz="0" izz="0.01"/>'
VISUAL = '<visual><origin xyz="0 0 -0.25"/><geometry><box size="0.05 0.05 0.5"/></geometry></visual>'


def link(name: str, centre: str, mass: float) -> str:
    return (
        f'<link name="{name}">{VISUAL}<inertial><origin xyz="{centre}"/><mass value="{mass}"/>{INERTIA}</inertial></link>'
    )


def joint(name: str, parent: str, child: str, xyz: str) -> str:
    return (
        f'<joint name="{name}" type="revolute"><parent link="{parent}"/><child link="{child}"/><origin xyz="{xyz}"/>'
        '<axis xyz="0 1 0"/><limit lower="-3" upper="3" effort="200" velocity="50"/></joint>'
    )


PENDULUM = (
    f'<robot name="base">{link("base", "0 0 0", 1)}{link("bob", "0 0 -0.5", 2)}{joint("swing", "base", "bob", "0 0 1")}'
    "</robot>"
)
ARM = (
    f'<robot name="arm">{link("base", "0 0 0", 1)}{link("upper", "0 0 0.25", 1)}{link("lower", "0.1 0 0.25", 0.5)}'
    f'{joint("shoulder", "base", "upper", "0 0.1 0.5")}{joint("elbow", "upper", "lower", "0 0 0.5")}</robot>'
)

SCRIPT = """
import game

def on_start():
    yield
    yield
    game.entity.articulation.targets = {"shoulder": 0.4}
    start = game.joint_positions(game.entity)
    game.set_joint_target(game.entity, "elbow", start["elbow"] + 0.1)
"""


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest) -> App:
    made = robots(make_app(request.param))
    yield made
    made.close()


def robots(app: App) -> App:
    """The app, reading models from URDF files."""
    app.insert_resource(ModelState(ReadingStore(read_urdf_model)))
    return app


def robot(app: App, folder: Path, text: str, **fields: object) -> int:
    path = folder / "robot.urdf"
    path.write_text(text)
    at = fields.pop("at", (0, 2, 0))
    turn = fields.pop("turn", (0, 0, 0, 1))
    return app.world.spawn(Transform(translation=at, rotation=turn), Model(str(path)), Articulation(**fields))


def nodes_of(app: App, entity: int) -> dict[str, int]:
    """Link nodes by name; the whole robot's node comes first in a file and is left out."""
    found: dict[str, int] = {}
    world = app.world
    for table in world.query(FromModel, Name):
        rows = zip(table.entities.tolist(), *(table.read(*column).tolist() for column in (
            (FromModel, "owner"), (FromModel, "node"), (Name, "text"))), strict=True)  # fmt: skip
        for one, _, _, name in sorted((row for row in rows if row[1] == entity and row[2] > 0), key=lambda row: row[2]):
            found.setdefault(name, one)
    return found


def assert_nodes_agree(app: App, entity: int) -> None:
    scene = app.world.resource(PhysicsScene)
    machine, nodes = scene.articulation(entity), nodes_of(app, entity)
    assert set(machine.link_names) <= set(nodes)
    handles = np.array([nodes[name] for name in machine.link_names], np.uint64)
    seen, _ = world_placements(app.world, handles, scene.mirror.origin)
    links = scene.current[machine.bodies]
    assert seen[:, :3] == pytest.approx(links[:, :3], abs=1e-5)
    same_way = np.sign((seen[:, 3:] * links[:, 3:]).sum(axis=1, keepdims=True))
    assert seen[:, 3:] * same_way == pytest.approx(links[:, 3:], abs=1e-5)


def test_a_pendulum_swings_in_time(app: App, tmp_path: Path) -> None:
    half = np.radians(20)
    hinge = robot(app, tmp_path, PENDULUM, positions={"swing": 0.1}, turn=(0, np.sin(half), 0, np.cos(half)))
    angles = []
    for _ in range(601):
        machine = play(app, 1).articulation(hinge)
        angles.append(machine.q[0])
        if len(angles) % 60 == 5:
            assert_nodes_agree(app, hinge)
    down = np.flatnonzero((np.array(angles[:-1]) > 0) & (np.array(angles[1:]) <= 0))
    exact = [i + angles[i] / (angles[i] - angles[i + 1]) for i in down]
    period = (exact[-1] - exact[0]) / (len(exact) - 1) / 60
    theory = 2 * np.pi * np.sqrt((0.01 + 2 * 0.5**2) / (2 * 9.81 * 0.5)) * (1 + 0.1**2 / 16)
    assert len(exact) >= 5 and period == pytest.approx(theory, rel=0.01)
    assert app.world.resource(GameServices).require("joint_positions")(app.world, hinge) == {"swing": machine.q[0]}


def test_the_bob_hangs_below(app: App, tmp_path: Path) -> None:
    hinge = robot(app, tmp_path, PENDULUM, at=(3, 2, 1))
    play(app, 3)
    bob = np.array([nodes_of(app, hinge)["bob"]], np.uint64)
    poses, _ = world_placements(app.world, bob, np.zeros(3, np.int32))
    assert poses[0, :3] == pytest.approx((3, 3, 1), abs=1e-4), "1 m along the file's z, which is up"


def test_an_arm_holds_what_it_is_told(app: App, tmp_path: Path) -> None:
    arm = robot(app, tmp_path, ARM, mode="position", targets={"shoulder": 0.8, "elbow": -0.5})
    machine = play(app, 240).articulation(arm)
    assert machine.q == pytest.approx((0.8, -0.5), abs=0.03)
    app.world.resource(GameServices).require("set_joint_target")(app.world, arm, "elbow", 1.2)
    machine = play(app, 240).articulation(arm)
    assert machine.joint_names == ("shoulder", "elbow")
    assert machine.q == pytest.approx((0.8, 1.2), abs=0.03) and machine.qd == pytest.approx((0, 0), abs=0.05)
    assert_nodes_agree(app, arm)
    app.world.set(arm, Articulation, mode="force", targets={})
    assert abs(play(app, 60).articulation(arm).q[0] - 0.8) > 0.1, "without a motor it drops"


def test_a_loose_base_falls_and_takes_its_entity_along(app: App, tmp_path: Path) -> None:
    walker = robot(app, tmp_path, ARM, fixed=False, at=(1, 9, 2))
    play(app, 31)
    x, y, z = place(app.world, walker)
    assert (x, z) == pytest.approx((1, 2), abs=1e-3)
    assert 9 - y == pytest.approx(9.81 / 2 * 0.5**2, rel=0.06)
    assert_nodes_agree(app, walker)


def test_moving_the_entity_moves_the_machine(app: App, tmp_path: Path) -> None:
    arm = robot(app, tmp_path, ARM, positions={"shoulder": 1.0}, mode="position", targets={"shoulder": 1.0})
    play(app, 30)
    app.world.set(arm, Transform, translation=(5, 3, 0))
    machine = play(app, 2).articulation(arm)
    assert machine.q[0] == pytest.approx(1.0, abs=0.05)
    assert app.world.resource(PhysicsScene).current[machine.bodies[0], :3] == pytest.approx((5, 3, 0), abs=1e-5)
    assert_nodes_agree(app, arm)


@pytest.mark.parametrize("worker", [False, True])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_machine_rides_on_what_moves(engine: str, worker: bool, tmp_path: Path) -> None:
    """It is the same machine all the while: its file is read once."""
    app = robots(make_app(engine, worker=worker))
    world = app.world
    cart = world.spawn(Transform())
    arm = robot(app, tmp_path, ARM, positions={"shoulder": 0.5}, mode="position", targets={"shoulder": 0.5})
    world.insert(arm, Parent(cart))
    machine = play(app, 3).articulation(arm)
    for step in range(20):
        world.set(cart, Transform, translation=(0.05 * (step + 1), 0, 0))
        scene = play(app, 1)
    play(app, 2)
    assert scene.articulation(arm) is machine
    assert scene.current[machine.bodies[0], :3] == pytest.approx((1, 2, 0), abs=1e-3)
    assert machine.q[0] == pytest.approx(0.5, abs=0.1)
    assert_nodes_agree(app, arm)
    app.close()


def test_machines_come_and_go(app: App, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    world = app.world
    arm = robot(app, tmp_path, ARM)
    scene = play(app, 2)
    assert len(scene.articulations.bodies) == 3
    other = robot(app, tmp_path, ARM, at=(4, 2, 0), targets={"knee": 1, "elbow": "far"})
    play(app, 2)
    assert "knee" in caplog.text and "far" in caplog.text
    assert_nodes_agree(app, other)
    world.despawn(arm)
    play(app, 2)
    assert_nodes_agree(app, other)
    world.remove(other, Articulation)
    play(app, 2)
    assert not scene.articulations.machines
    with pytest.raises(TaixuError, match="Articulation"):
        scene.articulation(other)
    world.insert(other, Articulation(source="nowhere.urdf"))
    play(app, 3)
    assert caplog.text.count("nowhere.urdf") == 1
    world.set(other, Articulation, source="")
    assert play(app, 2).articulation(other).link_names[0] == "base"


def test_bodies_and_rays_meet_links(app: App, tmp_path: Path) -> None:
    solid = ARM.replace("</inertial>", '</inertial><collision><geometry><box size="1 1 0.2"/></geometry></collision>', 1)
    arm = robot(app, tmp_path, solid, at=(0, 2, 0))
    ball = app.world.spawn(Transform(translation=(0.3, 3.5, 0.3)), RigidBody(), Collider("sphere", size=(0.2, 0.2, 0.2)))
    scene = play(app, 4)
    assert scene.raycast([(0.4, 0.5, 0.4)], [(0, 1, 0)])[0]["entity"] == arm
    play(app, 80)
    assert place(app.world, ball)[1] == pytest.approx(2.2, abs=0.03), "it lies on the base"


def swinging(engine: str, folder: Path, *, worker: bool = False) -> tuple[App, int, list[str]]:
    app = robots(make_app(engine, worker=worker))
    arm = robot(app, folder, ARM, positions={"shoulder": 0.3})
    robot(app, folder, ARM, fixed=False, at=(3, 1, 0))
    hashes = []
    for _ in range(90):
        play(app, 1)
        hashes.append(app.world.state_hash())
    return app, arm, hashes


@pytest.mark.parametrize("engine", ENGINES)
def test_runs_are_equal(engine: str, tmp_path: Path) -> None:
    results = []
    for worker in (False, False, True):
        app, _, hashes = swinging(engine, tmp_path, worker=worker)
        results.append(hashes)
        app.close()
    assert results[0] == results[1] == results[2] and len(set(results[0])) > 80


@pytest.mark.parametrize("engine", ENGINES)
def test_going_back_and_a_crash(engine: str, tmp_path: Path) -> None:
    app, arm, _ = swinging(engine, tmp_path, worker=True)
    scene = app.world.resource(PhysicsScene)
    kept, before = app.world.snapshot(), scene.articulation(arm).q.copy()
    play(app, 20)
    app.world.restore(kept)
    scene = play(app, 2)
    assert scene.articulation(arm).q == pytest.approx(before, abs=0.2)
    assert_nodes_agree(app, arm)
    before = scene.articulation(arm).q.copy()
    os.kill(scene.backend.pid, signal.SIGKILL)
    scene = play(app, 4)
    assert scene.articulation(arm).q == pytest.approx(before, abs=0.3)
    assert_nodes_agree(app, arm)
    app.close()


def test_a_script_moves_a_joint(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "arm.py").write_text(SCRIPT)
    app = App()
    for plugin in (PlatformPlugin(), ScenePlugin(), ScriptPlugin(tmp_path, trust=True), PhysicsPlugin(worker=False)):
        app.add_plugin(plugin)
    arm = robot(robots(app), tmp_path, ARM, mode="position")
    app.world.insert(arm, Script("scripts/arm.py"))
    machine = play(app, 240).articulation(arm)
    assert machine.q == pytest.approx((0.4, 0.1), abs=0.03)
    app.close()


def test_a_document_keeps_it(app: App, tmp_path: Path) -> None:
    wanted = Articulation("arm.urdf", False, "velocity", {"elbow": 0.5}, 12.0, {"shoulder": -0.25})
    app.world.spawn(Transform(), Name("arm"), wanted)
    write_world(tmp_path / "w.world.json", app.world)
    other = make_app("auto", floor=False)
    read_world(tmp_path / "w.world.json", other.world, other.components)
    (table,) = list(other.world.query(Articulation).tables())
    assert other.world.get(int(table.entities[0]), Articulation) == wanted
    other.close()


def test_a_robot_of_the_wheel(app: App, tmp_path: Path) -> None:
    found = importlib.util.find_spec("pybullet_data")
    if found is None or found.origin is None:
        pytest.skip("pybullet_data is not installed here")
    shutil.copytree(Path(found.origin).parent / "kuka_iiwa", tmp_path / "kuka")
    path = tmp_path / "kuka" / "model.urdf"
    arm = app.world.spawn(Transform(), Model(str(path)), Articulation(mode="position", targets={"lbr_iiwa_joint_2": 0.7}))
    machine = play(app, 240).articulation(arm)
    assert len(machine.q) == 7 and np.isfinite(machine.q).all()
    assert np.isfinite(app.world.resource(PhysicsScene).current[machine.bodies]).all()
    assert machine.positions()["lbr_iiwa_joint_2"] == pytest.approx(0.7, abs=0.1)
    assert_nodes_agree(app, arm)
    up = app.world.gather(np.array([nodes_of(app, arm)["lbr_iiwa_link_7"]], np.uint64), Parent, "entity")
    assert up[0] == nodes_of(app, arm)["lbr_iiwa_link_6"]
