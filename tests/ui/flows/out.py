"""What leaves the editor, by its dialogs; and materials, which are changed before."""

from __future__ import annotations

from typing import Any

import numpy as np
from assets import open_copy, wait_until
from editor_flows import Hand, flow
from PIL import Image

from taixu.scene import Material

CRATE = "Crate 1"


def choose(hand: Hand, entry: str) -> Any:
    """An entry of File > Export; gives the dialog that it opens."""
    hand.menu(f"###File/###exports/###{entry}")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(3)
    return hand.window.shell.dialogs.current


def select_crate(hand: Hand) -> int:
    """The first crate, by a click on its row."""
    from taixu.scene import Name

    world = hand.session.world
    handle = next(
        int(entity)
        for table in world.query(Name)
        for entity, name in zip(table.entities, table.read(Name, "text"), strict=True)
        if name == CRATE
    )
    hierarchy = next(panel for panel in hand.window.panels if panel.id == "hierarchy")
    place = hierarchy.places[handle] if hasattr(hierarchy, "places") and handle in hierarchy.places else None
    if place is not None:
        hand.click_at(*place)
    else:
        hand.session.select([world_id(hand, handle)])
        hand.wait(2)
    return handle


def world_id(hand: Hand, handle: int) -> str:
    from taixu.edit.ids import id_text

    return id_text(hand.session.world.stable_id(handle))


def material_panel(hand: Hand) -> Any:
    """The panel, in front."""
    panel = next(panel for panel in hand.window.panels if panel.id == "material")
    hand.window.shell.show_panel("material")
    hand.wait(4)
    return panel


def field_place(panel: Any, key: str) -> tuple[float, float]:
    place: tuple[float, float] = panel.form.places[key]
    return place


@flow()
def a_picture_is_written_as_the_view_shows_it(hand: Hand) -> None:
    root = open_copy(hand)
    dialog = choose(hand, "world.screenshot")
    dialog.answers.width, dialog.answers.height, dialog.answers.samples = 96, 64, 1
    hand.click("//###dialog/###Write")
    file = root / "out" / "picture.png"
    wait_until(hand, file.is_file)
    assert Image.open(file).size == (96, 64)
    assert any("picture.png" in toast.text for toast in hand.window.shell.toasts.shown)


@flow()
def a_film_shows_how_far_it_is_and_may_be_cancelled(hand: Hand) -> None:
    root = open_copy(hand)
    dialog = choose(hand, "world.film")
    dialog.answers.width, dialog.answers.height, dialog.answers.seconds = 64, 48, 60.0
    hand.click("//###dialog/###Film")
    wait_until(hand, lambda: dialog.film is not None and dialog.film.done > 0)
    hand.click("//###dialog/###Cancel")
    hand.wait(3)
    assert hand.window.shell.dialogs.current is None
    assert not (root / "out" / "film.mp4").exists() and not list((root / "out").glob("*"))


@flow()
def a_short_film_is_written(hand: Hand) -> None:
    root = open_copy(hand)
    dialog = choose(hand, "world.film")
    dialog.answers.width, dialog.answers.height, dialog.answers.seconds = 64, 48, 0.2
    hand.click("//###dialog/###Film")
    wait_until(hand, (root / "out" / "film.mp4").is_file)
    assert hand.window.shell.dialogs.current is None or not hand.window.shell.dialogs.current.is_open


@flow()
def a_project_is_packed_into_one_file(hand: Hand) -> None:
    from taixu_editor.export import unpack_project

    root = open_copy(hand)
    choose(hand, "project.pack")
    hand.keys("Enter")
    file = root.parent / "desk.taixu.zip"
    wait_until(hand, file.is_file)
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
    back = unpack_project(file, root.parent / "back")
    assert (back / "assets/cart.prefab.json").read_bytes() == (root / "assets/cart.prefab.json").read_bytes()


@flow()
def the_selection_is_exported_as_glb(hand: Hand) -> None:
    from taixu.assets import import_model

    root = open_copy(hand)
    select_crate(hand)
    dialog = choose(hand, "world.export")
    assert "selection" in dialog.heading()
    hand.keys("Enter")
    file = root.parent / "main.glb"
    wait_until(hand, file.is_file)
    assert any(node.name == CRATE for node in import_model(file).nodes)


@flow("tests/ui/worlds/desk")
def dragging_a_number_of_a_material_is_one_step_and_the_ball_follows(hand: Hand) -> None:
    handle = select_crate(hand)
    panel = material_panel(hand)
    steps = len(hand.session.history._done)
    before = hand.session.world.get(handle, Material).roughness
    x, y = field_place(panel, "roughness")
    drawn = panel.ball._drawn
    hand.drag((x, y), (x - 40, y))
    hand.wait(3)
    assert hand.session.world.get(handle, Material).roughness < before
    assert len(hand.session.history._done) == steps + 1
    assert panel.ball._drawn != drawn
    hand.keys("Ctrl+Z")
    assert hand.session.world.get(handle, Material).roughness == before


@flow("tests/ui/worlds/desk")
def the_preview_turns_under_the_hand_and_takes_other_bodies(hand: Hand) -> None:
    select_crate(hand)
    panel = material_panel(hand)
    hand.click("//###material/###torus")
    assert panel.ball.body == "torus"
    turn = panel.ball.turn_rad
    hand.move(*ball_place(hand))
    hand.drag(ball_place(hand), tuple(np.add(ball_place(hand), (30, 0))))
    assert panel.ball.turn_rad != turn


def ball_place(hand: Hand) -> tuple[float, float]:
    from imgui_bundle import imgui

    window = imgui.internal.find_window_by_name("###material")
    return (window.pos.x + window.size.x * 0.45, window.pos.y + 90.0)


@flow("tests/ui/worlds/desk")
def the_material_panel_looks_like_this(hand: Hand) -> None:
    select_crate(hand)
    material_panel(hand)
    hand.move(400, 300)
    hand.wait(4)
    hand.picture("material_dark_english", panel="material")
    hand.window.shell.settings.theme, hand.window.shell.settings.language = "light", "zh-Hans"
    hand.window.shell.settings_changed(keep=False)
    hand.wait(4)
    hand.picture("material_light_chinese", panel="material")


@flow("tests/ui/worlds/desk")
def the_dialog_of_a_film_looks_like_this(hand: Hand) -> None:
    dialog = choose(hand, "world.film")
    dialog.answers.file = "film.mp4"
    hand.move(10, 690)
    hand.wait(3)
    hand.picture("film_dark_english", panel="dialog")
    hand.click("//###dialog/###Cancel")


@flow()
def a_pack_dropped_on_the_start_page_opens(hand: Hand) -> None:
    from taixu.platform.events import FileDropEvent
    from taixu_editor.export import pack_project

    root = open_copy(hand)
    pack = pack_project(root, root.parent / "handed on")
    hand.window.shell.settings.project_folder = str(root.parent / "projects")
    hand.host.close_project()
    hand.wait(3)
    hand.window.handle([FileDropEvent(300.0, 300.0, (str(pack),))])
    wait_until(hand, lambda: hand.session.worlds)
    assert hand.session.project.root == root.parent / "projects" / "handed on"
    assert hand.session.project.has_manifest
