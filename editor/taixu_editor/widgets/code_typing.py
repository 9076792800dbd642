"""How Python is typed: a line that follows a colon begins four spaces deeper."""

from __future__ import annotations

from typing import Any

from imgui_bundle import imgui, imgui_color_text_edit

__all__ = ["follow_typing", "set_up_python"]

_Editor = imgui_color_text_edit.TextEditor
_INDENT = "    "


def set_up_python(editor: Any) -> None:
    """Make a text editor one for Python."""
    editor.set_language(_Editor.Language.python())
    editor.set_tab_size(4)
    editor.set_insert_spaces_on_tabs(True)
    editor.set_show_whitespaces_enabled(False)
    # It puts a bracket's end behind the cursor, but does not step over it when that is typed: two would be left.
    editor.set_complete_paired_glyphs(False)


def follow_typing(editor: Any) -> None:
    """After the editor was laid out in this frame, with the keyboard: indent what begins after a colon."""
    if not (imgui.is_key_pressed(imgui.Key.enter) or imgui.is_key_pressed(imgui.Key.keypad_enter)):
        return
    at = editor.get_main_cursor_position()
    if at.line < 1 or editor.get_line_text(at.line).strip():
        return
    before, here = editor.get_line_text(at.line - 1), editor.get_line_text(at.line)
    indent = len(before) - len(before.lstrip(" "))
    if before.split("#")[0].rstrip().endswith(":") and len(here) <= indent:
        editor.replace_section_text(_Editor.DocPos(at.line, 0), _Editor.DocPos(at.line, len(here)), " " * indent + _INDENT)
        editor.set_cursor(_Editor.DocPos(at.line, indent + len(_INDENT)))
