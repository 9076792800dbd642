"""What is known of a file: where it comes from, under which licence, what made it, what uses it, how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.app import Job
from taixu.assets.sidecar import Sidecar, read_sidecar
from taixu.errors import TaixuError
from taixu_editor.assets import ASSET_KINDS, Asset
from taixu_editor.assets.import_settings import importer_settings
from taixu_editor.assets.references import NAMING
from taixu_editor.interface import icon
from taixu_editor.panels.asset_gate import GateSection
from taixu_editor.panels.asset_origin import OriginSection
from taixu_editor.panels.asset_tiles import draw_picture, size_text
from taixu_editor.widgets import FieldSpec, Form

if TYPE_CHECKING:
    from taixu_editor.panels.assets import AssetsPanel

__all__ = ["AssetDetails"]

_FACTS = {"source": "Source", "author": "Author", "licence": "Licence"}
_MADE = {
    "generator": "Made by", "model": "Model", "model_licence": "Licence of the model", "prompt": "Prompt",
    "seed": "Seed", "created": "Made on",
}  # fmt: skip


class AssetDetails:
    """The right part of the panel."""

    def __init__(self, panel: AssetsPanel) -> None:
        self._panel, self.t = panel, panel.t
        self._form = Form(panel.window, "asset")
        self.origin = OriginSection(self, panel)
        self.gate = GateSection(panel)
        self._read: tuple[str, int, int] = ("", 0, 0)
        self._sidecar = Sidecar()
        self._problem = ""
        self.uses: dict[str, list[str]] = {}
        self.needs: dict[str, list[str]] = {}
        """What files name, by path: those that are not there too."""
        self.places: dict[str, tuple[float, float]] = {}
        """Middles of the links that are in sight, by the path that they lead to."""
        self._tags = ""

    def draw(self, path: str) -> None:
        """Of one file."""
        asset = self._panel.index.by_path.get(path)
        if asset is None:
            imgui.text_disabled(path if path in self._panel.index.folders else self.t("This file is gone."))
            return
        self._follow(asset)
        self.places.clear()
        unit, theme = imgui.get_font_size(), self._panel.window.theme
        start = imgui.get_cursor_screen_pos()
        side = unit * 6
        imgui.get_window_draw_list().add_rect_filled(
            (start.x, start.y), (start.x + side, start.y + side), theme.pack("raised"), unit * 0.35
        )
        draw_picture(self._panel, asset, (start.x + 2, start.y + 2, start.x + side - 2, start.y + side - 2))
        imgui.dummy((side, side))
        imgui.same_line()
        imgui.begin_group()
        imgui.push_text_wrap_pos()
        imgui.text_unformatted(asset.name)
        imgui.pop_text_wrap_pos()
        imgui.text_disabled(f"{self.t(ASSET_KINDS[asset.kind][1])}   {size_text(asset.size)}")
        self._draw_buttons(asset)
        imgui.end_group()
        if self._problem:
            imgui.push_text_wrap_pos()
            imgui.text_colored(theme.bad, self._problem)
            imgui.pop_text_wrap_pos()
        self._draw_facts(path)
        self._draw_tags(asset)
        self.draw_links("Used by", self.uses.get(path))
        if path.endswith(NAMING):
            self.draw_links("Uses", self.needs.get(path))
        self.gate.draw(asset)
        self._draw_settings(asset)

    def _draw_buttons(self, asset: Asset) -> None:
        """What can be done with such a file, in a row."""
        gap = imgui.get_font_size() * 0.3
        opens, places = asset.kind in ("world", "script", "prefab"), asset.kind not in ("world", "file")
        if opens and imgui.button(f"{icon('open')}  {self.t('Open')}###open it"):
            self._panel.open(asset.path)
        if opens and places:
            imgui.same_line(0, gap)
        if places:
            if imgui.button(f"{icon('add', '' if opens else self.t('Place'))}###place it"):
                self._panel.place(asset.path)
            imgui.set_item_tooltip(self.t("Place"))
        if asset.kind in ("model", "texture", "sky", "prefab"):
            imgui.same_line(0, gap)
            if imgui.button(f"{icon('rotate')}###reimport"):
                self._panel.window.shell.later(partial(self._reimport, asset))
            imgui.set_item_tooltip(self.t("Reimport: read the file again"))

    def _draw_facts(self, path: str) -> None:
        for name, title in _FACTS.items():
            self.draw_fact(title, getattr(self._sidecar, name))
        made = asdict(self._sidecar.provenance)
        for name, title in _MADE.items():
            self.draw_fact(title, made[name])
        self.origin.draw(path, made["parents"])

    def draw_fact(self, title: str, value: Any) -> None:
        """A line: what it is, and its value; none where there is no value."""
        if value in ("", None):
            return
        imgui.text_disabled(self.t(title))
        imgui.same_line(imgui.get_font_size() * 6.5)
        imgui.push_text_wrap_pos()
        imgui.text_unformatted(str(value))
        imgui.pop_text_wrap_pos()

    def _draw_tags(self, asset: Asset) -> None:
        imgui.align_text_to_frame_padding()
        imgui.text_disabled(self.t("Tags"))
        imgui.same_line(imgui.get_font_size() * 6.5)
        imgui.set_next_item_width(-1)
        hint = self.t("words, with commas")
        entered, self._tags = imgui.input_text_with_hint("##tags", hint, self._tags, imgui.InputTextFlags_.enter_returns_true)
        if entered or imgui.is_item_deactivated_after_edit():
            wanted = [tag.strip() for tag in self._tags.replace("，", ",").split(",") if tag.strip()]
            if wanted != list(asset.tags):
                self._panel.window.do("asset.tag", path=asset.path, tags=wanted)
                self._panel.index.refresh()

    def draw_links(self, title: str, paths: list[str] | None) -> None:
        """Files that lead to themselves; one that is not there is red."""
        panel = self._panel
        imgui.text_disabled(self.t(title))
        imgui.same_line(imgui.get_font_size() * 6.5)
        if paths is None:
            imgui.text_disabled("...")
        elif not paths:
            imgui.text_disabled(self.t("Nothing"))
        imgui.begin_group()
        for each in paths or ():
            if each not in panel.index.by_path and panel.index.is_known:
                imgui.text_colored(panel.window.theme.bad, each)
                imgui.set_item_tooltip(self.t("This file is gone."))
                continue
            if imgui.text_link(f"{each}###{title} {each}"):
                panel.chosen, panel.folder, panel.search = (each,), each.rpartition("/")[0], ""
            if imgui.is_item_visible():
                low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
                self.places[each] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
        imgui.end_group()

    def _draw_settings(self, asset: Asset) -> None:
        """What the importer takes, with what the sidecar says of it; settings that nobody takes are shown too."""
        known = importer_settings(self._panel.host.session.world, asset)
        settings = {**known, **self._sidecar.settings}
        if not settings:
            return
        imgui.separator_text(self.t("Import settings"))
        self._form.begin()
        for name, value in settings.items():
            kind = {bool: "bool", int: "integer", float: "number", str: "text"}.get(type(value), "data")
            is_own = name in self._sidecar.settings
            spec = FieldSpec(name, kind, known.get(name), is_whole=isinstance(value, int))
            edit = self._form.row(spec, value)
            if edit is None:
                continue
            changed = dict(self._sidecar.settings)
            if edit.kind == "set":
                changed[name] = edit.value
            elif is_own:
                del changed[name]
            do = self._panel.window.do
            self._panel.window.shell.later(partial(do, "asset.settings", path=asset.path, settings=changed))

    def _reimport(self, asset: Asset) -> None:
        window = self._panel.window
        window.do("asset.reimport", path=asset.path)
        window.thumbnails.forget(asset)
        window.shell.toasts.say(self.t("{name} is read again", name=asset.name), "success")

    def _follow(self, asset: Asset) -> None:
        """Read the sidecar again when it or the files around it changed, and ask who uses the file."""
        key = (asset.path, asset.mtime_ns, self._panel.index.version)
        if key == self._read:
            return
        if key[0] != self._read[0]:
            self._form.forget()
            imgui.set_scroll_y(0.0)
        self._read, self._problem = key, ""
        try:
            self._sidecar = read_sidecar(self._panel.host.session.project.file(asset.path)) or Sidecar()
        except TaixuError as error:
            self._sidecar, self._problem = Sidecar(), str(error)
        self._tags = ", ".join(asset.tags)
        self._ask_links(asset.path)

    def _ask_links(self, path: str) -> None:
        """Both ways, in the background; what was known before stays until it is known anew."""

        def arrive(job: Job) -> None:
            if job.result is not None:
                self.uses[path], self.needs[path] = job.result

        host = self._panel.host
        arguments = (str(host.session.project.root), path)
        host.jobs.submit("taixu_editor.assets.usage:find_links", arguments, label=path, then=arrive)

    def ask_uses(self, paths: tuple[str, ...], then: Callable[[dict[str, list[str]]], object]) -> None:
        """Find in the background who names some files; what was known before stays until it is known anew."""
        host = self._panel.host

        def arrive(job: Job) -> None:
            if job.result is not None:
                then(job.result)

        arguments = (str(host.session.project.root), list(paths))
        host.jobs.submit("taixu_editor.assets.usage:find_uses", arguments, label=paths[0], then=arrive)

    def show_large(self, asset: Asset) -> None:
        """A picture over the window."""
        from taixu_editor.panels.asset_dialogs import PictureDialog

        self._panel.window.shell.dialogs.open(PictureDialog(self._panel, asset))
