"""Operations of the window: dialogs, tools, views, layouts. They edit nothing; the registry holds them for menus and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.assets.paths import data_path
from taixu.edit import Nothing, Operation
from taixu.edit.conditions import no_world
from taixu.edit.prefab_world import PREFAB_SUFFIX
from taixu.errors import TaixuError
from taixu_editor.additions import ADDITIONS

if TYPE_CHECKING:
    from taixu_editor.host import Host
    from taixu_editor.window import EditorWindow

__all__ = ["default_project_folder", "shell_operations"]

WORLD_ENDING = ".world.json"


@dataclass(frozen=True, slots=True)
class KindParameters:
    """A kind of the menu Add."""

    kind: str


@dataclass(frozen=True, slots=True)
class ProjectParameters:
    """A new project's folder, and the template that it is made from."""

    folder: str
    template: str = "empty"


@dataclass(frozen=True, slots=True)
class NameParameters:
    """A name."""

    name: str


def default_project_folder(window: EditorWindow) -> Path:
    """Where new projects are made unless the user says otherwise."""
    chosen = window.shell.settings.project_folder
    return Path(chosen) if chosen else Path.home() / "Taixu"


def shell_operations(window: EditorWindow) -> tuple[Operation, ...]:
    """The operations of a window."""

    def plain(id: str, title: str, act: Callable[[], object], **more: Any) -> Operation:
        def run(host: Host, parameters: Nothing) -> None:
            act()

        return Operation(id, title, run=run, **more)

    shown = partial(plain, blocked=no_world)
    views = {"front": "Front", "back": "Back", "right": "Right", "left": "Left", "top": "Top", "bottom": "Bottom"}
    tools = {"select": "Select", "move": "Move", "rotate": "Rotate", "scale": "Scale"}
    return (
        plain("editor.palette", "Command palette", lambda: window.shell.palette.open()),
        shown("editor.find_entity", "Find an entity", lambda: window.shell.palette.open("@")),
        plain("editor.settings", "Settings", lambda: _settings(window, "general")),
        plain("editor.keys", "Keyboard shortcuts", lambda: _settings(window, "keys")),
        plain("editor.agents", "Agents", lambda: _settings(window, "agents")),
        plain("editor.about", "About Taixu", lambda: window.shell.about()),
        plain("editor.quit", "Quit", lambda: window.ask_to_close()),
        plain("editor.open", "Open...", lambda: _open(window)),
        shown("editor.save", "Save", lambda: _save(window)),
        shown("editor.save_as", "Save as...", lambda: _save_as(window)),
        shown("editor.save_all", "Save all", lambda: _save_all(window)),
        shown("editor.close_document", "Close document", lambda: window.shell.documents.close()),
        shown("editor.close_project", "Close project", lambda: window.shell.after_saving(window.shell.close_project)),
        plain("editor.theme", "Light or dark", lambda: _turn_theme(window)),
        plain("editor.language", "English or 简体中文", lambda: _turn_language(window)),
        plain("project.new", "New project...", lambda: _new_project(window)),
        plain("project.from_words", "A world from words...", lambda: _world_wizard(window)),
        Operation("project.create", "Make project", run=partial(_create, window), parameters=ProjectParameters),
        shown("world.new", "New world", lambda: _new_world(window)),
        Operation("editor.generate", "Generate...", run=lambda host, parameters: _generate(window), shortcut="Ctrl+M",
                  blocked=no_world),
        shown("editor.avatar", "Avatar studio...", lambda: _avatar(window)),
        Operation("editor.add", "Add", run=partial(_add, window), parameters=KindParameters, blocked=no_world),
        *(shown(f"tool.{tool}", title, partial(_use_tool, window, tool)) for tool, title in tools.items()),
        shown("tool.fence", "Draw a fence", lambda: _draw_fences(window)),
        shown("past.choose", "Open a recording...", lambda: _open_recording(window)),
        shown("gizmo.local", "Local or world axes", lambda: window.shell.each_gizmo(_turn_axes)),
        shown("gizmo.pivot", "Around the middle or the active one", lambda: window.shell.each_gizmo(_turn_pivot)),
        shown("snap.toggle", "Snap", lambda: window.shell.each_gizmo(_turn_snap)),
        shown("view.focus", "Focus on the selection", lambda: window.shell.view_command("frame_selected")),
        shown("view.all", "Show everything", lambda: window.shell.view_command("frame_all")),
        *(shown(f"view.{side}", title, partial(_face, window, side)) for side, title in views.items()),
        shown("view.parallel", "Perspective or parallel", lambda: _turn_parallel(window)),
        shown("layout.reset", "Reset layout", lambda: window.reset_panels()),
        shown("layout.save", "Save layout...", lambda: _save_layout(window)),
        Operation("layout.load", "Load layout", run=partial(_load_layout, window), parameters=NameParameters, blocked=no_world),
    )


def _settings(window: EditorWindow, page: str) -> None:
    from taixu_editor.panels.settings import SettingsDialog

    window.shell.dialogs.open(SettingsDialog(window, page))


def _open(window: EditorWindow) -> None:
    from taixu_editor.file_dialog import FileDialog

    def act(path: Path) -> None:
        if window.host.session.worlds and path.is_file():
            window.shell.documents.open(path)
        else:
            window.shell.after_saving(lambda: window.open(path))

    start = window.host.session.project.root.parent if window.host.session.worlds else default_project_folder(window)
    start = start if start.is_dir() else Path.home()
    heading = window.t("Open a project or a world")
    endings = (WORLD_ENDING, PREFAB_SUFFIX) if window.host.session.worlds else (WORLD_ENDING,)
    dialog = FileDialog(window, heading, endings=endings, start=start, act=act, takes_projects=True)
    window.shell.dialogs.open(dialog)


def _save(window: EditorWindow) -> None:
    session = window.host.session
    if session.current.path is None:
        _save_as(window)
        return
    if window.shell.outside.asks_before_saving(session.current):
        return
    path = window.host.do("world.save")
    window.shell.toasts.say(window.t("Saved {name}", name=Path(str(path)).name), "success")


def _save_as(window: EditorWindow) -> None:
    window.host.refuse_while_playing()
    window.shell.documents.ask_for_name()


def _save_all(window: EditorWindow) -> None:
    documents = window.shell.documents
    documents.save([entry for entry in documents.entries if not entry.history.is_saved])


def _new_project(window: EditorWindow) -> None:
    from taixu_editor.new_project import NewProject

    window.shell.dialogs.open(NewProject(window))


def _world_wizard(window: EditorWindow) -> None:
    from taixu_editor.world_wizard import WorldWizard

    window.shell.dialogs.open(WorldWizard(window))


def _create(window: EditorWindow, host: Host, p: ProjectParameters) -> str:
    from taixu.cli.new import make_project

    folder = Path(p.folder).expanduser().absolute()
    make_project(folder, p.template)
    window.shell.trust.give(folder)
    window.open(folder)
    return str(folder)


def _generate(window: EditorWindow) -> None:
    """Show the panel, with the keyboard in its words."""
    from taixu_editor.panels.generate import GeneratePanel

    window.shell.show_panel("generate")
    for panel in window.panels:
        if isinstance(panel, GeneratePanel):
            panel.words.wants_focus = True


def _avatar(window: EditorWindow) -> None:
    """Show the studio, with the selected avatar in it where that was made here."""
    from taixu_editor.panels.avatar import AvatarPanel

    window.shell.show_panel("avatar")
    chosen = window.host.session.current.selection
    for panel in window.panels:
        if isinstance(panel, AvatarPanel) and chosen:
            panel.go_on_with(chosen[-1])


def _new_world(window: EditorWindow) -> None:
    """Beside those that are open."""
    window.host.refuse_while_playing()
    window.preview.stop()
    template = data_path("assets") / "templates" / "empty" / "worlds" / f"main{WORLD_ENDING}"
    entry = window.host.session.open(template)
    entry.path = None


def _add(window: EditorWindow, host: Host, p: KindParameters) -> str:
    """In front of the view, on what stands there."""
    addition = ADDITIONS.get(p.kind)
    made = host.session.new_id()
    x, y, z = window.place_in_view()
    host.do("entity.add", kind=p.kind, position=(x, y, z), id=made)
    return made if addition is not None else ""


def _use_tool(window: EditorWindow, tool: str) -> None:
    def change(gizmo: Any) -> None:
        gizmo.tool = tool

    window.shell.each_gizmo(change)
    window.draws_fences = False


def _draw_fences(window: EditorWindow) -> None:
    """Clicks set corners, until one is made or Escape is pressed."""
    if window.host.session.current.is_prefab:
        raise TaixuError("a prefab has no twin; go to a world that it stands in")
    window.draws_fences = not window.draws_fences


def _open_recording(window: EditorWindow) -> None:
    from taixu_editor.panels.twin_timeline import open_recording_dialog

    open_recording_dialog(window)


def _turn_axes(gizmo: Any) -> None:
    gizmo.is_local = not gizmo.is_local


def _turn_pivot(gizmo: Any) -> None:
    gizmo.pivot = "active" if gizmo.pivot == "median" else "median"


def _turn_snap(gizmo: Any) -> None:
    gizmo.snap.is_on = not gizmo.snap.is_on


def _face(window: EditorWindow, side: str) -> None:
    camera = window.shell.camera
    if camera is not None:
        camera.face(side)


def _turn_parallel(window: EditorWindow) -> None:
    camera = window.shell.camera
    if camera is not None:
        camera.is_parallel = not camera.is_parallel


def _turn_theme(window: EditorWindow) -> None:
    settings = window.shell.settings
    settings.theme = "light" if settings.theme == "dark" else "dark"
    window.shell.settings_changed()


def _turn_language(window: EditorWindow) -> None:
    settings = window.shell.settings
    settings.language = "zh-Hans" if settings.language == "en" else "en"
    window.shell.settings_changed()


def _save_layout(window: EditorWindow) -> None:
    from taixu_editor.new_project import NameLayout

    window.shell.dialogs.open(NameLayout(window))


def _load_layout(window: EditorWindow, host: Host, p: NameParameters) -> None:
    from taixu_editor.layout import load_layout

    def act() -> None:
        if not load_layout(window, p.name):
            raise TaixuError(f"the layout {p.name!r} is gone, or was made for other panels; reset the layout")

    window.shell.later(act)
