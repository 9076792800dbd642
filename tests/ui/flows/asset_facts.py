"""What is known of files: found by facts, tagged, read again, moved with what names them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from assets import CART, open_copy, show, wait_until
from editor_flows import Hand, flow

from taixu.scene import Material

GLTF = '{"asset": {"version": "2.0"}, "images": [{"uri": "pictures/bark.png"}], "scenes": [{}]}'


def open_with_model(hand: Hand) -> Path:
    """The desk with pictures, and a model that names one of them."""
    root = open_copy(hand)
    (root / "assets/log.gltf").write_text(GLTF)
    wait_until(hand, lambda: "assets/log.gltf" in panel(hand).index.by_path)
    return root


def panel(hand: Hand) -> Any:
    """The assets panel."""
    return next(each for each in hand.window.panels if each.id == "assets")


def turn_until(hand: Hand, is_so: Callable[[], bool]) -> None:
    """Turn the wheel over the details until something is in sight."""
    width, height = hand.window.window.size
    for _ in range(20):
        if is_so():
            return
        hand.move(width * 0.66, height * 0.9)
        hand.context.mouse_wheel_y(-1.0)
        hand.wait(2)
    raise AssertionError("it is not among the details")


def choose(hand: Hand, path: str) -> Any:
    """Click a file of the folder that is shown, and wait until it is known what uses it."""
    view = panel(hand)
    wait_until(hand, lambda: path in view.places)
    hand.click_at(*view.places[path])
    wait_until(hand, lambda: view.chosen == (path,))
    wait_until(hand, lambda: path in view.details.uses)
    hand.wait(3)
    return view


def is_answered(hand: Hand) -> bool:
    """Whether a question about a move knows all that it tells."""
    dialog = hand.window.shell.dialogs.current
    return dialog is not None and dialog._users() is not None and dialog._along is not None


def found(hand: Hand, text: str) -> set[str]:
    """The files that a search finds."""
    hand.click("//###assets/##search")
    hand.type(text)
    hand.wait(2)
    return {asset.path for asset in panel(hand).shown}


@flow()
def files_are_found_by_tags_that_were_given_and_by_kinds(hand: Hand) -> None:
    open_copy(hand)
    view = show(hand, "assets/pictures")
    choose(hand, "assets/pictures/moss.png")
    turn_until(hand, lambda: hand.exists("**/##tags"))
    hand.click("**/##tags")
    hand.type("Green, soft", enter=True)
    wait_until(hand, lambda: view.index.by_path["assets/pictures/moss.png"].tags == ("Green", "soft"))
    show(hand, "assets")
    assert found(hand, "tag:green") == {"assets/pictures/moss.png"}
    assert found(hand, "type:prefab") == {CART}
    assert found(hand, "type:png -tag:soft") == {"assets/pictures/bark.png"}
    assert found(hand, "licence:cc0 moss") == {"assets/pictures/moss.png"}
    hand.keys("Escape")
    hand.keys("Escape")


@flow()
def a_picture_that_another_program_paints_is_seen_at_once(hand: Hand) -> None:
    from taixu.assets.image import encode_png

    root = open_copy(hand)
    file = root / "assets/pictures/bark.png"
    file.write_bytes(encode_png(np.full((8, 8, 3), (250, 10, 10), np.uint8)))
    show(hand, "assets/pictures")
    choose(hand, "assets/pictures/bark.png")
    wait_until(hand, lambda: hand.exists("**/###place it"))
    hand.click("**/###place it")
    wait_until(hand, lambda: hand.session.current.selection)
    handle = hand.session.entity(hand.session.current.selection[-1])
    assert hand.session.world.get(handle, Material).base_color_texture == "assets/pictures/bark.png"
    shown = hand.window.panels[0]
    before = redness(hand, shown)
    file.write_bytes(encode_png(np.full((8, 8, 3), (10, 10, 250), np.uint8)))
    wait_until(hand, lambda: redness(hand, shown) < before - 0.001)


def redness(hand: Hand, view: Any) -> float:
    """How much more red than blue the view is."""
    hand.wanted_redness = None  # type: ignore[attr-defined]
    hand.window.shell.later(lambda: setattr(hand, "wanted_redness", _redness(hand.window, view)))
    while getattr(hand, "wanted_redness", None) is None:
        hand.wait(1)
    return float(hand.wanted_redness)  # type: ignore[attr-defined]


def _redness(window: Any, view: Any) -> float:
    window.window.make_current()
    pixels = view.view.graph.textures["color"].read().astype(float)
    return float((pixels[..., 0] - pixels[..., 2]).mean() / 255)


@flow()
def a_model_leads_to_what_it_names_and_follows_it(hand: Hand) -> None:
    root = open_with_model(hand)
    view = show(hand, "assets")
    choose(hand, "assets/log.gltf")
    assert view.details.needs["assets/log.gltf"] == ["assets/pictures/bark.png"]
    turn_until(hand, lambda: "assets/pictures/bark.png" in view.details.places)
    hand.click_at(*view.details.places["assets/pictures/bark.png"])
    wait_until(hand, lambda: view.chosen == ("assets/pictures/bark.png",))
    wait_until(hand, lambda: view.details.uses.get("assets/pictures/bark.png") == ["assets/log.gltf"])
    hand.wait(3)
    text = (root / "assets/log.gltf").read_bytes()
    hand.click_at(*view.places["assets/pictures/bark.png"])
    hand.keys("F2")
    hand.type("old oak.png", enter=True)
    wait_until(hand, lambda: is_answered(hand))
    hand.wait(2)
    hand.click("//###dialog/###Move")
    wait_until(hand, (root / "assets/pictures/old oak.png").is_file)
    assert json.loads((root / "assets/log.gltf").read_text())["images"] == [{"uri": "pictures/old%20oak.png"}]
    hand.keys("Ctrl+Z")
    wait_until(hand, (root / "assets/pictures/bark.png").is_file)
    wait_until(hand, lambda: (root / "assets/log.gltf").read_bytes() == text)


@flow()
def a_model_that_is_moved_takes_its_pictures_along(hand: Hand) -> None:
    root = open_with_model(hand)
    (root / "assets/models").mkdir()
    view = show(hand, "assets")
    wait_until(hand, lambda: "assets/models/" in view.places and "assets/log.gltf" in view.places)
    hand.drag(view.places["assets/log.gltf"], view.places["assets/models/"])
    wait_until(hand, lambda: is_answered(hand))
    assert hand.window.shell.dialogs.current._along == ["assets/pictures/bark.png"]
    hand.wait(2)
    hand.click("//###dialog/###Move")
    wait_until(hand, (root / "assets/models/pictures/bark.png").is_file)
    assert (root / "assets/models/log.gltf").read_text() == GLTF
    hand.keys("Ctrl+Z")
    wait_until(hand, (root / "assets/pictures/bark.png").is_file)
    assert not (root / "assets/models/pictures").exists()


@flow("")
def a_sample_opens_as_a_copy_of_ones_own(hand: Hand) -> None:
    from taixu.assets import data_path

    shipped = {file: file.stat().st_mtime_ns for file in (data_path("samples") / "gallery").rglob("*.json")}
    hand.click("**/card sample gallery")
    wait_until(hand, lambda: hand.session.worlds)
    root = hand.session.project.root
    assert root.name.startswith("gallery")
    assert not root.is_relative_to(data_path("samples"))
    hand.wait(4)
    hand.keys("Ctrl+A")
    hand.keys("Delete")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: hand.session.current.history.is_saved)
    assert shipped == {file: file.stat().st_mtime_ns for file in (data_path("samples") / "gallery").rglob("*.json")}
    hand.menu("###File/###editor.close_project")
    wait_until(hand, lambda: not hand.session.worlds)
    hand.wait(3)
    hand.move(900, 600)  # what was opened last stands above the samples now
    hand.context.mouse_wheel_y(-20.0)
    hand.wait(4)
    hand.click("**/card sample gallery")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Fresh copy")
    wait_until(hand, lambda: hand.session.worlds)
    assert hand.session.project.root != root
    assert len(hand.session.world) > 10
