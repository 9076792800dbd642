"""People in a recording: how they moved within themselves is not kept; in the past they stand, with their arms down."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from stick_figure import stick_figure

import taixu as tx
from taixu.animation.motion import Motion
from taixu.assets.gltf.writer import glb_bytes
from taixu.defaults.past import open_past
from taixu.ecs.entity import indices_of
from taixu.scene import FromModel, Model, WorldTransforms
from taixu.serve.poses import Poses
from taixu.serve.sight import Sight
from taixu.serve.skeletons import SkeletonShelf
from taixu.twin.memory import Recording
from taixu.twin.plugin import TwinPlugin, begin_recording
from taixu.twin.recalling import recall_moment

NOW = 1_760_000_000_000_000_000


def test_they_stand_in_the_past(tmp_path: Path) -> None:
    figure = stick_figure(hair=False)
    assert figure.avatar is not None
    (tmp_path / "taixu.toml").write_text('[project]\nname = "Yard"\nversion = "1.0.0"\nfirst_world = "main.world.json"\n')
    (tmp_path / "main.world.json").write_text('{"format": "taixu.world", "version": 1, "entities": {}}')
    (tmp_path / "person.vrm").write_bytes(glb_bytes(figure))
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: NOW),)) as app:
        app.open(tmp_path)
        app.scene.spawn("Somebody", Model("person.vrm"), Motion(seed=1), position=(2, 0, 0))
        app.settle()
        begin_recording(app, tmp_path / "r")
        app.run(ticks=3)
    with open_past({"project": str(tmp_path)}) as past:
        assert recall_moment(past, Recording(tmp_path / "r").moment(NOW)) == []
        table = next(table for table in past.world.query(FromModel).tables() if table.count > 20)
        hand = table.entities[table.read(FromModel, "node") == figure.avatar.humanoid["leftHand"]]
        place = past.resource(WorldTransforms).matrices[indices_of(hand)][0, [3, 7, 11]]
        assert place[1] < 1.1 and abs(place[0] - 2) < 0.6, place
        sight = Sight()
        sight.look(past.world, time_ns=NOW)
        frame = Poses(sight, SkeletonShelf()).look(past.world)
        assert len(frame.told) == 1 and np.isfinite(frame.weights.values).all(), "its face is told to viewers"
