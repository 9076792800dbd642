"""Starter assets: a material goes into the project and onto what is selected, a sound into the project."""

from __future__ import annotations

from assets import assets_of, open_copy, wait_until
from editor_flows import Hand, flow
from out import select_crate

from taixu.scene import Material

BRICKS = "assets/materials/bricks/bricks_base_color.jpg"


@flow()
def a_starter_material_is_put_onto_what_is_selected(hand: Hand) -> None:
    root = open_copy(hand)
    panel = assets_of(hand)
    handle = select_crate(hand)
    hand.click("//###assets/###starter")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    dialog = hand.window.shell.dialogs.current
    wait_until(hand, lambda: hand.window.shell.pictures.find(dialog.assets[0].files[0]) is not None)
    hand.wait(3)
    hand.click("**/card starter bricks")
    wait_until(hand, lambda: hand.session.world.get(handle, Material).base_color_texture == BRICKS)
    worn = hand.session.world.get(handle, Material)
    assert worn.normal_texture.endswith("bricks_normal.jpg") and worn.metallic_roughness_texture.endswith("bricks_orm.jpg")
    assert (root / f"{BRICKS}.c2pa").is_file() and (root / f"{BRICKS}.asset.toml").is_file()
    wait_until(hand, lambda: BRICKS in panel.index.by_path)
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: hand.session.world.get(handle, Material).base_color_texture != BRICKS)


@flow()
def a_starter_sound_is_copied_into_the_project(hand: Hand) -> None:
    root = open_copy(hand)
    assets_of(hand)
    hand.click("//###assets/###starter")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(3)
    hand.click("**/card starter jump")
    wait_until(hand, (root / "assets/sounds/jump.wav").is_file)
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
