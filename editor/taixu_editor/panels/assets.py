"""The project's files, with pictures: to find, to place, to keep in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu_editor.assets import ASSET_KINDS, Asset, AssetIndex
from taixu_editor.assets.origins import Origins
from taixu_editor.assets.searching import matches
from taixu_editor.graphs import GRAPH_ENDING
from taixu_editor.interface import icon
from taixu_editor.panels.asset_details import AssetDetails
from taixu_editor.panels.asset_tiles import draw_rows, draw_tiles
from taixu_editor.panels.generate_drop import GENERATED, drop_on_files
from taixu_editor.panels.panel import Panel
from taixu_editor.widgets import search_box
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["AssetsPanel"]

_LARGEST, _SMALLEST = 9.0, 3.5


class AssetsPanel(Panel):
    """Folders at the left, files in the middle, what is known of the chosen one at the right."""

    id: ClassVar[str] = "assets"
    title: ClassVar[str] = "Assets"
    dock: ClassVar[str] = "bottom"
    own_keys: ClassVar[frozenset[str]] = frozenset({"F2", "Delete", "Enter"})

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.index: AssetIndex = window.shell.followed.index
        self.origins: Origins = window.shell.followed.origins
        self.details: AssetDetails = AssetDetails(self)
        self.folder = ""
        self.search = ""
        self.kind = ""
        self.tile = 5.5
        """Side of a picture, in heights of the text."""
        self.is_list = False
        self.chosen: tuple[str, ...] = ()
        self.places: dict[str, tuple[float, float]] = {}
        """Middles of what was drawn last, by path: folders and files."""
        self._shown: list[Asset] = []
        self._key: object = None
        self._open_folders: set[str] = set()
        self._seen_folders: set[str] = set()
        self._renaming = ""
        self._draft = ""
        self._is_fresh = False

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """Bar, folders, files, details."""
        if not self.host.session.worlds:
            return
        self.window.thumbnails.frame()
        self.places.clear()
        unit = imgui.get_font_size()
        self._draw_bar()
        height = imgui.get_content_region_avail().y
        room = imgui.get_content_region_avail().x
        if room > unit * 34:
            if imgui.begin_child("folders", (unit * 11, height)):
                self._draw_folder("", self.host.session.project.name or self.host.session.project.root.name)
            imgui.end_child()
            imgui.same_line(0, unit * 0.4)
        wants_details = len(self.chosen) == 1 and room > unit * 50
        width = -unit * 19 if wants_details else 0.0
        imgui.push_style_var(imgui.StyleVar_.child_border_size, 0.0)
        if imgui.begin_child("files", (width, height)):
            self._draw_files()
        imgui.end_child()
        result = self.window.drag_drop.target(GENERATED)
        if result:
            drop_on_files(self.window, result, self.folder)
        imgui.pop_style_var()
        if wants_details:
            imgui.same_line(0, unit * 0.6)
            if imgui.begin_child("details", (0, height)):
                self.details.draw(self.chosen[0])
            imgui.end_child()

    def _draw_bar(self) -> None:
        unit, theme = imgui.get_font_size(), self.window.theme
        if imgui.button(f"{icon('add')}  {self.t('Import')}###import"):
            self.window.shell.later(partial(self.window.do, "asset.import"))
        imgui.set_item_tooltip(self.t("Copy files into the project; they can be dropped on the window too"))
        imgui.same_line(0, unit * 0.25)
        if imgui.button(f"{icon('star')}###starter"):
            self.window.shell.later(self._show_starter)
        imgui.set_item_tooltip(self.t("Starter assets: materials and sounds to begin with"))
        imgui.same_line()
        hint = self.t("Search, or tag:oak")
        self.search = search_box(self.window, "##search", self.search, hint, width=unit * 15)
        imgui.set_item_tooltip(self.t("Words, or tag:oak, type:model, licence:cc0, in:trees; with - before them, what is not so"))
        imgui.same_line()
        for kind, (picture, title) in ASSET_KINDS.items():
            is_on = self.kind == kind
            imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.panel)
            imgui.push_style_color(imgui.Col_.text, theme.accent if is_on else theme.faint)
            if imgui.button(f"{icon(picture)}###{kind}", (unit * 1.9, 0)):
                self.kind = "" if is_on else kind
            imgui.pop_style_color(2)
            imgui.set_item_tooltip(self.t(title))
            imgui.same_line(0, unit * 0.15)
        right = unit * (7.5 if not self.is_list else 2.2)
        imgui.same_line(0, max(imgui.get_content_region_avail().x - right, unit * 0.5))
        if not self.is_list:
            imgui.set_next_item_width(unit * 4.8)
            _, self.tile = imgui.slider_float("##size", self.tile, _SMALLEST, _LARGEST, "")
            imgui.set_item_tooltip(self.t("Size of the pictures"))
            imgui.same_line()
        if imgui.button(f"{icon('assets' if self.is_list else 'log')}###as_list"):
            self.is_list = not self.is_list
        imgui.set_item_tooltip(self.t("Show pictures") if self.is_list else self.t("Show a list"))

    def _show_starter(self) -> None:
        from taixu_editor.panels.starter_dialog import StarterDialog

        self.window.shell.dialogs.open(StarterDialog(self.window))

    # -- folders -----------------------------------------------------------------------------------------------------
    def _draw_folder(self, path: str, name: str) -> None:
        below = [each for each in self.index.folders if each.rpartition("/")[0] == path and each != path]
        if not path or (f"{self.folder}/".startswith(f"{path}/") and path not in self._seen_folders):
            self._open_folders.add(path)
            self._seen_folders.add(path)
        unit, theme, start = imgui.get_font_size(), self.window.theme, imgui.get_cursor_screen_pos()
        indent = unit * (0.2 + 1.0 * (path.count("/") + 1 if path else 0))
        is_open = path in self._open_folders
        clicked, _ = imgui.selectable(
            f"###folder {path}", path == self.folder, imgui.SelectableFlags_.allow_double_click, (0, unit * 1.2)
        )
        if below and clicked and (imgui.is_mouse_double_clicked(0) or imgui.get_io().mouse_pos.x < start.x + indent + unit):
            self._open_folders ^= {path}
        draw, y = imgui.get_window_draw_list(), start.y + unit * 0.1
        if below:
            draw.add_text((start.x + indent, y), theme.pack("faint"), icon("opened" if is_open else "closed"))
        label = f"{icon('folder' if path else 'project')}  {name}"
        draw.add_text((start.x + indent + unit * 1.1, y), theme.pack("text"), label)
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[f"{path}/"] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
        if imgui.is_item_clicked():
            self.folder, self.search = path, ""
        self._take_drop(path)
        if imgui.begin_popup_context_item():
            self._folder_menu(path)
            imgui.end_popup()
        if is_open:
            for each in below:
                self._draw_folder(each, each.rpartition("/")[2])

    def _take_drop(self, folder: str) -> None:
        dropped = self.window.drag_drop.target("asset")
        if dropped:
            self.ask_to_move(str(dropped), f"{folder}/{str(dropped).rpartition('/')[2]}".lstrip("/"))
        result = self.window.drag_drop.target(GENERATED)
        if result:
            drop_on_files(self.window, result, folder)

    def _folder_menu(self, path: str) -> None:
        if imgui.menu_item_simple(f"{self.t('New folder')}###new folder"):
            self._make_folder(path)
        if path and imgui.menu_item_simple(f"{self.t('Rename')}###rename"):
            self.rename(path)
        if path and imgui.menu_item_simple(f"{self.t('Delete')}###delete"):
            self.ask_to_delete((path,))

    def _make_folder(self, path: str) -> None:
        name, number = self.t("New folder"), 1
        taken = set(self.index.folders)
        fresh = f"{path}/{name}".lstrip("/")
        while fresh in taken:
            number += 1
            fresh = f"{path}/{name} {number}".lstrip("/")
        self.window.do("asset.new_folder", path=fresh)
        self.index.refresh()

    # -- files -------------------------------------------------------------------------------------------------------
    @property
    def shown(self) -> list[Asset]:
        """The files that fit folder, search and kind; found again only when one of these changed."""
        key = (self.index.version, self.folder, self.search, self.kind)
        if key != self._key:
            self._key = key
            words = self.search.casefold().split()
            self._shown = [asset for asset in self.index.assets if self._fits(asset, words)]
        return self._shown

    def _fits(self, asset: Asset, words: list[str]) -> bool:
        if self.kind and asset.kind != self.kind:
            return False
        is_below = not self.folder or asset.path.startswith(self.folder + "/")
        if not words:
            return is_below if self.kind else asset.folder == self.folder
        return is_below and matches(asset, words, self.t(ASSET_KINDS[asset.kind][1]))

    @property
    def shown_folders(self) -> list[str]:
        """Folders in the one that is open; none while something is searched."""
        if self.search.strip() or self.kind:
            return []
        return [each for each in self.index.folders if each.rpartition("/")[0] == self.folder]

    def _draw_files(self) -> None:
        shown, folders = self.shown, self.shown_folders
        if not self.index.is_known:
            imgui.text_disabled(self.t("Looking through the project..."))
        elif not shown and not folders:
            self._draw_nothing()
        elif self.is_list:
            draw_rows(self, folders, shown)
        else:
            draw_tiles(self, folders, shown)
        if imgui.is_window_focused(imgui.FocusedFlags_.root_and_child_windows) and not self._renaming:
            self.keyboard_frame = imgui.get_frame_count()
            self._answer_keys()
        if imgui.is_window_hovered() and not imgui.is_any_item_hovered() and imgui.is_mouse_clicked(imgui.MouseButton_.left):
            self.chosen = ()
        if imgui.begin_popup_context_window(
            "files menu", imgui.PopupFlags_.mouse_button_right | imgui.PopupFlags_.no_open_over_items
        ):
            self._folder_menu("")
            imgui.end_popup()

    def _draw_nothing(self) -> None:
        is_search = bool(self.search.strip() or self.kind)
        text = (
            self.t("Nothing is like that.") if is_search else self.t("Nothing here yet. Drop files on the window to bring them in.")
        )
        if say_nothing(self.window, "assets", text, button=self.t("Show everything") if is_search else self.t("Import")):
            if is_search:
                self.search = self.kind = ""
            else:
                self.window.shell.later(partial(self.window.do, "asset.import"))

    def _answer_keys(self) -> None:
        if imgui.get_io().want_text_input:
            return
        if imgui.is_key_pressed(imgui.Key.f2, False) and len(self.chosen) == 1:
            self.rename(self.chosen[0])
        elif imgui.is_key_pressed(imgui.Key.delete, False) and self.chosen:
            self.ask_to_delete(self.chosen)
        elif imgui.is_key_pressed(imgui.Key.enter, False) and len(self.chosen) == 1:
            self.open(self.chosen[0])
        elif imgui.is_key_pressed(imgui.Key.backspace, False) and self.folder:
            self.folder = self.folder.rpartition("/")[0]

    # -- one file ----------------------------------------------------------------------------------------------------
    def behave(self, path: str, *, is_folder: bool = False) -> None:
        """What the item just drawn does: chosen, opened, dragged, its menu."""
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[path] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
        if imgui.is_item_hovered() and imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
            self.open(path, is_folder=is_folder)
        elif imgui.is_item_clicked():
            self._choose(path)
        self.window.drag_drop.source("asset", path, path.rpartition("/")[2])
        if is_folder:
            self._take_drop(path)
        if imgui.begin_popup_context_item(f"menu {path}"):
            if path not in self.chosen:
                self.chosen = (path,)
            self._file_menu(path, is_folder=is_folder)
            imgui.end_popup()

    def _choose(self, path: str) -> None:
        if imgui.get_io().key_ctrl:
            self.chosen = tuple(each for each in self.chosen if each != path) if path in self.chosen else (*self.chosen, path)
        else:
            self.chosen = (path,)

    def _file_menu(self, path: str, *, is_folder: bool) -> None:
        if imgui.menu_item_simple(f"{self.t('Open')}###open"):
            self.open(path, is_folder=is_folder)
        if not is_folder and imgui.menu_item_simple(f"{self.t('Place')}###place"):
            self.place(path)
        imgui.separator()
        if imgui.menu_item_simple(f"{self.t('Rename')}###rename", "F2"):
            self.rename(path)
        if imgui.menu_item_simple(f"{self.t('Delete')}###delete", "Del"):
            self.ask_to_delete(self.chosen)
        imgui.separator()
        if imgui.menu_item_simple(f"{self.t('Copy path')}###copy path"):
            imgui.set_clipboard_text(path)

    def open(self, path: str, *, is_folder: bool = False) -> None:
        """What a double click does: worlds, prefabs and scripts open, folders are entered, other things are placed."""
        if is_folder or path in self.index.folders:
            self.folder, self.search = path, ""
            return
        asset = self.index.by_path.get(path)
        if asset is None:
            return
        if asset.kind == "script":
            self.window.open_script(path)
        elif asset.kind in ("world", "prefab"):
            self.window.shell.later(partial(self.window.shell.documents.open, path))
        elif path.endswith(GRAPH_ENDING):
            self.window.open_graph(path)
        else:
            self.details.show_large(asset)

    def place(self, path: str) -> None:
        """Put it into the world, in front of the view."""
        chosen = self.host.session.current.selection
        asset = self.index.by_path.get(path)
        entity = chosen[-1] if chosen and asset is not None and asset.kind == "script" else ""
        self.window.do("asset.place", path=path, position=self.window.place_in_view(), entity=entity)

    def rename(self, path: str) -> None:
        """Let its name be typed."""
        self._renaming, self._draft, self._is_fresh = path, path.rpartition("/")[2], True

    def draw_name_field(self, path: str, width: float) -> bool:
        """The field in place of the name that is being typed; False where this is another file's place."""
        if self._renaming != path:
            return False
        if self._is_fresh:
            imgui.set_keyboard_focus_here()
        imgui.set_next_item_width(width)
        flags = imgui.InputTextFlags_.enter_returns_true | imgui.InputTextFlags_.auto_select_all
        entered, self._draft = imgui.input_text("##name", self._draft, flags)
        if entered:
            name = self._draft.strip()
            self._renaming = ""
            if name and name != path.rpartition("/")[2]:
                folder = path.rpartition("/")[0]
                self.ask_to_move(path, f"{folder}/{name}".lstrip("/"))
        elif not self._is_fresh and imgui.is_item_deactivated():
            self._renaming = ""
        self._is_fresh = False
        return True

    def ask_to_move(self, path: str, to: str) -> None:
        """Move it; where worlds or prefabs name it, say first which will be changed."""
        from taixu_editor.panels.asset_dialogs import MoveDialog

        if path != to:
            self.window.shell.dialogs.open(MoveDialog(self, path, to))

    def ask_to_delete(self, paths: tuple[str, ...]) -> None:
        """Put files into the trash, after a question."""
        from taixu_editor.panels.asset_dialogs import DeleteDialog

        if paths:
            self.window.shell.dialogs.open(DeleteDialog(self, paths))
