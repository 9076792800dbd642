"""What is bent and morphed, in a real Chromium: as the engine draws it, as it moves, for who is slow, and under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bent_banner import FLAG, bent_banner
from browser import Browser, Page, ServedWorld, browser, serve_world

import taixu as tx
from taixu.animation.morphs import MorphWeights
from taixu.assets.gltf.writer import glb_bytes
from taixu.scene import Camera, Environment, FromModel, Material, Model, Shape, Transform

SIZE = (320, 240)
PLAIN = """() => {
    document.getElementById("panels").remove();
    document.documentElement.className = "";
    document.getElementById("scene").style.cssText = "top:0;left:0;width:100%;height:100%";
    taixu.labelsShown.value = false;
}"""
GREEN = (0.02, 0.6, 0.05, 1.0)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def world_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two red banners of one mesh and a green one, before a wall that takes their shadows."""
    folder = tmp_path_factory.mktemp("banners")
    (folder / "taixu.toml").write_text('[project]\nname = "Banners"\nversion = "1.0.0"\nfirst_world = "main.world.json"\n')
    (folder / "red.glb").write_bytes(glb_bytes(bent_banner()))
    (folder / "green.glb").write_bytes(glb_bytes(bent_banner(color=GREEN)))
    with tx.App.headless() as app:
        scene = app.scene
        scene.spawn("Sky", Environment())
        scene.spawn("Floor", Shape("plane", size=(30, 1, 30)), Material(base_color=(0.5, 0.5, 0.5, 1), roughness=1.0))
        for number, x in enumerate((-1.6, 0.0)):
            scene.spawn(f"Red {number}", Model("red.glb"), position=(x, 0, 0))
        scene.spawn("Green", Model("green.glb"), position=(1.6, 0, 0))
        scene.spawn("Camera", Camera(fov_y_rad=0.6), position=(0, 1.6, 6.5)).look_at((0, 1.0, 0))
        app.save(folder / "main.world.json")
    return folder / "main.world.json"


@pytest.fixture(scope="module")
def served(world_file: Path) -> Iterator[ServedWorld]:
    world = serve_world(world=world_file)
    yield world
    world.stop()


@pytest.fixture(scope="module")
def page(chromium: Browser, served: ServedWorld) -> Page:
    return open_plain(chromium, served)


def open_plain(chromium: Browser, world: ServedWorld, script: str = "") -> Page:
    page = chromium.open(world.url, size=SIZE, script=script)
    page.evaluate(PLAIN)
    return page


def bend(app: Any, name: str, angles_rad: tuple[float, float, float], *, grown: float = 0.0) -> None:
    """Turn a banner's joints about Z, and let its top grow."""
    owner = app.scene.find(name).entity
    for table in app.world.query(FromModel).tables():
        mine = table.read(FromModel, "owner") == owner
        for entity, node in zip(table.entities[mine].tolist(), table.read(FromModel, "node")[mine].tolist()):
            if 1 <= node <= 3:
                half = angles_rad[node - 1] / 2
                app.world.set(entity, Transform, rotation=(0.0, 0.0, float(np.sin(half)), float(np.cos(half))))
            elif node == FLAG:
                app.world.resource(MorphWeights).set(app.world, entity, np.array([grown], np.float32))


def pose_all(app: Any) -> None:
    bend(app, "Red 0", (0.3, 0.5, 0.5))
    bend(app, "Red 1", (-0.2, -0.3, -0.6), grown=0.5)
    bend(app, "Green", (0.0, 0.0, 1.2))


def rest_all(app: Any) -> None:
    for name in ("Red 0", "Red 1", "Green"):
        bend(app, name, (0.0, 0.0, 0.0))


def green(page: Page) -> tuple[float, float, int]:
    """The middle of the green banner, and of how many pixels it is."""
    pixels = page.picture().astype(int)
    rows, columns = np.nonzero(pixels[..., 1] > 40 + np.maximum(pixels[..., 0], pixels[..., 2]))
    assert len(rows) > 20, "nothing is green"
    return float(columns.mean()), float(rows.mean()), len(rows)


def see_green(page: Page, holds: Callable[[tuple[float, float, int]], Any]) -> tuple[float, float, int]:
    found: tuple[float, float, int] = page.until(lambda: green(page), holds, what="the green banner")
    return found


def test_they_are_bent_as_the_engine_bends_them(page: Page, served: ServedWorld, world_file: Path) -> None:
    with tx.App.headless() as app:
        app.open(world_file)
        app.settle()
        straight = app.picture(size=SIZE, samples=4).bytes8()[..., :3].astype(float)
        pose_all(app)
        app.settle()
        drawn = app.picture(size=SIZE, samples=4).bytes8()[..., :3].astype(float)

    def apart(wanted: Any) -> float:
        return float((np.abs(page.picture().astype(float) - wanted).max(axis=-1) > 32).mean())

    page.until(lambda: apart(straight), lambda share: share < 0.02, what="it is straight, as the engine draws it")
    assert apart(drawn) > 0.03, "bent ones look other, or nothing is shown here"
    served.act(pose_all)
    try:
        page.until(lambda: apart(drawn), lambda share: share < 0.02, what="it is bent, as the engine draws it")
        assert page.problems == []
    finally:
        served.act(rest_all)
    page.until(lambda: apart(straight), lambda share: share < 0.02, what="it is straight again")


def test_a_click_meets_what_is_seen(page: Page, served: ServedWorld) -> None:
    """A banner that is bent far aside is picked where it is now, and not where it was."""
    straight = see_green(page, lambda at: True)
    served.act(lambda app: bend(app, "Green", (-1.4, 0.0, 0.0)))
    try:
        wanted = served.act(lambda app: f"{app.world.stable_id(app.scene.find('Green').entity):016x}")
        pick = "([x, y]) => [x, taixu.view.value.pick(x, y)]"
        x, _ = page.until(
            lambda: page.evaluate(pick, list(green(page)[:2])),
            lambda found: found[0] > straight[0] + 25 and found[1] == wanted, what="it is picked",
        )  # fmt: skip
        assert page.evaluate(pick, list(straight[:2]))[1] != wanted
        before = page.picture().astype(int)
        page.evaluate("(id) => { taixu.selected.value = id; }", wanted)
        line = lambda: np.nonzero(np.abs(page.picture().astype(int) - before).max(axis=-1) > 40)  # noqa: E731
        page.until(lambda: len(line()[0]), lambda count: count > 40, what="a line around it")
        assert abs(float(line()[1].mean()) - x) < 30, "the line is around what is bent"
    finally:
        page.evaluate("() => { taixu.selected.value = null; }")
        served.act(rest_all)
    see_green(page, lambda at: abs(at[0] - straight[0]) < 3)


def test_a_page_that_was_away_shows_how_they_stand_now(chromium: Browser, page: Page, served: ServedWorld) -> None:
    """Who has not shown six messages hears nothing more; when he is back he hears all that he missed."""
    hold = """
        const real = WebSocket.prototype.send;
        WebSocket.prototype.send = function (data) { if (!(window.held && String(data).includes("shown"))) real.call(this, data); };
    """
    slow = open_plain(chromium, served, script=hold)
    straight = see_green(slow, lambda at: True)
    slow.evaluate("() => { window.held = true; }")
    try:
        for step in range(12):
            served.act(lambda app, step=step: bend(app, "Green", (-0.1 * step, 0.0, 0.0)))
            wanted = see_green(page, lambda at, step=step: step == 0 or at[0] > straight[0] + 0.5 * step)
        slow.evaluate("() => { window.held = false; }")
        served.act(lambda app: bend(app, "Green", (-1.2, 0.0, 0.0)))
        wanted = see_green(page, lambda at: at[0] > wanted[0] + 1)
        see_green(slow, lambda at: abs(at[0] - wanted[0]) < 3)
        assert slow.problems == []
    finally:
        served.act(rest_all)


def test_hostile_messages_are_left_out_and_said(chromium: Browser, served: ServedWorld) -> None:
    """Messages of the stream that make no sense cost a line in the console; what comes after is shown."""
    spoil = """
        const Real = WebSocket;
        window.WebSocket = class extends Real {
            constructor(...words) { super(...words); if (String(words[0]).includes("/watch")) window.watching = this; }
        };
    """
    page = open_plain(chromium, served, script=spoil)
    straight = see_green(page, lambda at: True)
    page.evaluate("""() => {
        const say = (data) => window.watching.onmessage({ data });
        const poses = (head, size) => {
            const made = new ArrayBuffer(size);
            new Uint32Array(made).set(head.slice(0, size / 4));
            return made;
        };
        say(new ArrayBuffer(0));
        say(new ArrayBuffer(7));
        say(poses([0x31505854, 1, 5, 0, 0, 0, 0, 0], 32));
        say(poses([0x31505854, 1, 0xffffffff, 0xffffffff, 9, 9, 9, 9], 64));
        say(poses([0x31505854, 1, 1, 8, 0, 0, 0, 0, 0, 0, 5, 0, 1, 0, 1, 0, 255, 255], 72));
        say(JSON.stringify({ bodies: { 0: ["../../project/x", 5, 1, [0]], 77: ["ffffffffffffffff", 5, 1, [1]], x: 3 } }));
    }""")
    page.until(lambda: page.said, lambda lines: sum("left out" in line for line in lines) >= 5)
    served.act(lambda app: bend(app, "Red 1", (0.5, 0.0, 0.0)))
    assert see_green(page, lambda at: True)[2] > straight[2] / 2
    assert not any("pageerror" in line for line in page.said)
    served.act(rest_all)
