"""News over a real WebSocket: of a world that a thread runs, in which a press is fed by its inbox."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest
from served import serving
from waiting import HANG_SECS

import taixu as tx
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.twin import Batch, Device
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.plugin import configure_twin

PRESS = 0xABC
ALICE, BOB = "a" * 20, "b" * 20
BINDINGS = [
    {"topic": "press/{key}", "from": "temp", "to": "motor.temperature"},
    {"topic": "press/{key}/at", "from": ["x", "y"], "to": "transform.position"},
]
RULE = {"name": "too hot", "when": "motor.temperature > 80", "severity": "critical"}
Talk = Callable[[Any], Awaitable[Any]]


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    motor = declared_component(
        "motor", {"temperature": {"kind": "f32", "unit": "degC"}, "state": {"kind": "text", "choices": ["idle", "running"]}}
    )
    def make(app: tx.App) -> Server:
        app.register_component(motor)
        app.world.spawn(tx.Transform(), tx.Name("Press 1"), Device(key="1", kind="press"), motor(), stable_id=PRESS)
        app.resource(WorldSettings).values["twin"] = {"bindings": BINDINGS, "rules": [RULE]}
        configure_twin(app.world)
        guests = {ALICE: Guest("alice", Role.OPERATE), BOB: Guest("bob", Role.VIEW)}
        return Server(app, Access(guests), port=0)

    with serving(make) as server:
        yield server


def bring(server: Server, topic: str, **values: float) -> None:
    fields = {name: np.array([value]) for name, value in values.items()}
    server.app.resource(Inbox).put(Letter(Batch(topic, np.zeros(1, np.uint32), np.array([time.time_ns()]), fields)))


def talk(server: Server, token: str, said: Talk) -> Any:
    async def run() -> Any:
        import aiohttp

        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
        async with session, session.ws_connect(server.url + "live") as socket:
            return await asyncio.wait_for(said(socket), HANG_SECS)

    return asyncio.run(run())


async def until(socket: Any, subject: str, is_it: Callable[[Any], bool] = lambda told: True) -> Any:
    while True:
        told = json.loads((await socket.receive(timeout=120)).data)
        if subject in told and is_it(told[subject]):
            return told[subject]


def test_a_page_is_greeted_and_hears_how_the_world_does(served: Server) -> None:
    async def said(socket: Any) -> None:
        hello = json.loads((await socket.receive(timeout=120)).data)["hello"]
        assert hello["name"] == "bob" and hello["role"] == "view" and hello["step_secs"] > 0
        first = await until(socket, "facts")
        later = await until(socket, "facts", lambda facts: facts["tick"] > first["tick"])
        assert later["entities"] == 1

    talk(served, BOB, said)


def test_values_come_with_unit_and_age_by_field(served: Server) -> None:
    async def said(socket: Any) -> None:
        await socket.send_json({"follow": [f"{PRESS:016x}", "00000000000000ff"]})
        bring(served, "press/1", temp=36.6)
        told = await until(socket, "values", lambda told: not told.get("gone") and told["time_ns"] > 0)
        assert told["fields"]["motor.temperature"] | {"age_secs": 0} == {"value": 36.6, "unit": "degC", "age_secs": 0}
        assert 0 <= told["fields"]["motor.temperature"]["age_secs"] < 5
        assert told["fields"]["motor.state"] == {"value": "idle", "unit": "", "age_secs": None}, "never heard of"
        bring(served, "press/1/at", x=3, y=4)
        where = "transform.position"
        moved = await until(socket, "values", lambda told: told.get("fields", {}).get(where, {}).get("age_secs") is not None)
        assert moved["fields"][where]["value"] == [3, 4, 0]

    async def of_nobody(socket: Any) -> None:
        await socket.send_json({"follow": ["00000000000000ff"]})
        assert await until(socket, "values") == {"id": "00000000000000ff", "gone": True}

    talk(served, BOB, said)
    talk(served, BOB, of_nobody)


def test_alarms_come_when_they_begin(served: Server) -> None:
    async def said(socket: Any) -> None:
        bring(served, "press/1", temp=95)
        (alarm,) = await until(socket, "alarms", bool)
        assert alarm["severity"] == "critical" and alarm["entity"] == f"{PRESS:016x}"

    talk(served, BOB, said)


def test_two_people_see_each_other(served: Server) -> None:
    async def said(socket: Any) -> None:
        await socket.send_json({"eye": {"at": [1, 2, 3], "toward": [0, 0, 0]}})

        async def other(second: Any) -> None:
            present = await until(second, "presence", lambda told: len(told) == 2)
            assert present[0]["you"] and present[0]["name"] == "bob"
            assert present[1]["name"] == "alice" and present[1]["at"] == [1, 2, 3]

        await asyncio.to_thread(talk, served, BOB, other)
        assert await until(socket, "presence", lambda told: len(told) == 1), "and that he went"

    talk(served, ALICE, said)


@pytest.mark.parametrize("text", ["", "[1]", '{"follow": ["x"]}', '{"eye": {"at": [1e999, 0, 0], "toward": [0, 0, 0]}}'])
def test_what_is_wrong_is_told_and_the_news_go_on(served: Server, text: str) -> None:
    async def said(socket: Any) -> None:
        await socket.send_str(text)
        assert await until(socket, "error")
        await until(socket, "facts")

    talk(served, BOB, said)


@pytest.mark.parametrize("flood", [["x" * 5000], ['{"follow": []}'] * 500])
def test_who_floods_is_shown_out(served: Server, flood: list[str]) -> None:
    async def said(socket: Any) -> None:
        import aiohttp

        for text in flood:
            with_room = not socket.closed
            if with_room:
                try:
                    await socket.send_str(text)
                except ConnectionError:
                    break
        while (await socket.receive(timeout=120)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert socket.close_code in (1008, 1009)

    talk(served, BOB, said)
    talk(served, BOB, lambda socket: until(socket, "facts"))


def test_who_reads_nothing_slows_nobody(served: Server) -> None:
    async def said(socket: Any) -> None:
        await socket.send_json({"follow": [f"{PRESS:016x}"]})

        async def other(second: Any) -> None:
            await second.send_json({"follow": [f"{PRESS:016x}"]})
            for degrees in range(20, 25):
                bring(served, "press/1", temp=degrees)
                await until(
                    second, "values", lambda told, want=degrees: told["fields"]["motor.temperature"]["value"] == want  # type: ignore[misc]
                )

        await asyncio.to_thread(talk, served, BOB, other)

    talk(served, BOB, said)
