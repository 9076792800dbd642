"""The facades: worlds opened, run, saved and forked, by path and by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.edit import create_project
from taixu.errors import TaixuError
from taixu.scene import MeshInstance, MeshLibrary
from taixu.script import ScriptHost

SCRIPT = """
import game

def on_tick(dt):
    game.entity.position = (game.tick * 1.0, 0, 0)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a falling ball and a script that counts."""
    folder = tmp_path / "toys"
    create_project(folder)
    (folder / "scripts" / "count.py").write_text(SCRIPT)
    with tx.App.headless() as app:
        world = app.scene
        world.spawn("ball", tx.Shape("sphere"), tx.Collider("sphere"), tx.RigidBody(mass_kg=1), position=(0, 10, 0))
        world.spawn("counter", tx.Script("scripts/count.py"), position=(0, 0, 0))
        app.save(folder / "worlds" / "main.world.json")
    return folder


def test_open_run_and_find(project: Path) -> None:
    with tx.App.headless(trust=True) as app:
        world = app.open(project)
        app.run(ticks=30)
        ball, counter = world.find("ball"), world.find("counter")
        assert ball is not None
        assert counter is not None
        # Read one step late: 29 steps of semi-implicit Euler.
        assert ball.position[1] == pytest.approx(10 - 9.81 * 29 * 30 / 2 / 3600, abs=1e-3)
        assert counter.position[0] == pytest.approx(29.0)
        assert app.clock.ticks == 30


def test_scripts_of_others_wait_for_trust(project: Path) -> None:
    with tx.App.headless() as app:
        world = app.open(project)
        app.run(ticks=5)
        counter = world.find("counter")
        assert counter is not None
        assert counter.position[0] == 0.0


def test_equal_runs_have_equal_hashes(project: Path) -> None:
    hashes = set()
    for _ in range(2):
        with tx.App.headless(trust=True) as app:
            app.open(project)
            hashes.add(app.run(ticks=40).scene.state_hash())
    assert len(hashes) == 1


def test_a_bad_world_leaves_the_open_one(project: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.world.json"
    bad.write_text('{"format": "taixu.world", "version": 1, "entities": {"xyz": {}}}')
    with tx.App.headless(trust=True) as app:
        world = app.open(project)
        before = world.state_hash()
        with pytest.raises(tx.TaixuError, match="xyz"):
            app.open(bad)
        assert world.state_hash() == before
        app.run(ticks=3)
        counter = world.find("counter")
        assert counter is not None
        assert counter.position[0] == 2.0


def test_saved_worlds_read_back_to_the_letter(project: Path) -> None:
    texts = []
    for name in ("main", "again"):
        with tx.App.headless() as app:
            app.open(project / "worlds" / "main.world.json")
            texts.append(app.save(project / "worlds" / f"{name}.world.json").read_bytes())
    assert texts[0] == texts[1]
    assert b'"scripts/count.py": "' in texts[0]  # the asset's hash


def test_two_apps_live_side_by_side(project: Path) -> None:
    with tx.App.headless(trust=True) as first, tx.App.headless(trust=True) as second:
        first.open(project)
        second.open(project)
        first.run(ticks=10)
        second.run(ticks=4)
        places = [app.scene.find("counter").position[0] for app in (first, second)]  # type: ignore[union-attr]
        assert places == [9.0, 3.0]


def test_spawn_takes_name_parts_and_place() -> None:
    world = tx.World()
    table = world.spawn("table", position=(5_000_000.25, 1, 0))
    cup = world.spawn("cup", tx.Shape("cylinder"), position=(0, 0.5, 0), scale=2, parent=table)
    assert cup.world_position == pytest.approx([5_000_000.25, 1.5, 0], abs=1e-9)
    assert cup.scale.tolist() == [2, 2, 2]
    assert world.find("cup") == cup
    with pytest.raises(tx.TaixuError, match="one name"):
        world.spawn("a", "b")
    with pytest.raises(tx.TaixuError, match="position"):
        world.spawn(tx.Transform())


def test_spawn_many_is_one_table() -> None:
    world = tx.World()
    entities = world.spawn_many([tx.Shape("box")], positions=np.arange(30.0).reshape(3, 10))
    assert len(entities) == len(world) == 10
    assert world.node(int(entities[3])).position.tolist() == [3, 13, 23]


def test_a_run_without_window_wants_an_end() -> None:
    with tx.App.headless() as app:
        with pytest.raises(tx.UsageError, match="end"):
            app.run()
        with pytest.raises(tx.UsageError, match="not in both"):
            app.run(seconds=1, ticks=1)


def test_picture_shows_what_stands_there(project: Path) -> None:
    with tx.App.headless(size=(64, 48)) as app:
        app.scene.spawn("box", tx.Shape("box"), tx.Material(base_color=(1, 0, 0, 1), unlit=True))
        picture = app.picture(samples=1, settings={"background": "transparent", "tonemap": "linear"})
        assert picture.size == (64, 48)
        middle, corner = picture.pixels[24, 32], picture.pixels[0, 0]
        assert middle[0] > 200 > 60 > middle[1]
        assert corner[3] == 0


def test_files_of_one_name_in_two_projects_are_two(tmp_path: Path, repository: Path) -> None:
    names = {}
    for file in ("robot", "crate"):
        folder = tmp_path / file
        create_project(folder)
        (folder / "assets" / "thing.glb").write_bytes((repository / f"samples/playground/assets/{file}.glb").read_bytes())
        with tx.App.headless() as app:
            app.scene.spawn("thing", tx.Model("assets/thing.glb"))
            app.save(folder / "worlds" / "main.world.json")
    with tx.App.headless() as app:
        for file in ("robot", "crate"):
            app.open(tmp_path / file)
            library = app.resource(MeshLibrary)
            numbers = app.world.gather(app.world.query(MeshInstance).entities, MeshInstance, "mesh")
            names[file] = sum(primitive.vertex_count for number in numbers for primitive in library[number].primitives)
    assert names["robot"] != names["crate"]


def test_samples_are_found_and_trusted_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with tx.App.headless() as app:
        world = app.open("samples/playground")
        assert world.find("robot") is not None
        assert app.resource(ScriptHost).trusted


def test_a_folder_of_ones_own_comes_before_a_sample_and_is_not_trusted(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "samples").mkdir(parents=True)
    project.rename(tmp_path / "here" / "samples" / "playground")
    monkeypatch.chdir(tmp_path / "here")
    with tx.App.headless() as app:
        assert app.open("samples/playground").find("counter") is not None
        assert not app.resource(ScriptHost).trusted
        with pytest.raises(TaixuError):
            app.open("samples/../samples/gallery")


@pytest.mark.parametrize("kind", ["box", "torus", "model"])
def test_a_body_without_a_collider_gets_one_that_fits(kind: str, tmp_path: Path) -> None:
    (tmp_path / "tetra.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n")
    create_project(tmp_path / "toys")
    (tmp_path / "tetra.obj").rename(tmp_path / "toys" / "assets" / "tetra.obj")
    hashes = set()
    for _ in range(2):
        with tx.App.headless() as app:
            app.scene.spawn("nothing", position=(9, 9, 9))
            app.save(tmp_path / "toys" / "worlds" / "main.world.json")
            world = app.open(tmp_path / "toys")
            world.spawn("floor", tx.Collider(size=(9, 1, 9)), position=(0, -0.5, 0))
            look = tx.Model("assets/tetra.obj") if kind == "model" else tx.Shape(kind, size=(1, 0.5, 1))
            body = world.spawn("body", look, tx.RigidBody(mass_kg=2), position=(0, 2, 0))
            app.run(ticks=90)
            assert -0.05 < body.position[1] < 0.6
            hashes.add(world.state_hash())
    assert len(hashes) == 1


def test_a_body_that_has_a_collider_or_nothing_to_see_is_left_alone() -> None:
    with tx.App.headless() as app:
        world = app.scene
        own = world.spawn(tx.Shape("box"), tx.RigidBody(), tx.Collider("sphere"))
        assert own[tx.Collider].shape == "sphere"
        assert tx.Collider not in world.spawn(tx.RigidBody())
        assert tx.Collider not in world.spawn(tx.Shape("box"))
