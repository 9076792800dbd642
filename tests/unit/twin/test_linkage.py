"""Measured joints are seen: the links of a model stand as the readings say."""

from __future__ import annotations

from math import pi
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.edit import WorldSettings
from taixu.twin import Batch, Device
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.linkage import Linkage
from taixu.twin.plugin import TwinPlugin, configure_twin

NOW = 1_760_000_000_000_000_000
_URDF = """<robot name="crane">
  <link name="mast"/><link name="boom"/><link name="hook"/>
  <joint name="slew" type="revolute"><parent link="mast"/><child link="boom"/>
    <origin xyz="0 0 2"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint>
  <joint name="reach" type="prismatic"><parent link="boom"/><child link="hook"/>
    <origin xyz="1 0 0"/><axis xyz="1 0 0"/><limit lower="0" upper="3" effort="1" velocity="1"/></joint>
</robot>"""
_MANIFEST = """[project]
name = "yard"
first_world = "worlds/main.world.json"
[components.joints]
slew = { kind = "f32", unit = "rad" }
reach = { kind = "f32", unit = "m" }
"""


@pytest.fixture
def yard(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "worlds").mkdir()
    (tmp_path / "taixu.toml").write_text(_MANIFEST)
    (tmp_path / "assets" / "crane.urdf").write_text(_URDF)
    (tmp_path / "worlds" / "main.world.json").write_text('{"format": "taixu.world", "version": 1, "entities": {}}')
    return tmp_path


def _hook(app: tx.App) -> np.ndarray:
    found = app.scene.find("hook")
    assert found is not None
    return np.asarray(found.world_matrix)[:3, 3]


def test_links_stand_where_the_joints_readings_say(yard: Path) -> None:
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: NOW),)) as app:
        app.open(yard)
        joints = app.components.find("joints")
        assert joints is not None
        parts = (tx.Model("assets/crane.urdf"), Linkage(), joints.cls(), Device(key="c1"))
        crane = app.scene.spawn("Crane", *parts, position=(5, 0, 0))
        app.resource(WorldSettings).values["twin"] = {
            "bindings": [
                {"topic": "crane/{key}", "from": "slew_deg", "to": "joints.slew", "unit": "deg"},
                {"topic": "crane/{key}", "from": "reach_mm", "to": "joints.reach", "unit": "mm"},
            ]
        }
        configure_twin(app.world)
        app.settle()
        app.run(ticks=2)
        assert _hook(app) == pytest.approx([6, 2, 0], abs=1e-5), "at rest"
        fields = {"slew_deg": np.array([90.0]), "reach_mm": np.array([500.0])}
        app.resource(Inbox).put(Letter(Batch("crane/c1", np.zeros(1, np.uint32), np.array([NOW]), fields)))
        app.run(ticks=2)
        # A quarter about the file's z: its x goes to its y, which is the world's -z.
        assert _hook(app) == pytest.approx([5, 2, -1.5], abs=1e-5)
        assert app.world.get(crane.entity, joints.cls).slew == pytest.approx(pi / 2)


def test_a_linkage_whose_file_is_missing_only_warns(yard: Path, caplog: pytest.LogCaptureFixture) -> None:
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: NOW),)) as app:
        app.open(yard)
        joints = app.components.find("joints")
        assert joints is not None
        app.scene.spawn("Crane", tx.Model("assets/crane.urdf"), Linkage("assets/none.urdf"), joints.cls(slew=1.0))
        app.settle()
        app.run(ticks=3)
    assert [record for record in caplog.records if "does not move" in record.message]
