"""Where the world lies on earth, and the frames that sources tell their coordinates in; with a form for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.interface import icon
from taixu_editor.panels.twin_rows import row_buttons
from taixu_editor.panels.twin_sources import draw_column
from taixu_editor.twin.places import frame_users
from taixu_editor.widgets.form import Form
from taixu_editor.widgets.spec import FieldSpec

if TYPE_CHECKING:
    from taixu_editor.panels.twin import TwinPanel
    from taixu_editor.window import EditorWindow

__all__ = ["EarthDialog", "FrameDialog", "PlacesTab"]

_FLAGS = imgui.TableFlags_.row_bg | imgui.TableFlags_.borders_inner_h | imgui.TableFlags_.scroll_y | imgui.TableFlags_.resizable
_ROW = (
    imgui.SelectableFlags_.span_all_columns | imgui.SelectableFlags_.allow_overlap | imgui.SelectableFlags_.allow_double_click
)
_EARTH = (
    FieldSpec("latitude_deg", "number", 0.0, label="Latitude", minimum=-90.0, maximum=90.0, doc="Degrees north of the equator."),
    FieldSpec("longitude_deg", "number", 0.0, label="Longitude", minimum=-180.0, maximum=180.0, doc="Degrees east of Greenwich."),
    FieldSpec("height_m", "number", 0.0, unit="m", doc="Above the ellipsoid of WGS 84, as receivers tell it."),
)
_LOCAL = (
    FieldSpec("origin_m", "vector", [0.0, 0.0, 0.0], label="Origin", width=3, unit="m", doc="Where in the world it begins."),
    FieldSpec("heading_deg", "number", 0.0, label="Heading", doc="Degrees that it is turned clockwise, seen from above."),
    FieldSpec("up", "choice", "z", choices=("z", "y"), doc="Its axis that points upwards."),
)
_CRS = FieldSpec(
    "crs", "text", "EPSG:4326", label="Coordinate system", doc="A name that PROJ knows, such as EPSG:4326 or EPSG:25832."
)


class PlacesTab:
    """The world's place on earth above, a table of frames below."""

    def __init__(self, panel: TwinPanel) -> None:
        self._panel = panel

    def draw(self) -> None:
        """Both."""
        panel, t, unit = self._panel, self._panel.t, imgui.get_font_size()
        window, earth = panel.window, panel.section.get("georeference")
        if panel.button("add frame", t("Add a frame"), picture="add"):
            window.shell.dialogs.open(FrameDialog(window))
        imgui.same_line(0, unit * 1.5)
        imgui.align_text_to_frame_padding()
        imgui.text_colored(window.theme.faint, icon("world"))
        imgui.same_line()
        imgui.text_unformatted(_said(earth) if isinstance(earth, dict) else t("The world lies nowhere on earth."))
        imgui.same_line()
        if panel.button("place", t("Edit") if isinstance(earth, dict) else t("Place it"), picture="rename"):
            window.shell.dialogs.open(EarthDialog(window, earth if isinstance(earth, dict) else {}))
        frames = panel._table("frames")
        if not frames:
            imgui.text_disabled(t("A frame says where a source's coordinates lie: turned and moved, or on earth."))
            return
        if imgui.begin_table("frames", 4, _FLAGS):
            for title, weight in zip((t("Name"), t("Lies"), t("Used by"), ""), (1.0, 2.4, 0.8, 0.0), strict=True):
                draw_column(title, weight)
            imgui.table_setup_scroll_freeze(0, 1)
            imgui.table_headers_row()
            for name, facts in list(frames.items()):
                self._draw_row(name, facts if isinstance(facts, dict) else {})
            imgui.end_table()

    def _draw_row(self, name: str, facts: dict[str, Any]) -> None:
        panel, t = self._panel, self._panel.t
        imgui.push_id(name)
        imgui.table_next_row()
        imgui.table_next_column()
        imgui.align_text_to_frame_padding()
        if imgui.selectable(f"{name}###row", False, _ROW)[0] and imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
            panel.window.shell.dialogs.open(FrameDialog(panel.window, name, facts))
        panel.mark(f"frame {name}")
        imgui.table_next_column()
        if "crs" in facts:
            imgui.text_unformatted(str(facts["crs"]))
        else:
            at = ", ".join(f"{float(each):g}" for each in facts.get("origin_m", (0, 0, 0)))
            heading = float(facts.get("heading_deg", 0.0))
            imgui.text_unformatted(f"{at} m,  {heading:g}°,  {facts.get('up', 'z')} {t('up')}")
        imgui.table_next_column()
        imgui.text_disabled(f"{len(frame_users(dict(panel.section), name)):,}")
        match row_buttons(panel, f"frame {name}", removes=t("Remove a frame")):
            case "edit":
                panel.window.shell.dialogs.open(FrameDialog(panel.window, name, facts))
            case "remove":
                panel.window.do("twin.remove_frame", name=name)
        imgui.pop_id()


def _said(earth: dict[str, Any]) -> str:
    north, east = float(earth.get("latitude_deg", 0.0)), float(earth.get("longitude_deg", 0.0))
    text = f"{abs(north):.5f}° {'N' if north >= 0 else 'S'}  {abs(east):.5f}° {'E' if east >= 0 else 'W'}"
    return f"{text}  {float(earth.get('height_m', 0.0)):g} m"


class _FormDialog(Dialog):
    """Rows of a form, what is wrong, and buttons."""

    width: ClassVar[float] = 36.0

    def __init__(self, window: EditorWindow, values: dict[str, Any]) -> None:
        super().__init__(window)
        self.values, self.problem = dict(values), ""
        self._form = Form(window, type(self).__name__)

    def row(self, spec: FieldSpec) -> None:
        """A field of `values`."""
        edit = self._form.row(spec, self.values.get(spec.name, spec.default), key=spec.name)
        if edit is not None:
            self.values[spec.name] = edit.value if edit.kind == "set" else spec.default

    def finish(self, *more: Choice) -> None:
        """Below the rows."""
        if self.problem:
            imgui.push_style_color(imgui.Col_.text, self.window.theme.bad)
            imgui.text_wrapped(self.problem)
            imgui.pop_style_color()
        self.buttons([Choice("Keep", self.keep), *more, Choice("Cancel", self.close)])

    def keep(self) -> None:
        """Do it, or say why not."""

    def do(self, operation: str, **parameters: Any) -> None:
        """An operation; what it refuses is said here."""
        try:
            self.window.host.do(operation, **parameters)
        except TaixuError as error:
            self.problem = str(error)
        else:
            self.close()


class EarthDialog(_FormDialog):
    """Where the world's origin lies on earth."""

    title: ClassVar[str] = "The world on earth"

    def draw(self) -> None:
        """Three numbers."""
        self._form.begin()
        for spec in _EARTH:
            self.row(spec)
        self.finish(Choice("Remove", lambda: self.do("twin.place", georeference=None)))

    def keep(self) -> None:
        """As it was filled in."""
        self.do("twin.place", georeference={spec.name: self.values.get(spec.name, spec.default) for spec in _EARTH})


class FrameDialog(_FormDialog):
    """A frame: on earth, or within the world."""

    title: ClassVar[str] = "Frame of coordinates"

    def __init__(self, window: EditorWindow, name: str = "", facts: dict[str, Any] | None = None) -> None:
        facts = facts or {}
        super().__init__(window, {"name": name or "site", "kind": "on earth" if "crs" in facts else "local", **facts})
        self._former = name

    def draw(self) -> None:
        """Its name, which kind it is, and what that takes."""
        self._form.begin()
        self.row(FieldSpec("name", "text", doc="Bindings call it by this."))
        self.row(FieldSpec("kind", "choice", "local", choices=("local", "on earth")))
        imgui.separator()
        for spec in self._specs():
            self.row(spec)
        self.finish()

    def keep(self) -> None:
        """As it was filled in."""
        frame = {spec.name: self.values.get(spec.name, spec.default) for spec in self._specs()}
        self.do("twin.set_frame", name=str(self.values["name"]), frame=frame, former=self._former)

    def _specs(self) -> tuple[FieldSpec, ...]:
        return (_CRS,) if self.values["kind"] == "on earth" else _LOCAL
