"""Assets that are dragged over the view stand there already, and are nothing until they are dropped."""

from __future__ import annotations

import numpy as np
from assets import CART, middle_of_view, show, wait_until
from desk import DESK
from editor_flows import Hand, flow

from taixu.render import visible_bounds
from taixu.scene import Node
from taixu_editor.placing import family_of
from taixu_editor.view.ghost import GhostMark


@flow(DESK)
def what_is_dragged_over_the_view_is_seen_where_it_will_stand(hand: Hand) -> None:
    panel = show(hand, "assets")
    world = hand.session.world
    before, steps = world.state_hash(), len(hand.session.history._done)
    x, y = middle_of_view(hand)
    view = hand.window.panels[0]
    hand.move(x, y)
    hand.keys("Home")
    wait_until(hand, lambda: not view.camera.is_gliding)
    hand.wait(3)
    free = ((x + dx, y + 90) for dx in range(-200, 200, 20))
    x, y = next(place for place in free if abs(view.point_at(*place).position[1]) < 1e-3)
    hand.move(*panel.places[CART])
    hand.context.mouse_down(0)
    for place in ((x + 40, y - 30), (x + 2, y), (x, y)):
        hand.move(*place)
        hand.wait(4)
    (ghost,) = world.query(GhostMark).entities.tolist()
    low, _ = visible_bounds(world, family_of(world, ghost))
    assert abs(low[1]) < 0.02, "it stands on the ground"
    assert world.state_hash() == before and len(hand.session.history._done) == steps, "nothing that is saved"
    place = Node(world, ghost).position.copy()
    hand.picture("view_ghost", panel="viewport")
    hand.wait(3)
    hand.context.mouse_up(0)
    hand.wait(4)
    assert not len(world.query(GhostMark).entities)
    (chosen,) = hand.session.current.selection
    np.testing.assert_allclose(Node(world, hand.session.entity(chosen)).position, place, atol=1e-3)
    assert len(hand.session.history._done) == steps + 1
    hand.keys("Ctrl+Z")
    assert world.state_hash() == before


@flow(DESK)
def what_is_dragged_out_of_the_view_again_leaves_nothing(hand: Hand) -> None:
    panel = show(hand, "assets")
    world = hand.session.world
    hand.move(*panel.places[CART])
    hand.context.mouse_down(0)
    hand.move(*middle_of_view(hand))
    hand.wait(3)
    assert len(world.query(GhostMark).entities) == 1
    hand.move(*panel.places[CART])
    hand.wait(3)
    assert not len(world.query(GhostMark).entities)
    hand.context.mouse_up(0)
    hand.wait(2)
    assert hand.window.panels[0].ghost.place is None or not hand.session.current.selection
