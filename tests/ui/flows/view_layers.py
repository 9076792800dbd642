"""What lies over the picture: colliders with joints and triggers, the reach of lights, what cameras see."""

from __future__ import annotations

from assets import wait_until
from editor_flows import Hand, flow
from view import open_desk, show

from taixu.physics import Collider


@flow("tests/ui/worlds/machine")
def layers_show_what_has_no_surface(hand: Hand) -> None:
    open_desk(hand)
    view = hand.window.panels[0]
    assert len(hand.session.world.query(Collider))
    hand.move(view.origin[0] + 5, view.origin[1] + view.extent[1] - 5)
    hand.keys("Home")
    wait_until(hand, lambda: not view.camera.is_gliding)
    hand.context.mouse_wheel_y(-3)  # the lamps hang higher than all that is drawn
    hand.wait(4)
    hand.picture("view_lit", panel="viewport")
    hand.wait(3)
    for layer in ("colliders", "lights", "cameras"):
        show(hand, layer)
        assert getattr(view.shown, layer)
        hand.move(view.origin[0] + 5, view.origin[1] + view.extent[1] - 5)
        hand.picture(f"view_{layer}", panel="viewport")
        hand.wait(3)
        show(hand, layer)
        assert not getattr(view.shown, layer)
