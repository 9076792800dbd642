"""Fonts: Latin and icons from imgui-bundle, Chinese from the package that the editor brings, or the desktop's own.

Glyphs are drawn when they are first shown, at the size that is asked for: nothing is rasterised in advance, and any scale
is sharp.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import imgui_bundle
from imgui_bundle import imgui

__all__ = ["BASE_SIZE", "Fonts", "chinese_font", "load_fonts"]

BASE_SIZE = 15.0
"""Height of the interface's text at a scale of 1, in window units."""

_ICON = 16.0
"""Width of each icon at that height: whole dots, so that the text behind it is sharp."""
_PACKAGE = "pylopdf_fonts_zh_cn"
_LARGER = 1.24
"""Sizes are heights of lines, and Noto's lines are this much higher than Roboto's."""
_EMBOLDEN = 1 << 5
"""FreeType's way to make bold characters of a font that has none (`ImGuiFreeTypeLoaderFlags_Bold`)."""
_FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts",),
}
_NAMES = (
    "NotoSansSC-Regular.otf", "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "SourceHanSansSC-Regular.otf", "PingFang.ttc",
    "Hiragino Sans GB.ttc", "STHeiti Light.ttc", "msyh.ttc", "simhei.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf",
)  # fmt: skip


class Fonts:
    """The interface's fonts."""

    def __init__(self, regular: Any, bold: Any, mono: Any, has_chinese: bool) -> None:
        self.regular, self.bold, self.mono, self.has_chinese = regular, bold, mono, has_chinese


def load_fonts() -> Fonts:
    """Add the fonts to the present context."""
    folder = Path(imgui_bundle.__file__).parent / "assets" / "fonts"
    chinese = chinese_font()
    atlas = imgui.get_io().fonts

    def family(file: Path, *, is_bold: bool = False) -> Any:
        font = atlas.add_font_from_file_ttf(str(file), BASE_SIZE)
        merged = imgui.ImFontConfig()
        merged.merge_mode = True
        merged.glyph_min_advance_x = merged.glyph_max_advance_x = _ICON  # all as wide, so that what follows lines up
        atlas.add_font_from_file_ttf(str(folder / "Font_Awesome_6_Free-Solid-900.otf"), BASE_SIZE * 0.86, merged)
        if chinese is not None:
            more = imgui.ImFontConfig()
            more.merge_mode = True
            larger = _LARGER if chinese.name.startswith(("Noto", "Source")) else 1.0
            more.font_loader_flags = _EMBOLDEN if is_bold else 0
            more.glyph_offset = imgui.ImVec2(0.0, -BASE_SIZE * (larger - 1) * 0.25)
            atlas.add_font_from_file_ttf(str(chinese), BASE_SIZE * larger, more)
        return font

    regular = family(folder / "Roboto" / "Roboto-Regular.ttf")
    bold = family(folder / "Roboto" / "Roboto-Bold.ttf", is_bold=True)
    mono = family(folder / "Inconsolata-Medium.ttf")
    imgui.get_io().font_default = regular
    return Fonts(regular, bold, mono, chinese is not None)


def chinese_font() -> Path | None:
    """A font with simplified Chinese characters: the one that the editor brings, else one of the desktop's, or None."""
    brought = find_spec(_PACKAGE)
    for place in brought.submodule_search_locations or () if brought is not None else ():
        file = Path(place) / _NAMES[0]
        if file.is_file():
            return file
    folders = [Path(name).expanduser() for name in _FOLDERS.get(sys.platform, ())]
    found = {
        file.name: file
        for folder in folders
        if folder.is_dir()
        for file in folder.rglob("*")
        if file.suffix in (".ttf", ".ttc", ".otf")
    }
    return next((found[name] for name in _NAMES if name in found), None)
