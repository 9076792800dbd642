"""The viewer's 3D picture in a real Chromium: what is seen, where, and that it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
from browser import PATIENCE_SECS, TOKEN, Browser, Page, ServedWorld, browser, serve_world

import taixu as tx
from taixu.scene import Camera, Environment, Material, Model, Shape, Transform
from taixu.twin import Batch, encode_batch
from taixu.twin.device import Device

RED, GREEN = (0.9, 0.02, 0.02, 1.0), (0.02, 0.7, 0.05, 1.0)
SIZE = (480, 270)
PLAIN = """() => {
    document.getElementById("panels").remove();
    document.documentElement.className = "";
    document.getElementById("scene").style.cssText = "top:0;left:0;width:100%;height:100%";
    taixu.labelsShown.value = false;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def yard(app: Any) -> None:
    """A grey floor, a red box that is a press, a green ball, and a camera."""
    scene = app.scene
    scene.spawn("Sky", Environment())
    scene.spawn("Floor", Shape("plane", size=(30, 1, 30)), Material(base_color=(0.4, 0.4, 0.4, 1), roughness=1.0))
    box, press = Shape("box", size=(2, 2, 2)), Device(key="4", kind="press")
    scene.spawn("Press 4", box, Material(base_color=RED), press, position=(-2, 1, 0))
    scene.spawn("Ball", Shape("sphere", size=(2, 2, 2)), Material(base_color=GREEN, metallic=0.2), position=(2.5, 1, 0))
    scene.spawn("Camera", Camera(fov_y_rad=0.7), position=(0, 4, 11)).look_at((0, 0.5, 0))


@pytest.fixture(scope="module")
def served() -> Iterator[ServedWorld]:
    world = serve_world(yard)
    yield world
    world.stop()


def open_plain(chromium: Browser, world: ServedWorld, size: tuple[int, int] = SIZE) -> Page:
    page = chromium.open(world.url, size=size)
    page.evaluate(PLAIN)
    settle(page)
    return page


@pytest.fixture(scope="module")
def page(chromium: Browser, served: ServedWorld) -> Page:
    """One page for all that leaves it as it was: a software device takes seconds for each new one."""
    return open_plain(chromium, served)


def settle(page: Page) -> None:
    """Wait until nothing changes by itself; what the world was told just now may come yet."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    page.wait("() => taixu.isStill()")


def middle_of(picture: Any, channel: int) -> tuple[float, float]:
    """Where the picture is of a strong colour: x and y."""
    pixels = picture.astype(int)
    others = [each for each in range(3) if each != channel]
    strong = pixels[..., channel] > 70 + np.maximum(pixels[..., others[0]], pixels[..., others[1]])
    rows, columns = np.nonzero(strong)
    assert len(rows) > 50, "there is nothing of that colour"
    return float(columns.mean()), float(rows.mean())


def see(page: Page, channel: int, holds: Callable[[float, float], Any] = lambda x, y: True) -> tuple[float, float]:
    """Wait until what is of a colour is seen, and where it shall be; where it is."""
    x, y = page.until(lambda: middle_of(page.picture(), channel), lambda at: holds(*at), what=f"colour {channel}")
    return x, y


def see_none(page: Page, channel: int) -> None:
    """Wait until nothing is of a colour."""

    def is_seen() -> bool:
        try:
            middle_of(page.picture(), channel)
        except AssertionError:
            return False
        return True

    page.until(is_seen, lambda seen: not seen, what=f"nothing of colour {channel}")


def test_it_shows_what_the_engine_draws(page: Page, served: ServedWorld) -> None:
    """Colours, places, light and shadow are the engine's: the page is the same picture as `taixu render`'s, within a little."""
    with tx.App.headless() as app:
        yard(app)
        app.settle()
        drawn = app.picture(size=SIZE, samples=4).bytes8()[..., :3].astype(float)

    def apart() -> tuple[float, float]:
        found = np.abs(page.picture().astype(float) - drawn).max(axis=-1)
        return float(np.median(found)), float(np.mean(found > 24))

    page.until(apart, lambda found: found[0] <= 4 and found[1] < 0.04, what="it is as the engine draws it")
    assert page.problems == []


def test_things_move_as_the_world_does(page: Page, served: ServedWorld) -> None:
    before = see(page, 0)

    def move(app: Any, x: float) -> None:
        app.scene.find("Press 4").position = (x, 1, 0)

    try:
        served.act(lambda app: move(app, -3.5))
        see(page, 0, lambda x, y: x < before[0] - 25 and abs(y - before[1]) < 6)
    finally:
        served.act(lambda app: move(app, -2.0))
    see(page, 0, lambda x, y: abs(x - before[0]) < 2)


def test_who_changes_his_look_is_seen_meanwhile(page: Page, served: ServedWorld) -> None:
    """What comes with a new mesh is seen as it was until the mesh is there."""

    def build(app: Any, shape: Shape, color: tuple[float, ...]) -> None:
        press = app.scene.find("Press 4").entity
        app.world.set(press, Shape, kind=shape.kind)
        app.world.set(press, Material, base_color=color)

    held: list[Any] = []
    before = see(page, 0)
    page.page.route("**/scene/meshes/*", lambda route: held.append(route))
    try:
        served.act(lambda app: build(app, Shape("cone"), (0.02, 0.02, 0.9, 1.0)))
        page.until(lambda: len(held), lambda asked: asked == 1, what="the new mesh is asked for")
        settled = page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
        assert settled
        see(page, 0, lambda x, y: abs(x - before[0]) < 2)
        held.pop().continue_()
        see(page, 2, lambda x, y: abs(x - before[0]) < 10)
    finally:
        page.page.unroute("**/scene/meshes/*")
        served.act(lambda app: build(app, Shape("box"), RED))
    see(page, 0, lambda x, y: abs(x - before[0]) < 2)


def test_who_changes_his_colour_costs_no_mesh(page: Page, served: ServedWorld) -> None:
    def paint(app: Any, color: tuple[float, ...]) -> None:
        app.world.set(app.scene.find("Press 4").entity, Material, base_color=color, roughness=0.3)

    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    before = see(page, 0)
    try:
        served.act(lambda app: paint(app, (0.02, 0.02, 0.9, 1.0)))
        see(page, 2, lambda x, y: abs(x - before[0]) < 2 and abs(y - before[1]) < 2)
        see_none(page, 0)
    finally:
        served.act(lambda app: paint(app, RED))
    see(page, 0, lambda x, y: abs(x - before[0]) < 2)
    assert [url for url in asked if "/scene/meshes/" in url] == []


def test_a_click_selects_and_another_lets_go(page: Page, served: ServedWorld) -> None:
    wanted = served.act(lambda app: f"{app.world.stable_id(app.scene.find('Press 4').entity):016x}")
    settle(page)
    x, y = see(page, 0)
    before = page.picture().astype(int)
    page.page.mouse.click(x, y)
    page.wait("(id) => taixu.selected.value === id", argument=wanted)
    page.page.mouse.move(5, 5)
    changed = lambda: int((np.abs(page.picture().astype(int) - before).max(axis=-1) > 40).sum())  # noqa: E731
    page.until(changed, lambda pixels: 60 < pixels < 6000, what="a line around the box, and nothing else")
    place = page.evaluate("(id) => taixu.view.value.placeOf(id)", wanted)
    assert place == pytest.approx([-2, 1, 0], abs=0.01)
    assert page.evaluate("(place) => taixu.view.value.onPage(place)", place) == pytest.approx([x, y], abs=6)
    page.page.mouse.click(5, 5)
    page.wait("() => taixu.selected.value === null")


def test_layers_hide_kinds(page: Page) -> None:
    page.wait("() => taixu.layers.value.some((each) => each.kind === 'press' && each.count === 1)")
    page.evaluate("() => { taixu.hiddenKinds.value = new Set(['press']); }")
    see_none(page, 0)
    page.evaluate("() => { taixu.hiddenKinds.value = new Set(); }")
    see(page, 0)


def test_it_comes_back_by_itself_when_the_server_does(chromium: Browser) -> None:
    world = serve_world(yard)
    port = world.server.service.port
    page = open_plain(chromium, world)
    world.stop()
    page.wait("() => taixu.connection.value.state !== 'open'")
    again = serve_world(lambda app: (yard(app), app.scene.find("Press 4").__setattr__("position", (0, 1, 2))), port=port)
    try:
        page.wait("() => taixu.connection.value.state === 'open'")
        see(page, 0, lambda x, y: abs(x - SIZE[0] / 2) < 15)  # what came meanwhile
    finally:
        again.stop()


def test_a_hundred_thousand_things_are_drawn(chromium: Browser) -> None:
    count, side = 100_000, 316
    numbers = np.arange(count)
    rows, columns = numbers // side - side / 2, numbers % side - side / 2
    places = np.stack([columns * 2.0, np.full(count, 0.5), rows * 2.0]).astype(np.float32)

    def crowd(app: Any) -> None:
        app.scene.spawn("Sky", Environment())
        app.scene.spawn("Camera", Camera(), position=(0, 250, 420)).look_at((0, 0, 0))
        red = Material(base_color=RED)
        columns = {"base_color": np.tile(np.array(red.base_color, np.float32)[:, None], (1, count))}
        app.world.spawn_batch(count, {Transform: {"translation": places}, Shape: {"cast_shadow": False}, Material: columns})

    world = serve_world(crowd)
    try:
        page = chromium.open(world.url, size=(320, 180))
        page.wait(f"() => taixu.figures.value.things >= {count}")
        page.evaluate(PLAIN)
        see(page, 0, lambda x, y: abs(x - 160) < 8 and 60 < y < 130)
        page.until(lambda: page.evaluate("() => taixu.view.value.pick(160, 95)"), what="one of them is picked")
        assert page.problems == []
    finally:
        world.stop()


@pytest.fixture(scope="module")
def wedge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedWorld]:
    """A project with a model that is no glTF, beside files that the world does not name."""
    project = tmp_path_factory.mktemp("wedge")
    (project / "taixu.toml").write_text('[project]\nname = "Wedge"\nversion = "1.0.0"\nfirst_world = "worlds/main.world.json"\n')
    (project / "assets").mkdir()
    (project / "worlds").mkdir()
    (project / "assets/secret.txt").write_text("nobody's business")
    (project / "assets/wedge.mtl").write_text("newmtl green\nKd 0.02 0.7 0.05\n")
    faces = "f 4 3 5\nf 3 2 5\nf 2 1 5\nf 1 4 5\nf 1 2 3 4\n"
    corners = "v -1 0 -1\nv 1 0 -1\nv 1 0 1\nv -1 0 1\nv 0 2 0\n"
    (project / "assets/wedge.obj").write_text("mtllib wedge.mtl\n" + corners + "usemtl green\n" + faces)
    (project / "outside.obj").write_text(corners + faces)
    (project / "assets/link.obj").symlink_to("/etc/hostname")

    def fill(app: Any) -> None:
        app.scene.spawn("Sky", Environment())
        app.scene.spawn("Wedge", Model("assets/wedge.obj"), Device(key="w", kind="wedge"), position=(1, 0, 0))
        app.scene.spawn("Leads away", Model("assets/link.obj"))
        app.scene.spawn("Camera", Camera(), position=(0, 2, 8)).look_at((0, 1, 0))

    with tx.App.headless() as app:
        fill(app)
        app.save(project / "worlds/main.world.json")
    world = serve_world(world=project)
    yield world
    world.stop()


def test_a_models_nodes_are_seen_and_mean_the_model(chromium: Browser, wedge: ServedWorld) -> None:
    """What a file has in it is drawn whatever its format; a click on a part selects what was written down."""
    page = open_plain(chromium, wedge)
    x, y = see(page, 1, lambda x, y: x > SIZE[0] / 2)
    page.page.mouse.click(x, y)
    wanted = wedge.act(lambda app: f"{app.world.stable_id(app.scene.find('Wedge').entity):016x}")
    page.wait("(id) => taixu.selected.value === id", argument=wanted)


def fetch(world: ServedWorld, path: str) -> tuple[int, bytes, dict[str, str]]:
    request = Request(world.url + path, headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urlopen(request, timeout=PATIENCE_SECS) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def test_only_files_that_the_world_names_are_served(wedge: ServedWorld) -> None:
    status, data, headers = fetch(wedge, "project/assets/wedge.obj")
    assert status == 200 and b"usemtl green" in data and headers["ETag"]
    hostile = (
        "assets/secret.txt", "assets/link.obj", "outside.obj", "taixu.toml", "worlds/main.world.json", "assets/wedge.mtl",
        "..%2f..%2fetc%2fpasswd",
        "assets%2f..%2ftaixu.toml", "%2fetc%2fpasswd", "assets%5cwedge.obj", "assets/wedge.obj%00.txt", "%00",
    )  # fmt: skip
    for path in hostile:
        for start in ("project/", "viewer/", "scene/meshes/", "scene/images/"):
            assert fetch(wedge, start + path)[0] in (400, 404), start + path


def test_the_page_allows_no_script_but_its_own(page: Page, served: ServedWorld) -> None:
    policy = fetch(served, "")[2]["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "default-src 'none'" in policy
    assert page.page.url == served.url, "the token is in no address"
    assert page.problems == []
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.wasRun = true";
        document.head.append(script);
    }""")
    assert page.evaluate("() => window.wasRun") is None
    page.until(lambda: page.problems, lambda lines: any("Content Security Policy" in line for line in lines))
    page.said.clear()


def test_a_page_writes_readings_byte_for_byte_as_python_does(page: Page) -> None:
    base = 1_760_000_000_000_000_000
    cases = [
        ("plant/press", ("a", "b", "ü"), [2, 0, 1], [0, 5_000_000, 1_000], {"temp": [1.5, -2.25, 3e10], "n": [1, 2, 3]}),
        ("plant/press", (), [0, 1, 2], [0, 0, 0], {"temp": [0.0, 0.1, 0.2], "n": [0, 0, 7]}),
        ("x", (), [1, 0, 2], [7, 3, 1], {"temp": [1.0, 2.0, 3.0], "n": [4, 5, 6]}),
    ]
    for topic, keys, numbers, after, fields in cases:
        times = [base + each for each in after]
        written = page.evaluate("""({ topic, keys, numbers, times, fields }) => Array.from(taixu.encodeBatch({
            topic, keys, numbers: Uint32Array.from(numbers), times_ns: BigInt64Array.from(times.map(BigInt)),
            fields: { temp: Float32Array.from(fields.temp), n: Uint16Array.from(fields.n) },
        }))""", {"topic": topic, "keys": list(keys), "numbers": numbers, "times": [str(each) for each in times], "fields": fields})
        columns = {"temp": np.array(fields["temp"], np.float32), "n": np.array(fields["n"], np.uint16)}
        batch = Batch(topic, np.array(numbers, np.uint32), np.array(times), columns, keys)
        assert bytes(written) == encode_batch(batch)


def test_a_finger_turns_the_camera_and_two_come_nearer(chromium: Browser, served: ServedWorld) -> None:
    page = chromium.open(served.url, size=(390, 700), touch=True)
    box = page.page.locator("#scene").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate("() => taixu.view.value.camera()")
    session = page.page.context.new_cdp_session(page.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        session.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)],
        })  # fmt: skip

    touch("touchStart", (x, y))
    for step in range(1, 5):
        touch("touchMove", (x + 15 * step, y))
    touch("touchEnd")
    page.wait("(eye) => Math.abs(taixu.view.value.camera().eye[0] - eye) > 1", argument=before["eye"][0])
    turned = page.evaluate("() => taixu.view.value.camera()")
    touch("touchStart", (x - 30, y), (x + 30, y))
    for step in range(1, 6):
        touch("touchMove", (x - 30 - 12 * step, y), (x + 30 + 12 * step, y))
    touch("touchEnd")
    away = np.linalg.norm(np.subtract(turned["eye"], turned["target"]))
    page.wait("(away) => { const { eye: e, target: t } = taixu.view.value.camera();"
              " return Math.hypot(e[0] - t[0], e[1] - t[1], e[2] - t[2]) < away * 0.7; }", argument=float(away))  # fmt: skip


def test_on_foot_and_in_the_air_keys_move_the_eye(page: Page) -> None:
    page.evaluate("() => { taixu.steering.value = 'walk'; document.getElementById('scene').focus(); }")
    page.wait("() => Math.abs(taixu.view.value.camera().eye[1] - 1.7) < 0.05")
    z = page.evaluate("() => taixu.view.value.camera().eye[2]")
    page.page.keyboard.down("w")
    page.wait("(z) => taixu.view.value.camera().eye[2] < z - 0.5", argument=z)
    page.page.keyboard.up("w")
    page.evaluate("() => { taixu.steering.value = 'fly'; }")
    page.page.keyboard.down("e")
    page.wait("() => taixu.view.value.camera().eye[1] > 3")
    page.page.keyboard.up("e")
    page.evaluate("() => { taixu.steering.value = 'orbit'; taixu.view.value.frameAll(); }")
    settle(page)
    see(page, 0)


def test_a_lost_device_comes_back(page: Page) -> None:
    settle(page)
    before = page.picture().astype(int)
    page.evaluate("""async () => {
        const context = document.getElementById("scene").getContext("webgl2");
        const losing = context.getExtension("WEBGL_lose_context");
        losing.loseContext();
        await new Promise((done) => setTimeout(done, 200));
        losing.restoreContext();
    }""")
    page.until(lambda: np.median(np.abs(page.picture().astype(int) - before)), lambda apart: apart <= 2, what="the same picture")
