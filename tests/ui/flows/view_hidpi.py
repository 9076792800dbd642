"""A screen of two pixels to the unit: what is clicked is what is under the pointer, and letters are as sharp as the screen."""

from __future__ import annotations

import numpy as np
from desk import CRATES, DESK
from editor_flows import Hand, flow

from taixu.scene import Node
from taixu_editor.view import Screen


@flow(DESK, pixel_scale=2.0)
def on_a_fine_screen_clicks_and_handles_are_where_they_are_seen(hand: Hand) -> None:
    window = hand.window
    window.window.resize(760, 500)  # so many pixels take a processor long enough
    for panel in window.panels:
        panel.is_open = panel.id in ("hierarchy", "viewport")
    window.shell.toasts.clear()
    hand.wait(6)
    assert window.window.pixel_scale == 2.0
    wide, tall = window.window.framebuffer_size
    assert window.window.size == (wide // 2, tall // 2)
    view = window.panels[0]
    assert view.view.size == tuple(int(side * 2) for side in view.extent), "the picture has all of the screen's pixels"
    node = Node(hand.session.world, hand.session.entity(CRATES[1]))
    places, _ = Screen(view.camera, view.origin, view.extent).project(node.world_position[None])
    x, y = (float(v) for v in places[0])
    hand.click_at(x, y)
    assert hand.session.current.selection == (CRATES[1],)
    before = node.position.copy()
    hand.drag((x, y - 45), (x, y - 85))
    assert node.position[1] > before[1] + 0.1 and np.allclose(node.position[[0, 2]], before[[0, 2]])
    hand.keys("Ctrl+Z")
    hand.move(x, window.window.size[1] - 40)
    hand.picture("view_fine_screen", panel="viewport")
    hand.picture("hierarchy_fine_screen", panel="hierarchy")
    hand.wait(3)
