"""The panels Twin and Timeline in both themes and languages."""

from __future__ import annotations

from editor_flows import Hand, flow
from looks import in_all_looks, rest
from twin_past import open_past
from twins import press, twin_panel

SOURCES = {
    "carts": {"kind": "table", "path": "readings.csv", "topic": "hall/cart 7/pose"},
    "plant": {"kind": "mqtt", "url": "mqtt://127.0.0.1:1883"},
}


@flow()
def the_twins_panels_in_all_looks(hand: Hand) -> None:
    open_past(hand)
    hand.window.do("twin.set_source", name="carts", settings=SOURCES["carts"], former="carts")
    hand.window.do("twin.set_source", name="plant", settings=SOURCES["plant"])
    hand.window.do("past.seek", at_ns=hand.host.twin.past.span_ns[0] + 4_000_000_000)
    panel = twin_panel(hand)

    def take(look: str) -> None:
        hand.window.shell.show_panel("twin")
        hand.wait(3)
        for tab in ("sources", "bindings", "rules"):
            press(hand, f"tab {tab}")
            if tab == "rules":
                press(hand, "rule 0")
                panel.rules.draft["when"] = "y > hight"
            hand.window.shell.toasts.clear()
            rest(hand)
            hand.wait(3)
            hand.picture(f"twin_{tab}_{look}", panel="twin")
        hand.window.shell.show_panel("twin_timeline")
        rest(hand)
        hand.wait(3)
        hand.picture(f"twin_timeline_{look}", panel="twin_timeline")

    in_all_looks(hand, take)
