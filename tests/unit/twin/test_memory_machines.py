"""Machines in a recording: their links stand in the past as they stood, though nobody recorded their making."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import taixu as tx
from taixu.defaults.past import open_past
from taixu.ecs.entity import indices_of
from taixu.physics.components import Articulation
from taixu.scene import FromModel, Model, WorldTransforms
from taixu.twin.device import Device
from taixu.twin.linkage import Linkage
from taixu.twin.memory import Recording
from taixu.twin.memory.comparing import compare_moments
from taixu.twin.plugin import TwinPlugin, begin_recording
from taixu.twin.recalling import recall_moment

NOW = 1_760_000_000_000_000_000
STEP = 100_000_000
INERTIA = '<inertia ixx="0.01" ixy="0" ixz="0" iyy="0.01" iyz="0" izz="0.01"/>'
VISUAL = '<visual><geometry><box size="0.05 0.05 0.5"/></geometry></visual>'
ARM = "".join([
    '<robot name="arm">',
    *(f'<link name="{each}">{VISUAL}<inertial><mass value="1"/>{INERTIA}</inertial></link>' for each in ("base", "upper", "lower")),
    *(
        f'<joint name="{name}" type="revolute"><parent link="{parent}"/><child link="{child}"/><origin xyz="0 0 0.5"/>'
        '<axis xyz="0 1 0"/><limit lower="-3" upper="3" effort="200" velocity="50"/></joint>'
        for name, parent, child in (("shoulder", "base", "upper"), ("elbow", "upper", "lower"))
    ),
    "</robot>",
])  # fmt: skip
JOINTS = '[components.joints]\nshoulder = { kind = "f32" }\nelbow = { kind = "f32" }\n'


def matrices(app: Any) -> dict[int, np.ndarray[Any, Any]]:
    """World matrices of the links, by stable id."""
    links = app.world.query(FromModel).entities
    found = app.resource(WorldTransforms).matrices[indices_of(links)]
    return dict(zip(app.world.stable_ids(links).tolist(), found))


@pytest.mark.parametrize("driven", ["by physics", "by what was measured"])
def test_links_stand_as_they_stood(tmp_path: Path, driven: str) -> None:
    (tmp_path / "arm.urdf").write_text(ARM)
    (tmp_path / "taixu.toml").write_text('[project]\nname = "Cell"\nfirst_world = "main.world.json"\n' + JOINTS)
    (tmp_path / "main.world.json").write_text('{"format": "taixu.world", "version": 1, "entities": {}}')
    now = NOW
    stood: dict[int, dict[int, np.ndarray[Any, Any]]] = {}
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: now),)) as app:
        app.open(tmp_path)
        joints = app.components.find("joints")
        assert joints is not None
        machine = (Articulation(mode="position"),) if driven == "by physics" else (Linkage(), joints.cls())
        arm = app.scene.spawn("Arm", Model("arm.urdf"), *machine, Device(key="r1"))
        app.scene.spawn("Box", tx.Shape("box"))
        app.settle()
        begin_recording(app, tmp_path / "r")
        for tick in range(30):
            now = NOW + tick * STEP
            bent = {"shoulder": 0.05 * tick, "elbow": -0.04 * tick}
            if driven == "by physics":
                app.world.set(arm.entity, Articulation, targets=bent)
            else:
                app.world.set(arm.entity, joints.cls, **bent)
            app.run(ticks=2 if tick else 1)
            stood[now] = matrices(app)
        assert len(stood[now]) >= 3
        spread = [np.abs(stood[NOW + 29 * STEP][each] - stood[NOW + 5 * STEP][each]).max() for each in stood[now]]
        assert max(spread) > 0.3, "the arm moved"
    recording = Recording(tmp_path / "r")
    assert len(recording.moment(now).tracks) == 2, "links are no entities of their own"
    different = compare_moments(recording.moment(now), recording.moment(NOW)).counts()
    assert different["articulation.targets" if driven == "by physics" else "joints.elbow"] == 1
    with open_past({"project": str(tmp_path)}) as past:
        for at in (NOW + 29 * STEP, NOW + 5 * STEP, NOW + 20 * STEP):
            moment = recording.moment(at)
            assert recall_moment(past, moment) == []
            seen = matrices(past)
            assert seen.keys() == stood[at].keys()
            for each, matrix in stood[at].items():
                assert seen[each] == pytest.approx(matrix, abs=2e-3)
