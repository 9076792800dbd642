"""What scripts and mods show, told to pages; and what people do with it, as far as their role goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from served import serving
from waiting import HANG_SECS

import taixu as tx
from taixu.platform import ChatEvent, InputRecorder, WidgetEvent
from taixu.script.chat import Chat
from taixu.script.widgets import Widget, Widgets
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.serve.parts.screen import screen_facts
from taixu.twin.plugin import configure_twin

ALICE, BOB = "a" * 20, "b" * 20


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    def make(app: tx.App) -> Server:
        configure_twin(app.world)
        app.insert_resource(InputRecorder())
        widgets = app.resource(Widgets)
        widgets.show(Widget("a.mod", "title", "text", "Score\u202e\x00", corner="top_right", color=(1.0, 0.5, 0.0)))
        widgets.show(Widget("a.mod", "go", "button", "Go"))
        widgets.show(Widget(0xAB, "who", "input", hint="Your name"))
        widgets.show(Widget("a.mod", "health", "bar", value=0.123456))
        widgets.show(Widget("a.mod", "map", "map", dots=((0.5, 0.25, 0.1),), colors=((0.0, 0.0, 1.0),)))
        app.resource(Chat).open = True
        return Server(app, Access({ALICE: Guest("alice", Role.OPERATE), BOB: Guest("bob", Role.VIEW)}), port=0)

    with serving(make) as server:
        yield server


def ask(server: Server, token: str, path: str, body: Any = None) -> tuple[int, Any]:
    async def run() -> tuple[int, Any]:
        import aiohttp

        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            asked = session.get(server.url + path) if body is None else session.post(server.url + path, json=body)
            async with asked as response:
                return response.status, await response.json()

    return asyncio.run(asyncio.wait_for(run(), HANG_SECS))


def test_all_is_there_to_be_drawn(served: Server) -> None:
    status, found = ask(served, BOB, "screen")
    assert status == 200
    shown = {widget["name"]: widget for widget in found["widgets"]}
    assert shown["title"] == {
        "owner": "a.mod", "name": "title", "kind": "text", "corner": "top_right", "offset": [0.0, 0.0], "text": "Score",
        "size": 1.0, "color": "#ffbc00",
    }  # fmt: skip
    assert (shown["who"]["owner"], shown["who"]["hint"]) == ("#ab", "Your name")
    assert shown["health"]["value"] == 0.1235
    assert (shown["map"]["dots"], shown["map"]["colors"]) == ([[0.5, 0.25, 0.1]], ["#0000ff"])
    assert found["chat"]["open"] is True


def test_who_may_operate_presses_writes_and_speaks(served: Server) -> None:
    for path, body in (
        ("press", {"owner": "a.mod", "name": "go"}), ("submit", {"owner": "#ab", "name": "who", "text": "Ann"}),
        ("say", {"text": "Hello!"}),
    ):  # fmt: skip
        assert ask(served, ALICE, f"screen/{path}", body) == (200, {"done": True})

    async def hear() -> Any:
        import aiohttp

        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {BOB}"})
        async with session, session.ws_connect(served.url + "live") as socket:
            while True:
                told = json.loads((await socket.receive(timeout=HANG_SECS)).data).get("screen")
                if told and told["chat"]["lines"]:
                    return told["chat"]["lines"]

    lines = asyncio.run(asyncio.wait_for(hear(), HANG_SECS))
    assert [(line["role"], line["who"], line["text"]) for line in lines] == [("player", "alice", "Hello!")]
    events = [event for _, event in served.app.resource(InputRecorder).entries]
    assert [event for event in events if isinstance(event, (WidgetEvent, ChatEvent))] == [
        WidgetEvent("a.mod", "go", ""), WidgetEvent("#ab", "who", "Ann"), ChatEvent("alice", "Hello!"),
    ]  # fmt: skip


def test_who_may_only_look_does_not(served: Server) -> None:
    for path, body in (("press", {"owner": "a.mod", "name": "go"}), ("say", {"text": "Hello!"})):
        assert ask(served, BOB, f"screen/{path}", body)[0] == 403


@pytest.mark.parametrize("body", [[], {}, {"text": 3}, {"text": None}, "text"])
def test_what_is_no_text_is_refused(served: Server, body: Any) -> None:
    assert ask(served, ALICE, "screen/say", body)[0] == 400


def test_floods_are_slowed(served: Server) -> None:
    assert 429 in [ask(served, ALICE, "screen/press", {"owner": "a.mod", "name": "no such"})[0] for _ in range(40)]


def test_a_world_without_scripts_shows_nothing() -> None:
    assert screen_facts(tx.ecs.World()) == {"widgets": [], "chat": {"open": False, "lines": []}}
