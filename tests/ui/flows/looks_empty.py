"""Panels that have nothing to show: a sign, a sentence, and a button that helps."""

from __future__ import annotations

from assets import wait_until
from editor_flows import Hand, flow
from looks import front, in_all_looks, rest

DESK = "tests/ui/worlds/desk"


@flow(DESK)
def empty_panels_say_what_to_do_in_all_looks(hand: Hand) -> None:
    def take(look: str) -> None:
        for panel in ("inspector", "material", "log", "animation"):
            front(hand, panel)
            rest(hand)
            hand.picture(f"look_empty_{panel}_{look}", panel=panel)

    in_all_looks(hand, take)


@flow(DESK)
def the_button_of_an_empty_panel_helps(hand: Hand) -> None:
    front(hand, "inspector")
    hand.click("//###inspector/###act")
    hand.wait(3)
    hand.context.key_chars("door")
    hand.wait(2)
    hand.keys("Enter")
    wait_until(hand, lambda: hand.session.current.selection)
    assert hand.session.current.selection == ("00000000000000d0",)
