"""What surrounds the panels: start page, menus, keys, palette, settings, dialogs."""

from __future__ import annotations

import shutil
from pathlib import Path

from editor_flows import Hand, flow

from taixu.edit import Document, parse_document
from taixu_editor.folders import recovery_folder
from taixu_editor.recovery_dialog import offer_lost


def make_project(hand: Hand, name: str) -> Path:
    """A project of its own, made through the dialog of the start page."""
    hand.click("**/###new")
    hand.click("//###dialog/##name")
    hand.type(name)
    hand.input("//###dialog/##folder", str(hand.folder))
    hand.wait(4)
    return hand.folder / name


def saved(project: Path) -> Document:
    file = project / "worlds" / "main.world.json"
    return parse_document(file.read_bytes(), file=str(file), kind="world")


@flow("")
def the_start_page_is_there_without_a_world(hand: Hand) -> None:
    assert not hand.session.worlds
    assert hand.exists("**/###new")
    hand.move(700, 690)
    hand.picture("start_dark_english")


@flow("")
def a_click_makes_the_start_page_chinese_and_another_english(hand: Hand) -> None:
    hand.click("**/###language")
    hand.wait(3)
    assert hand.window.t.language == "zh-Hans"
    hand.click("**/###settings")
    choose(hand, "theme", "light")
    hand.click("//###dialog/###Close")
    hand.move(700, 690)
    hand.picture("start_light_chinese")
    hand.click("**/###language")
    hand.wait(3)
    assert hand.window.t.language == "en"


def open_menu(hand: Hand, title: str) -> None:
    hand.click(f"//##MainMenuBar/##MenuBar/###{title}")
    hand.wait(2)


def choose(hand: Hand, combo: str, value: str) -> None:
    """Choose in a combo box of the settings."""
    hand.wait(3)
    hand.click(f"**/###combo {combo}")
    hand.click(f"//$FOCUSED/###choice {value}")
    hand.wait(3)


@flow("")
def a_card_opens_a_sample_and_it_is_recent_then(hand: Hand) -> None:
    hand.click("**/card sample gallery")
    hand.wait(6)
    assert hand.session.project.root.name == "gallery"
    hand.menu("###File/###editor.close_project")
    hand.wait(3)
    assert not hand.session.worlds
    assert hand.exists("**/card recent 0")
    hand.click("**/card recent 0")
    hand.wait(6)
    assert hand.session.project.root.name == "gallery"


@flow("")
def a_new_project_is_made_by_name_and_template(hand: Hand) -> None:
    hand.click("**/###new")
    hand.click("//###dialog/card empty")
    hand.click("//###dialog/##name")
    hand.wait(2)
    hand.picture("new_project", panel="dialog")
    hand.click("//###dialog/##folder")
    hand.type(str(hand.folder))
    hand.click("//###dialog/##name")
    hand.type("First")
    hand.click("//###dialog/###Create")
    hand.wait(6)
    assert (hand.folder / "First" / "taixu.toml").is_file()
    assert hand.session.project.name == "First"
    assert hand.window.shell.settings.recent[0] == str(hand.folder / "First")


@flow("")
def a_name_that_no_folder_can_have_is_said_and_makes_nothing(hand: Hand) -> None:
    hand.click("**/###new")
    hand.click("//###dialog/##folder")
    hand.type(str(hand.folder))
    hand.input("//###dialog/##name", "a/b")
    hand.wait(3)
    assert hand.window.shell.dialogs.current is not None
    assert not (hand.folder / "a").exists()
    hand.keys("Esc")
    hand.keys("Esc")
    assert hand.window.shell.dialogs.current is None


@flow("")
def a_recent_project_that_is_gone_is_marked_and_can_be_removed(hand: Hand) -> None:
    project = make_project(hand, "Gone")
    hand.menu("###File/###editor.close_project")
    hand.wait(4)
    assert not hand.session.worlds
    shutil.rmtree(project)
    hand.move(900, 660)
    for _ in range(100):
        if not hand.window.shell.start_page.recent()[0][1]:
            break
        hand.wait(10)
    assert hand.window.shell.start_page.recent()[0] == (project, False)
    hand.wait(2)  # the frame that was laid out while we asked shows what was known before
    hand.picture("start_with_a_project_that_is_gone")
    hand.click("**/card recent 0")
    assert not hand.session.worlds
    hand.click("//$FOCUSED/###remove")
    hand.wait(3)
    assert str(project) not in hand.window.shell.settings.recent


@flow("samples/gallery")
def the_palette_does_what_is_typed(hand: Hand) -> None:
    assert hand.window.shell.gizmo.tool == "move"
    hand.keys("Ctrl+P")
    hand.type("rota", enter=True)
    hand.wait(3)
    assert hand.window.shell.gizmo.tool == "rotate"


@flow("samples/gallery")
def the_palette_finds_entities_by_name(hand: Hand) -> None:
    hand.keys("Ctrl+P")
    hand.type("@back wal", enter=True)
    hand.wait(3)
    assert [name_of(hand, each) for each in hand.session.current.selection] == ["back wall"]


def name_of(hand: Hand, entity: str) -> str:
    from taixu.scene import Node

    return Node(hand.session.world, hand.session.entity(entity)).name


@flow("samples/gallery")
def the_palette_says_why_something_cannot_be_done(hand: Hand) -> None:
    hand.move(2, 2)  # the pointer is drawn, and would stand where another flow has left it
    hand.keys("Ctrl+Shift+P")
    hand.type("redo")
    hand.keys("Enter")
    hand.wait(2)
    hand.picture("palette_dark", panel="palette")
    assert hand.session.history.redo_label == ""
    hand.keys("Esc")
    hand.wait(2)
    hand.keys("E")
    assert hand.window.shell.gizmo.tool == "rotate", "the palette is closed and keys are tools again"


@flow("samples/gallery")
def letters_choose_tools_but_not_while_text_is_typed(hand: Hand) -> None:
    gizmo = hand.window.shell.gizmo
    for key, tool in {"E": "rotate", "R": "scale", "Q": "select", "W": "move"}.items():
        hand.keys(key)
        hand.wait(2)
        assert gizmo.tool == tool
    hand.click("**/##search")
    hand.type("reqr")
    hand.wait(2)
    assert gizmo.tool == "move"


@flow("samples/gallery")
def letters_fly_while_the_right_button_is_held(hand: Hand) -> None:
    view = hand.window.panels[0]
    x, y = view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2
    hand.move(x, y)
    hand.context.mouse_down(1)
    hand.wait(2)
    before = view.camera.eye.copy()
    hand.context.key_down(key("E"))
    hand.wait(4)
    hand.context.key_up(key("E"))
    hand.context.mouse_up(1)
    hand.wait(2)
    assert hand.window.shell.gizmo.tool == "move"
    assert abs(view.camera.eye - before).max() > 1e-4


def key(name: str) -> int:
    from taixu_editor.interface.keys import chord_of

    return chord_of(name)


@flow("samples/gallery")
def keys_are_bound_anew_by_pressing_them(hand: Hand) -> None:
    hand.keys("Ctrl+Alt+K")
    hand.input("**/###search keys", "scale")
    hand.click("**/###keys of tool.scale")
    hand.keys("K")
    hand.wait(3)
    assert hand.window.shell.settings.keys == {"tool.scale": "K"}
    hand.picture("keys_dark_english", panel="dialog")
    hand.click("//###dialog/###Close")
    hand.wait(2)
    hand.keys("K")
    hand.wait(2)
    assert hand.window.shell.gizmo.tool == "scale"


@flow("samples/gallery")
def a_shortcut_of_two_operations_is_a_conflict(hand: Hand) -> None:
    hand.menu("###Edit/###editor.keys")
    hand.input("**/###search keys", "rotate")
    hand.click("**/###keys of tool.rotate")
    hand.keys("W")
    hand.wait(3)
    assert hand.window.shell.keymap.conflicts("tool.rotate") == ["tool.move"]
    hand.click("**/###reset tool.rotate")
    hand.wait(3)
    assert hand.window.shell.keymap.conflicts("tool.rotate") == []
    hand.click("//###dialog/###Close")


@flow("samples/gallery")
def keys_are_like_in_other_editors(hand: Hand) -> None:
    hand.menu("###Edit/###editor.keys")
    choose(hand, "preset", "blender")
    hand.click("//###dialog/###Close")
    hand.keys("W")
    hand.wait(2)
    assert hand.window.shell.gizmo.tool == "select"


@flow("")
def what_is_added_is_selected_saved_and_undone(hand: Hand) -> None:
    project = make_project(hand, "Added")
    count = len(saved(project).entities)
    hand.menu("###Add/###sphere")
    hand.wait(3)
    assert [name_of(hand, each) for each in hand.session.current.selection] == ["Sphere"]
    assert hand.window.window.title.startswith("● ")
    hand.keys("Ctrl+S")
    hand.wait(3)
    assert len(saved(project).entities) == count + 1
    assert not hand.window.window.title.startswith("● ")
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+S")
    hand.wait(3)
    assert len(saved(project).entities) == count


@flow("")
def closing_asks_about_what_is_not_saved(hand: Hand) -> None:
    project = make_project(hand, "Asked")
    hand.menu("###Add/###box")
    hand.wait(2)
    hand.keys("Ctrl+Q")
    hand.wait(3)
    hand.picture("save_changes_dark", panel="dialog")
    hand.click("//###dialog/###Cancel")
    hand.wait(2)
    assert not hand.window.wants_to_close
    hand.menu("###File/###editor.close_project")
    hand.click("//###dialog/###Save")
    hand.wait(3)
    assert not hand.session.worlds
    assert "Box" in str(saved(project).entities)


@flow("")
def a_world_is_saved_under_another_name_after_asking(hand: Hand) -> None:
    project = make_project(hand, "Named")
    hand.keys("Ctrl+Shift+S")
    hand.input("//###dialog/##name", "second")
    hand.wait(3)
    assert (project / "worlds" / "second.world.json").is_file()
    hand.keys("Ctrl+Shift+S")
    hand.input("//###dialog/##name", "main.world.json")
    hand.wait(3)
    assert hand.window.shell.dialogs.current is not None, "it is there already, which is asked about"
    hand.click("//###dialog/###Replace")
    hand.wait(3)
    assert hand.session.current.path == project / "worlds" / "main.world.json"


@flow("")
def a_broken_world_is_a_sentence_and_nothing_is_lost(hand: Hand) -> None:
    project = make_project(hand, "Broken")
    (project / "worlds" / "bad.world.json").write_text('{"format": "taixu.world", "version": 1, "entities": [')
    hand.keys("Ctrl+O")
    hand.input("//###dialog/##folder", str(project / "worlds"))
    hand.input("//###dialog/##name", "bad.world.json")
    hand.wait(3)
    assert hand.window.shell.dialogs.current is not None
    hand.keys("Esc")
    hand.keys("Esc")
    hand.wait(2)
    assert hand.session.project.root.name == "Broken"
    assert hand.session.current.path.name == "main.world.json"


@flow("samples/gallery")
def the_menu_view_turns_the_theme_and_the_language(hand: Hand) -> None:
    hand.menu("###View/###editor.theme")
    hand.wait(2)
    assert hand.window.theme.name == "light"
    hand.menu("###View/###editor.language")
    hand.wait(2)
    assert hand.window.t("Undo") == "撤销"
    open_menu(hand, "Edit")
    hand.wait(2)
    hand.picture("menu_light_chinese", panel="Menu_00")
    hand.keys("Esc")


@flow("samples/gallery")
def the_palette_in_the_light_and_in_chinese(hand: Hand) -> None:
    hand.menu("###View/###editor.theme")
    hand.menu("###View/###editor.language")
    hand.keys("Ctrl+P")
    hand.type("撤销")
    hand.picture("palette_light_chinese", panel="palette")
    hand.keys("Esc")


@flow("samples/gallery")
def menus_in_the_dark_and_in_english(hand: Hand) -> None:
    open_menu(hand, "Add")
    hand.wait(2)
    hand.picture("menu_dark_english", panel="Menu_00")
    hand.keys("Esc")


@flow("samples/gallery")
def the_interface_grows(hand: Hand) -> None:
    hand.keys("Ctrl+,")
    hand.picture("settings_dark_english", panel="dialog")
    choose(hand, "scale", "1.5")
    assert hand.window.shell.scale == 1.5 * hand.window.window.interface_scale
    hand.picture("settings_150_percent", panel="dialog")
    choose(hand, "language", "zh-Hans")
    choose(hand, "scale", "1")
    choose(hand, "theme", "light")
    hand.picture("settings_light_chinese", panel="dialog")
    hand.click("//###dialog/###Close")


@flow("samples/gallery")
def layouts_are_named_and_come_back(hand: Hand) -> None:
    panel = next(each for each in hand.window.panels if each.dock == "left")
    hand.menu(f"###View/###panels/###panel {panel.id}")
    hand.wait(2)
    assert not panel.is_open
    hand.menu("###View/###layouts/###layout.save")
    hand.input("//###dialog/##name", "Wide")
    hand.wait(3)
    hand.menu("###View/###layouts/###layout.reset")
    hand.wait(3)
    assert next(each for each in hand.window.panels if each.id == panel.id).is_open
    hand.menu("###View/###layouts/Wide")
    hand.wait(4)
    assert not next(each for each in hand.window.panels if each.id == panel.id).is_open


@flow("samples/gallery")
def the_bar_has_tools_snapping_and_play(hand: Hand) -> None:
    hand.click("//###toolbar/###tool.scale")
    assert hand.window.shell.gizmo.tool == "scale"
    hand.click("//###toolbar/###snap.toggle")
    assert hand.window.shell.gizmo.snap.is_on
    hand.click("//###toolbar/###gizmo.local")
    assert hand.window.shell.gizmo.is_local
    hand.click("//###toolbar/###steps")
    hand.move(900, 400)
    hand.keys("Esc")
    hand.wait(3)
    hand.picture("toolbar_dark", panel="toolbar")
    hand.click("//###toolbar/###gizmo.local")
    hand.click("//###toolbar/###snap.toggle")
    hand.click("//###toolbar/###play.start")
    hand.wait(4)
    assert hand.host.play.is_playing
    hand.click("//###toolbar/###play.stop")
    hand.wait(3)
    assert not hand.host.play.is_playing


@flow("samples/gallery")
def keys_turn_the_view_to_its_sides(hand: Hand) -> None:
    camera = hand.window.shell.camera
    hand.keys("Num7")
    hand.wait(60)
    assert camera.height_rad > 1.5
    hand.keys("Num5")
    assert camera.is_parallel
    hand.keys("Num1")
    hand.wait(60)
    assert abs(camera.height_rad) < 0.01
    hand.keys("Num5")


@flow("")
def unsaved_work_of_an_editor_that_died_is_offered(hand: Hand) -> None:
    project = make_project(hand, "Died")
    hand.menu("###Add/###torus")
    hand.wait(2)
    hand.window.shell.keeper.frame(0.0)
    hand.window.shell.keeper.wait()
    own = next(iter(recovery_folder().iterdir()))
    shutil.copytree(own, own.with_name("dead"))
    hand.menu("###File/###editor.close_project")
    hand.click("//###dialog/###Do not save")
    hand.wait(3)
    assert "Torus" not in str(saved(project).entities)
    offer_lost(hand.window)
    hand.wait(3)
    hand.click("//###dialog/###Restore")
    hand.wait(5)
    assert "Torus" in [name_of(hand, each) for each in all_ids(hand)]
    assert "Torus" not in str(saved(project).entities), "the file stays until somebody saves"
    assert hand.session.current.path == project / "worlds" / "main.world.json"
    hand.keys("Ctrl+S")
    hand.wait(3)
    assert "Torus" in str(saved(project).entities)


@flow("samples/gallery")
def a_panel_that_fails_says_so_and_the_editor_goes_on(hand: Hand) -> None:
    from imgui_bundle import imgui

    panel = next(each for each in hand.window.panels if each.dock == "left")

    def fail() -> None:
        imgui.push_style_var(imgui.StyleVar_.alpha, 0.5)
        imgui.begin_child("unfinished")
        imgui.tree_push("below")
        raise ValueError("out of cheese")

    panel.draw = fail
    hand.wait(3)
    assert "out of cheese" in hand.window.guard.failed[panel.id]
    hand.keys("E")
    hand.wait(2)
    assert hand.window.shell.gizmo.tool == "rotate"
    del panel.draw
    hand.click(f"**/###again {panel.id}")
    hand.wait(3)
    assert not hand.window.guard.failed
    assert hand.exists("**/##search")


@flow("")
def what_was_deleted_comes_back_by_the_button_of_its_toast(hand: Hand) -> None:
    make_project(hand, "Deleted")
    hand.menu("###Add/###cone")
    hand.wait(3)
    hand.menu("###Edit/###entity.delete")
    hand.wait(3)
    assert "Cone" not in [name_of(hand, each) for each in all_ids(hand)]
    (toast,) = hand.window.shell.toasts.shown
    hand.click(f"//###toast{id(toast)}/###act")
    hand.wait(3)
    assert "Cone" in [name_of(hand, each) for each in all_ids(hand)]


def all_ids(hand: Hand) -> list[str]:
    from taixu.edit import id_text
    from taixu.scene import Name

    return [id_text(hand.session.world.stable_id(int(each))) for each in hand.session.world.query(Name).entities]
