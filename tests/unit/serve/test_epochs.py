"""A server whose clock is set back by hours: its history goes on in another recording."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from served import serving
from waiting import HANG_SECS, until

import taixu as tx
from taixu.edit import WorldSettings
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.twin import Device
from taixu.twin.clock import TwinClock
from taixu.twin.plugin import begin_recording, configure_twin

SEC = 1_000_000_000
TOKEN = "t" * 20


def test_the_history_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back = [0]
    monkeypatch.setattr("taixu.twin.plugin.TwinClock", lambda: TwinClock(wall_ns=lambda: time.time_ns() - back[0]))

    def make(app: tx.App) -> Server:
        app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        bindings = [{"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position"}]
        app.resource(WorldSettings).values["twin"] = {"bindings": bindings}
        configure_twin(app.world)
        begin_recording(app, tmp_path / "recording")
        return Server(app, Access({TOKEN: Guest("plc", Role.OPERATE)}), port=0)

    with serving(make) as server:

        def ask(path: str, data: bytes | None = None) -> Any:
            request = Request(server.url.rstrip("/") + path, data=data, headers={"Authorization": f"Bearer {TOKEN}"})
            with urlopen(request, timeout=HANG_SECS) as answer:
                return json.loads(answer.read() or b"null")

        def bring(x: float) -> None:
            reading = {"topic": "agv/7", "time": (time.time_ns() - back[0]) / 1e9, "values": {"x": x, "y": 0.0}}
            ask("/ingest", json.dumps(reading).encode())

        def end_ns() -> int:
            try:
                return int(ask("/history")["end_ns"])
            except OSError:  # nothing is written yet
                return 0

        bring(1.0)
        until(lambda: end_ns() > time.time_ns() - 3600 * SEC)
        back[0] = 7200 * SEC
        until(lambda: (tmp_path / "recording.2").is_dir())
        bring(2.0)
        until(lambda: 0 < end_ns() < time.time_ns() - 3600 * SEC)
