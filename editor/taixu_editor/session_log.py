"""What was done in a session as a file, which does it again without a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from taixu.edit import Nothing, Operation, Session
from taixu_editor.headless import save_log

if TYPE_CHECKING:
    from taixu_editor.host import Host
    from taixu_editor.window import EditorWindow

__all__ = ["log_operations"]

_ENDING = ".jsonl"


def log_operations(window: EditorWindow) -> tuple[Operation, ...]:
    """Operations that write the log out."""

    def write(path: Path) -> None:
        save_log(window.host, path if path.suffix == _ENDING else path.with_name(path.name + _ENDING))
        window.shell.toasts.say(window.t("Saved {name}", name=path.name), "success")

    def choose(host: Host, p: Nothing) -> None:
        from taixu_editor.file_dialog import FileDialog

        start = host.session.project.root / f"done{_ENDING}"
        heading = window.t("Save what was done as")
        window.shell.dialogs.open(FileDialog(window, heading, endings=(_ENDING,), start=start, act=write, saves=True, verb="Save"))

    def is_empty(session: Session) -> str:
        return "" if len(window.host.operations.log) else "nothing was done yet"

    return (Operation("session.log", "What was done...", run=choose, blocked=is_empty),)
