"""The server's pictures in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from gpu_device import shared_device

import taixu as tx
from taixu.bench.browser import open_page
from taixu.bench.code_scene import PLACES, build, camera_for, slot_centres
from taixu.errors import MachineError
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.serve.parts.page import viewer_folder
from taixu.twin.plugin import TwinPlugin, configure_twin

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOKEN = "t" * 20
SIZE = (640, 360)
PLAY = """
async ({poses, size, columns, codec}) => {
  if (codec === 'none') delete globalThis.VideoDecoder;
  const {PicturePlayer} = await import('/viewer/pictures.js');
  const canvas = document.body.appendChild(document.createElement('canvas'));
  const paint = canvas.getContext('2d', {alpha: false, desynchronized: true});
  const found = globalThis.found = {states: [], codes: new Set(), player: null, poses};
  found.player = new PicturePlayer(canvas, {
    url: new URL('/pictures', location.href).href.replace('http', 'ws'), wishes: {size, fps: 30, quality: 'fast'},
    onState: (state, why) => found.states.push(state),
    onShown: (picture) => {
      const {data} = paint.getImageData(0, canvas.height >> 1, canvas.width, 1);
      const lit = columns.map((at, code) => data[at * 4] > 110 ? code : -1).filter((code) => code >= 0);
      found.code = lit.length === 1 ? lit[0] : -1;
      found.picture = {camera: picture.camera, isJpeg: picture.isJpeg, number: picture.number};
    },
  });
  found.player.look(poses[3]);
}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    shared_device()
    ready = threading.Event()
    found: list[Server] = []

    def run() -> None:
        with tx.App.headless(plugins=(TwinPlugin(),)) as app:
            build(app, 40)
            app.scene.spawn("Front", tx.Camera(), position=(0, 0, 10))
            configure_twin(app.world)
            app.settle()
            found.append(Server(app, Access({TOKEN: Guest("eve", Role.ADMIN)}), port=0))
            ready.set()
            found[0].run(seconds=150)
            found[0].close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(60)
    yield found[0]
    found[0].stop()
    thread.join(30)


@pytest.fixture(scope="module")
def page(server: Server) -> Iterator[Page]:
    if not (viewer_folder() / "pictures.js").is_file():
        pytest.skip("the viewer is not built here; make viewer builds it")
    try:
        with open_page(size=SIZE) as page:
            page.context.add_cookies([{"name": "taixu_token", "value": TOKEN, "url": server.url}])
            yield page
    except MachineError as error:
        pytest.skip(str(error))


def play(page: Page, server: Server, *, codec: str = "") -> None:
    """Have the server's pictures on an otherwise empty page of its origin."""
    page.goto(server.url + "state")
    poses = [camera_for(code) for code in range(PLACES)]
    page.evaluate(PLAY, {"poses": poses, "size": list(SIZE), "columns": slot_centres(SIZE[0]).tolist(), "codec": codec})


def shows(page: Page, code: int) -> dict[str, Any]:
    """Wait until the canvas shows a number; what is known of the picture."""
    page.wait_for_function("code => found.code === code", arg=code, timeout=20_000)
    picture: dict[str, Any] = page.evaluate("found.picture")
    return picture


def test_pictures_are_shown_and_follow_the_camera(page: Page, server: Server) -> None:
    play(page, server)
    assert not shows(page, 3)["isJpeg"]
    for code in (12, 0, 15):
        number = page.evaluate("code => found.player.look(found.poses[code])", code)
        assert shows(page, code)["camera"] == number
    assert page.evaluate("found.player.stream.codec").startswith("avc1.42c0")
    assert page.evaluate("found.states") == ["connecting", "open"]


def test_what_is_pointed_at_is_found_by_the_server(page: Page, server: Server) -> None:
    play(page, server)
    shows(page, 3)
    x = int(slot_centres(SIZE[0])[3]) / SIZE[0]
    found = page.evaluate("x => found.player.pick(x, 0.5)", x)
    assert found["name"] == "Bar" and len(found["id"]) == 16 and abs(found["at"][2] - 0.05) < 0.02
    assert page.evaluate("found.player.pick(0.95, 0.5)")["name"] == "Board"


def test_a_browser_without_a_decoder_gets_jpegs(page: Page, server: Server) -> None:
    play(page, server, codec="none")
    assert shows(page, 3)["isJpeg"]
    page.evaluate("found.player.look(found.poses[9])")
    assert shows(page, 9)["isJpeg"]


def test_pictures_come_back_by_themselves(page: Page, server: Server) -> None:
    play(page, server)
    shows(page, 3)
    page.evaluate("found.code = -1, found.player.socket.close()")
    page.wait_for_function("() => found.states.includes('lost')", timeout=10_000)
    page.evaluate("found.player.look(found.poses[6])")
    shows(page, 6)
    assert page.evaluate("found.states") == ["connecting", "open", "lost", "connecting", "open"]


def test_a_decoder_that_fails_begins_anew(page: Page, server: Server) -> None:
    play(page, server)
    shows(page, 3)
    page.evaluate("found.player.decoder.close(), found.player.look(found.poses[10])")
    shows(page, 10)


def test_another_size(page: Page, server: Server) -> None:
    play(page, server)
    shows(page, 3)
    page.evaluate("found.player.wish({size: [320, 180]})")
    page.wait_for_function("() => document.querySelector('canvas').width === 320", timeout=20_000)
