"""The settings: how the editor looks and speaks, and which keys do what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.interface import icon
from taixu_editor.interface.keys import pressed_shortcut
from taixu_editor.keymap_presets import PRESET_TITLES
from taixu_editor.palette import fuzzy_score, is_shown
from taixu_editor.panels.settings_agents import draw_agents_page
from taixu_editor.texts import LANGUAGES
from taixu_editor.view_quality import QUALITY_TITLES

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["SettingsDialog"]

_SCALES = (0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5)
_PAGES = {"general": "General", "keys": "Keyboard shortcuts", "agents": "Agents"}
_ICONS = {"general": "settings", "keys": "keys", "agents": "agent"}


class SettingsDialog(Dialog):
    """Settings in pages; each is followed at once and kept."""

    title: ClassVar[str] = "Settings"
    width: ClassVar[float] = 52.0
    height: ClassVar[float] = 38.0
    answers_enter: ClassVar[bool] = False

    def __init__(self, window: EditorWindow, page: str = "general") -> None:
        super().__init__(window)
        self._page = page
        self._search = ""
        self._capturing = ""

    def draw(self) -> None:
        """Pages left, one of them right."""
        unit = imgui.get_font_size()
        imgui.begin_child("##pages", (unit * 12, -unit * 3.4))
        for page, title in _PAGES.items():
            picture = icon(_ICONS[page])
            imgui.push_style_var(imgui.StyleVar_.selectable_text_align, (0.05, 0.5))
            if imgui.selectable(f"{picture}   {self.t(title)}###page {page}", page == self._page, 0, (0, unit * 2))[0]:
                self._page = page
                self._stop_capturing()
            imgui.pop_style_var()
        imgui.end_child()
        imgui.same_line(0, unit * 1.5)
        imgui.begin_child("##page", (0, -unit * 3.4))
        if self._page == "general":
            self._general(unit)
        elif self._page == "keys":
            self._keys(unit)
        else:
            draw_agents_page(self.window)
        imgui.end_child()
        self.buttons([Choice("Close", self.close)])

    def cancel(self) -> None:
        """Escape while a shortcut is awaited ends only that."""
        if self._capturing:
            self._stop_capturing()
        else:
            self.close()

    def close(self) -> None:
        """Nothing takes keys any more."""
        self._stop_capturing()
        super().close()

    # -- general -----------------------------------------------------------------------------------------------------
    def _general(self, unit: float) -> None:
        shell, settings, t = self.window.shell, self.window.shell.settings, self.t
        before = replace(settings)
        self._row(t("Language"), unit)
        settings.language = self._combo("language", settings.language, LANGUAGES)
        if settings.language == "zh-Hans" and not self.window.fonts.has_chinese:
            self._note(t("No font with Chinese characters was found; install Noto Sans CJK, for example, and start again."))
        self._row(t("Theme"), unit)
        settings.theme = self._combo("theme", settings.theme, {"dark": t("Dark"), "light": t("Light")})
        self._row(t("Size of the interface"), unit)
        scales = {f"{scale:g}": f"{scale * 100:g} %" for scale in sorted({*_SCALES, settings.interface_scale})}
        settings.interface_scale = float(self._combo("scale", f"{settings.interface_scale:g}", scales))
        imgui.dummy((0, unit * 0.5))
        self._row(t("Quality of views"), unit)
        settings.quality = self._combo("quality", settings.quality, {name: t(title) for name, title in QUALITY_TITLES.items()})
        if settings.quality == "auto":
            self._measured(unit)
        else:
            self._note(t("Automatic is the best that this machine draws sixty times a second."))
        self._row(t("Keep unsaved work"), unit)
        _, settings.autosave = imgui.checkbox("###autosave", settings.autosave)
        self._note(t("A copy of what is unsaved is kept aside, and offered after a crash. Your files are not touched."))
        self._row(t("Editor for scripts"), unit)
        imgui.set_next_item_width(-1)
        _, settings.code_editor = imgui.input_text_with_hint("##code editor", "code --goto {file}:{line}", settings.code_editor)
        self._note(t("Empty: the one in $EDITOR, or the desktop's choice."))
        if before != settings:
            shell.later(shell.settings_changed)

    def _measured(self, unit: float) -> None:
        """What this machine was found to draw in time, and a button that asks it again."""
        quality = self.window.quality
        imgui.same_line(0, unit)
        if imgui.button(f"{icon('reset')} {self.t('Measure again')}###measure again"):
            quality.measure_again()
        imgui.set_item_tooltip(self.t("Best while nothing else keeps the machine busy"))
        self._note(quality.told() or self.t("It is measured now..."))

    def _row(self, text: str, unit: float) -> None:
        imgui.align_text_to_frame_padding()
        imgui.text_unformatted(text)
        imgui.same_line(unit * 13)

    def _note(self, text: str) -> None:
        unit = imgui.get_font_size()
        imgui.set_cursor_pos_x(unit * 13)
        imgui.push_text_wrap_pos(0)
        imgui.text_colored(self.window.theme.faint, text)
        imgui.pop_text_wrap_pos()
        imgui.dummy((0, unit * 0.3))

    def _combo(self, name: str, value: str, choices: dict[str, str]) -> Any:
        unit = imgui.get_font_size()
        at, size = imgui.get_cursor_screen_pos(), (unit * 14, imgui.get_frame_height())
        imgui.push_style_var(imgui.StyleVar_.button_text_align, (0.0, 0.5))
        if imgui.button(f"{choices.get(value, value)}###combo {name}", size):
            imgui.open_popup(f"###choices {name}")
        imgui.pop_style_var()
        mark = (at.x + size[0] - unit * 1.3, at.y + (size[1] - unit) / 2)
        imgui.get_window_draw_list().add_text(mark, self.window.theme.pack("faint"), icon("down"))
        imgui.set_next_window_pos((at.x, at.y + size[1] + 2))
        imgui.set_next_window_size((size[0], 0))
        if imgui.begin_popup(f"###choices {name}"):
            for key, text in choices.items():
                if imgui.selectable(f"{text}###choice {key}", key == value)[0]:
                    value = key
            imgui.end_popup()
        return value

    # -- keys --------------------------------------------------------------------------------------------------------
    def _keys(self, unit: float) -> None:
        shell, t = self.window.shell, self.t
        settings = shell.settings
        self._row(t("Like in"), unit * 0.5)
        preset = self._combo("preset", settings.key_preset, PRESET_TITLES)
        if preset != settings.key_preset:
            settings.key_preset = preset
            shell.later(shell.settings_changed)
        imgui.same_line()
        imgui.begin_disabled(not settings.keys)
        if imgui.button(f"{icon('reset', t('Reset all'))}###reset all"):
            settings.keys = {}
            shell.later(shell.settings_changed)
        imgui.end_disabled()
        imgui.set_next_item_width(-1)
        _, self._search = imgui.input_text_with_hint("###search keys", t("Search by name or key"), self._search)
        self._capture()
        flags = imgui.TableFlags_.scroll_y | imgui.TableFlags_.row_bg | imgui.TableFlags_.borders_inner_h
        if imgui.begin_table("##keys", 3, flags):
            imgui.table_setup_column("", imgui.TableColumnFlags_.width_stretch)
            imgui.table_setup_column("", imgui.TableColumnFlags_.width_fixed, unit * 14)
            imgui.table_setup_column("", imgui.TableColumnFlags_.width_fixed, unit * 2)
            for operation, title in self._rows():
                self._key_row(operation, title)
            imgui.end_table()

    def _rows(self) -> list[tuple[str, str]]:
        keymap, search = self.window.shell.keymap, self._search.strip()
        rows = [(each.id, self.t(each.title)) for each in self.window.host.operations if is_shown(each)]
        if search:
            rows = [
                (operation, title) for operation, title in rows
                if (fuzzy_score(search, title) > 0 and _has_run(search, title)) or search.lower() in keymap.text(operation).lower()
            ]  # fmt: skip
        return sorted(rows, key=lambda row: (row[0].partition(".")[0], row[1]))

    def _key_row(self, operation: str, title: str) -> None:
        keymap, theme, unit = self.window.shell.keymap, self.window.theme, imgui.get_font_size()
        imgui.table_next_row()
        imgui.table_next_column()
        imgui.align_text_to_frame_padding()
        imgui.text_unformatted(title)
        conflicts = keymap.conflicts(operation)
        if conflicts:
            imgui.same_line()
            imgui.text_colored(theme.warning, icon("warning"))
            names = ", ".join(self.t(self.window.host.operations.find(each).title) for each in conflicts)
            imgui.set_item_tooltip(self.t("The same keys as: {names}", names=names))
        imgui.table_next_column()
        is_capturing = self._capturing == operation
        text = self.t("Press keys...") if is_capturing else keymap.text(operation) or "–"
        if is_capturing:
            imgui.push_style_color(imgui.Col_.text, theme.accent)
        if imgui.button(f"{text}###keys of {operation}", (unit * 13.5, 0)):
            self._start_capturing(operation)
        if is_capturing:
            imgui.pop_style_color()
        imgui.table_next_column()
        if operation in self.window.shell.settings.keys:
            if imgui.button(f"{icon('reset')}###reset {operation}"):
                del self.window.shell.settings.keys[operation]
                self.window.shell.later(self.window.shell.settings_changed)
            imgui.set_item_tooltip(self.t("As in the preset: {keys}", keys=keymap.preset_text(operation) or "–"))

    def _start_capturing(self, operation: str) -> None:
        self._capturing = operation
        self.window.shell.capture = self._take

    def _stop_capturing(self) -> None:
        self._capturing, self.window.shell.capture = "", None

    def _capture(self) -> None:
        if not self._capturing or imgui.get_io().want_text_input:
            return
        shortcut = pressed_shortcut()
        if shortcut and shortcut != "Esc":
            self._take("" if shortcut == "Backspace" else shortcut)

    def _take(self, shortcut: str) -> None:
        shell = self.window.shell
        operation = self._capturing
        self._stop_capturing()
        if shortcut == shell.keymap.preset_text(operation):
            shell.settings.keys.pop(operation, None)
        else:
            shell.settings.keys[operation] = shortcut
        shell.later(shell.settings_changed)


def _has_run(wanted: str, title: str) -> bool:
    """A search of keys is no guess: the letters of each word are together."""
    return all(word in title.lower() for word in wanted.lower().split())
