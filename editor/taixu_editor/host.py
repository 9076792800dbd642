"""The editor without a window: a project, its session, and what can be done to it.

A window (`taixu_editor.window`), a script and an agent all drive one of these; nothing here knows Dear ImGui.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from taixu.animation.motion.people import stand_people
from taixu.app import Jobs, Stage
from taixu.assets.paths import find_sample
from taixu.defaults import App
from taixu.defaults.projects import enter_project, is_trusted
from taixu.edit import Operations, Project, Session, open_project
from taixu.edit.entity_operations import ENTITY_OPERATIONS
from taixu.edit.prefab_world import PREFAB_SUFFIX
from taixu.errors import TaixuError
from taixu_editor.additions import ADD_OPERATIONS
from taixu_editor.assets.gate import GATE_OPERATIONS
from taixu_editor.assets.making_again import ORIGIN_OPERATIONS
from taixu_editor.assets.operations import ASSET_OPERATIONS
from taixu_editor.assets.starting import STARTER_OPERATIONS
from taixu_editor.avatars.operations import AVATAR_OPERATIONS
from taixu_editor.document_operations import DOCUMENT_OPERATIONS
from taixu_editor.export.operations import EXPORT_OPERATIONS
from taixu_editor.generating import Studio
from taixu_editor.generating.operations import GENERATE_OPERATIONS
from taixu_editor.graphs import GraphBook, graph_operations
from taixu_editor.host_operations import HOST_OPERATIONS
from taixu_editor.keyframe_sets import KEY_SET_OPERATIONS
from taixu_editor.keyframes import KEYFRAME_OPERATIONS
from taixu_editor.modifier_operations import MODIFIER_OPERATIONS
from taixu_editor.mods import MOD_EDITS, ModDesk, mod_operations
from taixu_editor.placing import PLACING_OPERATIONS
from taixu_editor.play import Play
from taixu_editor.play_operations import play_operations
from taixu_editor.twin import TWIN_EDITS, TwinDesk, twin_operations

if TYPE_CHECKING:
    from taixu.gpu import Device
    from taixu.platform import Platform

__all__ = ["Host"]


class Host:
    """An editor's state.

    Parameters
    ----------
    device
        What its worlds are drawn with; made off screen when the first picture is asked for, where it is None.
    trust
        Whether scripts of opened projects run; None asks `trusts`.

    Attributes
    ----------
    session
        The open project's worlds.
    operations
        All that can be done; `do` is the way to do it.
    trusts
        Says of a project's folder whether its scripts may run; those that ship with Taixu may.
    graphs
        Graphs of materials that are open.
    jobs
        Background work of the editor and of all its worlds; what one has begun ends whichever is shown.
    studio
        What it generates.
    twin
        The copy of the open world that devices feed, or that stands as it was recorded.
    mods
        Other people's code: what lies in the project, and the box in which it plays.
    """

    def __init__(self, *, device: Device | None = None, trust: bool | None = None) -> None:
        self.device, self.trust = device, trust
        self.trusts: Callable[[Path], bool] = is_trusted
        self.jobs = Jobs()
        self.session = self._session(Project(Path.cwd(), has_manifest=False))
        self.operations = Operations(self)
        self.operations.add(*ENTITY_OPERATIONS, *HOST_OPERATIONS, *DOCUMENT_OPERATIONS, *PLACING_OPERATIONS)
        self.operations.add(*KEYFRAME_OPERATIONS, *KEY_SET_OPERATIONS)
        self.operations.add(*ADD_OPERATIONS, *ASSET_OPERATIONS, *ORIGIN_OPERATIONS, *GATE_OPERATIONS)
        self.operations.add(*STARTER_OPERATIONS, *EXPORT_OPERATIONS, *MODIFIER_OPERATIONS)
        self.studio = Studio(self)
        self.operations.add(*GENERATE_OPERATIONS, *AVATAR_OPERATIONS)
        self.graphs = GraphBook(self)
        self.operations.add(*graph_operations(self.graphs))
        self.play = Play(self)
        self.operations.add(*play_operations(self.play))
        self.twin = TwinDesk(self)
        self.operations.add(*TWIN_EDITS, *twin_operations(self.twin))
        self.mods = ModDesk(self)
        self.operations.add(*MOD_EDITS, *mod_operations(self.mods))
        self.on_close: list[Callable[[], None]] = []

    def do(self, operation: str, **parameters: object) -> object:
        """Do an operation of the registry; see `taixu.edit.Operations.do`."""
        return self.operations.do(self.session, operation, parameters)

    def open(self, path: Path | str) -> None:
        """Open a project's folder or a world file; what was open before is closed.

        Samples that ship with Taixu are found from everywhere, as ``samples/playground``.

        Raises
        ------
        TaixuError
            When it cannot be read; what was open stays so.
        """
        project, world = open_project(find_sample(Path(path)))
        opened = self._session(project)
        opened.open(world)
        self.play.stop()
        former, self.session = self.session, opened
        _close(former)

    def open_document(self, path: Path | str) -> None:
        """Open a world or a prefab of the open project beside those that are open, or bring it to the front.

        Parameters
        ----------
        path
            From the project's folder, or a whole one.

        Raises
        ------
        TaixuError
            When it cannot be read, or belongs to no open project.
        """
        project = self.session.project
        file = Path(path) if Path(path).is_absolute() else project.file(str(path))
        if not file.name.endswith((".world.json", PREFAB_SUFFIX)):
            raise TaixuError(f"{path} is no world and no prefab; their names end in .world.json and {PREFAB_SUFFIX}")
        project.path_of(file)
        self.refuse_while_playing()
        self.session.open(file)

    def refuse_while_playing(self) -> None:
        """Refuse to go to another document.

        Raises
        ------
        TaixuError
            While a world is played.
        """
        if self.play.is_playing:
            raise TaixuError("a world is played; stop it before you go to another document")

    def open_copy(self, copy: Path, *, path: Path | None, root: Path, prefab_root: str = "") -> None:
        """Open a copy of a document in place of the file at `path`, which stays as it is until somebody saves.

        Other documents of the same project stay open; another project is closed.

        Parameters
        ----------
        prefab_root
            Of a prefab: its root.

        Raises
        ------
        TaixuError
            When the copy cannot be read; what was open stays so.
        """
        self.play.stop()
        is_same = bool(self.session.worlds) and self.session.project.root.resolve() == root.resolve()
        opened = self.session if is_same else self._session(_project_of(path, root))
        former = opened.find_open(path) if path is not None else None
        entry = opened.open(copy)
        entry.path, entry.root = path, prefab_root
        entry.history.mark_unsaved()
        if former is not None:
            opened.close(former)
        if not is_same:
            before, self.session = self.session, opened
            _close(before)

    def close_project(self) -> None:
        """Close all worlds; none is open then."""
        self.play.stop()
        former, self.session = self.session, self._session(Project(Path.cwd(), has_manifest=False))
        _close(former)

    def frame(self, delta_secs: float) -> None:
        """Bring the active world up to date: what was loaded, edited, moved; let it run where it is played."""
        self.jobs.poll()
        self.studio.frame()
        if self.play.is_playing:
            self.play.frame(delta_secs)
        elif self.session.worlds:
            app, start = self.session.current.app, perf_counter()
            app.run_stage(Stage.APPLY)
            stand_people(app.world)  # as they begin, and not with their arms out as files hold them
            app.run_stage(Stage.PROPAGATE)
            app.diagnostics.end_frame(perf_counter() - start)
        self.twin.frame(delta_secs)
        self.mods.frame()

    def close(self) -> None:
        """Close everything; unsaved work has been asked about."""
        self.studio.close()
        self.twin.close()
        _close(self.session)
        self.mods.close()
        while self.on_close:
            self.on_close.pop()()
        self.jobs.close()

    def is_trusted(self, root: Path) -> bool:
        """Whether the scripts of a project run."""
        return self.trusts(root) if self.trust is None else self.trust

    def make_app(self, project: Project, *, platform: Platform | None = None) -> App:
        """An app for a world of a project, which this editor draws; with a platform it is one to be played."""
        app = App(platform=platform) if platform is not None else App.headless()
        app.world.insert_resource(self.jobs)
        if self.device is not None:
            app.drawing.attach(self.device)
        enter_project(app.world, project, trust=self.is_trusted(project.root), watch=True)
        return app

    def _session(self, project: Project) -> Session:
        return Session(project, lambda: self.make_app(project))


def _project_of(path: Path | None, root: Path) -> Project:
    for place in (path, root):
        try:
            if place is not None and not place.name.endswith(PREFAB_SUFFIX):
                return open_project(place)[0]
        except TaixuError:
            continue
    return Project(root, name=root.name, has_manifest=False)  # the file is gone: its folder is all there is


def _close(session: Session) -> None:
    while session.worlds:
        session.close()
