"""Files as tiles with pictures, or as rows: only those that are seen are laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.assets import ASSET_KINDS, Asset
from taixu_editor.interface.icons import ICONS, icon
from taixu_editor.panels.asset_origin import stale_sentence
from taixu_editor.widgets.cards import fit_text

if TYPE_CHECKING:
    from taixu_editor.panels.assets import AssetsPanel

__all__ = ["draw_picture", "draw_rows", "draw_tiles", "size_text"]


def draw_tiles(panel: AssetsPanel, folders: list[str], assets: list[Asset]) -> None:
    """Folders, then files, in as many columns as there is room for."""
    unit = imgui.get_font_size()
    side, gap = unit * panel.tile, unit * 0.5
    width, height = side, side + unit * 1.7
    columns = max(int((imgui.get_content_region_avail().x + gap) / (width + gap)), 1)
    count = len(folders) + len(assets)
    imgui.push_style_var(imgui.StyleVar_.item_spacing, (gap, gap))
    clipper = imgui.ListClipper()
    clipper.begin((count + columns - 1) // columns, height + gap)
    while clipper.step():
        for row in range(clipper.display_start, clipper.display_end):
            for column in range(columns):
                place = row * columns + column
                if place >= count:
                    break
                if column:
                    imgui.same_line(0, gap)
                if place < len(folders):
                    _tile(panel, folders[place], None, (width, height))
                else:
                    asset = assets[place - len(folders)]
                    _tile(panel, asset.path, asset, (width, height))
    clipper.end()
    imgui.pop_style_var()


def _tile(panel: AssetsPanel, path: str, asset: Asset | None, size: tuple[float, float]) -> None:
    theme, unit, draw = panel.window.theme, imgui.get_font_size(), imgui.get_window_draw_list()
    (width, height), is_chosen = size, path in panel.chosen
    x, y = imgui.get_cursor_screen_pos().x, imgui.get_cursor_screen_pos().y
    imgui.push_id(path)
    imgui.begin_group()
    imgui.set_next_item_allow_overlap()
    imgui.invisible_button("tile", size, imgui.ButtonFlags_.enable_nav)
    hovered, corner = imgui.is_item_hovered(), unit * 0.4
    panel.behave(path, is_folder=asset is None)
    if is_chosen or hovered:
        draw.add_rect_filled((x, y), (x + width, y + height), theme.pack("accent_soft" if is_chosen else "hover"), corner)
    inset = unit * 0.25
    box = (x + inset, y + inset, x + width - inset, y + width - inset)
    if asset is None:
        _glyph("folder", box, theme.pack("accent", 0.8), 0.5)
    else:
        draw.add_rect_filled((box[0], box[1]), (box[2], box[3]), theme.pack("raised"), corner * 0.75)
        draw_picture(panel, asset, box)
        if path in panel.origins.found.stale:
            _badge("rotate", box, theme.pack("warning"), theme.pack("panel", 0.9))
    if is_chosen:
        draw.add_rect((x, y), (x + width, y + height), theme.pack("accent"), corner, unit * 0.1)
    imgui.set_cursor_screen_pos((x, y + width - inset * 0.5))
    if not panel.draw_name_field(path, width):
        _name(panel, path, (x, y + width), width)
    if hovered and not imgui.is_mouse_down(imgui.MouseButton_.left):
        _tooltip(panel, path, asset)
    imgui.set_cursor_screen_pos((x, y))
    imgui.dummy(size)
    imgui.end_group()
    imgui.pop_id()


def _name(panel: AssetsPanel, path: str, at: tuple[float, float], width: float) -> None:
    unit, theme = imgui.get_font_size(), panel.window.theme
    stem = path.rpartition("/")[2]
    for ending in (".world.json", ".prefab.json"):
        stem = stem.removesuffix(ending)
    if "." in stem[1:]:
        stem = stem[: stem.rindex(".")]
    text = fit_text(stem, width - unit * 0.4)
    left = at[0] + (width - imgui.calc_text_size(text).x) / 2
    imgui.get_window_draw_list().add_text((left, at[1] + unit * 0.2), theme.pack("text"), text)


def draw_picture(panel: AssetsPanel, asset: Asset, box: tuple[float, float, float, float]) -> None:
    """An asset's picture in a box, or its icon until there is one; a small icon tells kinds with pictures apart."""
    theme, unit, draw = panel.window.theme, imgui.get_font_size(), imgui.get_window_draw_list()
    found = panel.window.thumbnails.find(asset)
    if found is None:
        failed = bool(panel.window.thumbnails.failure(asset))
        _glyph(ASSET_KINDS[asset.kind][0], box, theme.pack("warning" if failed else "faint", 0.8), 0.34)
        return
    number, aspect = found
    width, height = box[2] - box[0], box[3] - box[1]
    wide = min(width, height * aspect)
    high = wide / aspect
    left, top = box[0] + (width - wide) / 2, box[1] + (height - high) / 2
    tint = theme.pack("accent") if asset.kind == "sound" else imgui.get_color_u32((1.0, 1.0, 1.0, 1.0))
    draw.add_image_rounded(number, (left, top), (left + wide, top + high), (0, 0), (1, 1), tint, unit * 0.3)
    if asset.kind in ("prefab", "world", "sky", "script") and width > unit * 2.5:
        size = unit * 0.78
        glyph = ICONS[ASSET_KINDS[asset.kind][0]]
        x, y = box[0] + unit * 0.3, box[1] + unit * 0.3
        draw.add_rect_filled(
            (x - unit * 0.15, y - unit * 0.15), (x + size * 1.5, y + size * 1.35), theme.pack("panel", 0.85), unit * 0.25
        )
        draw.add_text(imgui.get_font(), size, (x, y), theme.pack("text"), glyph)


def _glyph(name: str, box: tuple[float, float, float, float], color: int, share: float) -> None:
    unit, glyph = imgui.get_font_size(), ICONS[name]
    size = (box[3] - box[1]) * share
    drawn = imgui.calc_text_size(glyph)
    k = size / unit
    x, y = (box[0] + box[2] - drawn.x * k) / 2, (box[1] + box[3] - drawn.y * k) / 2
    imgui.get_window_draw_list().add_text(imgui.get_font(), size, (x, y), color, glyph)


def _badge(name: str, box: tuple[float, float, float, float], color: int, behind: int) -> None:
    """A small sign at the lower right of a picture."""
    draw, unit = imgui.get_window_draw_list(), imgui.get_font_size()
    side = unit * 1.15
    x, y = box[2] - side - unit * 0.15, box[3] - side - unit * 0.15
    draw.add_circle_filled((x + side / 2, y + side / 2), side * 0.6, behind)
    drawn = imgui.calc_text_size(ICONS[name])
    k = 0.78
    at = (x + (side - drawn.x * k) / 2, y + (side - drawn.y * k) / 2)
    draw.add_text(imgui.get_font(), unit * k, at, color, ICONS[name])


def _tooltip(panel: AssetsPanel, path: str, asset: Asset | None) -> None:
    if not imgui.begin_item_tooltip():
        return
    imgui.text_unformatted(path)
    if asset is not None:
        tags = "   " + " ".join(f"#{tag}" for tag in asset.tags) if asset.tags else ""
        imgui.text_disabled(f"{panel.t(ASSET_KINDS[asset.kind][1])}   {size_text(asset.size)}   {asset.licence}{tags}".rstrip())
        for said in filter(None, (stale_sentence(panel, path), panel.window.thumbnails.failure(asset))):
            imgui.push_text_wrap_pos(imgui.get_font_size() * 24)
            imgui.text_colored(panel.window.theme.warning, said)
            imgui.pop_text_wrap_pos()
    imgui.end_tooltip()


def draw_rows(panel: AssetsPanel, folders: list[str], assets: list[Asset]) -> None:
    """A table: name, kind, size, licence, tags."""
    flags = imgui.TableFlags_.scroll_y | imgui.TableFlags_.row_bg | imgui.TableFlags_.resizable | imgui.TableFlags_.pad_outer_x
    unit = imgui.get_font_size()
    titles = [
        (panel.t("Name"), 0.0),
        (panel.t("Kind"), 6.0),
        (panel.t("Size"), 5.0),
        (panel.t("Licence"), 6.0),
        (panel.t("Tags"), 9.0),
    ]
    count = max(min(int((imgui.get_content_region_avail().x / unit - 10) / 7) + 1, len(titles)), 1)
    if not imgui.begin_table(f"rows {count}", count, flags):
        return
    imgui.table_setup_scroll_freeze(0, 1)
    for title, width in titles[:count]:
        fixed = imgui.TableColumnFlags_.width_fixed if width else imgui.TableColumnFlags_.width_stretch
        imgui.table_setup_column(title, fixed, unit * width)
    imgui.table_headers_row()
    clipper = imgui.ListClipper()
    clipper.begin(len(folders) + len(assets))
    while clipper.step():
        for place in range(clipper.display_start, clipper.display_end):
            asset = assets[place - len(folders)] if place >= len(folders) else None
            _row(panel, asset.path if asset is not None else folders[place], asset, count)
    clipper.end()
    imgui.end_table()


def _row(panel: AssetsPanel, path: str, asset: Asset | None, columns: int) -> None:
    theme = panel.window.theme
    imgui.table_next_row()
    imgui.table_next_column()
    imgui.push_id(path)
    imgui.text_colored(
        theme.faint if asset is not None else theme.accent, icon(ASSET_KINDS[asset.kind][0] if asset is not None else "folder")
    )
    imgui.same_line(imgui.get_font_size() * 1.8)
    if not panel.draw_name_field(path, -1):
        name = path if panel.search.strip() or panel.kind else path.rpartition("/")[2]
        flags = imgui.SelectableFlags_.span_all_columns | imgui.SelectableFlags_.allow_double_click
        imgui.selectable(f"{name}###row", path in panel.chosen, flags)
        panel.behave(path, is_folder=asset is None)
    if asset is not None:
        texts = (panel.t(ASSET_KINDS[asset.kind][1]), size_text(asset.size), asset.licence, " ".join(asset.tags))
        for text in texts[: columns - 1]:
            imgui.table_next_column()
            imgui.text_disabled(text)
    imgui.pop_id()


def size_text(size: int) -> str:
    """Bytes as people read them."""
    if size < 1000:
        return f"{size} B"
    value, units = float(size), ("kB", "MB", "GB", "TB")
    for unit in units:
        value /= 1000
        if value < 1000 or unit == units[-1]:
            break
    return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"
