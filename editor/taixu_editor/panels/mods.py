"""Mods of the project: which there are and run, what they may do and cost, and bringing more of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.mods.loaded import LoadedMod
from taixu_editor.interface import icon
from taixu_editor.mods.listing import ModEntry
from taixu_editor.mods.state import ModState, state_of
from taixu_editor.panels.mods_details import ModDetails
from taixu_editor.panels.mods_dialogs import IndexDialog, LookDialog, NewModDialog
from taixu_editor.panels.mods_table import ModTable
from taixu_editor.panels.panel import Panel
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ModRow", "ModsPanel"]

_WIDE = 52.0
"""From so many heights of the text on, a list has room for what it tells of one beside it."""


class ModRow:
    """A mod as the panel shows it: one of the project, a script that runs as one, or both of a mod's halves.

    Attributes
    ----------
    entry
        What lies in the project; None of a script.
    mod
        What runs; None where nothing does.
    """

    def __init__(self, id: str, entry: ModEntry | None, mod: LoadedMod | None, state: ModState) -> None:
        self.id, self.entry, self.mod, self.state = id, entry, mod, state

    @property
    def title(self) -> str:
        """What people read."""
        return self.entry.title if self.entry is not None else self.id.partition("@")[0]


class ModsPanel(Panel):
    """Buttons above; the list, and beside it what there is to know of one.

    Attributes
    ----------
    chosen
        The id of the mod that is told of.
    places
        Middles of what can be clicked, by name.
    """

    id: ClassVar[str] = "mods"
    title: ClassVar[str] = "Mods"
    dock: ClassVar[str] = "bottom"
    is_open_at_first: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.desk = window.host.mods
        self.chosen = ""
        self.places: dict[str, tuple[float, float]] = {}
        self._marked: dict[str, tuple[float, float]] = {}
        self._table, self._details = ModTable(self), ModDetails(self)

    def draw(self) -> None:
        """All of it."""
        if not self.host.session.worlds:
            return
        self._marked = {}
        rows = self.rows()
        if not rows:
            self._draw_nothing()
        else:
            self._draw_head(rows)
            if all(row.id != self.chosen for row in rows):
                self.chosen = rows[0].id
            self._draw_rows(rows)
        self.places = self._marked

    def rows(self) -> list[ModRow]:
        """What there is to show: mods in load order, then scripts that run as mods."""
        running, refused, settings = self.desk.running, self.desk.refused, self.desk.settings
        rows = []
        for entry in self.desk.listing.entries:
            mod = running.get(entry.id)
            state = state_of(self.t, entry, mod, settings, refused=refused.get(entry.id, ""))
            rows.append(ModRow(entry.id, entry, mod, state))
        known = {row.id for row in rows}
        rows += [ModRow(id, None, mod, state_of(self.t, None, mod, settings)) for id, mod in running.items() if id not in known]
        return rows

    def mark(self, name: str) -> None:
        """Remember where the item just drawn is."""
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self._marked[name] = ((low.x + high.x) / 2, (low.y + high.y) / 2)

    def button(self, name: str, text: str, *, picture: str = "", tip: str = "", is_enabled: bool = True) -> bool:
        """A button of the panel; texts are in the user's language."""
        imgui.begin_disabled(not is_enabled)
        pressed = imgui.button(f"{icon(picture, text) if picture else text}###{name}")
        imgui.end_disabled()
        self.mark(name)
        if tip:
            imgui.set_item_tooltip(tip)
        return bool(pressed)

    def install(self, wanted: tuple[str, ...] = (), *, indexes: tuple[str, ...] = (), update: bool = False) -> None:
        """Look at what installing would do, and ask for an agreement."""
        self.window.shell.dialogs.open(LookDialog(self.window, wanted, indexes=indexes, update=update))

    # -- the line above ----------------------------------------------------------------------------------------------
    def _draw_head(self, rows: list[ModRow]) -> None:
        t, unit, desk = self.t, imgui.get_font_size(), self.desk
        if self.button("install", t("Install"), picture="download"):
            imgui.open_popup("###install from")
        self._draw_sources()
        imgui.same_line()
        if self.button("new mod", t("New mod"), picture="add"):
            self.window.shell.dialogs.open(NewModDialog(self.window))
        has_installed = any(row.entry is not None and row.entry.folder is None for row in rows)
        if has_installed:
            imgui.same_line()
            if self.button("update", t("Look for updates"), picture="rotate"):
                self.install(update=True)
        waiting = [row for row in rows if row.state.needs == "agree"]
        if waiting:
            imgui.same_line(0, unit)
            imgui.push_style_color(imgui.Col_.text, self.window.theme.warning)
            count = len(waiting)
            text = t("1 mod waits for you to agree") if count == 1 else t("{count} mods wait for you to agree", count=count)
            if self.button("agree", text, picture="warning"):
                self.install()
            imgui.pop_style_color()
        shared = desk.listing.shared(desk.settings)
        if shared:
            imgui.same_line(0, unit)
            imgui.align_text_to_frame_padding()
            count = len(shared)
            said = t("1 column has two writers") if count == 1 else t("{count} columns have two writers", count=count)
            imgui.text_disabled(icon("info", said))
            self.mark("shared")
            line = "{column}: {mods}; the last has the last word"
            imgui.set_item_tooltip("\n".join(t(line, column=each.column, mods=", ".join(each.ids)) for each in shared))
        self._draw_box()

    def _draw_sources(self) -> None:
        t = self.t
        if not imgui.begin_popup("###install from"):
            return
        for name, picture, text in (
            ("zip", "file", t("From a zip...")), ("folder", "folder", t("From a folder...")),
            ("index", "world", t("From an index...")),
        ):  # fmt: skip
            if imgui.menu_item_simple(f"{icon(picture)}   {text}###from {name}"):
                self.window.shell.later(partial(self._choose, name))
            self.mark(f"from {name}")
        imgui.end_popup()

    def _choose(self, kind: str) -> None:
        from taixu_editor.file_dialog import FileDialog

        window, t = self.window, self.t
        if kind == "index":
            window.shell.dialogs.open(IndexDialog(window))
            return

        def act(path: Path) -> None:
            self.install((str(path),))

        heading = t("Install a mod from a zip") if kind == "zip" else t("Install a mod from its folder")
        endings = (".zip",) if kind == "zip" else ()
        window.shell.dialogs.open(
            FileDialog(window, heading, endings=endings, start=self.host.session.project.root.parent, act=act, verb="Look at it")
        )

    def _draw_box(self) -> None:
        """What the box is like on this machine, at the right."""
        t, theme, desk, unit = self.t, self.window.theme, self.desk, imgui.get_font_size()
        picture, color, tip = "shield", "faint", ""
        if desk.problem:
            text, color, tip = t("Mods are off on this machine"), "bad", desk.problem
        elif desk.is_preparing:
            text = t("The box is being made...")
            tip = t("Once on each machine: Python for the box is compiled, which takes some seconds.")
        elif desk.badge:
            text, color, tip = t("The box has a gap here"), "warning", desk.badge
        elif desk.is_standing:
            text, color = t("The box is whole"), "good"
            tip = t("WebAssembly, and a process that can open, start, load and signal nothing: mods reach nothing but this world.")
        else:
            return
        label = f"{icon(picture)}  {text}"
        imgui.same_line()
        left = imgui.get_content_region_avail().x - imgui.calc_text_size(label).x
        is_short = left < unit
        if is_short:  # the sign says it, and the rest is told where the pointer rests
            left = imgui.get_content_region_avail().x - imgui.calc_text_size(icon(picture)).x
            tip = f"{text}. {tip}"
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + max(left, 0.0))
        imgui.begin_group()
        imgui.align_text_to_frame_padding()
        imgui.text_colored(getattr(theme, color), icon(picture))
        if not is_short:
            imgui.same_line(0, unit * 0.5)
            imgui.text_colored(getattr(theme, color if color in ("bad", "warning") else "faint"), text)
        imgui.end_group()
        self.mark("box")
        if tip and imgui.is_item_hovered():
            imgui.begin_tooltip()
            imgui.push_text_wrap_pos(unit * 28)
            imgui.text_unformatted(tip)
            imgui.pop_text_wrap_pos()
            imgui.end_tooltip()

    # -- below -------------------------------------------------------------------------------------------------------
    def _draw_rows(self, rows: list[ModRow]) -> None:
        unit, room = imgui.get_font_size(), imgui.get_content_region_avail()
        is_wide = room.x > unit * _WIDE
        width = room.x * 0.62 if is_wide else room.x
        if imgui.begin_child("list", (width, 0)):
            self._table.draw(rows)
        imgui.end_child()
        if is_wide:
            imgui.same_line(0, unit)
            if imgui.begin_child("details", (0, 0)):
                self._details.draw(next(row for row in rows if row.id == self.chosen))
            imgui.end_child()

    def _draw_nothing(self) -> None:
        t, desk = self.t, self.desk
        if desk.listing.problem:
            say_nothing(self.window, "error", desk.listing.problem)
            return
        text = t("This project has no mods. A mod is other people's Python in a box: it reaches this world, and nothing of yours.")
        if desk.problem:
            text = desk.problem
        self._draw_head([])
        say_nothing(self.window, "mod", text)
