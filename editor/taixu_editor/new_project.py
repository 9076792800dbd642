"""Dialogs that ask for a name: a new project's, a layout's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.folders import shown_path
from taixu_editor.interface import icon
from taixu_editor.shell_operations import default_project_folder
from taixu_editor.widgets.cards import card

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["NameLayout", "NewProject"]


class NewProject(Dialog):
    """Name, folder and template of a new project."""

    title: ClassVar[str] = "New project"
    width: ClassVar[float] = 44.0

    def __init__(self, window: EditorWindow, template: str = "") -> None:
        from taixu.cli.templates import find_templates

        super().__init__(window)
        self._templates = find_templates()
        self._template = template or "empty"
        self._folder = shown_path(default_project_folder(window))
        self._name = self._free_name()
        self._problem = ""

    def draw(self) -> None:
        """Fields, templates as cards, buttons."""
        unit, t = imgui.get_font_size(), self.t
        if imgui.is_window_appearing():
            imgui.set_keyboard_focus_here()
        self.draw_place()
        imgui.dummy((0, unit * 0.2))
        imgui.text_unformatted(t("Template"))
        columns = 3
        width = (imgui.get_content_region_avail().x - unit * 0.8 * (columns - 1)) / columns
        for i, (name, template) in enumerate(self._templates.items()):
            if i % columns:
                imgui.same_line(0, unit * 0.8)
            picture = self.window.shell.start_page.picture_of_template(name)
            aside = t(template.summary[:1].upper() + template.summary[1:])
            is_chosen, title = name == self._template, t(_titled(name))
            if card(self.window, name, title=title, aside=aside, picture=picture, icon_name="project", width=width,
                    is_chosen=is_chosen):  # fmt: skip
                self._template = name
        imgui.dummy((0, unit * 0.2))
        self.draw_problem()
        self.buttons([Choice("Create", self._create, reason=self._doubt()), Choice("Cancel", self.cancel)])

    def draw_place(self) -> None:
        """The fields that say where the project comes."""
        unit, t = imgui.get_font_size(), self.t
        imgui.text_unformatted(t("Name"))
        imgui.set_next_item_width(-1)
        _, self._name = imgui.input_text("##name", self._name)
        imgui.dummy((0, unit * 0.2))
        imgui.text_unformatted(t("Folder"))
        imgui.set_next_item_width(-unit * 6)
        _, self._folder = imgui.input_text("##folder", self._folder)
        imgui.same_line()
        if imgui.button(f"{t('Choose')}###choose", (-1, 0)):
            self._choose_folder()
        imgui.text_colored(self.window.theme.faint, shown_path(self._path()))
        imgui.dummy((0, unit * 0.2))

    def draw_problem(self) -> None:
        """Why it cannot be made, or an empty line."""
        problem = self._problem or self._doubt()
        imgui.push_text_wrap_pos(0)
        imgui.text_colored(self.window.theme.bad if problem else self.window.theme.faint, problem or " ")
        imgui.pop_text_wrap_pos()

    def _path(self) -> Path:
        return Path(self._folder).expanduser() / self._name.strip()

    def _doubt(self) -> str:
        name = self._name.strip()
        if not name:
            return self.t("Give the project a name.")
        if name != Path(name).name or any(letter in name for letter in '\\/:*?"<>|') or name.startswith("."):
            return self.t("A name has no slashes, colons or other signs that folders cannot have.")
        path = self._path()
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            return self.t("There is something in this folder already; choose another name.")
        return ""

    def _free_name(self) -> str:
        base = self.t("My world")
        names = [base, *(f"{base} {i}" for i in range(2, 100))]
        return next((name for name in names if not (Path(self._folder).expanduser() / name).exists()), base)

    def _choose_folder(self) -> None:
        from taixu_editor.file_dialog import FileDialog

        again = self

        def act(path: Path) -> None:
            again._folder = shown_path(path)

        start = Path(self._folder).expanduser()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        self.close()
        dialogs = self.window.shell.dialogs
        dialogs.open(FileDialog(self.window, self.t("Folder for projects"), endings=(), start=start, act=act, verb="Choose"))
        again.is_open = False

        def reopen() -> None:
            again.is_open = True
            dialogs.open(again)

        self.window.shell.later(reopen)

    def _create(self) -> None:
        def act() -> None:
            self.window.shell.settings.project_folder = str(Path(self._folder).expanduser())
            try:
                self.window.host.do("project.create", folder=str(self._path()), template=self._template)
            except TaixuError as error:
                self._problem = str(error)
                self.is_open = True
                self.window.shell.dialogs.open(self)

        self.close()
        self.window.shell.later(lambda: self.window.shell.after_saving(act))


class NameLayout(Dialog):
    """The name of a layout."""

    title: ClassVar[str] = "Save layout"
    width: ClassVar[float] = 22.0

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self._name, self._problem = "", ""

    def draw(self) -> None:
        """A field and buttons."""
        imgui.set_next_item_width(-1)
        if imgui.is_window_appearing():
            imgui.set_keyboard_focus_here()
        _, self._name = imgui.input_text_with_hint("##name", self.t("Name"), self._name)
        imgui.push_text_wrap_pos(0)
        imgui.text_colored(self.window.theme.bad, self._problem or " ")
        imgui.pop_text_wrap_pos()
        reason = "" if self._name.strip() else self.t("Give the layout a name.")
        self.buttons([Choice("Save", self._save, reason=reason), Choice("Cancel", self.cancel)])

    def _save(self) -> None:
        from taixu_editor.layout import save_layout

        try:
            save_layout(self.window, self._name.strip())
        except TaixuError as error:
            self._problem = str(error)
        else:
            self.close()
            self.window.shell.toasts.say(f"{icon('success')} {self.t('Layout saved')}", "success")


def _titled(name: str) -> str:
    return name.replace("_", " ").capitalize()
