"""Prefabs that are opened to be worked on, and worlds that follow them."""

from __future__ import annotations

import json

from assets import CART, wait_until
from desk import CART as PLACED
from desk import FURNITURE, LAMP, inspector, node, row, select, tree
from editor_flows import Hand, flow
from tabs import name, open_two

from taixu.edit import PrefabInstance

WHEEL = "0000000000000002"


def open_by_row(hand: Hand) -> None:
    """Double click the cart in the hierarchy."""
    hand.click_at(*row(hand, PLACED))
    wait_until(hand, lambda: hand.session.current.selection == (PLACED,))
    hand.wait(40)  # a third click would be none of two
    hand.move(*row(hand, PLACED))
    hand.context.mouse_double_click(0)
    wait_until(hand, lambda: hand.session.current.is_prefab)
    hand.wait(4)


@flow()
def a_prefab_is_opened_by_its_row_changed_and_saved_and_the_world_follows(hand: Hand) -> None:
    root = open_two(hand)
    world = hand.session.current
    before = world.app.world.state_hash()
    open_by_row(hand)
    assert name(hand) == "cart"
    assert tree(hand).rows.row_of(hand.session.entity(WHEEL)) >= 0, "its parts are in sight"
    text = (root / CART).read_bytes()
    select(hand, WHEEL)
    hand.keys("Delete")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: (root / CART).read_bytes() != text)
    assert list(json.loads((root / CART).read_text())["entities"]) == ["0000000000000001"]
    hand.click(f"**/###back {hand.window.shell.documents.kept(world).number}")
    wait_until(hand, lambda: hand.session.current is world)
    hand.wait(3)
    assert node(hand, PLACED).children == []
    assert world.history.is_saved
    hand.keys("Ctrl+Tab")
    wait_until(hand, lambda: hand.session.current.is_prefab)
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: (root / CART).read_bytes() == text)
    hand.keys("Ctrl+W")
    wait_until(hand, lambda: hand.session.current is world)
    assert world.app.world.state_hash() == before


@flow()
def a_prefab_is_not_closed_with_changes_unasked_nor_played(hand: Hand) -> None:
    open_two(hand)
    open_by_row(hand)
    select(hand, WHEEL)
    hand.keys("Delete")
    hand.keys("F5")
    assert not hand.host.play.is_playing
    hand.keys("Ctrl+W")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Do not save")
    wait_until(hand, lambda: not hand.session.current.is_prefab)
    assert [child.name for child in node(hand, PLACED).children] == ["Wheel"]


@flow()
def what_is_added_in_a_prefab_belongs_to_it_and_its_root_stays(hand: Hand) -> None:
    open_two(hand)
    open_by_row(hand)
    root = hand.session.current.root
    hand.click("//###hierarchy/###add")
    hand.click("**/###add sphere")
    wait_until(hand, lambda: hand.session.current.selection)
    assert node(hand, hand.session.current.selection[-1]).parent.name == "Cart"
    select(hand, root)
    hand.keys("Delete")
    wait_until(hand, lambda: any(toast.kind == "error" for toast in hand.window.shell.toasts.shown))
    assert node(hand, root).name == "Cart"
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+Z")
    assert [child.name for child in node(hand, root).children] == ["Wheel"]


@flow()
def changes_of_an_instance_are_applied_and_the_file_comes_back_with_undo(hand: Hand) -> None:
    root = open_two(hand)
    text = (root / CART).read_bytes()
    hand.click_at(tree(hand).place[0] + 10, row(hand, PLACED)[1])
    hand.wait(2)
    part = f"{node(hand, PLACED).children[0].stable_id:016x}"
    found = hand.session.world.get(hand.session.entity(PLACED), PrefabInstance).overrides
    select(hand, part)
    hand.keys("F2")
    hand.type("Disc", enter=True)
    select(hand, PLACED)
    wait_until(hand, lambda: inspector(hand).sheet.overrides == len(found) + 1)
    hand.wait(2)
    hand.click("**/###apply all")
    wait_until(hand, lambda: (root / CART).read_bytes() != text)
    assert hand.session.world.get(hand.session.entity(PLACED), PrefabInstance).overrides == []
    assert b"Disc" in (root / CART).read_bytes()
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: (root / CART).read_bytes() == text)
    assert len(hand.session.world.get(hand.session.entity(PLACED), PrefabInstance).overrides) == len(found) + 1
    hand.wait(2)
    hand.click("**/###revert all")
    hand.wait(2)
    assert hand.session.world.get(hand.session.entity(PLACED), PrefabInstance).overrides == []
    assert node(hand, part).name == "Wheel"
    hand.keys("Ctrl+Z")
    assert node(hand, part).name == "Disc"


@flow()
def making_a_prefab_is_undone_with_its_file(hand: Hand) -> None:
    root = open_two(hand)
    file = root / "assets/furniture.prefab.json"
    hand.click_at(*row(hand, FURNITURE), button=1)
    hand.click("**/prefab.make")
    wait_until(hand, file.is_file)
    text = file.read_bytes()
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: not file.exists())
    assert {child.name for child in node(hand, FURNITURE).children} == {"Table", "Chair"}
    hand.keys("Ctrl+Shift+Z")
    wait_until(hand, file.is_file)
    assert file.read_bytes() == text
    assert hand.session.world.has(hand.session.entity(FURNITURE), PrefabInstance)


@flow()
def a_prefab_in_a_prefab_is_opened_from_there_and_the_way_back_is_shown(hand: Hand) -> None:
    root = open_two(hand)
    hand.drag(row(hand, PLACED), row(hand, LAMP))
    hand.click_at(*row(hand, LAMP), button=1)
    hand.click("**/prefab.make")
    wait_until(hand, (root / "assets/lamp.prefab.json").is_file)
    hand.wait(2)
    hand.click_at(*row(hand, LAMP), button=1)
    hand.click("**/###prefab.open")
    wait_until(hand, lambda: name(hand) == "lamp")
    hand.wait(4)
    open_by_row_of_part(hand)
    assert [hand.window.shell.documents.name(each) for each in hand.window.shell.documents.chain(hand.session.current)] == [
        "main", "lamp", "cart",
    ]  # fmt: skip
    hand.picture("prefab_in_prefab_bar", panel="prefab bar")
    select(hand, WHEEL)
    hand.keys("Delete")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: hand.session.current.history.is_saved)
    main = hand.session.worlds[0]
    hand.click(f"**/###back {hand.window.shell.documents.kept(main).number}")
    wait_until(hand, lambda: hand.session.current is main)
    hand.wait(2)
    cart = next(child for child in node(hand, LAMP).children if child.name == "Cart")
    assert cart.children == [], "two prefabs deep"


def open_by_row_of_part(hand: Hand) -> None:
    """Double click the cart that stands in the lamp."""
    hand.move(*row(hand, PLACED))
    hand.context.mouse_double_click(0)
    wait_until(hand, lambda: name(hand) == "cart")
    hand.wait(4)
