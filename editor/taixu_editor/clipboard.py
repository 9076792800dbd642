"""Copying, cutting and pasting entities through the desktop's clipboard: operations of a window, for a host has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.edit import Nothing, Operation
from taixu.edit.clipboard import copy_entities, read_copied
from taixu.edit.conditions import no_world, none_selected
from taixu.edit.parameters import EntitiesParameters
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu_editor.host import Host
    from taixu_editor.window import EditorWindow

__all__ = ["add_clipboard_operations"]


def add_clipboard_operations(window: EditorWindow) -> None:
    """Make them known to a window's registry, once."""
    operations = window.host.operations
    if any(each.id == "entity.copy" for each in operations):
        return

    def copy(host: Host, p: EntitiesParameters) -> None:
        imgui.set_clipboard_text(copy_entities(host.session, p.entities or host.session.current.selection))

    def cut(host: Host, p: EntitiesParameters) -> None:
        copy(host, p)
        host.do("entity.delete", entities=p.entities)

    def paste(host: Host, p: Nothing) -> None:
        _paste(host, "")

    def paste_below(host: Host, p: Nothing) -> None:
        _paste(host, host.session.current.selection[-1])

    operations.add(
        Operation("entity.copy", "Copy", run=copy, parameters=EntitiesParameters, shortcut="Ctrl+C", blocked=none_selected),
        Operation("entity.cut", "Cut", run=cut, parameters=EntitiesParameters, shortcut="Ctrl+X", blocked=none_selected),
        Operation("entity.paste", "Paste", run=paste, shortcut="Ctrl+V", blocked=no_world),
        Operation("entity.paste_below", "Paste below", run=paste_below, blocked=none_selected),
        is_logged=False,
    )


def _paste(host: Host, parent: str) -> None:
    text = imgui.get_clipboard_text()
    if read_copied(text) is None:
        raise TaixuError("There is nothing to paste: copy entities first.")
    host.do("entity.paste_text", text=text, parent=parent)


