"""Keys: presets, changes, conflicts; and what the palette finds."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest

from taixu.edit import Operation, Operations
from taixu.edit.entity_operations import ENTITY_OPERATIONS
from taixu_editor.host_operations import HOST_OPERATIONS
from taixu_editor.keymap import Keymap, split_shortcuts
from taixu_editor.keymap_presets import EXCLUSIVE, PRESET_TITLES, PRESETS

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')


def operations() -> Operations:
    found = Operations()
    found.add(*ENTITY_OPERATIONS, *HOST_OPERATIONS)
    for name in PRESETS["taixu"]:
        if name not in found:
            found.add(Operation(name, name, run=lambda host, parameters: None))
    return found


def every_operation() -> Operations:
    """All that a window has; nothing of it is done here."""
    from taixu_editor.additions import ADD_OPERATIONS
    from taixu_editor.agent_desk import agent_operations
    from taixu_editor.animating import animating_operations
    from taixu_editor.dropping import dropping_operations
    from taixu_editor.export.dialogs import export_operations
    from taixu_editor.host import Host
    from taixu_editor.shell_operations import shell_operations
    from taixu_editor.view.operations import view_operations

    host, window = Host(), MagicMock()
    found = host.operations
    of_window = (
        *dropping_operations(window), *export_operations(window), *shell_operations(window), *view_operations(window),
        *animating_operations(window), *agent_operations(window),
    )  # fmt: skip
    found.add(*(each for each in (*ADD_OPERATIONS, *of_window) if each.id not in found))
    return found


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_gives_two_operations_the_same_keys(preset: str) -> None:
    keymap = Keymap(every_operation(), preset=preset)
    shared = {keys: names for keys, names in keymap.bound.items() if any(keymap.conflicts(name) for name in names)}
    assert shared == {}


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_names_the_same_keys_twice_whoever_has_the_operations(preset: str) -> None:
    named: dict[str, list[str]] = {}
    for operation, text in PRESETS[preset].items():
        for keys in split_shortcuts(text):
            named.setdefault(keys, []).append(operation)
    shared = [set(names) for names in named.values() if len(names) > 1]
    assert [names for names in shared if not any(names <= group for group in EXCLUSIVE)] == []


@pytest.mark.parametrize("preset", PRESETS)
def test_keys_that_fly_are_no_shortcuts_where_they_always_fly(preset: str) -> None:
    from taixu_editor.view.customs import CUSTOMS

    if CUSTOMS[preset].flies_always:
        assert not set("WASDQE") & Keymap(every_operation(), preset=preset).bound.keys()


def test_buttons_move_cameras_as_other_editors_have_it() -> None:
    from taixu_editor.view.customs import CUSTOMS

    def meaning(preset: str, button: str, *held: str) -> str:
        return CUSTOMS[preset].meaning(button, shift="shift" in held, ctrl="ctrl" in held, alt="alt" in held)

    assert CUSTOMS.keys() == PRESETS.keys()
    assert meaning("blender", "middle") == meaning("godot", "middle") == meaning("taixu", "middle") == "orbit"
    assert meaning("blender", "middle", "shift") == meaning("godot", "middle", "shift") == "pan"
    unity = [meaning("unity", "left", "alt"), meaning("unity", "middle"), meaning("unity", "right", "alt")]
    assert unity == ["orbit", "pan", "dolly"]
    assert meaning("unity", "right") == meaning("godot", "right") == meaning("roblox", "right") == "look"
    assert (meaning("roblox", "middle"), CUSTOMS["roblox"].flies_always) == ("pan", True)
    assert all(meaning(preset, "left", *held) == "" for preset in CUSTOMS for held in ((), ("shift",), ("ctrl",)))


@pytest.mark.parametrize("preset", PRESETS)
def test_every_shortcut_of_a_preset_can_be_pressed(preset: str) -> None:
    from taixu_editor.interface.keys import chord_of

    assert [keys for keys in Keymap(operations(), preset=preset).bound if not chord_of(keys)] == []


def test_presets_name_the_same_operations() -> None:
    assert PRESETS.keys() == PRESET_TITLES.keys()
    assert all(names.keys() == PRESETS["taixu"].keys() for names in PRESETS.values())


def test_presets_are_as_their_editors_have_them() -> None:
    known = operations()
    found = {preset: Keymap(known, preset=preset) for preset in PRESETS}
    assert [found["taixu"].text(f"tool.{tool}") for tool in ("select", "move", "rotate", "scale")] == ["Q", "W", "E", "R"]
    by_keys = [found["blender"].text(f"modal.{tool}") for tool in ("move", "rotate", "scale", "duplicate")]
    assert by_keys == ["G", "R", "S", "Shift+D"]
    assert (found["unity"].text("gizmo.local"), found["unity"].text("history.redo")) == ("X", "Ctrl+Y")
    unity = [found["unity"].text(f"play.{name}") for name in ("start", "stop", "pause", "step")]
    assert unity == ["Ctrl+P", "Ctrl+P", "Ctrl+Shift+P", "Ctrl+Alt+P"]
    assert (found["godot"].text("gizmo.local"), found["godot"].text("play.stop")) == ("T", "F8")
    tools = [found["roblox"].text(f"tool.{tool}") for tool in ("select", "move", "scale", "rotate")]
    assert tools == [f"Ctrl+{i}" for i in (1, 2, 3, 4)]


def test_a_change_wins_over_the_preset_and_shows_conflicts() -> None:
    keymap = Keymap(operations(), changed={"tool.rotate": "W", "tool.scale": ""})
    assert keymap.conflicts("tool.rotate") == ["tool.move"]
    assert keymap.text("tool.scale") == "" and "R" not in keymap.bound
    assert keymap.preset_text("tool.scale") == "R"
    keymap.use("blender", {})
    assert keymap.conflicts("tool.rotate") == []


def test_operations_that_come_later_have_their_own_keys() -> None:
    known = operations()
    keymap = Keymap(known)
    assert "Ctrl+F9" not in keymap.bound
    known.add(Operation("plugin.act", "Act", run=lambda host, parameters: None, shortcut="Ctrl+F9"))
    assert keymap.bound["Ctrl+F9"] == ["plugin.act"]


def test_shortcuts_are_parted_by_commas_that_are_no_keys() -> None:
    assert split_shortcuts("Ctrl+Y, Ctrl+Shift+Z") == ["Ctrl+Y", "Ctrl+Shift+Z"]
    assert split_shortcuts("Ctrl+,") == ["Ctrl+,"]
    assert split_shortcuts("") == []


def test_keys_and_chords() -> None:
    from imgui_bundle import imgui

    from taixu_editor.interface.keys import chord_of

    assert chord_of("Ctrl+Shift+Z") == int(imgui.Key.mod_ctrl) | int(imgui.Key.mod_shift) | int(imgui.Key.z)
    assert chord_of("Ctrl+,") == int(imgui.Key.mod_ctrl) | int(imgui.Key.comma)
    assert chord_of("Hyper+Z") == chord_of("Nothing") == chord_of("") == 0


def test_the_palette_ranks_beginnings_of_words_first() -> None:
    from taixu_editor.palette import fuzzy_score

    def first(wanted: str, *titles: str) -> str:
        return max(titles, key=lambda title: fuzzy_score(wanted, title))

    assert first("sa", "Show axes", "Save as...") == "Save as..."
    assert first("dup", "Drop up", "Duplicate") == "Duplicate"
    assert first("rl", "Reset layout", "Scale to world") == "Reset layout"
    assert fuzzy_score("xyz", "Save") == 0
    assert fuzzy_score("evas", "Save") == 0
    assert fuzzy_score("", "Save") > 0
