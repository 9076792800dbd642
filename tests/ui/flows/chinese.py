"""Chinese is typed into names, searched for, and seen where names are shown."""

from __future__ import annotations

from desk import CRATES, DESK, DOOR, field_at, inspector, node, open_desk, select, tree
from editor_flows import Hand, flow


@flow(DESK)
def a_chinese_name_is_typed_and_stands_in_the_hierarchy(hand: Hand) -> None:
    open_desk(hand)
    hand.menu("###View/###editor.language")
    hand.wait(3)
    select(hand, DOOR)
    hand.click_at(*field_at(hand, "name"))
    hand.type("朱红色的大门", enter=True)
    assert node(hand, DOOR).name == "朱红色的大门"
    hand.click_at(*field_at(hand, "tags"))
    hand.type("门, 出口", enter=True)
    hand.move(500, 8)
    hand.wait(3)
    hand.picture("hierarchy_chinese_name", panel="hierarchy")
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+Z")
    assert node(hand, DOOR).name == "Door"


@flow(DESK)
def chinese_names_are_found_in_the_hierarchy_and_the_palette(hand: Hand) -> None:
    panel = open_desk(hand)
    select(hand, CRATES[1])
    hand.click_at(*field_at(hand, "name"))
    hand.type("木箱", enter=True)
    hand.click("//###hierarchy/##search")
    hand.type("箱")
    hand.wait(4)
    assert panel.center_of(CRATES[1]) == tree(hand).center_of(CRATES[1])
    hand.type("")
    select(hand, DOOR)
    hand.keys("Ctrl+P")
    hand.type("@木", enter=True)
    hand.wait(4)
    assert hand.session.current.selection == (CRATES[1],)
    assert inspector(hand).sheet.names == ["木箱"]
