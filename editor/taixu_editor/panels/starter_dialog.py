"""What ships with Taixu to begin with, materials and sounds, as cards: a click copies one into the project."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.generate.starter import StarterAsset, starter_assets
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.widgets.cards import card

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["StarterDialog"]

_COLUMNS = 5
_TITLES = {
    "bricks": "Bricks", "cobbles": "Cobbles", "concrete": "Concrete", "fabric": "Fabric", "grass": "Grass", "marble": "Marble",
    "metal": "Metal", "planks": "Planks", "plaster": "Plaster", "sand": "Sand", "click": "Click", "coin": "Coin",
    "footstep": "Footstep", "hit": "Hit", "jump": "Jump", "splash": "Splash",
}  # fmt: skip


class StarterDialog(Dialog):
    """The starter library."""

    title: ClassVar[str] = "Starter assets"
    width: ClassVar[float] = 52.0
    height: ClassVar[float] = 34.0

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.assets = starter_assets()

    def draw(self) -> None:
        """Cards, and what a click does."""
        unit, is_dressing = imgui.get_font_size(), bool(self._selected())
        imgui.push_text_wrap_pos()
        imgui.text_disabled(
            self.t("A click copies one into the project, and puts a material onto what is selected.") if is_dressing
            else self.t("A click copies one into the project.")
        )
        imgui.pop_text_wrap_pos()
        if imgui.begin_child("cards", (0, imgui.get_content_region_avail().y - unit * 3.2)):
            for kind, title in (("material", "Materials"), ("sound", "Sounds")):
                imgui.separator_text(self.t(title))
                self._draw_cards([each for each in self.assets if each.kind == kind])
        imgui.end_child()
        self.buttons([Choice("Close", self.cancel)])

    def _draw_cards(self, assets: list[StarterAsset]) -> None:
        unit = imgui.get_font_size()
        width = (imgui.get_content_region_avail().x - unit * 0.8 * (_COLUMNS - 1)) / _COLUMNS
        for place, asset in enumerate(assets):
            if place % _COLUMNS:
                imgui.same_line(0, unit * 0.8)
            picture = asset.files[0] if asset.kind == "material" else None
            if card(self.window, f"starter {asset.name}", title=self._name(asset), picture=picture, icon_name="sound", width=width):
                self.window.shell.later(partial(self._add, asset))

    def _selected(self) -> str:
        chosen = self.window.host.session.current.selection
        return chosen[-1] if chosen else ""

    def _add(self, asset: StarterAsset) -> None:
        entity, window = self._selected() if asset.kind == "material" else "", self.window
        paths = window.do("asset.add_starter", name=asset.name)
        if not isinstance(paths, list):
            return
        window.shell.followed.index.refresh()
        if entity:
            window.do("asset.place", path=paths[0], entity=entity)
        window.shell.toasts.say(self.t("{name} is in the project", name=self._name(asset)), "success")
        self.close()

    def _name(self, asset: StarterAsset) -> str:
        return self.t(_TITLES.get(asset.name, asset.name.capitalize()))
