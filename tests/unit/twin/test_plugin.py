from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.physics import RigidBody
from taixu.scene import Shape
from taixu.twin import Batch, Device
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory.packing import Tick
from taixu.twin.memory.restoring import fill_moment
from taixu.twin.memory.writer import Writer
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin

NOW = 1_760_000_000_000_000_000
BINDING = {"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position", "frame": "hall"}
SETTINGS = {"bindings": [BINDING], "frames": {"hall": {}}}


def batch(x: float, at: int) -> Batch:
    return Batch("agv/7", np.zeros(1, np.uint32), np.array([at]), {"x": np.array([x]), "y": np.array([2.0])})


def test_readings_come_in_and_the_whole_run_is_brought_back(tmp_path: Path) -> None:
    clock = [NOW]
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: clock[0]),)) as app:
        app.scene.spawn("AGV", Shape("box"), Device(key="7"))
        app.scene.spawn("Ball", Shape("sphere"), RigidBody(), position=(0, 5, 0))
        app.resource(WorldSettings).values["twin"] = SETTINGS
        configure_twin(app.world)
        begin_recording(app, tmp_path / "r", project="plant")
        hashes, kept = {}, []
        for tick in range(30):
            clock[0] = NOW + tick * 16_666_667
            app.resource(Inbox).put(Letter(batch(tick / 10, clock[0]), lambda: kept.append(1)))
            app.run(ticks=1)
            hashes[clock[0]] = app.world.state_hash()
        agv = app.scene.find("AGV")
        assert agv is not None
        assert agv.position == pytest.approx([2.9, 0.0, -2.0], abs=1e-5)
    assert len(kept) == 30
    recording = Recording(tmp_path / "r")
    assert recording.about["project"] == "plant" and recording.about["settings"]["twin"] == SETTINGS
    for now in (NOW, NOW + 12 * 16_666_667, NOW + 29 * 16_666_667):
        with tx.App.headless(plugins=(TwinPlugin(),)) as app:
            assert fill_moment(app.world, recording.moment(now), app.components) == []
            assert app.world.state_hash() == hashes[now], "bit for bit"


def test_a_moment_needs_an_empty_world_and_known_components(tmp_path: Path) -> None:
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: NOW),)) as app:
        gadget = declared_component("gadget", {"size": {"kind": "f32"}})
        app.register_component(gadget)
        app.scene.spawn("AGV", gadget())
        begin_recording(app, tmp_path / "r")
        app.run(ticks=1)
        with pytest.raises(TaixuError, match="empty"):
            fill_moment(app.world, Recording(tmp_path / "r").moment(NOW), app.components) if _written(app) else None
    with tx.App.headless() as app:
        notes = fill_moment(app.world, Recording(tmp_path / "r").moment(NOW), app.components)
        assert notes == ["the component 'gadget' is unknown here; it is left out"] and app.scene.find("AGV") is not None


def _written(app: tx.App) -> bool:
    app.resource(Recorder).writer.wait()
    return True


def test_an_inbox_has_bounds() -> None:
    inbox = Inbox(max_readings=4)  # one source gets half of it
    assert [inbox.put(Letter(batch(1, NOW))) for _ in range(3)] == [True, True, False]
    assert inbox.waiting == 2 and inbox.turned_away == 1 and len(inbox.take()) == 2 and inbox.waiting == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"bindings": {}}, "list"),
        ({"ahead_secs": "soon"}, "seconds"),
        ({"frames": {"gps": {"crs": "EPSG:4326"}}}, "georeference"),
        ({"frames": {"gps": {"crs": "EPSG:0"}}, "georeference": {"latitude_deg": 1}}, "PROJ knows no"),
        ({"georeference": {"latitude_deg": 91}}, "no latitude"),
    ],
)
def test_bad_settings_are_one_sentence(settings: object, said: str) -> None:
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        app.resource(WorldSettings).values["twin"] = settings
        with pytest.raises(TaixuError, match=said):
            configure_twin(app.world)


def test_what_a_slow_disk_left_over_is_kept_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, write = threading.Event(), Writer._write_until_done

    def slowly(writer: Writer, tick: Tick) -> None:
        go_on.wait()
        write(writer, tick)

    monkeypatch.setattr(Writer, "_write_until_done", slowly)
    seconds = iter(range(1, 1000))
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: next(seconds) * 1_000_000_000),)) as app:
        cart = app.scene.spawn("Cart", position=(0, 0, 0))
        recorder = begin_recording(app, tmp_path / "recording")
        for step in range(60):
            cart.position = (step, 0, 0)
            app.run(ticks=1)
        recorder.note("seen", by="eve")
        assert recorder.skipped > 0
        go_on.set()
    recording = Recording(tmp_path / "recording")
    moment = recording.moment(recording.span_ns[1])
    assert moment.column("transform", "translation")[1][0].tolist() == [59.0]
    assert [event["kind"] for event in recording.events()] == ["seen"]
