"""The server's pictures in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser import TOKEN as BROWSER_TOKEN
from browser import ServedWorld, serve_world
from gpu_device import shared_device
from numpy.typing import NDArray

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


@pytest.mark.parametrize("codec", ["", "none"])
def test_pictures_come_back_by_themselves(page: Page, server: Server, codec: str) -> None:
    play(page, server, codec=codec)
    shows(page, 3)
    page.evaluate("found.player.look(found.poses[4])")
    shows(page, 4)
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


def toys(app: tx.App) -> None:
    """Rough things on a floor: what they look like hangs on little but their colours and where the light comes from."""
    grey = tx.Material(base_color=(0.5, 0.5, 0.5, 1.0), roughness=1.0)
    app.scene.spawn("Floor", tx.Shape("box", size=(20, 0.2, 20)), grey, position=(0, -0.1, 0))
    for place, (kind, color) in enumerate((("box", (0.9, 0.1, 0.1)), ("sphere", (0.1, 0.8, 0.1)), ("cylinder", (0.1, 0.2, 0.9)))):
        material = tx.Material(base_color=(*color, 1.0), roughness=1.0)
        app.scene.spawn(kind.title(), tx.Shape(kind), material, position=(1.8 * place - 1.8, 0.5, 0))
    app.scene.spawn("Front", tx.Camera(), position=(0, 2.5, 7), rotation=(-0.13, 0, 0, 0.99))


@pytest.fixture(scope="module")
def toy_world() -> Iterator[ServedWorld]:
    shared_device()
    world = serve_world(toys)
    yield world
    world.stop()


@pytest.fixture(scope="module")
def viewer(page: Page, toy_world: ServedWorld) -> Page:
    """The whole viewer, which draws by itself; the size leaves its picture room beside the panels."""
    page.set_viewport_size({"width": 1100, "height": 640})
    page.context.add_cookies([{"name": "taixu_token", "value": BROWSER_TOKEN, "url": toy_world.url}])
    page.goto(toy_world.url)
    page.wait_for_function("() => window.taixu?.isReady()", timeout=60_000)
    return page


def seen(page: Page) -> NDArray[np.float64]:
    """The middle of the picture without what lies over its edges, in blocks of 8 x 8 pixels."""
    from taixu.assets.image import decode_image

    left, top, width, height = page.evaluate("""() => {
      const box = document.getElementById('scene').getBoundingClientRect();
      return [box.left, box.top, box.width, box.height];
    }""")
    box = {"x": left + width // 10, "y": top + height // 10, "width": width // 10 * 8, "height": height // 10 * 8}
    pixels = decode_image(page.screenshot(clip=box))[..., :3].astype(float)
    height, width = (side // 8 * 8 for side in pixels.shape[:2])
    return pixels[:height, :width].reshape(height // 8, 8, width // 8, 8, 3).mean(axis=(1, 3))


@pytest.mark.parametrize(("quality", "tolerance"), [("fast", 16.0), ("full", 5.0)])
def test_both_ways_of_drawing_show_the_same(viewer: Page, quality: str, tolerance: float) -> None:
    """Fast pictures have one light and no shadows; full ones differ by how light from the sky is worked out."""
    viewer.evaluate("() => { window.taixu.drawnBy.value = 'here'; }")
    viewer.wait_for_function("() => document.getElementById('pictures') === null", timeout=10_000)
    here = seen(viewer)
    viewer.evaluate("quality => { window.taixu.serverQuality.value = quality; }", quality)
    viewer.get_by_role("switch", name="Drawn by the server").click()
    viewer.wait_for_function("() => window.taixu.serverPictures.value.state === 'open'", timeout=30_000)
    viewer.wait_for_function("() => window.taixu.serverPictures.value.frames_a_sec === 0", timeout=30_000)
    there = seen(viewer)
    apart = np.abs(here - there)
    assert here.std() > 20, "there is something to see"
    assert apart.mean() < tolerance
    hues = [np.argsort(each, axis=-1)[..., -1][each.max(-1) - each.min(-1) > 60] for each in (here, there)]
    assert len(hues[0]) > 30
    both = (here.max(-1) - here.min(-1) > 60) & (there.max(-1) - there.min(-1) > 60)
    assert both.sum() > 0.8 * max(map(len, hues)), "coloured things are in the same places"
    assert (here[both].argmax(-1) == there[both].argmax(-1)).all(), "and each has its own colour"


def test_a_click_in_the_servers_picture_selects(viewer: Page, toy_world: ServedWorld) -> None:
    if viewer.evaluate("window.taixu.drawnBy.value") != "server":
        viewer.evaluate("() => { window.taixu.drawnBy.value = 'server'; }")
    viewer.wait_for_function("() => window.taixu.serverPictures.value.state === 'open'", timeout=30_000)
    x, y = viewer.evaluate("() => window.taixu.view.value.onPage([0, 0.5, 0.4])")
    viewer.mouse.click(x, y)
    viewer.wait_for_function("() => window.taixu.selected.value !== null", timeout=20_000)
    sphere = toy_world.act(lambda app: f"{app.scene.find('Sphere').stable_id:016x}")
    assert viewer.evaluate("window.taixu.selected.value") == sphere
    viewer.evaluate("() => { window.taixu.drawnBy.value = 'here'; }")
    viewer.wait_for_function("() => document.getElementById('pictures') === null", timeout=10_000)


def test_the_past_is_drawn_here(viewer: Page) -> None:
    """What the server draws is now; laid over the past it would be a lie."""
    viewer.evaluate("() => { window.taixu.drawnBy.value = 'server'; }")
    viewer.wait_for_function("() => window.taixu.serverPictures.value.state === 'open'", timeout=30_000)
    viewer.evaluate("() => { window.taixu.moment.value = {time_ns: 1.7e18, live: false, speed: 0}; }")
    assert viewer.evaluate("document.getElementById('pictures') === null")
    assert viewer.get_by_text("The past is drawn by this device").is_visible()
    viewer.evaluate("() => { window.taixu.moment.value = {time_ns: 1.7e18, live: true, speed: 1}; }")
    viewer.wait_for_function("() => window.taixu.serverPictures.value.state === 'open'", timeout=30_000)
