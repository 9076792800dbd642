"""The preview of a material: bodies, skies, and that it shows a change in the frame of the change."""

from __future__ import annotations

from typing import Any

from desk import CRATES, DESK
from editor_flows import Hand, flow

from taixu.scene import Material


def open_material(hand: Hand) -> Any:
    """The panel, with a crate's material."""
    for panel in hand.window.panels:
        panel.is_open = panel.id in ("hierarchy", "material")
    hand.wait(3)
    tree = next(panel for panel in hand.window.panels if panel.id == "hierarchy")
    hand.click_at(*tree.center_of(CRATES[1]))
    hand.wait(3)
    return next(panel for panel in hand.window.panels if panel.id == "material")


@flow(DESK)
def the_preview_follows_in_the_frame_of_the_change(hand: Hand) -> None:
    panel = open_material(hand)
    handle = hand.session.entity(CRATES[1])
    x, y = panel.form.places["roughness"]
    before = hand.session.world.get(handle, Material).roughness
    hand.move(x, y)
    hand.context.mouse_down(0)
    for step in range(1, 6):
        hand.move(x - 12 * step, y)
        assert panel.ball._drawn[0] == repr(hand.session.world.get(handle, Material))
    hand.context.mouse_up(0)
    hand.wait()
    assert hand.session.world.get(handle, Material).roughness < before


@flow(DESK)
def a_material_is_seen_on_cloth_in_the_studio_and_under_the_worlds_sky(hand: Hand) -> None:
    panel = open_material(hand)
    hand.click("//###material/###cloth")
    hand.move(300, 400)
    hand.wait(3)
    hand.picture("material_cloth_in_studio", panel="material")
    hand.wait(3)
    assert "background" in panel.ball._view.settings
    hand.click("//###material/###sky")
    hand.wait(3)
    assert panel.ball.is_in_world and "background" not in panel.ball._view.settings
    hand.click("//###material/###sky")
    assert not panel.ball.is_in_world
