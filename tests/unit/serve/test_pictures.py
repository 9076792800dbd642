from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import numpy as np
import pytest
from gpu_device import shared_device
from picture_client import PictureClient, Seen
from served import serving
from waiting import HANG_SECS

import taixu as tx
from taixu.bench.code_scene import build, camera_for, read_code
from taixu.edit import WorldSettings
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.serve.parts.pictures import PicturesPart
from taixu.twin.plugin import configure_twin

VIEWER = "v" * 20
SIZE = [320, 180]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The scene with the bar, served from a thread that stands for the program's main one."""
    shared_device()  # skips where there is none
    def make(app: tx.App) -> Server:
        build(app, 60)
        app.scene.spawn("Front", tx.Camera(), position=(0, 0, 10))
        app.resource(WorldSettings).values["twin"] = {"pictures": {"viewers": 4, "size": [640, 360], "fps": 40}}
        configure_twin(app.world)
        app.settle()
        return Server(app, Access({VIEWER: Guest("eve", Role.VIEW)}), port=0)

    with serving(make) as server:
        yield server


def visit(server: Server, act: Callable[..., Awaitable[Any]], *, viewers: int = 1) -> Any:
    """Let somebody act with so many open sockets."""

    async def go() -> Any:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession(headers={"Authorization": f"Bearer {VIEWER}"}))
            clients = [
                PictureClient(await stack.enter_async_context(session.ws_connect(server.url + "pictures", max_msg_size=1 << 24)))
                for _ in range(viewers)
            ]
            return await asyncio.wait_for(act(*clients), HANG_SECS)

    return asyncio.run(go())


async def until_code(client: PictureClient, code: int, *, secs: float = HANG_SECS) -> Seen:
    """The first picture that shows a number."""
    end = time.perf_counter() + secs
    while time.perf_counter() < end:
        seen = await client.picture()
        if seen.pixels is not None and read_code(seen.pixels) == code:
            return seen
    shown = [read_code(each.pixels) for each in client.seen[-5:] if each.pixels is not None]
    raise AssertionError(f"{code} was never shown, but {shown}")


def test_pictures_show_what_the_camera_sees(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        about = await client.text("pictures")
        assert about["codecs"] == ["h264", "jpeg"] and about["cameras"] == ["Front"]
        assert about["most"] == {"size": [640, 360], "fps": 40, "kbps": 20000, "viewers": 4}
        await client.say(want={"size": SIZE, "fps": 30}, camera=camera_for(3), number=1)
        first = await client.picture()
        stream = next(each["stream"] for each in client.texts if "stream" in each)
        assert first.is_key and not first.is_jpeg and first.size == (320, 180) and first.number == 1
        assert stream["codec"].startswith("avc1.42c0") and stream["size"] == SIZE and stream["number"] == first.stream
        assert abs(first.time_ns - time.time_ns()) < 5e9
        assert (await until_code(client, 3)).camera == 1
        for number, code in enumerate((9, 0, 15), start=2):
            await client.say(camera=camera_for(code), number=number)
            seen = await until_code(client, code)
            assert seen.camera == number and not seen.is_key, "a camera that moves needs no key frame"

    visit(server, act)


def test_jpegs_for_those_who_have_no_decoder(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        await client.say(want={"size": SIZE, "codec": "jpeg"}, camera=camera_for(5))
        seen = await until_code(client, 5)
        assert seen.is_jpeg and seen.is_key
        assert client.texts[-1]["stream"]["codec"] == "jpeg"

    visit(server, act)


def test_a_decoder_that_lost_the_thread_gets_a_key_frame(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        await client.say(want={"size": SIZE}, camera=camera_for(2))
        await until_code(client, 2)
        client._decoder = None  # whatever was before is gone
        await client.say(key=True, camera=camera_for(8))
        seen = await until_code(client, 8)
        assert any(each.is_key for each in client.seen[1:]) and seen.pixels is not None

    visit(server, act)


def test_two_cameras_at_once(server: Server) -> None:
    async def act(one: PictureClient, other: PictureClient) -> None:
        await one.say(want={"size": SIZE}, camera=camera_for(4))
        await other.say(want={"size": [256, 144], "codec": "jpeg"}, camera=camera_for(11))
        for client, code, size in ((one, 4, (320, 180)), (other, 11, (256, 144))):
            assert (await until_code(client, code)).size == size

    visit(server, act, viewers=2)


def test_who_looks_through_the_same_camera_shares_the_stream(server: Server) -> None:
    async def act(one: PictureClient, other: PictureClient) -> None:
        for client in (one, other):
            await client.say(want={"size": SIZE}, camera="Front")
        a, b = await one.picture(), await other.picture()
        assert a.stream == b.stream and b.is_key, "who comes later begins with a picture of his own"

    visit(server, act, viewers=2)


def test_a_slow_viewer_slows_nobody(server: Server) -> None:
    async def act(slow: PictureClient, quick: PictureClient) -> None:
        slow.acknowledges = False

        async def look(client: PictureClient) -> None:
            await client.say(want={"size": SIZE, "fps": 20}, camera="Front")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(4):
                    while True:
                        await client.next()

        async def wander(client: PictureClient) -> None:
            await client.say(want={"size": SIZE, "fps": 20}, camera=camera_for(0))
            for number in range(60):  # something to see in every picture
                await client.say(camera=camera_for(number % 16))
                await asyncio.sleep(0.05)

        await asyncio.gather(look(slow), wander(quick), look(quick))
        assert len(slow.seen) <= 4, "no more is sent than was acknowledged, and three"
        assert len(quick.seen) >= 25, "of sixty, on a machine that has other things to do"
        slow.acknowledges = True
        await slow.say(shown=slow.seen[-1].number, camera=camera_for(6))
        assert (await until_code(slow, 6)).pixels is not None, "and he is back as soon as he can take more"

    visit(server, act, viewers=2)


def test_sizes_change_and_stay_within_the_limits(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        await client.say(want={"size": SIZE}, camera=camera_for(1))
        assert (await until_code(client, 1)).size == (320, 180)
        await client.say(want={"size": [4000, 2250], "fps": 1000})
        while (await client.picture()).size != (640, 360):
            pass
        stream = [each["stream"] for each in client.texts if "stream" in each][-1]
        assert stream["fps"] == 40 and stream["size"] == [640, 360]
        assert (await until_code(client, 1)).size == (640, 360)

    visit(server, act)


def test_who_does_not_keep_up_is_sent_less(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        client.delay_secs = 0.15  # shows six a second, and wants thirty
        await client.say(want={"size": SIZE, "fps": 30}, camera=camera_for(0))
        for number in range(60):
            await client.say(camera=camera_for(number % 16))
            if (await client.picture()).level >= 1:
                return
        raise AssertionError("the level never changed")

    visit(server, act)


def test_what_is_pointed_at(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        await client.say(pick={"x": 0.5, "y": 0.5})
        assert "nothing is shown yet" in await client.text("error")
        await client.say(want={"size": SIZE, "codec": "jpeg"}, camera=camera_for(7))
        await until_code(client, 7)
        await client.say(pick={"x": 0.5 - 0.45 / 14.73, "y": 0.5}, **{"as": 12})
        found = await client.next()
        while not (isinstance(found, dict) and "picked" in found):
            found = await client.next()
        assert found["as"] == 12 and found["picked"]["name"] == "Bar" and len(found["picked"]["id"]) == 16
        np.testing.assert_allclose(found["picked"]["at"][2], 0.05, atol=0.01)
        await client.say(pick={"x": 0.9, "y": 0.5})
        assert (await client.text("picked"))["name"] == "Board"

    visit(server, act)


@pytest.mark.parametrize("text", [
    "{", "[]", "7", '{"want": 3}', '{"want": {"size": [1e9, 2]}}', '{"want": {"size": ["a", 2]}}', '{"want": {"fps": 0}}',
    '{"want": {"codec": "av1"}}', '{"camera": {"eye": [0, 0, 0], "target": [0, 0, 0]}}',
    '{"camera": {"eye": [NaN, 0, 1], "target": [0, 0, 0]}}',
    '{"camera": {"eye": [0, 0, 1], "target": [0, 0, 0], "fov_deg": 1e400}}', '{"camera": 5}', '{"pick": {"x": 7, "y": 0}}',
    '{"pick": {"x": true, "y": 0}}', '{"want": {"kbps": -1}}', "[" * 3000,
])  # fmt: skip
def test_what_cannot_be_understood_is_one_sentence(server: Server, text: str) -> None:
    async def act(client: PictureClient) -> None:
        await client.socket.send_str(text)
        assert len(await client.text("error")) > 10
        await client.say(want={"size": [64, 36], "codec": "jpeg"}, camera=camera_for(1))
        await client.picture()

    visit(server, act)


def test_a_camera_that_there_is_not(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        await client.say(want={"size": SIZE}, camera="Nowhere")
        assert await client.text("error") == "there is no camera 'Nowhere'; there are Front"
        await client.say(camera="Front")
        await client.picture()

    visit(server, act)


def test_straight_down_is_a_camera_too(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        await client.say(want={"size": SIZE, "codec": "jpeg"}, camera={"eye": [0, 30, 0], "target": [0, 0, 0]})
        seen = await client.picture()
        assert seen.pixels is not None and seen.pixels.std() > 3

    visit(server, act)


def test_numbers_that_were_never_sent_give_no_more_room(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        client.acknowledges = False
        await client.say(want={"size": SIZE}, camera="Front", shown=10**12)
        for _ in range(30):
            await client.say(shown=-5)
            await client.say(shown=True)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                while True:
                    await client.next()
        assert len(client.seen) <= 4

    visit(server, act)


def test_a_flood_ends(server: Server) -> None:
    async def act(client: PictureClient) -> None:
        with pytest.raises((ConnectionError, aiohttp.ClientError)):
            for _ in range(3000):
                await client.say(camera=camera_for(1))
            while True:
                await client.next()
        assert client.socket.close_code in (1008, 1006)

    visit(server, act)


def test_so_many_and_no_more(server: Server) -> None:
    async def act(*clients: PictureClient) -> None:
        refused = clients[-1]
        assert "too many look at pictures" in await refused.text("error")
        with pytest.raises(ConnectionError, match="4429"):
            await refused.next()

    visit(server, act, viewers=5)


def test_whether_pictures_can_be_had(server: Server) -> None:
    async def go() -> tuple[int, Any]:
        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {VIEWER}"})
        async with session, session.get(server.url + "pictures") as answer:
            return answer.status, await answer.json()

    status, found = asyncio.run(go())
    assert status == 200 and found["able"] and found["codecs"] == ["h264", "jpeg"]


def test_a_machine_that_cannot_draw_says_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.errors import MachineError
    from taixu.serve.pictures import studio

    def fail() -> Any:
        raise MachineError("there is no OpenGL on this machine")

    monkeypatch.setattr(studio, "create_device", fail)
    part = PicturesPart()
    with pytest.raises(Exception, match="cannot draw pictures: there is no OpenGL"):
        part._open(tx.App.headless().world)
    real = next(each for each in server.parts if isinstance(each, PicturesPart))
    monkeypatch.setattr(real, "_why_not", "this server cannot draw pictures: there is no OpenGL on this machine")

    async def act(client: PictureClient) -> None:
        assert "there is no OpenGL" in await client.text("error")
        with pytest.raises(ConnectionError, match="4409"):
            await client.next()

    visit(server, act)
