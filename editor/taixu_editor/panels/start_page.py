"""What is there when no project is open: recent projects, new ones, samples, tutorials."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.assets.paths import data_path
from taixu.edit.project import MANIFEST
from taixu.errors import TaixuError
from taixu_editor.folders import project_picture, shown_path
from taixu_editor.interface import icon
from taixu_editor.sample_copies import open_sample
from taixu_editor.shell_operations import WORLD_ENDING
from taixu_editor.widgets.cards import card, fit_text

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["StartPage", "samples", "tutorials"]

_PICTURES = Path(__file__).resolve().parents[1] / "pictures"
_LOOK_AGAIN_SECS = 1.0
_FLAGS = (
    imgui.WindowFlags_.no_decoration | imgui.WindowFlags_.no_move | imgui.WindowFlags_.no_saved_settings
    | imgui.WindowFlags_.no_docking | imgui.WindowFlags_.no_bring_to_front_on_focus
)  # fmt: skip


class StartPage:
    """The page over the whole window."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._recent: list[tuple[Path, bool]] = []
        self._looked_at = -1e9
        self._looked_for: list[str] = []
        self._has_picture: dict[Path, bool] = {}

    def recent(self) -> list[tuple[Path, bool]]:
        """Recent projects and worlds, and whether each is still there; looked up now and then."""
        listed = self._window.shell.settings.recent
        if monotonic() - self._looked_at > _LOOK_AGAIN_SECS or self._looked_for != listed:
            self._looked_at, self._looked_for = monotonic(), list(listed)
            self._recent = [(Path(text), _is_there(Path(text))) for text in listed]
        return self._recent

    def picture_of(self, name: str) -> Path | None:
        """The picture of a sample."""
        file = _PICTURES / f"{name}.jpg"
        return file if file.is_file() else None

    def picture_of_template(self, name: str) -> Path | None:
        """The picture of a template, which may be called as a sample is."""
        return self.picture_of(f"template_{name}") or self.picture_of(name)

    def draw(self) -> None:
        """Lay out the page."""
        window, unit, area = self._window, imgui.get_font_size(), imgui.get_main_viewport()
        imgui.set_next_window_pos(area.work_pos)
        imgui.set_next_window_size(area.work_size)
        imgui.push_style_var(imgui.StyleVar_.window_padding, (0, 0))
        imgui.push_style_var(imgui.StyleVar_.window_rounding, 0)
        imgui.push_style_color(imgui.Col_.window_bg, window.theme.panel)
        imgui.begin("###start", None, _FLAGS)
        imgui.pop_style_color()
        imgui.pop_style_var(2)
        side = max(unit * 17, min(unit * 22, area.work_size.x * 0.26))
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 2, unit * 2))
        imgui.push_style_color(imgui.Col_.child_bg, window.theme.ground)
        imgui.push_style_var(imgui.StyleVar_.child_rounding, 0.0)
        imgui.begin_child("##side", (side, 0), imgui.ChildFlags_.always_use_window_padding, imgui.WindowFlags_.no_scrollbar)
        imgui.pop_style_color()
        imgui.pop_style_var()
        self._side(unit)
        imgui.end_child()
        imgui.same_line(0, 0)
        imgui.begin_child("##main", (0, 0), imgui.ChildFlags_.always_use_window_padding)
        if imgui.is_window_appearing():  # whoever comes back from a project sees what he did last
            imgui.set_scroll_y(0.0)
        self._main(unit)
        imgui.end_child()
        imgui.pop_style_var()
        imgui.end()

    def _side(self, unit: float) -> None:
        window, t, theme = self._window, self._window.t, self._window.theme
        imgui.push_font(window.fonts.bold, imgui.get_style().font_size_base * 2.1)
        imgui.text_unformatted(t("Taixu"))
        imgui.pop_font()
        imgui.text_colored(theme.faint, t("Worlds of your own"))
        imgui.dummy((0, unit))
        wide = (imgui.get_content_region_avail().x, unit * 2.5)
        imgui.push_style_color(imgui.Col_.button, theme.accent)
        imgui.push_style_color(imgui.Col_.button_hovered, theme.accent_hover)
        imgui.push_style_color(imgui.Col_.text, theme.on_accent)
        if imgui.button(f"{icon('add', t('New project'))}###new", wide):
            window.do("project.new")
        imgui.pop_style_color(3)
        if imgui.button(f"{icon('open', t('Open...'))}###open", wide):
            window.do("editor.open")
        imgui.dummy((0, unit))
        self._heading(t("Tutorials"), small=True)
        for title, file in tutorials()[: len(_FIRST_PAGES)]:
            shown = fit_text(t(title), imgui.get_content_region_avail().x - unit * 2)
            if self._link(f"{icon('book')}   {shown}", file.name):
                window.shell.later(partial(_read, window, file))
        low = imgui.get_window_height() - unit * 5.2
        imgui.set_cursor_pos_y(max(imgui.get_cursor_pos_y() + unit, low))
        if self._link(f"{icon('settings')}   {t('Settings')}", "settings"):
            window.do("editor.settings")
        shown = "简体中文" if window.t.language == "en" else "English"
        if self._link(f"{icon('language')}   {shown}", "language"):
            window.shell.later(partial(window.do, "editor.language"))

    def _link(self, label: str, name: str) -> bool:
        theme = self._window.theme
        imgui.push_style_color(imgui.Col_.header_hovered, theme.raised)
        imgui.push_style_color(imgui.Col_.text, theme.faint)
        pressed, _ = imgui.selectable(f"{label}###{name}", False)
        imgui.pop_style_color(2)
        return bool(pressed)

    def _heading(self, text: str, *, small: bool = False) -> None:
        imgui.push_font(self._window.fonts.bold, imgui.get_style().font_size_base * (1.0 if small else 1.25))
        imgui.text_unformatted(text)
        imgui.pop_font()
        if small:  # cards keep a distance of their own
            imgui.dummy((0, imgui.get_font_size() * 0.25))

    def _main(self, unit: float) -> None:
        t, recent = self._window.t, self.recent()
        gap = unit * 1.1
        room = imgui.get_content_region_avail().x
        columns = max(2, min(5, int(room // (unit * 15))))
        width = (room - gap * (columns - 1)) / columns
        imgui.push_style_var(imgui.StyleVar_.item_spacing, (gap, gap))
        if recent:
            self._heading(t("Recent"))
            self._recent_cards(recent[: columns * 2], columns, width)
            imgui.dummy((0, unit * 0.4))
        self._heading(t("Start from a template"))
        self._templates(columns, width)
        imgui.dummy((0, unit * 0.4))
        self._heading(t("Samples"))
        for i, (name, folder) in enumerate(samples()):
            if i % columns:
                imgui.same_line()
            title, aside = t(name.replace("_", " ").capitalize()), t(_SAMPLE_LINES.get(name, ""))
            if card(self._window, f"sample {name}", title=title, aside=aside, picture=self.picture_of(name), width=width):
                self._window.shell.later(partial(open_sample, self._window, folder))
        imgui.pop_style_var()

    def _recent_cards(self, recent: list[tuple[Path, bool]], columns: int, width: float) -> None:
        t, shell = self._window.t, self._window.shell
        for i, (path, is_there) in enumerate(recent):
            if i % columns:
                imgui.same_line()
            aside = shown_path(path.parent) if is_there else t("Not there any more")
            title = path.name.removesuffix(WORLD_ENDING)
            picture = self._picture_of_recent(path) if is_there else None
            if card(self._window, f"recent {i}", title=title, aside=aside, picture=picture, width=width, is_missing=not is_there,
                    icon_name="project" if not path.name.endswith(WORLD_ENDING) else "world"):  # fmt: skip
                if is_there:
                    self._open(path)
                else:
                    imgui.open_popup(f"###gone {i}")
            if imgui.is_item_clicked(imgui.MouseButton_.right):
                imgui.open_popup(f"###gone {i}")
            if imgui.begin_popup(f"###gone {i}"):
                imgui.text_disabled(str(path))
                if imgui.menu_item(f"{t('Remove from this list')}###remove", "", False)[0]:
                    shell.settings.recent.remove(str(path))
                    shell.settings_changed()
                imgui.end_popup()

    def _picture_of_recent(self, path: Path) -> Path | None:
        """What its view showed last; a sample's own picture where its copy was never left."""
        kept = project_picture(path)
        if path not in self._has_picture:
            self._has_picture[path] = kept.is_file()
        if self._has_picture[path]:
            return kept
        return self.picture_of(path.name) if _is_sample(path) else None

    def forget_pictures(self) -> None:
        """Pictures of projects have changed on the disk."""
        self._has_picture.clear()
        for text in self._window.shell.settings.recent:
            self._window.shell.pictures.forget(project_picture(Path(text)))

    def _templates(self, columns: int, width: float) -> None:
        from taixu_editor.new_project import NewProject

        t = self._window.t
        for i, (name, summary) in enumerate(_templates()):
            if i % columns:
                imgui.same_line()
            title, picture = t(name.replace("_", " ").capitalize()), self.picture_of_template(name)
            if card(self._window, f"template {name}", title=title, aside=t(summary), picture=picture, width=width,
                    icon_name="project"):  # fmt: skip
                self._window.shell.dialogs.open(NewProject(self._window, name))

    def _open(self, path: Path) -> None:
        self._window.shell.open_later(path)


_FIRST_PAGES = ("editor", "getting-started", "scripts", "input-animation-sound", "light-and-materials", "gltf", "world-files")
"""Pages of the guide that newcomers want; the menu Help has all."""
_SAMPLE_LINES = {
    "airspace": "A thousand drones over a city",
    "city": "Traffic, crowds and rain in a district",
    "factory": "A production hall that devices feed",
    "playground": "A sunlit toy box of a few hundred bodies",
    "gallery": "Light and materials, side by side",
    "mods": "A courtyard that mods bring to life",
    "village": "A village street, and people who walk in it",
}


@cache
def _templates() -> list[tuple[str, str]]:
    from taixu.cli.templates import find_templates

    return [(name, template.summary[:1].upper() + template.summary[1:]) for name, template in find_templates().items()]


@cache
def samples() -> list[tuple[str, Path]]:
    """Sample projects that ship with Taixu, by name."""
    try:
        folder = data_path("samples")
    except TaixuError:
        return []
    return [(each.name, each) for each in sorted(folder.iterdir()) if (each / MANIFEST).is_file()]


@cache
def tutorials() -> list[tuple[str, Path]]:
    """Pages of the guide and their titles, where they came with this installation."""
    try:
        folder = data_path("docs") / "guide"
    except TaixuError:
        return []
    found = []

    def rank(file: Path) -> tuple[int, str]:
        return (_FIRST_PAGES.index(file.stem) if file.stem in _FIRST_PAGES else len(_FIRST_PAGES), file.name)

    for file in sorted(folder.glob("*.md"), key=rank) if folder.is_dir() else ():
        with file.open(encoding="utf-8") as lines:
            first = re.sub(r"^#+\s*", "", lines.readline()).strip()
        found.append((first or file.stem, file))
    return found


def _read(window: EditorWindow, file: Path) -> None:
    from taixu_editor.panels.guide import open_page

    open_page(window, file)


def _is_there(path: Path) -> bool:
    try:
        return (path / MANIFEST).is_file() if not path.name.endswith(WORLD_ENDING) else path.is_file()
    except OSError:
        return False


def _is_sample(path: Path) -> bool:
    return any(path.name == name for name, _ in samples())
