"""The assets panel: finding, placing, moving, deleting; files dropped on the window."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from editor_flows import Hand, flow

from taixu.edit import PrefabInstance
from taixu.platform.events import FileDropEvent
from taixu.render import visible_bounds
from taixu.scene import Material
from taixu_editor.placing import family_of

DESK = Path("tests/ui/worlds/desk")
CART = "assets/cart.prefab.json"


def wait_until(hand: Hand, is_so: Callable[[], Any], *, secs: float = 120.0) -> None:
    """Frames go by until something is so."""
    end, pause = time.monotonic() + secs, 0.01
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(pause)  # the longer it lasts, the more of the machine is left to who is waited for
        pause = min(1.3 * pause, 0.1)
        hand.wait(1)


def assets_of(hand: Hand) -> Any:
    """The panel, when it knows the project's files."""
    panel = next(panel for panel in hand.window.panels if panel.id == "assets")
    wait_until(hand, lambda: panel.index.is_known)
    hand.wait()
    return panel


def open_copy(hand: Hand) -> Path:
    """A project of one's own to change files in: the desk, with two pictures and a sound."""
    from taixu.assets.image import encode_png
    from taixu.assets.sidecar import Provenance, Sidecar, write_sidecar

    root = Path(tempfile.mkdtemp(prefix="taixu-desk-")) / "desk"
    shutil.copytree(DESK, root)
    ramp = np.linspace(40, 220, 64)
    for name, tint in (("bark", (0.7, 0.45, 0.25)), ("moss", (0.35, 0.75, 0.3))):
        wave = (ramp[:, None] * 0.5 + ramp[None, ::-1] * 0.5 * ((np.indices((64, 64)).sum(0) // 8) % 2))[..., None]
        file = root / "assets" / "pictures" / f"{name}.png"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(encode_png(np.clip(wave * np.array(tint), 0, 255).astype(np.uint8)))
        made = Provenance(generator="taixu", prompt=f"a patch of {name}", seed=7) if name == "moss" else Provenance()
        write_sidecar(file, Sidecar(licence="CC0-1.0", author="Anna Berg", provenance=made))
    hand.host.open(root)
    hand.wait(3)
    return root


def show(hand: Hand, folder: str) -> Any:
    """Choose a folder in the tree by the mouse."""
    panel = assets_of(hand)
    parts = folder.split("/")
    for each in ["/".join(parts[:i]) for i in range(1, len(parts) + 1)]:
        wait_until(hand, lambda each=each: f"{each}/" in panel.places)
        hand.click_at(*panel.places[f"{each}/"])
    assert panel.folder == folder
    hand.wait(2)
    return panel


def middle_of_view(hand: Hand) -> tuple[float, float]:
    view = hand.window.panels[0]
    return view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2


@flow("tests/ui/worlds/desk")
def a_prefab_dragged_into_the_view_stands_on_what_is_seen_there(hand: Hand) -> None:
    panel = show(hand, "assets")
    steps = len(hand.session.history._done)
    x, y = middle_of_view(hand)
    place = (x + 120, y + 90)
    point = hand.window.panels[0].point_at(*place)
    hand.drag(panel.places[CART], place)
    hand.wait(3)
    chosen = hand.session.current.selection
    assert len(chosen) == 1 and len(hand.session.history._done) == steps + 1
    world, handle = hand.session.world, hand.session.entity(chosen[0])
    assert world.get(handle, PrefabInstance).source == CART
    low, high = visible_bounds(world, family_of(world, handle))
    assert abs(low[1] - point.position[1]) < 0.05, "it stands there, and is not sunk in"
    assert np.linalg.norm((low + high)[[0, 2]] / 2 - point.position[[0, 2]]) < 1.0
    hand.keys("Ctrl+Z")
    assert hand.session.current.selection == ()


@flow("tests/ui/worlds/desk")
def a_search_finds_by_name_and_kind_in_all_folders(hand: Hand) -> None:
    panel = show(hand, "")
    hand.click("//###assets/##search")
    hand.type("door")
    hand.wait(3)
    assert [asset.path for asset in panel.shown] == ["scripts/door.py"]
    hand.type("prefab")
    hand.wait(3)
    assert [asset.path for asset in panel.shown] == [CART]


@flow("tests/ui/worlds/desk")
def a_button_shows_one_kind_only(hand: Hand) -> None:
    panel = show(hand, "")
    hand.click("//###assets/###script")
    assert {asset.kind for asset in panel.shown} == {"script"}
    hand.click("//###assets/###script")
    assert panel.kind == ""


@flow("tests/ui/worlds/desk")
def two_clicks_on_a_script_open_it(hand: Hand) -> None:
    panel = show(hand, "scripts")
    hand.move(*panel.places["scripts/door.py"])
    hand.context.mouse_double_click(0)
    hand.wait(3)
    scripts = next(each for each in hand.window.panels if each.id == "scripts")
    assert [Path(tab.file.path).name for tab in scripts.tabs] == ["door.py"]


@flow()
def renaming_a_picture_says_who_uses_it_and_changes_them(hand: Hand) -> None:
    root = open_copy(hand)
    panel = show(hand, "assets/pictures")
    hand.drag(panel.places["assets/pictures/bark.png"], middle_of_view(hand))
    hand.wait(4)
    chosen = hand.session.current.selection
    handle = hand.session.entity(chosen[-1])
    assert hand.session.world.get(handle, Material).base_color_texture == "assets/pictures/bark.png"
    hand.keys("Ctrl+S")
    hand.wait(4)
    hand.click_at(*panel.places["assets/pictures/bark.png"])
    hand.keys("F2")
    hand.type("oak.png", enter=True)
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    dialog = hand.window.shell.dialogs.current
    wait_until(hand, lambda: dialog._users() is not None)
    hand.wait(3)
    assert "worlds/main.world.json" in dialog._users()
    hand.click("//###dialog/###Move")
    wait_until(hand, lambda: (root / "assets/pictures/oak.png").is_file())
    hand.wait(4)
    assert hand.session.world.get(handle, Material).base_color_texture == "assets/pictures/oak.png"
    assert b"pictures/oak.png" in (root / "worlds/main.world.json").read_bytes()
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: (root / "assets/pictures/bark.png").is_file())
    hand.wait(3)
    assert b"pictures/bark.png" in (root / "worlds/main.world.json").read_bytes()


@flow()
def deleting_what_is_used_warns_and_undo_brings_it_back(hand: Hand) -> None:
    root = open_copy(hand)
    panel = show(hand, "assets")
    hand.click_at(*panel.places[CART])
    hand.keys("Delete")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    dialog = hand.window.shell.dialogs.current
    wait_until(hand, lambda: dialog._users() is not None)
    hand.wait(3)
    assert dialog._users() == ["worlds/main.world.json"]
    hand.click("//###dialog/###Delete")
    hand.wait(3)
    assert not (root / CART).exists()
    hand.keys("Ctrl+Z")
    assert (root / CART).is_file()


@flow()
def a_file_dropped_from_the_desktop_is_copied_and_placed(hand: Hand) -> None:
    from taixu.assets.image import encode_png

    root = open_copy(hand)
    assets_of(hand)
    outside = root.parent / "leaf.png"
    outside.write_bytes(encode_png(np.full((8, 8, 3), (20, 160, 40), np.uint8)))
    view = hand.window.panels[0]
    x, y = view.origin[0] + 12, view.origin[1] + view.extent[1] - 12
    hand.window.handle([FileDropEvent(x, y, (str(outside),))])
    wait_until(hand, lambda: hand.session.current.selection)
    assert (root / "assets/leaf.png").read_bytes() == outside.read_bytes()
    handle = hand.session.entity(hand.session.current.selection[-1])
    assert hand.session.world.get(handle, Material).base_color_texture == "assets/leaf.png"


@flow()
def a_name_that_is_taken_is_asked_about(hand: Hand) -> None:
    root = open_copy(hand)
    panel = show(hand, "assets/pictures")
    outside = root.parent / "bark.png"
    outside.write_bytes(b"another bark")
    before = (root / "assets/pictures/bark.png").read_bytes()
    hand.window.handle([FileDropEvent(2.0, 2.0, (str(outside),))])
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Keep both")
    wait_until(hand, lambda: (root / "assets/pictures/bark 2.png").is_file())
    wait_until(hand, lambda: "assets/pictures/bark 2.png" in panel.index.by_path)
    assert (root / "assets/pictures/bark.png").read_bytes() == before
    picture = panel.index.by_path["assets/pictures/bark 2.png"]
    wait_until(hand, lambda: hand.window.thumbnails.failure(picture))
    assert "bark 2.png" in hand.window.thumbnails.failure(picture)


@flow()
def what_cannot_be_read_is_one_sentence(hand: Hand) -> None:
    root = open_copy(hand)
    assets_of(hand)
    hand.window.handle([FileDropEvent(2.0, 2.0, (str(root.parent / "nobody.glb"),))])
    wait_until(hand, lambda: any(toast.kind == "error" for toast in hand.window.shell.toasts.shown))
    assert "nobody.glb" in hand.window.shell.toasts.shown[-1].text


@flow()
def the_assets_panel_looks_like_this(hand: Hand) -> None:
    open_copy(hand)
    panel = show(hand, "assets")
    hand.click_at(*panel.places["assets/pictures"])
    hand.context.mouse_double_click(0)
    hand.wait(3)
    wait_until(hand, lambda: "assets/pictures/moss.png" in panel.places)
    hand.click_at(*panel.places["assets/pictures/moss.png"])
    wait_until(hand, lambda: not hand.window.thumbnails.pending and "assets/pictures/moss.png" in panel.details.uses)
    hand.move(700, 300)
    hand.wait(3)
    hand.picture("assets_dark_english", panel="assets")
    hand.window.shell.settings.theme, hand.window.shell.settings.language = "light", "zh-Hans"
    hand.window.shell.settings_changed(keep=False)
    hand.click("//###assets/###as_list")
    hand.move(700, 300)
    hand.wait(3)
    hand.picture("assets_light_chinese", panel="assets")
