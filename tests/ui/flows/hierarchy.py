"""The hierarchy: find, select, rename, group, hang below others, hide, lock."""

from __future__ import annotations

import numpy as np
from desk import CART, CHAIR, CRATES, DESK, DOOR, FURNITURE, LAMP, LONG, SHADE, TABLE, node, open_desk, row, select, steps, tree
from editor_flows import Hand, flow
from imgui_bundle import imgui

from taixu.edit.marks import Locked
from taixu.scene import Node, Visibility


@flow(DESK)
def rows_are_in_the_order_of_their_names_and_open_by_their_arrows(hand: Hand) -> None:
    panel = open_desk(hand)
    world = hand.session.world
    names = [Node(world, entity).name for entity in panel.rows.entities.tolist()]
    assert names[1:5] == ["Cart", "Crate 1", "Crate 2", "Crate 10"]
    assert "Table" not in names
    _, y = row(hand, FURNITURE)
    hand.click_at(panel.place[0] + 10, y)
    assert panel.rows.row_of(hand.session.entity(TABLE)) == panel.rows.row_of(hand.session.entity(CHAIR)) + 1
    assert hand.session.current.selection == (), "opening selects nothing"
    hand.click_at(panel.place[0] + 10, y)
    assert panel.rows.row_of(hand.session.entity(TABLE)) < 0


@flow(DESK)
def a_click_selects_with_ctrl_one_more_and_with_shift_a_range(hand: Hand) -> None:
    open_desk(hand)
    select(hand, CRATES[0])
    assert hand.session.current.selection == (CRATES[0],)
    hand.context.key_down(imgui.Key.mod_shift)
    hand.click_at(*row(hand, CRATES[2]))
    hand.context.key_up(imgui.Key.mod_shift)
    assert set(hand.session.current.selection) == set(CRATES)
    select(hand, CRATES[0], DOOR)
    assert hand.session.current.selection == (CRATES[0], DOOR)
    hand.context.key_down(imgui.Key.mod_ctrl)
    hand.click_at(*row(hand, DOOR))
    hand.context.key_up(imgui.Key.mod_ctrl)
    assert hand.session.current.selection == (CRATES[0],)
    hand.keys("Ctrl+Z")
    assert hand.session.current.selection == (CRATES[0], DOOR), "selecting is undone"


@flow(DESK)
def arrows_go_through_the_rows_in_one_step_of_history(hand: Hand) -> None:
    panel = open_desk(hand)
    select(hand, CRATES[0])
    before = steps(hand)
    hand.keys("Down")
    hand.keys("Down")
    assert hand.session.current.selection == (CRATES[2],)
    assert steps(hand) == before + 1
    hand.keys("Shift+Up")
    assert set(hand.session.current.selection) == {CRATES[1], CRATES[2]}
    before = hand.session.world.state_hash()
    hand.keys("PgDn")
    assert panel.active == int(panel.rows.entities[-1])
    assert hand.session.world.state_hash() == before, "elsewhere that key drops things to the floor"
    hand.keys("Home")
    assert panel.active == int(panel.rows.entities[0])
    hand.keys("End")
    assert panel.active == int(panel.rows.entities[-1])
    select(hand, FURNITURE)
    hand.keys("Right")
    hand.keys("Right")
    assert hand.session.current.selection == (CHAIR,)
    hand.keys("Left")
    assert hand.session.current.selection == (FURNITURE,)
    hand.keys("Left")
    assert panel.rows.row_of(hand.session.entity(CHAIR)) < 0


@flow(DESK)
def a_search_keeps_those_above_what_it_finds(hand: Hand) -> None:
    panel = open_desk(hand)
    hand.click("**/##search")
    hand.type("chair")
    shown = [text for text in (FURNITURE, CHAIR, TABLE, LAMP) if panel.rows.row_of(hand.session.entity(text)) >= 0]
    assert shown == [FURNITURE, CHAIR]
    hand.type("rigid_body")
    assert panel.rows.found == 1, "components are searched too"
    hand.type("00000000000000d0")
    assert panel.rows.entities.tolist() == [hand.session.entity(DOOR)], "and ids"
    hand.type("nothing is called this")
    assert len(panel.rows.entities) == 0
    hand.keys("Escape")
    hand.wait(2)
    assert panel.rows.search == ""


@flow(DESK)
def a_name_is_changed_in_its_row(hand: Hand) -> None:
    panel = open_desk(hand)
    select(hand, DOOR)
    hand.keys("F2")
    assert panel.renaming == DOOR
    hand.type("Gate", enter=True)
    assert node(hand, DOOR).name == "Gate"
    hand.keys("Ctrl+Z")
    assert node(hand, DOOR).name == "Door"
    hand.keys("F2")
    hand.type("Nonsense")
    hand.keys("Escape")
    assert node(hand, DOOR).name == "Door"
    assert panel.renaming == ""


@flow(DESK)
def what_is_dragged_onto_a_row_hangs_below_it_and_stays_where_it_is(hand: Hand) -> None:
    panel = open_desk(hand)
    select(hand, CRATES[0], CRATES[1])
    before = [node(hand, text).world_position for text in CRATES[:2]]
    hand.drag(row(hand, CRATES[0]), row(hand, FURNITURE))
    assert [node(hand, text).parent.name for text in CRATES[:2]] == ["Furniture", "Furniture"]
    np.testing.assert_allclose([node(hand, text).world_position for text in CRATES[:2]], before, atol=1e-5)
    assert panel.rows.row_of(hand.session.entity(CRATES[0])) >= 0, "the row under which it went is open"
    hand.keys("Ctrl+Z")
    assert node(hand, CRATES[0]).parent is None
    hand.keys("Ctrl+Shift+Z")
    left, top, width, height = panel.place
    hand.drag(row(hand, CRATES[0]), (left + width / 2, top + height * (len(panel.rows.entities) + 1.5)))
    assert node(hand, CRATES[0]).parent is None, "below all rows is the top level"
    np.testing.assert_allclose(node(hand, CRATES[0]).world_position, before[0], atol=1e-5)


@flow(DESK)
def nothing_is_hung_below_itself(hand: Hand) -> None:
    panel = open_desk(hand)
    hand.click_at(panel.place[0] + 10, row(hand, FURNITURE)[1])
    hand.drag(row(hand, FURNITURE), row(hand, CHAIR))
    assert node(hand, FURNITURE).parent is None
    assert node(hand, CHAIR).parent.name == "Furniture"


@flow(DESK)
def a_group_is_made_and_undone_by_keys(hand: Hand) -> None:
    open_desk(hand)
    before = [node(hand, text).world_position for text in (*CRATES, TABLE)]
    select(hand, *CRATES)
    hand.keys("Ctrl+G")
    (group,) = hand.session.current.selection
    assert {child.name for child in node(hand, group).children} == {"Crate 1", "Crate 2", "Crate 10"}
    assert node(hand, group).name == "Group"
    hand.keys("Ctrl+Shift+G")
    assert set(hand.session.current.selection) == set(CRATES)
    assert hand.session.world.find(int(group, 16)) is None
    np.testing.assert_allclose([node(hand, text).world_position for text in (*CRATES, TABLE)], before, atol=1e-5)
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+Z")
    assert node(hand, CRATES[0]).parent is None


@flow(DESK)
def copies_and_deletions_by_keys(hand: Hand) -> None:
    open_desk(hand)
    before = hand.session.world.state_hash()
    select(hand, FURNITURE)
    hand.keys("Ctrl+D")
    (copy,) = hand.session.current.selection
    assert copy != FURNITURE
    assert {child.name for child in node(hand, copy).children} == {"Table", "Chair"}
    hand.keys("Delete")
    assert hand.session.world.find(int(copy, 16)) is None
    assert hand.session.world.state_hash() == before
    select(hand, LAMP)
    hand.keys("Ctrl+C")
    select(hand, DOOR)
    hand.keys("Ctrl+V")
    (pasted,) = hand.session.current.selection
    assert node(hand, pasted).name == "Lamp 2"
    assert [child.name for child in node(hand, pasted).children] == ["Shade"]


@flow(DESK)
def eye_and_lock_are_clicked_in_the_row(hand: Hand) -> None:
    panel = open_desk(hand)
    left, _, width, height = panel.place
    y = row(hand, DOOR)[1]
    hand.click_at(left + width - height * 0.5, y)
    assert not node(hand, DOOR)[Visibility].visible
    hand.click_at(left + width - height * 0.5, y)
    assert node(hand, DOOR)[Visibility].visible
    hand.click_at(left + width - height * 1.4, y)
    assert Locked in node(hand, DOOR)
    hand.click_at(left + width - height * 1.4, y)
    assert Locked not in node(hand, DOOR)
    assert hand.session.current.selection == (), "marks select nothing"


@flow(DESK)
def a_prefabs_children_are_there_when_it_is_opened_and_it_is_unpacked_by_its_menu(hand: Hand) -> None:
    panel = open_desk(hand)
    hand.click_at(panel.place[0] + 10, row(hand, CART)[1])
    (wheel,) = node(hand, CART).children
    assert panel.rows.is_made[panel.rows.row_of(wheel.entity)]
    hand.click_at(*row(hand, CART), button=1)
    hand.click("**/prefab.unpack")
    (wheel,) = node(hand, CART).children
    assert not panel.rows.is_made[panel.rows.row_of(wheel.entity)]
    assert wheel.name == "Wheel"


@flow(DESK)
def a_prefab_is_made_by_the_menu(hand: Hand) -> None:
    open_desk(hand)
    file = hand.session.project.file("assets/furniture.prefab.json")
    hand.click_at(*row(hand, FURNITURE), button=1)
    hand.click("**/prefab.make")
    try:
        assert file.is_file()
        assert {child.name for child in node(hand, FURNITURE).children} == {"Table", "Chair"}
        hand.keys("Ctrl+Z")
        assert node(hand, TABLE).parent.name == "Furniture"
    finally:
        file.unlink(missing_ok=True)


@flow(DESK)
def things_are_added_at_the_top_and_below_others(hand: Hand) -> None:
    open_desk(hand)
    hand.click("//###hierarchy/###add")
    hand.click("**/###add sphere")
    (ball,) = hand.session.current.selection
    assert node(hand, ball).name == "Sphere"
    hand.click_at(*row(hand, SHADE if tree(hand).rows.row_of(hand.session.entity(SHADE)) >= 0 else LAMP), button=1)
    hand.context.mouse_move("**/###add below")
    hand.wait(20)
    hand.click("**/###add empty")
    (empty,) = hand.session.current.selection
    assert node(hand, empty).parent.name == "Lamp"


@flow(DESK)
def what_is_selected_elsewhere_comes_into_sight(hand: Hand) -> None:
    panel = open_desk(hand)
    select(hand, DOOR)
    hand.keys("Ctrl+Z")
    hand.click("**/##search")
    hand.type("shade")
    hand.click_at(*row(hand, SHADE))
    hand.click("**/##search")
    hand.keys("Escape")
    hand.keys("Escape")
    assert panel.rows.search == ""
    assert panel.rows.row_of(hand.session.entity(SHADE)) >= 0, "what was found stays in sight"
    hand.click_at(panel.place[0] + 10, row(hand, LAMP)[1])
    assert panel.rows.row_of(hand.session.entity(SHADE)) < 0
    hand.keys("Ctrl+Z")
    assert hand.session.current.selection == ()
    hand.keys("Ctrl+Shift+Z")
    assert hand.session.current.selection == (SHADE,)
    assert panel.rows.row_of(hand.session.entity(SHADE)) >= 0, "all above it was opened"


@flow(DESK)
def pictures_of_the_hierarchy(hand: Hand) -> None:
    panel = open_desk(hand)
    for entity in (LAMP, CART, FURNITURE):
        hand.click_at(panel.place[0] + 10, row(hand, entity)[1])
    left, _, width, height = panel.place
    hand.click_at(left + width - height * 0.5, row(hand, LONG)[1])
    hand.click_at(left + width - height * 1.4, row(hand, DOOR)[1])
    select(hand, CRATES[0], TABLE)
    for theme in ("dark", "light"):
        for language in ("en", "zh-Hans"):
            look(hand, theme, language)
            hand.picture(f"hierarchy_{theme}_{language}", panel="hierarchy")
    look(hand, "dark", "en")


def look(hand: Hand, theme: str, language: str) -> None:
    from taixu_editor.interface import THEMES

    hand.move(640, 600)
    hand.window.use_theme(THEMES[theme])
    hand.window.t.use(language)
    hand.wait(3)
