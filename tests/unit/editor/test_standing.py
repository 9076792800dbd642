"""People in a world that is edited: they stand as they begin, which is nobody's edit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from stick_figure import stick_figure

import taixu as tx
from taixu.animation.morphs import MorphWeights
from taixu.animation.motion import Face, Motion
from taixu.assets.gltf.writer import glb_bytes
from taixu.ecs import row_count
from taixu.scene import FromModel, Model, Transform, WorldTransforms
from taixu.scene.models import wait_for_models
from taixu_editor.host import Host


@pytest.fixture
def host(tmp_path: Path) -> Host:
    (tmp_path / "taixu.toml").write_text('[project]\nname = "P"\nversion = "1.0.0"\nfirst_world = "main.world.json"\n')
    (tmp_path / "person.vrm").write_bytes(glb_bytes(stick_figure(hair=False)))
    with tx.App.headless() as app:
        app.scene.spawn("Who moves", Model("person.vrm"), Motion(seed=1))
        app.scene.spawn("A statue", Model("person.vrm"), position=(3, 0, 0))
        app.save(tmp_path / "main.world.json")
    host = Host(trust=False)
    host.open(tmp_path)
    wait_for_models(host.session.world)
    return host


def hand(host: Host, name: str) -> np.ndarray:
    """Where a left hand is, from where its owner stands."""
    app = host.session.current.app
    owner, number = app.scene.find(name).entity, stick_figure(hair=False).avatar.humanoid["leftHand"]  # type: ignore[union-attr]
    for table in app.world.query(FromModel).tables():
        here = (table.read(FromModel, "owner") == owner) & (table.read(FromModel, "node") == number)
        if here.any():
            entity = int(table.entities[here][0])
            of = app.world.resource(WorldTransforms)
            return np.asarray(of.matrix(entity & 0xFFFFFFFF)[:3, 3] - of.matrix(owner & 0xFFFFFFFF)[:3, 3])
    raise AssertionError(f"{name} has no hand")


def frames(host: Host, count: int = 3) -> None:
    for _ in range(count):
        host.frame(1 / 60)


def test_they_stand_as_they_begin_and_that_is_no_edit(host: Host) -> None:
    world = host.session.world
    stored, hashed = host.session.current.history.is_saved, world.state_hash()
    frames(host)
    assert hand(host, "Who moves")[1] < 1.1 and hand(host, "A statue")[1] > 1.3
    assert host.session.current.history.is_saved == stored and world.state_hash() == hashed


def test_what_is_edited_is_seen_and_who_is_dragged_keeps_his_shape(host: Host) -> None:
    frames(host)
    world, owner = host.session.world, host.session.current.app.scene.find("Who moves").entity
    before = hand(host, "Who moves")
    for x in np.linspace(0.0, 5.0, 6):
        world.set(owner, Transform, translation=(float(x), 0.0, 0.0))
        frames(host, 1)
    frames(host)
    assert np.abs(hand(host, "Who moves") - before).max() < 0.02
    world.set(owner, Motion, mood="proud")
    frames(host)
    assert np.abs(hand(host, "Who moves") - before).max() > 0.005


def test_who_sits_sits_and_moods_show_at_once(host: Host) -> None:
    frames(host)
    world, owner = host.session.world, host.session.current.app.scene.find("Who moves").entity
    before, weights = hand(host, "Who moves"), world.resource(MorphWeights).values.copy()
    world.set(owner, Motion, act="sit")
    world.insert(owner, Face(expression="happy", blink=False))
    frames(host)
    assert hand(host, "Who moves")[1] < before[1] - 0.2
    now = world.resource(MorphWeights).values
    assert now.max() == 1.0 and weights.max() == 0.0


def test_where_nothing_changes_nobody_is_posed_again(host: Host) -> None:
    frames(host, 5)
    world = host.session.world
    seen = world.tick
    world.advance()
    frames(host, 3)
    written = [table.changed((Transform,), since=seen) for table in world.query(FromModel).tables()]
    assert written and sum(map(row_count, written)) == 0
