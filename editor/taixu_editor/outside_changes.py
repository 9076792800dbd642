"""Files of open worlds that other programs change, delete or break: said, and never overwritten without a word."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from taixu.edit import Done, OpenWorld
from taixu_editor.dialogs import Choice

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["OutsideChanges"]

_LOOK_SECS = 1.0
_WRITERS = ("world.", "asset.", "prefab.", "history.", "document.", "edit.", "editor.", "play.")
"""Operations that may write the files of open worlds themselves, by what they begin with."""
_Known = tuple[OpenWorld, Path, tuple[int, int] | None]
"""A world, its file, and when that was written, with its size; None where it is gone."""


class OutsideChanges:
    """Knows how the files of open worlds were when this editor read or wrote them."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._known: dict[int, _Known] = {}
        self._contested: set[int] = set()
        """Of which two versions are there, and the user has not said which one counts."""
        self._next = 0.0
        window.host.operations.on_done.append(self._done)

    def frame(self) -> None:
        """Look now and then."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + _LOOK_SECS
        for entry in self._entries():
            if self._is_changed(entry):
                self._ask(entry)

    def asks_before_saving(self, entry: OpenWorld) -> bool:
        """Whether another program has written the file since it was read, and the user is asked first."""
        if entry.path is None or not (self._is_changed(entry) or id(entry) in self._contested):
            return False
        t, name = self._window.t, entry.path.name
        self._window.shell.dialogs.ask(
            t("Changed by another program"),
            t("Another program changed {name} since you opened it. Saving writes over what it wrote.", name=name),
            Choice("Save mine", partial(self._save, entry)), self._read_choice(entry), Choice("Cancel", lambda: None),
        )  # fmt: skip
        return True

    def _entries(self) -> list[OpenWorld]:
        host = self._window.host
        found = [entry for entry in host.session.worlds if entry.path is not None and not host.play.is_played(entry)]
        alive = {id(entry) for entry in found}
        self._contested &= alive
        self._known = {number: known for number, known in self._known.items() if number in alive}
        return found

    def _done(self, done: Done) -> None:
        """What an operation of this editor has written is known."""
        if done.operation.startswith(_WRITERS):
            for entry in self._entries():
                self._known[id(entry)] = _known(entry)
        if done.operation == "world.save":
            self._contested.discard(id(self._window.host.session.current))

    def _is_changed(self, entry: OpenWorld) -> bool:
        """Whether another program has written the file since the last look. One that is gone is said at once."""
        before, now = self._known.get(id(entry)), _known(entry)
        self._known[id(entry)] = now
        if before is None or before[0] is not now[0] or before[1] != now[1] or before[2] == now[2]:
            return False
        entry.history.mark_unsaved()
        if now[2] is not None:
            self._contested.add(id(entry))
            return True
        said = self._window.t("Another program deleted {name}. Save to write it again.", name=now[1].name)
        self._window.shell.toasts.say(said, "warning")
        return False

    def _ask(self, entry: OpenWorld) -> None:
        t, name = self._window.t, entry.path.name if entry.path is not None else ""
        has_edits = bool(entry.history.undo_label)
        said = t("Another program changed {name}. Reading it again forgets what you did here.", name=name)
        self._window.shell.dialogs.ask(
            t("Changed by another program"), said if has_edits else t("Another program changed {name}.", name=name),
            self._read_choice(entry), Choice("Keep mine", partial(self._contested.discard, id(entry))),
        )  # fmt: skip

    def _read_choice(self, entry: OpenWorld) -> Choice:
        return Choice("Read it again", partial(self._window.shell.later, partial(self._read_again, entry)))

    def _read_again(self, entry: OpenWorld) -> None:
        host = self._window.host
        if entry not in host.session.worlds or entry.path is None:
            return
        host.play.stop()
        fresh = host.session.reload(entry)
        self._known[id(fresh)] = _known(fresh)
        self._window.shell.toasts.say(self._window.t("Read {name} again", name=entry.path.name), "success")

    def _save(self, entry: OpenWorld) -> None:
        self._contested.discard(id(entry))
        if entry in self._window.host.session.worlds:
            self._window.do("editor.save")


def _known(entry: OpenWorld) -> _Known:
    assert entry.path is not None
    try:
        facts = entry.path.stat()
    except OSError:
        return entry, entry.path, None
    return entry, entry.path, (facts.st_mtime_ns, facts.st_size)
