"""An agent at the same world, through the protocol's own client."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mcp", reason='agents are not installed; pip install "taixu[editor]"')
from agent_visit import visit, visited
from mcp import Client
from PIL import Image

from taixu.assets.paths import data_path
from taixu.errors import TaixuError
from taixu_editor.agents import AgentServer, AgentTools, Answer, Bridge, Consent, Request
from taixu_editor.host import Host


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host()
    shutil.copytree(data_path("assets") / "templates" / "empty", tmp_path / "project")
    made.open(tmp_path / "project")
    yield made
    made.close()


def played(host: Host, consent: Consent, act: Callable[[Client], Awaitable[None]]) -> None:
    """Let a client act on a server, while this thread serves the host."""
    visited(host, consent, lambda url, token: visit(url, token, act))


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    result = await client.call_tool(tool, arguments)
    if result.is_error:
        raise TaixuError(result.content[0].text)
    if result.content and result.content[0].type == "image":
        return base64.b64decode(result.content[0].data)
    if result.structured_content is not None:
        found = result.structured_content
        return found["result"] if set(found) == {"result"} else found
    return json.loads(result.content[0].text)


def test_an_agent_places_moves_colours_and_undoes_all_of_it(host: Host) -> None:
    before = host.session.world.state_hash()
    consent = Consent()
    consent.allow(["all"])
    seen: dict[str, Any] = {}
    box = "00000000000000b1"
    place = {"operation": "entity.spawn", "parameters": {"id": box, "name": "Crate", "components": {"shape": {"kind": "box"}}}}
    move = {"operation": "transform.set", "parameters": {"transforms": {box: {"position": [0, 2, 0]}}}}
    red = {"base_color": [1, 0, 0, 1], "metallic": 0}
    paint = {"operation": "component.add", "parameters": {"component": "material", "fields": red, "entities": [box]}}

    async def act(client: Client) -> None:
        seen["tools"] = {tool.name for tool in (await client.list_tools()).tools}
        seen["operations"] = {each["operation"] for each in await call(client, "list_operations")}
        seen["components"] = await call(client, "list_components")
        seen["material"] = await call(client, "list_components", component="material")
        seen["rehearsed"] = await call(client, "rehearse", steps=[place, move])
        seen["after rehearsal"] = (await call(client, "query_world", name="crate"))["count"]
        await call(client, "apply", steps=[place], label="a crate")
        seen["changed"] = await call(client, "apply", steps=[move, paint])
        seen["found"] = await call(client, "query_world", name="crate")
        seen["picture"] = await call(client, "take_picture", eye=[4, 4, 6], target=[0, 2, 0], width=160, height=90)
        seen["undone"] = [await call(client, "undo") for _ in range(3)]

    played(host, consent, act)
    assert seen["tools"] == {"list_operations", "list_components", "query_world", "take_picture", "rehearse", "apply", "undo",
                             "generate", "generated"}  # fmt: skip
    assert {"entity.spawn", "transform.set", "component.set"} <= seen["operations"]
    assert {"material", "shape", "transform"} <= set(seen["components"]) and all(seen["components"].values())
    assert "base_color" in seen["material"]["material"]["properties"]
    assert set(seen["rehearsed"]["added"]) == {box}
    assert seen["after rehearsal"] == 0, "rehearsing changes nothing"
    assert seen["changed"]["changed"][box]["transform"]["position"] == [None, [0, 2, 0]]
    assert seen["found"]["entities"][box]["material"]["base_color"] == [1, 0, 0, 1]
    pixels = np.asarray(Image.open(io.BytesIO(seen["picture"])).convert("RGB")).astype(int)
    red = (pixels[..., 0] > pixels[..., 1] + 60) & (pixels[..., 0] > pixels[..., 2] + 60)
    assert red.mean() > 0.01, "the red crate is in the picture"
    assert seen["undone"] == [True, True, False], "two steps of its own, and no more"
    assert host.session.world.state_hash() == before


def test_what_nobody_consented_to_is_refused(host: Host) -> None:
    asked: list[str] = []

    def ask(request: Request, answered: Callable[[Answer], None]) -> None:
        asked.append(request.tool)
        answered("always" if request.tool == "query_world" else "no")

    refused: list[str] = []

    async def act(client: Client) -> None:
        await call(client, "query_world")
        await call(client, "query_world")
        try:
            await call(client, "apply", steps=[{"operation": "entity.spawn", "parameters": {}}])
        except TaixuError as error:
            refused.append(str(error))

    before = host.session.world.state_hash()
    played(host, Consent(ask=ask), act)
    assert asked == ["query_world", "apply"], "what is always allowed is asked once"
    assert "did not consent to apply" in refused[0]
    assert host.session.world.state_hash() == before


def test_a_batch_is_all_or_nothing_and_says_which_step(host: Host) -> None:
    tools = AgentTools(host)
    before = host.session.world.state_hash()
    steps = [
        {"operation": "entity.spawn", "parameters": {"name": "one"}},
        {"operation": "component.remove", "parameters": {"component": "shape", "entities": ["00000000000000ff"]}},
    ]
    with pytest.raises(TaixuError, match="step 2"):
        tools.apply(steps)
    with pytest.raises(TaixuError, match="step 1: world.save is no edit"):
        tools.apply([{"operation": "world.save", "parameters": {}}])
    assert host.session.world.state_hash() == before


def test_what_was_allowed_for_one_world_is_not_done_in_another(host: Host) -> None:
    tools = AgentTools(host)
    allowed = tools.prepare_apply([{"operation": "entity.spawn", "parameters": {"name": "a thing"}}])
    host.do("play.start")
    with pytest.raises(TaixuError, match="another world"):
        allowed.act()
    host.do("play.stop")
    assert len(allowed.act()["added"]) == 1


def test_what_changed_while_a_question_was_open_is_not_overwritten(host: Host) -> None:
    tools = AgentTools(host)
    thing = str(host.do("entity.spawn", name="a thing"))
    allowed = tools.prepare_apply([{"operation": "entity.rename", "parameters": {"entity": thing, "name": "another"}}])
    host.do("entity.delete", entities=[thing])
    with pytest.raises(TaixuError):
        allowed.act()
    assert host.session.history.undo_label == "Delete"


def test_an_agent_undoes_only_its_own(host: Host) -> None:
    tools = AgentTools(host)
    tools.apply([{"operation": "entity.spawn", "parameters": {"name": "its"}}])
    host.do("entity.spawn", name="a person's")
    assert tools.undo() is False
    host.do("history.undo")
    assert tools.undo(agent="another") is False
    assert tools.undo() is True


def test_an_agent_goes_on_undoing_where_a_person_undid_its_latest(host: Host) -> None:
    before = host.session.world.state_hash()
    tools = AgentTools(host)
    for name in ("first", "second"):
        tools.apply([{"operation": "entity.spawn", "parameters": {"name": name}}])
    host.do("history.undo")
    host.do("selection.none")
    assert [tools.undo(), tools.undo()] == [True, False]
    assert host.session.world.state_hash() == before


def test_without_the_token_nobody_comes_in(host: Host) -> None:
    import urllib.error
    import urllib.request

    server = AgentServer(AgentTools(host), Bridge(), Consent())
    server.start()
    try:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            request = urllib.request.Request(server.url, data=b"{}", headers={"Content-Type": "application/json", **headers})
            for _ in range(100):
                try:
                    urllib.request.urlopen(request, timeout=5)
                except urllib.error.HTTPError as error:
                    assert error.code == 401
                    break
                except urllib.error.URLError:
                    continue
            else:
                pytest.fail("the server did not answer")
    finally:
        server.close()


@pytest.mark.parametrize("components", [{"shpe": {}}, {"shape": {"knd": "box"}}, {"shape": {"kind": "bxo"}}])
def test_what_is_mistyped_is_refused(host: Host, components: dict[str, Any]) -> None:
    """Files keep what nobody knows, for another version may; who makes something now has mistyped it."""
    before = host.session.world.state_hash()
    with pytest.raises(TaixuError):
        host.do("entity.spawn", components=components)
    assert host.session.world.state_hash() == before
