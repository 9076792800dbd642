"""The question before something leaves that licences stand against: what forbids it, by name; and an explicit yes to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.app import Job
from taixu.errors import UsageError
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.export.packing import project_files

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu_editor.window import EditorWindow

__all__ = ["LicenceDialog", "ask_licences", "find_doubts", "need_licences", "used_files"]

_MOST_LINES = 200
_TOLD = 3


def find_doubts(root: Path, paths: Iterable[str] | None = None) -> list[str]:
    """What the licences of a project's files (of all, where none are named) say against passing them on, a line each."""
    from taixu.generate import licence_findings

    named = project_files(root) if paths is None else list(paths)
    found = licence_findings([root / path for path in named if not path.endswith(".asset.toml")])
    return [str(each).replace(f"{root}/", "") for each in found if each.severity == "warning"]


def need_licences(root: Path, paths: Iterable[str] | None, *, accepted: bool) -> None:
    """See that nothing stands against passing files on, or that somebody has said yes to it.

    Raises
    ------
    UsageError
        With the first doubts, when neither is so.
    """
    doubts = [] if accepted else find_doubts(root, paths)
    if doubts:
        more = f" (and {len(doubts) - _TOLD} more)" if len(doubts) > _TOLD else ""
        said = "; ".join(doubts[:_TOLD])
        raise UsageError(f"{said}{more}: say accept_licences to pass it on all the same")


def used_files(world: World, entities: NDArray[np.uint64] | None = None) -> list[str]:
    """Files of the project that entities (all, where none are named) and what hangs below them name in their fields."""
    from taixu.ecs import indices_of
    from taixu.scene import Hierarchy

    wanted: set[int] | None = None
    if entities is not None:
        hierarchy = world.resource(Hierarchy)
        hierarchy.update(world)
        below = world.living(world.entities_at(hierarchy.descendants_of(indices_of(entities))))
        wanted = {*entities.tolist(), *below.tolist()}
    found: set[str] = set()
    for table in world.tables:
        if not table.count:
            continue
        rows = [row for row, each in enumerate(table.entities.tolist()) if wanted is None or each in wanted]
        for declared in table.components if rows else ():
            for fld in declared.fields:
                if fld.kind.name == "asset":
                    values = table.read(declared.cls, fld.name)
                    found.update(str(values[row]) for row in rows if values[row])
    return sorted(found)


def ask_licences(window: EditorWindow, paths: Sequence[str] | None, go_on: Callable[[], object]) -> None:
    """Look at the licences of files of the project (of all, where none are named) in the background, then go on.

    Where something stands against it, it goes on only when somebody has read what that is and said yes.
    """
    root = window.host.session.project.root

    def arrive(job: Job) -> None:
        if job.error is not None:
            window.shell.say_error(str(job.error))
        elif job.result:
            window.shell.dialogs.open(LicenceDialog(window, job.result, go_on))
        else:
            window.shell.later(go_on)

    window.host.jobs.submit_io(find_doubts, (root, paths), label="licences", then=arrive)


class LicenceDialog(Dialog):
    """What licences say, and whether to go on all the same."""

    title: ClassVar[str] = "Licences stand against it"
    width: ClassVar[float] = 46.0
    answers_enter: ClassVar[bool] = False

    def __init__(self, window: EditorWindow, doubts: Sequence[str], go_on: Callable[[], object]) -> None:
        super().__init__(window)
        self.doubts, self._go_on = tuple(doubts), go_on

    def draw(self) -> None:
        """The lines, and both answers."""
        unit = imgui.get_font_size()
        imgui.push_text_wrap_pos()
        imgui.text_unformatted(self.t("What you pass on holds files whose licences forbid something, or ask for something:"))
        imgui.pop_text_wrap_pos()
        lines = min(len(self.doubts), 10)
        if imgui.begin_child("doubts", (0, unit * (2.6 * lines + 1)), imgui.ChildFlags_.borders):
            imgui.push_text_wrap_pos()
            for each in self.doubts[:_MOST_LINES]:
                imgui.bullet()
                imgui.text_unformatted(each)
            if len(self.doubts) > _MOST_LINES:
                imgui.text_disabled(self.t("and {count} more", count=len(self.doubts) - _MOST_LINES))
            imgui.pop_text_wrap_pos()
        imgui.end_child()
        imgui.push_text_wrap_pos()
        imgui.text_disabled(self.t("Only you know whether your use is among what they allow."))
        imgui.pop_text_wrap_pos()
        self.buttons([Choice("Cancel", self.cancel), Choice("Pass it on all the same", self._accept)])

    def _accept(self) -> None:
        self.close()
        self.window.shell.later(self._go_on)
