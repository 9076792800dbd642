"""The inspector: fields by mouse and keys, for one entity and for many."""

from __future__ import annotations

import numpy as np
from desk import CART, CRATES, DESK, DOOR, LAMP, SHADE, field_at, inspector, node, open_desk, row, select, steps
from editor_flows import Hand, flow
from hierarchy import look

from taixu.edit.marks import Tags
from taixu.edit.prefab import PrefabInstance
from taixu.physics import Collider, Joint, RigidBody
from taixu.scene import Light, Material, Model, Shape, Transform
from taixu.script import Script


def type_into(hand: Hand, key: str, text: str) -> None:
    """Click a number or a text, type, press Enter."""
    hand.click_at(*field_at(hand, key))
    hand.type(text, enter=True)


@flow(DESK)
def a_number_is_dragged_in_one_step_and_undone(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    before, start = steps(hand), node(hand, DOOR).position
    x, y = field_at(hand, "transform.position/x")
    hand.drag((x, y), (x + 100, y))
    assert node(hand, DOOR).position[0] > start[0] + 1
    assert steps(hand) == before + 1
    hand.keys("Ctrl+Z")
    np.testing.assert_array_equal(node(hand, DOOR).position, start)


@flow(DESK)
def numbers_are_typed_also_as_sums_and_tab_goes_on(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    type_into(hand, "transform.position/x", "2*3+0.5")
    assert node(hand, DOOR).position[0] == 6.5
    type_into(hand, "transform.position/x", "+=1")
    assert node(hand, DOOR).position[0] == 7.5
    hand.click_at(*field_at(hand, "transform.position/y"))
    hand.type("4")
    hand.keys("Tab")
    hand.type("5", enter=True)
    np.testing.assert_allclose(node(hand, DOOR).position, [7.5, 4, 5])


@flow(DESK)
def text_that_is_no_number_is_said_at_the_field_and_kept(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    before = hand.session.world.state_hash()
    type_into(hand, "transform.scale/y", "two")
    form = inspector(hand).form
    assert form.errors["transform.scale"] == "“two” is no number; write 1.5 or 2*3."
    assert form.text == "two"
    assert hand.session.world.state_hash() == before
    hand.type("2", enter=True)
    assert not form.errors
    assert node(hand, DOOR).scale[1] == 2


@flow(DESK)
def turns_are_degrees_and_stay_as_they_were_typed(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    type_into(hand, "transform.rotation/y", "270")
    turned = node(hand, DOOR).rotation
    np.testing.assert_allclose(np.abs(turned), [0, 0.7071068, 0, 0.7071068], atol=1e-6)
    panel = inspector(hand)
    shown = panel.form.euler.angles("transform.rotation", [float(v) for v in turned])
    assert shown == [0, 270, 0]


@flow(DESK)
def many_are_edited_as_one_and_keep_what_was_not_touched(hand: Hand) -> None:
    open_desk(hand)
    select(hand, *CRATES)
    before = steps(hand)
    type_into(hand, "transform.position/y", "3")
    places = np.array([node(hand, text).position for text in CRATES])
    np.testing.assert_allclose(places, [[0, 3, 0], [2, 3, 0], [4, 3, 0]], atol=1e-6)
    assert steps(hand) == before + 1
    hand.keys("Ctrl+Z")
    assert node(hand, CRATES[1]).position[1] == 0.5
    type_into(hand, "shape.bevel_m", "0.1")
    assert [round(node(hand, text)[Shape].bevel_m, 6) for text in CRATES] == [0.1] * 3


@flow(DESK)
def a_choice_a_tick_and_a_reset(hand: Hand) -> None:
    open_desk(hand)
    select(hand, CRATES[0])
    hand.click_at(*field_at(hand, "shape.kind"))
    hand.click("**/###choice sphere")
    assert node(hand, CRATES[0])[Shape].kind == "sphere"
    hand.click_at(*field_at(hand, "shape.cast_shadow"))
    assert not node(hand, CRATES[0])[Shape].cast_shadow
    hand.click("**/shape.kind/reset")
    assert node(hand, CRATES[0])[Shape].kind == "box"
    hand.keys("Ctrl+Z")
    assert node(hand, CRATES[0])[Shape].kind == "sphere"


@flow(DESK)
def a_range_holds_what_is_dragged_and_typed(hand: Hand) -> None:
    open_desk(hand)
    select(hand, CRATES[0])
    x, y = field_at(hand, "material.roughness")
    hand.drag((x, y), (x + 400, y))
    assert node(hand, CRATES[0])[Material].roughness == 1.0
    type_into(hand, "material.roughness", "-5")
    assert node(hand, CRATES[0])[Material].roughness == 0.0


@flow(DESK)
def a_colour_is_picked_and_the_whole_drag_undone(hand: Hand) -> None:
    open_desk(hand)
    select(hand, CRATES[0])
    start, before = node(hand, CRATES[0])[Material].base_color, steps(hand)
    hand.click_at(*field_at(hand, "material.base_color"))
    wheel = hand.context.item_info("**/##color/hsv")
    low, high = wheel.rect_full.min, wheel.rect_full.max
    middle = ((low.x + high.x) / 2, (low.y + high.y) / 2)
    hand.drag((middle[0] - 4, middle[1] - 4), (middle[0] + 8, middle[1] + 4))
    hand.keys("Escape")
    assert node(hand, CRATES[0])[Material].base_color != start
    assert steps(hand) == before + 1
    hand.keys("Ctrl+Z")
    assert node(hand, CRATES[0])[Material].base_color == start


@flow(DESK)
def components_are_found_added_folded_and_removed(hand: Hand) -> None:
    open_desk(hand)
    select(hand, CRATES[0], CRATES[1])
    hand.click("//###inspector/###add component")
    hand.wait(3)
    hand.type("rigid", enter=True)
    assert all(RigidBody in node(hand, text) for text in CRATES[:2])
    panel = inspector(hand)
    hand.context.scroll_to_top("//###inspector")
    hand.wait(2)
    hand.click_at(*panel.places["shape"])
    assert "shape.kind" not in panel.form.places
    hand.click_at(*panel.places["shape"])
    assert "shape.kind" in panel.form.places
    hand.click_at(*panel.places["material/menu"])
    hand.click("**/###remove")
    assert not any(Material in node(hand, text) for text in CRATES[:2])
    hand.keys("Ctrl+Z")
    assert all(Material in node(hand, text) for text in CRATES[:2])


@flow(DESK)
def a_component_is_copied_from_one_and_pasted_on_another(hand: Hand) -> None:
    open_desk(hand)
    select(hand, LAMP)
    panel = inspector(hand)
    hand.click_at(*panel.places["light/menu"])
    hand.click("**/###copy")
    select(hand, DOOR)
    hand.click_at(*panel.places["shape/menu"])
    hand.click("**/###paste")
    assert node(hand, DOOR)[Light] == node(hand, LAMP)[Light]


@flow(DESK)
def name_and_tags_are_typed_at_the_top(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    hand.click_at(*field_at(hand, "name"))
    hand.type("Gate", enter=True)
    assert node(hand, DOOR).name == "Gate"
    hand.click_at(*field_at(hand, "tags"))
    hand.type("way, exit, way", enter=True)
    assert node(hand, DOOR)[Tags].names == ["way", "exit"]
    hand.click_at(*field_at(hand, "name"))
    hand.type("  ", enter=True)
    assert node(hand, DOOR).name == "Gate", "a name is never empty"
    assert "name" in inspector(hand).form.errors


@flow(DESK)
def a_script_has_the_fields_that_it_declares(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    inspector(hand).closed.update(("transform", "shape"))
    hand.wait(2)
    type_into(hand, "script.fields.speed", "5")
    hand.click_at(*field_at(hand, "script.fields.is_open"))
    assert node(hand, DOOR)[Script].fields == {"speed": 5, "is_open": True}
    hand.click("**/script.fields.speed/reset")
    assert node(hand, DOOR)[Script].fields == {"is_open": True}


@flow(DESK)
def files_are_picked_from_those_that_fit(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    inspector(hand).closed.update(("transform", "shape"))
    hand.wait(2)
    hand.click_at(*field_at(hand, "script.path"))
    hand.click("**/###none")
    assert node(hand, DOOR)[Script].path == ""
    hand.click_at(*field_at(hand, "script.path"))
    hand.type("door")
    hand.click("**/###scripts\\/door.py")
    assert node(hand, DOOR)[Script].path == "scripts/door.py"
    assert Model not in node(hand, DOOR)


@flow(DESK)
def what_differs_from_a_prefab_is_marked_and_reverted(hand: Hand) -> None:
    panel = open_desk(hand)
    hand.click_at(panel.place[0] + 10, row(hand, CART)[1])
    wheel = f"{node(hand, CART).children[0].stable_id:016x}"
    select(hand, wheel)
    sheet = inspector(hand).sheet
    marked = [field.spec.name for field in sheet.component("shape").fields if field.is_overridden]
    assert marked == ["kind"]
    assert node(hand, wheel)[Shape].kind == "sphere"
    x, y = field_at(hand, "shape.kind")
    hand.click_at(x - 130, y, button=1)
    hand.click("**/###revert value")
    assert node(hand, wheel)[Shape].kind == "cylinder"
    assert not node(hand, CART)[PrefabInstance].overrides
    type_into(hand, "transform.position/y", "2")
    assert node(hand, CART)[PrefabInstance].overrides
    hand.click("**/###revert all")
    assert node(hand, wheel)[Transform].translation[1] == 0
    hand.keys("Ctrl+Z")
    assert node(hand, wheel)[Transform].translation[1] == 2


@flow(DESK)
def an_entity_is_dragged_from_the_tree_into_a_field(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    hand.click("//###inspector/###add component")
    hand.wait(3)
    hand.type("joint", enter=True)
    inspector(hand).closed.update(("transform", "shape", "script"))
    hand.wait(2)
    key = next(f"joint.{fld.name}" for fld in Joint.__component__.fields if fld.kind.name == "entity")
    hand.drag(row(hand, LAMP), field_at(hand, key))
    assert getattr(node(hand, DOOR)[Joint], key.split(".")[1]) == hand.session.entity(LAMP)
    assert hand.session.current.selection == (DOOR,), "dragging does not select"


@flow(DESK)
def an_entity_is_taken_from_the_view_and_locked_things_are_not_picked(hand: Hand) -> None:
    panel = open_desk(hand)
    view = next(each for each in hand.window.panels if each.id == "viewport")
    view.is_open = True
    hand.click_at(panel.place[0] + 10, row(hand, LAMP)[1])
    select(hand, SHADE)
    hand.keys("F")
    hand.wait(40)
    middle = (view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2)
    select(hand, DOOR)
    hand.click("//###inspector/###add component")
    hand.wait(3)
    hand.type("joint", enter=True)
    inspector(hand).closed.update(("transform", "shape", "script"))
    hand.wait(2)
    key = next(fld.name for fld in Joint.__component__.fields if fld.kind.name == "entity")
    hand.click(f"**/joint.{key}/###dropper")
    hand.click_at(*middle)
    assert getattr(node(hand, DOOR)[Joint], key) == hand.session.entity(SHADE)
    assert hand.session.current.selection == (DOOR,)
    left, _, width, height = panel.place
    hand.click_at(left + width - height * 1.4, row(hand, SHADE)[1])
    hand.click_at(*middle)
    assert SHADE not in hand.session.current.selection


@flow(DESK)
def json_that_is_none_is_said_and_kept_until_it_is(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    hand.click("//###inspector/###add component")
    hand.wait(3)
    hand.type("collider", enter=True)
    panel = inspector(hand)
    panel.closed.update(("transform", "shape", "script"))
    hand.context.scroll_to_top("//###inspector")
    hand.wait(2)
    hand.click_at(*field_at(hand, "collider.data"))
    hand.type('{"points": [1, 2')
    hand.click_at(*field_at(hand, "name"))
    hand.wait(2)
    assert "no JSON" in panel.form.errors["collider.data"]
    assert panel.form.drafts["collider.data"].startswith('{"points"'), "nothing typed is lost"
    assert node(hand, DOOR)[Collider].data == {}
    hand.click_at(*field_at(hand, "collider.data"))
    hand.type('{"points": []}')
    hand.click_at(*field_at(hand, "name"))
    hand.wait(2)
    assert node(hand, DOOR)[Collider].data == {"points": []}
    assert not panel.form.errors


@flow(DESK)
def a_value_is_copied_from_one_field_and_pasted_into_another(hand: Hand) -> None:
    open_desk(hand)
    select(hand, DOOR)
    hand.click("**/shape.size/label", button=1)
    hand.click("**/###copy value")
    select(hand, LAMP)
    hand.click("**/transform.scale/label", button=1)
    hand.click("**/###paste value")
    np.testing.assert_allclose(node(hand, LAMP).scale, [1, 2, 0.1], rtol=1e-6)
    hand.click("**/light.kind/label", button=1)
    hand.click("**/###paste value")
    assert "light.kind" in inspector(hand).form.errors, "a vector is no choice: said at the field"
    assert node(hand, LAMP)[Light].kind == "point"


@flow(DESK)
def pictures_of_the_inspector(hand: Hand) -> None:
    panel = open_desk(hand)
    hand.click_at(panel.place[0] + 10, row(hand, CART)[1])
    wheel = f"{node(hand, CART).children[0].stable_id:016x}"
    for theme, language in (("dark", "en"), ("light", "zh-Hans")):
        for name, chosen in (("door", (DOOR,)), ("crates", CRATES), ("prefab", (wheel,)), ("lamp", (LAMP,))):
            select(hand, *chosen)
            look(hand, theme, language)
            hand.picture(f"inspector_{name}_{theme}_{language}", panel="inspector")
        hand.click_at(panel.place[0] + 50, panel.place[1] + panel.place[3] * (len(panel.rows.entities) + 3))
        look(hand, theme, language)
        hand.picture(f"inspector_nothing_{theme}_{language}", panel="inspector")
    look(hand, "dark", "en")
