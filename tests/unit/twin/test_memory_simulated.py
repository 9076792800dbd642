"""What simulators moved is seen again where it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from simulated_worlds import small_city

import taixu as tx
from taixu.app import App
from taixu.edit import Project, WorldSettings
from taixu.scene import MeshInstance, Transform
from taixu.simulation.worlds import Simulated
from taixu.twin.memory import Recording
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin
from taixu.twin.recalling import recall_moment

NOW, SECOND = 1_760_000_000_000_000_000, 10**9


def _places(app: App) -> dict[int, float]:
    found = {}
    for table in app.world.query(Simulated, Transform, MeshInstance):
        moved = table.read(Simulated, "number") >= 0
        x = table.read(Transform, "cell")[0] * 1024.0 + table.read(Transform, "translation")[0]
        assert (table.read(MeshInstance, "mesh")[moved] > 0).all(), "they can be seen"
        found |= dict(zip(app.world.stable_ids(table.entities[moved]).tolist(), x[moved].tolist()))
    return found


def test_cars_come_back_where_they_were(tmp_path: Path) -> None:
    now = [NOW]
    app = small_city(tmp_path)
    app.insert_resource(WorldSettings())
    app.add_plugin(TwinPlugin(now_ns=lambda: now[0]))
    configure_twin(app.world)
    begin_recording(app, tmp_path / "recording")
    seen = []
    for _ in range(8):
        app.frame(1.0)
        seen.append((now[0], _places(app)))
        now[0] += SECOND
    app.close()
    assert len(seen[0][1]) == 1 and len(seen[-1][1]) == 3, "more cars came"
    recording = Recording(tmp_path / "recording")
    with tx.App.headless(plugins=(TwinPlugin(),)) as past:
        past.insert_resource(Project(tmp_path))
        for time_ns, places in (seen[7], seen[2], seen[0], seen[5]):
            recall_moment(past, recording.moment(time_ns))
            assert _places(past) == pytest.approx(places)
        tints = np.concatenate([table.read(MeshInstance, "tint") for table in past.world.query(Simulated, MeshInstance)])
        assert len(set(tints.tolist())) > 1
    recording.close()
