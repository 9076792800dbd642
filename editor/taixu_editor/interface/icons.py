"""Icons by meaning: one name, one glyph of Font Awesome (which ships inside imgui-bundle)."""

from __future__ import annotations

from imgui_bundle import icons_fontawesome_6 as fa

__all__ = ["ICONS", "icon"]

ICONS: dict[str, str] = {
    "add": fa.ICON_FA_PLUS, "agent": fa.ICON_FA_ROBOT,
    "animation": fa.ICON_FA_FILM, "assets": fa.ICON_FA_FOLDER_OPEN, "body": fa.ICON_FA_CUBES,
    "camera": fa.ICON_FA_VIDEO, "close": fa.ICON_FA_XMARK, "console": fa.ICON_FA_TERMINAL, "copy": fa.ICON_FA_COPY,
    "delete": fa.ICON_FA_TRASH, "entity": fa.ICON_FA_CUBE, "error": fa.ICON_FA_CIRCLE_EXCLAMATION, "eye": fa.ICON_FA_EYE,
    "eye_closed": fa.ICON_FA_EYE_SLASH, "file": fa.ICON_FA_FILE, "folder": fa.ICON_FA_FOLDER, "group": fa.ICON_FA_OBJECT_GROUP,
    "hierarchy": fa.ICON_FA_SITEMAP, "history": fa.ICON_FA_CLOCK_ROTATE_LEFT, "info": fa.ICON_FA_CIRCLE_INFO,
    "inspector": fa.ICON_FA_SLIDERS, "light": fa.ICON_FA_LIGHTBULB,
    "local": fa.ICON_FA_LOCATION_CROSSHAIRS, "lock": fa.ICON_FA_LOCK,
    "log": fa.ICON_FA_LIST, "magnet": fa.ICON_FA_MAGNET, "material": fa.ICON_FA_PALETTE, "menu": fa.ICON_FA_BARS,
    "model": fa.ICON_FA_SHAPES, "more": fa.ICON_FA_ELLIPSIS, "move": fa.ICON_FA_UP_DOWN_LEFT_RIGHT, "open": fa.ICON_FA_FOLDER_OPEN,
    "pause": fa.ICON_FA_PAUSE, "play": fa.ICON_FA_PLAY, "prefab": fa.ICON_FA_PUZZLE_PIECE, "profiler": fa.ICON_FA_GAUGE_HIGH,
    "project": fa.ICON_FA_DIAGRAM_PROJECT, "redo": fa.ICON_FA_ROTATE_RIGHT, "reset": fa.ICON_FA_ARROW_ROTATE_LEFT,
    "rotate": fa.ICON_FA_ROTATE, "save": fa.ICON_FA_FLOPPY_DISK, "scale": fa.ICON_FA_UP_RIGHT_AND_DOWN_LEFT_FROM_CENTER,
    "screenshot": fa.ICON_FA_CAMERA, "script": fa.ICON_FA_CODE, "search": fa.ICON_FA_MAGNIFYING_GLASS,
    "select": fa.ICON_FA_ARROW_POINTER, "settings": fa.ICON_FA_GEAR, "sound": fa.ICON_FA_VOLUME_HIGH,
    "step": fa.ICON_FA_FORWARD_STEP,
    "stop": fa.ICON_FA_STOP, "success": fa.ICON_FA_CIRCLE_CHECK, "texture": fa.ICON_FA_IMAGE, "undo": fa.ICON_FA_ROTATE_LEFT,
    "unlock": fa.ICON_FA_LOCK_OPEN, "viewport": fa.ICON_FA_EARTH_ASIA, "warning": fa.ICON_FA_TRIANGLE_EXCLAMATION,
    "record": fa.ICON_FA_CIRCLE, "key": fa.ICON_FA_DIAMOND, "curve": fa.ICON_FA_BEZIER_CURVE, "start": fa.ICON_FA_BACKWARD_STEP,
    "pivot": fa.ICON_FA_CROSSHAIRS, "new": fa.ICON_FA_FILE_CIRCLE_PLUS, "book": fa.ICON_FA_BOOK_OPEN, "keys": fa.ICON_FA_KEYBOARD,
    "language": fa.ICON_FA_LANGUAGE, "home": fa.ICON_FA_HOUSE, "up": fa.ICON_FA_ARROW_UP, "down": fa.ICON_FA_ANGLE_DOWN,
    "world": fa.ICON_FA_GLOBE, "empty": fa.ICON_FA_CIRCLE_DOT, "shape": fa.ICON_FA_CUBE, "physics": fa.ICON_FA_WEIGHT_HANGING,
    "environment": fa.ICON_FA_CLOUD_SUN, "opened": fa.ICON_FA_ANGLE_DOWN, "closed": fa.ICON_FA_ANGLE_RIGHT,
    "eyedropper": fa.ICON_FA_EYE_DROPPER, "paste": fa.ICON_FA_PASTE, "rename": fa.ICON_FA_PEN, "top": fa.ICON_FA_ARROW_UP,
    "ungroup": fa.ICON_FA_OBJECT_UNGROUP, "duplicate": fa.ICON_FA_CLONE, "mark": fa.ICON_FA_CIRCLE, "component": fa.ICON_FA_PLUG,
    "generate": fa.ICON_FA_WAND_MAGIC_SPARKLES, "dice": fa.ICON_FA_DICE, "star": fa.ICON_FA_STAR, "vary": fa.ICON_FA_SHUFFLE,
    "compare": fa.ICON_FA_TABLE_COLUMNS, "graph": fa.ICON_FA_CIRCLE_NODES, "grip": fa.ICON_FA_GRIP_VERTICAL,
    "fence": fa.ICON_FA_DRAW_POLYGON, "mod": fa.ICON_FA_BOX, "shield": fa.ICON_FA_SHIELD_HALVED, "seal": fa.ICON_FA_CERTIFICATE,
    "download": fa.ICON_FA_DOWNLOAD,
}  # fmt: skip


def icon(name: str, text: str = "") -> str:
    """A label that begins with an icon."""
    return f"{ICONS[name]}  {text}" if text else ICONS[name]
