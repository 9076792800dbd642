"""`taixu replay --serve` as a program: a finished recording in the viewers of a live one."""

from __future__ import annotations

import asyncio
import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

import taixu as tx
from taixu.twin import Device
from taixu.twin.plugin import TwinPlugin, begin_recording

TOKEN = "t" * 24
START = 1_777_622_400_000_000_000
SECOND = 1_000_000_000
MANIFEST = '[project]\nname = "Plant"\nfirst_world = "worlds/main.world.json"\n'
ALARM = {"number": 4, "rule": "far", "entity": "00000000000000aa", "severity": "high", "text": "too far", "raised_ns": START}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("replayed")
    (root / "plant").mkdir()
    (root / "plant/taixu.toml").write_text(MANIFEST)
    now = START
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: now),)) as app:
        cart = app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        recorder = begin_recording(app, root / "shift", project=str(root / "plant"))
        recorder.note("alarm", **ALARM, cleared_ns=0, acknowledged_by="", acknowledged_ns=0)
        for second in range(21):
            now = START + second * SECOND
            cart.position = (float(second), 0, 0)
            app.run(ticks=1)
    words = ["replay", root / "shift", "--serve", "--port", "0", "--token", TOKEN, "--seconds", "120", "--json"]
    program = subprocess.Popen(
        [sys.executable, "-m", "taixu", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    assert program.stderr is not None
    found = None
    for line in program.stderr:
        found = found or re.search(r"at (http://\S+)", line)
        if found:
            break
    assert found
    yield found[1]
    with urlopen(Request(found[1] + "stop", data=b"", headers={"Authorization": f"Bearer {TOKEN}"}), timeout=120) as answer:
        assert answer.status == 200
    out, _ = program.communicate(timeout=120)
    assert program.returncode == 0 and json.loads(out)["url"] == found[1]


def ask(url: str, path: str, data: bytes | None = None) -> Any:
    try:
        with urlopen(Request(url + path, data=data, headers={"Authorization": f"Bearer {TOKEN}"}), timeout=120) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())["error"]


def test_it_answers_as_a_live_one_does(url: str) -> None:
    state = ask(url, "state")
    assert state["entities"] == 1 and state["is_replay"] and state["time_ns"] == START + 20 * SECOND, "its now is its end"
    assert ask(url, "healthz")["ok"]
    history = ask(url, "history")
    assert (history["start_ns"], history["end_ns"]) == (START, START + 20 * SECOND)
    assert [alarm["text"] for alarm in ask(url, "alarms")["alarms"]] == ["too far"]


def test_nothing_can_be_told_or_asked_of_it(url: str) -> None:
    for path in ("ingest", "commands", "alarms/4/acknowledge"):
        code, said = ask(url, path, b"{}")
        assert code == 409 and "this is a recording" in said
    assert ask(url, "ingest")[0] == 409


def test_viewers_begin_at_its_end_and_go_anywhere(url: str) -> None:
    async def watch() -> list[float]:
        import aiohttp

        seen: list[float] = []
        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"})
        async with session, session.ws_connect(url + "watch") as socket:
            await socket.send_json({"look": {"at": [0, 0, 0], "reach": 1000}})
            for wish in (None, {"at": START + 5 * SECOND}, {"at": START + 8 * SECOND, "speed": 100}):
                if wish is not None:
                    await socket.send_json(wish)
                shown = 0
                while True:
                    message = await socket.receive(timeout=120)
                    if message.type is aiohttp.WSMsgType.BINARY:
                        count = struct.unpack_from("<I", message.data, 8)[0]
                        if count:
                            x = struct.unpack_from("<f", message.data, 48)[0] + struct.unpack_from("<d", message.data, 16)[0]
                            seen.append(round(x, 3))
                        shown += 1
                        await socket.send_json({"shown": 1 << 30})
                    if wish is None and seen:
                        break
                    said = json.loads(message.data).get("moment") if message.type is aiohttp.WSMsgType.TEXT else None
                    if said is not None and said["speed"] == 0:
                        assert said["live"] is False
                        break
        return seen

    seen = asyncio.run(watch())
    assert seen[0] == 20.0, "it begins at the end"
    assert seen[1] == 5.0 and seen[2] == 8.0
    assert seen[-1] == 20.0 and seen[2:] == sorted(seen[2:]), "and what is played stands still at the end"
