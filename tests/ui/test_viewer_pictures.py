"""The server's pictures in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from browser import Browser, Page, ServedWorld, browser, serve_world
from gpu_device import shared_device
from numpy.typing import NDArray
from served import serving

import taixu as tx
from taixu.bench.code_scene import PLACES, build, camera_for, slot_centres
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.serve.parts.page import viewer_folder
from taixu.twin.plugin import configure_twin

TOKEN = "t" * 20
SIZE = (640, 360)
OPEN = "() => window.taixu.serverPictures.value.state === 'open'"
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

    def make(app: tx.App) -> Server:
        build(app, 40)
        app.scene.spawn("Front", tx.Camera(), position=(0, 0, 10))
        configure_twin(app.world)
        app.settle()
        return Server(app, Access({TOKEN: Guest("eve", Role.ADMIN)}), port=0)

    with serving(make) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not (viewer_folder() / "pictures.js").is_file():
        pytest.skip("the viewer is not built here; make viewer builds it")
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def page(chromium: Browser, server: Server) -> Page:
    return chromium.open(server.url, size=SIZE, token=TOKEN, ready=False)


def play(page: Page, server: Server, *, codec: str = "") -> None:
    """Have the server's pictures on an otherwise empty page of its origin."""
    page.page.goto(server.url + "state")
    poses = [camera_for(code) for code in range(PLACES)]
    page.evaluate(PLAY, {"poses": poses, "size": list(SIZE), "columns": slot_centres(SIZE[0]).tolist(), "codec": codec})


def shows(page: Page, code: int) -> dict[str, Any]:
    """Wait until the canvas shows a number; what is known of the picture."""
    picture: dict[str, Any] = page.until(
        lambda: page.evaluate("code => found.code === code && found.picture", code), what=f"{code} is shown"
    )
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
    found = page.until(lambda: page.evaluate("x => found.player.pick(x, 0.5)", x), lambda hit: hit and hit["name"] == "Bar")
    assert len(found["id"]) == 16 and abs(found["at"][2] - 0.05) < 0.02
    page.until(lambda: page.evaluate("found.player.pick(0.95, 0.5)"), lambda hit: hit and hit["name"] == "Board")


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
    page.wait("() => found.states.includes('lost')")
    page.evaluate("found.player.look(found.poses[6])")
    shows(page, 6)
    assert page.evaluate("found.states")[:3] == ["connecting", "open", "lost"] and page.evaluate("found.states.at(-1)") == "open"


def test_a_decoder_that_fails_begins_anew(page: Page, server: Server) -> None:
    play(page, server)
    shows(page, 3)
    page.evaluate("found.player.decoder.close(), found.player.look(found.poses[10])")
    shows(page, 10)


def test_another_size(page: Page, server: Server) -> None:
    play(page, server)
    shows(page, 3)
    page.evaluate("found.player.wish({size: [320, 180]})")
    page.wait("() => document.querySelector('canvas').width === 320")


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
def viewer(chromium: Browser, toy_world: ServedWorld) -> Page:
    """The whole viewer, which draws by itself; the size leaves its picture room beside the panels."""
    return chromium.open(toy_world.url, size=(1100, 640))


def seen(page: Page) -> NDArray[np.float64]:
    """The middle of the picture without what lies over its edges, in blocks of 8 x 8 pixels."""
    from taixu.assets.image import decode_image

    left, top, width, height = page.evaluate("""() => {
      const box = document.getElementById('scene').getBoundingClientRect();
      return [box.left, box.top, box.width, box.height];
    }""")
    box = {"x": left + width // 10, "y": top + height // 10, "width": width // 10 * 8, "height": height // 10 * 8}
    pixels = decode_image(page.page.screenshot(clip=box))[..., :3].astype(float)
    height, width = (side // 8 * 8 for side in pixels.shape[:2])
    return pixels[:height, :width].reshape(height // 8, 8, width // 8, 8, 3).mean(axis=(1, 3))


@pytest.mark.parametrize(("quality", "tolerance"), [("fast", 16.0), ("full", 5.0)])
def test_both_ways_of_drawing_show_the_same(viewer: Page, quality: str, tolerance: float) -> None:
    """Fast pictures have one light and no shadows; full ones differ by how light from the sky is worked out."""
    viewer.evaluate("() => { window.taixu.drawnBy.value = 'here'; }")
    viewer.wait("() => document.getElementById('pictures') === null && window.taixu.isStill()")
    here = seen(viewer)
    assert here.std() > 20, "there is something to see"
    viewer.evaluate("quality => { window.taixu.serverQuality.value = quality; }", quality)
    viewer.page.get_by_role("switch", name="Drawn by the server").click()
    viewer.wait(OPEN)

    def differences() -> list[str]:
        there = seen(viewer)
        found = [] if (apart := np.abs(here - there).mean()) < tolerance else [f"they are {apart:.1f} apart"]
        strong = [each.max(-1) - each.min(-1) > 60 for each in (here, there)]
        both = strong[0] & strong[1]
        if strong[0].sum() <= 30 or both.sum() <= 0.8 * max(each.sum() for each in strong):
            found.append("coloured things are in other places")
        if not (here[both].argmax(-1) == there[both].argmax(-1)).all():
            found.append("their colours are others")
        return found

    viewer.until(differences, lambda found: not found, what="both ways of drawing show the same")


def test_a_click_in_the_servers_picture_selects(viewer: Page, toy_world: ServedWorld) -> None:
    viewer.evaluate("() => { window.taixu.drawnBy.value = 'server'; }")
    viewer.wait(OPEN)
    sphere = toy_world.act(lambda app: f"{app.scene.find('Sphere').stable_id:016x}")

    def click() -> Any:
        viewer.page.mouse.click(*viewer.evaluate("() => window.taixu.view.value.onPage([0, 0.5, 0.4])"))
        viewer.wait("() => window.taixu.selected.value !== null")
        return viewer.evaluate("window.taixu.selected.value")

    viewer.until(click, lambda chosen: chosen == sphere)
    viewer.evaluate("() => { window.taixu.drawnBy.value = 'here'; }")
    viewer.wait("() => document.getElementById('pictures') === null")


def test_the_past_is_drawn_here(viewer: Page) -> None:
    """What the server draws is now; laid over the past it would be a lie."""
    viewer.evaluate("() => { window.taixu.drawnBy.value = 'server'; }")
    viewer.wait(OPEN)
    viewer.evaluate("() => { window.taixu.moment.value = {time_ns: 1.7e18, live: false, speed: 0}; }")
    viewer.wait("() => document.getElementById('pictures') === null")
    viewer.page.get_by_text("The past is drawn by this device").wait_for()
    viewer.evaluate("() => { window.taixu.moment.value = {time_ns: 1.7e18, live: true, speed: 1}; }")
    viewer.wait(OPEN)
