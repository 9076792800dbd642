"""Choosing a file or a folder inside the window: alike on every desktop, and by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.edit.project import MANIFEST
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["FileDialog"]

_MOST_ENTRIES = 2000


class FileDialog(Dialog):
    """A folder's contents and a field for a path.

    Parameters
    ----------
    heading
        In the user's language.
    endings
        What files end in that are shown; none where folders are chosen.
    start
        The folder to begin with, or the file that is suggested.
    act
        Gets the path; what it raises as a `TaixuError` is said, and the dialog stays open.
    saves
        Whether a new file is named, which is asked about where it exists.
    verb
        English text of the button.
    """

    width: ClassVar[float] = 44.0
    height: ClassVar[float] = 32.0
    answers_enter: ClassVar[bool] = False

    def __init__(
        self, window: EditorWindow, heading: str, *, endings: tuple[str, ...], start: Path, act: Callable[[Path], object],
        saves: bool = False, verb: str = "Open", takes_projects: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._heading, self._endings, self._act, self._verb = heading, endings, act, verb
        self._saves, self._takes_projects = saves, takes_projects
        self._folder = start if start.is_dir() else start.parent
        self._text = "" if start.is_dir() else start.name
        self._listed: Path | None = None
        self._folders: list[Path] = []
        self._files: list[Path] = []
        self._problem = ""
        self._asked = ""

    def heading(self) -> str:
        """As it was asked."""
        return self._heading

    def draw(self) -> None:
        """Path, entries, name, buttons."""
        if self._listed != self._folder:
            self._list()
        unit = imgui.get_font_size()
        if imgui.button(f"{icon('up')}###up"):
            self._go(self._folder.parent)
        imgui.same_line()
        if imgui.button(f"{icon('home')}###home"):
            self._go(Path.home())
        imgui.same_line()
        imgui.set_next_item_width(-1)
        entered, text = imgui.input_text("##folder", str(self._folder), imgui.InputTextFlags_.enter_returns_true)
        if entered and text != str(self._folder):
            self._take(Path(text).expanduser())
        imgui.begin_child("##entries", (0, -unit * 8.2), imgui.ChildFlags_.borders)
        self._entries()
        imgui.end_child()
        imgui.set_next_item_width(-1)
        if imgui.is_window_appearing():
            imgui.set_keyboard_focus_here()
        hint = self.t("Name of the file") if self._saves else self.t("Name or path")
        entered, self._text = imgui.input_text_with_hint("##name", hint, self._text, imgui.InputTextFlags_.enter_returns_true)
        if entered:
            self._finish()
        below = imgui.get_cursor_pos_y() + unit * 2.6
        imgui.push_text_wrap_pos(0)
        imgui.text_colored(self.window.theme.bad, self._problem or " ")
        imgui.pop_text_wrap_pos()
        imgui.set_cursor_pos_y(max(below, imgui.get_cursor_pos_y()))
        verb = "Replace" if self._asked else self._verb
        self.buttons([Choice(verb, self._finish), Choice("Cancel", self.cancel)])

    def _entries(self) -> None:
        rows = [*((icon("project" if (each / MANIFEST).is_file() else "folder"), each) for each in self._folders)]
        rows += [(icon("world"), each) for each in self._files]
        if not rows:
            imgui.text_colored(self.window.theme.faint, self.t("Nothing to choose here"))
        for picture, path in rows:
            is_chosen = self._text == path.name
            label = f"{picture}   {path.name}###{path.name}"
            pressed, _ = imgui.selectable(label, is_chosen, imgui.SelectableFlags_.allow_double_click)
            if pressed:
                self._text = path.name
                if imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
                    self._take(path)

    def _list(self) -> None:
        self._listed = self._folder
        self._folders, self._files, self._problem = [], [], ""
        try:
            found = sorted(self._folder.iterdir(), key=lambda path: path.name.lower())[:_MOST_ENTRIES]
            for path in found:
                if path.name.startswith("."):
                    continue
                if path.is_dir():
                    self._folders.append(path)
                elif path.name.endswith(self._endings) and self._endings:
                    self._files.append(path)
        except OSError as error:
            self._problem = self.t("{path} cannot be read: {reason}", path=self._folder, reason=error.strerror or error)

    def _go(self, folder: Path) -> None:
        self._folder, self._asked = folder, ""

    def _take(self, path: Path) -> None:
        """A folder is entered, unless it is a project that is opened; a file is chosen."""
        if path.is_dir() and not (self._takes_projects and (path / MANIFEST).is_file()):
            self._go(path)
            self._text = ""
        else:
            self._choose(path)

    def _finish(self) -> None:
        text = self._text.strip()
        if not text:
            if not self._saves and not self._endings:
                self._choose(self._folder)
            return
        path = (self._folder / Path(text).expanduser()).absolute()
        if self._saves and self._endings and not path.name.endswith(self._endings):
            path = path.with_name(path.name + self._endings[0])
        if path.is_dir() and not self._saves:
            self._take(path)
        else:
            self._choose(path)

    def _choose(self, path: Path) -> None:
        from taixu.errors import TaixuError

        if self._saves and path.exists() and self._asked != str(path):
            self._asked = str(path)
            self._problem = self.t("{name} exists already; replace it?", name=path.name)
            return
        try:
            self._act(path)
        except TaixuError as error:
            self._problem = str(error)
        else:
            self.close()
